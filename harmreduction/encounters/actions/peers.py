"""Write down what a peer distributor or a partner tells of a time, and remove what was a slip."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.encounters.actions.community import check_own, removed, stands
from harmreduction.encounters.models import PeerReport
from harmreduction.encounters.queries.reach import get_distributor_of, get_report_of
from harmreduction.encounters.rules.community import PeerTold, check_told
from harmreduction.stock import ledger
from harmreduction.stock.actions.partners import HandedOn, hand_on
from harmreduction.stock.models import StockTransaction
from harmreduction.stock.queries import get_fact_at, time_zone_of
from harmreduction.stock.rules import ChangedFact, Outcome, ReversalReason

PEER_REPORT = cast(Table, PeerReport.__table__)


def tell_peer_report(told: PeerTold, *, by: Actor, at: datetime) -> Outcome:
    """Write down what was told once, however often it is sent; what was handed on leaves the ledger with it.

    Raises a DomainError with a sentence, and saves nothing, when it cannot be or was sent before with other content.
    """
    place = get_distributor_of(by, told.location_id)
    time_zone = time_zone_of(place)
    check_told(told, today=clock.today(time_zone, at))
    row = {
        "public_id": told.client_id,
        "fingerprint": told.fingerprint,
        "location_id": place.id,
        "begins_on": told.begins_on,
        "ends_on": told.ends_on,
        **told.numbers,
        "recorded_at": at,
        "recorded_by_id": by.account_id,
    }
    with transaction():
        report_id = db.session.scalar(insert_if_new(PEER_REPORT).returning(PEER_REPORT.c.id), row)
        if report_id is None:
            return _saved_before(told, by)
        if told.items:
            fact_id = _hand_on(told, time_zone, by=by, at=at)
            moved = update(PEER_REPORT).where(PEER_REPORT.c.id == report_id)
            db.session.execute(moved.values(stock_transaction_id=fact_id))
        record(Event.PEER_REPORT_MADE, by=by, subject=told.client_id, site_id=place.site_id)
        return Outcome.CREATED


def remove_peer_report(public_id: str, *, reason: ReversalReason, by: Actor, at: datetime) -> None:
    """Remove a report that was a slip, once, and take back what the ledger moved with it."""
    with transaction():
        report = get_report_of(by, public_id)
        place = get_distributor_of(by, report.location_id)
        check_own(report.recorded_by_id, by)
        if report.stock_transaction_id is not None:
            fact = db.session.get_one(StockTransaction, report.stock_transaction_id)
            taken_back = str(uuid5(UUID(fact.client_id), "take back"))  # as stock's own page takes it back, so once
            ledger.reverse(fact.id, client_id=taken_back, reason=reason, by=by)
        db.session.execute(update(PEER_REPORT).where(stands(PEER_REPORT, report.id)).values(**removed(reason, at)))
        record(Event.COMMUNITY_REMOVED, by=by, subject=public_id, site_id=place.site_id)


def _saved_before(told: PeerTold, by: Actor) -> Outcome:
    """Answer a page that is sent again: the same is fine, other content is a mistake that a person must see."""
    if get_report_of(by, told.client_id).fingerprint != told.fingerprint:
        raise ChangedFact(
            message("This page was sent before with other numbers, and those were saved. Open a new page for more.")
        )
    return Outcome.EXISTS


def _hand_on(told: PeerTold, time_zone: str, *, by: Actor, at: datetime) -> int:
    """Move what was handed on, as of the end of the time or of now, and return the row of the fact."""
    is_over = told.ends_on < clock.today(time_zone, at)
    end = clock.start_of_day(told.ends_on + timedelta(days=1), time_zone) - timedelta(seconds=1)
    handed_on = HandedOn(
        client_id=told.handed_on_id,
        location_id=told.location_id,
        items=told.items,
        last_day=told.ends_on,
        occurred_at=end if is_over else at,
    )
    hand_on(handed_on, by=by)
    return get_fact_at(told.location_id, told.handed_on_id).id
