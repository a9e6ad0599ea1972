"""The pages of recalls, as leads and workers use them."""

import re

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.stock.models import Lot, Recall
from tests.factories import days_from_now, item, make_location, make_site, receive
from tests.pages import text_of
from tests.stock.kits import KIT, SYRINGE, VIAL, pack, write
from tests.stock.recalls import give, lot, recall_of

NOTICE = {"reference": "Z-1234", "title": "Vials with particles", "recall_class": "II", "instructions": "Send back."}


def named(code, numbers):
    """Return the fields that name lots of an item."""
    return {"lots__0__item": item(code).public_id, "lots__0__lot_numbers": numbers}


def test_a_lead_recalls_lots_and_sees_at_once_where_they_are_and_went(sign_in_as):
    site = make_site("North")
    shelf = make_location(site, "North shelf")
    write()
    receive(shelf, 20, code=SYRINGE, lot="SY")
    give(shelf, receive(shelf, 12, code=VIAL, lot="72680LL"), 2)
    pack(shelf, 2)
    lead = sign_in_as("programme_lead")
    answer = lead.send("/stock/recalls/new", **NOTICE, **named(VIAL, "72680ll\n76510LL"))
    page = text_of(lead.page(answer.location))
    assert "Class II: it can do harm that passes" in page
    assert "6 vials lie at 1 place 2 vials went out since" in page
    assert "How the lot was known: 2 chosen by a person." in page
    assert re.search(r"North shelf North IM naloxone kit \(2 vials \+ 2 syringes\) K\w+-1 2 kits", page)
    assert text_of(lead.page("/stock/recalls/")).count("Vials with particles") >= 1


def test_what_was_forgotten_gets_a_sentence_where_it_is(sign_in_as):
    lead = sign_in_as("programme_lead")
    words = text_of(lead.send("/stock/recalls/new", status=200, lots__0__lot_numbers="A1"))
    assert "Enter what it is about." in words
    assert "Choose the item of these lots." in words
    words = text_of(lead.send("/stock/recalls/new", status=200, **NOTICE, **named(VIAL, " ")))
    assert "Enter at least one lot number" in words
    assert db.session.scalars(select(Recall)).all() == []


def test_a_recall_is_changed_and_gets_more_lots(sign_in_as):
    receive(make_location(), 5, code=VIAL, lot="TWO")
    recall = recall_of("ONE", code=VIAL)
    lead = sign_in_as("programme_lead")
    path = f"/stock/recalls/{recall.public_id}"
    assert 'value="Sprays that stick"' in lead.page(f"{path}/edit")
    lead.send(f"{path}/edit", **NOTICE, **named(VIAL, "TWO"))
    assert "Vials with particles" in lead.page(path)
    assert lot("TWO", VIAL).status == "recalled"


def test_lots_are_released_with_a_reason_and_the_recall_is_closed(sign_in_as):
    shelf = make_location()
    bad = receive(shelf, 5, lot="BAD")
    receive(shelf, 5, lot="TOO")
    recall = recall_of("BAD", "TOO")
    lead = sign_in_as("programme_lead")
    path = f"/stock/recalls/{recall.public_id}"
    reasons = {"lots__0__lot": bad.public_id, "lots__0__reason": "Not in the notice"}
    assert "TOO" in lead.page(f"{path}/release")
    lead.send(f"{path}/release", **reasons, closes="y", is_left_lying="y")
    assert (lot("BAD").status, lot("TOO").status) == ("available", "recalled")
    page = text_of(lead.page(path))
    assert "Lots that were not released stay recalled." in page
    assert "closed" in text_of(lead.page("/stock/recalls/"))


def test_kits_whose_part_stays_recalled_are_not_released(sign_in_as):
    shelf = make_location()
    write()
    for code, number in ((VIAL, "VB"), (SYRINGE, "SY")):
        receive(shelf, 12, code=code, lot=number)
    pack(shelf, 4)
    kit = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).one()
    recall = recall_of("VB", code=VIAL)
    lead = sign_in_as("programme_lead")
    fields = {"lots__0__lot": kit.public_id, "lots__0__reason": "They look fine"}
    answer = lead.send(f"/stock/recalls/{recall.public_id}/release", status=200, **fields)
    assert "hold lot VB, which stays recalled" in text_of(answer)
    page = text_of(lead.page(f"/stock/recalls/lots/{kit.public_id}"))
    assert "Sprays that stick" in page and "VB 2 Recalled" in page and "SY 2 In use" in page


def test_the_notice_names_lots_and_kits_and_every_worker_may_print_it(sign_in_as):
    shelf = make_location()
    write()
    for code, number in ((VIAL, "VB"), (SYRINGE, "SY")):
        receive(shelf, 12, code=code, lot=number)
    pack(shelf, 4)
    kit = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).one()
    recall = recall_of("VB", code=VIAL, instructions="Send back.")
    volunteer = sign_in_as("volunteer", sites=(shelf.site_id,))
    page = text_of(volunteer.page(f"/stock/recalls/{recall.public_id}/notice"))
    assert "Recall: stop and put aside" in page and "Send back." in page
    assert re.search(rf"These lots .*VB Kits that hold them .*{kit.lot_number}", page)


def test_the_trace_goes_out_as_a_table_and_as_a_workbook(sign_in_as):
    shelf = make_location(make_site("North"), "North shelf")
    give(shelf, receive(shelf, 5, lot="BAD"), 2)
    recall = recall_of("BAD", reference="=Z/1")
    lead = sign_in_as("programme_lead")
    answer = lead.get(f"/stock/recalls/{recall.public_id}/trace.csv")
    assert 'filename="recall--Z-1.csv"' in answer.headers["Content-Disposition"]
    lines = answer.get_data(as_text=True).splitlines()
    month = f"{days_from_now(0):%Y-%m}-01"
    assert lines[1].startswith('"\'=Z/1","Lies here","North","North shelf","Site shelf"')
    assert lines[2].endswith(f'"BAD","{month}","chosen by a person",2,4')
    workbook = lead.get(f"/stock/recalls/{recall.public_id}/trace.xlsx").get_data()
    assert workbook.startswith(b"PK")


def test_a_worker_at_the_hand_out_page_is_told_what_to_put_aside_and_what_to_ask(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    give(shelf, receive(shelf, 5, lot="BAD"), 2)
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    make_only_place(worker, site, shelf)
    for path in ("/hand-out", "/hand-out/items"):
        assert "recalled" not in worker.page(path)
    recall_of("BAD")
    for path in ("/hand-out", "/hand-out/items"):
        page = text_of(worker.page(path))
        assert (
            "Recalled: put this aside, do not hand it out. Naloxone nasal spray 4 mg, lot BAD: 3 kits (6 doses)" in page
        )
        assert "Ask: do you still have this? Naloxone nasal spray 4 mg, lot BAD" in page
        assert "Offer to swap it. 2 kits (4 doses) went out from here." in page
    van = make_location(site)
    make_only_place(worker, site, van)
    page = text_of(worker.page("/hand-out"))
    assert "put this aside" not in page and "Ask: do you still have this?" in page


def make_only_place(client, site, place):
    """Let a worker hand out from a place."""
    client.send("/hand-out/place", place=f"{site.public_id}:{place.public_id}")


def test_what_arrives_of_a_recalled_number_is_said_to_be_put_aside(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    recall_of("LATER")
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    fields = {"item": item().public_id, "quantity": "3", "lot_number": "later"}
    worker.send(f"/stock/{shelf.public_id}/receive", **fields)
    assert "put it aside" in text_of(worker.page("/stock/recalls/"))
