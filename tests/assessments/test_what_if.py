"""What would change if: words that only grow with each step, with their sources, and no number about anybody."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from harmreduction.assessments.rules.what_if import changes, for_card, remaining, tried_only, with_tried
from tests.assessments.talks import CARDS, a_draft, choose, say

CODES = st.sets(st.sampled_from(sorted(CARDS.steps)))


@given(CODES, CODES, st.sampled_from(sorted(CARDS.steps)))
@settings(max_examples=50)
def test_one_more_step_never_takes_a_statement_away(chosen, tried, more):
    before, after = changes(CARDS, chosen, tried), changes(CARDS, chosen, tried | {more})
    assert set(map(id, (each.step for each in before))) <= set(map(id, (each.step for each in after)))
    assert all(any(each.then == later.then for later in after) for each in before)
    assert all(but in remaining(after) for but in remaining(before))


def test_every_statement_has_a_source_and_no_share_of_anybody_s_risk():
    for each in changes(CARDS, CARDS.steps):
        assert each.factors and all(factor.source and factor.caveat["en"] for factor in each.factors)
        for words in (each.then, each.but):
            assert not any(re.search(r"\d\s*%|percent|por ciento", text) for text in words.values())


def test_what_is_ticked_on_a_card_shows_there_and_comes_into_the_plan_when_wanted():
    draft, card = say(a_draft(), "alone", "most"), CARDS.card("alone")
    assert for_card(draft, card).shown == ()
    draft = with_tried(replace(draft, tried=frozenset({"strips"})), card, ["someone_checks", "naloxone_carry"])
    part = for_card(draft, card)
    assert [each.step.code for each in part.shown] == ["someone_checks"], "what is not on the card's menu is left aside"
    assert part.remaining == (part.shown[0].but,) and part.factors
    assert draft.tried == {"strips", "someone_checks"} and draft.steps == ()
    draft = with_tried(draft, card, ["someone_checks", "call_line"], into_plan=True)
    again = with_tried(draft, card, ["someone_checks"], into_plan=True)
    assert [step.option for step in again.steps] == ["someone_checks", "call_line"]
    assert for_card(with_tried(again, card, []), card).in_plan == {"someone_checks", "call_line"}
    assert {code for _but, codes in part.buts for code in codes} == {each.step.code for each in part.statements}


def test_where_it_is_told_first_what_happens_nobody_weighs_up_anything():
    draft, mood = replace(a_draft(), tried=frozenset({"someone_checks"})), CARDS.card("mood")
    assert for_card(draft, mood).statements == ()
    assert with_tried(draft, mood, ["counsellor"], into_plan=True) == draft, "what was ticked elsewhere stays"


def test_what_was_ticked_and_is_not_in_the_plan_is_told():
    draft = choose(replace(a_draft(), tried=frozenset({"strips", "door_unlocked", "unicorn"})), "door_unlocked")
    assert [step.code for step in tried_only(draft)] == ["strips"]


def test_what_is_in_the_plan_already_is_shown_too():
    draft = choose(a_draft(), "door_unlocked")
    assert [each.step.code for each in for_card(draft, CARDS.card("alone")).shown] == ["door_unlocked"]
