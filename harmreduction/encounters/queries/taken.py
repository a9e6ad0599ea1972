"""Read what was handed out on visits, as sets of syringes and doses of naloxone, packs opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, Encounter, SupplyLine
from harmreduction.encounters.queries.visits import is_void
from harmreduction.encounters.rules.coverage import Taken
from harmreduction.encounters.rules.visits import Audience
from harmreduction.stock.models import Item, KitRecipe, KitRecipeLine

SYRINGE, NALOXONE = "syringe", "naloxone"


@dataclass(frozen=True, kw_only=True)
class VisitTaken:
    """A visit by row id, when and whose it was, and what was handed out on it and stands."""

    visit_id: int
    participant_id: int | None
    occurred_at: datetime
    taken: Taken


def list_taken(which: ColumnElement[bool]) -> list[VisitTaken]:
    """Return what was handed out on each visit that meets the condition, oldest first."""
    per_syringe, per_dose = _syringes_in_unit(), _doses_in_unit()
    syringes: dict[int, int] = {}
    doses: dict[int, int] = {}
    for visit_id, item_id, units in _units_on(which):
        syringes[visit_id] = syringes.get(visit_id, 0) + units * per_syringe.get(item_id, 0)
        doses[visit_id] = doses.get(visit_id, 0) + units * per_dose.get(item_id, 0)
    columns = (Encounter.id, Encounter.participant_id, Encounter.occurred_at)
    visits = select(*columns, Encounter.audience, Encounter.number_of_others).where(which)
    return [
        VisitTaken(
            visit_id=row.id,
            participant_id=row.participant_id,
            occurred_at=row.occurred_at,
            taken=Taken(
                syringes=syringes.get(row.id, 0),
                doses=doses.get(row.id, 0),
                audience=Audience(row.audience) if row.audience else None,
                others=row.number_of_others,
            ),
        )
        for row in db.session.execute(visits.order_by(Encounter.occurred_at, Encounter.id))
    ]


def syringes_on(visit: Encounter) -> int:
    """Return the sets that were handed out on a visit and stand."""
    return list_taken(Encounter.id == visit.id)[0].taken.syringes


def _units_on(which: ColumnElement[bool]) -> Iterator[tuple[int, int, int]]:
    """Return (visit id, item id, units) of what was handed out on visits and stands."""
    rows = db.session.execute(
        select(Distribution.encounter_id, SupplyLine.item_id, func.sum(SupplyLine.quantity))
        .join(Encounter, Encounter.id == Distribution.encounter_id)
        .join(SupplyLine, SupplyLine.distribution_id == Distribution.id)
        .where(which, ~is_void())
        .group_by(Distribution.encounter_id, SupplyLine.item_id)
    )
    return ((visit_id, item_id, int(units)) for visit_id, item_id, units in rows)


def _syringes_in_unit() -> dict[int, int]:
    """Return the syringes in a unit of each item; those of a pack by its newest recipe, not those for naloxone."""
    found = dict.fromkeys(db.session.scalars(select(Item.id).where(Item.category == SYRINGE)), 1)
    newest = select(func.max(KitRecipe.id)).group_by(KitRecipe.kit_item_id)
    packs = (
        select(KitRecipe.kit_item_id, func.sum(KitRecipeLine.quantity))
        .join(KitRecipeLine, KitRecipeLine.recipe_id == KitRecipe.id)
        .where(
            KitRecipe.id.in_(newest),
            KitRecipeLine.component_item_id.in_(found),
            KitRecipe.kit_item_id.in_(select(Item.id).where(Item.category.not_in((SYRINGE, NALOXONE)))),
        )
        .group_by(KitRecipe.kit_item_id)
    )
    return found | {kit_id: int(count) for kit_id, count in db.session.execute(packs)}


def _doses_in_unit() -> dict[int, int]:
    """Return the doses in a unit of each naloxone item."""
    rows = db.session.execute(select(Item.id, Item.doses_per_unit).where(Item.category == NALOXONE))
    return {item_id: doses for item_id, doses in rows}
