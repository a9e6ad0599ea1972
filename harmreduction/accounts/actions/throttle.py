"""Make guessing slow: five tries a minute for each sign-in name, kept in the database.

Names that nobody has are counted alike, and one name never slows another.
"""

from typing import cast

from sqlalchemy import Table, delete, select, update

from harmreduction.accounts.models import SignInThrottle
from harmreduction.accounts.rules import TRIES, TRIES_WINDOW, TooManyTries, seconds_to_wait
from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.keyed import keyed_digest

THROTTLE = cast(Table, SignInThrottle.__table__)


def count_try(name: str) -> int:
    """Count a try before it is looked at, and return how many are left; raises TooManyTries."""
    at, digest = now(), _digest(name)
    with transaction():
        db.session.execute(delete(SignInThrottle).where(SignInThrottle.window_started_at <= at - TRIES_WINDOW))
        first = {"name_digest": digest, "window_started_at": at, "tries": 0}
        db.session.execute(insert_if_new(THROTTLE).values(**first))
        mine = THROTTLE.c.name_digest == digest
        row = db.session.execute(select(THROTTLE).where(mine).with_for_update()).one()
        wait = seconds_to_wait(row.tries, row.window_started_at, at)
        if wait:
            raise TooManyTries(wait)
        db.session.execute(update(THROTTLE).where(mine).values(tries=row.tries + 1))
        return TRIES - int(row.tries) - 1


def forget_tries(name: str) -> None:
    """Start counting anew for a name that was signed in with."""
    with transaction():
        db.session.execute(delete(SignInThrottle).where(SignInThrottle.name_digest == _digest(name)))


def _digest(name: str) -> str:
    """Return under which digest the tries of a name are counted."""
    return keyed_digest("sign-in", name)
