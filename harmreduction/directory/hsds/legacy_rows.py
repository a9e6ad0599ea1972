"""How single rows of HSDS 1.x and 2.x become rows of 3.x."""

import re
from collections.abc import Callable
from functools import cache
from uuid import UUID

from babel import Locale

from harmreduction.directory.hsds.ids import content_id, stable_id
from harmreduction.directory.hsds.legacy_hours import Row

Made = dict[str, list[Row]]  # 3.x table → rows

# Columns that are called otherwise in 3.x.
_RENAMED = {
    "organization": {"url": "website"},
    "service": {"fees": "fees_description"},
    "language": {"language": "name"},
    "accessibility": {"accessibility": "description"},
    "service_area": {"service_area": "name"},
    "taxonomy_term": {"vocabulary": "taxonomy", "term": "name"},
    "attribute": {"taxonomy_detail": "value", "taxonomy_id": "taxonomy_term_id", "link_type": "link_entity"},
}
_LINKS = {"organization": ("website", "logo", "uri"), "service": ("url",)}
_SITE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?(/\S*)?", re.IGNORECASE)
_PARTS_OF_ADDRESS = ("address_1", "city", "state_province", "postal_code", "country", "location_id")


def renamed(table: str, row: Row) -> Row:
    """Return a row with the names of 3.x for its columns, and with whole web addresses."""
    names = _RENAMED.get(table, {})
    row = {
        (column if names.get(column, column) in row else names.get(column, column)): text
        for column, text in row.items()
    }
    for column in _LINKS.get(table, ()):
        if column in row and _SITE.fullmatch(row[column]):
            row[column] = f"http://{row[column]}"
    return row


def is_complete_address(address: Row) -> bool:
    """Say whether an address has all that the standard asks for, and a place."""
    return all(part in address for part in _PARTS_OF_ADDRESS)


def _organization(row: Row, namespace: UUID) -> Made:
    return {"organization": [{"description": row.get("name", "")} | row]}


def _service(row: Row, namespace: UUID) -> Made:
    return {"service": [row | {"status": row.get("status", "active").lower()}]}


def _program(row: Row, namespace: UUID) -> Made:
    return {"program": [{"description": row.get("name", "")} | row]}


def _location(row: Row, namespace: UUID) -> Made:
    return {"location": [{"location_type": "physical"} | row]}


def _address(kind: str) -> Callable[[Row, UUID], Made]:
    def convert(row: Row, namespace: UUID) -> Made:
        """Return an address with its lines in two, and its country where the postal code tells it."""
        lines = [row.pop(line) for line in ("address_2", "address_3", "address_4") if line in row]
        row |= {"address_2": ", ".join(lines)} if lines else {}
        country = row.get("country") or country_of(row.get("postal_code", ""), row.get("state_province", ""))
        return {"address": [row | ({"country": country} if country else {}) | {"address_type": kind}]}

    return convert


def country_of(postal_code: str, state: str) -> str | None:
    """Return "US" or "CA" where a postal code and a state of two letters have their form, or None."""
    if not re.fullmatch(r"[A-Za-z]{2}", state):
        return None
    if re.fullmatch(r"\d{5}(-?\d{4})?", postal_code):
        return "US"
    return "CA" if re.fullmatch(r"[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d", postal_code) else None


def _phone(row: Row, namespace: UUID) -> Made:
    """Return a phone with a number for extension, and its languages as rows."""
    extension = row.get("extension", "")
    if extension and not extension.isdecimal():
        row["number"] = f"{row['number']} {row.pop('extension')}"
    spoken = re.split(r"\s*[,;/]\s*", row.pop("language", ""))
    rows = [_with_id({"phone_id": row["id"], **language(name)}, "languages", namespace) for name in spoken if name]
    return {"phone": [row], "language": rows}


def _language(row: Row, namespace: UUID) -> Made:
    return {"language": [row | language(row["name"]) if "name" in row else row]}


def language(text: str) -> Row:
    """Return name and ISO code of a language named in English or by its code; other words are a name alone."""
    codes = _language_codes()
    if text.lower() in codes:
        return {"name": text, "code": codes[text.lower()]}
    name = Locale("en").languages.get(text.lower())
    return {"name": str(name), "code": text.lower()} if name else {"name": text}


@cache
def _language_codes() -> dict[str, str]:
    return {str(name).lower(): code for code, name in Locale("en").languages.items() if len(code) <= 3}


def _term(row: Row, namespace: UUID) -> Made:
    """Return a term, and the taxonomy that it says it is of."""
    row = {"description": row.get("name", "")} | row
    vocabulary = row.get("taxonomy")
    if not vocabulary or "taxonomy_id" in row:
        return {"taxonomy_term": [row]}
    key = stable_id(namespace, "taxonomy", vocabulary)
    taxonomy = {"id": key, "name": vocabulary, "description": vocabulary}
    return {"taxonomy_term": [row | {"taxonomy_id": key}], "taxonomy": [taxonomy]}


def _attribute(row: Row, namespace: UUID) -> Made:
    """Return an attribute; one that names a service by a column of its own is of that."""
    if "service_id" in row:
        row = {"link_id": row.pop("service_id"), "link_entity": "service"} | row
    return {"attribute": [row]}


def _with_id(row: Row, table: str, namespace: UUID) -> Row:
    return row | {"id": content_id(table, row, namespace)}


CONVERTERS: dict[str, Callable[[Row, UUID], Made]] = {
    "organizations": _organization,
    "services": _service,
    "programs": _program,
    "locations": _location,
    "physical_addresses": _address("physical"),
    "postal_addresses": _address("postal"),
    "phones": _phone,
    "languages": _language,
    "taxonomy": _term,
    "taxonomy_terms": _term,
    "services_taxonomy": _attribute,
    "service_taxonomy": _attribute,
    "service_attributes": _attribute,
}
