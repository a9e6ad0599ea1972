"""The forms that keep the directory true: a suggestion, and days with other hours."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from harmreduction.directory.actions.closures import OtherDays
from harmreduction.directory.forms.service import ClockField
from harmreduction.directory.models import DirectorySource
from harmreduction.directory.queries.review import OWN
from harmreduction.directory.rules.suggestions import ABOUT_A_SERVICE, LONGEST, TOPICS, Topic
from harmreduction.web.forms import DayField, Form
from harmreduction.web.i18n import say


class QueueForm(Form):
    """Which services to check; it stands in the address."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False

    source = SelectField(_("From which source"), validate_choice=False)

    def offer(self, sources: Sequence[DirectorySource]) -> None:
        """Offer the sources; what is not on offer is left aside."""
        own = {"": str(_("Every source")), OWN: str(_("entered by the team"))}
        self.source.choices = own | {source.public_id: source.name for source in sources}
        self.source.data = self.source.data if self.source.data in self.source.choices else ""


class SuggestionForm(Form):
    """What somebody says should change; `homepage` is a trap that only programs fill in."""

    topic = RadioField(_("What is it about?"), default=Topic.OTHER.value, validate_choice=False)
    words = TextAreaField(
        _("What should change?"),
        [InputRequired(_("Write what should change.")), Length(max=LONGEST)],
        description=_("About the service only. Leave out names of people, and anything about your health."),
    )
    homepage = StringField(_("Leave this empty"))

    def __init__(self, **options: object) -> None:
        """Offer the topics in the reader's language."""
        super().__init__(**options)
        self.topic.choices = [(topic.value, say(TOPICS[topic])) for topic in ABOUT_A_SERVICE]

    @property
    def is_from_a_program(self) -> bool:
        """Say whether the trap was filled in."""
        return bool(self.homepage.data)

    def chosen_topic(self) -> Topic:
        """Return the topic; one that is not offered is another one."""
        known = {topic.value for topic in ABOUT_A_SERVICE}
        return Topic(self.topic.data) if self.topic.data in known else Topic.OTHER


class ClosureForm(Form):
    """Days on which a service is closed, or keeps other hours."""

    from_day = DayField(_("First day"), [InputRequired(_("Enter the first day."))])
    until_day = DayField(_("Last day"))
    kind = SelectField(_("On these days it is"), default="closed", validate_choice=False)
    opens = ClockField(_("Opens"))
    closes = ClockField(_("Closes"))
    reason = StringField(_("Reason"), [Length(max=160)], description=_("Like “Thanksgiving” or “moving”."))

    def __init__(self, **options: object) -> None:
        """Offer closed or other hours."""
        super().__init__(**options)
        self.kind.choices = {"closed": str(_("closed")), "hours": str(_("open at other hours"))}

    def validate_kind(self, field: SelectField) -> None:
        """Refuse other hours without times."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these.")))
        if field.data == "hours" and (self.opens.data is None or self.closes.data is None):
            raise ValidationError(str(_("Enter both times.")))

    def days(self, today: date) -> OtherDays:
        """Return the days as entered."""
        has_hours = self.kind.data == "hours"
        return OtherDays(
            from_day=self.from_day.data or today,
            until_day=self.until_day.data,
            opens=self.opens.data if has_hours else None,
            closes=self.closes.data if has_hours else None,
            reason=(self.reason.data or "").strip(),
        )
