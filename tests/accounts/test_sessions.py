"""Sessions end when they should: the same cookie, sent again, opens nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, func, select

from harmreduction.accounts import actions
from harmreduction.accounts.models import Account, AccountSession
from harmreduction.accounts.queries import signed_in_as
from harmreduction.accounts.rules import Role
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from tests.accounts.people import ANOTHER, COOKIE, PASSPHRASE, is_signed_in, make_person, sign_in, stolen
from tests.factories import SYSTEM, make_site
from tests.pages import PageClient, text_of

EVENING = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
SignIn = Callable[..., PageClient]


def sign_out(client: PageClient, maya: Account) -> None:
    client.send("/sign-out")


def end_from_another_browser(client: PageClient, maya: Account) -> None:
    other = sign_in(client.application, maya)
    other.send("/account/sessions/end-others")


def end_by_an_administrator(client: PageClient, maya: Account) -> None:
    actions.end_sessions_of(maya.public_id, by=SYSTEM)


def lose_access(client: PageClient, maya: Account) -> None:
    actions.end_access(maya.public_id, by=SYSTEM)


def change_passphrase(client: PageClient, maya: Account) -> None:
    client.send(
        "/account/passphrase",
        present_passphrase=PASSPHRASE,
        chosen_passphrase=ANOTHER,
        same_passphrase=ANOTHER,
    )


def choose_a_new_one_by_link(client: PageClient, maya: Account) -> None:
    token = actions.make_sign_in_link(maya.id, lasts=timedelta(hours=1), asks_for_passphrase=True, by=SYSTEM)
    actions.use_link(token, passphrase=ANOTHER, browser="")


@pytest.mark.parametrize(
    "ending",
    [
        sign_out,
        end_from_another_browser,
        end_by_an_administrator,
        lose_access,
        change_passphrase,
        choose_a_new_one_by_link,
    ],
)
def test_a_copied_cookie_opens_nothing_after(
    app: Flask, database: SQLAlchemy, ending: Callable[[PageClient, Account], None]
) -> None:
    maya = make_person()
    browser = sign_in(app, maya)
    thief = stolen(app, browser)
    assert is_signed_in(thief)
    ending(browser, maya)
    assert thief.get("/account/").headers["Location"].startswith("/sign-in")
    assert thief.post("/account/sessions/end-others").status_code == 401


@pytest.mark.parametrize(
    ("role", "rests"),
    [
        ("volunteer", timedelta(hours=12)),
        ("outreach_worker", timedelta(hours=12)),
        ("clinician", timedelta(minutes=30)),
        ("programme_lead", timedelta(minutes=30)),
        ("administrator", timedelta(minutes=30)),
    ],
)
def test_a_session_that_rests_too_long_ends(app: Flask, database: SQLAlchemy, role: str, rests: timedelta) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        browser = sign_in(app, make_person(role))
        clock.move_to(EVENING + rests - timedelta(seconds=1))
        assert is_signed_in(browser)
        clock.shift(rests)
        assert not is_signed_in(browser)


def test_using_the_app_keeps_a_session_awake_until_the_absolute_limit(app: Flask, database: SQLAlchemy) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        browser = sign_in(app, make_person("clinician"))
        for _ in range(35):
            clock.shift(timedelta(minutes=20))
            assert is_signed_in(browser)
        clock.shift(timedelta(minutes=20))
        assert not is_signed_in(browser)


def test_after_a_session_ended_the_page_says_so(app: Flask, database: SQLAlchemy) -> None:
    maya = make_person()
    browser = sign_in(app, maya)
    actions.end_sessions_of(maya.public_id, by=SYSTEM)
    asked = browser.get("/shift")
    assert asked.headers["Location"] == "/sign-in?next=/shift"
    assert "Your session has ended." in browser.page("/sign-in?next=/shift")


def test_signing_out_clears_what_the_browser_remembers_but_not_what_it_has_to_send(
    app: Flask, database: SQLAlchemy
) -> None:
    browser = sign_in(app, make_person())
    answer = browser.send("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert answer.headers["Location"] == "/sign-in"
    assert browser.get_cookie(COOKIE) is None
    assert "You are signed out." in browser.page("/sign-in")


def test_signing_out_twice_is_no_problem(app: Flask, database: SQLAlchemy) -> None:
    browser = sign_in(app, make_person())
    browser.send("/sign-out")
    browser.send("/sign-out")
    assert not is_signed_in(browser)


def test_everything_about_sessions_is_in_the_audit_trail_without_a_token(app: Flask, database: SQLAlchemy) -> None:
    maya = make_person(label="Maya")
    browser = sign_in(app, maya)
    browser.send("/account/sessions/end-others")
    browser.send("/sign-out")
    rows = db.session.execute(select(AuditEntry.event, AuditEntry.actor, AuditEntry.subject)).all()
    assert [row.event for row in rows[-3:]] == ["SIGNED_IN", "SESSION_REVOKED", "SIGNED_OUT"]
    assert {row.actor for row in rows[-3:]} == {"Maya"}


def test_one_sees_and_ends_ones_other_sessions(app: Flask, database: SQLAlchemy) -> None:
    maya = make_person()
    here, there = sign_in(app, maya), sign_in(app, maya)
    other = db.session.scalars(select(AccountSession.public_id).order_by(AccountSession.id.desc())).first()
    assert f"/account/sessions/{other}/end" in here.page("/account/")
    here.send(f"/account/sessions/{other}/end")
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_nobody_ends_somebody_elses_session(app: Flask, database: SQLAlchemy) -> None:
    maya, jo = make_person(), make_person()
    of_maya, of_jo = sign_in(app, maya), sign_in(app, jo)
    session_id = db.session.scalars(select(AccountSession.public_id).where(AccountSession.account_id == maya.id)).one()
    of_jo.send(f"/account/sessions/{session_id}/end", status=404)
    assert is_signed_in(of_maya)


def test_the_account_page_says_who_one_is_here(app: Flask, sign_in_as: SignIn) -> None:
    site = make_site("Union St drop-in")
    words = text_of(sign_in_as("outreach_worker", sites=(site.id,)).page("/account/"))
    assert "Outreach worker" in words
    assert "Union St drop-in" in words
    assert "Log hand-outs, undo their own, and see their own shift." in words
    assert "All sites" in text_of(sign_in_as("programme_lead").page("/account/"))


def test_a_passphrase_changes_only_with_the_present_one(app: Flask, database: SQLAlchemy) -> None:
    maya = make_person()
    browser = sign_in(app, maya)
    fields = {"chosen_passphrase": ANOTHER, "same_passphrase": ANOTHER}
    words = text_of(browser.send("/account/passphrase", status=200, present_passphrase=ANOTHER, **fields))
    assert "That passphrase does not fit this name. 4 tries left." in words
    browser.send("/account/passphrase", present_passphrase=PASSPHRASE, **fields)
    assert is_signed_in(browser)
    sign_in(app, maya, ANOTHER)


@pytest.mark.parametrize(
    ("chosen", "again", "sentence"),
    [
        ("short", "short", "at least 12 characters"),
        (ANOTHER, PASSPHRASE, "The two are not the same"),
        ("Union St drop-in 1", "Union St drop-in 1", "guesses"),
    ],
)
def test_a_passphrase_that_is_not_good_enough_changes_nothing(
    app: Flask, database: SQLAlchemy, chosen: str, again: str, sentence: str
) -> None:
    make_site("Union St drop-in")
    maya = make_person()
    browser = sign_in(app, maya)
    fields = {"present_passphrase": PASSPHRASE, "chosen_passphrase": chosen, "same_passphrase": again}
    assert sentence in text_of(browser.send("/account/passphrase", status=200, **fields))
    sign_in(app, maya)


def test_sessions_that_nobody_can_use_any_more_are_erased(app: Flask, database: SQLAlchemy) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        sign_in(app, make_person())
        clock.shift(timedelta(hours=12))
        sign_in(app, make_person())
    assert db.session.scalar(select(func.count()).select_from(AccountSession)) == 1


def test_a_role_that_changes_holds_from_the_next_page_on(app: Flask, database: SQLAlchemy) -> None:
    noor = make_person("programme_lead")
    browser = sign_in(app, noor)
    browser.page("/audit")
    actions.change_member(noor.public_id, label="Noor", role=Role.VOLUNTEER, site_ids=[], by=SYSTEM)
    browser.page("/audit", status=403)


def test_finding_out_who_is_signed_in_takes_one_statement(app: Flask, database: SQLAlchemy) -> None:
    sites = (make_site().id, make_site().id)
    maya = make_person(sites=sites)
    browser = sign_in(app, maya)
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.get("/language/en?back=/")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([line for line in statements if "account" in line]) == 1
    assert signed_in_as(maya.id).own_site_ids == set(sites)
