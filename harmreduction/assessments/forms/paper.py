"""What somebody wants on the paper that they take home, and how it is printed."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from harmreduction.assessments.rules.paper import MOST_CALLS, Call, PaperChoices, Sheet, calls_chosen
from harmreduction.web.forms import Form
from harmreduction.web.i18n import LANGUAGES, translated

SENT = "1"


class PaperForm(Form):
    """The lines, and the look. No words of theirs: a line goes by its id or place, the rest by marks in the address.

    is_sent: somebody chose something already.
    """

    class Meta:
        """Asking for a look changes nothing; where lines are sent to a conversation, the page brings the token."""

        csrf = False

    sent = HiddenField(default=SENT)
    offered = SelectMultipleField(validate_choice=False, choices={})
    lines = SelectMultipleField(
        _("Lines on the page"), option_widget=CheckboxInput(), validate_choice=False, choices={}
    )
    goal = BooleanField(_("What matters most to me"))
    days = BooleanField(_("The days: when I made it, when we talk again"))
    calls = SelectMultipleField(
        _("Numbers on the card"), option_widget=CheckboxInput(), validate_choice=False, choices={}
    )
    programme = BooleanField(_("The name of this programme"))
    number = BooleanField(_("My plan number, so that the team finds my plan again"))
    large = BooleanField(_("Larger print"))
    sheet = RadioField(_("What to print"), choices={})
    language = RadioField(_("Language of the paper"), choices={})

    def __init__(self, formdata: Any, usual: PaperChoices) -> None:
        """Read what was chosen; where nothing was sent yet, the usual choices are shown."""
        super().__init__(
            formdata=formdata if "sent" in formdata else None,
            language=usual.language,
            sheet=usual.sheet,
            large=usual.is_large,
            goal=usual.has_goal,
            days=usual.has_days,
            programme=usual.has_programme,
            number=usual.has_plan_number,
        )
        self.sheet.choices = {
            Sheet.PAGE.value: str(_("The page and the card")),
            Sheet.CARD.value: str(_("The card alone")),
        }
        self.language.choices = dict(LANGUAGES)
        self.is_sent = "sent" in formdata
        self._usual = usual

    @property
    def names_lines(self) -> bool:
        """Say whether it was sent with lines to choose from; else they are as the plan has them."""
        return self.is_sent and bool(self.offered.data)

    def offer(self, lines: Sequence[tuple[str, str, bool]], calls: Iterable[Call]) -> None:
        """Offer the lines, each with its value, how it reads and whether it is on paper, and the numbers to call."""
        listed = tuple(calls)
        self.lines.choices = {value: text for value, text, _is_on in lines}
        self.calls.choices = {call.call_id: translated(call.name) for call in listed}
        if not self.names_lines:
            self.lines.data = [value for value, _text, is_on in lines if is_on]
        if not self.is_sent:
            self.calls.data = [call.call_id for call in calls_chosen(listed, None)]

    def choices(self) -> PaperChoices:
        """Return how the paper is wanted; a mark that says nothing is as usual."""
        usual = self._usual
        return PaperChoices(
            language=self.language.data if self.language.data in LANGUAGES else usual.language,
            sheet=Sheet(self.sheet.data) if self.sheet.data in list(Sheet) else usual.sheet,
            is_large=self.large.data,
            has_goal=self.goal.data,
            has_days=self.days.data,
            has_plan_number=self.number.data,
            has_programme=self.programme.data,
            calls=frozenset(self.calls.data[:MOST_CALLS]) if self.is_sent else None,
        )

    def marks(self) -> dict[str, Any]:
        """Return the choices as they stand in an address, the lines aside."""
        chosen = self.choices()
        ticked = {name: SENT for name in ("goal", "days", "programme", "number", "large") if self[name].data}
        return {"sent": SENT, "language": chosen.language, "sheet": chosen.sheet, "calls": self.calls.data} | ticked
