"""What keeps the directory true: closures, suggestions, the history of each record, and what is no duplicate."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id

LISTED = classified(Sensitivity.PUBLIC, Retention.PERMANENT)
STAFF = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
TOLD = classified(Sensitivity.SENSITIVE, Retention.UNTIL_REPLACED)


class Closure(Base):
    """Days on which a service is closed, or keeps other hours; until_day is empty until further notice.

    opens and closes are minutes from midnight (closes may pass 1440); both empty: closed.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="hours_are_whole"),
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="ends_after_it_begins"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True, info=LISTED)
    service_at_location_id: Mapped[int | None] = mapped_column(ForeignKey("service_at_location.id"), info=LISTED)
    from_day: Mapped[date] = mapped_column(info=LISTED)
    until_day: Mapped[date | None] = mapped_column(info=LISTED)
    opens: Mapped[int | None] = mapped_column(info=LISTED)
    closes: Mapped[int | None] = mapped_column(info=LISTED)
    reason: Mapped[str] = mapped_column(String(160), default="", info=LISTED)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, info=STAFF)
    made_by: Mapped[str] = mapped_column(String(80), info=STAFF)


class Suggestion(Base):
    """What somebody says should change, about one service or a new one; sealed, for people write names into anything.

    state: `open`, `taken` or `declined`.
    """

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_state", "state", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=STAFF)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True, info=STAFF)
    topic: Mapped[str] = mapped_column(String(20), info=STAFF)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary, info=TOLD)
    is_from_public: Mapped[bool] = mapped_column(info=STAFF)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, info=STAFF)
    made_by: Mapped[str] = mapped_column(String(80), default="", info=STAFF)
    state: Mapped[str] = mapped_column(String(10), default="open", info=STAFF)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=STAFF)
    decided_by: Mapped[str] = mapped_column(String(80), default="", info=STAFF)


class DirectoryChange(Base):
    """One change of one record: what was done, by whom, and which fields differ."""

    __tablename__ = "directory_change"
    __table_args__ = (Index("ix_directory_change_record", "kind", "hsds_id"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    kind: Mapped[str] = mapped_column(String(30), info=STAFF)
    hsds_id: Mapped[str] = mapped_column(String(36), info=STAFF)
    deed: Mapped[str] = mapped_column(String(20), info=STAFF)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=STAFF)
    changed_by: Mapped[str] = mapped_column(String(80), info=STAFF)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("directory_import.id"), info=STAFF)
    differences: Mapped[list[Any]] = mapped_column(JSON, default=list, info=STAFF)


class NotDuplicate(Base):
    """Two services that look alike and that somebody said are two; first_id is the smaller."""

    __tablename__ = "not_duplicate"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    first_id: Mapped[int] = mapped_column(ForeignKey("service.id"), info=STAFF)
    second_id: Mapped[int] = mapped_column(ForeignKey("service.id"), info=STAFF)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime, info=STAFF)
    said_by: Mapped[str] = mapped_column(String(80), info=STAFF)


class GeocodedAddress(Base):
    """What the programme's own geocoder once answered about a service's address, so that it is asked once."""

    __tablename__ = "geocoded_address"

    id: Mapped[int] = mapped_column(primary_key=True, info=STAFF)
    digest: Mapped[str] = mapped_column(String(64), unique=True, info=STAFF)
    label: Mapped[str] = mapped_column(String(300), info=STAFF)
    latitude: Mapped[float | None] = mapped_column(info=STAFF)
    longitude: Mapped[float | None] = mapped_column(info=STAFF)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, info=STAFF)
