"""Every story of what people do with supplies once more on PostgreSQL, and two of them at one moment."""

import threading

import pytest
from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.stock import actions
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import LocationKind, NameTaken
from tests.factories import SYSTEM, make_site
from tests.stock.test_actions import *  # noqa: F403  # pytest runs each test that it finds here


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_a_place_that_somebody_opens_at_the_same_moment_gets_the_same_sentence(postgresql_app, database):
    site_id, problems = make_site().id, []

    def open_it_too():
        with postgresql_app.app_context():
            try:
                actions.open_location("Dock", LocationKind.VAN, site_id=site_id, by=SYSTEM)
            except NameTaken as problem:
                problems.append(problem)

    other = threading.Thread(target=open_it_too)
    with transaction():
        actions.open_location("Dock", LocationKind.VAN, site_id=site_id, by=SYSTEM)
        other.start()
        other.join(timeout=0.5)  # it waits for us
    other.join()
    assert len(problems) == 1
    assert len(db.session.scalars(select(StockLocation).where(StockLocation.name == "Dock")).all()) == 1
