"""Supplies on their way from place to place: when somebody has to accept them, and what became of what was sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from harmreduction.core.messages import message
from harmreduction.stock.rules.kinds import (
    PASSING_ON_KINDS,
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotSource,
)
from harmreduction.stock.rules.movements import MovementLine, check_quantity
from harmreduction.stock.rules.problems import UnknownLot

IN_TRANSIT = VIRTUAL_LOCATION_IDS[LocationKind.IN_TRANSIT]
VARIANCE = VIRTUAL_LOCATION_IDS[LocationKind.VARIANCE]
LONG_ON_THE_WAY = timedelta(days=7)


def needs_acceptance(*, from_site: int | None, to_site: int | None, to_kind: LocationKind) -> bool:
    """Say whether what goes there is on the way until somebody accepts it: to another site, or to a partner."""
    return from_site != to_site or to_kind in PASSING_ON_KINDS


def is_late(sent_at: datetime, now: datetime) -> bool:
    """Say whether a shipment is on the way for so long that somebody should ask about it."""
    return now - sent_at > LONG_ON_THE_WAY


def acceptance_lines(
    sent: Mapping[int, int], arrived: Mapping[int, int], *, to_location_id: int, reason_id: int | None
) -> list[MovementLine]:
    """Return what moves as a shipment is accepted; both map a lot's id to units.

    Nothing of the shipment stays on the way: what did not arrive goes to the count differences, and what
    arrived beyond what was sent comes from there. Raises UnknownLot for a lot that was not sent.
    """
    if not arrived.keys() <= sent.keys():
        raise UnknownLot(message("One of these lots was not sent. Open the page again."))
    lines = []
    for lot_id, was_sent in sorted(sent.items()):
        came = arrived.get(lot_id, 0)
        if came:
            check_quantity(came)
        lines += [
            MovementLine(
                lot_id=lot_id,
                from_location_id=source,
                to_location_id=target,
                quantity=units,
                source=LotSource.PICKED,
                reason_id=reason_id if VARIANCE in (source, target) else None,
            )
            for source, target, units in (
                (VARIANCE, IN_TRANSIT, came - was_sent),
                (IN_TRANSIT, to_location_id, came),
                (IN_TRANSIT, VARIANCE, was_sent - came),
            )
            if units > 0
        ]
    return lines
