"""What a report tells, in words."""

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext

from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.rules.bank import BY_CODE
from harmreduction.reversals.rules.reports import Exactness
from harmreduction.web.i18n import day, month_name, say


def question_words(code: str) -> str:
    """Return a question in the reader's language; one that is asked no more by its code."""
    return say(BY_CODE[code].text) if code in BY_CODE else code


def answer_words(question: str, answer: str | None) -> str:
    """Return an answer in the reader's language, or nothing where the question was skipped."""
    known = BY_CODE[question].answers if question in BY_CODE else {}
    return say(known[answer]) if answer is not None and answer in known else (answer or "")


def answers_in_order(answers: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return (question, its answers) in words, in the order of the form."""
    order = [*BY_CODE, *sorted(answers.keys() - BY_CODE.keys())]
    return [(question_words(code), _listed(code, answers[code])) for code in order if code in answers]


def when_words(report: ReversalReport) -> str:
    """Return when it was, as exactly as it was told."""
    if report.happened_on is None:
        return str(gettext("Day not known"))
    if report.exactness == Exactness.WEEK:
        last = report.happened_on + timedelta(days=6)
        return str(gettext("Between %(first)s and %(last)s", first=day(report.happened_on), last=day(last)))
    if report.exactness == Exactness.MONTH:
        return month_name(report.happened_on)
    return day(report.happened_on)


def summary_words(report: ReversalReport) -> str:
    """Return in one line what happened."""
    told = [answer_words("outcome", report.outcome), answer_words("place", report.place), report.area or ""]
    return " · ".join(part for part in told if part)


def _listed(question: str, answers: Iterable[str]) -> str:
    """Return several answers as one line, in the order of the form."""
    order = list(BY_CODE[question].answers) if question in BY_CODE else []
    ordered = sorted(answers, key=lambda answer: (order.index(answer) if answer in order else len(order), answer))
    return ", ".join(answer_words(question, answer) for answer in ordered)
