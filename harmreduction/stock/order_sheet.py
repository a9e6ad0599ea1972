"""What an order sheet says, as the page and the spreadsheet show it, and the drawing of use by month."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from flask_babel import format_date, get_locale, gettext

from harmreduction.core.charts import BarChart, Point, bar_chart
from harmreduction.core.spreadsheets import Cell
from harmreduction.stock.queries.ordering import Need
from harmreduction.stock.rules.ordering import STOCK_STATUSES, packs_of
from harmreduction.web.i18n import number, say, translated, unit_name


def rounded(amount: Fraction | None) -> float | None:
    """Return an amount with one decimal; None stays not known."""
    return None if amount is None else round(float(amount), 1)


def rows_of_sheet(ordered: Iterable[tuple[Need, int]]) -> Iterator[Sequence[Cell]]:
    """Return the rows of a spreadsheet: its head, then what is ordered; what is not known is an empty cell."""
    yield (
        gettext("Code"),
        gettext("Item"),
        gettext("Counted in"),
        gettext("On hand"),
        gettext("Coming"),
        gettext("Promised to others"),
        gettext("Used in a month"),
        gettext("Months of stock"),
        gettext("How it stands"),
        gettext("Units to order"),
        gettext("Units in a pack"),
        gettext("Packs to order"),
    )
    for need, units in ordered:
        if units:
            yield (
                need.item.code,
                translated(need.item.name),
                unit_name(need.item, 2),
                need.supply.usable,
                need.supply.coming,
                need.supply.committed,
                rounded(need.use.monthly),
                rounded(need.months),
                say(STOCK_STATUSES[need.status]),
                units,
                need.item.pack_size,
                packs_of(units, need.item.pack_size),
            )


def draw_months(months: Sequence[tuple[date, int]]) -> BarChart:
    """Draw what was used in each month; the last one is not over. Below zero, by late corrections, is drawn as none."""
    return bar_chart(
        [
            Point(str(format_date(month, "LLL", rebase=False)), (max(units, 0),), is_open=month == months[-1][0])
            for month, units in months
        ],
        name="use",
        title=gettext("Used, month by month"),
        description=gettext("The table below has the same numbers."),
        format_number=number,
        series=(gettext("Used"),),
        is_mirrored=getattr(get_locale(), "text_direction", "ltr") == "rtl",
    )
