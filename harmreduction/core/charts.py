"""Small charts as plain shapes, which `components/charts.html` writes as SVG.

Pure geometry: numbers and words go in, rectangles and lines come out, in units of the drawing. Every
shape stays inside the drawing whatever the numbers are. Colour is never alone: a series beyond the first
also has a pattern, and the page shows the same numbers in a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

WIDTH = 480  # narrow, so that words stay readable on a phone, where they are also larger
HEIGHT = 270
LETTER, LARGE_LETTER = 7, 11  # width of a letter, and of one on a phone
LINE = 22  # height of a line of words
GAP = 4  # between neighbours
GROUND = HEIGHT - LINE  # where bars stand; their labels are below
SPLIT_HEIGHT = 24
SPARK_WIDTH, SPARK_HEIGHT = 100, 20
BESIDE = 0.14  # of a slot stays free at each side of its bar
MOST_GRID_LINES = 4

FormatNumber = Callable[[int], str]


@dataclass(frozen=True)
class Point:
    """What one bar shows: its label and a number, never below zero, for each series.

    is_open: the time it stands for is not over.
    """

    label: str
    values: tuple[int, ...]
    is_open: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle; `series` counts from 1 and chooses its colour and pattern."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its boxes from the ground up, and the words that have room over and under it.

    label_is_spare: there is room for the label only where words are small.
    """

    boxes: tuple[Box, ...]
    middle: float
    top: float
    label: str
    label_is_spare: bool
    value: str
    value_at: float
    is_open: bool


@dataclass(frozen=True)
class GridLine:
    """A line across the drawing with its number."""

    y: float
    text: str


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """A whole drawing. `name` makes its ids unique on the page; bars stand between `start` and `end`."""

    name: str
    title: str
    description: str
    bars: tuple[Bar, ...]
    grid: tuple[GridLine, ...]
    series: tuple[str, ...]
    start: float
    end: float
    ground: float
    grid_text_at: float
    is_mirrored: bool
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def has_open_bar(self) -> bool:
        """Say whether a bar stands for a time that is not over."""
        return any(bar.is_open for bar in self.bars)


@dataclass(frozen=True, kw_only=True)
class SplitBar:
    """One lying bar whose parts make a whole."""

    name: str
    title: str
    boxes: tuple[Box, ...]
    width: int = WIDTH
    height: int = SPLIT_HEIGHT


@dataclass(frozen=True, kw_only=True)
class Spark:
    """A line as small as a word; `points` as SVG writes them."""

    points: str
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


def bar_chart(
    points: Sequence[Point],
    *,
    name: str,
    title: str,
    description: str,
    format_number: FormatNumber,
    series: tuple[str, ...] = ("",),
    at_least: int = 0,
    is_mirrored: bool = False,
) -> BarChart:
    """Return a chart of standing bars, one a point, each stacked from one box a series.

    at_least: how far the scale reaches, however low the numbers are.
    is_mirrored: for people who read from right to left, the first bar stands at the right.
    """
    highest = max([at_least, *(sum(point.values) for point in points)])
    grid = {step: format_number(step) for step in grid_steps(highest)}
    margin = max(map(_width_of, grid.values()), default=0) + 2 * GAP
    if margin > WIDTH / 3:  # numbers this long leave no room for bars; the table has them
        grid, margin = {}, 0
    start, end = (0, WIDTH - margin) if is_mirrored else (margin, WIDTH)
    frame = _Frame(start=start, end=end, highest=highest, is_mirrored=is_mirrored)
    return BarChart(
        name=name,
        title=title,
        description=description,
        series=series,
        is_mirrored=is_mirrored,
        bars=_bars(points, frame, format_number),
        start=start,
        end=end,
        ground=GROUND,
        grid=tuple(GridLine(GROUND - frame.height_of(step), text) for step, text in grid.items()),
        grid_text_at=end + GAP if is_mirrored else start - GAP,
    )


def grid_steps(highest: int) -> list[int]:
    """Return up to four round numbers not above the highest: 1, 2 or 5 with zeros, and their multiples."""
    power = 1
    while highest > 0:
        for step in (power, 2 * power, 5 * power):
            if highest // step <= MOST_GRID_LINES:
                return list(range(step, highest + 1, step))
        power *= 10
    return []


