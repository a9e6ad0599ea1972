"""What may follow what, when to ask again, and what the figures count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.referrals.rules.following import (
    KEPT_AFTER,
    CannotRefer,
    Contact,
    NewReferral,
    Standing,
    Step,
    check_kept,
    check_referral,
    check_step,
    next_follow_up,
    replay,
    standing_after,
)
from harmreduction.referrals.rules.kinds import (
    BARRIERS,
    CHANNELS,
    ENDED,
    FOLLOWS,
    HANDOVERS,
    NEEDS,
    STATES,
    TELLERS,
    UNDER_WAY,
    Barrier,
    Channel,
    Handover,
    Need,
    State,
    ToldBy,
)
from harmreduction.referrals.rules.linkage import Followed, Linkage, Stage, count_linkage
from harmreduction.referrals.rules.sharing import Shared, items_of, stored_items
from harmreduction.referrals.rules.slips import SLIP_SIGNS, find_slip_number, slip_number_of

MADE = date(2026, 11, 2)


@st.composite
def paths(draw):
    """A path through the table, each step some days after the one before."""
    state, day, steps = State.PENDING, MADE, []
    for _ in range(draw(st.integers(0, 12))):
        state = draw(st.sampled_from(sorted(FOLLOWS[state])))
        day += timedelta(days=draw(st.integers(0, 20)))
        steps.append((state, day))
    return steps


@st.composite
def followed(draw):
    """A referral after some path, with what is known of it after thirty days."""
    steps = draw(paths())
    is_kept = draw(st.sampled_from([None, True, False])) if replay(steps).arrived_on else None
    return Followed(need="food", service_id=None, made_on=MADE, steps=steps, is_kept=is_kept)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (NEEDS, Need),
        (HANDOVERS, Handover),
        (CHANNELS, Channel),
        (STATES, State),
        (TELLERS, ToldBy),
        (BARRIERS, Barrier),
        (FOLLOWS, State),
    ],
)
def test_every_kind_has_its_words_and_every_state_its_way_on(words, kinds):
    assert list(words) and set(words) == set(kinds)


def test_whatever_stands_may_be_closed_and_whatever_ended_may_open_again():
    for state in State:
        assert state is State.CLOSED or State.CLOSED in FOLLOWS[state]
        assert (State.PENDING in FOLLOWS[state]) == (state in ENDED)
    assert UNDER_WAY | ENDED | {State.ARRIVED} == set(State)


@given(paths())
def test_steps_replay_to_where_they_led_one_by_one(steps):
    standing = Standing()
    for number, (state, day) in enumerate(steps, start=1):
        standing = standing_after(standing, state, day)
        assert standing == replay(steps[:number])
        assert standing.state is state
    assert standing.state not in (State.ARRIVED, State.COMPLETED) or standing.arrived_on is not None
    assert standing.arrived_on is None or standing.arrived_on in {day for _state, day in steps}


@given(st.lists(followed(), max_size=8))
def test_every_path_leaves_figures_that_add_up(referrals):
    counts = count_linkage(referrals)
    assert counts.offered == len(referrals)
    assert counts.offered >= counts.accepted >= counts.scheduled >= counts.attended >= counts.kept >= 0
    assert counts.attended + counts.not_attended + counts.attendance_unknown == counts.offered
    assert counts.kept + counts.not_kept + counts.keeping_unknown == counts.attended
    assert min(counts.attendance_unknown, counts.keeping_unknown, counts.not_attended, counts.not_kept) >= 0
    assert (counts.median_days is None) == (counts.attended == 0)


@pytest.mark.parametrize(
    ("states", "stage", "did_not"),
    [
        ([], Stage.OFFERED, False),
        ([State.CONTACTED, State.WAITLISTED], Stage.OFFERED, False),
        ([State.ACCEPTED, State.WAITLISTED], Stage.ACCEPTED, False),
        ([State.SCHEDULED, State.NO_SHOW], Stage.SCHEDULED, True),
        ([State.SCHEDULED, State.NO_SHOW, State.CLOSED], Stage.SCHEDULED, True),
        ([State.CONTACTED, State.CLOSED], Stage.OFFERED, False),
        ([State.DECLINED_BY_PERSON, State.PENDING], Stage.OFFERED, False),
        ([State.ARRIVED], Stage.ATTENDED, False),
        ([State.ARRIVED, State.NO_SHOW], Stage.OFFERED, True),
        ([State.ARRIVED, State.SCHEDULED, State.NO_SHOW], Stage.ATTENDED, False),
        ([State.ARRIVED, State.DECLINED_BY_PROVIDER], Stage.ATTENDED, False),
        ([State.COMPLETED], Stage.ATTENDED, False),
    ],
)
def test_how_far_a_referral_came_and_whether_it_is_known_that_they_did_not_get_there(states, stage, did_not):
    steps = [(state, MADE + timedelta(days=number)) for number, state in enumerate(states)]
    referral = Followed(need="food", service_id=None, made_on=MADE, steps=steps, is_kept=None)
    assert (referral.stage, referral.did_not_attend) == (stage, did_not)


def test_nobody_asked_is_no_no():
    steps = [(State.ARRIVED, MADE + timedelta(days=4))]
    known = [
        Followed(need="food", service_id=None, made_on=MADE, steps=steps, is_kept=kept) for kept in (True, False, None)
    ]
    counts = count_linkage([*known, Followed(need="food", service_id=None, made_on=MADE, steps=(), is_kept=None)])
    assert counts == Linkage(
        offered=4, accepted=3, scheduled=3, attended=3, not_attended=0, kept=1, not_kept=1, median_days=4
    )
    assert (counts.attendance_unknown, counts.keeping_unknown) == (1, 1)


def test_when_to_ask_again():
    def asked(standing, **known):
        told = {"appointment_on": None, "is_kept": None, "today": MADE} | known
        return next_follow_up(standing, **told)

    assert asked(Standing(State.CONTACTED)) == MADE + timedelta(days=7)
    assert asked(Standing(State.SCHEDULED), appointment_on=date(2026, 11, 20)) == date(2026, 11, 21)
    assert asked(Standing(State.SCHEDULED), appointment_on=date(2026, 10, 1)) == date(2026, 11, 3)
    assert asked(Standing(State.SCHEDULED)) == MADE + timedelta(days=7)
    assert asked(Standing(State.ARRIVED, MADE)) == MADE + KEPT_AFTER
    assert asked(Standing(State.ARRIVED, date(2026, 1, 1))) == MADE
    assert asked(Standing(State.ARRIVED, MADE), is_kept=True) is None
    assert {asked(Standing(state, MADE)) for state in ENDED} == {None}


def test_a_step_on_a_day_that_cannot_be_or_out_of_order_is_refused_with_its_field():
    def about(state, day, **told):
        with pytest.raises(CannotRefer) as problem:
            check_step(
                State.PENDING, Step(client_id="", state=state, happened_on=day, **told), made_on=MADE, today=MADE
            )
        return problem.value.about

    day = timedelta(days=1)
    assert about(State.PENDING, MADE) == "state"
    assert about(State.ARRIVED, MADE + day) == "day"
    assert about(State.ARRIVED, MADE - day) == "day"
    assert about(State.CONTACTED, MADE, follow_up_on=MADE - day) == "follow_up_on"


def test_how_to_find_somebody_is_kept_only_where_they_agreed():
    for is_allowed in (None, False):
        value = NewReferral(client_id="", site_id=1, contact=Contact(is_allowed=is_allowed, finding="by the bridge"))
        with pytest.raises(CannotRefer) as problem:
            check_referral(value, today=MADE)
        assert problem.value.about == "may_contact"
    check_referral(NewReferral(client_id="", site_id=1, contact=Contact(is_allowed=False)), today=MADE)
    with pytest.raises(CannotRefer, match="within a year"):
        check_referral(NewReferral(client_id="", site_id=1, follow_up_on=date.max), today=MADE)


def test_whether_they_still_go_is_asked_thirty_days_after_they_got_there():
    with pytest.raises(CannotRefer):
        check_kept(None, today=MADE)
    with pytest.raises(CannotRefer):
        check_kept(MADE, today=MADE + timedelta(days=29))
    check_kept(MADE, today=MADE + timedelta(days=30))


@given(st.lists(st.sampled_from(SLIP_SIGNS), min_size=8, max_size=8))
def test_a_slip_number_is_found_however_it_is_typed(signs):
    number = slip_number_of(signs)
    assert len(number) == 9
    for typed in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', ' ')} "):
        assert find_slip_number(typed) == number


@pytest.mark.parametrize("typed", ["", "K7MP", "K7MP-3XW", "K7MP-3XWRR", "K7MP-3XW0", "K7MP-3XWA", "%%%%%%%%"])
def test_what_cannot_be_a_slip_number_is_none(typed):
    assert find_slip_number(typed) is None


@given(st.sets(st.sampled_from(Shared)))
def test_the_need_and_the_slip_number_always_travel(items):
    assert set(items_of(stored_items(items))) == items | {Shared.NEED, Shared.SLIP_NUMBER}
