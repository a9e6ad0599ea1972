"""The list of participants: who came last stands first, by what happened at the reader's sites."""

from datetime import timedelta

import pytest

from harmreduction.core.clock import now
from harmreduction.journeys.queries.listing import list_participants_of
from harmreduction.participants.actions.merging import merge_participants
from tests.factories import hand_out, make_actor, make_location, make_site, receive
from tests.participants.stories import make_participant

pytestmark = pytest.mark.usefixtures("database")


def test_who_came_last_stands_first_and_other_sites_are_silent():
    north, south = make_site("North"), make_site("South")
    shelf, van = make_location(north), make_location(south)
    receive(shelf, 50), receive(van, 50)
    clinician = make_actor("clinician", sites=(north.id,))
    early, late, never = (make_participant(north, by=clinician) for _ in range(3))
    for person, days in ((early, 9), (early, 5), (late, 2)):
        hand_out(shelf, ("naloxone-nasal-4", 1), participant_id=person.id, at=now() - timedelta(days=days))
    hand_out(van, ("naloxone-nasal-4", 1), participant_id=never.id)
    listed = list_participants_of(clinician, offset=0, limit=10)
    assert [(row.public_id, row.visits) for row in listed] == [
        (late.public_id, 1),
        (early.public_id, 2),
        (never.public_id, 0),
    ]
    assert listed[2].last_at is None
    merge_participants(late.public_id, early.public_id, by=clinician, at=now())
    both = list_participants_of(clinician, offset=0, limit=10)
    assert [(row.public_id, row.visits) for row in both] == [(late.public_id, 3), (never.public_id, 0)]
    [elsewhere] = list_participants_of(make_actor("clinician", sites=(south.id,)), offset=0, limit=10)
    assert (elsewhere.public_id, elsewhere.visits) == (never.public_id, 1)
