"""Roll up what is past its time: codes, notes and exact times go, and every count stays."""

from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, update

from harmreduction.assessments import erasing as assessments
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.erasing import overwrite_erased
from harmreduction.encounters import erasing as encounters
from harmreduction.encounters.actions.queue import close_queue_days
from harmreduction.participants import erasing as participants
from harmreduction.referrals import erasing as referrals
from harmreduction.retention.actions.forgetting import erase_people
from harmreduction.retention.models import RollUp
from harmreduction.retention.queries import last_roll_up, list_people_not_seen_since
from harmreduction.retention.rules import RolledUp
from harmreduction.reversals import erasing as reversals
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import day_before_which_all_goes
from harmreduction.sync import erasing as sync

ROLL_UP = cast(Table, RollUp.__table__)
AT_ONCE = 1000  # rows in one transaction, so that nobody who saves meanwhile waits for long


def roll_up(*, by: Actor, now: datetime) -> RolledUp:
    """Roll up everything that is past its time, in small steps; stopped in between, the next one goes on from there."""
    before = _day(now)
    _begin(before, now=now)
    return _roll_up(before, by=by, now=now)


def roll_up_once_a_day(*, by: Actor, now: datetime) -> RolledUp | None:
    """Do the same unless this or another process began it today; return None then."""
    before = _day(now)
    return _roll_up(before, by=by, now=now) if _begin(before, now=now) else None


def _day(now: datetime) -> date:
    """Return the day before which everything goes, by the programme's calendar and decision."""
    decided = current_settings()
    return day_before_which_all_goes(today(decided.time_zone, now), keep_months=decided.keep_months)


def _begin(before: date, *, now: datetime) -> bool:
    """Do what is quick, and say whether this is the first process to begin today."""
    with transaction():
        since = last_roll_up()
        row = {"ran_at": now, "before_day": before, **vars(RolledUp())}
        is_first = db.session.scalar(insert_if_new(ROLL_UP).returning(ROLL_UP.c.id), row) is not None
        participants.erase_answers_due(today(current_settings().time_zone, now))
        participants.forget_lookups(now)
        participants.part_from_old_trail(before, since=since)
    return is_first


def _roll_up(before: date, *, by: Actor, now: datetime) -> RolledUp:
    """Do what takes longer, step by step, and write down how much it was."""
    close_queue_days(now)
    _step_by_step(sync.roll_up, before)  # the times of records from phones; what they told is counted as visits
    done = RolledUp(
        visits=_step_by_step(encounters.roll_up, before),
        reports=_step_by_step(reversals.roll_up, before),
        referrals=_step_by_step(referrals.roll_up, before),
        conversations=_step_by_step(assessments.roll_up, before),
        participants=_forget_who_came_before(before),
    )
    with transaction():
        counts = {name: ROLL_UP.c[name] + count for name, count in vars(done).items()}
        db.session.execute(update(ROLL_UP).where(ROLL_UP.c.before_day == before).values(**counts))
        if done != RolledUp():
            record(Event.ROLLED_UP, by=by)
    overwrite_erased()
    return done


def _step_by_step(roll_up_some: Callable[..., int], before: date) -> int:
    """Let a feature roll up so many rows at a time until none is left, and return how many there were."""
    total, count = 0, 1
    while count:
        with transaction():
            count = roll_up_some(before, limit=AT_ONCE)
        total += count
    return total


def _forget_who_came_before(before: date) -> int:
    """Forget everybody of whom nothing is known since, and return how many people they were."""
    total, count = 0, 1
    while count:
        with transaction():  # who came back a moment ago is not among them
            people = list_people_not_seen_since(before)[:AT_ONCE]
            erase_people([row_id for rows in people for row_id in rows])
        count = len(people)
        total += count
    return total
