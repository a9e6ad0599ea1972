"""The cookie of a browser in which somebody is signed in.

It is our own and holds a random token; Flask's session, a second cookie, holds nothing but the seed of
form tokens, the messages of the next page, and a mark of who typed what is still to be sent.
"""

from contextlib import suppress

from flask import Response, g, request, session

from harmreduction.accounts.actions import mark_seen
from harmreduction.accounts.browsers import recognise_browser
from harmreduction.accounts.queries import find_live_session
from harmreduction.accounts.rules import ABSOLUTE_LIMIT, SEEN_EVERY, SignedIn
from harmreduction.core.clock import now
from harmreduction.core.errors import NotSaved
from harmreduction.web.kept import remember_typist

WHO = "field_me"
WHERE_HANDED_OUT = "/hand-out"


def load_actor() -> SignedIn | None:
    """Return who is signed in in this browser, if anybody is."""
    token, at = sent_token(), now()
    live = find_live_session(token, now=at) if token else None
    if live is None:
        return None
    session_id, is_due = live.person.session_id, at - live.seen_at >= SEEN_EVERY
    if session_id is not None and is_due and not asks_by_itself():
        with suppress(NotSaved):  # a full disk takes no notes, but pages still open
            mark_seen(session_id)
    remember_typist(live.person.public_id)
    return live.person


def asks_by_itself() -> bool:
    """Say whether a page renews itself: that is no sign that somebody is there, so it keeps no session alive."""
    return request.headers.get("X-By-Itself") == "yes"


def sent_token() -> str:
    """Return the token that the browser sent, or ""."""
    return request.cookies.get(_name(), "")


def this_browser() -> str:
    """Return what we keep of the browser."""
    return recognise_browser(request.user_agent.string)


def let_in(response: Response, token: str) -> Response:
    """Give the browser its token."""
    response.set_cookie(
        _name(),
        token,
        max_age=ABSOLUTE_LIMIT,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return _told_who(response, token)


def _told_who(response: Response, token: str) -> Response:
    """Tell the log page of this phone whose taps it keeps from now on, before there is any other answer.

    It is a name for their account that says nothing outside, and opens nothing. Somebody who may not log is named as
    well: what they tap anyway waits for a lead, and never stands under the name of who was there before.
    """
    live = find_live_session(token, now=now())
    if live is not None:
        response.set_cookie(
            WHO,
            live.person.public_id,
            max_age=ABSOLUTE_LIMIT,
            path=WHERE_HANDED_OUT,
            secure=request.is_secure,
            samesite="Lax",
        )
    return response


def let_out(response: Response) -> Response:
    """Take the token away, and what the browser remembers of pages; never what it has still to send."""
    response.delete_cookie(_name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def forget_form_tokens() -> None:
    """Let no form token outlive a sign-in or a sign-out."""
    session.clear()
    g.pop("csrf_token", None)


def _name() -> str:
    """Return the cookie's name; under TLS one that no other host can set."""
    return "__Host-session" if request.is_secure else "session"
