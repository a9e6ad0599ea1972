"""What people do with supplies."""

from harmreduction.stock.actions.hand_outs import Issue, issue
from harmreduction.stock.actions.lists import (
    ItemChange,
    add_item,
    change_item,
    open_location,
    shelf_of,
)
from harmreduction.stock.actions.movements import Transfer, take_back_at, transfer
from harmreduction.stock.actions.receiving import Receipt, receive

__all__ = [
    "Issue",
    "ItemChange",
    "Receipt",
    "Transfer",
    "add_item",
    "change_item",
    "issue",
    "open_location",
    "receive",
    "shelf_of",
    "take_back_at",
    "transfer",
]
