"""The list of an area: what paper says, and what a phone needs to tell by itself whether a place is open."""

import json
from dataclasses import dataclass
from datetime import datetime

from harmreduction.core.messages import Message
from harmreduction.directory.hours import OpenSpan
from harmreduction.directory.hours_words import state_words
from harmreduction.directory.queries.areas import AreaList, AreaRow
from harmreduction.directory.results import Result, result_of
from harmreduction.directory.schedules import FIRST_DAY, LAST_DAY
from harmreduction.directory.service_page import PhonePage, answers, phones_of
from harmreduction.directory.view import ServiceView


@dataclass(frozen=True, kw_only=True)
class AreaEntry:
    """A service at a place of the area; `spans` is what `static/js/finder/open_now.js` reads."""

    result: Result
    service: ServiceView
    address_lines: tuple[str, ...]
    hours: tuple[Message, ...]
    phones: tuple[PhonePage, ...]
    time_zone: str
    spans: str
    has_hours: bool
    state: Message
    can_call: bool


@dataclass(frozen=True, kw_only=True)
class AreaPage:
    """The services of an area, nearest first; has_more: others lie farther away."""

    entries: tuple[AreaEntry, ...]
    has_more: bool


def page_of_area(area: AreaList, *, country: str, at: datetime) -> AreaPage:
    """Return the list of an area as it is read; country: whose unit of distance is used."""
    return AreaPage(entries=tuple(_entry(row, country, at) for row in area.rows), has_more=area.has_more)


def _entry(row: AreaRow, country: str, at: datetime) -> AreaEntry:
    phones = phones_of(row.place.phones or row.service.phones)
    return AreaEntry(
        result=result_of(row.found, country=country, at=at),
        service=row.service,
        address_lines=row.place.address_lines,
        hours=row.place.hours_lines,
        phones=phones,
        time_zone=row.place.time_zone,
        spans=json.dumps([_packed(span) for span in row.spans], separators=(",", ":")),
        has_hours=row.found.state.is_known,
        state=state_words(row.found.state, at, can_call=answers(phones)),
        can_call=answers(phones),
    )


def _packed(span: OpenSpan) -> list[int | str]:
    """Return [weekday, opens, closes], and its first and last day (empty: none) where it does not hold for good."""
    days = [
        "" if span.valid_from == FIRST_DAY else span.valid_from.isoformat(),
        "" if span.valid_until == LAST_DAY else span.valid_until.isoformat(),
    ]
    return [span.weekday, span.opens, span.closes, *(days if any(days) else ())]
