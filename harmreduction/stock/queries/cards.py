"""Read a lot as its card shows it: where it lies and went, what it is made of, what was said of it, how it ran down."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock.ledger import BALANCE, MOVEMENT
from harmreduction.stock.models import (
    Item,
    KitRecipe,
    Lot,
    LotComponent,
    LotExpiryRevision,
    LotStatusChange,
    StockLocation,
)
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind

IN_TRANSIT = VIRTUAL_LOCATION_IDS[LocationKind.IN_TRANSIT]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The units of a lot that lie at a place."""

    location: StockLocation
    on_hand: int


@dataclass(frozen=True, kw_only=True)
class Card:
    """A lot, the places where it lay that this person answers for, and where the rest of it came from and went.

    outside: units by kind of virtual place, for who sees all sites; empty for others.
    """

    lot: Lot
    holdings: Sequence[Holding]
    outside: dict[LocationKind, int]
    sees_everything: bool

    @property
    def on_hand(self) -> int:
        """Return the units that lie at these places."""
        return sum(holding.on_hand for holding in self.holdings)

    @property
    def location_ids(self) -> frozenset[int]:
        """Return the places, and for who sees all sites the way between them."""
        ids = {holding.location.id for holding in self.holdings}
        return frozenset(ids | {IN_TRANSIT} if self.sees_everything else ids)


def get_card(actor: Actor, public_id: str) -> Card:
    """Return the card of a lot; a lot that never lay at a person's sites is as good as none."""
    lot = db.session.scalar(
        select(Lot).options(joinedload(Lot.item), joinedload(Lot.funding_source)).where(Lot.public_id == public_id)
    )
    leads = actor.may(Permission.MANAGE_CATALOGUE)
    places = {place.id: place for place in list_locations_of(actor, only_active=False)}
    balances = _balances(lot.id) if lot is not None else {}
    if lot is None or not (leads or balances.keys() & places.keys()):
        raise NotFound(message("There is no such lot."))
    holdings = [Holding(location=places[there], on_hand=units) for there, units in balances.items() if there in places]
    outside = {kind: balances[there] for kind, there in VIRTUAL_LOCATION_IDS.items() if balances.get(there)}
    return Card(
        lot=lot,
        holdings=sorted(holdings, key=lambda holding: (-holding.on_hand, holding.location.name)),
        outside=outside if leads else {},
        sees_everything=leads,
    )


def list_siblings(lot: Lot) -> Sequence[Lot]:
    """Return the lots of the same item and number that other sources paid for."""
    if not lot.lot_number:
        return ()
    same = (Lot.item_id == lot.item_id, Lot.lot_number == lot.lot_number, Lot.id != lot.id)
    return db.session.scalars(select(Lot).options(joinedload(Lot.funding_source)).where(*same).order_by(Lot.id)).all()


def list_revisions(lot: Lot) -> Sequence[LotExpiryRevision]:
    """Return what changed the last day of use of a lot, oldest first."""
    return db.session.scalars(
        select(LotExpiryRevision).where(LotExpiryRevision.lot_id == lot.id).order_by(LotExpiryRevision.id)
    ).all()


def list_status_changes(lot: Lot) -> Sequence[LotStatusChange]:
    """Return what changed the status of a lot, oldest first."""
    return db.session.scalars(
        select(LotStatusChange).where(LotStatusChange.lot_id == lot.id).order_by(LotStatusChange.id)
    ).all()


def list_kits_with(lot: Lot, *, limit: int) -> Sequence[Lot]:
    """Return the newest kit lots that a lot was packed into."""
    kits = select(Lot).options(joinedload(Lot.item)).join(LotComponent, LotComponent.kit_lot_id == Lot.id)
    return db.session.scalars(
        kits.where(LotComponent.component_lot_id == lot.id).order_by(Lot.id.desc()).limit(limit)
    ).all()


def find_recipe(lot: Lot) -> KitRecipe | None:
    """Return the recipe by which a kit lot was packed, if it was packed here."""
    return db.session.get(KitRecipe, lot.kit_recipe_id) if lot.kit_recipe_id is not None else None


def moment_of_latest(lot_id: int, count: int) -> datetime | None:
    """Return when the last so many movements of a lot began; None where it has no more than that."""
    newest = select(MOVEMENT.c.occurred_at).where(MOVEMENT.c.lot_id == lot_id)
    return db.session.scalar(newest.order_by(MOVEMENT.c.occurred_at.desc()).offset(count).limit(1))


def balances_before(lot_id: int, location_ids: Collection[int], moments: Sequence[datetime], *, now: int) -> list[int]:
    """Return the units at these places right before each of two or more moments, oldest first; now: those there now."""
    after = case(
        *((MOVEMENT.c.occurred_at < later, number) for number, later in enumerate(moments[1:])), else_=len(moments) - 1
    ).label("after")
    changes = [0] * len(moments)
    for side, sign in ((MOVEMENT.c.to_location_id, 1), (MOVEMENT.c.from_location_id, -1)):
        rows = db.session.execute(
            select(after, func.sum(MOVEMENT.c.quantity))
            .where(side.in_(location_ids), MOVEMENT.c.lot_id == lot_id, MOVEMENT.c.occurred_at >= moments[0])
            .group_by("after")
        )
        for number, units in rows:
            changes[number] += sign * int(units)
    return [now - sum(changes[first:]) for first in range(len(moments))]


def _balances(lot_id: int) -> dict[int, int]:
    """Return the units of a lot wherever it ever lay, virtual places too."""
    rows = db.session.execute(select(BALANCE.c.location_id, BALANCE.c.on_hand).where(BALANCE.c.lot_id == lot_id))
    return {location_id: on_hand for location_id, on_hand in rows}


def list_lots_of_item(item: Item, location_ids: Collection[int], *, limit: int) -> Sequence[tuple[Lot, int]]:
    """Return the lots of an item on hand at these places with their units, first to expire first."""
    rows = db.session.execute(
        select(Lot, func.sum(BALANCE.c.on_hand))
        .join(BALANCE, BALANCE.c.lot_id == Lot.id)
        .where(Lot.item_id == item.id, BALANCE.c.location_id.in_(location_ids), BALANCE.c.on_hand != 0)
        .group_by(Lot.id)
        .order_by(Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
        .limit(limit)
    )
    return [(lot, int(units)) for lot, units in rows]
