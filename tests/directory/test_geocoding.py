"""Positions: from the gazetteer without asking anybody, or from the programme's own geocoder on a button."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions.geocoding import CannotAskGeocoder, find_position
from harmreduction.directory.actions.positions import place_all_about_there
from harmreduction.directory.editing import PlaceEntry
from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.geocoder import GeocoderSilent, WrongGeocoderAddress, check_geocoder_url
from harmreduction.directory.models import FinderEntry, GeocodedAddress, ServiceLocation
from harmreduction.directory.queries import get_service_view
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from tests.directory.builders import make_service
from tests.directory.test_editing import edit_page, fields_of
from tests.factories import SYSTEM
from tests.pages import text_of

FOUND = [{"lat": "39.2936", "lon": "-76.6190", "display_name": "1, Example Street, Baltimore", "place_id": 1}]
ADDRESS = PlaceEntry(address_1="1 Example St", city="Baltimore", state_province="MD", postal_code="21201", country="US")


class Nominatim(ThreadingHTTPServer):
    """A geocoder on this machine that says what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        self.answer: tuple[int, bytes] = (200, json.dumps(FOUND).encode())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """Answers every question alike."""

    server: Nominatim

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append((parts.path, parse_qs(parts.query), self.headers["User-Agent"]))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Nominatim]:
    with Nominatim() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def nominatim(database) -> Iterator[Nominatim]:
    """A geocoder that the programme has chosen."""
    with running() as server:
        set_values({"geocoder_url": server.url}, by=SYSTEM)
        yield server


def test_the_programmes_geocoder_is_asked_once_for_an_address(nominatim):
    at = now()
    answer = find_position(ADDRESS, at=at)
    assert (answer.latitude, answer.longitude, answer.label) == (39.2936, -76.6190, "1, Example Street, Baltimore")
    assert find_position(ADDRESS, at=at) == answer
    ((path, asked, agent),) = nominatim.asked
    assert path == "/search" and agent == "harm-reduction-tracker"
    parts = {name: asked[name] for name in ("street", "city", "state", "postalcode", "country")}
    assert parts["street"] == ["1 Example St"] and parts["postalcode"] == ["21201"]
    assert asked.keys() - parts.keys() <= {"format", "limit", "addressdetails"}
    kept = db.session.scalars(select(GeocodedAddress)).one()
    assert "Example St" not in kept.digest and kept.latitude == 39.2936


def test_it_is_asked_once_a_second_at_most(nominatim):
    at = now()
    find_position(ADDRESS, at=at)
    other = PlaceEntry(address_1="2 Example St", city="Baltimore")
    with pytest.raises(CannotAskGeocoder):
        find_position(other, at=at + timedelta(milliseconds=900))
    find_position(other, at=at + timedelta(milliseconds=1001))
    assert len(nominatim.asked) == 2


def test_a_confidential_place_never_goes_out(nominatim):
    for place in (PlaceEntry(**{**vars(ADDRESS), "is_confidential": True}), PlaceEntry(name="Somewhere")):
        with pytest.raises(CannotAskGeocoder):
            find_position(place, at=now())
    assert nominatim.asked == []


def test_without_a_geocoder_nobody_is_asked(database):
    with pytest.raises(CannotAskGeocoder):
        find_position(ADDRESS, at=now())
    assert db.session.scalar(select(func.count(GeocodedAddress.id))) == 0


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (200, b"<html>"),
        (200, b'{"error": "x"}'),
        (200, b'[{"lat": "north", "lon": "1", "display_name": "x"}]'),
        (403, b"[]"),
        (429, b"[]"),
    ],
)
def test_an_answer_that_cannot_be_understood_is_a_sentence(nominatim, answer):
    nominatim.answer = answer
    with pytest.raises(GeocoderSilent):
        find_position(ADDRESS, at=now())


@pytest.mark.parametrize("body", [b"[]", b'[{"lat": "0", "lon": "0", "display_name": "x"}]'])
def test_what_it_does_not_know_is_asked_again_later(nominatim, body):
    nominatim.answer, at = (200, body), now()
    assert find_position(ADDRESS, at=at) is None
    nominatim.answer = (200, json.dumps(FOUND).encode())
    assert find_position(ADDRESS, at=at + timedelta(seconds=2)) is not None


