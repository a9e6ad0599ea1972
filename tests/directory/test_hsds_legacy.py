"""Directories of HSDS 1.x and 2.x, with their integer ids, weekdays and "9:00am"."""

from collections import Counter
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_DNS

import pytest

from harmreduction.directory.hsds.assembly import Shelf, assemble_service
from harmreduction.directory.hsds.bundle import Bundle, Closure
from harmreduction.directory.hsds.checks import check
from harmreduction.directory.hsds.ids import stable_id
from harmreduction.directory.hsds.legacy import looks_legacy, read_legacy
from harmreduction.directory.hsds.legacy_hours import read_hours, read_weekday
from tests.directory.hsds_files import FOLDER, faults, tables

HELPLINE = "c89eb05c-62dd-4b64-b494-0cc347b6ea7f"
SANCTUARY = "30b83c60-64a1-11e6-8b77-86f30ca893d3"
Rows = dict[str, list[dict[str, str]]]


def city() -> Rows:
    """Return a small directory as cities published them."""
    hours = {"service_id": "7", "opens_at": "9:00am", "closes_at": "5:00pm", "original_text": "9-5, Mon-Tue"}
    return {
        "organizations": [{"id": "1", "name": "Harbor ", "url": "www.example.org", "description": ""}],
        "services": [{"id": "7", "organization_id": "1", "name": "Needs", "description": "One.\\n\\nTwo."}],
        "locations": [{"id": "7", "organization_id": "1", "name": "Pier", "latitude": "25.77", "longitude": "-80.2"}],
        "services_at_location": [{"id": "7", "service_id": "7", "location_id": "7"}],
        "physical_addresses": [
            {"id": "7", "location_id": "7", "address_1": "1 Main", "city": "Miami", "state_province": "FL ",
             "postal_code": "33101", "country": "   ", "address_3": "Floor 2"}
        ],
        "phones": [{"id": "7", "service_id": "7", "number": "555 0100", "extension": "x12", "language": "en, Spanish"}],
        "regular_schedules": [hours | {"weekday": "Monday"}, hours | {"weekday": "Tuesday"}],
        "eligibility": [{"service_id": "7", "eligibility": "Adults"}, {"service_id": "", "eligibility": "Nobody's"}],
        "languages": [{"id": "7", "service_id": "7", "language": name} for name in ("English", "Creole ways")],
        "taxonomy": [{"id": "LT", "name": "Testing", "parent_id": "L", "vocabulary": "Ours"}, {"id": "L", "name": "L"}],
        "services_taxonomy": [{"id": "7", "service_id": "7", "taxonomy_id": "LT", "taxonomy_detail": "free"}],
    }  # fmt: skip


def read(rows: Rows) -> Bundle:
    return read_legacy(rows, NAMESPACE_DNS)


def only_service(bundle: Bundle) -> dict[str, object]:
    (key,) = bundle.services
    return assemble_service(Shelf.of(bundle), key)


def test_a_city_becomes_a_valid_directory_of_today() -> None:
    document = only_service(read(city()))
    assert faults(document, "service") == []
    assert check(document, "service") == []
    assert (document["status"], document["description"]) == ("active", "One.\n\nTwo.")
    assert document["eligibility_description"] == "Adults"


def test_ids_are_the_same_each_time_and_the_old_ones_are_kept_beside() -> None:
    bundle = read(city())
    key = stable_id(NAMESPACE_DNS, "service", "7")
    assert bundle.services.keys() == read(city()).services.keys() == {key}
    assert bundle.services[key].source_key == "services|7"
    assert bundle.taxonomy_terms[stable_id(NAMESPACE_DNS, "taxonomy_term", "LT")].document["code"] == "LT"


def test_a_week_of_rows_becomes_one_schedule_with_its_words() -> None:
    (schedule,) = only_service(read(city()))["schedules"]  # type: ignore[attr-defined]
    assert {key: schedule[key] for key in ("byday", "opens_at", "closes_at", "freq", "description")} == {
        "byday": "MO,TU",
        "opens_at": "09:00:00",
        "closes_at": "17:00:00",
        "freq": "WEEKLY",
        "description": "9-5, Mon-Tue",
    }


def test_parts_find_their_places_of_today() -> None:
    document = only_service(read(city()))
    (phone,), (attribute,) = document["phones"], document["attributes"]  # type: ignore[misc,attr-defined]
    assert phone["number"] == "555 0100 x12"
    assert {language["code"] for language in phone["languages"]} == {"en", "es"}
    assert attribute["value"] == "free"
    assert attribute["taxonomy_term"]["name"] == "Testing"
    assert attribute["taxonomy_term"]["taxonomy_detail"]["name"] == "Ours"
    organization = document["organization"]
    assert (organization["name"], organization["website"]) == ("Harbor", "http://www.example.org")  # type: ignore[index]
    (address,) = document["service_at_locations"][0]["location"]["addresses"]  # type: ignore[index]
    assert (address["state_province"], address["country"], address["address_2"]) == ("FL", "US", "Floor 2")


def test_half_an_address_is_kept_and_reported_but_is_no_address() -> None:
    rows = city()
    del rows["physical_addresses"][0]["city"]
    bundle = read(rows)
    (place,) = bundle.locations.values()
    assert "addresses" not in place.document
    assert place.document["incomplete_addresses"][0]["postal_code"] == "33101"
    assert [(problem.path, problem.code) for problem in bundle.problems] == [
        ("physical_addresses.2", "address_incomplete")
    ]


