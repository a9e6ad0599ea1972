"""What a programme counted in the years before, in a table of its own that never touches the ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.reports.rules import LONGEST_LABEL

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
PASSING = classified(Sensitivity.OPERATIONAL, Retention.SESSION)


class PastImport(Base):
    """One file of past totals that somebody brought in, and what came of it."""

    __tablename__ = "past_import"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    digest: Mapped[str] = mapped_column(String(64), info=KEPT)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    imported_by: Mapped[str] = mapped_column(String(80), info=KEPT)
    new_totals: Mapped[int] = mapped_column(info=KEPT)
    changed_totals: Mapped[int] = mapped_column(info=KEPT)
    unchanged_totals: Mapped[int] = mapped_column(info=KEPT)
    refused_rows: Mapped[int] = mapped_column(info=KEPT)


class PastTotal(Base):
    """How much of something a site counted in a month.

    site_label is the site as the file wrote it, empty where the site was not recorded; site_id is ours, once
    somebody matched the label. item_id is set where the measure is the units of one item.
    """

    __tablename__ = "past_total"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("(measure = 'item_units') = (item_id IS NOT NULL)", name="units_of_an_item"),
        Index(
            "uq_past_total_measure",
            "site_label",
            "month",
            "measure",
            unique=True,
            sqlite_where=text("item_id IS NULL"),
            postgresql_where=text("item_id IS NULL"),
        ),
        Index(
            "uq_past_total_item",
            "site_label",
            "month",
            "item_id",
            unique=True,
            sqlite_where=text("item_id IS NOT NULL"),
            postgresql_where=text("item_id IS NOT NULL"),
        ),
        Index("ix_past_total_month", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    past_import_id: Mapped[int] = mapped_column(ForeignKey("past_import.id"), index=True, info=KEPT)
    month: Mapped[date] = mapped_column(info=KEPT)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True, info=KEPT)
    site_label: Mapped[str] = mapped_column(String(LONGEST_LABEL), info=KEPT)
    measure: Mapped[str] = mapped_column(String(20), info=KEPT)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), info=KEPT)
    quantity: Mapped[int] = mapped_column(BigInteger, info=KEPT)


class StagedHistory(Base):
    """A file that somebody uploaded and has not confirmed yet; gone when they decide, or after a day.

    The file lies in the database, so it is encrypted like everything else. matching says which column
    means what and which label is which site, as the person last left it.
    """

    __tablename__ = "staged_history"

    id: Mapped[int] = mapped_column(primary_key=True, info=PASSING)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=PASSING)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True, info=PASSING)
    staged_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PASSING)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PASSING)
    matching: Mapped[dict[str, Any]] = mapped_column(JSON, info=PASSING)
