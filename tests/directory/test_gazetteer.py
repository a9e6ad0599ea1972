"""Places by ZIP, by name and by their neighbours, without a connection to anybody."""

import gzip
import multiprocessing
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from geopy.distance import great_circle
from hypothesis import given, settings
from hypothesis import strategies as st

from harmreduction.directory import gazetteer as module
from harmreduction.directory.gazetteer import PLACES, OfflineGazetteer, Place
from harmreduction.directory.place_names import REGIONS, fold, fold_unfinished, joined, split_zip

A_FEW = """\
kind,code,name,region,country,latitude,longitude,population
country,FR,France,,,,,
country,US,United States,,,,,
zip,21201,Baltimore,MD,US,39.2946,-76.6252,
town,,Baltimore,MD,US,39.2904,-76.6122,585708
city,,Paris,,FR,48.8534,2.3488,2138551
"""


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the gazetteer opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="module")
def places(instance: Path) -> OfflineGazetteer:
    return OfflineGazetteer(instance)


@pytest.fixture(scope="module")
def keys(places: OfflineGazetteer) -> list[str]:
    return [row[0] for row in places._database().execute("SELECT key FROM place ORDER BY key")]


@pytest.fixture
def a_few(tmp_path: Path) -> Path:
    """A file with two towns and a ZIP, quick to prepare."""
    file = tmp_path / "places.csv.gz"
    file.write_bytes(gzip.compress(A_FEW.encode(), mtime=0))
    return file


@pytest.fixture
def started_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "_made", {})
    return


def found(places: OfflineGazetteer, text: str) -> list[str]:
    return [place.label for place in places.find_places(text)]


# What people type ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("21201", "Baltimore, MD 21201"),
        (" 21201-1234 ", "Baltimore, MD 21201"),
        ("00601", "Adjuntas, PR 00601"),
        ("123 Main St, Worcester, MA 01608", "Worcester, MA 01608"),
        ("123 Main St, Worcester, MA 01608, USA", "Worcester, MA 01608"),
        ("123 Main St, Worcester, MA", "Worcester, MA"),
        ("12345 Main St Worcester MA", "Worcester, MA"),
        ("Boston, MA", "Boston, MA"),
        ("boston ma", "Boston, MA"),
        ("Portland, Maine", "Portland, ME"),
        ("santa fe new mexico", "Santa Fe, NM"),
        ("Billings, MT", "Billings, MT"),
        ("Washington, D.C.", "Washington, DC"),
        ("New York City", "New York, NY"),
        ("St. Louis, MO", "St. Louis, MO"),
        ("saint louis mo", "St. Louis, MO"),
        ("O Fallon, MO", "O'Fallon, MO"),
        ("Vancouver, CA", "Vancouver, BC, Canada"),
        ("Montréal", "Montréal, QC, Canada"),
        ("Montreal", "Montréal, QC, Canada"),
        ("San José, Costa Rica", "San José, Costa Rica"),
        ("łódź", "Łódź, Poland"),
        ("London, UK", "London, United Kingdom"),
        ("Paris", "Paris, France"),
        ("Paris, TX, USA", "Paris, TX"),
    ],
)
def test_the_likeliest_place_comes_first(places: OfflineGazetteer, typed: str, first: str) -> None:
    assert found(places, typed)[0] == first


def test_a_name_that_many_towns_share_offers_all_of_them_to_choose_from(places: OfflineGazetteer) -> None:
    assert found(places, "Springfield")[:3] == ["Springfield, MO", "Springfield, MA", "Springfield, IL"]
    assert len(places.find_places("Springfield", limit=20)) == 20


def test_a_zip_that_contradicts_its_town_offers_both(places: OfflineGazetteer) -> None:
    assert found(places, "Baltimore, MD 90210") == ["Beverly Hills, CA 90210", "Baltimore, MD"]


def test_a_smaller_town_of_the_same_name_far_away_is_there_with_its_zip(places: OfflineGazetteer) -> None:
    assert found(places, "Bryn Mawr, PA") == ["Bryn Mawr, PA", "Bryn Mawr, PA (19010)"]


