"""The forms of the data dial and of what a participant tells."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.participants.rules.profile import (
    AREA,
    ASKED_FOR_LENGTH,
    MOST_MONTHS,
    NOT_SAID,
    RATHER_NOT_SAY,
    Asked,
    Question,
)
from harmreduction.sites.models import Site
from harmreduction.web.forms import Between, Form, WholeNumberField
from harmreduction.web.i18n import say


class AskForm(Form):
    """Who wants to know, and for how long an answer stays."""

    asked_for = StringField(
        _("Who asks for it, and what for?"),
        [DataRequired(_("Say who asks for it. If nobody does, leave it off.")), Length(max=ASKED_FOR_LENGTH)],
        description=_("Participants read this, like: State health department, yearly report."),
    )
    keep_months = WholeNumberField(
        _("For how many months does an answer stay?"),
        [InputRequired(_("Enter a number of months.")), Between(1, MOST_MONTHS)],
        description=_("Then it is erased by itself."),
    )


class EraseForm(Form):
    """Which answer to erase; nothing: all of them."""

    question = HiddenField()


class ProfileForm(Form):
    """The questions that are on; `profile_form` adds a field for each."""

    site = SelectField(_("Told at"), validate_choice=False)

    def offer(self, sites: Sequence[Site]) -> None:
        """Offer the sites where the participant is known and this person works."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices:
            self.site.data = sites[0].public_id

    def answers(self, asked: Mapping[str, Asked]) -> dict[str, frozenset[str]]:
        """Return what was answered; a skipped question is not in it."""
        given = {name: self._given(entry.question) for name, entry in asked.items()}
        return {name: answers for name, answers in given.items() if answers}

    def _given(self, question: Question) -> frozenset[str]:
        """Return the answers to one question; an area that was written down goes before a choice."""
        if question.is_area and (written := self[f"{question.field}_written"].data):
            return frozenset({written})
        data = self[question.field].data
        return frozenset(filter(None, (data or []) if question.is_multiple else [data]))


def profile_form(asked: Mapping[str, Asked]) -> type[ProfileForm]:
    """Return a form with a field for each question that is on."""
    fields: dict[str, Any] = {}
    for name, entry in asked.items():
        fields[name] = _choices_of(entry.question)
        if entry.question.is_area:
            fields[f"{name}_written"] = _area_field()
            fields[f"validate_{name}_written"] = _check_area
    return type("AskedProfileForm", (ProfileForm,), fields)


def _choices_of(question: Question) -> Any:
    """Return a field with the answers of a question in the reader's language."""
    listed = {code: say(words) for code, words in question.answers.items()} | {NOT_SAID: say(RATHER_NOT_SAY)}
    if question.is_multiple:
        return SelectMultipleField(
            say(question.words), choices=listed, option_widget=CheckboxInput(), validate_choice=False
        )
    return RadioField(say(question.words), choices=listed, validate_choice=False)


def _area_field() -> StringField:
    """Return a field for the first three signs of a postal code."""
    return StringField(
        _("First three signs of the postal code"),
        filters=[lambda text: (text or "").strip().upper()],
        description=_("Three only, like 191. A whole code could lead to a house."),
    )


def _check_area(form: ProfileForm, field: StringField) -> None:
    """Refuse more than three signs, which say too much."""
    if field.data and not AREA.fullmatch(field.data):
        raise ValidationError(_("Enter the first three letters or digits, and no more."))
