"""The audit trail: it only grows, and a change behind our back is found."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask_sqlalchemy import SQLAlchemy
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from harmreduction.accounts.rules import Role
from harmreduction.audit import queries
from harmreduction.audit.actions import record
from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import FIRST_LINK, Entry, Event, first_broken_link, link
from harmreduction.core.db import db, transaction
from harmreduction.settings.actions import set_values
from tests.factories import KEYS, SYSTEM, make_actor, make_site
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]

KEY = bytes.fromhex("5a" * 32)
entries = st.builds(
    Entry,
    at=st.datetimes().map(lambda at: at.isoformat()),
    event=st.sampled_from(Event).map(lambda event: event.name),
    actor=st.text(max_size=20),
    account_id=st.none() | st.integers(1, 99),
    subject=st.none() | st.uuids().map(str),
    site_id=st.none() | st.integers(1, 99),
)


def chained(trail: list[Entry]) -> list[tuple[int, Entry, str]]:
    """Return a trail as it is stored."""
    rows, previous = [], FIRST_LINK
    for number, entry in enumerate(trail, start=1):
        previous = link(previous, entry, key=KEY)
        rows.append((number, entry, previous))
    return rows


@given(st.lists(entries, max_size=8))
def test_a_trail_that_nobody_touched_holds_together(trail: list[Entry]) -> None:
    assert first_broken_link(chained(trail), key=KEY) is None


@given(st.lists(entries, min_size=3, max_size=8, unique_by=lambda entry: entry.at), st.data())
def test_whatever_is_edited_swapped_inserted_or_removed_is_found(trail: list[Entry], data: st.DataObject) -> None:
    rows = chained(trail)
    place = data.draw(st.integers(0, len(rows) - 2))
    number, entry, digest = rows[place]
    deed = data.draw(st.sampled_from(("edit", "swap", "insert", "remove")))
    if deed == "edit":
        rows[place] = (number, replace(entry, actor=f"{entry.actor}!"), digest)
    elif deed == "swap":
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
    elif deed == "insert":
        rows.insert(place, (number, replace(entry, at=f"{entry.at}!"), digest))
    else:
        del rows[place]
    assert first_broken_link(rows, key=KEY) is not None


@given(st.lists(entries, min_size=1, max_size=4))
def test_a_trail_made_anew_without_the_key_is_found_at_its_beginning(trail: list[Entry]) -> None:
    assert first_broken_link(chained(trail), key=bytes(32)) == 1


def test_an_entry_can_neither_be_changed_nor_erased(database: SQLAlchemy) -> None:
    record(Event.SIGNED_IN, by=SYSTEM)
    for deed in ("UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="append only"), transaction():
            db.session.execute(text(deed))
    assert queries.find_broken_link() is None


def test_an_edit_behind_our_back_is_named(database: SQLAlchemy) -> None:
    for _ in range(3):
        record(Event.SIGNED_IN, by=SYSTEM)
    assert queries.find_broken_link() is None
    with transaction():
        db.session.execute(text("DROP TRIGGER audit_entry_no_update"))
        db.session.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE id = 2"))
    assert queries.find_broken_link() == 2


def test_a_digest_is_of_use_only_with_the_key(database: SQLAlchemy) -> None:
    record(Event.SIGNED_IN, by=SYSTEM)
    stored = db.session.scalars(select(AuditEntry)).one()
    fields = {name: getattr(stored, name) for name in ("event", "actor", "account_id", "subject", "site_id")}
    text_of_entry = json.dumps({"at": stored.at.isoformat(), **fields}, sort_keys=True, separators=(",", ":"))
    assert stored.digest != hashlib.sha256(f"{FIRST_LINK}{text_of_entry}".encode()).hexdigest()
    assert (
        stored.digest == hmac.digest(bytes.fromhex(KEYS.audit), f"{FIRST_LINK}{text_of_entry}".encode(), "sha256").hex()
    )


def test_an_end_that_was_written_down_shows_a_trail_that_was_cut_off(database: SQLAlchemy) -> None:
    for _ in range(3):
        record(Event.SIGNED_IN, by=SYSTEM)
    end = queries.find_last_digest()[:16]
    record(Event.SIGNED_OUT, by=SYSTEM)
    assert queries.holds(3, end)
    assert not queries.holds(2, end)
    with transaction():
        db.session.execute(text("DROP TRIGGER audit_entry_no_delete"))
        db.session.execute(text("DELETE FROM audit_entry WHERE id >= 3"))
    assert queries.find_broken_link() is None
    assert not queries.holds(3, end)


def test_deeds_of_one_transaction_stand_in_their_order(database: SQLAlchemy) -> None:
    record(Event.SIGNED_IN, by=SYSTEM)
    with transaction():
        for event in (Event.STOCK_RECEIVED, Event.STOCK_COUNTED, Event.SIGNED_OUT):
            record(event, by=SYSTEM)
    stored = [entry.event for entry in reversed(queries.list_entries(offset=0, limit=9))]
    assert stored == ["SIGNED_IN", "STOCK_RECEIVED", "STOCK_COUNTED", "SIGNED_OUT"]
    assert queries.find_broken_link() is None


def test_a_deed_that_fails_leaves_no_entry(database: SQLAlchemy) -> None:
    with pytest.raises(RuntimeError), transaction():
        record(Event.SIGNED_IN, by=SYSTEM)
        raise RuntimeError
    assert queries.count_entries() == 0


def test_the_page_tells_who_did_what_when_and_where(sign_in_as: SignIn) -> None:
    noor = sign_in_as("programme_lead")
    set_values({"time_zone": "America/New_York"}, by=SYSTEM)
    van, ines = make_site("Night van"), make_actor("clinician")
    record(Event.STOCK_RECEIVED, by=ines, site_id=van.id)
    words = text_of(noor.page("/audit"))
    assert "Received supplies" in words
    assert ines.label in words
    assert "Night van" in words
    assert words.index("Received supplies") < words.index("Changed a setting")


def test_a_long_trail_comes_in_pages_newest_first(sign_in_as: SignIn) -> None:
    noor = sign_in_as("programme_lead")
    for _ in range(30):
        record(Event.SIGNED_IN, by=SYSTEM)
    record(Event.SIGNED_OUT, by=SYSTEM)
    first, second = noor.page("/audit"), noor.page("/audit?page=2")
    assert "Signed out" in first
    assert "Signed out" not in second
    assert "/audit?page=2" in first
    assert "Nothing on this page" in noor.page("/audit?page=900")


@pytest.mark.parametrize("page", ["0", "-4", "x", "99999999999999999999999"])
def test_a_page_that_is_no_page_still_shows_a_list(sign_in_as: SignIn, page: str) -> None:
    sign_in_as("programme_lead").page(f"/audit?page={page}")


def test_the_whole_trail_is_checked_on_demand(sign_in_as: SignIn) -> None:
    noor = sign_in_as("programme_lead")
    record(Event.SIGNED_IN, by=SYSTEM)
    words = text_of(noor.page("/audit/check"))
    assert "The trail holds together" in words
    assert queries.find_last_digest()[:16] in words
    with transaction():
        db.session.execute(text("DROP TRIGGER audit_entry_no_delete"))
        db.session.execute(text("DELETE FROM audit_entry WHERE id = 1"))
    assert "The trail was changed at entry 2" in text_of(noor.page("/audit/check"))


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.OUTREACH_WORKER, Role.CLINICIAN])
def test_the_trail_is_not_for_everybody(sign_in_as: SignIn, role: Role) -> None:
    client = sign_in_as(role)
    client.page("/audit", status=403)
    client.page("/audit/check", status=403)
