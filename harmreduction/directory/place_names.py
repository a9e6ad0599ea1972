"""The names of places as people type them: folded for comparison, and read for town, state and country."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

UNITED_STATES = "US"

REGIONS = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
}  # fmt: skip
PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut",
    "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
COUNTRIES_IN_SHORT = {"usa": "US", "us": "US", "united states of america": "US", "uk": "GB", "england": "GB"}

# Letters that Unicode does not take apart, as they are typed on a keyboard that lacks them.
_PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d",
     "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ə": "a", "Ə": "A",
     "'": "", "’": "", "‘": "", "ʻ": "", "ʼ": "", "`": "", "´": ""}
)  # fmt: skip
_WRITTEN_OUT = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_ZIP_AT_THE_END = re.compile(r"\b(\d{5})(?:-\d{4})?[\s,)]*$")
_HOME_AT_THE_END = re.compile(r"[\s,]+(?:usa|u\.s\.a\.|us|united states)\s*$", re.IGNORECASE)
_LONGEST_REGION = 3  # words: "district of columbia"

Demand = frozenset[str]
Reading = tuple[str, tuple[Demand, ...]]


def fold(text: str) -> str:
    """Return a name as plain lower-case words: "San José" and "St. Louis" become "san jose" and "saint louis"."""
    return " ".join(_WRITTEN_OUT.get(word, word) for word in _words(text))


def fold_unfinished(text: str) -> str:
    """Fold a name whose last word may still be half typed: "st" may become Stamford as well as a saint."""
    *before, last = _words(text) or [""]
    return " ".join([*(_WRITTEN_OUT.get(word, word) for word in before), last])


def joined(words: str) -> str:
    """Return folded words without spaces, so that "O Fallon" and "O'Fallon", "De Kalb" and "DeKalb" are one."""
    return words.replace(" ", "")


def slug(text: str) -> str:
    """Return a name as it stands in an address of a page: "coeur-dalene"."""
    return fold(text).replace(" ", "-")


def split_zip(text: str) -> tuple[str | None, str]:
    """Return the ZIP code at the end of a text, if there is one, and the text before it."""
    without_country = _HOME_AT_THE_END.sub("", text)
    found = _ZIP_AT_THE_END.search(without_country)
    return (found[1], without_country[: found.start()]) if found else (None, text)


def readings(text: str, countries: Mapping[str, str]) -> Iterator[Reading]:
    """Say how a text may be meant, likeliest first: a joined name, and what its region or country must be.

    `countries` maps folded names to codes. Each demand is a set of codes of which one must fit.
    """
    parts = [part for part in map(fold, text.split(",")) if part]
    demands: list[Demand] = []
    while len(parts) > 1 and (codes := _codes(parts[-1], countries)):
        demands.append(codes)
        parts.pop()
    for part in parts:
        yield joined(part), tuple(demands)
    if parts:
        yield from _readings_of_words(parts[-1].split(), tuple(demands), countries)


def _readings_of_words(
    words: list[str], demands: tuple[Demand, ...], countries: Mapping[str, str]
) -> Iterator[Reading]:
    """Read a text without commas: a region may end it, and a street may begin it if a region is known."""
    for count in range(min(_LONGEST_REGION, len(words) - 1), 0, -1):
        if codes := _codes(" ".join(words[-count:]), countries):
            for start in range(len(words) - count):
                yield "".join(words[start:-count]), (*demands, codes)
    if demands:
        for start in range(1, len(words)):
            yield "".join(words[start:]), demands
    if words[-1] == "city":
        yield "".join(words[:-1]), demands


def _codes(words: str, countries: Mapping[str, str]) -> Demand:
    """Return the codes of regions and countries that folded words may stand for: "ca" is California and Canada."""
    code = words.upper()
    known = {code} if code in REGIONS or code in PROVINCES or code in countries.values() else set()
    found = (_REGION_CODES.get(words), countries.get(words), COUNTRIES_IN_SHORT.get(words))
    return frozenset(known.union(filter(None, found)))


def _words(text: str) -> list[str]:
    """Return the words of a text in plain lower-case letters and digits."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN_LETTERS)).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.lower())


# Montana's letters are those of a mount.
_REGION_CODES = {fold(name): code for code, name in (REGIONS | PROVINCES).items()} | {"d c": "DC", "mount": "MT"}
