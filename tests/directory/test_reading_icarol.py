import csv
import io
import json

from harmreduction.directory.reading import FileFormat, Verdict, sniff
from harmreduction.directory.terms_as_attributes import codes_in
from tests.directory.reading import place, read, reasons, service

AGENCY = {
    "ResourceAgencyNum": "100",
    "PublicName": "Harbor Health",
    "TaxonomyLevelName": "Agency",
    "ParentAgencyNum": "0",
}
SITE = {
    "ResourceAgencyNum": "101",
    "PublicName": "Harbor Health, North",
    "TaxonomyLevelName": "Site",
    "ParentAgencyNum": "100",
    "PhysicalAddress1": "10 Quay Street",
    "PhysicalCity": "Baltimore",
    "PhysicalStateProvince": "MD",
    "PhysicalPostalCode": "21201",
    "PhysicalCountry": "United States",
    "PhysicalAddressIsPrivate": "No",
    "Latitude": "39.29",
    "Longitude": "-76.62",
}
PROGRAM = {
    "ResourceAgencyNum": "102",
    "PublicName": "Methadone clinic",
    "TaxonomyLevelName": "Program",
    "ParentAgencyNum": "100",
    "ConnectsToSiteNum": "101",
    "TaxonomyCodes": "RX-8450.5000-510; LF-4900.2400",
    "TaxonomyTerms": "Methadone Maintenance; HIV Testing",
    "Phone1Number": "410-555-0100",
    "Phone1Name": "Main",
    "Phone1IsPrivate": "No",
    "HoursOfOperation": "Mon-Fri 6am-2pm",
    "Eligibility": "Adults",
    "MainContactName": "Somebody Private",
    "InternalNotes": "the back door",
    "Coverage": "MD - Baltimore",
}


def export(*rows: dict[str, str]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_agencies_sites_and_programs_become_organizations_places_and_services() -> None:
    content = export(AGENCY, SITE, PROGRAM)
    agency, site, program = read(content, "export.csv")

    assert sniff(content, "export.csv") is FileFormat.ICAROL
    assert [row.verdict for row in (agency, site, program)] == [Verdict.ACCEPTED] * 3
    assert agency.bundle and site.bundle and program.bundle
    assert list(agency.bundle.organizations) == list(program.bundle.organizations) == list(site.bundle.organizations)
    assert list(site.bundle.locations) == list(program.bundle.locations)
    assert place(site)["addresses"][0]["postal_code"] == "21201"
    (pair,) = program.bundle.service_at_locations.values()
    assert (pair.service_id, pair.location_id) == (service(program)["id"], place(site)["id"])


def test_a_program_says_what_it_offers_in_our_terms_and_keeps_the_codes_it_came_with() -> None:
    program = read(export(AGENCY, SITE, PROGRAM))[2]
    document = service(program)

    assert codes_in(document) == {"moud", "testing"}
    assert [term["taxonomy_term"]["code"] for term in document["attributes"][:2]] == [
        "RX-8450.5000-510",
        "LF-4900.2400",
    ]
    assert document["phones"][0]["number"] == "410-555-0100"
    assert document["schedules"][0]["opens_at"] == "06:00:00"
    assert document["source_row"] == {"coverage": "MD - Baltimore"}
    assert program.bundle
    assert len(program.bundle.taxonomy_terms) == 4


def test_names_of_staff_and_internal_notes_are_never_read() -> None:
    told = json.dumps([repr(row) for row in read(export(AGENCY, SITE, PROGRAM))])

    assert "Somebody Private" not in told
    assert "back door" not in told


def test_a_private_address_is_never_read() -> None:
    for flag in ("Yes", "TRUE", "1", "private", "perhaps"):
        rows = read(export(AGENCY, SITE | {"PhysicalAddressIsPrivate": flag}, PROGRAM))
        assert rows[1].verdict is Verdict.REDACTED
        assert reasons(rows[1]) == ["The address is private, so it is left out."]
        assert rows[1].confidential == rows[2].confidential == {place(rows[1])["id"]}
        told = "".join(repr(row) for row in rows)
        assert not any(secret in told for secret in ("Quay", "21201", "39.29", "-76.62"))


def test_a_private_phone_goes_and_the_others_stay() -> None:
    phones = {"Phone1IsPrivate": "Yes", "Phone10Number": "410-555-0199", "Phone10IsPrivate": "No"}
    program = read(export(AGENCY, SITE, PROGRAM | phones))[2]

    assert [phone["number"] for phone in service(program)["phones"]] == ["410-555-0199"]
    assert program.verdict is Verdict.REDACTED
    assert "410-555-0100" not in repr(program)


def test_a_program_at_a_site_joins_the_two() -> None:
    alone = {key: value for key, value in PROGRAM.items() if key != "ConnectsToSiteNum"}
    joined = {
        "ResourceAgencyNum": "103",
        "PublicName": "Methadone clinic, North",
        "TaxonomyLevelName": "ProgramAtSite",
        "ParentAgencyNum": "100",
        "ConnectsToProgramNum": "102",
        "ConnectsToSiteNum": "101",
    }
    _, site, program, pair = read(export(AGENCY, SITE, alone, joined))

    assert program.bundle
    assert program.bundle.service_at_locations == {}
    assert service(pair)["id"] == service(program)["id"]
    assert place(pair)["id"] == place(site)["id"]


def test_rows_without_a_number_are_refused_and_repeated_ones_told() -> None:
    rows = read(export(AGENCY, AGENCY, AGENCY | {"PublicName": "Other"}, {"PublicName": "No number"}))

    assert [row.verdict.value for row in rows] == ["accepted", "repeated", "refused", "refused"]


def test_agencies_that_name_each_other_as_parents_end() -> None:
    first = AGENCY | {"ParentAgencyNum": "200"}
    second = AGENCY | {"ResourceAgencyNum": "200", "ParentAgencyNum": "100"}

    assert len(read(export(first, second, PROGRAM))) == 3
