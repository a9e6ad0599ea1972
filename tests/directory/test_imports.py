"""Files come in: what is new, what changes, what stays, and what the programme wrote itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.directory.actions import applying, imports, staging
from harmreduction.directory.commands import export_directory, import_services
from harmreduction.directory.models import (
    Closure,
    DirectoryChange,
    DirectoryImport,
    DirectoryImportRow,
    DirectorySource,
    FinderEntry,
    Service,
    ServiceLocation,
)
from harmreduction.directory.queries.imports import get_import, list_rows, mapping_of
from tests.directory.builders import save, service_document
from tests.directory.import_files import PANTRIES, archive, as_json, bring_in, stage
from tests.factories import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

LEGACY = {
    "organizations.csv": "id,name,description\n1,Example Agency,Helps.\n",
    "services.csv": "id,organization_id,name,status\n7,1,Example clinic,active\n",
    "locations.csv": "id,organization_id,name,latitude,longitude\n3,1,Main house,25.77,-80.19\n",
    "services_at_location.csv": "id,service_id,location_id\n5,7,3\n",
    "holiday_schedules.csv": "id,service_id,start_date,end_date,closed\n1,7,2026-12-24,2026-12-26,TRUE\n",
    "unknown_table.csv": "id,text\n1,kept as it is\n",
}


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def the_service():
    db.session.expire_all()
    return db.session.scalars(select(Service)).one()


def test_the_same_file_again_is_unchanged_and_writes_no_history():
    content = as_json(service_document("A"), service_document("B"))
    assert bring_in(content).entry.counts["new"] == 2
    changes = count(DirectoryChange)
    again = bring_in(content)
    assert (again.entry.counts.get("new", 0), again.entry.counts.get("changed", 0)) == (0, 0)
    assert again.entry.counts["unchanged"] == 2
    assert count(DirectoryChange) == changes


def test_a_change_is_shown_before_it_comes_in():
    document = service_document("Old name")
    bring_in(as_json(document))
    view = stage(as_json({**document, "name": "New name", "phones": [{"id": "x", "number": "410-555-0199"}]}))
    [row] = list_rows(view)
    assert row.effect == "changed"
    assert ("name", "Old name", "New name", False) in row.differences
    assert ("phones", "410-555-0100, voice", "410-555-0199", False) in row.differences
    assert the_service().name == "Old name"


def test_what_the_programme_wrote_survives_unless_the_source_changes_the_same_field():
    document = service_document("Old name", alert="From the source")
    bring_in(as_json(document))
    save({**document, "name": "Our name", "alert": "Ring twice"})
    view = bring_in(as_json({**document, "email": "info@example.org"}))
    assert view.entry.counts["changed"] == 1
    assert (the_service().name, the_service().document["alert"]) == ("Our name", "Ring twice")

    view = stage(as_json({**document, "name": "Newest name", "email": "info@example.org"}))
    [row] = list_rows(view)
    assert list(row.differences) == [("name", "Our name", "Newest name", True)]


def test_an_organisation_written_in_two_ways_does_not_change_with_each_reading():
    first, second = service_document("A"), service_document("B")
    second["organization"] = {**second["organization"], "name": "EXAMPLE Harm Reduction"}
    bring_in(as_json(first, second))
    assert stage(as_json(first, second)).entry.counts["unchanged"] == 2


def test_a_file_that_stopped_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(staging, "AT_ONCE", 2)
    content = as_json(*(service_document(f"Site {number}") for number in range(5)))
    import_id = imports.start_import(content, "a.json", imports.SourceNamed(name="S"), by=SYSTEM, at=now())

    def stop(done, _whole):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        staging.read_import(import_id, by=SYSTEM, watch=stop)
    assert (get_import(import_id).entry.rows_read, count(DirectoryImportRow)) == (2, 2)
    staging.read_import(import_id, by=SYSTEM)
    view = get_import(import_id)
    assert (view.state, view.entry.rows_read, view.entry.counts["new"]) == ("ready", 5, 5)

    monkeypatch.setattr(applying, "AT_ONCE", 2)
    imports.confirm_import(import_id, seen=view.entry.mark, by=SYSTEM, at=now())
    with pytest.raises(KeyboardInterrupt):
        applying.apply_import(import_id, by=SYSTEM, watch=stop)
    assert count(Service) == 2
    applying.apply_import(import_id, by=SYSTEM)
    applying.apply_import(import_id, by=SYSTEM)
    assert (count(Service), get_import(import_id).entry.rows_applied) == (5, 5)
    assert get_import(import_id).state == "done"


def test_only_what_was_previewed_comes_in():
    view = stage(PANTRIES.encode(), "pantries.csv")
    seen = view.entry.mark
    other = replace(mapping_of(view), fallback_name="Pantry")
    imports.map_import(view.entry.public_id, other, at=now())
    staging.read_import(view.entry.public_id, by=SYSTEM)
    with pytest.raises(OutOfDate):
        imports.confirm_import(view.entry.public_id, seen=seen, by=SYSTEM, at=now())
    assert count(Service) == 0


def test_old_tables_come_in_with_their_closures_and_what_nobody_understands():
    view = bring_in(archive(LEGACY), "old.zip")
    assert view.entry.file_format == "legacy_tables"
    closure = db.session.scalars(select(Closure)).one()
    assert (closure.service_id, closure.from_day.isoformat()) == (the_service().id, "2026-12-24")
    again = bring_in(archive(LEGACY), "old.zip")
    assert (again.entry.counts.get("new", 0), again.entry.counts.get("changed", 0)) == (0, 0)
    assert count(Closure) == 1


def test_a_private_address_is_marked_confidential():
    table = "name,street address,city,state,zip,private\nSafe house,1 Example St,Baltimore,MD,21201,yes\n"
    view = bring_in(table.encode(), "houses.csv")
    assert view.entry.counts["redacted"] == 1
    assert db.session.scalars(select(ServiceLocation.is_confidential)).one()
    assert db.session.scalars(select(FinderEntry.latitude)).one() is None


def test_a_service_that_is_gone_becomes_inactive_only_on_demand_and_comes_back():
    stays, goes = service_document("Stays"), service_document("Goes")
    bring_in(as_json(stays, goes))
    view = bring_in(as_json(stays))
    assert view.entry.counts["missing"] == 1
    assert set(db.session.scalars(select(Service.status))) == {"active"}
    bring_in(as_json(stays), retires_missing=True)
    gone = db.session.scalars(select(Service).where(Service.name == "Goes")).one()
    assert (gone.status, gone.organization_id is not None) == ("inactive", True)
    assert db.session.scalars(select(FinderEntry.name)).all() == ["Stays"]
    bring_in(as_json(stays, goes))
    assert db.session.scalars(select(Service.status)).all() == ["active", "active"]


def test_a_file_that_breaks_off_says_so_and_is_forgotten():

    view = stage_broken()
    assert view.state == "failed"
    assert view.problem is not None
    assert view.entry.content is None


def stage_broken():
    """Return a table that ends in a line without end, beyond what is looked at first."""
    rows = "".join(f"Site {number},{number} Example St\n" for number in range(4001))
    return stage(f"name,address\n{rows}{'x' * 1_000_001}".encode(), "sites.csv")


def test_old_rows_are_forgotten_after_a_month():
    view = stage(as_json(service_document()))
    with transaction():
        get_import(view.entry.public_id).entry.moved_at = now().replace(year=2020)
    imports.purge_old_imports(at=now())
    assert count(DirectoryImportRow) == 0
    left = db.session.scalars(select(DirectoryImport)).one()
    assert (left.state, left.content) == ("left", None)


def test_a_source_is_known_by_its_name_whatever_its_capitals():
    bring_in(as_json(service_document("A")), source="Example 211", licence="CC BY 4.0")
    bring_in(as_json(service_document("B")), source="example  211")
    source = db.session.scalars(select(DirectorySource)).one()
    assert (source.name, source.licence) == ("Example 211", "CC BY 4.0")


# The commands ------------------------------------------------------------------------------------------


def run(app, command, *arguments, **options):
    return app.test_cli_runner().invoke(command, [str(argument) for argument in arguments], **options)


def test_the_command_brings_a_table_in(app, tmp_path: Path):
    file = tmp_path / "pantries.csv"
    file.write_text(PANTRIES)
    result = run(app, import_services, file, "--source", "Pantries", "--offers", "food", "--yes")
    assert result.exit_code == 0, result.output
    assert "3 new, 0 changed, 0 as they are, 0 not in this file any more." in result.output
    assert "There is no name, address or position in it." in result.output
    assert count(Service) == 3


def test_the_command_asks_and_reads_folders(app, tmp_path: Path):
    for name, text in LEGACY.items():
        (tmp_path / name).write_text(text)
    result = run(app, import_services, tmp_path, "--source", "Old", input="n\n")
    assert "Nothing was changed." in result.output
    assert count(Service) == 0
    result = run(app, import_services, tmp_path, "--source", "Old", input="y\n")
    assert "Brought in." in result.output
    assert count(Service) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("--offers", "cake"), "There is no “cake”"), ((), "Error")],
)
def test_the_command_refuses_with_a_sentence(app, tmp_path: Path, arguments, sentence):
    file = tmp_path / "file.csv"
    file.write_bytes(b"")
    result = run(app, import_services, file, "--source", "S", *arguments)
    assert result.exit_code != 0
    assert sentence in result.output


@pytest.mark.parametrize("shape", ["zip", "json", "ndjson"])
def test_the_command_writes_the_directory(app, tmp_path: Path, shape):
    save(service_document("Union St"))
    result = run(app, export_directory, tmp_path / f"out.{shape}")
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"out.{shape}").stat().st_size > 500
    assert run(app, export_directory, tmp_path / "out.doc").exit_code == 2


def test_a_place_without_a_position_is_found_about_where_its_zip_is():
    document = service_document("Without", at=None)
    bring_in(as_json(document))
    [entry] = db.session.scalars(select(FinderEntry))
    assert (round(entry.latitude), round(entry.longitude)) == (39, -77)
    assert bring_in(as_json(document)).entry.counts.get("unchanged") == 1
