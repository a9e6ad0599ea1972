"""The plan: menus for every concern, lines in own words, strengths that become lines, and what two screens change."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmreduction.assessments.rules.cards import Domain, Layout
from harmreduction.assessments.rules.going_on import plan_today
from harmreduction.assessments.rules.plan_numbers import find_plan_number, plan_number_of
from harmreduction.assessments.rules.plan_page import in_plan, menus, whole_menu
from harmreduction.assessments.rules.plan_words import DOMAINS, LAYOUTS, is_kept_up, step_more, step_words
from harmreduction.assessments.rules.plans import (
    LINE_LENGTH,
    MOST_STEPS,
    PlanStep,
    StepChangedElsewhere,
    UnusablePlanStep,
    added,
    changed,
    find_step,
    in_domains,
    moved,
    put_back,
    removed,
)
from harmreduction.assessments.rules.talks import Earlier, Reply, concerns
from harmreduction.core.db import new_id
from harmreduction.web.i18n import LANGUAGES
from tests.assessments.talks import CARDS, PLANS, a_draft, choose, say, talks


def own(words: str = "Call the neighbour", **changes: object) -> PlanStep:
    """Return an idea of somebody's own."""
    return PlanStep(step_id=new_id(), domain=Domain.PEOPLE, words=words, **changes)


@given(talks())
@settings(max_examples=40)
def test_every_concern_has_a_menu_in_every_language_and_unchosen_is_nothing(draft):
    offered = menus(draft)
    assert [each.card for each in offered] == list(concerns(draft))
    for each in offered:
        assert len(each.steps) >= 3
        assert all(step.text[language] for step in each.steps for language in LANGUAGES)
    for card in draft.cards.cards:
        answer = draft.answers.get(card.code)
        if answer is None or answer.reply is not Reply.ANSWERED:
            assert card not in concerns(draft), "skipped, not sure and rather not say are no yes and no no"
    assert set(whole_menu(draft)) == set(Domain) == set(DOMAINS)


def test_each_layout_offers_its_own_steps_and_the_participant_may_choose_it():
    draft = say(say(a_draft(), "now", "stopped"), "supply", "stronger")
    assert draft.layout is Layout.BREAK
    on_break = {step.code for step in menus(draft)[1].steps}
    using = {step.code for step in menus(replace(draft, chosen_layout=Layout.USING))[1].steps}
    assert "drug_checking" in using - on_break and set(LAYOUTS) == set(Layout)


def test_strengths_become_lines_that_can_be_taken_off_and_reworded():
    draft = say(a_draft(), "strengths", "tests_first", "helps_others", words="I text my sister")
    lines = [step_words(step, draft.cards, "en") for step in draft.steps]
    assert lines == ["I test a little first", "I look out for other people", "I text my sister"]
    assert all(is_kept_up(step, draft.cards) for step in draft.steps)
    first, second, _third = draft.steps
    steps, gone = removed(draft.steps, first.step_id)
    steps = changed(steps, replace(second, words="I look out for the young ones"))
    draft = say(replace(draft, steps=steps, removed=gone), "strengths", "tests_first", "one_thing", words="I call her")
    assert [step_words(step, draft.cards, "en") for step in draft.steps] == [
        "I look out for the young ones",  # reworded, so it is theirs and stays
        "I use one thing at a time",  # said anew
        "I call her",  # in place of the wording before; what was taken off did not come back
    ]
    spanish = step_words(draft.steps[1], draft.cards, "es")
    assert spanish == CARDS.card("strengths").option("one_thing").text["es"] != "I use one thing at a time"


def test_what_matters_most_is_the_goal_until_it_is_worded_anew():
    draft = say(a_draft(), "mine", words="My own room")
    assert draft.goal == "My own room"
    draft = say(draft, "mine", words="A room with a door")
    assert draft.goal == "A room with a door"
    draft = say(replace(draft, goal="A room by May"), "mine", words="A room")
    assert draft.goal == "A room by May"


