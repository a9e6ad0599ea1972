"""Read what the hand-outs of the ledger add up to, by site and period.

A month is a calendar month where the site is, so each time zone has its own moments at which one month
ends and the next begins. They are worked out here, not in SQL, and so are right on every database.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, exists, func, literal, not_, select

from harmreduction.core.clock import in_zone, start_of_day
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter, SupplyLine
from harmreduction.encounters.queries import counts_as_visit
from harmreduction.encounters.rules import ReturnMeasure
from harmreduction.reports.rules import Amount, Counted, Measure, Period, Place, Supply, Total, counts_of
from harmreduction.sites.models import Site
from harmreduction.sites.queries import list_sites
from harmreduction.stock.models import Item


@dataclass(frozen=True)
class ZoneSites:
    """The sites of one IANA time zone, by their id."""

    time_zone: str
    places: dict[int, Place]


def list_ledger_totals(periods: Sequence[Period]) -> list[Total]:
    """Return what was handed out and came back in the periods, which follow one another.

    A hand-out that was taken back does not count, nor does a visit of which nothing stands.
    """
    supplies = _supplies()
    totals: list[Total] = []
    for zone in _zones():
        totals += _supply_totals(zone, periods, supplies)
        totals += _visit_totals(zone, periods)
    return totals


def ledger_years() -> range:
    """Return the years of the ledger, from the first visit's to the last one's, where the sites are."""
    rows = db.session.execute(
        select(Site.time_zone, func.min(Encounter.occurred_at), func.max(Encounter.occurred_at))
        .join(Encounter, Encounter.site_id == Site.id)
        .group_by(Site.time_zone)
    ).all()
    if not rows:
        return range(0)
    first = min(in_zone(earliest, time_zone).year for time_zone, earliest, _latest in rows)
    last = max(in_zone(latest, time_zone).year for time_zone, _earliest, latest in rows)
    return range(first, last + 1)


def _zones() -> Iterator[ZoneSites]:
    """Group the sites by their time zone."""
    zones: dict[str, dict[int, Place]] = defaultdict(dict)
    for site in list_sites():
        zones[site.time_zone][site.id] = Place(site.public_id, site.name)
    return (ZoneSites(time_zone, places) for time_zone, places in zones.items())


def _supplies() -> dict[int, Supply]:
    """Return what makes a unit of each item count."""
    rows = db.session.execute(select(Item.id, Item.code, Item.category, Item.doses_per_unit))
    return {row.id: Supply(code=row.code, category=row.category, doses_per_unit=row.doses_per_unit) for row in rows}


def _supply_totals(zone: ZoneSites, periods: Sequence[Period], supplies: dict[int, Supply]) -> list[Total]:
    """Return the units handed out, as everything that they count as."""
    rows = db.session.execute(
        _in_periods(zone, periods, SupplyLine.item_id, func.sum(SupplyLine.quantity).label("units"))
        .join(Distribution, Distribution.encounter_id == Encounter.id)
        .join(SupplyLine, SupplyLine.distribution_id == Distribution.id)
        .where(_stands())
        .group_by(SupplyLine.item_id)
    )
    return [
        _total(zone, periods, row, counted, Amount(quantity))
        for row in rows
        for counted, quantity in counts_of(supplies[row.item_id], int(row.units)).items()
    ]


def _visit_totals(zone: ZoneSites, periods: Sequence[Period]) -> list[Total]:
    """Return visits with hand-outs, people reached and syringes returned; what was not asked is absent."""
    was_counted = Encounter.returned_measure == ReturnMeasure.COUNTED.value
    rows = db.session.execute(
        _in_periods(
            zone,
            periods,
            func.sum(case((_has_standing_hand_out(), 1), else_=0)).label("hand_outs"),
            func.sum(1 + func.coalesce(Encounter.number_of_others, 0)).label("people"),
            func.sum(Encounter.returned_syringes).label("returned"),
            func.sum(case((was_counted, 0), else_=Encounter.returned_syringes)).label("estimated"),
        ).where(counts_as_visit())
    )
    return [
        _total(zone, periods, row, Counted(measure), amount)
        for row in rows
        for measure, amount in _amounts_of_visits(row).items()
    ]


def _amounts_of_visits(row: Any) -> dict[Measure, Amount]:
    """Return what the visits of one site and period amount to."""
    amounts = {Measure.PEOPLE_REACHED: Amount(int(row.people))}
    if row.hand_outs:
        amounts[Measure.HAND_OUTS] = Amount(int(row.hand_outs))
    if row.returned is not None:
        amounts[Measure.SYRINGES_RETURNED] = Amount(int(row.returned), int(row.estimated or 0))
    return amounts


def _in_periods(zone: ZoneSites, periods: Sequence[Period], *columns: ColumnElement[Any] | Any) -> Select[Any]:
    """Select these columns of the visits of a time zone, by site and number of the period."""
    ends = [start_of_day(period.end, zone.time_zone) for period in periods]
    number = case(*((Encounter.occurred_at < end, literal(place, Integer)) for place, end in enumerate(ends))).label(
        "period_number"
    )
    return (
        select(Encounter.site_id, number, *columns)
        .select_from(Encounter)
        .where(
            Encounter.site_id.in_(zone.places),
            Encounter.occurred_at >= start_of_day(periods[0].start, zone.time_zone),
            Encounter.occurred_at < ends[-1],
        )
        .group_by(Encounter.site_id, "period_number")
    )


def _total(zone: ZoneSites, periods: Sequence[Period], row: Any, counted: Counted, amount: Amount) -> Total:
    """Return one total from a row of `_in_periods`."""
    return Total(
        place=zone.places[row.site_id],
        start=periods[row.period_number].start,
        counted=counted,
        amount=amount,
        is_past=False,
    )


def _stands() -> ColumnElement[bool]:
    """Return the condition that a hand-out was not taken back."""
    return not_(exists().where(DistributionVoid.distribution_id == Distribution.id))


def _has_standing_hand_out() -> ColumnElement[bool]:
    """Return the condition that a visit has a hand-out that was not taken back."""
    return exists().where(and_(Distribution.encounter_id == Encounter.id, _stands()))
