"""Read what a map shows: every service that has a position, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, func, select

from harmreduction.core.db import db
from harmreduction.directory.models import DirectoryChange, FinderEntry, Service
from harmreduction.directory.queries.finder import conditions_of
from harmreduction.directory.rules.finder import Question

ENTRY = cast(Table, FinderEntry.__table__)
CHANGE = cast(Table, DirectoryChange.__table__)
SERVICE = cast(Table, Service.__table__)


def list_points(question: Question, *, at: datetime) -> Sequence[Row[Any]]:
    """Return (name, town, latitude, longitude, terms, HSDS id) of each service at a place, by town and name.

    A confidential place has no position and is not among them.
    """
    statement = (
        select(ENTRY.c.name, ENTRY.c.town, ENTRY.c.latitude, ENTRY.c.longitude, ENTRY.c.terms, SERVICE.c.hsds_id)
        .join(SERVICE, SERVICE.c.id == ENTRY.c.service_id)
        .where(ENTRY.c.latitude.is_not(None), ENTRY.c.longitude.is_not(None), *conditions_of(question, at=at))
        .order_by(ENTRY.c.town, ENTRY.c.name, ENTRY.c.id)
    )
    return cast(Sequence[Row[Any]], db.session.execute(statement).all())


def state_of_points() -> tuple[int, int, int]:
    """Return numbers that differ whenever what a map shows may: changes of records, entries, the newest entry."""
    changes = select(func.coalesce(func.max(CHANGE.c.id), 0)).scalar_subquery()
    entries = select(changes, func.count(), func.coalesce(func.max(ENTRY.c.id), 0)).select_from(ENTRY)
    changed, count, newest = db.session.execute(entries).one()
    return changed, count, newest


def find_service_id(beginning: str) -> str | None:
    """Return the HSDS id of the service whose id begins so, if there is one."""
    begins = SERVICE.c.hsds_id.startswith(beginning, autoescape=True)
    return db.session.scalar(select(SERVICE.c.hsds_id).where(begins).order_by(SERVICE.c.hsds_id).limit(1))
