"""An evening with a van: the same journey with no signal from load-out to close-out, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, NaloxoneTalk
from harmreduction.reversals.models import ReversalReport
from harmreduction.stock.models import StockShift
from tests.browser.conftest import follow
from tests.browser.supplies import on_hand

KITS, SYRINGES, NASAL = "Nasal naloxone", "Syringes", "Naloxone nasal spray 4 mg"
VAN = "Night van drawers"


@pytest.fixture(scope="module")
def maya(phones):
    """A phone that is ready, for the whole file."""
    maya = phones()
    maya.set_up("maya")
    return maya


def in_order(maya):
    """Return the ids of what waits, as it was saved."""
    return [record["id"] for record in sorted(maya.queue(), key=lambda record: record["seq"])]


def test_taps_of_a_minute_are_one_visit_with_what_was_told_after(server, maya):
    maya.go_offline()
    maya.open()
    maya.tap(KITS)
    maya.tap(KITS)
    maya.tap(SYRINGES)
    maya.wait_for_queue(3)
    hand_outs = in_order(maya)
    # What was tapped last comes first.
    expect(maya.status).to_contain_text(re.compile(rf"Saved {SYRINGES}.*2 × {KITS}"))

    # What came back, for whom, a refill: two taps each, and nothing has to be told.
    maya.open_section("back").get_by_role("button", name="10", exact=True).click()
    maya.wait_for_queue(4)
    whom = maya.open_section("whom")
    whom.get_by_role("button", name="2", exact=True).first.click()
    maya.wait_for_queue(5)
    expect(maya.page.locator("#status")).to_contain_text("This person and others, 2")
    refill = maya.open_section("refill")
    refill.locator("label:has(input[name=previous_fate][value^=used])").first.click()
    refill.locator("label:has(input[name=outcome]:not([value='']))").first.click()
    refill.get_by_role("button", name="Save").click()
    maya.wait_for_queue(7)  # a talk, and a report

    # Another person: another visit.
    maya.page.get_by_role("button", name="Next person").click()
    maya.tap(KITS)
    maya.wait_for_queue(8)
    hand_outs.append(in_order(maya)[-1])
    maya.go_online()
    maya.pocket()
    maya.wait_for_queue(0)

    visits = [server.visit_id_of(record) for record in hand_outs]
    assert visits[:3] == [visits[0]] * 3
    assert len(set(visits)) == 2
    with server.app.app_context():
        told = db.session.scalars(select(Encounter).where(Encounter.public_id == visits[0])).one()
        assert (told.returned_syringes, told.returned_measure, told.number_of_others) == (10, "counted", 2)
    assert server.count(NaloxoneTalk) > 0
    assert server.count(ReversalReport) > 0
    assert maya.trouble == []


def test_undo_within_ten_seconds_leaves_no_trace_and_later_takes_back(server, maya):
    maya.open()
    maya.go_offline()
    maya.tap(KITS)
    maya.wait_for_queue(1)
    (held,) = maya.queue()
    maya.page.get_by_role("button", name="Undo").first.click()
    expect(maya.status).to_contain_text(f"Undone: {KITS}")
    expect(maya.status.get_by_role("status")).to_be_focused()
    expect(maya.status).not_to_contain_text("waiting to send")
    (undone,) = maya.queue()
    assert (undone["id"], undone["seq"]) == (held["id"], held["seq"])
    maya.go_online()
    maya.pocket()
    maya.wait_for_queue(0)
    assert server.statuses()[held["id"]] == "undone"
    assert server.handed_out()[held["id"]] == 0

    # It was sent at once, because the phone was put away; Undo still stands there.
    record = maya.tap_and_pocket(KITS)
    server.wait_for(record)
    maya.page.get_by_role("button", name="Undo").first.click()
    expect(maya.status).to_contain_text(f"Undone: {KITS}")
    maya.send_all()
    assert server.handed_out()[record] == 0
    assert "Balanced" in server.verify()


def test_a_whole_shift_without_a_server_stands_in_its_books_afterwards(server, maya):
    """The van of the demonstration is out; Maya closes it, loads it anew, hands out and closes again."""
    maya.open(until="ready")
    server.stop()
    maya.open()
    shift = maya.open_section("shift")
    shift.get_by_role("button", name="Close out").click()
    maya.wait_for_queue(1)
    shift = maya.open_section("shift")
    shift.get_by_role("button", name="Load out").click()
    maya.wait_for_queue(2)
    maya.tap(KITS)
    maya.wait_for_queue(3)
    shift = maya.open_section("shift")
    expect(shift).to_contain_text(f"{NASAL}: 1")
    shift.get_by_role("button", name="Close out").click()
    maya.wait_for_queue(4)
    # Neither of both is out any more.
    expect(maya.open_section("shift").get_by_role("button", name="Load out")).to_be_visible()
    ids = in_order(maya)
    server.start()
    maya.pocket()
    maya.wait_for_queue(0)
    assert [server.statuses()[record] for record in ids] == ["applied"] * 4
    with server.app.app_context():
        shifts = db.session.scalars(select(StockShift).order_by(StockShift.id.desc())).all()
        assert shifts[0].public_id == ids[1]
        assert all(shift.closed_at for shift in shifts[:2])
    assert "Balanced" in server.verify()


def test_a_hand_out_takes_three_keys_and_another_item_four_taps(maya):
    maya.open()
    maya.page.locator(".pockets button").first.focus()
    maya.page.keyboard.press("Enter")
    maya.wait_for_queue(1)
    maya.page.locator("a[href='#other']:visible").first.click()
    maya.wait_for_section("other")
    form = maya.page.locator("section#other")
    form.locator("select[name=item]").first.select_option(index=3)
    form.get_by_role("button", name="Save").click()
    maya.wait_for_queue(2)
    maya.pocket()
    maya.wait_for_queue(0)


def test_without_javascript_the_same_evening_is_a_row_of_plain_forms(server, phone):
    window = phone(java_script_enabled=False)
    window.sign_in("maya")
    page = window.page
    before = on_hand(page, VAN, NASAL)
    page.goto("/hand-out")
    expect(page.locator("section[data-module]:visible")).to_have_count(0)
    follow(page.get_by_role("link", name="Change"))
    follow(page.locator("main form button.btn-main").first)
    follow(page.get_by_role("button", name=KITS))
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status").first).to_contain_text("Undone")
    page.goto("/hand-out")
    follow(page.get_by_role("button", name=KITS))
    follow(page.get_by_role("link", name="Add details"))
    assert page.locator("main form").count()
    page.goto("/hand-out")
    follow(page.get_by_role("link", name="Refill").first)
    assert page.locator("main form").count()
    page.goto("/hand-out")
    follow(page.get_by_role("link", name="Quick hide"))
    assert (page.title(), page.url.endswith("/quiet")) == ("Notes", True)
    assert on_hand(page, VAN, NASAL) == before - 1
    assert window.trouble == []
