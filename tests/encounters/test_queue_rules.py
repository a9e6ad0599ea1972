"""Waits and sums at the front desk: laws that hold for every day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.messages import Message
from harmreduction.encounters.rules.queue import (
    COMES_FROM,
    QUEUE_STATES,
    WISHES,
    DaySums,
    Passage,
    QueueState,
    Wish,
    median_wait,
    sum_up,
    times_after,
    waits_of,
    whole_minutes,
)

MORNING = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
minutes = st.integers(0, 600)


@st.composite
def passages(draw):
    """Return how one ticket may have gone."""
    arrived_at = MORNING + timedelta(seconds=draw(st.integers(0, 36_000)))
    called_at = draw(st.none() | minutes.map(lambda n: arrived_at + timedelta(minutes=n)))
    return Passage(state=draw(st.sampled_from(QueueState)), arrived_at=arrived_at, called_at=called_at)


def test_every_wish_and_state_has_its_words():
    for words, of in ((WISHES, Wish), (QUEUE_STATES, QueueState), (COMES_FROM, QueueState)):
        assert set(words) == set(of)
    assert all(isinstance(text, Message) for text in (*WISHES.values(), *QUEUE_STATES.values()))


def test_whatever_was_pressed_by_mistake_leads_back_to_waiting():
    assert COMES_FROM[QueueState.WAITING] == set(QueueState) - {QueueState.WAITING}
    for to, sources in COMES_FROM.items():
        assert to not in sources


def test_a_call_keeps_its_time_and_waiting_again_forgets_it():
    at, before = MORNING, MORNING - timedelta(minutes=5)
    assert times_after(QueueState.WITH_STAFF, called_at=None, at=at) == (at, None)
    assert times_after(QueueState.SEEN, called_at=before, at=at) == (before, at)
    assert times_after(QueueState.SEEN, called_at=None, at=at) == (at, at)
    assert times_after(QueueState.LEFT, called_at=None, at=at) == (None, at)
    assert times_after(QueueState.WAITING, called_at=before, at=at) == (None, None)


def test_a_clock_that_went_back_makes_no_wait_below_zero():
    assert whole_minutes(MORNING, MORNING - timedelta(minutes=3)) == 0
    assert whole_minutes(MORNING, MORNING + timedelta(seconds=119)) == 1


def test_nobody_called_is_no_wait_and_not_a_wait_of_zero():
    assert (median_wait([]), DaySums().mean_wait) == (None, None)
    assert (median_wait([0]), DaySums(arrived=1, called=1).mean_wait) == (0, 0)


@given(st.lists(passages()), st.lists(passages()))
def test_two_halves_of_a_day_add_up_to_the_day(first, second):
    whole = sum_up([*first, *second])
    assert sum_up(first) + sum_up(second) == whole == sum_up([*second, *first])


@given(st.lists(passages(), min_size=1))
def test_the_sums_of_a_day_keep_their_bounds(day):
    sums, waits = sum_up(day), waits_of(day)
    assert sums.arrived == len(day)
    assert 0 <= sums.not_marked == sum(one.state in {QueueState.WAITING, QueueState.WITH_STAFF} for one in day)
    assert sums.minutes_waited <= sums.called * sums.longest_wait
    if waits:
        assert min(waits) <= median_wait(waits) <= max(waits)
        assert 0 <= sums.mean_wait <= sums.longest_wait
