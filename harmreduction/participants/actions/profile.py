"""Turn questions on and off, write down what participants tell, and erase it."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, insert_or_change, transaction
from harmreduction.core.erasing import overwrite_erased
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.participants.models import Participant, ProfileAnswer, ProfileField
from harmreduction.participants.queries.people import get_participant_of, ids_of_group, own_site_ids, sites_of
from harmreduction.participants.queries.profile import list_asked
from harmreduction.participants.rules.profile import ProfileTold, check_told, erased_on, get_question

FIELD = cast(Table, ProfileField.__table__)
ANSWER = cast(Table, ProfileAnswer.__table__)


def turn_on(name: str, *, asked_for: str, keep_months: int, by: Actor, at: datetime) -> None:
    """Ask a question from now on, or say anew who wants to know and how long answers stay; those told move with it."""
    get_question(name)
    decided = {"asked_for": asked_for, "keep_months": keep_months}
    with transaction():
        row = {"field": name, **decided, "turned_on_at": at}
        db.session.execute(insert_or_change(FIELD).on_conflict_do_update(index_elements=["field"], set_=decided), row)
        days = select(ProfileAnswer.told_on).where(ProfileAnswer.field == name).distinct()
        for told_on in db.session.scalars(days).all():
            told = update(ANSWER).where(ANSWER.c.field == name, ANSWER.c.told_on == told_on)
            db.session.execute(told.values(erase_on=erased_on(told_on, keep_months=keep_months)))
        record(Event.QUESTIONS_CHANGED, by=by, subject=name)


def turn_off(name: str, *, by: Actor) -> int:
    """Ask a question no more, erase what was answered, and return how many answers that were."""
    get_question(name)
    with transaction():
        erased = db.session.execute(delete(ANSWER).where(ANSWER.c.field == name).returning(ANSWER.c.id)).all()
        db.session.execute(delete(FIELD).where(FIELD.c.field == name))
        record(Event.QUESTIONS_CHANGED, by=by, subject=name)
    overwrite_erased()
    return len(erased)


def tell_profile(told: ProfileTold, *, by: Actor) -> None:
    """Write down what a participant told; it takes the place of what they told there before, unless that is newer.

    Raises CannotAsk when a question is off or has no such answer; nothing is saved then.
    """
    with transaction():
        participant = get_participant_of(by, told.participant_id)
        if not by.works_at(told.site_id) or told.site_id not in sites_of(participant):
            raise NotFound(message("There is no such site."))
        asked = list_asked()
        check_told(told, asked)
        for name, answers in told.answers.items():
            _keep(participant, told, name, answers, keep_months=asked[name].keep_months)
        record(Event.PROFILE_CHANGED, by=by, subject=participant.trail_today, site_id=told.site_id)


def erase_profile(participant_id: str, name: str | None, *, by: Actor) -> None:
    """Erase the answers to one question, or to all of them, as told at a person's own sites."""
    with transaction():
        participant = get_participant_of(by, participant_id)
        own = delete(ANSWER).where(
            ANSWER.c.participant_id.in_(ids_of_group(participant)), ANSWER.c.site_id.in_(own_site_ids(by))
        )
        db.session.execute(own if name is None else own.where(ANSWER.c.field == name))
        record(Event.PROFILE_CHANGED, by=by, subject=participant.trail_today)
    overwrite_erased()


def _keep(participant: Participant, told: ProfileTold, name: str, answers: frozenset[str], *, keep_months: int) -> None:
    """Let the answers to one question be those told now; what comes late changes nothing that was told after it."""
    own = (
        ANSWER.c.participant_id.in_(ids_of_group(participant)),
        ANSWER.c.site_id == told.site_id,
        ANSWER.c.field == name,
    )
    if db.session.scalar(select(ANSWER.c.id).where(*own, ANSWER.c.told_on > told.told_on).limit(1)) is not None:
        return
    db.session.execute(delete(ANSWER).where(*own))
    row = {
        "participant_id": participant.id,
        "site_id": told.site_id,
        "field": name,
        "told_on": told.told_on,
        "erase_on": erased_on(told.told_on, keep_months=keep_months),
    }
    if answers:
        # two desks may be told the same at one moment
        db.session.execute(insert_if_new(ANSWER), [{**row, "answer": answer} for answer in sorted(answers)])
