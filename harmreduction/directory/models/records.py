"""The records of the directory, each with its HSDS document kept whole.

`document` is the HSDS 3.2.3 object as JSON, its own children (phones, schedules, …) inside and every key that we
do not know with them; other records are named by columns. Columns repeat what queries search or join by.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime

LISTED = classified(Sensitivity.PUBLIC, Retention.PERMANENT)
STAFF = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ADDRESSED = classified(Sensitivity.SENSITIVE, Retention.UNTIL_REPLACED)  # may hold a confidential address


class Recorded:
    """What every record has.

    source_document is what the source last said, where the programme has changed something since; else empty.
    hsds_id is the id (UUID) that the record has in every HSDS file; source_key is its id at its source, as
    "table|id". `version` counts its changes.
    """

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    hsds_id: Mapped[str] = mapped_column(String(36), unique=True, info=LISTED)
    document: Mapped[dict[str, Any]] = mapped_column(JSON, info=STAFF)
    source_document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), info=STAFF)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("directory_source.id"), index=True, info=STAFF)
    source_key: Mapped[str] = mapped_column(String(160), default="", info=STAFF)
    version: Mapped[int] = mapped_column(default=1, info=STAFF)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LISTED)


class Organization(Recorded, Base):
    """Who runs services; location_ids are the HSDS ids of places named under it in JSON."""

    __tablename__ = "organization"

    name: Mapped[str] = mapped_column(String(300), info=LISTED)
    location_ids: Mapped[list[str]] = mapped_column(JSON, default=list, info=LISTED)


class ServiceLocation(Recorded, Base):
    """A place where services are offered (HSDS: location); a confidential one never leaves with its address."""

    __tablename__ = "service_location"
    __table_args__ = (Index("ix_service_location_position", "latitude", "longitude"),)

    name: Mapped[str] = mapped_column(String(300), default="", info=STAFF)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True, info=LISTED)
    postal_code: Mapped[str] = mapped_column(String(20), default="", index=True, info=ADDRESSED)
    latitude: Mapped[float | None] = mapped_column(info=ADDRESSED)
    longitude: Mapped[float | None] = mapped_column(info=ADDRESSED)
    position_from: Mapped[str] = mapped_column(String(20), default="source", info=STAFF)
    time_zone: Mapped[str | None] = mapped_column(String(40), info=LISTED)
    is_confidential: Mapped[bool] = mapped_column(default=False, info=LISTED)


class Service(Recorded, Base):
    """What an organisation offers; status is one of the four of HSDS, verified_on when somebody last checked it."""

    __tablename__ = "service"
    __table_args__ = (
        Index("ix_service_verified_on", "verified_on"),
        Index("ix_service_by_name", "merged_into_id", "name", "id"),  # as lists for other programs are paged
    )

    name: Mapped[str] = mapped_column(String(300), info=LISTED)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True, info=LISTED)
    status: Mapped[str] = mapped_column(String(20), default="active", info=LISTED)
    verified_on: Mapped[date | None] = mapped_column(info=LISTED)
    verified_by: Mapped[str] = mapped_column(String(80), default="", info=STAFF)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), info=STAFF)


class ServiceAtLocation(Recorded, Base):
    """A service at one place, with what differs there."""

    __tablename__ = "service_at_location"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True, info=LISTED)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("service_location.id"), index=True, info=LISTED)


class Taxonomy(Recorded, Base):
    """A list of terms that services are described by."""

    __tablename__ = "taxonomy"

    name: Mapped[str] = mapped_column(String(300), info=LISTED)


class TaxonomyTerm(Recorded, Base):
    """One term of such a list; parent is the HSDS id of the wider term."""

    __tablename__ = "taxonomy_term"

    name: Mapped[str] = mapped_column(String(300), info=LISTED)
    code: Mapped[str] = mapped_column(String(80), default="", index=True, info=LISTED)
    taxonomy_id: Mapped[int | None] = mapped_column(ForeignKey("taxonomy.id"), index=True, info=LISTED)
    parent_hsds_id: Mapped[str | None] = mapped_column(String(36), index=True, info=LISTED)


class LooseRecord(Base):
    """A row of an imported table that nothing here understands; it goes out again as it came."""

    __tablename__ = "loose_record"
    __table_args__ = (UniqueConstraint("table_name", "hsds_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    table_name: Mapped[str] = mapped_column(String(60), info=STAFF)
    hsds_id: Mapped[str] = mapped_column(String(36), info=STAFF)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("directory_source.id"), index=True, info=STAFF)
    document: Mapped[dict[str, Any]] = mapped_column(JSON, info=STAFF)
