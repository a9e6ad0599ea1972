"""Whatever answers a phone, a record leaves it only when our own server says that it has it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.field.server import FAULTS

KITS = "Nasal naloxone"
WORDS = {
    "refused": re.compile("Sign in to send. Nothing is lost."),
    "dropped before": re.compile("1 saved on this phone, waiting to send"),
    "dropped after": re.compile("1 saved on this phone, waiting to send"),
}
REACHED = {"dropped after", "cut short", "slow"}  # with these the server has the record, and the phone does not know


@pytest.fixture(scope="module")
def maya(server, phones):
    """A phone that is ready, for the whole file."""
    maya = phones()
    maya.set_up("maya")
    return maya


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_but_our_servers_word_is_a_receipt(server, maya, fault):
    server.fault = fault
    tries = len(server.deliveries)
    record = maya.tap_and_pocket(KITS)
    maya.send()
    assert {delivery.fault for delivery in server.deliveries[tries:]} == {fault}
    assert [waiting["id"] for waiting in maya.queue()] == [record]
    expect(maya.status).to_contain_text(WORDS.get(fault, re.compile("1 saved on this phone")))
    assert server.handed_out()[record] == (fault in REACHED)

    server.fault = None
    maya.send_all()
    expect(maya.status).to_contain_text("Everything is sent")
    assert server.handed_out()[record] == 1
    assert server.resent_otherwise() == []


def test_a_portal_in_front_of_everything_is_no_receipt_and_no_page_of_ours(server, maya):
    """The wireless network of a café answers every address itself, as Playwright does here."""
    asked = []

    def lose_the_first(route):
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fetch()  # the server has it, and the phone never hears
            route.abort("connectionreset")
        else:
            route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to FreeWifi</h1>")

    maya.context.route("**/field/sync", lose_the_first)
    record = maya.tap_and_pocket(KITS)
    while len(asked) < 2:
        maya.send()
    assert [waiting["id"] for waiting in maya.queue()] == [record]
    maya.context.unroute("**/field/sync")
    maya.send_all()
    assert server.handed_out()[record] == 1


def test_the_tries_never_end_and_the_last_one_says_that_all_is_sent(server, maya):
    server.fault = iter(("broken", "refused", "portal", "dropped before", "slow", *[None] * 99)).__next__
    ids = maya.save_many(3)
    maya.send_all()
    handed_out = server.handed_out()
    assert [handed_out[record] for record in ids] == [1, 1, 1]
    assert server.resent_otherwise() == []
    assert maya.trouble == []
    assert "Balanced" in server.verify()
