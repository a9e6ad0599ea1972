"""A place asks another one for supplies: the steps of a request, and which follows which."""

from enum import StrEnum

from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.messages import Message, message


class RequestStatus(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    DECLINED = "declined"


REQUEST_STATUSES: dict[RequestStatus, Message] = {
    RequestStatus.DRAFT: message("Draft"),
    RequestStatus.SUBMITTED: message("Request sent"),
    RequestStatus.APPROVED: message("Approved"),
    RequestStatus.DISPATCHED: message("On the way"),
    RequestStatus.ACCEPTED: message("Arrived"),
    RequestStatus.CLOSED: message("Closed"),
    RequestStatus.DECLINED: message("Declined"),
}

# The way of a request that goes well, as the page shows it.
STEPS = (
    RequestStatus.DRAFT,
    RequestStatus.SUBMITTED,
    RequestStatus.APPROVED,
    RequestStatus.DISPATCHED,
    RequestStatus.ACCEPTED,
    RequestStatus.CLOSED,
)
# What a person may do next; that a shipment arrived is noted as it is accepted.
NEXT: dict[RequestStatus, tuple[RequestStatus, ...]] = {
    RequestStatus.DRAFT: (RequestStatus.SUBMITTED, RequestStatus.CLOSED),
    RequestStatus.SUBMITTED: (RequestStatus.APPROVED, RequestStatus.DECLINED, RequestStatus.CLOSED),
    RequestStatus.APPROVED: (RequestStatus.DISPATCHED, RequestStatus.DECLINED),
    RequestStatus.DISPATCHED: (),
    RequestStatus.ACCEPTED: (RequestStatus.CLOSED,),
    RequestStatus.CLOSED: (),
    RequestStatus.DECLINED: (RequestStatus.CLOSED,),
}
MOVED_ON = message("Somebody was faster: this request has moved on. Open its page again.")
STANDS_ELSEWHERE = message("This request has moved on meanwhile. This is where it stands now.")
WAITS_FOR_LEAD = (RequestStatus.SUBMITTED, RequestStatus.APPROVED)
IS_OVER = (RequestStatus.CLOSED, RequestStatus.DECLINED)


class NothingAskedFor(DomainError):
    """A request names no item, or none that was granted."""


def may_become(status: RequestStatus, target: RequestStatus) -> bool:
    """Say whether a person may take a request from one step to another."""
    return target in NEXT[status]


def can_still_become(status: RequestStatus, target: RequestStatus) -> bool:
    """Say whether a request can come to a step from where it stands, at once or later."""
    return any(step is target or can_still_become(step, target) for step in NEXT[status])


def check_step(status: RequestStatus, target: RequestStatus) -> None:
    """Refuse a step that does not follow; raises OutOfDate."""
    if not may_become(status, target):
        raise OutOfDate(MOVED_ON)
