"""Opening what a directory file holds: a stream, or the tables in an archive or a folder; bombs are refused."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from harmreduction.core.messages import Message, message
from harmreduction.core.spreadsheets import CannotRead, Limits, open_sheet
from harmreduction.directory.reading.results import Content

ZIP_SIGNATURE = b"PK\x03\x04"
MOST_ENTRIES = 200
MOST_BYTES = 500_000_000  # unpacked
LIMITS = Limits(columns=1000, cell=200_000)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class BadLine:
    """A line of a table that is no row."""

    table: str
    number: int
    reason: Message


class CsvTable:
    """A table that can be read again and again, row by row, as column → cell.

    bad: lines that were left out, noted while reading.
    """

    def __init__(self, name: str, content: bytes | Path) -> None:
        self.name = name
        self.bad: list[BadLine] = []
        self._content = content

    def __iter__(self) -> Iterator[dict[str, str]]:
        self.bad.clear()
        with open_stream(self._content) as stream:
            if not stream.read(1):
                return
            sheet = open_sheet(stream, LIMITS)
            for row in sheet.rows:
                if row.problem and not any(CONTROL.search(cell) for cell in row.cells):
                    self.bad.append(BadLine(self.name, row.number, row.problem))
                elif not row.is_empty:
                    yield dict(zip(sheet.header, (CONTROL.sub("", cell) for cell in row.cells), strict=False))


def open_stream(content: Content) -> BinaryIO:
    """Return the content as a stream from its beginning; closing it leaves a stream that was lent open."""
    if isinstance(content, bytes | bytearray | memoryview):
        return io.BytesIO(content)
    if isinstance(content, Path):
        return content.open("rb")
    content.seek(0)
    return cast(BinaryIO, _Lent(content))


def is_archive(content: Content) -> bool:
    """Say whether it is a ZIP file."""
    if isinstance(content, Path) and content.is_dir():
        return False
    with open_stream(content) as stream:
        return stream.read(4) == ZIP_SIGNATURE


def open_tables(content: Content) -> dict[str, CsvTable]:
    """Return the CSV tables of an archive or a folder by their names; a folder inside it may hold them."""
    if isinstance(content, Path) and content.is_dir():
        return {file.stem.lower(): CsvTable(file.stem.lower(), file) for file in sorted(content.rglob("*.csv"))}
    with open_stream(content) as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return {name: CsvTable(name, archive.read(entry)) for name, entry in _entries(archive).items()}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as problem:
            sentence = message("This archive is damaged or locked. Make it again, without a password.")
            raise CannotRead(sentence) from problem


def _entries(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """Return the tables in an archive; refuse one that would fill the memory, before anything is unpacked."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise CannotRead(message("This archive holds more than %(most)s files.", most=MOST_ENTRIES))
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise CannotRead(message("This archive unpacks to more than %(most)s MB.", most=MOST_BYTES // 1_000_000))
    tables = {}
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if path.suffix.lower() == ".csv" and not hidden:
            tables[path.stem.lower()] = entry
    return tables


class _Lent(io.RawIOBase):
    """A stream that stays open when whoever reads it is done."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read twice."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read as much as asked for."""
        return self._stream.read(size)

    def readall(self) -> bytes:
        """Read all the rest."""
        return self._stream.read()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Read as much as fits, and return how much that was."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to another place in the stream."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the stream."""
        return self._stream.tell()
