"""The picture of a report: one bar a month, or one a year."""

from datetime import date

from flask_babel import gettext

from harmreduction.core.charts import BarChart, Point, bar_chart
from harmreduction.reports.report import Report
from harmreduction.reports.rules import Amount
from harmreduction.reports.words import period_name
from harmreduction.web.i18n import number


def draw(report: Report, *, title: str, today: date, is_mirrored: bool) -> BarChart:
    """Return the chart of what was asked; the part that was estimated stands apart on each bar."""
    short = "year" if report.question.year is None else "short"
    series = (gettext("Counted"), gettext("Estimated")) if report.has_estimates else (title,)
    points = [
        Point(
            label=period_name(period.start, short),
            values=_values(amount, report.has_estimates),
            is_open=period.holds(today),
        )
        for period, amount in zip(report.periods, report.amounts, strict=True)
    ]
    return bar_chart(
        points,
        name="totals",
        title=title,
        description=_describe(report),
        format_number=number,
        series=series,
        is_mirrored=is_mirrored,
    )


def _values(amount: Amount | None, is_split: bool) -> tuple[int, ...]:
    """Return the boxes of one bar."""
    known = amount or Amount(0)
    return (known.counted, known.estimated) if is_split else (known.quantity,)


def _describe(report: Report) -> str:
    """Say in words what the picture shows."""
    recorded = [
        (period, amount) for period, amount in zip(report.periods, report.amounts, strict=True) if amount is not None
    ]
    if not recorded or report.whole is None:
        return str(gettext("Nothing was recorded."))
    period, highest = max(recorded, key=lambda pair: pair[1].quantity)
    return str(
        gettext(
            "%(whole)s in all. The highest is %(highest)s, in %(period)s.",
            whole=number(report.whole.quantity),
            highest=number(highest.quantity),
            period=period_name(period.start, "year" if report.question.year is None else "long"),
        )
    )
