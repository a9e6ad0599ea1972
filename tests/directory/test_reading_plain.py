import json
from math import cos, log, pi, radians, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.messages import Message
from harmreduction.directory.reading import CannotRead, ColumnUse, PlainMapping, ReadRow, Verdict, guess_mapping
from harmreduction.directory.reading.positions import EARTH_RADIUS
from harmreduction.directory.terms_as_attributes import codes_in
from tests.directory.reading import place, read, reasons, service, table

HEADER = ("Name", "Address", "City", "State", "ZIP", "Latitude", "Longitude")


def one(*cells: str, header: tuple[str, ...] = HEADER, name: str = "places.csv") -> ReadRow:
    (row,) = read(table(header, cells), name)
    return row


def test_a_whole_row_becomes_a_service_at_a_place_of_an_organization() -> None:
    row = one("Corner Clinic", "616 Pike Street", "Absecon", "NJ", "08201", "39.43", "-74.51")

    assert row.verdict is Verdict.ACCEPTED
    assert row.reasons == []
    assert service(row)["name"] == "Corner Clinic"
    assert place(row)["addresses"][0] | {"id": ""} == {
        "id": "",
        "address_1": "616 Pike Street",
        "city": "Absecon",
        "state_province": "NJ",
        "postal_code": "08201",
        "country": "US",
        "address_type": "physical",
    }
    assert (place(row)["latitude"], place(row)["longitude"]) == (39.43, -74.51)
    assert row.bundle
    assert len(row.bundle.service_at_locations) == len(row.bundle.organizations) == 1


def test_the_same_file_gives_the_same_ids_again_even_after_a_zip_was_repaired() -> None:
    lost = one("Corner Clinic", "616 Pike Street", "Absecon", "NJ", "8201", "", "")
    right = one("Corner Clinic", "616 Pike Street", "Absecon", "NJ", "08201", "39.4", "-74.5")

    assert service(lost)["id"] == service(right)["id"]
    assert place(lost)["id"] == place(right)["id"]


@pytest.mark.parametrize(
    ("written", "state", "code"),
    [("8201", "NJ", "08201"), ("501", "NY", "00501"), ("2907", "RI", "02907"), ("926", "PR", "00926")],
)
def test_lost_zeros_of_a_zip_come_back_where_the_state_says_so(written: str, state: str, code: str) -> None:
    row = one("Clinic", "1 Main St", "Sometown", state, written, "41", "-72")

    assert row.verdict is Verdict.FIXED
    assert place(row)["addresses"][0]["postal_code"] == code
    assert f"The ZIP {written} is {code}: its first zeros are back." in reasons(row)


def test_a_short_zip_of_a_state_without_zeros_is_left_out_and_said() -> None:
    row = one("Clinic", "1 Main St", "Austin", "TX", "8201", "30.2", "-97.7")

    assert "“8201” is no ZIP code, so the row has none." in reasons(row)
    assert "addresses" not in place(row)
    assert place(row)["description"] == "1 Main St, Austin, TX"
    assert service(row)["source_row"]["ZIP"] == "8201"


def test_zips_that_were_dragged_down_are_those_of_the_first_row_again() -> None:
    rows = read(
        table(HEADER, *(("Clinic", f"{n} Pike", "Absecon", "NJ", f"0820{n}", "39.4", "-74.5") for n in range(1, 5)))
    )

    assert [place(row)["addresses"][0]["postal_code"] for row in rows] == ["08201"] * 4
    assert [row.verdict for row in rows] == [Verdict.ACCEPTED, *[Verdict.FIXED] * 3]
    assert reasons(rows[3]) == ["The ZIP 08204 was counted up from the row above. 08201 is in Absecon."]


