"""What the cards of the release promise: something to choose whatever is said, plain words, and nobody's own risk."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.assessments.card_sets import release_set
from harmreduction.assessments.rules.cards import Card, Domain, Kind, Layout, Offer, Situation, layout_of
from harmreduction.assessments.rules.readability import Text, english_syllables, measure, spanish_syllables
from harmreduction.assessments.rules.talks import (
    WAYS_OUT,
    Answer,
    Draft,
    Keeping,
    Reply,
    Wish,
    cards_for,
    concerns,
    with_answer,
)
from harmreduction.assessments.rules.what_if import changes, remaining
from harmreduction.core.db import new_id
from harmreduction.web.i18n import LANGUAGES
from tests.pages import ICONS

CARDS = release_set()
STEPS = sorted(CARDS.steps)
SITUATIONS = [None, *Situation]
TOPICS = (
    "strengths now break alone place mix supply route od_self od_seen naloxone meds breath mood wounds help people "
    "basics mine"
)
# What the language table of the field advises against, in both languages.
AVOIDED = re.compile(
    r"\b(addicts?|addicted|users?|abus\w+|misus\w+|junkies?|alcoholics?|drunks?|habits?|drug of choice|clean|dirty|"
    r"relapse\w*|lapse\w*|slips?|substitution|replacement therapy|victims?|non-?complian\w+|refus\w+|fail\w*|"
    r"high-risk|clients?|patients?|felons?|inmates?|homeless (person|people|man|woman)|needle exchange|narcan\w*|"
    r"please|oops|"
    r"(drog)?adict[oa]s?|toxic[óo]man[oa]s?|yonquis?|usuari[oa]s?|consumidor\w*|abus\w+|mal uso|alcoh[óo]lic[oa]s?|"
    r"borrach[oa]s?|vicios?|hábitos?|limpi[oa]s?|suci[oa]s?|recaíd\w+|recae\w*|sustitución|reemplazo|víctimas?|"
    r"se neg\w+|fracas\w+|fall[óo]|alto riesgo|clientes?|pacientes?|re[oa]s|reclus[oa]s?|pres[oa]s?|delincuentes?|"
    r"indigentes?|vagabund[oa]s?|intercambio de \w+|por favor)\b",
    re.IGNORECASE,
)
A_NUMBER_OF_ONES_OWN = re.compile(
    r"%|percent|por ciento|\b(your|my|su|mi) (risk|chance|odds|riesgo|probabilidad)", re.I
)


def texts(part: object, language: str) -> Iterator[str]:
    """Yield every text of a set, a card, a step or a fact in one language."""
    if isinstance(part, str | bool | frozenset) or part is None:
        return
    if hasattr(part, "values") and "en" in part:
        yield part[language]
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts(getattr(part, field.name), language)
    else:
        for each in part.values() if hasattr(part, "values") else part if isinstance(part, tuple) else ():
            yield from texts(each, language)


def a_draft(situation: Situation | None = None, *wishes: Wish) -> Draft:
    """Return a conversation in which nothing but how things are was said."""
    moment = datetime(2026, 3, 2, 15, tzinfo=UTC)
    return Draft(
        draft_id=new_id(),
        version_id=new_id(),
        visit_id=new_id(),
        account_id=1,
        site_id=1,
        began_at=moment,
        touched_at=moment,
        cards=CARDS,
        keeping=Keeping.NOTHING,
        situation=situation,
        wishes=frozenset(wishes),
    )


def said(card: Card) -> st.SearchStrategy[Answer]:
    """Return every answer that a card can be given."""
    chosen = st.lists(st.sampled_from([option.code for option in card.options] or [""]), unique=True, min_size=1)
    most = 1 if card.kind is Kind.ONE else None
    return st.builds(
        lambda reply, codes: Answer(card=card.code, reply=reply, chosen=tuple(codes[:most]) if card.options else ()),
        st.sampled_from([Reply.ANSWERED, *WAYS_OUT]),
        chosen,
    )


TALKS = st.lists(st.sampled_from(CARDS.cards), unique_by=lambda card: card.code).flatmap(
    lambda cards: st.tuples(*(said(card) for card in cards))
)


def test_the_topics_come_in_their_order_and_every_text_is_in_every_language():
    assert [card.code for card in CARDS.cards] == TOPICS.split()
    assert {language: len(list(texts(CARDS, language))) for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, len(list(texts(CARDS, "en")))
    )
    assert {card.picture for card in CARDS.cards} <= ICONS
    assert {card.code for card in CARDS.cards if card.is_hard()} >= {"od_self", "od_seen", "mood"}


def test_every_answer_leads_to_a_menu_and_every_part_of_the_plan_has_steps_on_both_layouts():
    for card in CARDS.cards:
        for layout in {layout_of(situation) for situation in card.situations or Situation}:
            assert len(CARDS.menu(card, layout)) >= 3, (card.code, layout)
    for layout in Layout:
        menus = {step.code: step for card in CARDS.cards for step in CARDS.menu(card, layout)}
        assert {step.domain for step in menus.values()} == set(Domain)
        assert {offer for step in menus.values() for offer in step.offers} == set(Offer)
    assert {code for card in CARDS.cards for code in card.steps} == set(CARDS.steps)


@given(situation=st.sampled_from(SITUATIONS), answers=TALKS, fewer=st.booleans())
def test_no_conversation_ends_without_something_offered_whatever_is_said_or_skipped(situation, answers, fewer):
    draft = a_draft(situation, *[Wish.FEWER_CARDS] * fewer)
    for answer in answers:
        draft = with_answer(draft, answer)
    menus = [CARDS.menu(card, draft.layout) for card in cards_for(draft)]
    assert all(len(menu) >= 3 for menu in menus)
    assert {Offer.NALOXONE, Offer.TEACH_BACK, Offer.FOLLOW_UP} <= {
        offer for menu in menus for step in menu for offer in step.offers
    }
    raised = {card.code for card in concerns(draft)}
    assert raised <= {answer.card for answer in answers if answer.reply is Reply.ANSWERED}  # a skip is never a yes
    assert all(len(CARDS.menu(card, draft.layout)) >= 3 for card in concerns(draft))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_whoever_says_that_they_do_not_care_about_waking_up_is_offered_somebody_the_same_day(situation):
    mood = next(card for card in CARDS.cards if card.code == "mood")
    assert mood.told_first
    assert mood.is_core
    assert not mood.situations
    assert {option.code for option in mood.options if not option.is_concern} == {"no"}
    first, *others = CARDS.menu(mood, layout_of(situation))
    assert Offer.SAME_DAY in first.offers
    assert "call_988" in {step.code for step in others}


@given(taken=st.sets(st.sampled_from(STEPS)), also=st.sampled_from(STEPS))
def test_one_more_step_never_takes_back_what_another_changes(taken, also):
    before, after = changes(CARDS, taken), changes(CARDS, taken | {also})
    assert {stated.step.code for stated in before} <= {stated.step.code for stated in after}
    assert {stated.then["en"] for stated in before} <= {stated.then["en"] for stated in after}
    assert {words["en"] for words in remaining(before)} <= {words["en"] for words in remaining(after)}
    assert all(stated.factors for stated in after)


def test_nothing_reads_as_a_number_of_ones_own_and_what_is_not_verified_says_so():
    told = [text for language in LANGUAGES for text in texts(CARDS, language)]
    assert [text for text in told if A_NUMBER_OF_ONES_OWN.search(text)] == []
    assert {number for text in told for number in re.findall(r"\d{3,}", text)} == {"911", "988", "2022", "600"}
    assert {code for code, factor in CARDS.factors.items() if not factor.is_read} == {
        "gabapentinoid",
        "supply_change",
        "overdose_site",
        "naloxone_programmes",
    }
    assert {code for step in CARDS.steps.values() if step.what_if for code in step.what_if.factors} == set(
        CARDS.factors
    )
    smoking = CARDS.steps["smoke_some"].what_if
    assert smoking is not None
    assert "not safe" in smoking.but["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_put_the_person_first(language):
    assert [text for text in texts(CARDS, language) if AVOIDED.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_with_its_steps_and_all_that_is_known_are_easy_to_read(language):
    pieces = {card.code: [*texts(card, language), *_of_steps(card, language)] for card in CARDS.cards}
    pieces |= {f"steps {card.code}": list(_of_steps(card, language)) for card in CARDS.cards}
    pieces |= {f"card {card.code}": list(texts(card, language)) for card in CARDS.cards}
    pieces |= {"facts": list(texts(CARDS.factors, language)), "all": list(texts(CARDS, language))}
    read = {name: count(texts, language) for name, texts in pieces.items()}
    assert {name: text for name, text in read.items() if not text.is_easy} == {}


def count(pieces: list[str], language: str) -> Text:
    """Return what is counted in a text that says something."""
    text = measure(pieces, language)
    assert text
    return text


def _of_steps(card: Card, language: str) -> Iterator[str]:
    """Yield the texts of a card's menu."""
    for code in card.steps:
        yield from texts(CARDS.steps[code], language)


