"""Read funding sources, what they may pay for, and what came with the same papers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import Message, message
from harmreduction.stock.models import (
    NOT_SAID,
    FundingRule,
    FundingSource,
    Item,
    ItemCategory,
    Lot,
    StockDocument,
    StockMovement,
    StockTransaction,
)
from harmreduction.stock.rules.funding import FundingTerm, Verdict, term_in_force


@dataclass(frozen=True, kw_only=True)
class ReceivedLine:
    """A line of a delivery: what came, how much, and what the line cost in hundredths of the currency."""

    item: Item
    lot: Lot
    quantity: int
    cost_cents: int | None


def list_funding_sources(*, only_active: bool = True) -> Sequence[FundingSource]:
    """Return the funding sources, the one of what nobody said first, then by name."""
    sources = select(FundingSource).order_by(FundingSource.id != NOT_SAID, FundingSource.name)
    return db.session.scalars(sources.where(FundingSource.is_active) if only_active else sources).all()


def sources_of_twins(lots: Iterable[Lot]) -> dict[int, str]:
    """Return the funding source of each of these lots (id) that has the number of another one of its item."""
    among = list(lots)
    numbers = Counter((lot.item_id, lot.lot_number) for lot in among)
    twins = [lot for lot in among if numbers[lot.item_id, lot.lot_number] > 1]
    if not twins:
        return {}
    ids = {lot.funding_source_id for lot in twins}
    sources = select(FundingSource.id, FundingSource.name).where(FundingSource.id.in_(ids))
    names = {source_id: name for source_id, name in db.session.execute(sources)}
    return {lot.id: names[lot.funding_source_id] for lot in twins}


def get_funding_source(public_id: str) -> FundingSource:
    """Return a funding source."""
    source = db.session.scalar(select(FundingSource).where(FundingSource.public_id == public_id))
    if source is None:
        raise NotFound(message("This funding source is not in the list any more. Choose another one."))
    return source


def find_funding_term(funding_source_id: int, item_id: int, *, on: date) -> FundingTerm | None:
    """Return what a source says on a day of the group that an item belongs to, if anything."""
    of_item = select(Item.category).where(Item.id == item_id)
    terms = _terms_of(funding_source_id, FundingRule.category.in_(of_item))
    return term_in_force([term for _rule, term in terms], on)


def rules_in_force(funding_source_id: int, *, on: date) -> set[int]:
    """Return the rules (ids) of a source that hold on a day, one for each group that has any."""
    told = _terms_of(funding_source_id)
    holding = [
        term_in_force([term for rule, term in told if rule.category == category], on)
        for category in {rule.category for rule, _term in told}
    ]
    return {rule.id for rule, term in told if any(term is held for held in holding)}


def list_received_with(number: str, *, location_id: int, limit: int) -> list[ReceivedLine]:
    """Return the latest lines that a place received under the number of a paper, in the order of the paper."""
    reversal = select(StockTransaction.reverses_id).where(StockTransaction.reverses_id.is_not(None))
    rows = db.session.execute(
        select(Item, Lot, StockMovement.quantity, StockDocument.cost_cents)
        .join(StockMovement, StockMovement.transaction_id == StockDocument.transaction_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockDocument.number == number,
            StockMovement.to_location_id == location_id,
            StockDocument.transaction_id.not_in(reversal),
        )
        .order_by(StockDocument.transaction_id.desc())
        .limit(limit)
    )
    lines = [
        ReceivedLine(item=item, lot=lot, quantity=quantity, cost_cents=cents) for item, lot, quantity, cents in rows
    ]
    return lines[::-1]


def _terms_of(funding_source_id: int, *only: ColumnElement[bool]) -> list[tuple[FundingRule, FundingTerm]]:
    """Return the rules of a source, each with what it says."""
    rows = db.session.execute(
        select(FundingRule, FundingSource.name, ItemCategory.name.label("category"))
        .join(FundingSource, FundingSource.id == FundingRule.funding_source_id)
        .join(ItemCategory, ItemCategory.code == FundingRule.category)
        .where(FundingRule.funding_source_id == funding_source_id, *only)
    )
    return [(rule, _term(rule, source, category)) for rule, source, category in rows]


def _term(rule: FundingRule, source: str, category: str) -> FundingTerm:
    """Return what a rule says."""
    return FundingTerm(
        source=source,
        category=Message(category),
        verdict=Verdict(rule.verdict),
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        basis=rule.basis,
    )
