"""One participant's line: everything that happened at one's own sites, newest first, in a fixed number of reads."""

from datetime import UTC, datetime, timedelta

import time_machine

from harmreduction.encounters.actions import undo_distribution
from harmreduction.journeys import queries
from harmreduction.referrals import actions as referrals
from harmreduction.referrals.rules.kinds import State
from harmreduction.reversals.actions.loosening import cut_loose
from tests.counting import reads_of
from tests.factories import SYSTEM, make_actor, make_location, make_site
from tests.journeys.stories import hand_out_on, report, tell_all, visit
from tests.participants.stories import make_participant
from tests.referrals.stories import make_referral, make_service, tell

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def line_of(participant, *, by=SYSTEM, offset=0, limit=26):
    person = queries.get_person(by, participant.public_id)
    return queries.list_moments(person.ids, person.site_ids, offset=offset, limit=limit)


def kinds(moments):
    return ["visit" if each.visit else "report" if each.report else "referral" for each in moments]


def test_everything_that_happened_stands_on_one_line_newest_first(database):
    site = make_site()
    shelf = make_location(site)
    with time_machine.travel(MONDAY, tick=False) as clock:
        somebody, other = make_participant(site), make_participant(site)
        first = visit(somebody, site)
        hand_out_on(first, shelf, ("naloxone-nasal-4", 1), ("cooker", 3))
        undone = hand_out_on(first, shelf, ("naloxone-nasal-4", 2))
        undo_distribution(undone, by=SYSTEM)
        tell_all(first)
        clock.shift(HOUR)
        report(first)
        clock.shift(HOUR)
        referral = make_referral(site, make_service(), participant_id=somebody.id)
        tell(referral, State.ARRIVED)
        hand_out_on(visit(other, site), shelf, ("cooker", 1))
        report(visit(None, site))
        make_referral(site)
    moments = line_of(somebody)
    assert kinds(moments) == ["referral", "report", "visit"]
    assert [each.at for each in moments] == [MONDAY + 2 * HOUR, MONDAY + HOUR, MONDAY]
    told = moments[2].visit
    assert {(each.item.code, each.quantity) for each in told.given} == {("naloxone-nasal-4", 1), ("cooker", 3)}
    assert [talk.previous_fate for talk in told.talks] == ["used_on_someone"]
    assert ([each.activity.name for each in told.activities], told.need.people_around) == (["Safer injection"], 3)
    assert (moments[0].referral.referral.state, moments[0].referral.service_name) == ("arrived", "Heron Clinic")


def test_what_was_cut_loose_is_not_on_the_line(database):
    site = make_site()
    somebody = make_participant(site)
    told, referral = report(visit(somebody, site)), make_referral(site, participant_id=somebody.id)
    assert kinds(line_of(somebody)) == ["referral", "report", "visit"]
    cut_loose(told, by=SYSTEM)
    referrals.part_from_code(referral.public_id, by=SYSTEM)
    referrals.part_from_code(referral.public_id, by=SYSTEM)
    assert kinds(line_of(somebody)) == ["visit"]


def test_another_site_sees_only_what_happened_there(database):
    here, there = make_site(), make_site()
    somebody = make_participant(here)
    report(visit(somebody, here))
    make_referral(here, participant_id=somebody.id)
    visit(somebody, there)
    worker = make_actor("outreach_worker", sites=(there.id,))
    assert [(each.site.id, bool(each.visit)) for each in line_of(somebody, by=worker)] == [(there.id, True)]
    assert len(line_of(somebody, by=make_actor("programme_lead"))) == 4
    person = queries.get_person(worker, somebody.public_id)
    assert (queries.count_visits(person), list(person.site_ids)) == (1, [there.id])


def test_a_long_line_is_read_page_by_page_each_in_the_same_number_of_reads(database):
    site = make_site()
    shelf = make_location(site)
    somebody, other = make_participant(site), make_participant(site)
    service = make_service()
    for number in range(12):
        with time_machine.travel(MONDAY + number * HOUR, tick=False):
            of = visit(somebody, site)
            hand_out_on(of, shelf, ("naloxone-nasal-4", 1), ("cooker", 2))
            tell_all(of)
            report(of)
            make_referral(site, service, participant_id=somebody.id)
    of = visit(other, site)
    hand_out_on(of, shelf, ("cooker", 2))
    report(of)
    make_referral(site, service, participant_id=other.id)
    long, short = (queries.get_person(SYSTEM, each.public_id) for each in (somebody, other))

    def read(person):
        for each in queries.list_moments(person.ids, person.site_ids, offset=0, limit=25):
            assert each.site.name
            assert each.report is None or each.report.answers == []
            assert each.visit is None or [line.item.name for line in each.visit.given]

    assert reads_of(lambda: read(long)) == reads_of(lambda: read(short)) <= 12
    pages = [line_of(somebody, offset=start, limit=25) for start in (0, 25)]
    whole = line_of(somebody, limit=99)
    assert [len(page) for page in pages] == [25, 11]
    assert [each.at for page in pages for each in page] == sorted((each.at for each in whole), reverse=True)
    assert len({(kind, each.at) for page in pages for kind, each in zip(kinds(page), page, strict=True)}) == 36
