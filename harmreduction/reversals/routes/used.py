"""The public page: anybody tells that naloxone was used, without an account; nothing of who they are is kept."""

from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.directory.queries.hotlines import list_hotlines
from harmreduction.reversals import actions
from harmreduction.reversals.forms import PublicForm
from harmreduction.reversals.routes.pages import questions_of, show_problem
from harmreduction.reversals.rules.reports import NewReport, TooManyReports
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import anonymous

bp = Blueprint("used", __name__, url_prefix="/used")

View = TypeVar("View", bound=Any)
TOO_MANY_REQUESTS = 429


def open_if_taken(view: View) -> View:
    """Open a page to anybody while the programme takes public reports; otherwise it is not there."""

    @wraps(view)
    def gated(*args: Any, **kwargs: Any) -> Any:
        if not current_settings().takes_public_reversals:
            raise NotFound(message("This programme takes no reports here. Tell its team when you see them."))
        return view(*args, **kwargs)

    return cast(View, anonymous(gated))


@bp.route("", methods=["GET", "POST"])
@open_if_taken
def tell() -> ResponseReturnValue:
    """Ask what happened; whoever fills in the trap is thanked, and nothing is kept."""
    form, status = PublicForm(), 200
    if form.validate_on_submit():
        try:
            if not form.is_from_a_program:
                told = form.told(today=clock.today(current_settings().time_zone))
                actions.report_publicly(NewReport(**told), at=clock.now())
            return redirect(url_for(".thanks"))
        except TooManyReports as problem:
            form.fail(problem)
            status = TOO_MANY_REQUESTS
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("reversals/used.html", form=form, **questions_of(form)), status


@bp.get("/thanks")
@open_if_taken
def thanks() -> ResponseReturnValue:
    """Say thank you, and where to turn to."""
    return render_template(
        "reversals/thanks.html",
        hotlines=list_hotlines(),
        finds_services=current_settings().is_directory_public,
    )
