"""Make one of two services that are listed twice, part them again, or remember that they are two."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.directory.actions.indexing import index_services
from harmreduction.directory.actions.services import remember
from harmreduction.directory.models import NotDuplicate, Service
from harmreduction.directory.queries.views import get_service
from harmreduction.directory.rules.duplicates import CannotMerge

NOT_DUPLICATE = cast(Table, NotDuplicate.__table__)


def merge_services(kept_id: str, other_id: str, *, by: Actor, at: datetime) -> None:
    """Show one service in the place of another (HSDS ids); nothing that points to the other one is changed.

    Raises CannotMerge where one of them is merged already, or both are the same.
    """
    with transaction():
        kept, other = _locked(kept_id), _locked(other_id)
        if kept.id == other.id or kept.merged_into_id is not None or other.merged_into_id is not None:
            raise CannotMerge(message("One of these services is merged already. Part it again first."))
        other.merged_into_id = kept.id
        _changed(other, "merged", (None, kept_id), by=by, at=at)
        index_services([kept.id, other.id], at=at)


def part_service(hsds_id: str, *, by: Actor, at: datetime) -> None:
    """Show a service by itself again that was merged into another; raises CannotMerge where it was not."""
    with transaction():
        service = _locked(hsds_id)
        if service.merged_into_id is None:
            raise CannotMerge(message("This service is not merged into another one."))
        kept = db.session.get_one(Service, service.merged_into_id)
        service.merged_into_id = None
        _changed(service, "parted", (kept.hsds_id, None), by=by, at=at)
        index_services([kept.id, service.id], at=at)


def say_they_are_two(first_id: str, second_id: str, *, by: Actor, at: datetime) -> None:
    """Remember that two services look alike and are two."""
    with transaction():
        low, high = sorted((get_service(first_id).id, get_service(second_id).id))
        values = {"first_id": low, "second_id": high, "said_at": at, "said_by": by.label[:80]}
        db.session.execute(insert_if_new(NOT_DUPLICATE), values)
        record(Event.SERVICE_CHECKED, by=by, subject=first_id)


def _locked(hsds_id: str) -> Service:
    """Return a service that nobody else merges meanwhile."""
    row_id = get_service(hsds_id).id
    statement = select(Service).where(Service.id == row_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _changed(service: Service, deed: str, link: tuple[str | None, str | None], *, by: Actor, at: datetime) -> None:
    """Write the link down, in the row and in the history."""
    service.version, service.changed_at = service.version + 1, at
    db.session.flush()
    remember("service", service.hsds_id, deed, [("merged_into", *link)], by=by, at=at)
    record(Event.SERVICES_MERGED, by=by, subject=service.hsds_id)
