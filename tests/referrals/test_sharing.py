"""Sharing a referral with a partner as agreed, and taking that back: on a real database."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotFound
from harmreduction.referrals import actions, queries
from harmreduction.referrals.models import ReferralConsent, ReferralLink, ReferralNote, ReferralStep
from harmreduction.referrals.rules.following import CannotRefer, Step
from harmreduction.referrals.rules.kinds import ENDED, Channel, Need, State, ToldBy
from harmreduction.referrals.rules.sharing import Shared, SharingEnded
from tests.factories import SYSTEM, TIME_ZONE, make_site
from tests.referrals.stories import (
    BY_THE_BRIDGE,
    CONTACT,
    count,
    count_events,
    make_referral,
    read_again,
    share,
    tell,
)

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_partner_sees_only_what_was_agreed_to(database):
    referral = make_referral(make_site(), contact=CONTACT)
    _agreement, token = share(referral, until=today(TIME_ZONE))
    shared = actions.open_link(token, at=now())
    assert (shared.slip_number, shared.need) == (referral.slip_number, Need.HOUSING)
    assert (shared.reach, shared.reach_by, shared.reach_hours, shared.note) == ("", None, "", "")
    _agreement, token = share(
        referral, until=today(TIME_ZONE), items=frozenset({Shared.REACH, Shared.NOTE}), note="after ten"
    )
    shared = actions.open_link(token, at=now())
    assert (shared.reach, shared.reach_by, shared.note) == (BY_THE_BRIDGE, Channel.PEER, "after ten")
    assert queries.get_detail(SYSTEM, referral.public_id).notes == []


def test_only_a_digest_of_the_link_is_stored_and_each_opening_is_counted(database):
    referral = make_referral(make_site())
    _agreement, token = share(referral, until=today(TIME_ZONE))
    assert len(token) >= 43
    for _ in range(3):
        actions.open_link(token, at=now())
    link = db.session.scalars(select(ReferralLink)).one()
    assert (link.times_opened, token in str(vars(link)), count_events("REFERRAL_SEEN", referral)) == (3, False, 3)


def test_a_link_ends_with_the_last_day_that_was_agreed_to(database):
    with time_machine.travel(MONDAY, tick=False) as clock:
        referral = make_referral(make_site())
        _agreement, token = share(referral, until=today(TIME_ZONE) + DAY)
        clock.move_to(datetime(2026, 11, 4, 4, 59, tzinfo=UTC))  # a minute before midnight in New York
        actions.open_link(token, at=now())
        clock.shift(timedelta(minutes=1))
        with pytest.raises(SharingEnded):
            actions.open_link(token, at=now())
        with pytest.raises(SharingEnded):
            answer(token, State.ARRIVED)


def test_taking_an_agreement_back_ends_its_links_at_once_and_erases_its_note(database):
    referral = make_referral(make_site())
    items = frozenset({Shared.NOTE})
    agreement, token = share(referral, until=today(TIME_ZONE), items=items, note="after ten")
    _other, stays = share(referral, until=today(TIME_ZONE), shared_with="Otter House")
    for _ in range(2):
        actions.end_sharing(referral.public_id, agreement.client_id, by=SYSTEM, at=now())
    with pytest.raises(SharingEnded, match="not shared with you any more"):
        actions.open_link(token, at=now())
    assert (count(ReferralNote), count_events("REFERRAL_UNSHARED")) == (0, 1)
    assert actions.open_link(stays, at=now()).shared_with == "Otter House"
    with pytest.raises(CannotRefer):
        actions.share_referral(referral.public_id, agreement, by=SYSTEM, at=now())
    elsewhere = make_referral(make_site())
    with pytest.raises(NotFound):
        actions.end_sharing(elsewhere.public_id, _other.client_id, by=SYSTEM, at=now())


def test_nothing_is_shared_of_a_referral_that_has_ended(database):
    referral = make_referral(make_site())
    tell(referral, State.DECLINED_BY_PERSON)
    with pytest.raises(CannotRefer, match="This has ended"):
        share(referral, until=today(TIME_ZONE), items=frozenset({Shared.NOTE}), note="after ten")
    assert (count(ReferralConsent), count(ReferralNote)) == (0, 0)


def test_a_note_whose_time_is_over_is_shown_to_nobody_and_goes_with_the_next_agreement(database):
    items = frozenset({Shared.NOTE})
    with time_machine.travel(MONDAY, tick=False) as clock:
        referral, other = make_referral(make_site()), make_referral(make_site())
        share(referral, until=today(TIME_ZONE), items=items, note="after ten")
        assert queries.list_sharing(referral, now=now())[0].note == "after ten"
        clock.shift(2 * DAY)
        assert queries.list_sharing(read_again(referral), now=now())[0].note == ""
        share(other, until=today(TIME_ZONE), items=items, note="ring twice")
    assert count(ReferralNote) == 1


def test_the_same_page_sent_again_is_one_agreement_with_one_link_that_works(database):
    referral = make_referral(make_site())
    agreement, first = share(referral, until=today(TIME_ZONE))
    second = actions.share_referral(referral.public_id, agreement, by=SYSTEM, at=now())
    with pytest.raises(SharingEnded):
        actions.open_link(first, at=now())
    assert actions.open_link(second, at=now()).slip_number == referral.slip_number
    assert count(ReferralConsent) == 1


def test_how_to_find_somebody_is_shared_only_where_it_is_known(database):
    with pytest.raises(CannotRefer) as problem:
        share(make_referral(make_site()), until=today(TIME_ZONE), items=frozenset({Shared.REACH}))
    assert problem.value.about == "shares_reach"
    with pytest.raises(CannotRefer, match="within a year"):
        share(make_referral(make_site()), until=today(TIME_ZONE) - DAY)


def answer_is_open(token, state):
    step = Step(client_id=new_id(), state=state, happened_on=today(TIME_ZONE), told_by=ToldBy.PARTNER)
    return actions.answer_as_partner(token, step, at=now())


def answer(token, state, **told):
    fields = {"client_id": new_id(), "state": state, "happened_on": today(TIME_ZONE), "told_by": ToldBy.PARTNER} | told
    step = Step(**fields)
    actions.answer_as_partner(token, step, at=now())
    return step


def test_a_partners_answer_is_a_step_told_by_the_partner_and_counts_once(database):
    referral = make_referral(make_site())
    _agreement, token = share(referral, until=today(TIME_ZONE))
    step = answer(token, State.ARRIVED)
    actions.answer_as_partner(token, step, at=now())
    answer(token, State.ARRIVED)
    [told] = db.session.scalars(select(ReferralStep)).all()
    assert (told.told_by, told.recorded_by, told.recorded_by_id) == ("partner", "not signed in", None)
    assert read_again(referral).arrived_on == today(TIME_ZONE)


def test_a_partner_learns_nothing_from_an_answer_that_does_not_fit(database):
    referral = make_referral(make_site())
    _agreement, token = share(referral, until=today(TIME_ZONE))
    for state in (State.CONTACTED, State.CLOSED, State.DECLINED_BY_PERSON):
        with pytest.raises(CannotRefer) as problem:
            answer(token, state)
        assert str(problem.value) == "This was answered before. If something changed since, call us."
    assert count(ReferralStep) == 0


def test_a_referral_that_ends_ends_every_link_and_opening_it_again_revives_none(database):
    for state in sorted(ENDED):
        referral, other = make_referral(make_site()), make_referral(make_site())
        tokens = [share(referral, until=today(TIME_ZONE), shared_with=name)[1] for name in ("Heron Clinic", "Otter")]
        _agreement, stays = share(other, until=today(TIME_ZONE))
        tell(referral, state)
        assert [shared.is_live for shared in queries.list_sharing(read_again(referral), now=now())] == [False, False]
        tell(referral, State.PENDING)
        for token in tokens:
            with pytest.raises(SharingEnded, match="not shared with you any more"):
                actions.open_link(token, at=now())
        assert actions.open_link(stays, at=now()).slip_number == other.slip_number


def test_an_answer_that_ends_a_referral_counts_once_and_only_by_its_own_link(database):
    referral, other = make_referral(make_site()), make_referral(make_site())
    _agreement, token = share(referral, until=today(TIME_ZONE))
    _agreement, others = share(other, until=today(TIME_ZONE))
    assert answer_is_open(token, State.ACCEPTED)
    step = answer(token, State.DECLINED_BY_PROVIDER)
    assert actions.answer_as_partner(token, step, at=now()) is False
    with pytest.raises(SharingEnded):
        answer(token, State.ARRIVED)
    assert actions.answer_as_partner(others, step, at=now()) is True
    assert (count(ReferralStep), read_again(other).state) == (2, "pending")


def test_links_that_ended_thirty_days_ago_are_erased_with_the_next_sharing(database):
    with time_machine.travel(MONDAY, tick=False) as clock:
        ran_out, ended, lives = (make_referral(make_site()) for _ in range(3))
        _agreement, token = share(ran_out, until=today(TIME_ZONE))
        actions.open_link(token, at=now())
        share(ended, until=today(TIME_ZONE) + 90 * DAY)
        tell(ended, State.CLOSED)
        share(lives, until=today(TIME_ZONE) + 90 * DAY)
        clock.shift(29 * DAY)
        share(lives, until=today(TIME_ZONE))
        assert count(ReferralLink) == 4
        clock.shift(3 * DAY)
        share(lives, until=today(TIME_ZONE))
        assert (count(ReferralLink), count(ReferralConsent)) == (3, 5)
        [shared] = queries.list_sharing(read_again(ran_out), now=now())
        assert (shared.times_opened, shared.is_live, count_events("REFERRAL_SEEN", ran_out)) == (None, False, 1)
