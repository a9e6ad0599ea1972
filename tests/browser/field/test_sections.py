"""What sections of the page save beyond a tap: own lots, what was told and taken back, a report of nobody."""

from playwright.sync_api import expect
from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.reversals.models import ReversalReport
from harmreduction.stock.models import Lot, StockBalance, StockMovement, StockShift, StockTransaction
from tests.browser.field.phone import until

KITS, NASAL, OTHER_LOT = "Nasal naloxone", "Naloxone nasal spray 4 mg", "NX24B17"


def save(phone, section, name="Save"):
    """Press the main button of a section, and return the ids of what was saved."""
    before = {record["id"] for record in phone.queue()}
    section.get_by_role("button", name=name, exact=True).click()
    return until(lambda: {record["id"] for record in phone.queue()} - before, f"{name} saved nothing")


def refused(section, field=None):
    """Press the main button in vain; return the sentence that stands at it, or at a field."""
    button = section.locator("[type=submit]:visible")
    button.click()
    expect(section).to_be_visible()
    return (field or button).evaluate("field => field.validationMessage")


def send(phone):
    """Put the phone away, and wait until nothing waits on it."""
    phone.pocket()
    phone.send_all()


def test_own_choices_of_lots_stand_in_the_books_and_so_does_what_was_missing(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.open()  # from what it keeps
    maya.go_offline()
    shift = maya.open_section("shift")
    shift.get_by_text("Lots in my bag").click()
    own = shift.get_by_label(NASAL).first
    own.select_option(label=next(words for words in own.locator("option").all_inner_texts() if OTHER_LOT in words))
    shift.get_by_role("link", name="Back").click()
    maya.tap(KITS)
    maya.wait_for_queue(1)
    (tapped,) = [record["id"] for record in maya.queue()]

    # Three of another item: the first lot to go out, as nobody chose one. Without an item nothing is saved.
    other = maya.open_section("other")
    assert "at least one item" in refused(other)
    other.get_by_label("Item").select_option(label=NASAL)
    how_many = other.get_by_label("How many", exact=True)
    how_many.fill("1.5")
    assert "whole number" in refused(other, how_many)
    how_many.fill("03")
    (chosen,) = save(maya, other)
    expect(maya.status).to_contain_text(f"3 × {NASAL}")
    maya.page.go_back()  # a section that was saved does not come back
    expect(other).to_be_hidden()
    maya.go_online()
    send(maya)
    with server.app.app_context():
        assert taken(tapped) == [(OTHER_LOT, "picked", 1)]
        assert [units for _lot, _how, units in taken(chosen)] == [3]

    # One is missing in the evening.
    maya.open(until="ready")
    shift = maya.open_section("shift")
    shift.get_by_text("Something differs").click()
    line = shift.locator("[data-list=lot] [data-row]").filter(has_text=OTHER_LOT)
    line.get_by_role("button", name="One fewer").click()
    left = int(line.locator("[type=number]").input_value())
    (closed,) = save(maya, shift, "Close out")
    send(maya)
    assert server.statuses()[closed] == "applied"
    with server.app.app_context():
        last = db.session.scalars(select(StockShift).order_by(StockShift.closed_at.desc())).first()
        at_van = (StockBalance.location_id == last.location_id, Lot.lot_number == OTHER_LOT)
        assert db.session.scalar(select(StockBalance.on_hand).join(Lot).where(*at_van)) == left
    assert "Balanced" in server.verify()
    assert maya.trouble == []


def test_what_was_told_can_be_taken_back_and_a_loose_report_leads_to_nobody(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.tap(KITS)
    maya.wait_for_queue(1)
    (tapped,) = [record["id"] for record in maya.queue()]
    save(maya, maya.open_section("back"), "20")
    expect(maya.status.get_by_role("status")).to_be_focused()
    assert "#" not in maya.page.url, "Back does not open the section again"
    send(maya)
    back = maya.open_section("back")
    amount = back.get_by_label("Another number")
    amount.fill("1.5")
    assert "whole number" in refused(back, amount)
    back.get_by_label("How it is known").select_option("litres")
    save(maya, back)
    expect(maya.status).to_contain_text("1.5, About, by litres")
    send(maya)
    with server.app.app_context():
        assert returned(server, tapped) == (150, "litres")
    maya.page.get_by_role("button", name="Undo").click()
    expect(maya.status).to_contain_text("Undone: Syringes came back")
    send(maya)
    with server.app.app_context():
        assert returned(server, tapped) == (20, "counted")

    refill = maya.open_section("refill")
    assert "at least one question" in refused(refill)
    refill.get_by_text("Used on someone else").click()
    refill.get_by_text("Keep it apart from this visit").click()
    assert len(save(maya, refill)) == 1  # nothing was told of the overdose
    refill = maya.open_section("refill")
    refill.get_by_text("Used on someone else").click()
    refill.get_by_text("This week").click()
    refill.get_by_text("They are OK").click()
    refill.get_by_text("Keep it apart from this visit").click()
    saved = save(maya, refill)
    send(maya)
    assert {server.statuses()[record] for record in saved} <= {"applied", "undone"}  # the undoing may come in late
    with server.app.app_context():
        loose = select(ReversalReport).where(ReversalReport.is_cut_loose, ReversalReport.exactness == "week")
        report = db.session.scalars(loose.order_by(ReversalReport.received_at.desc())).first()
        assert (report.outcome, report.state) == ("ok", "counted")
        assert (report.encounter_id, report.talk_id, report.recorded_by_id) == (None, None, None)
        assert report.public_id not in saved
    assert maya.trouble == []


def taken(hand_out):
    """Return what a hand-out took: number of the lot, how that was known, units."""
    rows = db.session.execute(
        select(Lot.lot_number, StockMovement.lot_source, StockMovement.quantity)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .join(Distribution, Distribution.stock_transaction_id == StockTransaction.id)
        .where(Distribution.public_id == hand_out)
    )
    return [tuple(row) for row in rows]


def returned(server, hand_out):
    """Return what came back on the visit of a hand-out."""
    visit = db.session.scalars(select(Encounter).where(Encounter.public_id == server.visit_id_of(hand_out))).one()
    return visit.returned_syringes, visit.returned_measure
