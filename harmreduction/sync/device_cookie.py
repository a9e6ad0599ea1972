"""The cookie with which a phone may send for two weeks, though nobody is signed in; it opens nothing."""

from flask import Response, request

from harmreduction.sync.rules.devices import SENDS_FOR


def sent_device_token() -> str:
    """Return the token that the phone sent, or ""; the database keeps its digest (accounts.queries.digest_of)."""
    return request.cookies.get(_name(), "")


def give_token(response: Response, token: str) -> Response:
    """Give the phone its token."""
    response.set_cookie(
        _name(), token, max_age=SENDS_FOR, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response


def take_token(response: Response) -> Response:
    """Take the token away."""
    response.delete_cookie(_name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def _name() -> str:
    """Return the cookie's name; under TLS one that no other host can set."""
    return "__Host-device" if request.is_secure else "device"
