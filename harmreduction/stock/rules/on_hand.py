"""Which lots on hand somebody looks for."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from harmreduction.core.messages import Message, message


class Condition(StrEnum):
    """What holds for a lot that somebody looks for."""

    PAST = "past"
    WITHIN_30 = "30"
    WITHIN_90 = "90"
    WITHIN_180 = "180"
    NO_DATE = "none"
    HELD = "held"
    BELOW_ZERO = "below"


CONDITIONS: dict[Condition, Message] = {
    Condition.PAST: message("Past their date"),
    Condition.WITHIN_30: message("To use within 30 days"),
    Condition.WITHIN_90: message("To use within 90 days"),
    Condition.WITHIN_180: message("To use within 180 days"),
    Condition.NO_DATE: message("Without a date"),
    Condition.HELD: message("On hold, quarantined or recalled"),
    Condition.BELOW_ZERO: message("Below zero"),
}
DAYS = {Condition.WITHIN_30: 30, Condition.WITHIN_90: 90, Condition.WITHIN_180: 180}


@dataclass(frozen=True, kw_only=True)
class LastDays:
    """From which last day of use to which; None: from the very first, or to the very last."""

    first: date | None
    until: date | None


def last_days_of(condition: Condition, today: date) -> LastDays | None:
    """Return the last days of use of lots for which a condition holds; None where it says nothing of them."""
    if condition is Condition.PAST:
        return LastDays(first=None, until=today - timedelta(days=1))
    if condition in DAYS:
        return LastDays(first=today, until=today + timedelta(days=DAYS[condition]))
    return None
