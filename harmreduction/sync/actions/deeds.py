"""Do what a record tells, through the same actions as the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.queries import get_distribution_of
from harmreduction.encounters.rules import Distribution, VisitDetails, may_undo
from harmreduction.encounters.rules.naloxone import Talk, usual_type
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.reversals import actions as reversals
from harmreduction.reversals.rules.reports import NewReport, happened
from harmreduction.stock.actions.shifts import CloseOut, LoadOut, close_out, load_out
from harmreduction.stock.rules import Origin, ReversalReason
from harmreduction.sync.actions.batch import Batch, CannotApply
from harmreduction.sync.actions.opening import Trouble
from harmreduction.sync.queries.lookups import KnownPlace
from harmreduction.sync.rules.deeds import (
    ClosedOut,
    Deed,
    HandedOut,
    LoadedOut,
    ReversalTold,
    Talked,
    ToldOnVisit,
)
from harmreduction.sync.rules.statuses import Reason


@dataclass(frozen=True, kw_only=True)
class Doing:
    """A record that is being applied: its public id, from which phone (row id), whose it is, and when it happened."""

    record_id: str
    device_id: int | None
    by: Actor
    at: datetime
    batch: Batch


NEEDS: dict[type[Deed], Permission] = {
    Talked: Permission.RECORD_CARE,
    ReversalTold: Permission.RECORD_CARE,
    LoadedOut: Permission.HANDLE_STOCK,
    ClosedOut: Permission.HANDLE_STOCK,
}


def do(deed: Deed, doing: Doing) -> None:
    """Do what a record tells; raises CannotApply before anything was done, or whatever the action raises."""
    needed = NEEDS.get(type(deed))
    if needed is not None and not doing.by.may(needed):
        sentence = message("The role of who wrote it does not include this: %(what)s", what=needed.value)
        raise CannotApply(Trouble(reason=Reason.NOT_ALLOWED, sentence=sentence))
    DEEDS[type(deed)](deed, doing)


def hand_out(deed: HandedOut, doing: Doing) -> None:
    """Hand out; the record and the hand-out have one id."""
    place = _own_place(deed.place_id, doing)
    given = _distribution(doing.record_id, deed, place, doing)
    encounters.log_distribution(given, by=doing.by, at=doing.at, origin=Origin.FIELD)


def tell(deed: ToldOnVisit, doing: Doing) -> None:
    """Say what was told on a visit; questions that the page did not ask stay as they are."""
    start = _visit(deed.visit_id, _own_place(deed.place_id, doing))
    details = VisitDetails(audience=deed.audience, number_of_others=deed.number_of_others, returned=deed.returned)
    asked = {"others": "number_of_others"}
    questions = [asked.get(name, name) for name in deed.carries]
    encounters.tell_details(start, details, questions, by=doing.by, at=doing.at)


def talk(deed: Talked, doing: Doing) -> None:
    """Write a talk down, with what was taken."""
    place = _own_place(deed.place_id, doing)
    given = _distribution(hand_out_of_talk(doing.record_id), deed, place, doing) if deed.lines else None
    told = Talk(
        client_id=doing.record_id,
        visit=_visit(deed.visit_id, place),
        reply=deed.reply,
        supply_type=deed.supply_type or (usual_type(deed.previous_fate, is_known_here=None) if deed.lines else None),
        previous_fate=deed.previous_fate,
        previous_source=deed.previous_source,
        times_used=deed.times_used,
        recipient=deed.recipient,
        training=deed.training,
        hand_out=given,
    )
    record_talk(told, by=doing.by, at=doing.at, origin=Origin.FIELD)


def reversal(deed: ReversalTold, doing: Doing) -> None:
    """Report a reversal; the id of a loose one does not tell from which record it came."""
    place = _own_place(deed.place_id, doing)
    today = clock.today(place.time_zone, doing.at)
    report = NewReport(
        client_id=_loose_id(doing.record_id) if deed.is_loose else doing.record_id,
        site_id=place.site_id,
        visit=_visit(deed.visit_id, place) if deed.visit_id and not deed.is_loose else None,
        is_cut_loose=deed.is_loose,
        happened=happened(deed.when, None, today=today) if deed.when else deed.happened,
        outcome=deed.outcome,
        doses=deed.doses,
    )
    reversals.report_reversal(report, by=doing.by, at=doing.at)


def load(deed: LoadedOut, doing: Doing) -> None:
    """Open a shift with what a van takes along; the record and the shift have one id."""
    van = _own_place(deed.place_id, doing)
    source = doing.batch.place(deed.source_id) if deed.source_id else None
    taken = LoadOut(
        client_id=doing.record_id,
        location_id=van.location_id,
        source_location_id=source.location_id if source else None,
        items={doing.batch.item(item).goes_on_as: units for item, units in deed.items.items()},
        at=doing.at,
        today=clock.today((source or van).time_zone, doing.at),
    )
    load_out(taken, by=doing.by)


def close_shift(deed: ClosedOut, doing: Doing) -> None:
    """Close a shift with what was found."""
    back = doing.batch.place(deed.back_id) if deed.back_id else None
    found = CloseOut(
        found={doing.batch.lot(lot): units for lot, units in deed.found.items()},
        reason_id=doing.batch.names.reasons.get(deed.reason_id or ""),
        back_to_id=back.location_id if back else None,
        at=doing.at,
    )
    close_out(deed.shift_id, found, by=doing.by)


def take_back(distribution_id: str, doing: Doing) -> None:
    """Take a hand-out back: undone within ten minutes by the phone's own times, voided after."""
    given = get_distribution_of(doing.by, distribution_id)
    if given.void is not None:
        return
    logged_by_id, logged_at = given.recorded_by_id, given.recorded_at
    if may_undo(logged_by_id=logged_by_id, logged_at=logged_at, by_id=doing.by.account_id, now=doing.at):
        encounters.undo_distribution(distribution_id, by=doing.by, at=doing.at)
    else:
        encounters.void_distribution(distribution_id, reason=ReversalReason.OTHER, by=doing.by)


