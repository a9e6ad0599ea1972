"""The pages of a count: on a phone, for two people, for a lead."""

import re

from harmreduction.stock.queries.counts import get_count_of, list_sheet
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import ReasonUse
from tests.factories import SYSTEM, item, make_location, on_hand, receive
from tests.pages import text_of
from tests.stock.test_counts import SYRINGES, posted, saved


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def begin(client, shelf, **fields):
    path = f"/stock/counts/at/{shelf.public_id}"
    answer = client.send(path, form_id=hidden(client.page(path), "form_id"), **fields)
    return answer.headers["Location"]


def test_a_shelf_is_counted_on_a_phone_without_seeing_the_book(sign_in_as):
    shelf = make_location()
    lot = receive(shelf, 731)
    client = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    sheet = begin(client, shelf)
    assert "731" not in text_of(client.page(sheet))
    fields = {"lines__0__lot": lot.public_id, "lines__0__was": ""}
    answer = client.send(sheet, **fields, lines__0__counted="729", then="review")
    review = answer.headers["Location"]
    page = client.page(review)
    assert "Differs: booked 731, counted 729 kits" in text_of(page)
    [why, *_others] = list_reasons(ReasonUse.COUNT)
    reason = {"lines__0__lot": lot.public_id, "lines__0__reason": why.public_id}
    client.send(review, seen=hidden(page, "seen"), **reason)
    assert on_hand(shelf, lot) == 729
    words = text_of(client.page(sheet))
    assert "What the count came to" in words and "Hand-outs not logged" in words
    assert "Last counted" in text_of(client.page("/stock/counts/"))


def test_a_page_that_was_open_before_clears_nothing_that_somebody_else_counted(sign_in_as):
    shelf = make_location()
    first, second = receive(shelf, 10), receive(shelf, 5, lot="B2")
    client = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    sheet = begin(client, shelf)
    empty = {f"lines__{n}__lot": lot.public_id for n, lot in enumerate((first, second))}
    empty |= {"lines__0__was": "", "lines__1__was": ""}
    client.send(sheet, **empty, lines__0__counted="9", lines__1__counted="")
    client.send(sheet, **empty, lines__0__counted="", lines__1__counted="5")
    draft = get_count_of(SYSTEM, sheet.rpartition("/")[2])
    assert [row.counted for row in list_sheet(draft)] == [9, 5]


def test_a_lead_counts_with_the_booked_numbers_and_adds_a_lot_and_drops_it_all(sign_in_as):
    shelf = make_location()
    receive(shelf, 24)
    lead = sign_in_as("programme_lead")
    sheet = begin(lead, shelf, is_open="y")
    assert "booked 24 kits" in text_of(lead.page(sheet))
    fields = {"item": item(SYRINGES).public_id, "counted": "30", "lot_number": "", "expiry": ""}
    lead.send(f"{sheet}/found", **fields)
    assert "counted at" in text_of(lead.page(sheet))
    lead.send(f"{sheet}/drop")
    assert "was dropped" in text_of(lead.page(sheet))


def test_bad_numbers_get_a_sentence_at_the_line(sign_in_as):
    shelf = make_location()
    lot = receive(shelf, 24)
    client = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    sheet = begin(client, shelf)
    fields = {"lines__0__lot": lot.public_id, "lines__0__was": ""}
    words = text_of(client.send(sheet, status=200, **fields, lines__0__counted="-4"))
    assert "Enter a whole number from 0 to 100,000." in words
    assert "Choose an item." in text_of(client.send(f"{sheet}/found", status=200))


def test_a_review_of_nothing_and_a_count_that_moved_on_say_so(sign_in_as):
    shelf = make_location()
    lot = receive(shelf, 24)
    client = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    sheet = begin(client, shelf)
    assert "Nothing is counted yet" in text_of(client.page(f"{sheet}/review"))
    client.send(f"{sheet}/review", seen="something else")
    assert "Somebody counted more meanwhile" in text_of(client.page(f"{sheet}/review"))
    draft = sheet.rpartition("/")[2]
    saved(draft, {lot: 24})
    posted(draft)
    assert client.send(f"{sheet}/review").headers["Location"] == sheet
