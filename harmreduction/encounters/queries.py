"""Read visits, hand-outs, shifts and how a worker's page is laid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.encounters.models import (
    Distribution,
    DistributionVoid,
    Encounter,
    SupplyLine,
    UsualHandout,
    UsualHandoutLine,
    WorkingPlace,
)
from harmreduction.encounters.rules import is_same_visit, start_of_shift
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, StockLocation

ONE_DAY = timedelta(hours=24)
REMEMBERED_FOR = timedelta(hours=12)  # another day than today is remembered this long, then it is today again

# What every tap reads is put together once; the values come with each reading.
PLACE_OF_WORKER = (
    select(
        WorkingPlace.day,
        WorkingPlace.chosen_at,
        Site.id.label("site_id"),
        Site.public_id.label("site_public_id"),
        Site.name.label("site_name"),
        Site.time_zone,
        StockLocation.id.label("location_id"),
        StockLocation.public_id.label("location_public_id"),
        StockLocation.name.label("location_name"),
    )
    .join(Site, Site.id == WorkingPlace.site_id)
    .join(StockLocation, StockLocation.id == WorkingPlace.location_id)
    .where(WorkingPlace.account_id == bindparam("account_id"), Site.is_active, StockLocation.is_active)
)
LINES_OF_TILE = (
    select(UsualHandoutLine.item_id, UsualHandoutLine.quantity)
    .join(UsualHandout, UsualHandout.id == UsualHandoutLine.usual_handout_id)
    .where(UsualHandout.public_id == bindparam("public_id"))
    .order_by(UsualHandoutLine.item_id)
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a worker hands out from, and the other day for which they enter, if any."""

    site_id: int
    site_public_id: str
    site_name: str
    time_zone: str
    location_id: int
    location_public_id: str
    location_name: str
    day: date | None


@dataclass(frozen=True, kw_only=True)
class Given:
    """Units of an item, counted together."""

    item: Item
    quantity: int

    @property
    def doses(self) -> int:
        """Return the doses in these units."""
        return self.quantity * self.item.doses_per_unit


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What a worker logged since their shift began; syringes counted apart from those estimated."""

    began_at: datetime | None
    visits: int
    given: Sequence[Given]
    returned_counted: int
    returned_estimated: int
    distributions: Sequence[Distribution]


def find_place(actor: Actor, *, now: datetime) -> Place | None:
    """Return where this person hands out from, as long as they still work there."""
    row = db.session.execute(PLACE_OF_WORKER, {"account_id": actor.account_id}).one_or_none()
    if row is None or not actor.works_at(row.site_id):
        return None
    return Place(
        site_id=row.site_id,
        site_public_id=row.site_public_id,
        site_name=row.site_name,
        time_zone=row.time_zone,
        location_id=row.location_id,
        location_public_id=row.location_public_id,
        location_name=row.location_name,
        day=row.day if now - row.chosen_at < REMEMBERED_FOR else None,
    )


def list_usual_handouts() -> Sequence[UsualHandout]:
    """Return the tiles of the page with their items, in the programme's order."""
    return db.session.scalars(
        select(UsualHandout)
        .options(selectinload(UsualHandout.lines).joinedload(UsualHandoutLine.item))
        .where(UsualHandout.is_active)
        .order_by(UsualHandout.position, UsualHandout.id)
    ).all()


def list_usual_lines(public_id: str) -> list[tuple[int, int]]:
    """Return (item id, units) of one usual hand-out; raises NotFound when the programme took it away."""
    rows = db.session.execute(LINES_OF_TILE, {"public_id": public_id}).all()
    if not rows:
        raise NotFound(message("This hand-out is not in the list any more. Choose its items under Other items."))
    return [(item_id, quantity) for item_id, quantity in rows]


