"""Need, reach and trainings once more, on PostgreSQL."""

import pytest

from tests.encounters.test_community import (
    test_a_training_gives_kits_as_one_hand_out_and_is_no_visit,
    test_sharps_are_counted_or_estimated_with_the_factor_of_their_day_and_words_are_sealed,
    test_what_a_distributor_tells_moves_the_ledger_once_and_removing_it_moves_it_back,
)
from tests.encounters.test_coverage import (
    test_a_code_tells_once_and_every_visit_of_two_weeks_counts_but_those_of_other_sites,
    test_figures_of_a_time_agree_with_what_codes_told_and_took,
    test_syringes_inside_a_pack_count_and_those_for_naloxone_do_not,
)

__all__ = [
    "test_a_code_tells_once_and_every_visit_of_two_weeks_counts_but_those_of_other_sites",
    "test_a_training_gives_kits_as_one_hand_out_and_is_no_visit",
    "test_figures_of_a_time_agree_with_what_codes_told_and_took",
    "test_sharps_are_counted_or_estimated_with_the_factor_of_their_day_and_words_are_sealed",
    "test_syringes_inside_a_pack_count_and_those_for_naloxone_do_not",
    "test_what_a_distributor_tells_moves_the_ledger_once_and_removing_it_moves_it_back",
]


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
