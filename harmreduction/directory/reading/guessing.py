"""A first guess at what the columns of a plain table mean; a person confirms it."""

import re
from collections.abc import Iterable, Mapping, Sequence

from harmreduction.directory.place_names import REGIONS
from harmreduction.directory.reading.addresses import take_state
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping

_TEAM = r"(?:internal|private|confidential|staff|team|office)(?: only)?"
_NOTE = r"(?:notes?|comments?|remarks?)"

# The words of a column's head, without signs, and what it then holds.
_HEADERS: tuple[tuple[ColumnUse, str], ...] = (
    (ColumnUse.NAME, r"name ?1?|public name|(?:site|facility|location|service|pharmacy|place|program) name|title"),
    (ColumnUse.NAME_2, r"name ?2|program|site location|alternate name|dba"),
    (ColumnUse.ORGANIZATION, r"organi[sz]ation(?: name)?|provider|agency(?: name)?|food bank|operator|parent agency"),
    (ColumnUse.DESCRIPTION, r"(?:service |agency )?description|about|more information|details"),
    (ColumnUse.WHOLE_ADDRESS, r"full address|whole address|complete address"),
    (ColumnUse.ADDRESS_1, r"(?:street|physical|site)? ?address(?: ?1| line 1)?|street ?1?|address address 1"),
    (ColumnUse.ADDRESS_2, r"(?:physical )?address ?(?:line )?2|street ?2|address address 2|suite|unit"),
    (ColumnUse.CITY, r"(?:physical )?city|town|municipality|address city"),
    (ColumnUse.STATE, r"st|state|province|(?:address )?state province|region"),
    (ColumnUse.POSTAL_CODE, r"(?:address )?(?:zip|zip code|zip ?5|postal code|postcode|postal)"),
    (ColumnUse.POSTAL_SUFFIX, r"zip ?4|plus ?4"),
    (ColumnUse.COUNTY, r"count(?:y|ies)|borough|parish"),
    (ColumnUse.COUNTRY, r"(?:address )?country"),
    (ColumnUse.LATITUDE, r"(?:location )?(?:lat|latitude)|y"),
    (ColumnUse.LONGITUDE, r"(?:location )?(?:lon|lng|long|longitude)|x"),
    (ColumnUse.PHONE, r"(?:main )?(?:phone|telephone|tel)(?: number)?s?"),
    (ColumnUse.WEBSITE, r"website|url|web|web ?site address|homepage|link"),
    (ColumnUse.EMAIL, r"e ?mail(?: address)?"),
    (ColumnUse.CONTACT, r"contact(?: name| person)?|staff(?: name)?|manager|director"),
    (ColumnUse.HOURS, r"hours(?: of operation| notes)?|opening hours|schedule|open"),
    (ColumnUse.LANGUAGES, r"languages?(?: offered| spoken)?"),
    (ColumnUse.ELIGIBILITY, r"eligibility|who can come|eligible"),
    (ColumnUse.FEES, r"fees?|costs?|price|payment"),
    (ColumnUse.SOURCE_ID, r"id|(?:site|entity|record|facility|location|resource|object) id|fid|uid"),
    (ColumnUse.KIND, r"type|kind|category|subcategory|service type|facility type"),
    (ColumnUse.CONFIDENTIAL, r"(?:is )?(?:confidential|private|redacted)|(?:physical )?address is private"),
    (ColumnUse.OFFERS, r"services|offers|services offered|offerings"),
    (ColumnUse.NOTES, r"notes?|comments?|remarks"),
    (ColumnUse.PRIVATE_NOTES, rf"{_TEAM} {_NOTE}|{_NOTE} (?:for )?{_TEAM}"),
)
_MATCHERS = tuple((use, re.compile(words)) for use, words in _HEADERS)

# Words of a file's name, and what it then lists.
_FILE_WORDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"nalox|narcan", "Naloxone", ("naloxone",)),
    (r"ssp|syringe", "Syringe services", ("syringes",)),
    (r"sud|substance|treatment|samhsa", "Treatment", ("treatment",)),
    (r"food|pantr", "Food", ("food",)),
    (r"sharps", "Sharps disposal", ("sharps_disposal",)),
    (r"shelter", "Shelter", ("shelter",)),
)
_KINDS = re.compile(r"pharmac|clinic|hospital|library", re.IGNORECASE)
_KIND_NAMES = {"pharmac": "Pharmacy", "clinic": "Clinic", "hospital": "Hospital", "library": "Library"}


def guess_mapping(header: Sequence[str], sample: Iterable[Mapping[str, str]], file_name: str = "") -> PlainMapping:
    """Return a guess by the heads of the columns, some rows, and the name of the file."""
    rows = list(sample)
    uses = {column: _use_of(column) for column in header}
    _name_by_id(uses, rows)
    _whole_addresses(uses, rows)
    fallback, terms = _by_file_name(file_name)
    states = _states(uses, rows)
    state = states.pop() if len(states) == 1 else ""
    return PlainMapping(
        uses=uses,
        terms=terms,
        default_state="" if ColumnUse.STATE in uses.values() else state,
        default_country="US" if state in REGIONS else "",
        fallback_name=fallback,
    )


def _use_of(column: str) -> ColumnUse:
    """Return what the head of a column says; nested ones of JSON are called "address.city"."""
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", column)
    words = " ".join(re.findall(r"[a-z]+|\d+", words.lower()))
    if column.startswith("_"):
        return ColumnUse.IGNORE
    return next((use for use, matcher in _MATCHERS if matcher.fullmatch(words)), ColumnUse.IGNORE)


def _name_by_id(uses: dict[str, ColumnUse], rows: list[Mapping[str, str]]) -> None:
    """Take a column called ID for the name where words stand in it and nothing else is a name."""
    if ColumnUse.NAME in uses.values():
        return
    for column, use in uses.items():
        cells = _cells(rows, column)
        if use is ColumnUse.SOURCE_ID and cells and all(re.search(r"[A-Za-z]{3,} [A-Za-z]", cell) for cell in cells):
            uses[column] = ColumnUse.NAME
            return


def _whole_addresses(uses: dict[str, ColumnUse], rows: list[Mapping[str, str]]) -> None:
    """Take an address for a whole one where no column holds the city."""
    if ColumnUse.CITY in uses.values():
        return
    for column, use in uses.items():
        if use is ColumnUse.ADDRESS_1:
            uses[column] = ColumnUse.WHOLE_ADDRESS


def _by_file_name(file_name: str) -> tuple[str, tuple[str, ...]]:
    """Return how rows without a name may be called, and what all of them offer."""
    kind = _KINDS.search(file_name)
    for words, name, terms in _FILE_WORDS:
        if re.search(words, file_name, re.IGNORECASE):
            return (_KIND_NAMES[kind[0].lower()] if kind else name), terms
    return (_KIND_NAMES[kind[0].lower()] if kind else ""), ()


def _states(uses: Mapping[str, ColumnUse], rows: list[Mapping[str, str]]) -> set[str]:
    """Return the states that the rows name, in their own column or at the end of a whole address."""
    found = set()
    for column, use in uses.items():
        if use in (ColumnUse.STATE, ColumnUse.WHOLE_ADDRESS):
            before = "" if use is ColumnUse.WHOLE_ADDRESS else "x, "
            found |= {take_state(before + cell) for cell in _cells(rows, column)}
    return found - {""}


def _cells(rows: list[Mapping[str, str]], column: str) -> list[str]:
    return [cell for row in rows if (cell := row.get(column, "").strip())]
