"""Read the facts that show by themselves that steps of the journey were reached."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter, NaloxoneTalk, SupplyLine
from harmreduction.encounters.queries import counts_as_visit
from harmreduction.journeys.rules.steps import Measure
from harmreduction.participants.models import Participant
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.following import KEPT_AFTER
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item

NALOXONE = "naloxone"  # the category of what reverses an overdose
ALREADY_HAS = "already_has"
AT_ONCE = 1000  # visits in memory, of the many that a programme has in its life


class Fact(NamedTuple):
    """A day that shows a measure, of one participant's row."""

    participant_id: int
    measure: Measure
    day: date


def read_visit_days(
    site_ids: Collection[int], participant_ids: Collection[int] | None = None
) -> Iterator[tuple[int, date]]:
    """Return (participant row, day) of each visit that counts at some sites, one by one; None: of everybody."""
    rows = db.session.execute(
        select(Participant.id, Encounter.occurred_at, Site.time_zone)
        .join(Encounter, Encounter.participant_id == Participant.id)
        .join(Site, Site.id == Encounter.site_id)
        .where(_is_of(participant_ids), Encounter.site_id.in_(site_ids), counts_as_visit()),
        execution_options={"yield_per": AT_ONCE},
    )
    for participant_id, occurred_at, time_zone in rows:
        yield participant_id, today(time_zone, occurred_at)


def list_facts(site_ids: Collection[int], participant_ids: Collection[int] | None = None) -> Iterator[Fact]:
    """Return the days that show a measure other than visits, at some sites; None: of everybody."""
    yield from _naloxone(site_ids, participant_ids)
    rows = db.session.execute(
        select(
            Participant.id,
            Referral.made_at,
            Referral.arrived_on,
            Referral.is_kept_at_30_days,
            Site.time_zone,
        )
        .join(Referral, Referral.participant_id == Participant.id)
        .join(Site, Site.id == Referral.site_id)
        .where(_is_of(participant_ids), Referral.site_id.in_(site_ids))
    )
    for participant_id, made_at, arrived_on, is_kept, time_zone in rows:
        yield Fact(participant_id, Measure.REFERRAL_MADE, today(time_zone, made_at))
        if arrived_on is not None:
            yield Fact(participant_id, Measure.REFERRAL_ARRIVED, arrived_on)
        if arrived_on is not None and is_kept:
            yield Fact(participant_id, Measure.REFERRAL_KEPT, arrived_on + KEPT_AFTER)


def shown_on(visit_days: Iterable[date], facts: Iterable[Fact]) -> dict[Measure, date]:
    """Return the first day that shows each measure, of one person's visits and facts, in whatever order."""
    first: dict[Measure, date] = {}
    days = sorted(set(visit_days))
    for measure, day in zip((Measure.FIRST_VISIT, Measure.CAME_BACK), days, strict=False):
        first[measure] = day
    for fact in facts:
        first[fact.measure] = min(first.get(fact.measure, fact.day), fact.day)
    return first


def _naloxone(site_ids: Collection[int], participant_ids: Collection[int] | None) -> Iterator[Fact]:
    """Return the first day on which each participant took naloxone, and the first on which they said they have it."""
    taken = (
        select(Participant.id, func.min(Encounter.occurred_at), Site.time_zone)
        .join(Encounter, Encounter.participant_id == Participant.id)
        .join(Site, Site.id == Encounter.site_id)
        .join(Distribution, Distribution.encounter_id == Encounter.id)
        .outerjoin(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .join(SupplyLine, SupplyLine.distribution_id == Distribution.id)
        .join(Item, Item.id == SupplyLine.item_id)
        .where(  # an atomizer alone reverses nothing
            Item.category == NALOXONE, Item.doses_per_unit > 0, DistributionVoid.distribution_id.is_(None)
        )
    )
    has_it = (
        select(Participant.id, func.min(Encounter.occurred_at), Site.time_zone)
        .join(Encounter, Encounter.participant_id == Participant.id)
        .join(Site, Site.id == Encounter.site_id)
        .join(NaloxoneTalk, NaloxoneTalk.encounter_id == Encounter.id)
        .where(NaloxoneTalk.reply == ALREADY_HAS)
    )
    for wanted in (taken, has_it):
        narrowed = wanted.where(_is_of(participant_ids), Encounter.site_id.in_(site_ids))
        rows = db.session.execute(narrowed.group_by(Participant.id, Site.time_zone))
        for participant_id, occurred_at, time_zone in rows:
            yield Fact(participant_id, Measure.NALOXONE, today(time_zone, occurred_at))


def _is_of(participant_ids: Collection[int] | None) -> ColumnElement[bool]:
    """Return the condition that a row belongs to these participants, or to any."""
    return true() if participant_ids is None else Participant.id.in_(participant_ids)
