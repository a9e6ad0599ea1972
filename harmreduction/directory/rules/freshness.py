"""How far one can rely on what was checked some time ago."""

from datetime import date, timedelta
from enum import Enum

from harmreduction.core.messages import message

FRESH_FOR = timedelta(days=183)  # six months
AGEING_UNTIL = timedelta(days=365)


class Freshness(Enum):
    """What the day of the last check says."""

    FRESH = message("Checked lately")
    AGEING = message("Check it soon")
    OLD = message("Not checked for a year")
    NEVER = message("Not checked yet")


def freshness(checked_on: date | None, today: date) -> Freshness:
    """Return how fresh a record is: up to six months, up to twelve, older, or never checked."""
    if checked_on is None:
        return Freshness.NEVER
    age = today - checked_on
    if age <= FRESH_FOR:
        return Freshness.FRESH
    return Freshness.AGEING if age <= AGEING_UNTIL else Freshness.OLD
