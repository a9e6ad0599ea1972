"""What stories about kits need: a recipe, parts on a shelf, packing as the page does it."""

from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.stock.actions.kits import Packing, TakingApart, pack_kits, take_kits_apart
from harmreduction.stock.actions.recipes import RecipeChange, write_recipe
from harmreduction.stock.models import Lot, StockBalance
from harmreduction.stock.queries.kits import contents_of
from harmreduction.stock.queries.packing import Wish, plan_packing
from harmreduction.stock.rules.kits import RecipePart
from tests.factories import SYSTEM, days_from_now, item, make_location, receive

KIT, VIAL, SYRINGE = "kit-im-naloxone", "naloxone-vial-0.4", "syringe-im-3ml-25g"
SOON, LATER = days_from_now(100), days_from_now(400)


def write(code=KIT, *parts, since=None, by=SYSTEM):
    """Write a recipe of (item code, units) parts; a third value leaves the date of a part aside."""
    lines = [
        RecipePart(item_id=item(part).id, per_kit=units, is_expiry_bearing=item(part).has_expiry and not left_out)
        for part, units, left_out in ((*part, False)[:3] for part in parts or ((VIAL, 2), (SYRINGE, 2)))
    ]
    change = RecipeChange(
        public_id=new_id(),
        kit_item_id=item(code).id,
        valid_from=since or days_from_now(-1),
        parts=tuple(lines),
    )
    return write_recipe(change, by=by)


def a_packing(shelf, kits, *, code=KIT, instead=(), without=()):
    """Return kits as somebody packs them after a look at the lots."""
    wish = Wish(location_id=shelf.id, kit_item_id=item(code).id, kits=kits, instead=instead, without=without)
    plan = plan_packing(wish, today=days_from_now(0))
    return Packing(client_id=new_id(), wish=wish, seen=plan.seen, occurred_at=now())


def pack(shelf, kits, *, by=SYSTEM, **more):
    """Pack kits and return the id of the fact."""
    packing = a_packing(shelf, kits, **more)
    pack_kits(packing, by=by)
    return packing.client_id


def take_apart(shelf, lot, kits, *, by=SYSTEM):
    """Take kits of a lot apart."""
    apart = TakingApart(client_id=new_id(), location_id=shelf.id, kit_lot_id=lot.id, kits=kits, occurred_at=now())
    return take_kits_apart(apart, by=by)


def kit_things(place):
    """Pack kits at a place, and return how addresses name the kit, its lot and the packing."""
    write()
    for code in (VIAL, SYRINGE):
        receive(place, 8, code=code, lot=f"PART{place.id}")
    packing_id = pack(place, 2)
    lot = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id).order_by(Lot.id.desc())).first()
    return {"kit_id": item(KIT).public_id, "kit_lot_id": lot.public_id, "packing_id": packing_id}


def kit_lots(code=KIT):
    lots = db.session.scalars(select(Lot).where(Lot.item_id == item(code).id, Lot.kit_recipe_id.is_not(None)))
    return sorted(lots, key=lambda lot: lot.id)


def balances():
    """Return every balance that is not zero, of each lot at each place, the virtual ones too."""
    rows = db.session.execute(select(StockBalance.location_id, StockBalance.lot_id, StockBalance.on_hand))
    return {(place, lot): units for place, lot, units in rows if units}


def contents(lot):
    return {(part.lot.lot_number, part.per_kit) for part in contents_of([lot.id])[lot.id]}


def a_shelf_with_parts():
    shelf = make_location()
    write()
    receive(shelf, 40, code=VIAL, lot="V1", expiry=SOON)
    receive(shelf, 100, code=SYRINGE, lot="S1", expiry=LATER)
    return shelf
