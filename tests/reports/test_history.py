"""A file of past monthly totals: what its columns mean, and what each row says."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.spreadsheets import CannotRead, open_sheet
from harmreduction.reports.cells import DayOrder
from harmreduction.reports.history import (
    IGNORE,
    LIMITS,
    Accepted,
    CannotMatch,
    Matching,
    Reading,
    Refused,
    Skipped,
    column_letter,
    columns_of,
    guess_uses,
    read_history,
)
from harmreduction.reports.preview import Effect, Preview, Stored, compare, key_of
from harmreduction.reports.rules import Counted, Measure

TODAY = date(2026, 11, 22)
HEAD = "site_id,visit_month,syringes_returned,syringes_dispensed,no_exchanging_for\n"


def read(text: str, uses: tuple[str, ...] | None = None) -> list[Reading]:
    sheet = open_sheet(io.BytesIO(text.encode()), LIMITS)
    columns = columns_of(sheet.header, uses or guess_uses(sheet.header))
    return list(read_history(sheet.rows, columns, today=TODAY))


def reasons_of(text: str) -> dict[int, list[str]]:
    return {
        reading.number: [f"{problem.column}: {problem.reason}" for problem in reading.problems]
        for reading in read(text)
        if isinstance(reading, Refused)
    }


@pytest.mark.parametrize(
    ("header", "uses"),
    [
        (
            "site_id visit_month syringes_returned syringes_dispensed no_exchanging_for",
            "site month syringes_returned syringes_given people_reached",
        ),
        ("Location Date In Out Participants", "site month syringes_returned syringes_given people_reached"),
        ("sitio mes devueltas entregadas personas", "site month syringes_returned syringes_given people_reached"),
        ("siteName monthOf narcanKits narcanDoses fts_strips", "site month naloxone_kits naloxone_doses test_strips"),
        ("month given given_total comment", "month syringes_given ignore ignore"),
        ("county kits_per_100k", "site ignore"),
    ],
)
def test_columns_are_guessed_from_their_heads(header: str, uses: str) -> None:
    assert list(guess_uses(header.split())) == uses.split()


@pytest.mark.parametrize(
    ("uses", "sentence"),
    [
        (("site", "ignore", "syringes_given"), "exactly one column as the month"),
        (("month", "month", "syringes_given"), "exactly one column as the month"),
        (("site", "site", "month"), "only one column as the site"),
        (("site", "month", "ignore"), "at least one column that counts"),
        (("month", "syringes_given", "syringes_given"), "Two columns count the same"),
        (("site", "month", "bananas"), "nothing that can be counted"),
        (("site", "month"), "other columns"),
    ],
)
def test_columns_that_cannot_be_read_are_refused(uses: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CannotMatch, match=sentence):
        columns_of(("a", "b", "c"), uses)


def test_a_row_says_each_count_of_its_site_and_month() -> None:
    (row,) = read(HEAD + '7,2019-01-01,"1,540",1610,6\n')

    assert isinstance(row, Accepted)
    assert [(figure.label, figure.month, figure.counted.code, figure.quantity) for figure in row.figures] == [
        ("7", date(2019, 1, 1), "syringes_returned", 1540),
        ("7", date(2019, 1, 1), "syringes_given", 1610),
        ("7", date(2019, 1, 1), "people_reached", 6),
    ]


@pytest.mark.parametrize("site", ["NA", "", "n/a", "null", "-"])
def test_a_row_without_a_site_counts_as_site_not_recorded(site: str) -> None:
    (row,) = read(HEAD + f"{site},2019-01,1540,1610,6\n")

    assert isinstance(row, Accepted)
    assert {figure.label for figure in row.figures} == {""}


def test_a_count_that_was_not_recorded_is_absent_and_an_empty_row_is_skipped() -> None:
    first, second, third = read(HEAD + "1,2019-01,NA,1610,\n,,,,\n1,2019-02,,,NA\n")

    assert isinstance(first, Accepted)
    assert [figure.counted.code for figure in first.figures] == ["syringes_given"]
    assert second == Skipped(3)
    assert third == Skipped(4)


def test_every_mistake_of_a_row_is_named_with_its_column() -> None:
    text = HEAD + "1,2019-01,5,5,5\n2,2031-01,-5,5.5,99000000\n=A1,,5,5,5\n"

    assert reasons_of(text) == {
        3: [
            "visit_month: This month has not come yet.",
            "syringes_returned: It is below zero. Enter what was counted, 0 or more.",
            "syringes_dispensed: It is not a whole number.",
            "no_exchanging_for: It is more than 10,000,000 for one month. Check it.",
        ],
        4: [
            "visit_month: The month is missing.",
            "site_id: It begins like a formula. Enter the value itself.",
        ],
    }


def test_shifted_columns_are_refused() -> None:
    text = HEAD + "1,2019-01,5,5,5\n1,2019-02,5,5\n1,2019-03,5,1,550,\n2019-04,1,5,5,5\n"

    reasons = reasons_of(text)
    assert set(reasons) == {3, 4, 5}
    assert "4 cells, the first row has 5" in reasons[3][0]
    assert "6 cells, the first row has 5" in reasons[4][0]


def test_the_same_site_and_month_twice_names_the_earlier_row() -> None:
    text = HEAD + "1,2019-01,5,5,5\n1,2019-02,5,5,5\n1,Jan 2019,,6,\n1,2019-02,,,\n"

    assert reasons_of(text) == {4: ["syringes_dispensed: Row 2 has this site and month already."]}


def test_two_rows_may_share_a_site_and_month_when_they_count_different_things() -> None:
    assert all(isinstance(row, Accepted) for row in read(HEAD + "1,2019-01,5,,\n1,2019-01,,6,\n"))


def test_a_column_that_is_ignored_refuses_nothing() -> None:
    (row,) = read("month,given,comment\n2019-01,5,=danger\n")

    assert isinstance(row, Accepted)


def test_a_column_can_count_one_item_of_the_catalogue() -> None:
    (row,) = read("month,28 gauge\n2019-01,500\n", uses=("month", "item:syringe-1ml-28g-half"))

    assert isinstance(row, Accepted)
    assert row.figures[0].counted == Counted(Measure.ITEM_UNITS, "syringe-1ml-28g-half")


def test_columns_without_a_head_are_called_by_their_letter() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert columns_of(("month", ""), ("month", "syringes_given")).names == ("month", "B")


def test_how_a_file_is_matched_survives_being_stored() -> None:
    matching = Matching(uses=("month", IGNORE), sites={"1": "abc"}, order=DayOrder.DAY_FIRST)

    assert Matching.from_stored(matching.stored()) == matching
    assert Matching.from_stored(matching.stored()).fingerprint == matching.fingerprint


def test_a_preview_says_what_is_new_what_changes_and_what_stays() -> None:
    readings = read("site,month,given\nA,2019-01,5\nA,2019-02,6\nA,2019-03,7\nA,oops,1\n")
    figures = [figure for row in readings if isinstance(row, Accepted) for figure in row.figures]
    stored = {
        key_of(figures[1]): Stored(id=1, quantity=6, site_id=None),
        key_of(figures[2]): Stored(id=2, quantity=70, site_id=None),
    }

    preview = Preview()
    preview.add(readings, compare(figures, stored, lambda _label: None))

    assert preview.effects == {Effect.NEW: 1, Effect.CHANGED: 1, Effect.UNCHANGED: 1}
    assert preview.sums == {(2019, Counted(Measure.SYRINGES_GIVEN)): 18}
    assert (preview.accepted, preview.refused, preview.skipped) == (3, 1, 0)


def test_a_label_matched_to_another_site_is_a_change_too() -> None:
    (row,) = read("site,month,given\nA,2019-01,5\n")
    assert isinstance(row, Accepted)
    stored = {key_of(row.figures[0]): Stored(id=1, quantity=5, site_id=None)}

    (change,) = compare(row.figures, stored, lambda _label: 4)

    assert change.effect is Effect.CHANGED


cells = st.sampled_from(
    ["1", "NA", "", "2019-01", "2019-02", "Jan 2019", "-3", "7.5", "=1+1", '"', "12,000", "é", "\x00"]
)
lines = st.lists(st.lists(cells, max_size=7).map(",".join), max_size=12).map("\n".join)


@given(lines)
def test_every_row_is_accepted_refused_or_skipped(text: str) -> None:
    sheet = open_sheet(io.BytesIO((HEAD + text).encode()), LIMITS)
    rows = list(sheet.rows)
    columns = columns_of(sheet.header, guess_uses(sheet.header))

    readings = list(read_history(rows, columns, today=TODAY))

    assert [reading.number for reading in readings] == [row.number for row in rows]
    figures = [key_of(figure) for reading in readings if isinstance(reading, Accepted) for figure in reading.figures]
    assert len(figures) == len(set(figures))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_our_sentence(content: bytes) -> None:
    try:
        sheet = open_sheet(io.BytesIO(content), LIMITS)
        readings = list(read_history(sheet.rows, columns_of(sheet.header, guess_uses(sheet.header)), today=TODAY))
    except (CannotRead, CannotMatch) as problem:
        assert str(problem)
    else:
        assert all(isinstance(reading, Accepted | Refused | Skipped) for reading in readings)
