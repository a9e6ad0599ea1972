"""The pages of the plan while a conversation runs, opened and sent as a browser without JavaScript does."""

from dataclasses import replace

import pytest

from harmreduction.accounts import queries as accounts
from harmreduction.assessments.drafts import begin_draft, change_draft, open_draft
from harmreduction.assessments.rules.cards import Layout
from harmreduction.assessments.rules.talks import Reply, SignOff
from harmreduction.core.db import new_id
from tests.assessments.talks import a_draft, choose, say
from tests.factories import make_site
from tests.pages import hidden, text_of


class Sitting:
    """A clinician's browser with a conversation that runs."""

    def __init__(self, client, site) -> None:
        self.client = client
        self.by = accounts.signed_in_as(client.account.id)
        draft = say(a_draft(site, by=self.by), "alone", "most", words="I wait till my roommate goes to work.")
        self.draft_id = begin_draft(say(draft, "meds", reply=Reply.SKIPPED), by=self.by).draft_id
        self.plan = f"/conversations/now/{self.draft_id}/plan"

    @property
    def draft(self):
        return open_draft(self.draft_id, self.by)

    def page(self, more="", **options):
        return self.client.page(self.plan + more, **options)

    def send(self, more, status=303, **fields):
        return self.client.send(self.plan + more, status=status, **fields)

    def change(self, change):
        change_draft(self.draft_id, change, by=self.by)


@pytest.fixture
def sitting(sign_in_as, database):
    site = make_site("Union St")
    return Sitting(sign_in_as("clinician", sites=(site.id,)), site)


def reads(draft):
    return [step.words or step.option for step in draft.steps]


def test_a_plan_is_made_together_from_menus_own_ideas_and_own_words(sitting):
    html = sitting.page()
    page = text_of(html)
    for words in ("Being alone", "Most of the time", "I wait till my roommate goes to work.", "Someone checks on me."):
        assert words in page, words
    assert "Medicine 1" not in page and "My own idea" in page, "what was skipped raises no concern"
    fields = {"form_id": hidden(html, "form_id"), "card": "alone"}
    sitting.send("/add", **fields, chosen=["someone_checks", "call_line"], idea="My roommate has a key")
    sitting.send("/add", **fields, chosen=["someone_checks"], idea="My roommate has a key")
    assert reads(sitting.draft) == ["someone_checks", "call_line", "My roommate has a key"], "sent twice, it is once"
    sitting.send("/add", form_id=new_id(), domain="go_over", chosen=["call_911"], idea="Look after the dog")
    sitting.send("/add", form_id=new_id(), card="alone", chosen=["not_on_any_menu"])
    assert [step.domain.value for step in sitting.draft.steps] == ["settings"] * 3 + ["go_over"] * 2
    line = sitting.draft.steps[0]
    html = sitting.page(f"/{line.step_id}")
    assert "Leave it out" in text_of(html) and "In the plan" in text_of(html)
    assert "How sure you are that you can do it" in text_of(html)
    told = {
        "words": "Sam knocks",
        "when": "at ten",
        "place": "",
        "helper": "a friend",
        "importance": "",
        "confidence": "0",
    }
    sitting.send(f"/{line.step_id}", revision=hidden(html, "revision"), **told, is_on_paper="y")
    after = sitting.draft.steps[0]
    assert (after.words, after.when, after.helper, after.option) == ("Sam knocks", "at ten", "a friend", line.option)
    assert (after.importance, after.confidence, after.is_on_paper) == (None, 0, True), "not asked is no 0"
    html = sitting.page()
    page = text_of(html)
    assert "Sam knocks at ten · a friend How sure: 0 of 10." in page and "3 in our plan" not in page
    assert "<q>Sam knocks</q>" in html and "<q>Someone" not in html, "only own words are in quotation marks"
    assert "In the plan" not in page, "the plan stands there once"


