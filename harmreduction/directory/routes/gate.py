"""Who may look for services: anybody, or, where the programme decided so, whoever is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from harmreduction.core.actor import Actor
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import actor_or_none, public, sign_in_first
from harmreduction.web.headers import may_be_framed

View = TypeVar("View", bound=Callable[..., Any])


def open_directory(view: View) -> View:
    """Open a page of the directory to anybody, or only to people who are signed in if the directory is not public.

    It stands in for `public`. In a frame on another website nobody can sign in, so a closed page is not there.
    """

    @wraps(view)
    def gated(*args: Any, **kwargs: Any) -> Any:
        if not directory_is_closed_to(actor_or_none()):
            return view(*args, **kwargs)
        if may_be_framed(view):
            raise NotFound(message("This programme does not show its directory here."))
        return sign_in_first()

    return cast(View, public(gated))


def directory_is_closed_to(actor: Actor | None) -> bool:
    """Say whether this person, or nobody in particular, may not look for services."""
    return actor is None and not current_settings().is_directory_public
