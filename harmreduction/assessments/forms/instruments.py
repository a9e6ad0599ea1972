"""The form of an instrument: a row for each item, all of them "not asked" until somebody answers."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField

from harmreduction.assessments.rules.instruments.base import NO, YES, YES_OR_NO, Answers, Code, Instrument
from harmreduction.assessments.rules.instruments.keeping import Taken
from harmreduction.core.messages import Message
from harmreduction.web.forms import Form, OnceField
from harmreduction.web.i18n import say

NOT_ASKED = _("Not asked")


class Step(StrEnum):
    """Which button was pressed."""

    ITEMS = "items"
    RESULT = "result"


class InstrumentForm(Form):
    """What is asked first, and the items; `form_for` adds those."""

    form_id = OnceField()
    do = HiddenField()
    passed = RadioField(validate_choice=False, default="")

    def __init__(self, instrument: Instrument, **options: Any) -> None:
        """Ask in the reader's language."""
        super().__init__(**options)
        self.instrument = instrument
        if instrument.gate:
            self.passed.label.text = say(instrument.gate.ask)
        self.passed.choices = _replies(YES_OR_NO)
        for item in instrument.items:
            self[item.code].label.text = say(item.ask)
            self[item.code].choices = _replies(item.replies)

    @property
    def lets_through(self) -> bool:
        """Say whether the items may be asked."""
        return self.instrument.lets_through({"0": NO, "1": YES}.get(self.passed.data or ""))

    @property
    def answers(self) -> Answers:
        """Return what was answered; what is no answer of the item is left aside."""
        chosen = [(item, self[item.code].data) for item in self.instrument.items]
        return {item.code: int(value) for item, value in chosen if value in map(str, item.replies)}

    def taken(self, *, participant_id: int, site_id: int) -> Taken:
        """Return the answers as they are to be kept."""
        return Taken(
            client_id=self.form_id.data,
            participant_id=participant_id,
            site_id=site_id,
            instrument=self.instrument,
            answers=self.answers,
        )


def form_for(instrument: Instrument) -> InstrumentForm:
    """Return the form of an instrument."""
    return _form_class(instrument.code, tuple(item.code for item in instrument.items))(instrument)


@cache
def _form_class(_instrument: Code, items: tuple[str, ...]) -> type[InstrumentForm]:
    """Make the form with a row for each item."""
    rows = {code: RadioField(validate_choice=False, default="") for code in items}
    return type("InstrumentForm", (InstrumentForm,), rows)


def _replies(replies: Mapping[int, Message]) -> list[tuple[str, str]]:
    """Return what may be chosen, with "not asked" last."""
    return [*((str(value), say(text)) for value, text in replies.items()), ("", str(NOT_ASKED))]
