"""The pages of kits: write a recipe, look at the lots, pack, print labels, take apart."""

import re

from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.stock.models import ItemSubstitute, Lot, StockTransaction
from tests.factories import days_from_now, item, make_location, make_site, on_hand, receive
from tests.pages import text_of
from tests.stock.kits import KIT, SYRINGE, VIAL, pack, write

SOON = days_from_now(100)


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def a_worker_with_parts(sign_in_as, role="outreach_worker"):
    site = make_site()
    shelf = make_location(site, "Union St shelf")
    write()
    receive(shelf, 40, code=VIAL, lot="HV1190", expiry=SOON)
    receive(shelf, 100, code=SYRINGE, lot="S1", expiry=SOON)
    return sign_in_as(role, sites=(site.id,)), shelf


def looked(client, shelf, kits, **more):
    """Look at the lots and return the page and the fields that a person would send with it."""
    path = f"/stock/kits/{item(KIT).public_id}/pack"
    fields = {"form_id": hidden(client.page(path), "form_id"), "place": shelf.public_id, "kits": kits, **more}
    page = client.send(path, status=200, **fields, show="1").get_data(as_text=True)
    return path, page, {**fields, "seen": hidden(page, "seen")}


def test_a_lead_writes_a_recipe_and_the_item_becomes_a_kit(sign_in_as):
    client = sign_in_as("programme_lead")
    path = "/stock/kits/new"
    fields = {
        "form_id": hidden(client.page(path), "form_id"),
        "kit": item("wound-kit").public_id,
        "lines__0__item": item(SYRINGE).public_id,
        "lines__0__quantity": "2",
        "lines__1__item": "",
        "lines__1__quantity": "",
    }
    page = client.send(path, status=200, **fields, more="1").get_data(as_text=True)
    assert 'name="lines-5-item"' in page
    client.send(path, **fields)
    words = text_of(client.page(f"/stock/kits/{item('wound-kit').public_id}"))
    assert "Recipe saved." in words
    assert "Version 1, since" in words and "2 × IM syringe 3 mL 25G 1 in" in words
    assert "Wound care kit" in text_of(client.page("/stock/kits/"))


def test_a_lead_says_what_may_stand_in_for_a_part_and_whoever_packs_is_asked(sign_in_as):
    lead, worker_and_shelf = sign_in_as("programme_lead"), a_worker_with_parts(sign_in_as)
    path, other = f"/stock/items/{item(SYRINGE).public_id}", item("syringe-1ml-28g-half")
    assert "Choose an item" in text_of(
        lead.send(f"{path}/stand-ins", status=200, instead__other=item(SYRINGE).public_id)
    )
    for _ in range(2):
        lead.send(f"{path}/stand-ins", instead__other=other.public_id)
    worker, shelf = worker_and_shelf
    receive(shelf, 500, code=other.code, lot="U1")
    _path, page, _fields = looked(worker, shelf, 60)
    assert f"{other.name} for" in text_of(page)
    lead.send(f"{path}/stand-ins", instead__other=other.public_id, instead__take_away="1")
    assert f"{other.name} for" not in text_of(looked(worker, shelf, 60)[1])


def test_a_part_that_went_out_of_use_stays_in_a_recipe_until_somebody_takes_it_out(sign_in_as):
    lead = sign_in_as("programme_lead")
    write(KIT, (VIAL, 2), (SYRINGE, 2))
    with transaction():
        item(SYRINGE).is_active = False
    page = lead.page(f"/stock/kits/{item(KIT).public_id}/recipe")
    assert re.search(rf'<option selected value="{item(SYRINGE).public_id}">', page)


def test_a_recipe_without_parts_gets_a_sentence_and_one_that_is_changed_shows_what_was_there(sign_in_as):
    client = sign_in_as("programme_lead")
    write(KIT, (VIAL, 2), (SYRINGE, 2, True))
    path = f"/stock/kits/{item(KIT).public_id}/recipe"
    page = client.page(path)
    assert re.search(r'name="lines-\d-is_date_left_out"[^>]*checked|checked[^>]*name="lines-\d-is_date_left_out"', page)
    assert "Enter at least one part" in text_of(client.send(path, status=200, kit=""))


