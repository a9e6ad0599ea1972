"""Kits: what goes into one, and which lots went into which."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.stock.models.classes import LEDGER
from harmreduction.stock.models.items import Item


class KitRecipe(Base):
    """What goes into one kit, as of a day; a change is a new version, and packed kits keep theirs."""

    __tablename__ = "kit_recipe"
    __table_args__ = (UniqueConstraint("kit_item_id", "version"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LEDGER)
    kit_item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=LEDGER)
    version: Mapped[int] = mapped_column(info=LEDGER)
    valid_from: Mapped[date] = mapped_column(info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)

    kit_item: Mapped[Item] = relationship()
    lines: Mapped[list["KitRecipeLine"]] = relationship(order_by="KitRecipeLine.component_item_id")


class KitRecipeLine(Base):
    """So many units of a part in one kit; is_expiry_bearing: the kit is past its date when this part is."""

    __tablename__ = "kit_recipe_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="holds_something"), {"info": APPEND_ONLY})

    recipe_id: Mapped[int] = mapped_column(ForeignKey("kit_recipe.id"), primary_key=True, info=LEDGER)
    component_item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, info=LEDGER)
    quantity: Mapped[int] = mapped_column(info=LEDGER)
    is_expiry_bearing: Mapped[bool] = mapped_column(info=LEDGER)

    component: Mapped[Item] = relationship()


class LotComponent(Base):
    """Which lot lies in every kit of a kit lot, how many units of it, and for which part of the recipe.

    Kits of one lot are all alike, so a recall finds exactly those that hold a lot, and taking kits apart
    gives back exactly what went in. part_item: the part for which it stands, another item if it was substituted.
    """

    __tablename__ = "lot_component"
    __table_args__ = (
        CheckConstraint("quantity_per_kit > 0", name="holds_something"),
        {"info": APPEND_ONLY},
    )

    kit_lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, info=LEDGER)
    component_lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, index=True, info=LEDGER)
    part_item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=LEDGER)
    quantity_per_kit: Mapped[int] = mapped_column(info=LEDGER)
    is_expiry_bearing: Mapped[bool] = mapped_column(info=LEDGER)
