"""Any directory file, read into HSDS records row by row. Pure: no database, no HTTP.

    sniff(content, file_name) -> FileFormat
    guess_mapping(header, sample, file_name) -> PlainMapping, with header_and_sample(content, format) before it
    read_rows(content, file_format, mapping, namespace=…, gazetteer=…) -> Iterator[ReadRow]

What each module knows: `content` opens files, folders and archives; `sniffing` tells formats apart; `mapping` and
`guessing` say what columns mean; `plain` reads tables row by row with `cells`, `misplaced`, `addresses`, `postal`,
`positions`, `free_hours` and `words`; `documents` reads HSDS itself; `icarol` reads what 211 lines export.
"""

from harmreduction.core.spreadsheets import CannotRead
from harmreduction.directory.reading.guessing import guess_mapping
from harmreduction.directory.reading.mapping import ColumnUse, PlainMapping
from harmreduction.directory.reading.reader import count_rows, header_and_sample, read_rows
from harmreduction.directory.reading.results import Content, FileFormat, Gazetteer, ReadRow, Verdict
from harmreduction.directory.reading.sniffing import sniff

__all__ = [
    "CannotRead",
    "ColumnUse",
    "Content",
    "FileFormat",
    "Gazetteer",
    "PlainMapping",
    "ReadRow",
    "Verdict",
    "count_rows",
    "guess_mapping",
    "header_and_sample",
    "read_rows",
    "sniff",
]
