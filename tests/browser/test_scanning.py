"""Scanning a pack: typed, by a scanner that types like a keyboard, and by the camera where the browser can."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow
from tests.browser.supplies import open_place

NASAL, STORE = "Naloxone nasal spray 4 mg", "Store room"
PRODUCT, DATE_AND_LOT, SERIAL = "0100369547353025", "17280131" + "10LOT42", "21SN0001"
READER = """
    window.BarcodeDetector = class {
        static async getSupportedFormats() { return ["data_matrix"]; }
        async detect() { return [{ rawValue: CODE }]; }
    };
    navigator.mediaDevices.getUserMedia = async () => {
        const canvas = document.createElement("canvas");
        canvas.getContext("2d").fillRect(0, 0, 9, 9);
        return canvas.captureStream(10);
    };
"""


def open_receiving(page: Page) -> None:
    """Open the page on which supplies are booked into the store room."""
    open_place(page, STORE)
    follow(page.get_by_role("link", name="Receive", exact=True))


def expect_filled_in(page: Page) -> None:
    """Expect what the code says in the fields; the serial number of the pack is nowhere."""
    expect(page.get_by_label("What arrived?").locator("option:checked")).to_have_text(NASAL)
    expect(page.get_by_label("Lot number")).to_have_value("LOT42")
    expect(page.get_by_label("Use by")).to_have_value("2028-01-31")
    assert "SN0001" not in page.url


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_typed_code_fills_in_what_arrived(open_as, javascript):
    window = open_as("maya", java_script_enabled=javascript)
    page = window.page
    open_receiving(page)
    page.get_by_label("Scan or type a code").fill(f"(01){PRODUCT[2:]}(17)280131(10)LOT42(21)SN0001")
    follow(page.get_by_role("button", name="Find"))
    expect_filled_in(page)
    assert window.trouble == []


def test_a_scanner_types_its_separators_and_presses_enter(open_as):
    window = open_as("maya")
    page = window.page
    open_receiving(page)
    field = page.get_by_label("Scan or type a code")
    field.focus()
    page.keyboard.type(PRODUCT + DATE_AND_LOT)
    page.keyboard.press("Control+]")  # ASCII 29, as most scanners send it
    page.keyboard.type(SERIAL)
    expect(field).to_have_value(f"{PRODUCT}{DATE_AND_LOT}<GS>{SERIAL}")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect_filled_in(page)

    # Some scanners send the character itself.
    field.focus()
    field.evaluate("field => field.dispatchEvent(new KeyboardEvent('keydown', { key: String.fromCharCode(29) }))")
    expect(field).to_have_value("<GS>")
    assert window.trouble == []


def test_the_camera_reads_a_code_where_the_browser_can(open_as):
    window = open_as("maya")
    page = window.page
    code = f"{PRODUCT}{DATE_AND_LOT}\\u001d{SERIAL}"
    page.add_init_script(READER.replace("CODE", f'"{code}"'))
    open_receiving(page)
    assert page.evaluate("document.featurePolicy.allowsFeature('camera')")
    follow(page.get_by_role("button", name="Scan with the camera"))
    expect_filled_in(page)
    assert window.trouble == []


def test_without_a_reader_in_the_browser_there_is_no_camera_button(open_as):
    page = open_as("maya").page
    page.add_init_script("delete window.BarcodeDetector")
    page.goto("/stock/scan")
    expect(page.get_by_label("Scan or type a code")).to_be_visible()
    expect(page.locator("[data-camera]")).to_be_hidden()
    assert not page.get_by_role("button", name="Scan with the camera").is_visible()
