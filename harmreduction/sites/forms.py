"""The form of a site."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from harmreduction.sites.actions import SiteChange
from harmreduction.sites.rules import SITE_KINDS, SiteKind
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say
from harmreduction.web.time_zones import TimeZoneField


class SiteForm(Form):
    """What a site is called, how it meets people, and by which clock."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Enter a name")), Length(max=80)],
        description=_("As the team calls it. A street name is enough; leave camps and homes unnamed."),
    )
    kind = RadioField(_("How it meets people"), [DataRequired(_("Choose one"))], choices=[])
    time_zone = TimeZoneField(_("Time zone"), description=_("A city with the same clock."))

    def __init__(self, **options: object) -> None:
        """Offer the kinds in the reader's language."""
        super().__init__(**options)
        self.kind.choices = [(kind.value, say(text)) for kind, text in SITE_KINDS.items()]

    def change(self) -> SiteChange:
        """Return the site as it was entered."""
        return SiteChange(name=self.name.data.strip(), kind=SiteKind(self.kind.data), time_zone=self.time_zone.data)