def test_a_worker_looks_at_the_lots_packs_them_and_gets_their_numbers(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    path, page, fields = looked(client, shelf, "15")
    assert "30 × HV1190 use by" in text_of(page)
    answer = client.send(path, **fields, packed="1")
    words = text_of(client.page(answer.location))
    number = f"K{days_from_now(0):%y%m%d}-1"
    assert f"15 kits (30 doses): {number}" in words
    assert "2 × Naloxone 0.4 mg/mL vial 1 mL (IM) · HV1190" in words
    client.send(path, **fields, packed="1")
    assert len(db.session.scalars(select(StockTransaction).where(StockTransaction.kind == "assemble")).all()) == 1
    kit = text_of(client.page(f"/stock/kits/{item(KIT).public_id}"))
    assert "15 kits packed this month" in kit and "5 kits can be packed with what is here" in kit


def test_packing_without_a_look_shows_the_lots_first(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    path = f"/stock/kits/{item(KIT).public_id}/pack"
    answer = client.send(path, status=200, place=shelf.public_id, kits="3", packed="1")
    assert "Look at the lots again before you pack." in text_of(answer)
    assert db.session.scalars(select(Lot).where(Lot.kit_recipe_id.is_not(None))).all() == []


def test_what_is_short_is_said_and_what_may_stand_in_is_offered(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    with transaction():
        db.session.add(ItemSubstitute(item_id=item(VIAL).id, substitute_id=item("naloxone-vial-10ml").id))
    receive(shelf, 50, code="naloxone-vial-10ml", lot="M1", expiry=SOON)
    _path, page, fields = looked(client, shelf, "25")
    words = text_of(page)
    assert "There is enough for 20 kits." in words and "10 vials (10 doses) short" in words
    assert 'name="packed"' not in page
    value = hidden(page, "instead")
    path, page, fields = looked(client, shelf, "25", instead=value)
    assert "10 × Naloxone 0.4 mg/mL multi-dose vial 10 mL (IM) · M1" in text_of(page)
    assert client.send(path, **fields, packed="1").status_code == 302


def test_a_lot_that_cannot_be_found_is_left_out(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    receive(shelf, 10, code=VIAL, lot="V2", expiry=days_from_now(300))
    lost = db.session.scalars(select(Lot).where(Lot.lot_number == "HV1190")).one()
    path, page, fields = looked(client, shelf, "2", without=lost.public_id)
    assert "4 × V2 use by" in text_of(page)
    client.send(path, **fields, packed="1")
    assert on_hand(shelf, lost) == 40


def test_labels_say_number_date_and_contents_once_for_each_kit(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    pack(shelf, 3)
    lot = db.session.scalars(select(Lot).where(Lot.kit_recipe_id.is_not(None))).one()
    page = client.page(f"/stock/kits/lots/{lot.public_id}/labels?kits=3")
    assert page.count('class="wallet"') == 3
    assert f"{lot.lot_number} · use by" in text_of(page)
    assert client.page(f"/stock/kits/lots/{lot.public_id}/labels?kits=9999").count('class="wallet"') == 120


def test_kits_are_taken_apart_where_they_lie(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    pack(shelf, 3)
    lot = db.session.scalars(select(Lot).where(Lot.kit_recipe_id.is_not(None))).one()
    path = f"/stock/kits/lots/{lot.public_id}/{shelf.public_id}/apart"
    fields = {"form_id": hidden(client.page(path), "form_id")}
    assert "Count them first" in text_of(client.send(path, status=200, **fields, kits="4"))
    client.send(path, **fields, kits="3")
    assert on_hand(shelf, lot) == 0
    assert "Nothing to take apart" in text_of(client.page(path))


def test_what_came_as_ready_kits_says_that_nobody_knows_what_is_in_them(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    ready = receive(shelf, 5, code=KIT, lot="IMK-07")
    words = text_of(client.page(f"/stock/kits/lots/{ready.public_id}/{shelf.public_id}/apart"))
    assert "Nobody wrote down which lots are in these kits" in words


def test_a_kit_without_a_recipe_in_force_cannot_be_packed(sign_in_as):
    client, shelf = a_worker_with_parts(sign_in_as)
    write("hygiene-kit", (VIAL, 1), since=days_from_now(5))
    kit = item("hygiene-kit").public_id
    assert "No recipe is in force today" in text_of(client.page(f"/stock/kits/{kit}"))
    answer = client.send(f"/stock/kits/{kit}/pack", status=200, place=shelf.public_id, kits="1", packed="1")
    assert "Ask a programme lead to write one" in text_of(answer)
