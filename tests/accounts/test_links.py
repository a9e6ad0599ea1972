"""Links that sign somebody in once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from harmreduction.accounts import actions
from harmreduction.accounts.models import Account, SignInLink
from harmreduction.accounts.rules import LinkEnded
from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from tests.accounts.people import ANOTHER, PASSPHRASE, is_signed_in, make_person, sign_in
from tests.factories import SYSTEM, make_account
from tests.pages import PageClient, text_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_link(account: Account, *, lasts: timedelta = HOUR, asks_for_passphrase: bool = False) -> str:
    """Return the path of a new link."""
    token = actions.make_sign_in_link(account.id, lasts=lasts, asks_for_passphrase=asks_for_passphrase, by=SYSTEM)
    return f"/sign-in/link/{token}"


def test_a_link_says_whom_it_signs_in_and_signs_in_by_one_button(client: PageClient) -> None:
    path = make_link(make_account("clinician", label="Ines"))
    words = text_of(client.page(path))
    assert "Welcome, Ines" in words
    assert "Clinician" in words
    client.send(path)
    assert is_signed_in(client)


def test_opening_a_link_uses_nothing_up(client: PageClient) -> None:
    path = make_link(make_account())
    for _ in range(3):
        client.page(path)
    client.send(path)
    assert is_signed_in(client)


def test_a_link_works_once(app: Flask, client: PageClient) -> None:
    path = make_link(make_account())
    client.send(path)
    second = PageClient(app)
    assert "used already" in text_of(second.page(path, status=410))
    second.send(path, status=410)
    assert not is_signed_in(second)


def test_a_link_ends_after_its_time(client: PageClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        path = make_link(make_account(), lasts=HOUR)
        clock.shift(HOUR - timedelta(seconds=1))
        client.page(path)
        clock.shift(1)
        assert "too old" in text_of(client.page(path, status=410))
        client.send(path, status=410)


def test_a_newer_link_takes_the_place_of_the_one_before(client: PageClient) -> None:
    account = make_account()
    older, newer = make_link(account), make_link(account)
    assert "newer one took its place" in text_of(client.page(older, status=410))
    client.send(newer)
    assert is_signed_in(client)


def test_a_link_that_was_cut_off_gets_a_sentence(client: PageClient) -> None:
    path = make_link(make_account())
    assert "cut off" in text_of(client.page(path[:-5], status=410))


def test_a_link_of_somebody_without_access_opens_nothing(client: PageClient) -> None:
    account = make_account()
    path = make_link(account)
    actions.end_access(account.public_id, by=SYSTEM)
    client.send(path, status=410)


def test_an_invitation_asks_for_a_passphrase_first(app: Flask, client: PageClient) -> None:
    account = make_account("volunteer")
    path = make_link(account, asks_for_passphrase=True)
    words = text_of(client.send(path, status=200, chosen_passphrase="short", same_passphrase="short"))
    assert "at least 12 characters" in words
    assert not is_signed_in(client)
    client.send(path, chosen_passphrase=PASSPHRASE, same_passphrase=PASSPHRASE)
    assert is_signed_in(client)
    sign_in(app, account)


def test_a_passphrase_made_of_ones_own_name_is_refused_and_the_link_still_works(client: PageClient) -> None:
    path = make_link(make_account("volunteer", label="Josephine"), asks_for_passphrase=True)
    words = text_of(client.send(path, status=200, chosen_passphrase="Josephine 2026", same_passphrase="Josephine 2026"))
    assert "Somebody who guesses" in words
    client.send(path, chosen_passphrase=PASSPHRASE, same_passphrase=PASSPHRASE)


def test_after_a_lost_passphrase_the_one_before_no_longer_fits(app: Flask, client: PageClient) -> None:
    maya = make_person()
    path = make_link(maya, asks_for_passphrase=True)
    sign_in(app, maya)  # until the link is used, the old one holds
    client.send(path, chosen_passphrase=ANOTHER, same_passphrase=ANOTHER)
    sign_in(app, maya, ANOTHER)
    with pytest.raises(AssertionError):
        sign_in(app, maya, PASSPHRASE)


def test_only_the_digest_of_a_link_is_kept(app: Flask, database: SQLAlchemy) -> None:
    token = make_link(make_account()).rsplit("/", 1)[1]
    assert token not in str(db.session.execute(select(SignInLink.__table__)).all())
    assert "SIGN_IN_LINK_MADE" in db.session.scalars(select(AuditEntry.event)).all()


def test_a_link_used_meanwhile_signs_in_nobody_twice(app: Flask, database: SQLAlchemy) -> None:
    token = make_link(make_account()).rsplit("/", 1)[1]
    actions.use_link(token, passphrase=None, browser="")
    with pytest.raises(LinkEnded):
        actions.use_link(token, passphrase=None, browser="")
