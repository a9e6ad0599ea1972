"""One thing of each kind that pages of supplies can be about, by the name it has in addresses."""

from datetime import date

from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.encounters.models import UsualHandout
from harmreduction.stock.actions import choices
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.models import HeatFlag, ItemIdentifier, Lot, StockLocation, StockReason
from harmreduction.stock.queries import list_open_discrepancies, lot_ids_at
from harmreduction.stock.rules.funding import Verdict
from tests.factories import SYSTEM, hand_out


def stock_things() -> dict[str, str]:
    """Make what is missing of the programme's lists, and return how addresses name one of each."""
    source_id, rule_id = new_id(), new_id()
    choices.save_funding_source(source_id, f"Grant {source_id[:8]}", is_active=True, by=SYSTEM)
    rule = choices.RuleEntry(
        category="syringe", verdict=Verdict.BLOCK, valid_from=date(2024, 1, 1), valid_until=None, basis="Section 4"
    )
    choices.add_funding_rule(rule_id, source_id, rule, by=SYSTEM)
    return {
        "group": "syringe",
        "lot_id": db.session.scalars(select(Lot.public_id).where(Lot.lot_number != "").order_by(Lot.id)).first() or "",
        "source_id": source_id,
        "rule_id": rule_id,
        "reason_id": db.session.scalars(select(StockReason.public_id).order_by(StockReason.id)).first() or "",
        "code_id": db.session.scalars(select(ItemIdentifier.public_id).order_by(ItemIdentifier.id)).first() or "",
        "tile_id": db.session.scalars(select(UsualHandout.public_id).order_by(UsualHandout.id)).first() or "",
    }


def heat_things(place: StockLocation) -> dict[str, str]:
    """Note that a lot got too warm at a place, and return how addresses name the note."""
    lot_id = min(lot_ids_at(place.id))
    flag_heat(place.id, [lot_id], "Left in the sun", by=SYSTEM, at=now())
    return {"flag_id": db.session.scalars(select(HeatFlag.public_id).where(HeatFlag.location_id == place.id)).one()}


def discrepancy_things(place: StockLocation) -> dict[str, str]:
    """Hand out what does not lie at a place, and return how addresses name what somebody has to look into."""
    hand_out(place, ("blanket", 1))
    return {"discrepancy_id": list_open_discrepancies([place.id])[0].public_id}
