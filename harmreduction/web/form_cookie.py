"""The cookie of Flask's own session: the seed of form tokens, the messages of the next page, and who types."""

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, which never leaves TLS where there is TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether a browser may send the cookie over TLS only."""
        return request.is_secure