def test_the_button_fills_in_the_position_and_saves_nothing(nominatim, sign_in_as):
    service = make_service(at=None)
    client = sign_in_as("programme_lead")
    page = fields_of(client.page(edit_page(service)))
    sent = client.post(edit_page(service), data={**page, "do": "locate"})
    assert "Found: 1, Example Street, Baltimore." in text_of(client.page(edit_page(service)) + sent.text)
    found = fields_of(sent.text)
    assert (found["latitude"], found["longitude"]) == (["39.2936"], ["-76.619"])
    assert db.session.scalars(select(ServiceLocation.latitude)).one() is None
    assert client.post(edit_page(service), data=found).status_code == 302
    place = db.session.scalars(select(ServiceLocation)).one()
    assert (place.latitude, place.position_from) == (39.2936, "geocoder")


def test_a_geocoder_that_is_gone_leaves_the_offline_answer(database, sign_in_as):
    with running() as server:
        gone = server.url
    set_values({"geocoder_url": gone}, by=SYSTEM)
    service = make_service(at=None)
    client = sign_in_as("programme_lead")
    page = fields_of(client.page(edit_page(service)))
    sent = client.post(edit_page(service), data={**page, "do": "locate"})
    assert sent.status_code == 200 and "Your geocoder did not answer." in text_of(sent)
    assert client.post(edit_page(service), data=page).status_code == 302
    assert db.session.scalars(select(ServiceLocation.position_from)).one() == "gazetteer"
    (place,) = get_service_view(service.hsds_id, for_staff=False, at=now()).places
    assert place.is_about_there and place.latitude == pytest.approx(39.3, abs=0.1)
    assert "in the middle of its ZIP or town" in text_of(client.page(f"/find/{service.hsds_id}"))


def test_without_a_geocoder_there_is_no_button(sign_in_as):
    page = sign_in_as("programme_lead").page("/directory/services/new")
    assert "Find the position" not in page


def test_places_without_a_position_stand_where_their_zip_is(database):
    make_service("Here")
    make_service("Nowhere", at=None)
    make_service("House", at=None, confidential=True)
    assert (place_all_about_there(at=now()), place_all_about_there(at=now())) == (2, 0)
    found = {entry.name: entry.latitude for entry in db.session.scalars(select(FinderEntry))}
    assert found["House"] is None and found["Nowhere"] is not None


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "example.org", "https://", "https://a:b@example.org", "https://example.org/search?q=1"]
)
def test_an_address_that_is_no_geocoder_is_refused(url, sign_in_as):
    with pytest.raises(WrongGeocoderAddress):
        check_geocoder_url(url)
    client = sign_in_as("administrator")
    sent = client.send("/settings/directory", status=200, geocoder_url=url)
    assert "Enter the address of your Nominatim" in text_of(sent)


def test_an_administrator_decides_about_the_directory_and_its_map(sign_in_as):
    client = sign_in_as("administrator")
    assert "nothing leaves" in text_of(client.page("/settings/directory"))
    decided = {
        "where": "Baltimore, MD",
        "tile_url": "https://tiles.example.org/{z}/{x}/{y}.png",
        "tile_attribution": "Example",
        "geocoder_url": "https://nominatim.example.org/",
    }
    client.send("/settings/directory", **decided)
    settings = current_settings()
    assert (settings.is_directory_public, settings.home_place) == (False, "town-baltimore-md")
    assert (settings.tile_attribution, settings.geocoder_url) == ("Example", "https://nominatim.example.org")
    assert "Baltimore, MD" in client.page("/settings/directory")
    client.send("/settings/directory", is_directory_public="y", **dict.fromkeys(decided, ""))
    assert current_settings() == type(settings)()


def test_the_settings_say_which_place_they_understood_and_which_others_there_are(sign_in_as):
    client = sign_in_as("administrator")
    client.send("/settings/directory", where="springfield")
    words = text_of(client.page("/settings/directory"))
    understood = gazetteer().place_of(current_settings().home_place)
    assert f"Saved. You work in {understood.label}." in words
    assert "Other places have this name too: Springfield, " in words


def test_slips_in_the_settings_get_sentences(sign_in_as):
    client = sign_in_as("administrator")
    slips = {"where": "Xyzzyplugh", "tile_url": "http://tiles.example.org/{z}/{x}/{y}.png"}
    words = text_of(client.send("/settings/directory", status=200, **slips))
    assert "This place is not known." in words and "must begin with https://" in words and "whose map it is" in words
