"""A set of cards is read, written and told from another; what does not fit is refused, old answers are found again."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmreduction.assessments.card_sets import as_json, digest_of, migrate, read_card_set, release_set
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.card_reading import as_document
from harmreduction.assessments.rules.cards import CardSet, in_words
from harmreduction.assessments.rules.editions import answers_for, step_now
from harmreduction.assessments.rules.talks import Answer, Reply

RELEASE = release_set()
FORMAT_1 = Path(__file__).parent / "data" / "card-set-format-1.json"
Document = dict[str, Any]


def a_document() -> Document:
    """Return the set of the release as a document that a test may change."""
    return json.loads(as_json(RELEASE))


def card_of(document: Document, code: str) -> Document:
    """Return a card of a document."""
    return next(card for card in document["cards"] if card["code"] == code)


def step_of(document: Document, code: str) -> Document:
    """Return a step of a document."""
    return next(step for step in document["steps"] if step["code"] == code)


def changed(change: Callable[[Document], object]) -> CardSet:
    """Return the set of the release after a change of its document."""
    document = a_document()
    change(document)
    return read_card_set(json.dumps(document))


@settings(max_examples=20)  # each writes and reads some 70 kB
@given(cards=st.lists(st.sampled_from(RELEASE.cards), unique_by=lambda card: card.code, min_size=1))
def test_a_set_in_any_order_is_written_and_read_as_itself(cards):
    card_set = replace(RELEASE, cards=tuple(cards))
    assert read_card_set(as_json(card_set)) == card_set
    assert (digest_of(card_set) == digest_of(RELEASE)) == (card_set == RELEASE)


def test_the_fingerprint_sees_every_word_but_not_how_the_file_is_laid_out():
    shuffled = dict(reversed(a_document().items())) | {"licence": "MIT", "sources": "here"}
    assert digest_of(read_card_set(json.dumps(shuffled, indent=4))) == digest_of(RELEASE)
    reworded = changed(lambda document: card_of(document, "alone")["why"].update(es="Otra cosa."))
    verified = changed(lambda document: document["factors"][0].update(verified_on="2026-03-02"))
    assert len({digest_of(card_set) for card_set in (RELEASE, reworded, verified)}) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d.update(cards=[]), "cards: a set has one card"),
        (lambda d: d.update(format=9), "set › format: this release cannot read it"),
        (lambda d: d.pop("wallet"), "set › wallet: this is missing"),
        (lambda d: d.update(edition=True), "set › edition: this is missing"),
        (lambda d: card_of(d, "alone").update(asks={}), "alone › asks: nobody reads"),
        (lambda d: card_of(d, "alone")["why"].pop("en"), "alone › why › en: write this in English"),
        (lambda d: card_of(d, "alone")["why"].update(es=" "), "alone › why › es: write something"),
        (
            lambda d: card_of(d, "alone").update(kind="slider"),
            "alone › kind: “slider” is unknown. Use one of: one, many",
        ),
        (lambda d: card_of(d, "alone").update(code="Not alone"), "Not alone › code: use small letters"),
        (lambda d: card_of(d, "alone")["steps"].append("fly"), "alone › steps: there is no step “fly”"),
        (lambda d: card_of(d, "alone")["steps"].append("call_line"), "alone › steps: each code stands here once"),
        (
            lambda d: card_of(d, "alone").update(steps=["call_line", "staffed_site", "door_unlocked"]),
            "steps › break: give",
        ),
        (lambda d: card_of(d, "alone").update(options=["often"]), "alone › options 1: this is missing"),
        (lambda d: card_of(d, "alone").update(options=[]), "alone: give two answers"),
        (lambda d: card_of(d, "alone")["options"][0].update(code="some"), "alone › some: another one has this code"),
        (lambda d: card_of(d, "alone")["options"][0].update(was=["some"]), "alone › some: another one has this code"),
        (
            lambda d: card_of(d, "alone")["short"].update(en="one two three four five six seven eight nine"),
            "eight words",
        ),
        (
            lambda d: card_of(d, "now")["options"].pop() and card_of(d, "now").update(kind="many"),
            "now: this card decides",
        ),
        (
            lambda d: card_of(d, "mine").update(options=card_of(d, "alone")["options"]),
            "mine: a card that is answered in",
        ),
        (lambda d: card_of(d, "strengths")["options"][0].update(code="keep_doing"), "cannot share a code"),
        (lambda d: step_of(d, "ride").pop("need"), "ride › need: a referral needs"),
        (lambda d: step_of(d, "ride").update(need="unicorn"), "ride › need: a referral needs"),
        (lambda d: step_of(d, "strips")["what_if"].update(factors=[]), "strips › what_if: name what"),
        (lambda d: step_of(d, "strips")["what_if"].update(factors=["luck"]), "there is no fact “luck”"),
        (lambda d: d["factors"][0].update(verified_on="in May"), "verified_on: write the day like"),
        (lambda d: d["factors"].append(d["factors"][0]), "release_prison_0_14d: another one has this code"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change, told):
    with pytest.raises(UnusableCardSet) as refused:
        changed(change)
    assert told in str(refused.value)


@pytest.mark.parametrize("contents", ["", "[]", '"cards"', '{"format": 1}', '{"edition": 1}'])
def test_what_is_no_set_at_all_is_refused(contents):
    with pytest.raises(UnusableCardSet):
        read_card_set(contents)


def test_a_set_that_was_stored_in_the_first_format_says_what_it_said():
    stored = read_card_set(FORMAT_1.read_text("utf-8"))
    assert [card.code for card in stored.cards] == ["now", "alone", "mine"]
    alone = stored.card("alone")
    assert alone is not None
    assert in_words(alone.why, "es") == "Help can only come if someone knows."  # never said in Spanish: in English
    assert digest_of(stored) == "429b26d7e32ca97aeaea99c70bdf7425628ef589e0b5e39a4f78a5abdb6764b6"


def test_a_document_of_an_old_format_is_brought_to_the_new_one_step_by_step():
    ways = {1: lambda old: {**old, "lines": old["steps"]}, 2: lambda old: {"lines": [*old["lines"], "c"]}}
    assert migrate({"format": 1, "steps": ["a", "b"]}, ways, to=3) == {"format": 3, "lines": ["a", "b", "c"]}
    with pytest.raises(UnusableCardSet, match="cannot read it"):
        migrate({"format": 4}, ways, to=3)


def test_an_earlier_answer_is_shown_on_the_card_that_asks_the_same_now():
    def rename(document: Document) -> None:
        card_of(document, "alone").update(code="company", was=["alone"])
        most, some, *_others = card_of(document, "company")["options"]
        most.update(code="mostly", was=["most"])
        card_of(document, "company")["options"].remove(some)
        document["cards"].remove(card_of(document, "place"))
        step_of(document, "call_line").update(code="ring_line", was=["call_line"])
        for card in document["cards"]:
            card["steps"] = ["ring_line" if code == "call_line" else code for code in card["steps"]]

    newer = changed(rename)
    said = {
        "alone": Answer(card="alone", reply=Reply.ANSWERED, chosen=("most", "some"), words="she works nights"),
        "place": Answer(card="place", reply=Reply.ANSWERED, chosen=("car",)),
        "mix": Answer(card="mix", reply=Reply.SKIPPED),
    }
    recalled = answers_for(newer, said, RELEASE)
    assert set(recalled) == {"company", "mix"}
    assert recalled["company"].answer == replace(said["alone"], card="company", chosen=("mostly",))
    assert [in_words(words, "es") for words in recalled["company"].gone] == ["A veces"]
    assert recalled["mix"].answer == said["mix"]
    assert answers_for(RELEASE, said, RELEASE).keys() == said.keys()
    step = step_now(newer, "call_line")
    assert step is not None
    assert step.code == "ring_line"
    assert step_now(newer, "never_there") is None


def test_a_document_says_no_more_than_it_needs():
    written = as_document(RELEASE)
    assert {key for step in written["steps"] for key in step} >= {"code", "domain", "text"}
    assert all("was" not in step for step in written["steps"])
    assert all("situations" not in card for card in written["cards"] if card["code"] == "mood")
