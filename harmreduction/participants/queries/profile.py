"""Read which questions a programme asks, and what participants told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.participants.models import Participant, ProfileAnswer, ProfileField
from harmreduction.participants.queries.people import ids_of_group, own_site_ids
from harmreduction.participants.rules.profile import CATALOGUE, Asked, in_order


@dataclass(frozen=True, kw_only=True)
class Told:
    """The answers to one question, when they were told last, and when the last of them is erased."""

    answers: tuple[str, ...]
    told_on: date
    erase_on: date


def list_asked() -> dict[str, Asked]:
    """Return the questions that are on, in the order of the catalogue."""
    rows = {row.field: row for row in db.session.scalars(select(ProfileField))}
    return {
        name: Asked(question=question, asked_for=rows[name].asked_for, keep_months=rows[name].keep_months)
        for name, question in CATALOGUE.items()
        if name in rows
    }


def count_answers() -> Mapping[str, int]:
    """Return how many participants answered each question."""
    people = func.count(func.distinct(ProfileAnswer.participant_id))
    rows = db.session.execute(select(ProfileAnswer.field, people).group_by(ProfileAnswer.field))
    return {name: count for name, count in rows}


def list_told(actor: Actor, participant: Participant) -> dict[str, Told]:
    """Return what a participant told at a person's own sites, by question; answers stand in the catalogue's order."""
    rows = db.session.scalars(
        select(ProfileAnswer)
        .where(
            ProfileAnswer.participant_id.in_(ids_of_group(participant)),
            ProfileAnswer.site_id.in_(own_site_ids(actor)),
        )
        .order_by(ProfileAnswer.id)
    ).all()
    return {
        name: Told(
            answers=in_order(CATALOGUE[name], {row.answer for row in rows if row.field == name}),
            told_on=max(row.told_on for row in rows if row.field == name),
            erase_on=max(row.erase_on for row in rows if row.field == name),
        )
        for name in CATALOGUE
        if any(row.field == name for row in rows)
    }
