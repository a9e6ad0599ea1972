"""The forms at the two ends of a conversation: what becomes of it, and how somebody wants to talk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from harmreduction.assessments.rules.loops import CannotFollowUp, check_follow_up
from harmreduction.assessments.rules.talks import Keeping, Wish
from harmreduction.assessments.talk_words import WISHES
from harmreduction.sites.models import Site
from harmreduction.web.forms import DayField, Form, OnceField
from harmreduction.web.i18n import LANGUAGES, say


class KeepingForm(Form):
    """What becomes of a conversation: the button that was pressed says it."""

    keeping = HiddenField()

    @property
    def chosen_keeping(self) -> Keeping | None:
        """Return what becomes of it, or None where none of these buttons was pressed."""
        return Keeping(self.keeping.data) if self.keeping.data in list(Keeping) else None


class WishesForm(Form):
    """How somebody wants to talk; why is not asked."""

    wishes = SelectMultipleField(_("How would you like to talk?"), option_widget=CheckboxInput(), validate_choice=False)
    language = RadioField(_("Language of the cards"), validate_choice=False)

    def __init__(self, **options: Any) -> None:
        """Offer the wishes in the reader's language."""
        super().__init__(**options)
        self.wishes.choices = {wish.value: say(text) for wish, text in WISHES.items()}
        self.language.choices = LANGUAGES

    @property
    def wanted(self) -> frozenset[Wish]:
        """Return what was ticked."""
        return frozenset(Wish(value) for value in self.wishes.data or () if value in list(Wish))

    @property
    def chosen_language(self) -> str:
        """Return the language that was chosen."""
        return self.language.data if self.language.data in LANGUAGES else "en"


class BeginForm(KeepingForm, WishesForm):
    """The invitation. participant, visit, conversation: public ids of what it begins from, if from anything."""

    form_id = OnceField()
    site = SelectField(_("Site"), choices={}, validate_choice=False)
    participant = HiddenField()
    visit = HiddenField()
    conversation = HiddenField()

    def offer(self, sites: Sequence[Site], usual: str) -> None:
        """Offer the sites of a person, the usual one first chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices:
            self.site.data = usual if usual in self.site.choices else next(iter(self.site.choices), "")


class ReviewForm(Form):
    """A day to look at the plan again; empty is no day."""

    review_on = DayField(
        _("When do you want to look at this again?"), description=_("You choose. You can leave it empty.")
    )

    def check(self, *, today: date) -> bool:
        """Say whether the day can be taken; what is wrong with it stands beside it."""
        try:
            is_valid: bool = self.validate_on_submit()
            check_follow_up(self.review_on.data, today=today)
        except CannotFollowUp as problem:
            self.fail(problem, self.review_on)
            return False
        return is_valid


class EndForm(KeepingForm, ReviewForm):
    """The end. version: under which id it is kept."""

    version = HiddenField()
