"""Lots: their dates, what became of them, and warnings about them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.stock.models.classes import LEDGER
from harmreduction.stock.models.funding import NOT_SAID, FundingSource
from harmreduction.stock.models.items import Item

# Few lots are, and they are asked for by just that.
IS_HELD = text("status <> 'available'")
IS_MERGED = text("merged_into_id IS NOT NULL")


class Lot(Base):
    """A batch of an item that one source paid for; the empty number holds what nobody knows the lot of.

    printed_expiry is what the pack says, and only a typing slip in it is put right; effective_expiry is
    the last day of use in force. kit_recipe: by which it was packed here. merged_into: its number was a
    slip, and the batch goes on under that lot.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("item_id", "lot_number", "funding_source_id"),
        Index("ix_lot_effective_expiry", "effective_expiry"),
        Index("ix_lot_item", "item_id", "effective_expiry"),
        Index("ix_lot_held", "status", sqlite_where=IS_HELD, postgresql_where=IS_HELD),
        Index("ix_lot_merged_into", "merged_into_id", sqlite_where=IS_MERGED, postgresql_where=IS_MERGED),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LEDGER)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=LEDGER)
    lot_number: Mapped[str] = mapped_column(String(40), default="", info=LEDGER)
    printed_expiry: Mapped[date | None] = mapped_column(info=LEDGER)
    effective_expiry: Mapped[date | None] = mapped_column(info=LEDGER)
    funding_source_id: Mapped[int] = mapped_column(ForeignKey("funding_source.id"), default=NOT_SAID, info=LEDGER)
    kit_recipe_id: Mapped[int | None] = mapped_column(ForeignKey("kit_recipe.id"), info=LEDGER)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), info=LEDGER)
    status: Mapped[str] = mapped_column(String(12), default="available", info=LEDGER)

    item: Mapped[Item] = relationship()
    funding_source: Mapped[FundingSource] = relationship()


class LotExpiryRevision(Base):
    """A new last day of use for a lot, with the document that says so; the printed date stays."""

    __tablename__ = "lot_expiry_revision"
    __table_args__ = ({"info": APPEND_ONLY},)

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True, info=LEDGER)
    old_expiry: Mapped[date | None] = mapped_column(info=LEDGER)
    new_expiry: Mapped[date] = mapped_column(info=LEDGER)
    authority: Mapped[str] = mapped_column(String(20), info=LEDGER)
    document: Mapped[str] = mapped_column(String(200), info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)


class LotStatusChange(Base):
    """A lot was put on hold, quarantined, recalled, or made available again, and why."""

    __tablename__ = "lot_status_change"
    __table_args__ = ({"info": APPEND_ONLY},)

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True, info=LEDGER)
    old_status: Mapped[str] = mapped_column(String(12), info=LEDGER)
    new_status: Mapped[str] = mapped_column(String(12), info=LEDGER)
    recall_id: Mapped[int | None] = mapped_column(ForeignKey("recall.id"), info=LEDGER)
    reason: Mapped[str] = mapped_column(String(200), info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)


class HeatFlag(Base):
    """A lot got too warm or too cold at a place: use it first there; one is open at a time."""

    __tablename__ = "heat_flag"
    __table_args__ = (
        Index(
            "uq_heat_flag_open",
            "location_id",
            "lot_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LEDGER)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), info=LEDGER)
    note: Mapped[str] = mapped_column(String(200), default="", info=LEDGER)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)


class ExpiryNotice(Base):
    """Somebody saw that a lot at a place comes to its last day within so many days; until then the warning stays."""

    __tablename__ = "expiry_notice"

    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, info=LEDGER)
    expiry: Mapped[date] = mapped_column(primary_key=True, info=LEDGER)
    days: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
