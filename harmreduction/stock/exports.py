"""What lies where as rows of a file."""

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _

from harmreduction.core.spreadsheets import Cell
from harmreduction.stock.queries.on_hand import ExportedLot
from harmreduction.stock.rules import LOT_STATUSES
from harmreduction.web.i18n import say, translated, unit_name

SheetRow = Sequence[Cell]


def rows_of_on_hand(lots: Iterable[ExportedLot]) -> Iterator[SheetRow]:
    """Return a head and one row for each lot at each place."""
    yield (
        _("Place"),
        _("Item"),
        _("Item code"),
        _("Lot"),
        _("Printed date"),
        _("Use by"),
        _("Status"),
        _("Source"),
        _("Units"),
        _("Counted in"),
        _("Doses"),
    )
    for row in lots:
        yield (
            row.place,
            translated(row.item.name),
            row.item.code,
            row.lot_number,
            row.printed_expiry,
            row.effective_expiry,
            say(LOT_STATUSES[row.status]),
            translated(row.source),
            row.on_hand,
            unit_name(row.item, 2),
            row.on_hand * row.item.doses_per_unit,
        )
