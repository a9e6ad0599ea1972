"""Show what cannot be at the field that it is about."""

from harmreduction.referrals.rules.following import CannotRefer
from harmreduction.web.forms import Form


def show_problem(form: Form, problem: CannotRefer) -> None:
    """Show a problem at its field, or above the form where the form has no such field."""
    fields = {field.name: field for field in form}
    form.fail(problem, fields.get(problem.about))
