"""Charts: whatever the numbers are, the shapes stay in their drawing and say the truth."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.charts import (
    GROUND,
    HEIGHT,
    LINE,
    WIDTH,
    BarChart,
    Point,
    bar_chart,
    grid_steps,
    spark,
    split_bar,
)

numbers = st.integers(0, 10**18) | st.integers(0, 100)
series_of_two = st.lists(st.tuples(numbers, numbers), max_size=40)


def chart_of(*values: tuple[int, ...], is_mirrored: bool = False) -> BarChart:
    return bar_chart(
        [Point(f"M{number}", value) for number, value in enumerate(values, start=1)],
        name="months", title="Syringes each month", description="From 1 to 2.",
        format_number="{:,}".format, is_mirrored=is_mirrored,
    )  # fmt: skip


@given(series_of_two, st.booleans())
def test_every_bar_and_every_word_stays_in_the_drawing(values: list[tuple[int, int]], is_mirrored: bool) -> None:
    chart = chart_of(*values, is_mirrored=is_mirrored)

    for box in (box for bar in chart.bars for box in bar.boxes):
        assert box.x >= -0.1
        assert box.x + box.width <= WIDTH + 0.1
        assert box.y >= LINE - 0.1
        assert box.y + box.height <= GROUND + 0.1
    for bar in chart.bars:
        assert chart.start <= bar.value_at <= chart.end
    assert all(LINE - 0.1 <= line.y < HEIGHT for line in chart.grid)


@given(st.lists(st.integers(0, 10**18), min_size=1, max_size=24))
def test_heights_are_proportional_and_the_highest_bar_is_full(values: list[int]) -> None:
    chart = chart_of(*((value,) for value in values))

    full = GROUND - LINE
    for bar, value in zip(chart.bars, values, strict=True):
        height = sum(box.height for box in bar.boxes)
        assert height == pytest.approx(full * value / max(*values, 1), abs=0.11)


@given(st.tuples(numbers, numbers, numbers))
def test_the_parts_of_a_bar_stand_on_one_another(values: tuple[int, int, int]) -> None:
    boxes = chart_of(values).bars[0].boxes

    ground = float(GROUND)
    for box in boxes:
        assert box.y + box.height == pytest.approx(ground, abs=0.15)
        ground = box.y


@given(st.integers(1, 10**30))
def test_the_grid_has_one_to_four_round_lines(highest: int) -> None:
    steps = grid_steps(highest)

    assert 1 <= len(steps) <= 4
    assert steps[-1] <= highest
    assert str(steps[0]).rstrip("0") in {"1", "2", "5"}


def test_nothing_to_show_is_an_empty_drawing() -> None:
    assert chart_of().bars == ()
    assert chart_of().grid == ()


def test_zeros_have_no_boxes_and_no_values_but_keep_their_place() -> None:
    chart = chart_of((0,), (0,), (0,))

    assert [bar.boxes for bar in chart.bars] == [(), (), ()]
    assert [bar.label for bar in chart.bars] == ["M1", "M2", "M3"]
    assert not any(bar.value for bar in chart.bars)


def test_a_scale_reaches_its_end_however_low_the_numbers_are() -> None:
    points = [Point("May", (4,)), Point("June", (5,))]
    chart = bar_chart(points, name="sure", title="", description="", format_number=str, at_least=10)

    assert [line.text for line in chart.grid] == ["5", "10"]
    whole = GROUND - LINE
    assert [bar.boxes[0].height for bar in chart.bars] == [pytest.approx(whole * part, abs=0.1) for part in (0.4, 0.5)]


def test_values_stand_over_bars_only_where_they_have_room() -> None:
    assert [bar.value for bar in chart_of((5,), (7,)).bars] == ["5", "7"]
    crowded = chart_of(*((300_000 + number,) for number in range(12)))
    assert [bar.value for bar in crowded.bars if bar.value] == ["300,011"]


def test_labels_that_would_touch_are_left_out_evenly() -> None:
    chart = bar_chart(
        [Point("September", (1,)) for _number in range(12)],
        name="months", title="", description="", format_number=str,
    )  # fmt: skip

    assert [bool(bar.label) for bar in chart.bars] == [True, False] * 6
    assert [bar.label_is_spare for bar in chart.bars if bar.label] == [False, True] * 3


def test_from_right_to_left_the_first_bar_stands_at_the_right() -> None:
    bars = chart_of((1,), (2,), is_mirrored=True).bars

    assert bars[0].middle > bars[1].middle


@given(st.lists(numbers, max_size=5), st.booleans())
def test_a_split_bar_is_whole_and_its_parts_are_in_order(values: list[int], is_mirrored: bool) -> None:
    boxes = split_bar(values, name="lot", title="", is_mirrored=is_mirrored).boxes

    assert sum(box.width for box in boxes) == pytest.approx(WIDTH if any(values) else 0, abs=0.5)
    for before, after in pairwise(boxes):
        forward = before.x - after.x if is_mirrored else after.x - before.x
        assert forward >= -0.15
        assert before.series < after.series


@given(st.lists(numbers, max_size=60), st.booleans())
def test_a_spark_stays_in_its_box(values: list[int], is_mirrored: bool) -> None:
    points = [tuple(map(int, point.split(","))) for point in spark(values, is_mirrored=is_mirrored).points.split()]

    assert len(points) == len(values)
    assert all(0 <= x <= 100 and 0 <= y <= 20 for x, y in points)
