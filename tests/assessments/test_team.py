"""What a team does with its conversations: its own cards, a look back, and the days that participants chose."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from harmreduction.assessments import card_sets
from harmreduction.assessments.actions import card_editing as actions
from harmreduction.assessments.card_sets import digest_of, release_set
from harmreduction.assessments.models import CardSetVersion, TalkReflection
from harmreduction.assessments.queries import card_set as queries
from harmreduction.assessments.queries.reviews import list_reviews_due
from harmreduction.assessments.rules import card_editing as rules
from harmreduction.assessments.rules.cards import Situation, WhatIf
from harmreduction.assessments.rules.set_changes import differences
from harmreduction.assessments.rules.what_if import changes
from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import today
from harmreduction.core.errors import OutOfDate
from tests.assessments.stories import a_talk_kept
from tests.factories import SYSTEM, TIME_ZONE, make_actor, make_site
from tests.pages import PageClient, text_of
from tests.retention.stories import rows_of

SignIn = Callable[..., PageClient]
CARDS = "/conversations/cards"
TODAY = date(2026, 11, 22)


def codes() -> list[str]:
    """Return the codes of the cards in use, in order."""
    return [card.code for card in queries.current_cards().cards]


def send(browser: PageClient, path: str, fields: dict[str, object] | None = None, **options: Any) -> TestResponse:
    """Send a form."""
    return browser.post(path, data=fields or {}, **options)


def typed(page: str, name: str) -> str:
    """Return what stands in a hidden field of a page."""
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1]


def test_cards_are_moved_put_away_and_taken_back_and_every_set_of_before_can_be_used_again(
    database, sign_in_as: SignIn
) -> None:
    lead, usual = sign_in_as("programme_lead"), codes()
    assert "Cards of the conversation" in lead.page(CARDS)
    send(lead, f"{CARDS}/{usual[1]}/move", {"do": "earlier"})
    send(lead, f"{CARDS}/wounds/put-away")
    assert codes() == [usual[1], usual[0], *(code for code in usual[2:] if code != "wounds")]
    assert [card.code for card in queries.current_cards().put_away] == ["wounds"]
    page = lead.page(CARDS)
    assert "Put away" in page and "Back to the cards that came with it" in page
    assert send(lead, f"{CARDS}/mood/put-away").status_code >= 400, "everybody is asked"

    send(lead, f"{CARDS}/wounds/use")
    assert codes()[-1] == "wounds"
    sets = text_of(lead.page(f"{CARDS}/sets"))
    assert sets.count("Use this set again") == 3
    assert "Cards in use, in their order" in sets
    send(lead, f"{CARDS}/release", {"do": "use"})
    assert (codes(), queries.find_set_in_use().is_of_programme) == (usual, False)
    assert rows_of(CardSetVersion, "is_of_programme") == [(False,), (True,), (True,), (True,)], "nothing is lost"
    [newest, *_] = queries.list_sets(offset=0, limit=9)
    send(lead, f"{CARDS}/sets", {"fingerprint": newest.fingerprint})
    assert codes()[-1] == "wounds"
    send(lead, f"{CARDS}/sets", {"fingerprint": "0"})
    assert "There is no such set" in lead.page(f"{CARDS}/sets")


def test_a_card_is_worded_anew_in_each_language_and_a_slip_is_told_where_it_is(database, sign_in_as: SignIn) -> None:
    lead = sign_in_as("programme_lead")
    card = rules.find_card(release_set(), "alone")
    entered = {
        "seen": typed(lead.page(f"{CARDS}/alone"), "seen"),
        **{name: (getattr(card, name) or {"en": ""})["en"] for name in ("topic", "ask", "short", "why", "notice")},
        "steps": list(card.steps),
        **{f"options-{n}-code": option.code for n, option in enumerate(card.options)},
        **{f"options-{n}-text": option.text["en"] for n, option in enumerate(card.options)},
        **{f"options-{n}-is_concern": "y" for n, option in enumerate(card.options) if option.is_concern},
        "options-9-text": "Only at the cabin",
    }
    refused = send(lead, f"{CARDS}/alone", {**entered, "short": "one two three four five six seven eight nine"})
    assert "Short question: use eight words at most" in text_of(refused.text)
    refused = send(lead, f"{CARDS}/alone", {**entered, "steps": list(card.steps)[:1]})
    assert "three steps at least" in refused.text
    send(lead, f"{CARDS}/alone", {**entered, "ask": "Who would notice?"})
    spanish = lead.page(f"{CARDS}/alone?language=es")
    send(lead, f"{CARDS}/alone?language=es", {"seen": typed(spanish, "seen"), "topic": "A solas", "ask": ""})

    now = rules.find_card(queries.current_cards(), "alone")
    assert (now.ask, now.topic["es"]) == ({"en": "Who would notice?"}, "A solas")
    assert now.steps == card.steps and now.options[-1].text == {"en": "Only at the cabin"}
    assert [o.is_concern for o in now.options[:-1]] == [o.is_concern for o in card.options]
    preview = lead.page(f"{CARDS}/preview?language=es")
    assert "Who would notice?" in preview
    row = re.search(r'class="parts-row">(.*?)</ul>', preview, re.S)[1]
    assert re.findall(r'aria-current="\w+">([^<]*)', row) == ["As they read"], "one tab alone is the open one"
    send(lead, f"{CARDS}/alone", {**entered, "ask": "Something else?"})
    assert "Somebody changed this meanwhile" in send(lead, f"{CARDS}/alone", {**entered, "ask": "Something else?"}).text


def test_own_cards_and_steps_join_those_of_the_release(database, sign_in_as: SignIn) -> None:
    lead = sign_in_as("programme_lead")
    send(lead, f"{CARDS}/steps/new", {"text": "I swim at the lake first.", "domain": "people"})
    [own] = [code for code in queries.current_cards().steps if code.startswith(rules.OWN)]
    words = {
        "topic": "Water",
        "ask": "Where do you swim?",
        "short": "Where do you swim?",
        "why": "Cold water is a risk.",
    }
    answers = {"options-0-text": "At the lake", "options-0-is_concern": "y", "options-1-text": "Nowhere"}
    steps = [own, "someone_checks", "naloxone_near"]
    send(lead, f"{CARDS}/new", {**words, **answers, "kind": "one", "steps": steps, "is_core": "y"})
    [*_, card] = queries.current_cards().cards
    assert (card.topic["en"], len(card.options), set(card.steps), card.is_core) == ("Water", 2, set(steps), True)
    assert card.code.startswith(rules.OWN) and len(f"c:{card.code}:{card.options[0].code}") <= 30
    shown = lead.page(f"{CARDS}/{card.code}")
    assert f'#{card.picture}"' in shown and 'value="heart"' in shown
    unchosen = {"seen": typed(shown, "seen"), **words, **answers, "steps": steps, "picture": "a-cat"}
    send(lead, f"{CARDS}/{card.code}", unchosen)
    assert rules.find_card(queries.current_cards(), card.code).picture == "info", "a picture that is not there"
    send(
        lead,
        f"{CARDS}/{card.code}",
        {**unchosen, "seen": typed(lead.page(f"{CARDS}/{card.code}"), "seen"), "picture": "heart"},
    )
    assert rules.find_card(queries.current_cards(), card.code).picture == "heart"
    assert 'name="picture"' not in lead.page(f"{CARDS}/alone"), "those of the release keep theirs"
    page = lead.page(f"{CARDS}/steps")
    assert "I swim at the lake first." in page
    send(lead, f"{CARDS}/steps/{own}", {"seen": typed(lead.page(f"{CARDS}/steps/{own}"), "seen"), "text": "I swim."})
    assert rules.find_step(queries.current_cards(), own).text == {"en": "I swim."}
    refused = send(lead, f"{CARDS}/new", {**words, "topic": ""}).text
    assert "Topic: write this in English" in text_of(refused)
    assert "own_" not in text_of(refused), "a code says nothing to whoever words a card"


def test_what_would_change_with_an_own_step_is_said_whole_or_not_at_all(database, sign_in_as: SignIn) -> None:
    lead = sign_in_as("programme_lead")
    own_step = {"text": "I test a bit first.", "domain": "practices", "then": "I feel how strong it is."}
    refused = send(lead, f"{CARDS}/steps/new", own_step)
    assert "Or leave all three empty." in text_of(refused.text)
    known = {**own_step, "but": "It can still be too strong.", "known": ["supply_change"]}
    send(lead, f"{CARDS}/steps/new", known)
    [own] = [step for code, step in queries.current_cards().steps.items() if code.startswith(rules.OWN)]
    assert own.what_if == WhatIf(then={"en": known["then"]}, but={"en": known["but"]}, factors=("supply_change",))
    path = f"{CARDS}/steps/{own.code}"
    spanish = {
        "text": "Pruebo.",
        "then": "Siento qué tan fuerte es.",
        "seen": typed(lead.page(f"{path}?language=es"), "seen"),
    }
    send(lead, f"{path}?language=es", spanish)
    [stated] = changes(queries.current_cards(), [own.code])
    assert (stated.then["es"], stated.but) == (spanish["then"], {"en": known["but"]})
    assert "What it would change" in text_of(lead.page(f"{CARDS}/sets"))
    send(lead, path, {"seen": typed(lead.page(path), "seen"), "text": "I test."})
    assert rules.find_step(queries.current_cards(), own.code).what_if is None
    assert 'name="then"' not in lead.page(f"{CARDS}/steps/test_small"), "what the release knows stays as it says it"


def test_the_editor_says_how_hard_a_text_is_to_read_and_keeps_it_all_the_same(database, sign_in_as: SignIn) -> None:
    lead, path = sign_in_as("programme_lead"), f"{CARDS}/steps/someone_checks"
    assert "In English, this reads at about school grade 4." in lead.page(f"{CARDS}/alone")
    assert "In Español, this reads at about school grade 4." in lead.page(f"{CARDS}/alone?language=es")
    hard = "I necessitate documentation of unaccompanied hospitalisation."
    words = {"text": hard, "more": "Each hour.", "seen": typed(lead.page(path), "seen")}
    too_long = send(lead, path, {**words, "more": "x" * 121}).text
    assert "this is harder to read than school grade 6" in too_long, "measured as it is typed"
    send(lead, path, words)
    saved = text_of(lead.page(f"{CARDS}/steps"))
    assert "Saved." in saved and "In English, this is harder to read than school grade 6." in saved
    assert rules.find_step(queries.current_cards(), "someone_checks").text["en"] == hard


def test_two_leads_change_two_cards_at_once_and_one_card_only_in_turn(database) -> None:
    before = release_set()
    alone, mix = rules.find_card(before, "alone"), rules.find_card(before, "mix")
    for card in (alone, mix):
        worded = rules.with_card(before, _asking(card, "Anew?"), seen=rules.revision_of(card))
        assert [each.part.text for each in differences(before, worded)] == ["Question", "Question"]

        def change(cards, card=card):
            return rules.with_card(cards, _asking(card, "Anew?"), seen=rules.revision_of(card))

        actions.change_cards(change, by=SYSTEM, today=TODAY)
    now = queries.current_cards()
    assert [rules.find_card(now, code).ask["en"] for code in ("alone", "mix")] == ["Anew?", "Anew?"]
    with pytest.raises(OutOfDate):
        actions.change_cards(change, by=SYSTEM, today=TODAY)
    sets = len(rows_of(CardSetVersion, "id"))
    actions.change_cards(lambda cards: cards, by=SYSTEM, today=TODAY)
    assert len(rows_of(CardSetVersion, "id")) == sets, "what says the same is the same set"


def test_a_set_of_before_tells_every_change_that_an_editor_or_a_release_can_make() -> None:
    before = release_set()
    alone, step, fact = rules.find_card(before, "alone"), before.steps["test_small"], before.factors["supply_change"]
    other = replace(step, what_if=replace(step.what_if, then={"en": "I know."}, factors=("benzo",)))
    after = replace(
        before,
        cards=tuple(
            replace(card, situations=frozenset({Situation.USING}), is_core=False) if card == alone else card
            for card in before.cards
        ),
        steps={**before.steps, step.code: other},
        factors={**before.factors, fact.code: replace(fact, caveat={"en": "From one town."})},
        wallet=before.wallet[1:],
    )
    told = {each.part.text for each in differences(before, after) if each.language in ("en", "")}
    assert told == {
        "Show it only to people who say",
        "Show it where fewer cards are wanted, too",
        "What it would change",
        "Where this comes from",
        "Wallet card",
    }


def _asking(card, text: str):
    """Return a card with another question, in English alone."""
    return replace(card, ask={"en": text})


def test_a_newer_release_is_told_and_changes_nothing_by_itself(database, sign_in_as: SignIn, monkeypatch) -> None:
    lead = sign_in_as("programme_lead")
    send(lead, f"{CARDS}/wounds/put-away")
    own = queries.current_cards()
    assert not queries.find_set_in_use().newer
    newer = rules.with_card(
        release_set(), _asking(release_set().cards[0], "What helps?"), seen=rules.revision_of(release_set().cards[0])
    )
    for module in (queries, actions, card_sets):
        monkeypatch.setattr(module, "release_set", lambda: newer)
    page = text_of(lead.page(CARDS))
    assert "This release has newer cards" in page and "What helps?" in page
    assert queries.current_cards() == own
    send(lead, f"{CARDS}/release", {"do": "keep"})
    assert "This release has newer cards" not in lead.page(CARDS)
    send(lead, f"{CARDS}/release", {"do": "use"})
    assert queries.find_set_in_use().fingerprint == digest_of(newer)


def test_a_look_back_is_for_the_one_who_wrote_it_alone(database, sign_in_as: SignIn) -> None:
    site = make_site()
    nurse, colleague = sign_in_as("clinician", sites=(site.id,)), sign_in_as("clinician", sites=(site.id,))
    page = nurse.page("/conversations/reflect")
    said = {"form_id": typed(page, "form_id"), "talked_most": "both", "learned": "Silence is fine with the heron."}
    for _twice in range(2):
        send(nurse, "/conversations/reflect", said)
    send(nurse, "/conversations/reflect", {"talked_most": "a lie"})
    assert rows_of(TalkReflection, "talked_most", "offered_choices", "month") == [
        ("both", None, today(TIME_ZONE).replace(day=1))
    ]
    [(sealed,)] = rows_of(TalkReflection, "learned_sealed")
    assert b"heron" not in sealed
    assert "Silence is fine with the heron." in nurse.page("/conversations/reflections")
    assert "heron" not in colleague.page("/conversations/reflections")

    [(note,)] = rows_of(TalkReflection, "public_id")
    erase = f"/conversations/reflections/{note}/erase"
    assert erase in nurse.page("/conversations/reflections")
    assert send(colleague, erase).status_code == 404
    assert len(rows_of(TalkReflection, "id")) == 1, "nobody else can erase it"
    twice = [send(nurse, erase, {"note": note}).status_code for _twice in range(2)]
    assert twice == [302, 302], "pressed twice, it says the same"
    assert send(nurse, erase).status_code == 404
    assert rows_of(TalkReflection, "id") == []
    assert rows_of(AuditEntry, "event").count(("REFLECTION_ERASED",)) == 1


def test_plans_are_due_on_the_day_that_was_chosen_last_at_own_sites(database) -> None:
    north, south = make_site("North"), make_site("South")
    clinician = make_actor("clinician", sites=(north.id,))
    soon, later = TODAY + timedelta(days=7), TODAY + timedelta(days=8)
    due = a_talk_kept(north, on=TODAY - timedelta(days=30), review_on=soon)
    overdue = a_talk_kept(north, on=TODAY - timedelta(days=40), review_on=TODAY - timedelta(days=5))
    talked_again = a_talk_kept(north, on=TODAY - timedelta(days=30), review_on=soon)
    a_talk_kept(north, of=talked_again, on=TODAY, review_on=later)
    a_talk_kept(north, on=TODAY)
    a_talk_kept(south, on=TODAY, review_on=soon)
    found = list_reviews_due(clinician, TODAY)
    assert [review.conversation_id for review in found] == [overdue.public_id, due.public_id]
    assert list_reviews_due(clinician, TODAY + timedelta(days=1))[-1].review_on == later
