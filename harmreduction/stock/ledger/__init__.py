"""The append-only double-entry ledger: the only package that writes movements and balances."""

from harmreduction.stock.ledger.anchors import units_after
from harmreduction.stock.ledger.discrepancies import open_discrepancy, settle_count, units_left_to_explain
from harmreduction.stock.ledger.facts import Fact, Opened, add_count, add_lines, open_fact, reverse
from harmreduction.stock.ledger.tables import ANCHOR, BALANCE, DISCREPANCY, FACT, MOVEMENT, VIRTUAL_IDS, Place

__all__ = [
    "ANCHOR",
    "BALANCE",
    "DISCREPANCY",
    "FACT",
    "MOVEMENT",
    "VIRTUAL_IDS",
    "Fact",
    "Opened",
    "Place",
    "add_count",
    "add_lines",
    "open_discrepancy",
    "open_fact",
    "reverse",
    "settle_count",
    "units_after",
    "units_left_to_explain",
]
