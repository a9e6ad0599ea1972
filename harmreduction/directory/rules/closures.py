"""What days with other hours have to say."""

from datetime import date, time, timedelta

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

MIDNIGHT = 24 * 60
FURTHEST_BACK = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=3 * 366)


class WrongDays(DomainError):
    """These days or hours cannot be; about is the field to look at."""

    def __init__(self, message: Message, about: str = "until_day") -> None:
        """Carry the field beside the sentence."""
        super().__init__(message)
        self.about = about


def check_days(from_day: date, until_day: date | None, opens: time | None, closes: time | None, *, today: date) -> None:
    """Refuse days that end before they begin or are slips of the hand, and hours that are only half there."""
    if until_day is not None and until_day < from_day:
        raise WrongDays(message("The last day is before the first. Change one of them."))
    for day, name in ((from_day, "from_day"), (until_day, "until_day")):
        if day is not None and not today - FURTHEST_BACK <= day <= today + FURTHEST_AHEAD:
            raise WrongDays(message("Choose a day between a year ago and three years from now."), name)
    if (opens is None) != (closes is None):
        raise WrongDays(message("Enter both times, or neither if it is closed."))


def minutes_of(opens: time | None, closes: time | None) -> tuple[int | None, int | None]:
    """Return hours as minutes from midnight; closing at or before opening means the next day."""
    if opens is None or closes is None:
        return None, None
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return first, last if last > first else last + MIDNIGHT
