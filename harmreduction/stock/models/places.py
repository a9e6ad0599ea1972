"""Where stock can be, and why it moves without anybody taking it."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.db import Base, new_id
from harmreduction.stock.models.classes import LISTED


class StockLocation(Base):
    """A place that holds stock, or one of the virtual places that stand for the world outside.

    served_from: the place that fills it up. capacity: the units that fit in, for a machine or a box.
    """

    __tablename__ = "stock_location"
    __table_args__ = (CheckConstraint("capacity > 0", name="holds_something"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    name: Mapped[str] = mapped_column(String(80), unique=True, info=LISTED)
    kind: Mapped[str] = mapped_column(String(20), info=LISTED)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True, info=LISTED)
    served_from_id: Mapped[int | None] = mapped_column(ForeignKey("stock_location.id"), info=LISTED)
    directions: Mapped[str] = mapped_column(String(120), default="", info=LISTED)
    capacity: Mapped[int | None] = mapped_column(info=LISTED)
    note: Mapped[str] = mapped_column(String(200), default="", info=LISTED)
    is_strict: Mapped[bool] = mapped_column(default=False, info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)


class StockReason(Base):
    """A reason that a person gives for stock that changes: which use it has, and whether it adds or takes."""

    __tablename__ = "stock_reason"

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    name: Mapped[str] = mapped_column(String(60), unique=True, info=LISTED)
    use: Mapped[str] = mapped_column(String(12), info=LISTED)
    position: Mapped[int] = mapped_column(info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)
