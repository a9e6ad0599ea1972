"""Conversations that run, for tests: built card by card as two people would, or drawn by lot. Every word is made up."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from harmreduction.assessments.card_sets import release_set
from harmreduction.assessments.rules.cards import Domain, Kind, Layout
from harmreduction.assessments.rules.plans import PlanStep, added
from harmreduction.assessments.rules.talks import WAYS_OUT, Answer, Draft, Keeping, Reply, SignOff, with_answer
from harmreduction.assessments.shelf import shelf
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.sites.models import Site

CARDS = release_set()
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
PERHAPS = st.just("") | WORDS
RATING = st.none() | st.integers(0, 10)
LINES = st.builds(
    PlanStep,
    step_id=st.builds(new_id),
    domain=st.sampled_from(Domain),
    words=WORDS,
    when=PERHAPS,
    place=PERHAPS,
    helper=PERHAPS,
    importance=RATING,
    confidence=RATING,
    is_on_paper=st.booleans(),
) | st.builds(
    lambda code, when, confidence: PlanStep(
        step_id=new_id(), domain=CARDS.steps[code].domain, option=code, when=when, confidence=confidence
    ),
    st.sampled_from(sorted(CARDS.steps)),
    PERHAPS,
    RATING,
)
PLANS = st.lists(LINES, max_size=8).map(lambda lines: added((), *lines))


def a_draft(site: Site | None = None, *, by: Actor | None = None, **changes: Any) -> Draft:
    """Begin a conversation, without laying it on the shelf."""
    at = now()
    fields: dict[str, Any] = {
        "draft_id": new_id(),
        "version_id": new_id(),
        "visit_id": new_id(),
        "account_id": by.account_id if by else 1,
        "site_id": site.id if site else 1,
        "began_at": at,
        "touched_at": at,
        "cards": CARDS,
        "keeping": Keeping.WITHOUT_CODE,
    }
    return Draft(**fields | changes)


def forget_all() -> None:
    """Take every conversation that runs from the shelf, as if twelve hours had passed."""
    for name in shelf().names():
        shelf().erase(name)


def say(draft: Draft, card: str, *chosen: str, words: str = "", staff: str = "", reply: Reply | None = None) -> Draft:
    """Answer a card: with options, in own words, or by a way out."""
    before = draft.answers.get(card, Answer(card=card))
    reply = reply or (Reply.ANSWERED if chosen or words else Reply.SKIPPED)
    return with_answer(draft, replace(before, reply=reply, chosen=chosen, words=words, staff_words=staff))


def choose(draft: Draft, *codes: str, **changes: Any) -> Draft:
    """Put steps of the menu into the plan."""
    lines = [PlanStep(step_id=new_id(), domain=CARDS.steps[code].domain, option=code, **changes) for code in codes]
    return replace(draft, steps=added(draft.steps, *lines))


@st.composite
def talks(draw: Any, **changes: Any) -> Draft:
    """Return a conversation drawn by lot: some cards, any reply, any plan."""
    draft = a_draft(**changes)
    for card in draw(st.lists(st.sampled_from(CARDS.cards), unique_by=lambda card: card.code, max_size=6)):
        reply = draw(st.sampled_from([Reply.ANSWERED, *WAYS_OUT]))
        codes = [option.code for option in card.options]
        most = 1 if card.kind is Kind.ONE else 3
        chosen = draw(st.lists(st.sampled_from(codes), unique=True, max_size=most)) if codes else []
        draft = say(draft, card.code, *chosen, words=draw(PERHAPS), staff=draw(PERHAPS), reply=reply)
    return replace(
        draft,
        steps=added(draft.steps, *draw(PLANS)),
        goal=draw(PERHAPS),
        chosen_layout=draw(st.none() | st.sampled_from(Layout)),
        sign_off=draw(st.none() | st.sampled_from(SignOff)),
    )
