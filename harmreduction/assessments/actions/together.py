"""What a sitting leads to at once: supplies, acts that are practised, referrals. Each is a fact of its own.

None of them says that there was a conversation, and none needs one: they stay whatever becomes of it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from harmreduction.assessments.queries.together import acts_on, start_visit, whose
from harmreduction.assessments.rules.loops import not_shown_back
from harmreduction.assessments.rules.talks import Draft, Keeping
from harmreduction.core.actor import Actor
from harmreduction.core.errors import NotFound
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.actions import Logged, join_visit
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries import find_visit_of
from harmreduction.encounters.rules import Distribution
from harmreduction.encounters.rules.naloxone import Act, Talk
from harmreduction.referrals.actions import make_referral, part_from_code
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.following import NewReferral


@dataclass(frozen=True, kw_only=True)
class Practised:
    """Acts that were talked about, with whether they were shown back (None: not yet), as one page says it.

    client_id (a UUID) was made with the page. given_before: the hand-out of naloxone that it belongs to, if any.
    """

    client_id: str
    acts: Mapping[Act, bool | None]
    given_before: str | None = None


def hand_out(draft: Draft, distribution: Distribution, *, by: Actor, at: datetime) -> Logged:
    """Log an ordinary hand-out on the visit of a sitting; with a code only where the participant wants that."""
    person = whose(draft, by)
    of_sitting = replace(distribution, visit_id=draft.visit_id, participant_id=None if person is None else person.id)
    return encounters.log_distribution(of_sitting, by=by, at=at)


def practise(draft: Draft, told: Practised, *, by: Actor, at: datetime) -> tuple[Act, ...]:
    """Record which acts were talked about and shown back, once; return those that still wait to be shown.

    Raises ChangedFact when the same page was sent before with other answers.
    """
    visit = start_visit(draft, by=by)
    talk = Talk(client_id=told.client_id, visit=visit, acts=told.acts, given_before=told.given_before)
    record_talk(talk, by=by, at=at)
    return tuple(Act(act) for act in not_shown_back(acts_on(find_visit_of(by, draft.visit_id))))


def refer(draft: Draft, told: NewReferral, *, by: Actor, at: datetime) -> Referral:
    """Make an ordinary referral from a sitting; with a code only where the participant wants that."""
    person = whose(draft, by)
    return make_referral(replace(told, participant_id=None if person is None else person.id), by=by, at=at)


def settle_visit(draft: Draft, *, by: Actor) -> None:
    """Let what a sitting led to follow the last decision about the code: its visit is joined to it, or parted from it.

    A visit that was there before the conversation began stays as it was: its code was chosen for the visit itself.
    """
    visit = find_visit_of(by, draft.visit_id)
    if draft.keeping is not Keeping.WITH_CODE:
        _part(draft, visit, by=by)
    elif visit is not None and visit.participant_id is None:
        join_visit(draft.visit_id, whose(draft, by), by=by)


def _part(draft: Draft, visit: Encounter | None, *, by: Actor) -> None:
    """Part the visit and the referrals of a sitting from the code that was wanted at first.

    A referral that is gone, or is of a site that this person left meanwhile, keeps nobody from erasing what was said.
    """
    if visit is not None and visit.participant_id is not None and visit.recorded_at >= draft.began_at:
        join_visit(draft.visit_id, None, by=by)
    for referral_id in draft.referrals:
        with suppress(NotFound):
            part_from_code(referral_id, by=by)