@pytest.mark.parametrize("typed", ["", "  ", ",,,", "xyzzy", "東京", "00000", "%", "_' OR 1=1 --", "x" * 5000])
def test_what_is_no_place_finds_nothing(places: OfflineGazetteer, typed: str) -> None:
    assert places.find_places(typed) == []


@settings(max_examples=200)
@given(typed=st.text(max_size=60))
def test_any_text_may_be_typed(places: OfflineGazetteer, typed: str) -> None:
    assert all(isinstance(place, Place) for place in [*places.find_places(typed), *places.suggest(typed)])


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("bos", "Boston, MA"),
        ("2120", "Baltimore, MD 21201"),
        ("st", "Stockton, CA"),
        ("st", "St. Louis, MO"),
        ("sain", "St. Louis, MO"),
        ("st. lo", "St. Louis, MO"),
        ("portland, m", "Portland, ME"),
        ("boston ma", "Boston, MA"),
    ],
)
def test_places_are_offered_while_a_person_types(places: OfflineGazetteer, typed: str, offered: str) -> None:
    assert offered in [place.label for place in places.suggest(typed)]


def test_no_more_is_offered_than_asked_for(places: OfflineGazetteer) -> None:
    assert len(places.suggest("s", limit=3)) == 3
    assert places.suggest("") == []


# Keys, ZIPs and neighbours ---------------------------------------------------------------------------


@settings(max_examples=200)
@given(data=st.data())
def test_every_place_is_found_by_its_key_and_by_its_label(
    places: OfflineGazetteer, keys: list[str], data: st.DataObject
) -> None:
    place = places.place_of(data.draw(st.sampled_from(keys)))
    assert place is not None
    assert place.key.isascii() and place.key == place.key.lower() and " " not in place.key
    assert place in places.find_places(place.label, limit=1000)


def test_no_two_places_look_the_same_in_a_list(places: OfflineGazetteer, keys: list[str]) -> None:
    labels = [row[0] for row in places._database().execute("SELECT label FROM place")]
    assert len(set(labels)) == len(labels) == len(keys) > 100_000


def test_an_unknown_key_is_no_place(places: OfflineGazetteer) -> None:
    assert places.place_of("town-atlantis-md") is None


def test_a_zip_knows_its_state(places: OfflineGazetteer) -> None:
    assert places.state_of_zip("21201") == "MD"
    assert places.state_of_zip("21201-0001") == "MD"
    assert places.state_of_zip("00802") == "VI"
    assert [places.zip_of(code) for code in ("21201-1", "2120", "baltimore", "09012")] == [None] * 4


def test_every_state_and_territory_has_its_zips(places: OfflineGazetteer) -> None:
    asked = "SELECT DISTINCT region FROM place WHERE kind = 'zip'"
    assert {row[0] for row in places._database().execute(asked)} == set(REGIONS)


@pytest.mark.parametrize(
    ("here", "town"),
    [
        ((39.29, -76.61), "Baltimore, MD"),
        ((18.46, -66.1), "San Juan, PR"),
        ((64.5, -150.0), "Anderson, AK"),
        ((-17.7, -179.9), "Labasa, Fiji"),  # across the date line
        ((0.0, -140.0), None),
        ((90.0, 0.0), None),
    ],
)
def test_the_nearest_town_is_named(places: OfflineGazetteer, here: tuple[float, float], town: str | None) -> None:
    nearest = places.nearest_town(*here)
    assert (nearest.label if nearest else None) == town


@settings(max_examples=25)
@given(latitude=st.floats(25, 49), longitude=st.floats(-124, -67))
def test_no_town_is_nearer_than_the_nearest(places: OfflineGazetteer, latitude: float, longitude: float) -> None:
    nearest = places.nearest_town(latitude, longitude)
    around = places._around(latitude, longitude, 6)
    distances = [great_circle((latitude, longitude), (town.latitude, town.longitude)).km for town in around]
    if nearest is None:
        assert not distances or min(distances) > 500
    else:
        away = great_circle((latitude, longitude), (nearest.latitude, nearest.longitude)).km
        assert away == pytest.approx(min(distances))


