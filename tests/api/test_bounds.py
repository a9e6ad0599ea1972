"""However large the directory is, and whoever reads it how slowly, one answer costs a bounded amount."""

import json

import pytest
from sqlalchemy import event

from harmreduction import api
from harmreduction.api.queries import documents, fitting
from harmreduction.api.rules import MOST_NESTED, Asked
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions import Origin, save_bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.models import Service
from tests.directory.builders import BALTIMORE, save, service_document, some_id
from tests.directory.hsds_files import faults
from tests.factories import SYSTEM

HERE = {"latitude": BALTIMORE[0], "longitude": BALTIMORE[1]}
WHOLE = {"full": "true", "full_service": "true"}
WRITING = ("POST", "PUT", "PATCH", "DELETE")


def owned_by(name, number):
    return {
        "organization": {"id": some_id(name), "name": name, "description": "A programme."},
        "name": f"{name} {number}",
    }


# Nested -----------------------------------------------------------------------------------------------


def test_an_organization_with_many_services_comes_with_what_they_are_called(reader, monkeypatch):
    monkeypatch.setattr(documents, "MOST_SERVICES", 2)
    for number in range(3):
        save(service_document() | owned_by("Heron", number), service_document() | owned_by("Otter", number))
    gone = db.session.query(Service).filter_by(name="Otter 2").one()
    gone.merged_into_id = db.session.query(Service).filter_by(name="Otter 1").one().id
    db.session.commit()
    large, small = reader.get("/organizations", **WHOLE)["contents"]
    assert [set(service) for service in large["services"]] == [{"id", "name", "status", "last_modified"}] * 3
    assert [service["name"] for service in large["services"]] == ["Heron 0", "Heron 1", "Heron 2"]
    assert ["service_at_locations" in service for service in small["services"]] == [True, True]
    assert reader.get(f"/organizations/{large['id']}", full_service="true") == large
    assert faults(large, "organization") == faults(small, "organization") == []


def test_an_organization_with_many_places_stands_in_its_services_without_them(reader, monkeypatch):
    document = service_document()
    places = [{"id": some_id(f"listed {number}"), "location_type": "virtual"} for number in range(3)]
    save(document | {"organization": document["organization"] | {"locations": places}})
    [service] = reader.get("/services", full="true")["contents"]
    assert len(service["organization"]["locations"]) == 3
    monkeypatch.setattr(documents, "MOST_PLACES", 2)
    for service in (*reader.get("/services", full="true")["contents"], reader.get(f"/services/{document['id']}")):
        assert "locations" not in service["organization"]
        assert service["service_at_locations"][0]["location"]["name"]
    assert len(reader.get(f"/organizations/{some_id('org')}")["locations"]) == 3


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("services", "full"),
        ("service_at_locations", "full"),
        ("organizations", "full"),
        ("organizations", "full_service"),
    ],
)
def test_fewer_fit_a_page_when_everything_is_nested(reader, monkeypatch, path, asked):
    for kind in list(MOST_NESTED):
        monkeypatch.setitem(MOST_NESTED, kind, 2)
    for number in range(5):
        save(service_document() | owned_by(f"Heron {number}", number))
    page = reader.get(f"/{path}", per_page=500, page=3, **{asked: "true"})
    assert (page["size"], page["total_items"], page["total_pages"], page["last_page"]) == (1, 5, 3, True)
    assert reader.get(f"/{path}", per_page=500)["size"] == 5


# One a line -------------------------------------------------------------------------------------------


def test_no_read_stays_open_while_a_slow_program_reads_line_by_line(reader, monkeypatch):
    monkeypatch.setattr(api.queries, "MOST_AT_ONCE", 2)
    save(*(service_document(f"Heron {number}") for number in range(5)))
    db.session.rollback()
    begun = []
    events = (("begin", lambda _connection: begun.append(1)), ("rollback", lambda _connection: begun.clear()))
    for name, note in events:
        event.listen(db.engine, name, note)
    try:
        answer = reader.client.get("/hsds/services?format=ndjson", buffered=False)
        names = []
        for line in answer.response:
            assert begun == []
            names.append(json.loads(line)["name"])
    finally:
        for name, note in events:
            event.remove(db.engine, name, note)
    assert names == [f"Heron {number}" for number in range(5)]


def test_what_goes_while_lines_are_read_is_left_out(reader):
    [only] = save(service_document("Heron"))
    found, _total = fitting.find_ids("service", Asked(), at=now())
    assert [each["id"] for each in documents.read_documents("service", [*found, 999], Asked())] == [only]


def test_an_empty_directory_has_no_lines(reader):
    for path in ("services", "organizations", "taxonomies"):
        assert reader.client.get(f"/hsds/{path}?format=ndjson").text == ""


# Nearest ----------------------------------------------------------------------------------------------


def test_the_nearest_are_looked_at_no_further_than_the_page(reader, monkeypatch):
    for number in range(4):
        save(service_document(f"Heron {number}", at=(BALTIMORE[0] + number / 100, BALTIMORE[1])))
    limits, find = [], fitting.find_services

    def counted(question, **options):
        limits.append(options["limit"])
        return find(question, **options)

    monkeypatch.setattr(fitting, "find_services", counted)
    for path in ("/services", "/service_at_locations"):
        pages = [reader.get(path, **HERE, per_page=1, page=page) for page in (1, 4, 5)]
        assert [page["total_items"] for page in pages] == [2, 4, 4]
        assert [page["last_page"] for page in pages] == [False, True, True]
        assert [page["size"] for page in pages] == [1, 1, 0]
    assert limits == [2, 5, 6] * 2


def test_a_service_at_several_places_fills_one_line_of_the_nearest(reader):
    document = service_document("Two doors")
    other = {
        "id": some_id("other door"),
        "location_type": "physical",
        "latitude": BALTIMORE[0],
        "longitude": BALTIMORE[1],
    }
    document["service_at_locations"].append({"id": some_id("other pair"), "location": other})
    save_bundle(split(document, "service"), Origin(by=SYSTEM, at=now(), deed="entered"))
    save(service_document("Further", at=(BALTIMORE[0] + 1, BALTIMORE[1])))
    assert reader.names("/services", **HERE, per_page=2) == ["Two doors", "Further"]
    assert reader.names("/services", **HERE, per_page=1, page=2) == ["Further"]


# Writing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize("path", ["/", "/services", "/services/x", "/openapi.json"])
def test_nothing_can_be_written_and_json_says_so_wherever_it_comes_from(reader, method, path):
    for headers in ({}, {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}):
        answer = reader.client.open(f"/hsds{path}", method=method, headers=headers)
        assert (answer.status_code, answer.mimetype) == (405, "application/json")
        assert "GET" in answer.headers["Allow"] and json.loads(answer.text)["error"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_address_that_no_route_has_is_said_in_json_here_and_by_a_page_elsewhere(reader):
    assert reader.get("/services/x/y/z", status=404)["error"]
    for path, status in (("/hsdsx/y", 404), ("/no/such/page", 404)):
        assert (reader.client.get(path).status_code, reader.client.get(path).mimetype) == (status, "text/html")
