"""Who may open a route: every view is marked, and one check before each request holds the mark."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from harmreduction.core.actor import Actor
from harmreduction.core.errors import NotAllowed
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class SentFromElsewhere(NotAllowed):
    """Another website sent this, or a browser that does not say where it comes from."""


def public(view: View) -> View:
    """Let anybody open this route."""
    return _marked(view, PUBLIC)


def signed_in(view: View) -> View:
    """Let anybody who is signed in open this route."""
    return _marked(view, SIGNED_IN)


def anonymous(view: View) -> View:
    """Let anybody open this route, and do not look who they are: no cookie of theirs is read."""
    view.asks_nobody = True  # type: ignore[attr-defined]
    return _marked(view, PUBLIC)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only people who hold the permission open this route."""
    return lambda view: _marked(view, permission)


def audience_of(view: object) -> Permission | str | None:
    """Return who may open a view: a permission, PUBLIC, SIGNED_IN, or None if it does not say."""
    return getattr(view, "audience", None)


def asks_nobody(view: object) -> bool:
    """Say whether a view is the same for everybody, whoever is signed in."""
    return getattr(view, "asks_nobody", False)


def current_actor() -> Actor:
    """Return who is signed in; only for routes that are not public."""
    return cast(Actor, g.actor)


def actor_or_none() -> Actor | None:
    """Return who is signed in, if anybody is."""
    return cast("Actor | None", g.get("actor"))


def sign_in_first() -> ResponseReturnValue:
    """Answer somebody who has to sign in before this; for a public route that is closed for once."""
    return cast(Callable[[], ResponseReturnValue], current_app.extensions["ask_to_sign_in"])()


def protect(
    app: Flask, load_actor: Callable[[], Actor | None], ask_to_sign_in: Callable[[], ResponseReturnValue]
) -> None:
    """Check every request against the mark of its view.

    A view without a mark is closed to everybody. `load_actor` finds who is signed in;
    `ask_to_sign_in` answers a person who has to sign in first.
    """
    app.extensions["ask_to_sign_in"] = ask_to_sign_in

    @app.before_request
    def check() -> ResponseReturnValue | None:
        _refuse_other_sites()
        g.actor = None
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static" or asks_nobody(view):
            return None
        g.actor = load_actor()
        audience = audience_of(view)
        if audience == PUBLIC:
            return None
        if g.actor is None:
            return ask_to_sign_in()
        if isinstance(audience, Permission) and not g.actor.may(audience):
            raise NotAllowed(message("Your role does not include this page. Ask your administrator if you need it."))
        if audience is None:
            raise NotAllowed(message("Nobody may open this page yet."))
        return None


def _refuse_other_sites() -> None:
    """Refuse a write that another website sent, before any token is looked at (OWASP fetch metadata)."""
    if request.method in SAFE_METHODS:
        return
    origin_kind = request.headers.get("Sec-Fetch-Site")
    same_origin = request.headers.get("Origin") == request.host_url.rstrip("/")
    if origin_kind in {"same-origin", "none"} or (origin_kind is None and same_origin):
        return
    raise SentFromElsewhere(
        message("This was sent from another website, so it was not accepted. Open the page here again.")
    )


def _marked(view: View, audience: Permission | str) -> View:
    """Write the mark on the view."""
    view.audience = audience  # type: ignore[attr-defined]
    return view
