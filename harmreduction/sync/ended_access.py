"""A session that is still open on a phone whose access was ended: it ends as soon as that phone is heard of."""

from flask import Response, g, jsonify

from harmreduction.accounts.actions import cut_off
from harmreduction.accounts.rules import SignedIn
from harmreduction.accounts.session_cookie import forget_form_tokens, let_out
from harmreduction.sync.device_cookie import sent_device_token
from harmreduction.sync.queries.senders import is_ended_since
from harmreduction.web.access import actor_or_none


def refused_on_ended_phone(public_key: str = "") -> tuple[Response, int] | None:
    """End the session on a phone whose access was ended since somebody signed in there, and return that answer.

    None where all is well. Who signs in on it again is let in: they hold it, and it is set up as a new phone.
    """
    person = actor_or_none()
    if not isinstance(person, SignedIn):
        return None
    if not is_ended_since(person.confirmed_at, token=sent_device_token(), public_key=public_key):
        return None
    cut_off(person)
    forget_form_tokens()
    g.actor = None
    return let_out(jsonify(ok=False, why="sign_in")), 401
