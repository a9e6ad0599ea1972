"""How much of an item a place wants to hold, what it asked for, and what is on the way."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.db import Base, UtcDateTime
from harmreduction.stock.models.classes import LEDGER, LISTED
from harmreduction.stock.models.items import Item
from harmreduction.stock.models.places import StockLocation


class StockPolicy(Base):
    """How much of an item a place wants to hold: in days of use, or a fixed par level; empty is not set."""

    __tablename__ = "stock_policy"
    __table_args__ = (
        CheckConstraint("min_days >= 0", name="min_not_negative"),
        CheckConstraint("max_days >= 0", name="max_not_negative"),
        CheckConstraint("emergency_days >= 0", name="emergency_not_negative"),
        CheckConstraint("lead_days >= 0", name="lead_not_negative"),
        CheckConstraint("par_level >= 0", name="par_not_negative"),
    )

    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), primary_key=True, info=LISTED)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, info=LISTED)
    min_days: Mapped[int | None] = mapped_column(info=LISTED)
    max_days: Mapped[int | None] = mapped_column(info=LISTED)
    emergency_days: Mapped[int | None] = mapped_column(info=LISTED)
    lead_days: Mapped[int | None] = mapped_column(info=LISTED)
    par_level: Mapped[int | None] = mapped_column(info=LISTED)


class Requisition(Base):
    """A place asks another one for supplies; note is what it says, answer the sentence with which it was declined."""

    __tablename__ = "requisition"
    __table_args__ = (Index("ix_requisition_status", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    from_location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), index=True, info=LEDGER)
    status: Mapped[str] = mapped_column(String(12), default="draft", info=LEDGER)
    needed_on: Mapped[date | None] = mapped_column(info=LEDGER)
    note: Mapped[str] = mapped_column(String(200), default="", info=LEDGER)
    answer: Mapped[str] = mapped_column(String(200), default="", info=LEDGER)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)

    source: Mapped[StockLocation] = relationship(foreign_keys=[from_location_id])
    target: Mapped[StockLocation] = relationship(foreign_keys=[to_location_id])
    lines: Mapped[list["RequisitionLine"]] = relationship(order_by="RequisitionLine.item_id")


class RequisitionLine(Base):
    """Units of an item that were asked for, and how many were granted."""

    __tablename__ = "requisition_line"
    __table_args__ = (
        CheckConstraint("requested > 0", name="asks_for_something"),
        CheckConstraint("approved >= 0", name="approved_not_negative"),
    )

    requisition_id: Mapped[int] = mapped_column(ForeignKey("requisition.id"), primary_key=True, info=LEDGER)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, info=LEDGER)
    requested: Mapped[int] = mapped_column(info=LEDGER)
    approved: Mapped[int | None] = mapped_column(info=LEDGER)

    item: Mapped[Item] = relationship()


class Shipment(Base):
    """Supplies on their way between two places: sent off by one fact, accepted by another, maybe fewer or more.

    acceptance: the fact that ended its way; where the sending was taken back it is that, and accepted_at stays empty.
    """

    __tablename__ = "shipment"

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    requisition_id: Mapped[int | None] = mapped_column(ForeignKey("requisition.id"), index=True, info=LEDGER)
    from_location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), index=True, info=LEDGER)
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)
    acceptance_id: Mapped[int | None] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)

    source: Mapped[StockLocation] = relationship(foreign_keys=[from_location_id])
    target: Mapped[StockLocation] = relationship(foreign_keys=[to_location_id])
