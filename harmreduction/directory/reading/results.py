"""What reading a directory file gives: its format, and for each row what became of it and why."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from harmreduction.core.messages import Message
from harmreduction.directory.gazetteer import Place
from harmreduction.directory.hsds.bundle import Bundle

Content = BinaryIO | bytes | Path  # a seekable stream, the whole content, or a file or folder


class FileFormat(StrEnum):
    """What kind of directory file it is."""

    HSDS_JSON = "hsds_json"
    HSDS_NDJSON = "hsds_ndjson"
    HSDS_TABLES = "hsds_tables"
    LEGACY_TABLES = "legacy_tables"
    ICAROL = "icarol"
    PLAIN_TABLE = "plain_table"


class Verdict(StrEnum):
    """What became of a row.

    ACCEPTED as it was, with hints perhaps; FIXED where something was put right; REDACTED where something private
    was left out; REFUSED as it cannot be used; REPEATED where it says the same as an earlier one.
    """

    ACCEPTED = "accepted"
    FIXED = "fixed"
    REDACTED = "redacted"
    REFUSED = "refused"
    REPEATED = "repeated"


@dataclass(kw_only=True)
class ReadRow:
    """One service of a file, or one row of a table, as records.

    row_number: as a spreadsheet shows it, or which one in a list, from 1. key: its id within the file, the same when
    the file comes again. confidential: ids of places whose address is private. position_from: place id →
    "gazetteer" where its position is the middle of a ZIP area or town and not the place itself.
    A bundle holds all that its service points to, so the same organisation may come with many rows. It is None where
    the row cannot be used, and empty where the row only says what is wrong in a table.
    """

    row_number: int
    name: str
    verdict: Verdict
    key: str
    reasons: list[Message] = field(default_factory=list)
    bundle: Bundle | None = None
    confidential: set[str] = field(default_factory=set)
    position_from: dict[str, str] = field(default_factory=dict)


class Gazetteer(Protocol):
    """Where ZIPs and towns are; `OfflineGazetteer` is one."""

    def find_places(self, text: str, limit: int = 8) -> list[Place]:
        """Return the places that a text may mean."""

    def zip_of(self, code: str) -> Place | None:
        """Return the area of a ZIP code."""
