"""What people type stands in no log, no address, no error page and not in the audit trail (P20)."""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import html5lib
import pytest
from sqlalchemy import String, select

from harmreduction.accounts.rules import Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.web.access import PUBLIC, audience_of
from tests.architecture.conftest import NOBODY, World, walk
from tests.pages import XHTML, PageClient

MARK = "quagga7731"
ABOUT_PEOPLE = ("/participants", "/codes", "/visits", "/naloxone", "/care", "/reversals", "/used", "/queue")
ABOUT_PEOPLE += ("/community", "/journey", "/questions", "/referrals", "/hand-out", "/coverage", "/activities")
KEPT_AS_IS = {"csrf_token", "form_id"}
WRITTEN = {"text", "search", "tel", "textarea", "hidden"}


@dataclass
class Filled:
    """A form of a page: where it goes, and what it sends as it stands; written: the fields that take any words."""

    action: str
    sends: dict[str, list[str]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)


def forms_of(html: str, address: str) -> Iterator[Filled]:
    """Return the forms of a page that are posted."""
    document = html5lib.HTMLParser().parse(html)
    for element in document.iter(f"{XHTML}form"):
        if element.get("method", "get").lower() == "post":
            filled = Filled(element.get("action") or address)
            for control in element.iter():
                _read(control, filled)
            yield filled


def _read(control, filled: Filled) -> None:
    """Note what one control of a form sends."""
    tag, name = str(control.tag).removeprefix(XHTML), control.get("name")
    if not name or tag not in {"input", "textarea", "select", "button"}:
        return
    kind = control.get("type", "text") if tag == "input" else tag
    if kind in WRITTEN and name not in KEPT_AS_IS:
        filled.written.add(name)
    if kind in {"checkbox", "radio"} and control.get("checked") is None:
        filled.sends.setdefault(name, [])
        return
    value = control.get("value", "")
    if tag == "select":
        options = list(control.iter(f"{XHTML}option"))
        value = next((option.get("value", "") for option in options if option.get("selected") is not None), "")
    if tag != "button" or name not in filled.sends:
        filled.sends.setdefault(name, []).append(value)


def ways_to_fill(form: Filled) -> Iterator[dict[str, list[str]]]:
    """Return the form with marks in all that is written, as it stands else; and with a mark in every field."""
    yield form.sends | {name: [MARK] for name in form.written if form.sends.get(name) in ([""], None)}
    yield {name: [MARK] for name in form.sends if name not in KEPT_AS_IS}


def addresses(world: World, who: str) -> list[str]:
    """Return the address of every page about people that somebody may open."""
    found = set()
    for method, rule in walk(world.app):
        is_public = audience_of(world.app.view_functions[rule.endpoint]) == PUBLIC
        if method == "GET" and rule.rule.startswith(ABOUT_PEOPLE) and (who != NOBODY or is_public):
            found.add(world.address(rule, who))
    return sorted(found)


@pytest.mark.parametrize("who", [Role.PROGRAMME_LEAD.value, NOBODY])
def test_what_is_typed_anywhere_stays_where_it_belongs(
    world: World, who: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = world.browser(who, kind=PageClient)
    browser.looks_at_pages = False
    told, sent, saved = [], 0, 0
    caplog.set_level(logging.DEBUG)
    for address in addresses(world, who):
        page = browser.get(address)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        for form in forms_of(page.get_data(as_text=True), address):
            for data in ways_to_fill(form):
                answer = browser.post(form.action, data=data)
                sent += 1
                saved += answer.status_code == 302
                assert answer.status_code < 500, f"{form.action}: {answer.status}"
                if MARK in answer.headers.get("Location", ""):
                    told.append(f"{form.action}: the address {answer.headers['Location']}")
                if answer.status_code >= 400 and MARK in answer.get_data(as_text=True):
                    told.append(f"{form.action}: the page {answer.status}")
    assert sent >= (2 if who == NOBODY else 100) and saved >= (0 if who == NOBODY else 40)
    assert told == []
    assert MARK not in caplog.text
    assert MARK not in "".join(capfd.readouterr())
    with world.app.app_context():
        texts = [column for column in AuditEntry.__table__.columns if isinstance(column.type, String)]
        trail = io.StringIO()
        for row in db.session.execute(select(*texts)):
            trail.write(repr(row))
        assert MARK not in trail.getvalue()
