"""Read talks about naloxone, and what a refill begins with."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.encounters.models import (
    Distribution,
    DistributionVoid,
    Encounter,
    NaloxoneTalk,
    SupplyLine,
    UsualHandout,
    UsualHandoutLine,
)
from harmreduction.encounters.queries.visits import Given, is_void, list_given_on, may_see_visit, sum_given
from harmreduction.participants.queries.people import own_site_ids
from harmreduction.stock.models import Item

NALOXONE = "naloxone"  # the category of items
JUST_NOW = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class ToldTalk:
    """A talk about naloxone; is_taken_back: what it handed out was undone or voided since, so nothing was taken."""

    talk: NaloxoneTalk
    is_taken_back: bool


@dataclass(frozen=True, kw_only=True)
class SavedBefore:
    """What was saved about naloxone before a page was opened: on which visit, when, and the kits that stand."""

    visit: Encounter
    at: datetime
    kits: Sequence[Given]


def talks_on(visit_ids: Collection[int]) -> dict[int, list[ToldTalk]]:
    """Return the talks on each of these visits (row ids), in order."""
    rows = db.session.execute(
        select(NaloxoneTalk, DistributionVoid.distribution_id.is_not(None))
        .outerjoin(DistributionVoid, DistributionVoid.distribution_id == NaloxoneTalk.distribution_id)
        .options(selectinload(NaloxoneTalk.acts))
        .where(NaloxoneTalk.encounter_id.in_(visit_ids))
        .order_by(NaloxoneTalk.id)
    )
    talks: dict[int, list[ToldTalk]] = defaultdict(list)
    for talk, is_taken_back in rows:
        talks[talk.encounter_id].append(ToldTalk(talk=talk, is_taken_back=bool(is_taken_back)))
    return dict(talks)


def find_talk(public_id: str) -> NaloxoneTalk | None:
    """Return a talk, if it was saved before."""
    return db.session.scalar(select(NaloxoneTalk).where(NaloxoneTalk.public_id == public_id))


def get_talk_of(actor: Actor, public_id: str) -> tuple[NaloxoneTalk, Encounter]:
    """Return a talk and its visit, which this person may see."""
    rows = db.session.execute(
        select(NaloxoneTalk, Encounter)
        .join(Encounter, Encounter.id == NaloxoneTalk.encounter_id)
        .where(NaloxoneTalk.public_id == public_id)
    )
    for talk, visit in rows:
        if may_see_visit(actor, visit):
            return talk, visit
    raise NotFound(message("There is no such talk."))


def find_saved_on(visit: Encounter) -> SavedBefore | None:
    """Return what was saved about naloxone on a visit, or None."""
    talked_at = db.session.scalars(select(NaloxoneTalk.recorded_at).where(NaloxoneTalk.encounter_id == visit.id)).all()
    given = [each for each in list_given_on(visit.id) if any(is_naloxone(line.item) for line in each.lines)]
    times = [*talked_at, *(each.recorded_at for each in given)]
    kits = [each for each in sum_given(given) if is_naloxone(each.item)]
    return SavedBefore(visit=visit, at=max(times), kits=kits) if times else None


def find_just_saved(actor: Actor, *, now: datetime) -> SavedBefore | None:
    """Return where this person saved a talk a few minutes ago: Back opens a new page, which must say so."""
    visits = db.session.scalars(
        select(Encounter)
        .join(NaloxoneTalk, NaloxoneTalk.encounter_id == Encounter.id)
        .where(NaloxoneTalk.recorded_by_id == actor.account_id, NaloxoneTalk.recorded_at > now - JUST_NOW)
        .order_by(NaloxoneTalk.recorded_at.desc(), NaloxoneTalk.id.desc())
        .limit(1)
    )
    visit = next((visit for visit in visits if may_see_visit(actor, visit)), None)
    return None if visit is None else find_saved_on(visit)


def is_naloxone(item: Item) -> bool:
    """Say whether an item reverses an overdose."""
    return item.category == NALOXONE and item.doses_per_unit > 0


def list_naloxone() -> list[Item]:
    """Return what reverses an overdose and is in use: those that tiles hand out first, then the usual ones."""
    of_tiles = (
        select(UsualHandoutLine.item_id)
        .join(UsualHandout, UsualHandout.id == UsualHandoutLine.usual_handout_id)
        .where(UsualHandout.is_active)
        .order_by(UsualHandout.position, UsualHandout.id, UsualHandoutLine.item_id)
    )
    tiled: Sequence[int] = db.session.scalars(of_tiles).all()
    items = select(Item).where(Item.category == NALOXONE, Item.doses_per_unit > 0, Item.is_active)
    return sorted(
        db.session.scalars(items),
        key=lambda item: (
            tiled.index(item.id) if item.id in tiled else len(tiled),
            not item.is_usual,
            item.name,
        ),
    )


def find_naloxone_given(visit_id: int) -> Distribution | None:
    """Return the last hand-out of naloxone on a visit that stands and that no talk led to yet, if there is one."""
    talked = select(NaloxoneTalk.id).where(NaloxoneTalk.distribution_id == Distribution.id)
    has_naloxone = (
        select(SupplyLine.distribution_id)
        .join(Item, Item.id == SupplyLine.item_id)
        .where(SupplyLine.distribution_id == Distribution.id, Item.category == NALOXONE, Item.doses_per_unit > 0)
    )
    return db.session.scalar(
        select(Distribution)
        .options(selectinload(Distribution.lines).joinedload(SupplyLine.item))
        .where(Distribution.encounter_id == visit_id, has_naloxone.exists(), ~talked.exists(), ~is_void())
        .order_by(Distribution.id.desc())
        .limit(1)
    )


def took_naloxone_before(actor: Actor, participant_ids: Collection[int], *, besides: int | None = None) -> bool:
    """Say whether these participants (row ids of one person) took naloxone at the reader's sites, on another visit.

    What they took at other sites is not asked: the answer decides what the page calls the kit, and would tell.
    """
    taken = (
        select(Distribution.id)
        .join(Encounter, Encounter.id == Distribution.encounter_id)
        .join(SupplyLine, SupplyLine.distribution_id == Distribution.id)
        .join(Item, Item.id == SupplyLine.item_id)
        .where(
            Encounter.participant_id.in_(participant_ids),
            Encounter.site_id.in_(own_site_ids(actor)),
            Item.category == NALOXONE,
            Item.doses_per_unit > 0,
            ~is_void(),
        )
    )
    if besides is not None:
        taken = taken.where(Encounter.id != besides)
    return db.session.scalar(taken.limit(1)) is not None