def split_bar(values: Sequence[int], *, name: str, title: str, is_mirrored: bool = False) -> SplitBar:
    """Return one lying bar with a box for each number above zero, as wide as its share of the whole."""
    whole = max(sum(values), 1)
    ends = [WIDTH * (sum(values[:count]) / whole) for count in range(len(values) + 1)]
    boxes = [
        Box(series, round(left, 1), 0, round(right - left, 1), SPLIT_HEIGHT)
        for series, (left, right) in enumerate(pairwise(ends), start=1)
        if right > left
    ]
    if is_mirrored:
        boxes = [replace(box, x=round(WIDTH - box.x - box.width, 1)) for box in boxes]
    return SplitBar(name=name, title=title, boxes=tuple(boxes))


def spark(values: Sequence[int], *, is_mirrored: bool = False) -> Spark:
    """Return a small line through the numbers, oldest first; it says a direction, not a number."""
    highest = max(values, default=0) or 1
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    heights = [SPARK_HEIGHT * (1 - value / highest) for value in values]
    across = [SPARK_WIDTH - number * step if is_mirrored else number * step for number in range(len(values))]
    return Spark(points=" ".join(f"{x:.0f},{y:.0f}" for x, y in zip(across, heights, strict=True)))


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """Where bars may stand, and the number that the highest of them shows."""

    start: float
    end: float
    highest: int
    is_mirrored: bool

    def height_of(self, value: int) -> float:
        """Return how high a number stands; a line of words fits above the highest."""
        return round((GROUND - LINE) * (value / max(self.highest, 1)), 1)


def _bars(points: Sequence[Point], frame: _Frame, format_number: FormatNumber) -> tuple[Bar, ...]:
    """Place the bars side by side, and write over and under them what has room."""
    if not points:
        return ()
    slot = (frame.end - frame.start) / len(points)
    values = [format_number(sum(point.values)) for point in points]
    longest = 1 + max(len(point.label) for point in points)  # one more, so that neighbours do not touch
    label_every = max(ceil(longest * LETTER / slot), 1)
    sure_every = label_every * max(ceil(longest * LARGE_LETTER / (slot * label_every)), 1)
    all_fit = all(_width_of(value) <= slot for value in values)
    highest = max(range(len(points)), key=lambda number: sum(points[number].values))
    return tuple(
        _bar(
            point,
            number,
            slot,
            frame,
            label=point.label if number % label_every == 0 else "",
            label_is_spare=number % sure_every != 0,
            value=values[number] if sum(point.values) and (all_fit or number == highest) else "",
        )
        for number, point in enumerate(points)
    )


def _bar(point: Point, number: int, slot: float, frame: _Frame, *, label: str, label_is_spare: bool, value: str) -> Bar:
    """Place one bar in its slot, with its value where it does not leave the drawing."""
    start = frame.end - (number + 1) * slot if frame.is_mirrored else frame.start + number * slot
    middle = start + slot / 2
    half = _width_of(value) / 2
    fits = 2 * half <= frame.end - frame.start
    return Bar(
        boxes=_stack(point.values, round(start + slot * BESIDE, 1), round(slot * (1 - 2 * BESIDE), 1), frame),
        middle=round(middle, 1),
        top=GROUND - frame.height_of(sum(point.values)),
        label=label,
        label_is_spare=label_is_spare,
        value=value if fits else "",
        value_at=round(min(max(middle, frame.start + half), frame.end - half), 1) if fits else middle,
        is_open=point.is_open,
    )


def _stack(values: tuple[int, ...], x: float, width: float, frame: _Frame) -> tuple[Box, ...]:
    """Stand a box for each series on the one before."""
    heights = [frame.height_of(sum(values[:count])) for count in range(len(values) + 1)]
    return tuple(
        Box(series, x, round(GROUND - upper, 1), width, round(upper - lower, 1))
        for series, (lower, upper) in enumerate(pairwise(heights), start=1)
        if upper > lower
    )


def _width_of(text: str) -> float:
    """Return about how wide a text is where words are large."""
    return len(text) * LARGE_LETTER
