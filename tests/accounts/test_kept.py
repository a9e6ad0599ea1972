"""What a person sent when their session had ended comes back to them, and nothing of it stays on the server."""

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from harmreduction.accounts import actions
from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.sites.models import Site
from harmreduction.web.kept import Kept
from tests.accounts.people import ANOTHER, COOKIE, PASSPHRASE, make_person, sign_in
from tests.factories import SYSTEM
from tests.pages import PageClient, text_of

NOBODYS_FORM = "5f0c3a52-6f0e-4d0e-9d7b-0c6a1d6b2f11"
SITE = {"name": "Night van", "kind": "mobile", "time_zone": "America/New_York"}


@pytest.fixture
def with_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at form tokens, as the app does outside of tests."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    yield


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    names = [(re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)) for field in found]
    return {name[1]: html.unescape(value[1]) if value else "" for name, value in names if name}


def administrator_whose_session_ended(app: Flask) -> tuple[Account, PageClient, str]:
    """Return an administrator, their browser, and the token of the form that is still open in it."""
    sam = make_person("administrator")
    token = hidden(PageClient(app).page("/sign-in")).get("csrf_token", "")
    browser = PageClient(app)
    page = browser.page("/sign-in")
    fields = {**hidden(page), "sign_in_name": sam.sign_in_name, "passphrase": PASSPHRASE}
    browser.send("/sign-in", **fields)
    token = hidden(browser.page("/sites/new")).get("csrf_token", "")
    actions.end_sessions_of(sam.public_id, by=SYSTEM)
    return sam, browser, token


def test_a_form_that_meets_an_ended_session_is_sent_after_signing_in(
    app: Flask, database: SQLAlchemy, with_form_tokens: None
) -> None:
    sam, browser, token = administrator_whose_session_ended(app)

    asked = browser.send("/sites/new", status=401, csrf_token=token, **SITE)
    assert "Sign in to send. Nothing is lost." in text_of(asked)
    fields = hidden(asked.get_data(as_text=True))
    assert token not in fields["kept"]

    failed = browser.send("/sign-in", status=200, **{**fields, "sign_in_name": sam.sign_in_name, "passphrase": ANOTHER})
    fields = hidden(failed.get_data(as_text=True))
    back = browser.send(
        "/sign-in", status=200, **{**fields, "sign_in_name": sam.sign_in_name, "passphrase": PASSPHRASE}
    )
    assert "You are signed in as" in text_of(back)
    page = back.get_data(as_text=True)
    assert 'action="/sites/new"' in page
    assert hidden(page)["csrf_token"] not in ("", token)

    browser.send("/sites/new", **hidden(page))
    assert db.session.scalars(select(Site.name)).all() == ["Night van"]


def test_a_form_from_before_the_last_sign_in_is_offered_again(
    app: Flask, database: SQLAlchemy, with_form_tokens: None
) -> None:
    sam, browser, token = administrator_whose_session_ended(app)
    browser.send(
        "/sign-in",
        **{**hidden(browser.page("/sign-in")), "sign_in_name": sam.sign_in_name, "passphrase": PASSPHRASE},
    )
    grown_old = browser.send("/sites/new", status=400, csrf_token=token, **SITE)
    assert "What you entered is not sent yet." in text_of(grown_old)
    browser.send("/sites/new", **hidden(grown_old.get_data(as_text=True)))
    assert db.session.scalars(select(Site.name)).all() == ["Night van"]


