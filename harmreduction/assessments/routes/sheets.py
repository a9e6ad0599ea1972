"""What both papers do, of a conversation that runs and of one that was kept: read the choices, show the sheet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from harmreduction.assessments import words
from harmreduction.assessments.forms.paper import PaperForm
from harmreduction.assessments.pdf import can_make_pdf, pdf_of
from harmreduction.assessments.printing import page_for_pdf, paper_as_html
from harmreduction.assessments.queries.paper import list_calls
from harmreduction.assessments.rules.paper import Paper, PaperChoices, PlanToPrint, paper_of
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.settings.queries import current_settings


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A plan, the form with what was chosen for its paper, and the paper that comes of it."""

    plan: PlanToPrint
    form: PaperForm
    paper: Paper


def asked_for(
    plan: PlanToPrint, usual: PaperChoices, sent: MultiDict[str, str], *, value_of: Callable[[int, PlanStep], str]
) -> Asked:
    """Return the paper that an address asks for; value_of: under which value the form offers a line at a place."""
    values = {step.step_id: value_of(place, step) for place, step in enumerate(plan.steps, start=1)}
    calls, form = list_calls(), PaperForm(sent, usual)
    form.offer([(values[step.step_id], _text(plan, step, usual), step.is_on_paper) for step in plan.steps], calls)
    if form.names_lines:
        plan = plan.with_lines([step_id for step_id, value in values.items() if value in form.lines.data])
    programme = current_settings().programme_name
    return Asked(plan=plan, form=form, paper=paper_of(plan, form.choices(), calls=calls, programme=programme))


def shown(asked: Asked) -> Mapping[str, Any]:
    """Return what the templates of a paper need."""
    return {
        "form": asked.form,
        "paper": asked.paper,
        "plan": asked.plan,
        "sheet": paper_as_html(asked.paper),
        "marks": asked.form.marks(),
        "can_make_pdf": can_make_pdf(),
    }


def as_pdf(asked: Asked) -> Response:
    """Answer with the paper as a PDF that opens in the browser; its name says nothing."""
    answer = Response(pdf_of(page_for_pdf(asked.paper)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="page.pdf"'
    return answer


def print_instead(page: str) -> ResponseReturnValue:
    """Answer on a server that makes no PDF: with the page, which prints."""
    flash(_("This server makes no PDF. Print the page instead."), "wait")
    return redirect(page, 303)


def _text(plan: PlanToPrint, step: PlanStep, usual: PaperChoices) -> str:
    """Return how a line reads in the form, in the language of the conversation."""
    return words.line_words(step, plan.cards, usual.language)
