"""What a row of a plain table is called, and how it is reached over the net."""

import re

from harmreduction.core.messages import message
from harmreduction.directory.hsds.checks import is_email
from harmreduction.directory.hsds.privacy import ADDRESS_NOT_PUBLISHED
from harmreduction.directory.place_names import fold
from harmreduction.directory.reading.addresses import Address
from harmreduction.directory.reading.cells import Phone, phones_in, says_yes
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping
from harmreduction.directory.reading.row import Row

LONGEST = 300  # characters
_WHOLE_ADDRESS = re.compile(r"^\d.*\b\d{5}(-\d{4})?$")
_ONLY_A_CODE = re.compile(r"\d{5}(-\d{4})?")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)


def name_of(row: Row, address: Address, mapping: PlainMapping) -> str:
    """Return the name of the service, made of kind and street where the file has none; "" if there is nothing."""
    parts = [part for part in (row.get(ColumnUse.NAME), program_of(row)) if part]
    if len(parts) == 2 and fold(parts[1]) in fold(parts[0]):
        parts.pop()
    if parts:
        return ", ".join(parts)[:LONGEST]
    is_private = says_yes(row.get(ColumnUse.CONFIDENTIAL))
    where = "" if is_private else address.street or address.line
    if not where and not is_private:
        return ""
    called = row.get(ColumnUse.ORGANIZATION) or row.get(ColumnUse.KIND) or mapping.fallback_name
    called = called or (ADDRESS_NOT_PUBLISHED if row.held else "")
    name = ", ".join(part for part in (called, where) if part)[:LONGEST]
    if name:
        row.fixes.append(message("It has no name, so it is called “%(name)s”.", name=name))
    return name


def program_of(row: Row) -> str:
    """Return the second part of the name, unless it is an address."""
    second = row.get(ColumnUse.NAME_2)
    return "" if _WHOLE_ADDRESS.match(second) or _ONLY_A_CODE.fullmatch(second) else second


def place_name_of(row: Row, address: Address, name: str) -> str:
    """Return what the place is called: a corner by its streets, any other by its service."""
    return name if address.street else program_of(row) or name


def website_in(row: Row) -> str:
    """Return the website as an address that can be followed."""
    for text in row.all(ColumnUse.WEBSITE):
        if _LINK.fullmatch(text):
            return text
        if _DOMAIN.fullmatch(text):
            row.fixes.append(message("The website now begins with https://."))
            return f"https://{text}"
        row.unread.add(ColumnUse.WEBSITE)
    return ""


def email_in(row: Row) -> str:
    """Return the first email address."""
    parts = (part.strip() for text in row.all(ColumnUse.EMAIL) for part in re.split(r"[;,\s]+", text))
    found = next((part for part in parts if is_email(part)), "")
    if not found:
        row.unread.add(ColumnUse.EMAIL)
    return found


def phones_of(row: Row) -> list[Phone]:
    """Return every phone number."""
    found = [phone for cell in row.all(ColumnUse.PHONE) for phone in phones_in(cell)]
    if not found:
        row.unread.add(ColumnUse.PHONE)
    return found
