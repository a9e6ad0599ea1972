"""Read what a report begins with: where it is told, and what a talk about naloxone said already."""

from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, NaloxoneTalk
from harmreduction.encounters.queries.naloxone import NALOXONE
from harmreduction.encounters.queries.visits import list_given_on
from harmreduction.encounters.rules.naloxone import Fate, Source
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.reversals.rules.bank import AS_ROWS
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item

TELLER = {Fate.USED_ON_ME.value: "overdosed"}  # who used it on somebody may not be who gave it, so that stays open


def said_in_talk(talk: NaloxoneTalk) -> dict[str, str]:
    """Return what a talk said already, by the fields of the form: who tells it, where the kit came from, which it was.

    Which it was is taken from what was handed out now, and only if the kit before came from this programme too.
    """
    said: dict[str, str] = {}
    if talk.previous_source in AS_ROWS["source"]:
        said["source"] = talk.previous_source or ""
    if talk.previous_fate in TELLER:
        said["reporter"] = TELLER[talk.previous_fate or ""]
    item = _handed_out(talk) if talk.previous_source == Source.THIS_PROGRAMME else None
    return said | ({"item": item.public_id} if item is not None else {})


def start_of(visit: Encounter) -> VisitStart:
    """Return a visit as its records carry it."""
    return VisitStart(
        visit_id=visit.public_id,
        site_id=visit.site_id,
        time_zone=db.session.get_one(Site, visit.site_id).time_zone,
        participant_id=visit.participant_id,
    )


def has_naloxone(visit: Encounter) -> bool:
    """Say whether naloxone was handed out on a visit and stands."""
    lines = [line for given in list_given_on(visit.id) for line in given.lines]
    return any(line.item.category == NALOXONE for line in lines)


def find_visit_site(visit: Encounter) -> Site:
    """Return the site of a visit."""
    return db.session.get_one(Site, visit.site_id)


def _handed_out(talk: NaloxoneTalk) -> Item | None:
    """Return the naloxone that a talk led to, if it was only one kind."""
    given = [each for each in list_given_on(talk.encounter_id) if each.id == talk.distribution_id]
    items = {line.item.id: line.item for each in given for line in each.lines if line.item.category == NALOXONE}
    return next(iter(items.values())) if len(items) == 1 else None
