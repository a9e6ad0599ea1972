"""Read how much of each item a place and all that it serves used, and on how many days there was none.

For a store, demand is what the places that it fills up gave to people, not what was carried to them. Days are those of
the place's site, from midnight to midnight there.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import dropwhile
from typing import TypeVar

from sqlalchemy import func, select

from harmreduction.core.clock import in_zone, start_of_day, today
from harmreduction.core.db import db
from harmreduction.sites.models import Site
from harmreduction.stock.models import Lot, LotStatusChange, StockBalance, StockLocation
from harmreduction.stock.queries.used import Span, Sum, is_apart, is_asked_about, read_sums
from harmreduction.stock.rules import REAL_KINDS, LotStatus
from harmreduction.stock.rules.ordering import DAYS_OF_USE, LotHistory, Use, use_of

Row = TypeVar("Row")
Pool = tuple[int, int | None]  # (item id, lot id or none for all lots that are not told apart)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A lot as it lies at a place: units, last day, and since when it may not be handed out, if so.

    lot_id: None for all lots of an item together that may be handed out today, as on every day before.
    """

    lot_id: int | None
    item_id: int
    on_hand: int
    expiry: date | None = None
    held_back_since: datetime | None = None

    def is_usable(self, day: date) -> bool:
        """Say whether it may be handed out on a day, today or later."""
        return self.held_back_since is None and (self.expiry is None or self.expiry >= day)

    def last_day(self, first: date, zone: str) -> int | None:
        """Return the last day on which it could be used, counted from a first one; None where there is none."""
        last = [self.expiry] if self.expiry is not None else []
        if self.held_back_since is not None:
            last.append(today(zone, self.held_back_since) - timedelta(days=1))
        return (min(last) - first).days if last else None


@dataclass(frozen=True, kw_only=True)
class History:
    """What lies at places, and how it changed from day to day and what of it was used; all by place id."""

    zones: Mapping[int, str]
    serves: Mapping[int, frozenset[int]]
    held: Mapping[int, list[Held]]
    sums: Mapping[int, list[Sum]]

    def usable_at(self, location_id: int, day: date) -> Counter[int]:
        """Return the units of each item (by id) at a place that may be handed out today; below zero takes away."""
        units: Counter[int] = Counter()
        for held in self.held.get(location_id, ()):
            if held.is_usable(day):
                units[held.item_id] += held.on_hand
        return units

    def use_at(self, location_id: int, now: datetime) -> dict[int, Use]:
        """Return by item id what a place and all that it serves used in the last six months, before today."""
        zone, chain = self.zones[location_id], self.serves[location_id]
        first = today(zone, now) - timedelta(days=DAYS_OF_USE)
        day_of = day_counter(first, zone)
        used: dict[int, Counter[int]] = defaultdict(Counter)
        changes: dict[Pool, Counter[int]] = defaultdict(Counter)
        for sum_ in _of(chain, self.sums):
            day = day_of(sum_.start)
            used[sum_.item_id][day] += sum_.used
            changes[sum_.item_id, sum_.lot_id][day] += sum_.change
        lots = _histories(list(_of(chain, self.held)), changes, first, zone)
        return {item_id: use_of(lots[item_id], used[item_id], DAYS_OF_USE) for item_id in {*lots, *used}}


def read_history(
    locations: Collection[StockLocation], *, now: datetime, item_ids: Collection[int] | None = None
) -> History:
    """Read what the last six months say of these places and of all that they serve, about some items or all."""
    serves = served_by([location.id for location in locations])
    ids = frozenset[int]().union(*serves.values())
    zones = time_zones_of(ids)
    starts = {start for zone in set(zones.values()) for start in _starts_of_days(zone, now)}
    span = Span(location_ids=ids, starts=sorted(starts) or [now], today=_latest_today(zones, now), item_ids=item_ids)
    return History(
        zones=zones,
        serves=serves,
        held=_read_held(span, now),
        sums=_by_place(read_sums(span)),
    )


def use_by_month(location: StockLocation, item_id: int, *, months: int, now: datetime) -> list[tuple[date, int]]:
    """Return (first day of a month, units used) of an item at a place and all that it serves, oldest first.

    It begins with the first month in which any was used, and ends with the one that is not over.
    """
    zone = time_zones_of([location.id])[location.id]
    this = today(zone, now).replace(day=1)
    firsts = [_months_before(this, back) for back in range(months - 1, -1, -1)]
    starts = [start_of_day(first, zone) for first in firsts]
    chain = served_by([location.id])[location.id]
    used = dict.fromkeys(firsts, 0)
    span = Span(location_ids=chain, starts=starts, today=today(zone, now), item_ids=[item_id])
    for sum_ in read_sums(span):
        used[in_zone(sum_.start, zone).date()] += sum_.used
    return list(dropwhile(lambda month: not month[1] and month[0] != this, used.items()))


