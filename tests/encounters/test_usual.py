"""The tiles of the hand-out page, as the programme chooses them."""

from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.encounters.models import UsualHandout
from harmreduction.encounters.queries import list_usual_handouts
from tests.factories import item, make_location, make_site
from tests.pages import hidden, text_of


def fields_of(**units):
    return {
        name: value
        for number, (code, count) in enumerate(units.items())
        for name, value in (
            (f"lines-{number}-item", item(code.replace("_", "-")).public_id),
            (f"lines-{number}-quantity", str(count)),
        )
    }


def test_a_lead_adds_a_tile_once_and_a_worker_sees_it_first(sign_in_as):
    site = make_site()
    make_location(site)
    lead = sign_in_as("programme_lead")
    form_id = hidden(lead.page("/hand-out/usual/new"), "form_id")
    units = fields_of(strip_xylazine=5, strip_fentanyl=5, cooker=0)
    for _ in range(2):
        answer = lead.post(
            "/hand-out/usual/new",
            data={"form_id": form_id, "name": "Strips", "icon": "strip", "position": "1", "is_active": "y", **units},
        )
        assert answer.status_code == 302
    [tile] = [tile for tile in list_usual_handouts() if tile.name == "Strips"]
    assert {(line.item.code, line.quantity) for line in tile.lines} == {("strip-xylazine", 5), ("strip-fentanyl", 5)}
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    assert "Strips" in text_of(worker.page("/hand-out"))


def test_an_empty_number_leaves_an_item_out_of_a_tile(sign_in_as):
    lead = sign_in_as("programme_lead")
    tile = list_usual_handouts()[0]
    fields = {"name": "One kit", "icon": "kit", "position": "1"} | fields_of(naloxone_nasal_4=1, cooker="")
    assert lead.post(f"/hand-out/usual/{tile.public_id}", data=fields).status_code == 302
    db.session.rollback()
    assert [(line.item.code, line.quantity) for line in tile.lines] == [("naloxone-nasal-4", 1)]


def test_an_item_that_went_out_of_use_stays_in_a_tile_until_somebody_takes_it_out(sign_in_as):
    lead = sign_in_as("programme_lead")
    tile = list_usual_handouts()[0]
    with transaction():
        item().is_active = False
    assert item().public_id in lead.page(f"/hand-out/usual/{tile.public_id}")


def test_a_tile_is_changed_and_hidden_and_one_that_hands_out_nothing_is_not_saved(sign_in_as):
    lead = sign_in_as("programme_lead")
    tile = list_usual_handouts()[0]
    path = f"/hand-out/usual/{tile.public_id}"
    lead.page(path)
    kept = {"name": "Two kits", "icon": "kit", "position": "1"}
    empty = lead.post(path, data=kept | fields_of(cooker=0))
    assert "Choose at least one item" in text_of(empty)
    lead.post(path, data=kept | {"lines-0-item": item().public_id, "lines-0-quantity": "2"})
    db.session.rollback()
    changed = db.session.scalars(select(UsualHandout).where(UsualHandout.public_id == tile.public_id)).one()
    assert (changed.name, changed.is_active, [line.quantity for line in changed.lines]) == ("Two kits", False, [2])
    assert "Two kits" in text_of(lead.page("/hand-out/usual/"))
