"""Telling a partner about one referral: what travels, what was agreed to, and what the partner may answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.referrals.rules.following import CannotRefer
from harmreduction.referrals.rules.kinds import State

SHARED_FOR = timedelta(days=30)
SHARED_AT_MOST = timedelta(days=366)
LINKS_KEPT_FOR = timedelta(days=30)  # after they ended
PARTNER_LENGTH = 120


class Shared(StrEnum):
    """One thing that a partner is told."""

    NEED = "need"
    SLIP_NUMBER = "slip_number"
    REACH = "reach"
    NOTE = "note"


ALWAYS_SHARED = frozenset({Shared.NEED, Shared.SLIP_NUMBER})

SHARED_ITEMS: dict[Shared, Message] = {
    Shared.NEED: message("What they want"),
    Shared.SLIP_NUMBER: message("The slip number"),
    Shared.REACH: message("How to find them"),
    Shared.NOTE: message("A note for the partner"),
}

# The words that are read to a person before anything is shared; a changed text is a new version, and none is removed.
CURRENT_WORDING = "2026-11"
WORDINGS: dict[str, Message] = {
    "2026-11": message(
        "If you agree, we tell this service what you want from them and your slip number. Your name is not in it. "
        "You choose what else they see. They may use it only for this, and may not pass it on. You can end it at any "
        "time: their link stops working at once. What they have read by then we cannot take back. If you say no, "
        "nothing changes about what you get from us."
    ),
}

PARTNER_ANSWERS: dict[State, Message] = {
    State.ARRIVED: message("They came"),
    State.SCHEDULED: message("They have an appointment"),
    State.WAITLISTED: message("They are on our waiting list"),
    State.ACCEPTED: message("We have room for them"),
    State.DECLINED_BY_PROVIDER: message("We cannot take them"),
}


class SharingEnded(DomainError):
    """A partner's link that is too old, or was ended by the person."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What somebody agreed to after the words were read to them; client_id (UUID) was made with the page.

    The need and the slip number always travel; `note` is for the partner alone.
    """

    client_id: str
    shared_with: str
    items: frozenset[Shared]
    ends_on: date
    note: str = ""


def check_agreement(agreement: Agreement, *, today: date, can_be_reached: bool) -> None:
    """Refuse to share with nobody, for too long, or what is not there."""
    if not agreement.shared_with:
        raise CannotRefer(message("Enter the organisation that will see this."), "shared_with")
    if not today <= agreement.ends_on <= today + SHARED_AT_MOST:
        raise CannotRefer(message("Choose today or a day within a year."), "ends_on")
    if Shared.REACH in agreement.items and not can_be_reached:
        raise CannotRefer(message("Nothing is written down about how to find them."), "shares_reach")


def stored_items(items: Iterable[Shared]) -> str:
    """Return what travels as one word list, in a fixed order."""
    wanted = set(items) | ALWAYS_SHARED
    return ",".join(item.value for item in Shared if item in wanted)


def items_of(stored: str) -> tuple[Shared, ...]:
    """Return what travels from its word list."""
    return tuple(Shared(item) for item in stored.split(",") if item)
