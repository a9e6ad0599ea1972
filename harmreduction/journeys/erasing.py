"""What is erased of somebody's life and way when they are forgotten."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, Table, delete, select

from harmreduction.core.db import db
from harmreduction.journeys.models import Connection, JourneyBarrier, JourneyMark

THEIRS = [cast(Table, model.__table__) for model in (Connection, JourneyMark, JourneyBarrier)]


def forget(participant_ids: Collection[int]) -> None:
    """Erase what is in place in these people's lives, what they reached, and what stands in their way."""
    for table in THEIRS:
        db.session.execute(delete(table).where(table.c.participant_id.in_(participant_ids)))


def seen_since(day: date) -> list[Select[Any]]:
    """Return who told something about their life or reached something on this day or after."""
    return [
        select(Connection.participant_id).where(Connection.told_on >= day),
        select(JourneyMark.participant_id).where(JourneyMark.reached_on >= day),
        select(JourneyBarrier.participant_id).where(JourneyBarrier.noted_on >= day),
    ]
