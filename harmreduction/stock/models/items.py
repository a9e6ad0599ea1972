"""What can be handed out, and the codes printed on its packs."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.db import Base, new_id
from harmreduction.stock.models.classes import LISTED


class ItemCategory(Base):
    """A kind of supplies, as the programme groups its lists."""

    __tablename__ = "item_category"

    code: Mapped[str] = mapped_column(String(30), primary_key=True, info=LISTED)
    name: Mapped[str] = mapped_column(String(60), info=LISTED)
    position: Mapped[int] = mapped_column(info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)


class Item(Base):
    """Something that can be handed out, counted in the smallest thing handed out.

    A box of two nasal sprays is 1 unit and 2 doses; pack_size is the units in the pack it comes in.
    is_kit: it is packed here by a recipe. merged_into: it was listed twice, and this is the one that stays.
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
    is_kit: Mapped[bool] = mapped_column(default=False, info=LISTED)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), info=LISTED)
    note: Mapped[str] = mapped_column(String(200), default="", info=LISTED)


class ItemIdentifier(Base):
    """A code printed on a pack of an item: NDC, GTIN, UPC, or the supplier's own; pack_size units are in that pack."""

    __tablename__ = "item_identifier"
    __table_args__ = (
        UniqueConstraint("system", "value"),
        CheckConstraint("pack_size > 0", name="pack_holds_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True, info=LISTED)
    system: Mapped[str] = mapped_column(String(10), info=LISTED)
    value: Mapped[str] = mapped_column(String(40), info=LISTED)
    pack_size: Mapped[int] = mapped_column(default=1, info=LISTED)
    verified_on: Mapped[date | None] = mapped_column(info=LISTED)


class ItemSubstitute(Base):
    """Another item that may take the place of a part when it is short, one for one."""

    __tablename__ = "item_substitute"
    __table_args__ = (CheckConstraint("item_id <> substitute_id", name="another_item"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, info=LISTED)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, info=LISTED)
