"""Write down which set of cards a conversation was held with, whole, so that it says for ever what it said then."""

from datetime import date
from typing import cast

from sqlalchemy import Table, func, select

from harmreduction.assessments.card_sets import as_json, digest_of
from harmreduction.assessments.models import CardSetVersion
from harmreduction.assessments.rules.cards import CardSet
from harmreduction.core.db import db, insert_if_new, transaction

CARDS = cast(Table, CardSetVersion.__table__)


def ensure_card_set(cards: CardSet, *, today: date, made_by: str = "", is_of_programme: bool = False) -> int:
    """Return the row id of a set, written down now if it is new; made_by is empty for one that came with a release."""
    mark = digest_of(cards)
    with transaction():
        found = _find(mark)
        while found is None:
            last = db.session.scalar(select(func.max(CARDS.c.number))) or 0
            row = {
                "number": last + 1,
                "fingerprint": mark,
                "contents": as_json(cards),
                "is_of_programme": is_of_programme,
                "made_on": today,
                "made_by": made_by,
            }
            db.session.execute(insert_if_new(CARDS), row)
            found = _find(mark)  # none where somebody was faster with this number
        return found


def _find(mark: str) -> int | None:
    """Return the row id of a set, if it was written down."""
    return db.session.scalar(select(CARDS.c.id).where(CARDS.c.fingerprint == mark))
