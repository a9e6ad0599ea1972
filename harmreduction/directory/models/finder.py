"""What the finder searches: one row for each service at each place, made anew from the records when they change."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base

MADE = classified(Sensitivity.PUBLIC, Retention.UNTIL_REPLACED)


class FinderEntry(Base):
    """A service at a place as somebody looks for it; without a position it is found by words only.

    terms: bits of `rules/terms.py`. languages: codes between commas, ",en,es,". searched: folded words.
    A confidential place has no position here. open_parts: when it may be open, coarsely; see `open_parts.py`.
    """

    __tablename__ = "finder_entry"
    # The index holds all that the nearest are chosen by, so that rows are read of those alone that are shown.
    __table_args__ = (Index("ix_finder_entry_position", "latitude", "longitude", "terms", "open_parts", "time_zone"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=MADE)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True, info=MADE)
    service_at_location_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_at_location.id"), index=True, info=MADE
    )
    name: Mapped[str] = mapped_column(String(300), info=MADE)
    organization_name: Mapped[str] = mapped_column(String(300), default="", info=MADE)
    place_name: Mapped[str] = mapped_column(String(300), default="", info=MADE)
    town: Mapped[str] = mapped_column(String(160), default="", info=MADE)
    kind: Mapped[str] = mapped_column(String(20), info=MADE)
    latitude: Mapped[float | None] = mapped_column(info=MADE)
    longitude: Mapped[float | None] = mapped_column(info=MADE)
    time_zone: Mapped[str] = mapped_column(String(40), index=True, info=MADE)
    terms: Mapped[int] = mapped_column(BigInteger, default=0, info=MADE)
    languages: Mapped[str] = mapped_column(String(200), default="", index=True, info=MADE)
    searched: Mapped[str] = mapped_column(String(2000), default="", info=MADE)
    open_parts: Mapped[int] = mapped_column(BigInteger, default=0, info=MADE)
    has_hours: Mapped[bool] = mapped_column(default=False, info=MADE)
    verified_on: Mapped[date | None] = mapped_column(info=MADE)


class OpenHours(Base):
    """A span of local wall-clock time in which a finder entry is open; see `OpenSpan` in `hours.py`.

    opens and closes are minutes from the midnight that begins the weekday (0 Monday); closes passes 1440 overnight.
    """

    __tablename__ = "open_hours"
    __table_args__ = (
        Index("ix_open_hours_entry", "entry_id", "weekday", "opens", "closes", "valid_from", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=MADE)
    entry_id: Mapped[int] = mapped_column(ForeignKey("finder_entry.id"), info=MADE)
    weekday: Mapped[int] = mapped_column(info=MADE)
    opens: Mapped[int] = mapped_column(info=MADE)
    closes: Mapped[int] = mapped_column(info=MADE)
    valid_from: Mapped[date] = mapped_column(info=MADE)
    valid_until: Mapped[date] = mapped_column(info=MADE)
