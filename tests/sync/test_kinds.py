"""Every kind of record does what its page would have done, at the time when it was written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update

from harmreduction.audit.models import AuditEntry
from harmreduction.core import clock
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.actions import add_details
from harmreduction.encounters.models import Distribution, DistributionVoid, NaloxoneTalk
from harmreduction.encounters.rules import Audience, Returned, ReturnMeasure, VisitDetails
from harmreduction.reversals.models import ReversalReport
from harmreduction.sites.models import Site
from harmreduction.stock import actions as stock
from harmreduction.stock.models import StockReason, StockShift
from harmreduction.stock.rules import LocationKind
from harmreduction.stock.verification import find_differences
from harmreduction.sync.models import FieldRecord
from tests.factories import SYSTEM, item, make_account, on_hand
from tests.sync.phones import make_phone
from tests.sync.team import count, record_of, visit_of, void_of

HOURS_AGO = timedelta(hours=5)


def test_a_hand_out_is_undone_by_the_phones_own_times_however_late_both_come(field, browser):
    phone, then = field.phone, now() - HOURS_AGO
    slip, late_slip = (phone.hand_out(field.shelf, at=then + timedelta(minutes=minute)) for minute in (0, 1))
    undone = phone.save("take_back", of=slip["id"], at=then + timedelta(minutes=9))
    too_late = phone.save("take_back", of=late_slip["id"], at=then + timedelta(minutes=30))
    assert set(phone.send(browser).values()) == {"stored"}
    assert (void_of(slip), void_of(late_slip), field.handed_out) == ("undo", "other", 0)
    assert {record_of(each).status for each in (slip, late_slip, undone, too_late)} == {"applied"}
    once_more = phone.save("take_back", of=slip["id"], at=then + timedelta(minutes=40))
    assert phone.send(browser) == {once_more["id"]: "stored"}
    assert count(DistributionVoid) == 2
    assert list(find_differences()) == []


def test_a_taking_back_waits_for_its_record_and_spares_a_lead_what_was_taken_back(field, browser):
    phone, stranger = field.phone, make_phone(field.worker)
    first = phone.hand_out(field.shelf)
    back = phone.seal("take_back", of=first["id"])
    assert phone.send(browser, [back]) == {back["id"]: "stored"}
    assert record_of(back).status == "received"
    theirs = stranger.seal("take_back", of=first["id"])
    assert stranger.send(browser, [theirs]) == {theirs["id"]: "stored"}
    phone.send(browser)
    assert (record_of(back).status, void_of(first)) == ("applied", "undo")
    assert stranger.send(browser, [theirs, stranger.seal("undone")])[theirs["id"]] == "duplicate"
    assert (record_of(theirs).status, record_of(theirs).reason) == ("review", "no_target")

    unknown = phone.save(
        "hand_out", visit=new_id(), place=field.shelf.public_id, lines=[{"item": new_id(), "units": 1}]
    )
    assert phone.send(browser) == {unknown["id"]: "review"}
    spared = phone.save("take_back", of=unknown["id"])
    assert phone.send(browser) == {spared["id"]: "stored"}
    left = record_of(unknown)
    assert (left.status, left.envelope_sealed, left.reason, left.problem) == ("undone", None, None, None)

    never_came = phone.save("take_back", of=new_id())
    phone.send(browser)
    with transaction():
        long_ago = {"received_at": now() - timedelta(days=4), "sent_at": now() - timedelta(days=4)}
        db.session.execute(update(FieldRecord).where(FieldRecord.public_id == never_came["id"]).values(**long_ago))
    phone.hand_out(field.shelf)
    phone.send(browser)
    assert (record_of(never_came).status, record_of(never_came).reason) == ("review", "no_target")
    report = phone.save("reversal", place=field.shelf.public_id, outcome="ok")
    cannot = phone.save("take_back", of=report["id"])
    phone.send(browser)
    assert (record_of(report).status, record_of(cannot).reason) == ("applied", "cannot_be")


def test_what_was_told_on_a_visit_takes_nothing_back_that_others_told(field, browser):
    phone, visit = field.phone, new_id()
    phone.hand_out(field.shelf, visit=visit)
    phone.save("told", visit=visit, place=field.shelf.public_id, returned={"measure": "litres", "amount": 1.5})
    phone.send(browser)
    assert (visit_of(visit).returned_syringes, visit_of(visit).audience) == (150, None)
    told = VisitDetails(audience=Audience.OTHERS, number_of_others=3, note="Came with a dog.")
    add_details(visit, told, by=SYSTEM)
    phone.save("told", visit=visit, place=field.shelf.public_id, returned={"measure": "counted", "amount": 12})
    phone.send(browser)
    after = visit_of(visit)
    assert (after.returned_syringes, after.audience, after.number_of_others) == (12, "others", 3)
    assert after.note_sealed is not None
    phone.save("told", visit=visit, place=field.shelf.public_id, audience="self", others=None)
    phone.send(browser)
    after = visit_of(visit)
    assert (after.returned_syringes, after.audience, after.number_of_others) == (12, "self", None)
    without_supplies = new_id()
    phone.save(
        "told", visit=without_supplies, place=field.shelf.public_id, returned={"measure": "counted", "amount": 5}
    )
    phone.save("told", visit=new_id(), place=field.shelf.public_id, others=1000)
    said = phone.send(browser)
    assert list(said.values()) == ["stored", "review"]
    assert visit_of(without_supplies).returned_syringes == 5


def test_what_somebody_changed_on_a_page_since_stays_when_a_phone_tells_late(field, browser):
    phone, visit, place = field.phone, new_id(), field.shelf.public_id
    phone.hand_out(field.shelf, visit=visit, at=now() - HOURS_AGO)
    phone.send(browser)
    guess = {"measure": "litres", "amount": 1}
    phone.save("told", visit=visit, place=place, returned=guess, audience="self", at=now() - timedelta(hours=2))
    add_details(visit, VisitDetails(returned=Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(62))), by=SYSTEM)
    phone.send(browser)
    after = visit_of(visit)
    assert (after.returned_syringes, after.returned_measure) == (62, "counted"), "it was counted at the desk since"
    assert after.audience == "self", "nothing that was told is lost"
    later = now() + timedelta(seconds=1)
    phone.save("told", visit=visit, place=place, returned={"measure": "counted", "amount": 72}, at=later)
    phone.send(browser)
    phone.save("told", visit=visit, place=place, returned={"measure": "counted", "amount": 82}, at=later)
    phone.send(browser)
    assert visit_of(visit).returned_syringes == 82


def test_a_talk_hands_out_with_it_and_is_for_those_who_may(field, browser, app):
    phone, visit = field.phone, new_id()
    lines = [{"item": item().public_id, "units": 2}]
    told = {"visit": visit, "place": field.shelf.public_id, "reply": "taken", "previous_fate": "used_on_someone"}
    talk = phone.save("talk", **told, times_used=1, training="refresher", lines=lines)
    phone.send(browser)
    saved = db.session.scalars(select(NaloxoneTalk)).one()
    assert (saved.public_id, saved.supply_type, saved.training) == (talk["id"], "refill", "refresher")
    given = db.session.get_one(Distribution, saved.distribution_id)
    assert (given.encounter.public_id, field.handed_out) == (visit, 2)
    phone.save("take_back", of=talk["id"])
    phone.send(browser)
    assert (field.handed_out, count(NaloxoneTalk)) == (0, 1)
    only_told = phone.save("talk", **told | {"visit": new_id(), "reply": None})
    back = phone.save("take_back", of=only_told["id"])
    phone.send(browser)
    assert (record_of(only_told).status, record_of(back).reason) == ("applied", "cannot_be")
    volunteer = make_account("volunteer", sites=(field.shelf.site_id,))
    theirs = make_phone(volunteer)
    not_theirs = [theirs.save("talk", **told), theirs.save("load_out", place=field.shelf.public_id, items=[])]
    assert set(theirs.send(browser).values()) == {"review"}
    assert {record_of(each).reason for each in not_theirs} == {"not_allowed"}


def alike(record):
    """Return what can be seen of a record without its number, and which times are known of it."""
    times = (record.device_at, record.happened_at, record.sent_at, record.resolved_at)
    whose = (record.written_by_id, record.utc_offset, record.is_time_doubtful)
    return record.kind, record.status, record.reason, record.envelope_sealed, *whose, *(at is None for at in times)


def test_a_report_of_a_reversal_keeps_its_day_and_a_loose_one_leads_to_nobody(field, browser):
    phone, visit = field.phone, new_id()
    phone.clock_ahead = timedelta(days=400)
    joined = phone.save("reversal", place=field.shelf.public_id, visit=visit, when="yesterday", outcome="ok", doses=2)
    loose = phone.save("reversal", place=field.shelf.public_id, visit=visit, loose=True, outcome="hospital")
    nothing = phone.save("undone")
    empty = [phone.save("reversal", place=field.shelf.public_id, visit=visit, loose=loose) for loose in (False, True)]
    assert set(phone.send(browser).values()) == {"stored"}
    assert [(record_of(each).status, record_of(each).kind) for each in empty] == [
        ("undone", "reversal"),
        ("undone", "undone"),
    ]
    reports = {report.is_cut_loose: report for report in db.session.scalars(select(ReversalReport))}
    zone = db.session.get_one(Site, field.shelf.site_id).time_zone
    yesterday = clock.today(zone) - timedelta(days=1)
    assert (reports[False].public_id, reports[False].happened_on) == (joined["id"], yesterday)
    assert reports[False].encounter_id == visit_of(visit).id
    kept, undone = record_of(loose), record_of(nothing)
    assert alike(kept) == alike(undone), "only somebody who undid a tap looks like that"
    assert (reports[True].encounter_id, reports[True].recorded_by_id) == (None, None)
    ids = {loose["id"], kept.public_id}
    assert reports[True].public_id not in ids
    assert reports[True].public_id not in set(db.session.scalars(select(AuditEntry.subject)))
    assert set(phone.send(browser, [joined, loose]).values()) == {"duplicate"}
    assert count(ReversalReport) == 2


def test_undo_takes_a_loose_report_back_for_good_and_nothing_says_whose_it_was(field, browser):
    phone, place = field.phone, field.shelf.public_id
    stays, slip = (phone.save("reversal", place=place, loose=True, outcome=told) for told in ("ok", "hospital"))
    undone = phone.save("undone")
    phone.send(browser)
    back = [phone.save("take_back", of=each["id"]) for each in (slip, undone)]
    assert set(phone.send(browser).values()) == {"stored"}
    assert {record_of(each).status for each in back} == {"applied"}
    standing = select(ReversalReport.outcome).where(ReversalReport.state == "counted")
    assert list(db.session.scalars(standing)) == ["ok"]
    [gone] = db.session.scalars(select(ReversalReport).where(ReversalReport.state == "gone"))
    assert (gone.outcome, gone.happened_on, gone.site_id, gone.doses) == (None, None, None, None)
    assert gone.public_id not in set(db.session.scalars(select(AuditEntry.subject)))
    assert alike(record_of(slip)) == alike(record_of(undone))
    assert set(phone.send(browser, [stays, slip]).values()) == {"duplicate"}
    assert len(list(db.session.scalars(standing))) == 1


def test_a_shift_is_loaded_out_and_closed_without_a_signal(field, browser):
    phone, site_id = field.phone, field.shelf.site_id
    with transaction():
        van = stock.open_location("Van", LocationKind.VAN, site_id=site_id, by=SYSTEM)
    then, kit = now() - HOURS_AGO, item().public_id
    load = phone.save(
        "load_out",
        place=van.public_id,
        source=field.shelf.public_id,
        items=[{"item": kit, "units": 10}],
        at=then,
    )
    given = phone.hand_out(van, ("naloxone-nasal-4", 3), at=then + timedelta(hours=1))
    reason = db.session.scalars(select(StockReason).where(StockReason.use == "count")).first()
    closing = {"shift": load["id"], "reason": reason.public_id, "back": field.shelf.public_id}
    phone.save("close_out", **closing, found=[{"lot": field.lot.public_id, "units": 6}], at=then + timedelta(hours=2))
    said = phone.send(browser)
    assert set(said.values()) == {"stored"}
    assert record_of(load).status == record_of(given).status == "applied"
    shift = db.session.scalars(select(StockShift)).one()
    assert (shift.public_id, shift.opened_by_id) == (load["id"], field.worker.id)
    assert shift.opened_at == record_of(load).happened_at
    assert shift.closed_at is not None
    assert (on_hand(van, field.lot), on_hand(field.shelf, field.lot)) == (0, 96)
    assert list(find_differences()) == []
    unknown = phone.save("close_out", shift=new_id(), found=[])
    too_much = phone.save(
        "load_out", place=van.public_id, source=field.shelf.public_id, items=[{"item": kit, "units": 500}]
    )
    assert set(phone.send(browser).values()) == {"review"}
    assert [record_of(each).reason for each in (unknown, too_much)] == ["not_found", "cannot_be"]


def test_wrong_clocks_lose_nothing_and_the_order_of_the_phone_holds(field, browser):
    """P13: seven skews; the phone's own time is kept beside what we make of it."""
    true, skews = now() - HOURS_AGO, (-3653, -1, -1 / 24, 0, 1 / 24, 3653)
    for days in skews:
        phone = make_phone(field.worker)
        phone.clock_ahead = timedelta(days=days)
        taps = [phone.hand_out(field.shelf, at=true + phone.clock_ahead + timedelta(minutes=m)) for m in range(3)]
        assert set(phone.send(browser, [taps[2], taps[0], taps[1]]).values()) == {"stored"}
        records = [record_of(each) for each in taps]
        assert [record.happened_at for record in records] == sorted(record.happened_at for record in records)
        assert all(abs(record.happened_at - true) < timedelta(minutes=4) for record in records)
        assert {record.is_time_doubtful for record in records} == {days != 0}
        assert abs(records[0].device_at - (true + phone.clock_ahead)) < timedelta(seconds=1)
    jumped = make_phone(field.worker)
    since_1970 = jumped.hand_out(field.shelf, at=datetime(1970, 1, 1, tzinfo=UTC))
    assert set(jumped.send(browser).values()) == {"stored"}
    assert record_of(since_1970).is_time_doubtful
    assert record_of(since_1970).happened_at == record_of(since_1970).received_at
    assert field.handed_out == 19
    assert list(find_differences()) == []
