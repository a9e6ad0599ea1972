"""What a hand-out may say, and what nobody asked stays unasked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.encounters.rules import (
    Audience,
    Distribution,
    NotBelievable,
    NothingToLog,
    Returned,
    ReturnMeasure,
    VisitDetails,
    check_distribution,
    happened_at,
    is_same_visit,
    looks_personal,
    may_undo,
    start_of_shift,
    told,
)
from harmreduction.stock.rules import Wanted

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)  # the evening of the 21st in New York
NEW_YORK = "America/New_York"


def distribution(**changes):
    fields = {
        "client_id": "a",
        "visit_id": "b",
        "site_id": 1,
        "location_id": 1,
        "time_zone": NEW_YORK,
        "lines": (Wanted(item_id=1, quantity=1),),
    }
    return Distribution(**fields | changes)


def test_one_item_is_enough():
    check_distribution(distribution(), now=NOW)
    assert not told(distribution().details)


def test_returned_syringes_alone_are_enough():
    returned = Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(40))
    check_distribution(distribution(lines=(), details=VisitDetails(returned=returned)), now=NOW)


def test_nothing_at_all_gets_a_sentence():
    with pytest.raises(NothingToLog, match="Choose at least one item"):
        check_distribution(distribution(lines=()), now=NOW)


def test_today_is_the_day_at_the_site_and_not_in_utc():
    check_distribution(distribution(day=date(2026, 11, 21)), now=NOW)
    with pytest.raises(NotBelievable, match="has not come yet"):
        check_distribution(distribution(day=date(2026, 11, 22)), now=NOW)


@pytest.mark.parametrize("others", [-1, 100])
def test_how_many_others_has_to_be_believable(others):
    with pytest.raises(NotBelievable, match="from 0 to 99"):
        check_distribution(distribution(details=VisitDetails(number_of_others=others)), now=NOW)


@given(st.integers(0, 99))
def test_any_believable_number_of_others_is_taken(others):
    check_distribution(distribution(details=VisitDetails(number_of_others=others)), now=NOW)
    assert told(VisitDetails(number_of_others=others))


@pytest.mark.parametrize(
    ("measure", "amount", "syringes", "is_estimate"),
    [
        (ReturnMeasure.COUNTED, "37", 37, False),
        (ReturnMeasure.LITRES, "1.4", 140, True),
        (ReturnMeasure.POUNDS, "2", 562, True),
        (ReturnMeasure.POUNDS, "0.5", 141, True),
    ],
)
def test_returned_syringes_are_counted_or_estimated_by_a_known_factor(measure, amount, syringes, is_estimate):
    returned = Returned(measure=measure, amount=Decimal(amount))
    assert (returned.syringes, returned.is_estimate) == (syringes, is_estimate)


def test_an_entry_for_another_day_stands_at_its_noon_and_one_for_today_stands_now():
    noon = happened_at(date(2026, 11, 19), now=NOW, time_zone=NEW_YORK)
    assert noon.isoformat() == "2026-11-19T12:00:00-05:00"
    assert happened_at(date(2026, 11, 21), now=NOW, time_zone=NEW_YORK) == NOW
    assert happened_at(None, now=NOW, time_zone=NEW_YORK) == NOW


def test_taps_within_a_minute_are_one_visit():
    assert is_same_visit(NOW - timedelta(seconds=60), now=NOW)
    assert not is_same_visit(NOW - timedelta(seconds=61), now=NOW)
    assert not is_same_visit(None, now=NOW)


def test_undo_is_for_who_logged_it_and_for_ten_minutes():
    assert may_undo(logged_by_id=4, logged_at=NOW - timedelta(minutes=10), by_id=4, now=NOW)
    assert not may_undo(logged_by_id=4, logged_at=NOW - timedelta(minutes=11), by_id=4, now=NOW)
    assert not may_undo(logged_by_id=4, logged_at=NOW, by_id=5, now=NOW)


@given(st.lists(st.integers(0, 24 * 60), min_size=1, max_size=30))
def test_a_shift_has_no_pause_of_six_hours_in_it(minutes_ago):
    moments = [NOW - timedelta(minutes=minutes) for minutes in minutes_ago]
    began = start_of_shift(moments)
    inside = sorted(moment for moment in moments if moment >= began)
    assert all(later - earlier < timedelta(hours=6) for earlier, later in zip(inside, inside[1:], strict=False))
    before = [moment for moment in moments if moment < began]
    assert not before or began - max(before) >= timedelta(hours=6)


@pytest.mark.parametrize(
    "note",
    [
        "call 555 867 5309",
        "Maria Lopez came by",
        "his name is Robert",
        "born 4/12/1987",
        "mail sam@example.org",
    ],
)
def test_what_looks_personal_is_pointed_out(note):
    assert looks_personal(note) is not None


@pytest.mark.parametrize(
    "note",
    ["", "Asked for wound care. Wants more 28G next week.", "gave 10 extra, cold night", "Union St corner was quiet"],
)
def test_an_ordinary_note_is_left_alone(note):
    assert looks_personal(note) is None


@given(st.sampled_from(Audience))
def test_nothing_told_is_told_apart_from_anything_told(audience):
    assert not told(VisitDetails())
    assert told(VisitDetails(audience=audience))
