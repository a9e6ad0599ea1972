"""What phones send is kept and applied once; what cannot be applied waits for a lead, and never goes back."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from harmreduction.accounts.models import Account
from harmreduction.core import sealed_box
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.models import Distribution, Encounter, SupplyLine
from harmreduction.stock.actions.merging import Merge, merge_items
from harmreduction.stock.models import Item, Lot, StockLocation, StockTransaction
from harmreduction.stock.verification import find_differences
from harmreduction.sync.actions.again import apply_with, try_again
from harmreduction.sync.actions.receiving import Sender, apply_everything_kept
from harmreduction.sync.actions.receiving import receive as receive_sent
from harmreduction.sync.models import FieldDevice, FieldRecord, FieldRecordVariant
from harmreduction.sync.rules.changes import Changes
from harmreduction.sync.rules.messages import Sent
from harmreduction.sync.rules.statuses import Answer, Reason, Status
from tests.factories import KEYS, item, make_account, make_actor, make_location, make_site, receive
from tests.sync.phones import make_phone, sign
from tests.sync.team import count, record_of

OTHER_SERVER = "77" * 32


@pytest.fixture
def own_key():
    """Puts this server's key back after a test that looked at others."""
    yield
    sealed_box.use_keys(KEYS.phones)


def line(code="naloxone-nasal-4", units=1, **more):
    """Return a line of a record."""
    return {"item": item(code).public_id, "units": units, **more}


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
    origins = select(StockTransaction.origin).where(StockTransaction.kind == "distribute")
    assert set(db.session.scalars(origins)) == {"field"}


def test_what_cannot_be_applied_waits_for_a_lead_and_holds_nothing_else_up(field, browser):
    phone, elsewhere = field.phone, make_location(make_site())
    stranger, syringes = make_account(), receive(field.shelf, 5, code="syringe-1ml-28g-half", lot="G1")

    def handed_out(**told):
        return phone.save("hand_out", **{"visit": new_id(), "place": field.shelf.public_id, "lines": [line()], **told})

    waits = [
        (Reason.UNKNOWN_KIND, phone.save("weather")),
        (Reason.NEWER_VERSION, handed_out(v=2)),
        (Reason.NEWER_VERSION, phone.save("undone") | {"v": 2}),
        (Reason.BAD_CONTENT, handed_out(lines="many")),
        (Reason.BAD_CONTENT, handed_out(lines=[])),
        (Reason.BAD_CONTENT, handed_out(seq="seven")),
        (Reason.UNKNOWN_AUTHOR, handed_out(by=stranger.public_id)),
        (Reason.NOT_FOUND, handed_out(lines=[{"item": new_id(), "units": 1}])),
        (Reason.NOT_FOUND, handed_out(lines=[line(lot=new_id())])),
        (Reason.NOT_FOUND, handed_out(place=new_id())),
        (Reason.NOT_FOUND, handed_out(place=elsewhere.public_id)),
        (Reason.CANNOT_BE, handed_out(lines=[line(lot=syringes.public_id)])),
        (Reason.CANNOT_BE, handed_out(lines=[line(units=1_000_000)])),
        (Reason.UNREADABLE, {"id": "not an id", "v": 1}),
    ]
    good = [phone.hand_out(field.shelf), phone.hand_out(field.shelf)]
    said = phone.send(browser, [good[0], *[envelope for _reason, envelope in waits], good[1]])
    assert [said[envelope["id"]] for envelope in good] == ["stored", "stored"]
    assert {said[envelope["id"]] for _reason, envelope in waits} == {"review"}
    told = {record.public_id: record for record in db.session.scalars(select(FieldRecord))}
    reasons = [told[envelope["id"]].reason for _reason, envelope in waits[:-1]]
    assert reasons == [reason.value for reason, _envelope in waits[:-1]]
    assert sum(record.reason == "unreadable" for record in told.values()) == 1
    assert all(record.envelope_sealed and record.problem for record in told.values() if record.status == "review")
    assert (count(Distribution), field.handed_out) == (2, 2)


