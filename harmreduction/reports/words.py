"""What measures, places and times are called, in the language of the person reading."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_interval
from flask_babel import format_date, get_locale, gettext

from harmreduction.reports.report_back import Quarter
from harmreduction.reports.rules import ITEM_PREFIX, MEASURES, NOT_RECORDED, Counted, Place
from harmreduction.stock.models import Item
from harmreduction.web.i18n import month_name, number, say, translated, units


def counted_name(counted: Counted, items: Sequence[Item]) -> str:
    """Return what a number counts."""
    if counted.measure in MEASURES:
        return say(MEASURES[counted.measure])
    names = (translated(item.name) for item in items if item.code == counted.item_code)
    return next(names, counted.item_code)


def item_units(counted: Counted, quantity: int, items: Sequence[Item]) -> str:
    """Return a number of units of an item by their name, doses counted apart: 2 kits (4 doses)."""
    named = (units(item, quantity) for item in items if item.code == counted.item_code)
    return next(named, number(quantity))


def place_name(place: Place) -> str:
    """Return a site's name, a label as its file wrote it, or that the site was not recorded."""
    return gettext("Site not recorded") if place == NOT_RECORDED else place.name


def period_name(start: date, form: str) -> str:
    """Return 2019 (year), January 2019 (long), January (month) or Jan (short)."""
    if form == "long":
        return month_name(start)
    return str(format_date(start, {"year": "y", "month": "LLLL", "short": "LLL"}[form], rebase=False))


def quarter_name(quarter: Quarter) -> str:
    """Return a quarter by its months: Jul – Sep 2026."""
    period = quarter.period
    return format_interval(period.start, period.end - timedelta(days=1), skeleton="yMMM", locale=get_locale())


def what_choices(items: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Return everything that can be counted, in groups, as a form offers it."""
    return {
        gettext("Counts"): {measure.value: say(name) for measure, name in MEASURES.items()},
        gettext("Items handed out"): {f"{ITEM_PREFIX}{item.code}": translated(item.name) for item in items},
    }
