"""When something was erased because its time was over, as sums."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)


class RollUp(Base):
    """One roll-up: everything from before before_day lost its code and exact times; how many rows it was.

    There is one row a day, which the first process to begin writes, so that of several one does the work.
    """

    __tablename__ = "roll_up"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    ran_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    before_day: Mapped[date] = mapped_column(unique=True, info=KEPT)
    visits: Mapped[int] = mapped_column(info=KEPT)
    participants: Mapped[int] = mapped_column(info=KEPT)
    reports: Mapped[int] = mapped_column(info=KEPT)
    referrals: Mapped[int] = mapped_column(info=KEPT)
    conversations: Mapped[int] = mapped_column(info=KEPT)
