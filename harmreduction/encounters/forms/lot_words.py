"""What the full list says about lots: which one goes out, which were skipped and why."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _

from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import first_expiring, is_expired
from harmreduction.stock.rules.lots import better_than_none, skipped_among
from harmreduction.web.i18n import day, say, units


def proposal(rows: Sequence[StockRow], today: date) -> str:
    """Name the lot that is proposed: what got too warm or too cold, then the usable one that expires first."""
    usable = first_expiring([row.here for row in rows], today)
    return str(_("First to go out: %(lot)s", lot=usable[0].lot_number)) if usable else str(_("Not known"))


def told(rows: Sequence[StockRow], today: date) -> list[str]:
    """Say which lots were skipped and why, and what goes out past its date because nothing else is left."""
    lots = [row.here for row in rows]
    sentences = [skipped.sentence for skipped in skipped_among(lots, today)]
    usable = first_expiring(lots, today)
    if usable and is_expired(usable[0].effective_expiry, today):
        sentences.append(better_than_none(usable[0]))
    return [say(sentence) for sentence in sentences]


def describe(row: StockRow) -> str:
    """Describe a lot in a list: its number, its date, how much is here."""
    until = day(row.lot.effective_expiry) if row.lot.effective_expiry else str(_("no date"))
    return f"{row.lot.lot_number} · {until} · {units(row.item, row.on_hand)}"
