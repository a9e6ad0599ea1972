"""Draw plan numbers."""

import secrets

from harmreduction.assessments.rules.plan_numbers import plan_number_of
from harmreduction.referrals.rules.slips import SLIP_LENGTH, SLIP_SIGNS


def draw_plan_number() -> str:
    """Return a plan number drawn by lot."""
    return plan_number_of([secrets.choice(SLIP_SIGNS) for _ in range(SLIP_LENGTH)])
