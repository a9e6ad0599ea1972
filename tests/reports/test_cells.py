"""What people write into the cells of a monthly table."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.reports.cells import (
    MOST_IN_A_MONTH,
    CannotUse,
    DayOrder,
    MonthRead,
    read_count,
    read_label,
    read_month,
)

TODAY = date(2026, 11, 22)
MONTHS = st.dates(date(1970, 1, 1), TODAY).map(lambda day: day.replace(day=1))
COUNTS = st.integers(0, MOST_IN_A_MONTH)
NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
SPANISH = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]

COUNT_FORMATS = {
    "plain": str,
    "comma": "{:,}".format,
    "space": lambda count: f"{count:,}".replace(",", " "),
    "no-break space": lambda count: f"{count:,}".replace(",", "\u00a0"),
    "narrow space": lambda count: f"{count:,}".replace(",", "\u202f"),
    "apostrophe": lambda count: f"{count:,}".replace(",", "’"),
    "with spaces around": lambda count: f"  {count} ",
    "from a program that knows fractions": lambda count: f"{count}.0",
    "Arabic digits": lambda count: str(count).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
}

MONTH_FORMATS = {
    "2019-01": lambda month: f"{month:%Y-%m}",
    "2019-01-01": lambda month: month.isoformat(),
    "2019/1/1": lambda month: f"{month.year}/{month.month}/1",
    "2019-01-01 00:00:00": lambda month: f"{month.isoformat()} 00:00:00",
    "1/2019": lambda month: f"{month.month}/{month.year}",
    "01.2019": lambda month: f"{month:%m.%Y}",
    "201901": lambda month: f"{month:%Y%m}",
    "Jan 2019": lambda month: f"{NAMES[month.month - 1][:3]} {month.year}",
    "Jan. 2019": lambda month: f"{NAMES[month.month - 1][:3]}. {month.year}",
    "JANUARY-2019": lambda month: f"{NAMES[month.month - 1].upper()}-{month.year}",
    "2019 January": lambda month: f"{month.year} {NAMES[month.month - 1]}",
    "January 1, 2019": lambda month: f"{NAMES[month.month - 1]} 1, {month.year}",
    "1-Jan-2019": lambda month: f"1-{NAMES[month.month - 1][:3]}-{month.year}",
    "enero de 2019": lambda month: f"{SPANISH[month.month - 1]} de {month.year}",
}


@pytest.mark.parametrize("written", COUNT_FORMATS)
@given(count=COUNTS)
def test_a_whole_number_is_read_however_it_was_written(written: str, count: int) -> None:
    assert read_count(COUNT_FORMATS[written](count)) == count


@given(st.integers(1_000_000, MOST_IN_A_MONTH))
def test_points_between_thousands_are_read_where_they_can_be_nothing_else(count: int) -> None:
    assert read_count(f"{count:,}".replace(",", ".")) == count


@pytest.mark.parametrize("nothing", ["", "  ", "NA", "n/a", "N/A", "null", "-", "–", "None", "NaN"])
def test_nothing_recorded_is_nothing_and_never_zero(nothing: str) -> None:
    assert read_count(nothing) is None
    assert read_label(nothing) == ""
    assert read_count("0") == 0


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("-5", "below zero"),
        ("−5", "below zero"),
        ("-1,200", "below zero"),
        ("5.5", "not a whole number"),
        ("1,5", "not a whole number"),
        ("12,34", "not a whole number"),
        ("1e3", "not a whole number"),
        ("5 boxes", "not a whole number"),
        ("9" * 5000, "not a whole number"),
        ("1.234", "thousands or a fraction"),
        ("10,000,001", "more than 10,000,000"),
        ("=SUM(B2:B9)", "formula"),
        ("+5", "formula"),
        ("@A1", "formula"),
        ("-A1", "formula"),
    ],
)
def test_a_count_that_cannot_be_is_refused_with_its_reason(cell: str, sentence: str) -> None:
    with pytest.raises(CannotUse, match=sentence):
        read_count(cell)


@pytest.mark.parametrize("written", MONTH_FORMATS)
@given(month=MONTHS)
def test_a_month_is_read_in_the_ways_people_write_one(written: str, month: date) -> None:
    assert read_month(MONTH_FORMATS[written](month), today=TODAY) == MonthRead(month)


@pytest.mark.parametrize("cell", ["01/15/2019", "15/01/2019", "2019-01-15", "Jan 15, 2019", "15 January 2019"])
def test_a_day_is_left_out_of_its_month_and_that_is_noted(cell: str) -> None:
    assert read_month(cell, today=TODAY) == MonthRead(date(2019, 1, 1), had_day=True)


def test_a_date_that_could_be_two_months_waits_until_somebody_says_which() -> None:
    with pytest.raises(CannotUse, match="month 1 or month 2"):
        read_month("1/2/2019", today=TODAY)

    assert read_month("1/2/2019", today=TODAY, order=DayOrder.MONTH_FIRST).month == date(2019, 1, 1)
    assert read_month("1/2/2019", today=TODAY, order=DayOrder.DAY_FIRST).month == date(2019, 2, 1)
    assert read_month("3/3/2019", today=TODAY).month == date(2019, 3, 1)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("", "missing"),
        ("N/A", "missing"),
        ("2026-12", "not come yet"),
        ("1969-12", "before 1970"),
        ("2019-13", "no such day or month"),
        ("2019-02-30", "no such day or month"),
        ("0000-01", "no such day or month"),
        ("Jan-19", "four digits"),
        ("1/19", "four digits"),
        ("43466", "spreadsheet's number"),
        ("2019", "no month"),
        ("Total", "no month"),
        ("Smarch 2019", "no month"),
        ("=TODAY()", "formula"),
    ],
)
def test_a_month_that_cannot_be_is_refused_with_its_reason(cell: str, sentence: str) -> None:
    with pytest.raises(CannotUse, match=sentence):
        read_month(cell, today=TODAY)


def test_this_month_may_come_in_and_the_next_may_not() -> None:
    assert read_month("2026-11", today=TODAY).month == date(2026, 11, 1)
    with pytest.raises(CannotUse):
        read_month("2026-12-01", today=TODAY)


def test_a_site_is_named_as_the_file_names_it_spaces_aside() -> None:
    assert read_label("  Union   St\n drop-in ") == "Union St drop-in"
    with pytest.raises(CannotUse, match="formula"):
        read_label("=HYPERLINK(1)")
    with pytest.raises(CannotUse, match="at most 120"):
        read_label("x" * 121)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_our_sentence(cell: str) -> None:
    for read in (read_label, read_count, lambda text: read_month(text, today=TODAY)):
        try:
            read(cell)
        except CannotUse as problem:
            assert str(problem).endswith((".", "?"))


@given(st.from_regex(r"[0-9/.\- ,']{1,20}", fullmatch=True))
def test_anything_that_looks_like_numbers_is_read_or_refused(cell: str) -> None:
    try:
        month = read_month(cell, today=TODAY).month
    except CannotUse:
        pass
    else:
        assert date(1970, 1, 1) <= month <= TODAY
        assert month.day == 1
    try:
        count = read_count(cell)
    except CannotUse:
        pass
    else:
        assert count is None or 0 <= count <= MOST_IN_A_MONTH
