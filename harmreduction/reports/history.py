"""A file of past monthly totals: what its columns mean and what each row says. Pure, as rules are.

One row holds a site, a month, and a number in each column that counts something. A row with a mistake
is refused whole, with its reasons; the others are not held up by it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

from harmreduction.core.errors import DomainError
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import Message, message
from harmreduction.core.spreadsheets import Limits, Row
from harmreduction.reports.cells import CannotUse, DayOrder, read_count, read_label, read_month
from harmreduction.reports.rules import Counted, Measure

Value = TypeVar("Value")

LIMITS = Limits(columns=100, cell=1000)
SHOWN_OF_A_CELL = 60  # characters of a refused cell that a report repeats

SITE, MONTH, IGNORE = "site", "month", "ignore"

# Words in the head of a column, and what it then means; the first line that fits wins.
# English and Spanish. A column of rates or percentages counts nothing.
HEADER_WORDS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(words.split()), use)
    for words, use in (
        ("per rate rates percent pct ratio tasa", IGNORE),
        ("site sites location place county sitio lugar sede", SITE),
        ("month date period mes fecha", MONTH),
        ("doses dose dosis", Measure.NALOXONE_DOSES),
        ("kits kit naloxone narcan naloxona", Measure.NALOXONE_KITS),
        ("strips strip tiras", Measure.TEST_STRIPS),
        ("people persons participants participant exchanging personas participantes", Measure.PEOPLE_REACHED),
        ("visits encounters handouts transactions visitas entregas", Measure.HAND_OUTS),
        ("returned return returns in back collected devueltas recibidas", Measure.SYRINGES_RETURNED),
        ("dispensed given out distributed issued syringes entregadas jeringas", Measure.SYRINGES_GIVEN),
    )
)


class CannotMatch(DomainError):
    """The columns were matched in a way that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """How a person wants a file to be read.

    uses: for each column SITE, MONTH, IGNORE or the code of what it counts. sites: the public id of our
    site for a label of the file, or "" to keep it as written; another label is our site of that name.
    """

    uses: tuple[str, ...]
    sites: Mapping[str, str]
    order: DayOrder = DayOrder.NOT_SAID

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"uses": list(self.uses), "sites": dict(self.sites), "order": self.order.value}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was stored."""
        return cls(uses=tuple(stored["uses"]), sites=stored["sites"], order=DayOrder(stored["order"]))

    @property
    def fingerprint(self) -> str:
        """Return a digest, by which a preview is told from a later one."""
        return fingerprint(self.stored())


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where in a row the month, the site and each number stand."""

    names: tuple[str, ...]
    month: int
    site: int | None
    counts: Mapping[int, Counted]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of the file: how much of something a site counted in a month."""

    label: str
    month: date
    counted: Counted
    quantity: int


@dataclass(frozen=True)
class Problem:
    """Why a cell, or the whole row where no column is named, cannot be used."""

    column: str
    value: str
    reason: Message


@dataclass(frozen=True)
class Accepted:
    """A row that can be used, and whether a day was left out of its month."""

    number: int
    figures: tuple[Figure, ...]
    had_day: bool


@dataclass(frozen=True)
class Refused:
    """A row that is left out, with every reason."""

    number: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Skipped:
    """A row in which nothing was recorded."""

    number: int


Reading = Accepted | Refused | Skipped


def guess_uses(header: Sequence[str]) -> tuple[str, ...]:
    """Guess from its head what each column means; nothing is guessed twice."""
    uses: list[str] = []
    for name in header:
        use = _guess_use(name)
        uses.append(IGNORE if use in uses else use)
    return tuple(uses)


def _guess_use(name: str) -> str:
    """Guess what one column means."""
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    words = set(re.split(r"[\W_]+", apart.casefold()))
    return next((str(use) for known, use in HEADER_WORDS if known & words), IGNORE)


def columns_of(header: Sequence[str], uses: Sequence[str]) -> Columns:
    """Return where everything stands; raises CannotMatch when that cannot be read."""
    if len(uses) != len(header):
        raise CannotMatch(message("The file has other columns than before. Upload it again."))
    months = [place for place, use in enumerate(uses) if use == MONTH]
    sites = [place for place, use in enumerate(uses) if use == SITE]
    if len(months) != 1:
        raise CannotMatch(message("Choose exactly one column as the month."))
    if len(sites) > 1:
        raise CannotMatch(message("Choose only one column as the site."))
    return Columns(names=name_columns(header), month=months[0], site=sites[0] if sites else None, counts=_counts(uses))


def _counts(uses: Sequence[str]) -> dict[int, Counted]:
    """Return which column counts what."""
    counts: dict[int, Counted] = {}
    for place, use in enumerate(uses):
        if use in (SITE, MONTH, IGNORE):
            continue
        counted = Counted.from_code(use)
        if counted is None:
            raise CannotMatch(message("“%(use)s” is nothing that can be counted.", use=use))
        if counted in counts.values():
            raise CannotMatch(message("Two columns count the same. Ignore one of them."))
        counts[place] = counted
    if not counts:
        raise CannotMatch(message("Choose at least one column that counts something."))
    return counts


def name_columns(header: Sequence[str]) -> tuple[str, ...]:
    """Return the heads of the columns; one without a head has its letter, as in a spreadsheet."""
    return tuple(name or column_letter(place) for place, name in enumerate(header))


def column_letter(place: int) -> str:
    """Return the letter over a column, the first being 0: A, B … Z, AA."""
    before, last = divmod(place, 26)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + last)


def read_history(
    rows: Iterable[Row], columns: Columns, *, today: date, order: DayOrder = DayOrder.NOT_SAID
) -> Iterator[Reading]:
    """Read row after row; `today` is the programme's, so that no month of the future comes in."""
    earlier = _EarlierRows(columns)
    for row in rows:
        reading = _read_row(row, columns, today, order)
        yield earlier.refuse_repeated(reading) if isinstance(reading, Accepted) else reading


