"""What every action on stock checks alike: whose places they are, and whether a page was sent before."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from harmreduction.core.actor import Actor
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.ledger import Opened
from harmreduction.stock.rules import ChangedFact, Outcome


def check_places(location_ids: Sequence[int], by: Actor) -> set[int | None]:
    """Return the sites of real places; each must be this person's, and more than one is for who leads."""
    sites = queries.sites_of(location_ids)
    if not all(by.works_at(site_id) for site_id in sites):
        raise NotFound(message("There is no such stock place."))
    if len(sites) > 1 and not by.may(Permission.MANAGE_CATALOGUE):
        raise NotAllowed(message("These places belong to two sites. Ask a programme lead to move supplies between."))
    return sites


def fingerprint_of(fact: Any) -> str:
    """Return the fingerprint over what a person wrote down (a dataclass); when we heard of it is no part of that."""
    fields = {name: str(value) for name, value in asdict(fact).items() if name not in ("client_id", "occurred_at")}
    return fingerprint(fields)


def accepted(opened: Opened) -> Outcome:
    """Return the outcome; the same id with other content is a mistake that a person must see."""
    if opened.outcome is Outcome.EXISTS_WITH_DIFFERENT_FIELDS:
        raise ChangedFact(
            message("This page was sent before with other numbers, and those were saved. Open a new page for more.")
        )
    return opened.outcome
