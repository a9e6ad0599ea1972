"""The form that takes a code in a conversation, of any kind: which one, the field that holds something tells.

The names of its fields begin with `code_`: web/kept.py never keeps those.
"""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, StringField

from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import TypedCode
from harmreduction.participants.rules.phrases import typed_phrase
from harmreduction.participants.rules.recipes import PARTS, Recipe, typed_recipe
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

PART = "code_part_"


class CodeForm(Form):
    """A card, a phrase, or the answers of the programme's recipe."""

    code_card = StringField(_("Code on the card"), description=_("Nine signs, like K7TW-92BD-X"))
    code_phrase = StringField(_("Their own phrase"), description=_("Three words or more, as they chose them"))

    def __init__(self, recipe: Recipe, **options: Any) -> None:
        """Ask for the parts of this recipe, in the reader's language."""
        super().__init__(**options)
        self.recipe = recipe
        for name, part in PARTS.items():
            if name in recipe.parts:
                self[PART + name].label.text = say(part.question)
            else:
                del self[PART + name]

    @property
    def parts(self) -> list[Field]:
        """Return the fields of the recipe, in the order in which they are asked."""
        return [self[PART + name] for name in self.recipe.parts]

    @property
    def typed_into(self) -> Field:
        """Return the field in which a code was typed, the first one of a recipe; the card's where nothing was."""
        if self.code_card.data:
            return self.code_card
        if self.code_phrase.data:
            return self.code_phrase
        return self.parts[0] if any(part.data for part in self.parts) else self.code_card

    @property
    def is_typed(self) -> bool:
        """Say whether a code was typed."""
        return any(field.data for field in (self.code_card, self.code_phrase, *self.parts))

    def typed(self) -> TypedCode:
        """Return the code as it was typed; raises UnusableCode for what is none."""
        if self.typed_into is self.code_card:
            return typed_card(self.code_card.data or "")
        if self.typed_into is self.code_phrase:
            return typed_phrase(self.code_phrase.data or "")
        return typed_recipe(self.recipe, {name: self[PART + name].data or "" for name in self.recipe.parts})


for _name, _part in PARTS.items():
    setattr(CodeForm, PART + _name, StringField(_part.label.text))
