"""Read what came up in the conversations that were kept, added up; what was not kept is counted nowhere."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, false, func, select

from harmreduction.assessments.card_sets import read_card_set
from harmreduction.assessments.models import CardAnswer, CardChoice, CardSetVersion, ConversationVersion, PlanLine
from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.cards import CardSet, Words
from harmreduction.core.db import db

OWN_IDEAS = "own"
ALL = "kept"
STRENGTHS = "strengths"  # the card whose answers become lines of the plan by themselves


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a figure counts, in the words of the newest set that has them. topic: of the card, for a concern."""

    text: Words
    topic: Words | None = None


def count_talks(first: date, before: date) -> dict[str, int]:
    """Count what came up in conversations from one day to before another, by figure.

    Each conversation counts once, as its newest version of that time says it. Figures: "kept" all of them,
    "c:card:option" a concern that was raised, "s:step" a step that somebody chose, "own" an idea of their own.
    """
    newest = (
        select(func.max(ConversationVersion.id))
        .where(ConversationVersion.held_on >= first, ConversationVersion.held_on < before)
        .group_by(ConversationVersion.conversation_id)
    )
    counts: Counter[str] = Counter({ALL: len(db.session.scalars(newest).all())})
    for card, option in db.session.execute(_concerns(newest)):
        counts[f"c:{card}:{option}"] += 1
    for _version_id, step in {(row.version_id, row.option) for row in db.session.execute(_lines(newest))}:
        counts[f"s:{step}" if step else OWN_IDEAS] += 1
    return dict(counts)


def _concerns(versions: Select[int]) -> Select[str, str]:
    """Return the concerns that were raised, a row for each answer."""
    chosen = select(CardAnswer.card, CardChoice.option).join(CardChoice, CardChoice.answer_id == CardAnswer.id)
    return chosen.where(CardAnswer.version_id.in_(versions), CardChoice.is_concern)


def _lines(versions: Select[int]) -> Select[int, str | None]:
    """Return the lines of plans. What somebody does already is neither a step that they chose nor a new idea."""
    answers = select(CardAnswer.id).where(CardAnswer.card == STRENGTHS)
    strengths = select(CardChoice.option).where(CardChoice.answer_id.in_(answers))
    does_already = (PlanLine.card == STRENGTHS) & (PlanLine.option.is_(None) | PlanLine.option.in_(strengths))
    of_versions = PlanLine.version_id.in_(versions), ~func.coalesce(does_already, false())
    return select(PlanLine.version_id, PlanLine.option).where(*of_versions)


def name_figures(figures: Collection[str]) -> dict[str, Named]:
    """Return what figures count; one that no set names is left out, as is a line that says what is done already."""
    wanted = {figure for figure in figures if figure.startswith(("c:", "s:"))}
    named = _names(current_cards(), wanted)
    if wanted - named.keys():
        newest_first = select(CardSetVersion.contents).order_by(CardSetVersion.number.desc())
        for contents in db.session.scalars(newest_first):
            named = {**_names_in(contents, wanted), **named}
            if not wanted - named.keys():
                break
    return named


def _names_in(contents: str, wanted: Collection[str]) -> dict[str, Named]:
    """Return the names that a kept set has; none where it cannot be read any more."""
    try:
        return _names(read_card_set(contents), wanted)
    except UnusableCardSet:
        return {}


def _names(card_set: CardSet, wanted: Collection[str]) -> dict[str, Named]:
    """Return the names that a set has for figures."""
    concerns = {
        f"c:{card.code}:{option.code}": Named(text=option.text, topic=card.topic)
        for card in (*card_set.cards, *card_set.put_away)
        for option in card.options
    }
    steps = {f"s:{code}": Named(text=step.text) for code, step in card_set.steps.items()}
    return {figure: name for figure, name in {**concerns, **steps}.items() if figure in wanted}