def test_nobody_writes_in_the_name_of_another_phone_and_every_change_on_the_way_shows(field, browser):
    phone, other = field.phone, make_phone(field.worker)
    whole = phone.hand_out(field.shelf)
    phone.outbox.clear()

    def bent(value):
        """Change the last byte before the padding of what is base64, or a letter of what is not."""
        content = bytearray(base64.b64decode(value))
        content[-1] ^= 1
        return base64.b64encode(bytes(content)).decode()

    tampered = [
        whole | {"id": new_id()},
        sign(whole | {"id": new_id()}, phone),
        whole | {"id": new_id(), "device": other.device},
        sign(whole | {"id": new_id(), "device": other.device}, other),
        sign(whole | {"id": new_id()}, other),
        whole | {"id": new_id(), "device": new_id()},
    ]
    for name in ("epk", "iv", "ct", "sig"):
        tampered.append(phone.seal("undone") | {name: bent(whole[name])})
        own = phone.seal("undone")
        tampered.append(
            sign(own | {name: bent(own[name])}, phone) if name != "sig" else own | {"sig": bent(own["sig"])}
        )
    own = phone.seal("undone")
    tampered += [sign(own | {"key": "0" * 16}, phone), phone.seal("undone") | {"v": True}, {"id": new_id()}]
    said = phone.send(browser, tampered)
    assert set(said.values()) == {"review"}
    assert len(said) == len({envelope["id"] for envelope in tampered})
    assert (count(Distribution), field.handed_out) == (0, 0)
    assert {record_of(envelope).status for envelope in tampered} == {"review"}
    assert phone.send(browser, [whole]) == {whole["id"]: "stored"}


def test_what_is_nested_too_deep_to_be_read_holds_nothing_else_up(field, browser):
    record_id, depth = new_id(), 100_000
    text = f'{{"id": "{record_id}", "device": "{field.phone.device}", "x": {"[" * depth}{"]" * depth}}}'
    sent = Sent(called=record_id, record_id=record_id, device_id=field.phone.device, text=text, digest="0" * 64)
    assert receive_sent([sent], sender=Sender(account_id=field.worker.id), at=now()) == [(record_id, Answer.REVIEW)]
    after = field.phone.hand_out(field.shelf)
    assert field.phone.send(browser) == {after["id"]: "stored"}
    assert record_of(after).status == "applied"


def test_other_content_under_a_known_id_is_kept_aside_and_overwrites_nothing(field, browser):
    phone = field.phone
    first = [phone.hand_out(field.shelf) for _ in range(20)]
    phone.send(browser)
    others = [
        phone.seal("hand_out", record_id=each["id"], visit=new_id(), place=field.shelf.public_id, lines=[line(units=9)])
        for each in first
    ]
    for _ in range(2):
        assert set(phone.send(browser, others).values()) == {"review"}
    kept_aside = db.session.scalars(select(FieldRecordVariant)).all()
    assert len(kept_aside) == 20
    assert all(variant.envelope_sealed and variant.resolved_at is None for variant in kept_aside)
    assert (count(Distribution), field.handed_out) == (20, 20)
    assert set(phone.send(browser, first).values()) == {"duplicate"}


def test_what_a_lead_set_aside_for_good_never_comes_back(field, browser):
    phone = field.phone
    old = [phone.save("weather") for _ in range(20)]
    phone.send(browser)
    with transaction():
        gone = {"status": Status.SET_ASIDE.value, "envelope_sealed": None}
        db.session.execute(update(FieldRecord).values(**gone))
    again = [*old, phone.seal("undone", record_id=old[0]["id"])]
    assert set(phone.send(browser, again).values()) == {"gone"}
    assert {record_of(each).status for each in old} == {"set_aside"}
    assert (count(FieldRecord), count(FieldRecordVariant)) == (20, 0)


def test_a_hand_out_is_a_fact_whatever_was_decided_since(field, browser, sign_in_as):
    """The shelf was closed, the account ended and the item merged with its twin while the phone had no signal."""
    phone, lead = field.phone, make_actor("programme_lead")
    with transaction():
        alike = {column.name: getattr(item(), column.name) for column in Item.__table__.columns}
        twin = Item(**alike | {"id": None, "public_id": new_id(), "code": "naloxone-twin", "name": "Listed twice"})
        db.session.add(twin)
    receive(field.shelf, 10, code="naloxone-twin", lot="T1")
    of_twin = db.session.scalars(select(Lot).where(Lot.lot_number == "T1")).one()
    scanned = [line("naloxone-twin", 2, lot=of_twin.public_id, how="scanned")]
    chosen = phone.save("hand_out", visit=new_id(), place=field.shelf.public_id, lines=scanned)
    inferred = phone.hand_out(field.shelf, ("naloxone-twin", 3))
    merge_items(Merge(client_id=new_id(), slip=twin.public_id, stays=item().public_id, occurred_at=now()), by=lead)
    with transaction():
        db.session.execute(update(StockLocation).where(StockLocation.id == field.shelf.id).values(is_active=False))
        db.session.execute(update(Account).where(Account.id == field.worker.id).values(disabled_at=now()))
    said = phone.send(sign_in_as("volunteer"))
    assert said == {chosen["id"]: "stored", inferred["id"]: "stored"}
    assert set(db.session.scalars(select(SupplyLine.item_id))) == {item().id}
    assert {record_of(each).written_by_id for each in (chosen, inferred)} == {field.worker.id}
    assert list(find_differences()) == []


