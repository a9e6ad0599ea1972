"""The forms of the lists that the programme's pages choose from."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from harmreduction.stock.actions.choices import Choice, RuleEntry
from harmreduction.stock.models import ItemCategory
from harmreduction.stock.rules import REASON_USES, ReasonUse
from harmreduction.stock.rules.funding import VERDICTS, Verdict
from harmreduction.web.forms import Between, DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say, translated


class ChoiceForm(Form):
    """An entry of a list."""

    form_id = OnceField()
    name = StringField(_("Name"), [DataRequired(_("Enter a name.")), Length(max=60)])
    position = WholeNumberField(
        _("Place in the list"),
        [InputRequired(_("Enter its place in the list; 1 is the top.")), Between(1, 999)],
        description=_("1 is the top."),
        default=100,
    )
    is_active = BooleanField(_("It is offered"), default=True)

    def choice(self) -> Choice:
        """Return the entry as typed."""
        return Choice(name=self.name.data.strip(), position=self.position.data or 1, is_active=self.is_active.data)


class ReasonForm(ChoiceForm):
    """A reason, and for what it is given."""

    use = SelectField(_("When is it given?"), validate_choice=False)

    def __init__(self, **options: object) -> None:
        """Offer the uses in the reader's language."""
        super().__init__(**options)
        self.use.choices = {use.value: say(text) for use, text in REASON_USES.items()}

    def chosen_use(self) -> ReasonUse:
        """Return the use."""
        return ReasonUse(self.use.data) if self.use.data in list(ReasonUse) else ReasonUse.LESS


class FundingSourceForm(Form):
    """Who pays for supplies."""

    form_id = OnceField()
    name = StringField(
        _("Name"),
        [DataRequired(_("Enter a name.")), Length(max=80)],
        description=_("Like the name of a grant, or “Donations”."),
    )
    is_active = BooleanField(_("It is offered"), default=True)


class FundingRuleForm(Form):
    """What a source may pay for, from a day on."""

    form_id = OnceField()
    category = SelectField(_("Group of items"), validate_choice=False)
    verdict = SelectField(_("May this source pay for it?"), validate_choice=False)
    valid_from = DayField(_("From"), [InputRequired(_("Enter the first day of the rule."))])
    valid_until = DayField(_("Until"), description=_("Leave it empty while it holds."))
    basis = StringField(
        _("Which text says so"), [Length(max=200)], description=_("Like the grant agreement and its section.")
    )

    def offer(self, categories: Sequence[ItemCategory]) -> None:
        """Offer the groups and verdicts in the reader's language."""
        self.category.choices = {category.code: translated(category.name) for category in categories}
        self.verdict.choices = {verdict.value: say(text) for verdict, text in VERDICTS.items()}

    def validate_category(self, field: SelectField) -> None:
        """Refuse a group that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these groups.")))

    def validate_valid_until(self, field: DayField) -> None:
        """Refuse a rule that ends before it begins."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(str(_("Choose a day that is not before the first one.")))

    def entry(self) -> RuleEntry:
        """Return the rule as entered."""
        verdict = self.verdict.data if self.verdict.data in list(Verdict) else Verdict.WARN
        return RuleEntry(
            category=self.category.data,
            verdict=Verdict(verdict),
            valid_from=self.valid_from.data or date.min,
            valid_until=self.valid_until.data,
            basis=(self.basis.data or "").strip(),
        )
