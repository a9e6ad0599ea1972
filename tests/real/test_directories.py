"""Real directories, each with its own defects: every row is read, and every defect is named."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.reading import ReadRow, Verdict, guess_mapping, header_and_sample, read_rows, sniff
from harmreduction.directory.reading.places import Places
from tests.directory.reading import place, service

SOURCE = UUID("0b6c7d0e-3d0e-4a57-9f0d-3f6f6f1c1d11")

ZEROS = "The ZIP %(written)s is %(code)s: its first zeros are back."
DRAGGED = "The ZIP %(written)s was counted up from the row above. %(code)s is in %(city)s."
BLANKS = "Blanks around the text are gone: %(columns)s."
MARKUP = "Signs of web pages are now letters: %(columns)s."
NO_NAME = "It has no name, so it is called “%(name)s”."
BUT_FOR_ID = "It is the same as row %(row)s but for its id."
ZERO = "The position is 0, which is nowhere, so it is left out."
SHARED = "Many rows with other addresses have this position, so it is left out."
METRES = "The position was in metres of a web map and is now in degrees."
MIDDLE = "There is no position, so it is the middle of %(place)s."
ELSEWHERE = "The ZIP %(code)s lies elsewhere than %(town)s."


@pytest.fixture
def directories(real_data: Path) -> Path:
    return real_data / "directories"


def read(file: Path) -> list[ReadRow]:
    file_format = sniff(file, file.name)
    header, sample = header_and_sample(file, file_format)
    mapping = guess_mapping(header, sample, file.name) if header else None
    rows = list(read_rows(file, file_format, mapping, namespace=SOURCE, gazetteer=gazetteer()))
    usable = [row.key for row in rows if row.bundle]
    assert len(usable) == len(set(usable))
    return rows


def verdicts(rows: list[ReadRow]) -> Counter[str]:
    return Counter(row.verdict.value for row in rows)


def reasons(rows: list[ReadRow]) -> Counter[str]:
    return Counter(reason.text for row in rows for reason in row.reasons)


def without_address(rows: list[ReadRow]) -> int:
    return sum("addresses" not in place(row) for row in rows)


def test_treatment_in_the_united_states(directories: Path) -> None:
    rows = read(directories / "samhsa_sud_treatment_us.csv")

    assert verdicts(rows) == {"accepted": 12_263, "fixed": 1_767, "repeated": 4}
    assert len(rows) == 14_034
    assert reasons(rows)[ZEROS] == 1_382
    assert without_address([row for row in rows if row.bundle]) == 0


def test_pharmacies_in_new_jersey(directories: Path) -> None:
    """Fifteen ZIPs are one more than that of the row above; twelve of them are right, as the gazetteer knows."""
    file = directories / "nj_naloxone_pharmacies_geocoded.csv"
    rows = read(file)
    counted_up = [row for row in rows if any(reason.text == DRAGGED for reason in row.reasons)]

    assert len(rows) == 1_043
    assert verdicts(rows) == {"fixed": 1_043}
    assert rows[0].name == "Pharmacy, 616 Whitehorse Pike"
    assert reasons(rows)[NO_NAME] == 1_043
    assert [row.row_number for row in counted_up] == [3, 4, 5]
    assert {place(row)["addresses"][0]["postal_code"] for row in counted_up} == {"08201"}
    assert reasons(rows)[ZERO] == 1
    assert without_address(rows) == 1  # its street stands in the column of the ZIP too
    assert reasons(rows)[BUT_FOR_ID] == 17
    assert _one_more_than_above(file) == (15, 12)


def _one_more_than_above(file: Path) -> tuple[int, int]:
    """Return how many ZIPs are one more than that above in the same town, and how many of these are of that town."""
    _, sample = header_and_sample(file, sniff(file, file.name), rows=5_000)
    places = Places(gazetteer())
    following = [
        (row["ZIP"], row["CITY"])
        for above, row in pairwise(sample)
        if row["CITY"] == above["CITY"]
        and row["ZIP"].isdigit()
        and above["ZIP"].isdigit()
        and int(row["ZIP"]) == int(above["ZIP"]) + 1
    ]
    return len(following), sum(places.lies_in(code, city) for code, city in following)


def test_syringe_services_in_new_jersey(directories: Path) -> None:
    rows = read(directories / "nj_syringe_exchange_geocoded.csv")

    assert verdicts(rows) == {"accepted": 6, "fixed": 1}
    assert "(Mobile Site)" in rows[2].name
    assert without_address(rows) == 0


def test_naloxone_boxes_in_rhode_island_have_no_coordinates(directories: Path) -> None:
    rows = read(directories / "ri_community_naloxboxes.csv")

    assert verdicts(rows) == {"accepted": 4, "fixed": 45}
    assert reasons(rows) == {MIDDLE: 45}
    assert sum(bool(row.position_from) for row in rows) == 45
    assert without_address(rows) == 36  # they give no ZIP; what they give is the description of the place


def test_pharmacies_in_vancouver_are_clean(directories: Path) -> None:
    rows = read(directories / "vancouver_naloxone_pharmacies.csv")

    assert verdicts(rows) == {"accepted": 51}
    assert reasons(rows) == {}
    assert place(rows[0])["description"] == "5591 West Boulevard, Vancouver, BC"


def test_takeback_sites_in_new_york(directories: Path) -> None:
    rows = read(directories / "ny_drug_takeback_sites.json")

    assert verdicts(rows) == {"accepted": 594}
    assert without_address(rows) == 0
    assert reasons(rows) == {ELSEWHERE: 1}


def test_syringe_services_in_philadelphia(directories: Path) -> None:
    rows = read(directories / "philly_ssp_sites_geo.csv")
    corners = [row for row in rows if row.name.startswith("Mobile, ")]

    assert len(rows) == len(read(directories / "philly_ssp_sites.csv")) == 26
    assert verdicts(rows) == {"accepted": 20, "fixed": 6}
    assert reasons(rows)[BUT_FOR_ID] == 1
    assert sum("latitude" not in place(row) or bool(row.position_from) for row in rows) == 9
    assert without_address(corners) == len(corners) == 11


def test_food_sites_of_many_sources(directories: Path) -> None:
    rows = read(directories / "haarrrvest_food_sites_raw.jsonl")
    told = reasons(rows)

    assert len(rows) == 3_169
    assert verdicts(rows)["refused"] == 7  # summaries of the programs that collected them
    assert (told[METRES], told[ZERO], told[SHARED]) == (338, 278, 144)
    assert told[MARKUP] == 179
    assert told["A phone number stood where the address belongs."] == 149
    assert told["A phone number stood where the hours belong."] == 19


def test_human_services_in_miami(directories: Path) -> None:
    rows = read(directories / "miami-211-hsds1.1")
    services = [service(row) for row in rows if row.bundle and row.bundle.services]
    schedules = [schedule for document in services for schedule in document.get("schedules", [])]

    assert len(services) == 4_089
    assert sum(len(schedule["byday"].split(",")) for schedule in schedules if "byday" in schedule) == 11_350
    assert not any(row.verdict is Verdict.REFUSED for row in rows)
