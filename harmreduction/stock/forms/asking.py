"""What a form asks about once before it is saved: a number beyond the book, a lot that nobody should hand out."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from wtforms import BooleanField

from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import LOT_STATUSES, LocationKind, LotStatus
from harmreduction.stock.rules.lots import is_expired
from harmreduction.web.i18n import number, say, translated


def is_settled(field: BooleanField, questions: Iterable[str]) -> bool:
    """Say whether nothing is left to ask; else show the questions at the field that says yes to them."""
    asked = list(questions)
    if not asked or field.data:
        return True
    field.errors = asked
    return False


def beyond_the_book(lots: Iterable[tuple[StockRow, int]]) -> list[str]:
    """Return what to ask about units of lots of which fewer are booked at the place."""
    return [_beyond(row, wanted) for row, wanted in lots if wanted > max(row.on_hand, 0)]


def no_good_to_hand_out(lots: Iterable[StockRow], target: StockLocation, today: date) -> list[str]:
    """Return what to ask about lots that go to a place from which people get supplies; put aside, they are safe."""
    if target.kind == LocationKind.QUARANTINE:
        return []
    return [
        _("%(lot)s: %(why)s. People get supplies from %(place)s.", lot=name_of(row), why=why, place=target.name)
        for row in lots
        if (why := flaw_of(row, today))
    ]


def flaw_of(row: StockRow, today: date) -> str:
    """Return why a lot at a place is better not handed out, or handed out first; empty where nothing is wrong."""
    if row.lot.status != LotStatus.AVAILABLE:
        return say(LOT_STATUSES[LotStatus(row.lot.status)])
    if is_expired(row.lot.effective_expiry, today):
        return str(_("Past its date"))
    return str(_("Too warm or too cold")) if row.is_heated else ""


def name_of(row: StockRow) -> str:
    """Return a lot as it stands in a sentence."""
    return f"{translated(row.item.name)} {row.lot.lot_number}".strip()


def _beyond(row: StockRow, wanted: int) -> str:
    """Return the question about one lot."""
    booked = max(row.on_hand, 0)
    return str(
        _(
            "%(lot)s: only %(booked)s are booked here. Is %(wanted)s right?",
            lot=name_of(row),
            booked=number(booked),
            wanted=number(wanted),
        )
    )
