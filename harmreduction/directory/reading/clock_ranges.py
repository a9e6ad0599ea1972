"""Ranges of hours as people write them: which half of the day is meant, and whether that is sure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

NOON, DAY = 720, 1440  # minutes
LONGEST_NIGHT = 14 * 60  # minutes; a longer range past midnight is rather a mistake
EARLIEST_BY_24 = 6 * 60  # a range that ends before that, in 24 hours, was rather meant for the afternoon

_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*([ap])?\.?\s*m?\.?")


class CannotTell(Exception):  # it is no error, only the end of what is sure
    """The hours are not understood."""


@dataclass(frozen=True)
class Time:
    """A time of day as it was written: half is "a", "p", or "" where nothing says; exact has seconds or 13 to 24."""

    hour: int
    minute: int
    half: str
    exact: bool

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what was written; raises CannotTell."""
        if text in ("noon", "midnight"):
            return cls(12, 0, "p" if text == "noon" else "a", False)
        found = _TIME.fullmatch(text.strip())
        if not found or int(found[1]) > 24 or int(found[2] or 0) > 59:
            raise CannotTell
        hour, half = int(found[1]), found[4] or ""
        if half and not 1 <= hour <= 12:
            raise CannotTell
        exact = not half and (found[3] is not None or hour > 12 or (found[1].startswith("0") and found[2] is not None))
        return cls(hour, int(found[2] or 0), half, exact)

    def minutes(self, half: str = "") -> int:
        """Return minutes from midnight, in the half of the day that is given or written; in 24 hours without."""
        half = self.half or half
        hour = self.hour % 12 + (12 if half == "p" else 0) if half else self.hour
        return hour * 60 + self.minute


@dataclass(frozen=True)
class Range:
    """Minutes from midnight; closes may be 1440."""

    opens: int
    closes: int

    @property
    def opens_at(self) -> str:
        """Return the beginning as HSDS writes it."""
        return _clock(self.opens)

    @property
    def closes_at(self) -> str:
        """Return the end as HSDS writes it; the whole day ends at 23:59, as its guidance says."""
        return "23:59:00" if (self.opens, self.closes) == (0, DAY) else _clock(self.closes % DAY)


def ranges_of(times: Sequence[Time], all_times: Iterable[Time]) -> list[Range]:
    """Return the ranges that pairs of times make, each once; all_times tell whether the text counts to 24."""
    counts_to_24 = _counts_to_24(list(all_times))
    pairs = zip(times[::2], times[1::2], strict=True)
    return list(dict.fromkeys(_range(first, second, counts_to_24) for first, second in pairs))


def _counts_to_24(times: list[Time]) -> bool:
    return bool(times) and not any(time.half for time in times) and any(time.exact for time in times)


def _range(first: Time, second: Time, counts_to_24: bool) -> Range:
    if counts_to_24:
        found = Range(first.minutes(), second.minutes())
        if found.closes <= EARLIEST_BY_24 and found.opens < found.closes:
            raise CannotTell
    else:
        found = _with_halves(first, second)
    return _sure(found)


def _with_halves(first: Time, second: Time) -> Range:
    """Fill in the half of the day that one of the two does not say: "9-11am", "10-2pm", "9am-5"."""
    if first.half and second.half:
        return Range(first.minutes(), second.minutes())
    if (not first.half and not second.half) or first.exact or second.exact:
        raise CannotTell
    if first.half:
        opens = first.minutes()
        return Range(opens, next((m for h in "ap" if (m := second.minutes(h)) > opens), -1))
    closes = second.minutes()
    return Range(next((m for h in (second.half, "a") if (m := first.minutes(h)) < closes), -1), closes)


def _sure(found: Range) -> Range:
    """Return a range that can be meant; raises CannotTell for another."""
    if found.opens < 0 or found.closes < 0 or found.opens == found.closes:
        raise CannotTell
    if found.closes < found.opens and found.closes + DAY - found.opens > LONGEST_NIGHT:
        raise CannotTell
    if found.opens >= DAY or found.closes > DAY:
        raise CannotTell
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"
