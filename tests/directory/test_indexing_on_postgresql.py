"""Several people change one service at once; PostgreSQL lets them."""

import threading

from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.directory.actions import index_services
from harmreduction.directory.models import FinderEntry
from tests.directory.builders import make_service


def test_a_service_that_several_people_change_at_once_is_found_once(postgresql_app, postgresql_database):
    service_id = make_service().id
    db.session.rollback()
    problems = []

    def change_again_and_again():
        with postgresql_app.app_context():
            for _ in range(10):
                try:
                    index_services([service_id], at=now())
                except Exception as problem:  # a thread tells nobody by itself
                    problems.append(problem)

    people = [threading.Thread(target=change_again_and_again) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert problems == []
    assert db.session.scalar(select(func.count(FinderEntry.id))) == 1
