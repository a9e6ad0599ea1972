"""Any HSDS document, made up: unknown keys, missing and empty lists, shared places."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from hypothesis import strategies as st

from harmreduction.directory.hsds.structure import ROOT_KINDS, TABLES

Draw = Callable[[st.SearchStrategy[Any]], Any]
SECRET = "Secret"  # no key or other value holds it

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).map(
    lambda text: text.replace(SECRET, "")
)
scalars = (
    st.booleans() | st.integers(-9, 10**6) | st.floats(allow_nan=False, allow_infinity=False) | words | st.just("")
)
unknown = st.dictionaries(
    words.map(lambda word: f"x-{word}"),
    scalars | st.lists(scalars, max_size=2) | st.dictionaries(words, scalars, max_size=2),
    max_size=2,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": words | st.just(""),
    "uuid": st.uuids(version=4).map(str),
    "number": st.integers(-500, 500) | st.floats(-180, 180) | words,
    "date": st.dates().map(str),
    "time": st.times().map(lambda time: time.strftime("%H:%M:%S")),
    "datetime": st.sampled_from(["2026-03-15T10:30:45.123Z", "2026-03-15T10:30:45.000Z"]),
    "email": st.sampled_from(["info@example.org", "not an address"]),
    "uri": st.sampled_from(["https://example.org/a", "www.example.org"]),
}
ONLY_IN_TREES = {*ROOT_KINDS, "metadata"} - {"taxonomy", "taxonomy_term"}


class Maker:
    """Makes objects whose ids are all different."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.ids: Iterator[str] = (str(uuid5(NAMESPACE_DNS, f"tree {number}")) for number in count())

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def make(self, name: str, depth: int = 2) -> dict[str, Any]:
        """Return an object of a table with some of its fields and some nested objects."""
        table = TABLES[name]
        fields = self.draw(st.lists(st.sampled_from(sorted(table.fields)), unique=True, max_size=4))
        made = {field: self.draw(VALUES[table.fields[field]]) for field in fields}
        made |= self.draw(unknown) | {"id": next(self.ids)}
        if depth:
            made |= {key: self.many(nested, depth - 1) for key, nested in table.many.items() if self.has(nested)}
            made |= {key: self.make(nested, depth - 1) for key, nested in table.one.items() if self.has(nested)}
        return made

    def has(self, nested: str) -> bool:
        return nested not in ONLY_IN_TREES and bool(self.draw(st.integers(0, 3)) == 0)

    def many(self, name: str, depth: int) -> list[dict[str, Any]]:
        return [self.make(name, depth) for _ in range(self.draw(st.integers(0, 2)))]

    def contact(self) -> dict[str, Any]:
        return self.make("contact", 1) | {"name": f"{SECRET} person", "email": f"{SECRET}@example.org"}

    def places(self, locations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return services at places, each at one of these or at none."""
        made = []
        for _ in range(self.draw(st.integers(0, 3))):
            location = {"location": self.draw(st.sampled_from(locations))} if locations and self.chance() else {}
            made.append(self.make("service_at_location", 1) | location)
        return made


def _some(draw: Draw, items: list[Any]) -> list[Any]:
    return [item for item in items if draw(st.booleans())]


@st.composite
def service_trees(draw: Draw) -> dict[str, Any]:
    """Return a service with an organisation and with places that both may share."""
    maker = Maker(draw)
    locations = maker.many("location", 2)
    service = maker.make("service")
    if maker.chance():
        service["organization"] = maker.make("organization") | {"locations": _some(draw, locations)}
    if maker.chance():
        service["service_at_locations"] = maker.places(locations)
    return service


@st.composite
def organization_trees(draw: Draw) -> dict[str, Any]:
    """Return an organisation with services and places."""
    maker = Maker(draw)
    locations = maker.many("location", 1)
    services = [service | {"service_at_locations": maker.places(locations)} for service in maker.many("service", 1)]
    return maker.make("organization") | {"locations": _some(draw, locations), "services": services}


@st.composite
def trees_with_secrets(draw: Draw) -> dict[str, Any]:
    """Return a service that names staff wherever the standard lets it."""
    maker = Maker(draw)
    location = maker.make("location") | {"contacts": [maker.contact()]}
    location["addresses"] = [maker.make("address") | {"attention": f"{SECRET} person"}]
    place = maker.make("service_at_location") | {"location": location, "contacts": [maker.contact(), maker.contact()]}
    history = [{"id": next(maker.ids), "updated_by": f"{SECRET} person"}]
    return maker.make("service") | {
        "contacts": [maker.contact()],
        "service_at_locations": [place],
        "organization": maker.make("organization") | {"contacts": [maker.contact()], "locations": [location]},
        "assurer_email": f"{SECRET}.person@example.org",
        "metadata": history,
        "_note": SECRET,
        "door_code": SECRET,
    }
