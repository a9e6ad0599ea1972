"""All questions by their codes, and what is an answer."""

from collections.abc import Iterable

from harmreduction.reversals.rules.asking import DONT_KNOW, Question
from harmreduction.reversals.rules.more import SECTIONS
from harmreduction.reversals.rules.quick import CALLED_911, DOSES, GAVE, MORE, OUTCOME, PLACE, QUICK, WHEN

# Kept in columns of the report itself; every other answer is a row of its own.
IN_COLUMNS = frozenset({WHEN.code, OUTCOME.code, PLACE.code})
OPTIONAL = tuple(question for section in SECTIONS for question in section.questions)
BY_CODE: dict[str, Question] = {question.code: question for question in (*QUICK, *OPTIONAL)}
AS_ROWS: dict[str, frozenset[str]] = {
    question.code: frozenset(question.answers) for question in (GAVE, CALLED_911, *OPTIONAL)
} | {DOSES.code: frozenset({MORE, DONT_KNOW})}

Answer = tuple[str, str]


def known(answers: Iterable[Answer]) -> frozenset[Answer]:
    """Return those of these (question, answer) that the bank knows; of a single choice all are kept as told."""
    return frozenset((question, answer) for question, answer in answers if answer in AS_ROWS.get(question, ()))
