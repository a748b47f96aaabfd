"""Figures hold what their tables say, are the same bytes twice, and nothing lies on top of anything."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from parapet.errors import InputError
from parapet.study import figures

CURVES = pl.DataFrame(
    {
        "units": ["one", "one", "one", "two", "two", "two"],
        "count": [40, 20, 60, 20, 40, 60],
        "value": [12.0, 2.0, 30.0, 0.5, 4.0, 18.0],
        "low": [11.0, 1.5, 28.0, 0.2, 3.0, 16.0],
        "high": [13.0, 2.5, 32.0, 0.8, 5.0, math.inf],
    }
)
EFFECTS = pl.DataFrame(
    {
        "input": ["threats.som.signature.X.front", "systems.s400-turkiye-2.reaction_time", "one side only"],
        "at_low": [3.0, 1.0, 4.5],
        "at_high": [5.0, 9.0, 6.0],
        "low_text": ["0.01 m2", "5 s", "1"],
        "high_text": ["1 m2", "15 s", "2"],
    }
)


class Caught:
    """Stands in for `figures.save` and keeps the figure."""

    figure: Figure

    def __call__(self, figure: Figure, folder: Any, name: str) -> list[Path]:
        self.figure = figure
        FigureCanvasAgg(figure).draw()
        return []


@pytest.fixture
def caught(monkeypatch: pytest.MonkeyPatch) -> Caught:
    catcher = Caught()
    monkeypatch.setattr(figures, "save", catcher)
    return catcher


def assert_nothing_overlaps(figure: Figure) -> None:
    """Tick labels, axis labels, titles, legend and annotations keep clear of each other."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = []
    for axis in figure.axes:
        texts = [*axis.texts, axis.xaxis.label, axis.yaxis.label]
        for side, view in ((axis.xaxis, axis.get_xlim()), (axis.yaxis, axis.get_ylim())):
            ticks = zip(side.get_ticklocs(), side.get_ticklabels(), strict=False)
            texts += [label for at, label in ticks if min(view) <= at <= max(view)]
        texts += [axis.title, axis._left_title]
        boxes += [
            (t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text() and t.get_visible()
        ]
        if axis.get_legend() is not None:
            boxes.append(("legend", axis.get_legend().get_window_extent(renderer)))
    if figure._suptitle is not None:
        boxes.append(("title", figure._suptitle.get_window_extent(renderer)))
    whole = figure.bbox
    for name, box in boxes:
        assert box.x0 >= whole.x0 - 1 and box.x1 <= whole.x1 + 1, f"{name!r} leaves the figure"
        assert box.y0 >= whole.y0 - 1 and box.y1 <= whole.y1 + 1, f"{name!r} leaves the figure"
    for (a, one), (b, two) in combinations(boxes, 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        down = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across <= 1 or down <= 1, f"{a!r} lies on {b!r}"


def test_files_and_their_bytes(tmp_path: Path) -> None:
    first = figures.response(CURVES, "count", tmp_path / "a", by="units")
    second = figures.response(CURVES, "count", tmp_path / "b", by="units")
    assert [path.name for path in first] == ["response.svg", "response.png"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes() and one.stat().st_size > 5000
    assert b"<svg" in first[0].read_bytes() and first[1].read_bytes().startswith(b"\x89PNG")


def test_response(caught: Caught) -> None:
    figures.response(
        CURVES,
        "count",
        "",
        by="units",
        x_label="missiles in the raid",
        y_label="leakers",
        title="Leakers " * 20,
    )
    (axis,) = caught.figure.axes
    one, two = axis.get_lines()
    assert list(one.get_xdata()) == [20, 40, 60] and list(one.get_ydata()) == [2.0, 12.0, 30.0]
    assert (one.get_label(), two.get_label()) == ("one", "two")
    assert one.get_color() != two.get_color() and one.get_marker() != two.get_marker()
    assert len(axis.collections) == 2  # the bands
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("missiles in the raid", "leakers")
    assert_nothing_overlaps(caught.figure)


def test_response_over_words(caught: Caught) -> None:
    table = pl.DataFrame(
        {
            "doctrine": ["shoot-look-shoot", "salvo"],
            "value": [1.0, 2.0],
            "low": [0.5, -math.inf],
            "high": [1.5, math.inf],
        }
    )
    figures.response(table, "doctrine", "")
    (axis,) = caught.figure.axes
    assert [label.get_text() for label in axis.get_xticklabels()] == ["shoot-look-shoot", "salvo"]
    hollow = [line for line in axis.get_lines() if line.get_markerfacecolor() == "white"]
    assert [list(line.get_ydata()) for line in hollow] == [[2.0]]  # no interval, a hollow mark
    assert_nothing_overlaps(caught.figure)


def test_tornado(caught: Caught) -> None:
    figures.tornado(EFFECTS, "", base=4.0, x_label="leakers", title="What moves it")
    (axis,) = caught.figure.axes
    labels = [label.get_text().replace("\n", "") for label in axis.get_yticklabels()]
    assert labels == [
        "systems.s400-turkiye-2.reaction_time",
        "threats.som.signature.X.front",
        "one side only",
    ]
    bars = [bar for bar in axis.patches if bar.get_width() != 0.0]
    assert [bar.get_width() for bar in bars] == pytest.approx([-3.0, 5.0, -1.0, 1.0, 0.5, 2.0])
    assert (
        bars[4].get_y() + bars[4].get_height() <= bars[5].get_y()
    )  # on one side: one above the other, none hidden
    assert {text.get_text() for text in axis.texts} >= {"5 s", "15 s", "1", "2"}
    assert_nothing_overlaps(caught.figure)
    figures.tornado(EFFECTS, "", base=4.0, n_most=1)
    assert "2 more inputs" in caught.figure.axes[0].get_xlabel()


def test_ranking(caught: Caught) -> None:
    table = pl.DataFrame(
        {"input": ["a", "b"], "strength": [0.8, -0.3], "low": [0.7, -0.4], "high": [0.9, -0.2]}
    )
    figures.ranking(table, "")
    points = [line for line in caught.figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert list(points[0].get_xdata()) == [0.8, -0.3]
    sobol = pl.DataFrame(
        {
            "input": ["a"],
            "first": [0.3],
            "first_low": [0.2],
            "first_high": [0.4],
            "total": [0.5],
            "total_low": [0.4],
            "total_high": [0.6],
        }
    )
    figures.ranking(sobol, "", title="Sobol")
    assert caught.figure.axes[0].get_xlabel() == "share of the answer's variance"
    assert_nothing_overlaps(caught.figure)


def test_convergence(caught: Caught) -> None:
    table = pl.DataFrame(
        {
            "n": [1000, 50, 100, 300],
            "value": [3.0, 3.4, 3.2, 3.1],
            "low": [2.9, -math.inf, 2.8, 2.95],
            "high": [3.1, math.inf, 3.6, 3.25],
        }
    )
    figures.convergence(table, "", half_width=0.1, n_stop=1000, y_label="leakers")
    (axis,) = caught.figure.axes
    lines = {line.get_label(): line for line in axis.get_lines()}
    assert list(lines["estimate so far"].get_xdata()) == [50, 100, 300, 1000]
    assert lines["± 0.1 around the last"].get_ydata()[0] == pytest.approx(3.1)
    assert "stopped at 1,000 runs" in lines
    assert_nothing_overlaps(caught.figure)


def test_heat_map(caught: Caught) -> None:
    table = pl.DataFrame(
        {
            "count": [40, 20, 20],
            "units": [1, 1, 2],
            "value": [12.0, 3.0, 0.0],
            "low": [11.0, 2.0, 0.0],
            "high": [13.0, 4.0, 0.2],
        }
    )
    figures.heat_map(table, "count", "units", "", value_label="leakers")
    axis, _ = caught.figure.axes
    cells = axis.images[0].get_array()
    assert cells[0].tolist() == [3.0, 12.0] and cells[1][0] == 0.0 and cells.mask[1][1]
    assert {text.get_text() for text in axis.texts} == {"12\n11 to 13", "3\n2 to 4", "0\n0 to 0.2"}
    assert_nothing_overlaps(caught.figure)


def test_colours_differ_in_lightness_or_hue_for_all_eyes() -> None:
    """Okabe and Ito's set through the usual matrix for red-blind eyes (Vienot 1999): still apart."""
    seen = []
    for colour in figures.COLOURS:
        r, g, b = (c**2.2 for c in to_rgb(colour))
        red = 0.11238 * r + 0.88762 * g
        blue = 0.00401 * r - 0.00401 * g + b
        seen.append((red, blue))
    assert min(math.dist(a, b) for a, b in combinations(seen, 2)) > 0.05


def test_refusals() -> None:
    with pytest.raises(InputError, match="needs the column 'low', 'high'; the table has count, value"):
        figures.response(CURVES.select("count", "value"), "count", "")
    with pytest.raises(InputError, match="no rows"):
        figures.response(CURVES.head(0), "count", "")
    with pytest.raises(InputError, match="choose one variant"):
        figures.heat_map(CURVES.with_columns(x=1), "x", "units", "")


def test_bands_on_each_other_do_not_add_up_to_a_block(tmp_path: Path, caught: Caught) -> None:
    rows = [
        {"by": f"{k} units", "x": x, "value": 0.0, "low": 0.0, "high": 0.2}
        for k in range(8)
        for x in (1, 2, 3)
    ]
    figures.response(pl.DataFrame(rows), "x", tmp_path, by="by")
    bands = caught.figure.axes[0].collections
    assert len(bands) == 8
    seen_through = math.prod(1.0 - float(band.get_alpha() or 1.0) for band in bands)
    assert seen_through > 0.6
