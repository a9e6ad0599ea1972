"""The real monthly totals of a programme (142 rows of 2019) through page and command: the figures are the file's."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from harmreduction.reports import queries
from harmreduction.reports.commands import import_history
from harmreduction.reports.report import Question, Report
from harmreduction.reports.rules import NOT_RECORDED, Counted, Measure
from tests.pages import PageClient, text_of
from tests.reports.test_routes import seen_on, upload

GIVEN, RETURNED = 3_644_444, 3_225_411


@pytest.fixture
def history(real_data: Path) -> Path:
    return real_data / "programme" / "philly_ssp_exchanges_site_month.csv"


def report(measure: Measure) -> Report:
    return queries.get_report(Question(year=2019, counted=Counted(measure)))


def assert_every_figure_is_the_files(history: Path) -> None:
    """Compare each cell of the report, and each sum, with the file read in the plainest way."""
    given, returned = report(Measure.SYRINGES_GIVEN), report(Measure.SYRINGES_RETURNED)
    assert given.whole is not None
    assert returned.whole is not None
    assert (given.whole.quantity, returned.whole.quantity) == (GIVEN, RETURNED)
    expected = {}
    for row in csv.DictReader(io.StringIO(history.read_text())):
        label = "" if row["site_id"] == "NA" else row["site_id"]
        expected[label, row["visit_month"]] = int(row["syringes_dispensed"])
    found = {
        (row.place.name, period.start.isoformat()): amount.quantity
        for row in given.rows
        for period, amount in zip(given.periods, row.amounts, strict=True)
        if amount is not None
    }
    assert found == expected
    assert given.rows[-1].place == NOT_RECORDED


def test_the_real_file_through_the_page(history: Path, sign_in_as: Callable[..., PageClient]) -> None:
    lead = sign_in_as("programme_lead")
    address = upload(lead, history.read_bytes())
    page = lead.page(address)
    assert "426 totals are new" in text_of(page)
    assert "0 rows are refused" in text_of(page)
    assert f"{GIVEN:,}" in page

    lead.send(f"{address}/confirm", seen=seen_on(page))

    assert_every_figure_is_the_files(history)
    totals = text_of(lead.page("/reports/totals?year=2019"))
    assert f"{GIVEN:,} Syringes handed out" in totals
    assert f"{RETURNED:,} Syringes returned" in totals
    assert "Site not recorded 1,610" in totals
    assert "426 totals stay as they are" in text_of(lead.page(upload(lead, history.read_bytes())))


def test_the_real_file_through_the_command(history: Path, app: Flask, database: object) -> None:
    first = app.test_cli_runner().invoke(import_history, [str(history), "--yes"])
    again = app.test_cli_runner().invoke(import_history, [str(history), "--yes"])

    assert "142 rows can be used, 0 refused, 0 empty." in first.output
    assert f"2019  Syringes handed out: {GIVEN:,}" in first.output
    assert "0 new, 0 changed, 426 unchanged." in again.output
    assert_every_figure_is_the_files(history)


@pytest.mark.parametrize(
    "name",
    ["ca_naloxone_distribution_by_county.csv", "cdc_vsrr_provisional_od_deaths.csv", "ca_naloxone_overdose_panel.csv"],
)
def test_a_real_file_of_something_else_is_refused_with_a_sentence(
    real_data: Path, sign_in_as: Callable[..., PageClient], name: str
) -> None:
    lead = sign_in_as("programme_lead")

    page = lead.page(upload(lead, (real_data / "programme" / name).read_bytes()))

    assert "Bring this in" not in page
    assert "Choose" in text_of(page)