def test_geopy_asks_it_like_any_other_geocoder(places: OfflineGazetteer) -> None:
    location = places.geocode("123 Main St, Worcester, MA 01608")
    assert location.address == "Worcester, MA 01608"
    assert location.raw["precision"] == "zip"
    assert (round(location.latitude, 1), round(location.longitude, 1)) == (42.3, -71.8)
    assert len(places.geocode("Springfield", exactly_one=False, limit=3)) == 3
    assert places.geocode("xyzzy") is None
    assert places.reverse("39.29, -76.61").address == "Baltimore, MD"
    assert [found.raw["kind"] for found in places.reverse((39.29, -76.61), exactly_one=False)] == ["town"]
    assert places.reverse((0.0, -140.0)) is None


# Names -----------------------------------------------------------------------------------------------


@given(text=st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(fold_unfinished(text)) == fold(text)


@pytest.mark.parametrize(
    "one, other", [("Coeur d’Alene", "coeur d alene"), ("Ft. Worth", "FORT WORTH"), ("Møn", "Mon")]
)
def test_ways_to_write_one_name_are_one(one: str, other: str) -> None:
    assert joined(fold(one)) == joined(fold(other))


@given(code=st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True))
def test_a_zip_at_the_end_is_taken_off(code: str) -> None:
    assert split_zip(f"1 Main St, Baltimore, MD {code}") == (code[:5], "1 Main St, Baltimore, MD ")


# The prepared file -----------------------------------------------------------------------------------


def test_it_is_prepared_once_under_a_name_that_changes_with_the_data(tmp_path: Path, a_few: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    old = folder / "places-0123456789abcdef.sqlite"
    old.touch()
    assert found(OfflineGazetteer(folder, source=a_few), "Paris") == ["Paris, France"]
    (prepared,) = folder.iterdir()
    assert prepared != old
    made_at = prepared.stat().st_mtime_ns
    assert found(OfflineGazetteer(folder, source=a_few), "21201") == ["Baltimore, MD 21201"]
    assert [file.stat().st_mtime_ns for file in folder.iterdir()] == [made_at]


def test_where_nothing_can_be_written_it_works_from_memory(tmp_path: Path, a_few: Path) -> None:
    assert found(OfflineGazetteer(tmp_path / "nowhere", source=a_few), "Baltimore") == ["Baltimore, MD"]
    assert found(OfflineGazetteer(source=a_few), "Baltimore") == ["Baltimore, MD"]


def ask(folder: Path, source: Path) -> list[str]:
    return found(OfflineGazetteer(folder, source=source), "21201")


def test_several_processes_may_prepare_it_at_once(tmp_path: Path) -> None:
    source, folder = tmp_path / "places.csv.gz", tmp_path / "instance"
    source.write_bytes(gzip.compress(b"".join(gzip.decompress(PLACES.read_bytes()).splitlines(True)[:12_000])))
    folder.mkdir()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        answers = pool.starmap(ask, [(folder, source)] * 2, chunksize=1)
    assert answers == [["Baltimore, MD 21201"]] * 2
    assert len(list(folder.iterdir())) == 1


@pytest.mark.usefixtures("started_anew")
def test_whoever_asks_for_the_gazetteer_makes_no_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(OfflineGazetteer):
        def __init__(self) -> None:
            made.append(self)
            super().__init__()

    monkeypatch.setattr(module, "OfflineGazetteer", Counted)
    assert {module.gazetteer() for _ in range(3)} == set(made)
    assert len(made) == 1


@pytest.mark.usefixtures("started_anew")
def test_the_app_says_where_its_one_gazetteer_keeps_its_file(instance: Path, places: OfflineGazetteer) -> None:
    assert module.gazetteer() is module.gazetteer()
    assert places.place_of("zip-21201")
    prepared = list(instance.iterdir())
    module.use_folder(instance)
    chosen = module.gazetteer()
    assert chosen is module.gazetteer() is not places
    assert found(chosen, "21201") == ["Baltimore, MD 21201"]
    assert list(instance.iterdir()) == prepared
