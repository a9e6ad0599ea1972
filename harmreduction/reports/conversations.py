"""What is told of a quarter's conversations: figures that stand for themselves, each told once and for good."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import get_locale, gettext

from harmreduction.assessments.queries.figures import ALL, OWN_IDEAS, Named, count_talks
from harmreduction.assessments.queries.reflections import count_reflections
from harmreduction.assessments.rules.cards import Words, in_words
from harmreduction.assessments.rules.reflections import QUESTIONS, shown_answers
from harmreduction.core.charts import BarChart, Point, bar_chart
from harmreduction.core.spreadsheets import Cell
from harmreduction.disclosure.rules import at_least
from harmreduction.reports.report_back import Quarter
from harmreduction.reports.words import quarter_name
from harmreduction.web.i18n import number, say

PAGE = "conversations"  # what the register of released numbers calls it
REFLECTIONS = "r"
CONCERN, STEP, REFLECTION = "c:", "s:", "r:"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure in words, under what it belongs to."""

    about: str
    words: str
    value: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """What can be told of a quarter; kept: how many conversations, None where that are too few to tell."""

    quarter: Quarter
    kept: int | None
    concerns: list[Row]
    steps: list[Row]
    own_ideas: int | None
    reflections: list[Row]


def figures_to_tell(quarter: Quarter, *, smallest: int) -> dict[str, int]:
    """Return the figures of a quarter for the register, which hides those that are too small.

    What came up in every single conversation is left out: it would say it of each of them.
    """
    period = quarter.period
    counts = count_talks(period.start, period.end)
    told = {figure: n for figure, n in counts.items() if figure == ALL or n < counts[ALL]}
    total, answered = count_reflections(period.start, period.end)
    for code, question in QUESTIONS.items() if total else ():
        answers = {answer: answered[code][answer] for answer in question.answers}
        shown = shown_answers({**answers, "": total - sum(answers.values())}, smallest=smallest)
        told |= {f"{REFLECTION}{code}:{answer}": shown[answer] for answer in answers if answer in shown}
    return {**told, REFLECTIONS: total}


def so_far(quarter: Quarter, *, smallest: int) -> int | None:
    """Return how many conversations a quarter that still runs has at least, in whole tens."""
    period = quarter.period
    return at_least(count_talks(period.start, period.end)[ALL], smallest=smallest)


def as_told(quarter: Quarter, values: Mapping[str, int | None], names: Mapping[str, Named]) -> Told:
    """Return what was told of a quarter in the reader's language, most often first."""
    shown = {figure: value for figure, value in values.items() if value}
    named = [(figure, names[figure], value) for figure, value in shown.items() if figure in names]
    return Told(
        quarter=quarter,
        kept=values.get(ALL),
        concerns=_by_value(_row(name, value) for figure, name, value in named if figure.startswith(CONCERN)),
        steps=_by_value(_row(name, value) for figure, name, value in named if figure.startswith(STEP)),
        own_ideas=shown.get(OWN_IDEAS),
        reflections=list(_reflections(values)),
    )


def rows_to_download(told: Iterable[Told]) -> Iterable[list[Cell]]:
    """Yield a head and one row for each figure that was told."""
    yield [gettext("Quarter"), gettext("Figures"), gettext("Of"), gettext("What"), gettext("Conversations")]
    for each in told:
        code = each.quarter.code
        if each.kept:
            yield [code, gettext("Conversations that were kept"), "", "", each.kept]
        if each.own_ideas:
            yield [code, gettext("Steps that were chosen"), "", gettext("An idea of their own"), each.own_ideas]
        for title, rows in (
            (gettext("What came up"), each.concerns),
            (gettext("Steps that were chosen"), each.steps),
            (gettext("How the team sees it"), each.reflections),
        ):
            yield from ([code, title, row.about, row.words, row.value] for row in rows)


def draw(told: Iterable[Told], *, is_mirrored: bool) -> BarChart | None:
    """Return a bar for each quarter that tells how many there were, the earliest first; None for fewer than two."""
    known = sorted((each for each in told if each.kept), key=lambda each: each.quarter)
    if len(known) < 2:
        return None
    title = gettext("Conversations that were kept, by quarter")
    return bar_chart(
        [Point(label=each.quarter.code, values=(each.kept or 0,)) for each in known],
        name="talks",
        title=title,
        description=", ".join(f"{quarter_name(each.quarter)}: {number(each.kept or 0)}" for each in known),
        format_number=number,
        series=(title,),
        is_mirrored=is_mirrored,
    )


def _row(name: Named, value: int) -> Row:
    """Return a figure in the reader's language."""
    return Row(about=_read(name.topic) if name.topic else "", words=_read(name.text), value=value)


def _read(words: Words) -> str:
    """Return a text of the cards in the reader's language."""
    return in_words(words, str(get_locale()))


def _reflections(values: Mapping[str, int | None]) -> Iterable[Row]:
    """Yield the answers of those questions that can be told, in the order of the form."""
    for code, question in QUESTIONS.items():
        for answer, words in question.answers.items():
            value = values.get(f"{REFLECTION}{code}:{answer}")
            if value is not None:
                yield Row(about=say(question.words), words=say(words), value=value)


def _by_value(rows: Iterable[Row]) -> list[Row]:
    """Return rows with the most frequent first."""
    return sorted(rows, key=lambda row: (-row.value, row.about, row.words))
