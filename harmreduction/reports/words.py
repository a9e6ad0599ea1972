"""What measures, places and times are called, in the language of the person reading."""

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date, gettext

from harmreduction.reports.rules import ITEM_PREFIX, MEASURES, NOT_RECORDED, Counted, Place
from harmreduction.stock.models import Item
from harmreduction.web.i18n import number, say, translated, units


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


def period_name(start: date, *, is_year: bool, short: bool = False) -> str:
    """Return a year, or a month: January 2019, or Jan where there is little room."""
    if is_year:
        return str(start.year)
    return str(format_date(start, "LLL" if short else "LLLL y", rebase=False))


def what_choices(items: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Return everything that can be counted, in groups, as a form offers it."""
    return {
        gettext("Counts"): {measure.value: say(name) for measure, name in MEASURES.items()},
        gettext("Items handed out"): {f"{ITEM_PREFIX}{item.code}": translated(item.name) for item in items},
    }
