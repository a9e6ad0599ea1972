"""Ask once more who somebody is, before a deed that reaches far: exports, changes of the team.

A route that needs it says so under its permission:

    @bp.get("/reports/export")
    @requires(Permission.EXPORT_DATA)
    @needs_confirmation
    def export() -> ResponseReturnValue: ...

A person who signed in or confirmed in the last 30 minutes notices nothing. Anybody else is asked for
their passphrase and comes back; a form that they had sent comes back with them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, Protocol, cast

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core.clock import now
from harmreduction.web.access import SAFE_METHODS, current_actor

Arguments = ParamSpec("Arguments")
View = Callable[Arguments, ResponseReturnValue]

CONFIRMATION_LASTS = timedelta(minutes=30)


class _Confirmed(Protocol):
    """Somebody who proved at some time that it is really them."""

    @property
    def confirmed_at(self) -> datetime:
        """When they did."""


def needs_confirmation(view: View[Arguments]) -> View[Arguments]:
    """Open a route only to somebody who proved within 30 minutes that it is really them."""

    @wraps(view)
    def ask_first(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        if is_confirmed():
            return view(*args, **kwargs)
        if request.method in SAFE_METHODS:
            return redirect(url_for("confirm.ask", next=request.full_path.rstrip("?")))
        return cast(ResponseReturnValue, current_app.view_functions["confirm.ask"]())

    return ask_first


def is_confirmed() -> bool:
    """Say whether the person who is signed in proved lately that it is really them."""
    return now() - cast(_Confirmed, current_actor()).confirmed_at < CONFIRMATION_LASTS