def test_neighbouring_zips_of_one_city_are_no_mistake() -> None:
    rows = read(
        table(
            HEADER,
            ("A", "1 Park Ave", "Camden", "NJ", "08104", "39.9", "-75.1"),
            ("B", "2 Park Ave", "Camden", "NJ", "08105", "39.9", "-75.1"),
        )
    )

    assert place(rows[1])["addresses"][0]["postal_code"] == "08105"
    assert rows[1].verdict is Verdict.ACCEPTED


def test_a_zip_of_another_town_is_said_and_left() -> None:
    row = one("Clinic", "1 Main St", "Absecon", "NJ", "08204", "39.4", "-74.5")

    assert place(row)["addresses"][0]["postal_code"] == "08204"
    assert reasons(row) == ["The ZIP 08204 lies elsewhere than Absecon, NJ."]


def test_blanks_and_signs_of_web_pages_go() -> None:
    row = one("Lorraine&#8217;s Kitchen ", " 1 Main St", "Absecon", "NJ", "08201", "39.4", "-74.5")

    assert service(row)["name"] == "Lorraine’s Kitchen"
    assert reasons(row) == [
        "Blanks around the text are gone: Name, Address.",
        "Signs of web pages are now letters: Name.",
    ]


@given(
    latitude=st.floats(min_value=25, max_value=49),
    longitude=st.floats(min_value=-124, max_value=-67),
)
def test_metres_of_a_web_map_become_degrees(latitude: float, longitude: float) -> None:
    north = EARTH_RADIUS * log(tan(pi / 4 + radians(latitude) / 2))
    east = EARTH_RADIUS * radians(longitude)
    row = one("Clinic", "1 Main St", "", "", "", repr(north), repr(east))

    assert place(row)["latitude"] == pytest.approx(latitude, abs=1e-6)
    assert place(row)["longitude"] == pytest.approx(longitude, abs=1e-6)
    assert "The position was in metres of a web map and is now in degrees." in reasons(row)
    assert cos(radians(latitude)) > 0


def test_swapped_latitude_and_longitude_change_places() -> None:
    for written in (("-74.51", "39.43"), ("-104.99", "39.74")):
        town = ("Absecon", "NJ", "08201") if written[0] == "-74.51" else ("Denver", "CO", "80202")
        row = one("Clinic", "1 Main St", *town, *written)
        assert (place(row)["latitude"], place(row)["longitude"]) == (float(written[1]), float(written[0]))
        assert "Latitude and longitude were swapped." in reasons(row)


@pytest.mark.parametrize("written", [("0", "0"), ("0.0", "-74"), ("91.5", "200"), ("north", "west"), ("nan", "inf")])
def test_a_position_that_is_none_falls_to_the_middle_of_the_zip_and_says_so(written: tuple[str, str]) -> None:
    row = one("Clinic", "1 Main St", "Absecon", "NJ", "08201", *written)

    assert row.position_from == {place(row)["id"]: "gazetteer"}
    assert place(row)["latitude"] == pytest.approx(39.43, abs=0.1)
    assert reasons(row)[-1] == "There is no position, so it is the middle of Absecon, NJ 08201."
    assert service(row)["source_row"] == {"Latitude": written[0], "Longitude": written[1]}


def test_one_point_for_many_addresses_is_no_position() -> None:
    rows = read(table(HEADER, *((f"Site {n}", f"{n} Main St", "", "NY", "", "40.71", "-74.0") for n in range(1, 30))))

    assert all("latitude" not in place(row) for row in rows)
    assert reasons(rows[0]) == ["Many rows with other addresses have this position, so it is left out."]


