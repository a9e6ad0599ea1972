"""Roll up once a day and sweep what runs, without a clock of its own: the requests that come in are the ticks."""

from datetime import datetime, timedelta

from flask import Flask

from harmreduction.assessments import drafts
from harmreduction.core import clock
from harmreduction.core.actor import SystemActor
from harmreduction.core.revisions import is_up_to_date
from harmreduction.directory.background import in_background
from harmreduction.retention.actions import roll_up_once_a_day
from harmreduction.sync.actions.receiving import apply_everything_kept

ONE_HOUR = timedelta(hours=1)
LOOKED_AT = "rolled_up_looked_at"


def keep_rolling_up(app: Flask) -> None:
    """Look once an hour whether today's roll-up was begun, by whichever process, and else do it in the background."""

    @app.before_request
    def look() -> None:
        now = clock.now()
        if app.testing or not _is_time(app, now):
            return
        app.extensions[LOOKED_AT] = now
        in_background(drafts.sweep)  # also where nobody opens a conversation any more
        in_background(lambda: _roll_up(now))


def _is_time(app: Flask, now: datetime) -> bool:
    """Say whether this process looked for the last time an hour ago or longer."""
    looked_at: datetime | None = app.extensions.get(LOOKED_AT)
    return looked_at is None or now - looked_at >= ONE_HOUR


def _roll_up(now: datetime) -> None:
    """Roll up unless that was begun today; a database that waits for its migrations is left alone."""
    if is_up_to_date():
        apply_everything_kept(now=now)  # what phones sent and trouble of ours held up; mostly nothing
        roll_up_once_a_day(by=SystemActor(label="by itself"), now=now)