def _read_row(row: Row, columns: Columns, today: date, order: DayOrder) -> Reading:
    """Read one row by itself."""
    if row.problem is not None:
        return Refused(row.number, (Problem("", "", row.problem),))
    if row.is_empty:
        return Skipped(row.number)
    if len(row.cells) != len(columns.names):  # one cell more can be 13,961 without quotation marks
        reason = message(
            "It has %(found)s cells, the first row has %(wanted)s. Cells may have shifted.",
            found=len(row.cells),
            wanted=len(columns.names),
        )
        return Refused(row.number, (Problem("", "", reason),))
    return _read_cells(row.number, row.cells, columns, today, order)


def _read_cells(number: int, cells: tuple[str, ...], columns: Columns, today: date, order: DayOrder) -> Reading:
    """Read the cells of a row of the right width."""
    row = _CellReader(cells, columns.names)
    month = row.read(columns.month, lambda cell: read_month(cell, today=today, order=order))
    label = "" if columns.site is None else row.read(columns.site, read_label)
    quantities = {counted: row.read(place, read_count) for place, counted in columns.counts.items()}
    if row.problems or month is None or label is None:
        return Refused(number, tuple(row.problems))
    figures = tuple(
        Figure(label=label, month=month.month, counted=counted, quantity=quantity)
        for counted, quantity in quantities.items()
        if quantity is not None
    )
    return Accepted(number, figures, month.had_day) if figures else Skipped(number)


class _CellReader:
    """Reads the cells of one row and gathers what is wrong with them."""

    def __init__(self, cells: tuple[str, ...], names: tuple[str, ...]) -> None:
        self.problems: list[Problem] = []
        self._cells = cells
        self._names = names

    def read(self, place: int, how: Callable[[str], Value]) -> Value | None:
        """Return what a cell says, or None after noting why it cannot be used."""
        cell = self._cells[place]
        try:
            return how(cell)
        except CannotUse as problem:
            self.problems.append(Problem(self._names[place], cell[:SHOWN_OF_A_CELL], problem.message))
            return None


class _EarlierRows:
    """Knows in which row each site, month and count came first, packed small: files can be long."""

    def __init__(self, columns: Columns) -> None:
        self._columns = {counted: place for place, counted in columns.counts.items()}
        self._names = columns.names
        self._labels: dict[str, int] = {}
        self._rows: dict[int, int] = {}

    def refuse_repeated(self, accepted: Accepted) -> Accepted | Refused:
        """Refuse a row that says again what an earlier one said; else remember it."""
        keys = {self._key(figure): figure for figure in accepted.figures}
        problems = tuple(self._problem(figure, self._rows[key]) for key, figure in keys.items() if key in self._rows)
        if problems:
            return Refused(accepted.number, problems)
        self._rows.update(dict.fromkeys(keys, accepted.number))
        return accepted

    def _key(self, figure: Figure) -> int:
        """Return one number for site, month and count."""
        label = self._labels.setdefault(figure.label, len(self._labels))
        month = figure.month.year * 12 + figure.month.month
        return (label * 200_000 + month) * LIMITS.columns + self._columns[figure.counted]

    def _problem(self, figure: Figure, first: int) -> Problem:
        """Name the earlier row."""
        name = self._names[self._columns[figure.counted]]
        reason = message("Row %(row)s has this site and month already.", row=first)
        return Problem(name, str(figure.quantity), reason)