@pytest.mark.parametrize(
    ("whole", "street", "city", "state", "code"),
    [
        ("165 Henry Johnson Blvd, Albany, NY 12210", "165 Henry Johnson Blvd", "Albany", "NY", "12210"),
        ("2913 Kensington Ave, Philadelphia, PA, 19134", "2913 Kensington Ave", "Philadelphia", "PA", "19134"),
        ("50 Kennedy Plaza, Providence 02903", "50 Kennedy Plaza", "Providence", "RI", "02903"),
        ("249 Roosevelt Ave., STE 103, Pawtucket 02860", "249 Roosevelt Ave", "Pawtucket", "RI", "02860"),
        ("1901 North Olden Avenue Ewing, NJ 08618", "1901 North Olden Avenue", "Ewing", "NJ", "08618"),
    ],
)
def test_an_address_in_one_cell_is_taken_apart(whole: str, street: str, city: str, state: str, code: str) -> None:
    (row,) = read(json.dumps([{"name": "Clinic", "address": whole}]).encode(), "clinics.json")

    (address,) = place(row)["addresses"]
    assert (address["address_1"], address["city"]) == (street, city)
    assert (address["state_province"], address["postal_code"], address["country"]) == (state, code, "US")


def test_half_an_address_is_no_address_but_nothing_of_it_is_lost() -> None:
    (row,) = read(b'[{"name": "Barry Hall", "address": "14 Harrington Road, Cranston, RI"}]', "x.json")

    assert "addresses" not in place(row)
    assert place(row)["description"] == "14 Harrington Road, Cranston, RI"
    assert service(row)["source_row"] == {"address": "14 Harrington Road, Cranston, RI"}
    assert row.position_from


def test_a_mobile_corner_is_a_place_with_a_name_and_a_position_and_no_address() -> None:
    header = ("site_name", "site_location", "address", "description", "zip", "lat", "lng")
    row = one("Mobile", "10th & Fairmount", "", "Mobile Site", "19123", "39.96", "-75.15", header=header)

    assert service(row)["name"] == "Mobile, 10th & Fairmount"
    assert place(row) | {"id": ""} == {
        "id": "",
        "location_type": "physical",
        "name": "10th & Fairmount",
        "latitude": 39.96,
        "longitude": -75.15,
    }


def test_rows_without_a_name_are_called_by_kind_and_street() -> None:
    row = one("1", "616 Whitehorse Pike", "Absecon", "NJ", "08201", header=("ID", *HEADER[1:5]), name="pharmacies.csv")

    assert row.name == "Pharmacy, 616 Whitehorse Pike"
    assert row.verdict is Verdict.FIXED


def test_an_exact_repetition_is_told_from_one_with_another_id() -> None:
    header = ("site_id", *HEADER)
    clinic = ("Clinic", "1 Main St", "Absecon", "NJ", "08201", "39.4", "-74.5")
    first, again, other = read(table(header, ("7", *clinic), ("7", *clinic), ("8", *clinic)))

    assert first.verdict is Verdict.ACCEPTED
    assert again.verdict is Verdict.REPEATED
    assert reasons(again) == ["It is the same as row 2."]
    assert again.bundle is None
    assert reasons(other) == ["It is the same as row 2 but for its id."]
    assert other.verdict is Verdict.ACCEPTED


def test_a_row_that_says_nothing_about_a_place_is_refused() -> None:
    row = one("", "", "", "", "", "", "", "total: 1", header=(*HEADER, "remark of the export"))

    assert row.verdict is Verdict.REFUSED
    assert row.bundle is None


def test_an_address_that_a_column_calls_private_stays_private() -> None:
    header = (*HEADER, "confidential")
    row = one("", "616 Hidden Road", "Absecon", "NJ", "", "39.4", "-74.5", "yes", header=header, name="shelter.csv")

    assert row.verdict is Verdict.REDACTED
    assert row.confidential == {place(row)["id"]}
    assert "Hidden" not in json.dumps(service(row))
    assert "39.4" not in json.dumps(service(row))


def test_what_is_not_understood_is_kept() -> None:
    whole = [
        {"name": "Clinic", "address": "1 Main St, Absecon, NJ 08201", "_by": "x", "events": [{"id": 3, "on": True}]}
    ]
    (row,) = read(json.dumps(whole).encode(), "x.json")

    assert service(row)["source_row"] == {"_by": "x", "events": [{"id": 3, "on": True}]}


