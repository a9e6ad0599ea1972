"""Read files of past totals: one that waits to be confirmed, and those that came in."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, select, tuple_

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import Encoding, Sheet, open_sheet
from harmreduction.reports.history import (
    LIMITS,
    SITE,
    Accepted,
    CannotMatch,
    Columns,
    Figure,
    Matching,
    Reading,
    Refused,
    columns_of,
    name_columns,
    read_history,
)
from harmreduction.reports.models import PastImport, PastTotal, StagedHistory
from harmreduction.reports.preview import Change, FigureKey, Preview, Stored, compare
from harmreduction.reports.report import place_order
from harmreduction.reports.rules import (
    Counted,
    Measure,
    labelled,
)
from harmreduction.sites.queries import list_sites
from harmreduction.stock.models import Item

ROWS_AT_ONCE = 500
EXAMPLES = 3

Thing = TypeVar("Thing")
FindSite = Callable[[str], int | None]


def get_staged_of(actor: Actor, public_id: str) -> StagedHistory:
    """Return a file that this person uploaded and has not decided on."""
    staged = db.session.scalar(
        select(StagedHistory).where(StagedHistory.public_id == public_id, StagedHistory.account_id == actor.account_id)
    )
    if staged is None:
        raise NotFound(message("This file does not wait any more: it was brought in, left, or a day has passed."))
    return staged


def list_imports() -> Sequence[PastImport]:
    """Return the last files that were brought in, newest first."""
    return db.session.scalars(select(PastImport).order_by(PastImport.id.desc()).limit(20)).all()


@dataclass(frozen=True, kw_only=True)
class ColumnLook:
    """A column of a waiting file: its head, what it is taken for, and its first cells."""

    name: str
    use: str
    examples: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class StagedLook:
    """A waiting file as its page shows it; the preview is missing where the columns cannot be read so."""

    public_id: str
    encoding: Encoding
    columns: Sequence[ColumnLook]
    labels: Sequence[str]
    matching: Matching
    preview: Preview | None
    problem: DomainError | None


def look_at_staged(actor: Actor, public_id: str, *, today: date) -> StagedLook:
    """Return a waiting file with what bringing it in would do."""
    staged = get_staged_of(actor, public_id)
    matching = Matching.from_stored(staged.matching)
    first = open_sheet(io.BytesIO(staged.content), LIMITS)
    preview: Preview | None = None
    problem: DomainError | None = None
    try:
        preview = preview_history(open_sheet(io.BytesIO(staged.content), LIMITS), matching, today=today)
    except DomainError as found:
        problem = found
    return StagedLook(
        public_id=public_id,
        encoding=first.encoding,
        columns=_look_at_columns(first, matching),
        labels=_matchable_labels(preview, matching),
        matching=matching,
        preview=preview,
        problem=problem,
    )


def list_refused(actor: Actor, public_id: str, *, today: date) -> list[Refused]:
    """Return every row of a waiting file that is refused."""
    staged = get_staged_of(actor, public_id)
    sheet = open_sheet(io.BytesIO(staged.content), LIMITS)
    matching = Matching.from_stored(staged.matching)
    readings = read_history(sheet.rows, columns_of(sheet.header, matching.uses), today=today, order=matching.order)
    return [reading for reading in readings if isinstance(reading, Refused)]


def _look_at_columns(sheet: Sheet, matching: Matching) -> list[ColumnLook]:
    """Return the columns with the cells of their first rows."""
    rows = [row.cells for row in islice(sheet.rows, 10) if not row.is_empty][:EXAMPLES]
    return [
        ColumnLook(name=name, use=use, examples=[cells[place] for cells in rows if place < len(cells)])
        for place, (name, use) in enumerate(zip(name_columns(sheet.header), matching.uses, strict=True))
    ]


def _matchable_labels(preview: Preview | None, matching: Matching) -> list[str]:
    """Return the labels that can be matched to a site; without a site column, every row is one of them."""
    labels = preview.labels if preview is not None else {}
    return sorted(
        (label for label in labels if label or SITE not in matching.uses),
        key=lambda label: place_order(labelled(label)),
    )


def preview_history(
    sheet: Sheet, matching: Matching, *, today: date, watch: Callable[[Sequence[Reading]], None] | None = None
) -> Preview:
    """Read a whole file and say what it would change; `watch` sees the rows as they are read."""
    preview = Preview()
    for readings, changes in compare_with_stored(sheet, matching, today=today):
        preview.add(readings, changes)
        if watch is not None:
            watch(readings)
    return preview


def compare_with_stored(
    sheet: Sheet, matching: Matching, *, today: date
) -> Iterator[tuple[list[Reading], list[Change]]]:
    """Read a file some hundred rows at a time, each with what its numbers do to what is stored.

    Raises CannotMatch when the columns cannot be read in this way.
    """
    columns = columns_of(sheet.header, matching.uses)
    _check_items(columns)
    find_site = site_finder(matching)
    readings = read_history(sheet.rows, columns, today=today, order=matching.order)
    for part in _in_parts(readings, ROWS_AT_ONCE):
        figures = [figure for reading in part if isinstance(reading, Accepted) for figure in reading.figures]
        yield part, compare(figures, _find_stored(figures), find_site)


def site_finder(matching: Matching) -> FindSite:
    """Return how to find our site for a label: as the person chose, else the site of the same name."""
    sites = list_sites()
    by_public_id = {site.public_id: site.id for site in sites}
    by_name = {site.name.casefold(): site.id for site in sites}

    @cache
    def find_site(label: str) -> int | None:
        if not label and SITE in matching.uses:
            return None
        chosen = matching.sites.get(label)
        return by_name.get(label.casefold()) if chosen is None else by_public_id.get(chosen)

    return find_site


def item_ids_by_code() -> dict[str, int]:
    """Return the items of the catalogue, those no longer used included."""
    return {code: id_ for code, id_ in db.session.execute(select(Item.code, Item.id))}


def _check_items(columns: Columns) -> None:
    """Refuse a column that counts an item which is not in the catalogue."""
    known = item_ids_by_code()
    for counted in columns.counts.values():
        if counted.item_code and counted.item_code not in known:
            raise CannotMatch(message("There is no item “%(code)s”.", code=counted.item_code))


def _find_stored(figures: Sequence[Figure]) -> dict[FigureKey, Stored]:
    """Return what is stored for the labels and months of these numbers."""
    of_measures = {(figure.label, figure.month) for figure in figures if not figure.counted.item_code}
    of_items = {(figure.label, figure.month) for figure in figures if figure.counted.item_code}
    return _stored_where(of_measures, PastTotal.item_id.is_(None)) | _stored_where(
        of_items, PastTotal.item_id.is_not(None)
    )


def _stored_where(places: set[tuple[str, date]], kind: ColumnElement[bool]) -> dict[FigureKey, Stored]:
    """Return what is stored of one kind for pairs of label and month; each kind has an index of its own."""
    if not places:
        return {}
    rows = db.session.execute(
        select(
            PastTotal.id,
            PastTotal.site_label,
            PastTotal.month,
            PastTotal.measure,
            PastTotal.quantity,
            PastTotal.site_id,
            Item.code,
        )
        .outerjoin(Item, Item.id == PastTotal.item_id)
        .where(kind, tuple_(PastTotal.site_label, PastTotal.month).in_(places))
    )
    return {
        (row.site_label, row.month, Counted(Measure(row.measure), row.code or "")): Stored(
            id=row.id, quantity=row.quantity, site_id=row.site_id
        )
        for row in rows
    }


def _in_parts(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Return the things some at a time."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part
