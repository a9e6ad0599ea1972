"""What people write into the cells of a monthly table: months, counts, sites. Pure, as rules are."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.reports.rules import FIRST_YEAR, LONGEST_LABEL

MOST_IN_A_MONTH = 10_000_000  # more of anything, at one site in one month, is a slip
LONGEST_NUMBER = 40  # characters
NOTHING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "–", "—"}
SPACES = " \u00a0\u2007\u202f"

FORMULA = re.compile(r"[=+@]|-\s*[^\d\s.,]")  # a minus before digits is a number below zero: another reason
BELOW_ZERO = re.compile(r"[-−]\s*[\d.,]+")
GROUPED = re.compile(rf"\d{{1,3}}([,.'’{SPACES}])\d{{3}}(?:\1\d{{3}})*")
TAIL_OF_ZEROS = re.compile(r"(\d+)[.]0{1,2}")  # 5625.0, as other programs write a whole number

# A month as people write it. y is the year, m the month, d the day; a and b are one of each, in either order.
NAME = r"(?P<name>[^\W\d]+)\.?"
MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"
MONTH_FORMS = [
    re.compile(form)
    for form in (
        rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})(?:[-/.](?P<d>\d{{1,2}}))?{MIDNIGHT}",
        r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])",
        r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})",
        rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}}){MIDNIGHT}",
        rf"{NAME}(?: de)?[ ,/-]*(?P<y>\d{{4}})",
        rf"(?P<y>\d{{4}})[ ,/-]*{NAME}",
        rf"{NAME} (?P<d>\d{{1,2}}),? (?P<y>\d{{4}})",
        rf"(?P<d>\d{{1,2}})[ -]{NAME}[ -](?P<y>\d{{4}})",
    )
]
SHORT_YEAR = re.compile(r"(?:\d{1,2}|[^\W\d]+)\.?[\s/-]+\d{2}")
DAY_NUMBER = re.compile(r"[2-5]\d{4}")  # how a spreadsheet counts days since 1900

MONTH_NAMES = (
    "january jan enero ene",
    "february feb febrero",
    "march mar marzo",
    "april apr abril abr",
    "may mayo",
    "june jun junio",
    "july jul julio",
    "august aug agosto ago",
    "september sept sep septiembre setiembre",
    "october oct octubre",
    "november nov noviembre",
    "december dec diciembre dic",
)
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names.split()}


class DayOrder(StrEnum):
    """What comes first in a date such as 2/1/2019; NOT_SAID refuses one that could be either."""

    NOT_SAID = "not-said"
    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"


class CannotUse(DomainError):
    """What stands in a cell cannot be counted."""


@dataclass(frozen=True)
class MonthRead:
    """The first day of a month, and whether the cell named another day, which is left out."""

    month: date
    had_day: bool = False


def is_nothing(text: str) -> bool:
    """Say whether a cell stands for “not recorded”; that is never zero."""
    return text.strip().casefold() in NOTHING


def read_label(text: str) -> str:
    """Return a site as the file names it, empty where it was not recorded.

    Raises CannotUse when it could not be a site's name.
    """
    label = " ".join(text.split())
    if is_nothing(label):
        return ""
    if label.startswith(("=", "+", "-", "@")):
        raise _formula()
    if len(label) > LONGEST_LABEL:
        raise CannotUse(message("A site's name has at most %(most)s characters.", most=LONGEST_LABEL))
    return label


def read_count(text: str) -> int | None:
    """Return a whole number however its thousands are separated, or None where nothing was recorded.

    Raises CannotUse when it is no number of things that could have been counted in a month.
    """
    if is_nothing(text):
        return None
    written = text.strip()
    if FORMULA.match(written):
        raise _formula()
    if BELOW_ZERO.fullmatch(written):
        raise CannotUse(message("It is below zero. Enter what was counted, 0 or more."))
    count = int(_digits(written))
    if count > MOST_IN_A_MONTH:
        most = f"{MOST_IN_A_MONTH:,}"
        raise CannotUse(message("It is more than %(most)s for one month. Check it.", most=most))
    return count


@lru_cache(maxsize=4096)  # a long file names the same months over and over
def read_month(text: str, *, today: date, order: DayOrder = DayOrder.NOT_SAID) -> MonthRead:
    """Return the month that a cell names, in the ways people write one.

    Raises CannotUse when there is none, when it could be two, or when it has not come yet.
    """
    if is_nothing(text):
        raise CannotUse(message("The month is missing."))
    written = " ".join(text.split())
    if FORMULA.match(written):
        raise _formula()
    day = _day_of(written, order)
    if day.year < FIRST_YEAR:
        raise CannotUse(message("It is before %(year)s. Check the year.", year=FIRST_YEAR))
    if (day.year, day.month) > (today.year, today.month):
        raise CannotUse(message("This month has not come yet."))
    return MonthRead(day.replace(day=1), had_day=day.day != 1)


def _digits(written: str) -> str:
    """Return the digits of a whole number."""
    if len(written) > LONGEST_NUMBER:
        raise CannotUse(message("It is not a whole number."))
    if whole := TAIL_OF_ZEROS.fullmatch(written):
        return whole[1]
    grouped = GROUPED.fullmatch(written)
    if grouped and grouped[1] == "." and written.count(".") == 1:
        raise CannotUse(message("It could be thousands or a fraction. Write it without the point."))
    if grouped:
        return written.replace(grouped[1], "")
    if not written.isdecimal():
        raise CannotUse(message("It is not a whole number."))
    return written


def _day_of(written: str, order: DayOrder) -> date:
    """Return the day that was written, or the first of the month where none was."""
    found = next((match for form in MONTH_FORMS if (match := form.fullmatch(written))), None)
    if found is None:
        raise CannotUse(_reason_for_no_month(written))
    parts = found.groupdict()
    if parts.get("a"):
        month, day = _month_and_day(int(parts["a"]), int(parts["b"]), order)
    else:
        month, day = _month_number(parts), int(parts.get("d") or 1)
    try:
        return date(int(parts["y"]), month, day)
    except ValueError as problem:
        raise CannotUse(message("There is no such day or month.")) from problem


def _month_number(parts: dict[str, str]) -> int:
    """Return the number of a month written as a number or by its name."""
    if parts.get("m"):
        return int(parts["m"])
    name = parts["name"].casefold()
    if name not in MONTH_NUMBERS:
        raise CannotUse(_reason_for_no_month(name))
    return MONTH_NUMBERS[name]


def _month_and_day(first: int, second: int, order: DayOrder) -> tuple[int, int]:
    """Return which of two numbers is the month and which the day."""
    could_be_either = first <= 12 and second <= 12 and first != second
    if order is DayOrder.NOT_SAID and could_be_either:
        raise CannotUse(message("It could be month %(a)s or month %(b)s. Say which comes first.", a=first, b=second))
    month_first = first <= 12 if order is DayOrder.NOT_SAID else order is DayOrder.MONTH_FIRST
    return (first, second) if month_first else (second, first)


def _reason_for_no_month(written: str) -> Message:
    """Return the sentence that helps most."""
    if DAY_NUMBER.fullmatch(written):
        return message("It is a spreadsheet's number for a day. Format the column as a date.")
    if SHORT_YEAR.fullmatch(written):
        return message("Write the year with four digits, like 2019-01.")
    return message("It is no month. Write it like 2019-01.")


def _formula() -> CannotUse:
    """Refuse a cell that a spreadsheet would run."""
    return CannotUse(message("It begins like a formula. Enter the value itself."))
