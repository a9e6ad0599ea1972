"""Totals and refused rows as rows of a CSV file."""

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext

from harmreduction.core.spreadsheets import Cell
from harmreduction.reports.history import Refused
from harmreduction.reports.report import place_order
from harmreduction.reports.rules import Total
from harmreduction.reports.words import counted_name, place_name
from harmreduction.stock.models import Item
from harmreduction.web.i18n import say

CsvRow = Sequence[Cell]


def rows_of_totals(totals: Iterable[Total], items: Sequence[Item]) -> Iterator[CsvRow]:
    """Return a head and one row for each month, site and count; months as 2019-01."""
    yield (
        gettext("Month"),
        gettext("Site"),
        gettext("What"),
        gettext("Number"),
        gettext("Of which estimated"),
        gettext("From"),
    )
    for total in sorted(totals, key=lambda total: (total.start, place_order(total.place), total.counted)):
        yield (
            f"{total.start:%Y-%m}",
            place_name(total.place),
            counted_name(total.counted, items),
            total.amount.quantity,
            total.amount.estimated,
            gettext("past totals") if total.is_past else gettext("hand-outs"),
        )


def rows_of_refused(refused: Iterable[Refused]) -> Iterator[CsvRow]:
    """Return a head and one row for each reason why a row of a file cannot be used."""
    yield gettext("Row"), gettext("Column"), gettext("Cell"), gettext("Reason")
    for row in refused:
        for problem in row.problems:
            yield row.number, problem.column, problem.value, say(problem.reason)
