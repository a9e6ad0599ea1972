"""A browser for tests that checks every page it opens, so that no test has to."""

import re
from collections import Counter
from typing import Any

import html5lib
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from harmreduction.config import HOUSE
from harmreduction.core.db import db

XHTML = "{http://www.w3.org/1999/xhtml}"
NEEDS_LABEL = {"input", "select", "textarea"}
ICONS = set(re.findall(r'<symbol id="([a-z-]+)"', (HOUSE / "static" / "icons.svg").read_text()))
UNLABELLED_TYPES = {"hidden", "submit", "button"}


class PageClient(FlaskClient):
    """Opens pages as a browser of our own origin does, and checks each HTML answer."""

    account: Any = None
    looks_at_pages = True  # no, where thousands are opened that were looked at elsewhere

    def __init__(self, app: Flask) -> None:
        """Make a browser for this application."""
        super().__init__(app, app.response_class, use_cookies=True)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as the server would get it, from a process that knows nothing yet; check the page.

        Without a context of its own, it would share the session and `g` of the test, and of the request before.
        """
        headers = dict(kwargs.pop("headers", None) or {})
        headers.setdefault("Sec-Fetch-Site", "same-origin")
        if has_app_context():
            db.session.rollback()  # ends the test's own read, which holds the one connection there is in memory
        with self.application.app_context():
            response = super().open(*args, headers=headers, buffered=True, **kwargs)
        response.request.environ["wsgi.input"].close()  # a large body lies in a file
        if self.looks_at_pages and response.mimetype == "text/html" and response.data:
            check_page(response.get_data(as_text=True))
        return response

    def page(self, path: str, *, status: int = 200) -> str:
        """Open a page and return its HTML."""
        response = self.get(path)
        assert response.status_code == status, f"{path}: {response.status}"
        return response.get_data(as_text=True)

    def send(self, path: str, *, status: int = 302, **fields: Any) -> TestResponse:
        """Post a form; a name given as `a__b` is sent as `a-b`."""
        data = {name.replace("__", "-"): value for name, value in fields.items()}
        response = self.post(path, data=data)
        assert response.status_code == status, f"{path}: {response.status}\n{text_of(response)}"
        return response


def hidden(html: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    assert found is not None, f"no hidden field {name}"
    return found.group(1)


def check_page(html: str) -> None:
    """Assert what holds for every page: valid HTML, one h1, a title, labels, unique ids, nothing from elsewhere."""
    document = html5lib.HTMLParser(strict=True).parse(html)
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    by_tag = Counter(element.tag.removeprefix(XHTML) for element in elements)
    assert by_tag["h1"] == 1, f"{by_tag['h1']} h1 elements"
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    assert not [name for name, count in ids.items() if count > 1], "an id stands twice"
    assert document.get("lang"), "the page names no language"
    assert (next(document.iter(f"{XHTML}title")).text or "").strip(), "the page has no title"
    labelled = {element.get("for") for element in elements if element.tag == f"{XHTML}label"}
    wrapped = {field for label in elements if label.tag == f"{XHTML}label" for field in label.iter()}
    for element in elements:
        _check_element(element, ids, labelled, wrapped)


def _check_element(element: Any, ids: Counter[str], labelled: set[str], wrapped: set[Any]) -> None:
    """Assert what holds for one element."""
    tag = element.tag.rpartition("}")[2]
    assert element.get("style") is None, f"<{tag}> carries a style attribute, which the CSP refuses"
    assert not [name for name in element.attrib if name.startswith("on")], f"<{tag}> carries an inline script"
    for attribute in ("aria-describedby", "aria-labelledby", "for", "aria-controls"):
        for name in (element.get(attribute) or "").split():
            assert name in ids, f'<{tag} {attribute}="{name}"> points nowhere'
    if tag == "use":
        icon = (element.get("href") or "").partition("#")[2]
        assert icon in ICONS, f"there is no icon “{icon}”"
    if tag in ("script", "link", "img", "form", "source"):
        _check_source(tag, element)
    if tag == "form":
        assert element.get("method"), "a form names no method"
    if tag == "img":
        assert element.get("alt") is not None, "an image has no alt"
    if tag in NEEDS_LABEL and element.get("type") not in UNLABELLED_TYPES:
        has_label = element.get("id") in labelled or element in wrapped or element.get("aria-label")
        assert has_label, f'<{tag} name="{element.get("name")}"> has no label'


def _check_source(tag: str, element: Any) -> None:
    """Assert that a browser asks nobody but us for what the page needs."""
    assert tag != "script" or element.get("src"), "a script stands in the page, which the CSP refuses"
    for attribute in ("src", "href", "action"):
        address = element.get(attribute) or "/"
        if address.startswith("data:image/svg+xml,") and tag == "link":
            continue  # a picture that the page itself holds
        assert address.startswith("/") and not address.startswith("//"), f"<{tag} {attribute}> leads elsewhere"


def text_of(response: TestResponse | str) -> str:
    """Return the words of a page without its tags, spaces joined."""
    html = response if isinstance(response, str) else response.get_data(as_text=True)
    body = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
