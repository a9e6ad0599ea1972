"""Which services the finder has to look at anew when records change."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, select

from harmreduction.core.db import db
from harmreduction.directory.hsds.structure import RootKind
from harmreduction.directory.queries.records import TABLES, in_chunks


def services_touched_by(changed: Mapping[RootKind, Sequence[int]]) -> list[int]:
    """Return the row ids of services that show anything of these records, in order."""
    pairs, services = TABLES["service_at_location"].c, TABLES["service"].c
    touched = set(changed.get("service", ()))
    touched |= _found(services.id, services.organization_id, changed.get("organization", ()))
    touched |= _found(pairs.service_id, pairs.location_id, changed.get("location", ()))
    touched |= _found(pairs.service_id, pairs.id, changed.get("service_at_location", ()))
    return sorted(touched)


def _found(wanted: Column[int], column: Column[int], values: Sequence[int]) -> set[int]:
    """Return one column of the rows whose other column has one of these values."""
    return {
        value for chunk in in_chunks(values) for value in db.session.scalars(select(wanted).where(column.in_(chunk)))
    }