def test_a_form_from_another_site_is_not_offered(app: Flask, database: SQLAlchemy, with_form_tokens: None) -> None:
    browser = PageClient(app)
    answer = browser.post("/sites/new", data=SITE, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Night van" not in answer.get_data(as_text=True)


def test_what_was_typed_is_offered_to_nobody_but_the_person_who_typed_it(
    app: Flask, database: SQLAlchemy, with_form_tokens: None
) -> None:
    _sam, browser, token = administrator_whose_session_ended(app)
    asked = browser.send("/sites/new", status=401, csrf_token=token, **SITE)
    assert "Night van" not in asked.text
    noor = make_person("administrator")
    proof = {"sign_in_name": noor.sign_in_name, "passphrase": PASSPHRASE}
    browser.send("/sign-in", **{**hidden(asked.text), **proof})
    next_page = browser.page("/account/")
    assert "belongs to another person. It was not sent." in text_of(next_page)
    assert "Night van" not in next_page


def test_where_nobody_knows_who_typed_it_numbers_wait_and_words_do_not(client: PageClient) -> None:
    line, note = {"lines-0-quantity": "3", "form_id": NOBODYS_FORM}, {"note": "in the blue tent", "reason": "maria"}
    asked = client.post("/hand-out/items", data={**line, **note, "phone": "555-0172"})
    kept = Kept.unpacked(hidden(asked.text)["kept"])
    assert kept == Kept(path="/hand-out/items", fields=tuple(line.items()))
    assert "only numbers wait on this page" in text_of(asked)


def test_signing_out_forgets_who_typed(sign_in_as: Callable[..., PageClient]) -> None:
    browser = sign_in_as("outreach_worker")
    browser.page("/account/")
    browser.send("/sign-out")
    asked = browser.send("/hand-out/items", status=401, note="in the blue tent")
    kept = Kept.unpacked(hidden(asked.text)["kept"])
    assert (kept and kept.fields, kept and kept.typist) == ((), "")


def test_repeated_fields_and_odd_signs_come_back_as_they_were_sent(app: Flask) -> None:
    fields = (("sites", "a"), ("sites", "b"), ("label", '"Ana" <b>\u00e9</b> & \u0645'))
    kept = Kept(path="/team/new?from=menu", fields=fields, typist="ab" * 32)
    assert Kept.unpacked(kept.packed()) == kept


def test_a_passphrase_and_a_form_token_are_never_carried_along(client: PageClient) -> None:
    asked = client.send(
        "/account/passphrase", status=401, present_passphrase=PASSPHRASE, chosen_passphrase=ANOTHER, csrf_token="t0ken"
    )
    page = asked.get_data(as_text=True)
    assert PASSPHRASE not in page
    assert ANOTHER not in page
    assert "t0ken" not in page


def test_what_is_too_long_to_carry_along_is_said_to_be(client: PageClient) -> None:
    asked = client.post("/sites/new", data={"lines": ["123456"] * 9_000})
    assert "too long to wait here" in text_of(asked)
    assert "123456" not in asked.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '["https://elsewhere.example",[["a","b"]]]',
        '["//elsewhere.example",[["a","b"]]]',
        '["/sites/new",[["a"]]]',
        '["/sites/new",5]',
        "[" * 200_000,
        "bm90IHNlYWxlZCBieSB1cw==",
    ],
)
def test_what_we_did_not_pack_is_ignored(app: Flask, client: PageClient, text: str) -> None:
    maya = make_person()
    answer = client.send("/sign-in", sign_in_name=maya.sign_in_name, passphrase=PASSPHRASE, kept=text)
    assert answer.headers["Location"] == "/"


def test_nothing_of_it_is_stored(app: Flask, client: PageClient) -> None:
    client.send("/sites/new", status=401, **SITE)
    assert client.get_cookie(COOKIE) is None
    assert db.session.scalar(select(func.count()).select_from(Site)) == 0


def test_signing_in_with_nothing_kept_just_goes_on(app: Flask, database: SQLAlchemy) -> None:
    assert sign_in(app, make_person()).get("/account/").status_code == 200


def test_what_a_participants_code_was_typed_into_is_never_kept(
    app: Flask, database: SQLAlchemy, with_form_tokens: None
) -> None:
    _sam, browser, token = administrator_whose_session_ended(app)
    codes = {"code_card": "K7TW-92BD-X", "code_part_first2": "he", "code_phrase": "three herons"}
    asked = browser.send("/codes/", status=401, csrf_token=token, site="north", **codes)
    kept = Kept.unpacked(hidden(asked.get_data(as_text=True))["kept"])
    assert kept is not None
    assert dict(kept.fields) == {"site": "north"}
