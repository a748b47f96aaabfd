"""The time line as a picture: a row for each statement, a lane for each actor, arcs between statements that clash."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve

from parapet.disposition.conflicts import find_conflicts
from parapet.disposition.forecasts import score_forecasts
from parapet.disposition.statements import Ledger, Statement
from parapet.disposition.yaml_data import NOTICE
from parapet.errors import InputError

INK: Final = "#30343b"
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
CLASH: Final = "#b22222"
MARKERS: Final = {"fact": "o", "claim": "^", "forecast": "D"}
FORMATS: Final = (".svg", ".png", ".pdf")
ROW_INCHES: Final = 0.235
SHOWN: Final = 100
"""Characters of a statement that are printed."""


def check_target(path: Path | str) -> None:
    """Refuse a file name that is no picture, before anything takes time.

    Raises
    ------
    InputError
        With the endings that can be written.
    """
    if Path(path).suffix.lower() not in FORMATS:
        raise InputError(f"--picture: got {str(path)!r}, expected a name that ends in {', '.join(FORMATS)}.")


def draw_time_line(ledger: Ledger, path: Path | str, as_of: date | None = None) -> Path:
    """Draw every statement known on a day, time running down; the same ledger gives the same bytes.

    Raises
    ------
    InputError
        If the file name is no picture, or nothing was known by that day.
    """
    check_target(path)
    known = ledger.until(as_of)
    if not known.statements:
        raise InputError(f"nothing in the ledger was known by {as_of}.")
    lanes = list(dict.fromkeys(actor.lane for actor in known.vocabulary.actors.values()))
    n = len(known.statements)
    figure = Figure(figsize=(14.0, 2.2 + ROW_INCHES * n))
    FigureCanvasAgg(figure)
    axis = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    _frame(axis, lanes, n)
    rows = {one.id: i for i, one in enumerate(known.statements)}
    _years(axis, known)
    _arcs(axis, known, rows)
    scores = {score.statement: score.verdict for score in score_forecasts(ledger, as_of)}
    clashing = {name for conflict in find_conflicts(known) for name in conflict.statements}
    for one in known.statements:
        _row(axis, known, one, rows[one.id], lanes, one.id in clashing, scores.get(one.id, ""))
    _legend(axis, n, as_of or ledger.last_day, lanes)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with rc_context({"svg.hashsalt": "parapet", "svg.fonttype": "path"}):
        extra: dict[str, Any] = (
            {"metadata": {"Date": None, "Creator": None}} if target.suffix == ".svg" else {}
        )
        if target.suffix.lower() == ".png":
            extra = {"dpi": 110, "metadata": {"Software": None}}
        figure.savefig(target, **extra)
    return target


LANE: Final = 0.85
LANES_AT: Final = 3.0
TEXT_AT: Final = 10.5
WIDTH: Final = 28.0


def _frame(axis: Axes, lanes: list[str], n: int) -> None:
    axis.set_xlim(0.0, WIDTH)
    axis.set_ylim(n + 3.4, -4.6)
    axis.axis("off")
    for i, lane in enumerate(lanes):
        axis.plot([LANES_AT + i * LANE] * 2, [-0.7, n - 0.3], color="#e4e4e4", linewidth=1.2, zorder=0)
        axis.text(
            LANES_AT + i * LANE,
            -0.9,
            lane,
            rotation=38,
            ha="left",
            va="bottom",
            fontsize=8.5,
            color=COLOURS[i],
            weight="bold",
        )


def _years(axis: Axes, ledger: Ledger) -> None:
    year = 0
    for i, one in enumerate(ledger.statements):
        if one.date.first.year != year:
            year = one.date.first.year
            axis.plot([LANES_AT - 0.3, WIDTH - 0.3], [i - 0.5] * 2, color="#cccccc", linewidth=0.6, zorder=0)
            axis.text(
                WIDTH - 0.3,
                i,
                str(year),
                ha="right",
                va="center",
                fontsize=11,
                color="#9a9a9a",
                weight="bold",
            )


def _arcs(axis: Axes, ledger: Ledger, rows: dict[str, int]) -> None:
    """From the first statement of one side to the first of every other, on the left."""
    for conflict in find_conflicts(ledger):
        heads = sorted(rows[side.statements[0]] for side in conflict.sides)
        for one, other in itertools.pairwise(heads):
            reach = LANES_AT - 0.35 - min(2.4, 0.45 + 0.055 * (other - one))
            start = LANES_AT - 0.35
            points = [(start, one), (reach, one), (reach, other), (start, other)]
            style = "-" if conflict.has_answer else (0, (4, 2))
            curve = Curve(points, [Curve.MOVETO, Curve.CURVE4, Curve.CURVE4, Curve.CURVE4])
            axis.add_patch(
                PathPatch(
                    curve, fill=False, edgecolor=CLASH, linewidth=0.9, alpha=0.55, linestyle=style, zorder=1
                )
            )


def _row(
    axis: Axes, ledger: Ledger, one: Statement, row: int, lanes: list[str], is_clashing: bool, score: str
) -> None:
    lane = lanes.index(ledger.vocabulary.actors[one.actor].lane)
    x = LANES_AT + lane * LANE
    axis.plot(
        [x], [row], MARKERS[one.status], color=COLOURS[lane], markersize=6.5 if one.status != "forecast" else 5.8,
        markerfacecolor=COLOURS[lane] if one.status == "fact" else "white", markeredgewidth=1.5, zorder=3,
    )  # fmt: skip
    if is_clashing:
        axis.plot([LANES_AT - 0.35], [row], marker="o", color=CLASH, markersize=2.6, zorder=3)
    axis.text(TEXT_AT - 0.15, row, one.date.short, ha="right", va="center", fontsize=7.2, color="#6a6f78")
    text = f"{ledger.speaker(one)}: {one.text}"
    text = text if len(text) <= SHOWN else text[: SHOWN - 1].rsplit(" ", 1)[0] + " …"
    if score:
        text += f"  [{score}]"
    axis.text(TEXT_AT, row, text, va="center", fontsize=8.2, color=CLASH if is_clashing else INK)


def _legend(axis: Axes, n: int, day: date, lanes: list[str]) -> None:
    axis.text(LANES_AT - 2.8, -4.0, f"Who said what, and what contradicts it: the record to {day}", fontsize=13,
              weight="bold", color=INK, va="center")  # fmt: skip
    y = n + 0.9
    for i, (status, marker) in enumerate(MARKERS.items()):
        x = LANES_AT + 2.7 * i
        axis.plot(
            [x], [y], marker, color=INK, markerfacecolor=INK if status == "fact" else "white", markersize=6.5
        )
        axis.text(x + 0.25, y, status, va="center", fontsize=8.5, color=INK)
    axis.plot([11.2, 12.2], [y, y], color=CLASH, linewidth=1.0, linestyle=(0, (4, 2)))
    axis.text(12.4, y, "cannot both hold (full line: an express denial); red text stands in a conflict", va="center",
              fontsize=8.5, color=INK)  # fmt: skip
    axis.text(LANES_AT, n + 2.2, NOTICE, fontsize=8, color="#6a6f78", va="center")
