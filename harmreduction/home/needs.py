"""What needs a lead beside the stock: reports that wait for a look, phones, follow-ups, look-ups that were stopped."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.assessments.queries.loops import count_due
from harmreduction.core.clock import today
from harmreduction.home.phones import phones_to_look_after
from harmreduction.participants.queries.lookups import Stopped, list_stopped
from harmreduction.reversals.queries.reports import count_waiting
from harmreduction.settings.queries import current_settings
from harmreduction.web.i18n import ago, number

Todo = dict[str, str]  # as components/lists.html takes them


def people_things_to_do(*, now: datetime) -> list[Todo]:
    """Return what needs a lead, most pressing first."""
    return [
        *map(_was_stopped, list_stopped(now)),
        *phones_to_look_after(now=now),
        *_waiting_reports(count_waiting()),
        *_due_follow_ups(count_due(today=today(current_settings().time_zone, now))),
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


def _due_follow_ups(count: int) -> list[Todo]:
    """Return a line that counts, and tells of nobody: whose they are is for those who hold conversations."""
    if not count:
        return []
    title = ngettext(
        "%(n)s follow-up from a conversation is due",
        "%(n)s follow-ups from conversations are due",
        count,
        n=number(count),
    )
    detail = _("Clinicians find it under Talk")
    url = url_for("conversation_figures.show")
    return [{"icon": "calendar", "title": title, "detail": detail, "url": url, "about": f"{title}, {detail}"}]
