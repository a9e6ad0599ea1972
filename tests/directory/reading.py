"""What the tests of reading share: rows of a small file, read as a lead would have them read."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.reading import (
    FileFormat,
    PlainMapping,
    ReadRow,
    guess_mapping,
    header_and_sample,
    read_rows,
)
from harmreduction.directory.reading.sniffing import sniff

SOURCE = UUID("5f0c5bbd-8e07-4d7c-9d9c-6f1a3b7f7c11")


def read(content: bytes, name: str = "places.csv", mapping: PlainMapping | None = None) -> list[ReadRow]:
    """Read a file; a plain table is read as guessed where no mapping is given."""
    file_format = sniff(content, name)
    if file_format is FileFormat.PLAIN_TABLE and mapping is None:
        mapping = guess_mapping(*header_and_sample(content, file_format), name)
    return list(read_rows(content, file_format, mapping, namespace=SOURCE, gazetteer=gazetteer()))


def table(*rows: Iterable[str]) -> bytes:
    """Return rows as a CSV file; cells hold no commas."""
    return "\n".join(",".join(row) for row in rows).encode()


def service(row: ReadRow) -> dict[str, Any]:
    """Return the document of the only service of a row."""
    assert row.bundle is not None
    (record,) = row.bundle.services.values()
    return record.document


def place(row: ReadRow) -> dict[str, Any]:
    """Return the document of the only place of a row."""
    assert row.bundle is not None
    (record,) = row.bundle.locations.values()
    return record.document


def reasons(row: ReadRow) -> list[str]:
    """Return the reasons of a row in English."""
    return [str(reason) for reason in row.reasons]
