"""The one way in: a file and what its columns mean, row by row as records."""

from collections.abc import Iterator
from uuid import UUID

from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import CannotRead
from harmreduction.directory.reading.content import open_tables
from harmreduction.directory.reading.documents import read_json, read_table_files
from harmreduction.directory.reading.icarol import read_icarol
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping
from harmreduction.directory.reading.plain import PlainReader
from harmreduction.directory.reading.results import Content, FileFormat, Gazetteer, ReadRow
from harmreduction.directory.reading.sniffing import documents_in, json_lines, load_json
from harmreduction.directory.reading.table import PlainTable

JSON_FORMATS = (FileFormat.HSDS_JSON, FileFormat.HSDS_NDJSON)
TABLE_FORMATS = (FileFormat.HSDS_TABLES, FileFormat.LEGACY_TABLES)
_TELLS_ROWS_APART = {ColumnUse.NAME, ColumnUse.ADDRESS_1, ColumnUse.WHOLE_ADDRESS, ColumnUse.ORGANIZATION}


def read_rows(
    content: Content,
    file_format: FileFormat,
    mapping: PlainMapping | None,
    *,
    namespace: UUID,
    gazetteer: Gazetteer,
) -> Iterator[ReadRow]:
    """Yield what becomes of each row of a file; `namespace` belongs to its source, so ids are the same each time.

    A plain table needs a mapping. Raises CannotRead, perhaps only on the way, where the file ends in the middle.
    """
    if file_format in JSON_FORMATS:
        return read_json(content, file_format, namespace)
    if file_format in TABLE_FORMATS:
        return read_table_files(content, file_format, namespace)
    if file_format is FileFormat.ICAROL:
        return read_icarol(PlainTable(content), namespace, gazetteer)
    if mapping is None or not _TELLS_ROWS_APART & set(mapping.uses.values()):
        raise CannotRead(message("Choose which column holds the name or the address."))
    return PlainReader(PlainTable(content), mapping, namespace, gazetteer).rows()


def count_rows(content: Content, file_format: FileFormat) -> int:
    """Return how many rows to expect, for a progress bar; what no service points to comes on top."""
    if file_format is FileFormat.HSDS_NDJSON:
        return sum(1 for _ in json_lines(content))
    if file_format is FileFormat.HSDS_JSON:
        return len(documents_in(load_json(content)))
    if file_format in TABLE_FORMATS:
        return sum(1 for name, table in open_tables(content).items() if name in ("services", "service") for _ in table)
    return sum(1 for _ in PlainTable(content).rows())


def header_and_sample(
    content: Content, file_format: FileFormat, rows: int = 200
) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Return the heads of the columns of a plain table, and some of its rows; nothing of other formats."""
    if file_format is not FileFormat.PLAIN_TABLE:
        return (), []
    table = PlainTable(content)
    return table.header(), table.sample(rows)
