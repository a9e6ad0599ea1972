"""Read who changed what of a record, and when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.models import DirectoryChange, Service, ServiceAtLocation, ServiceLocation
from harmreduction.directory.queries.records import TABLES


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a history is about: its name, and the HSDS ids of the record and of what belongs to it."""

    kind: str
    name: str
    hsds_ids: tuple[str, ...]


def get_subject(hsds_id: str) -> Subject:
    """Return the record of this HSDS id; a service comes with its places. Raises NotFound."""
    for kind, table in TABLES.items():
        row = db.session.execute(select(table).where(table.c.hsds_id == hsds_id)).mappings().first()
        if row is None:
            continue
        places = _places_of(row["id"]) if kind == "service" else []
        return Subject(kind=kind, name=row.get("name") or "", hsds_ids=(hsds_id, *places))
    raise NotFound(message("This record is not in the directory."))


def list_changes(subject: Subject, *, limit: int, offset: int = 0) -> Sequence[DirectoryChange]:
    """Return the changes of a record and of what belongs to it, the newest first."""
    statement = select(DirectoryChange).where(DirectoryChange.hsds_id.in_(subject.hsds_ids))
    return db.session.scalars(statement.order_by(DirectoryChange.id.desc()).limit(limit).offset(offset)).all()


def names_of_services(hsds_ids: Collection[str]) -> dict[str, str]:
    """Return the names of services by their HSDS ids."""
    found = db.session.execute(select(Service.hsds_id, Service.name).where(Service.hsds_id.in_(hsds_ids)))
    return {hsds_id: name for hsds_id, name in found}


def _places_of(service_id: int) -> list[str]:
    """Return the HSDS ids of a service's places, and of the service at them."""
    statement = (
        select(ServiceAtLocation.hsds_id, ServiceLocation.hsds_id)
        .outerjoin(ServiceLocation, ServiceLocation.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.service_id == service_id)
    )
    return [hsds_id for row in db.session.execute(statement) for hsds_id in row if hsds_id]
