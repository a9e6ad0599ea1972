"""The form by which a code is looked up: the signs of a card, the answers of a recipe, an own phrase.

The names of fields that take a code begin with `code_`: web/kept.py never keeps those.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, SelectField, StringField, ValidationError

from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import CodeKind, TypedCode, UnusableCode
from harmreduction.participants.rules.phrases import typed_phrase
from harmreduction.participants.rules.recipes import PARTS, Recipe, plain_answer, typed_recipe
from harmreduction.sites.models import Site
from harmreduction.web.forms import Form, OnceField
from harmreduction.web.i18n import say

PART = "code_part_"
FIRST_TIME = "first_time"  # the recipe of somebody who says that they have none here yet


class AtSiteForm(Form):
    """What is done at one of a person's sites, for a visit or for itself."""

    form_id = OnceField()
    site = SelectField(_("Site"), choices={}, validate_choice=False)
    visit = HiddenField()

    def offer(self, sites: Sequence[Site], usual: str) -> None:
        """Offer the sites of a person, the usual one first chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices:
            self.site.data = usual if usual in self.site.choices else next(iter(self.site.choices), "")


class LookUpForm(AtSiteForm):
    """A code of any kind; the button that was pressed says which, and the other fields are not read."""

    do = HiddenField(default=CodeKind.CARD.value)
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
    def kind(self) -> CodeKind:
        """Return the kind of code that was typed."""
        if self.do.data == FIRST_TIME:
            return CodeKind.RECIPE
        return CodeKind(self.do.data) if self.do.data in set(CodeKind) else CodeKind.CARD

    @property
    def is_first_time(self) -> bool:
        """Say whether the person said that they have no such code here yet."""
        return bool(self.do.data == FIRST_TIME)

    @property
    def parts(self) -> list[Field]:
        """Return the fields of the recipe, in the order in which they are asked."""
        return [self[PART + name] for name in self.recipe.parts]

    @property
    def typed_into(self) -> Field:
        """Return the field in which the code was typed, the first one of a recipe."""
        return {CodeKind.CARD: self.code_card, CodeKind.PHRASE: self.code_phrase}.get(self.kind) or self.parts[0]

    def typed(self) -> TypedCode:
        """Return the code as it was typed; raises UnusableCode for what is none."""
        if self.kind is CodeKind.CARD:
            return typed_card(self.code_card.data or "")
        if self.kind is CodeKind.PHRASE:
            return typed_phrase(self.code_phrase.data or "")
        return typed_recipe(self.recipe, {name: self[PART + name].data or "" for name in self.recipe.parts})


def _check_answer(form: LookUpForm, field: Field) -> None:
    """Refuse what is no answer, at its question."""
    if form.kind is not CodeKind.RECIPE:
        return
    try:
        plain_answer(field.name.removeprefix(PART), field.data or "")
    except UnusableCode as problem:
        raise ValidationError(say(problem.message)) from problem


for _name, _part in PARTS.items():
    setattr(LookUpForm, PART + _name, StringField(_part.label.text, [_check_answer]))
