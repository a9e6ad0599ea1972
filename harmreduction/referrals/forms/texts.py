"""Free text about a referral: it names nobody and holds no way to call somebody."""

import re

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import ValidationError

from harmreduction.encounters.rules import EMAIL, PHONE, looks_personal
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

TOO_LONG = _("Keep it under 280 characters.")
OR_TICK = _("Leave it out, or tick below that it names nobody.")
CLOCKS = re.compile(r"\b\d{1,2}(?:[:.]\d{2})?\s*[-–]\s*\d{1,2}(?:[:.]\d{2})?\b")  # "9-12 13-17" is nobody's number


def refuse_ways_to_call(field: StringField) -> None:
    """Refuse what a person could be called or written to by."""
    text = CLOCKS.sub("–", field.data or "")
    if EMAIL.search(text) or PHONE.search(text):
        raise ValidationError(_("Leave out phone numbers and email addresses: they are not kept here."))


class NamesNobody(Form):
    """A form with free text that should name nobody; it points that out once, and the person decides."""

    names_nobody = BooleanField(_("Keep it: it names nobody"))
    looks_personal = False

    def check_text(self, field: TextAreaField) -> None:
        """Refuse what a person could be called by, and point out gently what else looks personal."""
        refuse_ways_to_call(field)
        found = looks_personal(field.data or "")
        if found is not None and not self.names_nobody.data:
            self.looks_personal = True
            raise ValidationError(f"{say(found)} {OR_TICK}")
