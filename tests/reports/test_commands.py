"""`flask hr import-history`: the same as the pages, for files of any size."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.reports import commands
from harmreduction.reports.commands import import_history
from harmreduction.reports.models import PastTotal
from tests.factories import make_site

pytestmark = pytest.mark.usefixtures("database")

FILE = 'site,month,given,returned\nUnion St,2019-01,"6,175",5625\nNA,2019-02,10,\nUnion St,2031-01,1,-2\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "totals.csv"
    path.write_text(FILE)
    return path


def run(app: Flask, *arguments: str | Path, answer: str | None = None) -> Result:
    runner = app.test_cli_runner()
    return runner.invoke(import_history, [str(argument) for argument in arguments], input=answer)


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PastTotal)) or 0


def test_it_says_how_it_reads_what_it_refuses_and_what_would_change_then_asks(app: Flask, file: Path) -> None:
    result = run(app, file, answer="n\n")

    assert result.exit_code == 0, result.output
    assert "Read as UTF-8, cells separated by commas." in result.output
    assert "given: syringes_given" in result.output
    assert "Row 4, month “2031-01”: This month has not come yet." in result.output
    assert "Row 4, returned “-2”: It is below zero." in result.output
    assert "2 rows can be used, 1 refused, 0 empty." in result.output
    assert "2019  Syringes handed out: 6,185" in result.output
    assert "3 new, 0 changed, 0 unchanged." in result.output
    assert "Nothing was changed." in result.output
    assert count() == 0


def test_it_brings_the_file_in_once(app: Flask, file: Path) -> None:
    first = run(app, file, "--yes")
    again = run(app, file, "--yes")

    assert "Brought in." in first.output
    assert "0 new, 0 changed, 3 unchanged." in again.output
    assert "Nothing was changed." in again.output
    assert count() == 3


def test_columns_sites_and_dates_can_be_named(app: Flask, tmp_path: Path) -> None:
    site = make_site("Mill Road")
    path = tmp_path / "odd.csv"
    path.write_text("where;when;a=b\nOld Mill;1/2/2019;5\n")

    options = ("--map", "where=site", "--map", "when=month", "--map", "a=b=test_strips", "--dates", "day-first")
    result = run(app, path, "--yes", *options, "--site", "Old Mill=mill road")

    assert result.exit_code == 0, result.output
    db.session.rollback()
    total = db.session.scalars(select(PastTotal)).one()
    assert (total.site_id, total.measure, total.month.month) == (site.id, "test_strips", 2)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--map", "nope=site"), "none is “nope”"),
        (("--map", "site=month"), "exactly one column as the month"),
        (("--map", "given=bananas"), "nothing that can be counted"),
        (("--site", "Union St=Nowhere"), "no site “Nowhere”"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(
    app: Flask, file: Path, options: tuple[str, ...], sentence: str
) -> None:
    result = run(app, file, "--yes", *options)

    assert result.exit_code != 0
    assert sentence in result.output
    assert count() == 0


def test_a_workbook_is_a_sentence_too(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "totals.xlsx"
    path.write_bytes(b"PK\x03\x04")

    assert "This is a workbook." in run(app, path, "--yes").output


def test_a_large_file_says_how_far_it_is(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LARGE", 10_000)
    path = tmp_path / "large.csv"
    rows = (f"{site},{year}-01,5\n" for site in range(1000) for year in range(2000, 2020))
    path.write_text("site,month,given\n" + "".join(rows))

    result = run(app, path, "--yes")

    assert "Reading: 50 %" in result.output
    assert "Writing: 95 %, 19,000 rows" in result.output
    assert count() == 20_000
