"""The forms about conversations that were kept: the plan number, and the tap that erases."""

from flask_babel import lazy_gettext as _
from wtforms import StringField

from harmreduction.web.forms import Form


class PlanNumberForm(Form):
    """The number on somebody's paper."""

    plan_number = StringField(_("Plan number"), description=_("It stands on the paper, like P-K7MP-3XWR."))


class EraseForm(Form):
    """One tap that erases."""