def test_the_measure_counts_as_people_do():
    english = (
        "naloxone 3 people 2 someone 2 used 1 wanted 2 doses 2 times 1 little 2 medicine 3 opioid 3 lately 2 easier 3"
    )
    spanish = "día 2 cuida 2 también 2 aún 2 guerra 2 agua 2 vergüenza 3 muy 1 ayuda 3 leer 2 sobredosis 4 quien 1 y 1"
    for words, of_word in ((english, english_syllables), (spanish, spanish_syllables)):
        pairs = dict(zip(words.split()[::2], map(int, words.split()[1::2]), strict=True))
        assert {word: of_word(word) for word in pairs} == pairs
    cat = count(["The cat sat on the mat."], "en")
    assert (cat.sentences, cat.words, cat.syllables, round(cat.grade, 2)) == (1, 6, 6, -1.45)
    hospital = count(
        ["Call 911.", "The hospitalisation of unaccompanied individuals necessitates documentation."], "en"
    )
    assert (hospital.sentences, round(count(["El gato come. Bebe agua."], "es").ease, 2)) == (2, 96.29)
    assert (cat.year, hospital.year, count(["El gato come. Bebe agua."], "es").year) == (1, None, 4)
    assert not count(["La hospitalización de personas desacompañadas requiere documentación."], "es").is_easy
    assert (measure(["–", ""], "en"), measure(["Words."], "fr")) == (None, None), "nothing to say of it"
