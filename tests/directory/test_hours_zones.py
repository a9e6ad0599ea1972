"""Which zone a place is in, where its source does not say."""

from zoneinfo import ZoneInfo

import pytest

from harmreduction.directory.zones import PARTS, ZONES, zone_of


@pytest.mark.parametrize("zone", sorted({*ZONES.values(), *(part.zone for parts in PARTS.values() for part in parts)}))
def test_every_zone_exists(zone):
    assert ZoneInfo(zone).key == zone


def test_every_state_province_and_territory_has_one():
    assert len(ZONES) == 50 + 1 + 5 + 13


@pytest.mark.parametrize(
    ("state", "latitude", "longitude", "zone"),
    [
        ("FL", 30.42, -87.22, "America/Chicago"),  # Pensacola
        ("FL", 30.44, -84.28, "America/New_York"),  # Tallahassee
        ("TN", 35.96, -83.92, "America/New_York"),  # Knoxville
        ("TN", 35.05, -85.31, "America/New_York"),  # Chattanooga
        ("TN", 36.16, -86.78, "America/Chicago"),  # Nashville
        ("KY", 38.25, -85.76, "America/New_York"),  # Louisville
        ("KY", 36.99, -86.44, "America/Chicago"),  # Bowling Green
        ("IN", 41.59, -87.35, "America/Chicago"),  # Gary
        ("IN", 37.97, -87.57, "America/Chicago"),  # Evansville
        ("IN", 39.47, -87.41, "America/Indiana/Indianapolis"),  # Terre Haute
        ("IN", 41.68, -86.25, "America/Indiana/Indianapolis"),  # South Bend
        ("ND", 46.88, -102.79, "America/Denver"),  # Dickinson
        ("ND", 48.15, -103.62, "America/Chicago"),  # Williston
        ("SD", 44.08, -103.23, "America/Denver"),  # Rapid City
        ("SD", 43.55, -96.73, "America/Chicago"),  # Sioux Falls
        ("NE", 41.87, -103.67, "America/Denver"),  # Scottsbluff
        ("NE", 41.26, -95.93, "America/Chicago"),  # Omaha
        ("KS", 39.35, -101.71, "America/Denver"),  # Goodland
        ("KS", 37.97, -100.87, "America/Chicago"),  # Garden City
        ("TX", 31.76, -106.49, "America/Denver"),  # El Paso
        ("TX", 31.85, -102.37, "America/Chicago"),  # Odessa
        ("OR", 44.03, -116.96, "America/Boise"),  # Ontario
        ("OR", 44.78, -117.83, "America/Los_Angeles"),  # Baker City
        ("ID", 43.62, -116.21, "America/Boise"),  # Boise
        ("ID", 47.68, -116.78, "America/Los_Angeles"),  # Coeur d'Alene
        ("MI", 45.82, -88.07, "America/Chicago"),  # Iron Mountain
        ("MI", 42.33, -83.05, "America/Detroit"),  # Detroit
        ("AZ", 35.68, -109.05, "America/Denver"),  # Window Rock
        ("AZ", 33.45, -112.07, "America/Phoenix"),  # Phoenix
        ("BC", 55.76, -120.24, "America/Fort_Nelson"),  # Dawson Creek
        ("BC", 49.51, -115.77, "America/Edmonton"),  # Cranbrook
        ("BC", 49.28, -123.12, "America/Vancouver"),  # Vancouver
        ("ON", 48.38, -89.25, "America/Toronto"),  # Thunder Bay
        ("ON", 49.77, -94.49, "America/Winnipeg"),  # Kenora
        ("NL", 53.30, -60.33, "America/Goose_Bay"),  # Happy Valley
        ("NL", 47.56, -52.71, "America/St_Johns"),  # St. John's
    ],
)
def test_a_town_in_a_state_with_two_zones(state, latitude, longitude, zone):
    assert zone_of(state, longitude, latitude) == zone


def test_without_a_position_it_is_the_zone_of_most():
    assert zone_of(" fl ") == "America/New_York"
    assert zone_of("IN", -87.35) == "America/Indiana/Indianapolis"
    assert zone_of("TX", -106.49) == "America/Denver"
    assert zone_of("XX") is None
    assert zone_of("") is None
