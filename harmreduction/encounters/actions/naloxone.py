"""Record a talk about naloxone together with what was taken, in one go."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.encounters.actions.hand_outs import log_distribution
from harmreduction.encounters.actions.visits import ensure_visit
from harmreduction.encounters.models import Distribution, Encounter, NaloxoneTalk, TaughtAct
from harmreduction.encounters.queries.naloxone import find_talk
from harmreduction.encounters.rules.naloxone import Talk, check_talk
from harmreduction.stock.rules import ChangedFact, Origin, Outcome

TALK = cast(Table, NaloxoneTalk.__table__)
ACT = cast(Table, TaughtAct.__table__)


@dataclass(frozen=True, kw_only=True)
class Talked:
    """What became of a talk: `exists` when this same one was saved before; the hand-out it led to, if any."""

    outcome: Outcome
    talk_id: str
    distribution_id: str | None


def record_talk(talk: Talk, *, by: Actor, at: datetime, origin: Origin = Origin.ONLINE) -> Talked:
    """Write a talk down and hand out what was taken: both or neither, once however often it is sent.

    Sent again after its hand-out was undone, it stays as it was and nothing is handed out anew. Raises ChangedFact,
    and saves nothing, when it was sent before with other answers; the hand-out itself is never refused.
    """
    check_talk(talk)
    with transaction():
        visit = ensure_visit(talk.visit, by=by, at=at)
        before = find_talk(talk.client_id)
        if before is None and talk.hand_out is not None:
            log_distribution(talk.hand_out, by=by, at=at, origin=origin)
        row_id = None if before is not None else _insert(talk, visit, by=by, at=at)
        if row_id is None:
            return _saved_before(talk)
        acts = [{"talk_id": row_id, "act": act.value, "is_shown_back": shown} for act, shown in talk.acts.items()]
        if acts:
            db.session.execute(insert(ACT), acts)
        record(Event.NALOXONE_TALKED, by=by, subject=talk.client_id, site_id=visit.site_id)
        given = talk.hand_out.client_id if talk.hand_out else talk.given_before
        return Talked(outcome=Outcome.CREATED, talk_id=talk.client_id, distribution_id=given)


def _saved_before(talk: Talk) -> Talked:
    """Answer a page that is sent again; raises ChangedFact when it now says something else."""
    saved = db.session.execute(select(NaloxoneTalk).where(NaloxoneTalk.public_id == talk.client_id)).scalar_one()
    if saved.fingerprint != talk.fingerprint:
        raise ChangedFact(
            message("This page was sent before with other answers, and those were saved. Open a new page for more.")
        )
    given = select(Distribution.public_id).where(Distribution.id == saved.distribution_id)
    return Talked(outcome=Outcome.EXISTS, talk_id=talk.client_id, distribution_id=db.session.scalar(given))


def _insert(talk: Talk, visit: Encounter, *, by: Actor, at: datetime) -> int | None:
    """Write the row and return its id, or None where it is there already."""
    given = talk.hand_out.client_id if talk.hand_out else talk.given_before
    of_visit = select(Distribution.id).where(Distribution.public_id == given, Distribution.encounter_id == visit.id)
    row_id = db.session.scalar(
        insert_if_new(TALK).returning(TALK.c.id),
        {
            "public_id": talk.client_id,
            "fingerprint": talk.fingerprint,
            "encounter_id": visit.id,
            "distribution_id": db.session.scalar(of_visit) if given else None,
            **talk.answers,
            "recorded_at": at,
            "recorded_by_id": by.account_id,
        },
    )
    return None if row_id is None else int(row_id)
