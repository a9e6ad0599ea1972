"""Forget a person: everything that is theirs goes, and what was handed out stays as a number."""

from collections.abc import Callable, Collection

from harmreduction.assessments import erasing as assessments
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction
from harmreduction.core.erasing import overwrite_erased
from harmreduction.encounters import erasing as encounters
from harmreduction.journeys import erasing as journeys
from harmreduction.participants import erasing as participants
from harmreduction.participants.queries.people import get_participant_of, ids_of_group
from harmreduction.referrals import erasing as referrals
from harmreduction.reversals import erasing as reversals

# Each feature erases what it knows of somebody. Reports are found by their visits, so they come before visits,
# and the person comes last. A feature that points to participants takes its place here; a test tells.
ERASERS: tuple[Callable[[Collection[int]], None], ...] = (
    assessments.forget,
    reversals.forget,
    referrals.forget,
    journeys.forget,
    encounters.forget,
    participants.forget,
)


def forget_participant(public_id: str, *, by: Actor) -> bool:
    """Erase a participant at every site, with all who were merged into them, and say whether the disk is clean too."""
    with transaction():
        participant = get_participant_of(by, public_id)
        called = participant.trail_today
        erase_people(ids_of_group(participant))
        record(Event.PARTICIPANT_FORGOTTEN, by=by, subject=called)
    return overwrite_erased()


def erase_people(participant_ids: Collection[int]) -> None:
    """Let every feature erase what it knows of these people, and nobody write down more meanwhile."""
    participants.hold(participant_ids)
    for forget in ERASERS:
        forget(participant_ids)
