"""Codes printed on packs: whatever a scanner sends, what it says is read right or kept with a warning."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harmreduction.stock.rules.codes import BAD_CHECK_DIGIT, NOT_READ, WITHOUT_SEPARATOR, read_code
from harmreduction.stock.rules.ndc import ndc_readings, ndc_readings_of_gtin

NARCAN = "00369547353025"
LOT_AND_SERIAL = "01003695473530251728013110LOT42\x1d21SN0001"

# product, NDC as listed, its 11 digits, and the GTIN-14 computed from it
PRODUCTS = [
    ("Narcan prescription", "69547-353-02", "69547035302", "00369547353025"),
    ("Narcan over the counter", "69547-627-02", "69547062702", "00369547627027"),
    ("Padagis", "45802-578-87", "45802057887", "00345802578877"),
    ("Teva prescription", "0093-2165-68", "00093216568", "00300932165687"),
    ("Teva over the counter", "0480-3478-68", "00480347868", "00304803478685"),
    ("BluePoint", "68001-645-45", "68001064545", "00368001645454"),
    ("Kloxxado", "59467-679-01", "59467067901", "00359467679015"),
    ("IMS prefilled", "76329-3369-1", "76329336901", "00376329336916"),
    ("Hospira, recalled", "0409-1782-69", "00409178269", "00304091782693"),
]


def with_check_digit(thirteen: str) -> str:
    """Return a GTIN-14 from its first 13 digits."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(thirteen))
    return f"{thirteen}{-total % 10}"


@pytest.mark.parametrize(
    "text",
    [
        LOT_AND_SERIAL,
        f"]d2{LOT_AND_SERIAL}",
        f"\x1d{LOT_AND_SERIAL}\r\n",
        "0100369547353025\x1d21SN0001\x1d17280131\x1d10LOT42",
        "010036954735302521SN0001\x1d1728013110LOT42",
        "010036954735302521SN0001<GS>1728013110lot42",
        "010036954735302521SN0001 1728013110LOT42",
        "(01)00369547353025(17)280131(10)LOT42(21)SN0001",
        "https://id.gs1.org/01/00369547353025/10/LOT42/21/SN0001?17=280131",
    ],
)
def test_item_date_and_lot_are_read_in_any_order_and_way_of_writing(text):
    code = read_code(text)
    assert (code.gtin, code.expiry, code.lot_numbers, code.warnings) == (NARCAN, date(2028, 1, 31), ("LOT42",), ())


def test_day_00_is_the_last_day_of_its_month_in_a_leap_year_too():
    assert read_code("]d201003695473530251728010021SN1").expiry == date(2028, 1, 31)
    assert read_code("01003695473530251728020010A").expiry == date(2028, 2, 29)


def test_a_bad_check_digit_is_a_warning_and_never_an_item():
    code = read_code("01003695473530241728013110LOT42")
    assert (code.gtin, code.lot_numbers, code.warnings) == ("", ("LOT42",), (BAD_CHECK_DIGIT,))
    assert read_code("369547353024").warnings == (BAD_CHECK_DIGIT,)


def test_a_serial_number_is_never_kept():
    assert "SN0001" not in repr(read_code(LOT_AND_SERIAL))


def test_a_dropped_separator_before_a_date_is_found():
    code = read_code("010036954735302510LOT4217280131")
    assert (code.lot_numbers[0], code.expiry) == ("LOT42", date(2028, 1, 31))


def test_a_dropped_separator_between_lot_and_serial_leaves_both_readings_and_a_warning():
    code = read_code("01003695473530251728013110LOT4221SN0001")
    assert code.lot_numbers == ("LOT42", "LOT4221SN0001")
    assert code.warnings == (WITHOUT_SEPARATOR,)


@pytest.mark.parametrize("text", ["369547353025", "0369547353025", "00369547353025"])
def test_upc_ean_and_gtin_are_one_number(text):
    assert read_code(text).gtin == NARCAN


@pytest.mark.parametrize(("name", "ndc", "eleven", "gtin"), PRODUCTS)
def test_an_ndc_and_its_gtin_name_the_same_product(name, ndc, eleven, gtin):
    assert ndc_readings(ndc) == {eleven}
    assert eleven in ndc_readings(ndc.replace("-", ""))
    assert eleven in ndc_readings_of_gtin(gtin)
    assert eleven in read_code(ndc).ndcs
    assert with_check_digit(f"003{ndc.replace('-', '')}") == gtin


@pytest.mark.parametrize("text", ["", " ", "hello", "12345", "9" * 300, "(01)", "]d2", "http://", "\x1d\x1d"])
def test_what_is_no_code_says_so(text):
    code = read_code(text)
    assert (code.gtin, code.lot_numbers, code.expiry) == ("", (), None)
    assert code.warnings == (NOT_READ,)


LOT_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-/."
lots = st.text(LOT_SIGNS, min_size=1, max_size=20)
days = st.dates(date(2000, 1, 1), date(2049, 12, 31))


@given(st.text("0123456789", min_size=13, max_size=13), days, lots, lots, st.permutations(range(4)))
def test_whatever_is_built_is_read_back(thirteen, day, lot, serial, order):
    gtin = with_check_digit(thirteen)
    parts = [f"01{gtin}", f"17{day:%y%m%d}", f"10{lot}\x1d", f"21{serial}\x1d"]
    text = "".join(parts[number] for number in order)
    code = read_code(text)
    if "\x1d" in text.rstrip("\x1d"):
        assert (code.gtin, code.lot_numbers, code.expiry) == (gtin, (lot,), day)


@given(st.text(max_size=60))
@example("1728013110")
@example("(10)")
@example("https://id.gs1.org/01/1")
def test_no_text_at_all_stops_it(text):
    assert isinstance(read_code(text).warnings, tuple)
