"""Addresses: written in one cell or in many, taken apart, and told whole from half."""

import re
from dataclasses import dataclass, replace

from harmreduction.directory.place_names import PROVINCES, REGIONS, fold
from harmreduction.directory.reading.places import Places, same_town

UNITED_STATES, CANADA = "US", "CA"
LONGEST_TOWN = 3  # words, where no comma says where the town begins

_COUNTRY_AT_END = re.compile(r"[\s,]+(USA|U\.S\.A\.|United States(?: of America)?|Canada)\.?\s*$", re.IGNORECASE)
_CODE_AT_END = re.compile(r"(?:^|[\s,]+)(\d{5}(?:-\d{4})?|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)[\s,.]*$")
_SHORT_STATE_AT_END = re.compile(r"[\s,]+([A-Za-z]{2})\.?\s*$")
_KINDS_OF_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|bvld|drive|dr|lane|ln|highway|hwy|route|plaza|square|sq)"
)
STREET = re.compile(rf"\d|\b{_KINDS_OF_STREET}\b", re.IGNORECASE)
_STREET_AT_END = re.compile(rf"\b{_KINDS_OF_STREET}\b[.,]?\s*$", re.IGNORECASE)
_STATES = REGIONS | PROVINCES
_STATE_BY_NAME = {fold(name): code for code, name in _STATES.items()}
_COUNTRIES = {
    "us": UNITED_STATES, "usa": UNITED_STATES, "united states": UNITED_STATES, "canada": CANADA, "can": CANADA,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Address:
    """What is known of an address; a part that is not known is empty. The state is a code."""

    street: str = ""
    street_2: str = ""
    city: str = ""
    county: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether it has all that an HSDS address needs."""
        return all((self.street, self.city, self.state, self.postal_code, self.country))

    @property
    def names_a_place(self) -> bool:
        """Say whether there is more than a state or a ZIP."""
        return bool(self.street or self.street_2 or self.city)

    @property
    def line(self) -> str:
        """Return what is known in one line."""
        state = f"{self.state} {self.postal_code}".strip()
        return ", ".join(part for part in (self.street, self.street_2, self.city, state) if part)


def state_code(text: str) -> str:
    """Return the code of a state or province written in any way; another text stays as it is."""
    text = text.strip().strip(".")
    upper = text.upper().replace(".", "")
    return upper if upper in _STATES else _STATE_BY_NAME.get(fold(text), text)


def country_code(text: str, state: str = "", default: str = "") -> str:
    """Return the code of a country, told by its name or else by the state."""
    text = text.strip().strip(".")
    if text:
        return _COUNTRIES.get(text.lower().replace(".", ""), text.upper() if len(text) == 2 else text)
    if state in PROVINCES:
        return CANADA
    return UNITED_STATES if state in REGIONS else default


def split_city(city: str) -> tuple[str, str]:
    """Return town and state of a cell that may hold both: "Vancouver BC", "Trenton, NJ"."""
    found = _SHORT_STATE_AT_END.search(city)
    if found and found[1].isupper() and found[1] in _STATES and city[: found.start()].strip(" ,"):
        return city[: found.start()].strip(" ,"), found[1]
    return city, ""


def take_apart(text: str, places: Places, *, city: str = "", state: str = "") -> Address:
    """Return the parts of an address written in one cell, as far as they are sure.

    "600 New London Turnpike, Cranston", "81 Main St, Batavia, NY 14020". city and state are what other cells say.
    """
    rest, country = _take(_COUNTRY_AT_END, " ".join(text.split()))
    rest, code = _take(_CODE_AT_END, rest)
    rest, found = _take_state(rest)
    state = found or state or _state_of(code, places)
    address = Address(postal_code=code.upper(), state=state, country=country_code(country, state))
    return _street_and_city(address, rest.strip(" ,."), city, places)


def take_state(text: str) -> str:
    """Return the code of the state that an address in one cell ends with, or ""."""
    rest, _ = _take(_COUNTRY_AT_END, " ".join(text.split()))
    rest, _ = _take(_CODE_AT_END, rest)
    return _take_state(rest)[1]


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return a text without what stands at its end, and that."""
    found = pattern.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


def _take_state(text: str) -> tuple[str, str]:
    text = text.strip(" ,.")
    found = _SHORT_STATE_AT_END.search(text)
    if found and found[1].upper() in _STATES and (found[1].isupper() or "," in found[0]):
        return text[: found.start()], found[1].upper()
    before, comma, last = text.rpartition(",")
    if comma and (code := _STATE_BY_NAME.get(fold(last))) and fold(last) != "new york":
        return before, code
    return text, ""


def _state_of(code: str, places: Places) -> str:
    area = places.zip_area(code[:5]) if code[:1].isdigit() else None
    return area.region if area else ""


def _street_and_city(address: Address, rest: str, city: str, places: Places) -> Address:
    """Tell street from town: by the last comma, by the town that another cell names, or by a town that is known."""
    if city and fold(rest).endswith(fold(city)) and fold(rest) != fold(city):
        before = rest[: len(rest) - len(city)].strip(" ,.") if rest.lower().endswith(city.lower()) else rest
        return replace(address, street=before, city=city)
    if city:
        return replace(address, street=rest, city=city)
    before, comma, last = rest.rpartition(",")
    if comma and not re.search(r"\d", last):
        return replace(address, **_streets(before), city=last.strip(" ,."))
    if not comma and (town := _known_town(rest, address.state, places)):
        return replace(address, street=rest[: len(rest) - len(town)].strip(" ,."), city=town.strip(" ,."))
    return replace(address, street=rest) if STREET.search(rest) else replace(address, street_2=rest)


def _streets(text: str) -> dict[str, str]:
    """Return street and what stands after its first comma: "249 Roosevelt Ave, STE 103"."""
    first, _, second = text.strip(" ,").partition(",")
    if second and not re.search(r"\d", first) and re.match(r"\s*\d", second):
        first, second = second, first  # "Lutheran Church, 12 Main St"
    return {"street": first.strip(" ,."), "street_2": second.strip(" ,.")}


def _known_town(text: str, state: str, places: Places) -> str:
    """Return the words at the end that are the name of a town in this state, the longest name first."""
    words = text.split()
    for count in range(min(LONGEST_TOWN, len(words)), 0, -1):
        town = " ".join(words[-count:])
        before = text[: len(text) - len(town)]
        if not state or re.search(r"\d", town) or (before and not _STREET_AT_END.search(before)):
            continue
        place = places.town(town.strip(".,"), state)
        if place and same_town(place.label.partition(",")[0], town):
            return town
    return ""
