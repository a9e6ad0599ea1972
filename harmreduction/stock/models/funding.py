"""Who paid for supplies, and for what their money may be used."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.db import Base, new_id
from harmreduction.stock.models.classes import LISTED

NOT_SAID = 1  # the id of the source of what nobody said the source of; migration 0009 makes it


class FundingSource(Base):
    """Where supplies come from: a grant, the state's programme, own money, donations."""

    __tablename__ = "funding_source"

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    name: Mapped[str] = mapped_column(String(80), unique=True, info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)


class FundingRule(Base):
    """Whether a source may pay for a category of supplies, from a day on; basis: the text that says so."""

    __tablename__ = "funding_rule"
    __table_args__ = (CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="ends_after_it_begins"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    funding_source_id: Mapped[int] = mapped_column(ForeignKey("funding_source.id"), index=True, info=LISTED)
    category: Mapped[str] = mapped_column(ForeignKey("item_category.code"), info=LISTED)
    verdict: Mapped[str] = mapped_column(String(10), info=LISTED)
    valid_from: Mapped[date] = mapped_column(info=LISTED)
    valid_until: Mapped[date | None] = mapped_column(info=LISTED)
    basis: Mapped[str] = mapped_column(String(200), default="", info=LISTED)
