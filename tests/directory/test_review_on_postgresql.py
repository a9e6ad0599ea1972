"""What keeps the directory true, once more on PostgreSQL."""

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions import review
from harmreduction.directory.actions.closures import OtherDays, add_closure, end_closure
from harmreduction.directory.actions.duplicates import merge_services, part_service, say_they_are_two
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.directory.actions.positions import place_all_about_there
from harmreduction.directory.actions.services import confirm_service
from harmreduction.directory.models import FinderEntry, NotDuplicate, Service
from harmreduction.directory.queries.duplicates import list_alike
from harmreduction.directory.queries.history import get_subject, list_changes
from harmreduction.directory.queries.review import get_suggestion, list_suggestions, list_to_check
from harmreduction.directory.rules.finder import Point
from harmreduction.directory.rules.suggestions import Topic
from tests.directory.builders import BALTIMORE, make_service
from tests.directory.test_editing import (  # noqa: F401  # pytest runs each test that it finds here
    test_a_place_follows_its_zip_until_somebody_enters_its_position,
    test_a_service_without_a_place_gets_one,
    test_an_organisation_of_that_name_is_used_and_one_alone_is_renamed,
)
from tests.directory.test_geocoding import (  # noqa: F401
    nominatim,
    test_it_is_asked_once_a_second_at_most,
    test_the_programmes_geocoder_is_asked_once_for_an_address,
)
from tests.factories import SYSTEM

HERE = Point(latitude=BALTIMORE[0], longitude=BALTIMORE[1])


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_services_are_checked_merged_parted_and_closed(database):
    one, two = make_service("Union St"), make_service("Union St", at=None)
    first, second = one.hsds_id, two.hsds_id
    assert list_alike(limit=9).total == 1 and load_hotlines() == 0
    assert place_all_about_there(at=now()) == 1
    confirm_service(first, by=SYSTEM, at=now())
    assert [row.hsds_id for row in list_to_check(today=now().date(), near=HERE, limit=9)] == [second, first]
    merge_services(first, second, by=SYSTEM, at=now())
    assert db.session.scalar(select(func.count(FinderEntry.id))) == 1
    part_service(second, by=SYSTEM, at=now())
    for _twice in range(2):
        say_they_are_two(first, second, by=SYSTEM, at=now())
    assert db.session.scalar(select(func.count(NotDuplicate.id))) == 1 and list_alike(limit=9).total == 0
    day = now().date()
    end_closure(add_closure(first, OtherDays(from_day=day), by=SYSTEM, at=now()), today=day, by=SYSTEM, at=now())
    deeds = [change.deed for change in list_changes(get_subject(first), limit=9)]
    assert deeds[:3] == ["closure", "closure", "checked"]


def test_a_suggestion_is_kept_sealed_and_decided_once(database):
    service_id = make_service().hsds_id
    review.suggest(service_id, Topic.HOURS, "They open at ten.", by=None, at=now())
    (found,) = list_suggestions(limit=9)
    review.decline_suggestion(found.public_id, by=SYSTEM, at=now())
    assert (found.text, get_suggestion(found.public_id).text) == ("They open at ten.", "")
    assert db.session.scalars(select(Service.verified_on)).one() is None
