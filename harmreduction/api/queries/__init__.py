"""Read pages of the directory as HSDS: ids first, then everything around them in few statements."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from harmreduction.api.queries.documents import get_document, read_documents
from harmreduction.api.queries.fitting import find_ids
from harmreduction.api.rules import Asked
from harmreduction.core.db import db
from harmreduction.directory.hsds.structure import Document, RootKind
from harmreduction.directory.queries.records import in_chunks

__all__ = ["Listed", "get_document", "list_in_parts", "list_records"]

ALL = 1_000_000_000  # records on one page
MOST_AT_ONCE = 200  # records that are held while a program reads line by line


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A page of documents, and how many there are on all pages."""

    contents: list[Document]
    total: int


def list_records(kind: RootKind, asked: Asked, *, at: datetime) -> Listed:
    """Return a page of records of one kind: nested, in the short form of the standard, or as little as it allows."""
    ids, total = find_ids(kind, asked, at=at)
    return Listed(contents=read_documents(kind, ids, asked), total=total)


def list_in_parts(kind: RootKind, asked: Asked, *, at: datetime) -> Iterator[list[Document]]:
    """Yield every record that fits, in parts that are never larger than a page may be.

    Between two parts no read of the database stays open, however slowly they are taken.
    """
    ids, _total = find_ids(kind, replace(asked, page=1, per_page=ALL), at=at)
    for part in in_chunks(ids, min(asked.most_per_page, MOST_AT_ONCE)):
        documents = read_documents(kind, part, asked)
        db.session.rollback()
        yield documents
