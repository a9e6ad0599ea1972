"""Days on which a service is closed, or keeps other hours than usual."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.directory.actions.indexing import index_services
from harmreduction.directory.actions.services import remember
from harmreduction.directory.models import Closure
from harmreduction.directory.queries.review import get_closure, hsds_id_of
from harmreduction.directory.queries.views import get_service
from harmreduction.directory.rules.closures import check_days, minutes_of
from harmreduction.settings.queries import current_settings

DEED = "closure"


@dataclass(frozen=True, kw_only=True)
class OtherDays:
    """Days with other hours; until_day None: until further notice. Without hours it is closed."""

    from_day: date
    until_day: date | None = None
    opens: time | None = None
    closes: time | None = None
    reason: str = ""


def add_closure(service_id: str, days: OtherDays, *, by: Actor, at: datetime) -> str:
    """Add days on which a service (HSDS id) is closed or keeps other hours; return their public id."""
    today = clock.today(current_settings().time_zone, at)
    check_days(days.from_day, days.until_day, days.opens, days.closes, today=today)
    opens, closes = minutes_of(days.opens, days.closes)
    with transaction():
        service = get_service(service_id)
        closure = Closure(
            service_id=service.id,
            from_day=days.from_day,
            until_day=days.until_day,
            opens=opens,
            closes=closes,
            reason=days.reason[:160],
            made_at=at,
            made_by=by.label[:80],
        )
        db.session.add(closure)
        db.session.flush()
        _changed(closure, service_id, None, _in_words(closure), by=by, at=at)
        return closure.public_id


def end_closure(public_id: str, *, today: date, by: Actor, at: datetime) -> None:
    """End such days: yesterday was the last, or, where they lie ahead, there are none."""
    with transaction():
        closure = get_closure(public_id)
        service_id, before = hsds_id_of(closure.service_id), _in_words(closure)
        yesterday = today - timedelta(days=1)
        if closure.from_day > yesterday:
            db.session.delete(closure)
            after = None
        else:
            closure.until_day = min(closure.until_day or yesterday, yesterday)
            after = _in_words(closure)
        db.session.flush()
        _changed(closure, service_id, before, after, by=by, at=at)


def _changed(
    closure: Closure, service_id: str, before: str | None, after: str | None, *, by: Actor, at: datetime
) -> None:
    """Let the finder know, and remember who did it."""
    remember("service", service_id, DEED, [("other_days", before, after)], by=by, at=at)
    index_services([closure.service_id], at=at)
    record(Event.CLOSURE_CHANGED, by=by, subject=service_id)


def _in_words(closure: Closure) -> str:
    """Return the days as the history keeps them: 2026-12-24 – 2026-12-26, 10:00–14:00."""
    until = closure.until_day.isoformat() if closure.until_day is not None else "…"
    days = f"{closure.from_day.isoformat()} – {until}"
    if closure.opens is None or closure.closes is None:
        return days
    clocks = (f"{minutes // 60 % 24:02}:{minutes % 60:02}" for minutes in (closure.opens, closure.closes))
    return f"{days}, {'–'.join(clocks)}"
