"""The form by which a programme decides whether participants may have codes, and which."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from harmreduction.participants.rules.limits import FEWEST_LOOKUPS, MOST_LOOKUPS
from harmreduction.participants.rules.recipes import (
    KEPT_RECIPES,
    PARTS,
    CannotMakeRecipe,
    Recipe,
    check_recipe,
    earlier_recipes,
    recipe_of,
)
from harmreduction.settings.rules import NO, YES, ProgrammeSettings
from harmreduction.web.forms import Between, Form, WholeNumberField
from harmreduction.web.i18n import say


class CodesForm(Form):
    """Which codes participants may have, what stands on a card, and how many look-ups an hour takes."""

    uses_card_codes = BooleanField(
        _("Cards with a code drawn by lot"),
        description=_("The code says nothing about anybody. A lost card is replaced by a new one."),
    )
    card_words = StringField(
        _("Words on the card"),
        [Length(max=60, message=_("Keep it under 60 characters."))],
        description=_("Empty is safest: then a found card tells nobody where it comes from."),
    )
    uses_recipe_codes = BooleanField(
        _("Codes made of answers"),
        description=_("For those who carry no card. Read first what such a code reveals."),
    )
    parts = SelectMultipleField(
        _("What is asked"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
        description=_("Three parts or more, one of them letters. Ask for no more than you need."),
    )
    lookups_per_hour = WholeNumberField(
        _("Look-ups an hour, for each member of the team"),
        [
            InputRequired(_("Enter how many look-ups an hour takes.")),
            Between(FEWEST_LOOKUPS, MOST_LOOKUPS),
        ],
        description=_("More than a busy evening needs helps only those who guess. Hand-outs are never limited."),
    )

    def __init__(self, decided: ProgrammeSettings) -> None:
        """Show what is decided, in the reader's language."""
        self.decided = decided
        self.recipe = recipe_of(decided.recipe_version, decided.recipe_parts)
        super().__init__(obj=decided, parts=list(self.recipe.parts))
        self.parts.choices = {name: say(part.label) for name, part in PARTS.items()}

    def validate_parts(self, field: SelectMultipleField) -> None:
        """Refuse a recipe whose codes many people would share."""
        if not self.uses_recipe_codes.data:
            return
        try:
            check_recipe(self.chosen_parts)
        except CannotMakeRecipe as problem:
            raise ValidationError(say(problem.message)) from problem

    @property
    def chosen_parts(self) -> tuple[str, ...]:
        """Return the parts that were chosen, in the order in which they are asked."""
        return tuple(name for name in PARTS if name in (self.parts.data or ()))

    def values(self) -> dict[str, str]:
        """Return the settings as they were entered; other parts make another recipe."""
        values = {
            "uses_card_codes": YES if self.uses_card_codes.data else NO,
            "uses_recipe_codes": YES if self.uses_recipe_codes.data else NO,
            "card_words": (self.card_words.data or "").strip(),
            "lookups_per_hour": str(self.lookups_per_hour.data),
        }
        if not self.uses_recipe_codes.data or self.chosen_parts == self.recipe.parts:
            return values
        before: list[Recipe] = [self.recipe, *earlier_recipes(self.decided.earlier_recipes)]
        return values | {
            "recipe_parts": ",".join(self.chosen_parts),
            "recipe_version": str(self.recipe.version + 1),
            "earlier_recipes": ",".join(recipe.written for recipe in before[:KEPT_RECIPES]),
        }
