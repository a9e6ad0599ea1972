"""The register of numbers that were shown outside, so that no later page tells what an earlier one hid."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime

PUBLIC = classified(Sensitivity.PUBLIC, Retention.PERMANENT)


class ReleasedFigure(Base):
    """One number as it was shown outside: its value, or empty where it was hidden, and the threshold of that day."""

    __tablename__ = "released_figure"
    __table_args__ = (UniqueConstraint("page", "period", "figure"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=PUBLIC)
    page: Mapped[str] = mapped_column(String(20), info=PUBLIC)
    period: Mapped[str] = mapped_column(String(10), info=PUBLIC)
    figure: Mapped[str] = mapped_column(String(30), info=PUBLIC)
    value: Mapped[int | None] = mapped_column(info=PUBLIC)
    threshold: Mapped[int] = mapped_column(info=PUBLIC)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PUBLIC)
