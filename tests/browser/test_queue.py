"""Two desks of a drop-in in real browsers: what one does, the other sees without a reload."""

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, follow

LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"  # as when somebody comes back to the window


def test_the_queue_renews_itself_but_never_under_a_finger(open_as):
    # Ines at the drop-in has the queue open on a large screen; Noor opens the same one on her phone.
    desk, phone = open_as("ines", viewport=DESKTOP), open_as("noor")
    desk.page.goto("/queue/")
    waiting = desk.page.locator("#waiting")
    before = int(waiting.inner_text().split()[-1])
    site = desk.page.locator("input[name=site]").first.get_attribute("value")

    # Noor draws a ticket, and reads its number to the person.
    phone.page.goto(f"/queue/?site={site}")
    follow(phone.page.get_by_role("button", name="Next ticket Somebody"))
    number = phone.page.locator(".drawn b").inner_text()

    # Ines sees them without a reload, and so does the screen of the waiting room.
    desk.page.evaluate(LOOK_AGAIN)
    expect(waiting).to_have_text(f"Waiting: {before + 1}")
    expect(desk.page.get_by_role("button", name=f"Call in ticket {number}", exact=True)).to_be_visible()

    # While a button of the list has the focus, nothing moves away from under it.
    call = desk.page.get_by_role("button", name=f"Call in ticket {number}", exact=True)
    call.focus()
    follow(phone.page.get_by_role("button", name="Next ticket Somebody"))
    desk.page.evaluate(LOOK_AGAIN)
    expect(waiting).to_have_text(f"Waiting: {before + 1}")

    # Ines calls them: a visit opens, on which one tap says later that they were seen.
    follow(call)
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("This visit")
    follow(desk.page.get_by_role("button", name="Seen, back to the queue"))
    expect(desk.page.locator(".notice")).to_contain_text(f"Ticket {number}: seen.")
    assert desk.trouble == phone.trouble == []
