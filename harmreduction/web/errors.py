"""Problems as pages that help: a sentence, what to do next, and never a trace."""

import logging
import secrets
import traceback
from collections.abc import Iterator

from flask import Flask, current_app, g, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from harmreduction.core.errors import DomainError, NotAllowed, NotFound, NotSaved, OutOfDate
from harmreduction.core.messages import Message, message
from harmreduction.web.access import SentFromElsewhere, actor_or_none
from harmreduction.web.i18n import say
from harmreduction.web.kept import offer_to_send_again, sent_too_late

logger = logging.getLogger(__name__)

STATUS = {NotFound: 404, NotAllowed: 403, OutOfDate: 409, NotSaved: 503}
ANY_PROBLEM = "errors/problem.html"
PAGES = {403, 404, 405, 409, 413, 429, 500, 503}
REFERENCE_WORDS = (
    "heron",
    "otter",
    "maple",
    "river",
    "ember",
    "cedar",
    "plover",
    "willow",
    "harbor",
    "lantern",
)


def answer_errors(app: Flask) -> None:
    """Answer every problem with a page of ours."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(SentFromElsewhere, _sent_from_elsewhere)
    app.register_error_handler(CSRFError, _form_grew_old)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, show_what_was_refused)
    app.register_error_handler(OperationalError, _database_trouble)
    app.register_error_handler(Exception, _unexpected)


def _domain_error(problem: DomainError) -> ResponseReturnValue:
    """Show the sentence that the domain error carries."""
    kinds = type(problem).__mro__
    return _page(next((STATUS[kind] for kind in kinds if kind in STATUS), 400), problem.message)


def _sent_from_elsewhere(problem: SentFromElsewhere) -> ResponseReturnValue:
    """Say that it is about where this came from, and not about a role."""
    return _page(403, problem.message, template=ANY_PROBLEM)


def _form_grew_old(_problem: CSRFError) -> ResponseReturnValue:
    """A form without a valid token is most often one that stayed open through a new sign-in: offer to send it."""
    kept = sent_too_late()
    if kept is not None and actor_or_none() is not None:
        return offer_to_send_again(kept), 400
    return _page(
        400,
        message(
            "This form was opened before your last sign-in, so nothing was saved. Go back, reload, and send it again."
        ),
    )


def show_what_was_refused(problem: HTTPException) -> ResponseReturnValue:
    """Answer what Flask refused by itself; redirects pass through."""
    if problem.code is None or problem.code < 400:
        return problem.get_response()
    return _page(problem.code, None, problem.get_response().headers.get("Allow"))


def _unknown_host(_problem: SecurityError) -> ResponseReturnValue:
    """A host name that HR_TRUSTED_HOSTS does not list; no page can be drawn, because no address can be built."""
    sentence = message("The app does not answer under this name. Use the address that your administrator gave you.")
    return say(sentence), 400, {"Content-Type": "text/plain; charset=utf-8"}


def _database_trouble(problem: OperationalError) -> ResponseReturnValue:
    """A read that the database could not answer now."""
    logger.error("database: %s", type(problem.orig).__name__)
    return _page(
        503,
        message("The database does not answer right now. What you saved is safe. Wait a moment, then try again."),
    )


def _unexpected(problem: Exception) -> ResponseReturnValue:
    """Show only the reference of what went wrong."""
    reference = log_unexpected(problem)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise problem
    return _page(500, None, reference=reference)


def log_unexpected(problem: Exception) -> str:
    """Log what went wrong, and return the reference under which it stands, which a person can say aloud."""
    reference = f"{secrets.choice(REFERENCE_WORDS)}-{secrets.randbelow(90) + 10}"
    if any(isinstance(each, SQLAlchemyError) for each in _chain(problem)):
        logger.error("unexpected problem, reference %s\n%s", reference, _without_values(problem))
    else:
        logger.error("unexpected problem, reference %s", reference, exc_info=problem)
    return reference


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    """Return a problem and those that led to it."""
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__


def _without_values(problem: Exception) -> str:
    """Tell where a problem of the database arose, and of which kind it is: its own words may hold what was typed."""
    kinds = [type(each).__name__ for each in _chain(problem)]
    broken = [str(each.orig).splitlines()[0] for each in _chain(problem) if isinstance(each, IntegrityError)]
    return "".join([*traceback.format_tb(problem.__traceback__), " < ".join(kinds), *(f"\n{rule}" for rule in broken)])


def _page(
    status: int,
    sentence: Message | None,
    allow: str | None = None,
    reference: str = "",
    template: str = "",
) -> ResponseReturnValue:
    """Render an error page without touching the database."""
    g.rendering_error = True
    template = template or (f"errors/{status}.html" if status in PAGES else ANY_PROBLEM)
    text = say(sentence) if sentence else None
    headers = {"Allow": allow} if allow else {}
    return render_template(template, sentence=text, status=status, reference=reference), status, headers
