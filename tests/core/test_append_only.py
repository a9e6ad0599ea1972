"""Tables that only grow refuse every other change, in the database itself."""

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.exc import DatabaseError

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.append_only import guard, tables_that_only_grow
from harmreduction.core.db import Base, db, transaction
from tests.factories import SYSTEM

REFUSED = "audit_entry is append only"


@pytest.fixture(autouse=True)
def an_entry(database):
    record(Event.SITE_CHANGED, by=SYSTEM)


def change(statement):
    with transaction():
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'Somebody else'",
        "UPDATE audit_entry SET actor = actor WHERE id = 1",
        "DELETE FROM audit_entry",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
    ],
)
def test_the_database_refuses_to_change_what_is_there(statement):
    with pytest.raises(DatabaseError, match=REFUSED):
        change(statement)
    assert db.session.scalar(text("SELECT actor FROM audit_entry")) == "test"


def test_it_grows():
    record(Event.SITE_CHANGED, by=SYSTEM)
    assert db.session.scalar(text("SELECT count(*) FROM audit_entry")) == 2


def test_triggers_can_be_laid_again_and_a_table_that_is_not_there_is_left_out():
    with transaction():
        guard(db.session.connection(), ["audit_entry", "not_there_yet"])
    with pytest.raises(DatabaseError, match=REFUSED):
        change("DELETE FROM audit_entry")


def test_the_tables_that_only_grow_are_those_that_say_so():
    assert set(tables_that_only_grow(Base.metadata)) == {
        "audit_entry",
        "card_set_version",
        "directory_change",
        "distribution",
        "distribution_void",
        "kit_recipe",
        "kit_recipe_line",
        "lot_component",
        "lot_expiry_revision",
        "lot_status_change",
        "referral_step",
        "stock_anchor",
        "stock_document",
        "stock_movement",
        "stock_transaction",
        "supply_line",
    }
    assert tables_that_only_grow(MetaData()) == []
