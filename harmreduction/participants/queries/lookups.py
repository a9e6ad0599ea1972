"""Read who looked for more codes than the programme allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.participants.models import LookupCount
from harmreduction.participants.rules.limits import COUNTED_FOR
from harmreduction.settings.queries import current_settings


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A member of the team who was stopped within the hour; `misses` of their look-ups found nobody."""

    label: str
    hour_began_at: datetime
    misses: int


def list_stopped(now: datetime) -> Sequence[Stopped]:
    """Return the members of the team whose look-ups are stopped at this moment, by name."""
    stopped = (
        select(Account.label, LookupCount.hour_began_at, LookupCount.misses)
        .join(LookupCount, LookupCount.account_id == Account.id)
        .where(
            LookupCount.hour_began_at > now - COUNTED_FOR,
            LookupCount.lookups > current_settings().lookups_per_hour,
        )
        .order_by(Account.label)
    )
    return [
        Stopped(label=label, hour_began_at=began, misses=misses) for label, began, misses in db.session.execute(stopped)
    ]
