"""What leaves in public names no staff and no codes; a confidential place leaves without any way to it."""

import json
from typing import Any

import pytest
from hypothesis import given

from harmreduction.directory.hsds.privacy import (
    ADDRESS_NOT_PUBLISHED,
    is_role_mailbox,
    without_address,
    without_private,
)
from tests.directory.hsds_files import example, faults
from tests.directory.hsds_trees import SECRET, trees_with_secrets


@given(trees_with_secrets())
def test_no_name_of_staff_is_left_anywhere(tree: dict[str, Any]) -> None:
    assert SECRET in json.dumps(tree)
    assert SECRET not in json.dumps(without_private(tree))


@pytest.mark.parametrize("kind", ["service", "organization", "service_at_location"])
def test_official_examples_stay_valid_without_their_people(kind: str) -> None:
    public = without_private(example(f"{kind}_full"))
    assert faults(public, kind) == []
    assert "Persona" not in json.dumps(public)
    contact = (public.get("contacts") or public["service"]["contacts"])[0]
    assert contact["title"] == "Reception Manager"
    assert contact["phones"]


def test_what_is_public_stays() -> None:
    document = {"id": "s", "name": "Needs", "email": "a@example.org", "attributes": [{"id": "a", "value": "x"}]}
    assert without_private(document) == document


@pytest.mark.parametrize(
    "key", ["_internal", "door_code", "gate_code", "lockbox", "lock_box_location", "access_code", "keypad_pin"]
)
def test_a_key_that_holds_a_code_goes(key: str) -> None:
    assert without_private({"id": "l", key: "1234"}) == {"id": "l"}


@pytest.mark.parametrize("key", ["notes_private", "private_notes", "staff_notes", "contact_name", "updated_by"])
def test_a_key_that_is_for_staff_goes(key: str) -> None:
    assert without_private({"id": "l", key: "for us"}) == {"id": "l"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The door code is #4521. Ring twice.", "The door code: not published. Ring twice."),
        ("Lockbox code: 0911", "Lockbox code: not published"),
        ("Area code 305, ZIP code 33101", "Area code 305, ZIP code 33101"),
        ("Open to all. Shopping 24 hours", "Open to all. Shopping 24 hours"),
    ],
)
def test_a_code_in_a_sentence_goes_and_the_sentence_stays(text: str, left: str) -> None:
    assert without_private({"description": text}) == {"description": left}


@pytest.mark.parametrize("address", ["info@example.org", "Intake@example.org", "intake-office@example.org"])
def test_a_mailbox_of_a_role_may_be_named(address: str) -> None:
    assert is_role_mailbox(address)
    assert without_private({"assurer_email": address}) == {"assurer_email": address}


@pytest.mark.parametrize("address", ["a.person@example.org", "care.person@example.org", "", "person"])
def test_a_mailbox_of_a_person_goes(address: str) -> None:
    assert not is_role_mailbox(address)
    assert without_private({"assurer_email": address}) == {}


def confidential() -> dict[str, Any]:
    """Return a place that says where it is in every way that there is."""
    where = f"{SECRET} street 5"
    return {
        "id": "3a19ff88-4620-4d17-9830-ac1d859eb5d5",
        "location_type": "postal",
        "name": where,
        "alternate_name": where,
        "description": where,
        "transportation": where,
        "url": f"https://example.org/{SECRET}",
        "latitude": 39.123,
        "longitude": -76.123,
        "external_identifier": SECRET,
        "external_identifier_type": SECRET,
        "addresses": [{"id": "a", "address_1": where}],
        "incomplete_addresses": [{"address_1": where}],
        "x-words": SECRET,
        "attributes": [{"id": "b", "value": where}],
        "accessibility": [{"id": "c", "description": "ramp", "url": SECRET, "x-map": SECRET}],
        "schedules": [{"id": "d", "opens_at": "09:00", "closes_at": "17:00", "schedule_link": SECRET}],
        "phones": [{"id": "e", "number": "555 0100", "languages": [{"id": "f", "code": "es"}], "x-at": SECRET}],
    }


def test_a_confidential_place_leaves_without_any_way_to_it() -> None:
    public = without_address(confidential())
    assert SECRET not in json.dumps(public)
    assert public == {
        "id": "3a19ff88-4620-4d17-9830-ac1d859eb5d5",
        "location_type": "virtual",
        "name": ADDRESS_NOT_PUBLISHED,
        "accessibility": [{"id": "c", "description": "ramp"}],
        "schedules": [{"id": "d", "opens_at": "09:00", "closes_at": "17:00"}],
        "phones": [{"id": "e", "number": "555 0100", "languages": [{"id": "f", "code": "es"}]}],
    }


def test_its_name_is_kept_where_somebody_said_that_it_is_no_address() -> None:
    place = confidential() | {"name": "Night outreach", "location_type": "physical"}
    public = without_address(place, keep_name=True)
    assert (public["name"], public["location_type"]) == ("Night outreach", "physical")


def test_a_confidential_place_is_valid() -> None:
    assert faults(without_address(example("location")), "location") == []
