"""Read totals by site and period: those of the years before, and those of the ledger."""

from collections.abc import Sequence

from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.reports.ledger_totals import ledger_years, list_ledger_totals
from harmreduction.reports.models import PastTotal
from harmreduction.reports.report import Question, Report, make_report, place_order
from harmreduction.reports.rules import (
    Amount,
    Counted,
    Measure,
    Period,
    Place,
    Total,
    labelled,
    months_of,
    years_from,
)
from harmreduction.sites.queries import list_sites
from harmreduction.stock.models import Item


def list_years() -> list[int]:
    """Return the years in which anything was counted, newest first."""
    first, last = db.session.execute(select(func.min(PastTotal.month), func.max(PastTotal.month))).one()
    years = set(ledger_years())
    if first is not None:
        years |= set(range(first.year, last.year + 1))
    return sorted(years, reverse=True)


def get_report(question: Question) -> Report:
    """Return the totals of a year by month, or of all years by year."""
    if question.year is not None:
        periods = months_of(question.year)
    else:
        years = list_years()
        periods = years_from(years[-1], years[0]) if years else []
    return make_report(list_totals(periods), question, periods)


def list_monthly_totals(question: Question, *, every_count: bool) -> list[Total]:
    """Return the totals that were asked for, month by month, of all years too."""
    years = list_years() if question.year is None else [question.year]
    return [
        total
        for year in years
        for total in list_totals(months_of(year))
        if question.wants(total.place) and (every_count or total.counted == question.counted)
    ]


def list_totals(periods: Sequence[Period]) -> list[Total]:
    """Return everything counted in the periods, which follow one another."""
    return [*_list_past_totals(periods), *list_ledger_totals(periods)] if periods else []


def list_places() -> list[Place]:
    """Return every place that totals can have: our sites, labels of past files, and “not recorded”."""
    sites = [Place(site.public_id, site.name) for site in list_sites()]
    labels = db.session.scalars(select(PastTotal.site_label).where(PastTotal.site_id.is_(None)).distinct())
    return sorted([*sites, *map(labelled, labels)], key=place_order)


def _list_past_totals(periods: Sequence[Period]) -> list[Total]:
    """Return the past totals of the periods."""
    places = {site.id: Place(site.public_id, site.name) for site in list_sites()}
    rows = db.session.execute(
        select(
            PastTotal.month,
            PastTotal.site_id,
            PastTotal.site_label,
            PastTotal.measure,
            Item.code,
            PastTotal.quantity,
        )
        .outerjoin(Item, Item.id == PastTotal.item_id)
        .where(PastTotal.month >= periods[0].start, PastTotal.month < periods[-1].end)
    )
    starts = {month: period.start for period in periods for month in period.months()}
    return [
        Total(
            place=places[row.site_id] if row.site_id else labelled(row.site_label),
            start=starts[row.month],
            counted=Counted(Measure(row.measure), row.code or ""),
            amount=Amount(row.quantity),
            is_past=True,
        )
        for row in rows
    ]
