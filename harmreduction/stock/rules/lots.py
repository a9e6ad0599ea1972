"""Which lot goes out next, and why another one does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.kinds import LotSource, LotStatus


@dataclass(frozen=True, kw_only=True)
class LotOnHand:
    """A lot at a place: units on hand (may be below zero), last day it may be used, whether it may be proposed.

    is_heated: it got too warm or too cold here, so it goes first. is_last_resort: the programme hands it
    out past its date when nothing else is left. merged_into_id: the lot under which its batch goes on.
    """

    lot_id: int
    item_id: int
    on_hand: int
    effective_expiry: date | None = None
    status: LotStatus = LotStatus.AVAILABLE
    lot_number: str = ""
    is_heated: bool = False
    is_last_resort: bool = False
    merged_into_id: int | None = None

    @property
    def is_numbered(self) -> bool:
        """Say whether anybody knows which lot it is."""
        return self.lot_number != ""


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Units to take from one lot, and how the lot was known; lot None is the item's lot without a number."""

    item_id: int
    lot_id: int | None
    quantity: int
    source: LotSource


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Units of an item that leave a place; `lot_id` where the person chose the lot, `source` how they knew it."""

    item_id: int
    quantity: int
    lot_id: int | None = None
    source: LotSource = LotSource.PICKED


class SkipReason(StrEnum):
    """Why a lot that lies there is not proposed."""

    EXPIRED = "expired"
    ON_HOLD = "on_hold"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


SKIP_REASONS: dict[SkipReason, Message] = {
    SkipReason.EXPIRED: message("Lot %(lot)s was skipped: past its date since %(since)s."),
    SkipReason.ON_HOLD: message("Lot %(lot)s was skipped: it is on hold."),
    SkipReason.QUARANTINED: message("Lot %(lot)s was skipped: it is quarantined."),
    SkipReason.RECALLED: message("Lot %(lot)s was skipped: it was recalled."),
}


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A lot that lies there and is not proposed, and why."""

    lot: LotOnHand
    reason: SkipReason

    @property
    def sentence(self) -> Message:
        """Say it to a person."""
        since = {"since": past_date_since(self.lot)} if self.reason is SkipReason.EXPIRED else {}
        return replace(SKIP_REASONS[self.reason], values={"lot": self.lot.lot_number, **since})


def is_expired(effective_expiry: date | None, today: date) -> bool:
    """Say whether a lot is past its date; it lasts through its expiry day."""
    return effective_expiry is not None and effective_expiry < today


def is_unusual(effective_expiry: date | None, status: str, today: date) -> bool:
    """Say whether handing out such a lot is asked about once more: past its date, or held."""
    return status != LotStatus.AVAILABLE or is_expired(effective_expiry, today)


def may_be_proposed(lot: LotOnHand, today: date) -> bool:
    """Say whether a lot may be handed out without asking once more."""
    return why_skipped(lot, today) is None


def why_skipped(lot: LotOnHand, today: date) -> SkipReason | None:
    """Return why a lot is not proposed, or None where it is."""
    if lot.status is not LotStatus.AVAILABLE:
        return SkipReason(lot.status.value)
    if is_expired(lot.effective_expiry, today) and not lot.is_last_resort:
        return SkipReason.EXPIRED
    return None


def skipped_among(lots: Iterable[LotOnHand], today: date) -> list[Skipped]:
    """Return the lots on hand that are not proposed, each number once for a reason, whoever paid for it."""
    found: dict[tuple[int, str, SkipReason], Skipped] = {}
    for lot in sorted(lots, key=lambda lot: expiry_order(lot.effective_expiry, lot.lot_id)):
        reason = why_skipped(lot, today)
        if reason is not None and lot.on_hand > 0:
            found.setdefault((lot.item_id, lot.lot_number, reason), Skipped(lot=lot, reason=reason))
    return list(found.values())


def past_date_since(lot: LotOnHand) -> date | None:
    """Return the first day on which a lot is past its date: the one after its last; None for one without a date."""
    return lot.effective_expiry and lot.effective_expiry + timedelta(days=1)


def better_than_none(lot: LotOnHand) -> Message:
    """Say that a lot past its date goes out because the programme decided so and nothing else is left."""
    return message(
        "Lot %(lot)s is past its date since %(since)s. Nothing else is left here: past its date, better than none.",
        lot=lot.lot_number,
        since=past_date_since(lot),
    )


def expiry_order(effective_expiry: date | None, lot_id: int) -> tuple[date, int]:
    """Return by what lots are put in order: first expired first out, and those without a date last."""
    return effective_expiry or date.max, lot_id


def first_expiring(lots: Iterable[LotOnHand], today: date) -> list[LotOnHand]:
    """Return what may be proposed, in the order in which it goes out."""
    usable = [lot for lot in lots if lot.on_hand > 0 and may_be_proposed(lot, today)]
    return sorted(usable, key=lambda lot: going_order(lot, today))


def going_order(lot: LotOnHand, today: date) -> tuple[bool, bool, int, int]:
    """Return by what lots go out: what got too warm or too cold first, then by date, past its date last.

    Of those past their date the one that is so for the shortest time goes first.
    """
    expiry, lot_id = expiry_order(lot.effective_expiry, lot.lot_id)
    if is_expired(lot.effective_expiry, today):
        return True, lot.is_heated, -expiry.toordinal(), lot_id
    return False, not lot.is_heated, expiry.toordinal(), lot_id


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
            picks.append(Pick(item_id=line.item_id, lot_id=line.lot_id, quantity=line.quantity, source=line.source))
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
