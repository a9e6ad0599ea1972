"""What the programme tells participants and staff of a quarter."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.db import new_id
from harmreduction.reports.queries.report_back import count_figures
from harmreduction.reports.report_back import FIGURES, NotSettled, Quarter, check_settled
from harmreduction.settings.actions import set_values
from tests.factories import SYSTEM, hand_out, make_location, receive

IN_SPRING = datetime(2026, 5, 12, 20, tzinfo=UTC)
SPRING = Quarter(2026, 2)


@given(day=st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_lies_in_one_quarter_and_quarters_follow_each_other(day):
    quarter = Quarter.of(day)
    assert quarter.period.holds(day) and len(quarter.period.months()) == 3
    assert quarter.before.period.end == quarter.period.start
    assert Quarter.from_code(quarter.code) == quarter


@pytest.mark.parametrize("code", ["", "2026", "2026-Q5", "26-Q1", "²026-Q1", "2026-Q", "0000-Q1", "2026-Q11"])
def test_what_names_no_quarter_is_none(code):
    assert Quarter.from_code(code) is None


def test_a_quarter_is_told_a_week_after_it_ended():
    with pytest.raises(NotSettled):
        check_settled(SPRING, today=date(2026, 7, 7))
    check_settled(SPRING, today=date(2026, 7, 8))


@pytest.mark.usefixtures("database")
def test_a_quarter_counts_what_went_out_in_it_and_nothing_else():
    shelf = make_location()
    receive(shelf, 100)
    hand_out(shelf, ("naloxone-nasal-4", 3), at=IN_SPRING)
    hand_out(shelf, ("naloxone-nasal-4", 5), at=datetime(2026, 7, 2, 12, tzinfo=UTC))
    counts = count_figures(SPRING.period)
    assert counts == {figure: 0 for figure in FIGURES} | {"kits": 3}


def test_a_lead_tells_a_quarter_and_the_team_reads_it(app, sign_in_as):
    shelf = make_location()
    receive(shelf, 100)
    for units in (9, 3):
        hand_out(shelf, ("naloxone-nasal-4", units), at=IN_SPRING, client_id=new_id())
    lead = sign_in_as("programme_lead")
    lead.get("/report-back")
    lead.post(f"/report-back/{SPRING.code}/release")
    assert "Told. These numbers stay as they are." in lead.get("/report-back").text
    hand_out(shelf, ("naloxone-nasal-4", 20), at=IN_SPRING)
    volunteer = sign_in_as("volunteer")
    for path in ("/report-back", f"/report-back/{SPRING.code}/poster", f"/report-back/{SPRING.code}/poster?large=1"):
        page = volunteer.get(path).text
        assert ("<b>12</b>" in page and "You did this" in page) or path == "/report-back", path
    assert volunteer.post(f"/report-back/{SPRING.code}/release").status_code == 403
    lead.post("/report-back/2999-Q1/release")
    assert "Wait until a week" in lead.get("/report-back").text


def test_anybody_reads_it_only_where_the_programme_decided_so(client):
    assert client.get("/what-we-did-together").status_code == 404
    set_values({"is_report_back_public": "yes"}, by=SYSTEM)
    assert "Nothing to tell yet" in client.get("/what-we-did-together").text
