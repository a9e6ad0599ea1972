"""Every story of visits once more on PostgreSQL, and one refill that is sent twice at the same moment."""

import threading

import pytest

from harmreduction.core.clock import now
from harmreduction.core.db import new_id, transaction
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.models import Distribution, NaloxoneTalk
from harmreduction.encounters.rules.naloxone import Fate, Reply, Talk
from harmreduction.stock.rules import Outcome
from tests.encounters.test_visits import *  # noqa: F403  # pytest runs each test that it finds here
from tests.encounters.test_visits import count
from tests.encounters.things import kits, visit_start
from tests.factories import make_actor, make_location, make_site, receive

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_a_refill_that_is_sent_twice_at_one_moment_is_one(postgresql_app, database):
    site, lead = make_site(), make_actor("programme_lead")
    shelf, visit = make_location(site), visit_start(site)
    receive(shelf, 10)
    talk = Talk(
        client_id=new_id(),
        visit=visit,
        reply=Reply.TAKEN,
        previous_fate=Fate.LOST,
        hand_out=kits(shelf, visit),
    )
    outcomes = []

    def send():
        with postgresql_app.app_context():
            outcomes.append(record_talk(talk, by=lead, at=now()).outcome)

    thread = threading.Thread(target=send)
    with transaction():
        outcomes.append(record_talk(talk, by=lead, at=now()).outcome)
        thread.start()
        thread.join(timeout=0.5)  # it waits for us
    thread.join()
    assert outcomes == [Outcome.CREATED, Outcome.EXISTS]
    assert (count(NaloxoneTalk), count(Distribution)) == (1, 1)
