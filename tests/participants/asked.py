"""A programme that turned some questions of the profile on, for tests."""

from harmreduction.core.clock import now
from harmreduction.participants.actions.profile import turn_on
from tests.factories import SYSTEM


def let_ask(*fields: str, keep_months: int = 36) -> None:
    """Turn questions on."""
    for name in fields:
        turn_on(name, asked_for="State health department", keep_months=keep_months, by=SYSTEM, at=now())


def asked_things() -> dict[str, str]:
    """Turn two questions on, and return how addresses name one of them."""
    let_ask("gender", "area")
    return {"question": "gender"}
