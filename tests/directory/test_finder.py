"""Finding services: nearest, open now, by what they offer, and never a confidential place by its position."""

from datetime import UTC, datetime

import pytest
from geopy.distance import geodesic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmreduction.directory.queries import find_services, get_service_view
from harmreduction.directory.rules.finder import Point, Question
from tests.directory.builders import BALTIMORE, make_service, save, schedule, service_document

HERE = Point(latitude=BALTIMORE[0], longitude=BALTIMORE[1])
MONDAY_NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 12:00 in New York
SATURDAY_1_AM = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)


def names(question, at=MONDAY_NOON, **options):
    return [found.entry["name"] for found in find_services(question, at=at, **options).found]


@pytest.mark.usefixtures("database")
def test_the_nearest_comes_first_with_its_distance():
    make_service("Far", at=(40.7128, -74.0060))
    make_service("Near", at=(39.30, -76.61))
    make_service("Nowhere", at=None)
    page = find_services(Question(near=HERE), at=MONDAY_NOON)
    assert [found.entry["name"] for found in page.found] == ["Near", "Far"]
    assert page.found[0].kilometres == pytest.approx(1.08, abs=0.02)
    assert names(Question(near=HERE, within_km=50)) == ["Near"]


@pytest.mark.usefixtures("database")
def test_without_a_place_services_stand_by_name_and_are_counted():
    make_service("Beta")
    make_service("Alpha", at=None)
    page = find_services(Question(), at=MONDAY_NOON, limit=1)
    assert [found.entry["name"] for found in page.found] == ["Alpha"]
    assert (page.total, page.has_more) == (2, True)


@pytest.mark.usefixtures("database")
def test_open_now_follows_the_clock_of_the_place_overnight_too():
    make_service("Days")
    make_service("Nights", schedules=[schedule("FR", "20:00:00", "02:00:00")])
    make_service("Unknown", schedules=[])
    assert names(Question(is_open_now=True)) == ["Days"]
    assert names(Question(is_open_now=True), at=SATURDAY_1_AM) == ["Nights"]


@pytest.mark.usefixtures("database")
def test_everything_asked_for_must_be_there():
    make_service("Both", offers=("naloxone", "no_id"), languages=[{"id": "1", "code": "es", "name": "Spanish"}])
    make_service("One", offers=("naloxone",))
    assert names(Question(terms=frozenset({"naloxone", "no_id"}))) == ["Both"]
    assert names(Question(language="es")) == ["Both"]
    assert names(Question(words="bóth example")) == ["Both"]
    assert names(Question(words="100% _ both")) == []


@pytest.mark.usefixtures("database")
def test_a_confidential_place_is_found_by_name_only_and_shows_no_address():
    service = make_service("House", confidential=True)
    assert names(Question(near=HERE)) == []
    assert names(Question(words="house")) == ["House"]
    assert names(Question(words="example st")) == []
    public = get_service_view(service.hsds_id, for_staff=False, at=MONDAY_NOON).places[0]
    assert (public.address_lines, public.latitude, public.name, public.town) == ((), None, "", "")
    staff = get_service_view(service.hsds_id, for_staff=True, at=MONDAY_NOON).places[0]
    assert staff.address_lines[1] == "Baltimore, MD 21201"


@pytest.mark.usefixtures("database")
def test_the_nearest_is_found_across_the_line_where_the_day_changes():
    guam = Point(latitude=13.44, longitude=144.79)
    save(service_document("Chicago", at=(41.88, -87.63)), service_document("Honolulu", at=(21.31, -157.86)))
    found = find_services(Question(near=guam), at=MONDAY_NOON).found
    assert [one.entry["name"] for one in found] == ["Honolulu", "Chicago"]
    assert 6000 < found[0].kilometres < 6200


@pytest.mark.usefixtures("database")
def test_a_service_that_is_not_offered_any_more_is_not_found():
    document = service_document("Gone")
    save(document)
    save({**document, "status": "defunct"})
    assert names(Question()) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    here=st.tuples(st.floats(30, 48), st.floats(-120, -70)),
    places=st.lists(st.tuples(st.floats(30, 48), st.floats(-120, -70)), min_size=1, max_size=12),
)
def test_the_box_finds_the_same_nearest_as_measuring_every_distance(start_over, here, places):
    start_over()
    save(*(service_document(str(number), at=place) for number, place in enumerate(places)))
    found = find_services(Question(near=Point(latitude=here[0], longitude=here[1])), at=MONDAY_NOON, limit=5).found
    measured = sorted(geodesic(here, place).km for place in places)[:5]
    assert [one.kilometres for one in found] == pytest.approx(measured)
