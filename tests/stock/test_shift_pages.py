"""The pages of a shift: two taps when nothing differs."""

import re

from harmreduction.core.db import db, new_id
from harmreduction.sites.models import Site
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import ReasonUse
from tests.factories import days_from_now, hand_out, make_location, make_site, on_hand, receive
from tests.pages import text_of
from tests.stock.test_shifts import NALOXONE, SYRINGES, a_shelf_and_a_van, a_van, wants


def fields_of(html):
    """Return what a page sends as it was opened, by field name."""
    inputs = re.findall(r"<input[^>]*>", html)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag), tag) for tag in inputs]
    return {
        name.group(1): value.group(1) if value else ""
        for name, value, tag in pairs
        if name and not ('type="radio"' in tag and "checked" not in tag) and 'type="checkbox"' not in tag
    }


def sent(client, path, **changes):
    return client.send(path, **(fields_of(client.page(path)) | changes))


def test_a_night_with_the_van_is_two_taps_when_nothing_differs(sign_in_as):
    shelf, van = a_shelf_and_a_van()
    lot = receive(shelf, 20)
    wants(van, 12)
    client = sign_in_as("outreach_worker", sites=(van.site_id,))
    assert "Load out" in text_of(client.page("/stock/shifts/"))
    path = f"/stock/shifts/at/{van.public_id}"
    shift = sent(client, path).headers["Location"]
    assert "12 kits" in text_of(client.page(shift))
    assert on_hand(van, lot) == 12
    assert client.get(path).headers["Location"] == shift
    hand_out(van, (NALOXONE, 2))
    assert "10 kits" in text_of(client.page(f"{shift}/close-out"))
    sent(client, f"{shift}/close-out")
    words = text_of(client.page(shift))
    assert "Closed out" in words and "The numbers differ" not in words
    assert client.get(f"{shift}/close-out").headers["Location"] == shift
    assert "Closed out, newest first" in text_of(client.page("/stock/shifts/"))
    assert on_hand(van, lot) == 10


def test_what_differs_is_changed_and_explained_and_the_rest_goes_back(sign_in_as):
    shelf, van = a_shelf_and_a_van()
    lot = receive(shelf, 20)
    client = sign_in_as("outreach_worker", sites=(van.site_id,))
    path = f"/stock/shifts/at/{van.public_id}"
    shift = sent(client, path, **{"lines-0-quantity": "12"}).headers["Location"]
    why = list_reasons(ReasonUse.COUNT)[0]
    sent(client, f"{shift}/close-out", **{"lines-0-counted": "9", "reason": why.public_id, "back": "back"})
    words = text_of(client.page(shift))
    assert "The numbers differ" in words and "Brought back" in words
    assert (on_hand(van, lot), on_hand(shelf, lot)) == (0, 17)


def test_a_load_out_that_cannot_be_gets_a_sentence_and_keeps_what_was_entered(sign_in_as):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 5)
    client = sign_in_as("outreach_worker", sites=(van.site_id,))
    path = f"/stock/shifts/at/{van.public_id}"
    fields = fields_of(client.page(path)) | {"lines-0-quantity": "9"}
    answer = client.send(path, status=200, **fields)
    assert "only 5 can be taken" in text_of(answer)
    assert fields_of(answer.get_data(as_text=True))["lines-0-quantity"] == "9"
    client.page(f"/stock/shifts/at/{shelf.public_id}", status=404)


def test_lots_that_are_left_out_are_told_with_their_item_in_one_notice(sign_in_as):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 5, lot="OLD", expiry=days_from_now(-3))
    receive(shelf, 5, lot="OLDER", expiry=days_from_now(-9))
    receive(shelf, 5, lot="GOOD")
    wants(van, 3)
    page = sign_in_as("outreach_worker", sites=(van.site_id,)).page(f"/stock/shifts/at/{van.public_id}")
    assert "Naloxone nasal spray 4 mg · Lot OLD was skipped: past its date" in text_of(page)
    assert "Lot OLDER was skipped" in page
    assert page.count('<div class="notice') == 1


def test_another_store_is_chosen_with_a_list_and_a_button(sign_in_as):
    site = make_site()
    first, second, van = make_location(site, "A shelf"), make_location(site, "B shelf"), a_van(site)
    receive(first, 5)
    receive(second, 50, code=SYRINGES, lot="")
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/shifts/at/{van.public_id}"
    assert "Naloxone" in text_of(client.page(path))
    chosen = client.page(f"{path}?source={second.public_id}")
    assert "50 at B shelf" in re.sub(r" syringes?", "", text_of(chosen))
    client.page(f"{path}?source={new_id()}", status=404)


def test_who_hands_out_of_a_van_finds_the_way_to_its_load_out_and_close_out(sign_in_as):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 20)
    client = sign_in_as("outreach_worker", sites=(van.site_id,))
    site = db.session.get_one(Site, van.site_id)
    load_out = f"/stock/shifts/at/{van.public_id}"
    client.send("/hand-out/place", place=f"{site.public_id}:{shelf.public_id}")
    assert "/stock/shifts/" not in client.page("/hand-out") + client.page("/shift")
    client.send("/hand-out/place", place=f"{site.public_id}:{van.public_id}")
    assert load_out in client.page("/hand-out") and load_out in client.page("/shift")
    out = sent(client, load_out).location
    assert f"{out}/close-out" in client.page("/hand-out") and f"{out}/close-out" in client.page("/shift")
