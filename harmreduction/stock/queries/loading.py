"""Read what would fill a place up: from where, how much of which item, and which lots that takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import Message, message
from harmreduction.stock.models import Item, Lot, StockBalance, StockLocation, StockPolicy
from harmreduction.stock.queries.items import list_items
from harmreduction.stock.queries.places import list_targets_of
from harmreduction.stock.queries.proposals import propose_lots
from harmreduction.stock.rules import PASSING_ON_KINDS, SELF_SERVICE_KINDS, LocationKind, LotOnHand, first_expiring
from harmreduction.stock.rules.loading import fit, top_up

NEVER_A_SOURCE = (*PASSING_ON_KINDS, *SELF_SERVICE_KINDS, LocationKind.QUARANTINE)


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """An item that can be loaded: units in the place, units to take at the source, units proposed and their lots.

    wanted: units that the place should hold; None where nobody said and it had none last time.
    """

    item: Item
    here: int
    there: int
    wanted: int | None
    proposed: int
    lots: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Load:
    """What would fill a place up: wanted items first, then what else lies at the source.

    remarks: which lots of an item were left out, or are taken past their date.
    """

    rows: tuple[LoadRow, ...]
    remarks: tuple[tuple[Item, Message], ...]


def list_sources_of(actor: Actor, place: StockLocation, *, last: int | None = None) -> Sequence[StockLocation]:
    """Return the places that can fill a place up: the one that serves it first, then `last` (id), then by name.

    The one that serves it is offered wherever it is; a lead chose it.
    """
    places = {source.id: source for source in list_targets_of(actor, place) if source.kind not in NEVER_A_SOURCE}
    serves = db.session.get(StockLocation, place.served_from_id) if place.served_from_id else None
    if serves is not None and serves.is_active:
        places[serves.id] = serves
    rank = {place.served_from_id: 0, last: 1}
    return sorted(places.values(), key=lambda source: (rank.get(source.id, 2), source.kind != LocationKind.FIXED_SITE))


def sites_served_between(from_id: int, to_id: int) -> list[int | None]:
    """Return the site of whichever of two places is served by the other; empty where neither is."""
    served = or_(
        and_(StockLocation.id == to_id, StockLocation.served_from_id == from_id),
        and_(StockLocation.id == from_id, StockLocation.served_from_id == to_id),
    )
    return list(db.session.scalars(select(StockLocation.site_id).where(served)))


def choose_source(sources: Sequence[StockLocation], public_id: str | None) -> StockLocation | None:
    """Return the source that a person chose, else the first one; raises NotFound for one that is not offered."""
    if not public_id:
        return sources[0] if sources else None
    chosen = [source for source in sources if source.public_id == public_id]
    if not chosen:
        raise NotFound(message("There is no such stock place."))
    return chosen[0]


def par_levels(location_id: int) -> dict[int, int]:
    """Return the units of each item that a place is to hold (item id → units)."""
    rows = db.session.execute(
        select(StockPolicy.item_id, StockPolicy.par_level).where(
            StockPolicy.location_id == location_id, StockPolicy.par_level.is_not(None)
        )
    )
    return {item_id: units for item_id, units in rows if units is not None}


def units_at(location_id: int) -> dict[int, int]:
    """Return the units of each item at a place (item id → units)."""
    rows = db.session.execute(
        select(Lot.item_id, func.sum(StockBalance.on_hand))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(StockBalance.location_id == location_id, StockBalance.on_hand != 0)
        .group_by(Lot.item_id)
    )
    return {item_id: int(units) for item_id, units in rows}


def propose_load(
    place: StockLocation,
    source: StockLocation,
    wanted: Mapping[int, int],
    *,
    today: date,
    room: int | None = None,
) -> Load:
    """Propose what brings a place up to what it wants (item id → units), from lots of the source, as far as it fits.

    today: the calendar day at the source. room: the units that still fit in.
    """
    here, lying = units_at(place.id), units_at(source.id)
    candidates = wanted.keys() | {item_id for item_id, units in lying.items() if units > 0}
    items = [item for item in list_items(only_active=False) if item.id in candidates]
    items.sort(key=lambda item: item.id not in wanted)
    proposal = propose_lots(source.id, dict.fromkeys((item.id for item in items), 0), today=today)
    there = _usable(proposal.lots, today)
    units = fit(top_up({item.id: wanted[item.id] for item in items if item.id in wanted}, here, there), room)
    proposed = propose_lots(source.id, units, today=today)
    numbers = _numbers(proposed.lots)
    return Load(
        rows=tuple(
            LoadRow(
                item=item,
                here=here.get(item.id, 0),
                there=there.get(item.id, 0),
                wanted=wanted.get(item.id),
                proposed=units.get(item.id, 0),
                lots=tuple(
                    numbers[pick.lot_id or 0]
                    for pick in proposed.picks
                    if pick.item_id == item.id and numbers.get(pick.lot_id or 0)
                ),
            )
            for item in items
        ),
        remarks=tuple((item, sentence) for item in items for sentence in proposed.sentences_on(item.id)),
    )


def _usable(lots: Iterable[LotOnHand], today: date) -> dict[int, int]:
    """Return the units of each item that may be taken."""
    found: dict[int, int] = {}
    for lot in first_expiring(lots, today):
        found[lot.item_id] = found.get(lot.item_id, 0) + lot.on_hand
    return found


def _numbers(lots: Iterable[LotOnHand]) -> dict[int, str]:
    """Return the number of each lot."""
    return {lot.lot_id: lot.lot_number for lot in lots}
