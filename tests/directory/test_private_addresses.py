"""A private address stays private in whatever words a file says it again, and cells nobody explained never leave."""

import io
import json
import zipfile

import pytest

from harmreduction.core.clock import now
from harmreduction.directory.hsds.package import write_zip
from harmreduction.directory.json_lines import lines_of
from harmreduction.directory.queries import export, find_services
from harmreduction.directory.reading.hidden import HiddenAddress
from harmreduction.directory.rules.finder import Question
from tests.directory.builders import some_id
from tests.directory.import_files import as_json, bring_in
from tests.directory.reading import read, reasons, service, table
from tests.directory.test_reading_documents import a_service
from tests.directory.test_reading_icarol import AGENCY, PROGRAM, SITE
from tests.directory.test_reading_icarol import export as icarol

HEADER = ("name", "address", "city", "state", "zip", "private", "notes", "description", "hours", "phone", "services")
SAFE_HOUSE = (
    "Safe house", "78 Secretlane", "Baltimore", "MD", "21201", "yes", "Ring twice at 77 Secretlane",
    "A refuge at 78 Secretlane", "Mon-Fri 9-17", "410-555-0101", "Naloxone; Shelter",
)  # fmt: skip


def safe_house(**cells):
    """Return a table with a shelter whose address is private, some of its cells changed."""
    return table(HEADER, [cells.get(column, cell) for column, cell in zip(HEADER, SAFE_HOUSE, strict=True)])


def public_texts():
    """Return every public form of the directory as text."""
    stream = io.BytesIO()
    write_zip(export.public_bundle(), stream)
    with zipfile.ZipFile(stream) as packed:
        texts = [packed.read(name).decode() for name in packed.namelist()]
    return "".join([*texts, *("".join(lines_of(shape, is_whole=False)) for shape in ("json", "ndjson"))])


def whole_text():
    """Return the whole directory as text."""
    return "".join(lines_of("json", is_whole=True))


def test_columns_that_are_kept_and_not_shown_leave_only_in_the_whole_export(database, app):
    rows = table((*HEADER[:5], "door code", "staff cell"), ("Pantry", *SAFE_HOUSE[1:5], "4713#", "410-555-9997"))
    bring_in(rows, "pantries.csv")
    bring_in(icarol(AGENCY, SITE, PROGRAM), "export.csv", source="211")
    answer = app.test_client().get("/hsds/services?full=true").text
    for text in (public_texts(), answer):
        assert "Pantry" in text and "Methadone clinic" in text
        assert not [secret for secret in ("source_row", "4713#", "555-9997", "MD - Baltimore") if secret in text]
    assert all(kept in whole_text() for kept in ("source_row", "4713#", "410-555-9997", "MD - Baltimore"))


def test_notes_and_description_of_a_private_row_stay_private_and_nobody_finds_it_by_them(database):
    bring_in(safe_house(), "shelters.csv")
    assert "secretlane" not in public_texts().lower()
    assert "Safe house" in public_texts()
    assert find_services(Question(words="secretlane"), at=now()).total == 0
    assert find_services(Question(words="safe house"), at=now()).total == 1
    assert "Ring twice at 77 Secretlane" in whole_text() and "A refuge at 78 Secretlane" in whole_text()


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "The Secretlane house"},
        {"name": "House 78"},
        {"hours": "Mon-Fri 9-17 at 78 Secret Lane"},
        {"services": "Shelter behind 21201"},
        {"services": "Shelter; ring at 5 Other Street"},
        {"phone": "410-555-0101 (Secretlane desk)"},
    ],
)
def test_a_cell_that_tells_the_private_address_is_held_back_and_named(cells):
    [row] = read(safe_house(**cells), "shelters.csv")
    [column], [cell] = cells.keys(), cells.values()
    assert f"Not published, because it tells the private address: {column}." in reasons(row)
    assert "Not published, because the address is private: description, notes." in reasons(row)
    public = {name: value for name, value in service(row).items() if not name.startswith("_")}
    assert cell not in json.dumps(
        [public, row.name, *(it.document["name"] for it in row.bundle.organizations.values())]
    )
    assert cell in service(row)["_held_back"]


def test_the_phone_stays_where_the_words_beside_it_go():
    [row] = read(safe_house(phone="410-555-0101 (Secretlane desk)"), "shelters.csv")
    assert [phone["number"] for phone in service(row)["phones"]] == ["410-555-0101"]


def test_what_tells_nothing_of_the_address_is_published():
    [row] = read(safe_house(), "shelters.csv")
    assert service(row)["description"] == "Naloxone; Shelter"
    assert service(row)["schedules"] and service(row)["phones"]


@pytest.mark.parametrize("column", ["Internal notes", "staff_notes", "Notes (internal)", "private comments"])
def test_notes_of_the_team_are_kept_private_and_other_notes_are_public(column):
    [row] = read(table((*HEADER[:5], column, "notes"), ("Pantry", *SAFE_HOUSE[1:5], "Key is under it", "Ring twice")))
    assert (service(row)["_notes"], service(row)["description"]) == ("Key is under it", "Ring twice")


@pytest.mark.parametrize(
    ("street", "text", "is_told"),
    [
        ("12 North Main St.", "Use the door on Main Street", True),
        ("12 North Main St.", "Open 12 hours", True),
        ("4 B Street", "Hepatitis B vaccine", False),
        ("4 B Street", "Turn into B St", True),
        ("77 Highway 9", "Along Highway 9", True),
        ("5 12th Ave", "Between 11th and 12th", True),
        ("12 Quiet Lane", "www.quietlanehouse.example", False),
        ("12 Quietwater Lane", "www.quietwaterhouse.example", True),
        ("", "Anywhere", False),
    ],
)
def test_a_text_tells_an_address_by_its_street_or_its_number(street, text, is_told):
    assert HiddenAddress.of(street).is_told_in(text) is is_told


def test_a_211_export_holds_back_what_tells_a_private_address_in_the_row_and_at_its_agency():
    site = SITE | {"PhysicalAddressIsPrivate": "Yes", "AgencyDescription": "At 10 Quay Street"}
    program = PROGRAM | {"AgencyDescription": "Ask on Quay St.", "ApplicationProcess": "Call first"}
    rows = read(icarol(AGENCY | {"AgencyDescription": "Near Quay Street"}, site, program), "export.csv")
    assert "Quay" not in repr(rows)
    for row in rows:
        assert "Not published, because it tells the private address: agencydescription." in reasons(row)
    assert service(rows[2])["application_process"] == "Call first"


def test_hsds_holds_back_what_tells_the_address_of_a_place_called_redacted(database):
    document = a_service()
    place = document["service_at_locations"][0]["location"]
    place["location_type"] = "redacted"
    place["addresses"] = [{"id": some_id("address"), "address_1": "78 Secretlane", "city": "Baltimore"}]
    document |= {"description": "A refuge at 78 Secretlane", "eligibility_description": "Adults"}
    [row] = read(as_json(document), "x.json")
    assert "Not published, because it tells the private address: description." in reasons(row)
    bring_in(as_json(document))
    assert "Secretlane" not in public_texts() and "Adults" in public_texts()
    assert "A refuge at 78 Secretlane" in whole_text()
