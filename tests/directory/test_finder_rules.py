"""What may be pressed, how far things are, how old a check is, and the picture that phones read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.qr import QUIET_ZONE, qr_code
from harmreduction.directory.rules.ages import checked_words
from harmreduction.directory.rules.distances import distance_in, reach_in_kilometres
from harmreduction.directory.rules.links import call_link, digits_of, map_link, safe_url, text_link

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" http://example.org ", "http://example.org"),
        ("HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"),
        ("example.org/van", "https://example.org/van"),
        ("www.example.org", "https://www.example.org"),
    ],
)
def test_an_address_of_the_web_can_be_opened(text, address):
    assert safe_url(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)"),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://example.org", "//example.org", "/find/"),
        *(
            "https://",
            "https:example.org",
            "https://[",
            "http:\\\\example.org",
            "https://exa mple.org",
            "ask at the desk",
        ),
        "https://example.org/" + "x" * 3000,
    ],
)
def test_anything_else_stays_text(text):
    assert safe_url(text) == ""


@given(st.text())
def test_what_can_be_opened_is_always_of_the_web(text):
    address = safe_url(text)
    assert address == "" or address.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("410-555-0100", "4105550100"),
        ("(410) 555 0100", "4105550100"),
        ("+1 410.555.0100", "+14105550100"),
        ("988", "988"),
        ("211", "211"),
        ("1-800-662-HELP", "18006624357"),
        ("1-800-662-HELP (4357)", "18006624357"),
        ("800-NEVER-US", "8006383787"),
        ("410-555-0100 ext 12", "4105550100"),
        ("410-555-0100 or 410-555-0199", "4105550100"),
        ("ask for the van", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_number_is_dialled_by_its_digits(number, digits):
    assert digits_of(number) == digits


@given(st.text())
def test_a_link_to_call_holds_nothing_but_a_number(number):
    assert call_link(number) == "" or call_link(number).removeprefix("tel:").removeprefix("+").isdigit()
    assert text_link(number) == "" or text_link(number).startswith("sms:")


def test_an_extension_is_dialled_only_if_it_is_a_number():
    assert call_link("410-555-0100", "7") == "tel:4105550100;ext=7"
    assert call_link("410-555-0100", "ask") == "tel:4105550100"


def test_a_position_is_opened_by_the_phone_itself():
    assert map_link(39.2904, -76.61219) == "geo:39.29040,-76.61219?q=39.29040,-76.61219"


@pytest.mark.parametrize(
    ("country", "kilometres", "amount", "unit"),
    [
        ("US", 1.609344, 1, "mi"),
        ("", 1.609344, 1, "mi"),
        ("FR", 1.609344, 1.6, "km"),
        ("US", 0.01, 0.1, "mi"),
        ("CA", 12.6, 13, "km"),
    ],
)
def test_a_distance_is_said_in_the_unit_of_the_country(country, kilometres, amount, unit):
    distance = distance_in(country, kilometres)
    assert (distance.amount, distance.unit.text) == (amount, unit)


def test_a_reach_is_as_far_as_it_says():
    assert reach_in_kilometres("US", 10) == pytest.approx(16.09344)
    assert reach_in_kilometres("DE", 10) == 10


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "Checked today"),
        (0, "Checked today"),
        (1, "Checked 1 day ago"),
        (59, "Checked 59 days ago"),
        (60, "Checked 2 months ago"),
        (90, "Checked 3 months ago"),
        (120, "Checked 4 months ago"),
        (700, "Checked 23 months ago"),
        (800, "Checked 2 years ago"),
        (1060, "Checked 3 years ago"),
    ],
)
def test_how_old_a_check_is_stands_in_words(days, words):
    assert str(checked_words(TODAY - timedelta(days=days), TODAY)) == words
    assert str(checked_words(None, TODAY)) == "Not checked yet"


def test_the_picture_of_an_address_has_an_edge_and_the_three_corners_that_phones_look_for():
    code = qr_code("https://tracker.example/find/5b7ff39e-7c06-4d8b-a2f0-3c1f4a4c3b55")
    far = code.size - QUIET_ZONE - 7
    for x, y in ((QUIET_ZONE, QUIET_ZONE), (far, QUIET_ZONE), (QUIET_ZONE, far)):
        assert f"M{x} {y}h7v1h-7z" in code.path
