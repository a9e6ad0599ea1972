"""What needs a lead about phones: records that wait, and phones that hold some, lost some, or whose clock is wrong."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.sync.queries.phones import Phone, list_phones_in_use
from harmreduction.sync.queries.review import count_for_review, find_oldest_for_review
from harmreduction.sync.words import clock_words, numbers_words, waiting_words
from harmreduction.web.i18n import ago, number

Todo = dict[str, str]  # as components/lists.html takes them


def phones_to_look_after(*, now: datetime) -> list[Todo]:
    """Return what needs a lead, most pressing first."""
    phones = [phone for phone in list_phones_in_use(now=now) if phone.needs_someone]
    return [*_records_for_review(now), *(_todo_of(phone, " · ".join(_troubles(phone, now))) for phone in phones)]


def _records_for_review(now: datetime) -> Iterator[Todo]:
    """Yield that records wait, if any does."""
    count, since = count_for_review(now=now), find_oldest_for_review(now=now)
    if not count or since is None:
        return
    title = ngettext(
        "%(n)s record from a phone waits for you", "%(n)s records from phones wait for you", count, n=number(count)
    )
    detail = _("The first came %(ago)s. Each says why it could not be saved by itself.", ago=ago(since))
    yield _todo("wait", title, detail, url_for("phone_review.list_all"))


def _troubles(phone: Phone, now: datetime) -> Iterator[str]:
    """Yield what is wrong with a phone, in sentences."""
    if phone.gaps.lost:
        numbers = numbers_words(phone.gaps.lost)
        yield ngettext(
            "Number %(numbers)s never came.", "Numbers %(numbers)s never came.", phone.gaps.lost_count, numbers=numbers
        )
    if phone.waits_too_long:
        yield waiting_words(phone.waiting or 0, phone.device.waiting_since, now=now)
    if phone.is_clock_off:
        yield clock_words(phone.device.clock_off_seconds or 0)


def _todo_of(phone: Phone, detail: str) -> Todo:
    """Return a line about a phone."""
    return _todo("phone", phone.device.label, detail, url_for("phones.show", device_id=phone.device.public_id))


def _todo(icon: str, title: str, detail: str, url: str) -> Todo:
    """Return a line of the day's page."""
    return {"icon": icon, "title": title, "detail": detail, "url": url, "about": f"{title}, {detail}"}
