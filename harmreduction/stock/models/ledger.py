"""The double-entry ledger: facts, the movements they made, balances, and the counts they hold on to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.stock.models.classes import LEDGER
from harmreduction.stock.models.lots import Lot
from harmreduction.stock.models.places import StockLocation

# Few rows have these, and a hand-out has none to write.
HAS_CAUSE = text("cause_id IS NOT NULL")
HAS_ANCHOR = text("anchor_id IS NOT NULL")
# What was used at a place is added up from this index alone.
FROM_ALONE = ("from_location_id", "lot_id", "occurred_at", "order_key", "quantity", "to_location_id")
# A recall adds up what went to participants, by place and by how the lot was known, from this index alone.
TO_ALONE = ("to_location_id", "lot_id", "occurred_at", "order_key", "quantity", "from_location_id", "lot_source")


class StockTransaction(Base):
    """One fact about stock: received, moved, handed out, counted, taken back.

    cause: the late fact for which a count's difference was corrected.
    """

    __tablename__ = "stock_transaction"
    __table_args__ = (
        Index("ix_stock_transaction_occurred_at", "occurred_at"),
        Index("ix_stock_transaction_cause", "cause_id", sqlite_where=HAS_CAUSE, postgresql_where=HAS_CAUSE),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    client_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    kind: Mapped[str] = mapped_column(String(20), info=LEDGER)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    origin: Mapped[str] = mapped_column(String(10), info=LEDGER)
    fingerprint: Mapped[str] = mapped_column(String(64), info=LEDGER)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("stock_transaction.id"), info=LEDGER)
    reason: Mapped[str | None] = mapped_column(String(20), info=LEDGER)


class StockDocument(Base):
    """What the papers of a fact say, where there are any; cost_cents is for all of its units together."""

    __tablename__ = "stock_document"
    __table_args__ = (CheckConstraint("cost_cents >= 0", name="cost_not_negative"), {"info": APPEND_ONLY})

    transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), primary_key=True, info=LEDGER)
    number: Mapped[str] = mapped_column(String(60), default="", info=LEDGER)
    acquisition: Mapped[str | None] = mapped_column(String(12), info=LEDGER)
    supplier: Mapped[str] = mapped_column(String(80), default="", info=LEDGER)
    cost_cents: Mapped[int | None] = mapped_column(info=LEDGER)
    is_temperature_kept: Mapped[bool | None] = mapped_column(info=LEDGER)
    note: Mapped[str] = mapped_column(String(200), default="", info=LEDGER)


class StockMovement(Base):
    """Units of one lot going from one place to another; ordered by (occurred_at, order_key), never by arrival.

    anchor: the count whose difference this is, or corrects.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        UniqueConstraint("transaction_id", "line_no"),
        CheckConstraint("quantity > 0", name="moves_something"),
        CheckConstraint("from_location_id <> to_location_id", name="goes_somewhere"),
        Index("ix_stock_movement_from", *FROM_ALONE),
        Index("ix_stock_movement_to", *TO_ALONE),
        Index("ix_stock_movement_lot", "lot_id", "occurred_at"),
        Index("ix_stock_movement_anchor", "anchor_id", sqlite_where=HAS_ANCHOR, postgresql_where=HAS_ANCHOR),
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
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("stock_reason.id"), info=LEDGER)
    anchor_id: Mapped[int | None] = mapped_column(ForeignKey("stock_anchor.id"), info=LEDGER)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"), unique=True, info=LEDGER)


class StockAnchor(Base):
    """So many units of a lot were counted at a place at a moment: what the balance is from there on.

    A fact from before it that arrives later is made up for at this point, against the counterpart.
    """

    __tablename__ = "stock_anchor"
    __table_args__ = (
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        Index("ix_stock_anchor_place", "location_id", "lot_id", "occurred_at", "order_key"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), index=True, info=LEDGER)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), info=LEDGER)
    counterpart_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=LEDGER)
    counted: Mapped[int] = mapped_column(info=LEDGER)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    order_key: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("stock_reason.id"), info=LEDGER)


class StockBalance(Base):
    """Units of a lot at a place: always the sum of its movements, changed in the same transaction.

    latest_count_at: the moment of its latest anchor, so that a hand-out knows whether it came late.
    """

    __tablename__ = "stock_balance"
    __table_args__ = (Index("ix_stock_balance_lot_id", "lot_id"), {"sqlite_with_rowid": False})

    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), primary_key=True, info=LEDGER)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, info=LEDGER)
    on_hand: Mapped[int] = mapped_column(info=LEDGER)
    latest_count_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LEDGER)


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
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)
    note: Mapped[str] = mapped_column(String(200), default="", info=LEDGER)

    lot: Mapped[Lot] = relationship()
    location: Mapped[StockLocation] = relationship()
