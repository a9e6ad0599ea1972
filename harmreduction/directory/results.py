"""What a list of services says about each of them."""

from dataclasses import dataclass
from datetime import datetime

from harmreduction.core import clock
from harmreduction.core.messages import Message, message
from harmreduction.directory.hours_words import state_words
from harmreduction.directory.queries import Found
from harmreduction.directory.rules.ages import checked_words
from harmreduction.directory.rules.distances import Distance, distance_in
from harmreduction.directory.rules.terms import BY_CODE, OTHER_KIND, Term, TermGroup, terms_of

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
    """A service at a place, in words; terms that are already the kind are not repeated."""

    hsds_id: str
    name: str
    organization: str
    place: str
    town: str
    icon: str
    kind: Message
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
        place=entry["place_name"] if entry["place_name"] != entry["name"] else "",
        town=entry["town"],
        icon=KIND_ICONS.get(kind, KIND_ICONS[OTHER_KIND]),
        kind=BY_CODE[kind].name if kind in BY_CODE else message("Other help"),
        offers=names_of(terms, TermGroup.OFFER, but=kind),
        access=names_of(terms, TermGroup.ACCESS),
        state=state_words(found.state, at),
        is_open=found.state.is_open,
        is_known=found.state.is_known,
        distance=None if found.kilometres is None else distance_in(country, found.kilometres),
        checked=checked_words(entry["verified_on"], clock.today(entry["time_zone"] or clock.UTC_ZONE, at)),
    )


def names_of(terms: tuple[Term, ...], group: TermGroup, *, but: str = "") -> tuple[Message, ...]:
    """Return the names of the terms of a group, without the one of code `but`."""
    return tuple(term.name for term in terms if term.group is group and term.code != but)
