"""Dates of lots: revised by lot with a document, followed by kits, and warned of until somebody saw it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.stock.actions.dates import Revision, SeenWarning, mark_seen, refresh_kit_dates, revise_date
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.actions.statuses import change_status
from harmreduction.stock.models import FundingSource, Lot, LotComponent, LotExpiryRevision, LotStatusChange
from harmreduction.stock.queries.batches import list_revisions, list_status_changes
from harmreduction.stock.queries.dates import count_unseen, count_warnings, list_warnings
from harmreduction.stock.rules import LotStatus
from harmreduction.stock.rules.dates import (
    DateChanged,
    DateDoesNotFit,
    ExpiryAuthority,
    ExpiryBand,
    band_of,
    last_day_of,
)
from harmreduction.stock.rules.problems import CannotChangeStatus
from tests.factories import SYSTEM, days_from_now, item, make_actor, make_location, make_site, receive
from tests.pages import text_of

PRINTED = date(2027, 3, 31)
EXTENDED = date(2028, 3, 31)
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)


def a_revision(lot, new=EXTENDED, *, old=PRINTED, authority=ExpiryAuthority.MANUFACTURER, document="Letter 12"):
    return Revision(lot_id=lot.public_id, old_expiry=old, new_expiry=new, authority=authority, document=document)


def from_another_source(lot):
    """Return the lot of the same number that a grant paid for."""
    with transaction():
        grant = FundingSource(name="Grant")
        db.session.add(grant)
        db.session.flush()
        lot_id = find_or_make_lot(lot.item_id, lot.lot_number, lot.printed_expiry, funding_source_id=grant.id)
    return db.session.get_one(Lot, lot_id)


def a_kit_of(*parts, code="wound-kit", number="K1"):
    """Return a lot of kits that hold these (lot, bears the date) parts."""
    with transaction():
        lot_id = find_or_make_lot(item(code).id, number)
        db.session.add_all(
            LotComponent(
                kit_lot_id=lot_id,
                component_lot_id=part.id,
                part_item_id=part.item_id,
                quantity_per_kit=1,
                is_expiry_bearing=bears,
            )
            for part, bears in parts
        )
        db.session.flush()
        refresh_kit_dates([part.id for part, _bears in parts])
    return db.session.get_one(Lot, lot_id)


# --- revisions


def test_a_revision_holds_for_the_whole_batch_and_the_printed_date_stays(database):
    lot = receive(make_location(), 5, lot="NX1", expiry=PRINTED)
    granted = from_another_source(lot)
    other = receive(make_location(), 5, lot="NX2", expiry=PRINTED)
    revise_date(a_revision(lot), by=SYSTEM, at=now())
    assert [(each.printed_expiry, each.effective_expiry) for each in (lot, granted, other)] == [
        (PRINTED, EXTENDED),
        (PRINTED, EXTENDED),
        (PRINTED, PRINTED),
    ]
    [told] = list_revisions([lot.id, granted.id])
    assert (told.old_expiry, told.new_expiry, told.document) == (PRINTED, EXTENDED, "Letter 12")


def test_a_revision_sent_twice_is_written_once_and_one_from_an_old_page_is_not_taken(database):
    lot = receive(make_location(), 5, lot="NX1", expiry=PRINTED)
    for _tap in range(2):
        revise_date(a_revision(lot), by=SYSTEM, at=now())
    assert len(db.session.scalars(select(LotExpiryRevision)).all()) == 1
    with pytest.raises(DateChanged, match="meanwhile"):
        revise_date(a_revision(lot, date(2029, 1, 1)), by=SYSTEM, at=now())
    revise_date(a_revision(lot, date(2027, 1, 1), old=EXTENDED), by=SYSTEM, at=now())
    assert lot.effective_expiry == date(2027, 1, 1)


def test_a_typing_slip_is_put_right_on_the_pack_too_and_to_an_earlier_date(database):
    lot = receive(make_location(), 5, lot="NX1", expiry=PRINTED)
    slip = a_revision(lot, date(2026, 3, 31), authority=ExpiryAuthority.DATA_ENTRY, document="Pack seen")
    revise_date(slip, by=SYSTEM, at=now())
    assert (lot.printed_expiry, lot.effective_expiry) == (date(2026, 3, 31), date(2026, 3, 31))
    assert list_revisions([lot.id])[0].old_expiry == PRINTED


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"document": ""}, "what says so"), ({"new": PRINTED}, "its date already")],
)
def test_a_date_needs_a_document_and_has_to_be_another_one(database, changes, sentence):
    lot = receive(make_location(), 5, lot="NX1", expiry=PRINTED)
    with pytest.raises(DateDoesNotFit, match=sentence):
        revise_date(a_revision(lot, **changes), by=SYSTEM, at=now())
    assert lot.effective_expiry == PRINTED


def test_what_nobody_knows_the_lot_of_gets_no_date(database):
    lot = receive(make_location(), 5, lot="")
    with pytest.raises(DateDoesNotFit, match="Nobody knows"):
        revise_date(a_revision(lot, old=None), by=SYSTEM, at=now())


def test_kits_and_kits_of_kits_follow_the_parts_that_bear_their_date(database):
    shelf = make_location()
    vial = receive(shelf, 5, lot="VIAL", expiry=PRINTED)
    syringe = receive(shelf, 5, code="strip-fentanyl", lot="SYR", expiry=date(2026, 12, 31))
    inner = a_kit_of((vial, True), (syringe, False))
    outer = a_kit_of((inner, True), code="wallet-card", number="BAG1")
    assert (inner.effective_expiry, outer.effective_expiry) == (PRINTED, PRINTED)
    revise_date(a_revision(vial), by=SYSTEM, at=now())
    assert (inner.effective_expiry, outer.effective_expiry) == (EXTENDED, EXTENDED)
    revise_date(a_revision(syringe, EXTENDED, old=date(2026, 12, 31)), by=SYSTEM, at=now())
    assert (inner.effective_expiry, inner.printed_expiry) == (EXTENDED, None)


# --- statuses


def test_a_lot_is_held_back_and_released_as_a_batch_with_its_reasons_kept(database):
    lot = receive(make_location(), 5, lot="NX1")
    granted = from_another_source(lot)
    change_status(lot.public_id, LotStatus.ON_HOLD, reason="Odd smell", by=SYSTEM, at=now())
    change_status(lot.public_id, LotStatus.ON_HOLD, reason="Odd smell", by=SYSTEM, at=now())
    assert (lot.status, granted.status) == ("on_hold", "on_hold")
    change_status(granted.public_id, LotStatus.AVAILABLE, reason="The maker says it is fine", by=SYSTEM, at=now())
    assert (lot.status, granted.status) == ("available", "available")
    told = list_status_changes([lot.id, granted.id])
    assert [(entry.new_status, entry.reason) for entry in told] == [
        ("available", "The maker says it is fine"),
        ("on_hold", "Odd smell"),
    ]


def test_a_recall_is_not_ended_here_and_nothing_is_held_back_without_a_reason(database):
    lot = receive(make_location(), 5, lot="NX1")
    with pytest.raises(CannotChangeStatus, match="why"):
        change_status(lot.public_id, LotStatus.ON_HOLD, reason="", by=SYSTEM, at=now())
    with pytest.raises(CannotChangeStatus, match="Recalls"):
        change_status(lot.public_id, LotStatus.RECALLED, reason="x", by=SYSTEM, at=now())
    with transaction():
        db.session.get_one(Lot, lot.id).status = "recalled"
    with pytest.raises(CannotChangeStatus, match="Recalls"):
        change_status(lot.public_id, LotStatus.AVAILABLE, reason="x", by=SYSTEM, at=now())
    with pytest.raises(CannotChangeStatus, match="Nobody knows"):
        unknown = receive(make_location(), 5, lot="")
        change_status(unknown.public_id, LotStatus.ON_HOLD, reason="x", by=SYSTEM, at=now())
    assert db.session.scalars(select(LotStatusChange)).all() == []


# --- warnings


@given(left=st.integers(-400, 400))
def test_a_lot_is_in_the_narrowest_band_that_holds_it(left):
    today = NOON.date()
    band = band_of(today + timedelta(days=left), today)
    if left > 180:
        assert band is None
    else:
        assert band is not None
        assert today + timedelta(days=left) <= last_day_of(band, today)
        narrower = [other for other in ExpiryBand if other < band]
        assert all(today + timedelta(days=left) > last_day_of(other, today) for other in narrower)


def test_a_lot_without_a_date_comes_near_nothing():
    assert band_of(None, NOON.date()) is None


def see_all(by):
    """Note everything that a person is warned of as seen."""
    mark_seen(
        [
            SeenWarning(
                location_id=row.location.public_id,
                lot_id=row.lot.public_id,
                expiry=row.lot.effective_expiry,
                band=row.band,
            )
            for row in list_warnings(by, limit=100)
        ],
        by=by,
        at=now(),
    )


def test_each_band_warns_once_and_a_missed_night_loses_nothing(database):
    with time_machine.travel(NOON, tick=False) as clock:
        shelf = make_location()
        lead = make_actor("programme_lead")
        receive(shelf, 5, lot="NX1", expiry=date(2027, 5, 31))  # in 190 days
        assert list_warnings(lead, limit=10) == []
        clock.shift(timedelta(days=40))  # nobody looked for 40 nights
        [warning] = list_warnings(lead, limit=10)
        assert (warning.band, warning.days_left, warning.seen_at) == (ExpiryBand.WITHIN_180, 150, None)
        see_all(lead)
        assert (count_unseen(lead), count_warnings(lead)) == ({}, {ExpiryBand.WITHIN_180: 1})
        for days, band in ((100, ExpiryBand.WITHIN_90), (30, ExpiryBand.WITHIN_30), (21, ExpiryBand.PAST)):
            clock.shift(timedelta(days=days))
            assert count_unseen(lead) == {band: 1}
            see_all(lead)
            see_all(lead)
            assert count_unseen(lead) == {}


def test_another_date_warns_anew_and_what_is_gone_warns_no_more(database):
    with time_machine.travel(NOON, tick=False):
        lead, shelf = make_actor("programme_lead"), make_location()
        lot = receive(shelf, 5, lot="NX1", expiry=date(2026, 12, 1))
        see_all(lead)
        revise_date(a_revision(lot, date(2026, 12, 20), old=date(2026, 12, 1)), by=SYSTEM, at=now())
        assert count_unseen(lead) == {ExpiryBand.WITHIN_30: 1}
        revise_date(a_revision(lot, date(2029, 1, 1), old=date(2026, 12, 20)), by=SYSTEM, at=now())
        assert count_warnings(lead) == {}


def test_the_last_day_is_still_a_day_at_the_site_whose_clock_is_behind(database):
    night_in_new_york = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    with time_machine.travel(night_in_new_york, tick=False):
        here, there = make_location(make_site()), make_location(make_site(time_zone="Asia/Tokyo"))
        for place in (here, there):
            receive(place, 5, lot="NX1", expiry=date(2026, 11, 21))
        warnings = {row.location.id: row for row in list_warnings(make_actor("programme_lead"), limit=10)}
        assert (warnings[here.id].band, warnings[here.id].days_left) == (ExpiryBand.WITHIN_30, 0)
        assert (warnings[there.id].band, warnings[there.id].days_left) == (ExpiryBand.PAST, -1)


def test_a_person_is_warned_of_ones_own_places_and_notes_nothing_elsewhere(database):
    here, there = make_location(), make_location()
    worker = make_actor(sites=(here.site_id,))
    lot = receive(there, 5, lot="NX1", expiry=days_from_now(3))
    assert (list_warnings(worker, limit=10), count_unseen(make_actor())) == ([], {})
    elsewhere = SeenWarning(
        location_id=there.public_id, lot_id=lot.public_id, expiry=lot.effective_expiry, band=ExpiryBand.WITHIN_30
    )
    with pytest.raises(NotFound):
        mark_seen([elsewhere], by=worker, at=now())
    assert count_unseen(make_actor("programme_lead")) == {ExpiryBand.WITHIN_30: 1}


def test_what_nobody_saw_stands_first_and_long_lists_come_in_pages(database):
    lead, shelf = make_actor("programme_lead"), make_location()
    for number in range(4):
        receive(shelf, 5, lot=f"NX{number}", expiry=days_from_now(10 + number))
    first = list_warnings(lead, limit=1)[0]
    mark_seen(
        [
            SeenWarning(
                location_id=shelf.public_id,
                lot_id=first.lot.public_id,
                expiry=first.lot.effective_expiry,
                band=first.band,
            )
        ],
        by=lead,
        at=now(),
    )
    assert [row.lot.lot_number for row in list_warnings(lead, limit=2)] == ["NX1", "NX2"]
    assert [row.lot.lot_number for row in list_warnings(lead, limit=2, offset=2)] == ["NX3", "NX0"]


# --- pages


def test_a_worker_sees_a_warning_off_the_list_and_a_lead_gives_the_lot_another_date(sign_in_as):
    shelf = make_location()
    lot = receive(shelf, 5, lot="NX1", expiry=days_from_now(20))
    receive(shelf, 5, lot="OLD", expiry=days_from_now(-2))
    worker = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    page = worker.page("/stock/dates")
    words = text_of(page)
    assert "past its date" in words
    assert "20 days left" in words or "19 days left" in words or "21 days left" in words
    value = page.split('name="seen" value="')[1].split('"')[0]
    worker.send("/stock/dates/seen", seen=value)
    worker.send("/stock/dates/seen", status=404, seen="nonsense")
    assert "1 new" in text_of(worker.page("/stock/dates"))
    assert "OLD" not in text_of(worker.page("/stock/dates?band=30"))
    lead = sign_in_as("programme_lead")
    path = f"/stock/lots/{lot.public_id}/date"
    old = lot.effective_expiry.isoformat()
    fields = {"old_expiry": old, "new_expiry": "2031-01-31", "authority": "fda"}
    assert "Enter what says so." in text_of(lead.send(path, status=200, **fields))
    lead.send(path, **fields, document="FDA letter of 17 Jan")
    assert "FDA letter of 17 Jan" in text_of(lead.page(path))
    late = lead.send(path, status=200, **fields | {"new_expiry": "2032-01-31"}, document="Another")
    assert "Somebody changed this date meanwhile" in text_of(late)
    assert db.session.get_one(Lot, lot.id).effective_expiry == date(2031, 1, 31)


def test_a_lead_holds_a_lot_back_on_the_page_and_workers_cannot(sign_in_as):
    lot = receive(make_location(), 5, lot="NX1")
    path = f"/stock/lots/{lot.public_id}/status"
    sign_in_as("outreach_worker").page(path, status=403)
    lead = sign_in_as("programme_lead")
    assert "Enter why" in text_of(lead.send(path, status=200, new_status="on_hold"))
    lead.send(path, new_status="on_hold", reason="Odd smell")
    assert "Odd smell" in text_of(lead.page(path))
    assert db.session.get_one(Lot, lot.id).status == "on_hold"


def test_lots_that_got_too_warm_are_noted_on_the_page_and_cleared(sign_in_as):
    shelf = make_location()
    lot = receive(shelf, 5, lot="NX1")
    worker = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    assert "Nothing got too warm" in text_of(worker.page("/stock/heat"))
    path = f"/stock/{shelf.public_id}/heat"
    assert "Choose at least one lot." in text_of(worker.send(path, status=200))
    worker.send(path, lots=lot.public_id, note="6 hours in the sun")
    page = worker.page("/stock/heat")
    assert "6 hours in the sun" in text_of(page)
    clear = page.split('action="/stock/heat/')[1].split('"')[0]
    worker.send(f"/stock/heat/{clear}")
    assert "Nothing got too warm" in text_of(worker.page("/stock/heat"))


def test_the_full_list_says_which_lot_was_skipped_and_what_is_better_than_none(sign_in_as):
    shelf = make_location()
    receive(shelf, 5, lot="OLD", expiry=days_from_now(-30))
    worker = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    assert "Lot OLD was skipped: past its date since" in text_of(worker.page("/hand-out/items"))
    sign_in_as("administrator").send(
        "/settings",
        programme_name="P",
        time_zone="America/New_York",
        expired_stock="last_resort",
        syringes_per_litre="100",
        syringes_per_pound="281",
        keep_months="12",
        smallest_shown="11",
    )
    words = text_of(worker.page("/hand-out/items"))
    assert "better than none" in words
    assert "First to go out: OLD" in words
