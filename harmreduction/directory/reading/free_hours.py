"""Opening hours in words, read into HSDS schedules only where every word is understood.

A sentence that is not understood whole stays a sentence: wrong hours send people to closed doors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harmreduction.directory.reading.clock_ranges import CannotTell, Range, Time, ranges_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST = 2000  # characters

_DAY_WORDS = {
    "m": 0, "mo": 0, "mon": 0, "monday": 0, "t": 1, "tu": 1, "tue": 1, "tues": 1, "tuesday": 1,
    "w": 2, "we": 2, "wed": 2, "weds": 2, "wednesday": 2, "th": 3, "thu": 3, "thur": 3, "thurs": 3, "thursday": 3,
    "f": 4, "fr": 4, "fri": 4, "friday": 4, "sa": 5, "sat": 5, "saturday": 5, "su": 6, "sun": 6, "sunday": 6,
}  # fmt: skip
_DAY_GROUPS = {
    "daily": range(7), "everyday": range(7), "weekdays": range(5), "weekday": range(5), "weekends": range(5, 7),
}  # fmt: skip
_ORDINALS = {
    "1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "5th": 5, "last": -1,
}  # fmt: skip
_ALWAYS = re.compile(
    r"(?:open |available )?(?:24\s?/\s?7|24 ?h(?:ou)?rs?(?: a day)?,? ?(?:/ ?|and )?7 days(?: a| per)? ?(?:week)?"
    r"|24 hours a day, seven days a week|24 hours a day|24 hours daily|24 hours)",
)
_NO_MEANING = re.compile(
    r"\b(?:of (?:the|each|every) month|of month|(?:each|every|a) month|hours?|open|weekly|on|from"
    r"|every(?=\s+[a-z]*day\b))\b:?"
)
_EVERY_DAY = re.compile(r"\b(?:every day|each day|7 days a week|seven days a week)\b")
_TOKEN = re.compile(
    r"(?P<time>\d{1,2}(?::\d{2}(?::\d{2})?)?\s*(?:[ap]\.?\s?m\b\.?|[ap]\b)?|noon|midnight)(?![\d:/a-z])"
    r"|(?P<ordinal>\b(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|last)\b)"
    r"|(?P<word>[a-z]+)|(?P<to>-)|(?P<sign>[,;:&/\n+.])|\s+"
)
_TO_WORDS = frozenset({"to", "through", "thru", "until", "till"})


@dataclass
class _Segment:
    """Some days and the ranges of hours on them; hours are as they were written until all is read."""

    days: list[str] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    is_closed: bool = False


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def read_hours(text: str) -> list[dict[str, Any]] | None:
    """Return HSDS schedules (freq, byday, opens_at, closes_at) for hours in words, or None where it is not sure."""
    plain = _plain(text)
    if not plain or len(plain) > LONGEST:
        return None
    if _ALWAYS.fullmatch(plain):
        return [_schedule(list(DAYS), Range(0, 1440))]
    try:
        segments = list(_segments(list(_tokens(plain))))
        return _schedules(segments)
    except CannotTell:
        return None


def _plain(text: str) -> str:
    """Return a text in small letters, with one sign for each meaning."""
    text = re.sub(r"[–—−‐]", "-", text.replace("\\n", "\n").replace("\xa0", " ")).lower()
    text = re.sub(r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)['’]?s\b", r"\1", text)
    text = _EVERY_DAY.sub("daily", text)
    if _ALWAYS.fullmatch(text.strip(" .")):
        return text.strip(" .")
    text = re.sub(r"\b12(?::00)?\s*noon\b", "noon", text)
    return _NO_MEANING.sub(" ", text).strip(" .,;\n")


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise CannotTell
        place = found.end()
        kind = found.lastgroup
        if kind is None:
            continue
        word = found[kind].strip()
        yield _Token("to", word) if kind == "word" and word in _TO_WORDS else _Token(kind, word)


def _segments(tokens: list[_Token]) -> Iterator[_Segment]:
    """Group tokens into days with their hours; the first word tells which of them comes first everywhere."""
    meaningful = [token for token in tokens if token.kind != "sign"]
    if not meaningful:
        raise CannotTell
    days_first = meaningful[0].kind != "time"
    reader = _Reader(meaningful)
    while not reader.is_done:
        segment = _Segment()
        if days_first:
            reader.take_days(segment)
            reader.take_times(segment)
        else:
            reader.take_times(segment)
            reader.take_days(segment)
        yield segment


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left."""
        return self._place >= len(self._tokens)

    def take_days(self, segment: _Segment) -> None:
        """Read days: "Mon-Thu", "1st and 3rd Monday", "daily"."""
        ordinals: list[int] = []
        after_ordinal = False
        while not self.is_done and (_is_days(self._next) or self._next.text == "and"):
            token = self._take()
            if token.text == "and":
                continue
            if token.kind == "ordinal":
                ordinals = [*ordinals, _ORDINALS[token.text]] if after_ordinal else [_ORDINALS[token.text]]
                after_ordinal = True
                continue
            segment.days += [f"{n}{DAYS[day]}" for day in self._days(token) for n in ordinals or ("",)]
            after_ordinal = False
        _insist(bool(segment.days) and not after_ordinal)

    def _days(self, token: _Token) -> list[int]:
        if token.text in _DAY_GROUPS:
            return list(_DAY_GROUPS[token.text])
        first = _DAY_WORDS[token.text]
        following = self._tokens[self._place : self._place + 2]
        if len(following) < 2 or following[0].kind != "to" or following[1].kind == "time":
            return [first]
        self._take()
        _insist(self._next.text in _DAY_WORDS)
        last = _DAY_WORDS[self._take().text]
        return [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]

    def take_times(self, segment: _Segment) -> None:
        """Read hours: "9am-5pm", "9-12 and 1-5pm", "10AM 2PM", "closed"."""
        if not self.is_done and self._next.text == "-":
            self._take()
        if not self.is_done and self._next.text == "closed":
            self._take()
            segment.is_closed = True
            return
        while not self.is_done and self._next.kind == "time":
            segment.times += self._take_range()
            self._skip_and()
        _insist(bool(segment.times))

    def _take_range(self) -> list[Time]:
        """Read two times; nothing needs to stand between them if both say their half of the day."""
        first = Time.read(self._take().text)
        has_dash = not self.is_done and self._next.kind == "to"
        if has_dash:
            self._take()
        _insist(not self.is_done and self._next.kind == "time")
        second = Time.read(self._take().text)
        _insist(has_dash or bool(first.half and second.half))
        return [first, second]

    def _skip_and(self) -> None:
        """Step over "and" between two ranges; before days it belongs to them."""
        following = self._tokens[self._place : self._place + 2]
        if len(following) == 2 and following[0].text == "and":
            self._take()

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        self._place += 1
        return self._tokens[self._place - 1]


