"""The forms about conversations that were kept: the plan number, and the tap that erases."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired

from harmreduction.web.forms import Form


class PlanNumberForm(Form):
    """The number on somebody's paper."""

    plan_number = StringField(
        _("Plan number"),
        [DataRequired(_("Type the number that stands on the paper."))],
        description=_("It stands on the paper, like P-K7MP-3XWR."),
    )


class EraseForm(Form):
    """One tap that erases."""
