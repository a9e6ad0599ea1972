"""What every action on stock checks alike: whose places they are, and whether a page was sent before."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from harmreduction.core.actor import Actor
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.ledger import Opened
from harmreduction.stock.queries.loading import sites_served_between
from harmreduction.stock.rules import ChangedFact, Outcome, UnknownLot


def check_places(location_ids: Sequence[int], by: Actor) -> set[int | None]:
    """Return the sites of real places; each must be this person's, and more than one is for who leads."""
    sites = queries.sites_of(location_ids)
    if not all(by.works_at(site_id) for site_id in sites):
        raise NotFound(message("There is no such stock place."))
    if len(sites) > 1 and not by.may(Permission.MANAGE_CATALOGUE):
        raise NotAllowed(message("These places belong to two sites. Ask a programme lead to move supplies between."))
    return sites


def check_way(from_id: int, to_id: int, by: Actor) -> None:
    """Refuse a way that is not this person's: both places are theirs, or one is and the other serves it.

    A lead says which store serves a van; from then on whoever works with the van loads it there and brings back.
    """
    served_sites = sites_served_between(from_id, to_id)
    if not any(by.works_at(site_id) for site_id in served_sites):
        check_places([from_id, to_id], by)


def check_lots_at(location_id: int, lots: Iterable[tuple[int, int]]) -> None:
    """Refuse lots (lot id, units) that never lay at the place they are said to come from."""
    if not {lot_id for lot_id, _units in lots} <= queries.lot_ids_at(location_id):
        raise UnknownLot(message("One of these lots does not lie here. Open the page again."))


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
