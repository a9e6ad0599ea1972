"""No clock of a phone moves anything into the future, or out of the order in which it was written."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.sync.rules.clocks import BELIEVED, LONGEST_ON_A_PHONE, Happened, happened_at, skew_of

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)  # the day on which the clocks of New York go back
TEN_YEARS = timedelta(days=3653)
WRONG_BY = (-TEN_YEARS, -timedelta(days=1), -timedelta(hours=1), timedelta(0), timedelta(hours=1), TEN_YEARS)
SINCE_1970 = NOON - datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # naive by its rules
SKEWS = st.timedeltas(-2 * TEN_YEARS, 2 * TEN_YEARS)


def judged(device_times, *, sent_at, received_at):
    """Return when the records of a phone happened that came in one message, in their order."""
    found: list[Happened] = []
    for moment in device_times:
        after = found[-1].at if found else None
        skew = skew_of(sent_at, received_at)
        found.append(happened_at(moment, skew=skew, received_at=received_at, after=after))
    return found


@given(st.lists(MOMENTS, max_size=8), SKEWS, MOMENTS)
def test_records_stay_in_their_order_and_none_is_in_the_future(device_times, skew, received_at):
    found = judged(device_times, sent_at=received_at - skew, received_at=received_at)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(received_at - LONGEST_ON_A_PHONE <= each.at <= received_at for each in found)


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=300)), max_size=8), st.sampled_from((*WRONG_BY, SINCE_1970)))
def test_a_clock_that_is_wrong_all_the_time_is_put_right_to_the_second(ages, wrong_by):
    """Seven skews: ten years either way, a day, the hour of a time change either way, none, and 1970."""
    true_times = sorted(NOON - age for age in ages)
    found = judged([moment - wrong_by for moment in true_times], sent_at=NOON - wrong_by, received_at=NOON)
    assert [each.at for each in found] == true_times
    assert all(each.is_doubtful == (abs(wrong_by) > BELIEVED) for each in found)


@given(st.timedeltas(-BELIEVED, BELIEVED), st.timedeltas(BELIEVED, timedelta(days=300)))
def test_a_clock_close_to_ours_is_taken_at_its_word(skew, age):
    found = happened_at(NOON - age, skew=skew, received_at=NOON)
    assert found == Happened(at=NOON - age, is_doubtful=False)


@given(MOMENTS, SKEWS, st.lists(st.timedeltas(timedelta(0), timedelta(days=300)), min_size=2, max_size=2))
def test_what_comes_late_lies_between_its_neighbours(device_at, skew, ages):
    after, before = sorted(NOON - age for age in ages)
    found = happened_at(device_at, skew=skew, received_at=NOON, after=after, before=before)
    assert after <= found.at <= before


def test_a_clock_that_jumped_before_it_sent_leaves_what_its_neighbours_tell():
    since_1970 = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    assert happened_at(since_1970, skew=timedelta(0), received_at=NOON) == Happened(at=NOON, is_doubtful=True)
    an_hour_ago = NOON - timedelta(hours=1)
    beside = happened_at(since_1970, skew=timedelta(0), received_at=NOON, after=an_hour_ago)
    assert beside == Happened(at=an_hour_ago, is_doubtful=True)
    tomorrow = happened_at(NOON + timedelta(days=1), skew=timedelta(0), received_at=NOON)
    assert tomorrow == Happened(at=NOON, is_doubtful=True)
