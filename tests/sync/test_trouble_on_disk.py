"""Nothing is acknowledged that is not on disk, and what is on disk is applied once there is room again."""

import pytest
from sqlalchemy import select, text

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution
from harmreduction.stock.verification import find_differences
from harmreduction.sync.actions.receiving import apply_everything_kept
from harmreduction.sync.models import FieldRecord
from tests.pages import PageClient
from tests.sync.phones import SYNC
from tests.sync.team import count, make_outreach

BUSY = 20  # milliseconds that a connection waits for another one, instead of ten seconds
LETTER = 30  # records of a message


@pytest.fixture
def field(instance):
    """A worker with a phone, in a programme on disk."""
    instance.set_on_every_connection(f"busy_timeout={BUSY}")
    return make_outreach()


def test_a_server_that_cannot_write_says_so_and_the_phone_keeps_everything(instance, field):
    browser, phone = field.browser(PageClient, instance.app), field.phone
    tap = phone.hand_out(field.shelf)
    db.session.rollback()
    somebody = instance.open_behind_our_back()
    somebody.execute("BEGIN IMMEDIATE")
    answer = browser.post(SYNC, json=phone.message())
    assert (answer.status_code, answer.get_json()["why"]) == (503, "busy")
    somebody.execute("ROLLBACK")
    somebody.close()
    assert count(FieldRecord) == 0
    assert phone.send(browser) == {tap["id"]: "stored"}


def test_on_a_full_disk_every_record_is_with_the_phone_or_on_disk_and_is_applied_when_there_is_room(instance, field):
    browser, phone = field.browser(PageClient, instance.app), field.phone
    instance.set_on_every_connection(f"max_page_count={db.session.scalar(text('PRAGMA page_count')) + 40}")
    stored: set[str] = set()
    while True:
        while len(phone.outbox) < LETTER:
            phone.hand_out(field.shelf)
        answer = browser.post(SYNC, json=phone.message())
        if answer.status_code != 200:
            break
        stored |= set(phone.take(answer.get_json()))
    assert (answer.status_code, answer.get_json()["ok"]) == (503, False)
    db.session.rollback()
    assert stored
    assert set(db.session.scalars(select(FieldRecord.public_id))) == stored
    assert set(db.session.scalars(select(FieldRecord.status))) <= {"applied", "received"}
    instance.set_on_every_connection("max_page_count=1000000")
    apply_everything_kept(now=now())
    stored |= set(phone.send(browser))
    assert set(db.session.scalars(select(FieldRecord.status))) == {"applied"}
    assert set(db.session.scalars(select(Distribution.public_id))) == stored
    assert list(find_differences()) == []
