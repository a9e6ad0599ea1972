"""Read what phones tell of recalls at each place, in few statements while nothing is recalled."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.stock.models import Lot, StockBalance
from harmreduction.stock.queries.recalls import Told, list_open_recalls, told_at
from harmreduction.stock.rules import LotStatus


def told_at_places(location_ids: Collection[int]) -> dict[int, Told]:
    """Return what to put aside and to ask at each of these places (row ids) where there is anything to tell.

    How much went out from there is left out: it changes with every hand-out, and a phone would fetch its pages anew.
    """
    telling = location_ids if list_open_recalls() else _with_recalled(location_ids)
    told = {location_id: told_at(location_id) for location_id in telling}
    return {location_id: _steady(each) for location_id, each in told.items() if each.aside or each.questions}


def _with_recalled(location_ids: Collection[int]) -> set[int]:
    """Return those of these places at which a recalled lot lies."""
    lying = select(StockBalance.location_id).join(Lot, Lot.id == StockBalance.lot_id)
    return set(
        db.session.scalars(
            lying.where(
                StockBalance.location_id.in_(location_ids),
                StockBalance.on_hand > 0,
                Lot.status == LotStatus.RECALLED.value,
            ).distinct()
        )
    )


def _steady(told: Told) -> Told:
    """Return it without how much went out."""
    return replace(told, questions=[replace(question, went_out_here=0) for question in told.questions])
