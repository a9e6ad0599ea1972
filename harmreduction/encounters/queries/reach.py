"""Read whom supplies reach through others: as sums that distributors tell, and as others told of on visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import start_of_day
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter, PeerReport
from harmreduction.encounters.queries.community import Time
from harmreduction.encounters.queries.visits import counts_as_visit
from harmreduction.participants.queries.people import own_site_ids
from harmreduction.settings.queries import current_settings
from harmreduction.stock.models import Item, Lot, StockLocation, StockMovement, StockTransaction
from harmreduction.stock.queries import list_locations_of
from harmreduction.stock.rules import PASSING_ON_KINDS, TransactionKind

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What distributors told, as sums over their reports; nobody they reached is recorded."""

    reports: int = 0
    people_reached: int = 0
    trained: int = 0
    syringes_back: int = 0
    reversals_heard_of: int = 0


@dataclass(frozen=True, kw_only=True)
class Distributor:
    """A distributor or a partner with what they told in a time, and the last day they told of, ever."""

    location: StockLocation
    reach: Reach
    told_until: date | None


@dataclass(frozen=True, kw_only=True)
class ReachTotals:
    """Whom supplies reached in a time, by who says so.

    told: by distributors. others: people of whom visits told that supplies are for them as well, over visits visits.
    """

    told: Reach
    others: int
    visits: int


@dataclass(frozen=True, kw_only=True)
class HandedOnItem:
    """Units of an item that were handed on."""

    item: Item
    quantity: int


@dataclass(frozen=True, kw_only=True)
class ToldReport:
    """A report, with the supplies handed on that the ledger moved with it."""

    report: PeerReport
    items: Sequence[HandedOnItem]


def get_distributor_of(actor: Actor, location_id: int) -> StockLocation:
    """Return a place that passes supplies on, of a site that a person works for, by row id."""
    place = db.session.get(StockLocation, location_id)
    if place is None or place.kind not in PASSING_ON_KINDS or not actor.works_at(place.site_id):
        raise NotFound(message("There is no such partner."))
    return place


def get_report_of(actor: Actor, public_id: str) -> PeerReport:
    """Return what a distributor told, removed or not, of a site that a person works for; another's is none."""
    report = db.session.scalar(select(PeerReport).where(PeerReport.public_id == public_id))
    if report is None or not actor.may(Permission.HANDLE_STOCK):
        raise NotFound(message("There is no such report."))
    get_distributor_of(actor, report.location_id)
    return report


def list_distributors(actor: Actor, time: Time) -> list[Distributor]:
    """Return who passes supplies on at one's sites, by name, with what they told of a time."""
    places = list_locations_of(actor, kinds=PASSING_ON_KINDS)
    rows = db.session.execute(
        select(PeerReport.location_id, *_sums()).where(_told_of(time)).group_by(PeerReport.location_id)
    )
    sums = {row[0]: _reach(row[1:]) for row in rows}
    until = select(PeerReport.location_id, func.max(PeerReport.ends_on)).where(PeerReport.removed_at.is_(None))
    rows_until = db.session.execute(until.group_by(PeerReport.location_id))
    last: dict[int, date | None] = {location_id: day for location_id, day in rows_until}
    return [
        Distributor(location=place, reach=sums.get(place.id, Reach()), told_until=last.get(place.id))
        for place in places
    ]


def told_until(location_id: int) -> date | None:
    """Return the last day of which a distributor told, if they did."""
    stands = PeerReport.removed_at.is_(None) & (PeerReport.location_id == location_id)
    return db.session.scalar(select(func.max(PeerReport.ends_on)).where(stands))


def list_reports(location_id: int, *, limit: int, offset: int = 0) -> list[ToldReport]:
    """Return what a distributor told, latest first, without what was removed."""
    reports = db.session.scalars(
        select(PeerReport)
        .where(PeerReport.location_id == location_id, PeerReport.removed_at.is_(None))
        .order_by(PeerReport.ends_on.desc(), PeerReport.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    items = _handed_on([report.stock_transaction_id for report in reports])
    return [ToldReport(report=report, items=items.get(report.stock_transaction_id or 0, ())) for report in reports]


def sum_reach(actor: Actor, time: Time) -> ReachTotals:
    """Return whom supplies reached in a time at one's sites; a report counts by its last day."""
    zone = current_settings().time_zone
    mine = PeerReport.location_id.in_(select(StockLocation.id).where(StockLocation.site_id.in_(own_site_ids(actor))))
    told = db.session.execute(select(*_sums()).where(_told_of(time), mine)).one()
    others, visits = db.session.execute(
        select(func.sum(Encounter.number_of_others), func.count(Encounter.number_of_others)).where(
            Encounter.site_id.in_(own_site_ids(actor)),
            Encounter.number_of_others > 0,
            Encounter.occurred_at >= start_of_day(time.first, zone),
            Encounter.occurred_at < start_of_day(time.last + ONE_DAY, zone),
            counts_as_visit(),
        )
    ).one()
    return ReachTotals(told=_reach(told), others=int(others or 0), visits=int(visits or 0))


def _sums() -> tuple[ColumnElement[Any], ...]:
    """Return the sums over reports, in the order of Reach."""
    columns = (PeerReport.people_reached, PeerReport.trained, PeerReport.syringes_back, PeerReport.reversals_heard_of)
    return (func.count(PeerReport.id), *(func.sum(column) for column in columns))


def _reach(row: Sequence[int | None]) -> Reach:
    """Return sums as a Reach; a sum of nothing is nothing."""
    reports, people_reached, trained, syringes_back, reversals = (int(number or 0) for number in row)
    return Reach(
        reports=reports,
        people_reached=people_reached,
        trained=trained,
        syringes_back=syringes_back,
        reversals_heard_of=reversals,
    )


def _told_of(time: Time) -> ColumnElement[bool]:
    """Return the condition that a report counts in a time: its last day is in it, and it was not removed."""
    return PeerReport.ends_on.between(time.first, time.last) & PeerReport.removed_at.is_(None)


def _handed_on(transaction_ids: Sequence[int | None]) -> dict[int, list[HandedOnItem]]:
    """Return the units that these facts handed on and that were not taken back since, by row id of the fact."""
    taken_back = select(StockTransaction.reverses_id).where(StockTransaction.reverses_id.is_not(None))
    rows = db.session.execute(
        select(StockMovement.transaction_id, Item, func.sum(StockMovement.quantity))
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockMovement.transaction_id.in_([row_id for row_id in transaction_ids if row_id is not None]),
            StockTransaction.kind == TransactionKind.HAND_ON.value,
            StockMovement.transaction_id.not_in(taken_back),
        )
        .group_by(StockMovement.transaction_id, Item.id)
        .order_by(Item.name, Item.id)
    )
    found: dict[int, list[HandedOnItem]] = {}
    for transaction_id, item, units in rows:
        found.setdefault(transaction_id, []).append(HandedOnItem(item=item, quantity=int(units)))
    return found
