"""Read the phones of the team: what each holds, what never came, and what needs somebody."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true

from harmreduction.accounts.models import Account
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount, FieldRecord
from harmreduction.sync.rules.alarms import NOT_SEEN_FOR, is_clock_off, is_put_away, waits_too_long
from harmreduction.sync.rules.gaps import Gaps, gaps_of
from harmreduction.sync.rules.statuses import Status

DAYS_BACK = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A phone, who was signed in on it, and what is to be said of it now.

    waiting: how many records it holds as far as is known, None where it never said. What it told last counts, less what
    came since by another way, such as a file.
    """

    device: FieldDevice
    people: Sequence[str]
    gaps: Gaps
    waiting: int | None
    waits_too_long: bool
    is_clock_off: bool
    is_put_away: bool

    @property
    def needs_someone(self) -> bool:
        """Say whether somebody has to look at it."""
        return bool(self.gaps.lost) or self.waits_too_long or self.is_clock_off


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many different numbers came from a phone, the highest of them, and how many records without a number."""

    numbers: int = 0
    highest: int = 0
    unread: int = 0


@dataclass(frozen=True, kw_only=True)
class DayOfPhone:
    """How many records of a phone came on a day, and how many of them still wait for a lead."""

    day: date
    came: int
    for_review: int


def list_phones(*, now: datetime) -> list[Phone]:
    """Return every phone, the one seen last first."""
    return _with_all(true(), now=now)


def list_phones_in_use(*, now: datetime) -> list[Phone]:
    """Return the phones that were seen of late and may send, for the day's page."""
    return _with_all((FieldDevice.seen_at > now - NOT_SEEN_FOR) & FieldDevice.revoked_at.is_(None), now=now)


def get_phone(public_id: str, *, now: datetime) -> Phone:
    """Return one phone."""
    found = _with_all(FieldDevice.public_id == public_id, now=now)
    if not found:
        raise NotFound(message("There is no such phone."))
    return found[0]


def get_device(public_id: str) -> FieldDevice:
    """Return what is kept of one phone."""
    device = db.session.scalar(select(FieldDevice).where(FieldDevice.public_id == public_id))
    if device is None:
        raise NotFound(message("There is no such phone."))
    return device


def list_days(device: FieldDevice, *, now: datetime, time_zone: str) -> list[DayOfPhone]:
    """Return how many records came on each of the last thirty days, the latest first; never what stands in them."""
    rows = db.session.execute(
        select(FieldRecord.received_at, FieldRecord.status).where(
            FieldRecord.device_id == device.id, FieldRecord.received_at >= now - DAYS_BACK
        )
    )
    came: Counter[date] = Counter()
    waiting: Counter[date] = Counter()
    for received_at, status in rows:
        came[today(time_zone, received_at)] += 1
        waiting[today(time_zone, received_at)] += status in {Status.REVIEW, Status.RECEIVED}
    return [DayOfPhone(day=each, came=came[each], for_review=waiting[each]) for each in sorted(came, reverse=True)]


def count_records(device: FieldDevice) -> int:
    """Return how many records of a phone came in all."""
    return db.session.scalar(select(func.count()).where(FieldRecord.device_id == device.id)) or 0


def _with_all(which: ColumnElement[bool], *, now: datetime) -> list[Phone]:
    """Return phones with everything that a page says of them."""
    wanted = select(FieldDevice).where(which).order_by(FieldDevice.seen_at.desc(), FieldDevice.id.desc())
    devices = db.session.scalars(wanted).all()
    people, counts = _people_on(devices), _counts_of(devices)
    return [_phone(device, people[device.id], counts.get(device.id, Counts()), now) for device in devices]


def _phone(device: FieldDevice, people: Sequence[str], counts: Counts, now: datetime) -> Phone:
    """Return a phone with what follows from its records."""
    highest = max(counts.highest, device.highest_seq)
    waiting = None if device.waiting is None else min(device.waiting, highest - counts.numbers)
    held = (waiting or 0) + counts.unread
    return Phone(
        device=device,
        people=people,
        gaps=_gaps(device, highest=highest, held=held) if highest > counts.numbers else Gaps(),
        waiting=waiting,
        waits_too_long=waits_too_long(waiting, device.waiting_since, now=now),
        is_clock_off=is_clock_off(device.clock_off_seconds),
        is_put_away=is_put_away(device.seen_at, now=now),
    )


def _people_on(devices: Sequence[FieldDevice]) -> Mapping[int, list[str]]:
    """Return the labels of who was signed in on phones, by the phone's row."""
    people: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(FieldDeviceAccount.device_id, Account.label)
        .join(Account, Account.id == FieldDeviceAccount.account_id)
        .where(FieldDeviceAccount.device_id.in_([device.id for device in devices]))
        .order_by(FieldDeviceAccount.since, Account.id)
    )
    for device_id, label in rows:
        people[device_id].append(label)
    return people


def _counts_of(devices: Sequence[FieldDevice]) -> Mapping[int, Counts]:
    """Return how many records came from phones, by the phone's row."""
    seq = FieldRecord.seq
    rows = db.session.execute(
        select(FieldRecord.device_id, func.count(seq.distinct()), func.max(seq), func.count() - func.count(seq))
        .where(FieldRecord.device_id.in_([device.id for device in devices]))
        .group_by(FieldRecord.device_id)
    )
    return {
        device_id: Counts(numbers=numbers, highest=highest or 0, unread=unread)
        for device_id, numbers, highest, unread in rows
        if device_id is not None
    }


def _gaps(device: FieldDevice, *, highest: int, held: int) -> Gaps:
    """Return what is missing of a phone; its numbers are read only where one is."""
    numbers = select(FieldRecord.seq).where(FieldRecord.device_id == device.id, FieldRecord.seq.is_not(None))
    came = (number for number in db.session.scalars(numbers) if number is not None)
    return gaps_of(came, highest=highest, held=held, noted=device.noted_seq)
