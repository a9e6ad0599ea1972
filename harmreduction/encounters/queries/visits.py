"""Read visits and the hand-outs on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import UtcDateTime, db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.encounters.models import (
    Distribution,
    DistributionVoid,
    Encounter,
    NaloxoneTalk,
    StatedNeed,
    SupplyLine,
    VisitActivity,
)
from harmreduction.encounters.rules import NO_VISIT_AT_ALL, KnownVisit
from harmreduction.encounters.rules.coverage import NeedTold
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item

ANSWERED_TOGETHER = (
    ("audience", "number_of_others"),
    ("returned_syringes", "returned_measure", "returned_factor"),
)
ANSWERS = [getattr(Encounter, name) for names in ANSWERED_TOGETHER for name in names]


@dataclass(frozen=True, kw_only=True)
class Given:
    """Units of an item, counted together."""

    item: Item
    quantity: int

    @property
    def doses(self) -> int:
        """Return the doses in these units."""
        return self.quantity * self.item.doses_per_unit


def get_visit_of(actor: Actor, public_id: str) -> Encounter:
    """Return a visit at a site that a person works for."""
    visit = db.session.scalar(select(Encounter).where(Encounter.public_id == public_id))
    if visit is None or not may_see_visit(actor, visit):
        raise NotFound(message("There is no such visit."))
    return visit


def find_newer_answers(visit_id: str, moment: datetime) -> set[str]:
    """Return the columns of the answers that a visit holds, if somebody changed them on a page after a moment."""
    row = db.session.execute(select(*ANSWERS).where(Encounter.public_id == visit_id)).one()._mapping
    answered = {name for names in ANSWERED_TOGETHER if any(row[name] is not None for name in names) for name in names}
    if not answered:
        return answered
    on_page = AuditEntry.event == Event.VISIT_DETAILS_ADDED.name, AuditEntry.subject == visit_id
    since = db.session.scalar(select(AuditEntry.id).where(AuditEntry.at > moment, *on_page).limit(1))
    return answered if since is not None else set()


def find_visit_of(actor: Actor, public_id: str) -> Encounter | None:
    """Return a visit that this person may see, or None."""
    try:
        return get_visit_of(actor, public_id)
    except NotFound:
        return None


def get_distribution_of(actor: Actor, public_id: str) -> Distribution:
    """Return a hand-out that this person logged, or any at their sites for those who may see them."""
    distribution = db.session.scalar(
        select(Distribution)
        .options(
            joinedload(Distribution.encounter),
            joinedload(Distribution.void),
            selectinload(Distribution.lines).joinedload(SupplyLine.item),
        )
        .where(Distribution.public_id == public_id)
    )
    if distribution is None or not may_see_visit(actor, distribution.encounter):
        raise NotFound(message("There is no such hand-out."))
    return distribution


def find_distribution_of(actor: Actor, public_id: str) -> Distribution | None:
    """Return a hand-out that this person may see, or None."""
    try:
        return get_distribution_of(actor, public_id)
    except NotFound:
        return None


def find_visits(actor: Actor, public_ids: Collection[str]) -> dict[str, KnownVisit]:
    """Return those of these visits that this person logged, or that belong to a code they may see, by public id."""
    last = select(func.max(Distribution.recorded_at)).where(Distribution.encounter_id == Encounter.id)
    rows = db.session.execute(
        select(
            Encounter.public_id,
            Encounter.site_id,
            Encounter.occurred_at,
            Encounter.recorded_by_id,
            Encounter.participant_id,
            Site.time_zone,
            func.coalesce(last.scalar_subquery(), Encounter.recorded_at, type_=UtcDateTime()).label("last_at"),
        )
        .join(Site, Site.id == Encounter.site_id)
        .where(Encounter.public_id.in_(public_ids))
    )
    return {
        row.public_id: KnownVisit(
            visit_id=row.public_id,
            site_id=row.site_id,
            day=today(row.time_zone, row.occurred_at),
            last_at=row.last_at,
        )
        for row in rows
        if row.recorded_by_id == actor.account_id or shares_visits(actor, row.site_id, row.participant_id)
    }


def find_last_of(actor: Actor) -> Distribution | None:
    """Return the last hand-out that this person logged and did not take back."""
    last = select(Distribution).where(Distribution.recorded_by_id == actor.account_id, ~is_void())
    found = with_lines(last.order_by(Distribution.recorded_at.desc(), Distribution.id.desc()).limit(1))
    return found[0] if found else None


def list_lines_of(actor: Actor, public_id: str) -> list[tuple[int, int]]:
    """Return (item id, units) of a hand-out that this person may see."""
    return [(line.item_id, line.quantity) for line in get_distribution_of(actor, public_id).lines]


def list_given_on(visit_id: int) -> list[Distribution]:
    """Return the hand-outs of a visit that stand, in order."""
    return with_lines(
        select(Distribution).where(Distribution.encounter_id == visit_id, ~is_void()).order_by(Distribution.id)
    )


def sum_given(distributions: Sequence[Distribution]) -> list[Given]:
    """Return units by item over these hand-outs, naloxone first, then by name."""
    units: dict[int, int] = {}
    items: dict[int, Item] = {}
    for line in (line for distribution in distributions for line in distribution.lines):
        items[line.item_id] = line.item
        units[line.item_id] = units.get(line.item_id, 0) + line.quantity
    ordered = sorted(items.values(), key=lambda item: (item.category != "naloxone", item.name))
    return [Given(item=item, quantity=units[item.id]) for item in ordered]


def details_as_entered(visit: Encounter) -> dict[str, object]:
    """Return what was told on a visit by the names of its form, empty where it was not asked."""
    told: dict[str, object] = {"audience": visit.audience, "number_of_others": visit.number_of_others}
    if visit.returned_syringes is not None and visit.returned_factor:
        told["returned_measure"] = visit.returned_measure
        told["returned_amount"] = _as_typed(Decimal(visit.returned_syringes) / visit.returned_factor)
    if visit.note_sealed is not None:
        told["note"] = unseal(visit.note_sealed, table="encounter", column="note", row=visit.public_id)
    return told


def counts_as_visit() -> ColumnElement[bool]:
    """Return the condition that a visit counts: a hand-out of it stands, or it has none and something else was told.

    A visit on which syringes came back, or on which something else was recorded, counts too when its supplies were
    corrected, unless the whole visit was entered twice or was only practice. What was given to a group is no visit,
    nor is one that was begun and on which nothing was recorded.
    """
    of_visit = select(Distribution.id).where(Distribution.encounter_id == Encounter.id)
    corrected = of_visit.join(DistributionVoid, DistributionVoid.distribution_id == Distribution.id).where(
        DistributionVoid.reason.not_in(NO_VISIT_AT_ALL)
    )
    has_more = Encounter.returned_syringes.is_not(None) | has_care()
    was_told = Encounter.audience.is_not(None) | Encounter.number_of_others.is_not(None)
    without_supplies = ~of_visit.exists() & (has_more | was_told)
    happened = of_visit.where(~is_void()).exists() | without_supplies | (has_more & corrected.exists())
    return happened & Encounter.group_event_id.is_(None)


def has_care() -> ColumnElement[bool]:
    """Return the condition that a service, a test, a topic, a talk or a need was recorded on a visit."""
    activity = select(VisitActivity.encounter_id).where(VisitActivity.encounter_id == Encounter.id)
    talk = select(NaloxoneTalk.id).where(NaloxoneTalk.encounter_id == Encounter.id)
    return activity.exists() | talk.exists() | has_need()


def has_need() -> ColumnElement[bool]:
    """Return the condition that a need was told on a visit, and was not emptied since."""
    told = or_(*(StatedNeed.__table__.c[answer.name].is_not(None) for answer in fields(NeedTold)))
    return select(StatedNeed.encounter_id).where(StatedNeed.encounter_id == Encounter.id, told).exists()


def with_lines(wanted: Select[Distribution]) -> list[Distribution]:
    """Read hand-outs with their lines, items, visits and voids."""
    return list(
        db.session.scalars(
            wanted.options(
                joinedload(Distribution.encounter),
                joinedload(Distribution.void),
                selectinload(Distribution.lines).joinedload(SupplyLine.item),
            )
        )
    )


def is_void() -> ColumnElement[bool]:
    """Return the condition that a hand-out was taken back."""
    return select(DistributionVoid.distribution_id).where(DistributionVoid.distribution_id == Distribution.id).exists()


def shares_visits(actor: Actor, site_id: int, participant_id: int | None) -> bool:
    """Say whether a visit that somebody else logged is this person's to see: it belongs to a code at their site."""
    return participant_id is not None and actor.works_at(site_id) and actor.may(Permission.LOOK_UP_PARTICIPANTS)


def may_see_visit(actor: Actor, visit: Encounter) -> bool:
    """One's own visits and those of a code, or any at one's sites for those who answer for others' hand-outs."""
    own = visit.recorded_by_id == actor.account_id or actor.may(Permission.VOID_ANY_DISTRIBUTION)
    return actor.works_at(visit.site_id) and (own or shares_visits(actor, visit.site_id, visit.participant_id))


def _as_typed(amount: Decimal) -> Decimal:
    """Return an amount as a person types it: 40, or 1.4."""
    rounded = amount.quantize(Decimal("0.01"))
    return rounded.to_integral() if rounded == rounded.to_integral() else rounded.normalize()
