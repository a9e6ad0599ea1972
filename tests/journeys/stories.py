"""What happens with a participant over time, told in a few words; nobody is named."""

from datetime import date
from typing import Any

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.actions import add_details, ensure_visit
from harmreduction.encounters.models import Activity, Encounter, NaloxoneTalk, StatedNeed, VisitActivity
from harmreduction.encounters.rules import Audience, VisitDetails
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.journeys import actions, queries
from harmreduction.journeys.models import JourneyStep
from harmreduction.journeys.rules.connections import Connections, Part, Status
from harmreduction.journeys.rules.steps import BarriersNoted, StepMark, StepWanted
from harmreduction.participants.models import Participant
from harmreduction.referrals.rules.kinds import Barrier
from harmreduction.reversals.actions.reporting import report_reversal
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import NewReport
from harmreduction.sites.models import Site
from harmreduction.stock.models import StockLocation
from tests.factories import SYSTEM, TIME_ZONE, hand_out


def visit(
    participant: Participant | None, site: Site, *, by: Actor = SYSTEM, day: date | None = None, at: Any = None
) -> Encounter:
    """Let somebody come for themselves, with their code or as anybody, now or for a day before."""
    start = VisitStart(
        visit_id=new_id(),
        site_id=site.id,
        time_zone=site.time_zone,
        participant_id=participant.id if participant else None,
        day=day,
    )
    begun = ensure_visit(start, by=by, at=at or now())
    add_details(begun.public_id, VisitDetails(audience=Audience.SELF), by=by)
    return begun


def hand_out_on(of: Encounter, location: StockLocation, *lines: tuple[str, int], at: Any = None) -> str:
    """Hand supplies out on a visit, and return the id of the hand-out."""
    return str(hand_out(location, *lines, visit_id=of.public_id, at=at).distribution_id)


def tell_all(of: Encounter, *, fate: str = "used_on_someone") -> None:
    """Let a visit hold a talk about naloxone, a topic and what they need."""
    with transaction():
        topic = db.session.scalars(db.select(Activity).where(Activity.name == "Safer injection")).one()
        talk = NaloxoneTalk(
            public_id=new_id(),
            fingerprint="",
            encounter_id=of.id,
            reply="taken",
            previous_fate=fate,
            recorded_at=now(),
        )
        need = StatedNeed(encounter_id=of.id, people_around=3, told_at=now())
        done = VisitActivity(encounter_id=of.id, activity_id=topic.id, outcome="done")
        db.session.add_all([talk, need, done])


def report(of: Encounter, *, by: Actor = SYSTEM, **told: Any) -> str:
    """Keep a reversal report that staff was told on a visit, and return its id."""
    zone = db.session.get_one(Site, of.site_id).time_zone
    start = VisitStart(visit_id=of.public_id, site_id=of.site_id, time_zone=zone, participant_id=of.participant_id)
    fields: dict[str, Any] = {"client_id": new_id(), "site_id": of.site_id, "visit": start, "outcome": Outcome.OK}
    return report_reversal(NewReport(**(fields | told)), by=by, at=now()).report_id


def say(participant: Participant, site: Site, *, by: Actor = SYSTEM, on: date | None = None, **told: Any) -> None:
    """Say how things stand with parts of a life: housing=Status.WANTED_NOW, or None for what is left out."""
    statuses: dict[Part, Status | None] = {Part(part): status for part, status in told.items()}
    connections = Connections(
        participant_id=participant.id, site_id=site.id, statuses=statuses, told_on=on or today(TIME_ZONE)
    )
    actions.tell_connections(connections, by=by, at=now())


def told_of(participant: Participant, *, by: Actor = SYSTEM) -> dict[str, str]:
    """Return how things stand with each part, as somebody reads it."""
    person = queries.get_person(by, participant.public_id)
    found = queries.list_connections(person.participant.id, person.ids, person.site_ids)
    return {part.value: told.status.value for part, told in found.items()}


def step(measure: str) -> JourneyStep:
    """Return a step that every programme starts with, by its measure."""
    return db.session.scalars(db.select(JourneyStep).where(JourneyStep.measure == measure)).one()


def add_step(name: str) -> JourneyStep:
    """Add a step that is marked by hand."""
    wanted = new_id()
    actions.save_step(StepWanted(client_id=wanted, name=name), by=SYSTEM)
    return queries.get_step(wanted)


def mark(participant: Participant, of: JourneyStep, site: Site, *, by: Actor = SYSTEM, on: date | None = None) -> None:
    """Mark a step by hand."""
    marked = StepMark(participant_id=participant.id, site_id=site.id, step_id=of.id, reached_on=on or today(TIME_ZONE))
    actions.mark_step(marked, by=by, at=now())


def block(participant: Participant, of: JourneyStep, site: Site, *barriers: Barrier, by: Actor = SYSTEM) -> None:
    """Say what stands in the way of a step."""
    noted = BarriersNoted(participant_id=participant.id, site_id=site.id, step_id=of.id, barriers=frozenset(barriers))
    actions.note_barriers(noted, by=by, at=now())


def reached_by(participant: Participant, *, by: Actor = SYSTEM) -> dict[str, date]:
    """Return the steps that somebody reached, by name, as a person reads it."""
    person = queries.get_person(by, participant.public_id)
    standings = queries.list_standings(person.ids, person.site_ids)
    return {each.step.name: each.reached.reached_on for each in standings if each.reached}


def journey_things() -> dict[str, str]:
    """Return how addresses name a step of the journey."""
    return {"step_id": step("naloxone").public_id}
