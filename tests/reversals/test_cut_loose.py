"""A report that is cut loose: nothing in the database or the audit trail joins it to a visit again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import in_zone, now
from harmreduction.core.db import Base, db
from harmreduction.core.errors import NotFound
from harmreduction.encounters.actions import join_visit
from harmreduction.encounters.models import Encounter, NaloxoneTalk
from harmreduction.reversals import actions
from harmreduction.reversals.models import ReversalAnswer, ReversalReport, SameEvent
from harmreduction.reversals.queries.figures import count_reversals
from harmreduction.reversals.queries.reports import get_detail, get_report_of, list_reports_of
from harmreduction.reversals.rules.reports import CannotReport, State
from tests.factories import TIME_ZONE, make_actor, make_site
from tests.participants.stories import make_participant
from tests.reversals.stories import (
    TOLD,
    a_start,
    a_talk,
    count,
    events,
    every_cell,
    make_report,
    new_report,
    read,
    today_here,
    told_by,
)

OF_REPORTS = {"reversal_report", "reversal_answer", "same_event"}


@pytest.fixture
def evening(database):
    """A worker, and a talk with somebody who showed a code, in which a kit was used."""
    site = make_site()
    worker = make_actor(sites=(site.id,))
    participant = make_participant(site, by=worker)
    talk = a_talk(site, by=worker, visit=a_start(site, participant_id=participant.id))
    return site, worker, participant, talk


def all_else():
    """Return every row of every other table, as one text; reports and what hangs on them are left out."""
    return "\n".join(line for line in every_cell().splitlines() if line.split(":")[0] not in OF_REPORTS)


def cells(row):
    """Return the values of a row that could join it to another: not empty, not yes or no, and no short code."""
    return {
        str(value)
        for column, value in row._mapping.items()
        if value is not None and not isinstance(value, bool) and column not in {"wording", "origin", "doses"}
    }


def row_of(public_id):
    """Return a report as a plain row."""
    table = ReversalReport.__table__
    return db.session.execute(select(table).where(table.c.public_id == public_id)).one()


def test_cut_loose_at_once_a_report_never_meets_its_visit(evening):
    site, worker, _participant, talk = evening
    before = all_else()
    told = new_report(site, visit=talk.visit, talk_id=talk.client_id, is_cut_loose=True, note="it was cold")
    assert actions.report_reversal(told, by=worker, at=now()).is_new
    assert not actions.report_reversal(told, by=worker, at=now()).is_new
    assert all_else() == before  # the audit trail too: its minutes would tell whose report this is
    report = read(told.client_id)
    assert (report.participant_id, report.encounter_id, report.talk_id, report.recorded_by_id) == (None,) * 4
    local = in_zone(report.received_at, TIME_ZONE)
    assert (local.hour, local.minute, local.second) == (12, 0, 0)
    assert local.date() == in_zone(now(), TIME_ZONE).date()
    detail = get_detail(worker, told.client_id)
    assert (detail.visit, detail.note) == (None, "it was cold")


def test_a_report_is_parted_from_a_code_and_joined_to_one_with_its_visit(evening):
    site, worker, participant, talk = evening
    told = new_report(site, visit=talk.visit, talk_id=talk.client_id)
    actions.report_reversal(told, by=worker, at=now())
    join_visit(talk.visit.visit_id, None, by=worker)
    assert read(told.client_id).participant_id is None
    join_visit(talk.visit.visit_id, participant, by=worker)
    assert read(told.client_id).participant_id == participant.id


def test_the_fingerprint_of_a_loose_report_cannot_be_tried_against_visits(evening):
    site, worker, _participant, talk = evening
    at = now()
    loose = {"is_cut_loose": True, "answers": TOLD}
    with_visit = new_report(site, visit=talk.visit, talk_id=talk.client_id, **loose)
    without = new_report(site, **loose)
    for told in (with_visit, without):
        actions.report_reversal(told, by=worker, at=at)
    assert read(with_visit.client_id).fingerprint == read(without.client_id).fingerprint


def test_cut_loose_later_nothing_joins_what_was_told_to_the_visit_again(evening):
    site, worker, participant, talk = evening
    lead = make_actor("programme_lead")
    told = new_report(site, visit=talk.visit, talk_id=talk.client_id, note="it was cold")
    actions.report_reversal(told, by=worker, at=now())
    report = get_report_of(worker, told.client_id)
    other = make_report(site, visit=a_start(site))
    actions.decide_same(told.client_id, other.public_id, is_same=True, by=lead, at=now())
    actions.note_seen(report, by=worker)
    visit = db.session.get_one(Encounter, report.encounter_id)
    talk_row = db.session.scalars(select(NaloxoneTalk)).one()
    traces = {visit.public_id, talk_row.public_id, participant.public_id, participant.trail_today, told.client_id}
    figures = count_reversals(today_here().on, today_here().on, time_zone=TIME_ZONE)
    was, was_id = row_of(told.client_id), report.id

    actions.cut_loose(told.client_id, by=worker)

    [loose] = [each for each in list_reports_of(lead, offset=0, limit=9) if each.is_cut_loose]
    row, husk = row_of(loose.public_id), row_of(told.client_id)
    assert told_by(loose) == set(TOLD) and get_detail(worker, loose.public_id).note == "it was cold"
    assert (row.participant_id, row.encounter_id, row.talk_id, row.recorded_by_id) == (None,) * 4
    assert in_zone(loose.received_at, TIME_ZONE).day == 1
    assert not cells(row) & traces
    assert {row.id, row.public_id, row.fingerprint, row.note_sealed}.isdisjoint({*was, *husk})
    # What the trail knows by name and minute leads to an empty row, and nothing of it is in the loose one.
    emptied = {"state", "exactness", "wording", "origin", "public_id", "id", "received_at", "fingerprint"}
    assert {name for name, value in husk._mapping.items() if value not in (None, True)} == emptied
    assert (husk.state, husk.fingerprint) == (State.GONE, "")
    assert cells(row) & cells(husk) == {str(row.received_at)}
    trail = db.session.execute(select(AuditEntry.__table__)).all()
    assert not [entry for entry in trail if row.public_id in {str(value) for value in entry}]
    [cut] = events("REVERSAL_CUT_LOOSE")
    assert (cut.subject, cut.site_id, cut.actor) == (None, None, worker.label)
    # No other table names the loose row but its answers and what a lead decided about it.
    holders = {line.split(":")[0] for line in every_cell().splitlines() if row.public_id in line}
    assert holders == {"reversal_report"}
    pointing = {
        key.parent.table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "reversal_report"
    }
    assert pointing == {"reversal_answer", "same_event"}
    assert {answer.report_id for answer in db.session.scalars(select(ReversalAnswer))} == {row.id, other.id}
    [same] = db.session.scalars(select(SameEvent)).all()
    assert {same.first_id, same.second_id} == {row.id, other.id} and was_id not in {same.first_id, same.second_id}
    assert count_reversals(today_here().on, today_here().on, time_zone=TIME_ZONE) == figures


def test_a_report_that_was_cut_loose_does_not_come_back_and_is_gone_under_its_old_name(evening):
    site, worker, _participant, talk = evening
    told = new_report(site, visit=talk.visit)
    actions.report_reversal(told, by=worker, at=now())
    actions.cut_loose(told.client_id, by=worker)
    rows = count(ReversalReport)
    assert not actions.report_reversal(told, by=worker, at=now() + timedelta(hours=3)).is_new
    assert count(ReversalReport) == rows
    with pytest.raises(NotFound):
        get_report_of(make_actor("programme_lead"), told.client_id)
    with pytest.raises(NotFound):
        actions.cut_loose(told.client_id, by=worker)
    [loose] = list_reports_of(worker, offset=0, limit=9)
    with pytest.raises(CannotReport):
        actions.cut_loose(loose.public_id, by=worker)


def test_rows_have_ids_by_lot_so_that_their_order_tells_nothing(database):
    site = make_site()
    ids = [make_report(site).id for _each in range(12)]
    assert ids != sorted(ids) and len(set(ids)) == 12
