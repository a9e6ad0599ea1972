"""Records come in, come in again, and keep what the programme changed."""

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions import Origin, index_everything, save_bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.models import DirectoryChange, FinderEntry, OpenHours, Service, ServiceLocation
from tests.directory.builders import make_source, save, schedule, service_document
from tests.factories import SYSTEM

pytestmark = pytest.mark.usefixtures("database")


def brought_in(document, source, **more):
    """Save a service as its source has it, and return what came of it."""
    origin = Origin(by=SYSTEM, at=now(), deed="imported", source_id=source.id, **more)
    return save_bundle(split(document, "service"), origin)


def the_service():
    return db.session.scalars(select(Service)).one()


def test_the_same_file_again_changes_nothing():
    source, document = make_source(), service_document()
    first = brought_in(document, source)
    changes = db.session.scalar(select(func.count(DirectoryChange.id)))
    again = brought_in(document, source)
    assert first.new > 3 and (again.new, again.changed) == (0, 0)
    assert again.unchanged == first.new
    assert db.session.scalar(select(func.count(DirectoryChange.id))) == changes


def test_what_the_programme_changed_survives_until_the_source_changes_it_too():
    source, document = make_source(), service_document("Old name")
    brought_in(document, source)
    save({**document, "name": "Our name", "alert": "Ring twice"})
    brought_in({**document, "description": "New words"}, source)
    kept = the_service().document
    assert (kept["name"], kept["alert"], kept["description"]) == ("Our name", "Ring twice", "New words")
    brought_in({**document, "name": "Their new name"}, source)
    assert (the_service().name, the_service().document["alert"]) == ("Their new name", "Ring twice")


def test_history_says_who_changed_which_field_from_what_to_what():
    document = service_document("Before")
    save(document)
    save({**document, "name": "After"})
    newest = db.session.scalars(
        select(DirectoryChange).where(DirectoryChange.kind == "service").order_by(DirectoryChange.id.desc())
    ).first()
    assert (newest.changed_by, newest.differences) == ("test", [["name", "Before", "After"]])


def test_a_position_that_the_programme_found_stays_while_the_source_has_none():
    source, document = make_source(), service_document(at=None)
    brought_in(document, source)
    place = db.session.scalars(select(ServiceLocation)).one()
    place.latitude, place.longitude, place.position_from = 39.3, -76.6, "gazetteer"
    db.session.commit()
    brought_in(document, source)
    db.session.expire_all()
    assert (place.latitude, place.position_from) == (39.3, "gazetteer")


def test_a_place_that_moves_leaves_its_old_position_behind():
    source, document = make_source(), service_document()
    brought_in(document, source)
    place = document["service_at_locations"][0]["location"]
    del place["latitude"], place["longitude"]
    place["addresses"][0] |= {"city": "Boston", "state_province": "MA", "postal_code": "02108"}
    brought_in(document, source)
    moved = db.session.scalars(select(ServiceLocation)).one()
    assert (moved.latitude, moved.longitude, moved.postal_code) == (None, None, "02108")


def test_a_place_given_to_another_service_is_found_with_that_one_only():
    source, first, second = make_source(), service_document("First"), service_document("Second")
    brought_in(first, source)
    taken = first["service_at_locations"]
    brought_in(second | {"service_at_locations": [*second["service_at_locations"], *taken]}, source)
    found = db.session.execute(select(FinderEntry.name, FinderEntry.place_name).order_by(FinderEntry.id)).all()
    assert sorted(found) == [
        ("First", ""),
        ("Second", "First, front door"),
        ("Second", "Second, front door"),
    ]


def test_a_place_once_confidential_stays_so():
    source, document = make_source(), service_document()
    brought_in(document, source, confidential=set(split(document, "service").locations))
    brought_in({**document, "name": "Other"}, source)
    assert db.session.scalars(select(ServiceLocation)).one().is_confidential
    assert db.session.scalars(select(FinderEntry)).one().latitude is None


def test_the_finder_follows_the_hours_of_the_service_at_its_place_before_any_other():
    document = service_document(schedules=[schedule("MO")])
    document["service_at_locations"][0]["schedules"] = [schedule("SU")]
    save(document)
    assert [hours.weekday for hours in db.session.scalars(select(OpenHours))] == [6]


def test_making_every_row_anew_changes_nothing():
    save(service_document("One"), service_document("Two", at=None))
    statement = select(FinderEntry.name, FinderEntry.latitude, FinderEntry.terms, FinderEntry.searched)
    before = sorted(map(repr, db.session.execute(statement)))
    assert index_everything(at=now()) == 2
    assert sorted(map(repr, db.session.execute(statement))) == before
