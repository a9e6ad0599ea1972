"""Book in what arrived at a place, or what lay there when the programme began to keep its stock here."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock import ledger, queries
from harmreduction.stock.actions.checks import accepted, check_places, fingerprint_of
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import NOT_SAID, Lot, StockDocument
from harmreduction.stock.queries.funding import find_funding_term
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    MovementLine,
    Origin,
    Outcome,
    TransactionKind,
    UnknownLot,
    check_quantity,
)
from harmreduction.stock.rules.funding import check_funding

CAME_FROM = {
    TransactionKind.RECEIVE: VIRTUAL_LOCATION_IDS[LocationKind.SUPPLIER],
    TransactionKind.OPENING: VIRTUAL_LOCATION_IDS[LocationKind.OPENING],
}


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What came with a delivery; cost_cents is for the whole line, in hundredths of the programme's currency.

    number: of the purchase order or the delivery note. acquisition: a key of `rules.funding.ACQUISITIONS`.
    is_temperature_kept: None where nobody looked.
    """

    number: str = ""
    acquisition: str | None = None
    supplier: str = ""
    cost_cents: int | None = None
    is_temperature_kept: bool | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Units of one lot that arrived at a place, or lay there (is_opening); `expiry` is the date on the pack.

    is_funding_checked: a person looked at the terms of a source that asks once more.
    """

    client_id: str
    location_id: int
    item_id: int
    lot_number: str
    expiry: date | None
    quantity: int
    occurred_at: datetime
    funding_source_id: int = NOT_SAID
    is_funding_checked: bool = False
    is_opening: bool = False
    papers: Papers = Papers()


def receive(receipt: Receipt, *, by: Actor, origin: Origin = Origin.ONLINE) -> Outcome:
    """Book in what arrived or lay there, once; what did not keep its temperature goes out first from there.

    Raises UnknownLot where the number and the date do not fit, FundingBlocked or FundingAsksOnceMore where
    the source may not pay for it, NotFound for another site's place.
    """
    check_places([receipt.location_id], by)
    check_quantity(receipt.quantity)
    fact = Fact(
        client_id=receipt.client_id,
        fingerprint=fingerprint_of(receipt),
        kind=TransactionKind.OPENING if receipt.is_opening else TransactionKind.RECEIVE,
        occurred_at=receipt.occurred_at,
        origin=origin,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            _check_funding(receipt)
            _book_in(opened.transaction_id, fact, receipt, by=by)
            record(Event.STOCK_RECEIVED, by=by, subject=receipt.client_id)
        return accepted(opened)


def _book_in(transaction_id: int, fact: Fact, receipt: Receipt, *, by: Actor) -> None:
    """Move the units of a receipt in, keep its papers, and note where it got too warm or too cold."""
    lot_id = _lot_for(receipt)
    line = MovementLine(
        lot_id=lot_id,
        from_location_id=CAME_FROM[fact.kind],
        to_location_id=receipt.location_id,
        quantity=receipt.quantity,
    )
    ledger.add_lines(transaction_id, fact, [line])
    papers = receipt.papers
    if papers != Papers():
        db.session.add(StockDocument(transaction_id=transaction_id, **vars(papers)))
    if papers.is_temperature_kept is False:
        flag_heat(receipt.location_id, [lot_id], papers.note, by=by, at=receipt.occurred_at)


def _check_funding(receipt: Receipt) -> None:
    """Hold a purchase against the terms of its source; what lay there already is paid for."""
    if receipt.is_opening:
        return
    today = queries.today_at([receipt.location_id], now=receipt.occurred_at)
    term = find_funding_term(receipt.funding_source_id, receipt.item_id, on=today)
    check_funding(term, is_confirmed=receipt.is_funding_checked)


def _lot_for(receipt: Receipt) -> int:
    """Return the lot of a receipt; the same number with another printed date is refused with a sentence."""
    lot_id = find_or_make_lot(
        receipt.item_id, receipt.lot_number, receipt.expiry, funding_source_id=receipt.funding_source_id
    )
    lot = db.session.get_one(Lot, lot_id)
    if receipt.expiry is None:
        return lot_id
    if lot.printed_expiry not in (None, receipt.expiry):
        raise UnknownLot(
            message(
                "Lot %(lot)s is already here with the date %(date)s. Check the pack: one of the two is a slip.",
                lot=receipt.lot_number,
                date=lot.printed_expiry,
            )
        )
    _date(lot, receipt.expiry)
    return lot_id


def _date(lot: Lot, printed: date) -> None:
    """Note the printed date of a batch that had none yet, whoever paid for it."""
    batch = select(Lot).where(
        Lot.item_id == lot.item_id, Lot.lot_number == lot.lot_number, Lot.printed_expiry.is_(None)
    )
    for paid_by_one in db.session.scalars(batch):
        paid_by_one.printed_expiry = paid_by_one.effective_expiry = printed
    db.session.flush()
