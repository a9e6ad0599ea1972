"""What several forms of supplies check and show alike."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from unicodedata import combining, normalize

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from harmreduction.stock.models import Item
from harmreduction.stock.rules import (
    QuantityOutOfBounds,
    check_quantity,
)
from harmreduction.stock.rules.dates import is_believable
from harmreduction.web.forms import DayField, WholeNumberField
from harmreduction.web.i18n import say, translated


def in_readers_order(items: Sequence[Item]) -> list[Item]:
    """Return items in their groups as listed, and in each by name as the reader's language spells it."""
    groups = groupby(items, key=lambda item: (item.category, item.is_usual))
    return [item for _group, here in groups for item in sorted(here, key=lambda item: _spelling(translated(item.name)))]


@lru_cache(maxsize=1_000)
def _spelling(name: str) -> str:
    """Return an item's name as words are put in order: accents and capitals aside."""
    return "".join(sign for sign in normalize("NFKD", name).casefold() if not combining(sign))


def believable(field: WholeNumberField) -> None:
    """Refuse a number of units that could not have moved; nothing entered is nothing moved."""
    if field.data in (None, 0):
        return
    try:
        check_quantity(field.data)
    except QuantityOutOfBounds as problem:
        raise ValidationError(say(problem.message)) from problem


def believable_day(_form: object, field: DayField) -> None:
    """Refuse a day that no supplies have: a slip in the year."""
    if field.data is not None and not is_believable(field.data):
        raise ValidationError(str(_("Look at the year: no supplies have such a date.")))
