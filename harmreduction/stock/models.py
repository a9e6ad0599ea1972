"""Items, lots and places, and the double-entry ledger between them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id

LISTED = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
LEDGER = classified(Sensitivity.OPERATIONAL, Retention.LEDGER)


class ItemCategory(Base):
    """A kind of supplies, as the programme groups its lists."""

    __tablename__ = "item_category"

    code: Mapped[str] = mapped_column(String(30), primary_key=True, info=LISTED)
    name: Mapped[str] = mapped_column(String(60), info=LISTED)
    position: Mapped[int] = mapped_column(info=LISTED)


class Item(Base):
    """Something that can be handed out, counted in the smallest thing handed out.

    A box of two nasal sprays is 1 unit and 2 doses; pack_size is the units in the pack it comes in.
    """

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("doses_per_unit >= 0", name="doses_not_negative"),
        CheckConstraint("pack_size > 0", name="pack_holds_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    code: Mapped[str] = mapped_column(String(40), unique=True, info=LISTED)
    category: Mapped[str] = mapped_column(ForeignKey("item_category.code"), info=LISTED)
    name: Mapped[str] = mapped_column(String(80), info=LISTED)
    unit: Mapped[str] = mapped_column(String(40), info=LISTED)
    unit_plural: Mapped[str] = mapped_column(String(40), info=LISTED)
    doses_per_unit: Mapped[int] = mapped_column(default=0, info=LISTED)
    pack_size: Mapped[int] = mapped_column(default=1, info=LISTED)
    is_lot_tracked: Mapped[bool] = mapped_column(default=False, info=LISTED)
    has_expiry: Mapped[bool] = mapped_column(default=False, info=LISTED)
    is_usual: Mapped[bool] = mapped_column(default=False, info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)
    note: Mapped[str] = mapped_column(String(200), default="", info=LISTED)


class ItemIdentifier(Base):
    """A code printed on a pack of an item: NDC, GTIN, UPC, or the supplier's own."""

    __tablename__ = "item_identifier"
    __table_args__ = (
        UniqueConstraint("system", "value"),
        CheckConstraint("pack_size > 0", name="pack_holds_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True, info=LISTED)
    system: Mapped[str] = mapped_column(String(10), info=LISTED)
    value: Mapped[str] = mapped_column(String(40), info=LISTED)
    pack_size: Mapped[int] = mapped_column(default=1, info=LISTED)


class Lot(Base):
    """A batch of an item; the lot with an empty number holds what nobody knows the lot of.

    printed_expiry never changes; effective_expiry is the last day of use in force.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("item_id", "lot_number"),
        Index("ix_lot_effective_expiry", "effective_expiry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LEDGER)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=LEDGER)
    lot_number: Mapped[str] = mapped_column(String(40), default="", info=LEDGER)
    printed_expiry: Mapped[date | None] = mapped_column(info=LEDGER)
    effective_expiry: Mapped[date | None] = mapped_column(info=LEDGER)
    status: Mapped[str] = mapped_column(String(12), default="available", info=LEDGER)

    item: Mapped[Item] = relationship()


class StockLocation(Base):
    """A place that holds stock, or one of the virtual places that stand for the world outside."""

    __tablename__ = "stock_location"

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    name: Mapped[str] = mapped_column(String(80), unique=True, info=LISTED)
    kind: Mapped[str] = mapped_column(String(20), info=LISTED)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True, info=LISTED)
    is_strict: Mapped[bool] = mapped_column(default=False, info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)


class StockTransaction(Base):
    """One fact about stock: received, moved, handed out, taken back."""

    __tablename__ = "stock_transaction"
    __table_args__ = (Index("ix_stock_transaction_occurred_at", "occurred_at"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    client_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    kind: Mapped[str] = mapped_column(String(20), info=LEDGER)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    origin: Mapped[str] = mapped_column(String(10), info=LEDGER)
    fingerprint: Mapped[str] = mapped_column(String(64), info=LEDGER)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)
    reason: Mapped[str | None] = mapped_column(String(20), info=LEDGER)


class StockMovement(Base):
    """Units of one lot going from one place to another; ordered by (occurred_at, order_key), never by arrival."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        UniqueConstraint("transaction_id", "line_no"),
        CheckConstraint("quantity > 0", name="moves_something"),
        CheckConstraint("from_location_id <> to_location_id", name="goes_somewhere"),
        Index("ix_stock_movement_from", "from_location_id", "lot_id", "occurred_at", "order_key"),
        Index("ix_stock_movement_to", "to_location_id", "lot_id", "occurred_at", "order_key"),
        Index("ix_stock_movement_lot", "lot_id", "occurred_at"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), info=LEDGER)
    line_no: Mapped[int] = mapped_column(info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), info=LEDGER)
    from_location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    quantity: Mapped[int] = mapped_column(info=LEDGER)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    order_key: Mapped[str] = mapped_column(String(36), info=LEDGER)
    lot_source: Mapped[str] = mapped_column(String(15), info=LEDGER)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"), unique=True, info=LEDGER)


class StockBalance(Base):
    """Units of a lot at a place: always the sum of its movements, changed in the same transaction."""

    __tablename__ = "stock_balance"
    __table_args__ = (Index("ix_stock_balance_lot_id", "lot_id"), {"sqlite_with_rowid": False})

    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, info=LEDGER)
    on_hand: Mapped[int] = mapped_column(info=LEDGER)


class StockDiscrepancy(Base):
    """Something that does not fit and waits for a lead; one of a kind is open at a time for a lot at a place."""

    __tablename__ = "stock_discrepancy"
    __table_args__ = (
        Index(
            "uq_stock_discrepancy_open",
            "location_id",
            "lot_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LEDGER)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), info=LEDGER)
    kind: Mapped[str] = mapped_column(String(20), info=LEDGER)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    opened_by_transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), info=LEDGER)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)

    lot: Mapped[Lot] = relationship()
    location: Mapped[StockLocation] = relationship()
