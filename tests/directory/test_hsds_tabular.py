"""The tables of the 3.x data package: read, written, and accepted by the field's validators."""

import csv
import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from frictionless import system, validate
from hypothesis import given, settings

from harmreduction.directory.hsds.assembly import Shelf, assemble
from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.hsds.package import write_zip
from harmreduction.directory.hsds.structure import RootKind
from harmreduction.directory.hsds.tables import write_tables
from harmreduction.directory.hsds.tabular import read_tables
from tests.directory.hsds_files import FOLDER, example, official, read_csv, tables
from tests.directory.hsds_trees import organization_trees, service_trees

NESTED: list[RootKind] = ["service", "organization", "service_at_location"]
BROKEN_IN_THE_EXAMPLE = {"attributes", "metadata", "meta_table_descriptions"}  # they name nothing that is there


def as_set(rows: list[dict[str, str]]) -> set[tuple[tuple[str, str], ...]]:
    return {tuple(sorted((column, cell) for column, cell in row.items() if cell)) for row in rows}


def unordered(value: Any) -> Any:
    """Return a document with its lists of objects in one order: tables have none."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list) and value and all(isinstance(item, dict) and "id" in item for item in value):
        return sorted((unordered(item) for item in value), key=lambda item: str(item["id"]))
    return value


def zipped(bundle: Bundle, folder: Path) -> Path:
    """Write a bundle as a package, and unpack it as somebody who receives it does."""
    stream = io.BytesIO()
    write_zip(bundle, stream)
    with zipfile.ZipFile(stream) as archive:
        archive.extractall(folder)
    return folder / "datapackage.json"


def read_zip(stream: io.BytesIO) -> Bundle:
    with zipfile.ZipFile(stream) as archive:
        return read_tables(
            {
                name: list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8", newline="")))
                for name in archive.namelist()
                if name.endswith(".csv")
            }
        )


def validated(descriptor: Path) -> list[str]:
    """Return what frictionless finds wrong in a package."""
    with warnings.catch_warnings(), system.use_context(trusted=True):
        warnings.simplefilter("ignore")
        report = validate(str(descriptor))
    return [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors] + [
        str(error) for error in report.errors
    ]


def test_the_official_tables_come_back_row_for_row() -> None:
    source = tables(FOLDER / "csv")
    written = write_tables(read_tables(source))
    assert written.keys() == source.keys()
    assert {name: as_set(rows) for name, rows in written.items()} == {n: as_set(rows) for n, rows in source.items()}


def test_rows_become_part_of_every_owner_that_they_name() -> None:
    bundle = read_tables(tables(FOLDER / "csv"))
    shelf = Shelf.of(bundle)
    service = assemble(shelf, "service", next(iter(bundle.services)))
    phone = service["phones"][0]
    assert phone["extension"] == 100
    assert phone["languages"][0]["code"] == "ur"
    assert phone == service["organization"]["phones"][0] == service["contacts"][0]["phones"][0]
    assert phone == service["service_at_locations"][0]["location"]["phones"][0]
    assert service["capacities"][0]["unit"]["name"] == "Kilogram"
    assert service["program"] == service["organization"]["programs"][0]
    assert "organization_id" not in service
    assert bundle.loose.keys() == BROKEN_IN_THE_EXAMPLE


@pytest.mark.parametrize("kind", NESTED)
def test_official_documents_come_back_equal_through_tables(kind: RootKind) -> None:
    document = example(f"{kind}_full")
    stream = io.BytesIO()
    write_zip(split(document, kind), stream)
    assert assemble(Shelf.of(read_zip(stream)), kind, document["id"]) == document


@settings(max_examples=40)
@given(service_trees())
def test_any_service_comes_back_equal_through_tables(tree: dict[str, Any]) -> None:
    bundle = read_tables(write_tables(split(tree, "service")))
    assert unordered(assemble(Shelf.of(bundle), "service", tree["id"])) == unordered(tree)


@settings(max_examples=40)
@given(organization_trees())
def test_any_organisation_comes_back_equal_through_a_package(tree: dict[str, Any]) -> None:
    stream = io.BytesIO()
    write_zip(split(tree, "organization"), stream)
    back = assemble(Shelf.of(read_zip(stream)), "organization", tree["id"])
    assert unordered(back) == unordered(tree)


@settings(max_examples=3)
@given(service_trees())
def test_any_service_makes_a_package_that_validators_accept(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]
) -> None:
    assert validated(zipped(split(tree, "service"), tmp_path_factory.mktemp("package"))) == []


@pytest.mark.parametrize("kind", NESTED)
def test_official_documents_make_a_package_that_the_official_descriptor_accepts(kind: RootKind, tmp_path: Path) -> None:
    descriptor = zipped(split(example(f"{kind}_full"), kind), tmp_path)
    assert validated(descriptor) == []
    descriptor.write_text(json.dumps(official("datapackage")))
    assert validated(descriptor) == []


def test_what_columns_do_not_take_goes_beside_them_and_comes_back(tmp_path: Path) -> None:
    document = example("service_full") | {"x-beds": [1, 2], "email": "by hand", "fees": "", "minimum_age": "twelve"}
    del document["organization"]["description"]
    for place in (document["service_at_locations"][0]["location"], document["organization"]["locations"][0]):
        del place["addresses"][0]["city"]
    bundle = split(document, "service")
    bundle.loose["opinions"] = {"1": {"id": "1", "said": "good"}}
    assert validated(zipped(bundle, tmp_path)) == []
    files = tables(tmp_path)
    assert files["addresses"] == []
    assert files["organizations"][0]["description"] == "Example Organization Inc."  # its name, for it must have one
    assert files["opinions"] == [{"id": "1", "said": "good"}]
    bundle = read_tables(files)
    assert assemble(Shelf.of(bundle), "service", document["id"]) == document
    assert bundle.loose["opinions"] == {"1": {"id": "1", "said": "good"}}


def test_a_phone_that_two_services_share_has_a_row_for_each() -> None:
    phone = {"id": "aa148810-d857-441c-9679-408f346de14b", "number": "555 0100"}
    bundle = split({"id": "s1", "name": "One", "phones": [phone]}, "service")
    bundle.merge(split({"id": "s2", "name": "Two", "phones": [phone]}, "service"))
    rows = write_tables(bundle)["phones"]
    assert {row["service_id"] for row in rows} == {"s1", "s2"}
    assert len({row["id"] for row in rows}) == 2


def test_a_place_that_two_organisations_list_stays_with_both() -> None:
    place = {"id": "l", "location_type": "physical"}
    bundle = split({"id": "o1", "name": "One", "locations": [place]}, "organization")
    bundle.merge(split({"id": "o2", "name": "Two", "locations": [place]}, "organization"))
    back = read_tables(write_tables(bundle))
    assert [record.location_ids for record in back.organizations.values()] == [["l"], ["l"]]


def test_files_are_known_by_either_of_their_names_and_empty_cells_are_absent(tmp_path: Path) -> None:
    (tmp_path / "service.csv").write_text("id,name,status,email,minimum_age,beds\ns,Needs,active,,18,7\n,,,,,\n")
    bundle = read_tables({"service.csv": read_csv(tmp_path / "service.csv")})
    document = {"id": "s", "name": "Needs", "status": "active", "minimum_age": 18, "beds": "7"}
    assert [record.document for record in bundle.services.values()] == [document]


def test_two_rows_with_one_id_are_both_kept() -> None:
    rows = [{"id": "p", "service_id": "s", "number": number} for number in ("1", "2", "2")]
    bundle = read_tables({"services": [{"id": "s", "name": "Needs"}], "phones": rows})
    assert [phone["number"] for phone in bundle.services["s"].document["phones"]] == ["1", "2"]


def test_the_same_directory_makes_the_same_file() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for stream in (first, second):
        write_zip(split(example("service_full"), "service"), stream)
    assert first.getvalue() == second.getvalue()