def test_lines_move_come_off_and_back_and_each_change_asks_again_whether_it_is_meant(sitting):
    sitting.change(lambda draft: choose(draft, "someone_checks", "call_line", "door_unlocked"))
    first = sitting.draft.steps[0]
    answer = sitting.send("/sign-off", do="yes")
    assert answer.location.endswith(f"/{sitting.draft_id}/ending") and sitting.draft.sign_off is SignOff.YES
    sitting.send(f"/{first.step_id}/move", do="later")
    assert reads(sitting.draft) == ["call_line", "someone_checks", "door_unlocked"]
    assert sitting.draft.sign_off is None
    sitting.send(f"/{first.step_id}/remove")
    assert "Taken off the plan: Someone checks on me." in text_of(sitting.page())
    sitting.send("/undo")
    sitting.send("/undo")
    assert reads(sitting.draft) == ["call_line", "someone_checks", "door_unlocked"]
    assert sitting.send("/sign-off", do="not_quite").location.endswith("/plan")
    assert "Change what you like" in text_of(sitting.page())
    sitting.send("/layout", do="break")
    assert sitting.draft.layout is Layout.BREAK and "I use at a site where staff can help." not in text_of(
        sitting.page()
    )
    sitting.page(f"/{new_id()}", status=404)


def test_two_screens_on_one_line_and_one_goal_keep_both_wordings(sitting):
    sitting.change(lambda draft: choose(draft, "someone_checks"))
    [line] = sitting.draft.steps
    old = {"revision": "0", "importance": "", "confidence": "", "is_on_paper": "y"}
    sitting.send(f"/{line.step_id}", **old, when="at ten")
    answer = sitting.send(f"/{line.step_id}", status=409, **old, when="at nine")
    page = answer.get_data(as_text=True)
    assert "at ten" in page and 'value="at nine"' in page and "on another screen" in page
    assert sitting.draft.steps[0].when == "at ten"
    sitting.send(f"/{line.step_id}", **old | {"revision": hidden(page, "revision")}, when="at nine or ten")
    assert sitting.draft.steps[0].when == "at nine or ten"
    sitting.send("/goal", before="", goal="My own room")
    sitting.send("/goal", before="", goal="Work in spring")
    assert sitting.draft.goal == "My own room\nWork in spring"
    assert "Both versions are here" in text_of(sitting.page())
    sitting.send("/goal", before="My own room\r\nWork in spring", goal="A room, then work")
    assert sitting.draft.goal == "A room, then work"


def test_what_is_too_long_is_said_in_a_sentence_and_nothing_typed_is_lost(sitting):
    long = "tell the neighbour " * 30
    answer = sitting.send("/add", status=200, form_id=new_id(), card="alone", chosen=["call_line"], idea=long)
    page = answer.get_data(as_text=True)
    assert "Keep each line under 300 characters." in page and long.strip() in page
    assert 'value="call_line" checked' in page and sitting.draft.steps == ()
    sitting.change(lambda draft: choose(draft, "someone_checks"))
    [line] = sitting.draft.steps
    answer = sitting.send(f"/{line.step_id}", status=200, revision="0", when=long)
    assert long.strip() in answer.get_data(as_text=True)
    answer = sitting.send("/goal", status=200, before="", goal="x" * 2001)
    assert "Keep it under 2,000 characters." in text_of(answer)


def test_the_plan_speaks_the_language_of_the_conversation(sitting):
    def in_spanish(draft):
        return replace(say(draft, "strengths", "tests_first"), language="es")

    sitting.change(in_spanish)
    page = sitting.page()
    assert "Pruebo un poco antes" in page and "Alguien" in page and 'lang="es"' in page


def test_what_would_change_is_told_without_a_script_and_comes_into_the_plan(sitting):
    card = f"/conversations/now/{sitting.draft_id}/cards/alone"
    html = sitting.client.page(card)
    told = {"revision": hidden(html, "revision"), "chosen": "most", "words": "I wait till my roommate goes to work."}
    assert 'data-then="someone_checks" hidden' in html
    answer = sitting.client.send(card, status=303, **told, tried=["someone_checks"], do="what_if")
    assert answer.location.endswith("#what-if")
    html = sitting.client.page(answer.location.partition("#")[0])
    assert 'data-then="someone_checks">' in html and 'data-then="call_line" hidden' in html
    assert "still to verify" in html or "Olfson" in html, "where it is known from stands beside it"
    told["revision"] = hidden(html, "revision")
    sitting.client.send(card, status=303, **told, tried=["someone_checks"], do="to_plan")
    assert reads(sitting.draft) == ["someone_checks"] and sitting.draft.answers["alone"].chosen == ("most",)
