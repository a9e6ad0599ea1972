"""Read the usual hand-outs as the programme edits them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.encounters.models import UsualHandout, UsualHandoutLine


def list_all_usual_handouts() -> Sequence[UsualHandout]:
    """Return every tile with its items in the programme's order, those that are not shown too."""
    return db.session.scalars(
        select(UsualHandout)
        .options(selectinload(UsualHandout.lines).joinedload(UsualHandoutLine.item))
        .order_by(UsualHandout.is_active.desc(), UsualHandout.position, UsualHandout.id)
    ).all()


def find_usual_handout(public_id: str) -> UsualHandout | None:
    """Return a tile with its lines, if it is there."""
    return db.session.scalar(
        select(UsualHandout)
        .options(selectinload(UsualHandout.lines).joinedload(UsualHandoutLine.item))
        .where(UsualHandout.public_id == public_id)
    )


def get_usual_handout(public_id: str) -> UsualHandout:
    """Return a tile."""
    found = find_usual_handout(public_id)
    if found is None:
        raise NotFound(message("This hand-out is not in the list any more."))
    return found
