"""What differs between the databases: guesses at the same moment, and the audit trail, on PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from harmreduction.accounts import actions
from harmreduction.accounts.rules import TRIES, LastAdministrator, LinkEnded, TooManyTries, WrongPassphrase
from harmreduction.audit import queries as audit
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import DomainError
from tests.accounts.people import ANOTHER, PASSPHRASE, is_signed_in, make_person, sign_in
from tests.factories import SYSTEM, make_account
from tests.pages import PageClient


def at_the_same_moment(app: Flask, *deeds: Callable[[], object]) -> list[Exception]:
    """Do each deed in a thread of its own and return what went wrong."""
    problems: list[Exception] = []
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                deed()
            except DomainError as problem:
                problems.append(problem)

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_a_person_signs_in_and_out(postgresql_app: Flask, postgresql_database: SQLAlchemy) -> None:
    maya = make_person()
    with pytest.raises(WrongPassphrase):
        actions.sign_in(maya.sign_in_name, ANOTHER, browser="")
    browser = sign_in(postgresql_app, maya)
    assert is_signed_in(browser)
    browser.send("/sign-out")
    assert not is_signed_in(browser)


def test_a_link_works_once(postgresql_app: Flask, postgresql_database: SQLAlchemy) -> None:
    token = actions.make_sign_in_link(make_account().id, lasts=timedelta(hours=1), asks_for_passphrase=True, by=SYSTEM)
    path, fields = f"/sign-in/link/{token}", {"chosen_passphrase": PASSPHRASE, "same_passphrase": PASSPHRASE}
    PageClient(postgresql_app).send(path, **fields)
    PageClient(postgresql_app).send(path, status=410, **fields)


def test_guesses_at_the_same_moment_are_all_counted(postgresql_app: Flask, postgresql_database: SQLAlchemy) -> None:
    guess = partial(actions.sign_in, make_person().sign_in_name, ANOTHER, browser="")
    problems = at_the_same_moment(postgresql_app, *[guess] * 8)
    assert Counter(type(problem) for problem in problems) == {WrongPassphrase: TRIES, TooManyTries: 8 - TRIES}


def test_a_link_used_twice_at_the_same_moment_lets_one_in(
    postgresql_app: Flask, postgresql_database: SQLAlchemy
) -> None:
    token = actions.make_sign_in_link(make_account().id, lasts=timedelta(hours=1), asks_for_passphrase=False, by=SYSTEM)
    use = partial(actions.use_link, token, passphrase=None, browser="")
    assert [type(problem) for problem in at_the_same_moment(postgresql_app, use, use)] == [LinkEnded]


def test_two_administrators_who_end_each_others_access_leave_one(
    postgresql_app: Flask, postgresql_database: SQLAlchemy
) -> None:
    ids = [make_person("administrator").public_id for _ in range(2)]
    deeds = [partial(actions.end_access, public_id, by=SYSTEM) for public_id in ids]
    assert [type(problem) for problem in at_the_same_moment(postgresql_app, *deeds)] == [LastAdministrator]


def test_deeds_at_the_same_moment_stand_in_one_chain(postgresql_app: Flask, postgresql_database: SQLAlchemy) -> None:
    deeds = [partial(record, Event.SIGNED_IN, by=SYSTEM)] * 20
    assert at_the_same_moment(postgresql_app, *deeds) == []
    assert audit.count_entries() == 20
    assert audit.find_broken_link() is None


def test_the_trail_can_neither_be_changed_nor_erased(postgresql_database: SQLAlchemy) -> None:
    record(Event.SIGNED_IN, by=SYSTEM)
    for deed in ("UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="append only"), transaction():
            db.session.execute(text(deed))
