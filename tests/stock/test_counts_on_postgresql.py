"""Every story of counts, shifts, machines and boxes once more on PostgreSQL, and two people posting at one moment."""

import threading

import pytest
from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.stock import verification
from harmreduction.stock.models import StockCount
from harmreduction.stock.rules import Outcome
from tests.factories import make_location, on_hand, receive
from tests.stock.test_counts import *  # noqa: F403  # pytest runs each test that it finds here
from tests.stock.test_counts import a_draft, posted, saved
from tests.stock.test_points import *  # noqa: F403
from tests.stock.test_shifts import *  # noqa: F403


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_of_two_people_who_post_at_one_moment_one_does_and_the_other_sees_it_posted(postgresql_app, database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft, outcomes = a_draft(shelf), []
    saved(draft, {lot: 8})

    def post_it_too():
        with postgresql_app.app_context():
            outcomes.append(posted(draft))

    other = threading.Thread(target=post_it_too)
    with transaction():
        outcomes.append(posted(draft))
        other.start()
        other.join(timeout=0.5)  # it waits for us
    other.join()
    assert outcomes == [Outcome.CREATED, Outcome.EXISTS]
    assert on_hand(shelf, lot) == 8
    assert list(verification.find_differences()) == []


def test_two_people_who_begin_at_one_moment_count_together(postgresql_app, database):
    shelf = make_location()
    begun = []

    def begin_too():
        with postgresql_app.app_context():
            begun.append(a_draft(shelf))

    shelf_id = shelf.id
    other = threading.Thread(target=begin_too)
    with transaction():
        begun.append(a_draft(shelf))
        other.start()
        other.join(timeout=0.5)  # it waits for us
    other.join()
    assert begun[0] == begun[1]
    assert len(db.session.scalars(select(StockCount).where(StockCount.location_id == shelf_id)).all()) == 1
