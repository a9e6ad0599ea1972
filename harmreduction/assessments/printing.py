"""The paper as HTML: in the language chosen for it, whatever the person at the screen reads."""

from flask import current_app, render_template
from jinja2.environment import TemplateModule

from harmreduction.assessments.rules.paper import Paper
from harmreduction.web.i18n import in_language


def paper_as_html(paper: Paper) -> TemplateModule:
    """Return the paper as a part of a page: `{{ sheet }}` puts it there as it is rendered now, in its language."""
    with in_language(paper.language):
        context: dict[str, object] = {"paper": paper, "level": 2}
        current_app.update_template_context(context)
        return current_app.jinja_env.get_template("assessments/_paper.html").make_module(context)


def page_for_pdf(paper: Paper) -> str:
    """Return the paper as a page of its own, from which a PDF is made."""
    with in_language(paper.language):
        return render_template("assessments/paper_print.html", paper=paper, level=1)
