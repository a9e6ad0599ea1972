"""The directory goes out: whole and equal to what came in, or as anybody may have it."""

import io
import json
import zipfile

import pytest
from frictionless import validate
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.directory.actions.positions import place_all_about_there
from harmreduction.directory.hsds.assembly import Shelf, assemble
from harmreduction.directory.hsds.package import write_zip
from harmreduction.directory.hsds.tables import write_tables
from harmreduction.directory.json_lines import lines_of
from harmreduction.directory.models import Service, ServiceLocation
from harmreduction.directory.queries import export
from tests.directory.builders import make_service, save, service_document, some_id
from tests.directory.hsds_files import FOLDER, ROOT_EXAMPLES, example, faults, tables
from tests.directory.import_files import archive, as_json, bring_in
from tests.pages import text_of

pytestmark = pytest.mark.usefixtures("database")

SECRETS = ("1 Hidden Lane", "39.29", "-76.61", "Name Of Staff", "4711", "at the back")


def secret_document():
    """Return a service at a place that nobody may find, with names of staff and a code of a door."""
    document = service_document(
        "Safe house",
        contacts=[{"id": some_id("contact"), "name": "Name Of Staff", "title": "Lead", "email": "n@example.com"}],
        source_row={"street": "1 Hidden Lane"},
        door_code="4711",
        metadata=[{"id": some_id("metadata"), "updated_by": "Name Of Staff"}],
    )
    pair = document["service_at_locations"][0]
    pair["description"] = "Ring at the back"
    pair["location"]["name"] = "1 Hidden Lane"
    pair["location"]["addresses"][0] |= {"address_1": "1 Hidden Lane", "attention": "Name Of Staff"}
    return document


def whole_zip():
    """Return the whole directory as a data package."""
    stream = io.BytesIO()
    write_zip(export.stored_bundle(), stream)
    return stream.getvalue()


def whole_json():
    """Return the whole directory as JSON."""
    return json.loads("".join(lines_of("json", is_whole=True)))


@pytest.mark.parametrize("version", ["3.2.3", "3.0"])
@pytest.mark.parametrize("kind", ["service", "organization", "service_at_location"])
def test_an_official_example_comes_out_as_it_came_in(kind, version):
    document = example(ROOT_EXAMPLES[kind], version)
    bring_in(as_json(document))
    shelf = Shelf.of(export.stored_bundle())
    assert assemble(shelf, kind, document["id"]) == document


def filled(rows):
    """Return rows as sets of cells, empty ones aside, in any order."""
    return sorted(sorted((column, cell) for column, cell in row.items() if cell) for row in rows)


def test_the_official_tables_come_out_as_they_came_in():
    official = tables(FOLDER / "csv")
    bring_in(archive({file.name: file.read_text("utf-8-sig") for file in (FOLDER / "csv").glob("*.csv")}), "csv.zip")
    out = write_tables(export.stored_bundle())
    assert {name: filled(out[name]) for name in official} == {name: filled(rows) for name, rows in official.items()}


@pytest.mark.parametrize("shape", ["zip", "json", "ndjson"])
def test_the_whole_directory_moves_to_another_programme(start_over, shape):
    for kind in ("service", "organization"):
        bring_in(as_json(example(ROOT_EXAMPLES[kind])))
    save(service_document("Union St"), service_document("Corner", at=None, extra_key={"kept": [1, "two"]}))
    save(secret_document(), confidential=True)
    place_all_about_there(at=now())  # as every import does at its end
    before = sorted(whole_json(), key=lambda document: document["id"])
    content = whole_zip() if shape == "zip" else "".join(lines_of(shape, is_whole=True)).encode()

    start_over()
    assert whole_json() == []
    bring_in(content, f"directory.{shape}")

    assert sorted(whole_json(), key=lambda document: document["id"]) == before
    assert db.session.scalars(select(ServiceLocation).where(ServiceLocation.is_confidential)).one().name


def test_what_anybody_may_have_holds_nothing_private():
    save(secret_document(), confidential=True)
    make_service("Union St", at=None)
    stream = io.BytesIO()
    write_zip(export.public_bundle(), stream)
    with zipfile.ZipFile(stream) as packed:
        texts = [packed.read(name).decode() for name in packed.namelist()]
    for text in (*texts, *("".join(lines_of(shape, is_whole=False)) for shape in ("json", "ndjson"))):
        assert not [secret for secret in SECRETS if secret in text]
    assert "Address not published" in "".join(texts)


def test_a_merged_service_stays_behind():
    kept, other = make_service("Kept"), make_service("Listed twice")
    with transaction():
        db.session.get(Service, other.id).merged_into_id = kept.id
    assert "Listed twice" not in "".join(lines_of("json", is_whole=True))
    assert [record.document["name"] for record in export.stored_bundle().services.values()] == ["Kept"]


def test_another_program_finds_no_fault_in_what_it_gets(tmp_path):
    bring_in(as_json(service_document("From elsewhere", offers=("naloxone", "food"))))
    table = "name,street address,city,state,zip\nA pantry,1 Example St,Baltimore,MD,21201\n"
    bring_in(table.encode(), "pantries.csv", source="Pantries")
    save(secret_document(), confidential=True)
    documents = json.loads("".join(lines_of("json", is_whole=False)))
    assert len(documents) == 3
    assert [fault for document in documents for fault in faults(document, "service")] == []
    for bundle in (export.public_bundle(), export.stored_bundle()):
        stream = io.BytesIO()
        write_zip(bundle, stream)
        zipfile.ZipFile(stream).extractall(tmp_path)
        report = validate(str(tmp_path / "datapackage.json"))
        assert report.valid, [error.message for task in report.tasks for error in task.errors][:5]


# The page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "mimetype"),
    [("zip", "application/zip"), ("json", "application/json"), ("ndjson", "application/x-ndjson")],
)
def test_a_lead_downloads_the_directory(sign_in_as, shape, mimetype):
    save(service_document("Union St"))
    lead = sign_in_as("programme_lead")
    assert "1 service, as other programs read it" in text_of(lead.page("/directory/export"))
    response = lead.send("/directory/export", status=200, shape=shape)
    assert (response.mimetype, len(response.data) > 500) == (mimetype, True)
    assert f'filename="directory.{shape}"' in response.headers["Content-Disposition"]
    assert db.session.scalars(select(AuditEntry.event)).all().count("DIRECTORY_EXPORTED") == 1


def test_private_parts_leave_only_on_demand(sign_in_as):
    save(secret_document(), confidential=True)
    lead = sign_in_as("programme_lead")
    public = lead.send("/directory/export", status=200, shape="json").get_data(as_text=True)
    whole = lead.send("/directory/export", status=200, shape="json", is_whole="y").get_data(as_text=True)
    assert "1 Hidden Lane" not in public
    assert "1 Hidden Lane" in whole


def test_the_public_form_of_terms_names_nobody_who_changed_them():
    document = service_document()
    document["attributes"][0]["taxonomy_term"]["metadata"] = [{"id": some_id("change"), "updated_by": "Ann Persona"}]
    save(document)
    public, whole = export.public_bundle(), export.stored_bundle()
    assert "Ann Persona" in repr(whole.taxonomy_terms)
    assert "Ann Persona" not in repr(public)
