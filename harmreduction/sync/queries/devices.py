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
    """A phone, who was signed in on it, and what is to be said of it now."""

    device: FieldDevice
    people: Sequence[str]
    gaps: Gaps
    waits_too_long: bool
    is_clock_off: bool
    is_put_away: bool

    @property
    def needs_someone(self) -> bool:
        """Say whether somebody has to look at it."""
        return bool(self.gaps.lost) or self.waits_too_long or self.is_clock_off


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
    people, gaps = _people_on(devices), _gaps_on(devices)
    return [
        Phone(
            device=device,
            people=people[device.id],
            gaps=gaps[device.id],
            waits_too_long=waits_too_long(device.waiting, device.waiting_since, now=now),
            is_clock_off=is_clock_off(device.clock_off_seconds),
            is_put_away=is_put_away(device.seen_at, now=now),
        )
        for device in devices
    ]


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


def _gaps_on(devices: Sequence[FieldDevice]) -> Mapping[int, Gaps]:
    """Return what is missing on phones, by row; the numbers are read only of those that lack one."""
    seq = FieldRecord.seq
    ids = [device.id for device in devices]
    counted = {
        device_id: (different, highest, unread)
        for device_id, different, highest, unread in db.session.execute(
            select(FieldRecord.device_id, func.count(seq.distinct()), func.max(seq), func.count() - func.count(seq))
            .where(FieldRecord.device_id.in_(ids))
            .group_by(FieldRecord.device_id)
        )
    }
    gaps = {}
    for device in devices:
        different, highest, unread = counted.get(device.id, (0, None, 0))
        highest = max(highest or 0, device.highest_seq)
        held = (device.waiting or 0) + unread
        gaps[device.id] = (
            Gaps()
            if different == highest
            else gaps_of(_numbers_of(device), highest=highest, held=held, noted=device.noted_seq)
        )
    return gaps


def _numbers_of(device: FieldDevice) -> Sequence[int]:
    """Return every number of a phone that came."""
    numbers = select(FieldRecord.seq).where(FieldRecord.device_id == device.id, FieldRecord.seq.is_not(None))
    return [number for number in db.session.scalars(numbers) if number is not None]
