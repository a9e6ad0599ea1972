"""Read the fields of a record that anything may stand in. Plain Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.sync.rules.envelopes import as_id

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)
LARGEST = 2**31 - 1
# A few days inside the calendar, so that every time zone, and the end of a week, can be told of any of them.
FIRST_DAY, LAST_DAY = date.min + timedelta(days=7), date.max - timedelta(days=7)
FIRST_MOMENT = datetime.combine(FIRST_DAY, time(), UTC)
LAST_MOMENT = datetime.combine(LAST_DAY, time(), UTC)


class BadContent(DomainError):
    """A field of a record that holds something else than it should; `about` names it."""

    def __init__(self, about: str) -> None:
        """Say which field it is."""
        super().__init__(message("Something in it cannot be understood: %(field)s.", field=about))
        self.about = about


@dataclass(frozen=True)
class Fields:
    """The fields of a record or of one of its lines."""

    told: Mapping[str, object]

    def holds(self, name: str) -> bool:
        """Say whether a field is there, be it empty."""
        return name in self.told

    def optional(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """Return a field, or None where it is left out or empty."""
        return None if self.told.get(name) is None else read(name)

    def text(self, name: str) -> str:
        """Return a text, without signs that no database takes."""
        value = self.told.get(name)
        if not isinstance(value, str) or "\0" in value or not value.isprintable():
            raise BadContent(name)
        return value

    def id(self, name: str) -> str:
        """Return a UUID."""
        try:
            return as_id(self.told.get(name))
        except ValueError as problem:
            raise BadContent(name) from problem

    def number(self, name: str, *, least: int = -LARGEST, most: int = LARGEST) -> int:
        """Return a whole number."""
        value = self.told.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BadContent(name)
        return value

    def amount(self, name: str) -> Decimal:
        """Return a number that may have decimals, as it was typed."""
        value = self.told.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise BadContent(name)
        try:
            amount = Decimal(str(value))
        except ArithmeticError as problem:
            raise BadContent(name) from problem
        if not amount.is_finite() or not 0 <= amount <= LARGEST:
            raise BadContent(name)
        return amount

    def flag(self, name: str) -> bool:
        """Return yes or no; what is left out is no."""
        value = self.told.get(name, False)
        if not isinstance(value, bool):
            raise BadContent(name)
        return value

    def moment(self, name: str) -> datetime:
        """Return a moment with its zone; a clock that shows the ends of the calendar is moved a few days inwards."""
        try:
            moment = datetime.fromisoformat(self.text(name))
            if moment.tzinfo is not None:
                return min(max(moment, FIRST_MOMENT), LAST_MOMENT).astimezone(UTC)
        except (ValueError, OverflowError) as problem:
            raise BadContent(name) from problem
        raise BadContent(name)

    def day(self, name: str) -> date:
        """Return a calendar day."""
        try:
            day = date.fromisoformat(self.text(name))
        except ValueError as problem:
            raise BadContent(name) from problem
        if not FIRST_DAY <= day <= LAST_DAY:
            raise BadContent(name)
        return day

    def word(self, name: str, words: type[Word]) -> Word:
        """Return one of the words of a list."""
        try:
            return words(self.text(name))
        except ValueError as problem:
            raise BadContent(name) from problem

    def lines(self, name: str) -> list["Fields"]:
        """Return a list of lines; what is left out is none."""
        value = self.told.get(name, [])
        if not isinstance(value, list):
            raise BadContent(name)
        return [as_fields(line, name) for line in value]

    def part(self, name: str) -> "Fields":
        """Return a part that has fields of its own."""
        return as_fields(self.told.get(name), name)


def as_fields(value: object, name: str = "content") -> Fields:
    """Return something as fields; raises BadContent where it is no object."""
    if not isinstance(value, Mapping):
        raise BadContent(name)
    return Fields(value)
