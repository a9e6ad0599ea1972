"""The map: what leaves for it, who may see it, and that nothing in it comes from elsewhere."""

import gzip
import json
from dataclasses import replace

import folium
import folium.plugins
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.directory.basemap import PARTS, basemap_version
from harmreduction.directory.maps import LocalMap, OffHostAsset, Shell, draw, parts
from harmreduction.directory.points import packed_points
from harmreduction.directory.rules.terms import BY_CODE, OTHER_KIND, bits_of
from harmreduction.directory.rules.tiles import WrongTileAddress, check_tile_url, tile_origin
from harmreduction.settings.actions import set_values
from harmreduction.web.vendor import FILES
from tests.directory.builders import make_service, schedule
from tests.factories import SYSTEM
from tests.pages import text_of

PAYLOADS = ("<img src=x onerror=alert(1)>", "${alert(1)}", "</script><script>alert(1)</script>", "`+alert(1)+`")
TILES = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
MODULES = ("basemap.js", "services.js")
SHELL = Shell(
    latitude=39.0,
    longitude=-96.0,
    zoom=4,
    tile_url="",
    addresses=tuple((name, f"/files/{name}") for name in (*FILES, *MODULES)),
)


def services_at(client, query=""):
    """Return the services that the map gets, unpacked: (name, town, latitude, longitude, kind, offers, id)."""
    return unpacked(client.get(f"/map/points.json{query}").json)


def unpacked(packed):
    """Undo the packing, as static/js/map/services.js does."""
    columns, found, latitude, longitude = packed["columns"], [], 0, 0
    for row, name in enumerate(columns["name"]):
        latitude += columns["latitude"][row]
        longitude += columns["longitude"][row]
        offers = columns["offers"][row]
        found.append(
            (
                name,
                packed["towns"][columns["town"][row]],
                latitude / 10_000,
                longitude / 10_000,
                packed["kinds"][offers],
                packed["offers"][offers],
                packed["ids"][row * 10 : row * 10 + 10],
            )
        )
    return found


# What the map shows -----------------------------------------------------------------------------------


def test_the_map_gets_each_service_with_its_place_its_kind_and_the_beginning_of_its_id(client):
    service = make_service("Union St exchange", offers=("naloxone", "no_id"))
    [(name, town, latitude, longitude, kind, offers, begins)] = services_at(client)
    assert (name, town, latitude, longitude) == ("Union St exchange", "Baltimore, MD", 39.2904, -76.6122)
    assert (kind, offers) == ("naloxone", ["naloxone", "no_id"])
    answer = client.get(f"/map/service?id={begins}")
    assert (answer.status_code, answer.location) == (302, f"/find/{service.hsds_id}")


@pytest.mark.parametrize("begins", ["", "0123456789", "%", "__________", "' OR 1=1 --", "a" * 400])
def test_an_id_that_begins_no_service_leads_to_the_list(client, begins):
    make_service()
    answer = client.get("/map/service", query_string={"id": begins})
    assert (answer.status_code, answer.location) == (302, "/find/")


def test_a_confidential_place_and_one_without_a_position_are_not_on_the_map(client):
    make_service("Shelter", confidential=True)
    make_service("Somewhere", at=None)
    assert services_at(client) == []
    assert "Shelter" not in client.get("/map/points.json").text


def test_the_map_shows_what_was_asked_for(client):
    make_service("Night van", offers=("naloxone",), schedules=[schedule("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")])
    make_service("Day clinic", offers=("naloxone", "testing"), schedules=[])
    make_service("Pantry", offers=("food",))

    def found(query):
        return sorted(service[0] for service in services_at(client, query))

    assert found("?offers=naloxone") == ["Day clinic", "Night van"]
    assert found("?offers=naloxone&offers=testing") == ["Day clinic"]
    assert found("?offers=naloxone&open=1") == ["Night van"]
    assert found("?words=pantry") == ["Pantry"]
    assert found("?offers=no-such-term&lang=zz") == ["Day clinic", "Night van", "Pantry"]


