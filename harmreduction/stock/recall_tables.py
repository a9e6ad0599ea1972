"""What a traced recall comes to, as a page and a spreadsheet show it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from harmreduction.core.spreadsheets import Cell
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries.recalls import RecallTrace
from harmreduction.stock.queries.tracing import Held, WentOut
from harmreduction.stock.rules import LOCATION_KINDS, LOT_SOURCES, REAL_KINDS, LocationKind, LotSource
from harmreduction.web.i18n import say, translated

Sources = Mapping[LotSource, int]

# What went out is told by month, so the sum of it is not told again.
SHOWN_KINDS = (*REAL_KINDS, LocationKind.IN_TRANSIT, LocationKind.PARTNER, LocationKind.WASTE)


@dataclass(frozen=True, kw_only=True)
class ItemSummary:
    """What became of the units of one item, all recalled lots together.

    places: at how many some lie. since: the month in which the first went out. accounts: units at each
    virtual place, below zero where they came from there.
    """

    item: Item
    places: int
    here: int
    out: int
    since: date | None
    sources: Sources
    came_back: int
    without_number: int
    accounts: Mapping[LocationKind, int]

    @property
    def came_in(self) -> int:
        """Return the units that were received or were there at the opening."""
        return -self.accounts.get(LocationKind.SUPPLIER, 0) - self.accounts.get(LocationKind.OPENING, 0)

    def units_at(self, kind: str) -> int:
        """Return the units at a virtual place."""
        return self.accounts.get(LocationKind(kind), 0)


@dataclass(frozen=True, kw_only=True)
class OutOf:
    """Units of an item that went out from one place, and how their lots were known."""

    place: StockLocation
    item: Item
    units: int
    sources: Sources


@dataclass(frozen=True, kw_only=True)
class OutIn:
    """Units of an item that went out in one month (its first day)."""

    month: date
    item: Item
    units: int


def is_real(row: Held) -> bool:
    """Say whether units lie at a real place."""
    return row.place.kind in REAL_KINDS


def summarise(found: RecallTrace) -> list[ItemSummary]:
    """Return what became of each item, the named ones first, then the kits."""
    items = {lot.item_id: lot.item for lot in found.trace.lots}
    named = {lot.item_id for lot in found.trace.lots if lot.id in found.named_ids}
    ordered = sorted(items.values(), key=lambda item: (item.id not in named, item.name))
    return [_summary(found, item) for item in ordered]


def out_by_place(rows: Iterable[WentOut]) -> list[OutOf]:
    """Return what went out from each place, most first."""
    groups: dict[tuple[int, int], list[WentOut]] = defaultdict(list)
    for row in rows:
        groups[row.place.id, row.lot.item_id].append(row)
    found = [
        OutOf(place=of[0].place, item=of[0].lot.item, units=_units(of), sources=_sources(of)) for of in groups.values()
    ]
    return sorted((row for row in found if row.units), key=lambda row: (-row.units, row.place.name))


def out_by_month(rows: Iterable[WentOut]) -> list[OutIn]:
    """Return what went out in each month, latest first."""
    groups: dict[tuple[date, int], list[WentOut]] = defaultdict(list)
    for row in rows:
        groups[row.month, row.lot.item_id].append(row)
    found = [OutIn(month=of[0].month, item=of[0].lot.item, units=_units(of)) for of in groups.values()]
    return sorted((row for row in found if row.units), key=lambda row: (-row.month.toordinal(), row.item.name))


def rows_of_trace(found: RecallTrace, site_names: Mapping[int | None, str]) -> Iterator[Sequence[Cell]]:
    """Return a head, a row for what lies at each place, and one for what went out by place, month and source."""
    yield (
        gettext("Recall"),
        gettext("What"),
        gettext("Site"),
        gettext("Place"),
        gettext("Kind of place"),
        gettext("Item"),
        gettext("Lot"),
        gettext("Month"),
        gettext("How the lot was known"),
        gettext("Units"),
        gettext("Doses"),
    )
    groups: tuple[tuple[str, Sequence[Held | WentOut]], ...] = (
        (gettext("Lies here"), [row for row in found.trace.held if row.place.kind in SHOWN_KINDS]),
        (gettext("Went out"), found.trace.went_out),
        (gettext("Came back"), found.trace.came_back),
    )
    for title, rows in groups:
        for row in sorted(rows, key=_order):
            where = (site_names.get(row.place.site_id, ""), translated(row.place.name))
            how = (row.month, say(LOT_SOURCES[row.source])) if isinstance(row, WentOut) else (None, None)
            yield (
                found.recall.reference,
                title if row.place.kind in REAL_KINDS else say(LOCATION_KINDS[LocationKind(row.place.kind)]),
                *where,
                say(LOCATION_KINDS[LocationKind(row.place.kind)]),
                translated(row.lot.item.name),
                row.lot.lot_number,
                *how,
                row.units,
                row.units * row.lot.item.doses_per_unit,
            )


def _order(row: Held | WentOut) -> tuple[str, str, str, str]:
    """Return by what rows are put in order: place, item, lot, month."""
    month = row.month.isoformat() if isinstance(row, WentOut) else ""
    return row.place.name, row.lot.item.name, row.lot.lot_number, month


def _summary(found: RecallTrace, item: Item) -> ItemSummary:
    """Add up what a trace says of one item."""
    held = [row for row in found.trace.held if row.lot.item_id == item.id]
    out = [row for row in found.trace.went_out if row.lot.item_id == item.id]
    accounts: dict[LocationKind, int] = defaultdict(int)
    for row in held:
        if not is_real(row):
            accounts[LocationKind(row.place.kind)] += row.units
    return ItemSummary(
        item=item,
        places=len({row.place.id for row in held if is_real(row) and row.units > 0}),
        here=sum(row.units for row in held if is_real(row)),
        out=_units(out),
        since=min((row.month for row in out), default=None),
        sources=_sources(out),
        came_back=sum(row.units for row in found.trace.came_back if row.lot.item_id == item.id),
        without_number=found.without_number.get(item.id, 0),
        accounts=accounts,
    )


def _units(rows: Iterable[WentOut]) -> int:
    """Add up units."""
    return sum(row.units for row in rows)


def _sources(rows: Iterable[WentOut]) -> Sources:
    """Add up units by how the lot was known."""
    units: dict[LotSource, int] = defaultdict(int)
    for row in rows:
        units[row.source] += row.units
    return dict(units)
