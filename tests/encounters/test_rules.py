"""What a hand-out may say, and what nobody asked stays unasked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.encounters.rules import (
    Distribution,
    KnownVisit,
    NotBelievable,
    NothingToLog,
    Returned,
    ReturnMeasure,
    VisitDetails,
    check_distribution,
    choose_visit,
    happened_at,
    looks_personal,
    may_undo,
    start_of_shift,
    still_belongs,
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
    assert distribution().details is None


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
    details = VisitDetails(number_of_others=others)
    check_distribution(distribution(details=details), now=NOW)
    assert details.audience is None and details.returned is None


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


MINUTE = timedelta(minutes=1)


def seen(seconds_ago=30, site_id=1, day=date(2026, 11, 21)):
    return KnownVisit(visit_id="shown", site_id=site_id, day=day, last_at=NOW - timedelta(seconds=seconds_ago))


@pytest.mark.parametrize(
    ("visit", "belongs"),
    [
        (seen(60), True),
        (seen(61), False),
        (seen(site_id=2), False),
        (seen(day=date(2026, 11, 20)), False),
    ],
)
def test_taps_within_a_minute_at_one_site_and_for_one_day_are_one_visit(visit, belongs):
    assert still_belongs(visit, site_id=1, day=date(2026, 11, 21), now=NOW, within=MINUTE) is belongs


@given(shown=st.booleans(), own=st.booleans(), open_ones=st.sets(st.sampled_from(["shown", "own"])))
def test_a_hand_out_joins_an_open_visit_and_never_one_that_is_over(shown, own, open_ones):
    known = {name: seen() for name, is_known in (("shown", shown), ("own", own)) if is_known}
    ids = {id(known[name]) for name in known if name in open_ones}
    chosen = choose_visit(
        posted="shown", fresh="own", otherwise="new", known=known, belongs=lambda visit: id(visit) in ids
    )
    assert chosen in open_ones or chosen not in known
    assert chosen != "shown" or shown


def test_undo_is_for_who_logged_it_and_for_ten_minutes():
    assert may_undo(logged_by_id=4, logged_at=NOW - timedelta(minutes=10), by_id=4, now=NOW)
    assert not may_undo(logged_by_id=4, logged_at=NOW - timedelta(minutes=11), by_id=4, now=NOW)
    assert not may_undo(logged_by_id=4, logged_at=NOW, by_id=5, now=NOW)


@given(st.lists(st.integers(0, 24 * 60), min_size=1, max_size=30))
def test_a_shift_has_no_pause_of_six_hours_in_it(minutes_ago):
    moments = [NOW - timedelta(minutes=minutes) for minutes in minutes_ago]
    began = start_of_shift(moments)
    inside = sorted(moment for moment in moments if moment >= began)
    assert all(later - earlier < timedelta(hours=6) for earlier, later in pairwise(inside))
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
