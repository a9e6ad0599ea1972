"""What is said of phones and of what they sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from harmreduction.core.clock import in_zone
from harmreduction.settings.queries import current_settings
from harmreduction.sync.rules.gaps import Run
from harmreduction.web.i18n import clock_time, day, number


def numbers_words(runs: Sequence[Run]) -> str:
    """Return runs of numbers as people write them: 41–43, 50."""
    return ", ".join(number(first) if first == last else f"{number(first)}–{number(last)}" for first, last in runs)


def clock_words(ahead_seconds: int) -> str:
    """Return how a phone's clock goes: its clock is 2 hours ahead."""
    much = format_timedelta(timedelta(seconds=abs(ahead_seconds)), granularity="minute")
    if ahead_seconds > 0:
        return str(_("Its clock is %(much)s ahead.", much=much))
    return str(_("Its clock is %(much)s behind.", much=much))


def waiting_words(waiting: int, since: datetime | None, *, now: datetime) -> str:
    """Return how many records a phone holds, and for how long it has."""
    if since is None:
        return str(ngettext("Holds %(n)s record", "Holds %(n)s records", waiting, n=number(waiting)))
    much = format_timedelta(max(now - since, timedelta(minutes=1)), granularity="minute")
    values = {"n": number(waiting), "much": much}
    return str(ngettext("Has held %(n)s record for %(much)s", "Has held %(n)s records for %(much)s", waiting, **values))


def moment_words(moment: datetime) -> str:
    """Return a moment by the programme's calendar: Nov 21, 2026, 22:41."""
    time_zone = current_settings().time_zone
    return f"{day(in_zone(moment, time_zone))}, {clock_time(moment, time_zone)}"
