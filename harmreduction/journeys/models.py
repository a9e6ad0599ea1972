"""What is in place in somebody's life, and the way that the programme hopes for."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, new_id
from harmreduction.participants.models import Participant
from harmreduction.sites.models import Site

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
THEIRS = classified(Sensitivity.SENSITIVE, Retention.UNTIL_FORGOTTEN)


class Connection(Base):
    """How things stand with one part of life (housing, health, people …), as the participant says at a site.

    Another site's team does not see it, nor can tell from it that the participant goes elsewhere too.
    """

    __tablename__ = "connection"

    participant_id: Mapped[int] = mapped_column(ForeignKey(Participant.id), primary_key=True, info=THEIRS)
    part: Mapped[str] = mapped_column(String(16), primary_key=True, info=THEIRS)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True, info=THEIRS)
    status: Mapped[str] = mapped_column(String(16), info=THEIRS)
    told_on: Mapped[date] = mapped_column(info=THEIRS)


class JourneyStep(Base):
    """One step of the programme's ideal journey; `measure` names the fact that shows it, or is empty: by hand."""

    __tablename__ = "journey_step"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    name: Mapped[str] = mapped_column(String(60), info=KEPT)
    measure: Mapped[str | None] = mapped_column(String(20), info=KEPT)
    position: Mapped[int] = mapped_column(info=KEPT)
    is_active: Mapped[bool] = mapped_column(default=True, info=KEPT)


class JourneyMark(Base):
    """A step that a participant reached, marked by hand at a site."""

    __tablename__ = "journey_mark"

    participant_id: Mapped[int] = mapped_column(ForeignKey(Participant.id), primary_key=True, info=THEIRS)
    step_id: Mapped[int] = mapped_column(ForeignKey("journey_step.id"), primary_key=True, info=THEIRS)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True, info=THEIRS)
    reached_on: Mapped[date] = mapped_column(info=THEIRS)


class JourneyBarrier(Base):
    """What stands between a participant and a step, as noted at a site."""

    __tablename__ = "journey_barrier"

    participant_id: Mapped[int] = mapped_column(ForeignKey(Participant.id), primary_key=True, info=THEIRS)
    step_id: Mapped[int] = mapped_column(ForeignKey("journey_step.id"), primary_key=True, info=THEIRS)
    barrier: Mapped[str] = mapped_column(String(24), primary_key=True, info=THEIRS)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id), primary_key=True, info=THEIRS)
    noted_on: Mapped[date] = mapped_column(info=THEIRS)
