"""What needs a lead beside the stock: reports and records that wait for a look, phones, look-ups that were stopped."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.home.phones import phones_to_look_after
from harmreduction.participants.queries.lookups import Stopped, list_stopped
from harmreduction.reversals.queries.reports import count_waiting
from harmreduction.web.i18n import ago, number

Todo = dict[str, str]  # as components/lists.html takes them


def people_things_to_do(*, now: datetime) -> list[Todo]:
    """Return what needs a lead, most pressing first."""
    return [
        *map(_was_stopped, list_stopped(now)),
        *phones_to_look_after(now=now),
        *_waiting_reports(count_waiting()),
    ]


def _was_stopped(found: Stopped) -> Todo:
    title = _("%(name)s looked for many codes", name=found.label)
    detail = _("Began %(ago)s. Look-ups are stopped for the rest of the hour.", ago=ago(found.hour_began_at))
    return {
        "icon": "shield",
        "title": title,
        "detail": detail,
        "url": url_for("audit.entries"),
        "about": f"{title}, {detail}",
    }


def _waiting_reports(count: int) -> list[Todo]:
    if not count:
        return []
    title = ngettext("%(n)s reversal report waits", "%(n)s reversal reports wait", count, n=number(count))
    detail = _("Look through it and count it, or put it aside")
    return [
        {
            "icon": "wait",
            "title": title,
            "detail": detail,
            "url": url_for("reversal_review.show"),
            "about": f"{title}, {detail}",
        }
    ]