def list_lines_of_last(actor: Actor) -> list[tuple[int, int]]:
    """Return (item id, units) of the last hand-out that this person logged and did not take back."""
    last = (
        select(Distribution.id)
        .outerjoin(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .where(Distribution.recorded_by_id == actor.account_id, DistributionVoid.distribution_id.is_(None))
        .order_by(Distribution.recorded_at.desc(), Distribution.id.desc())
        .limit(1)
    )
    lines = select(SupplyLine.item_id, SupplyLine.quantity).where(SupplyLine.distribution_id == last.scalar_subquery())
    return [(item_id, quantity) for item_id, quantity in db.session.execute(lines.order_by(SupplyLine.line_no))]


def get_visit_of(actor: Actor, public_id: str) -> Encounter:
    """Return a visit at a site that a person works for."""
    visit = db.session.scalar(select(Encounter).where(Encounter.public_id == public_id))
    if visit is None or not _may_see(actor, visit):
        raise NotFound(message("There is no such visit."))
    return visit


def get_distribution_of(actor: Actor, public_id: str) -> Distribution:
    """Return a hand-out that this person logged, or any at their sites for those who may see them."""
    distribution = db.session.scalar(
        select(Distribution)
        .options(
            joinedload(Distribution.encounter),
            joinedload(Distribution.void),
            selectinload(Distribution.lines).joinedload(SupplyLine.item),
        )
        .where(Distribution.public_id == public_id)
    )
    if distribution is None or not _may_see(actor, distribution.encounter):
        raise NotFound(message("There is no such hand-out."))
    return distribution


def find_distribution_of(actor: Actor, public_id: str) -> Distribution | None:
    """Return a hand-out that this person may see, or None."""
    try:
        return get_distribution_of(actor, public_id)
    except NotFound:
        return None


def find_open_visit(actor: Actor, visit_id: str, *, now: datetime) -> Encounter | None:
    """Return the visit if a tap now still belongs to it, else None."""
    last = select(func.max(Distribution.recorded_at)).where(Distribution.encounter_id == Encounter.id)
    row = db.session.execute(
        select(Encounter, last.scalar_subquery().label("last_at")).where(
            Encounter.public_id == visit_id, Encounter.recorded_by_id == actor.account_id
        )
    ).one_or_none()
    if row is None:
        return None
    return row.Encounter if is_same_visit(row.last_at or row.Encounter.recorded_at, now=now) else None


def list_given_on(visit_id: int) -> list[Distribution]:
    """Return the hand-outs of a visit that stand, in order."""
    return _with_lines(
        select(Distribution).where(Distribution.encounter_id == visit_id, ~_is_void()).order_by(Distribution.id)
    )


def get_shift(actor: Actor, *, now: datetime) -> Shift:
    """Return what this person logged since their shift began, newest first."""
    encounters = db.session.scalars(
        select(Encounter).where(Encounter.recorded_by_id == actor.account_id, Encounter.recorded_at > now - ONE_DAY)
    ).all()
    began_at = start_of_shift([encounter.recorded_at for encounter in encounters])
    in_shift = {visit.id: visit for visit in encounters if began_at is not None and visit.recorded_at >= began_at}
    distributions = _with_lines(
        select(Distribution).where(Distribution.encounter_id.in_(in_shift)).order_by(Distribution.id.desc())
    )
    standing = [distribution for distribution in distributions if distribution.void is None]
    undone = {d.encounter_id for d in distributions} - {d.encounter_id for d in standing}
    counting = [visit for visit in in_shift.values() if visit.id not in undone]
    return Shift(
        began_at=began_at,
        visits=len(counting),
        given=sum_given(standing),
        returned_counted=sum(v.returned_syringes or 0 for v in counting if v.returned_measure == "counted"),
        returned_estimated=sum(
            v.returned_syringes or 0 for v in counting if v.returned_measure not in (None, "counted")
        ),
        distributions=distributions,
    )


def sum_given(distributions: Sequence[Distribution]) -> list[Given]:
    """Return units by item over these hand-outs, naloxone first, then by name."""
    units: dict[int, int] = {}
    items: dict[int, Item] = {}
    for line in (line for distribution in distributions for line in distribution.lines):
        items[line.item_id] = line.item
        units[line.item_id] = units.get(line.item_id, 0) + line.quantity
    ordered = sorted(items.values(), key=lambda item: (item.category != "naloxone", item.name))
    return [Given(item=item, quantity=units[item.id]) for item in ordered]


def count_tiles(tiles: Sequence[UsualHandout], distributions: Sequence[Distribution]) -> dict[str, int]:
    """Return how often each tile, by public id, is among these hand-outs."""
    by_lines = {_as_set(tile.lines): tile.public_id for tile in tiles}
    counts: dict[str, int] = {}
    for distribution in distributions:
        tile = by_lines.get(_as_set(distribution.lines))
        if tile is not None:
            counts[tile] = counts.get(tile, 0) + 1
    return counts


def details_as_entered(visit: Encounter) -> dict[str, object]:
    """Return what was told on a visit by the names of its form, empty where it was not asked."""
    told: dict[str, object] = {"audience": visit.audience, "number_of_others": visit.number_of_others}
    if visit.returned_syringes is not None and visit.returned_factor:
        told["returned_measure"] = visit.returned_measure
        told["returned_amount"] = Decimal(visit.returned_syringes) / visit.returned_factor
    if visit.note_sealed is not None:
        told["note"] = unseal(visit.note_sealed, table="encounter", column="note", row=visit.public_id)
    return told


def _as_set(lines: Sequence[SupplyLine] | Sequence[UsualHandoutLine]) -> frozenset[tuple[int, int]]:
    """Return lines as (item id, units), whatever their order."""
    return frozenset((line.item_id, line.quantity) for line in lines)


def _with_lines(wanted: Select[Distribution]) -> list[Distribution]:
    """Read hand-outs with their lines, items, visits and voids."""
    return list(
        db.session.scalars(
            wanted.options(
                joinedload(Distribution.encounter),
                joinedload(Distribution.void),
                selectinload(Distribution.lines).joinedload(SupplyLine.item),
            )
        )
    )


def _is_void() -> ColumnElement[bool]:
    """Return the condition that a hand-out was taken back."""
    return select(DistributionVoid.distribution_id).where(DistributionVoid.distribution_id == Distribution.id).exists()


def _may_see(actor: Actor, visit: Encounter) -> bool:
    """One's own visits, or any at one's sites for those who answer for others' hand-outs."""
    own = visit.recorded_by_id == actor.account_id
    return actor.works_at(visit.site_id) and (own or actor.may(Permission.VOID_ANY_DISTRIBUTION))
