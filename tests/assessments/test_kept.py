"""Conversations that were kept: read as both read them, told again as changes, found by their number, and erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.assessments.actions.keeping import keep
from harmreduction.assessments.actions.kept import erase_conversation
from harmreduction.assessments.card_sets import as_json, read_card_set
from harmreduction.assessments.models import (
    CardAnswer,
    CardChoice,
    Conversation,
    ConversationVersion,
    OpenLoop,
    PlanLine,
)
from harmreduction.assessments.queries.going_on import earlier_of, last_of
from harmreduction.assessments.queries.kept import find_by_plan_number, get_kept, list_kept_of
from harmreduction.assessments.rules.cards import Situation
from harmreduction.assessments.rules.changes import Held, changes_between, ratings_over
from harmreduction.assessments.rules.following import line_id
from harmreduction.assessments.rules.going_on import plan_today
from harmreduction.assessments.rules.plan_words import step_words
from harmreduction.assessments.rules.plans import changed, removed
from harmreduction.assessments.rules.talks import Draft, Keeping, Loop, LoopKind, Reply
from harmreduction.core.clock import now
from harmreduction.core.db import Base, db, new_id
from harmreduction.core.errors import NotFound
from harmreduction.participants.actions.merging import merge_participants
from tests.assessments.talks import CARDS, PLANS, a_draft, choose, say, talks
from tests.factories import SYSTEM, make_actor, make_site
from tests.pages import text_of
from tests.participants.stories import count_trail, make_participant

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
TABLES = (CardChoice, CardAnswer, PlanLine, OpenLoop, ConversationVersion, Conversation)


@pytest.fixture
def site(database):
    return make_site("Union St")


def first_talk(site, **changes) -> Draft:
    """Return a conversation of five cards, with a plan of three steps that are rated."""
    draft = a_draft(site, **changes)
    draft = say(draft, "strengths", "tests_first", words="I always test a little first.")
    draft = say(draft, "now", "using")
    draft = say(draft, "alone", "most", words="I wait till my roommate goes to work.", staff="A kit for the roommate?")
    draft = say(draft, "meds", reply=Reply.SKIPPED)
    draft = say(draft, "mine", words="My sister’s wedding.")
    return choose(draft, "someone_checks", "naloxone_near", confidence=4, importance=8)


def later_talk(site, kept_id: str) -> Draft:
    """Return the talk of a month later: one step reworded and surer, one gone, one new, less alone."""
    earlier = earlier_of(SYSTEM, kept_id)
    draft = a_draft(site, earlier=earlier, steps=plan_today(earlier.steps, ()))
    draft = say(say(draft, "alone", "some", words="Sam knocks at ten."), "now", "varies")
    checks, near = (find(draft, code) for code in ("someone_checks", "naloxone_near"))
    steps, _gone = removed(changed(draft.steps, replace(checks, when="at ten", confidence=7)), near.step_id)
    return choose(replace(draft, steps=steps, goal="Dance at the wedding."), "strips")


def find(draft, code):
    return next(step for step in draft.steps if step.option == code)


def keep_it(draft, **options):
    return keep(draft, by=options.pop("by", SYSTEM), at=now())


def rows() -> dict[str, int]:
    return {model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) for model in TABLES}


# Laws ---------------------------------------------------------------------------------------------------


@given(talks())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_kept_reads_as_it_was_said_and_nothing_else_is_stored(start_over, draft):
    start_over()
    draft = replace(draft, site_id=make_site().id)
    kept = keep_it(draft)
    read = get_kept(SYSTEM, kept.conversation_id).latest
    assert read.answers == {code: replace(draft.answers[code], revision=0) for code in draft.order}
    assert read.steps == tuple(replace(step, revision=0) for step in draft.steps)
    assert (read.goal, read.sign_off, read.situation, read.order) == (
        draft.goal,
        draft.sign_off,
        draft.situation,
        draft.order,
    )
    assert as_json(read.cards) == as_json(draft.cards)
    chosen = sum(len(answer.chosen) for answer in draft.answers.values())
    assert (rows()["card_choice"], rows()["plan_line"]) == (chosen, len(draft.steps)), "unchosen is stored nowhere"
    assert keep_it(draft) == kept and rows()["conversation_version"] == 1


HELD = st.builds(
    Held,
    held_on=st.dates(),
    cards=st.just(CARDS),
    situation=st.none() | st.sampled_from(Situation),
    answers=talks().map(lambda draft: draft.answers),
    steps=PLANS,
    goal=st.sampled_from(["", "a room", "work"]),
)


@given(HELD, HELD, st.data())
@settings(max_examples=40)
def test_between_two_plans_no_line_is_lost_and_the_way_back_is_the_same(before, now, data):
    if before.steps:  # some lines go on from the one to the other
        carried = data.draw(st.lists(st.sampled_from(before.steps), unique_by=lambda step: step.step_id))
        ids = {step.step_id for step in carried}
        now = replace(now, steps=(*carried, *(step for step in now.steps if step.step_id not in ids)))
    there, back = changes_between(before, now), changes_between(now, before)
    assert sorted(map(id, (*there.gone, *(each.before for each in there.still)))) == sorted(map(id, before.steps))
    assert sorted(map(id, (*there.new, *(each.now for each in there.still)))) == sorted(map(id, now.steps))
    assert (there.new, there.gone) == (back.gone, back.new)
    assert {(id(each.before), id(each.now)) for each in there.still} == {
        (id(each.now), id(each.before)) for each in back.still
    }
    assert {each.card for each in there.answers} == {each.card for each in back.answers}
    assert changes_between(before, before).is_empty


# Stories ------------------------------------------------------------------------------------------------


def test_a_review_a_month_later_shows_what_changed(sign_in_as, site):
    with time_machine.travel(MONDAY, tick=False) as clock:
        conversation_id = keep_it(first_talk(site)).conversation_id
        clock.shift(timedelta(days=28))
        keep_it(later_talk(site, conversation_id))
    kept = get_kept(SYSTEM, conversation_id)
    changes = changes_between(*kept.versions)
    assert [step.option for step in changes.new] == ["strips"]
    assert [step.option for step in changes.gone] == ["naloxone_near"]
    assert [each.now.option for each in changes.still if each.was_reworded] == ["someone_checks"]
    assert {each.card for each in changes.answers} == {"now", "alone"}
    assert changes.goal == ("My sister’s wedding.", "Dance at the wedding.")
    [rated] = ratings_over(kept.versions)  # how much it matters was not asked again, so it is no new number
    assert rated.scale == "confidence"
    assert [rating for _on, rating in rated.ratings] == [4, 7]
    clinician = sign_in_as("clinician", sites=(site.id,))
    page = text_of(clinician.page(f"/conversations/{conversation_id}"))
    for words in (
        "What changed since Mar 2, 2026",
        "How things are now: It changes was: I use now",
        "New in the plan: I use a test strip first.",
        "Not in the plan any more: Naloxone is close by, and people know where.",
        "Worded anew: Someone checks on me. (at ten)",
        "Being alone: Some of the time Sam knocks at ten.",
        "Keep doing: I test a little first.",
        "Your own numbers over time",
        "Someone checks on me. How sure: 4 before, 7 now.",
        "How much it matters: 8 of 10. How sure: 7 of 10.",
    ):
        assert words in page, words
    assert "refused" not in page and "failed" not in page
    path = f"/conversations/{conversation_id}/versions"
    then = text_of(clinician.page(f"{path}/{kept.versions[0].public_id}"))
    for words in ("This is how it was then.", "Medicine You skipped this", "Staff noted: A kit for the roommate?"):
        assert words in then, words
    assert "Your own numbers over time" not in then, "one number shows no change"
    assert "Apr" not in then and "Version 2" in text_of(clinician.page(path))
    clinician.page(f"{path}/{new_id()}", status=404)
    assert count_trail("CONVERSATION_SEEN") == 3


def test_a_correction_of_one_card_leaves_the_rest_as_it_was_said(sign_in_as, site):
    with time_machine.travel(MONDAY, tick=False) as clock:
        conversation_id = keep_it(first_talk(site)).conversation_id
        clock.shift(timedelta(days=1))
        earlier = earlier_of(SYSTEM, conversation_id)
        correction = a_draft(site, earlier=earlier, steps=earlier.steps, goal=earlier.goal)
        keep_it(say(correction, "meds", "methadone", words="Since May."))
        clock.shift(timedelta(days=1))
        now_said = earlier_of(SYSTEM, conversation_id)
        assert set(now_said.answers) == {"strengths", "now", "alone", "meds", "mine"}
        assert now_said.answers["meds"].words == "Since May."
        assert (now_said.said_on["alone"].day, now_said.said_on["meds"].day, now_said.held_on.day) == (2, 3, 3)
        keep_it(say(a_draft(site, earlier=now_said, steps=now_said.steps), "alone", "hardly"))
    clinician = sign_in_as("clinician", sites=(site.id,))
    page = text_of(clinician.page(f"/conversations/{conversation_id}"))
    assert "was: Most of the time I wait till my roommate" in page, "also from two times before"
    [_before, after] = page.split("Said before, and not talked about this time")
    assert "Medicine On Mar 3, 2026 Methadone Since May." in after and "How things are now On Mar 2, 2026" in after
    [_first, corrected, _last] = get_kept(SYSTEM, conversation_id).versions
    page = text_of(clinician.page(f"/conversations/{conversation_id}/versions/{corrected.public_id}"))
    assert "Medicine: Methadone Since May. was: You skipped this" in page


def test_a_card_that_is_changed_later_does_not_change_what_an_old_conversation_says(site):
    kept = keep_it(first_talk(site))
    then = get_kept(SYSTEM, kept.conversation_id).latest
    newer = read_card_set(as_json(CARDS).replace("Being alone", "On your own").replace('"most"', '"nearly_always"'))
    assert newer.card("alone").topic["en"] == "On your own"
    keep_it(a_draft(site, cards=newer, order=(), keeping=Keeping.WITHOUT_CODE))
    again = get_kept(SYSTEM, kept.conversation_id).latest
    assert again == then and again.cards.card("alone").topic["en"] == "Being alone"
    assert step_words(find(again, "someone_checks"), again.cards, "en") == "Someone checks on me."


def test_conversations_are_their_site_s_and_their_clinicians_alone(sign_in_as, site):
    kept = keep_it(first_talk(site))
    paths = [f"/conversations/{kept.conversation_id}{more}" for more in ("", "/versions", "/erase")]
    stranger = sign_in_as("clinician", sites=(make_site().id,))
    for path in paths:
        there = text_of(stranger.page(path, status=404))
        assert there == text_of(stranger.page(path.replace(kept.conversation_id, new_id()), status=404))
        for role in ("volunteer", "outreach_worker", "programme_lead", "administrator"):
            sign_in_as(role, sites=(site.id,)).page(path, status=403)
    with pytest.raises(NotFound):
        erase_conversation(kept.conversation_id, by=make_actor("clinician"))
    assert stranger.send("/conversations/find", plan_number=kept.plan_number, status=200)
    assert (find_by_plan_number(SYSTEM, kept.plan_number) is not None, count_trail("CONVERSATION_SEEN")) == (True, 0)


def test_a_plan_is_found_by_the_number_on_its_paper_and_tries_are_counted(sign_in_as, site):
    kept = keep_it(first_talk(site))
    clinician = sign_in_as("clinician", sites=(site.id,))
    found = clinician.send("/conversations/find", plan_number=kept.plan_number.lower().replace("-", " "))
    assert found.location.endswith(f"/conversations/{kept.conversation_id}")
    empty = clinician.send("/conversations/find", plan_number=" ", status=200)
    assert "Type the number that stands on the paper." in text_of(empty) and "No plan of" not in empty.text
    answer = clinician.send("/conversations/find", plan_number="P-2222-2222", status=200)
    assert "No plan of your sites has this number" in text_of(answer)
    for _ in range(99):
        answer = clinician.post("/conversations/find", data={"plan_number": "x"})
        if answer.status_code == 429:
            break
    assert "That was the last look-up for this hour" in text_of(answer)


def test_with_a_code_all_of_one_person_s_conversations_stand_together(sign_in_as, site):
    one, two = make_participant(site), make_participant(site)
    by_code = [
        keep_it(first_talk(site, participant_id=person.public_id, keeping=Keeping.WITH_CODE)) for person in (one, two)
    ]
    merge_participants(one.public_id, two.public_id, by=SYSTEM, at=now())
    clinician = sign_in_as("clinician", sites=(site.id,))
    page = clinician.page(f"/participants/{two.public_id}/conversations")
    assert all(f"/conversations/{kept.conversation_id}" in page for kept in by_code)
    assert last_of(SYSTEM, one) in {kept.conversation_id for kept in by_code}
    assert len(list_kept_of(make_actor("clinician", sites=(make_site().id,)), one)) == 0
    assert "Talk and plan" in clinician.page(f"/participants/{one.public_id}")


def test_an_erased_conversation_leaves_no_row_and_no_word(sign_in_as, site):
    loop = Loop(loop_id=line_id(new_id(), "loop"), kind=LoopKind.FOLLOW_UP, words="Ask how the week went.")
    before = rows()
    kept = keep_it(replace(first_talk(site), loops=(loop,)))
    keep_it(later_talk(site, kept.conversation_id))
    assert all(count > before[name] for name, count in rows().items())
    clinician = sign_in_as("clinician", sites=(site.id,))
    path = f"/conversations/{kept.conversation_id}/erase"
    assert "Everything that was said" in text_of(clinician.page(path))
    clinician.send(path)
    assert rows() == before
    clinician.page(f"/conversations/{kept.conversation_id}", status=404)
    dump = "".join(str(db.session.execute(select(table)).all()) for table in Base.metadata.sorted_tables)
    assert kept.plan_number not in dump and "wedding" not in dump and kept.conversation_id in dump, "the trail alone"
    assert count_trail("CONVERSATION_ERASED") == 1
