"""Figures that combine features, for the lead's day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter, SupplyLine
from harmreduction.encounters.queries import counts_as_visit
from harmreduction.sites.models import Site
from harmreduction.sites.queries import list_sites
from harmreduction.stock.models import Item

DAYS_BEFORE = timedelta(days=6)  # with today they are seven


@dataclass(kw_only=True)
class Figures:
    """What went out and came back; an estimate of returned syringes is part of `returned`."""

    visits: int = 0
    naloxone_units: int = 0
    naloxone_doses: int = 0
    syringes: int = 0
    strips: int = 0
    returned: int = 0


@dataclass(frozen=True, kw_only=True)
class SiteDay:
    """A site with its figures of today and of the last seven days, by its own calendar."""

    site: Site
    today: Figures
    week: Figures


@dataclass(frozen=True, kw_only=True)
class ProgrammeDay:
    """All sites' day."""

    sites: Sequence[SiteDay]
    total: Figures = field(default_factory=Figures)
    week: Figures = field(default_factory=Figures)


def get_programme_day(*, now: datetime) -> ProgrammeDay:
    """Return today's figures and those of the last seven days, by site and in all.

    A closed site is there for as long as something of these days stands.
    """
    days = [_site_day(site, now) for site in list_sites()]
    sites = [entry for entry in days if entry.site.is_active or entry.week != Figures()]
    return ProgrammeDay(sites=sites, total=_sum([s.today for s in sites]), week=_sum([s.week for s in sites]))


def _site_day(site: Site, now: datetime) -> SiteDay:
    """Return a site's figures; each of its days begins at its own midnight, whatever the clocks did since."""
    day = today(site.time_zone, now)
    return SiteDay(
        site=site,
        today=_figures(site.id, start_of_day(day, site.time_zone), now),
        week=_figures(site.id, start_of_day(day - DAYS_BEFORE, site.time_zone), now),
    )


def _figures(site_id: int, since: datetime, until: datetime) -> Figures:
    """Count what stands between two moments at a site."""
    voided = select(DistributionVoid.distribution_id)
    standing = Distribution.id.not_in(voided)
    when = (Encounter.site_id == site_id, Encounter.occurred_at >= since, Encounter.occurred_at <= until)
    figures = Figures()
    lines = db.session.execute(
        select(Item.category, func.sum(SupplyLine.quantity), func.sum(SupplyLine.quantity * Item.doses_per_unit))
        .join(SupplyLine, SupplyLine.item_id == Item.id)
        .join(Distribution, Distribution.id == SupplyLine.distribution_id)
        .join(Encounter, Encounter.id == Distribution.encounter_id)
        .where(*when, standing)
        .group_by(Item.category)
    )
    for category, units, doses in lines:
        if category == "naloxone":
            figures.naloxone_units, figures.naloxone_doses = int(units), int(doses)
        elif category == "syringe":
            figures.syringes = int(units)
        elif category == "test_strip":
            figures.strips = int(units)
    visits, returned = db.session.execute(
        select(func.count(), func.sum(Encounter.returned_syringes)).where(*when, counts_as_visit())
    ).one()
    figures.visits, figures.returned = visits, int(returned or 0)
    return figures


def _sum(parts: Sequence[Figures]) -> Figures:
    """Add figures up."""
    total = Figures()
    for part in parts:
        for name, value in vars(part).items():
            setattr(total, name, getattr(total, name) + value)
    return total
