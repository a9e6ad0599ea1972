"""Items, lots and places, the double-entry ledger between them, and everything a programme plans around it."""

from harmreduction.stock.models.counts import StockCount, StockCountLine, StockShift
from harmreduction.stock.models.funding import NOT_SAID, FundingRule, FundingSource
from harmreduction.stock.models.items import Item, ItemCategory, ItemIdentifier, ItemSubstitute
from harmreduction.stock.models.kits import KitRecipe, KitRecipeLine, LotComponent
from harmreduction.stock.models.ledger import (
    StockAnchor,
    StockBalance,
    StockDiscrepancy,
    StockDocument,
    StockMovement,
    StockTransaction,
)
from harmreduction.stock.models.lots import ExpiryNotice, HeatFlag, Lot, LotExpiryRevision, LotStatusChange
from harmreduction.stock.models.ordering import Requisition, RequisitionLine, Shipment, StockPolicy
from harmreduction.stock.models.places import StockLocation, StockReason
from harmreduction.stock.models.recalls import Recall, RecallLot

__all__ = [
    "NOT_SAID",
    "ExpiryNotice",
    "FundingRule",
    "FundingSource",
    "HeatFlag",
    "Item",
    "ItemCategory",
    "ItemIdentifier",
    "ItemSubstitute",
    "KitRecipe",
    "KitRecipeLine",
    "Lot",
    "LotComponent",
    "LotExpiryRevision",
    "LotStatusChange",
    "Recall",
    "RecallLot",
    "Requisition",
    "RequisitionLine",
    "Shipment",
    "StockAnchor",
    "StockBalance",
    "StockCount",
    "StockCountLine",
    "StockDiscrepancy",
    "StockDocument",
    "StockLocation",
    "StockMovement",
    "StockPolicy",
    "StockReason",
    "StockShift",
    "StockTransaction",
]
