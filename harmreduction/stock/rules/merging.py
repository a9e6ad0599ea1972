"""When two lots or two items are one and the same and may become one."""

from dataclasses import dataclass
from datetime import date

from harmreduction.core.messages import message
from harmreduction.stock.rules.problems import CannotMerge


@dataclass(frozen=True, kw_only=True)
class LotToMerge:
    """What decides whether a lot can go on under another one."""

    lot_id: int
    item_id: int
    lot_number: str
    effective_expiry: date | None
    status: str
    is_kit: bool


@dataclass(frozen=True, kw_only=True)
class ItemToMerge:
    """What decides whether an item can go on under another one."""

    item_id: int
    unit: str
    doses_per_unit: int
    is_kit: bool
    is_active: bool


def check_lots(slip: LotToMerge, right: LotToMerge) -> None:
    """Refuse to merge lots that cannot be one batch, or of which one is held back and the other is not."""
    if slip.item_id != right.item_id:
        raise CannotMerge(message("These are lots of two items. Choose a lot of the same item."))
    if not slip.lot_number or not right.lot_number:
        raise CannotMerge(message("What has no lot number may be of several lots. Count it, or adjust it."))
    if slip.lot_number == right.lot_number:
        raise CannotMerge(message("These are one lot already."))
    if slip.is_kit or right.is_kit:
        raise CannotMerge(message("Kits packed here keep their own lot, because each remembers what lies in it."))
    check_alike(slip, right)


def check_alike(slip: LotToMerge, right: LotToMerge) -> None:
    """Refuse to merge where one is held back or recalled and the other is not."""
    if slip.status != right.status:
        raise CannotMerge(
            message(
                "Lot %(lot)s is held back under one of the two and not under the other. Make them alike first.",
                lot=right.lot_number,
            )
        )


def check_items(twin: ItemToMerge, stays: ItemToMerge) -> None:
    """Refuse to merge items that are counted in different ways."""
    if twin.item_id == stays.item_id:
        raise CannotMerge(message("These are one item already."))
    if not stays.is_active:
        raise CannotMerge(message("The item that stays has to be in use."))
    if twin.is_kit or stays.is_kit:
        raise CannotMerge(message("Kits are packed by a recipe of their own. Take the one you do not need out of use."))
    if (twin.unit, twin.doses_per_unit) != (stays.unit, stays.doses_per_unit):
        raise CannotMerge(message("These two are counted in different ways. Only what is counted alike can be one."))


def check_dates(twin: LotToMerge, right: LotToMerge) -> None:
    """Refuse to merge a lot that has one date under one item and another under the other."""
    dates = {twin.effective_expiry, right.effective_expiry} - {None}
    if len(dates) > 1:
        raise CannotMerge(
            message(
                "Lot %(lot)s has two dates, one under each item. Put the wrong one right first.", lot=right.lot_number
            )
        )
