"""The forms of supplies."""

from harmreduction.stock.forms.checks import believable, in_readers_order
from harmreduction.stock.forms.items import ItemForm
from harmreduction.stock.forms.movements import LotPart, TransferForm
from harmreduction.stock.forms.places import LocationForm
from harmreduction.stock.forms.receiving import ReceiveForm

__all__ = [
    "ItemForm",
    "LocationForm",
    "LotPart",
    "ReceiveForm",
    "TransferForm",
    "believable",
    "in_readers_order",
]
