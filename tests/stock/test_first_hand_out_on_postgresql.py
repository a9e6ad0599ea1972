"""Several people hand out something for the first time at one moment: nobody's hand-out is lost."""

import threading

import pytest
from sqlalchemy.exc import SQLAlchemyError

from harmreduction.core.db import db
from harmreduction.core.errors import DomainError
from harmreduction.stock import verification
from harmreduction.stock.models import StockLocation
from tests.factories import hand_out, make_location

PEOPLE = 4
CODES = ("cooker", "strip-fentanyl", "condom-external", "wound-kit", "kit-smoking", "strip-xylazine")


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_who_hands_out_something_for_the_first_time_at_one_moment_all_save_it(postgresql_app, database):
    shelf_id, problems = make_location().id, []
    together = threading.Barrier(PEOPLE)

    def hand_everything_out():
        with postgresql_app.app_context():
            for code in CODES:
                together.wait()
                try:
                    hand_out(db.session.get_one(StockLocation, shelf_id), (code, 1))
                except (SQLAlchemyError, DomainError) as problem:
                    problems.append(problem)
                    db.session.rollback()

    people = [threading.Thread(target=hand_everything_out) for _person in range(PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert problems == []
    assert list(verification.find_differences()) == []
