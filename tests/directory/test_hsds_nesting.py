"""Official documents and any others are taken apart into records and come back equal."""

from copy import deepcopy
from typing import Any
from uuid import NAMESPACE_DNS

import pytest
from hypothesis import given

from harmreduction.directory.hsds.assembly import (
    Shelf,
    assemble,
    assemble_organization,
    assemble_service,
    assemble_simple,
)
from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.ids import stable_id, with_stable_ids
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.hsds.shapes import minimal, simple
from harmreduction.directory.hsds.structure import RootKind
from tests.directory.hsds_files import ROOT_EXAMPLES, example, faults
from tests.directory.hsds_trees import organization_trees, service_trees

LISTS: list[RootKind] = ["service", "organization", "service_at_location", "taxonomy", "taxonomy_term"]


@pytest.mark.parametrize("version", ["3.2.3", "3.0"])
@pytest.mark.parametrize("kind", ROOT_EXAMPLES)
def test_official_examples_come_back_equal_and_valid(kind: RootKind, version: str) -> None:
    document = example(ROOT_EXAMPLES[kind], version)
    back = assemble(Shelf.of(split(document, kind)), kind, document["id"])
    assert back == document
    assert faults(back, kind) == []


@pytest.mark.parametrize("version", ["3.2.3", "3.0"])
@pytest.mark.parametrize("kind", LISTS)
def test_official_lists_come_back_equal_and_are_the_short_form_of_the_full_examples(
    kind: RootKind, version: str
) -> None:
    listed = example(f"{kind}_list", version)
    from_list, from_full = Shelf.of(split(listed, kind)), Shelf.of(split(example("service_full", version), "service"))
    assert assemble_simple(from_list, kind, listed["id"]) == listed
    assert assemble_simple(from_full, kind, listed["id"]) == listed
    if not kind.startswith("taxonomy"):
        assert faults(listed, f"{kind}_list") == []


def test_records_point_to_each_other_and_hold_none_of_each_other() -> None:
    bundle = split(example("service_full"), "service")
    service, place = next(iter(bundle.services.values())), next(iter(bundle.service_at_locations.values()))
    organization = next(iter(bundle.organizations.values()))
    assert (service.organization_id, place.service_id) == (organization.id, service.id)
    assert [place.location_id] == organization.location_ids == list(bundle.locations)
    assert {"organization", "service_at_locations"} & service.document.keys() == set()
    assert "location" not in place.document
    assert service.document["program"]["name"] == "Community Mental Health Support"
    assert len(bundle.taxonomies) == len(bundle.taxonomy_terms) == 1


def test_an_organisation_lists_its_services_whole_or_short() -> None:
    document = example("organization_full")
    shelf = Shelf.of(split(document, "organization"))
    assert assemble_organization(shelf, document["id"]) == document
    short = assemble_organization(shelf, document["id"], full_service=False)
    assert short["services"] == [simple(service) for service in document["services"]]
    assert faults(short, "organization") == []


@given(service_trees())
def test_any_service_comes_back_equal(tree: dict[str, Any]) -> None:
    source = deepcopy(tree)
    assert assemble_service(Shelf.of(split(tree, "service")), tree["id"]) == source
    assert tree == source  # reading leaves its argument alone


@given(organization_trees())
def test_any_organisation_comes_back_equal(tree: dict[str, Any]) -> None:
    bundle = split(tree, "organization")
    assert assemble(Shelf.of(bundle), "organization", tree["id"]) == tree
    again = Bundle()
    for service in bundle.services.values():  # the same through its services, one by one
        again.merge(split(assemble_service(Shelf.of(bundle), service.id), "service"))
    assert all(again.services[key].document == record.document for key, record in bundle.services.items())


def test_nulls_are_dropped_and_empty_texts_stay() -> None:
    bundle = split({"id": "s", "name": "", "url": None, "phones": [None, {"id": "p", "type": None}]}, "service")
    assert bundle.services["s"].document == {"id": "s", "name": "", "phones": [{"id": "p"}]}


def test_what_is_not_where_it_belongs_stays_as_it_is() -> None:
    document = {"id": "s", "organization": "by hand", "service_at_locations": "none", "attributes": ["free"]}
    assert assemble_service(Shelf.of(split(document, "service")), "s") == document


def test_times_in_other_forms_go_out_as_the_standard_writes_them() -> None:
    schedules = [{"id": "h", "opens_at": "9:00am", "closes_at": "5.30 p.m.", "until": "2026-12-31T00:00:00Z"}]
    source = {"id": "s", "schedules": schedules, "last_modified": "2026-03-15T10:30:45+02:00"}
    document = assemble_service(Shelf.of(split(source, "service")), "s")
    assert document["schedules"] == [
        {"id": "h", "opens_at": "09:00:00", "closes_at": "17:30:00", "until": "2026-12-31"}
    ]
    assert document["last_modified"] == "2026-03-15T08:30:45.000Z"


def test_the_same_record_met_twice_keeps_what_says_more() -> None:
    bundle = split({"id": "s", "name": "Needs", "email": "", "phones": [{"id": "p", "number": "1"}]}, "service")
    bundle.merge(split({"id": "s", "name": "Other", "email": "a@example.org", "phones": [], "fees": "none"}, "service"))
    assert bundle.services["s"].document == {
        "id": "s",
        "name": "Needs",
        "email": "a@example.org",
        "fees": "none",
        "phones": [{"id": "p", "number": "1"}],
    }


def test_an_object_without_an_id_gets_the_same_one_each_time() -> None:
    first, second = (split({"name": "Needs"}, "service").services for _ in range(2))
    assert list(first) == list(second)
    assert next(iter(first.values())).document["name"] == "Needs"


def test_ids_of_a_source_become_uuids_that_still_point_to_each_other() -> None:
    source = {"id": 7, "name": "N", "status": "active", "organization": {"id": "org-1"}, "phones": [{"number": "1"}]}
    made = with_stable_ids(source | {"organization_id": "org-1"}, "service", NAMESPACE_DNS)
    assert made["id"] == stable_id(NAMESPACE_DNS, "service", "7")
    assert made["organization_id"] == made["organization"]["id"]
    assert with_stable_ids(made, "service", NAMESPACE_DNS) == made
    assert faults(made | {"organization": made["organization"] | {"name": "O", "description": ""}}, "service") == []


def test_a_uuid_is_kept_in_lower_case() -> None:
    key = "AC148810-D857-441C-9679-408F346DE14B"
    assert stable_id(NAMESPACE_DNS, "service", key) == key.lower()


def test_the_least_that_a_list_may_say() -> None:
    document = example("service_full")
    assert minimal(document) == {key: document[key] for key in ("id", "name", "status", "last_modified")}
    assert faults(minimal(document), "service_list") == []
    assert faults(minimal(example("organization_full"), "organization"), "organization_list") == []


def test_a_record_that_is_not_on_the_shelf_is_left_out() -> None:
    bundle = split(example("service_full"), "service")
    shelf = Shelf(services=bundle.services.values(), service_at_locations=bundle.service_at_locations.values())
    document = assemble_service(shelf, next(iter(bundle.services)))
    assert "organization" not in document
    assert "location" not in document["service_at_locations"][0]
    with pytest.raises(KeyError):
        assemble_service(shelf, "unknown")
