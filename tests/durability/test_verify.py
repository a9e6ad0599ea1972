"""`flask hr verify` finds what somebody changed behind the product's back, names it, and changes nothing."""

import socket

import pytest
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.encounters import actions as encounters
from harmreduction.stock.rules import ReversalReason
from tests.factories import SYSTEM, hand_out, make_location, make_site, receive


@pytest.fixture
def programme(instance):
    """A programme in which supplies came in, went out, and were taken back."""
    shelf = make_location(make_site("Union St"), "Union St shelf")
    receive(shelf, 100, lot="NX1")
    hand_out(shelf, ("naloxone-nasal-4", 4))
    hand_out(shelf, ("naloxone-nasal-4", 2), ("wound-kit", 1))
    taken_back = hand_out(shelf, ("naloxone-nasal-4", 7))
    encounters.void_distribution(str(taken_back.distribution_id), reason=ReversalReason.WRONG_QUANTITY, by=SYSTEM)
    db.session.rollback()
    return instance


def verify(instance):
    """Run the command, and return its exit status and what it printed."""
    db.session.remove()
    answer = instance.app.test_cli_runner().invoke(args=["hr", "verify"])
    return answer.exit_code, answer.output


def tamper(instance, table, *statements):
    """Change a table as somebody with the key could: without its triggers, which are put back after."""
    stranger = instance.open_behind_our_back()
    triggers = stranger.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,))
    found = triggers.fetchall()
    for name, _sql in found:
        stranger.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert stranger.execute(statement).rowcount > 0, statement
    for _name, sql in found:
        stranger.execute(sql)
    stranger.close()


def test_a_programme_as_it_was_left_is_balanced(programme):
    status, said = verify(programme)
    assert (status, "Balanced: 6 movements, every balance is the sum of its movements." in said) == (0, True)


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        (
            "stock_balance",
            "UPDATE stock_balance SET on_hand = on_hand + 1 WHERE on_hand = 94",
            "Union St shelf, Naloxone nasal spray 4 mg, lot NX1: the balance says 95, its movements say 94.",
        ),
        ("stock_movement", "UPDATE stock_movement SET quantity = 5 WHERE quantity = 4", "the balance says 94"),
        ("stock_movement", "DELETE FROM stock_movement WHERE quantity = 4", "moved nothing"),
        ("supply_line", "UPDATE supply_line SET quantity = 1 WHERE quantity = 2", "1 of item"),
        ("supply_line", "DELETE FROM supply_line WHERE quantity = 4", "0 of item"),
        ("distribution_void", "UPDATE distribution_void SET stock_transaction_id = 1", "takes something else back"),
        ("distribution_void", "DELETE FROM distribution_void", "back, and nothing says why"),
        ("stock_discrepancy", "UPDATE stock_discrepancy SET closed_at = opened_at", "no discrepancy is open"),
        ("stock_discrepancy", "DELETE FROM stock_discrepancy", "below zero, and no discrepancy is open"),
    ],
)
def test_a_change_of_one_unit_is_found_and_named(programme, table, change, named):
    tamper(programme, table, change)
    status, said = verify(programme)
    assert status == 1
    assert named in said
    assert "Nothing was changed." in said
    assert verify(programme) == (status, said)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET actor = 'Somebody else' WHERE id = {number}",
        "UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = {number}",
        "UPDATE audit_entry SET subject = NULL WHERE id = {number}",
        "UPDATE audit_entry SET digest = '{zeros}' WHERE id = {number}",
        "DELETE FROM audit_entry WHERE id = {number}",
    ],
)
def test_a_changed_audit_entry_is_found(programme, change):
    number = 1 + (db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0) // 2
    tamper(programme, "audit_entry", change.format(number=number, zeros="0" * 64))
    status, said = verify(programme)
    found = number + 1 if change.startswith("DELETE") else number
    assert (status, f"The audit trail was changed at entry {found}." in said) == (1, True)


def test_two_audit_entries_that_changed_places_are_found(programme):
    tamper(
        programme,
        "audit_entry",
        "UPDATE audit_entry SET id = 1000 WHERE id = 2",
        "UPDATE audit_entry SET id = 2 WHERE id = 3",
        "UPDATE audit_entry SET id = 3 WHERE id = 1000",
    )
    status, said = verify(programme)
    assert (status, "The audit trail was changed at entry 2." in said) == (1, True)


def test_a_taken_port_gets_a_sentence_before_anything_is_built(new_instance):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        answer = new_instance.command("serve", PORT=str(port))
    assert answer.returncode == 1
    assert f"Port {port} is taken by another program. Choose another one: PORT={port + 1} make run" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not new_instance.config.database_file.exists()
