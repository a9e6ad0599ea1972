"""Read the results of instruments that participants wanted kept: only those of the reader's own sites."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from harmreduction.assessments.models import InstrumentResult
from harmreduction.assessments.rules.instruments.base import Answers, Instrument
from harmreduction.assessments.rules.instruments.catalogue import edition_of
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.journeys.queries import Person
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import may_see, stands_for


@dataclass(frozen=True, kw_only=True)
class KeptResult:
    """A result with the instrument in the edition of then; its figures are worked out anew from the answers."""

    result: InstrumentResult
    instrument: Instrument
    answers: Answers
    participant: Participant


def list_results(person: Person) -> Sequence[InstrumentResult]:
    """Return what was kept for somebody at the reader's sites, latest first."""
    theirs = select(InstrumentResult).where(
        InstrumentResult.participant_id.in_(person.ids), InstrumentResult.site_id.in_(person.site_ids)
    )
    return db.session.scalars(theirs.order_by(InstrumentResult.taken_on.desc(), InstrumentResult.id.desc())).all()


def get_result(actor: Actor, public_id: str) -> KeptResult:
    """Return a result of a participant whom this person may see, kept at a site of theirs; raises NotFound."""
    result = find_result(public_id)
    if result is None or not actor.works_at(result.site_id):
        raise _not_found()
    participant = stands_for(db.session.get_one(Participant, result.participant_id))
    if not may_see(actor, participant):
        raise _not_found()
    return KeptResult(
        result=result,
        instrument=edition_of(result.instrument, result.edition),
        answers=answers_of(result),
        participant=participant,
    )


def find_result(public_id: str) -> InstrumentResult | None:
    """Return a result, if it is there, whoever may see it."""
    return db.session.scalar(select(InstrumentResult).where(InstrumentResult.public_id == public_id))


def answers_of(result: InstrumentResult) -> dict[str, int]:
    """Return the answers of a result; an item that was not asked is not among them."""
    return {answer.item: answer.answer for answer in result.answers}


def _not_found() -> NotFound:
    """Say the same of a result that is not there and of one that is somebody else's."""
    return NotFound(message("There is no such result."))
