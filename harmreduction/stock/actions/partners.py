"""Note what a partner agency or a secondary distributor handed on from what lies with them."""

from dataclasses import dataclass
from datetime import date, datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock import ledger
from harmreduction.stock.actions.checks import accepted, check_places, fingerprint_of
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries import lots_at
from harmreduction.stock.rules import (
    PASSING_ON_KINDS,
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    MovementLine,
    NothingToMove,
    Outcome,
    Pick,
    TransactionKind,
    Wanted,
    check_quantity,
    pick_lots,
)

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]


@dataclass(frozen=True, kw_only=True)
class HandedOn:
    """Units of items (item id, units) that a partner handed on, as they say.

    last_day: the last day of the time that they speak of, by which it is decided what was in date.
    """

    client_id: str
    location_id: int
    items: tuple[tuple[int, int], ...]
    last_day: date
    occurred_at: datetime


def hand_on(handed_on: HandedOn, *, by: Actor) -> Outcome:
    """Note what a partner handed on, once, first expiring first; beyond what lay there it is noted too.

    Raises NothingToMove without an item, NotFound for a place that is no partner or another site's.
    """
    if not handed_on.items:
        raise NothingToMove(message("Enter how many were handed on of at least one item."))
    check_places([handed_on.location_id], by)
    for _item_id, units in handed_on.items:
        check_quantity(units)
    fact = Fact(
        client_id=handed_on.client_id,
        fingerprint=fingerprint_of(handed_on),
        kind=TransactionKind.HAND_ON,
        occurred_at=handed_on.occurred_at,
    )
    with transaction():
        _check_partner(handed_on.location_id)
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            lots = lots_at(handed_on.location_id, [item_id for item_id, _units in handed_on.items])
            wanted = [Wanted(item_id=item_id, quantity=units) for item_id, units in handed_on.items]
            picks = pick_lots(wanted, lots, today=handed_on.last_day)
            ledger.add_lines(opened.transaction_id, fact, [_line_of(pick, handed_on.location_id) for pick in picks])
            record(Event.STOCK_HANDED_ON, by=by, subject=handed_on.client_id)
        return accepted(opened)


def _line_of(pick: Pick, location_id: int) -> MovementLine:
    """Return the movement of a pick; what no lot covers goes to the item's lot without a number."""
    return MovementLine(
        lot_id=pick.lot_id if pick.lot_id is not None else find_or_make_lot(pick.item_id, ""),
        from_location_id=location_id,
        to_location_id=PARTICIPANT,
        quantity=pick.quantity,
        source=pick.source,
    )


def _check_partner(location_id: int) -> None:
    """Refuse a place that does not pass supplies on by itself."""
    if db.session.get_one(StockLocation, location_id).kind not in PASSING_ON_KINDS:
        raise NotFound(message("There is no such partner."))
