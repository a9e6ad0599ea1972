"""The directory from a terminal, whatever its size: `hr import-services`, `export-directory`, `refresh-finder`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext

from harmreduction.core import clock
from harmreduction.core.actor import SystemActor
from harmreduction.core.errors import DomainError
from harmreduction.directory.actions.applying import apply_import
from harmreduction.directory.actions.exports import record_export
from harmreduction.directory.actions.imports import (
    SourceNamed,
    confirm_import,
    leave_import,
    map_import,
    start_import,
)
from harmreduction.directory.actions.indexing import index_everything
from harmreduction.directory.actions.staging import read_import
from harmreduction.directory.hsds.package import write_zip
from harmreduction.directory.json_lines import lines_of
from harmreduction.directory.queries import export
from harmreduction.directory.queries.imports import ImportView, get_import, iterate_refused, mapping_of
from harmreduction.directory.reading import CannotRead
from harmreduction.directory.rules.imports import Effect, State
from harmreduction.directory.rules.terms import BY_CODE

STEPS = 20  # times that a long piece of work says how far it is


@click.command("import-services")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--source", required=True, help="Where the file comes from; the same name updates what came before.")
@click.option("--licence", default="", help="What its makers allow, for example “CC BY 4.0”.")
@click.option("--offers", default="", metavar="CODE,…", help=f"What every row offers: {', '.join(BY_CODE)}.")
@click.option("--retire-missing", is_flag=True, help="Make services inactive that the source lists no longer.")
@click.option("--yes", is_flag=True, help="Bring it in without asking.")
@with_appcontext
def import_services(file: Path, source: str, licence: str, offers: str, retire_missing: bool, yes: bool) -> None:
    """Bring in services from FILE: HSDS of any version (JSON, lines, a ZIP or folder of tables), 211 exports, CSV.

    Says what would change before it asks. The columns of a plain table are guessed; the page "Bring in services"
    lets you correct that, and this command then reads files of the same source in the same way.
    """
    codes = _codes(offers)
    try:
        content = file if file.is_dir() else file.read_bytes()
        named = SourceNamed(name=source, licence=licence)
        import_id = start_import(content, file.name, named, by=SystemActor(), at=clock.now())
        _map(import_id, codes)
        read_import(import_id, by=SystemActor(), content=content, watch=_Progress("Read").advance)
        view = get_import(import_id)
        if view.problem is not None:
            raise CannotRead(view.problem)
        _say_what_would_change(view)
        if _changes_something(view, retire_missing) and (yes or click.confirm("Bring this in?")):
            confirm_import(
                import_id, seen=view.entry.mark, retires_missing=retire_missing, by=SystemActor(), at=clock.now()
            )
            apply_import(import_id, by=SystemActor(), watch=_Progress("Written").advance)
            click.echo("Brought in.")
        else:
            leave_import(import_id, at=clock.now())
            click.echo("Nothing was changed.")
    except DomainError as problem:
        raise click.ClickException(str(problem)) from problem


@click.command("refresh-finder")
@with_appcontext
def refresh_finder() -> None:
    """Make everything that the finder searches anew: irregular opening hours are written out 400 days ahead.

    Worth it once a season; whatever changes in between is made anew by itself.
    """
    click.echo(f"Made anew: {index_everything(at=clock.now()):,} services.")


@click.command("export-directory")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--whole", is_flag=True, help="With confidential places and everything that is private.")
@with_appcontext
def export_directory(file: Path, whole: bool) -> None:
    """Write the directory to FILE: NAME.zip (tables), NAME.json or NAME.ndjson (HSDS 3.2.3)."""
    shape = file.suffix.lower().removeprefix(".")
    if shape not in ("zip", "json", "ndjson"):
        raise click.BadParameter("End the name in .zip, .json or .ndjson.", param_hint="FILE")
    record_export(by=SystemActor())
    if shape == "zip":
        with file.open("wb") as stream:
            write_zip(export.stored_bundle() if whole else export.public_bundle(), stream)
    else:
        with file.open("w", encoding="utf-8") as text:
            text.writelines(lines_of(shape, is_whole=whole))
    click.echo(f"Written to {file}." + (" It holds private addresses: keep it locked away." if whole else ""))


def _codes(offers: str) -> tuple[str, ...]:
    """Return the codes of our terms in an option."""
    codes = tuple(code for code in (part.strip() for part in offers.split(",")) if code)
    for code in codes:
        if code not in BY_CODE:
            raise click.BadParameter(f"There is no “{code}”. There are {', '.join(BY_CODE)}.", param_hint="--offers")
    return codes


def _map(import_id: str, codes: Sequence[str]) -> None:
    """Say how a plain table is read: as last time, or as guessed; other files say it themselves."""
    view = get_import(import_id)
    if view.state is not State.MAPPING:
        if codes:
            raise click.BadParameter("This file says itself what each service offers.", param_hint="--offers")
        return
    mapping = mapping_of(view)
    mapping = replace(mapping, terms=tuple(codes) or mapping.terms)
    for column, use in mapping.uses.items():
        click.echo(f"  {column}: {use.sentence}")
    map_import(import_id, mapping, at=clock.now())


def _say_what_would_change(view: ImportView) -> None:
    """Print every refused row with its reasons, and how many rows there are of each kind."""
    for row in iterate_refused(view):
        click.echo(f"Row {row.number}, {row.name}: {' '.join(map(str, row.reasons))}")
    counts = view.entry.counts
    read = ", ".join(f"{counts[name]:,} {name}" for name in _VERDICTS if counts.get(name))
    click.echo(f"{view.entry.rows_read:,} rows: {read or 'none'}.")
    told = {Effect.UNCHANGED: "as they are", Effect.MISSING: "not in this file any more"}
    effects = (Effect.NEW, Effect.CHANGED, Effect.UNCHANGED, Effect.MISSING)
    click.echo(", ".join(f"{counts.get(one.code, 0):,} {told.get(one, one.code)}" for one in effects) + ".")


_VERDICTS = ("accepted", "fixed", "redacted", "repeated", "refused")


def _changes_something(view: ImportView, retires: bool) -> bool:
    """Say whether bringing it in would do anything."""
    effects = (Effect.NEW, Effect.CHANGED, *((Effect.MISSING,) if retires else ()))
    return any(view.entry.counts.get(effect.code) for effect in effects)


class _Progress:
    """Says how far a piece of work is, as a line now and then."""

    def __init__(self, deed: str) -> None:
        self._deed = deed
        self._said = 0

    def advance(self, done: int, whole: int | None) -> None:
        """Say where we are when a step is done."""
        step = STEPS * done // whole if whole else 0
        if step > self._said:
            self._said = step
            click.echo(f"{self._deed}: {done:,} of {whole:,}", err=True)