def test_hours_that_cannot_be_read_are_named_and_their_words_kept() -> None:
    rows = city()
    rows["regular_schedules"][0] |= {"closes_at": "5:00", "original_text": "9:00am-5:00"}
    bundle = read(rows)
    (problem,) = bundle.problems
    assert (problem.path, problem.code) == ("regular_schedules.2", "hours_unread")
    assert "9:00am" in str(problem.message)
    schedules = only_service(bundle)["schedules"]
    assert {"description": "9:00am-5:00", "byday": "MO", "freq": "WEEKLY"}.items() <= schedules[0].items()  # type: ignore[index]
    assert "opens_at" not in schedules[0]  # type: ignore[index]


def test_what_belongs_to_nothing_is_kept() -> None:
    bundle = read(city() | {"ratings": [{"id": "1", "stars": "5"}]})
    assert [row["eligibility"] for row in bundle.loose["eligibility"].values()] == ["Nobody's"]
    assert [row["stars"] for row in bundle.loose["ratings"].values()] == ["5"]


def test_the_second_service_with_an_id_is_reported() -> None:
    rows = city()
    rows["services"].append({"id": "7", "name": "Other"})
    bundle = read(rows)
    assert [record.document["name"] for record in bundle.services.values()] == ["Needs"]
    assert [problem.path for problem in bundle.problems] == ["services.3"]


def test_tables_of_version_2_are_read_too() -> None:
    rows = city()
    del rows["taxonomy"], rows["services_taxonomy"], rows["regular_schedules"]
    rows["taxonomy_terms"] = [{"id": "LT", "term": "Testing"}]
    rows["service_attributes"] = [{"id": "1", "service_id": "7", "taxonomy_term_id": "LT"}]
    rows["other_attributes"] = [{"id": "2", "link_id": "7", "link_type": "location", "taxonomy_term_id": "LT"}]
    rows["schedules"] = [{"id": "1", "service_id": "7", "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00"}]
    bundle = read(rows)
    (service,), (place,) = bundle.services.values(), bundle.locations.values()
    for document in (service.document, place.document):
        assert document["attributes"][0]["taxonomy_term"]["name"] == "Testing"
    assert service.document["schedules"][0]["byday"] == "MO"


def test_the_official_sample_is_read_whole() -> None:
    bundle = read_legacy(tables(FOLDER / "1.1"), NAMESPACE_DNS)
    assert (len(bundle.services), len(bundle.locations), len(bundle.organizations)) == (13, 10, 10)
    assert bundle.closures == [
        Closure(
            from_day=date(2019, 12, 24),
            until_day=date(2019, 12, 26),
            service_id=HELPLINE,
            location_id=SANCTUARY,
            service_at_location_id="d254626c-6858-46ad-850a-6e1c53ea463a",
        )
    ]
    document = assemble_service(Shelf.of(bundle), HELPLINE)
    assert faults(document, "service") == []
    assert document["payments_accepted"] == ["cash", "credit card"]
    assert [schedule["byday"] for schedule in document["schedules"]] == ["MO,TU,WE"]


def test_holidays_with_other_hours_and_without_dates() -> None:
    rows = city()
    rows["holiday_schedules"] = [
        {"service_id": "7", "closed": "false", "opens_at": "8:00pm", "closes_at": "2:00am", "start_date": "2026-12-31"},
        {"service_id": "7", "closed": "true", "start_date": "soon"},
    ]
    bundle = read(rows)
    (special,) = bundle.closures
    assert (special.opens, special.closes, special.until_day) == (20 * 60, 26 * 60, None)
    assert special.service_id in bundle.services
    assert [problem.path for problem in bundle.problems] == ["holiday_schedules.3"]


@pytest.mark.parametrize(
    ("text", "day"), [("Monday", "MO"), ("sun", "SU"), ("7", "SU"), ("0", None), ("someday", None)]
)
def test_weekdays_by_name_or_number(text: str, day: str | None) -> None:
    assert read_weekday(text) == day


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        ("7:30 am ", "6:00 pm", ("07:30:00", "18:00:00")),
        ("6:30am", "12:00pm (dispensing)", ("06:30:00", "12:00:00")),
        ("09:00:00", "17:00:00", ("09:00:00", "17:00:00")),
        ("9am", "12:30pm", ("09:00:00", "12:30:00")),
        ("9:00am", "5:00", None),
        ("830am", "5:30pm", None),
        ("", "6:00pm", None),
        ("6:30am", "6:300pm", None),
    ],
)
def test_hours_as_people_write_them(opens: str, closes: str, hours: tuple[str, str] | None) -> None:
    assert read_hours(opens, closes) == hours


def test_the_version_is_told_by_the_names_of_the_tables() -> None:
    assert looks_legacy(["services.csv", "regular_schedules.csv"])
    assert not looks_legacy(["services.csv", "schedules.csv", "service_at_location.csv"])


def test_miami_is_read_whole(real_data: Path) -> None:
    bundle = read_legacy(tables(real_data / "directories/miami-211-hsds1.1/data"), NAMESPACE_DNS)
    assert (len(bundle.services), len(bundle.organizations), len(bundle.locations)) == (4_089, 1_074, 4_089)
    assert Counter((problem.path.partition(".")[0], problem.code) for problem in bundle.problems) == {
        ("regular_schedules", "hours_unread"): 174,  # 122 of them have no hours at all
        ("physical_addresses", "address_incomplete"): 6,
        ("taxonomy", "same_id"): 3,
    }
    assert len(bundle.loose["eligibility"]) == 2_244  # none names its service
    shelf = Shelf.of(bundle)
    assert [key for key in list(bundle.services)[::50] if faults(assemble_service(shelf, key), "service")] == []
