"""The pictures of numbers as pages write them: valid, named, and never by colour alone."""

from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask, render_template_string

from harmreduction.core.charts import Point, bar_chart, spark, split_bar

PAGE = "<!doctype html><html lang=en><title>x</title><body>{%% from 'components/charts.html' import %s %%}{{ %s }}"


@pytest.fixture(autouse=True)
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def drawn(macro: str, call: str, **values: object) -> str:
    page = render_template_string(PAGE % (macro, call), **values)
    html5lib.HTMLParser(strict=True).parse(page)
    return page


def test_bars_have_a_title_a_description_and_a_key_to_their_patterns() -> None:
    chart = bar_chart(
        [Point("Jan", (3, 2)), Point("Feb", (1, 0), is_open=True)],
        name="months", title="Syringes <returned>", description="5 in all.", format_number=str,
        series=("Counted", "Estimated"),
    )  # fmt: skip

    page = drawn("bars", "bars(chart)", chart=chart)

    assert 'aria-labelledby="months-title months-description"' in page
    assert "Syringes &lt;returned&gt;" in page
    assert 'fill="url(#months-pattern-2)"' in page
    assert 'id="months-pattern-2"' in page
    for words in ("Counted", "Estimated", "Not over yet"):
        assert words in page


def test_an_empty_chart_is_still_a_picture() -> None:
    chart = bar_chart([], name="months", title="Nothing", description="Nothing.", format_number=str)

    assert "<svg" in drawn("bars", "bars(chart)", chart=chart)


def test_a_split_bar_names_each_of_its_parts() -> None:
    bar = split_bar([186, 48, 6], name="lot", title="240 kits")

    page = drawn("split", "split(bar, texts)", bar=bar, texts=["handed out", "in the van", "in a backpack"])

    assert page.count("<li>") == 3
    assert 'id="lot-pattern-3"' in page


def test_a_spark_is_hidden_from_those_who_listen() -> None:
    assert 'aria-hidden="true"' in drawn("spark", "spark(line)", line=spark([1, 2, 3]))
