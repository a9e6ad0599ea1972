"""Stock decisions without a database: places, lots, what to hand out first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.messages import Message, message

MOST_AT_ONCE = 100_000  # units in one line: more is a slip of the finger
TAKE_BACK_FOR = timedelta(minutes=10)


class LocationKind(StrEnum):
    """Where stock can be; the virtual kinds are the world outside, so that nothing appears or disappears."""

    WAREHOUSE = "warehouse"
    FIXED_SITE = "fixed_site"
    VAN = "van"
    BACKPACK = "backpack"
    SUPPLIER = "supplier"
    PARTICIPANT = "participant"
    PARTNER = "partner"
    WASTE = "waste"
    VARIANCE = "variance"
    OPENING = "opening"
    ASSEMBLY = "assembly"
    IN_TRANSIT = "in_transit"


LOCATION_KINDS: dict[LocationKind, Message] = {
    LocationKind.WAREHOUSE: message("Warehouse"),
    LocationKind.FIXED_SITE: message("Site shelf"),
    LocationKind.VAN: message("Van"),
    LocationKind.BACKPACK: message("Backpack"),
    LocationKind.SUPPLIER: message("Supplier"),
    LocationKind.PARTICIPANT: message("Handed to participants"),
    LocationKind.PARTNER: message("Partner"),
    LocationKind.WASTE: message("Waste"),
    LocationKind.VARIANCE: message("Count differences"),
    LocationKind.OPENING: message("Opening stock"),
    LocationKind.ASSEMBLY: message("Kit packing"),
    LocationKind.IN_TRANSIT: message("On the way"),
}

REAL_KINDS = (LocationKind.WAREHOUSE, LocationKind.FIXED_SITE, LocationKind.VAN, LocationKind.BACKPACK)

# The virtual places are the same in every programme; migration 0005 gives them these ids, which never change.
VIRTUAL_LOCATION_IDS: dict[LocationKind, int] = {
    LocationKind.SUPPLIER: 1,
    LocationKind.PARTICIPANT: 2,
    LocationKind.PARTNER: 3,
    LocationKind.WASTE: 4,
    LocationKind.VARIANCE: 5,
    LocationKind.OPENING: 6,
    LocationKind.ASSEMBLY: 7,
    LocationKind.IN_TRANSIT: 8,
}


class LotStatus(StrEnum):
    """Whether a lot may be proposed."""

    AVAILABLE = "available"
    ON_HOLD = "on_hold"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


class LotSource(StrEnum):
    """How the lot of a movement was known."""

    SCANNED = "scanned"
    PICKED = "picked"
    INFERRED = "inferred_fefo"
    UNKNOWN = "unknown"


class TransactionKind(StrEnum):
    """What kind of fact moved the stock."""

    OPENING = "opening"
    RECEIVE = "receive"
    TRANSFER = "transfer"
    DISTRIBUTE = "distribute"
    REVERSAL = "reversal"


class Origin(StrEnum):
    """How a fact reached the ledger."""

    ONLINE = "online"
    FIELD = "field"
    IMPORT = "import"


class ReversalReason(StrEnum):
    """Why a fact was taken back."""

    UNDO = "undo"
    WRONG_ITEM = "wrong_item"
    WRONG_QUANTITY = "wrong_quantity"
    ENTERED_TWICE = "entered_twice"
    PRACTICE = "practice"
    OTHER = "other"


REVERSAL_REASONS: dict[ReversalReason, Message] = {
    ReversalReason.WRONG_ITEM: message("Another item was handed out"),
    ReversalReason.WRONG_QUANTITY: message("The number was different"),
    ReversalReason.ENTERED_TWICE: message("It was entered twice"),
    ReversalReason.PRACTICE: message("It was only practice"),
    ReversalReason.OTHER: message("Another reason"),
}


class DiscrepancyKind(StrEnum):
    """What does not fit and waits for a lead."""

    NEGATIVE_BALANCE = "negative_balance"
    EXPIRED_GIVEN = "expired_given"
    HELD_GIVEN = "held_given"


DISCREPANCY_KINDS: dict[DiscrepancyKind, Message] = {
    DiscrepancyKind.NEGATIVE_BALANCE: message("More went out than was booked in"),
    DiscrepancyKind.EXPIRED_GIVEN: message("Handed out past its date"),
    DiscrepancyKind.HELD_GIVEN: message("Handed out while on hold"),
}


class Outcome(StrEnum):
    """What the ledger answers when a fact arrives."""

    CREATED = "created"
    EXISTS = "exists"
    EXISTS_WITH_DIFFERENT_FIELDS = "exists_with_different_fields"


class UnknownLot(DomainError):
    """The lot is not one of the item, does not lie there, or what is said of it does not fit."""


class CannotReverse(DomainError):
    """The fact was taken back already, or is itself a taking back."""


class NotEnoughHere(OutOfDate):
    """A place that guards its stock does not hold that much."""


class NothingToMove(DomainError):
    """No lot was named."""


class QuantityOutOfBounds(DomainError):
    """The number is no number of units that could have moved."""


class NameTaken(DomainError):
    """Another one is called that already."""


class ItemHasMoved(DomainError):
    """Totals of the past count with what was to be changed of an item."""


class ChangedFact(DomainError):
    """The same id came twice with different content."""


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


@dataclass(frozen=True, kw_only=True)
class MovementLine:
    """Units of a lot going from one place to another."""

    lot_id: int
    from_location_id: int
    to_location_id: int
    quantity: int
    source: LotSource = LotSource.PICKED


def check_quantity(quantity: int) -> None:
    """Refuse a number of units that could not have moved."""
    if not 0 < quantity <= MOST_AT_ONCE:
        raise QuantityOutOfBounds(message("Enter a whole number from 1 to %(most)s.", most=f"{MOST_AT_ONCE:,}"))


def check_lot(lot_number: str, expiry: date | None) -> None:
    """Refuse a date without a lot number: what nobody knows the lot of has no one date."""
    if expiry is not None and not lot_number:
        raise UnknownLot(message("Enter the lot number too, or leave the date empty: a date belongs to a lot."))


def is_fresh_slip(recorded_at: datetime, now: datetime) -> bool:
    """Say whether a receipt or a move was booked so lately that it counts as a slip of the finger."""
    return now - recorded_at <= TAKE_BACK_FOR


def may_take_back(*, recorded_at: datetime, now: datetime, sites: int, leads: bool) -> bool:
    """Say whether a person may take back a receipt or a move: a fresh slip at one site, or any if they lead.

    sites: how many sites the supplies lay at before and after.
    """
    return leads or (sites <= 1 and is_fresh_slip(recorded_at, now))


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
