"""Follow a referral up: what became of it, when to ask again, whether they still go, and when to leave them alone."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, delete

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, new_id, transaction
from harmreduction.referrals import queries
from harmreduction.referrals.actions.links import end_links_of_referral
from harmreduction.referrals.actions.making import keep_note
from harmreduction.referrals.models import Referral, ReferralConsent, ReferralNote, ReferralStep
from harmreduction.referrals.rules.following import (
    ASK_AGAIN_AFTER,
    Standing,
    Step,
    check_kept,
    check_not_ended,
    check_step,
    next_follow_up,
    standing_after,
)
from harmreduction.referrals.rules.kinds import ENDED, State
from harmreduction.settings.queries import current_settings

STEP = cast(Table, ReferralStep.__table__)


def take_step(public_id: str, step: Step, *, by: Actor, at: datetime) -> None:
    """Write down what became of a referral; sent twice, it is written once.

    Raises CannotRefer when it cannot follow what was told before.
    """
    with transaction():
        referral = queries.get_referral(by, public_id, for_change=True)
        if add_step(referral, step, by=by, at=at):
            record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def ask_again_later(public_id: str, *, by: Actor, at: datetime) -> None:
    """Ask again in a week, because there is nothing to tell yet."""
    with transaction():
        referral = queries.get_referral(by, public_id, for_change=True)
        check_not_ended(State(referral.state))
        referral.follow_up_on = _today(at) + ASK_AGAIN_AFTER
        record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def say_whether_kept(public_id: str, is_kept: bool | None, *, by: Actor, at: datetime) -> None:
    """Say whether they still go there after thirty days; None was asked and is not known, and is no "no"."""
    with transaction():
        referral = queries.get_referral(by, public_id, for_change=True)
        check_kept(referral.arrived_on, today=_today(at))
        referral.is_kept_at_30_days = is_kept
        referral.follow_up_on = None
        record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def stop_contacting(public_id: str, *, note: str, by: Actor, at: datetime) -> None:
    """Take back at once that somebody may be contacted, and erase how; `note` tells the team, once however often."""
    with transaction():
        referral = queries.get_referral(by, public_id, for_change=True)
        if referral.may_contact is False:
            return
        referral.may_contact = False
        _forget_how_to_find(referral)
        keep_note(referral, client_id=new_id(), text=note, by=by, at=at)
        record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def add_step(referral: Referral, step: Step, *, by: Actor, at: datetime) -> bool:
    """Append a step, let the referral stand where it leads, and say whether the step is new."""
    if db.session.scalar(db.select(ReferralStep.id).where(ReferralStep.client_id == step.client_id)) is not None:
        return False
    zone = current_settings().time_zone
    check_step(State(referral.state), step, made_on=clock.today(zone, referral.made_at), today=_today(at))
    row = {
        "client_id": step.client_id,
        "referral_id": referral.id,
        "state": step.state.value,
        "happened_on": step.happened_on,
        "recorded_at": at,
        "told_by": step.told_by.value,
        "recorded_by_id": by.account_id,
        "recorded_by": by.label,
    }
    if db.session.scalar(insert_if_new(STEP).returning(STEP.c.id), row) is None:
        return False
    _stand(referral, step, at=at)
    return True


def _stand(referral: Referral, step: Step, *, at: datetime) -> None:
    """Let a referral stand where a step leads; when it ends, its links do, and how to find the person goes."""
    before = Standing(State(referral.state), referral.arrived_on)
    standing = standing_after(before, step.state, step.happened_on)
    appointment_at = step.appointment_at if standing.state is State.SCHEDULED else None
    if standing.arrived_on is None:
        referral.is_kept_at_30_days = None
    referral.state = standing.state.value
    referral.arrived_on = standing.arrived_on
    referral.appointment_at = appointment_at
    has_ended = standing.state in ENDED
    referral.follow_up_on = (
        None
        if has_ended
        else step.follow_up_on
        or next_follow_up(
            standing,
            appointment_on=appointment_at and clock.today(current_settings().time_zone, appointment_at),
            is_kept=referral.is_kept_at_30_days,
            today=_today(at),
        )
    )
    referral.closed_at = at if has_ended else None
    if has_ended:
        _forget_how_to_find(referral)
        _forget_notes_for_partners(referral)
        end_links_of_referral(referral.id, at=at)


def _forget_how_to_find(referral: Referral) -> None:
    """Erase what only served to find the person again."""
    referral.reach_by = referral.reach_sealed = None
    referral.reach_hours = ""


def _forget_notes_for_partners(referral: Referral) -> None:
    """Erase the notes that travelled with an agreement."""
    consents = db.select(ReferralConsent.public_id).where(ReferralConsent.referral_id == referral.id)
    db.session.execute(delete(ReferralNote).where(ReferralNote.public_id.in_(consents)))


def _today(at: datetime) -> date:
    """Return the programme's day."""
    return clock.today(current_settings().time_zone, at)
