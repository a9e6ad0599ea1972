"""The lists that the programme's pages choose from: groups of items, reasons, funding sources and their rules."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import NOT_SAID, FundingRule, FundingSource, ItemCategory, StockReason
from harmreduction.stock.queries import choices
from harmreduction.stock.rules import NameTaken, ReasonUse
from harmreduction.stock.rules.funding import Verdict


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One entry of a list: its name, its place in the list (1 is the top), whether it is offered."""

    name: str
    position: int
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class RuleEntry:
    """Whether a source may pay for a category from a day on (until a day), and the text that says so."""

    category: str
    verdict: Verdict
    valid_from: date
    valid_until: date | None
    basis: str


def save_category(code: str, choice: Choice, *, by: Actor) -> None:
    """Add a group of items under a code made with the page, or change the one that has it; raises NameTaken."""
    with transaction():
        _keep_apart(ItemCategory, choice.name, ItemCategory.code != code)
        category = db.session.get(ItemCategory, code) or ItemCategory(code=code)
        category.name, category.position, category.is_active = choice.name, choice.position, choice.is_active
        db.session.add(category)
        record(Event.ITEM_CHANGED, by=by)


def save_reason(public_id: str, use: ReasonUse, choice: Choice, *, by: Actor) -> None:
    """Add a reason under an id made with the page, or change the one that has it; its use stays what it was."""
    with transaction():
        _keep_apart(StockReason, choice.name, StockReason.public_id != public_id)
        reason = choices.find_reason(public_id) or StockReason(public_id=public_id, use=use.value)
        reason.name, reason.position, reason.is_active = choice.name, choice.position, choice.is_active
        db.session.add(reason)
        record(Event.STOCK_REASON_CHANGED, by=by, subject=public_id)


def save_funding_source(public_id: str, name: str, *, is_active: bool, by: Actor) -> None:
    """Add a funding source under an id made with the page, or change the one that has it; raises NameTaken.

    The one of what nobody said stays on offer: without it a page would take the next source for granted.
    """
    with transaction():
        _keep_apart(FundingSource, name, FundingSource.public_id != public_id)
        source = choices.find_funding_source(public_id) or FundingSource(public_id=public_id)
        source.name, source.is_active = name, is_active or source.id == NOT_SAID
        db.session.add(source)
        record(Event.FUNDING_CHANGED, by=by, subject=public_id)


def add_funding_rule(public_id: str, source_id: str, entry: RuleEntry, *, by: Actor) -> None:
    """Say once what a source may pay for; an older rule without an end ends on the day before."""
    with transaction():
        source = choices.get_funding_source(source_id)
        if db.session.scalar(select(FundingRule.id).where(FundingRule.public_id == public_id)) is not None:
            return
        for older in choices.list_open_rules(source.id, entry.category, before=entry.valid_from):
            older.valid_until = entry.valid_from - date.resolution
        db.session.add(
            FundingRule(
                public_id=public_id,
                funding_source_id=source.id,
                category=entry.category,
                verdict=entry.verdict.value,
                valid_from=entry.valid_from,
                valid_until=entry.valid_until,
                basis=entry.basis,
            )
        )
        record(Event.FUNDING_CHANGED, by=by, subject=source_id)


def end_funding_rule(public_id: str, on: date, *, by: Actor) -> str:
    """End a rule with a day, the first of its days at the earliest; return its source's public id.

    One that ends sooner keeps its end.
    """
    with transaction():
        rule = choices.get_funding_rule(public_id)
        rule.valid_until = min(max(on, rule.valid_from), rule.valid_until or date.max)
        source = db.session.get_one(FundingSource, rule.funding_source_id)
        record(Event.FUNDING_CHANGED, by=by, subject=source.public_id)
        return source.public_id


def code_of(form_id: str) -> str:
    """Return the code of a new group, from the id made with its page."""
    return f"c{UUID(form_id).hex[:20]}"


def _keep_apart(model: Any, name: str, others: Any) -> None:
    """Refuse a name that another entry of the list has."""
    if db.session.scalar(select(model).where(others, func.lower(model.name) == name.lower()).limit(1)) is not None:
        raise NameTaken(message("Another entry of this list has this name."))
