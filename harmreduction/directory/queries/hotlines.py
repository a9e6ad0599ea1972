"""Read the lines that somebody can call."""

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.models import Hotline


def list_hotlines(*, only_active: bool = True) -> list[Hotline]:
    """Return the lines in the programme's order."""
    statement = select(Hotline).order_by(Hotline.position, Hotline.name)
    return list(db.session.scalars(statement.where(Hotline.is_active) if only_active else statement))


def get_hotline(public_id: str) -> Hotline:
    """Return one line; raises NotFound."""
    hotline = db.session.scalar(select(Hotline).where(Hotline.public_id == public_id))
    if hotline is None:
        raise NotFound(message("This line is not in the list."))
    return hotline
