"""Hours as one line of a form each, and back into HSDS schedules; what the form cannot show stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.ids import content_id
from harmreduction.directory.hsds.structure import Document
from harmreduction.directory.schedules import FIRST_DAY, LAST_DAY, MIDNIGHT, WEEKDAYS, Recurrence, read_schedule
from harmreduction.directory.view import text

WEEKLY, FORTNIGHTLY = "weekly", "fortnightly"
REPEATS: dict[str, Message] = {
    WEEKLY: message("Every week"),
    FORTNIGHTLY: message("Every 2 weeks"),
    "1": message("Each month on the first"),
    "2": message("Each month on the second"),
    "3": message("Each month on the third"),
    "4": message("Each month on the fourth"),
    "-1": message("Each month on the last"),
}
SAYS_WHEN = ("freq", "interval", "byday", "dtstart", "opens_at", "closes_at")
SAYS_A_TIME = ("freq", "byday", "bymonthday", "opens_at", "closes_at")


@dataclass(frozen=True, kw_only=True)
class HoursRow:
    """From when to when on some weekdays (0 Monday); number: its schedule in the list, None for a new one.

    repeats: a key of REPEATS. starts: the first day, from which every second week is counted.
    """

    weekdays: tuple[int, ...]
    opens: time
    closes: time
    repeats: str = WEEKLY
    starts: date | None = None
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class HoursEntry:
    """All hours as they are entered; drops_others: whatever no row can show goes."""

    rows: tuple[HoursRow, ...] = ()
    note: str = ""
    drops_others: bool = False


def hours_entry_of(schedules: Sequence[Document]) -> HoursEntry:
    """Return schedules as the form shows them."""
    rows = (row_of(number, schedule) for number, schedule in enumerate(schedules))
    note = _note_number(schedules)
    return HoursEntry(
        rows=tuple(row for row in rows if row is not None),
        note="" if note is None else text(schedules[note], "description"),
    )


def others_of(schedules: Sequence[Document]) -> list[Document]:
    """Return the schedules that the form cannot show: seasons, days of the month, what cannot be read."""
    note = _note_number(schedules)
    shown = {note, *(row.number for row in hours_entry_of(schedules).rows)}
    return [schedule for number, schedule in enumerate(schedules) if number not in shown]


def row_of(number: int, schedule: Document) -> HoursRow | None:
    """Return a schedule as a row; None where a row would not say all of it."""
    read = read_schedule(schedule)
    if read is None:
        return None
    repeats = _repeats(read.recurrence)
    if repeats is None:
        return None
    return HoursRow(
        number=number,
        weekdays=tuple(sorted({day.weekday for day in read.recurrence.weekdays})),
        repeats=repeats,
        starts=read.recurrence.starts,
        opens=_clock(read.opens),
        closes=_clock(read.closes),
    )


def edited_schedules(schedules: Sequence[Document], entry: HoursEntry, owner: str) -> list[Document]:
    """Return the schedules as entered; ids of new ones are made from what they say and whose they are (UUID)."""
    kept: dict[int, Document] = {} if entry.drops_others else _by_number(schedules, others_of(schedules))
    new = []
    for row in entry.rows:
        known = row.number is not None and row.number < len(schedules)
        if known and row.number is not None:
            kept[row.number] = _schedule(row, schedules[row.number], row_of(row.number, schedules[row.number]), owner)
        else:
            new.append(_schedule(row, {}, None, owner))
    _keep_note(kept, new, schedules, entry.note, owner)
    return _once([*(kept[number] for number in sorted(kept)), *new])


def _repeats(days: Recurrence) -> str | None:
    """Return how a row says that these days recur, if it can."""
    begins_with_start = days.valid_from in (FIRST_DAY, days.starts)
    if days.count or days.month_days or days.year_days or days.weeks or not days.weekdays:
        return None
    if not begins_with_start or days.valid_until != LAST_DAY:
        return None
    places = {day.which for day in days.weekdays}
    if days.is_monthly:
        only = str(min(places)) if len(places) == 1 and days.interval == 1 else ""
        return only if only in REPEATS else None
    return {1: WEEKLY, 2: FORTNIGHTLY}.get(days.interval) if places == {0} else None


def _schedule(row: HoursRow, old: Document, as_it_was: HoursRow | None, owner: str) -> Document:
    """Return a schedule that says what a row says; one that was not changed stays letter by letter."""
    if row == as_it_was:
        return old
    made: dict[str, Any] = {name: value for name, value in old.items() if name not in SAYS_WHEN}
    which = "" if row.repeats in (WEEKLY, FORTNIGHTLY) else row.repeats
    made["freq"] = "MONTHLY" if which else "WEEKLY"
    made["byday"] = ",".join(f"{which}{WEEKDAYS[day]}" for day in row.weekdays)
    if row.repeats == FORTNIGHTLY:
        made["interval"] = 2
    if row.starts is not None:
        made["dtstart"] = row.starts.isoformat()
    made["opens_at"], made["closes_at"] = row.opens.isoformat("seconds"), row.closes.isoformat("seconds")
    return made if "id" in made else {"id": content_id("schedule", made, UUID(owner)), **made}


def _keep_note(
    kept: dict[int, Document], new: list[Document], schedules: Sequence[Document], note: str, owner: str
) -> None:
    """Put the words about hours where they stood, or behind all hours."""
    number = _note_number(schedules)
    old = {} if number is None else schedules[number]
    if note == text(old, "description"):
        made = old
    else:
        made = {name: value for name, value in old.items() if name != "description"}
        made |= {"description": note} if note else {}
    if not note and set(made) <= {"id"}:
        return
    if number is not None:
        kept[number] = made
    else:
        new.append({"id": content_id("schedule", made, UUID(owner)), **made})


def _note_number(schedules: Sequence[Document]) -> int | None:
    """Return which schedule holds nothing but words."""
    return next(
        (
            number
            for number, schedule in enumerate(schedules)
            if text(schedule, "description") and not any(schedule.get(name) for name in SAYS_A_TIME)
        ),
        None,
    )


def _by_number(schedules: Sequence[Document], chosen: Sequence[Document]) -> dict[int, Document]:
    """Return some schedules by their place in the list."""
    wanted = {id(schedule) for schedule in chosen}
    return {number: schedule for number, schedule in enumerate(schedules) if id(schedule) in wanted}


def _once(schedules: Sequence[Document]) -> list[Document]:
    """Return schedules without repetitions: the same row entered twice is one."""
    return [schedule for number, schedule in enumerate(schedules) if schedule not in schedules[:number]]


def _clock(minutes: int) -> time:
    """Return minutes from midnight as a time of day; the end of the day is 00:00."""
    return time(*divmod(minutes % MIDNIGHT, 60))
