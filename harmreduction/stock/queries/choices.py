"""Read the lists that the programme's pages choose from."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import FundingRule, FundingSource, ItemCategory, StockReason


def list_all_categories() -> Sequence[ItemCategory]:
    """Return the groups of items in their order, those that are not offered too."""
    return db.session.scalars(select(ItemCategory).order_by(ItemCategory.position, ItemCategory.name)).all()


def get_category(code: str) -> ItemCategory:
    """Return a group of items."""
    found = db.session.get(ItemCategory, code)
    if found is None:
        raise NotFound(message("There is no such group."))
    return found


def list_all_reasons() -> Sequence[StockReason]:
    """Return the reasons by use and position, those that are not offered too."""
    return db.session.scalars(select(StockReason).order_by(StockReason.use, StockReason.position)).all()


def find_reason(public_id: str) -> StockReason | None:
    """Return a reason, if it is there."""
    return db.session.scalar(select(StockReason).where(StockReason.public_id == public_id))


def get_reason(public_id: str) -> StockReason:
    """Return a reason."""
    found = find_reason(public_id)
    if found is None:
        raise NotFound(message("There is no such reason."))
    return found


def list_all_funding_sources() -> Sequence[FundingSource]:
    """Return the funding sources by name, those that are not offered too; what nobody said comes first."""
    return db.session.scalars(select(FundingSource).order_by(FundingSource.id != 1, FundingSource.name)).all()


def find_funding_source(public_id: str) -> FundingSource | None:
    """Return a funding source, if it is there."""
    return db.session.scalar(select(FundingSource).where(FundingSource.public_id == public_id))


def get_funding_source(public_id: str) -> FundingSource:
    """Return a funding source."""
    found = find_funding_source(public_id)
    if found is None:
        raise NotFound(message("There is no such funding source."))
    return found


def list_rules_of(funding_source_id: int) -> Sequence[FundingRule]:
    """Return what a source may pay for, newest rule first in each group."""
    return db.session.scalars(
        select(FundingRule)
        .where(FundingRule.funding_source_id == funding_source_id)
        .order_by(FundingRule.category, FundingRule.valid_from.desc())
    ).all()


def list_open_rules(funding_source_id: int, category: str, *, before: date) -> Sequence[FundingRule]:
    """Return the rules of a source for a group that began before a day and have no end."""
    return db.session.scalars(
        select(FundingRule).where(
            FundingRule.funding_source_id == funding_source_id,
            FundingRule.category == category,
            FundingRule.valid_from < before,
            FundingRule.valid_until.is_(None),
        )
    ).all()


def get_funding_rule(public_id: str) -> FundingRule:
    """Return a rule."""
    found = db.session.scalar(select(FundingRule).where(FundingRule.public_id == public_id))
    if found is None:
        raise NotFound(message("There is no such rule."))
    return found
