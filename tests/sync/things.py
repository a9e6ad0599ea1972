"""A phone that needs somebody, for tests that walk every address."""

from datetime import timedelta

from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock.models import StockLocation
from harmreduction.sync.actions.receiving import Sender, receive
from harmreduction.sync.models import FieldRecord, FieldRecordVariant
from harmreduction.sync.rules.messages import read_sent
from tests.factories import item
from tests.sync.phones import device_of, make_phone


def phone_things(place: StockLocation, worker: Account) -> dict[str, str]:
    """Let a phone send something that waits for a lead, and other content under its id; return how addresses name it.

    It also holds a record for days, lost two, and its clock is wrong.
    """
    phone, record_id, sender = make_phone(worker), new_id(), Sender(account_id=worker.id)
    for units in (2, 3):
        lines = [{"item": new_id(), "units": units}, {"item": item().public_id, "units": 1, "lot": new_id()}]
        told = {"visit": new_id(), "place": place.public_id, "lines": lines}
        receive([read_sent(phone.seal("hand_out", record_id=record_id, **told))], sender=sender, at=now())
    phone.seq += 3
    receive([read_sent(phone.seal("undone"))], sender=sender, at=now())
    with transaction():
        device = device_of(phone)
        device.highest_seq, device.waiting, device.clock_off_seconds = phone.seq, 1, 7200
        device.waiting_since = now() - timedelta(days=4)
    other = select(FieldRecordVariant.public_id).join(FieldRecord).where(FieldRecord.public_id == record_id)
    return {"device_id": phone.device, "record_id": record_id, "variant_id": db.session.scalars(other).one()}
