"""Visits, what was handed out on them, and how a worker's page is laid out."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.encounters.models.community import GroupEvent
from harmreduction.participants.models import Participant
from harmreduction.stock.models import Item

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)
LEDGER = classified(Sensitivity.OPERATIONAL, Retention.LEDGER)
REPLACED = classified(Sensitivity.OPERATIONAL, Retention.UNTIL_REPLACED)


class Encounter(Base):
    """A visit: somebody came, anonymously unless they chose a code. An empty column was not asked.

    participant_id is empty for most, and becomes empty when its time is over or the person asks. group_event_id:
    not a visit of somebody, but what was handed out at a training or in a group.
    """

    __tablename__ = "encounter"
    __table_args__ = (
        CheckConstraint("number_of_others BETWEEN 0 AND 99", name="number_of_others_believable"),
        CheckConstraint("returned_syringes >= 0", name="returned_not_negative"),
        Index("ix_encounter_site_occurred_at", "site_id", "occurred_at"),
        Index("ix_encounter_recorded_by", "recorded_by_id", "recorded_at"),
        Index("ix_encounter_participant", "participant_id", "occurred_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    is_time_known: Mapped[bool] = mapped_column(info=ROLLED_UP)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    audience: Mapped[str | None] = mapped_column(String(20), info=ROLLED_UP)
    number_of_others: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    returned_syringes: Mapped[int | None] = mapped_column(info=KEPT)
    returned_measure: Mapped[str | None] = mapped_column(String(10), info=KEPT)
    returned_factor: Mapped[int | None] = mapped_column(info=KEPT)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey(Participant.id), info=ROLLED_UP)
    group_event_id: Mapped[int | None] = mapped_column(ForeignKey(GroupEvent.id), index=True, info=KEPT)


class Distribution(Base):
    """Supplies handed out at once on a visit; the stock ledger holds the matching fact."""

    __tablename__ = "distribution"
    __table_args__ = (
        Index("ix_distribution_encounter_id", "encounter_id"),
        Index("ix_distribution_recorded_by", "recorded_by_id", "recorded_at"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=LEDGER)
    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounter.id"), info=LEDGER)
    stock_transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)

    encounter: Mapped[Encounter] = relationship()
    lines: Mapped[list["SupplyLine"]] = relationship(order_by="SupplyLine.line_no")
    void: Mapped["DistributionVoid | None"] = relationship()


class SupplyLine(Base):
    """Units of one item in a hand-out."""

    __tablename__ = "supply_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="hands_out_something"), {"info": APPEND_ONLY})

    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id"), primary_key=True, info=LEDGER)
    line_no: Mapped[int] = mapped_column(primary_key=True, info=LEDGER)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), info=LEDGER)
    quantity: Mapped[int] = mapped_column(info=LEDGER)

    item: Mapped[Item] = relationship()


class DistributionVoid(Base):
    """A hand-out that was undone or voided: the ledger holds the reversing fact, this row says why."""

    __tablename__ = "distribution_void"
    __table_args__ = ({"info": APPEND_ONLY},)

    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id"), primary_key=True, info=LEDGER)
    stock_transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transaction.id"), unique=True, info=LEDGER)
    reason: Mapped[str] = mapped_column(String(20), info=LEDGER)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LEDGER)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=LEDGER)


class UsualHandout(Base):
    """One tile of the page: something the programme hands out often, as it names it."""

    __tablename__ = "usual_handout"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    name: Mapped[str] = mapped_column(String(40), info=KEPT)
    icon: Mapped[str] = mapped_column(String(20), info=KEPT)
    position: Mapped[int] = mapped_column(info=KEPT)
    is_active: Mapped[bool] = mapped_column(default=True, info=KEPT)

    lines: Mapped[list["UsualHandoutLine"]] = relationship(order_by="UsualHandoutLine.item_id")


class UsualHandoutLine(Base):
    """Units of one item in a usual hand-out."""

    __tablename__ = "usual_handout_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="hands_out_something"),)

    usual_handout_id: Mapped[int] = mapped_column(ForeignKey("usual_handout.id"), primary_key=True, info=KEPT)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, info=KEPT)
    quantity: Mapped[int] = mapped_column(info=KEPT)

    item: Mapped[Item] = relationship()


class WorkingPlace(Base):
    """Where a worker hands out from today, remembered between entries; `day` while entering for another day."""

    __tablename__ = "working_place"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, info=REPLACED)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=REPLACED)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=REPLACED)
    day: Mapped[date | None] = mapped_column(info=REPLACED)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, info=REPLACED)
