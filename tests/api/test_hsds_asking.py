"""What another program may ask, and what no question brings out."""

import json

import pytest

from harmreduction.api.queries import fitting
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions import Origin, save_bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.models import Service, ServiceAtLocation
from tests.directory.builders import BALTIMORE, save, service_document, some_id
from tests.factories import SYSTEM

HERE = {"latitude": BALTIMORE[0], "longitude": BALTIMORE[1]}


@pytest.mark.parametrize("guess", ["Ann Persona", 'door_code": "4412', "4412"])
def test_a_term_that_is_no_id_asks_for_nothing_that_stands_in_a_document(reader, guess):
    save(service_document("Side door", door_code="4412", contacts=[{"id": some_id("contact"), "name": "Ann Persona"}]))
    for path in ("/services", "/organizations", "/service_at_locations"):
        for name in ("taxonomy_term_id", "taxonomy_id", "organization_id"):
            if (path, name) != ("/organizations", "organization_id"):
                assert reader.names(path, **{name: guess}) == []


def test_a_service_with_one_confidential_place_is_read_the_same_by_its_other_place(reader):
    document = service_document("Two doors", source_row={"where": "77 Quiet Lane"})
    other = {"id": some_id("other pair"), "location": {"id": some_id("other"), "location_type": "virtual"}}
    hidden = document["service_at_locations"][0]["location"]["id"]
    document["service_at_locations"].append(other)
    save_bundle(split(document, "service"), Origin(by=SYSTEM, at=now(), deed="entered", confidential={hidden}))
    answers = [
        reader.get(f"/services/{document['id']}"),
        reader.get(f"/service_at_locations/{other['id']}"),
        reader.get("/service_at_locations", full="true"),
    ]
    assert all("Two doors" in json.dumps(answer) and "Quiet Lane" not in json.dumps(answer) for answer in answers)


def test_a_merged_service_is_gone_from_its_places_too(published):
    gone = db.session.query(Service).filter_by(name="Never open").one()
    pair = db.session.query(ServiceAtLocation).filter_by(service_id=gone.id).one().hsds_id
    assert published.get(f"/service_at_locations/{pair}")["id"] == pair
    gone.merged_into_id = db.session.query(Service).filter_by(name="Always open").one().id
    db.session.commit()
    assert published.get(f"/service_at_locations/{pair}", status=404)["error"]


def test_the_nearest_are_the_nearest_of_those_that_fit(published, monkeypatch):
    monkeypatch.setattr(fitting, "MOST_NEAREST", 1)
    assert published.names("/services", **HERE, search="never") == ["Never open"]
    found = published.get("/service_at_locations", **HERE, search="never", full="true")["contents"]
    assert [record["service"]["name"] for record in found] == ["Never open"]


def test_what_is_wrong_is_said_before_the_first_line(published):
    asked = {"postcode": "99999x", "proximity": 5, "format": "ndjson"}
    assert "postcode" in published.get("/service_at_locations", status=404, **asked)["error"]


def test_a_search_has_as_many_words_as_people_write(published):
    assert "search" in published.get("/services", status=400, search="a " * 1000)["error"]
    assert published.names("/services", search="always\0open") == ["Always open"]
    assert published.get("/services/%00", status=404)["error"]
