"""What a participant takes home: the lines that they chose and nobody's name, in their language, on paper or as PDF."""

import re
import zlib
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask_babel import gettext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.assessments import drafts
from harmreduction.assessments.actions.keeping import end_conversation, keep
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
from harmreduction.assessments.rules.readability import measure
from harmreduction.assessments.rules.talks import Keeping, Loop, LoopKind, Situation
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.sites.models import Site
from harmreduction.web.i18n import in_language
from tests.assessments.sittings import begun, in_trail
from tests.assessments.talks import CARDS, a_draft, choose, say, talks
from tests.factories import days_from_now, make_site
from tests.pages import text_of

GOAL = "I want to be around for my sister's wedding."
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


def test_a_day_that_has_passed_when_it_is_printed_again_is_left_out():
    soon, later = MADE_ON + timedelta(days=2), MADE_ON + timedelta(days=30)
    follow_ups = [Loop(loop_id=new_id(), kind=LoopKind.FOLLOW_UP, words="a text", due_on=on) for on in (soon, None)]
    plan = plan_of_draft(replace(a_draft(), loops=tuple(follow_ups), review_on=later), made_on=MADE_ON)
    printed = {on: paper_of(replace(plan, printed_on=on), PaperChoices()) for on in (None, soon, later)}
    assert [(sheet.review_on, len(sheet.agreed)) for sheet in printed.values()] == [(later, 2), (later, 2), (later, 1)]
    much_later = paper_of(replace(plan, printed_on=later + timedelta(days=1)), PaperChoices())
    assert (much_later.made_on, much_later.review_on) == (MADE_ON, None)
    assert [each.on for each in much_later.agreed] == [None]


def test_a_plan_of_fourteen_lines_fits_on_one_sheet_and_one_of_thirty_says_that_it_does_not():
    codes = [code for code, step in CARDS.steps.items() if Layout.USING in step.layouts]
    assert not paper(choose(a_draft(), *codes[:4])).is_tight
    assert not paper(choose(a_draft(), *codes[:8])).is_long
    assert not paper(choose(a_draft(), *codes[:8])).is_close
    assert paper(choose(a_draft(), *codes[:14])).is_close
    assert not paper(choose(a_draft(), *codes[:14])).is_long
    assert paper(choose(a_draft(), *codes[:30])).is_long
    assert not paper(choose(a_draft(), *codes[:30]), sheet=Sheet.CARD).is_long


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


def fixed_words():
    """Return every text that stands on a paper whoever takes it home, with a day in it."""
    headings = {heading.text for of_layout in HEADINGS.values() for heading in of_layout.values()} | {ALREADY.text}
    return [*FIXED, *sorted(headings), *(line.text for line in FIRST_LINES.values())]


def test_the_words_that_are_always_on_it_are_easy_to_read():
    text = measure((text.replace("%(day)s", "May 5") for text in fixed_words()), "en")
    assert text and text.is_easy


def test_the_words_that_are_always_on_it_are_easy_to_read_in_spanish(app):
    with app.test_request_context(), in_language("es"):
        spanish = [gettext(text).replace("%(day)s", "5 de mayo") for text in fixed_words()]
    if "My plan" in spanish:
        pytest.skip("The Spanish words of the paper are not in the catalogue yet")
    text = measure(spanish, "es")
    assert text and text.is_easy


def sitting(sign_in_as, *codes, **said):
    """Return a browser of a clinician, the account, and a conversation with these steps in its plan."""
    browser = sign_in_as("clinician", sites=(make_site("Union St").id,))
    me = signed_in_as(browser.account.id)
    site = db.session.scalars(select(Site)).one()
    draft = begun(site, me, *codes, keeping=Keeping.WITHOUT_CODE, goal=GOAL, **said)
    return browser, me, draft


def at(draft, part="paper"):
    return f"/conversations/now/{draft.draft_id}/{part}"


def sheet_in(page):
    """Return the text of the paper on a page."""
    return " ".join(unescape(text_of(re.search(r"<article.*</article>", page, re.DOTALL).group(0))).split())


