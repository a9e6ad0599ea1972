"""Make the finder's rows anew for services that changed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import RowMapping, Table, delete, insert, select

from harmreduction.core import clock
from harmreduction.core.db import db, transaction
from harmreduction.directory.entries import Offered, entry_of, spans_of
from harmreduction.directory.models import FinderEntry, OpenHours, Service
from harmreduction.directory.open_parts import parts_of
from harmreduction.directory.queries.closures import closures_of
from harmreduction.directory.queries.offered import offered_from
from harmreduction.directory.queries.records import Rows, in_chunks, rows_around
from harmreduction.settings.queries import current_settings

ENTRY = cast(Table, FinderEntry.__table__)
HOURS = cast(Table, OpenHours.__table__)
LISTED = ("active", "temporarily closed")


def index_services(service_ids: Sequence[int], *, at: datetime) -> None:
    """Make the finder's rows of these services anew; a service that is not offered any more has none."""
    with transaction():
        time_zone = current_settings().time_zone
        for chunk in in_chunks(service_ids):
            _hold(chunk)
            _forget(chunk)
            _write(chunk, time_zone, at)


def index_everything(*, at: datetime) -> int:
    """Make every row of the finder anew and return how many services there are."""
    every = list(db.session.scalars(select(Service.id)))
    for chunk in in_chunks(every):  # each by itself, so that hand-outs need not wait
        index_services(chunk, at=at)
    return len(every)


def _hold(service_ids: Sequence[int]) -> None:
    """Let nobody else make the rows of these services anew meanwhile: two at once would double them."""
    db.session.execute(select(Service.id).where(Service.id.in_(service_ids)).order_by(Service.id).with_for_update())


def _forget(service_ids: Sequence[int]) -> None:
    """Delete the rows of these services."""
    theirs = select(ENTRY.c.id).where(ENTRY.c.service_id.in_(service_ids))
    db.session.execute(delete(HOURS).where(HOURS.c.entry_id.in_(theirs)))
    db.session.execute(delete(ENTRY).where(ENTRY.c.service_id.in_(service_ids)))


def _write(service_ids: Sequence[int], time_zone: str, at: datetime) -> None:
    """Write the rows of these services, with the hours of each."""
    rows = rows_around(service_ids)
    special = closures_of(service_ids)
    entries, hours = [], {}
    for service, pair, offered in _offers(rows, special, time_zone):
        key = (service["id"], pair["id"] if pair is not None else None)
        hours[key] = spans_of(offered, today=clock.today(offered.time_zone, at))
        entries.append(
            {
                "service_id": key[0],
                "service_at_location_id": key[1],
                **entry_of(offered),
                "open_parts": parts_of(hours[key]),
                "verified_on": service["verified_on"],
            }
        )
    if not entries:
        return
    db.session.execute(insert(ENTRY), entries)
    written = db.session.execute(
        select(ENTRY.c.id, ENTRY.c.service_id, ENTRY.c.service_at_location_id).where(
            ENTRY.c.service_id.in_(service_ids)
        )
    )
    opening = [
        {"entry_id": entry_id, **vars(span)}
        for entry_id, service_id, pair_id in written
        for span in hours[service_id, pair_id]
    ]
    if opening:
        db.session.execute(insert(HOURS), opening)


def _offers(rows: Rows, special: Any, time_zone: str) -> Iterator[tuple[RowMapping, RowMapping | None, Offered]]:
    """Return each service at each of its places; one without a place stands alone."""
    pairs: dict[int, list[RowMapping | None]] = defaultdict(list)
    for pair in rows.service_at_locations.values():
        pairs[pair["service_id"]].append(pair)
    for service in rows.services.values():
        if service["merged_into_id"] is not None or service["status"] not in LISTED:
            continue
        for place in pairs.get(service["id"]) or [None]:
            yield service, place, offered_from(rows, service, place, special[service["id"]], time_zone)
