"""The forms of settings and of a programme's first run."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, PasswordField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from harmreduction.accounts.passphrases import WeakPassphrase, check_passphrase
from harmreduction.accounts.rules import (
    NAME_LENGTH,
    UnusableSignInName,
    check_sign_in_name,
    normalised_sign_in_name,
)
from harmreduction.settings.actions import FirstRun
from harmreduction.settings.rules import EXPIRED_STOCK, NO, YES
from harmreduction.sites.actions import SiteChange
from harmreduction.sites.rules import SITE_KINDS, SiteKind
from harmreduction.web.forms import Between, Form, WholeNumberField
from harmreduction.web.i18n import say
from harmreduction.web.time_zones import TimeZoneField


class NameAndClockForm(Form):
    """What every programme decides from its first day on."""

    programme_name = StringField(
        _("Name of the programme"),
        [DataRequired(_("Enter the name of the programme")), Length(max=80)],
        description=_("It stands on every page."),
    )
    time_zone = TimeZoneField(_("Time zone"), description=_("A city with the same clock. Each site can have its own."))


class SettingsForm(NameAndClockForm):
    """What the programme decides for itself."""

    expired_stock = RadioField(
        _("Naloxone past its date"),
        [DataRequired(_("Choose one"))],
        description=_(
            "Stored well, it keeps its strength for months past its date. Other supplies past their date are"
            " always kept back. Nothing is thrown away unasked."
        ),
    )

    syringes_per_litre = WholeNumberField(
        _("Syringes in a litre of container"),
        [InputRequired(_("Enter how many syringes a full litre holds.")), Between(1, 1_000)],
        description=_("For returned syringes that nobody counts. What was logged keeps the number of its day."),
    )
    syringes_per_pound = WholeNumberField(
        _("Syringes in a pound"),
        [InputRequired(_("Enter how many syringes weigh a pound.")), Between(1, 1_000)],
    )
    keep_months = WholeNumberField(
        _("Months after which codes, notes and times of visits are erased"),
        [InputRequired(_("Enter a number of months.")), Between(1, 60)],
        description=_(
            "Visits then belong to nobody, and all counts stay. A yearly count of different people needs 14 or more."
            " A shorter time takes effect within a day, and nothing brings back what was erased."
        ),
    )
    smallest_shown = WholeNumberField(
        _("Smallest count that is shown outside"),
        [InputRequired(_("Enter a number.")), Between(5, 20)],
        description=_("A smaller one could point to a person. Inside the team all counts are shown."),
    )
    takes_public_reversals = BooleanField(
        _("Anybody may tell us that naloxone was used"),
        description=_(
            "A page without an account, and a poster for it under Overdoses reported. Nothing about who sends a"
            " report is kept, and it counts once a lead has read it."
        ),
    )
    talk_limits = TextAreaField(
        _("What you must report in your state, said before a conversation"),
        [Length(max=380, message=_("Keep it under 380 characters."))],
        description=_(
            "In plain words, as your staff says it: children, violence, danger to life. Empty: people are told to ask."
        ),
    )

    def __init__(self, **options: object) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.expired_stock.choices = {kind.value: say(text) for kind, text in EXPIRED_STOCK.items()}

    def values(self) -> dict[str, str]:
        """Return the settings as they were entered."""
        return {
            "programme_name": self.programme_name.data.strip(),
            "time_zone": self.time_zone.data,
            "expired_stock": self.expired_stock.data,
            "syringes_per_litre": str(self.syringes_per_litre.data),
            "syringes_per_pound": str(self.syringes_per_pound.data),
            "keep_months": str(self.keep_months.data),
            "smallest_shown": str(self.smallest_shown.data),
            "takes_public_reversals": YES if self.takes_public_reversals.data else NO,
            "talk_limits": (self.talk_limits.data or "").strip(),
        }


class FirstRunForm(NameAndClockForm):
    """What a new programme begins with."""

    code = StringField(
        _("First-run code"), [DataRequired(_("Enter the code"))], description=_("As it was printed at set-up.")
    )
    site_name = StringField(
        _("Name of your first site"),
        [DataRequired(_("Enter the name of a site")), Length(max=80)],
        description=_("A place or a route where you meet people. You can add others later."),
    )
    site_kind = RadioField(_("How it meets people"), [DataRequired(_("Choose one"))], choices=[])
    label = StringField(
        _("Your name"),
        [DataRequired(_("Enter a name")), Length(max=80)],
        description=_("As the team calls you. A nickname is fine."),
    )
    sign_in_name = StringField(
        _("Your sign-in name"),
        [DataRequired(_("Enter a sign-in name")), Length(max=NAME_LENGTH)],
        description=_("What you type to sign in. Short, without spaces."),
    )
    chosen_passphrase = PasswordField(
        _("Passphrase"),
        [DataRequired(_("Choose a passphrase"))],
        description=_("12 characters or more. Four words are easy to remember. You can paste it."),
    )
    same_passphrase = PasswordField(
        _("The same once more"),
        [EqualTo("chosen_passphrase", _("The two are not the same. Type both again."))],
    )

    def __init__(self, **options: object) -> None:
        """Offer the kinds of sites in the reader's language."""
        super().__init__(**options)
        self.site_kind.choices = [(kind.value, say(text)) for kind, text in SITE_KINDS.items()]

    def validate_sign_in_name(self, field: StringField) -> None:
        """Refuse names that cannot be typed alike everywhere."""
        try:
            check_sign_in_name(normalised_sign_in_name(field.data or ""))
        except UnusableSignInName as problem:
            raise ValidationError(say(problem.message)) from problem

    def validate_chosen_passphrase(self, field: PasswordField) -> None:
        """Refuse what somebody who guesses would try first."""
        names = (self.programme_name, self.site_name, self.label, self.sign_in_name)
        try:
            check_passphrase(field.data or "", known=[name.data or "" for name in names])
        except WeakPassphrase as problem:
            raise ValidationError(say(problem.message)) from problem

    def first_run(self) -> FirstRun:
        """Return what was entered."""
        return FirstRun(
            code=self.code.data,
            programme_name=self.programme_name.data.strip(),
            time_zone=self.time_zone.data,
            site=SiteChange(
                name=self.site_name.data.strip(),
                kind=SiteKind(self.site_kind.data),
                time_zone=self.time_zone.data,
            ),
            label=self.label.data.strip(),
            sign_in_name=self.sign_in_name.data,
            passphrase=self.chosen_passphrase.data,
        )
