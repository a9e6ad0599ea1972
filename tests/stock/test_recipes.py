"""Recipes: versions, parts that end a kit, kits in kits, and what becomes of kits when a part changes."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.stock import verification
from harmreduction.stock.actions.dates import Revision, revise_date
from harmreduction.stock.actions.merging import Merge, merge_lots
from harmreduction.stock.actions.recipes import RecipeChange, write_recipe
from harmreduction.stock.models import (
    Lot,
)
from harmreduction.stock.queries import recipes
from harmreduction.stock.rules import ChangedFact
from harmreduction.stock.rules.dates import ExpiryAuthority
from harmreduction.stock.rules.kits import RecipeDoesNotFit
from tests.factories import (
    SYSTEM,
    days_from_now,
    item,
    make_location,
    on_hand,
    receive,
)
from tests.stock.kits import (
    KIT,
    LATER,
    SOON,
    SYRINGE,
    VIAL,
    a_shelf_with_parts,
    balances,
    contents,
    kit_lots,
    pack,
    take_apart,
    write,
)


def test_a_changed_recipe_is_a_new_version_and_packed_kits_keep_theirs(database):
    shelf = a_shelf_with_parts()
    pack(shelf, 1)
    newer = write(KIT, (VIAL, 1), (SYRINGE, 1), since=days_from_now(0))
    later = write(KIT, (VIAL, 3), since=days_from_now(10))
    assert [recipe.version for recipe in recipes.list_recipes(item(KIT).id)] == [later.version, newer.version, 1]
    assert recipes.recipe_in_force(item(KIT).id, days_from_now(0)).id == newer.id
    pack(shelf, 1)
    old, new = kit_lots()
    assert (contents(old), contents(new)) == ({("V1", 2), ("S1", 2)}, {("V1", 1), ("S1", 1)})
    take_apart(shelf, old, 1)
    assert on_hand(shelf, db.session.scalars(select(Lot).where(Lot.lot_number == "V1")).one()) == 39


def test_a_recipe_sent_twice_is_one_version_and_changed_is_told_apart(database):
    recipe = write()
    change = RecipeChange(
        public_id=recipe.public_id,
        kit_item_id=recipe.kit_item_id,
        valid_from=recipe.valid_from,
        parts=tuple(recipes.parts_of(recipe)),
    )
    assert write_recipe(change, by=SYSTEM).version == 1
    with pytest.raises(ChangedFact):
        write_recipe(replace(change, parts=change.parts[:1]), by=SYSTEM)
    assert len(recipes.list_recipes(recipe.kit_item_id)) == 1


def test_a_recipe_nobody_could_pack_by_is_refused(database):
    with pytest.raises(RecipeDoesNotFit, match="at least one part"):
        write_recipe(
            RecipeChange(public_id="x", kit_item_id=item(KIT).id, valid_from=SOON, parts=()),
            by=SYSTEM,
        )
    with pytest.raises(RecipeDoesNotFit, match="named twice"):
        write(KIT, (VIAL, 1), (VIAL, 2))
    with pytest.raises(RecipeDoesNotFit, match="hold itself"):
        write(KIT, (KIT, 1))
    write("wound-kit", (KIT, 1))
    with pytest.raises(RecipeDoesNotFit, match="hold itself"):
        write(KIT, ("wound-kit", 1))


def test_kits_may_hold_kits(database):
    shelf = a_shelf_with_parts()
    write("hygiene-kit", (KIT, 2))
    pack(shelf, 4)
    before = balances()
    pack(shelf, 2, code="hygiene-kit")
    [outer] = kit_lots("hygiene-kit")
    assert (on_hand(shelf, outer), outer.effective_expiry) == (2, SOON)
    take_apart(shelf, outer, 2)
    assert balances() == before


def test_kits_follow_when_a_document_gives_their_part_another_date(database):
    shelf = a_shelf_with_parts()
    write("hygiene-kit", (KIT, 1))
    pack(shelf, 2)
    pack(shelf, 1, code="hygiene-kit")
    vials = db.session.scalars(select(Lot).where(Lot.lot_number == "V1")).one()
    longer = Revision(
        lot_id=vials.public_id,
        old_expiry=SOON,
        new_expiry=days_from_now(200),
        authority=ExpiryAuthority.MANUFACTURER,
        document="Letter of 3 March",
    )
    revise_date(longer, by=SYSTEM, at=now())
    dates = {lot.effective_expiry for lot in [*kit_lots(), *kit_lots("hygiene-kit")]}
    assert dates == {days_from_now(200)}


def test_a_date_that_does_not_count_does_not_end_the_kit(database):
    shelf = make_location()
    write(KIT, (VIAL, 2), (SYRINGE, 2, True))
    receive(shelf, 4, code=VIAL, lot="V1", expiry=LATER)
    receive(shelf, 4, code=SYRINGE, lot="S1", expiry=SOON)
    pack(shelf, 2)
    assert kit_lots()[0].effective_expiry == LATER


def test_a_part_whose_lot_number_was_a_slip_comes_out_under_the_right_one(database):
    shelf = a_shelf_with_parts()
    pack(shelf, 5)
    right = receive(shelf, 1, code=VIAL, lot="V11", expiry=SOON)
    slip = db.session.scalars(select(Lot).where(Lot.lot_number == "V1")).one()
    merge_lots(Merge(client_id=new_id(), slip=slip.public_id, stays=right.public_id, occurred_at=now()), by=SYSTEM)
    take_apart(shelf, kit_lots()[0], 5)
    assert (on_hand(shelf, slip), on_hand(shelf, right)) == (0, 41)
    assert list(verification.find_differences()) == []
