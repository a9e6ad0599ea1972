"""What days with other hours have to say."""

from datetime import date, time

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

MIDNIGHT = 24 * 60


class WrongDays(DomainError):
    """These days or hours cannot be."""


def check_days(from_day: date, until_day: date | None, opens: time | None, closes: time | None) -> None:
    """Refuse days that end before they begin, and hours that are only half there."""
    if until_day is not None and until_day < from_day:
        raise WrongDays(message("The last day is before the first. Change one of them."))
    if (opens is None) != (closes is None):
        raise WrongDays(message("Enter both times, or neither if it is closed."))


def minutes_of(opens: time | None, closes: time | None) -> tuple[int | None, int | None]:
    """Return hours as minutes from midnight; closing at or before opening means the next day."""
    if opens is None or closes is None:
        return None, None
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return first, last if last > first else last + MIDNIGHT
