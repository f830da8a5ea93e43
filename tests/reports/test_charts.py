"""Charts as text: what they say, where things lie, and that they are pictures only."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from reports.rendering.charts import Bar, Line, NothingToDraw, bar_chart, line_chart

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  our own text


def line(name: str, *values: str | None) -> Line:
    return Line(name=name, values=tuple(None if one is None else Decimal(one) for one in values))


def test_a_chart_has_a_name_and_its_numbers_in_words() -> None:
    chart = parsed(
        line_chart(title="Price <b>", labels=["Jan", "Feb"], lines=[line("WTI", "72.50", "78.266667")], unit="USD")
    )

    assert chart.find(f"{SVG}title").text == "Price <b>"
    assert chart.find(f"{SVG}desc").text == "WTI: 72.5 USD at Jan, 78.266667 USD at Feb."
    assert (chart.get("role"), chart.get("aria-label")) == ("img", "Price <b>")


def test_the_axis_is_round_and_points_lie_where_their_values_say() -> None:
    chart = parsed(line_chart(title="t", labels=["a", "b", "c"], lines=[line("x", "0", "50", "100")]))

    words = [one.text for one in chart.iter(f"{SVG}text")]
    assert [word for word in words if word not in "abc"] == ["0", "50", "100"]
    (path,) = chart.iter(f"{SVG}path")
    assert path.get("d") == "M64 216 L346 114 L628 12"


def test_a_gap_parts_the_line_and_a_lone_value_is_a_dot() -> None:
    chart = parsed(
        line_chart(title="t", labels=list("abcd"), lines=[line("x", "1", "2", None, "3"), line("y", *[None] * 4)])
    )

    assert len(list(chart.iter(f"{SVG}path"))) == len(list(chart.iter(f"{SVG}circle"))) == 1
    assert "y: no value." in chart.find(f"{SVG}desc").text


def test_bars_stand_on_zero_and_hang_below_it() -> None:
    chart = parsed(
        bar_chart(title="t", bars=[Bar(label="up", value=Decimal(10)), Bar(label="down", value=Decimal(-10))], unit="€")
    )

    up, down = chart.iter(f"{SVG}rect")
    assert sum(Decimal(up.get(name) or "") for name in ("y", "height")) == Decimal(down.get("y") or "")
    assert up.get("height") == down.get("height")
    assert chart.find(f"{SVG}desc").text == "up: 10 €, down: -10 €."


@pytest.mark.parametrize("value", ["0", "5", "-0.00012", "123456789012.345"])
def test_a_flat_line_has_an_axis_around_it(value: str) -> None:
    chart = line_chart(title="t", labels=["a", "b"], lines=[line("x", value, value)])

    (path,) = parsed(chart).iter(f"{SVG}path")
    heights = {Decimal(part.split()[-1]) for part in path.get("d")[1:].split(" L")}
    assert len(heights) == 1
    assert 12 <= heights.pop() <= 216


def test_a_chart_runs_nothing_and_styles_nothing() -> None:
    chart = line_chart(title="<script>", labels=["<i>"], lines=[line("</svg>", "1"), line("b", "2")])

    assert not {"<script", "style=", "<style", "onload"} & set(chart.split())
    assert "<script>" not in chart
    assert "<i>" not in chart
    assert chart.count("</svg>") == 1


def test_many_labels_are_thinned_out() -> None:
    chart = line_chart(title="t", labels=[f"d{i}" for i in range(100)], lines=[line("x", *["1", "2"] * 50)])

    assert chart.count(">d") == 8


def test_nothing_to_draw_is_said_and_wrong_lengths_are_refused() -> None:
    with pytest.raises(NothingToDraw):
        line_chart(title="t", labels=["a"], lines=[line("x", None)])
    with pytest.raises(NothingToDraw):
        bar_chart(title="t", bars=[])
    with pytest.raises(ValueError, match="for every label"):
        line_chart(title="t", labels=["a"], lines=[line("x", "1", "2")])