def test_a_second_talk_goes_on_with_strengths_goal_and_layout_until_they_are_said_anew():
    first = say(a_draft(), "strengths", "tests_first", "helps_others", words="I text my sister")
    first = say(say(first, "mine", words="My own room"), "now", "on_a_break")
    reworded = next(step.step_id for step in first.steps if step.option == "helps_others")
    steps = tuple(replace(step, words="The young ones") if step.step_id == reworded else step for step in first.steps)
    earlier = Earlier(
        conversation_id=new_id(), held_on=date(2026, 3, 2), answers=first.answers, steps=steps, goal=first.goal
    )
    second = a_draft(earlier=earlier, steps=plan_today(steps, ()), goal=earlier.goal)
    assert (second.layout, second.situation) == (Layout.BREAK, None), "it is no answer of today"
    assert say(second, "now").layout is Layout.USING, "asked today, and skipped"
    for draft in (say(say(second, "strengths"), "mine"), say(say(second, "mine", staff="?"), "strengths", staff="?")):
        assert (draft.steps, draft.goal) == (second.steps, "My own room"), "what is skipped takes nothing back"
    second = say(say(second, "mine", words="A dog"), "strengths", "one_thing")
    assert [step_words(step, CARDS, "en") for step in second.steps] == ["The young ones", "I use one thing at a time"]
    assert second.goal == "A dog"
    second = say(say(second, "strengths"), "mine")
    assert [step_words(step, CARDS, "en") for step in second.steps] == ["The young ones"], "a skip brings none back"
    assert second.goal == ""
    assert say(replace(second, goal="Two dogs"), "mine", words="A cat").goal == "Two dogs"
    rated, today = choose(a_draft(), "someone_checks", "strips", confidence=4), choose(a_draft(), "strips")
    once = plan_today(rated.steps, today.steps)
    assert [(step.option, step.confidence) for step in once] == [("someone_checks", None), ("strips", None)]


def test_a_line_reads_as_the_menu_says_it_until_it_is_in_own_words():
    draft = choose(a_draft(), "someone_checks")
    [line] = draft.steps
    assert step_words(line, CARDS, "es") == CARDS.steps["someone_checks"].text["es"]
    reworded = replace(line, words="Sam knocks at ten")
    assert (step_words(reworded, CARDS, "es"), step_more(reworded, CARDS, "es")) == ("Sam knocks at ten", "")
    assert step_words(replace(line, option="long_gone"), CARDS, "en") == "long_gone"
    assert in_plan(draft) == {"someone_checks"}


def test_two_screens_change_one_line_and_both_versions_are_shown():
    draft = choose(a_draft(), "someone_checks")
    [line] = draft.steps
    steps = changed(draft.steps, replace(line, when="at ten"))
    with pytest.raises(StepChangedElsewhere) as raised:
        changed(steps, replace(line, when="at nine"))
    assert (raised.value.kept.when, raised.value.sent.when) == ("at ten", "at nine")
    settled = changed(steps, raised.value.sent)
    assert (settled[0].when, settled[0].revision) == ("at nine", 2)
    without, _gone = removed(settled, line.step_id)
    assert [step.when for step in changed(without, replace(settled[0], when="noon"))] == ["noon"], "taken off elsewhere"


@pytest.mark.parametrize(
    "step", [own(""), own("x" * (LINE_LENGTH + 1)), own(when="x" * (LINE_LENGTH + 1)), own(importance=11)]
)
def test_a_line_that_says_nothing_or_is_off_the_scale_is_refused_with_a_sentence(step):
    with pytest.raises(UnusablePlanStep):
        added((), step)


def test_a_plan_that_is_full_says_so_and_loses_nothing():
    full = added((), *(own(f"idea {number}") for number in range(MOST_STEPS)))
    with pytest.raises(UnusablePlanStep):
        added(full, own())
    draft = say(replace(a_draft(), steps=full), "strengths", "tests_first", words="One more")
    assert draft.steps == full and draft.answers["strengths"].words == "One more"


@given(PLANS, st.data())
def test_lines_are_moved_taken_off_and_put_back_without_losing_any(steps, data):
    assert [step for lines in in_domains(steps).values() for step in lines] == sorted(
        steps, key=lambda step: list(Domain).index(step.domain)
    )
    assert added(steps, *steps) == steps, "sent twice, it is there once"
    if not steps:
        return
    step = data.draw(st.sampled_from(steps))
    places = data.draw(st.integers(-9, 9))
    after = moved(steps, step.step_id, places)
    assert sorted(each.step_id for each in after) == sorted(each.step_id for each in steps)
    assert [each.domain for each in after] == [each.domain for each in steps]
    left, gone = removed(steps, step.step_id)
    assert find_step(left, step.step_id) is None and put_back(left, gone) == steps
    assert put_back(steps, gone) == steps and removed(left, step.step_id) == (left, None)


@given(st.lists(st.sampled_from("23456789BCDFGHJKMNPQRSTVWXYZ"), min_size=8, max_size=8))
def test_a_plan_number_is_found_however_it_is_typed(signs):
    number = plan_number_of(signs)
    for typed in (number, number.lower(), number.replace("-", " "), "".join(signs), number[2:]):
        assert find_plan_number(typed) == number
    assert find_plan_number(number + "2") is None and find_plan_number("") is None
