"""Choose a language; the browser remembers it for a year."""

from datetime import timedelta

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue

from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.web.access import public
from harmreduction.web.i18n import LANGUAGE_COOKIE, LANGUAGES
from harmreduction.web.same_site import same_site_path

bp = Blueprint("language", __name__)

ONE_YEAR = timedelta(days=365)


@bp.get("/language/<code>")
@public
def choose(code: str) -> ResponseReturnValue:
    """Remember a language and go back to the page that was open."""
    if code not in LANGUAGES:
        raise NotFound(message("The app does not speak this language yet."))
    response = make_response(redirect(same_site_path(request.args.get("back"))))
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=ONE_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response
