"""What referrals are called on a page."""

from collections.abc import Mapping
from datetime import datetime, time

from flask_babel import gettext

from harmreduction.core.clock import in_zone
from harmreduction.referrals.rules.kinds import NEEDS, STATES, Need, State
from harmreduction.web.i18n import clock_time, day, say


def need_name(need: str) -> str:
    """Return what somebody wants in the reader's language."""
    return say(NEEDS[Need(need)])


def state_name(state: str) -> str:
    """Return how far a referral is in the reader's language."""
    return say(STATES[State(state)])


def service_name(name: str | None) -> str:
    """Return the name of a service, or that there is none."""
    return name or str(gettext("No service chosen"))


def service_named(names: Mapping[int, str], service_id: int | None) -> str:
    """Return the name of a service of a list by row id, or that there is none."""
    return service_name(None if service_id is None else names[service_id])


def moment_words(moment: datetime, time_zone: str) -> str:
    """Return a day with its time, or the day alone where only that is known."""
    local = in_zone(moment, time_zone)
    if local.time() == time(0):
        return day(local.date(), "full")
    return str(gettext("%(day)s at %(time)s", day=day(local.date(), "full"), time=clock_time(moment, time_zone)))
