"""Write down trainings, groups and collected sharps, and remove what was a slip."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import seal
from harmreduction.encounters.actions.hand_outs import log_distribution, void_distribution
from harmreduction.encounters.models import Encounter, GroupEvent, SharpsCollection
from harmreduction.encounters.queries.community import get_collection_of, get_group_of, list_hand_outs_at
from harmreduction.encounters.rules import Distribution, Returned, ReturnMeasure
from harmreduction.encounters.rules.community import (
    Collected,
    GivenThere,
    GroupHeld,
    GroupNumbers,
    check_collected,
    check_group,
    check_numbers,
    visit_of_group,
)
from harmreduction.settings.queries import current_settings
from harmreduction.sites.models import Site
from harmreduction.stock.actions import shelf_of
from harmreduction.stock.actions.checks import check_places
from harmreduction.stock.rules import ChangedFact, Outcome, ReversalReason

ENCOUNTER = cast(Table, Encounter.__table__)
GROUP_EVENT = cast(Table, GroupEvent.__table__)
SHARPS_COLLECTION = cast(Table, SharpsCollection.__table__)


def record_group(held: GroupHeld, *, by: Actor, at: datetime) -> Outcome:
    """Write down a training or a group once, however often it is sent, with what was given there as one hand-out.

    Raises a DomainError with a sentence, and saves nothing, when it cannot be or was sent before with other content.
    """
    check_group(held, today=clock.today(held.time_zone, at))
    _check_site(held.site_id, by)
    row = {
        "public_id": held.client_id,
        "fingerprint": held.fingerprint,
        "site_id": held.site_id,
        "kind": held.kind.value,
        "audience": held.audience and held.audience.value,
        "title": held.title.strip(),
        "held_on": held.held_on,
        "attended": held.numbers.attended,
        "trained": held.numbers.trained,
        "recorded_at": at,
        "recorded_by_id": by.account_id,
    }
    with transaction():
        event_id = db.session.scalar(insert_if_new(GROUP_EVENT).returning(GROUP_EVENT.c.id), row)
        if event_id is None:
            return _saved_before(get_group_of(by, held.client_id).fingerprint, held.fingerprint)
        if held.given is not None:
            _hand_out_at(get_group_of(by, held.client_id), held.given, by=by, at=at)
        record(Event.GROUP_EVENT_CHANGED, by=by, subject=held.client_id, site_id=held.site_id)
        return Outcome.CREATED


def give_there(public_id: str, given: GivenThere, *, by: Actor, at: datetime) -> None:
    """Note supplies that were given at a training or in a group as well, once however often it is sent."""
    with transaction():
        event = get_group_of(by, public_id)
        check_own(event.recorded_by_id, by)
        _hand_out_at(event, given, by=by, at=at)
        record(Event.GROUP_EVENT_CHANGED, by=by, subject=public_id, site_id=event.site_id)


def correct_numbers(public_id: str, numbers: GroupNumbers, *, by: Actor) -> None:
    """Say anew how many came and were trained; what was given is corrected by voiding its hand-out."""
    check_numbers(numbers)
    with transaction():
        event = get_group_of(by, public_id)
        check_own(event.recorded_by_id, by)
        told = {"attended": numbers.attended, "trained": numbers.trained}
        db.session.execute(update(GROUP_EVENT).where(GROUP_EVENT.c.id == event.id).values(**told))
        record(Event.GROUP_EVENT_CHANGED, by=by, subject=public_id, site_id=event.site_id)


def remove_group(public_id: str, *, reason: ReversalReason, by: Actor, at: datetime) -> None:
    """Remove a training or a group that did not happen as told, and void what was given there."""
    with transaction():
        event = get_group_of(by, public_id)
        check_own(event.recorded_by_id, by)
        for distribution in list_hand_outs_at(event.id):
            void_distribution(distribution.public_id, reason=reason, by=by)
        db.session.execute(update(GROUP_EVENT).where(stands(GROUP_EVENT, event.id)).values(**removed(reason, at)))
        record(Event.COMMUNITY_REMOVED, by=by, subject=public_id, site_id=event.site_id)


def record_collection(collected: Collected, *, by: Actor, at: datetime) -> Outcome:
    """Write down sharps that were collected, once however often it is sent; area and note are sealed.

    Raises a DomainError with a sentence, and saves nothing, when it cannot be or was sent before with other content.
    """
    syringes = _as_estimated(collected.syringes)
    check_collected(replace(collected, syringes=syringes), today=clock.today(collected.time_zone, at))
    _check_site(collected.site_id, by)
    row = {
        "public_id": collected.client_id,
        "fingerprint": collected.fingerprint,
        "site_id": collected.site_id,
        "kind": collected.kind.value,
        "happened_on": collected.happened_on,
        "area_sealed": _sealed(collected.area, "area", collected.client_id),
        "syringes": syringes and syringes.syringes,
        "syringes_measure": syringes and syringes.measure.value,
        "syringes_factor": syringes and syringes.factor,
        "containers": collected.containers,
        "helpers": collected.helpers,
        "note_sealed": _sealed(collected.note, "note", collected.client_id),
        "recorded_at": at,
        "recorded_by_id": by.account_id,
    }
    with transaction():
        new_id = db.session.scalar(insert_if_new(SHARPS_COLLECTION).returning(SHARPS_COLLECTION.c.id), row)
        if new_id is None:
            return _saved_before(get_collection_of(by, collected.client_id).fingerprint, collected.fingerprint)
        record(Event.SHARPS_COLLECTED, by=by, subject=collected.client_id, site_id=collected.site_id)
        return Outcome.CREATED


def remove_collection(public_id: str, *, reason: ReversalReason, by: Actor, at: datetime) -> None:
    """Remove a collection that did not happen as told; its words go at once."""
    with transaction():
        found = get_collection_of(by, public_id)
        check_own(found.recorded_by_id, by)
        gone = {**removed(reason, at), "area_sealed": None, "note_sealed": None}
        db.session.execute(update(SHARPS_COLLECTION).where(stands(SHARPS_COLLECTION, found.id)).values(**gone))
        record(Event.COMMUNITY_REMOVED, by=by, subject=public_id, site_id=found.site_id)


def check_own(recorded_by_id: int | None, by: Actor) -> None:
    """Refuse to change what somebody else wrote down, but for who leads."""
    if recorded_by_id != by.account_id and not by.may(Permission.VOID_ANY_DISTRIBUTION):
        raise NotAllowed(message("Somebody else wrote this down. Ask a programme lead to change it."))


def removed(reason: ReversalReason, at: datetime) -> dict[str, object]:
    """Return the columns of what was removed."""
    return {"removed_at": at, "removed_reason": reason.value}


def stands(table: Table, row_id: int) -> ColumnElement[bool]:
    """Return the condition that a row is this one and was not removed before, so that the first reason stays."""
    return (table.c.id == row_id) & table.c.removed_at.is_(None)


def _check_site(site_id: int, by: Actor) -> None:
    """Refuse a site that this person does not work for."""
    if not by.works_at(site_id):
        raise NotFound(message("There is no such site."))


def _saved_before(saved: str, sent: str) -> Outcome:
    """Answer a page that is sent again: the same is fine, other content is a mistake that a person must see."""
    if saved != sent:
        raise ChangedFact(
            message("This page was sent before with other numbers, and those were saved. Open a new page for more.")
        )
    return Outcome.EXISTS


def _hand_out_at(event: GroupEvent, given: GivenThere, *, by: Actor, at: datetime) -> None:
    """Hand out what was given at a training or a group; its visit is nobody's and points to the event."""
    site = db.session.get_one(Site, event.site_id)
    location_id = shelf_of(site.id, site.name, by=by).id if given.location_id is None else given.location_id
    check_places([location_id], by)
    distribution = Distribution(
        client_id=given.client_id,
        visit_id=visit_of_group(event.public_id),
        site_id=site.id,
        location_id=location_id,
        time_zone=site.time_zone,
        lines=given.lines,
        day=event.held_on,
    )
    log_distribution(distribution, by=by, at=at)
    of_event = update(ENCOUNTER).where(ENCOUNTER.c.public_id == distribution.visit_id)
    db.session.execute(of_event.values(group_event_id=event.id))


def _as_estimated(syringes: Returned | None) -> Returned | None:
    """Return an amount with the factor that the programme estimates by."""
    if syringes is None or not syringes.is_estimate:
        return syringes
    decided = current_settings()
    by_litres = syringes.measure is ReturnMeasure.LITRES
    return replace(syringes, own_factor=decided.syringes_per_litre if by_litres else decided.syringes_per_pound)


def _sealed(text: str, column: str, row: str) -> bytes | None:
    """Return a text sealed for its row, or nothing."""
    return seal(text.strip(), table="sharps_collection", column=column, row=row) if text.strip() else None
