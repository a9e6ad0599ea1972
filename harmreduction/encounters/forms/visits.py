"""The forms of one visit: join it and a code, or take it back."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField

from harmreduction.web.forms import Form


class JoinForm(Form):
    """Whose visit it is: the code on a card, or a participant who was looked up; what is typed is never shown again."""

    participant = HiddenField()
    code_card = StringField(_("Code on the card"))

    def take(self) -> str:
        """Return what was typed, and forget it."""
        typed, self.code_card.data = self.code_card.data or "", ""
        return typed
