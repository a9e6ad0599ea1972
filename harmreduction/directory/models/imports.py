"""Where records come from, and files on their way in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.core.fingerprint import fingerprint

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
STAGED = classified(Sensitivity.SENSITIVE, Retention.UNTIL_REPLACED)  # a file may hold private addresses


class DirectorySource(Base):
    """A directory that files come from; `namespace` (UUID) makes stable ids of its own ids."""

    __tablename__ = "directory_source"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    name: Mapped[str] = mapped_column(String(120), unique=True, info=KEPT)
    namespace: Mapped[str] = mapped_column(String(36), info=KEPT)
    licence: Mapped[str] = mapped_column(String(200), default="", info=KEPT)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=KEPT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)


class DirectoryImport(Base):
    """One file: read into rows, looked at, then brought in or left.

    state: one of `State` in `rules/imports.py`; rows_read and rows_applied show how far it is.
    counts: how many rows of each verdict and effect. The file itself goes once it is decided.
    """

    __tablename__ = "directory_import"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    source_id: Mapped[int] = mapped_column(ForeignKey("directory_source.id"), index=True, info=KEPT)
    state: Mapped[str] = mapped_column(String(12), info=KEPT)
    file_format: Mapped[str] = mapped_column(String(20), default="", info=KEPT)
    digest: Mapped[str] = mapped_column(String(64), info=KEPT)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=STAGED)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=KEPT)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, info=KEPT)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON, info=KEPT)
    rows_expected: Mapped[int | None] = mapped_column(info=KEPT)
    rows_read: Mapped[int] = mapped_column(default=0, info=KEPT)
    rows_applied: Mapped[int] = mapped_column(default=0, info=KEPT)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    imported_by: Mapped[str] = mapped_column(String(80), info=KEPT)

    @property
    def mark(self) -> str:
        """Return what tells this reading of the file from a later one in another way."""
        return fingerprint({"file": self.digest, "mapping": self.mapping})


class DirectoryImportRow(Base):
    """What one row of a file becomes: a verdict with reasons, and the records that it would write.

    verdict: one of `Verdict` in `reading`, or `missing` for a service that the source lists no longer. effect: one of
    `Effect` in `rules/imports.py`. reasons: messages as `stored_message` makes them. records: as `staged_bundles.py`
    makes them. differences: [field, before, after, whether the programme's own words go].
    """

    __tablename__ = "directory_import_row"
    __table_args__ = (Index("ix_directory_import_row_import", "import_id", "row_number"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=STAGED)
    import_id: Mapped[int] = mapped_column(ForeignKey("directory_import.id"), info=STAGED)
    row_number: Mapped[int] = mapped_column(info=STAGED)
    name: Mapped[str] = mapped_column(String(300), info=STAGED)
    verdict: Mapped[str] = mapped_column(String(10), info=STAGED)
    effect: Mapped[str] = mapped_column(String(10), info=STAGED)
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list, info=STAGED)
    records: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=STAGED)
    differences: Mapped[list[Any]] = mapped_column(JSON, default=list, info=STAGED)
