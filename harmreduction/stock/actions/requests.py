"""Ask another place for supplies, decide on it, and send them; each step happens once, however often it is pressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, delete, insert, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.core.messages import message
from harmreduction.stock.actions.checks import check_places
from harmreduction.stock.actions.shipments import Sending, send
from harmreduction.stock.models import Requisition, RequisitionLine, Shipment, StockLocation
from harmreduction.stock.queries.requests import list_sources_for
from harmreduction.stock.rules import ChangedFact, check_quantity
from harmreduction.stock.rules.requests import MOVED_ON, NothingAskedFor, RequestStatus, check_step

REQUISITION = cast(Table, Requisition.__table__)
LINE = cast(Table, RequisitionLine.__table__)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What a place asks another one for: units by item id; needed_on and note where somebody said them."""

    from_location_id: int
    to_location_id: int
    units: Mapping[int, int]
    needed_on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Lots (lot id, units) that are sent for a request; client_id was made with the page."""

    client_id: str
    lots: tuple[tuple[int, int], ...]
    occurred_at: datetime


def draft(public_id: str, asking: Asking, *, by: Actor, at: datetime) -> None:
    """Write down a request as a draft, once; its id was made with the page.

    Raises NothingAskedFor without an item, ChangedFact when the page was sent before with other content, NotFound for
    another site's place or one that cannot be asked.
    """
    _check(asking, by)
    with transaction():
        made = {
            "public_id": public_id,
            "made_at": at,
            "made_by_id": by.account_id,
            "status": RequestStatus.DRAFT.value,
            "answer": "",
            **_head_of(asking),
        }
        request_id = db.session.scalar(insert_if_new(REQUISITION).returning(REQUISITION.c.id), made)
        if request_id is not None:
            _write_lines(request_id, asking)
            _record(public_id, by)
        elif _as_asked(_get(public_id)) != asking:
            raise ChangedFact(
                message("This page was sent before with other numbers, and those were saved. Open a new page for more.")
            )


def change_draft(public_id: str, asking: Asking, *, by: Actor) -> None:
    """Change what a draft asks for; raises OutOfDate once it is no draft any more."""
    _check(asking, by)
    with transaction():
        request = _get(public_id)
        check_places([request.to_location_id], by)
        if _as_asked(request) == asking:
            return
        if request.status != RequestStatus.DRAFT:
            raise OutOfDate(MOVED_ON)
        for name, value in _head_of(asking).items():
            setattr(request, name, value)
        db.session.execute(delete(LINE).where(LINE.c.requisition_id == request.id))
        _write_lines(request.id, asking)
        _record(public_id, by)


def submit(public_id: str, *, by: Actor, at: datetime) -> None:
    """Send a draft to whoever decides."""
    with transaction():
        request = _get(public_id)
        check_places([request.to_location_id], by)
        if _step(request, RequestStatus.SUBMITTED, by):
            request.submitted_at = at


def approve(public_id: str, units: Mapping[int, int], *, by: Actor, at: datetime) -> None:
    """Grant a request, maybe other numbers than it asks for (units by item id); what is not named gets none.

    Raises NothingAskedFor when nothing at all is granted.
    """
    if not any(units.values()):
        raise NothingAskedFor(message("Grant at least one unit, or decline the request with a sentence."))
    for granted in units.values():
        if granted:
            check_quantity(granted)
    with transaction():
        request = _get_to_decide(public_id, by)
        granted_before = {line.item_id: line.approved for line in request.lines}
        granted_now = {item_id: units.get(item_id, 0) for item_id in granted_before}
        if request.status == RequestStatus.APPROVED and granted_before == granted_now:
            return
        check_step(RequestStatus(request.status), RequestStatus.APPROVED)
        _step(request, RequestStatus.APPROVED, by)
        request.decided_at, request.decided_by_id = at, by.account_id
        for line in request.lines:
            line.approved = granted_now[line.item_id]


def decline(public_id: str, answer: str, *, by: Actor, at: datetime) -> None:
    """Decline a request with a sentence."""
    if not answer.strip():
        raise NothingAskedFor(message("Write a sentence that says why, so that they can plan."))
    with transaction():
        request = _get_to_decide(public_id, by)
        if _step(request, RequestStatus.DECLINED, by):
            request.decided_at, request.decided_by_id, request.answer = at, by.account_id, answer.strip()


def dispatch(public_id: str, sent: Dispatch, *, by: Actor) -> None:
    """Send the lots for a granted request, once; they are on the way until somebody accepts them.

    Raises what sending raises: NothingToMove, UnknownLot, NotEnoughHere, ChangedFact.
    """
    with transaction():
        request = _get_to_decide(public_id, by)
        if not _was_sent(sent.client_id):
            check_step(RequestStatus(request.status), RequestStatus.DISPATCHED)
            _step(request, RequestStatus.DISPATCHED, by)
        sending = Sending(
            client_id=sent.client_id,
            from_location_id=request.from_location_id,
            to_location_id=request.to_location_id,
            lots=sent.lots,
            occurred_at=sent.occurred_at,
            requisition_id=request.id,
        )
        send(sending, by=by)


def close(public_id: str, *, by: Actor) -> None:
    """Close a request: taken back before anybody decided, or all of it done."""
    with transaction():
        request = _get(public_id)
        check_places([request.to_location_id], by)
        _step(request, RequestStatus.CLOSED, by)


def _check(asking: Asking, by: Actor) -> None:
    """Refuse a request for nothing, for numbers that could not move, or from a place that cannot be asked."""
    check_places([asking.to_location_id], by)
    if not asking.units:
        raise NothingAskedFor(message("Enter how many of at least one item."))
    for units in asking.units.values():
        check_quantity(units)
    target = db.session.get_one(StockLocation, asking.to_location_id)
    if asking.from_location_id not in {place.id for place in list_sources_for(target)}:
        raise NotFound(message("This place cannot be asked for supplies. Choose another one."))


def _get(public_id: str) -> Requisition:
    """Return a request."""
    request = db.session.scalar(select(Requisition).where(Requisition.public_id == public_id).with_for_update())
    if request is None:
        raise NotFound(message("There is no such request."))
    return request


def _get_to_decide(public_id: str, by: Actor) -> Requisition:
    """Return a request between places that a person leads."""
    request = _get(public_id)
    check_places([request.from_location_id, request.to_location_id], by)
    return request


def _step(request: Requisition, target: RequestStatus, by: Actor) -> bool:
    """Take a request to a step, and say whether it was not there yet; raises OutOfDate where it does not follow."""
    if request.status == target:
        return False
    check_step(RequestStatus(request.status), target)
    request.status = target.value
    _record(request.public_id, by)
    return True


def _was_sent(client_id: str) -> bool:
    """Say whether this page was sent before."""
    return db.session.scalar(select(Shipment.id).where(Shipment.public_id == client_id)) is not None


def _head_of(asking: Asking) -> dict[str, object]:
    """Return the columns of a request that a person fills in."""
    return {
        "from_location_id": asking.from_location_id,
        "to_location_id": asking.to_location_id,
        "needed_on": asking.needed_on,
        "note": asking.note,
    }


def _as_asked(request: Requisition) -> Asking:
    """Return what a request asks for, to compare it."""
    return Asking(
        from_location_id=request.from_location_id,
        to_location_id=request.to_location_id,
        units={line.item_id: line.requested for line in request.lines},
        needed_on=request.needed_on,
        note=request.note,
    )


def _write_lines(request_id: int, asking: Asking) -> None:
    """Write the lines of a request."""
    db.session.execute(
        insert(LINE),
        [
            {"requisition_id": request_id, "item_id": item_id, "requested": units}
            for item_id, units in asking.units.items()
        ],
    )


def _record(public_id: str, by: Actor) -> None:
    """Note that a request changed."""
    record(Event.REQUISITION_CHANGED, by=by, subject=public_id)
