"""What moves, how much of it can, and what may be taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from harmreduction.core.messages import message
from harmreduction.stock.rules.kinds import LotSource, TransactionKind
from harmreduction.stock.rules.problems import CannotReverse, QuantityOutOfBounds, UnknownLot

MOST_AT_ONCE = 100_000  # units in one line: more is a slip of the finger
TAKE_BACK_FOR = timedelta(minutes=10)

# What a person takes back where it was booked; a hand-out is voided in the shift, a count is counted again.
TAKEN_BACK_HERE = (
    TransactionKind.OPENING,
    TransactionKind.RECEIVE,
    TransactionKind.TRANSFER,
    TransactionKind.DISPATCH,
    TransactionKind.HAND_ON,
    TransactionKind.RETURN,
    TransactionKind.ADJUST,
    TransactionKind.WASTE,
)


@dataclass(frozen=True, kw_only=True)
class MovementLine:
    """Units of a lot going from one place to another; reason_id is one of the programme's stock reasons."""

    lot_id: int
    from_location_id: int
    to_location_id: int
    quantity: int
    source: LotSource = LotSource.PICKED
    reason_id: int | None = None


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


def check_kind_taken_back(kind: TransactionKind) -> None:
    """Refuse to take back what is corrected in another way, with a sentence that names it."""
    if kind is TransactionKind.ACCEPT:
        raise CannotReverse(message("What was accepted lies here now. Adjust its number, or send it back."))
    if kind not in TAKEN_BACK_HERE:
        raise CannotReverse(message("This is not taken back here. Void a hand-out in the shift; count a place again."))
