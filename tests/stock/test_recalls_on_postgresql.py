"""Every story of recalls and their traces once more, on PostgreSQL."""

import threading

import pytest
from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.core.errors import DomainError
from harmreduction.stock.actions.kits import pack_kits
from harmreduction.stock.models import Lot
from tests.factories import SYSTEM, make_location, receive
from tests.stock.kits import SYRINGE, VIAL, a_packing, write
from tests.stock.recalls import recall_of
from tests.stock.test_recall_traces import *  # noqa: F403  # pytest runs each test that it finds here
from tests.stock.test_recalls import *  # noqa: F403


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


@pytest.fixture
def start_over(start_over_on_postgresql):
    """Take the place of the embedded database's."""
    return start_over_on_postgresql


def test_kits_that_somebody_packs_at_the_moment_of_a_recall_are_recalled_too(postgresql_app, database):
    shelf, problems = make_location(), []
    write()
    for code, number in ((VIAL, "VB"), (SYRINGE, "SY")):
        receive(shelf, 12, code=code, lot=number)
    packing = a_packing(shelf, 4)

    def recall_them():
        with postgresql_app.app_context():
            try:
                recall_of("VB", code=VIAL)
            except DomainError as problem:
                problems.append(problem)

    other = threading.Thread(target=recall_them)
    with transaction():
        pack_kits(packing, by=SYSTEM)
        other.start()
        other.join(timeout=0.5)  # it waits for us
    other.join()
    db.session.expire_all()
    [kit] = db.session.scalars(select(Lot).where(Lot.kit_recipe_id.is_not(None)))
    assert (problems, kit.status) == ([], "recalled")
