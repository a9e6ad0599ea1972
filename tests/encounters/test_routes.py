"""An outreach worker's pages, opened and sent as a browser without JavaScript does."""

import re
from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, Encounter, UsualHandout
from tests.factories import days_from_now, item, make_location, make_site, on_hand, receive
from tests.pages import text_of


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def tile(name="Nasal naloxone"):
    return db.session.scalars(select(UsualHandout).where(UsualHandout.name == name)).one().public_id


def worker_at_a_site(sign_in_as, role="outreach_worker"):
    site = make_site("Union St")
    shelf = make_location(site, "Union St shelf")
    return sign_in_as(role, sites=(site.id,)), shelf


def test_one_tap_saves_and_says_what_in_kits_and_doses(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    lot = receive(shelf, 10)
    form_id = hidden(client.page("/hand-out"), "form_id")
    answer = client.send("/hand-out", give=tile(), form_id=form_id)
    page = text_of(client.page(answer.location))
    assert "Saved Naloxone nasal spray 4 mg: 1 kit (2 doses)" in page
    assert on_hand(shelf, lot) == 9


def test_a_double_tap_is_saved_once_and_two_tiles_of_one_page_are_two_entries_of_one_visit(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    form_id = hidden(client.page("/hand-out"), "form_id")
    client.send("/hand-out", give=tile(), form_id=form_id)
    client.send("/hand-out", give=tile(), form_id=form_id)
    client.send("/hand-out", give=tile("Syringes"), form_id=form_id)
    assert (count(Encounter), count(Distribution)) == (1, 2)


def test_taps_one_after_the_other_join_the_visit_and_next_person_begins_a_new_one(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    first = client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    page = client.page(first.location)
    client.send("/hand-out", give=tile("Syringes"), form_id=hidden(page, "form_id"), visit=hidden(page, "visit"))
    assert (count(Encounter), count(Distribution)) == (1, 2)
    fresh = client.page("/hand-out")
    client.send("/hand-out", give=tile(), form_id=hidden(fresh, "form_id"), visit=hidden(fresh, "visit"))
    assert (count(Encounter), count(Distribution)) == (2, 3)


def test_same_as_last_repeats_what_the_page_showed(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    lot = receive(shelf, 10)
    assert "Same as last" not in client.page("/hand-out")
    client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    page = client.page("/hand-out")
    last = re.search(r'value="(last:[^"]+)"', page).group(1)
    client.send("/hand-out", give=tile("Syringes"), form_id=hidden(client.page("/hand-out"), "form_id"))
    client.send("/hand-out", give=last, form_id=hidden(page, "form_id"))
    assert on_hand(shelf, lot) == 8


def test_a_tap_is_logged_at_the_place_and_day_that_its_page_said(sign_in_as):
    here, there = make_site("Union St"), make_site("Eastside")
    shelf, backpack = make_location(here, "Union St shelf"), make_location(there, "Eastside backpack")
    lot, _other = receive(shelf, 10), receive(backpack, 10)
    client = sign_in_as("outreach_worker", sites=(here.id, there.id))
    client.send("/hand-out/place", place=f"{here.public_id}:{shelf.public_id}")
    page = client.page("/hand-out")
    client.send("/hand-out/place", place=f"{there.public_id}:{backpack.public_id}")
    client.send(
        "/hand-out", give=tile(), form_id=hidden(page, "form_id"), place=hidden(page, "place"), day=hidden(page, "day")
    )
    assert (on_hand(shelf, lot), on_hand(backpack, lot)) == (9, 10)


def test_the_same_page_sent_again_says_when_it_was_saved_and_one_undone_may_be_tapped_again(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    lot = receive(shelf, 10)
    form_id = hidden(client.page("/hand-out"), "form_id")
    client.send("/hand-out", give=tile(), form_id=form_id)
    again = client.send("/hand-out", give=tile(), form_id=form_id)
    page = client.page(again.location)
    assert "This was saved before, at" in text_of(page)
    client.send(re.search(r'action="(/hand-out/[^"]+/undo)"', page).group(1))
    answer = client.send("/hand-out", give=tile(), form_id=form_id, status=200)
    assert "Tap again to hand it out now" in text_of(answer)
    fresh = hidden(answer.get_data(as_text=True), "form_id")
    client.send("/hand-out", give=tile(), form_id=fresh)
    assert on_hand(shelf, lot) == 9


def test_an_entry_for_another_day_never_joins_todays_visit(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    saved = client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    visit = hidden(client.page(saved.location), "visit")
    fields = lines(client, cooker="2") | {"visit": visit}
    send_items(client, **fields, day=days_from_now(-2).isoformat())
    assert (count(Encounter), count(Distribution)) == (2, 2)


def test_the_full_list_opened_from_a_visit_shows_what_was_told_there_and_counts_it_once(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    saved = client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    visit = hidden(client.page(saved.location), "visit")
    client.send(f"/visits/{visit}/details", returned_amount="40", returned_measure="counted")
    page = client.page(f"/hand-out/items?visit={visit}")
    assert hidden(page, "returned_amount") == "40"
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        send_items(
            client,
            **lines(client, cooker="2") | {"visit": visit, "returned_amount": "40", "returned_measure": "counted"},
        )
    assert db.session.scalars(select(Encounter.returned_syringes)).all() == [40]


def test_two_tiles_of_one_page_half_an_hour_apart_are_two_visits(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    form_id = hidden(client.page("/hand-out"), "form_id")
    client.send("/hand-out", give=tile(), form_id=form_id)
    with time_machine.travel(now() + timedelta(minutes=25), tick=False):
        client.send("/hand-out", give=tile("Syringes"), form_id=form_id)
    assert (count(Encounter), count(Distribution)) == (2, 2)


def test_the_only_lot_on_the_shelf_can_be_named_and_is_asked_about_when_it_is_past_its_date(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    old = receive(shelf, 5, lot="OLD1", expiry=days_from_now(-2))
    assert "OLD1" in client.page("/hand-out/items")
    fields = lines(client, naloxone_nasal_4="1")
    number = next(name for name in fields if name.endswith("-quantity")).split("-")[1]
    fields[f"lines-{number}-lot"] = old.public_id
    assert "Lot OLD1 is past its date" in text_of(send_items(client, status=200, **fields))


def test_a_visit_on_which_syringes_only_came_back_stands_in_the_shift_and_can_be_corrected(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    send_items(client, **lines(client), returned_amount="40")
    page = client.page("/shift")
    assert "40 syringes came back" in text_of(page)
    details = re.search(r'href="(/visits/[^"]+/details)"', page).group(1)
    client.send(details, returned_amount="")
    assert db.session.scalars(select(Encounter.returned_syringes)).all() == [None]


def test_undo_is_offered_and_puts_the_kit_back(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    lot = receive(shelf, 10)
    answer = client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    undo = re.search(r'action="(/hand-out/[^"]+/undo)"', client.page(answer.location)).group(1)
    client.send(undo)
    assert on_hand(shelf, lot) == 10
    assert "Undone" in text_of(client.page("/hand-out"))


def lines(client, **quantities):
    """Return the fields of the full list with these units, by item code with _ for -."""
    page = client.page("/hand-out/items")
    fields = {"form_id": hidden(page, "form_id")}
    numbers = dict(re.findall(r'name="lines-(\d+)-item"[^>]*value="([^"]+)"', page))
    by_item = {public_id: number for number, public_id in numbers.items()}
    for code, quantity in quantities.items():
        public_id = item(code.replace("_", "-")).public_id
        fields[f"lines-{by_item[public_id]}-item"] = public_id
        fields[f"lines-{by_item[public_id]}-quantity"] = quantity
    return fields


def send_items(client, status=302, **fields):
    answer = client.post("/hand-out/items", data=fields)
    assert answer.status_code == status, text_of(answer)
    return answer


def test_the_full_list_saves_items_people_returns_and_a_note(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    receive(shelf, 100, code="syringe-1ml-28g-half", lot="", expiry=None)
    send_items(
        client,
        **lines(client, syringe_1ml_28g_half="30", cooker="5"),
        audience="self_and_others",
        number_of_others="2",
        returned_amount="1.4",
        returned_measure="litres",
        note="Cold night, asked for more socks.",
    )
    visit = db.session.scalars(select(Encounter)).one()
    assert (visit.audience, visit.number_of_others, visit.returned_syringes) == ("self_and_others", 2, 140)


def test_a_note_that_looks_like_a_name_is_asked_about_once_and_kept_if_the_worker_says_so(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    fields = lines(client, cooker="5") | {"note": "Maria Lopez came with two others"}
    assert "looks like a name" in text_of(send_items(client, status=200, **fields))
    assert count(Encounter) == 0
    send_items(client, **fields, note_names_nobody="y")
    assert count(Encounter) == 1


def test_bad_numbers_and_days_get_a_sentence_at_the_field_and_nothing_typed_is_lost(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    fields = lines(client, cooker="-4", cotton="three") | {"number_of_others": "2000", "note": "keep me"}
    page = send_items(client, status=200, **fields, day=days_from_now(40).isoformat())
    words = text_of(page)
    assert "Enter a whole number from 1 to 100,000." in words
    assert "Enter a whole number, like 3." in words
    assert "keep me" in page.get_data(as_text=True)
    page = send_items(client, status=200, **lines(client, cooker="4"), day=days_from_now(40).isoformat())
    assert "This day has not come yet" in text_of(page)
    assert count(Encounter) == 0


def test_half_a_syringe_is_not_counted(sign_in_as):
    client, _shelf = worker_at_a_site(sign_in_as)
    fields = lines(client, cooker="1") | {"returned_amount": "2.5"}
    assert "Enter a whole number, or choose how it was estimated." in text_of(send_items(client, status=200, **fields))
    send_items(client, **fields, returned_measure="pounds")
    assert db.session.scalars(select(Encounter.returned_syringes)).all() == [703]


def test_a_lot_past_its_date_is_asked_about_once_more_and_then_saved(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    old = receive(shelf, 5, lot="OLD1", expiry=days_from_now(-2))
    receive(shelf, 5, lot="NEW1")
    fields = lines(client, naloxone_nasal_4="1")
    number = next(name for name in fields if name.endswith("-quantity")).split("-")[1]
    fields[f"lines-{number}-lot"] = old.public_id
    assert "Lot OLD1 is past its date" in text_of(send_items(client, status=200, **fields))
    assert on_hand(shelf, old) == 5
    send_items(client, **fields, lots_are_right="yes")
    assert on_hand(shelf, old) == 4


def test_voiding_needs_a_reason_and_shows_the_entry_struck_out(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    lot = receive(shelf, 10)
    client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    void = re.search(r'href="(/hand-out/[^"]+/void)"', client.page("/shift")).group(1)
    assert "Choose a reason" in text_of(client.send(void, status=200))
    client.send(void, reason="wrong_item")
    assert on_hand(shelf, lot) == 10
    assert "<s>Naloxone nasal spray 4 mg: 1 kit (2 doses)</s>" in client.page("/shift")


def test_a_worker_without_a_site_is_told_whom_to_ask(sign_in_as):
    client = sign_in_as("outreach_worker")
    assert client.get("/hand-out").location == "/hand-out/place"
    assert "Ask your administrator" in text_of(client.page("/hand-out/place"))


def test_the_place_and_day_are_remembered_and_said_on_the_page(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    other = make_location(db.session.get_one(type(shelf), shelf.id) and make_site("Elsewhere"))
    page = client.page("/hand-out/place")
    assert other.name not in page
    choice = re.search(r'name="place"[^>]*value="([^"]+)"', page).group(1)
    client.send("/hand-out/place", place=choice, day=days_from_now(-2).isoformat())
    assert "You are entering for" in text_of(client.page("/hand-out"))


def test_another_persons_hand_out_is_as_good_as_none(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    distribution = db.session.scalars(select(Distribution)).one()
    colleague = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    colleague.page(f"/hand-out/{distribution.public_id}/void", status=404)
    colleague.page(f"/visits/{distribution.encounter.public_id}", status=404)


def test_a_lead_finds_what_somebody_else_logged_on_a_day_and_voids_it(sign_in_as):
    client, shelf = worker_at_a_site(sign_in_as)
    lot = receive(shelf, 10)
    client.send("/hand-out", give=tile(), form_id=hidden(client.page("/hand-out"), "form_id"))
    lead = sign_in_as("programme_lead")
    page = lead.page("/hand-outs")
    assert f"1 kit (2 doses) {client.account.label}" in text_of(page)
    lead.send(re.search(r'href="(/hand-out/[^"]+/void)"', page).group(1), reason="wrong_item")
    assert on_hand(shelf, lot) == 10
    assert "Nothing was logged here" in text_of(lead.page(f"/hand-outs?day={days_from_now(-9)}"))
