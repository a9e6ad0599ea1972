"""What is erased of records from phones when their time is over; that they came stays, with the day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, or_, select, update

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.settings.queries import current_settings
from harmreduction.sync.models import FieldRecord, FieldRecordVariant
from harmreduction.sync.rules.statuses import Status

RECORD = cast(Table, FieldRecord.__table__)
OTHER = cast(Table, FieldRecordVariant.__table__)
IS_DECIDED = RECORD.c.status.in_((Status.APPLIED, Status.UNDONE, Status.SET_ASIDE))


class Times(NamedTuple):
    """A record by row id, with the times that stay as days."""

    row_id: int
    received_at: datetime
    happened_at: datetime | None


def roll_up(before: date, *, limit: int) -> int:
    """Leave of at most so many records that came before a day only that day, and return how many; 0: none is left.

    What still waits for a lead stays as it is until it is decided on: nothing else holds what it tells.
    """
    zone = current_settings().time_zone
    came_before = start_of_day(before, zone)
    is_old = (RECORD.c.received_at < came_before) & IS_DECIDED
    is_exact = or_(RECORD.c.device_at.is_not(None), RECORD.c.sent_at.is_not(None))
    never_opened = RECORD.c.happened_at.is_(None) & ~is_exact  # few: they were set aside unread
    rows = _times(is_old & is_exact, limit)
    unread = [row for row in _times(is_old & never_opened) if row.received_at != _noon(row.received_at, zone)]
    _leave_the_day([*rows, *unread], zone)
    _leave_the_day_of_others(came_before, zone)
    return len(rows)


def _times(which: ColumnElement[bool], limit: int | None = None) -> Sequence[Times]:
    """Return the row ids of records with the times that stay as days."""
    wanted = select(RECORD.c.id, RECORD.c.received_at, RECORD.c.happened_at).where(which)
    return [Times(*row) for row in db.session.execute(wanted.order_by(RECORD.c.id).limit(limit))]


def _leave_the_day(rows: Sequence[Times], zone: str) -> None:
    """Leave noon of the days on which records came and happened, and nothing of the phone's clock."""
    of_days: dict[tuple[datetime, datetime | None], list[int]] = defaultdict(list)
    for row in rows:
        happened = None if row.happened_at is None else _noon(row.happened_at, zone)
        of_days[_noon(row.received_at, zone), happened].append(row.row_id)
    for (received, happened), row_ids in of_days.items():
        days = {"received_at": received, "happened_at": happened, "device_at": None, "sent_at": None}
        db.session.execute(update(RECORD).where(RECORD.c.id.in_(row_ids)).values(**days))


def _leave_the_day_of_others(came_before: datetime, zone: str) -> None:
    """Leave noon of the day on which other content came, once it is decided on; there is hardly ever any."""
    is_over = (OTHER.c.received_at < came_before) & OTHER.c.resolved_at.is_not(None)
    for row_id, received_at in db.session.execute(select(OTHER.c.id, OTHER.c.received_at).where(is_over)).all():
        own = update(OTHER).where(OTHER.c.id == row_id)
        db.session.execute(own.values(received_at=_noon(received_at, zone)))


def _noon(moment: datetime, zone: str) -> datetime:
    """Return noon of the day of a moment."""
    return datetime.combine(today(zone, moment), time(12), ZoneInfo(zone))
