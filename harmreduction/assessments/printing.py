"""The paper as HTML: in the language chosen for it, whatever the person at the screen reads."""

from flask import render_template
from markupsafe import Markup

from harmreduction.assessments.rules.paper import Paper
from harmreduction.web.i18n import in_language


def paper_as_html(paper: Paper) -> Markup:
    """Return the paper as a part of a page."""
    with in_language(paper.language):
        return Markup(render_template("assessments/_paper.html", paper=paper, level=2))  # noqa: S704  # our template


def page_for_pdf(paper: Paper) -> str:
    """Return the paper as a page of its own, from which a PDF is made."""
    with in_language(paper.language):
        return render_template("assessments/paper_print.html", paper=paper, level=1)
