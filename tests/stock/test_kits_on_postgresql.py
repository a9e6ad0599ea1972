"""Every story of kits once more on PostgreSQL, and several people who pack at one moment."""

import threading

import pytest
from sqlalchemy import select, text

from harmreduction.core.db import db
from harmreduction.core.errors import OutOfDate
from harmreduction.stock import verification
from harmreduction.stock.models import Lot, StockLocation
from harmreduction.stock.rules import NotEnoughHere
from tests.factories import item, on_hand
from tests.stock.kits import KIT, a_shelf_with_parts, pack
from tests.stock.test_kits import *  # noqa: F403  # pytest runs each test that it finds here
from tests.stock.test_recipes import *  # noqa: F403


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


def test_who_packs_waits_for_no_hand_out_that_only_names_the_kit_and_its_parts(postgresql_app, database):
    """Each would hold what the other waits for: the hand-out its lots, the packing their balances."""
    shelf_id = a_shelf_with_parts().id

    def pack_three():
        with postgresql_app.app_context():
            pack(db.session.get_one(StockLocation, shelf_id), 3)

    with db.engine.connect() as hand_out:
        hand_out.execute(text("SELECT 1 FROM item, lot FOR KEY SHARE"))  # as every line does that points to them
        packing = threading.Thread(target=pack_three)
        packing.start()
        packing.join(timeout=60)
        had_to_wait = packing.is_alive()
    packing.join()
    assert not had_to_wait


def test_people_who_pack_at_one_moment_never_pack_the_same_part_twice(postgresql_app, database):
    shelf_id = a_shelf_with_parts().id
    packed = []

    def pack_until_nothing_is_left():
        with postgresql_app.app_context():
            shelf = db.session.get_one(StockLocation, shelf_id)
            while True:
                try:
                    pack(shelf, 3)
                    packed.append(3)
                except NotEnoughHere:
                    return
                except OutOfDate:  # somebody was faster: look at the lots again
                    db.session.rollback()

    people = [threading.Thread(target=pack_until_nothing_is_left) for _person in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    db.session.rollback()
    shelf = db.session.get_one(StockLocation, shelf_id)
    lots = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).all()
    assert sum(packed) == 18 == sum(on_hand(shelf, lot) for lot in lots)
    assert len({lot.lot_number for lot in lots}) == len(lots) == 6
    assert list(verification.find_differences()) == []
