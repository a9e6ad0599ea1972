"""What a participant takes home: the lines that they chose and nobody's name, in their language, on paper and as PDF."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask_babel import gettext
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from harmreduction.assessments import drafts
from harmreduction.assessments.actions.keeping import keep
from harmreduction.assessments.models import Conversation
from harmreduction.assessments.pdf import can_make_pdf
from harmreduction.assessments.queries.paper import list_calls
from harmreduction.assessments.rules.cards import Layout, in_words
from harmreduction.assessments.rules.paper import (
    ALREADY,
    FIRST_LINES,
    HEADINGS,
    MOST_CALLS,
    Call,
    PaperChoices,
    Sheet,
    paper_of,
    plan_of_draft,
)
from harmreduction.assessments.rules.plan_words import step_words
from harmreduction.assessments.rules.talks import Keeping, Loop, LoopKind, Situation
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.web.i18n import in_language
from tests.assessments.readability import HIGHEST_GRADE, LOWEST_EASE, count
from tests.assessments.sittings import begun, in_trail
from tests.assessments.talks import CARDS, a_draft, choose, say, talks
from tests.factories import make_site, whole_database
from tests.pages import text_of

MADE_ON = date(2026, 11, 21)
CALLS = [Call(call_id=str(number), name=f"Line {number}", number=f"555 010 010{number}") for number in range(6)]
CHOICES = st.builds(
    PaperChoices,
    language=st.sampled_from(["en", "es"]),
    sheet=st.sampled_from(Sheet),
    is_large=st.booleans(),
    has_goal=st.booleans(),
    has_days=st.booleans(),
    has_programme=st.booleans(),
    calls=st.none() | st.frozensets(st.sampled_from([call.call_id for call in CALLS])),
)


def paper(draft, **choices):
    """Return the paper of a conversation that runs."""
    plan = plan_of_draft(draft, made_on=MADE_ON)
    return paper_of(plan, PaperChoices(**choices), calls=CALLS, programme="Riverside Outreach")


def lines_of(sheet):
    """Return the lines of a paper, as they read."""
    return [line.text for part in sheet.parts for line in part.lines]


@given(talks(), CHOICES)
def test_every_line_that_was_chosen_is_on_the_paper_once_and_no_other(draft, choices):
    sheet = paper_of(plan_of_draft(draft, made_on=MADE_ON), choices, calls=CALLS, programme="Riverside Outreach")
    chosen = [step_words(step, CARDS, choices.language).strip() for step in draft.steps if step.is_on_paper]
    assert sorted(lines_of(sheet)) == sorted(text for text in chosen if text)
    assert sheet.goal in ("", draft.goal.strip())
    assert len(sheet.card.calls) <= MOST_CALLS
    assert sheet.card.front == tuple(in_words(line, choices.language) for line in CARDS.wallet)
    assert bool(sheet.card.programme) is choices.has_programme


def test_the_paper_begins_with_what_somebody_does_already_and_holds_no_word_of_staff():
    draft = say(a_draft(), "strengths", "tests_first", words="I look out for my neighbour", staff="Seems tired")
    draft = choose(draft, "call_911", "naloxone_near", place="top drawer", helper="my roommate")
    sheet = paper(draft)
    assert [part.heading.text for part in sheet.parts] == [ALREADY.text, "When I use", "If I go over"]
    assert lines_of(sheet)[:2] == ["I test a little first", "I look out for my neighbour"]
    assert sheet.parts[1].lines[0].small == "top drawer · my roommate"
    assert sheet.card.kit_place == "top drawer"
    assert "tired" not in repr(sheet)


def test_the_place_of_the_kit_stands_on_the_card_only_with_its_line():
    draft = choose(a_draft(), "naloxone_near", place="top drawer", is_on_paper=False)
    assert paper(draft).card.kit_place == ""
    assert paper(choose(a_draft(), "call_line", place="in the van")).card.kit_place == ""


def test_after_a_break_the_paper_says_first_that_a_body_is_not_used_to_it():
    draft = choose(a_draft(), "start_fraction")
    on_a_break = replace(draft, situation=Situation.ON_A_BREAK)
    assert paper(draft).first_line is None
    assert paper(on_a_break).first_line == FIRST_LINES[Layout.BREAK]
    assert paper(on_a_break).parts[0].heading.text == "If I use again"


def test_a_follow_up_that_was_agreed_is_on_the_paper_and_other_open_things_are_not():
    in_two_days = MADE_ON + timedelta(days=2)
    agreed = Loop(loop_id=new_id(), kind=LoopKind.FOLLOW_UP, words="a text", due_on=in_two_days)
    draft = replace(a_draft(), loops=(agreed, Loop(loop_id=new_id(), kind=LoopKind.TEACH_BACK, words="breaths")))
    assert [(each.words, each.on) for each in paper(draft).agreed] == [("a text", in_two_days)]
    assert paper(draft, has_days=False).agreed == ()


def test_a_plan_of_eight_lines_fits_on_one_sheet_and_one_of_twenty_says_that_it_does_not():
    codes = [code for code, step in CARDS.steps.items() if Layout.USING in step.layouts]
    assert not paper(choose(a_draft(), *codes[:4])).is_tight
    assert not paper(choose(a_draft(), *codes[:8])).is_long
    assert paper(choose(a_draft(), *codes[:20])).is_long
    assert not paper(choose(a_draft(), *codes[:20]), sheet=Sheet.CARD).is_long


def test_the_usual_lines_on_the_card_are_of_different_kinds(database):
    assert [call.name for call in list_calls()][:2] == ["Never Use Alone", "988 Suicide & Crisis Lifeline"]
    assert next(call for call in list_calls() if call.name == "Crisis Text Line").is_text


FIXED = [
    "My plan",
    "I look at it again on %(day)s, if I want to.",
    "Room for my own words",
    "What we agreed",
    "We talk again on %(day)s.",
    "We talk again when I come by.",
    "Cut along the stitches, fold once, keep it with your kit.",
    "If someone will not wake up",
    "Number to call",
    "My kit is here:",
    "My plan number:",
]


def test_the_words_that_are_always_on_it_are_easy_to_read(app):
    headings = {heading.text for of_layout in HEADINGS.values() for heading in of_layout.values()} | {ALREADY.text}
    fixed = [*FIXED, *sorted(headings), *(line.text for line in FIRST_LINES.values())]
    assert count((text.replace("%(day)s", "May 5") for text in fixed), "en").grade <= HIGHEST_GRADE
    with app.test_request_context(), in_language("es"):
        spanish = [translated for text in fixed if (translated := gettext(text)) != text]
    assert not spanish or count((text.replace("%(day)s", "5 de mayo") for text in spanish), "es").ease >= LOWEST_EASE


@pytest.fixture
def clinician(sign_in_as):
    return sign_in_as("clinician", sites=(make_site().id,))