def test_phones_hours_languages_and_offers_find_their_places() -> None:
    whole = {
        "name": "Clinic",
        "address": "1 Main St, Absecon, NJ 08201",
        "phone": "(301) 345-6660 ext 2019",
        "hours": "9:00am-5:00pm, Mon-Fri",
        "languages": "English, Spanish",
        "services": ["Narcan", "Walk up", "No documents required", "no food"],
        "website": "www.example.org/clinic",
        "email": "info@example.org",
        "contact": "Somebody",
    }
    (row,) = read(json.dumps([whole]).encode(), "x.json")
    document = service(row)

    assert [(phone["number"], phone["extension"]) for phone in document["phones"]] == [("(301) 345-6660", 2019)]
    assert document["schedules"][0]["byday"] == "MO,TU,WE,TH,FR"
    assert document["schedules"][0]["description"] == "9:00am-5:00pm, Mon-Fri"
    assert [language["code"] for language in document["languages"]] == ["en", "es"]
    assert codes_in(document) == {"naloxone", "walk_in", "no_id"}
    assert document["url"] == "https://www.example.org/clinic"
    assert document["contacts"][0]["name"] == "Somebody"


def test_cells_in_the_wrong_column_are_put_back_where_nothing_else_can_be_meant() -> None:
    header = ("name", "address", "phone", "hours", "city", "state")
    phone = one("Temple", "Phone: 718-292-8734", "", "", "", "NY", header=header)
    church = one("Berwyn", "", "140 Waterloo Ave. Berwyn", "610-644-5555", "", "PA", header=header)

    assert service(phone)["phones"][0]["number"] == "718-292-8734"
    assert service(church)["phones"][0]["number"] == "610-644-5555"
    assert "140 Waterloo Ave" in place(church)["description"]


def test_a_website_that_is_no_link_is_no_link() -> None:
    (row,) = read(b'[{"name": "A", "address": "1 Main St", "website": "javascript:alert(1)"}]', "x.json")

    assert "url" not in service(row)
    assert service(row)["source_row"]["website"] == "javascript:alert(1)"


def test_columns_of_another_country() -> None:
    row = one("Vancouver BC", "5591 West Boulevard", "Kerrisdale Pharmacy", header=("City", "Address", "Name"))

    assert place(row)["description"] == "5591 West Boulevard, Vancouver, BC"
    assert row.verdict is Verdict.FIXED


def test_a_mapping_goes_to_the_database_and_back() -> None:
    mapping = guess_mapping(HEADER, [], "nj_naloxone_pharmacies.csv")

    assert PlainMapping.from_stored(json.loads(json.dumps(mapping.stored()))) == mapping
    assert mapping.terms == ("naloxone",)
    assert mapping.fallback_name == "Pharmacy"
    assert mapping.fingerprint != PlainMapping(uses={}).fingerprint
    assert all(isinstance(use.sentence, Message) for use in ColumnUse)


def test_a_table_without_name_and_address_is_not_read() -> None:
    with pytest.raises(CannotRead, match="name or the address"):
        read(b"month,doses\n2024-01,7\n")


@given(st.lists(st.lists(st.text(max_size=20), min_size=7, max_size=7), max_size=5))
def test_any_cells_give_one_verdict_a_row_and_never_half_an_address(rows: list[list[str]]) -> None:
    listed = [dict(zip(HEADER, row, strict=True)) for row in rows]
    read_of = read(json.dumps([dict.fromkeys(HEADER, "x"), *listed]).encode(), "x.json")

    assert len(read_of) == len(rows) + 1
    for row in read_of:
        assert (row.bundle is None) == (row.verdict in (Verdict.REFUSED, Verdict.REPEATED))
        for record in row.bundle.locations.values() if row.bundle else ():
            for address in record.document.get("addresses", []):
                assert all(address[key] for key in ("address_1", "city", "state_province", "postal_code", "country"))
