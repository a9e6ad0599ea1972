"""Several desks at the very same moment, on a database file as a server keeps it."""

import threading

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.encounters.actions import queue as actions
from harmreduction.encounters.models import Encounter, QueueEntry
from harmreduction.encounters.rules.queue import Arrival, MovedMeanwhile
from tests.encounters.desk import arrive
from tests.factories import make_actor, make_site

DESKS = 6


def at_the_same_moment(app, deeds):
    """Do these at the same moment, each as a process of its own would, and return what each returned."""
    start, returned = threading.Barrier(len(deeds)), {}

    def run(number):
        with app.app_context():
            start.wait()
            try:
                returned[number] = deeds[number]()
            except MovedMeanwhile as problem:
                returned[number] = str(problem)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [returned[number] for number in range(len(deeds))]


@pytest.fixture
def desks(instance):
    """Workers at the desks of one site."""
    site = make_site()
    return site, [make_actor(sites=(site.id,)) for _ in range(DESKS)]


def test_desks_that_draw_at_once_draw_different_numbers(instance, desks):
    site, workers = desks
    where = {"site_id": site.id, "time_zone": site.time_zone}
    db.session.rollback()
    draws = [
        lambda worker=worker: actions.add_to_queue(Arrival(client_id=new_id(), **where), by=worker, at=now())
        for worker in workers
    ]
    drawn = at_the_same_moment(instance.app, draws)
    assert sorted(one.ticket for one in drawn) == [*range(1, DESKS + 1)]


def test_of_desks_that_call_at_once_one_gets_the_person(instance, desks):
    site, workers = desks
    entry = arrive(site).public_id
    db.session.rollback()
    calls = [lambda worker=worker: actions.call_from_queue(entry, by=worker, at=now()) for worker in workers]
    answers = at_the_same_moment(instance.app, calls)
    assert answers.count("Another desk was faster. Ticket 1: With staff.") == DESKS - 1
    [visit] = db.session.scalars(select(Encounter)).all()
    assert visit.public_id in answers
    assert db.session.scalars(select(QueueEntry.encounter_id)).all() == [visit.id]
