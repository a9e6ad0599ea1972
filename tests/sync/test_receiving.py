"""What phones send is kept and applied once; what cannot be applied waits for a lead, and never goes back."""

import json
from datetime import timedelta

from sqlalchemy import select, text, update

from harmreduction.accounts.models import Account
from harmreduction.core import sealed_box
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.stock.models import StockTransaction
from harmreduction.stock.verification import find_differences
from harmreduction.sync.actions.again import try_again
from harmreduction.sync.models import FieldDevice, FieldRecord, FieldRecordVariant
from harmreduction.sync.rules.statuses import Reason, Status
from tests.factories import KEYS, make_account, make_location, make_site, receive
from tests.sync.phones import close, device_of, make_phone, sign
from tests.sync.team import count, record_of


def test_taps_without_a_signal_are_one_visit_once_however_often_they_are_sent(field, browser):
    visit, phone = new_id(), field.phone
    first = phone.hand_out(field.shelf, ("naloxone-nasal-4", 2), visit=visit)
    second = phone.hand_out(field.shelf, ("syringe-1ml-28g-half", 10), visit=visit)
    assert phone.send(browser) == {first["id"]: "stored", second["id"]: "stored"}
    assert phone.outbox == []
    again = phone.send(browser, [second, first, first])
    assert again == {second["id"]: "duplicate", first["id"]: "duplicate"}
    assert (count(Encounter), count(Distribution), field.handed_out) == (1, 2, 2)
    kept = record_of(first)
    assert (kept.status, kept.kind, kept.seq, kept.times_sent) == ("applied", "hand_out", 1, 2)
    assert (kept.envelope_sealed, kept.reason, kept.written_by_id) == (None, None, field.worker.id)
    assert set(db.session.scalars(select(StockTransaction.origin).where(StockTransaction.kind == "distribute"))) == {
        "field"
    }


def test_what_cannot_be_applied_waits_for_a_lead_and_harms_nothing_else(field, browser):
    phone, elsewhere = field.phone, make_location(make_site())
    stranger, other = make_account(sites=(field.shelf.site_id,)), make_phone(make_account())
    gauze = receive(field.shelf, 5, code="syringe-1ml-28g-half", lot="G1")
    good = phone.hand_out(field.shelf)
    a_record = {"v": 1, "kind": "hand_out", "seq": 77, "by": phone.by, "at": "2026-11-22T18:00:00.000Z", "offset": 0}

    def told(**changes):
        return close({**a_record, "visit": new_id(), "place": field.shelf.public_id, **changes}, phone, new_id())

    def line(**changes):
        known = phone.hand_out(field.shelf)
        phone.outbox.pop()
        return known and [{"item": new_id(), "units": 1, **changes}]

    phone.outbox.append(good) if good not in phone.outbox else None
    wrong_lot = phone.hand_out(field.shelf)
    assert wrong_lot and gauze
    waits = {
        Reason.UNKNOWN_KIND: told(kind="weather"),
        Reason.NEWER_VERSION: told(v=2),
        Reason.BAD_CONTENT: told(lines="many"),
        Reason.UNKNOWN_AUTHOR: told(by=stranger.public_id, lines=line()),
        Reason.NOT_FOUND: told(lines=line()),
    }
    said = phone.send(browser, [*waits.values(), good])
    assert set(said.values()) == {"review", "stored"}
    assert elsewhere and other
    assert {reason: record_of(envelope).reason for reason, envelope in waits.items()} == {r: r.value for r in waits}
