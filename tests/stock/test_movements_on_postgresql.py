"""The stories of supplies that move once more on PostgreSQL, and two people who end a shipment at one moment."""

import threading

import pytest

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.stock import actions
from harmreduction.stock.actions.shipments import accept, send
from harmreduction.stock.models import StockLocation
from tests.factories import SYSTEM, on_hand
from tests.stock.test_funding import (  # pytest runs each test that it finds here
    test_a_batch_that_two_sources_paid_for_has_one_printed_date,  # noqa: F401
    test_federal_money_does_not_pay_for_syringes_and_nothing_is_saved,  # noqa: F401
)
from tests.stock.test_movements import (
    test_each_of_these_facts_is_taken_back_by_one_that_mirrors_it,  # noqa: F401
    test_what_comes_back_opened_or_past_its_date_passes_through_to_the_waste,  # noqa: F401
    test_what_the_papers_say_is_kept_and_what_nobody_looked_at_stays_open,  # noqa: F401
)
from tests.stock.test_partners import (
    test_a_month_ends_where_the_site_is,  # noqa: F401
    test_partners_of_ones_sites_are_listed_with_what_lies_there,  # noqa: F401
    test_the_months_of_a_partner_say_what_was_sent_handed_on_and_came_back,  # noqa: F401
)
from tests.stock.test_shipments import (
    a_sending,
    an_acceptance,
    test_a_request_follows_its_shipments,  # noqa: F401
    test_a_sending_and_an_acceptance_sent_twice_are_booked_once_and_a_second_one_is_told,  # noqa: F401
    test_a_sending_is_taken_back_until_it_is_accepted_and_then_never_accepted,  # noqa: F401
    test_fewer_or_more_may_arrive_and_the_difference_is_explained,  # noqa: F401
    test_what_is_on_the_way_too_long_is_counted_for_those_whose_places_it_touches,  # noqa: F401
    two_sites,
    units_at,
)

IN_TRANSIT = 8


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


@pytest.mark.parametrize("other_way", ["accept", "take back"])
def test_a_shipment_that_two_people_end_at_one_moment_ends_once(postgresql_app, database, other_way):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    here_id, acceptance, problems = here.id, an_acceptance(sending, (lot, 8)), []

    def end_it_too():
        with postgresql_app.app_context():
            try:
                if other_way == "accept":
                    accept(acceptance, by=SYSTEM)
                else:
                    actions.take_back_at(here_id, sending.client_id, by=SYSTEM, at=now())
            except OutOfDate as problem:
                problems.append(problem)

    other = threading.Thread(target=end_it_too)
    with transaction():
        accept(an_acceptance(sending, (lot, 5)), by=SYSTEM)
        other.start()
        other.join(timeout=0.5)  # it waits for us
    other.join()
    assert len(problems) == 1
    target = db.session.get_one(StockLocation, there.id)
    assert (units_at(IN_TRANSIT, lot), on_hand(target, lot)) == (0, 5)
