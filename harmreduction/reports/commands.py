"""`flask --app app hr import-history FILE`: bring in past totals from a file of any size."""

import os
from collections.abc import Sequence
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from harmreduction.core import clock
from harmreduction.core.actor import SystemActor
from harmreduction.core.errors import DomainError
from harmreduction.core.spreadsheets import Sheet
from harmreduction.reports import actions, queries
from harmreduction.reports.cells import DayOrder
from harmreduction.reports.history import (
    IGNORE,
    MONTH,
    SITE,
    Matching,
    Reading,
    Refused,
    guess_uses,
    name_columns,
)
from harmreduction.reports.preview import Effect, Preview
from harmreduction.reports.rules import MEASURES
from harmreduction.settings.queries import current_settings
from harmreduction.sites.queries import list_sites

MEANINGS = ", ".join((SITE, MONTH, *MEASURES, IGNORE))
SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
LARGE = 1_000_000  # bytes; from here on the command says how far it is
STEPS = 20  # times that it says so


@click.command("import-history")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="COLUMN=MEANING",
    help=f"What a column means, where the guess is wrong: {MEANINGS}, or item:CODE.",
)
@click.option(
    "--site",
    "matched",
    multiple=True,
    metavar="LABEL=SITE",
    help="Which of your sites a label of the file is; equal names are matched by themselves.",
)
@click.option(
    "--dates",
    type=click.Choice([DayOrder.MONTH_FIRST.value, DayOrder.DAY_FIRST.value]),
    help="What comes first in dates such as 2/1/2019.",
)
@click.option("--yes", is_flag=True, help="Bring it in without asking.")
@with_appcontext
def import_history(file: str, mapped: tuple[str, ...], matched: tuple[str, ...], dates: str | None, yes: bool) -> None:
    """Bring in past monthly totals from a CSV FILE of any size.

    Lists every row that is refused and why, and says what would change before it asks. The same file
    again changes nothing, and the stock ledger is never touched.
    """
    try:
        with open(file, "rb") as stream:
            sheet = actions.open_history(stream)
            matching = Matching(
                uses=_uses(sheet, mapped),
                sites=_sites(matched),
                order=DayOrder(dates) if dates else DayOrder.NOT_SAID,
            )
            _say_how_it_is_read(sheet, matching)
            preview = _preview(stream, matching)
            _say_what_would_change(preview)
            if preview.changes_anything and (yes or click.confirm("Bring this in?")):
                _bring_in(stream, matching)
            else:
                click.echo("Nothing was changed.")
    except DomainError as problem:
        raise click.ClickException(str(problem)) from problem


def _uses(sheet: Sheet, mapped: Sequence[str]) -> tuple[str, ...]:
    """Return what each column means: the guess, corrected by the options."""
    uses = list(guess_uses(sheet.header))
    names = name_columns(sheet.header)
    for option in mapped:
        name, _equals, use = option.rpartition("=")
        if name not in names:
            raise click.BadParameter(f"The columns are {', '.join(names)}; none is “{name}”.", param_hint="--map")
        uses[names.index(name)] = use
    return tuple(uses)


def _sites(matched: Sequence[str]) -> dict[str, str]:
    """Return the public ids of our sites for labels of the file."""
    known = {site.name.casefold(): site.public_id for site in list_sites()}
    sites: dict[str, str] = {}
    for option in matched:
        label, _equals, name = option.rpartition("=")
        if name.casefold() not in known:
            raise click.BadParameter(f"There is no site “{name}”.", param_hint="--site")
        sites[label] = known[name.casefold()]
    return sites


def _preview(stream: BinaryIO, matching: Matching) -> Preview:
    """Read the whole file once, and list every refused row as it comes."""
    progress = _Progress(stream, "Reading")

    def watch(readings: Sequence[Reading]) -> None:
        for reading in readings:
            if isinstance(reading, Refused):
                _say_why(reading)
        progress.advance(len(readings))

    today = clock.today(current_settings().time_zone)
    return queries.preview_history(actions.open_history(stream), matching, today=today, watch=watch)


def _bring_in(stream: BinaryIO, matching: Matching) -> None:
    """Read the file again, and write."""
    progress = _Progress(stream, "Writing")
    actions.import_history(
        stream,
        matching,
        by=SystemActor(),
        at=clock.now(),
        watch=lambda readings: progress.advance(len(readings)),
    )
    click.echo("Brought in.")


def _say_how_it_is_read(sheet: Sheet, matching: Matching) -> None:
    """Print encoding, separator, and what each column means."""
    click.echo(f"Read as {sheet.encoding}, cells separated by {SEPARATOR_NAMES[sheet.separator]}.")
    for name, use in zip(name_columns(sheet.header), matching.uses, strict=True):
        click.echo(f"  {name}: {use}")


def _say_why(refused: Refused) -> None:
    """Print a refused row with its reasons."""
    for problem in refused.problems:
        cell = f", {problem.column} “{problem.value}”" if problem.column else ""
        click.echo(f"Row {refused.number}{cell}: {problem.reason}")


def _say_what_would_change(preview: Preview) -> None:
    """Print how many rows can be used, the totals of each year, and what they change."""
    click.echo(f"{preview.accepted:,} rows can be used, {preview.refused:,} refused, {preview.skipped:,} empty.")
    if preview.days_left_out:
        click.echo(f"{preview.days_left_out:,} rows name a day; only the month is kept.")
    for (year, counted), quantity in sorted(preview.sums.items()):
        name = str(MEASURES[counted.measure]) if counted.measure in MEASURES else counted.code
        click.echo(f"  {year}  {name}: {quantity:,}")
    click.echo(", ".join(f"{preview.effects[effect]:,} {effect}" for effect in Effect) + ".")


class _Progress:
    """Says how far a large file is read, as a line now and then."""

    def __init__(self, stream: BinaryIO, deed: str) -> None:
        self._stream = stream
        self._deed = deed
        self._size = os.fstat(stream.fileno()).st_size
        self._rows = 0
        self._said = 0

    def advance(self, rows: int) -> None:
        """Count rows, and say where we are when a step is done."""
        self._rows += rows
        if self._size < LARGE:
            return
        step = STEPS * self._stream.tell() // self._size
        if step > self._said:
            self._said = step
            click.echo(f"{self._deed}: {100 * step // STEPS} %, {self._rows:,} rows", err=True)
