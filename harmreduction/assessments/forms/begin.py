"""The forms at the two ends of a conversation: what becomes of it, whose it is, how somebody wants to talk."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from harmreduction.assessments.rules.talks import Keeping, Wish
from harmreduction.assessments.talk_words import WISHES
from harmreduction.participants.forms.looking import LookUpForm
from harmreduction.participants.rules.codes import CodeKind
from harmreduction.participants.rules.recipes import Recipe
from harmreduction.web.forms import DayField, Form
from harmreduction.web.i18n import LANGUAGES, say


class CodeForm(LookUpForm):
    """A code of any kind, or none; which kind it is tells the field that holds something."""

    keeping = HiddenField()

    @property
    def is_typed(self) -> bool:
        """Say whether a code was typed."""
        return any(field.data for field in (self.code_card, self.code_phrase, *self.parts))

    @property
    def wants_code(self) -> bool:
        """Say whether a code was typed in order to be used; where none is wanted, what was typed is not even read."""
        return self.is_typed and self.chosen_keeping is Keeping.WITH_CODE

    @property
    def kind(self) -> CodeKind:
        """Return the kind of code that was typed."""
        if self.code_card.data:
            return CodeKind.CARD
        return CodeKind.PHRASE if self.code_phrase.data or not self.parts else CodeKind.RECIPE

    @property
    def typed_into(self) -> Field:
        """Return the field in which the code was typed, the first one of a recipe."""
        return {CodeKind.CARD: self.code_card, CodeKind.PHRASE: self.code_phrase}.get(self.kind) or self.parts[0]

    @property
    def chosen_keeping(self) -> Keeping | None:
        """Return what becomes of the conversation, or None where no button of these was pressed."""
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


class BeginForm(CodeForm, WishesForm):
    """The invitation; the button that is pressed says what becomes of the conversation."""

    participant = HiddenField()
    conversation = HiddenField()

    def __init__(self, recipe: Recipe, **options: Any) -> None:
        """Ask for the parts of this recipe, and how somebody wants to talk."""
        super().__init__(recipe, **options)


class EndForm(CodeForm):
    """The end; the button that is pressed says what becomes of the conversation.

    version: under which id it is kept. found: the participant whose code was typed, once it was looked up.
    """

    version = HiddenField()
    found: str | None = None
    review_on = DayField(
        _("When do you want to look at this again?"), description=_("You choose. You can leave it empty.")
    )
