"""Another program reads our directory by the official standard."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import schemathesis
import time_machine
from frictionless import Package
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.models import Service
from harmreduction.settings.actions import set_values
from tests.api.conftest import HOSTILE
from tests.directory.builders import BALTIMORE
from tests.directory.hsds_files import example, faults
from tests.factories import SYSTEM

KINDS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
NESTED = ("services", "organizations", "service_at_locations")
SUNDAY_NIGHT = datetime(2026, 11, 23, 1, 22, tzinfo=UTC)  # eight in the evening in New York
EXAMPLE = "ac148810-d857-441c-9679-408f346de14b"


def every_text(value):
    """Yield every text in a JSON value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from every_text(item)
    elif isinstance(value, list):
        for item in value:
            yield from every_text(item)
    elif isinstance(value, str):
        yield value


def every_key(value):
    """Yield every key in a JSON value."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from every_key(item)
    if isinstance(value, dict):
        yield from value


@pytest.mark.parametrize("path", KINDS)
def test_every_list_and_every_record_fits_the_official_schemas(published, path):
    lists = KINDS[path] if path.startswith("taxonom") else f"{KINDS[path]}_list"
    page = published.get(f"/{path}")
    assert page["total_items"] == page["size"] == len(page["contents"]) > 0
    for short in page["contents"]:
        assert faults(short, lists) == []
        assert faults(published.get(f"/{path}/{short['id']}"), KINDS[path]) == []
    if path in NESTED:
        for nested in published.get(f"/{path}", full="true", full_service="true")["contents"]:
            assert faults(nested, KINDS[path]) == []


def test_the_official_example_goes_out_as_it_came_but_for_names_of_staff(published):
    given = published.get(f"/services/{EXAMPLE}")
    kept = example("service_full")
    assert given["schedules"] == kept["schedules"]
    assert given["attributes"] == [
        {key: value for key, value in attribute.items() if key != "metadata"} for attribute in kept["attributes"]
    ]
    assert given.keys() == kept.keys() - {"metadata"} - ({"assurer_email"} - given.keys())
    assert "Ann Persona" not in set(every_text(given))
    assert "metadata" not in set(every_key(given))


def test_a_validator_walks_every_address_that_the_start_names(published):
    """The order in which the validator of Open Referral UK asks."""
    start = published.get("/")
    assert start["version"] == "3.2.3"
    assert published.get(start["openapi_url"].partition("/hsds")[2])["openapi"] == "3.1.0"
    assert published.get(start["profile"].partition("/hsds")[2])["patch"] == {}
    for path in KINDS:
        first = published.get(f"/{path}", per_page=2)
        last = published.get(f"/{path}", per_page=2, page=first["total_pages"])
        assert (first["first_page"], last["last_page"]) == (True, True)
        middle = published.get(f"/{path}", per_page=1, page=max(first["total_items"] // 2, 1))
        for record in (*first["contents"], *middle["contents"], *last["contents"]):
            assert published.get(f"/{path}/{record['id']}")["id"] == record["id"]
        beyond = published.get(f"/{path}", page=1000)
        assert (beyond["empty"], beyond["contents"]) == (True, [])


def test_an_empty_directory_answers_empty_pages(reader):
    page = reader.get("/services")
    assert (page["empty"], page["total_items"], page["total_pages"], page["last_page"]) == (True, 0, 1, True)


def test_what_is_asked_narrows_the_list(published):
    assert published.names("/services", search="always") == ["Always open"]
    with time_machine.travel(SUNDAY_NIGHT, tick=False):
        assert published.names("/services", open_now="true") == ["Always open"]
    assert published.names("/services", offers="naloxone,no_id") == ["Always open"]
    near = {"latitude": BALTIMORE[0], "longitude": BALTIMORE[1]}
    assert "Never open" not in published.names("/services", **near, proximity=5000)
    assert published.names("/services", **near)[-1] == "Never open"  # in New York; the official place is on no earth
    assert published.names("/services", organization_id="d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610") == [
        "Community Counselling"
    ]
    assert published.names("/services", taxonomy_term_id="3f7b145d-84af-42d7-8fae-eaca714b02b2") == [
        "Community Counselling"
    ]
    assert published.names("/services", modified_after=(now() + timedelta(days=1)).date()) == []
    assert published.names("/services", organization_id="nobody") == []


def test_places_are_found_by_postcode_and_by_distance_from_it(published):
    assert published.get("/service_at_locations", postcode="21201")["total_items"] == 3
    around = published.get("/service_at_locations", postcode="21201", proximity="20000")
    assert 0 < around["total_items"] <= 3
    assert published.get("/service_at_locations", status=404, postcode="99999x", proximity="5")["error"]


def test_a_confidential_place_leaves_without_a_way_to_it(published):
    [hidden] = [s for s in published.get("/services", full="true")["contents"] if s["name"] == "Hidden house"]
    place = hidden["service_at_locations"][0]["location"]
    assert place.keys().isdisjoint({"addresses", "latitude", "longitude", "transportation", "url"})
    assert published.names("/services", search="Hidden house front door") == []
    for parameters in ({"search": "Example St"}, {"postcode": "21201"}):
        found = published.get("/service_at_locations", full="true", **parameters)["contents"]
        assert all(record["service"]["name"] != "Hidden house" for record in found)


def test_nobody_can_ask_for_a_member_of_staff_by_name(published):
    assert published.names("/services", search="Ann Persona") == []


def test_the_short_forms_and_lines_of_json(published):
    [short] = published.get("/services", search="always", minimal="true")["contents"]
    assert set(short) == {"id", "name", "status", "last_modified"}
    answer = published.client.get("/hsds/services?format=ndjson&full=true")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert (answer.mimetype, len(lines)) == ("application/x-ndjson", 5)
    assert all(faults(line, "service") == [] for line in lines)


@pytest.mark.parametrize(
    "wrong",
    [
        "page=0",
        "page=x",
        "per_page=-1",
        "per_page=0",
        "full=maybe",
        "format=xml",
        "modified_after=soon",
        "latitude=1",
        "latitude=91&longitude=0",
        "proximity=nan",
        "offers=gold",
    ],
)
def test_a_parameter_that_cannot_be_meant_is_named_in_a_sentence(published, wrong):
    answer = published.client.get(f"/hsds/services?{wrong}")
    assert answer.status_code == 400
    assert wrong.split("=")[0] in json.loads(answer.text)["error"] or "offers" in wrong


def test_many_a_page_are_capped_and_not_refused(published):
    assert published.get("/services", per_page=100_000)["total_pages"] == 1


def test_what_is_not_there_is_a_sentence_too(published):
    for path in ("/services/none", "/taxonomies/17", "/elsewhere", "/locations", "/locations/17"):
        assert published.get(path, status=404)["error"]


def test_a_merged_service_is_gone_and_a_defunct_one_says_so(published):
    service = db.session.query(Service).filter_by(name="Never open").one()
    kept = db.session.query(Service).filter_by(name="Always open").one()
    service.merged_into_id = kept.id
    db.session.commit()
    assert published.get(f"/services/{service.hsds_id}", status=404)["error"]
    assert "Never open" not in published.names("/services")


def test_an_unchanged_answer_is_not_sent_twice(published):
    first = published.client.get("/hsds/services")
    again = published.client.get("/hsds/services", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, first.headers["Cache-Control"]) == (304, "public, max-age=300")
    assert "Set-Cookie" not in first.headers


def test_hostile_words_stay_json(published):
    answer = published.client.get("/hsds/services?full=true")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert any(HOSTILE in text for text in every_text(json.loads(answer.text)))


@pytest.mark.parametrize("path", ["", "/services", "/services/x", "/openapi.json"])
def test_a_programme_that_keeps_its_directory_to_itself_publishes_nothing(published, path):
    set_values({"is_directory_public": "no"}, by=SYSTEM)
    assert published.get(path + ("/" if not path else ""), status=403)["error"]


def test_the_data_package_passes_frictionless(published, tmp_path):
    with zipfile.ZipFile(io.BytesIO(published.client.get("/hsds/datapackage.zip").data)) as files:
        files.extractall(tmp_path)
    assert "Ann Persona" not in (tmp_path / "contacts.csv").read_text()
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["title", "note"]) == []


@pytest.mark.parametrize("path", [f"/{kind}" for kind in KINDS])
def test_whatever_is_asked_by_the_official_description_is_answered_by_it(published, path):
    """Schemathesis makes requests from the description; each answer must fit it, and none may fail."""
    app = published.client.application
    operation = schemathesis.openapi.from_wsgi("/hsds/openapi.json", app)[path]["GET"]
    seen = set()

    @settings(max_examples=25, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case):
        answer = case.call(headers={"Accept-Encoding": "identity"})
        seen.add(answer.status_code)
        assert answer.status_code in {200, 400, 404}
        if answer.status_code == 200 and "ndjson" not in answer.headers["content-type"][0]:
            case.validate_response(answer, checks=[content_type_conformance, response_schema_conformance])

    ask()
    assert 200 in seen
