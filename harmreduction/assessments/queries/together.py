"""Read what a sitting has led to so far, hand-outs, acts and referrals, and what can still be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from harmreduction.assessments.rules.cards import Offer
from harmreduction.assessments.rules.loops import offers_in, rank_of
from harmreduction.assessments.rules.talks import Draft, Keeping
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.directory.models import Service
from harmreduction.encounters import queries as encounters
from harmreduction.encounters.models import Distribution, Encounter, UsualHandout
from harmreduction.encounters.queries import Place
from harmreduction.encounters.queries.naloxone import find_naloxone_given, talks_on
from harmreduction.encounters.rules import may_undo
from harmreduction.encounters.rules.naloxone import Act
from harmreduction.encounters.rules.starting import VisitStart, start_of
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import get_participant_of
from harmreduction.referrals.models import Referral
from harmreduction.sites.models import Site
from harmreduction.stock.queries import list_hand_out_places_of


@dataclass(frozen=True, kw_only=True)
class HandedOut:
    """A hand-out of this visit that stands; may_undo: whoever looks logged it, minutes ago."""

    distribution: Distribution
    may_undo: bool


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A referral that was made in the sitting, and where it leads."""

    referral: Referral
    service_name: str | None


@dataclass(frozen=True, kw_only=True)
class SoFar:
    """What a sitting has led to. visit is None while nothing of it was recorded; referrals by public id."""

    visit: Encounter | None
    given: Sequence[HandedOut]
    acts: Mapping[str, bool | None]
    referrals: Mapping[str, Begun]


def so_far(draft: Draft, *, by: Actor, now: datetime) -> SoFar:
    """Return what a sitting has led to."""
    visit = encounters.find_visit_of(by, draft.visit_id)
    given = encounters.list_given_on(visit.id) if visit is not None else []
    return SoFar(
        visit=visit,
        given=[HandedOut(distribution=each, may_undo=_may_undo(each, by, now)) for each in given],
        acts=acts_on(visit),
        referrals=_referrals(draft),
    )


def acts_on(visit: Encounter | None) -> dict[str, bool | None]:
    """Return the acts that were talked about on a visit, in order, with whether they were shown back in any talk."""
    talks = talks_on([visit.id]).get(visit.id, []) if visit is not None else []
    found: dict[str, bool | None] = {}
    for act in (act for told in talks for act in told.talk.acts):
        found[act.act] = found.get(act.act) or act.is_shown_back
    return {act.value: found[act.value] for act in Act if act.value in found}


def place_of(draft: Draft, *, by: Actor, now: datetime) -> Place | None:
    """Return where supplies of this sitting come from: where its person works, else a place of its site. For today."""
    place = encounters.find_place(by, now=now)
    if place is None or place.site_id != draft.site_id:
        shelves = [shelf for shelf in list_hand_out_places_of(by) if shelf.site_id == draft.site_id]
        site = db.session.get_one(Site, draft.site_id)
        place = encounters.get_place_on_page(by, site.public_id, shelves[0].public_id, None) if shelves else None
    return None if place is None else replace(place, day=None)


def list_tiles(draft: Draft) -> list[UsualHandout]:
    """Return the programme's usual hand-outs, those that the plan asks for first."""
    wanted = offers_in(draft)
    return sorted(encounters.list_usual_handouts(), key=lambda tile: _rank(tile, wanted))


def whose(draft: Draft, by: Actor) -> Participant | None:
    """Return whose the hand-outs and referrals of a sitting are: nobody's, unless it is kept with their code."""
    if draft.keeping is not Keeping.WITH_CODE or draft.participant_id is None:
        return None
    try:
        return get_participant_of(by, draft.participant_id)
    except NotFound:  # forgotten meanwhile
        return None


def start_visit(draft: Draft, *, by: Actor) -> VisitStart:
    """Return the visit of a sitting, as a record says on which it belongs."""
    visit = encounters.find_visit_of(by, draft.visit_id)
    if visit is not None:
        return start_of(visit)
    person, site = whose(draft, by), db.session.get_one(Site, draft.site_id)
    return VisitStart(
        visit_id=draft.visit_id,
        site_id=site.id,
        time_zone=site.time_zone,
        participant_id=None if person is None else person.id,
    )


def kit_to_talk_about(draft: Draft, *, by: Actor) -> str | None:
    """Return the hand-out of naloxone that a teach-back belongs to: one of this visit without a talk, if there is."""
    visit = encounters.find_visit_of(by, draft.visit_id)
    given = find_naloxone_given(visit.id) if visit is not None else None
    return given.public_id if given is not None else None


def _rank(tile: UsualHandout, wanted: frozenset[Offer]) -> tuple[int, int, int]:
    """Return the place of a tile: what the plan asks for, then as on the page of hand-outs."""
    return rank_of(frozenset(line.item.category for line in tile.lines), wanted), tile.position, tile.id


def _may_undo(distribution: Distribution, by: Actor, now: datetime) -> bool:
    """Say whether this person may still undo a hand-out."""
    return may_undo(
        logged_by_id=distribution.recorded_by_id, logged_at=distribution.recorded_at, by_id=by.account_id, now=now
    )


def _referrals(draft: Draft) -> dict[str, Begun]:
    """Return the referrals that were made in a sitting."""
    ids = [loop.referral_id for loop in draft.loops if loop.referral_id]
    found = db.session.execute(
        select(Referral, Service.name)
        .outerjoin(Service, Service.id == Referral.service_id)
        .where(Referral.public_id.in_(ids))
    )
    return {referral.public_id: Begun(referral=referral, service_name=name) for referral, name in found}
