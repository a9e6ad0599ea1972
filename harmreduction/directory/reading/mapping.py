"""What the columns of a plain table mean, as a person confirms it before the table is read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, Self

from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import Message, message


class ColumnUse(Enum):
    """What a column holds; the value is how a person reads it. The name is what is stored."""

    NAME = message("Name")
    NAME_2 = message("Second part of the name, or program")
    ORGANIZATION = message("Organization")
    DESCRIPTION = message("Description")
    ADDRESS_1 = message("Street and number")
    ADDRESS_2 = message("Floor, suite, building")
    WHOLE_ADDRESS = message("Whole address in one cell")
    CITY = message("City")
    STATE = message("State or province")
    POSTAL_CODE = message("ZIP or postal code")
    POSTAL_SUFFIX = message("Last four digits of the ZIP")
    COUNTY = message("County")
    COUNTRY = message("Country")
    LATITUDE = message("Latitude")
    LONGITUDE = message("Longitude")
    PHONE = message("Phone")
    WEBSITE = message("Website")
    EMAIL = message("Email of the service")
    CONTACT = message("Name of a person to ask for (never published)")
    HOURS = message("Opening hours")
    LANGUAGES = message("Languages")
    ELIGIBILITY = message("Who it is for")
    FEES = message("What it costs")
    SOURCE_ID = message("Number or id in the file")
    KIND = message("Kind of place")
    CONFIDENTIAL = message("Yes where the address is private")
    OFFERS = message("What is offered")
    NOTES = message("Notes")
    PRIVATE_NOTES = message("Notes of the team (never published)")
    IGNORE = message("Keep as it is, do not show")

    @property
    def sentence(self) -> Message:
        """Return it in words."""
        return self.value


@dataclass(frozen=True, kw_only=True)
class PlainMapping:
    """How a plain table is to be read.

    uses: column → what it holds; a column that is not here is kept as it is. Several columns may hold the same: the
    first that is filled counts, and descriptions, notes, kinds and offers are put together.
    terms: codes of our terms that hold for every row. default_state, default_country and organization_name fill what
    a row leaves open; fallback_name names rows without a name, together with their address. status is of HSDS.
    """

    uses: Mapping[str, ColumnUse]
    terms: tuple[str, ...] = ()
    default_state: str = ""
    default_country: str = ""
    organization_name: str = ""
    fallback_name: str = ""
    status: str = "active"

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        rest = {name: getattr(self, name) for name in _CONSTANTS}
        return rest | {"uses": {column: use.name for column, use in self.uses.items()}, "terms": list(self.terms)}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was stored; what a newer version stored and this one does not know is left out."""
        uses = {column: ColumnUse[name] for column, name in stored["uses"].items() if name in ColumnUse.__members__}
        rest = {name: str(stored[name]) for name in _CONSTANTS if name in stored}
        return cls(uses=uses, terms=tuple(stored.get("terms", ())), **rest)

    @property
    def fingerprint(self) -> str:
        """Return a digest, by which a preview is told from a later one."""
        return fingerprint(self.stored())

    def columns(self, use: ColumnUse) -> tuple[str, ...]:
        """Return the columns that hold this, in their order in the file."""
        return tuple(column for column, meant in self.uses.items() if meant is use)


_CONSTANTS = [entry.name for entry in fields(PlainMapping) if entry.name not in ("uses", "terms")]
