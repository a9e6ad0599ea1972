"""What a list of services says about each of them."""

from dataclasses import dataclass
from datetime import datetime

from harmreduction.core import clock
from harmreduction.core.messages import Message, message
from harmreduction.directory.hours_words import state_words
from harmreduction.directory.queries import Found
from harmreduction.directory.rules.ages import checked_words
from harmreduction.directory.rules.distances import Distance, distance_in
from harmreduction.directory.rules.terms import OTHER_KIND, Term, TermGroup, terms_of

KIND_ICONS = {
    "naloxone": "kit",
    "syringes": "syringe",
    "drug_checking": "strip",
    "moud": "plan",
    "wound_care": "wound",
    "testing": "check",
    "peer_support": "people",
    "treatment": "plan",
    OTHER_KIND: "pin",
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """A service at a place, in words; the first of its offers is its kind."""

    hsds_id: str
    name: str
    organization: str
    place: str
    town: str
    icon: str
    offers: tuple[Message, ...]
    access: tuple[Message, ...]
    state: Message
    is_open: bool
    is_known: bool
    distance: Distance | None
    checked: Message


def result_of(found: Found, *, country: str, at: datetime) -> Result:
    """Return what a list says; country: whose unit of distance is used."""
    entry = found.entry
    terms = terms_of(entry["terms"])
    kind = entry["kind"]
    return Result(
        hsds_id=found.hsds_id,
        name=entry["name"],
        organization=entry["organization_name"],
        place="" if entry["place_name"].startswith(entry["name"]) else entry["place_name"],
        town=entry["town"],
        icon=KIND_ICONS.get(kind, KIND_ICONS[OTHER_KIND]),
        offers=_offers(terms, kind),
        access=names_of(terms, TermGroup.ACCESS),
        state=state_words(found.state, at),
        is_open=found.state.is_open,
        is_known=found.state.is_known,
        distance=None if found.kilometres is None else distance_in(country, found.kilometres),
        checked=checked_words(entry["verified_on"], clock.today(entry["time_zone"] or clock.UTC_ZONE, at)),
    )


def names_of(terms: tuple[Term, ...], group: TermGroup) -> tuple[Message, ...]:
    """Return the names of the terms of a group."""
    return tuple(term.name for term in terms if term.group is group)


def _offers(terms: tuple[Term, ...], kind: str) -> tuple[Message, ...]:
    """Return what there is, the kind of the service first."""
    in_order = tuple(sorted(terms, key=lambda term: term.code != kind))
    return names_of(in_order, TermGroup.OFFER) or (message("Other help"),)
