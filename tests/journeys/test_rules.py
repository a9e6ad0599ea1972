"""What is in place, how far somebody came, and what that adds up to: decisions without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.journeys.rules.connections import (
    PARTS,
    STATUSES,
    CannotTell,
    Part,
    Status,
    Told,
    check_told_on,
    latest,
)
from harmreduction.journeys.rules.counts import Travelled, count_journeys
from harmreduction.journeys.rules.steps import (
    MEASURES,
    CannotMark,
    CannotShape,
    Measure,
    check_name,
    check_reached_on,
    furthest,
    moved,
    reached,
)

DAY = date(2026, 3, 2)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
STEPS = [(1, Measure.FIRST_VISIT), (2, Measure.NALOXONE), (3, None)]
TRAVELLED = st.lists(
    st.builds(
        Travelled,
        shown_on=st.dictionaries(st.sampled_from([Measure.FIRST_VISIT, Measure.NALOXONE]), DAYS),
        marked_on=st.dictionaries(st.sampled_from([1, 2, 3]), DAYS),
        barriers=st.frozensets(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(["id", "cost"]))),
    ),
    max_size=12,
)


def test_every_part_status_and_measure_has_words():
    assert (set(PARTS), set(STATUSES), set(MEASURES)) == (set(Part), set(Status), set(Measure))


def test_the_last_word_counts_and_of_one_day_the_later_one():
    told = [
        Told(part=Part.FOOD, status=Status.NOT_YET, told_on=DAY),
        Told(part=Part.HOUSING, status=Status.IN_PLACE, told_on=DAY + timedelta(days=1)),
        Told(part=Part.HOUSING, status=Status.WANTED_NOW, told_on=DAY),
        Told(part=Part.FOOD, status=Status.IN_PLACE, told_on=DAY),
    ]
    assert [(part, each.status) for part, each in latest(told).items()] == [
        (Part.HOUSING, Status.IN_PLACE),
        (Part.FOOD, Status.IN_PLACE),
    ]


def test_a_day_that_has_not_come_is_refused_with_a_sentence():
    with pytest.raises(CannotTell, match="has not come yet"):
        check_told_on(DAY + timedelta(days=1), today=DAY)
    with pytest.raises(CannotMark, match="has not come yet"):
        check_reached_on(DAY + timedelta(days=1), today=DAY)
    with pytest.raises(CannotShape, match="Enter a name"):
        check_name("  ")


def test_a_step_is_reached_on_the_first_day_that_shows_it_and_by_hand_only_where_no_fact_does():
    found = reached({Measure.FIRST_VISIT: DAY}, {1: DAY - timedelta(days=3), 3: DAY}, STEPS)
    assert {step: (each.reached_on, each.is_by_hand) for step, each in found.items()} == {
        1: (DAY - timedelta(days=3), False),
        3: (DAY, True),
    }


@given(rows=st.lists(st.integers(), unique=True, min_size=1), place=st.integers(0, 9), by=st.integers(-3, 3))
def test_moving_a_step_loses_none_and_keeps_the_order_of_the_others(rows, place, by):
    row = rows[place % len(rows)]
    after = moved(rows, row, by)
    assert sorted(after) == sorted(rows)
    assert [each for each in after if each != row] == [each for each in rows if each != row]
    assert after.index(row) == min(max(rows.index(row) + by, 0), len(rows) - 1)


def test_the_furthest_step_may_leave_others_out():
    assert furthest([1, 2, 3], {1, 3}) == 3
    assert furthest([1, 2, 3], set()) is None


@given(travelled=TRAVELLED, last=DAYS)
def test_counts_are_what_one_gets_by_asking_everybody_one_by_one(travelled, last):
    counts = count_journeys(travelled, STEPS, last=last)
    there = [
        {step for step, found in reached(each.shown_on, each.marked_on, STEPS).items() if found.reached_on <= last}
        for each in travelled
    ]
    assert counts.participants == len(travelled)
    assert counts.at_no_step + sum(step.furthest for step in counts.steps) == len(travelled)
    for step in counts.steps:
        assert step.reached == sum(step.step_id in each for each in there) == len(travelled) - step.not_yet
        assert step.furthest == sum(bool(each) and max(each) == step.step_id for each in there)
        for barrier in ("id", "cost"):
            named = sum((step.step_id, barrier) in each.barriers for each in travelled)
            assert dict(step.barriers).get(barrier, 0) == named


def test_a_count_is_small_when_it_or_its_rest_could_point_to_somebody():
    ten_there = [Travelled(shown_on={Measure.FIRST_VISIT: DAY}, marked_on={}, barriers=frozenset())] * 10
    one_not = Travelled(shown_on={}, marked_on={}, barriers=frozenset())
    steps = [(1, Measure.FIRST_VISIT)]
    assert not count_journeys(ten_there, steps, last=DAY).is_small(10)
    assert count_journeys(ten_there, steps, last=DAY).is_small(11)
    assert count_journeys([*ten_there, one_not], steps, last=DAY).is_small(5)
    assert not count_journeys([], steps, last=DAY).is_small(11)
