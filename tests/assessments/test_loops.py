"""What stays open after a conversation: its rules, and how it is brought to its end."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.assessments import drafts
from harmreduction.assessments.actions.keeping import end_conversation
from harmreduction.assessments.actions.loops import end_loop, move_loop
from harmreduction.assessments.card_sets import release_set
from harmreduction.assessments.models import OpenLoop
from harmreduction.assessments.queries.loops import count_due, get_loop, get_one, list_open, list_open_of
from harmreduction.assessments.rules import loops as rules
from harmreduction.assessments.rules.cards import Offer
from harmreduction.assessments.rules.loops import CannotFollowUp, Due
from harmreduction.assessments.rules.talks import Keeping, Loop, LoopEnd, LoopKind
from harmreduction.core.clock import now, today
from harmreduction.core.db import new_id
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.referrals.rules.kinds import State
from tests.assessments.sittings import a_plan, begun, in_trail
from tests.assessments.talks import a_draft
from tests.factories import TIME_ZONE, make_actor, make_site
from tests.pages import text_of
from tests.referrals.stories import count, make_referral, read_again, tell

WORDS = "they come by the green van"
IDS = [new_id() for _number in range(4)]
CHANGES = st.lists(st.tuples(st.sampled_from(["open", "let go"]), st.sampled_from(IDS), st.text(max_size=3)))


@given(CHANGES)
def test_each_loop_stands_once_however_often_its_page_is_sent(changes):
    draft, expected = a_draft(), {}
    for change, loop_id, words in changes:
        if change == "open":
            draft = rules.with_loop(draft, Loop(loop_id=loop_id, kind=LoopKind.FOLLOW_UP, words=words))
            expected[loop_id] = words
        else:
            draft = rules.without_loop(draft, loop_id)
            expected.pop(loop_id, None)
    assert {loop.loop_id: loop.words for loop in draft.loops} == expected
    assert max(Counter(loop.loop_id for loop in draft.loops).values(), default=0) <= 1


def test_whatever_the_house_can_do_about_a_plan_is_offered_with_it():
    steps = release_set().steps
    draft = a_draft(steps=a_plan(*steps))
    offered = {line.words: line for line in rules.offered(draft)}
    for step in steps.values():
        assert (step.text["en"] in offered) == bool(step.offers), step.code
        if Offer.REFERRAL in step.offers and step.need != "other":
            assert offered[step.text["en"]].need == step.need
    assert rules.offered(replace(draft, steps=())) == ()
    put_off = rules.for_later(draft, draft.steps[0].step_id)
    assert rules.for_later(put_off, new_id()) == put_off  # a line that is gone meanwhile


def test_acts_that_were_not_shown_back_stay_open_until_they_are():
    draft = rules.after_practice(a_draft(), "Call for help")
    assert [(loop.kind, loop.words) for loop in draft.loops] == [(LoopKind.TEACH_BACK, "Call for help")]
    draft = rules.after_practice(draft, "Stay with them")
    assert [loop.words for loop in draft.loops] == ["Stay with them"]
    assert rules.after_practice(draft, "").loops == ()


@pytest.fixture
def site(database):
    return make_site("Union St")


def kept(site, by, *loops, **said):
    """Keep a conversation with these loops, without a code."""
    draft = begun(site, by, keeping=Keeping.WITHOUT_CODE, loops=loops, **said)
    return end_conversation(draft.draft_id, keeping=Keeping.WITHOUT_CODE, by=by, at=now())


def a_loop(kind=LoopKind.FOLLOW_UP, in_days=None, **said):
    due_on = None if in_days is None else today(TIME_ZONE) + timedelta(days=in_days)
    return Loop(loop_id=new_id(), kind=kind, due_on=due_on, **said)


def test_what_is_open_stands_by_date_and_is_brought_to_its_end_once(site):
    me, day = make_actor("clinician", sites=(site.id,)), today(TIME_ZONE)
    past, now_due, later = a_loop(in_days=0), a_loop(LoopKind.SAME_DAY, 0), a_loop(LoopKind.SUPPLIES, 9)
    no_day = a_loop(LoopKind.TEACH_BACK, words=WORDS)
    conversation = kept(site, me, no_day, later, now_due, past)
    move_loop(past.loop_id, day + timedelta(days=1), by=me, at=now())
    tomorrow = day + timedelta(days=2)
    rows = list_open(me, today=tomorrow, limit=9)
    assert [row.public_id for row in rows] == [each.loop_id for each in (now_due, past, later, no_day)]
    assert [row.due for row in rows] == [Due.PAST, Due.PAST, Due.LATER, Due.NEXT_TIME]
    assert (count_due(today=day), count_due(today=tomorrow)) == (1, 2)
    assert list_open(me, today=day, until=day, limit=9)[0].public_id == now_due.loop_id
    for _time in range(2):
        end_loop(now_due.loop_id, LoopEnd.DONE, by=me, at=now())
    assert in_trail("LOOP_ENDED", now_due.loop_id) == 1
    for change in (
        lambda: end_loop(now_due.loop_id, LoopEnd.NOT_REACHED, by=me, at=now()),
        lambda: move_loop(now_due.loop_id, None, by=me, at=now()),
    ):
        with pytest.raises(OutOfDate):
            change()
    with pytest.raises(CannotFollowUp):
        move_loop(later.loop_id, day - timedelta(days=1), by=me, at=now())
    assert [loop.public_id for loop in list_open_of(conversation.conversation_id)] == [
        each.loop_id for each in (past, later, no_day)
    ]


def test_a_referral_that_ends_takes_what_waited_for_it_off_the_list(site):
    me = make_actor("clinician", sites=(site.id,))
    referral = make_referral(site)
    waiting = a_loop(LoopKind.REFERRAL, 7, referral_id=referral.public_id)
    kept(site, me, waiting)
    assert get_one(me, waiting.loop_id).is_open
    tell(read_again(referral), State.COMPLETED)
    assert list_open(me, today=today(TIME_ZONE), limit=9) == []
    assert not get_one(me, waiting.loop_id).is_open
    tell(read_again(referral), State.PENDING)  # and when it opens again, so does this
    assert [row.need for row in list_open(me, today=today(TIME_ZONE), limit=9)] == [referral.need]


def test_the_list_names_nobody_and_other_sites_see_nothing(site, sign_in_as):
    browser = sign_in_as("clinician", sites=(site.id,))
    me = make_actor("clinician", sites=(site.id,))
    open_still = a_loop(in_days=0, words=WORDS)
    conversation = kept(site, me, open_still)
    listed = browser.page("/conversations/loops")
    assert "A follow-up that was agreed" in text_of(listed)
    assert WORDS not in listed and conversation.plan_number not in listed
    address = f"/conversations/loops/{open_still.loop_id}"
    assert WORDS in browser.page(address)
    assert in_trail("CONVERSATION_SEEN", conversation.conversation_id) == 1
    browser.send(address, status=200)  # nothing chosen, nothing changed
    browser.send(address, status=303, how="open", due_on="")
    assert get_loop(me, open_still.loop_id).due_on is None
    assert (
        "Choose today or a day within a year."
        in browser.send(address, status=200, how="open", due_on="2020-01-01").text
    )
    browser.send(address, status=303, how="not_wanted")
    assert "Not wanted any more" in text_of(browser.page(address))
    assert "brought this to its end" in browser.send(address, status=200, how="done").text
    kept(site, me, a_loop(in_days=0))
    assert "1 follow-up from a conversation is due" in text_of(sign_in_as("programme_lead").page("/today"))
    elsewhere = sign_in_as("clinician", sites=(make_site().id,))
    elsewhere.page(address, status=404)
    with pytest.raises(NotFound):
        end_loop(open_still.loop_id, LoopEnd.DONE, by=make_actor("outreach_worker", sites=(site.id,)), at=now())


def test_without_keeping_there_is_nothing_on_the_list(site):
    me = make_actor("clinician", sites=(site.id,))
    draft = begun(site, me, loops=(a_loop(in_days=1, words=WORDS),))
    assert end_conversation(draft.draft_id, keeping=Keeping.NOTHING, by=me, at=now()) is None
    assert count(OpenLoop) == 0
    assert drafts.list_drafts(me) == []
