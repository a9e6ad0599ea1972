"""The history of a record in words: what was done, which field, and what it said before and after."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from harmreduction.core.messages import Message, message
from harmreduction.directory.hours_words import hours_lines
from harmreduction.directory.view import objects, text

DEEDS: dict[str, Message] = {
    "imported": message("Brought in from a file"),
    "entered": message("Entered"),
    "edited": message("Edited"),
    "checked": message("Checked and still true"),
    "closure": message("Days with other hours changed"),
    "merged": message("Merged into another service"),
    "parted": message("Parted from the other service again"),
}
KINDS: dict[str, Message] = {
    "organization": message("Organisation"),
    "service": message("Service"),
    "location": message("Place"),
    "service_at_location": message("Service at this place"),
    "taxonomy": message("List of terms"),
    "taxonomy_term": message("Term"),
}
FIELDS: dict[str, Message] = {
    "name": message("Name"),
    "alternate_name": message("Other name"),
    "description": message("About"),
    "status": message("Status"),
    "alert": message("Notice"),
    "url": message("Website"),
    "website": message("Website"),
    "email": message("Email"),
    "phones": message("Phone numbers"),
    "schedules": message("Hours"),
    "languages": message("Languages"),
    "attributes": message("What there is, and how easy it is"),
    "required_documents": message("What to bring"),
    "fees_description": message("Cost"),
    "cost_options": message("Prices"),
    "eligibility_description": message("Who it is for"),
    "application_process": message("How to start"),
    "transportation": message("How to get there"),
    "addresses": message("Address"),
    "latitude": message("Latitude"),
    "longitude": message("Longitude"),
    "position_from": message("How the position is known"),
    "is_confidential": message("Confidential"),
    "assured_date": message("Last checked"),
    "verified_on": message("Last checked"),
    "organization_id": message("Organisation"),
    "merged_into": message("Merged into"),
    "other_days": message("Days with other hours"),
    "accessibility": message("Accessibility"),
    "additional_websites": message("Website"),
    "contacts": message("Contacts"),
    "external_identifiers": message("Numbers in other lists"),
    "fees": message("Cost"),
    "funding": message("Funding"),
    "interpretation_services": message("Interpreters"),
    "last_modified": message("Last changed by the source"),
    "licenses": message("Licences"),
    "location_id": message("Place"),
    "location_type": message("What kind of place"),
    "maximum_age": message("Oldest age"),
    "minimum_age": message("Youngest age"),
    "service_areas": message("Areas"),
    "service_id": message("Service"),
    "time_zone": message("Time zone"),
}
NAMING = ("number", "document", "name", "label", "address_1", "description", "option", "url", "value", "code")
MERGED = "merged_into"
LONGEST = 400
MOST_LINES = 40


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that differs: its name, and what it said before and after, line by line.

    other_id: the HSDS id of the service that a link leads to, or led to.
    """

    field: Message
    before: tuple[Message, ...]
    after: tuple[Message, ...]
    other_id: str = ""


def field_changes(differences: Any, *, today: date, names: Mapping[str, str]) -> list[FieldChange]:
    """Return stored differences ([field, before, after]) in words; names are those of services by their HSDS ids."""
    told = [
        _link(before, after, names)
        if name == MERGED
        else FieldChange(
            field=field_name(str(name)),
            before=_lines(str(name), before, today),
            after=_lines(str(name), after, today),
        )
        for name, before, after in differences
    ]
    return [one for number, one in enumerate(told) if one not in told[:number]]  # a column may repeat the document


def linked_ids(differences: Iterable[Any]) -> list[str]:
    """Return the HSDS ids of the services that merges in stored differences lead to."""
    return [str(hsds_id) for name, *ends in differences if name == MERGED for hsds_id in ends if hsds_id]


def _link(before: Any, after: Any, names: Mapping[str, str]) -> FieldChange:
    """Return a merge, or its end, with the name of the other service."""
    said = [(_plain(names.get(str(end), end)),) if end else () for end in (before, after)]
    return FieldChange(field=FIELDS[MERGED], before=said[0], after=said[1], other_id=str(after or before or ""))


def field_name(name: str) -> Message:
    """Return a field as people call it; one that nobody named as it is, without its underscores."""
    return FIELDS.get(name) or Message("%(name)s", {"name": name.replace("_", " ")})


def _lines(field: str, value: Any, today: date) -> tuple[Message, ...]:
    """Return a value in lines; nothing at all is no line."""
    if value is None or value == "" or value == []:
        return ()
    if isinstance(value, bool):
        return (message("yes") if value else message("no"),)
    if field == "schedules" and isinstance(value, list):
        return tuple(hours_lines(objects(value), [], today=today)) or _items(value)
    return _items(value) if isinstance(value, list) else (_plain(value),)


def _items(items: list[Any]) -> tuple[Message, ...]:
    """Return what names each entry of a list."""
    named = [_named(item) if isinstance(item, Mapping) else _plain(item) for item in items]
    return tuple(dict.fromkeys(named))[:MOST_LINES]


def _named(item: Mapping[str, Any]) -> Message:
    """Return an object by what it is called; an address as it is written."""
    if text(item, "address_1") or text(item, "city"):
        parts = (text(item, name) for name in ("address_1", "address_2", "city", "state_province", "postal_code"))
        return _plain(", ".join(filter(None, parts)))
    return next((_plain(text(item, name)) for name in NAMING if text(item, name)), _plain(dict(item)))


def _plain(value: Any) -> Message:
    """Return a value as it is; what is no text, as JSON."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Message("%(value)s", {"value": words[:LONGEST]})
