"""Which format a directory file has, told by what is in it and not by its name."""

import codecs
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import CannotRead, open_sheet
from harmreduction.directory.hsds.legacy import looks_legacy
from harmreduction.directory.hsds.structure import RootKind, table_name
from harmreduction.directory.reading.content import LIMITS, is_archive, open_stream, open_tables
from harmreduction.directory.reading.results import Content, FileFormat

LOOKED_AT = 20  # how many rows tell what a file is
BEGINNING = 64 * 1024
LONGEST_LINE = 20_000_000
NO_TEXT = bytes(sign for sign in range(32) if sign not in b"\t\n\r\f\x1b")
MOST_NO_TEXT = 0.02  # of all bytes; of a picture, a program or a packed file it is about a tenth

_SERVICE_KEYS = frozenset(
    {"organization", "organization_id", "service_at_locations", "schedules", "attributes", "program"}
)
_ORGANIZATION_KEYS = frozenset(
    {"services", "locations", "organization_identifiers", "legal_status", "tax_id", "website", "additional_websites"}
)
_TERM_KEYS = frozenset({"taxonomy_detail", "parent_id", "term_uri", "taxonomy", "taxonomy_id"})


def sniff(content: Content, file_name: str) -> FileFormat:
    """Return the format of a file (or a folder of tables); raises CannotRead with a sentence if it is none.

    The name is only looked at where the content leaves it open.
    """
    if is_archive(content) or (isinstance(content, Path) and content.is_dir()):
        return _sniff_tables(content)
    _refuse_what_is_no_text(content)
    first = _first_sign(content)
    if first in ("{", "["):
        return _sniff_json(content, first)
    with open_stream(content) as stream:
        header = {column.lower() for column in open_sheet(stream, LIMITS).header}
    if "resourceagencynum" in header or {"publicname", "physicaladdressisprivate"} <= header:
        return FileFormat.ICAROL
    if len(header) < 2 and not file_name.lower().endswith((".csv", ".tsv", ".txt")):
        raise CannotRead(message("This is no directory that can be read. Choose a CSV, JSON or ZIP file."))
    return FileFormat.PLAIN_TABLE


def kind_of_document(document: Any) -> RootKind | None:
    """Return what kind of HSDS record a JSON object is, or None if it is none."""
    if not isinstance(document, Mapping) or not document.get("id"):
        return None
    keys = document.keys()
    if isinstance(document.get("service"), Mapping) or {"service_id", "location_id"} <= keys:
        return "service_at_location"
    if "location_type" in keys:
        return "location"
    if "name" not in keys:
        return None
    return _kind_of_named(document)


def documents_in(whole: Any) -> list[Any]:
    """Return the documents of a JSON file: a page of an API, a list, or a single one."""
    if isinstance(whole, Mapping) and isinstance(whole.get("contents"), list):
        return list(whole["contents"])
    return whole if isinstance(whole, list) else [whole]


def load_json(content: Content) -> Any:
    """Return a whole JSON file; raises CannotRead."""
    with open_stream(content) as stream:
        try:
            return json.loads(stream.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as problem:
            raise CannotRead(message("This JSON file is not complete. Export it again.")) from problem


def json_lines(content: Content) -> Iterator[tuple[int, Any]]:
    """Yield line number and value of each line of JSON; a line that is none is yielded as None."""
    with open_stream(content) as stream:
        text = codecs.getreader("utf-8-sig")(stream, "replace")
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, _value(line)


def _value(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _kind_of_named(document: Mapping[str, Any]) -> RootKind | None:
    keys = document.keys()
    if "status" in keys and (keys & _SERVICE_KEYS or "phones" in keys):
        return "service"
    if "code" in keys or keys & _TERM_KEYS:
        return "taxonomy_term" if "description" in keys else None
    if keys & _SERVICE_KEYS:
        return "service"
    if "description" in keys and keys & _ORGANIZATION_KEYS:
        return "organization"
    if "status" in keys and len(keys) <= 4:  # the minimal form of lists
        return "service"
    return "taxonomy" if {"description", "version"} <= keys or {"description", "uri"} <= keys else None


def _first_sign(content: Content) -> str:
    with open_stream(content) as stream:
        return stream.read(BEGINNING).decode("utf-8-sig", "replace").lstrip()[:1]


def _refuse_what_is_no_text(content: Content) -> None:
    """Refuse what people mistake for a table, and what no person can read, whatever the file is called."""
    with open_stream(content) as stream:
        start = stream.read(BEGINNING)
    if start.lstrip().startswith(b"%PDF"):
        raise CannotRead(message("This is a PDF. Ask for the table that it was made from, as CSV."))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if len(start) - len(start.translate(None, NO_TEXT)) > len(start) * MOST_NO_TEXT:
        raise CannotRead(message("This is no directory that can be read. Choose a CSV, JSON or ZIP file."))


def _sniff_tables(content: Content) -> FileFormat:
    names = list(open_tables(content))
    if looks_legacy(names):
        return FileFormat.LEGACY_TABLES
    if any(table_name(name) for name in names):
        return FileFormat.HSDS_TABLES
    raise CannotRead(message("No table of a directory is in this archive. It needs one called services.csv."))


def _sniff_json(content: Content, first: str) -> FileFormat:
    """Tell HSDS from plain rows, and one JSON value from one a line."""
    lines = list(islice(json_lines(content), LOOKED_AT)) if first == "{" else []
    if len(lines) > 1 and all(isinstance(value, dict) for _, value in lines):
        return FileFormat.HSDS_NDJSON if _all_hsds([value for _, value in lines]) else FileFormat.PLAIN_TABLE
    documents = documents_in(load_json(content))
    if _all_hsds(documents[:LOOKED_AT]):
        return FileFormat.HSDS_JSON
    if documents and all(isinstance(document, dict) for document in documents[:LOOKED_AT]):
        return FileFormat.PLAIN_TABLE
    raise CannotRead(message("This JSON file holds no list of services. Choose another file."))


def _all_hsds(documents: list[Any]) -> bool:
    return bool(documents) and all(kind_of_document(document) for document in documents)
