"""Every envelope that a phone was ever given to write stays readable for good (P14)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core import sealed_box
from harmreduction.core.errors import DomainError
from harmreduction.sync.actions.opening import open_record
from harmreduction.sync.queries.records import KnownPhone
from harmreduction.sync.rules.deeds import HandedOut, Line
from harmreduction.sync.rules.envelopes import read_envelope
from harmreduction.sync.rules.records import Kind, read_record
from harmreduction.sync.rules.statuses import Reason
from tests.factories import KEYS

STORED = Path(__file__).parent / "data" / "envelopes.json"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("v", "id", "device", "key", "epk", "iv", "ct", "sig", "kind", "seq", "by", "at", "offset", "visit", "place")
HALF_RIGHT = st.dictionaries(st.sampled_from((*FIELDS, "lines", "of", "when", "found", "returned")), JSON)


@pytest.fixture
def this_server():
    """Opens boxes that were closed for the key of the tests."""
    sealed_box.use_keys(KEYS.phones)


@pytest.mark.parametrize("stored", json.loads(STORED.read_text()), ids=lambda stored: stored["written"])
def test_an_envelope_of_every_version_opens(stored, this_server):
    phone = KnownPhone(
        row_id=1,
        public_id=stored["envelope"]["device"],
        public_key=stored["public_key"],
        is_revoked=False,
        accounts={stored["record"]["by"]: 7},
        clock_ahead=timedelta(0),
    )
    opened = open_record(json.dumps(stored["envelope"] | {"from a newer app": 1}), {phone.public_id: phone})
    written, told = opened.written, stored["record"]
    assert (opened.trouble, opened.author_id) == (None, 7)
    assert (written.kind, written.seq, written.utc_offset) == (Kind.HAND_OUT, told["seq"], told["offset"])
    assert written.at == datetime(2026, 11, 22, 18, 1, 2, 123_000, tzinfo=UTC)
    line = Line(item_id=told["lines"][0]["item"], units=told["lines"][0]["units"])
    assert written.deed == HandedOut(visit_id=told["visit"], place_id=told["place"], lines=(line,))
    without_phone = open_record(json.dumps(stored["envelope"]), {})
    assert (without_phone.trouble.reason, without_phone.written) == (Reason.UNKNOWN_DEVICE, written)


@given(HALF_RIGHT)
def test_whatever_comes_is_read_or_refused_in_a_sentence(told):
    for read in (read_envelope, lambda record: read_record(json.dumps(record).encode())):
        try:
            read(told)
        except DomainError as problem:
            assert str(problem)
        else:
            assert told.get("v") == 1


@given(st.sampled_from(list(Kind)), HALF_RIGHT)
def test_whatever_stands_in_a_record_of_a_known_kind_is_read_or_refused(kind, told):
    known = {"v": 1, "kind": kind.value, "seq": 1, "by": KNOWN, "at": "2026-11-22T18:01:02.123Z", "offset": 0}
    places = {"visit": KNOWN, "place": KNOWN, "of": KNOWN, "shift": KNOWN}
    try:
        written = read_record(json.dumps({**known, **places, **told, **known}).encode())
    except DomainError as problem:
        assert str(problem)
    else:
        assert written.kind is kind


KNOWN = "0b2f6a4e-8a53-4e36-9a86-3f1c7a0e5d10"
