"""Recalls of lots."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.db import Base, UtcDateTime
from harmreduction.stock.models.classes import LEDGER
from harmreduction.stock.models.lots import Lot


class Recall(Base):
    """A maker or an authority called lots back; reference: the number of their notice."""

    __tablename__ = "recall"

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    reference: Mapped[str] = mapped_column(String(60), info=LEDGER)
    title: Mapped[str] = mapped_column(String(120), info=LEDGER)
    recall_class: Mapped[str | None] = mapped_column(String(10), info=LEDGER)
    instructions: Mapped[str] = mapped_column(String(500), default="", info=LEDGER)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)

    lots: Mapped[list["RecallLot"]] = relationship(order_by="RecallLot.lot_id")


class RecallLot(Base):
    """A lot that a notice names; kits that hold it are found through their components."""

    __tablename__ = "recall_lot"

    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"), primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, index=True, info=LEDGER)

    lot: Mapped[Lot] = relationship()
