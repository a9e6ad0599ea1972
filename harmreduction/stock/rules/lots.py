"""Which lot goes out next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from harmreduction.stock.rules.kinds import LotSource, LotStatus


@dataclass(frozen=True, kw_only=True)
class LotOnHand:
    """A lot at a place: units on hand (may be below zero), last day it may be used, whether it may be proposed."""

    lot_id: int
    item_id: int
    on_hand: int
    effective_expiry: date | None = None
    status: LotStatus = LotStatus.AVAILABLE
    is_numbered: bool = True


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Units to take from one lot, and how the lot was known; lot None is the item's lot without a number."""

    item_id: int
    lot_id: int | None
    quantity: int
    source: LotSource


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Units of an item that leave a place; `lot_id` where the person chose the lot."""

    item_id: int
    quantity: int
    lot_id: int | None = None


def is_expired(effective_expiry: date | None, today: date) -> bool:
    """Say whether a lot is past its date; it lasts through its expiry day."""
    return effective_expiry is not None and effective_expiry < today


def is_unusual(effective_expiry: date | None, status: str, today: date) -> bool:
    """Say whether handing out such a lot is asked about once more: past its date, or held."""
    return status != LotStatus.AVAILABLE or is_expired(effective_expiry, today)


def may_be_proposed(lot: LotOnHand, today: date) -> bool:
    """Say whether a lot may be handed out without asking once more."""
    return not is_unusual(lot.effective_expiry, lot.status, today)


def expiry_order(effective_expiry: date | None, lot_id: int) -> tuple[date, int]:
    """Return by what lots are put in order: first expired first out, and those without a date last."""
    return effective_expiry or date.max, lot_id


def first_expiring(lots: Iterable[LotOnHand], today: date) -> list[LotOnHand]:
    """Return what may be proposed, in the order in which it goes out."""
    usable = [lot for lot in lots if lot.on_hand > 0 and may_be_proposed(lot, today)]
    return sorted(usable, key=lambda lot: expiry_order(lot.effective_expiry, lot.lot_id))


def pick_lots(wanted: Sequence[Wanted], lots: Sequence[LotOnHand], *, today: date) -> list[Pick]:
    """Choose the lots that a hand-out comes from, exactly as much as was handed out.

    A chosen lot is taken as chosen, beyond its balance too: the hand-out happened. What the usable
    lots do not cover comes from the item's lot without a number, because nobody knows which it was.
    """
    left = {lot.lot_id: lot.on_hand for lot in lots}
    picks: list[Pick] = []
    for line in sorted(wanted, key=lambda line: line.lot_id is None):  # chosen lots claim their units first
        if line.lot_id is not None:
            left[line.lot_id] = left.get(line.lot_id, 0) - line.quantity
            picks.append(
                Pick(item_id=line.item_id, lot_id=line.lot_id, quantity=line.quantity, source=LotSource.PICKED)
            )
            continue
        picks.extend(_infer(line, lots, left, today))
    return picks


def _infer(line: Wanted, lots: Sequence[LotOnHand], left: dict[int, int], today: date) -> list[Pick]:
    """Fill one line from the usable lots, first expiring first, and the rest without a number."""
    picks: list[Pick] = []
    missing = line.quantity
    for lot in first_expiring((lot for lot in lots if lot.item_id == line.item_id), today):
        taken = min(missing, max(left[lot.lot_id], 0))
        if taken:
            left[lot.lot_id] -= taken
            missing -= taken
            source = LotSource.INFERRED if lot.is_numbered else LotSource.UNKNOWN
            picks.append(Pick(item_id=line.item_id, lot_id=lot.lot_id, quantity=taken, source=source))
    if missing:
        picks.append(Pick(item_id=line.item_id, lot_id=None, quantity=missing, source=LotSource.UNKNOWN))
    return picks
