"""Read the cards that the programme holds conversations with now, and the sets that it had before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from harmreduction.assessments.card_sets import digest_of, read_card_set, release_set
from harmreduction.assessments.models import CardSetVersion
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.cards import CardSet
from harmreduction.assessments.rules.set_changes import Difference, differences
from harmreduction.core.db import db
from harmreduction.core.messages import Message
from harmreduction.settings.queries import find_values

IN_USE = "conversation_cards"  # a setting: the fingerprint of the programme's own set; absent: the release's
LOOKED_AT = "conversation_release"  # a setting: the fingerprint of the release's set that the own one was held beside


@dataclass(frozen=True, kw_only=True)
class SetInUse:
    """The cards in use. newer: what a release says differently since somebody last held it beside an own set.

    problem: why the programme's own set cannot be used, if so; the release's is used then.
    """

    cards: CardSet
    fingerprint: str
    is_of_programme: bool
    newer: Sequence[Difference] = ()
    problem: Message | None = None


@dataclass(frozen=True, kw_only=True)
class SetOfBefore:
    """A set that was in use, and what it changed of the one before; None where one of them cannot be read any more."""

    fingerprint: str
    made_on: date
    made_by: str
    is_of_programme: bool
    is_in_use: bool
    changed: Sequence[Difference] | None


def current_cards() -> CardSet:
    """Return the set in use: the programme's own, else the one that came with this release."""
    return find_set_in_use().cards


def find_set_in_use() -> SetInUse:
    """Return the set in use, with what there is to know of it."""
    decided = find_values(IN_USE, LOOKED_AT)
    own = find_contents(decided.get(IN_USE, ""))
    release = release_set()
    of_release = SetInUse(cards=release, fingerprint=digest_of(release), is_of_programme=False)
    if own is None:
        return of_release
    try:
        cards = read_card_set(own)
    except UnusableCardSet as problem:
        return SetInUse(**{**vars(of_release), "problem": problem.message})
    is_newer = decided.get(LOOKED_AT) != of_release.fingerprint
    return SetInUse(
        cards=cards,
        fingerprint=decided[IN_USE],
        is_of_programme=True,
        newer=differences(cards, release) if is_newer else (),
    )


def find_contents(fingerprint: str) -> str | None:
    """Return a kept set as JSON, or None where there is none with this fingerprint."""
    own = select(CardSetVersion.contents).where(CardSetVersion.fingerprint == fingerprint)
    return db.session.scalar(own) if fingerprint else None


def list_sets(*, offset: int, limit: int) -> list[SetOfBefore]:
    """Return the sets that were in use, the newest first, each with what it changed of the one before."""
    rows = select(CardSetVersion).order_by(CardSetVersion.number.desc()).offset(offset).limit(limit + 1)
    kept = db.session.scalars(rows).all()
    in_use = find_set_in_use().fingerprint
    return [
        SetOfBefore(
            fingerprint=row.fingerprint,
            made_on=row.made_on,
            made_by=row.made_by,
            is_of_programme=row.is_of_programme,
            is_in_use=row.fingerprint == in_use,
            changed=_changed(kept[number + 1].contents, row.contents) if number + 1 < len(kept) else (),
        )
        for number, row in enumerate(kept[:limit])
    ]


def _changed(before: str, after: str) -> list[Difference] | None:
    """Return what one set changed of another, or None where one of them cannot be read any more."""
    try:
        return differences(read_card_set(before), read_card_set(after))
    except UnusableCardSet:
        return None