def take_back_loose(record_id: str) -> None:
    """Take back the loose report that a record led to, if it led to one: what is kept of it does not say."""
    reversals.take_back_loose(_loose_id(record_id))


def hand_out_of_talk(record_id: str) -> str:
    """Return the id of what was handed out in a talk."""
    return str(uuid5(UUID(record_id), "hand out"))


DEEDS: dict[type[Deed], Callable[[Any, Doing], None]] = {
    HandedOut: hand_out,
    ToldOnVisit: tell,
    Talked: talk,
    ReversalTold: reversal,
    LoadedOut: load,
    ClosedOut: close_shift,
}


def _own_place(public_id: str, doing: Doing) -> KnownPlace:
    """Return a place of a site where who wrote the record works."""
    place = doing.batch.place(public_id)
    if not doing.by.works_at(place.site_id):
        sentence = message("Who wrote it does not work at this site.")
        raise CannotApply(Trouble(reason=Reason.NOT_FOUND, sentence=sentence))
    return place


def _distribution(client_id: str, deed: HandedOut | Talked, place: KnownPlace, doing: Doing) -> Distribution:
    """Return what was handed out."""
    return Distribution(
        client_id=client_id,
        visit_id=deed.visit_id,
        site_id=place.site_id,
        location_id=place.location_id,
        time_zone=place.time_zone,
        lines=doing.batch.wanted(deed.lines),
    )


def _visit(visit_id: str, place: KnownPlace) -> VisitStart:
    """Return a visit as its record knows it."""
    return VisitStart(visit_id=visit_id, site_id=place.site_id, time_zone=place.time_zone)


def _loose_id(record_id: str) -> str:
    """Return an id that nobody can reach from the record's without the keys of this server."""
    return str(UUID(keyed_digest("loose report", record_id)[:32], version=4))
