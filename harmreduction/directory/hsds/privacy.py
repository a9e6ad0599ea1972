"""What may leave in public: no names of staff, no codes of doors, and of a confidential place no way to it."""

import re
from collections.abc import Mapping
from typing import Any

from harmreduction.directory.hsds.structure import TABLES, Document

ADDRESS_NOT_PUBLISHED = "Address not published"

# Mailboxes of a role, not of a person; the only ones that may be named as who assured a service.
# fmt: off
ROLE_MAILBOXES = frozenset({
    "access", "admin", "appointments", "care", "clinic", "contact", "data", "directory", "frontdesk", "hello", "help",
    "helpline", "hotline", "info", "information", "intake", "mail", "naloxone", "office", "outreach", "reception",
    "referral", "referrals", "services", "support", "team",
})
# fmt: on

SOURCE_ROW = "source_row"  # cells of a table that have no place in the standard: nobody said what they hold

_PRIVATE_KEY = re.compile(
    rf"_.*|{SOURCE_ROW}"
    r"|(.*_)?(door|gate|access|entry|entrance|key|keypad|lock|lock_?box|alarm|building)_?(code|codes|combination|pin)"
    r"|(.*_)?lock_?box(_.*)?"
    r"|(notes?_)?(private|internal|staff)(_notes?)?"
    r"|contact_?(name|person|email)|(.*_)?(staff|manager|director|updated|assured)_?(name|email|by)",
    re.IGNORECASE,
)
_CODE_IN_TEXT = re.compile(
    r"\b(door|gate|access|entry|entrance|key ?pad|lock ?box|alarm|building)\s+(code|combination|pin)\b"
    r"[^.;\n\d]{0,20}\d[\d#*-]*",
    re.IGNORECASE,
)


def without_private(document: Mapping[str, Any]) -> Document:
    """Return a document as it may leave in public.

    Contacts keep title, department and phones, not name and email; addresses lose "attention"; the change history
    (`metadata`) names staff and goes whole; so do keys that begin with "_" or hold a code of a door, and cells of a
    table that were kept as they came.
    """
    return _cleaned(document, "")


def _cleaned(document: Mapping[str, Any], inside: str) -> Document:
    hidden = _HIDDEN.get(inside, ())
    return {
        key: _cleaned_value(value, key)
        for key, value in document.items()
        if key not in hidden and not _is_private(key, value)
    }


_HIDDEN: dict[str, tuple[str, ...]] = {
    "contacts": ("name", "email"),
    "contact": ("name", "email"),
    "addresses": ("attention",),
    "address": ("attention",),
    "incomplete_addresses": ("attention",),
}


def _is_private(key: str, value: Any) -> bool:
    if key == "metadata" or _PRIVATE_KEY.fullmatch(key):
        return True
    return key == "assurer_email" and not is_role_mailbox(str(value))


def _cleaned_value(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return _cleaned(value, key)
    if isinstance(value, list):
        return [_cleaned_value(item, key) for item in value]
    return without_codes(value) if isinstance(value, str) else value


def without_codes(text: str) -> str:
    """Return a text in which no code of a door is left."""
    if any(sign in text for sign in ("code", "Code", "CODE", "ombination", "pin", "PIN")):
        return _CODE_IN_TEXT.sub(r"\1 \2: not published", text)
    return text


def is_role_mailbox(address: str) -> bool:
    """Say whether an email address is that of a role, as info@ or intake-office@, rather than of a person."""
    words = re.split(r"[._+-]", address.partition("@")[0].lower())
    return all(word in ROLE_MAILBOXES for word in words)


# All that leaves of a confidential place. What we do not know may hold a position, so only this list does.
_KEPT_OF_LOCATION = ("id", "organization_id", "location_type", "languages", "accessibility", "phones", "schedules")
_WAYS_TO_IT = frozenset({"url", "uri", "schedule_link", "metadata"})


def without_address(location: Mapping[str, Any], *, keep_name: bool = False) -> Document:
    """Return a confidential place without any way to find it: no address, position, directions, link or extra key.

    keep_name: its name is known to be no address; otherwise it is dropped.
    """
    document = {key: _known_only(location[key], "location", key) for key in _KEPT_OF_LOCATION if key in location}
    if document.get("location_type") == "postal":
        document["location_type"] = "virtual"
    named = keep_name and location.get("name")
    return document | {"name": location["name"] if named else ADDRESS_NOT_PUBLISHED}


def _known_only(value: Any, table: str, key: str) -> Any:
    """Return a value without the keys that the standard does not know, and without links."""
    nested = TABLES[table].many.get(key)
    if not nested or not isinstance(value, list):
        return value
    rules = TABLES[nested]
    kept = (rules.fields.keys() | rules.many.keys()) - _WAYS_TO_IT - {"attributes"}
    return [
        {name: _known_only(item, nested, name) for name, item in entry.items() if name in kept}
        for entry in value
        if isinstance(entry, Mapping)
    ]
