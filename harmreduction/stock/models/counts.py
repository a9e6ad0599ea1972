"""Counts while they are being taken, and shifts of a van or a backpack."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.stock.models.classes import LEDGER
from harmreduction.stock.models.lots import Lot
from harmreduction.stock.models.places import StockLocation

IS_DRAFT = text("status = 'draft'")
IS_OUT = text("closed_at IS NULL")


class StockCount(Base):
    """A count of what lies at a place: a draft until it is posted to the ledger or dropped.

    purpose: a shelf count, the close-out of a shift, or a visit to a machine or box.
    """

    __tablename__ = "stock_count"
    __table_args__ = (
        Index("uq_stock_count_draft", "location_id", unique=True, sqlite_where=IS_DRAFT, postgresql_where=IS_DRAFT),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    purpose: Mapped[str] = mapped_column(String(10), info=LEDGER)
    status: Mapped[str] = mapped_column(String(10), default="draft", info=LEDGER)
    is_blind: Mapped[bool] = mapped_column(default=True, info=LEDGER)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)

    location: Mapped[StockLocation] = relationship()
    lines: Mapped[list["StockCountLine"]] = relationship(order_by="StockCountLine.lot_id")


class StockCountLine(Base):
    """What was counted of one lot, and when; empty is not counted, which is not zero."""

    __tablename__ = "stock_count_line"
    __table_args__ = (CheckConstraint("counted >= 0", name="counted_not_negative"),)

    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"), primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, info=LEDGER)
    order_key: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LEDGER)
    counted: Mapped[int | None] = mapped_column(info=LEDGER)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("stock_reason.id"), info=LEDGER)

    lot: Mapped[Lot] = relationship()


class StockShift(Base):
    """One time out with a van or a backpack, from load-out to close-out; one is open at a time."""

    __tablename__ = "stock_shift"
    __table_args__ = (
        Index("uq_stock_shift_open", "location_id", unique=True, sqlite_where=IS_OUT, postgresql_where=IS_OUT),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    source_location_id: Mapped[int | None] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    count_id: Mapped[int | None] = mapped_column(ForeignKey("stock_count.id"), info=LEDGER)

    location: Mapped[StockLocation] = relationship(foreign_keys=[location_id])
