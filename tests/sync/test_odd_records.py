"""Whatever stands in an authentic record, it is saved or waits for a lead with a reason; it holds nothing else up."""

from sqlalchemy import select

from harmreduction.accounts.rules import Role
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock import actions as stock
from harmreduction.stock.models import StockReason
from harmreduction.stock.rules import LocationKind
from harmreduction.stock.verification import find_differences
from harmreduction.sync.models import FieldRecord
from harmreduction.sync.rules.reading import LARGEST
from tests.factories import SYSTEM, item
from tests.sync.phones import close
from tests.sync.team import record_of

REVIEW = "/phones/review/"
ODD_NUMBERS = (0, -1, LARGEST, LARGEST + 1, 2**63, 1e308, True, "7", None, [], {})
ODD_TEXTS = ("", "\0", "x" * 5000, 7, {"a": 1})
ODD_AMOUNTS = ("1e-400", "0." + "3" * 60, "9" * 400, "NaN", "-1", 1e300, 12.345, LARGEST)
ODD_TIMES = (
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00+23:59",
    "+010000-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "2026-11-22",
    "",
)


def odd_records(phone, field, van):
    """Seal every kind of record with things in it that no page of ours writes."""
    place, visit, kit = field.shelf.public_id, new_id(), item().public_id
    lot, reason = field.lot.public_id, db.session.scalars(select(StockReason.public_id)).first()
    for number in ODD_NUMBERS:
        phone.save("hand_out", visit=new_id(), place=place, lines=[{"item": kit, "units": number}])
        phone.save("told", visit=visit, place=place, others=number)
        phone.save("talk", visit=visit, place=place, times_used=number, lines=[{"item": kit, "units": number}])
        phone.save("reversal", place=place, doses=number, outcome="ok", loose=number)
        phone.save("load_out", place=van, source=place, items=[{"item": kit, "units": number}])
        phone.save("close_out", shift=new_id(), found=[{"lot": lot, "units": number}], reason=reason)
        phone.save("undone", offset=number)
    for text in ODD_TEXTS:
        phone.save("hand_out", visit=text, place=place, lines=[{"item": kit, "units": 1}])
        phone.save("hand_out", visit=visit, place=place, lines=[{"item": kit, "units": 1, "how": text}])
        phone.save("told", visit=visit, place=place, audience=text)
        phone.save("reversal", place=place, when=text, outcome="ok")
        phone.save("take_back", of=text)
        phone.save("close_out", shift=new_id(), found=[], reason=text, back=place)
        phone.save("undone", lists=text)
    for amount in ODD_AMOUNTS:
        phone.save("told", visit=visit, place=place, returned={"measure": "litres", "amount": amount})
    for on in ("0001-01-01", "9999-12-31", "2026-02-30", ""):
        phone.save("reversal", place=place, when={"exactness": "week", "on": on}, outcome="ok")
    for moment in ODD_TIMES:
        for at in (place, new_id()):
            told = {"at": moment, "visit": new_id(), "place": at, "lines": [{"item": kit, "units": 1}]}
            phone.seq += 1
            record = {"v": 1, "kind": "hand_out", "seq": phone.seq, "by": phone.by, "offset": 0, **told}
            phone.outbox.append(close(record, phone, new_id()))


def test_no_number_text_or_time_in_a_record_stops_it_from_being_kept_and_looked_at(field, browser, sign_in_as):
    with transaction():
        van = stock.open_location("Van", LocationKind.VAN, site_id=field.shelf.site_id, by=SYSTEM)
    phone = field.phone
    odd_records(phone, field, van.public_id)
    odd, said = list(phone.outbox), {}
    while phone.outbox:
        said |= phone.send(browser)
    assert set(said.values()) <= {"stored", "review"}
    stuck = {record_of(each).public_id: each for each in odd if record_of(each).status == "received"}
    assert not stuck
    lead = sign_in_as(Role.PROGRAMME_LEAD)
    for waits in db.session.scalars(select(FieldRecord.public_id).where(FieldRecord.status == "review")).all():
        lead.page(f"{REVIEW}{waits}")
    assert list(find_differences()) == []