def test_services_that_a_browser_has_already_are_not_sent_again_until_something_changes(client):
    make_service()
    first = client.get("/map/points.json")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/map/points.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make_service("Another")
    later = client.get("/map/points.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (later.status_code, len(unpacked(later.json))) == (200, 2)


POINTS = st.lists(
    st.tuples(
        st.text(max_size=20),
        st.sampled_from(["", "Baltimore, MD", "Vancouver, BC"]),
        st.floats(-90, 90),
        st.floats(-180, 180),
        st.sampled_from([bits_of(codes) for codes in ((), ("naloxone",), ("food", "free"), ("lived_experience",))]),
        st.uuids().map(str),
    ),
    max_size=30,
)


@given(POINTS)
def test_packing_loses_nothing_but_the_last_ten_metres(points):
    found = unpacked(json.loads(json.dumps(packed_points(points))))
    assert [(name, town) for name, town, *_ in found] == [(name, town) for name, town, *_ in points]
    for (*_, latitude, longitude, kind, offers, begins), (*_, north, east, terms, hsds_id) in zip(
        found, points, strict=True
    ):
        assert (latitude, longitude) == (pytest.approx(north, abs=6e-5), pytest.approx(east, abs=6e-5))
        assert bits_of(offers) == terms
        assert kind == (offers[0] if offers and offers[0] == "naloxone" else OTHER_KIND)
        assert hsds_id.replace("-", "").startswith(begins) and len(begins) == 10


# The page ---------------------------------------------------------------------------------------------


def test_the_page_explains_every_shape_and_leads_to_the_list_without_scripts(client):
    page = client.page("/map?offers=naloxone&place=zip-21201")
    words = text_of(page)
    for kind in ("Naloxone", "Syringes", "Drug checking", "Peer support", "Other help"):
        assert kind in words
    assert page.count("data-kind=") == 9
    assert 'href="/find/?' in page and "offers=naloxone" in page
    assert "The list shows the same services without it." in page


def test_the_map_opens_at_the_programmes_home_or_at_a_place_that_was_typed(client):
    assert "[39.0, -96.0]" in client.get("/map/script.js").text
    at_zip = client.page("/map?where=21201")
    assert 'src="/map/script.js?place=zip-21201"' in at_zip
    assert '"zoom": 11' in client.get("/map/script.js?place=zip-21201").text
    set_values({"home_place": "zip-21201"}, by=SYSTEM)
    assert 'src="/map/script.js?place=zip-21201"' in client.page("/map")
    assert "No place of this name is known: Nowhereville" in client.page("/map?where=Nowhereville Qx")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_typed_or_imported_reaches_no_script_and_no_markup(client, payload):
    make_service(payload)
    page = client.get("/map", query_string={"words": payload, "where": payload, "place": payload}).text
    script = client.get("/map/script.js", query_string={"place": payload}).text
    assert payload not in script
    assert payload not in page or "<" not in payload  # the browser of these tests refuses scripts in a page
    answer = client.get("/map/points.json")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert [service[0] for service in unpacked(answer.json)] == [payload]


def test_the_script_is_the_same_each_time_so_that_browsers_keep_it(client):
    first, second = client.get("/map/script.js"), client.get("/map/script.js")
    assert first.data == second.data
    again = client.get("/map/script.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


# A closed directory, and frames -----------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/map", "/map/script.js", "/map/points.json", "/map/service?id=0123456789"])
def test_a_directory_that_is_not_public_asks_people_to_sign_in(client, sign_in_as, address):
    set_values({"is_directory_public": "no"}, by=SYSTEM)
    answer = client.get(address)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")
    assert answer.headers["Cache-Control"] == "no-store"
    assert sign_in_as("volunteer").get(address).status_code in (200, 302)
    assert "/sign-in" not in str(sign_in_as("volunteer").get(address).location)


def test_a_map_for_other_websites_may_stand_in_their_frames_and_reads_no_cookie(client, sign_in_as):
    answer = sign_in_as("volunteer").get("/embed/map")
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert "Member" not in answer.text and "<form" not in answer.text
    assert 'href="/map" target="_blank" rel="noopener"' in answer.text
    assert client.get("/map").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_directory_that_is_not_public_is_in_no_frame(client, sign_in_as):
    set_values({"is_directory_public": "no"}, by=SYSTEM)
    assert client.get("/embed/map").status_code == 404
    assert sign_in_as("volunteer").get("/embed/map").status_code == 404


# Files ------------------------------------------------------------------------------------------------


def test_leaflet_comes_from_its_package_and_is_kept_for_good(client):
    page = client.page("/map")
    for name in FILES:
        address = next(text for text in page.split('"') if text.endswith(f"/{name}"))
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == ("text/javascript" if name.endswith(".js") else "text/css")
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
        assert client.get(address.replace("-1", "-2", 1)).status_code == 404


@pytest.mark.parametrize("name", ["leaflet.js.map", "__init__.py", "..%2f__init__.py", "leaflet-src.js", ""])
def test_nothing_else_of_a_package_is_served(client, name):
    release = next(text for text in client.page("/map").split('"') if text.endswith("/leaflet.js")).split("/")[2]
    assert client.get(f"/vendor/{release}/{name}").status_code == 404


def test_the_ground_is_sent_packed_to_browsers_that_unpack_and_plain_to_others(client):
    for part in PARTS:
        address = f"/map/ground/{basemap_version()}/{part}.json"
        small = client.get(address, headers={"Accept-Encoding": "gzip, br"})
        plain = client.get(address)
        assert (small.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
        assert gzip.decompress(small.data) == plain.data
        assert small.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in small.headers["Vary"]
    assert client.get("/map/ground/0123456789/cities.json").status_code == 404
    assert client.get(f"/map/ground/{basemap_version()}/places.csv").status_code == 404


# Folium -----------------------------------------------------------------------------------------------


def test_folium_asks_no_other_host_for_anything():
    drawn = draw(SHELL)
    assert drawn.styles == ["/files/leaflet.css", "/files/MarkerCluster.css"]
    assert drawn.scripts == ["/files/leaflet.js", "/files/leaflet.markercluster.js"]
    assert drawn.modules == ["/files/basemap.js", "/files/services.js"]
    assert "http" not in drawn.script


@pytest.mark.parametrize(
    "outwards",
    [
        folium.Map,
        lambda: folium.Map(tiles=None),
        lambda: _with(folium.TileLayer("https://elsewhere.example/{z}/{x}/{y}.png", attr="x")),
        lambda: _with(folium.TileLayer("//elsewhere.example/{z}/{x}/{y}.png", attr="x")),
        lambda: _with(folium.plugins.MarkerCluster()),
        lambda: _with(folium.Marker((0, 0), tooltip="<img src='https://elsewhere.example/x.png'>")),
    ],
)
def test_a_map_that_leads_to_another_host_is_not_drawn(outwards):
    with pytest.raises(OffHostAsset):
        parts(outwards())


def test_tiles_of_a_server_that_the_programme_chose_are_drawn_and_of_no_other():
    drawn = draw(replace(SHELL, tile_url=TILES))
    assert TILES in drawn.script and "strict-origin-when-cross-origin" in drawn.script
    assert "basemap" not in drawn.script
    with pytest.raises(OffHostAsset):
        parts(_with(folium.TileLayer(TILES, attr=" ")), allowed=("https://*.tiles.example.org.evil.example",))


def test_with_tiles_of_its_own_the_page_allows_images_of_that_server_alone(client):
    set_values({"tile_url": TILES, "tile_attribution": "Streets: <b>Example</b>"}, by=SYSTEM)
    answer = client.get("/map")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' https://*.tiles.example.org data:;" in policy
    assert "Streets: &lt;b&gt;Example&lt;/b&gt;" in answer.text
    assert "tiles.example.org" not in client.get("/find/").headers["Content-Security-Policy"]


def _with(layer):
    """Return our map with a layer of folium's."""
    drawn = LocalMap(SHELL)
    layer.add_to(drawn)
    return drawn


# Tile servers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (TILES, "https://*.tiles.example.org"),
        ("https://tiles.example.org:8443/{z}/{x}/{y}{r}.png?key=abc-1", "https://tiles.example.org:8443"),
        ("https://Tiles.Example.org/osm/{z}/{x}/{y}.webp", "https://tiles.example.org"),
    ],
)
def test_an_address_of_tiles_names_its_server(url, origin):
    check_tile_url(url)
    assert tile_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tiles",
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://name:secret@tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://tiles.example.org/{z}/{x}/{y}/{apikey}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png; script-src *",
        "https://tiles.example.org;script-src/{z}/{x}/{y}.png",
        "https://*.example.org/{z}/{x}/{y}.png",
        "https://tiles.{s}.example.org/{z}/{x}/{y}.png",
        "https:///{z}/{x}/{y}.png",
        "https://localhost/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png?'\"<script>",
        "https://tiles.example.org/{z}/{x}/{y}.png\n",
        "javascript:alert(1)//{z}/{x}/{y}",
    ],
)
def test_an_address_that_could_not_work_or_says_too_much_is_refused_with_a_reason(url):
    with pytest.raises(WrongTileAddress) as refused:
        check_tile_url(url)
    assert str(refused.value).endswith(".")


def test_every_kind_has_a_name():
    assert all(code in BY_CODE for code in packed_points([("", "", 0, 0, 1, "x" * 36)])["kinds"])
