"""The forms of looking through reports."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired

from harmreduction.reversals.rules.reports import PUT_ASIDE_REASONS, PutAside
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say


class PutAsideForm(Form):
    """Why a report does not count."""

    reason = RadioField(_("Why?"), [DataRequired(_("Choose a reason."))])

    def __init__(self, **options: object) -> None:
        """Offer the reasons in the reader's language."""
        super().__init__(**options)
        self.reason.choices = {reason.value: say(text) for reason, text in PUT_ASIDE_REASONS.items()}

    def chosen(self) -> PutAside:
        """Return the reason."""
        return PutAside(self.reason.data)


class SameForm(Form):
    """Whether two reports tell of one overdose."""

    first = HiddenField()
    second = HiddenField()
    answer = HiddenField()

    @property
    def is_same(self) -> bool | None:
        """Return the answer, None where nothing was tapped."""
        return {"same": True, "different": False}.get(self.answer.data or "")
