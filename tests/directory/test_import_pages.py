"""A lead brings a file in, page by page."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.directory.actions import imports
from harmreduction.directory.models import DirectoryImport, DirectoryImportRow, DirectorySource, Service
from tests.directory.builders import service_document
from tests.directory.import_files import PANTRIES, as_json, fields_on, seen_on, upload
from tests.factories import SYSTEM
from tests.pages import PageClient, text_of

SignIn = Callable[..., PageClient]


@pytest.fixture
def lead(sign_in_as: SignIn) -> PageClient:
    return sign_in_as("programme_lead")


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def read_as_guessed(lead: PageClient, address: str) -> str:
    """Confirm what the columns mean, and return the preview."""
    lead.send(f"{address}/columns", **fields_on(lead.page(address)))
    return lead.page(address)


def test_a_table_is_understood_looked_at_confirmed_and_found(lead: PageClient) -> None:
    address = upload(lead)
    page = lead.page(address)
    assert "What the columns mean" in page
    assert "For example: Example Pantry" in text_of(page)

    preview = read_as_guessed(lead, address)

    assert "3 new" in text_of(preview)
    assert "1 refused" in text_of(preview)
    assert "1 repeated" in text_of(preview)
    assert "It is the same as row 2." in preview
    assert count(Service) == 0

    lead.send(f"{address}/confirm", seen=seen_on(preview))

    assert "Brought in" in text_of(lead.page(address))
    assert "Second Pantry" in text_of(lead.page("/find/?words=second"))
    assert count(Service) == 3
    events = db.session.scalars(select(AuditEntry.event)).all()
    assert events.count("DIRECTORY_IMPORTED") == 1
    entry = db.session.scalars(select(DirectoryImport)).one()
    assert (entry.content, entry.state) == (None, "done")
    assert db.session.scalars(select(DirectoryImportRow.verdict)).all() == ["refused"]


def test_refused_rows_are_downloaded_without_formulas(lead: PageClient) -> None:
    address = upload(lead, PANTRIES.replace(",,,,,410-555-0199,", '=cmd(),,,,"\x07",,'))
    read_as_guessed(lead, address)
    text = lead.get(f"{address}/refused.csv").get_data(as_text=True)
    assert "It holds characters that are not text" in text
    assert '"=' not in text


def test_a_payload_in_a_name_is_text_in_the_preview(lead: PageClient) -> None:
    payload = "<script>alert(1)</script>"
    page = lead.page(upload(lead, as_json(service_document(payload)), "services.json"))
    assert payload not in page
    assert "&lt;script&gt;" in page


def test_the_same_file_again_offers_nothing(lead: PageClient) -> None:
    content = as_json(service_document())
    address = upload(lead, content, "services.json")
    lead.send(f"{address}/confirm", seen=seen_on(lead.page(address)))
    page = lead.page(upload(lead, content, "services.json"))
    assert "There is nothing to change." in page
    assert count(DirectorySource) == 1


def test_what_the_columns_mean_is_remembered_for_the_source(lead: PageClient) -> None:
    address = upload(lead)
    lead.send(f"{address}/columns", **fields_on(lead.page(address)) | {"terms": "food", "fallback_name": "Pantry"})
    page = lead.page(upload(lead))
    assert 'value="Pantry"' in page
    assert "checked" in page


def test_columns_can_be_said_again_before_the_decision(lead: PageClient) -> None:
    address = upload(lead)
    first = read_as_guessed(lead, address)
    again = lead.page(f"{address}?columns=1")
    lead.send(f"{address}/columns", **fields_on(again) | {"organization_name": "Example Food Bank"})
    assert lead.send(f"{address}/confirm", seen=seen_on(first), status=409)
    lead.send(f"{address}/confirm", seen=seen_on(lead.page(address)))
    assert count(Service) == 3


def test_a_table_in_which_nothing_is_a_name_or_an_address_is_not_read(lead: PageClient) -> None:
    address = upload(lead)
    fields = {name: "IGNORE" for name in fields_on(lead.page(address)) if name.startswith("columns")}
    response = lead.send(f"{address}/columns", **fields)
    assert "Choose which column holds the name or the address." in lead.page(str(response.location))


def test_leaving_forgets_the_file_and_its_rows(lead: PageClient) -> None:
    address = upload(lead)
    read_as_guessed(lead, address)
    lead.send(f"{address}/leave")
    assert count(DirectoryImportRow) == 0
    assert db.session.scalars(select(DirectoryImport.content)).one() is None
    assert "Nothing was changed" in lead.page(address)
    response = lead.send(f"{address}/leave")
    assert "This file is decided already." in lead.page(str(response.location))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no archive", b"\x00\x01\x02", b'{"a": '])
def test_what_is_no_directory_is_refused_with_a_sentence(lead: PageClient, content: bytes) -> None:
    data = {"file": (io.BytesIO(content), "file.csv"), "name": "Example list"}
    response = lead.post("/directory/import", data=data)
    assert response.status_code == 200
    assert "thing to look at" in text_of(response)
    assert count(DirectoryImport) == 0


def test_a_file_needs_a_source(lead: PageClient) -> None:
    response = lead.post("/directory/import", data={"file": (io.BytesIO(PANTRIES.encode()), "file.csv")})
    assert "Say where this file comes from." in text_of(response)


def test_an_upload_beyond_the_limit_is_not_accepted(lead: PageClient) -> None:
    large = io.BytesIO(b"x" * (20 * 1024 * 1024 + 1))
    answer = lead.post("/directory/import", data={"file": (large, "file.csv")})
    assert answer.status_code == 413
    assert "hr import-services FILE --source NAME" in answer.text


def test_a_source_of_which_a_file_was_only_looked_at_is_not_listed(lead: PageClient) -> None:
    address = upload(lead)
    assert '">Example list</option>' in lead.page("/directory/import")
    lead.send(f"{address}/leave")
    assert '">Example list</option>' not in lead.page("/directory/import")
    assert upload(lead) != address


def test_a_file_that_stopped_on_the_way_goes_on(lead: PageClient) -> None:
    named = imports.SourceNamed(name="Example list")
    import_id = imports.start_import(as_json(service_document()), "a.json", named, by=SYSTEM, at=now())
    address = f"/directory/import/{import_id}"
    moving = lead.get(address)
    assert moving.headers["Refresh"] == "2"
    assert "opens again by itself" in text_of(moving)
    with transaction():
        db.session.execute(update(DirectoryImport).values(moved_at=now() - timedelta(minutes=2)))
    stopped = lead.get(address)
    assert "Refresh" not in stopped.headers
    assert "This was interrupted." in text_of(stopped)

    lead.send(f"{address}/continue")
    lead.send(f"{address}/confirm", seen=seen_on(lead.page(address)))

    assert count(Service) == 1


def test_services_that_are_gone_from_the_source_can_be_taken_out_of_the_finder(lead: PageClient) -> None:
    first, second = service_document("Stays open"), service_document("Has moved away")
    address = upload(lead, as_json(first, second), "a.json")
    lead.send(f"{address}/confirm", seen=seen_on(lead.page(address)))
    address = upload(lead, as_json(first), "b.json")
    page = lead.page(address)
    assert "1 service came from this source before" in text_of(page)
    assert "Has moved away" in page
    lead.send(f"{address}/confirm", seen=seen_on(page), retires_missing="y")
    assert "Has moved away" not in text_of(lead.page("/find/?words=moved"))
    assert "1 now inactive" in text_of(lead.page(address))


def test_rows_are_filtered_and_paged(lead: PageClient) -> None:
    address = upload(lead, as_json(*(service_document(f"Site {number:02}") for number in range(30))), "a.json")
    page = lead.page(f"{address}?effect=new&page=2")
    assert "Site 25" in page
    assert "Site 24" not in page
    assert "No such rows" in lead.page(f"{address}?verdict=refused")


def test_what_would_change_is_said_in_words_without_numbers_that_nobody_knows(lead: PageClient) -> None:
    document = service_document("Union St")
    address = upload(lead, as_json(document), "a.json")
    lead.send(f"{address}/confirm", seen=seen_on(lead.page(address)))
    pair = document["service_at_locations"][0]
    place = pair["location"]
    moved = {**place, "addresses": [{**place["addresses"][0], "address_1": "9 Other St"}]}
    changed = {
        **document,
        "name": "Union Street",
        "x_own_field": "y",
        "organization": {"id": "other", "name": "Another One", "description": "Runs it now."},
        "service_at_locations": [{**pair, "location": moved}],
    }
    words = text_of(lead.page(upload(lead, as_json(changed), "b.json")))
    assert "Name Before: Union St After: Union Street" in words
    assert "Place: Address Before:" in words and "After: 9 Other St" in words
    assert "Organisation It differs in what people do not see here." in words
    assert "x own field After: y" in words
    assert "organization_id" not in words and "location." not in words
