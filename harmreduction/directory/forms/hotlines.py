"""The form of a line that somebody can call."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from harmreduction.directory.rules.hotlines import HOTLINE_KINDS, HotlineChange, HotlineKind
from harmreduction.web.forms import Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say

TEXTS = ("name", "about", "phone", "text_number", "url", "hours", "languages", "source")


class HotlineForm(Form):
    """A line as the programme lists it."""

    form_id = OnceField()
    name = StringField(_("Name"), [DataRequired(_("Enter a name.")), Length(max=120)])
    kind = SelectField(_("What for"), validate_choice=False)
    about = StringField(_("About"), [Length(max=300)])
    phone = StringField(_("Number to call"), [Length(max=40)])
    text_number = StringField(_("Number to text"), [Length(max=40)])
    url = StringField(_("Website"), [Length(max=300)])
    hours = StringField(_("Hours"), [Length(max=160)])
    languages = StringField(_("Languages"), [Length(max=120)])
    source = StringField(_("Where we know it from"), [Length(max=200)])
    position = WholeNumberField(
        _("Place in the list"),
        [InputRequired(_("Enter a number; the lowest comes first.")), NumberRange(0, 1000)],
        default=100,
        description=_("The lowest number comes first."),
    )
    is_active = BooleanField(_("Show it"), default=True)

    def __init__(self, **options: object) -> None:
        """Offer the kinds in the reader's language."""
        super().__init__(**options)
        self.kind.choices = {kind.value: say(text) for kind, text in HOTLINE_KINDS.items()}

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these.")))

    def change(self) -> HotlineChange:
        """Return the line as entered."""
        return HotlineChange(
            **{name: (self[name].data or "").strip() for name in TEXTS},
            kind=HotlineKind(self.kind.data),
            position=self.position.data or 0,
            is_active=self.is_active.data,
        )
