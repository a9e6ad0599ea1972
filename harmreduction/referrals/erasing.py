"""What is erased of referrals when somebody is forgotten or a referral's time is over; what became of it stays."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Table, delete, or_, select

from harmreduction.core import clock
from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.referrals.actions.links import end_links_of_referral
from harmreduction.referrals.actions.making import draw_slip_number
from harmreduction.referrals.models import Referral, ReferralNote, ReferralStep
from harmreduction.referrals.rules.slips import no_slip_any_more
from harmreduction.settings.queries import current_settings

NOTE = cast(Table, ReferralNote.__table__)


def forget(participant_ids: Collection[int]) -> None:
    """Part referrals from these people for good, and erase the notes and how to find them.

    One that is under way goes on without a code, and the slip in their hand still works; an ended one loses its slip.
    """
    for referral in db.session.scalars(select(Referral).where(Referral.participant_id.in_(participant_ids))).all():
        _erase_words(referral)
        end_links_of_referral(referral.id, at=clock.now())
        if referral.closed_at is not None:
            _take_slip_number(referral)
    db.session.flush()


def seen_since(day: date) -> list[Select[int | None]]:
    """Return whose referrals were made or followed up on this day or after, or are still expected."""
    touched = Referral.participant_id.is_not(None), ~_is_untouched_since(day)
    return [select(Referral.participant_id).where(*touched)]


def roll_up(before: date, *, limit: int) -> int:
    """Roll up at most so many referrals that nobody touched since before a day, and return how many; 0: none is left.

    Their slip numbers are drawn anew, so that a slip leads nowhere, and their moments become noon of the same day.
    """
    due = select(Referral).where(_is_untouched_since(before), _has_slip()).order_by(Referral.id).limit(limit)
    referrals = db.session.scalars(due).all()
    zone = current_settings().time_zone
    for referral in referrals:
        _erase_words(referral)
        _take_slip_number(referral)
        referral.follow_up_on = None
        referral.made_at = _noon(referral.made_at, zone)
        referral.appointment_at = referral.appointment_at and _noon(referral.appointment_at, zone)
        referral.closed_at = referral.closed_at and _noon(referral.closed_at, zone)
    db.session.flush()
    return len(referrals)


def _is_untouched_since(day: date) -> ColumnElement[bool]:
    """Return the condition that nothing of a referral is from this day or after."""
    begins = start_of_day(day, current_settings().time_zone)
    steps = select(ReferralStep.id).where(ReferralStep.referral_id == Referral.id, ReferralStep.recorded_at >= begins)
    return (
        (Referral.made_at < begins)
        & ~steps.exists()
        & or_(Referral.appointment_at.is_(None), Referral.appointment_at < begins)
        & or_(Referral.follow_up_on.is_(None), Referral.follow_up_on < day)
        & or_(Referral.arrived_on.is_(None), Referral.arrived_on < day)
    )


def _has_slip() -> ColumnElement[bool]:
    """Return the condition that a slip still leads to a referral."""
    return Referral.slip_number.like("____-____")


def _erase_words(referral: Referral) -> None:
    """Erase the code, every note, and how to find the person."""
    referral.participant_id = None
    referral.may_contact = referral.reach_by = referral.reach_sealed = None
    referral.reach_hours = ""
    db.session.execute(delete(NOTE).where(NOTE.c.referral_id == referral.id))


def _take_slip_number(referral: Referral) -> None:
    """Give a referral a number that stands on no slip and that nobody can look up."""
    referral.slip_number = no_slip_any_more(draw_slip_number())


def _noon(moment: datetime, time_zone: str) -> datetime:
    """Return noon of the day of a moment."""
    return datetime.combine(today(time_zone, moment), time(12), ZoneInfo(time_zone))
