"""Every page and every other answer: whole, in every language, with its headers, and safe when something fails."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from harmreduction.accounts.rules import Role
from harmreduction.core.db import db
from harmreduction.web.access import public
from harmreduction.web.headers import Kept, is_worker, may_be_framed, uses_camera
from harmreduction.web.i18n import LANGUAGES
from tests.architecture.conftest import NOBODY, World, walk
from tests.architecture.test_access import EXPECTED
from tests.stories import LONG

WHO = (Role.PROGRAMME_LEAD, Role.OUTREACH_WORKER, Role.CLINICIAN, Role.ADMINISTRATOR, NOBODY)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
FILE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WORKER = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
}
FRAMED = {
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
SCANNING = {"Permissions-Policy": HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")}
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
METHOD_POST = re.compile(r'\bmethod="post"')
TOKEN = re.compile(r'<input\b[^>]*name="csrf_token"[^>]*value="([^"]*)"')
DETAIL = "what only the log may know"


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The programme, with form tokens as people get them."""
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", True)
    return world


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Return (who, address) of every page that somebody can open."""
    for method, rule in walk(world.app):
        for who in WHO:
            if method == "GET" and rule.endpoint != "static" and is_walked_by(who, EXPECTED[method, rule.rule]):
                yield who, world.address(rule, who)


def is_walked_by(who: str, expected: Mapping[str, int]) -> bool:
    """Say whether a page is opened as somebody: a clinician only where no lead may."""
    seen_by_a_lead = who == Role.CLINICIAN and expected[Role.PROGRAMME_LEAD] == 200
    return expected[who] == 200 and not seen_by_a_lead


# Pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_and_every_form_that_changes_something_carries_a_token(world, language):
    browsers = {who: world.browser(who, language=language) for who in WHO}
    for who, address in pages(world):
        answer = browsers[who].get(address)  # the browser checks the page
        assert answer.status_code == 200, f"{address} as {who}"
        if answer.mimetype == "text/html":
            assert f'<html lang="{language}"' in answer.text, address
            check_tokens(answer)


def check_tokens(answer: TestResponse) -> None:
    """Assert that the forms of a page carry a token, just those that change something."""
    for head, form in FORM.findall(answer.text):
        where = f"{answer.request.path}: {head}"
        if METHOD_POST.search(head):
            assert [bool(value) for value in TOKEN.findall(form)] == [True], where
        else:
            assert 'name="csrf_token"' not in form, f"{where}: a token in an address would be remembered there"


def test_a_page_number_that_cannot_be_shows_a_page(world):
    numbers = ["0", "99999999999999999999", "-1", "two", "", "%00", "1e9", "%ED%A0%80"]
    pairs = [numbers[:2], numbers[2:4], numbers[4:6], numbers[6:]]
    shares = cycle([numbers] if LONG else pairs)  # the next page gets the next ones
    browsers = {who: world.browser(who, kind=FlaskClient) for who in (Role.PROGRAMME_LEAD, Role.ADMINISTRATOR)}
    whose = {address: who for who, address in reversed([*pages(world)]) if who in browsers}  # a lead where both may
    asked = [(address, who, number) for address, who in whose.items() for number in next(shares)]
    for address, who, number in asked:
        answer = browsers[who].get(f"{address}?page={number}&saved={number}&year={number}")
        shows = (200, 302) if answer.mimetype == "text/html" else (200, 302, 400)  # a program gets a sentence
        assert answer.status_code in shows, f"{address} as {who} with {number}"


# Headers ----------------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers(world):
    for method, rule in walk(world.app):
        for who in (Role.PROGRAMME_LEAD, NOBODY):
            world.start_over()
            browser = world.browser(who, kind=FlaskClient)
            view = world.app.view_functions[rule.endpoint]
            for verb in (method, "HEAD", "OPTIONS") if method == "GET" else (method,):
                check_headers(browser.open(world.address(rule, who), method=verb, buffered=True), view)


def check_headers(answer: TestResponse, view: object = None) -> None:
    """Assert the headers of an answer, whatever it is; a view may be marked for frames, or to be kept."""
    where = f"{answer.request.method} {answer.request.path}: {answer.status}"
    if answer.mimetype == "text/html":
        expected = HEADERS | (FRAMED if may_be_framed(view) else {}) | (SCANNING if uses_camera(view) else {})
    else:
        expected = FILE | (WORKER if is_worker(view) else {})
    assert {name: answer.headers.getlist(name) for name in expected} == {n: [t] for n, t in expected.items()}, where
    if "/static/" not in answer.request.path:
        how = getattr(view, "kept", Kept.NOWHERE) if answer.status_code == 200 else Kept.NOWHERE
        assert answer.headers["Cache-Control"] == how.value, where
    assert "Strict-Transport-Security" not in answer.headers, where


def test_a_static_file_with_its_version_is_kept_and_without_it_is_asked_for_again(world):
    browser = world.browser(NOBODY, kind=FlaskClient)
    for address, caching in {
        "/static/css/app.css?v=0123456789": "public, max-age=31536000, immutable",
        "/static/css/app.css": "no-cache",
        "/static/css/not-there.css?v=0123456789": "no-store",
    }.items():
        answer = browser.get(address, buffered=True)
        assert answer.headers["Cache-Control"] == caching
        check_headers(answer)


def test_under_tls_browsers_are_told_to_stay_there_and_cookies_never_leave_it(world):
    browser = world.browser(NOBODY, kind=FlaskClient)
    page = browser.get("/sign-in", base_url="https://localhost")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    address = f"/sign-in/link/{world.everywhere['token']}"
    token = re.search(
        r'name="csrf_token"[^>]* value="([^"]+)"', browser.get(address, base_url="https://localhost").text
    )
    assert token is not None
    done = browser.post(
        address,
        base_url="https://localhost",
        headers={"Sec-Fetch-Site": "same-origin"},  # and no Referer, which some browsers never send
        data={"csrf_token": token[1]},
    )
    assert done.status_code == 302
    cookies = [*page.headers.getlist("Set-Cookie"), *done.headers.getlist("Set-Cookie")]
    [who] = [cookie for cookie in cookies if cookie.startswith("field_me=")]
    assert {"Secure", "SameSite=Lax", "Path=/hand-out"} <= set(who.split("; "))  # read by the log page, opens nothing
    cookies.remove(who)
    assert {cookie.partition("=")[0] for cookie in cookies} == {"form", "__Host-session"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie


def test_on_this_machine_without_tls_cookies_are_as_strict_as_they_can_be(world):
    for cookie in world.browser(NOBODY, kind=FlaskClient).get("/sign-in").headers.getlist("Set-Cookie"):
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie


# Errors -----------------------------------------------------------------------------------------------


def break_a_page(app: Flask, monkeypatch: pytest.MonkeyPatch, problem: Exception) -> str:
    """Let a page fail, and return its address."""

    @public
    def broken() -> str:
        raise problem

    monkeypatch.setitem(app.view_functions, "help.privacy", broken)
    return "/privacy"


@contextmanager
def watching_errors() -> Iterator[list[str]]:
    """Collect what is asked of the database while an error page is made."""
    asked: list[str] = []

    def watch(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if has_app_context() and g.get("rendering_error"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", watch)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", watch)


ERRORS = {
    400: ("POST", "/sign-in", NOBODY),
    403: ("GET", "/team/", Role.VOLUNTEER),
    404: ("GET", "/nowhere", Role.PROGRAMME_LEAD),
    405: ("GET", "/sign-out", Role.PROGRAMME_LEAD),
    413: ("POST", "/hand-out", Role.PROGRAMME_LEAD),
    500: ("GET", "/privacy", Role.PROGRAMME_LEAD),
    503: ("GET", "/privacy", Role.PROGRAMME_LEAD),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_helps_shows_no_trace_and_asks_nothing_of_the_database(world, monkeypatch, status, language):
    method, address, who = ERRORS[status]
    problem = OperationalError(DETAIL, {}, Exception(DETAIL)) if status == 503 else RuntimeError(DETAIL)
    if status in (500, 503):
        break_a_page(world.app, monkeypatch, problem)
    body = {"note": "x" * 3_000_000} if status == 413 else None
    with world.app.app_context(), watching_errors() as asked:
        answer = world.browser(who, language=language).open(address, method=method, data=body)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert f'<html lang="{language}"' in answer.text
    assert 'href="/"' in answer.text  # a way on
    assert asked == []
    for trace in (DETAIL, "Traceback", "RuntimeError", "sqlalchemy", ".py"):
        assert trace not in answer.text
    check_headers(answer)


def test_an_address_that_takes_only_forms_says_so(world):
    answer = world.browser(Role.PROGRAMME_LEAD).get("/sign-out")
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_what_went_wrong_is_found_in_the_log_by_the_words_on_the_page(world, monkeypatch, caplog):
    address = break_a_page(world.app, monkeypatch, RuntimeError(DETAIL))
    page = world.browser(Role.PROGRAMME_LEAD).get(address).text
    reference = re.search(r"\b[a-z]+-\d\d\b(?=</dd>)", page)
    assert reference is not None
    assert reference[0] in caplog.text
    assert DETAIL in caplog.text


def test_an_unknown_address_opens_no_database(world, monkeypatch):
    statements: list[str] = []
    with world.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, text, *_rest: statements.append(text))
        answer = world.browser(Role.PROGRAMME_LEAD).get("/nowhere")
    assert (answer.status_code, statements) == (404, [])


def test_a_host_that_is_not_ours_gets_an_error_page(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "TRUSTED_HOSTS", ["tracker.example"])
    browser = world.browser(NOBODY)
    assert browser.get("/sign-in", base_url="http://tracker.example").status_code == 200
    answer = browser.get("/sign-in", base_url="http://another.example")
    assert (answer.status_code, "another.example" in answer.text) == (400, False)
    check_headers(answer)
