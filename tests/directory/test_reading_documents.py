import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from harmreduction.directory.hsds.assembly import Shelf, assemble
from harmreduction.directory.reading import CannotRead, FileFormat, Verdict, count_rows, sniff
from harmreduction.directory.reading import content as opening
from harmreduction.directory.terms_as_attributes import codes_in
from tests.directory.reading import place, read, reasons, service


def a_service(**more: Any) -> dict[str, Any]:
    location = {"id": str(uuid4()), "location_type": "physical", "name": "Corner", "latitude": 39.3, "longitude": -76.6}
    return {
        "id": str(uuid4()),
        "name": "Naloxone",
        "status": "active",
        "organization": {"id": str(uuid4()), "name": "Harbor", "description": "Harbor Health", "x_own": [1]},
        "service_at_locations": [{"id": str(uuid4()), "location": location}],
        "x_unknown": {"kept": True},
        **more,
    }


def archive(**tables: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for name, text in tables.items():
            files.writestr(f"data/{name}.csv", text)
    return packed.getvalue()


@pytest.mark.parametrize("shape", ["single", "list", "page", "lines"])
def test_every_shape_of_json_comes_out_as_it_went_in(shape: str) -> None:
    documents = [a_service(), a_service()][: 1 if shape == "single" else 2]
    whole = {"single": documents[0], "list": documents, "page": {"total_items": 2, "contents": documents}}
    text = "\n".join(map(json.dumps, documents)) if shape == "lines" else json.dumps(whole[shape])
    file_format = FileFormat.HSDS_NDJSON if shape == "lines" else FileFormat.HSDS_JSON

    rows = read(text.encode(), "feed.json")

    assert sniff(text.encode(), "feed.json") is file_format
    assert count_rows(text.encode(), file_format) == len(rows) == len(documents)
    for row, document in zip(rows, documents, strict=True):
        assert row.bundle
        assert row.verdict is Verdict.ACCEPTED
        assert assemble(Shelf.of(row.bundle), "service", document["id"]) == document


def test_an_organization_gives_a_row_for_each_of_its_services() -> None:
    services = [{key: value for key, value in a_service().items() if key != "organization"} for _ in range(3)]
    organization = {"id": str(uuid4()), "name": "Harbor", "description": "Harbor Health", "services": services}

    rows = read(json.dumps(organization).encode(), "x.json")

    assert [service(row)["id"] for row in rows] == [one["id"] for one in services]
    assert all(row.bundle and list(row.bundle.organizations) == [organization["id"]] for row in rows)


def test_repeated_documents_are_told_and_nulls_go() -> None:
    document = a_service(url=None, assured_date="yesterday")
    good, again = read(json.dumps([document, document]).encode(), "x.json")

    assert good.verdict is Verdict.FIXED
    assert "Fields with nothing in them (null) are left out." in reasons(good)
    assert any("assured_date" in reason for reason in reasons(good))
    assert "url" not in service(good)
    assert again.verdict is Verdict.REPEATED


def test_a_line_that_is_no_record_is_refused_and_the_others_are_read() -> None:
    lines = [json.dumps(a_service()) for _ in range(30)] + ['{"hello": 1}', "{broken"]

    rows = read("\n".join(lines).encode(), "x.ndjson")

    assert [row.verdict for row in rows] == [Verdict.ACCEPTED] * 30 + [Verdict.REFUSED] * 2
    assert rows[-1].row_number == 32


def test_ids_that_are_no_uuids_become_the_same_uuids_each_time() -> None:
    document = json.dumps([a_service(id="17"), a_service(id="18")]).encode()
    first, again = read(document, "x.json"), read(document, "x.json")

    assert [service(row)["id"] for row in first] == [service(row)["id"] for row in again]
    assert all(UUID(service(row)["id"]).version == 5 for row in first)


def test_codes_of_other_taxonomies_mean_our_terms() -> None:
    term = {"id": str(uuid4()), "code": "LF-4900.2400", "name": "HIV Testing", "description": "HIV Testing"}
    (row,) = read(json.dumps(a_service(attributes=[{"id": str(uuid4()), "taxonomy_term": term}])).encode(), "x.json")

    assert codes_in(service(row)) == {"testing"}


def test_a_place_that_a_directory_calls_redacted_has_no_address() -> None:
    document = a_service()
    document["service_at_locations"][0]["location"]["location_type"] = "redacted"
    (row,) = read(json.dumps(document).encode(), "x.json")

    assert row.verdict is Verdict.REDACTED
    assert row.confidential == {place(row)["id"]}
    assert "latitude" not in place(row)


def test_tables_of_3_in_an_archive() -> None:
    key, owner = str(uuid4()), str(uuid4())
    packed = archive(
        organizations=f"id,name,description\n{owner},Harbor,Harbor Health\n{uuid4()},Alone,Nobody's",
        services=f"id,organization_id,name,status\n{key},{owner},Naloxone,active",
        phones=f"id,service_id,number\n{uuid4()},{key},410-555-0100",
    )
    offered, alone = read(packed, "package.zip")

    assert sniff(packed, "package.zip") is FileFormat.HSDS_TABLES
    assert service(offered)["phones"][0]["number"] == "410-555-0100"
    assert offered.bundle
    assert list(offered.bundle.organizations) == [owner]
    assert alone.name == "Alone"


def test_old_tables_in_an_archive_and_in_a_folder(tmp_path: Path) -> None:
    tables = {
        "organizations": "id,name,description\n1,Harbor,Harbor Health",
        "locations": "id,organization_id,name\n1,1,Harbor",
        "services": "id,organization_id,name,status\n1,1,Clinic,active",
        "services_at_location": "id,service_id,location_id\n1,1,1",
        "regular_schedules": "id,service_id,weekday,opens_at,closes_at\n,1,Monday,9:00am,5:00pm",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    packed = archive(**tables)
    (zipped,) = read(packed, "old.zip")
    (unpacked,) = read(tmp_path, "old")  # type: ignore[arg-type]  # a folder is content too

    assert sniff(packed, "old.zip") is FileFormat.LEGACY_TABLES
    assert service(zipped)["schedules"][0]["opens_at"] == "09:00:00"
    assert service(zipped) == service(unpacked)
    assert zipped.key == unpacked.key


def test_bombs_and_locked_or_foreign_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotRead, match="No table"):
        sniff(archive(something="a,b\n1,2"), "x.zip")
    with pytest.raises(CannotRead, match="damaged"):
        sniff(b"PK\x03\x04 nothing", "x.zip")
    with pytest.raises(CannotRead, match="more than 200 files"):
        sniff(archive(**{f"services{n}": "id" for n in range(201)}), "x.zip")
    monkeypatch.setattr(opening, "MOST_BYTES", 1_000_000)
    with pytest.raises(CannotRead, match="1 MB"):
        sniff(archive(services="id\n" + "0" * 2_000_000), "x.zip")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[1, 2]", b'{"a": [', b"\x00\x01\x02\x03" * 9, b"PNG"])
def test_a_file_of_something_else_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(CannotRead):
        sniff(content, "picture.png")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.4\n1 0 obj, <<, >>\n", "This is a PDF"), (bytes(range(256)) * 40, "no directory that can be read")],
)
def test_what_only_calls_itself_a_table_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(CannotRead, match=sentence):
        sniff(content, "places.csv")


def test_a_table_in_utf_16_is_a_table() -> None:
    assert sniff("name,city\nPantry,Baltimore\n".encode("utf-16"), "places.csv") is FileFormat.PLAIN_TABLE
