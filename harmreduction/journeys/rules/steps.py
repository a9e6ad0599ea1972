"""The programme's ideal journey: its steps, what shows that somebody reached one, and how the steps are ordered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.referrals.rules.kinds import Barrier

NAME_LENGTH = 60

STARTING_NAMES = (  # what a programme starts with, as the migration wrote it down
    message("First visit"),
    message("Came again"),
    message("Has naloxone"),
    message("Told of a service"),
    message("Got there"),
    message("Still there after 30 days"),
)


class Measure(StrEnum):
    """A fact that shows by itself that a step was reached."""

    FIRST_VISIT = "first_visit"
    CAME_BACK = "came_back"
    NALOXONE = "naloxone"
    REFERRAL_MADE = "referral_made"
    REFERRAL_ARRIVED = "referral_arrived"
    REFERRAL_KEPT = "referral_kept"


MEASURES: dict[Measure, Message] = {
    Measure.FIRST_VISIT: message("The first visit with their code"),
    Measure.CAME_BACK: message("A visit on a later day"),
    Measure.NALOXONE: message("Naloxone was handed out to them, or they said that they have it"),
    Measure.REFERRAL_MADE: message("A referral was made with their code"),
    Measure.REFERRAL_ARRIVED: message("They got to the service of a referral"),
    Measure.REFERRAL_KEPT: message("They still go there after 30 days"),
}

Row = TypeVar("Row")


class CannotShape(DomainError):
    """A journey that the programme could not use."""


class CannotMark(DomainError):
    """A step that cannot be marked as it was said."""


@dataclass(frozen=True, kw_only=True)
class StepWanted:
    """One step as the programme wants it; client_id (UUID) was made with the page, or is the step's own.

    A step that is no longer used is hidden; what was marked on it stays.
    """

    client_id: str
    name: str
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class StepMark:
    """A step that somebody reached, marked by hand at a site; the ids are rows. Sent twice, it is marked once."""

    participant_id: int
    site_id: int
    step_id: int
    reached_on: date


@dataclass(frozen=True, kw_only=True)
class BarriersNoted:
    """Everything that stands between somebody and a step, as noted at a site; the ids are rows."""

    participant_id: int
    site_id: int
    step_id: int
    barriers: frozenset[Barrier]


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A step somebody reached: the first day that shows it, and whether it is only known by hand."""

    reached_on: date
    is_by_hand: bool


def check_name(name: str) -> None:
    """Refuse a step that nobody could read."""
    if not name.strip():
        raise CannotShape(message("Enter a name."))


def check_reached_on(reached_on: date, *, today: date) -> None:
    """Refuse a day that has not come yet."""
    if reached_on > today:
        raise CannotMark(message("This day has not come yet. Choose today or a day before."))


def reached(
    shown_on: Mapping[Measure, date], marked_on: Mapping[int, date], steps: Sequence[tuple[int, Measure | None]]
) -> dict[int, Reached]:
    """Return the steps that were reached, by row id.

    shown_on: when facts first showed each measure. marked_on: when steps were marked by hand. steps: (row id, measure).
    """
    found: dict[int, Reached] = {}
    for step_id, measure in steps:
        shown = shown_on.get(measure) if measure is not None else None
        days = [day for day in (shown, marked_on.get(step_id)) if day is not None]
        if days:
            found[step_id] = Reached(reached_on=min(days), is_by_hand=shown is None)
    return found


def furthest(step_ids: Sequence[int], reached_ids: Collection[int]) -> int | None:
    """Return the last step, in the programme's order, that was reached; a step may be left out on the way."""
    return next((step_id for step_id in reversed(step_ids) if step_id in reached_ids), None)


def moved(rows: Sequence[Row], row: Row, by: int) -> list[Row]:
    """Return rows in a new order: one moved by so many places, as far as there are places."""
    others = [each for each in rows if each != row]
    place = min(max(rows.index(row) + by, 0), len(others))
    return [*others[:place], row, *others[place:]]
