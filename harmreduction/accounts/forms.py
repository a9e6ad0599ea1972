"""The forms of signing in, of one's own account, and of the team."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, Length
from wtforms.widgets import CheckboxInput, ListWidget

from harmreduction.accounts.passphrases import WeakPassphrase, check_passphrase
from harmreduction.accounts.rules import (
    NAME_LENGTH,
    ROLES,
    Role,
    UnusableSignInName,
    check_sign_in_name,
    normalised_sign_in_name,
)
from harmreduction.sites.models import Site
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

LABEL_LENGTH = 80


class SignInForm(Form):
    """Who somebody is; with the page they were on their way to, and what they had sent to it."""

    sign_in_name = StringField(_("Your sign-in name"), [DataRequired(_("Enter your sign-in name"))])
    passphrase = PasswordField(
        _("Passphrase"),
        [DataRequired(_("Enter your passphrase"))],
        description=_("Four words or more. You can paste it."),
    )
    next = HiddenField()
    kept = HiddenField()


class ConfirmForm(Form):
    """That it is really them, once more."""

    passphrase = PasswordField(
        _("Passphrase"), [DataRequired(_("Enter your passphrase"))], description=_("You can paste it.")
    )
    next = HiddenField()
    kept = HiddenField()


class LinkForm(Form):
    """Nothing but the button that uses a link."""


class NewPassphraseForm(Form):
    """A passphrase of one's own choice, twice, because nobody sees what they type."""

    chosen_passphrase = PasswordField(
        _("New passphrase"),
        [DataRequired(_("Choose a passphrase"))],
        description=_("12 characters or more. Four words are easy to remember. You can paste it."),
    )
    same_passphrase = PasswordField(
        _("The same once more"),
        [EqualTo("chosen_passphrase", _("The two are not the same. Type both again."))],
    )

    def validate_chosen_passphrase(self, field: PasswordField) -> None:
        """Refuse what somebody who guesses would try first."""
        try:
            check_passphrase(field.data or "")
        except WeakPassphrase as problem:
            raise ValidationError(say(problem.message)) from problem


class ChangePassphraseForm(NewPassphraseForm):
    """The present passphrase and the next one."""

    present_passphrase = PasswordField(_("Present passphrase"), [DataRequired(_("Enter your present passphrase"))])


class MemberForm(Form):
    """What a member of the team is called, does, and where."""

    label = StringField(
        _("Name"),
        [DataRequired(_("Enter a name")), Length(max=LABEL_LENGTH)],
        description=_("As the team calls them. A nickname is fine."),
    )
    role = RadioField(_("Role"), [DataRequired(_("Choose a role"))], choices=[])
    sites = SelectMultipleField(
        _("Sites"),
        choices=[],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        description=_("Where they hand out. A programme lead sees all sites."),
    )

    def offer(self, sites: Sequence[Site]) -> None:
        """Offer the roles and these sites, in the reader's language."""
        self.role.choices = [(role.value, say(description.name)) for role, description in ROLES.items()]
        self.sites.choices = [(site.public_id, site.name) for site in sites]

    def chosen_role(self) -> Role:
        """Return the role."""
        return Role(self.role.data)

    def chosen_sites(self, sites: Sequence[Site]) -> Collection[int]:
        """Return the ids of the sites that were ticked."""
        return [site.id for site in sites if site.public_id in (self.sites.data or ())]


class InviteForm(MemberForm):
    """A new member of the team."""

    sign_in_name = StringField(
        _("Sign-in name"),
        [DataRequired(_("Enter a sign-in name")), Length(max=NAME_LENGTH)],
        description=_("What they type to sign in. Short, without spaces."),
    )

    def validate_sign_in_name(self, field: StringField) -> None:
        """Refuse names that cannot be typed alike everywhere."""
        try:
            check_sign_in_name(normalised_sign_in_name(field.data or ""))
        except UnusableSignInName as problem:
            raise ValidationError(say(problem.message)) from problem
