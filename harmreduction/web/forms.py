"""The form that every form extends, and the fields that several of them share."""

import re
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, Field, HiddenField, IntegerField
from wtforms.i18n import get_translations
from wtforms.validators import NumberRange, StopValidation, ValidationError

from harmreduction.core.db import new_id
from harmreduction.core.errors import DomainError
from harmreduction.web.i18n import number, say

EARLIEST = date(2000, 1, 1)
MOST_DIGITS = 12
WHOLE = re.compile(r"-?(\d+|\d{1,3}([, \u00a0\u202f]\d{3})+)")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
AMOUNT = re.compile(r"\d+(\.\d*)?|\.\d+")  # neither a sign nor an exponent, which no page can show


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form that shows problems where they are and keeps what was entered."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF ships no types
        """Where WTForms finds its own words."""

        def get_translations(self, form: object) -> object:
            """Return them in the reader's language; Flask-WTF reads the file anew for every request."""
            return _words_of_wtforms(str(get_locale()))

    def fail(self, problem: DomainError, field: Field | None = None) -> None:
        """Show a domain error at a field, or above the form."""
        if field is None:
            self.form_errors.append(say(problem.message))
        else:
            field.errors = [*field.errors, say(problem.message)]


@cache
def _words_of_wtforms(language: str) -> object:
    """Return the words of WTForms in a language, else in English."""
    return get_translations([language, "en"])


class WholeNumberField(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A whole number as people type it; empty is None, never 0."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what parts its thousands is left aside, and 1,5 is not 15."""
        text = "".join(valuelist).strip()
        self.data = None
        if not text:
            return
        if len(text) > MOST_DIGITS or not WHOLE.fullmatch(text):
            raise ValueError(str(_("Enter a whole number, like 3.")))
        self.data = int(re.sub(r"[^\d-]", "", text))

    def pre_validate(self, form: object) -> None:
        """Leave it at one sentence for what is no number."""
        if self.process_errors:
            raise StopValidation()


class Between(NumberRange):  # type: ignore[misc]  # WTForms ships no types
    """Refuse what is not from min to max, with both in the sentence; put Optional before it where empty is fine."""

    def __call__(self, form: object, field: Field) -> None:
        """Raise where the number is out of bounds."""
        if field.data is None or not self.min <= field.data <= self.max:
            bounds = {"least": number(self.min), "most": number(self.max)}
            raise ValidationError(gettext("Enter a whole number from %(least)s to %(most)s.", **bounds))


class AmountField(DecimalField):  # type: ignore[misc]  # WTForms ships no types
    """An amount, zero or more, that may have decimals; empty is None, never 0."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the amount with a point or a comma; a comma before three digits parts thousands."""
        text = "".join(valuelist).strip()
        text = text.replace(",", "" if THOUSANDS.fullmatch(text) else ".")
        self.data = None
        if not text:
            return
        if len(text) > MOST_DIGITS or not AMOUNT.fullmatch(text):
            raise ValueError(str(_("Enter a number, like 1.4.")))
        super().process_formdata([text])


class DayField(DateField):  # type: ignore[misc]  # WTForms ships no types
    """A calendar day; empty is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day as browsers send it, or as people type it that way."""
        self.data = None
        if not "".join(valuelist).strip():
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError as problem:
            raise ValueError(str(_("Enter a date, like 2026-11-21."))) from problem


class OnceField(HiddenField):  # type: ignore[misc]  # WTForms ships no types
    """The id made with the page, by which the same page sent twice is saved once."""

    def __init__(self, **options: Any) -> None:
        """Make a new id for each new page."""
        super().__init__(default=new_id, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the id; one that is no UUID gets a new one, so that nothing a person sends is refused for it."""
        try:
            self.data = str(UUID("".join(valuelist)))
        except ValueError:
            self.data = new_id()


class PeriodForm(Form):
    """From which day to which figures count; it stands in the address."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False

    first = DayField(_("From"))
    last = DayField(_("Until"))

    def period(self, *, today: date, usual_days: int | None = None) -> tuple[date, date]:
        """Return the first and the last day, in order and not after today; what is no date is left aside.

        Where no first day is given they are the usual_days until the last one, or else its year so far.
        """
        last = min(max(self.last.data or today, EARLIEST), today)
        usual = date(last.year, 1, 1) if usual_days is None else last - timedelta(days=usual_days - 1)
        first, last = sorted((min(max(self.first.data or usual, EARLIEST), today), last))
        self.first.process_data(first)
        self.last.process_data(last)
        return first, last
