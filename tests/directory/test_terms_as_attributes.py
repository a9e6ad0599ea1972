from uuid import UUID

import pytest

from harmreduction.directory.rules.terms import BY_CODE, TAXONOMY_ID
from harmreduction.directory.terms_as_attributes import codes_in, term_attribute, term_meant_by, with_terms

SERVICE = "11111111-2222-4333-8444-555555555555"


def test_every_term_is_read_back_from_its_attribute() -> None:
    document = {"id": SERVICE, "attributes": [term_attribute(SERVICE, code) for code in BY_CODE]}

    assert codes_in(document) == set(BY_CODE)
    assert len({attribute["id"] for attribute in document["attributes"]}) == len(BY_CODE)
    assert all(UUID(attribute["taxonomy_term"]["id"]) for attribute in document["attributes"])


@pytest.mark.parametrize(
    ("value", "holds"), [("true", True), ("Yes", True), ("false", False), ("no", False), ("", False)]
)
def test_a_value_says_whether_a_term_holds(value: str, holds: bool) -> None:
    attribute = term_attribute(SERVICE, "no_id") | {"value": value}

    assert codes_in({"attributes": [attribute]}) == ({"no_id"} if holds else set())


def test_a_term_of_another_taxonomy_with_the_same_code_is_not_ours() -> None:
    attribute = {"id": SERVICE, "value": "true", "taxonomy_term": {"id": SERVICE, "code": "food", "name": "Food"}}

    assert codes_in({"attributes": [attribute]}) == set()
    assert codes_in({"attributes": [None, {"taxonomy_term": "food"}, attribute]}) == set()
    assert codes_in({"attributes": [attribute | {"taxonomy_term": {"code": "food", "taxonomy_id": TAXONOMY_ID}}]}) == {
        "food"
    }


def test_terms_are_added_once_and_what_is_denied_stays_denied() -> None:
    denied = {"id": SERVICE, "attributes": [term_attribute(SERVICE, "free") | {"value": "false"}]}
    told = with_terms(denied, ["free", "food"])

    assert codes_in(told) == {"food"}
    assert with_terms(told, ["food"]) is told


def test_a_code_below_one_that_we_know_means_the_same() -> None:
    assert term_meant_by("LF-4900.2400-150") is BY_CODE["testing"]
    assert term_meant_by("rx-8450.5000-510") is BY_CODE["moud"]
    assert term_meant_by("RX-8450.3300") is BY_CODE["treatment"]
    assert term_meant_by("PN-8100") is None
