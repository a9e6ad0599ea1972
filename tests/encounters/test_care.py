"""Stories of services, tests and topics on a visit, and of what counts as a visit."""

from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters import actions, queries
from harmreduction.encounters.actions.care import record_care, save_activity
from harmreduction.encounters.models import Activity, Encounter, GroupEvent, VisitActivity
from harmreduction.encounters.queries.care import list_activities, outcomes_on
from harmreduction.encounters.rules.care import (
    STARTING_NAMES,
    ActivityKind,
    ActivityOutcome,
    CareGiven,
    ListedActivity,
)
from harmreduction.stock.rules import ReversalReason
from tests.encounters.things import activity, begin_visit, visit_start
from tests.factories import SYSTEM, days_from_now, hand_out, make_location, make_site

DONE, DECLINED = ActivityOutcome.DONE, ActivityOutcome.DECLINED


def care_on(visit, shown, **outcomes):
    """Record what was done of the named activities, all of which the page showed."""
    named = {activity(name.replace("_", " ")).public_id: outcome for name, outcome in outcomes.items()}
    listed = frozenset(activity(name).public_id for name in shown)
    record_care(CareGiven(visit=visit, outcomes=named, shown=listed), by=SYSTEM, at=now())


def counted_visits():
    return db.session.scalar(select(func.count()).select_from(Encounter).where(queries.counts_as_visit()))


def the_visit():
    return db.session.scalars(select(Encounter)).one()


def test_what_was_done_or_not_wanted_is_kept_once_and_can_be_unticked(database):
    visit, page = visit_start(make_site()), ["Wound care", "HIV test", "Legal rights"]
    for _ in range(2):
        care_on(visit, page, Wound_care=DONE, HIV_test=DECLINED)
    assert outcomes_on(the_visit().id) == {
        activity("Wound care").public_id: DONE,
        activity("HIV test").public_id: DECLINED,
    }
    care_on(visit, page, HIV_test=DONE)
    assert outcomes_on(the_visit().id) == {activity("HIV test").public_id: DONE}


def test_what_a_page_did_not_show_stays_as_it_is(database):
    visit = visit_start(make_site())
    care_on(visit, ["Wound care", "HIV test"], Wound_care=DONE)
    retired = activity("Wound care")
    wanted = ListedActivity(kind=ActivityKind.SERVICE, name="Wounds", position=3, is_active=False)
    save_activity(retired.public_id, wanted, by=SYSTEM)
    assert retired.public_id not in {listed.public_id for listed in list_activities()}
    care_on(visit, ["HIV test"], HIV_test=DONE)
    assert set(outcomes_on(the_visit().id)) == {retired.public_id, activity("HIV test").public_id}


def test_a_programme_adds_its_own_and_nothing_is_ever_deleted(database):
    before = db.session.scalar(select(func.count()).select_from(Activity))
    new = new_id()
    for name in ("Acupuncture", "Ear acupuncture"):
        wanted = ListedActivity(kind=ActivityKind.SERVICE, name=name, position=1, is_active=True)
        save_activity(new, wanted, by=SYSTEM)
    assert [listed.name for listed in list_activities()][:2] == ["Wound care", "Ear acupuncture"]
    assert db.session.scalar(select(func.count()).select_from(Activity)) == before + 1


def test_every_name_that_a_programme_starts_with_is_translated(database):
    assert {name.text for name in STARTING_NAMES} == set(db.session.scalars(select(Activity.name)))


def test_care_alone_is_a_visit_a_group_is_none_and_practice_is_none(database):
    site = make_site()
    shelf, visit = make_location(site), visit_start(site)
    care_on(visit, ["HIV test"], HIV_test=DONE)
    assert counted_visits() == 1
    given = hand_out(shelf, ("naloxone-nasal-4", 1), visit_id=visit.visit_id)
    actions.void_distribution(given.distribution_id, reason=ReversalReason.WRONG_ITEM, by=SYSTEM)
    assert counted_visits() == 1
    practice = visit_start(site)
    care_on(practice, ["HIV test"], HIV_test=DONE)
    given = hand_out(shelf, ("naloxone-nasal-4", 1), visit_id=practice.visit_id)
    actions.void_distribution(given.distribution_id, reason=ReversalReason.PRACTICE, by=SYSTEM)
    assert counted_visits() == 1
    group = begin_visit(site)
    with transaction():
        event = GroupEvent(
            public_id=new_id(),
            fingerprint="0" * 64,
            site_id=site.id,
            kind="training",
            title="School",
            held_on=days_from_now(0),
            recorded_at=now(),
        )
        db.session.add(event)
        db.session.flush()
        db.session.get_one(Encounter, group.id).group_event_id = event.id
    assert counted_visits() == 1
    assert db.session.scalar(select(func.count()).select_from(VisitActivity)) == 2
