"""A quarter whose numbers were told, for tests that walk all addresses."""

from harmreduction.core.clock import now
from harmreduction.disclosure.actions import release
from harmreduction.reports.report_back import PAGE
from harmreduction.settings.actions import set_values
from tests.factories import SYSTEM


def told_things() -> dict[str, str]:
    """Tell the numbers of a quarter to anybody, and return how addresses name it."""
    set_values({"is_report_back_public": "yes"}, by=SYSTEM)
    release(PAGE, "2026-Q1", {"reversals": 31, "kits": 310, "syringes": 12_400, "trained": 4}, by=SYSTEM, at=now())
    return {"quarter_code": "2026-Q1"}
