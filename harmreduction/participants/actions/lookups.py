"""Count look-ups, so that nobody finds codes by guessing; the count outlives a restart."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, case, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.core.messages import message
from harmreduction.participants.models import LookupCount
from harmreduction.participants.rules.codes import TooManyLookups
from harmreduction.participants.rules.limits import COUNTED_FOR
from harmreduction.settings.queries import current_settings

COUNT = cast(Table, LookupCount.__table__)


def count_lookup(*, by: Actor, at: datetime) -> None:
    """Count a look-up before it is made; raises TooManyLookups beyond the limit, which the trail says once an hour."""
    if by.account_id is None:
        return
    limit = current_settings().lookups_per_hour
    with transaction():
        number = _count(by.account_id, limit, at)
        if number == limit + 1:
            record(Event.LOOKUPS_STOPPED, by=by)
    if number > limit:
        raise TooManyLookups(
            message(
                "That was the last look-up for this hour. Hand out without a code: that always works."
                " The code can be added to the visit later."
            )
        )


def count_miss(*, by: Actor) -> None:
    """Count that a look-up found nobody."""
    with transaction():
        mine = COUNT.c.account_id == by.account_id
        db.session.execute(update(COUNT).where(mine).values(misses=COUNT.c.misses + 1))


def _count(account_id: int, limit: int, at: datetime) -> int:
    """Return which look-up of the hour this is; limit + 1 comes up once, all after it are limit + 2."""
    is_over = COUNT.c.hour_began_at <= at - COUNTED_FOR
    row = {"account_id": account_id, "hour_began_at": at, "lookups": 1, "misses": 0}
    statement = insert_or_change(COUNT).on_conflict_do_update(
        index_elements=["account_id"],
        set_={
            "hour_began_at": case((is_over, at), else_=COUNT.c.hour_began_at),
            "lookups": case((is_over, 1), (COUNT.c.lookups > limit, limit + 2), else_=COUNT.c.lookups + 1),
            "misses": case((is_over, 0), else_=COUNT.c.misses),
        },
    )
    return int(db.session.scalar(statement.returning(COUNT.c.lookups), row) or 1)
