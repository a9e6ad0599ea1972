"""The small forms of the pages that follow a look-up, of cards and of a participant's codes."""

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, StringField
from wtforms.validators import InputRequired

from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import CodeKind, TypedCode
from harmreduction.participants.rules.phrases import typed_phrase
from harmreduction.web.forms import Between, Form, WholeNumberField

MOST_CARDS = 100


class AnswerForm(Form):
    """What was tapped after a look-up: `who` is the place of the one who is meant, or what to do instead."""

    pending = HiddenField()
    who = HiddenField()

    def chosen(self, ids: tuple[str, ...]) -> str | None:
        """Return the public id of who is meant, if one of those who were offered is."""
        place = self.who.data or ""
        return ids[int(place)] if place.isdecimal() and len(place) < 3 and int(place) < len(ids) else None


class PrintForm(Form):
    """How many blank cards to print."""

    count = WholeNumberField(
        _("How many cards?"),
        [InputRequired(_("Enter how many cards.")), Between(1, MOST_CARDS)],
        default=20,
        description=_("Ten fit on a sheet of paper."),
    )


class AddForm(Form):
    """A blank card that a participant holds, or a phrase of their own."""

    code_blank = StringField(_("Code on the card"), description=_("A blank card of ours that they hold"))
    code_own = StringField(
        _("Their own phrase"),
        description=_("Three words or more that only they would say. We keep no words, only what checks them."),
    )

    @property
    def typed_into(self) -> Field:
        """Return the field that holds something."""
        return self.code_own if self.code_own.data else self.code_blank

    def typed(self) -> TypedCode:
        """Return what was typed; raises UnusableCode for what can be neither."""
        return typed_phrase(self.code_own.data) if self.code_own.data else typed_card(self.code_blank.data or "")


class EndForm(Form):
    """Codes of which kind end, or who is parted again."""

    ends = HiddenField()
    merged = HiddenField()

    @property
    def kind(self) -> CodeKind | None:
        """Return which kind is meant, or None for none."""
        return CodeKind(self.ends.data) if self.ends.data in set(CodeKind) else None
