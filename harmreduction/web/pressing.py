"""Files that browsers keep for good travel as small as they can be: pressed once at Brotli's best, then remembered."""

import re
from functools import lru_cache

import brotli  # type: ignore[import-untyped]
from flask import Flask, request
from flask.wrappers import Response as FlaskResponse
from werkzeug.wrappers import Response

from harmreduction.web.headers import Kept

FILES = {"text/css", "text/javascript", "image/svg+xml"}
REMEMBERED = 64  # files
BEST, NEARLY_BEST = 11, 10  # of Brotli's levels; the last step takes three times as long
# What stands in the name of a file's content says nothing to a browser that never asks about it again.
NEEDLESS = ("ETag", "Last-Modified", "Accept-Ranges", "Content-Disposition")
STYLES = re.compile(
    r"""
    (?P<text> "[^"]*" | '[^']*' ) |
    /\*(?!!).*?\*/ |              # a comment, unless it is a licence
    \s* (?P<sign> [{};] ) \s* |
    (?P<before> [:,] ) \s+ |
    \n\s*
    """,
    re.DOTALL | re.VERBOSE,
)


def press_files(app: Flask) -> None:
    """Press what is kept for good; said after the extension that compresses everything else, so that it runs before."""

    @app.after_request
    def press(response: FlaskResponse) -> FlaskResponse:
        if response.status_code != 200 or response.headers.get("Cache-Control") != Kept.FOR_GOOD.value:
            return response
        for name in NEEDLESS:
            response.headers.pop(name, None)
        if response.mimetype in FILES:
            pressed(response)
        return response


def pressed(response: Response) -> Response:
    """Press an answer that is the same for everybody, where the browser can take it so."""
    if response.status_code == 200 and request.accept_encodings.quality("br"):
        response.direct_passthrough = False
        _put(response, _pressed(response.get_data(), response.mimetype))
    return response


def pressed_once(response: Response) -> Response:
    """Press an answer that is for one browser only, and remember nothing of it."""
    if request.accept_encodings.quality("br"):
        _put(response, brotli.compress(response.get_data(), quality=NEARLY_BEST))
    return response


@lru_cache(maxsize=REMEMBERED)
def _pressed(content: bytes, mimetype: str) -> bytes:
    """Return a file as it travels."""
    if mimetype == "text/css":
        content = made_small(content.decode()).encode()
    return bytes(brotli.compress(content, quality=BEST))


def made_small(styles: str) -> str:
    """Return styles that mean the same, without comments and spaces that only readers need."""
    return STYLES.sub(_what_remains, styles)


def _what_remains(found: re.Match[str]) -> str:
    """Return a text in quotes as it is, a sign without the spaces about it, a line's end, nothing of a comment."""
    if found.lastgroup:
        return str(found[found.lastgroup])
    return "\n" if found[0].startswith("\n") else ""


def _put(response: Response, content: bytes) -> None:
    """Put Brotli's bytes into an answer."""
    response.set_data(content)
    response.headers["Content-Encoding"] = "br"
