"""What a service's page shows to people who are not of the team."""

import pytest

from harmreduction.core.clock import now
from harmreduction.directory.queries import find_services, get_service_view
from harmreduction.directory.rules.finder import Question
from tests.directory.builders import save, service_document

pytestmark = pytest.mark.usefixtures("database")


def seen_by(hsds_id, *, for_staff):
    """Return everything that a service's page may show, as one text."""
    return str(get_service_view(hsds_id, for_staff=for_staff, at=now()))


def test_a_code_of_a_door_is_for_staff_and_nobody_finds_a_service_by_it():
    [hsds_id] = save(service_document("Side door", description="Ring twice. The door code is 44K12."))
    assert "44K12" in seen_by(hsds_id, for_staff=True)
    assert "44K12" not in seen_by(hsds_id, for_staff=False) and "Ring twice" in seen_by(hsds_id, for_staff=False)
    assert find_services(Question(words="ring twice"), at=now()).total == 1
    assert find_services(Question(words="44K12"), at=now()).total == 0


def test_what_is_said_about_a_service_at_a_confidential_place_may_tell_the_way_and_stays_inside():
    document = service_document("Quiet house")
    document["service_at_locations"][0]["description"] = "Behind the blue gate on Heron Lane"
    [hsds_id] = save(document, confidential=True)
    assert "Heron Lane" in seen_by(hsds_id, for_staff=True)
    assert "Heron Lane" not in seen_by(hsds_id, for_staff=False)
