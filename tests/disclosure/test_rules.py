"""No single count that could be about one person is told outside."""

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.disclosure.rules import at_least, shown_outside

counts = st.integers(0, 5_000)
thresholds = st.integers(5, 20)


@given(count=counts, smallest=thresholds)
def test_a_count_is_told_exactly_or_hidden_and_only_small_ones_are_hidden(count, smallest):
    assert shown_outside(count, smallest=smallest) == (None if 0 < count < smallest else count)


@given(count=counts, smallest=thresholds)
def test_what_is_told_of_a_running_quarter_is_true_in_whole_tens_and_never_below_the_threshold(count, smallest):
    told = at_least(count, smallest=smallest)
    if told is None:
        assert count < max(smallest, 10) + 10
    else:
        assert smallest <= told <= count < told + 10 and told % 10 == 0


@given(count=counts, more=st.integers(0, 9), smallest=thresholds)
def test_two_looks_never_tell_how_many_came_between_when_they_are_less_than_ten(count, more, smallest):
    before, after = at_least(count, smallest=smallest), at_least(count + more, smallest=smallest)
    assert before == after or before is None or after == (before or 0) + 10