def test_a_line_that_they_would_rather_not_carry_goes_from_the_paper_and_stays_in_the_plan(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line", "naloxone_near")
    page = browser.page(at(draft))
    assert "When I am alone, I call a line that stays with me." in sheet_in(page)
    assert GOAL in sheet_in(page)
    assert "Union St" not in sheet_in(page)
    assert browser.account.label not in sheet_in(page)
    first, second = draft.steps
    sent = browser.post(
        at(draft),
        data={"sent": "1", "offered": [first.step_id, second.step_id], "lines": [second.step_id], "days": "1"},
    )
    assert sent.status_code == 303
    assert not {"alone", first.step_id, second.step_id, "wedding"} & set(re.split(r"\W", sent.location))
    again = browser.page(sent.location)
    assert "When I am alone" not in sheet_in(again)
    assert "Naloxone is close by" in sheet_in(again)
    assert GOAL not in sheet_in(again)
    kept = drafts.open_draft(draft.draft_id, me)
    assert [(step.option, step.is_on_paper) for step in kept.steps] == [("call_line", False), ("naloxone_near", True)]
    assert kept.goal == GOAL


def test_a_line_added_on_another_screen_meanwhile_stays_on_the_paper(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line")
    offered = [step.step_id for step in draft.steps]
    drafts.change_draft(draft.draft_id, lambda draft: choose(draft, "strips"), by=me)
    browser.post(at(draft), data={"sent": "1", "offered": offered})
    assert [step.is_on_paper for step in drafts.open_draft(draft.draft_id, me).steps] == [False, True]


def test_the_day_to_look_at_it_again_is_chosen_before_it_prints_and_a_past_one_is_asked_again(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line")
    in_a_month = days_from_now(30)
    past = browser.send(at(draft, "paper/day"), status=200, review_on="2020-01-01")
    assert "Choose today or a day within a year." in text_of(past)
    sent = browser.send(f"{at(draft, 'paper/day')}?sent=1&large=1", status=303, review_on=in_a_month.isoformat())
    page = browser.page(sent.location)
    assert "paper-large" in page
    assert f"I look at it again on {in_a_month:%B} {in_a_month.day}, {in_a_month.year}" in sheet_in(page)
    assert drafts.open_draft(draft.draft_id, me).review_on == in_a_month
    browser.send(at(draft, "paper/day"), status=303, review_on="")
    assert drafts.open_draft(draft.draft_id, me).review_on is None


def test_what_to_do_if_i_go_over_is_offered_before_it_prints_where_the_plan_has_nothing_of_it(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line")
    assert "Add what to do if I go over" in browser.page(at(draft))
    drafts.change_draft(draft.draft_id, lambda draft: choose(draft, "call_911"), by=me)
    assert "Add what to do if I go over" not in browser.page(at(draft))


def test_the_whole_paper_is_in_the_language_chosen_for_it_and_own_words_stay_as_they_are(sign_in_as):
    browser, _me, draft = sitting(sign_in_as, "call_line")
    page = browser.page(f"{at(draft)}?sent=1&language=es&sheet=page&large=1&goal=1&days=1&number=1&programme=1")
    assert 'class="paper take-home paper-large" lang="es" dir="ltr"' in page
    assert "A solas, llamo a una línea que se queda conmigo." in sheet_in(page)
    assert GOAL in sheet_in(page)
    assert "Harm Reduction Tracker" in sheet_in(page)
    assert browser.page(f"{at(draft)}?sent=1&language=xx&sheet=xx&calls=nobody&version=x")


def test_the_card_alone_prints_without_the_plan(sign_in_as):
    browser, _me, draft = sitting(sign_in_as, "call_line")
    line = list_calls()[2]
    sheet = sheet_in(browser.page(f"{at(draft)}?sent=1&sheet=card&calls={line.call_id}"))
    assert "My plan" not in sheet
    assert line.number in sheet
    assert "If someone will not wake up" in sheet


def test_the_only_copy_is_in_their_hands_before_anything_is_erased_and_then_nothing_is_left(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line")
    browser.page(at(draft, "only-copy"))
    assert drafts.open_draft(draft.draft_id, me).goal == GOAL
    over = browser.send(at(draft, "only-copy"), status=303)
    assert "Nothing was kept" in browser.page(over.location)
    assert drafts.list_drafts(me) == []
    assert db.session.scalar(select(func.count()).select_from(Conversation)) == 0
    browser.page(at(draft), status=404)
    assert browser.send(at(draft, "only-copy"), status=303, version=draft.version_id).location == over.location
    browser.send(at(draft, "only-copy"), status=404)


def test_who_kept_it_on_another_screen_is_not_told_that_nothing_was_kept(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line")
    end_conversation(draft.draft_id, keeping=Keeping.WITHOUT_CODE, by=me, at=now())
    answer = browser.send(at(draft, "only-copy"), status=404, version=draft.version_id)
    assert "What you wanted kept is kept" in text_of(answer)


def test_what_was_kept_prints_again_from_any_version_by_marks_in_the_address(sign_in_as):
    browser, me, draft = sitting(sign_in_as, "call_line", "naloxone_near")
    kept = keep(draft, by=me, at=now())
    path = f"/conversations/{kept.conversation_id}/paper"
    assert kept.plan_number in sheet_in(browser.page(path))
    assert kept.plan_number not in sheet_in(browser.page(f"{path}?sent=1&language=en&sheet=page"))
    page = browser.page(
        f"{path}?sent=1&offered=1&offered=2&lines=2&number=1&version={draft.version_id}&language=en&sheet=page"
    )
    assert kept.plan_number in sheet_in(page)
    assert "When I am alone" not in sheet_in(page)
    assert "Naloxone is close by" in sheet_in(page)
    assert in_trail("CONVERSATION_SEEN", kept.conversation_id) == 3
    browser.page(f"{path}?version={new_id()}", status=404)
    stranger = sign_in_as("clinician", sites=(make_site("Harbour").id,))
    stranger.page(path, status=404)


@pytest.mark.skipif(not can_make_pdf(), reason="WeasyPrint is not installed: pip install -r requirements-pdf.txt")
def test_the_pdf_can_be_read_aloud_and_says_its_language_and_title(sign_in_as):
    browser, _me, draft = sitting(sign_in_as, "call_line")
    assert "/paper/pdf?" in browser.page(at(draft))
    answer = browser.get(f"{at(draft, 'paper/pdf')}?sent=1&language=es&sheet=page")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'filename="page.pdf"' in answer.headers["Content-Disposition"]
    for mark in (b"/Lang (es)", b"/MarkInfo", b"/StructTreeRoot", b'pdfuaid:part="1"', b"/H1", b"/H2", b"/LI"):
        assert mark in plain(answer.data), mark


@pytest.mark.skipif(can_make_pdf(), reason="WeasyPrint is installed here, so a PDF can be made")
def test_where_no_pdf_can_be_made_the_page_offers_none_and_printing_is_enough(sign_in_as):
    browser, _me, draft = sitting(sign_in_as, "call_line")
    assert "/paper/pdf" not in browser.page(at(draft))
    assert "Print the page instead" in browser.page(browser.get(at(draft, "paper/pdf")).location)


def plain(pdf):
    """Return a PDF with its packed parts unpacked."""
    parts = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(part) for part in parts if part[:1] == b"x")
