"""How a visit begins before anything is handed out on it. Plain Python: no Flask, no database."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class VisitStart:
    """A visit as whoever writes it down knows it; every record of the visit carries it, so none has to arrive first.

    visit_id (a UUID) was made where it was first written down. participant_id is the row of whoever showed a code,
    None for everybody else. `day` is None for now, or the calendar day for which it is entered later.
    """

    visit_id: str
    site_id: int
    time_zone: str
    participant_id: int | None = None
    day: date | None = None


class BegunVisit(Protocol):
    """A visit that is there already."""

    public_id: str
    site_id: int
    participant_id: int | None


def start_of(visit: BegunVisit) -> VisitStart:
    """Return what a further record of this visit carries; such a record changes nothing about the visit itself."""
    return VisitStart(
        visit_id=visit.public_id, site_id=visit.site_id, time_zone="UTC", participant_id=visit.participant_id
    )
