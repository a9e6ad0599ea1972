"""What is past its time goes, in any order and however often, and every count stays."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.cli import _differences
from harmreduction.core.clock import in_zone, now, today
from harmreduction.core.db import Base, db, transaction
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter, NaloxoneTalk, QueueDay, QueueEntry, SupplyLine
from harmreduction.participants.models import LookupCount, Participant, ProfileAnswer
from harmreduction.referrals import queries as referrals
from harmreduction.referrals.models import Referral, ReferralNote
from harmreduction.referrals.rules.kinds import State
from harmreduction.retention.actions import roll_up, roll_up_once_a_day
from harmreduction.retention.actions import rolling_up as steps
from harmreduction.retention.models import RollUp
from harmreduction.retention.rules import TREATMENTS, RolledUp, Treatment
from harmreduction.reversals.models import ReversalReport
from harmreduction.settings.actions import set_values
from harmreduction.settings.rules import day_before_which_all_goes
from harmreduction.sites.models import Site
from harmreduction.stock.models import StockLocation
from harmreduction.web.access import audience_of
from tests.encounters.desk import arrive
from tests.factories import SYSTEM, TIME_ZONE, make_account, make_location, make_site, receive
from tests.pages import PageClient
from tests.participants.stories import make_participant
from tests.referrals.stories import tell
from tests.retention.stories import Known, rows_of, somebody_known, visit_of

# Figures about different people can be made only while visits carry codes; docs/privacy.md says so.
ABOUT_CODES = {"needs.figures", "journey_figures.show"}
LONG_AGO, THE_OTHER_DAY = timedelta(days=75), timedelta(days=12)


@pytest.fixture
def shelf(database) -> StockLocation:
    """A shelf of a programme that keeps codes for one month."""
    set_values({"keep_months": "1", "time_zone": TIME_ZONE}, by=SYSTEM)
    shelf = make_location(make_site("North", TIME_ZONE))
    receive(shelf, 400)
    return shelf


def late(ago: timedelta) -> datetime:
    """Return half an hour before midnight in New York, when it is the next day in UTC."""
    day = today(TIME_ZONE) - ago
    return datetime.combine(day, time(23, 30), ZoneInfo(TIME_ZONE))


def site_of(shelf: StockLocation) -> Site:
    """Return the site of a shelf."""
    return db.session.get_one(Site, shelf.site_id)


def a_quarter_at(shelf: StockLocation) -> tuple[Known, Known]:
    """Let somebody come long ago only, and somebody else then and the other day; others come without a code."""
    gone = somebody_known(site_of(shelf), shelf, at=late(LONG_AGO))
    back = somebody_known(site_of(shelf), shelf, at=late(LONG_AGO))
    for ago in (LONG_AGO, LONG_AGO, THE_OTHER_DAY):
        visit_of(None, shelf, at=late(ago))
    visit_of(back.participant, shelf, at=late(THE_OTHER_DAY))
    tell(back.referral, State.COMPLETED)
    return gone, back


def figures(app: Flask, browser: Callable[[str], str]) -> dict[str, str]:
    """Return every page of figures as a lead reads it."""
    pages = {
        rule.endpoint: browser(rule.rule)
        for rule in app.url_map.iter_rules()
        if audience_of(app.view_functions[rule.endpoint]) is Permission.VIEW_REPORTS
        and not rule.arguments
        and "GET" in (rule.methods or ())
        and rule.endpoint not in ABOUT_CODES
    }
    return {endpoint: re.sub(r'name="(form_id|csrf_token)"[^>]*', "", page) for endpoint, page in pages.items()}


def counts() -> dict[str, object]:
    """Return the visits, units and answers of each day at each site."""
    days = [
        (site_id, today(zone, at), *rest)
        for site_id, zone, at, *rest in db.session.execute(
            select(
                Encounter.site_id,
                Site.time_zone,
                Encounter.occurred_at,
                Encounter.number_of_others,
                Encounter.audience,
                Encounter.returned_syringes,
            ).join(Site, Site.id == Encounter.site_id)
        )
    ]
    return {
        "visits": sorted(days, key=repr),
        "units": db.session.scalar(select(func.sum(SupplyLine.quantity))),
        "fates": sorted(rows_of(NaloxoneTalk, "previous_fate", "reply"), key=repr),
        "overdoses": sorted(rows_of(ReversalReport, "outcome", "happened_on", "state"), key=repr),
        "referrals": sorted(
            (state, today(TIME_ZONE, made_at), need)
            for state, made_at, need in rows_of(Referral, "state", "made_at", "need")
        ),
    }


def test_every_total_is_the_same_before_and_after(app: Flask, shelf, sign_in_as) -> None:
    a_quarter_at(shelf)
    lead = sign_in_as("programme_lead")
    before, counted = figures(app, lead.page), counts()
    assert {"home.today", "reports.totals", "referral_figures.show", "reversal_figures.show"} <= set(before)

    done = roll_up(by=SYSTEM, now=now())

    assert done == RolledUp(visits=6, reports=2, referrals=1, participants=1, conversations=2)
    assert counts() == counted
    after = figures(app, lead.page)
    for endpoint, page in before.items():
        assert after[endpoint] == page, endpoint
    assert list(_differences(None, lambda _done: None)) == []


def test_codes_notes_and_times_of_day_go_and_what_is_newer_stays(shelf) -> None:
    gone, back = a_quarter_at(shelf)
    slip = gone.referral.slip_number

    roll_up(by=SYSTEM, now=now())

    first_kept = day_before_which_all_goes(today(TIME_ZONE), keep_months=1)
    for visit in db.session.scalars(select(Encounter)):
        at = in_zone(visit.occurred_at, TIME_ZONE)
        if at.date() < first_kept:
            assert (at.hour, at.minute, visit.is_time_known) == (12, 0, False)
            assert (visit.recorded_at, visit.participant_id, visit.note_sealed) == (visit.occurred_at, None, None)
        else:
            assert (at.hour, at.minute, visit.is_time_known) == (23, 30, True)
            assert visit.note_sealed is not None
    assert set(rows_of(Encounter, "participant_id")) == {(None,), (back.participant.id,)}
    assert rows_of(Participant, "id") == [(back.participant.id,)]
    reports = db.session.scalars(select(ReversalReport)).all()
    assert {(r.participant_id, r.encounter_id, r.talk_id, r.area, r.note_sealed) for r in reports} == {(None,) * 5}
    assert {in_zone(r.received_at, TIME_ZONE).time() for r in reports} == {time(12)}

    [old, touched] = db.session.scalars(select(Referral).order_by(Referral.id)).all()
    assert (old.participant_id, old.reach_sealed, old.may_contact, old.follow_up_on) == (None,) * 4
    assert in_zone(old.made_at, TIME_ZONE).time() == time(12)
    assert old.slip_number != slip
    assert referrals.find_by_slip_number(SYSTEM, slip) is None
    assert referrals.find_by_slip_number(SYSTEM, old.slip_number) is None
    assert touched.slip_number == back.referral.slip_number, "somebody followed it up today"
    assert touched.participant_id == back.participant.id
    assert {note for (note,) in rows_of(ReferralNote, "referral_id")} == {touched.id}


def test_what_becomes_of_each_column_is_what_its_table_of_treatments_says(shelf) -> None:
    a_quarter_at(shelf)
    tables = {name.partition(".")[0] for name in TREATMENTS}
    roll_up(by=SYSTEM, now=now() + timedelta(days=400))  # nothing is newer
    for table in sorted(tables):
        rows = db.session.execute(select(Base.metadata.tables[table])).mappings().all()
        gone = [name.partition(".")[2] for name, how in TREATMENTS.items() if how is Treatment.GONE]
        for row in rows:
            left = {name for name in gone if f"{table}.{name}" in TREATMENTS and row.get(name)}
            assert left == set(), table
            times = [value for name, value in row.items() if TREATMENTS.get(f"{table}.{name}") == "to_the_day"]
            exact = [value for value in times if isinstance(value, datetime) and value.minute + value.second]
            assert exact == [], table


def test_done_twice_it_changes_nothing_and_stopped_halfway_it_goes_on(shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    a_quarter_at(shelf)
    monkeypatch.setattr(steps, "AT_ONCE", 2)
    whole = steps.encounters.roll_up
    calls = []

    def stopped(before: date, *, limit: int) -> int:
        calls.append(limit)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return whole(before, limit=limit)

    monkeypatch.setattr(steps.encounters, "roll_up", stopped)
    with pytest.raises(KeyboardInterrupt):
        roll_up(by=SYSTEM, now=now())
    exact = select(func.count()).select_from(Encounter).where(Encounter.is_time_known)
    assert db.session.scalar(exact) == 4, "four of eight are done, and saved"
    monkeypatch.setattr(steps.encounters, "roll_up", whole)

    done = roll_up(by=SYSTEM, now=now())
    assert done == RolledUp(visits=2, reports=2, referrals=1, participants=1, conversations=2)
    everything = {table: rows_of_all(table) for table in ("encounter", "referral", "reversal_report", "participant")}
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    assert roll_up(by=SYSTEM, now=now()) == RolledUp()
    assert {table: rows_of_all(table) for table in everything} == everything
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries, "nothing to write down"
    assert rows_of(RollUp, "visits", "participants") == [(2, 1)]


def rows_of_all(table: str) -> list[tuple[object, ...]]:
    """Return every row of a table."""
    return [tuple(row) for row in db.session.execute(select(Base.metadata.tables[table]))]


def test_of_several_processes_one_does_it_each_day(shelf) -> None:
    a_quarter_at(shelf)
    assert roll_up_once_a_day(by=SYSTEM, now=now()) is not None
    assert roll_up_once_a_day(by=SYSTEM, now=now()) is None
    assert roll_up_once_a_day(by=SYSTEM, now=now() + timedelta(days=1)) == RolledUp()


def test_the_trail_of_before_leads_to_nobody_who_still_comes(shelf) -> None:
    _, back = a_quarter_at(shelf)
    known, called = back.participant.trail_id, back.participant.trail_today
    begun = now()
    roll_up(by=SYSTEM, now=begun)
    assert rows_of(Participant, "trail_id") == [(known,)], "the trail is younger than a month"
    roll_up(by=SYSTEM, now=begun + timedelta(days=29))
    with transaction():  # they come again, so that they are not forgotten
        db.session.merge(back.participant).began_on = today(TIME_ZONE) + timedelta(days=40)
    roll_up(by=SYSTEM, now=begun + timedelta(days=40))
    [(anew,)] = rows_of(Participant, "trail_id")
    assert anew != known
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject == called))
    roll_up(by=SYSTEM, now=begun + timedelta(days=41))
    assert rows_of(Participant, "trail_id") == [(anew,)]


def test_answers_go_on_their_own_day_and_tickets_and_look_ups_the_day_after(shelf) -> None:
    back = somebody_known(site_of(shelf), shelf, at=now())
    arrive(site_of(shelf), at=late(timedelta(days=1)))
    with transaction():
        for answer in db.session.scalars(select(ProfileAnswer).where(ProfileAnswer.field == "area")):
            answer.erase_on = today(TIME_ZONE)
        db.session.add(
            LookupCount(account_id=_somebody(), hour_began_at=now() - timedelta(days=2), lookups=3, misses=1)
        )
    roll_up(by=SYSTEM, now=now())
    assert rows_of(ProfileAnswer, "field") == [("gender",)]
    assert rows_of(LookupCount, "lookups") == []
    assert rows_of(QueueEntry, "ticket") == []
    assert rows_of(QueueDay, "arrived") == [(1,)]
    assert rows_of(Participant, "id") == [(back.participant.id,)]


def _somebody() -> int:
    """Return the row id of a member of the team."""
    return make_account().id


def test_of_people_who_were_merged_all_stay_while_one_still_comes(shelf) -> None:
    site = site_of(shelf)
    old, young = (make_participant(site, at=late(ago)) for ago in (LONG_AGO, THE_OTHER_DAY))
    lonely = make_participant(site, at=late(LONG_AGO))
    kept, gone = {old.id, young.id}, lonely.id
    with transaction():
        db.session.merge(old).merged_into_id = young.id
    assert roll_up(by=SYSTEM, now=now()).participants == 1
    left = {row_id for (row_id,) in rows_of(Participant, "id")}
    assert left == kept
    assert gone not in left


def test_the_command_says_what_it_did_and_the_app_does_it_at_its_start(instance) -> None:
    shelf = make_location(make_site())
    make_account("administrator")
    set_values({"keep_months": "1"}, by=SYSTEM)
    visit_of(make_participant(site_of(shelf), at=late(LONG_AGO)), shelf, at=late(LONG_AGO))
    db.session.remove()
    told = instance.command("prepare")
    assert "Rolled up what was past its time." in told.stdout, told.stderr
    assert "1 visits lost their code" in told.stdout
    assert "1 participants were forgotten" in told.stdout
    assert "0 visits lost their code" in instance.command("roll-up").stdout


def test_while_the_app_runs_a_request_a_day_is_enough(instance, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = make_location(make_site())
    set_values({"keep_months": "1"}, by=SYSTEM)
    visit_of(None, shelf, at=late(LONG_AGO))
    db.session.remove()
    monkeypatch.setitem(instance.app.config, "TESTING", False)
    browser = PageClient(instance.app)
    for _ in range(3):
        browser.page("/privacy")
        for thread in threading.enumerate():
            if thread.name == "import":  # what works in the background
                thread.join(timeout=60)
    assert rows_of(RollUp, "visits") == [(1,)]
    assert rows_of(Encounter, "is_time_known") == [(False,)]
    trail = select(AuditEntry.actor).where(AuditEntry.event == "ROLLED_UP")
    assert db.session.scalars(trail).all() == ["by itself"]
