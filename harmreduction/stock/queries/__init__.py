"""Read items, lots, places, what they hold and what moved."""

from harmreduction.stock.queries.discrepancies import list_open_discrepancies
from harmreduction.stock.queries.items import get_item, get_items, has_moved, list_categories, list_items
from harmreduction.stock.queries.lots import (
    BALANCE,
    LOT,
    LOTS_AT,
    StockRow,
    get_lots,
    list_below_zero,
    list_stock,
    lot_ids_at,
    lots_at,
)
from harmreduction.stock.queries.moves import Move, get_fact_at, list_moves, list_places_of_fact
from harmreduction.stock.queries.places import (
    get_location_of,
    list_hand_out_places_of,
    list_locations_of,
    list_targets_of,
    sites_of,
    time_zone_of,
    today_at,
)

__all__ = [
    "BALANCE",
    "LOT",
    "LOTS_AT",
    "Move",
    "StockRow",
    "get_fact_at",
    "get_item",
    "get_items",
    "get_location_of",
    "get_lots",
    "has_moved",
    "list_below_zero",
    "list_categories",
    "list_hand_out_places_of",
    "list_items",
    "list_locations_of",
    "list_moves",
    "list_open_discrepancies",
    "list_places_of_fact",
    "list_stock",
    "list_targets_of",
    "lot_ids_at",
    "lots_at",
    "sites_of",
    "time_zone_of",
    "today_at",
]
