"""Services are edited by hand: everything a finder needs, and nothing that a source said is lost."""

import re
from datetime import time

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import OutOfDate
from harmreduction.directory.actions.services import add_service, change_service
from harmreduction.directory.editing import Documents, PlaceEntry, ServiceEntry, edited, entry_from
from harmreduction.directory.editing_hours import HoursEntry, HoursRow, edited_schedules, hours_entry_of, others_of
from harmreduction.directory.models import (
    DirectoryChange,
    FinderEntry,
    OpenHours,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceLocation,
)
from harmreduction.directory.queries import get_service_view
from harmreduction.directory.queries.editing import get_editable
from tests.directory.builders import make_service, make_source, save, schedule, service_document, some_id
from tests.factories import SYSTEM
from tests.pages import text_of

RUNS_AS_TEXT = '<script>alert("x")</script>{{ 7777*7777 }} %(name)s'


def entry_of(held):
    is_confidential = held.place is not None and held.place["is_confidential"]
    return entry_from(held.documents, status=held.service["status"], is_confidential=is_confidential)


def fields_of(html):
    """Return what a browser would send if somebody only pressed the button."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        found.setdefault(name[1], []).append(unescape(value[1] if value else "y"))
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = [unescape(chosen[1])] if chosen else []
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        found[name] = [unescape(body.removeprefix("\r\n").removeprefix("\n"))]
    return found


def unescape(text):
    for escaped, sign in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escaped, sign)
    return text


def edit_page(service):
    return f"/directory/services/{service.hsds_id}/edit"


RICH = {
    "x_unknown": {"kept": True},
    "alert": "Ring twice",
    "email": "desk@example.org",
    "url": "https://example.org",
    "fees_description": "Nothing",
    "eligibility_description": "Anybody.\n\nReally.",
    "application_process": "Walk in",
    "languages": [{"id": some_id("es"), "code": "es", "name": "Spanish", "note": "Tuesdays"}],
    "required_documents": [{"id": some_id("card"), "document": "A card", "uri": "https://example.org/card"}],
    "cost_options": [{"id": some_id("cost"), "amount": 0}],
    "contacts": [{"id": some_id("contact"), "title": "Desk"}],
}


@pytest.mark.parametrize("who_said", ["the programme", "a source"])
def test_saving_the_page_as_it_is_changes_nothing(sign_in_as, who_said):
    schedules = [
        schedule("MO,TU", "9:00 am", "17:00"),
        schedule("1SA,3SA", freq="MONTHLY"),
        schedule("FR", interval=2, dtstart="2026-01-02"),
        schedule("SU", valid_from="2026-06-01", valid_to="2026-08-31"),
        {"id": some_id("note"), "description": "Ask by phone", "x_more": 1},
    ]
    source = make_source() if who_said == "a source" else None
    service = make_service(schedules=schedules, source=source, **RICH)
    client = sign_in_as("programme_lead")
    changes = db.session.scalar(select(func.count(DirectoryChange.id)))
    before = db.session.execute(select(Service.document, Service.version)).all()
    sent = client.post(edit_page(service), data=fields_of(client.page(edit_page(service))))
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/find/{service.hsds_id}")
    assert db.session.execute(select(Service.document, Service.version)).all() == before
    assert db.session.scalar(select(func.count(DirectoryChange.id))) == changes


def test_a_lead_adds_a_service_and_it_is_found(sign_in_as):
    client = sign_in_as("programme_lead")
    form_id = re.search(r'name="form_id"[^>]*value="([^"]*)"', client.page("/directory/services/new"))[1]
    data = {
        "form_id": form_id,
        "name": "Night van",
        "organization_name": "Example Harm Reduction",
        "status": "active",
        "offers": ["naloxone", "syringes"],
        "access": ["no_id"],
        "place_name": "Corner of Example St",
        "address_1": "7 Example St",
        "city": "Baltimore",
        "state_province": "MD",
        "postal_code": "21201",
        "country": "US",
        "hours-0-weekdays": ["4", "5"],
        "hours-0-opens": "20:00",
        "hours-0-closes": "02:00",
        "hours-0-repeats": "weekly",
        "hours-1-weekdays": ["6"],
        "hours-1-opens": "10:00",
        "hours-1-closes": "12:00",
        "hours-1-repeats": "1",
        "phones-0-phone": "410-555-0100",
        "phones-0-kind": "voice",
        "languages": "spanish, en, Riverspeak",
        "documents": "Nothing",
    }
    for _twice in range(2):
        assert client.post("/directory/services/new", data=data).headers["Location"] == f"/find/{form_id}"
    view = get_service_view(form_id, for_staff=False, at=now())
    assert (view.organization_name, view.languages) == ("Example Harm Reduction", ("Spanish", "English", "Riverspeak"))
    (place,) = view.places
    assert [str(line) for line in place.hours_lines] == [
        "Friday, Saturday: 20:00–2:00 (next day)",
        "Each month on the first Sunday: 10:00–12:00",
    ]
    (entry,) = db.session.scalars(select(FinderEntry))
    assert (round(entry.latitude), round(entry.longitude), entry.languages) == (39, -77, ",es,en,")
    assert db.session.scalars(select(ServiceLocation)).one().position_from == "gazetteer"
    words = text_of(client.page(f"/find/{form_id}"))
    assert "Night van" in words and "No ID needed" in words


def test_a_form_with_slips_gets_sentences_and_keeps_what_was_entered(sign_in_as):
    client = sign_in_as("programme_lead")
    sent = client.post(
        "/directory/services/new",
        data={
            "name": " ",
            "latitude": "north",
            "longitude": "-76.6",
            "hours-0-weekdays": ["0"],
            "hours-0-opens": "09:00",
            "hours-0-closes": "",
            "hours-1-weekdays": ["1"],
            "hours-1-opens": "9",
            "hours-1-closes": "10:00",
            "hours-2-weekdays": ["1"],
            "hours-2-opens": "09:00",
            "hours-2-closes": "10:00",
            "hours-2-repeats": "fortnightly",
            "about": RUNS_AS_TEXT,
        },
    )
    words = text_of(sent)
    assert sent.status_code == 200 and db.session.scalar(select(func.count(Service.id))) == 0
    for sentence in (
        "Enter a name.",
        "Enter degrees",
        "Choose the days and enter both times.",
        "Enter a time, like 09:00.",
        "every second week is the right one",
    ):
        assert sentence in words
    assert "<script>alert" not in sent.text and "60481729" not in words


def test_somebody_elses_change_is_not_overwritten(sign_in_as):
    service = make_service()
    client = sign_in_as("programme_lead")
    page = fields_of(client.page(edit_page(service)))
    save({**service_document(id=service.hsds_id), "name": "Meanwhile"})
    sent = client.post(edit_page(service), data={**page, "name": ["Mine"]})
    assert sent.status_code == 200 and "Somebody changed this service meanwhile." in text_of(sent)
    assert db.session.scalars(select(Service.name)).one() == "Meanwhile"
    held = get_editable(service.hsds_id)
    with pytest.raises(OutOfDate):
        change_service(service.hsds_id, "", entry_of(held), version="1", by=SYSTEM, at=now())


def test_a_form_that_came_in_half_changes_nothing(sign_in_as):
    service = make_service(**RICH)
    before = db.session.execute(select(Service.document, Service.version)).all()
    client = sign_in_as("programme_lead")
    for half in ({}, {"name": "Half"}):
        words = text_of(client.send(edit_page(service), status=200, **half))
        assert "Somebody changed this service meanwhile." in words
    assert db.session.execute(select(Service.document, Service.version)).all() == before


def test_what_nobody_entered_here_stays_as_it_was(sign_in_as):
    service = make_service(**RICH)
    client = sign_in_as("programme_lead")
    page = fields_of(client.page(edit_page(service)))
    page |= {"alert": [""], "languages": ["Spanish, French"], "documents": ["A card\r\nA letter"]}
    page["offers"] = ["syringes", "wound_care"]
    page["access"] = []
    assert client.post(edit_page(service), data=page).status_code == 302
    document = db.session.scalars(select(Service.document)).one()
    assert document["x_unknown"] == {"kept": True} and document["contacts"] == RICH["contacts"]
    assert document["languages"][0] == RICH["languages"][0] and document["languages"][1]["code"] == "fr"
    assert document["required_documents"][0] == RICH["required_documents"][0]
    assert "alert" not in document and "cost_options" not in document
    assert [attribute["taxonomy_term"]["code"] for attribute in document["attributes"]] == ["syringes", "wound_care"]
    newest = db.session.scalars(select(DirectoryChange).order_by(DirectoryChange.id.desc())).first()
    assert (newest.deed, newest.changed_by) == ("edited", client.account.label)


def test_an_organisation_of_that_name_is_used_and_one_alone_is_renamed(database):
    one, two = make_service("One"), make_service("Two")
    held = get_editable(one.hsds_id)
    change = ServiceEntry(**{**vars(entry_of(held)), "organization_name": "Another"})
    change_service(one.hsds_id, "", change, version=held.version, by=SYSTEM, at=now())
    assert sorted(db.session.scalars(select(Organization.name))) == ["Another", "Example Harm Reduction"]
    held = get_editable(two.hsds_id)
    change = ServiceEntry(**{**vars(entry_of(held)), "organization_name": "Renamed"})
    change_service(two.hsds_id, "", change, version=held.version, by=SYSTEM, at=now())
    assert sorted(db.session.scalars(select(Organization.name))) == ["Another", "Renamed"]
    held = get_editable(two.hsds_id)
    change = ServiceEntry(**{**vars(entry_of(held)), "organization_name": "Another"})
    change_service(two.hsds_id, "", change, version=held.version, by=SYSTEM, at=now())
    assert {service.organization_id for service in db.session.scalars(select(Service))} == {
        db.session.scalars(select(Organization.id).where(Organization.name == "Another")).one()
    }


def test_a_place_becomes_confidential_and_public_again(sign_in_as):
    service = make_service()
    client, public = sign_in_as("programme_lead"), f"/find/{service.hsds_id}"
    page = fields_of(client.page(edit_page(service)))
    assert client.post(edit_page(service), data={**page, "is_confidential": ["y"]}).status_code == 302
    assert db.session.scalars(select(FinderEntry)).one().latitude is None
    client.delete_cookie("session")
    assert "Example St" not in text_of(client.page(public))
    client = sign_in_as("programme_lead")
    page = fields_of(client.page(edit_page(service)))
    assert page.pop("is_confidential") == ["y"]
    assert client.post(edit_page(service), data=page).status_code == 302
    assert db.session.scalars(select(FinderEntry)).one().latitude is not None
    last = db.session.scalars(select(DirectoryChange).order_by(DirectoryChange.id.desc())).first()
    assert last.differences == [["is_confidential", True, False]]


def test_each_place_of_a_service_has_its_page(sign_in_as):
    document = service_document()
    other = service_document()["service_at_locations"][0]
    document["service_at_locations"].append(other)
    (hsds_id,) = save(document)
    client = sign_in_as("programme_lead")
    assert "This service has other places too." in text_of(client.page(f"/directory/services/{hsds_id}/edit"))
    path = f"/directory/services/{hsds_id}/edit?place={other['id']}"
    page = fields_of(client.page(path))
    assert client.post(path, data={**page, "place_name": ["Back door"]}).status_code == 302
    assert db.session.scalars(select(ServiceLocation.name).order_by(ServiceLocation.id)).all()[1] == "Back door"
    assert client.get(f"/directory/services/{hsds_id}/edit?place={new_id()}").status_code == 404


def test_a_service_without_a_place_gets_one(database):
    (hsds_id,) = save({"id": some_id("bare"), "name": "Bare", "status": "active"})
    held = get_editable(hsds_id)
    place = PlaceEntry(name="The van", latitude=39.3, longitude=-76.6)
    hours = HoursEntry(rows=(HoursRow(weekdays=(0,), opens=time(9), closes=time(10)),))
    change = ServiceEntry(**{**vars(entry_of(held)), "place": place, "hours": hours})
    change_service(hsds_id, "", change, version=held.version, by=SYSTEM, at=now())
    row = db.session.scalars(select(ServiceLocation)).one()
    assert (row.latitude, row.position_from, "addresses" in row.document) == (39.3, "entered", False)
    assert "schedules" in db.session.scalars(select(ServiceAtLocation)).one().document
    assert db.session.scalar(select(func.count(OpenHours.id))) == 1


def test_a_place_follows_its_zip_until_somebody_enters_its_position(database):
    service = make_service(at=None)
    held = get_editable(service.hsds_id)
    for code, latitude in (("21201", 39.3), ("10001", 40.8), ("00000", None)):
        place = PlaceEntry(**{**vars(entry_of(held).place), "postal_code": code, "city": ""})
        change = ServiceEntry(**{**vars(entry_of(held)), "place": place})
        change_service(service.hsds_id, "", change, version=held.version, by=SYSTEM, at=now())
        held = get_editable(service.hsds_id)
        assert held.place["latitude"] == (latitude if latitude is None else pytest.approx(latitude, abs=0.1))


def test_a_position_that_an_import_took_from_the_zip_moves_with_the_address(database):
    service = make_service(at=(39.29, -76.62))
    place = db.session.scalars(select(ServiceLocation)).one()
    place.position_from = "gazetteer"
    db.session.commit()
    held = get_editable(service.hsds_id)
    moved = PlaceEntry(**{**vars(entry_of(held).place), "postal_code": "10001"})
    change = ServiceEntry(**{**vars(entry_of(held)), "place": moved})
    change_service(service.hsds_id, "", change, version=held.version, by=SYSTEM, at=now())
    held = get_editable(service.hsds_id)
    assert held.place["latitude"] == pytest.approx(40.8, abs=0.1) and held.place["position_from"] == "gazetteer"


def test_hours_of_other_kinds_stay_until_they_are_taken_out():
    schedules = [schedule("SU", valid_from="2026-06-01", valid_to="2026-08-31"), schedule("MO")]
    entry = hours_entry_of(schedules)
    assert [row.number for row in entry.rows] == [1] and others_of(schedules) == schedules[:1]
    owner = some_id("owner")
    assert edited_schedules(schedules, entry, owner) == schedules
    kept = HoursEntry(rows=entry.rows, drops_others=True)
    assert edited_schedules(schedules, kept, owner) == schedules[1:]
    noted = edited_schedules(schedules, HoursEntry(rows=entry.rows, note="By phone"), owner)
    assert noted[:2] == schedules and noted[2]["description"] == "By phone"
    assert edited_schedules(noted, entry, owner) == schedules


def test_terms_that_the_place_says_are_not_said_twice():
    document = service_document(offers=("naloxone",))
    pair = document.pop("service_at_locations")[0]
    place = {**pair["location"], "attributes": service_document(offers=("wheelchair",))["attributes"]}
    documents = Documents(service=document, pair={"id": pair["id"]}, place=place)
    entry = entry_from(documents, status="active", is_confidential=False)
    assert entry.terms == {"naloxone", "wheelchair"}
    assert edited(documents, entry) == documents
    without = edited(documents, ServiceEntry(**{**vars(entry), "terms": frozenset({"naloxone"})}))
    assert "attributes" not in without.place and without.service == document


def test_a_worker_may_not_edit(sign_in_as):
    service = make_service()
    sign_in_as("outreach_worker").page(edit_page(service), status=403)


def test_the_same_id_is_added_once(database):
    hsds_id = new_id()
    for name in ("First", "Second"):
        add_service(hsds_id, ServiceEntry(name=name), by=SYSTEM, at=now())
    assert db.session.scalars(select(Service.name)).all() == ["First"]
