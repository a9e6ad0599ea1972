"""Security headers on every response, errors and static files included."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

View = TypeVar("View", bound=Callable[..., Any])

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Nothing to other hosts. With "no-referrer", browsers would call the origin of our own forms "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}

# What is no page of its own, only a part of one or a download, can do nothing with the rest.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
FILE_HEADERS = {
    "Content-Security-Policy": FILE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"

ONE_YEAR = 31_536_000
UNTOUCHED = {200, 206, 304}  # answers that hold what was asked for; any other is kept nowhere


class Kept(Enum):
    """What a browser may do with an answer; the value is its Cache-Control."""

    NOWHERE = "no-store"
    WHILE_UNCHANGED = "private, no-cache"  # kept, and asked about each time: give it an ETag
    SHARED = "public, max-age=300"  # the same for everybody, and five minutes old at most
    FOR_GOOD = f"public, max-age={ONE_YEAR}, immutable"  # only where the address changes with the content


def kept(how: Kept) -> Callable[[View], View]:
    """Let browsers keep what this route answers; what is not marked is kept nowhere."""

    def mark(view: View) -> View:
        view.kept = how  # type: ignore[attr-defined]
        return view

    return mark


def runs_by_itself(view: View) -> View:
    """Let this script, a service worker, load its modules and ask this server."""
    view.runs_by_itself = True  # type: ignore[attr-defined]
    return view


def framed_anywhere(view: View) -> View:
    """Let other websites show this page in a frame; it reads no cookie and changes nothing."""
    view.framed_anywhere = True  # type: ignore[attr-defined]
    return view


def with_camera(view: View) -> View:
    """Let this page use the camera, if the person allows it: to read the code on a pack."""
    view.with_camera = True  # type: ignore[attr-defined]
    return view


def may_be_framed(view: object) -> bool:
    """Say whether other websites may show this view's page in a frame."""
    return getattr(view, "framed_anywhere", False)


def is_worker(view: object) -> bool:
    """Say whether what this view answers runs by itself."""
    return getattr(view, "runs_by_itself", False)


def uses_camera(view: object) -> bool:
    """Say whether this view's page may use the camera."""
    return getattr(view, "with_camera", False)


def allow_images_from(origin: str) -> None:
    """Let the page that is being answered show images of one other host, which the programme chose."""
    g.image_origin = origin


def send_headers(app: Flask) -> None:
    """Add the headers to whatever the application answers."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in _headers(response).items():
            response.headers[name] = value
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        response.headers["Cache-Control"] = _caching(response)
        return response


def _headers(response: Response) -> dict[str, str]:
    """Return the headers of a page, or of what is none."""
    if response.mimetype == "text/html":
        return HEADERS | _content_exceptions() | _camera_exception()
    policy = WORKER_POLICY if is_worker(_view()) else FILE_POLICY
    return FILE_HEADERS | {"Content-Security-Policy": policy}


def _camera_exception() -> dict[str, str]:
    """Return the header that lets the answering page use the camera, if it is one that reads codes."""
    if not uses_camera(_view()):
        return {}
    return {"Permissions-Policy": HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")}


def _content_exceptions() -> dict[str, str]:
    """Return what may be shown on this page, or around it, that may not elsewhere."""
    policy = CONTENT_SECURITY_POLICY
    if origin := g.get("image_origin"):
        policy = policy.replace("img-src 'self'", f"img-src 'self' {origin}")
    if not may_be_framed(_view()):
        return {"Content-Security-Policy": policy}
    return {
        "Content-Security-Policy": policy.replace("frame-ancestors 'none'", "frame-ancestors *"),
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def _caching(response: Response) -> str:
    """Keep versioned static files for good, what a view allows as it says, and nothing else anywhere."""
    if response.status_code not in UNTOUCHED:
        return Kept.NOWHERE.value
    if request.endpoint == "static":
        return Kept.FOR_GOOD.value if "v" in request.args else "no-cache"
    how: Kept = getattr(_view(), "kept", Kept.NOWHERE)
    return how.value


def _view() -> object:
    """Return the view that answers, if any does."""
    return current_app.view_functions.get(request.endpoint or "")
