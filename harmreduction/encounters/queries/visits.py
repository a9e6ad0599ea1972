"""Read visits and the hand-outs on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import UtcDateTime, db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter, SupplyLine
from harmreduction.encounters.rules import NO_VISIT_AT_ALL, KnownVisit
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item


@dataclass(frozen=True, kw_only=True)
class Given:
    """Units of an item, counted together."""

    item: Item
    quantity: int

    @property
    def doses(self) -> int:
        """Return the doses in these units."""
        return self.quantity * self.item.doses_per_unit


def get_visit_of(actor: Actor, public_id: str) -> Encounter:
    """Return a visit at a site that a person works for."""
    visit = db.session.scalar(select(Encounter).where(Encounter.public_id == public_id))
    if visit is None or not _may_see(actor, visit):
        raise NotFound(message("There is no such visit."))
    return visit


def find_visit_of(actor: Actor, public_id: str) -> Encounter | None:
    """Return a visit that this person may see, or None."""
    try:
        return get_visit_of(actor, public_id)
    except NotFound:
        return None


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


def find_visits(actor: Actor, public_ids: Collection[str]) -> dict[str, KnownVisit]:
    """Return those of these visits that this person logged, by public id."""
    last = select(func.max(Distribution.recorded_at)).where(Distribution.encounter_id == Encounter.id)
    rows = db.session.execute(
        select(
            Encounter.public_id,
            Encounter.site_id,
            Encounter.occurred_at,
            Site.time_zone,
            func.coalesce(last.scalar_subquery(), Encounter.recorded_at, type_=UtcDateTime()).label("last_at"),
        )
        .join(Site, Site.id == Encounter.site_id)
        .where(Encounter.public_id.in_(public_ids), Encounter.recorded_by_id == actor.account_id)
    )
    return {
        row.public_id: KnownVisit(
            visit_id=row.public_id,
            site_id=row.site_id,
            day=today(row.time_zone, row.occurred_at),
            last_at=row.last_at,
        )
        for row in rows
    }


def find_last_of(actor: Actor) -> Distribution | None:
    """Return the last hand-out that this person logged and did not take back."""
    last = select(Distribution).where(Distribution.recorded_by_id == actor.account_id, ~_is_void())
    found = with_lines(last.order_by(Distribution.recorded_at.desc(), Distribution.id.desc()).limit(1))
    return found[0] if found else None


def list_lines_of(actor: Actor, public_id: str) -> list[tuple[int, int]]:
    """Return (item id, units) of a hand-out that this person may see."""
    return [(line.item_id, line.quantity) for line in get_distribution_of(actor, public_id).lines]


def list_given_on(visit_id: int) -> list[Distribution]:
    """Return the hand-outs of a visit that stand, in order."""
    return with_lines(
        select(Distribution).where(Distribution.encounter_id == visit_id, ~_is_void()).order_by(Distribution.id)
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


def details_as_entered(visit: Encounter) -> dict[str, object]:
    """Return what was told on a visit by the names of its form, empty where it was not asked."""
    told: dict[str, object] = {"audience": visit.audience, "number_of_others": visit.number_of_others}
    if visit.returned_syringes is not None and visit.returned_factor:
        told["returned_measure"] = visit.returned_measure
        told["returned_amount"] = _as_typed(Decimal(visit.returned_syringes) / visit.returned_factor)
    if visit.note_sealed is not None:
        told["note"] = unseal(visit.note_sealed, table="encounter", column="note", row=visit.public_id)
    return told


def counts_as_visit() -> ColumnElement[bool]:
    """Return the condition that a visit counts: a hand-out of it stands, or it has none.

    A visit on which syringes came back counts too when its supplies were corrected, unless the whole
    visit was entered twice or was only practice.
    """
    of_visit = select(Distribution.id).where(Distribution.encounter_id == Encounter.id)
    corrected = of_visit.join(DistributionVoid, DistributionVoid.distribution_id == Distribution.id).where(
        DistributionVoid.reason.not_in(NO_VISIT_AT_ALL)
    )
    came_back = Encounter.returned_syringes.is_not(None) & corrected.exists()
    return of_visit.where(~_is_void()).exists() | ~of_visit.exists() | came_back


def with_lines(wanted: Select[Distribution]) -> list[Distribution]:
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


def _as_typed(amount: Decimal) -> Decimal:
    """Return an amount as a person types it: 40, or 1.4."""
    rounded = amount.quantize(Decimal("0.01"))
    return rounded.to_integral() if rounded == rounded.to_integral() else rounded.normalize()
