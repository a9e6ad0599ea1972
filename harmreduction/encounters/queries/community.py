"""Read trainings, groups and collected sharps, and what they come to in a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.encounters.models import (
    Distribution,
    Encounter,
    GroupEvent,
    PeerReport,
    SharpsCollection,
)
from harmreduction.encounters.queries.visits import Given, is_void, sum_given, with_lines
from harmreduction.encounters.rules import ReturnMeasure
from harmreduction.participants.queries.people import own_site_ids


@dataclass(frozen=True, kw_only=True)
class Time:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class GroupTotals:
    """What trainings and groups of a time come to: numbers of people, and units given there.

    not_counted: events of which nobody counted who came.
    """

    events: int
    attended: int
    trained: int
    not_counted: int
    given: Sequence[Given]


@dataclass(frozen=True, kw_only=True)
class SharpsTotals:
    """What was collected in a time: syringes counted apart from those estimated, containers and helpers.

    not_counted: collections of which the syringes were neither counted nor estimated.
    """

    collections: int
    counted: int
    estimated: int
    containers: int
    helpers: int
    not_counted: int


@dataclass(frozen=True, kw_only=True)
class CollectionWords:
    """Area and note of a collection, unsealed, or empty."""

    area: str = ""
    note: str = ""


def get_group_of(actor: Actor, public_id: str) -> GroupEvent:
    """Return a training or a group at a site that a person works for; another's is as good as none."""
    event = db.session.scalar(select(GroupEvent).where(GroupEvent.public_id == public_id))
    if event is None or not actor.works_at(event.site_id):
        raise NotFound(message("There is no such training or group."))
    return event


def list_groups(actor: Actor, time: Time, *, limit: int, offset: int = 0) -> Sequence[GroupEvent]:
    """Return what was held in a time at one's sites, latest first."""
    events = select(GroupEvent).where(_held(actor, time)).order_by(GroupEvent.held_on.desc(), GroupEvent.id.desc())
    return db.session.scalars(events.limit(limit).offset(offset)).all()


def sum_groups(actor: Actor, time: Time) -> GroupTotals:
    """Return what trainings and groups of a time come to; what was taken back or removed does not count."""
    row = db.session.execute(
        select(
            func.count(),
            func.sum(GroupEvent.attended),
            func.sum(GroupEvent.trained),
            func.sum(case((GroupEvent.attended.is_(None), 1), else_=0)),
        ).where(_held(actor, time))
    ).one()
    events, attended, trained, not_counted = (int(number or 0) for number in row)
    hand_outs = select(Distribution).join(Encounter, Encounter.id == Distribution.encounter_id)
    of_events = select(GroupEvent.id).where(_held(actor, time))
    given = sum_given(with_lines(hand_outs.where(Encounter.group_event_id.in_(of_events), ~is_void())))
    return GroupTotals(events=events, attended=attended, trained=trained, not_counted=not_counted, given=given)


def list_hand_outs_at(event_id: int) -> list[Distribution]:
    """Return the hand-outs of a training or a group that stand, in order."""
    hand_outs = select(Distribution).join(Encounter, Encounter.id == Distribution.encounter_id)
    return with_lines(hand_outs.where(Encounter.group_event_id == event_id, ~is_void()).order_by(Distribution.id))


def get_collection_of(actor: Actor, public_id: str) -> SharpsCollection:
    """Return collected sharps of a site that a person works for; another's are as good as none."""
    found = db.session.scalar(select(SharpsCollection).where(SharpsCollection.public_id == public_id))
    if found is None or not actor.works_at(found.site_id):
        raise NotFound(message("There is no such collection."))
    return found


def words_of(actor: Actor, collection: SharpsCollection) -> CollectionWords:
    """Return where sharps lay and what was noted, for who wrote it down and for those who record care."""
    if collection.recorded_by_id != actor.account_id and not actor.may(Permission.RECORD_CARE):
        return CollectionWords()
    return CollectionWords(
        area=_unsealed(collection.area_sealed, "area", collection.public_id),
        note=_unsealed(collection.note_sealed, "note", collection.public_id),
    )


def list_collections(actor: Actor, time: Time, *, limit: int, offset: int = 0) -> Sequence[SharpsCollection]:
    """Return what was collected in a time at one's sites, latest first."""
    found = select(SharpsCollection).where(_collected(actor, time))
    latest = found.order_by(SharpsCollection.happened_on.desc(), SharpsCollection.id.desc())
    return db.session.scalars(latest.limit(limit).offset(offset)).all()


def sum_collections(actor: Actor, time: Time) -> SharpsTotals:
    """Return what the collections of a time come to; what was removed does not count."""
    was_counted = SharpsCollection.syringes_measure == ReturnMeasure.COUNTED.value
    row = db.session.execute(
        select(
            func.count(),
            func.sum(case((was_counted, SharpsCollection.syringes), else_=0)),
            func.sum(case((was_counted, 0), else_=SharpsCollection.syringes)),
            func.sum(SharpsCollection.containers),
            func.sum(SharpsCollection.helpers),
            func.sum(case((SharpsCollection.syringes.is_(None), 1), else_=0)),
        ).where(_collected(actor, time))
    ).one()
    collections, counted, estimated, containers, helpers, not_counted = (int(number or 0) for number in row)
    return SharpsTotals(
        collections=collections,
        counted=counted,
        estimated=estimated,
        containers=containers,
        helpers=helpers,
        not_counted=not_counted,
    )


def may_change(actor: Actor, written: GroupEvent | SharpsCollection | PeerReport) -> bool:
    """Say whether a person may correct or remove what stands: who wrote it down, and who leads."""
    own = written.recorded_by_id == actor.account_id
    return written.removed_at is None and (own or actor.may(Permission.VOID_ANY_DISTRIBUTION))


def _held(actor: Actor, time: Time) -> ColumnElement[bool]:
    """Return the condition that an event was held in a time at one's sites, and stands."""
    mine = GroupEvent.site_id.in_(own_site_ids(actor)) & GroupEvent.removed_at.is_(None)
    return mine & GroupEvent.held_on.between(time.first, time.last)


def _collected(actor: Actor, time: Time) -> ColumnElement[bool]:
    """Return the condition that sharps were collected in a time at one's sites, and the collection stands."""
    mine = SharpsCollection.site_id.in_(own_site_ids(actor)) & SharpsCollection.removed_at.is_(None)
    return mine & SharpsCollection.happened_on.between(time.first, time.last)


def _unsealed(sealed: bytes | None, column: str, row: str) -> str:
    """Return a sealed text of a collection, or nothing."""
    return unseal(sealed, table="sharps_collection", column=column, row=row) if sealed is not None else ""
