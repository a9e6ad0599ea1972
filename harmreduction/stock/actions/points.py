"""Visit a vending machine or a public box: say what is left, fill it up, take out what is past its date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.actions.checks import check_places
from harmreduction.stock.actions.counts import CountedNow, post_at_once
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.loading import Filling, fill, moved_before
from harmreduction.stock.actions.movements import Transfer, transfer
from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries.loading import units_at
from harmreduction.stock.queries.lots import list_stock
from harmreduction.stock.queries.points import room_left
from harmreduction.stock.rules import SELF_SERVICE_KINDS, CountPurpose, Outcome
from harmreduction.stock.rules.points import TooFull


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What somebody saw in a machine or a box: units left by lot id; what is gone was taken.

    heat: what was noted where it was too warm or too cold in it.
    """

    client_id: str
    location_id: int
    left: Mapping[int, int]
    is_too_warm: bool
    heat: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TopUp:
    """What was put into a machine or a box, and the lots (lot id → units) that were taken out of it."""

    filling: Filling
    taken_out: Mapping[int, int]
    does_fit: bool


def visit(seen: Visit, *, by: Actor) -> Outcome:
    """Save what is left in a machine or a box, once; a lot that nobody looked at stays as it is.

    Raises NotFound for another site's place or one that is no machine or box.
    """
    check_places([seen.location_id], by)
    with transaction():
        _check_kind(seen.location_id)
        if seen.left:
            counted = CountedNow(
                client_id=seen.client_id,
                location_id=seen.location_id,
                purpose=CountPurpose.VISIT,
                lots=seen.left,
                reason_id=None,
                at=seen.at,
            )
            post_at_once(counted, by=by)
        if seen.is_too_warm:
            lot_ids = [row.lot.id for row in list_stock(seen.location_id) if row.on_hand > 0]
            flag_heat(seen.location_id, lot_ids, seen.heat, by=by, at=seen.at)
        return Outcome.CREATED


def top_up(change: TopUp, *, by: Actor) -> None:
    """Take lots out of a machine or a box, then fill it up, once.

    Raises TooFull where more goes in than fits and nobody said that it does.
    """
    filling = change.filling
    with transaction():
        _check_kind(filling.to_location_id)
        if change.taken_out:
            _take_out(change, by)
        if any(filling.items.values()):
            if not change.does_fit and moved_before(filling.client_id) is None:
                _check_fits(filling)
            fill(filling, by=by)


def _take_out(change: TopUp, by: Actor) -> None:
    """Bring lots from a machine to the place from which it is filled."""
    filling = change.filling
    move = Transfer(
        client_id=str(uuid5(UUID(filling.client_id), "take out")),
        from_location_id=filling.to_location_id,
        to_location_id=filling.from_location_id,
        lots=tuple(sorted(change.taken_out.items())),
        occurred_at=filling.occurred_at,
    )
    transfer(move, by=by)


def _check_fits(filling: Filling) -> None:
    """Refuse more than fits in, which may be a slip."""
    place = db.session.get_one(StockLocation, filling.to_location_id)
    room = room_left(place, units_at(place.id))
    if room is not None and sum(filling.items.values()) > room:
        raise TooFull(
            message(
                "It holds %(capacity)s units, and %(room)s still fit. Look at the numbers again, or say that it fits.",
                capacity=place.capacity,
                room=room,
            )
        )


def _check_kind(location_id: int) -> None:
    """Refuse a place that is no machine or box."""
    if db.session.get_one(StockLocation, location_id).kind not in SELF_SERVICE_KINDS:
        raise NotFound(message("There is no such machine or box."))
