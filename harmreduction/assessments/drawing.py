"""Small charts of how a participant rated a line of their plan over time, each with a table of the same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import get_locale, gettext

from harmreduction.assessments.queries.kept import KeptVersion
from harmreduction.assessments.rules.changes import Rated, ratings_over
from harmreduction.assessments.rules.plan_words import SCALES
from harmreduction.assessments.rules.plans import MOST_ON_A_SCALE
from harmreduction.assessments.words import line_words
from harmreduction.core.charts import BarChart, Point, bar_chart
from harmreduction.web.i18n import day, number, say


@dataclass(frozen=True, kw_only=True)
class RatingChart:
    """One line on one scale: how it reads, the drawing, and its rows of (day, number)."""

    line: str
    scale: str
    chart: BarChart
    rows: tuple[tuple[str, str], ...]


def rating_charts(versions: tuple[KeptVersion, ...]) -> Iterator[RatingChart]:
    """Return a chart for each line that was rated at least twice on a scale; each scale by itself, never added up."""
    latest = versions[-1]
    for place, rated in enumerate(ratings_over(versions)):
        yield _chart(rated, f"rated-{place}", line_words(rated.step, latest.cards, latest.language))


def _chart(rated: Rated, name: str, line: str) -> RatingChart:
    """Draw one line on one scale."""
    scale, locale = say(SCALES[rated.scale]), get_locale()
    chart = bar_chart(
        [Point(day(on), (rating,)) for on, rating in rated.ratings],
        name=name,
        title=scale,
        description=str(gettext("Your own numbers from 0 to 10, the oldest first. The table below has the same.")),
        format_number=number,
        at_least=MOST_ON_A_SCALE,
        is_mirrored=locale is not None and locale.text_direction == "rtl",
    )
    rows = tuple((day(on), number(rating)) for on, rating in rated.ratings)
    return RatingChart(line=line, scale=scale, chart=chart, rows=rows)
