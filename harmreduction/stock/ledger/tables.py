"""The tables of the ledger, as Core statements speak of them, and what a balance is about."""

from typing import cast

from sqlalchemy import Table

from harmreduction.stock.models import (
    StockAnchor,
    StockBalance,
    StockDiscrepancy,
    StockMovement,
    StockTransaction,
)
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS

FACT = cast(Table, StockTransaction.__table__)
MOVEMENT = cast(Table, StockMovement.__table__)
BALANCE = cast(Table, StockBalance.__table__)
ANCHOR = cast(Table, StockAnchor.__table__)
DISCREPANCY = cast(Table, StockDiscrepancy.__table__)

VIRTUAL_IDS = frozenset(VIRTUAL_LOCATION_IDS.values())

Place = tuple[int, int]  # (location id, lot id): what one balance is about
