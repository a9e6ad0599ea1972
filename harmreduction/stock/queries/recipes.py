"""Read kits and their recipes."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, ItemSubstitute, KitRecipe, KitRecipeLine
from harmreduction.stock.rules.kits import RecipePart


def get_kit(public_id: str) -> Item:
    """Return an item that is packed here by a recipe."""
    kit = db.session.scalar(select(Item).where(Item.public_id == public_id, Item.is_kit))
    if kit is None:
        raise NotFound(message("There is no such kit."))
    return kit


def list_kits(*, limit: int, offset: int = 0) -> Sequence[Item]:
    """Return the kits that are packed here, by name; those out of use last."""
    kits = select(Item).where(Item.is_kit).order_by(Item.is_active.desc(), Item.name, Item.id)
    return db.session.scalars(kits.limit(limit).offset(offset)).all()


def list_recipes(kit_id: int) -> Sequence[KitRecipe]:
    """Return every version of a kit's recipe with its lines, the one that counts last first."""
    return db.session.scalars(_recipes().where(KitRecipe.kit_item_id == kit_id)).all()


def recipe_in_force(kit_id: int, day: date) -> KitRecipe | None:
    """Return the recipe by which a kit is packed on a day."""
    return db.session.scalar(_recipes().where(KitRecipe.kit_item_id == kit_id, KitRecipe.valid_from <= day).limit(1))


def recipes_in_force(kit_ids: Collection[int], day: date) -> dict[int, KitRecipe]:
    """Return the recipe in force for each of these kits, by item id."""
    recipes = _recipes().where(KitRecipe.kit_item_id.in_(kit_ids), KitRecipe.valid_from <= day)
    found: dict[int, KitRecipe] = {}
    for recipe in db.session.scalars(recipes):
        found.setdefault(recipe.kit_item_id, recipe)
    return found


def parts_of(recipe: KitRecipe) -> list[RecipePart]:
    """Return the parts of a recipe as rules speak of them."""
    return [
        RecipePart(item_id=line.component_item_id, per_kit=line.quantity, is_expiry_bearing=line.is_expiry_bearing)
        for line in recipe.lines
    ]


def parts_of_kits() -> dict[int, set[int]]:
    """Return the items that the newest recipe of each kit names, by the kit's id."""
    newest = select(func.max(KitRecipe.id)).group_by(KitRecipe.kit_item_id)
    lines = select(KitRecipe.kit_item_id, KitRecipeLine.component_item_id).join(
        KitRecipeLine, KitRecipeLine.recipe_id == KitRecipe.id
    )
    found: dict[int, set[int]] = {}
    for kit_id, part_id in db.session.execute(lines.where(KitRecipe.id.in_(newest))):
        found.setdefault(kit_id, set()).add(part_id)
    return found


def substitutes_of(item_ids: Collection[int]) -> dict[int, list[Item]]:
    """Return the items in use that may stand in for each of these, by its id."""
    rows = db.session.execute(
        select(ItemSubstitute.item_id, Item)
        .join(Item, Item.id == ItemSubstitute.substitute_id)
        .where(ItemSubstitute.item_id.in_(item_ids), Item.is_active)
        .order_by(Item.name, Item.id)
    )
    found: dict[int, list[Item]] = {}
    for item_id, item in rows:
        found.setdefault(item_id, []).append(item)
    return found


def _recipes() -> Select[KitRecipe]:
    """Return recipes with what they name, in the order in which they count: the last to begin first."""
    lines = selectinload(KitRecipe.lines).joinedload(KitRecipeLine.component)
    return select(KitRecipe).options(lines).order_by(KitRecipe.valid_from.desc(), KitRecipe.version.desc())