def time_zones_of(location_ids: Collection[int]) -> dict[int, str]:
    """Return the IANA time zone of each of these places."""
    zones = select(StockLocation.id, Site.time_zone).join(Site, Site.id == StockLocation.site_id)
    rows = db.session.execute(zones.where(StockLocation.id.in_(location_ids)))
    return {location_id: zone for location_id, zone in rows}


def served_by(location_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return for each place itself and every place that it fills up, directly or through others."""
    fills: dict[int, list[int]] = defaultdict(list)
    rows = select(StockLocation.id, StockLocation.served_from_id).where(StockLocation.served_from_id.is_not(None))
    for location_id, source_id in db.session.execute(rows.where(StockLocation.kind.in_(REAL_KINDS))):
        fills[source_id or 0].append(location_id)
    return {location_id: _reach(location_id, fills) for location_id in location_ids}


def day_counter(first: date, zone: str) -> Callable[[datetime], int]:
    """Return a function that says how many days after a first one a moment is in a zone; it remembers moments."""
    known: dict[datetime, int] = {}

    def day_of(moment: datetime) -> int:
        if moment not in known:
            known[moment] = (in_zone(moment, zone).date() - first).days
        return known[moment]

    return day_of


def _histories(
    here: Sequence[Held], changes: Mapping[Pool, Counter[int]], first: date, zone: str
) -> dict[int, list[LotHistory]]:
    """Return by item id how lots lay at some places together, day by day."""
    together: Counter[Pool] = Counter()
    for held in here:
        together[held.item_id, held.lot_id] += held.on_hand
    found: dict[int, list[LotHistory]] = defaultdict(list)
    for pool, held in {(held.item_id, held.lot_id): held for held in here}.items():
        moved = changes.get(pool, Counter())
        opening = together[pool] - sum(units for day, units in moved.items() if day >= 0)
        found[held.item_id].append(LotHistory(opening=opening, changes=moved, last_day=held.last_day(first, zone)))
    return found


def _reach(start: int, fills: Mapping[int, list[int]]) -> frozenset[int]:
    """Return everything that can be reached; two places may fill each other up."""
    found, waiting = {start}, [start]
    while waiting:
        new = [place for place in fills.get(waiting.pop(), ()) if place not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def _starts_of_days(zone: str, now: datetime) -> list[datetime]:
    """Return when each of the days begins of which the use is read, and today."""
    this = today(zone, now)
    return [start_of_day(this - timedelta(days=back), zone) for back in range(DAYS_OF_USE + 1)]


def _months_before(first: date, back: int) -> date:
    """Return the first day of the month so many months before."""
    year, month = divmod(first.year * 12 + first.month - 1 - back, 12)
    return date(year, month + 1, 1)


def _latest_today(zones: Mapping[int, str], now: datetime) -> date:
    """Return the latest day that it is now at any of these places."""
    return max((today(zone, now) for zone in zones.values()), default=now.date())


def _by_place(sums: Iterable[Sum]) -> dict[int, list[Sum]]:
    """Return sums by place."""
    found: dict[int, list[Sum]] = defaultdict(list)
    for sum_ in sums:
        found[sum_.location_id].append(sum_)
    return found


def _of(places: Iterable[int], rows: Mapping[int, list[Row]]) -> Iterator[Row]:
    """Return the rows of some places."""
    for place in places:
        yield from rows.get(place, ())


def _read_held(span: Span, now: datetime) -> dict[int, list[Held]]:
    """Read what lies or lay at some places."""
    found: dict[int, list[Held]] = defaultdict(list)
    here = (StockBalance.location_id.in_(span.location_ids), is_asked_about(span))
    together = (
        select(StockBalance.location_id, Lot.item_id, func.sum(StockBalance.on_hand))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(*here, ~is_apart(span))
        .group_by(StockBalance.location_id, Lot.item_id)
    )
    for location_id, item_id, units in db.session.execute(together):
        found[location_id].append(Held(lot_id=None, item_id=item_id, on_hand=int(units)))
    latest = select(LotStatusChange.lot_id, func.max(LotStatusChange.recorded_at).label("since"))
    since = latest.group_by(LotStatusChange.lot_id).subquery()
    apart = (
        select(
            StockBalance.location_id,
            Lot.id,
            Lot.item_id,
            StockBalance.on_hand,
            Lot.effective_expiry,
            Lot.status,
            since.c.since,
        )
        .join(Lot, Lot.id == StockBalance.lot_id)
        .outerjoin(since, since.c.lot_id == Lot.id)
        .where(*here, is_apart(span))
    )
    for location_id, lot_id, item_id, on_hand, expiry, status, changed_at in db.session.execute(apart):
        back = None if status == LotStatus.AVAILABLE else changed_at or now
        held = Held(lot_id=lot_id, item_id=item_id, on_hand=on_hand, expiry=expiry, held_back_since=back)
        found[location_id].append(held)
    return found
