"""Stories of lots once more on PostgreSQL: which goes out next, their dates, and one lot under two numbers."""

import pytest

from tests.stock.test_dates import (  # noqa: F401  # pytest runs each test that it finds here
    test_a_lot_is_held_back_and_released_as_a_batch_with_its_reasons_kept,
    test_a_person_is_warned_of_ones_own_places_and_notes_nothing_elsewhere,
    test_a_revision_holds_for_the_whole_batch_and_the_printed_date_stays,
    test_each_band_warns_once_and_a_missed_night_loses_nothing,
    test_kits_and_kits_of_kits_follow_the_parts_that_bear_their_date,
    test_the_last_day_is_still_a_day_at_the_site_whose_clock_is_behind,
    test_what_nobody_saw_stands_first_and_long_lists_come_in_pages,
)
from tests.stock.test_fefo import (  # noqa: F401
    test_a_hand_out_past_the_date_is_looked_into_only_where_the_programme_did_not_decide_so,
    test_each_lot_that_was_skipped_is_named_with_its_reason,
    test_past_its_date_naloxone_is_kept_back_unless_the_programme_hands_it_out_as_a_last_resort,
    test_what_got_too_warm_goes_out_first_at_that_place_and_where_it_is_moved_to,
)
from tests.stock.test_merging import (  # noqa: F401
    test_a_chain_of_slips_ends_at_the_lot_that_stays,
    test_a_hand_out_from_before_a_count_of_the_wrong_number_stays_there_where_the_count_holds_it,
    test_an_item_that_was_listed_twice_goes_on_under_the_other_with_its_lots_and_codes,
    test_below_zero_goes_over_too_and_is_settled_by_what_lies_under_the_right_number,
    test_heat_goes_along_and_nothing_in_stock_is_no_fact,
    test_what_lies_under_a_wrong_number_goes_on_under_the_right_one_everywhere,
    test_what_names_the_item_that_went_goes_to_the_one_that_stays,
)


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
