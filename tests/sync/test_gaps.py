"""Numbers that never came: named exactly, never guessed, and cheap to find whatever a phone says."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.sync.rules.gaps import Gaps, gaps_of


def written_out(runs) -> list[int]:
    return [number for first, last in runs for number in range(first, last + 1)]


@given(
    came=st.sets(st.integers(1, 60)),
    highest=st.integers(0, 60),
    held=st.integers(0, 70),
    noted=st.integers(0, 60),
)
def test_every_missing_number_is_lost_known_or_may_still_come(came, highest, held, noted) -> None:
    gaps = gaps_of(came, highest=highest, held=held, noted=noted)
    missing = sorted(set(range(1, highest + 1)) - came)
    may_come = missing[max(len(missing) - held, 0) :]
    assert written_out(gaps.may_come) == may_come
    assert written_out(gaps.lost) == [number for number in missing if number not in may_come and number > noted]
    assert gaps.lost_count == len(written_out(gaps.lost))
    for runs in (gaps.lost, gaps.may_come):
        assert all(first <= last for first, last in runs)
        assert all(before[1] + 1 < after[0] for before, after in pairwise(runs))


def test_a_phone_that_tells_a_number_beyond_all_measure_costs_nothing() -> None:
    gaps = gaps_of([1, 2, 5], highest=2**31 - 1, held=0)
    assert gaps == Gaps(lost=((3, 4), (6, 2**31 - 1)))
