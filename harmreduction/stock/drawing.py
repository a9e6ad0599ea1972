"""Pictures of stock: how a lot ran down, and where the units of a lot are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import get_locale
from flask_babel import gettext as _

from harmreduction.core.charts import BarChart, Point, SplitBar, bar_chart, split_bar
from harmreduction.core.clock import start_of_day
from harmreduction.stock.models import Item
from harmreduction.stock.queries.cards import Card, balances_before, moment_of_latest
from harmreduction.stock.queries.merged import units_merged
from harmreduction.stock.rules import LocationKind
from harmreduction.web.i18n import day, number, units

BARS = 12
MOST_READ = 1_000  # movements: a chart of so many is drawn in no time


@dataclass(frozen=True, kw_only=True)
class RunDown:
    """How the units of a lot changed: (last day of a stretch of time, units at its end) each, and their picture."""

    ends: Sequence[tuple[date, int]]
    chart: BarChart


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Where all units of a lot are: a bar, and the words for each of its parts."""

    bar: SplitBar
    words: Sequence[str]


def draw_run_down(card: Card, location_ids: frozenset[int], on_hand: int, today: date, time_zone: str) -> RunDown:
    """Return how a lot ran down at these places, by months; by weeks or days where very much moved."""
    latest = moment_of_latest(card.lot.id, MOST_READ)
    starts = _starts(today, latest.date() if latest else None)
    moments = [start_of_day(start, time_zone) for start in starts]
    before = balances_before(card.lot.id, location_ids, moments, now=on_hand)
    ends = [(start - timedelta(days=1), left) for start, left in zip(starts[1:], before[1:], strict=True)]
    ends = _since_it_came([*ends, (today, on_hand)])
    is_monthly = starts[0].day == 1 and (starts[1] - starts[0]).days > 7
    points = [
        Point(label=day(end, "MMM" if is_monthly else "d MMM"), values=(max(left, 0),), is_open=end == today)
        for end, left in ends
    ]
    return RunDown(ends=ends, chart=_chart(points, ends, card.lot.item))


def draw_whereabouts(card: Card) -> Whereabouts | None:
    """Return where all units of a lot are, for who sees all sites; None where nothing ever came."""
    merged = units_merged(card.lot)
    packed = card.outside.get(LocationKind.ASSEMBLY, 0) - merged
    outside = {kind: max(card.outside.get(kind, 0), 0) for kind in LocationKind}
    parts = [
        (outside[LocationKind.PARTICIPANT], _("%(units)s handed out")),
        (max(card.on_hand, 0) + outside[LocationKind.IN_TRANSIT], _("%(units)s at our places or on the way")),
        (packed, _("%(units)s packed into kits")),
        (merged, _("%(units)s went over to the lot it was merged with")),
        (outside[LocationKind.WASTE] + outside[LocationKind.VARIANCE], _("%(units)s thrown away or missing")),
    ]
    shown = [(count, words) for count, words in parts if count > 0]
    if not shown:
        return None
    item = card.lot.item
    return Whereabouts(
        bar=split_bar(
            [count for count, _words in shown],
            name="whereabouts",
            title=_("Where they are"),
            is_mirrored=_is_mirrored(),
        ),
        words=[words % {"units": units(item, count)} for count, words in shown],
    )


def _since_it_came(ends: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """Return the stretches of time from the last one on before anything lay there; two at least."""
    empty = next((number for number, (_end, left) in enumerate(ends) if left), len(ends))
    return list(ends[min(max(empty - 1, 0), len(ends) - 2) :])


def _starts(today: date, latest: date | None) -> list[date]:
    """Return the first days of twelve stretches of time up to today: months, or shorter where much moved lately."""
    this_month, monday = today.year * 12 + today.month - 1, today - timedelta(days=today.weekday())
    months = [date((this_month - back) // 12, (this_month - back) % 12 + 1, 1) for back in range(BARS - 1, -1, -1)]
    weeks = [monday - timedelta(weeks=back) for back in range(BARS - 1, -1, -1)]
    days = [today - timedelta(days=back) for back in range(BARS - 1, -1, -1)]
    for starts in (months, weeks):
        if latest is None or latest <= starts[0]:
            return starts
    return days


def _chart(points: Sequence[Point], ends: Sequence[tuple[date, int]], item: Item) -> BarChart:
    """Return the picture of how a lot ran down."""
    (_first, at_first), (_last, now) = ends[0], ends[-1]
    return bar_chart(
        points,
        name="run-down",
        title=_("Units on hand over time"),
        description=_("From %(first)s to %(now)s.", first=units(item, at_first), now=units(item, now)),
        format_number=number,
        series=(_("Units"),),
        is_mirrored=_is_mirrored(),
    )


def _is_mirrored() -> bool:
    """Say whether the reader reads from right to left."""
    locale = get_locale()
    return locale is not None and locale.text_direction == "rtl"