def _is_days(token: _Token) -> bool:
    return token.kind == "ordinal" or token.text in _DAY_WORDS or token.text in _DAY_GROUPS


def _insist(sure: bool) -> None:
    if not sure:
        raise CannotTell


def _schedules(segments: list[_Segment]) -> list[dict[str, Any]]:
    """Return one schedule for each range and its days; days that the text has twice are not understood."""
    named = [day for segment in segments for day in segment.days]
    _insist(len(named) == len(set(named)))
    all_times = [time for segment in segments for time in segment.times]
    by_range: dict[tuple[bool, Range], list[str]] = {}
    for segment in segments:
        for found in ranges_of(segment.times, all_times):
            monthly = [day for day in segment.days if len(day) > 2]
            _insist(not monthly or len(monthly) == len(segment.days))
            by_range.setdefault((bool(monthly), found), []).extend(segment.days)
    return [_schedule(days, found, monthly=monthly) for (monthly, found), days in by_range.items()]


def _schedule(days: list[str], found: Range, *, monthly: bool = False) -> dict[str, Any]:
    return {
        "freq": "MONTHLY" if monthly else "WEEKLY",
        "byday": ",".join(sorted(days, key=lambda day: (DAYS.index(day[-2:]), day))),
        "opens_at": found.opens_at,
        "closes_at": found.closes_at,
    }
