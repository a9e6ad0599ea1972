"""Every story of the front desk once more on PostgreSQL, and desks that do something at the same moment."""

import threading

import pytest

from harmreduction.core.db import transaction
from harmreduction.encounters.actions import queue as actions
from harmreduction.encounters.rules.queue import MovedMeanwhile
from tests.encounters.test_queue import *  # noqa: F403  # pytest runs each test that it finds here
from tests.encounters.test_queue import NOON, arrive
from tests.factories import make_actor, make_site
from tests.participants.stories import make_participant

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def while_we_are_at_it(app, deed, other):
    """Do two things at one moment: the other begins before the first is saved; return what each returned, in order."""
    done = []

    def do_it_too():
        with app.app_context():
            try:
                done.append(other())
            except MovedMeanwhile as problem:
                done.append(str(problem))

    thread = threading.Thread(target=do_it_too)
    with transaction():
        done.append(deed())
        thread.start()
        thread.join(timeout=0.5)  # it waits for us
    thread.join()
    return done


def test_two_desks_that_draw_at_one_moment_draw_two_numbers(postgresql_app, database):
    site, worker = make_site(), make_actor("programme_lead")
    first, second = while_we_are_at_it(postgresql_app, lambda: arrive(site, by=worker), lambda: arrive(site, by=worker))
    assert (first.ticket, second.ticket) == (1, 2)


def test_one_code_shown_at_two_desks_at_one_moment_draws_one_ticket(postgresql_app, database):
    site, worker = make_site(), make_actor("programme_lead")
    participant_id = make_participant(site).id

    def show():
        return arrive(site, by=worker, participant_id=participant_id)

    first, second = while_we_are_at_it(postgresql_app, show, show)
    assert (first.ticket, second.ticket, second.was_waiting) == (1, 1, True)


def test_of_two_desks_that_call_at_one_moment_one_gets_the_person_and_the_other_a_sentence(postgresql_app, database):
    site, one, other = make_site(), make_actor("programme_lead"), make_actor("programme_lead")
    entry = arrive(site, by=one).public_id
    visit_id, sentence = while_we_are_at_it(
        postgresql_app,
        lambda: actions.call_from_queue(entry, by=one, at=NOON),
        lambda: actions.call_from_queue(entry, by=other, at=NOON),
    )
    assert visit_id
    assert sentence == "Another desk was faster. Ticket 1: With staff."
