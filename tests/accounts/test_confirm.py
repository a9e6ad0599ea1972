"""Proving again that it is really you, before a deed that reaches far."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from harmreduction.accounts import actions, queries
from harmreduction.accounts.rules import TRIES
from harmreduction.settings.actions import set_values
from tests.accounts.people import ANOTHER, PASSPHRASE, make_person, sign_in
from tests.accounts.test_kept import hidden
from tests.factories import SYSTEM, make_account
from tests.pages import PageClient, text_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def clock() -> time_machine.Traveller:
    """The clock, standing at noon until it is moved."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def after_half_an_hour(app: Flask, database: SQLAlchemy, clock: time_machine.Traveller) -> PageClient:
    """The browser of an administrator who has worked for half an hour since signing in."""
    make_person("administrator")
    browser = sign_in(app, make_person("administrator"))
    clock.shift(timedelta(minutes=29))
    browser.page("/team/new")
    clock.shift(timedelta(minutes=1))
    return browser


def test_after_half_an_hour_one_proves_it_and_goes_on(after_half_an_hour: PageClient) -> None:
    browser = after_half_an_hour
    asked = browser.get("/team/new")
    assert asked.headers["Location"] == "/confirm?next=/team/new"
    browser.page(asked.headers["Location"])
    assert "4 tries left" in text_of(browser.send("/confirm", status=200, next="/team/new", passphrase=ANOTHER))
    assert browser.get("/team/new").status_code == 302
    done = browser.send("/confirm", next="/team/new", passphrase=PASSPHRASE)
    assert done.headers["Location"] == "/team/new"
    browser.page("/team/new")


def test_pages_that_change_nothing_far_away_never_ask(after_half_an_hour: PageClient) -> None:
    after_half_an_hour.page("/team/")
    after_half_an_hour.page("/account/")


def test_a_form_sent_too_late_comes_back_after_it(after_half_an_hour: PageClient) -> None:
    browser = after_half_an_hour
    fields = {"label": "Jo", "sign_in_name": "jo", "role": "volunteer"}
    asked = browser.send("/team/new", status=401, **fields)
    assert "Is it still you?" in text_of(asked)
    back = browser.send("/confirm", status=200, passphrase=PASSPHRASE, **hidden(asked.get_data(as_text=True)))
    assert 'action="/team/new"' in back.get_data(as_text=True)
    browser.send("/team/new", status=200, **hidden(back.get_data(as_text=True)))
    assert queries.find_account_id("jo") is not None


def test_guessing_here_is_as_slow_as_at_sign_in(after_half_an_hour: PageClient) -> None:
    for _ in range(TRIES):
        after_half_an_hour.send("/confirm", status=200, passphrase=ANOTHER)
    after_half_an_hour.send("/confirm", status=429, passphrase=PASSPHRASE)


def test_one_never_goes_on_to_another_site(after_half_an_hour: PageClient) -> None:
    done = after_half_an_hour.send("/confirm", next="//elsewhere.example", passphrase=PASSPHRASE)
    assert done.headers["Location"] == "/"


@pytest.mark.parametrize(("is_demonstration", "sentence"), [("", "Ask your administrator"), ("yes", "new links")])
def test_somebody_without_a_passphrase_is_told_how_to_prove_it(
    app: Flask, client: PageClient, clock: time_machine.Traveller, is_demonstration: str, sentence: str
) -> None:
    set_values({"is_demonstration": is_demonstration}, by=SYSTEM)
    token = actions.make_sign_in_link(
        make_account("administrator").id, lasts=timedelta(hours=1), asks_for_passphrase=False, by=SYSTEM
    )
    client.send(f"/sign-in/link/{token}")
    client.page("/team/new")
    clock.shift(timedelta(minutes=29))
    client.page("/account/")
    clock.shift(timedelta(minutes=2))
    assert sentence in text_of(client.page("/confirm?next=/team/new"))


def test_somebody_without_a_passphrase_cannot_change_one(sign_in_as: Callable[..., PageClient]) -> None:
    words = text_of(sign_in_as("volunteer").page("/account/passphrase"))
    assert "You signed in by a link and have no passphrase yet." in words
