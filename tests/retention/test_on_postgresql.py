"""Stories of forgetting and of the roll-up once more, on PostgreSQL."""

import threading

import pytest
from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.participants.models import Participant
from harmreduction.retention.actions import forget_participant
from harmreduction.retention.actions.forgetting import erase_people
from harmreduction.stock.models import StockLocation
from tests.encounters.things import begin_visit
from tests.factories import SYSTEM, hand_out, make_location, make_site
from tests.participants.stories import make_participant
from tests.retention.test_forget import (  # noqa: F401  # pytest runs each test that it finds here
    test_everybody_who_was_merged_goes_at_once_at_every_site,
    test_nothing_points_to_somebody_forgotten_whatever_table_a_feature_adds,
    test_what_was_handed_out_stays_and_belongs_to_nobody,
)
from tests.retention.test_roll_up import (  # noqa: F401
    shelf,
    test_answers_go_on_their_own_day_and_tickets_and_look_ups_the_day_after,
    test_codes_notes_and_times_of_day_go_and_what_is_newer_stays,
    test_done_twice_it_changes_nothing_and_stopped_halfway_it_goes_on,
    test_of_people_who_were_merged_all_stay_while_one_still_comes,
    test_the_trail_of_before_leads_to_nobody_who_still_comes,
)


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def at_the_same_moment(app, first, second):
    """Do the first deed in a transaction that is still open when another desk does the second."""

    def do():
        with app.app_context():
            second()

    thread = threading.Thread(target=do)
    with transaction():
        first()
        thread.start()
        thread.join(timeout=0.5)  # it waits for us
    thread.join()


def test_a_hand_out_is_saved_though_its_code_is_forgotten_at_the_same_moment(postgresql_app, database):
    site = make_site()
    shelf_id, (person_id, _public_id) = make_location(site).id, ids_of(make_participant(site))

    def give():
        hand_out(db.session.get_one(StockLocation, shelf_id), ("naloxone-nasal-4", 1), participant_id=person_id)

    at_the_same_moment(postgresql_app, lambda: erase_people([person_id]), give)
    assert db.session.scalars(select(Encounter.participant_id)).all() == [None]
    assert len(db.session.scalars(select(Distribution.id)).all()) == 1
    other_id, public_id = ids_of(make_participant(site))
    at_the_same_moment(
        postgresql_app,
        lambda: begin_visit(site, participant_id=other_id),
        lambda: forget_participant(public_id, by=SYSTEM),
    )
    assert db.session.scalars(select(Participant.id)).all() == []
    assert db.session.scalars(select(Encounter.participant_id)).all() == [None, None]


def ids_of(participant):
    """Return the row and the public id of a participant."""
    return participant.id, participant.public_id
