"""Figures as SVG text: the house style, and the same bytes for the same figure."""

from __future__ import annotations

import io
from typing import Any, Final, Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from parapet.report.palette import INK, RULE

STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "parapet", "svg.fonttype": "path", "font.size": 8.5, "font.family": "DejaVu Sans",
    "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": INK,
    "axes.linewidth": 0.7, "xtick.major.width": 0.7, "ytick.major.width": 0.7, "axes.titlesize": 9,
    "text.parse_math": False,
}  # fmt: skip
"""No name of a scenario is read as mathematics."""

WIDTH_IN: Final = 7.1
"""Width of every figure: the text's width on A4 paper, so that letters print at their size."""


_GRIDS: Final[dict[str, Literal["both", "x", "y"]]] = {"xy": "both", "x": "x", "y": "y"}


def new(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """An empty figure in the house style, laid out by what stands in it."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def fixed(
    height_in: float, left_in: float, right_in: float, bottom_in: float, top_in: float
) -> tuple[Figure, Axes]:
    """A figure with one axes and these margins in inches: much quicker to draw where there is much to lay out."""
    figure = Figure(figsize=(WIDTH_IN, height_in))
    wide, high = WIDTH_IN - left_in - right_in, height_in - bottom_in - top_in
    axis = figure.add_axes((left_in / WIDTH_IN, bottom_in / height_in, wide / WIDTH_IN, high / height_in))
    return figure, axis


def plain(axis: Axes, grid: str = "") -> Axes:
    """Axes without a box, with a grid along ``x``, ``y``, both or neither."""
    axis.spines[["top", "right"]].set_visible(False)
    if grid:
        axis.grid(visible=True, axis=_GRIDS[grid], color=RULE, linewidth=0.5)
    axis.set_axisbelow(True)
    return axis


def svg(figure: Figure) -> str:
    """The figure as SVG without a date; the same figure gives the same text."""
    FigureCanvasSVG(figure)
    store = io.StringIO()
    with rc_context(STYLE):
        figure.savefig(store, format="svg", metadata={"Date": None, "Creator": None})
    return store.getvalue()


def place_labels(axis: Axes, labels: list[tuple[float, float, str, str, float]]) -> None:
    """Write labels beside their points so that none covers another or another's point, first come first served.

    Parameters
    ----------
    labels : (x, y, text, colour, size in points), the most important first. One that fits nowhere is left out.

    The axes' place and limits must be the final ones (`fixed`).
    """
    figure = axis.figure.figure
    assert isinstance(figure, Figure)
    pixels = figure.dpi / 72.0
    frame = axis.get_window_extent()
    points = [axis.transData.transform((x, y)) for x, y, *_ in labels]
    taken: list[tuple[float, float, float, float]] = [
        (px - 3 * pixels, py - 3 * pixels, px + 3 * pixels, py + 3 * pixels) for px, py in points
    ]
    for (x, y, text, colour, size), (px, py) in zip(labels, points, strict=True):
        wide = 0.62 * size * pixels * max(len(line) for line in text.splitlines())
        high = 1.25 * size * pixels * len(text.splitlines())
        ahead = (
            px - (frame.x0 + frame.x1) / 2.0,
            py - (frame.y0 + frame.y1) / 2.0,
        )  # away from the middle first
        for dx, dy in sorted(_SIDES, key=lambda side: _rank(side, ahead)):
            gap = 6.0 * pixels
            left = px + dx * gap - (wide if dx < 0 else wide / 2.0 if dx == 0 else 0.0)
            low = py + dy * gap - (high if dy < 0 else high / 2.0 if dy == 0 else 0.0)
            box = (left, low, left + wide, low + high)
            is_inside = box[0] > frame.x0 and box[2] < frame.x1 and box[1] > frame.y0 and box[3] < frame.y1
            own = (px - 3 * pixels, py - 3 * pixels, px + 3 * pixels, py + 3 * pixels)
            if is_inside and not any(_overlap(box, other) for other in taken if other != own):
                taken.append(box)
                axis.annotate(
                    text, (x, y), (dx * 6.0, dy * 6.0), textcoords="offset points", fontsize=size, color=colour,
                    ha="right" if dx < 0 else "center" if dx == 0 else "left",
                    va="top" if dy < 0 else "center" if dy == 0 else "bottom", zorder=9,
                    path_effects=[withStroke(linewidth=2.2, foreground="white", alpha=0.85)],
                )  # fmt: skip
                break


_SIDES: Final = (
    (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1), (2, 2), (-2, 2), (2, -2), (-2, -2),
)  # fmt: skip


def _rank(side: tuple[int, int], ahead: tuple[float, float]) -> tuple[bool, bool]:
    """Near sides before far ones, and of those the outer ones first; sideways is best read."""
    return (max(abs(side[0]), abs(side[1])) > 1, side[0] * ahead[0] + side[1] * ahead[1] < 0.0)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
