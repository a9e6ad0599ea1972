"""Write down what goes into a kit; a change is a new version, and packed kits keep theirs."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, KitRecipe, KitRecipeLine
from harmreduction.stock.queries.recipes import parts_of, parts_of_kits
from harmreduction.stock.rules import ChangedFact
from harmreduction.stock.rules.kits import RecipePart, check_recipe


@dataclass(frozen=True, kw_only=True)
class RecipeChange:
    """What goes into one kit from a day on; public_id was made with the page."""

    public_id: str
    kit_item_id: int
    valid_from: date
    parts: tuple[RecipePart, ...]


def write_recipe(change: RecipeChange, *, by: Actor) -> KitRecipe:
    """Write down a recipe once, as a new version; from then on the item is a kit that is packed here.

    Raises RecipeDoesNotFit for one that nobody could pack by, ChangedFact when the same page said something else.
    """
    with transaction():
        kit = hold_kit(change.kit_item_id)
        known = db.session.scalar(select(KitRecipe).where(KitRecipe.public_id == change.public_id))
        if known is not None:
            return _same(known, change)
        check_recipe(kit.id, change.parts, parts_of_kits())
        recipe = _new_version(change, by)
        kit.is_kit = kit.is_lot_tracked = True  # each packed kit carries the number of its lot
        kit.has_expiry = kit.has_expiry or any(part.is_expiry_bearing for part in change.parts)
        record(Event.RECIPE_CHANGED, by=by, subject=kit.public_id)
        return recipe


def hold_kit(item_id: int) -> Item:
    """Take hold of a kit until the transaction ends: its versions and lot numbers are given out one at a time."""
    kit = select(Item).where(Item.id == item_id).with_for_update(key_share=True)
    return db.session.scalars(kit.execution_options(populate_existing=True)).one()


def _new_version(change: RecipeChange, by: Actor) -> KitRecipe:
    """Append the next version of a kit's recipe."""
    versions = select(func.max(KitRecipe.version)).where(KitRecipe.kit_item_id == change.kit_item_id)
    recipe = KitRecipe(
        public_id=change.public_id,
        kit_item_id=change.kit_item_id,
        version=(db.session.scalar(versions) or 0) + 1,
        valid_from=change.valid_from,
        recorded_at=now(),
        recorded_by_id=by.account_id,
        lines=[
            KitRecipeLine(
                component_item_id=part.item_id, quantity=part.per_kit, is_expiry_bearing=part.is_expiry_bearing
            )
            for part in change.parts
        ],
    )
    db.session.add(recipe)
    db.session.flush()
    return recipe


def _same(known: KitRecipe, change: RecipeChange) -> KitRecipe:
    """Return the recipe that this page made already; raises ChangedFact when it says something else now."""
    before = (known.kit_item_id, known.valid_from, set(parts_of(known)))
    if before != (change.kit_item_id, change.valid_from, set(change.parts)):
        raise ChangedFact(message("This page was sent before, and that recipe was saved. Open it again to change it."))
    return known
