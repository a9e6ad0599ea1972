"""What several pages of reports do: lay out the questions, and show a problem where it is."""

from harmreduction.core.errors import DomainError
from harmreduction.reversals.forms.reporting import ReportForm
from harmreduction.reversals.rules.more import SECTIONS
from harmreduction.reversals.rules.reports import CannotReport
from harmreduction.web.i18n import say


def questions_of(form: ReportForm) -> dict[str, object]:
    """Return the optional sections as (code, title, fields, whether it opens)."""
    return {
        "sections": [
            (
                section.code,
                say(section.title),
                [form[question.code] for question in section.questions],
                form.has_told(section.questions),
            )
            for section in SECTIONS
        ]
    }


def show_problem(form: ReportForm, problem: DomainError) -> None:
    """Show a problem at its field, or above the form."""
    fields = {field.name: field for field in form}
    form.fail(problem, fields.get(problem.about) if isinstance(problem, CannotReport) else None)
