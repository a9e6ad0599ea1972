"""Read what happened with one participant as one line, newest first, whatever the length in a fixed number of reads."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from harmreduction.core.db import db
from harmreduction.directory.models import Service
from harmreduction.encounters.models import (
    Distribution,
    Encounter,
    NaloxoneTalk,
    StatedNeed,
    VisitActivity,
)
from harmreduction.encounters.queries import Given, sum_given
from harmreduction.encounters.queries.coverage import as_told
from harmreduction.encounters.queries.visits import with_lines
from harmreduction.encounters.rules.coverage import NeedTold
from harmreduction.referrals.models import Referral
from harmreduction.reversals.models import ReversalReport
from harmreduction.sites.models import Site

VISIT, REPORT, REFERRAL = "visit", "report", "referral"


@dataclass(frozen=True, kw_only=True)
class VisitMoment:
    """A visit with everything that was done and told on it; `given` is what was handed out and stands."""

    visit: Encounter
    site: Site
    given: Sequence[Given]
    was_taken_back: bool
    activities: Sequence[VisitActivity]
    talks: Sequence[NaloxoneTalk]
    need: NeedTold | None


@dataclass(frozen=True, kw_only=True)
class ReferralMoment:
    """A referral, and the name of the service that it leads to, if it leads to one."""

    referral: Referral
    service_name: str | None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One entry of the line: when it came in, at which site, and exactly one of a visit, a report or a referral."""

    at: datetime
    site: Site
    visit: VisitMoment | None = None
    report: ReversalReport | None = None
    referral: ReferralMoment | None = None


def list_moments(
    participant_ids: Collection[int], site_ids: Collection[int], *, offset: int, limit: int
) -> list[Moment]:
    """Return what happened at some sites, newest first: visits, reversal reports still joined to them, referrals."""
    line = _line(participant_ids, site_ids).subquery()
    wanted = select(line).order_by(line.c.at.desc(), line.c.kind, line.c.row_id.desc()).offset(offset).limit(limit)
    rows = db.session.execute(wanted).all()
    by_kind: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.row_id)
    sites = {site.id: site for site in db.session.scalars(select(Site).where(Site.id.in_(site_ids)))}
    visits = _visits(by_kind[VISIT], sites)
    reports = _reports(by_kind[REPORT])
    referrals = _referrals(by_kind[REFERRAL])
    return [
        Moment(
            at=row.at,
            site=sites[row.site_id],
            visit=visits[row.row_id] if row.kind == VISIT else None,
            report=reports[row.row_id] if row.kind == REPORT else None,
            referral=referrals[row.row_id] if row.kind == REFERRAL else None,
        )
        for row in rows
    ]


def _line(participant_ids: Collection[int], site_ids: Collection[int]) -> CompoundSelect[str, int, int, datetime]:
    """Return (kind, row id, site, moment) of everything on the line."""
    visits = select(
        literal(VISIT).label("kind"),
        Encounter.id.label("row_id"),
        Encounter.site_id.label("site_id"),
        Encounter.occurred_at.label("at"),
    ).where(Encounter.participant_id.in_(participant_ids), Encounter.site_id.in_(site_ids))
    reports = select(literal(REPORT), ReversalReport.id, ReversalReport.site_id, ReversalReport.received_at).where(
        ReversalReport.participant_id.in_(participant_ids), ReversalReport.site_id.in_(site_ids)
    )
    referrals = select(literal(REFERRAL), Referral.id, Referral.site_id, Referral.made_at).where(
        Referral.participant_id.in_(participant_ids), Referral.site_id.in_(site_ids)
    )
    return union_all(visits, reports, referrals)


def _visits(ids: Collection[int], sites: Mapping[int, Site]) -> dict[int, VisitMoment]:
    """Return visits with what belongs to them, by row id."""
    distributions: dict[int, list[Distribution]] = defaultdict(list)
    for distribution in with_lines(select(Distribution).where(Distribution.encounter_id.in_(ids))):
        distributions[distribution.encounter_id].append(distribution)
    activities: dict[int, list[VisitActivity]] = defaultdict(list)
    for activity in db.session.scalars(
        select(VisitActivity)
        .where(VisitActivity.encounter_id.in_(ids))
        .options(joinedload(VisitActivity.activity))
        .order_by(VisitActivity.activity_id)
    ):
        activities[activity.encounter_id].append(activity)
    talks: dict[int, list[NaloxoneTalk]] = defaultdict(list)
    for talk in db.session.scalars(
        select(NaloxoneTalk).where(NaloxoneTalk.encounter_id.in_(ids)).order_by(NaloxoneTalk.id)
    ):
        talks[talk.encounter_id].append(talk)
    needs = {
        need.encounter_id: as_told(need)
        for need in db.session.scalars(select(StatedNeed).where(StatedNeed.encounter_id.in_(ids)))
    }
    return {
        visit.id: VisitMoment(
            visit=visit,
            site=sites[visit.site_id],
            given=sum_given([each for each in distributions[visit.id] if each.void is None]),
            was_taken_back=any(each.void is not None for each in distributions[visit.id]),
            activities=activities[visit.id],
            talks=talks[visit.id],
            need=needs.get(visit.id),
        )
        for visit in db.session.scalars(select(Encounter).where(Encounter.id.in_(ids)))
    }


def _reports(ids: Collection[int]) -> dict[int, ReversalReport]:
    """Return reversal reports by row id."""
    reports = select(ReversalReport).where(ReversalReport.id.in_(ids)).options(selectinload(ReversalReport.answers))
    return {report.id: report for report in db.session.scalars(reports)}


def _referrals(ids: Collection[int]) -> dict[int, ReferralMoment]:
    """Return referrals with the name of their service, by row id."""
    rows = db.session.execute(
        select(Referral, Service.name).outerjoin(Service, Service.id == Referral.service_id).where(Referral.id.in_(ids))
    )
    return {referral.id: ReferralMoment(referral=referral, service_name=name) for referral, name in rows}
