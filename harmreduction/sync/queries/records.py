"""Read what came from phones before: known ids, what waits to be applied, and when its neighbours happened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount, FieldRecord
from harmreduction.sync.rules.statuses import Status

AT_ONCE = 300  # records that are applied in one go


@dataclass(frozen=True, kw_only=True)
class Known:
    """A record that is on disk."""

    row_id: int
    public_id: str
    digest: str
    status: Status


@dataclass(frozen=True, kw_only=True)
class KnownPhone:
    """A phone: the key of its signature, and who was signed in on it (row id by public id).

    clock_ahead: of ours, when it sent something last.
    """

    row_id: int
    public_id: str
    public_key: str
    is_revoked: bool
    accounts: dict[str, int]
    clock_ahead: timedelta


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A record that is on disk, and of which nothing was made yet."""

    row_id: int
    public_id: str
    text: str
    sent_at: datetime | None
    received_at: datetime


def find_known(public_ids: Collection[str]) -> dict[str, Known]:
    """Return those of these records that are on disk, by public id."""
    wanted = select(FieldRecord.id, FieldRecord.public_id, FieldRecord.digest, FieldRecord.status)
    rows = db.session.execute(wanted.where(FieldRecord.public_id.in_(public_ids))) if public_ids else ()
    return {
        row.public_id: Known(row_id=row.id, public_id=row.public_id, digest=row.digest, status=Status(row.status))
        for row in rows
    }


def find_phones(public_ids: Collection[str]) -> dict[str, KnownPhone]:
    """Return those of these phones that were set up here, by public id."""
    if not public_ids:
        return {}
    rows = db.session.execute(
        select(FieldDevice, Account.public_id, Account.id)
        .outerjoin(FieldDeviceAccount, FieldDeviceAccount.device_id == FieldDevice.id)
        .outerjoin(Account, Account.id == FieldDeviceAccount.account_id)
        .where(FieldDevice.public_id.in_(public_ids))
    ).all()
    phones: dict[str, KnownPhone] = {}
    for device, account, account_id in rows:
        phone = phones.setdefault(device.public_id, _phone(device))
        if account is not None:
            phone.accounts[account] = account_id
    return phones


def list_waiting(public_ids: Collection[str]) -> list[Waiting]:
    """Return these records, and others of their phones, as far as nothing was made of them yet; these come first."""
    these = FieldRecord.public_id.in_(public_ids)
    phones = select(FieldRecord.device_id).where(these)
    return _waiting(or_(these, FieldRecord.device_id.in_(phones)), these.desc())


def list_all_waiting(after: int = 0) -> list[Waiting]:
    """Return the next records (row ids above a number) of which nothing was made yet, whoever sent them."""
    return _waiting(FieldRecord.id > after)


def hold_waiting(row_ids: Collection[int]) -> set[int]:
    """Return those of these records (row ids) of which nothing was made meanwhile; they are ours until we are done."""
    still = select(FieldRecord.id).where(FieldRecord.id.in_(row_ids), FieldRecord.status == Status.RECEIVED)
    return set(db.session.scalars(still.order_by(FieldRecord.id).with_for_update()))


def find_record(public_id: str, *, for_change: bool = False) -> FieldRecord | None:
    """Return a record as the database has it now."""
    own = select(FieldRecord).where(FieldRecord.public_id == public_id)
    own = own.with_for_update() if for_change else own
    return db.session.scalar(own.execution_options(populate_existing=True))


def believed_from(device_id: int, seq: int) -> list[tuple[int, datetime]]:
    """Return (number, when it happened) of a phone's records from the last one below a number on, in their order."""
    told = (FieldRecord.device_id == device_id, FieldRecord.happened_at.is_not(None), FieldRecord.seq.is_not(None))
    below = select(FieldRecord.seq).where(*told, FieldRecord.seq < seq).order_by(FieldRecord.seq.desc()).limit(1)
    first = db.session.scalar(below)
    rows = db.session.execute(
        select(FieldRecord.seq, FieldRecord.happened_at)
        .where(*told, FieldRecord.seq >= (seq if first is None else first))
        .order_by(FieldRecord.seq, FieldRecord.happened_at)
    )
    return [(seq, at) for seq, at in rows if seq is not None and at is not None]


def _waiting(condition: ColumnElement[bool], *first: ColumnElement[bool]) -> list[Waiting]:
    """Return waiting records that fit a condition, in an order, and the oldest first."""
    wanted = select(
        FieldRecord.id,
        FieldRecord.public_id,
        FieldRecord.envelope_sealed,
        FieldRecord.sent_at,
        FieldRecord.received_at,
    )
    rows = db.session.execute(
        wanted.where(FieldRecord.status == Status.RECEIVED, condition).order_by(*first, FieldRecord.id).limit(AT_ONCE)
    )
    return [
        Waiting(
            row_id=row.id,
            public_id=row.public_id,
            text=row.envelope_sealed,
            sent_at=row.sent_at,
            received_at=row.received_at,
        )
        for row in rows
    ]


def _phone(device: FieldDevice) -> KnownPhone:
    """Return a phone with nobody signed in yet."""
    return KnownPhone(
        row_id=device.id,
        public_id=device.public_id,
        public_key=device.public_key,
        is_revoked=device.revoked_at is not None,
        accounts={},
        clock_ahead=timedelta(seconds=device.clock_off_seconds or 0),
    )
