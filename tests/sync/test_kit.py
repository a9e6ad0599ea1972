"""What travels to a phone: the log page in every language and without a name, its modules, the lists of today."""

import gzip
import json
import re

import pytest

from harmreduction.core import sealed_box
from harmreduction.core.db import transaction
from harmreduction.stock.rules import LocationKind
from harmreduction.sync.queries.kit import NEXT_LOTS
from harmreduction.web.headers import CONTENT_SECURITY_POLICY
from harmreduction.web.i18n import LANGUAGES
from tests.counting import reads_of
from tests.factories import SYSTEM, days_from_now, hand_out, item, make_account, make_location, make_site, receive
from tests.pages import check_page, text_of
from tests.stock.recalls import recall_things
from tests.sync.kits import KIT, ask_kit, new_public_key

CORE_BUDGET = 6_000  # bytes of gzip, where lots are few


@pytest.fixture
def north(database):
    """A site with a shelf that holds naloxone of several lots."""
    site = make_site("North")
    shelf = make_location(site, "North shelf")
    receive(shelf, 20, lot="LATER")
    receive(shelf, 5, lot="SOON", expiry=days_from_now(30))
    receive(shelf, 7, lot="PAST", expiry=days_from_now(-3))
    return site


def test_a_volunteer_gets_all_that_a_shift_without_a_signal_needs(north, sign_in_as):
    answer = ask_kit(sign_in_as("volunteer", sites=(north.id,)), languages=[*LANGUAGES])
    assert answer["ok"]
    key_id, raw = sealed_box.public_key()
    assert answer["key"] == {"id": key_id, "raw": raw}
    [place] = answer["lists"]["places"]
    assert (place["name"], place["site"], place["zone"]) == ("North shelf", "North", "America/New_York")
    assert (place["is_van"], place["shift"], place["sources"], place["load"]) == (False, None, [], {})
    lots = place["lots"][item().public_id]
    assert [(lot["number"], lot["left"], lot["held"]) for lot in lots] == [
        ("SOON", 5, False),
        ("LATER", 20, False),
        ("PAST", 7, False),
    ]
    assert lots[0]["expiry"] == days_from_now(30).isoformat()
    [naloxone, *_others] = answer["lists"]["tiles"]
    assert naloxone["lines"] == [{"item": item().public_id, "units": 1}]
    assert answer["headers"]["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_the_pages_are_whole_in_every_language_and_about_nobody(north, sign_in_as):
    accounts = [make_account(role, sites=(north.id,)) for role in ("volunteer", "programme_lead")]
    for account in accounts:
        worker = sign_in_as("", account=account)
        hand_out(make_location(north), ("naloxone-nasal-4", 1))
        pages = ask_kit(worker, languages=[*LANGUAGES])["pages"]
        assert pages.keys() == LANGUAGES.keys()
        for code, page in pages.items():
            check_page(page)
            assert f'<html lang="{code}"' in page
            for secret in (account.label, account.public_id, account.sign_in_name, "csrf_token", "form_id"):
                assert secret not in page
        assert "Kit de naloxona" not in text_of(pages["en"])
        assert text_of(pages["en"]) != text_of(pages["es"])


def test_the_language_of_whoever_asks_changes_nothing(north, sign_in_as):
    worker = sign_in_as("outreach_worker", sites=(north.id,))
    in_english = ask_kit(worker, languages=["en"])
    worker.set_cookie("language", "es")
    again = ask_kit(worker, languages=["en"])
    assert (again["pages"], again["version"]) == (in_english["pages"], in_english["version"])
    refused = ask_kit(worker, status=400, public_key="none")
    assert refused["why"] == "not_a_key"
    assert "teléfono" in refused["sentence"] or "phone" in refused["sentence"]


def test_places_and_recalls_of_other_sites_stay_there(north, sign_in_as):
    south, west = make_site("South"), make_site("West")
    backpack, closed = make_location(south, "South backpack"), make_location(west, "West shelf")
    answer = ask_kit(sign_in_as("outreach_worker", sites=(north.id, south.id)))
    assert [place["name"] for place in answer["lists"]["places"]] == ["North shelf", "South backpack"]
    with transaction():
        backpack.is_active = False
        west.is_active = False
    answer = ask_kit(sign_in_as("programme_lead"))
    assert [place["name"] for place in answer["lists"]["places"]] == ["North shelf"]
    assert closed.name not in json.dumps(answer)


def test_what_the_phone_holds_is_not_sent_again(north, sign_in_as):
    key, worker = new_public_key(), sign_in_as("outreach_worker", sites=(north.id,))
    first = ask_kit(worker, public_key=key)
    held = {"public_key": key, "have": first["version"], "have_lists": first["lists"]["version"]}
    again = ask_kit(worker, **held)
    assert again["unchanged"] is True
    assert not {"pages", "files", "assets", "lists"} & again.keys()
    shelf = make_location(north, "Another shelf")
    hand_out(shelf, ("naloxone-nasal-4", 1))
    changed = ask_kit(worker, **held)
    assert changed["lists"]["version"] != first["lists"]["version"]
    more = ask_kit(worker, public_key=key, languages=["es"])
    assert more["pages"].keys() == {"es"}


def test_stock_that_moves_renews_the_lists_and_not_the_pages(north, sign_in_as):
    worker, shelf = sign_in_as("outreach_worker", sites=(north.id,)), make_location(north, "Bag")
    receive(shelf, 9, lot="BAG")
    first = ask_kit(worker)
    hand_out(shelf, ("naloxone-nasal-4", 2))
    after = ask_kit(worker, have=first["version"])
    assert after["unchanged"] is True
    [bag] = [place for place in after["lists"]["places"] if place["name"] == "Bag"]
    assert [lot["left"] for lot in bag["lots"][item().public_id]] == [7]


def test_another_role_on_the_same_phone_gets_the_page_of_that_role(north, sign_in_as):
    key = new_public_key()
    volunteer, outreach = (sign_in_as(role, sites=(north.id,)) for role in ("volunteer", "outreach_worker"))
    first = ask_kit(volunteer, public_key=key)
    then = ask_kit(outreach, public_key=key, have=first["version"])
    assert then["device"] == first["device"]
    assert then["me"] != first["me"]
    assert "unchanged" not in then
    assert ("/codes/" in first["pages"]["en"], "/codes/" in then["pages"]["en"]) == (False, True)


def test_a_recall_is_told_at_its_places_and_the_page_stays_the_same_while_units_go_out(north, sign_in_as):
    south = make_site("South")
    here, elsewhere = make_location(north, "Bag"), make_location(south, "South bag")
    recall_things(here)
    worker = sign_in_as("outreach_worker", sites=(north.id,))
    first = ask_kit(worker)
    page = first["pages"]["en"]
    assert "put this aside" in page
    assert f"lot CALLED{here.id}" in text_of(page)
    hand_out(here, ("naloxone-nasal-4", 1))
    assert ask_kit(worker, have=first["version"])["unchanged"] is True
    other = ask_kit(sign_in_as("outreach_worker", sites=(south.id,)))["pages"]["en"]
    assert "put this aside" not in other
    assert elsewhere.public_id in other
    assert here.public_id not in other


def test_a_van_takes_along_its_shift_its_load_and_every_lot(north, sign_in_as):
    van = make_location(north, "Night van")
    with transaction():
        van.kind = LocationKind.VAN
    for number in range(NEXT_LOTS + 2):
        receive(van, 2, lot=f"V{number}", expiry=days_from_now(100 + number))
    answer = ask_kit(sign_in_as("outreach_worker", sites=(north.id,)))
    shelf_listed, van_listed = sorted(answer["lists"]["places"], key=lambda place: place["is_van"])
    assert len(shelf_listed["lots"][item().public_id]) == NEXT_LOTS
    assert [lot["number"] for lot in van_listed["lots"][item().public_id]] == ["V0", "V1", "V2", "V3", "V4"]
    assert [source["name"] for source in van_listed["sources"]] == ["North shelf"]
    assert van_listed["shift"] is None
    listed_for_volunteer = ask_kit(sign_in_as("volunteer", sites=(north.id,)))["lists"]["places"]
    assert {tuple(place["sources"]) for place in listed_for_volunteer} == {()}


@pytest.mark.parametrize("asked", [None, [], "kit", {"languages": 7, "replaces": "x", "last_seq": "43", "have": []}])
def test_whatever_is_asked_oddly_gets_an_answer_in_json(north, sign_in_as, asked):
    worker = sign_in_as("outreach_worker", sites=(north.id,))
    key = {"public_key": new_public_key()} if isinstance(asked, dict) else {}
    answer = worker.post(KIT, json={**asked, **key} if key else asked)
    assert (answer.status_code, answer.mimetype) == (200 if key else 400, "application/json")


def test_who_hands_nothing_out_gets_no_kit(north, sign_in_as, client):
    assert sign_in_as("administrator").post(KIT, json={}).status_code == 403
    assert ask_kit(client, status=401) == {"ok": False, "why": "sign_in"}


def test_more_places_and_lots_take_no_more_statements(north, sign_in_as):
    worker, key = sign_in_as("outreach_worker", sites=(north.id,)), new_public_key()
    few = reads_of(lambda: ask_kit(worker, public_key=key))
    for number in range(6):
        shelf = make_location(north)
        for lot in range(4):
            receive(shelf, 5, lot=f"L{number}{lot}")
    assert reads_of(lambda: ask_kit(worker, public_key=key)) <= few


def test_what_a_new_phone_takes_first_is_light_and_works_by_itself(north, sign_in_as):
    worker, key = sign_in_as("outreach_worker", sites=(north.id,)), new_public_key()
    first = ask_kit(worker, public_key=key, whole=False, languages=["es"])
    assert (first["pages"].keys(), first["files"]) == ({"es"}, {})
    check_page(first["pages"]["es"])
    assert len(gzip.compress(json.dumps(first).encode(), 9)) <= CORE_BUDGET
    held = {"public_key": key, "have": first["version"], "whole": False, "languages": ["es"]}
    assert ask_kit(worker, **held)["unchanged"] is True
    whole = ask_kit(worker, public_key=key, have=first["version"], languages=[*LANGUAGES])
    assert first["version"] != whole["version"]
    assert whole["files"].keys() > first["files"].keys()
    for section in ("other", "refill", "shift", "phone"):
        there = f'<section class="stack" id="{section}"'
        assert (there in first["pages"]["es"], there in whole["pages"]["es"]) == (False, True), section


def test_a_page_of_the_kit_loads_nothing_that_the_kit_does_not_hold(north, sign_in_as):
    answer = ask_kit(sign_in_as("outreach_worker", sites=(north.id,)))
    loaded = re.findall(r'<(?:script|link)[^>]+(?:src|href)="(/[^"]+)"', answer["pages"]["en"])
    held = {*answer["files"], *answer["assets"], "/field/manifest.json"}
    assert [address for address in loaded if address not in held and "/icons/" not in address] == []
    assert {SYSTEM.label} - {answer["label"]} == {SYSTEM.label}
