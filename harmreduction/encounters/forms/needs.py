"""The forms of what somebody needs, and of the time for which coverage is counted."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import Optional

from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules.coverage import (
    MOST_INJECTIONS,
    MOST_PEOPLE,
    MOST_UNITS,
    STRETCHES,
    NeedTold,
    Stretch,
)
from harmreduction.web.forms import Between, Form, WholeNumberField
from harmreduction.web.i18n import say

# How long supplies usually last, in days.
LASTING: dict[int, Message] = {
    1: message("A day"),
    3: message("2 or 3 days"),
    7: message("A week"),
    14: message("Two weeks"),
    30: message("A month"),
}


class NeedForm(Form):
    """What somebody says they need; everything can stay empty."""

    injections = WholeNumberField(_("Injections"), [Optional(), Between(0, MOST_INJECTIONS)])
    injection_days = RadioField(_("How often is that?"), default=Stretch.DAY.value, validate_choice=False)
    supplies_units = WholeNumberField(_("Syringes they usually take"), [Optional(), Between(0, MOST_UNITS)])
    supplies_days = RadioField(_("How long does that usually last?"), validate_choice=False)
    people_around = WholeNumberField(_("How many people are around them?"), [Optional(), Between(0, MOST_PEOPLE)])

    def __init__(self, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.injection_days.choices = {stretch.value: say(text) for stretch, text in STRETCHES.items()}
        self.supplies_days.choices = {str(days): say(text) for days, text in LASTING.items()}

    def told(self) -> NeedTold:
        """Return what was told; half of an answer tells nothing."""
        stretch = self.injection_days.data if self.injection_days.data in list(Stretch) else Stretch.DAY.value
        lasts = self.supplies_days.data if self.supplies_days.data in self.supplies_days.choices else ""
        knows_supplies = bool(lasts) and self.supplies_units.data is not None
        return NeedTold(
            injections=self.injections.data,
            injection_days=int(stretch) if self.injections.data is not None else None,
            supplies_units=self.supplies_units.data if knows_supplies else None,
            supplies_days=int(lasts) if knows_supplies else None,
            people_around=self.people_around.data,
        )


def as_entered(told: NeedTold | None, *, syringes_today: int) -> dict[str, object]:
    """Return what was told by the names of the form; what they take today is what they usually take, until told."""
    known = told or NeedTold()
    return {
        "injections": known.injections,
        "injection_days": str(known.injection_days or Stretch.DAY.value),
        "supplies_units": syringes_today or None if known.supplies_units is None else known.supplies_units,
        "supplies_days": str(known.supplies_days or ""),
        "people_around": known.people_around,
    }
