"""P8, P9: the same records from any number of phones, in any order, sent again and again, count once.

Two servers answer at the same time until both are killed. `HR_LONG=1` sends 2,000 records from each of eight phones.
"""

import json
import random
import time

import pytest
from flask import current_app
from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution
from harmreduction.stock.models import StockBalance
from harmreduction.stock.verification import find_differences
from harmreduction.sync.models import FieldRecord, FieldRecordVariant
from tests.factories import item, make_session_cookie, receive
from tests.pages import PageClient
from tests.processes import Started
from tests.stories import LONG
from tests.sync.phones import SYNC, make_phone
from tests.sync.team import count, make_outreach

PHONES, OF_EACH, A_MESSAGE = 8, 2_000 if LONG else 40, 20
CHANGED = 20
SERVERS = 2
STOCK = 100_000


@pytest.fixture
def environment(instance):
    """What a process of its own needs to open the programme of this test."""
    return instance.environment


def test_many_phones_send_everything_many_times_while_servers_die(environment):
    chance = random.Random(8)  # noqa: S311  # an order, not a secret
    field = make_outreach()
    receive(field.shelf, STOCK, lot="B2")
    phones = [make_phone(field.worker) for _ in range(PHONES)]
    records = {each["id"]: (phone, each) for phone in phones for each in taps(phone, field.shelf)}
    others = [changed(records[each]) for each in chance.sample(sorted(records), CHANGED)]
    cookie = make_session_cookie(field.worker)[1]
    shelf_id = field.shelf.id
    db.session.remove()

    said: dict[str, set[str]] = {}
    everything = list(records.values())
    queues = [messages(chance, everything + chance.sample(everything, len(records) * 3 // 10)) for _ in range(SERVERS)]
    hear(said, answers_until_killed(chance, environment, cookie, queues))
    unheard = [pair for public_id, pair in records.items() if public_id not in said]
    assert unheard, "they were killed at work"
    again = [records[public_id] for public_id in chance.sample(sorted(records), len(records) * 3 // 10)]
    browser = PageClient(current_app._get_current_object())
    browser.set_cookie("session", cookie)
    for pairs in (unheard + again, others):
        hear(said, [browser.post(SYNC, json=each).get_json() for each in messages(chance, pairs)])

    db.session.rollback()  # look anew
    assert set(said) == set(records)
    assert set.union(*said.values()) <= {"stored", "duplicate", "review"}
    assert set(db.session.scalars(select(Distribution.public_id))) == set(records)
    assert count(Distribution) == count(FieldRecord) == PHONES * OF_EACH
    assert set(db.session.scalars(select(FieldRecord.status))) == {"applied"}
    assert count(FieldRecordVariant) == CHANGED
    left = select(func.sum(StockBalance.on_hand)).where(StockBalance.location_id == shelf_id)
    assert db.session.scalar(left) == STOCK + 100 - PHONES * OF_EACH
    assert list(find_differences()) == []
    verified = current_app.test_cli_runner().invoke(args=["hr", "verify"])
    assert verified.exit_code == 0, verified.output


def hear(said, answers):
    """Note what was said of each record."""
    for answer in answers:
        assert answer["ok"], answer
        for result in answer["results"]:
            said.setdefault(result["id"], set()).add(result["status"])


def taps(phone, shelf):
    """Return the envelopes of a phone that handed out all day."""
    return [phone.hand_out(shelf) for _ in range(OF_EACH)]


def changed(pair):
    """Return other content under the id of a record."""
    phone, known = pair
    lines = [{"item": item().public_id, "units": 9}]
    told = {"visit": known["id"], "place": item().public_id, "lines": lines}
    return phone, phone.seal("hand_out", record_id=known["id"], **told)


def messages(chance, pairs):
    """Return what phones post of these records, in any order: each message is of one phone."""
    chance.shuffle(pairs)
    by_phone = {}
    for phone, envelope in pairs:
        by_phone.setdefault(phone.device, (phone, []))[1].append(envelope)
    posted = [
        phone.message(envelopes[start : start + A_MESSAGE])
        for phone, envelopes in by_phone.values()
        for start in range(0, len(envelopes), A_MESSAGE)
    ]
    chance.shuffle(posted)
    return posted


def answers_until_killed(chance, environment, cookie, queues):
    """Let a server answer each queue at the same time, kill them in the middle of a message, return what they said."""
    servers = [Started("tests.sync.server", cookie, environment=environment) for _ in queues]
    rounds = list(zip(*queues, strict=False))
    heard = chance.randrange(len(rounds) // 4, len(rounds) // 2)
    said = []
    for posted in rounds[:heard]:
        tell(servers, posted)
        said += [server.stdout.readline() for server in servers]
    tell(servers, rounds[heard])
    time.sleep(chance.uniform(0, 0.1))
    for server in servers:
        server.kill()
    said += [line for server in servers for line in server.finish().splitlines(keepends=True)]
    return [json.loads(line) for line in said if line.startswith("{") and line.endswith("\n")]


def tell(servers, posted):
    """Give each server its next message, so that they work at the same time."""
    for server, message in zip(servers, posted, strict=True):
        server.stdin.write(f"{json.dumps(message)}\n")
        server.stdin.flush()
