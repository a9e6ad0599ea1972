"""Our own checks say what is off where the official schemas are blind, and refuse nothing."""

from typing import Any

import pytest
from hypothesis import given

from harmreduction.directory.hsds.cells import read_number
from harmreduction.directory.hsds.checks import check, is_geojson
from harmreduction.directory.hsds.values import clock_minutes, clock_text
from tests.directory.hsds_files import example, faults
from tests.directory.hsds_trees import organization_trees

SHAPE = '{"type": "Point", "coordinates": [1, 2]}'


def codes(document: Any, kind: str) -> dict[str, str]:
    return {problem.path: problem.code for problem in check(document, kind)}


def service(**changes: Any) -> dict[str, Any]:
    return {"id": "ac148810-d857-441c-9679-408f346de14b", "name": "Needs", "status": "active", **changes}


def schedule(**changes: Any) -> dict[str, Any]:
    week = {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}
    return service(schedules=[{"id": "48102e86-bb50-41c4-8f1e-e269368c41d1", **week, **changes}])


def test_the_official_example_has_a_place_beyond_the_pole_and_a_shape_that_is_none() -> None:
    assert codes(example("service_full"), "service") == {
        "service.service_areas.0.extent": "not_a_shape",
        "service.service_at_locations.0.service_areas.0.extent": "not_a_shape",
        "service.service_at_locations.0.location.latitude": "not_a_position",
        "service.organization.locations.0.latitude": "not_a_position",
    }


def test_a_good_service_has_no_problems() -> None:
    area = {"id": "381c64f1-a724-4884-9c21-ac96c21cca3e", "extent": SHAPE, "extent_type": "geojson"}
    assert check(schedule() | {"service_areas": [area], "x-own": [1]}, "service") == []


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"url": None}, "url", "null"),
        ({"id": "7"}, "id", "not_an_id"),
        ({"status": "open"}, "status", "not_a_choice"),
        ({"name": 7}, "name", "not_text"),
        ({"minimum_age": "18"}, "minimum_age", "not_a_number"),
        ({"minimum_age": True}, "minimum_age", "not_a_number"),
        ({"assured_date": "2026-02-30"}, "assured_date", "not_a_date"),
        ({"assured_date": "12/31/2026"}, "assured_date", "not_a_date"),
        ({"last_modified": "2026-02-28"}, "last_modified", "not_a_moment"),
        ({"email": "at example"}, "email", "not_an_email"),
        ({"url": "www.example.org"}, "url", "not_a_link"),
        ({"phones": "555 0100"}, "phones", "not_an_object"),
        ({"phones": ["555 0100"]}, "phones.0", "not_an_object"),
        ({"organization": "by hand"}, "organization", "not_an_object"),
    ],
)
def test_what_is_off_is_named_with_its_place(changes: dict[str, Any], path: str, code: str) -> None:
    assert codes(service(**changes), "service") == {f"service.{path}": code}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"byday": "MO,XX"}, "byday"),
        ({"bymonthday": "32"}, "bymonthday"),
        ({"opens_at": None}, "opens_at"),
        ({"opens_at": "25:00"}, "opens_at"),
        ({"closes_at": "noon"}, "closes_at"),
        ({"valid_from": "2026-13-01"}, "valid_from"),
        ({"interval": 2}, "dtstart"),
        ({"freq": "DAILY"}, "freq"),
        ({"wkst": "XX"}, "wkst"),
    ],
)
def test_hours_that_the_schema_lets_pass_are_named(changes: dict[str, Any], field: str) -> None:
    assert codes(schedule(**changes), "service").keys() == {f"service.schedules.0.{field}"}


def test_what_must_be_there_is_asked_for_at_every_depth() -> None:
    document = service(organization={"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "O", "phones": [{}]})
    del document["status"]
    assert codes(document, "service") == {
        "service.status": "missing",
        "service.organization.description": "missing",
        "service.organization.phones.0.id": "missing",
        "service.organization.phones.0.number": "missing",
    }


def test_each_problem_has_a_sentence_for_people() -> None:
    (problem,) = check(service(url="www.example.org"), "service")
    assert str(problem.message) == "This is not a web address. It begins with https://."


@given(organization_trees())
def test_any_document_can_be_checked_and_what_the_schema_refuses_is_found(tree: dict[str, Any]) -> None:
    found = check(tree, "organization")
    assert len({problem.path for problem in found}) == len(found)
    assert found or faults(tree, "organization") == []


@pytest.mark.parametrize("text", ["extent", "[]", '{"type": "Circle"}', None, "{"])
def test_a_shape_is_geojson_or_none(text: object) -> None:
    assert is_geojson(SHAPE)
    assert not is_geojson(text)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:00am", "09:00:00"),
        ("12:00am", "00:00:00"),
        ("12 pm", "12:00:00"),
        ("9.30 p.m.", "21:30:00"),
        ("09:00", "09:00:00"),
        ("09:00Z", "09:00:00Z"),
        ("09:00-0500", "09:00:00-05:00"),
        ("9", None),
        ("13:00pm", None),
        ("24:00", None),
        ("6:300pm", None),
        ("", None),
    ],
)
def test_times_of_day_are_read_in_many_forms(text: str, clock: str | None) -> None:
    assert clock_text(text) == clock
    assert (clock_minutes(text) is None) == (clock is None)


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("-1.5", -1.5), ("1_0", "1_0"), ("nan", "nan"), ("x", "x")])
def test_a_number_is_read_where_there_is_one(text: str, number: object) -> None:
    assert read_number(text) == number