def test_trouble_that_nobody_foresaw_loses_nothing_and_ends_by_itself(field, browser, caplog):
    """A trigger that refuses a hand-out of seven stands for a fault of ours."""
    phone = field.phone
    before, unlucky, after = (phone.hand_out(field.shelf, ("naloxone-nasal-4", units)) for units in (1, 7, 2))
    refuse = "CREATE TRIGGER trouble BEFORE INSERT ON supply_line WHEN NEW.quantity = 7"
    with transaction():
        db.session.execute(text(f"{refuse} BEGIN SELECT RAISE(ABORT, 'it is seven'); END"))
    assert set(phone.send(browser).values()) == {"stored"}
    assert record_of(unlucky).status == "received"
    assert (count(Distribution), field.handed_out) == (2, 3)
    assert unlucky["id"][:8] in caplog.text
    assert "seven" not in caplog.text
    later = phone.hand_out(field.shelf)
    assert phone.send(browser) == {later["id"]: "stored"}
    assert (record_of(later).status, record_of(unlucky).status) == ("applied", "received")
    with transaction():
        db.session.execute(text("DROP TRIGGER trouble"))
    apply_everything_kept(now=now())  # as the server does when it starts, and once an hour
    assert (record_of(unlucky).status, count(Distribution), field.handed_out) == ("applied", 4, 11)
    assert record_of(before).happened_at <= record_of(unlucky).happened_at <= record_of(after).happened_at


def test_more_of_what_cannot_be_saved_than_is_tried_at_once_holds_nothing_else_up(field, browser, monkeypatch):
    monkeypatch.setattr("harmreduction.sync.queries.records.AT_ONCE", 3)
    other = make_phone(field.worker)
    waits = [field.phone.save("take_back", of=new_id()) for _ in range(4)]
    field.phone.send(browser)
    tap, later = field.phone.hand_out(field.shelf), other.hand_out(field.shelf)
    field.phone.send(browser)
    assert record_of(tap).status == "applied"
    with transaction():
        refuse = "CREATE TRIGGER trouble BEFORE INSERT ON supply_line"
        db.session.execute(text(f"{refuse} BEGIN SELECT RAISE(ABORT, 'no'); END"))
    other.send(browser)
    assert record_of(later).status == "received"
    with transaction():
        db.session.execute(text("DROP TRIGGER trouble"))
    apply_everything_kept(now=now())
    assert record_of(later).status == "applied"
    assert {record_of(each).status for each in waits} == {"received"}


def test_a_lead_mends_the_cause_or_saves_it_with_changes(field, browser, own_key):
    phone, lead = field.phone, make_actor("programme_lead")
    sealed_box.use_keys(OTHER_SERVER)
    phone.server_key = sealed_box.public_key()
    for_another_key = phone.hand_out(field.shelf)
    sealed_box.use_keys(KEYS.phones)
    phone.server_key = sealed_box.public_key()
    unknown = new_id()
    wrong_item = phone.save(
        "hand_out", visit=new_id(), place=field.shelf.public_id, lines=[{"item": unknown, "units": 4}]
    )
    revoked = phone.hand_out(field.shelf)
    assert set(phone.send(browser, [for_another_key, wrong_item]).values()) == {"review"}
    with transaction():
        db.session.execute(update(FieldDevice).values(revoked_at=now()))
    assert phone.send(browser, [revoked]) == {revoked["id"]: "review"}
    assert [record_of(each).reason for each in (for_another_key, revoked)] == ["unknown_key", "revoked_device"]
    sealed_box.use_keys(KEYS.phones, (OTHER_SERVER,))
    assert try_again(for_another_key["id"], at=now()) is Status.REVIEW  # of a phone whose access was ended
    for envelope in (for_another_key, revoked):
        assert apply_with(envelope["id"], Changes(), by=lead, at=now()) is Status.APPLIED
    put_right = Changes(items={unknown: item().public_id}, units={0: 5}, at=now() - timedelta(hours=3))
    assert apply_with(wrong_item["id"], put_right, by=lead, at=now()) is Status.APPLIED
    assert (count(Distribution), field.handed_out) == (3, 7)
    given = db.session.scalars(select(Distribution).where(Distribution.public_id == wrong_item["id"])).one()
    assert (given.recorded_at, given.recorded_by_id) == (put_right.at, field.worker.id)
