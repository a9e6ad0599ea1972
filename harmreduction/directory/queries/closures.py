"""Read the days on which services keep other hours."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.directory.hours import SpecialDays
from harmreduction.directory.models import Closure
from harmreduction.directory.queries.records import in_chunks


def closures_of(service_ids: Sequence[int]) -> dict[int, list[Closure]]:
    """Return the closures of these services, in order of their days; a service without any has an empty list."""
    found: dict[int, list[Closure]] = defaultdict(list)
    for chunk in in_chunks(service_ids):
        statement = select(Closure).where(Closure.service_id.in_(chunk)).order_by(Closure.from_day, Closure.id)
        for closure in db.session.scalars(statement):
            found[closure.service_id].append(closure)
    return found


def special_days(closures: Sequence[Closure], service_at_location_id: int | None) -> list[SpecialDays]:
    """Return the closures that count at a place: those of the whole service and those of the place."""
    return [
        SpecialDays(
            from_day=closure.from_day,
            until_day=closure.until_day,
            opens=closure.opens,
            closes=closure.closes,
            reason=closure.reason,
        )
        for closure in closures
        if closure.service_at_location_id in (None, service_at_location_id)
    ]
