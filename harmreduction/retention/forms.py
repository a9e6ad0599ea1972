"""The form that forgets a person."""

from harmreduction.web.forms import Form


class ForgetForm(Form):
    """Nothing to fill in: the page says what goes, and its button does it."""
