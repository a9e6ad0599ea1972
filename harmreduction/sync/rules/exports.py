"""The file in which a phone hands over what it holds, where it cannot send any more. Plain Python."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.sync.rules.messages import BadMessage, Sent, read_sent

FORMAT = "field-outbox"
NEWEST = 1
MOST_RECORDS = 50_000


class NotAnExport(DomainError):
    """The file is none that a phone exported."""


@dataclass(frozen=True)
class Export:
    """The records in an exported file, and how many things in it are none."""

    records: list[Sent]
    broken: int


def read_export(content: bytes) -> Export:
    """Return what is in an exported file; raises NotAnExport with what is wrong, and then nothing of it is taken.

    When the file was made does not matter: it may have travelled for days. One broken record keeps no other out.
    """
    told = _parsed(content)
    version = told.get("v")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise _not_an_export()
    if version > NEWEST:
        raise NotAnExport(message("A newer version of the app made this file. Update the app, then bring it in again."))
    records = told.get("records")
    if not isinstance(records, list):
        raise _not_an_export()
    if not records:
        raise NotAnExport(message("There is no record in this file: nothing waited on that phone."))
    if len(records) > MOST_RECORDS:
        raise NotAnExport(message("There is more in this file than a phone can hold. Is it the right one?"))
    good = [sent for record in records if (sent := _record(record)) is not None]
    if not good:
        raise _not_an_export()
    return Export(good, len(records) - len(good))


def _record(told: object) -> Sent | None:
    """Return a record of a file, or None for what is none."""
    try:
        return read_sent(told)
    except BadMessage:
        return None


def _parsed(content: bytes) -> Mapping[str, object]:
    """Return the JSON of a file that says that it is an export."""
    try:
        told = json.loads(content)
    except RecursionError as problem:
        raise _not_an_export() from problem
    except ValueError as problem:
        raise NotAnExport(
            message(
                "This is no file from a phone, or it was cut short on the way. On the phone, open This phone, tap"
                " Export to a file, and bring that file in as it is."
            )
        ) from problem
    if not isinstance(told, Mapping) or told.get("format") != FORMAT:
        raise _not_an_export()
    return told


def _not_an_export() -> NotAnExport:
    """Say that the file is another one."""
    return NotAnExport(
        message("This is no file from a phone. On the phone, open This phone, tap Export to a file, and choose that.")
    )
