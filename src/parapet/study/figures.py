"""Figures of a study, each from one plain table, written as SVG and PNG: response curves, tornado, ranking,
convergence and heat map.

Colours are Okabe and Ito's, which colour-blind readers tell apart; curves differ by marker too. No pyplot state, and
the same table gives the same bytes.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from parapet.errors import InputError

INK: Final = "#30343b"
GRID: Final = "#dddddd"
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
_SVG: Final[dict[Any, Any]] = {"svg.hashsalt": "parapet", "svg.fonttype": "path"}


def axes_of(figure: Figure, n_rows: int = 1, n_columns: int = 1, **options: Any) -> list[Axes]:
    """Axes in the house style, row by row."""
    found = np.ravel(figure.subplots(n_rows, n_columns, **options))
    for axis in found:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(INK)
        axis.tick_params(colors=INK, labelsize=9)
        axis.grid(color=GRID, linewidth=0.6)
        axis.set_axisbelow(True)
    return list(found)


def save(figure: Figure, folder: Path | str, name: str) -> list[Path]:
    """Write ``name.svg`` and ``name.png`` into the folder (made if it is not there); their paths come back.

    No date and no program name is written, so equal figures are equal files.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    paths = [place / f"{name}.svg", place / f"{name}.png"]
    with rc_context(_SVG):
        figure.savefig(paths[0], metadata={"Date": None, "Creator": None})
        figure.savefig(paths[1], dpi=150, metadata={"Software": None})
    return paths


def _need(table: pl.DataFrame, *columns: str) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            f"The figure needs the column {', '.join(map(repr, missing))}; the table has {', '.join(table.columns)}."
        )
    if table.is_empty():
        raise InputError("The figure's table has no rows.")


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), layout="constrained")


def _title(figure: Figure, axis: Axes, title: str) -> None:
    if title:
        axis.set_title(_filled(title, figure), fontsize=11, color=INK, loc="left")


def _filled(title: str, figure: Figure) -> str:
    """A long title on several lines; a number stays with its per cent sign."""
    return textwrap.fill(title.replace(" %", "\u00a0%"), int(figure.get_figwidth() * 11))


def _label(axis: Axes, x: str, y: str) -> None:
    axis.set_xlabel(x, color=INK, fontsize=10)
    axis.set_ylabel(y, color=INK, fontsize=10)


def _wrapped(name: object, width: int = 28) -> str:
    """A long name on two or more lines, broken at blanks, dots and slashes."""
    text = str(name)
    if len(text) <= width:
        return text
    soft = text.replace(".", ".\u200b ").replace("/", "/\u200b ").replace("_", "_\u200b ")
    return "\n".join(line.replace("\u200b ", "").replace("\u200b", "") for line in textwrap.wrap(soft, width))


def _shown(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    if value != 0.0 and abs(value) < 0.01:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


def response(
    table: pl.DataFrame,
    x: str,
    folder: Path | str,
    *,
    by: str | None = None,
    name: str = "response",
    x_label: str = "",
    y_label: str = "",
    title: str = "",
    log_x: bool = False,
    note: str = "",
) -> list[Path]:
    """Curves of an estimate against a factor, with its interval as a band.

    Parameters
    ----------
    table : columns `x` (numbers or words), ``value``, ``low``, ``high`` and, for one curve each, `by`.
        Rows in any order; words keep the order of the table. Infinite ends are not drawn. If it has a column
        ``closed``, the closed form is drawn as a dotted line of the curve's colour.
    note : a line in small letters below the figure.
    """
    _need(table, x, "value", "low", "high", *([by] if by else []))
    figure = _figure(7.2, 4.4)
    (axis,) = axes_of(figure)
    is_number = table[x].dtype.is_numeric()
    words = [] if is_number else [str(word) for word in table[x].unique(maintain_order=True)]
    curves = table.partition_by(by, maintain_order=True) if by else [table]
    for k, curve in enumerate(curves):
        rows = curve.sort(x) if is_number else curve
        at = rows[x].to_numpy() if is_number else np.array([words.index(str(word)) for word in rows[x]])
        value = rows["value"].to_numpy().astype(float)
        ends = [rows[end].to_numpy().astype(float) for end in ("low", "high")]
        low, high = (np.where(np.isfinite(end), end, np.nan) for end in ends)
        colour, marker = COLOURS[k % len(COLOURS)], _MARKERS[k % len(_MARKERS)]
        label = str(curve[by][0]) if by else None
        if is_number:
            # bands that lie on each other must not add up to a block
            axis.fill_between(at, low, high, color=colour, alpha=min(0.2, 0.4 / len(curves)), linewidth=0)
            axis.plot(at, value, color=colour, marker=marker, markersize=5, linewidth=1.6, label=label)
            if "closed" in rows.columns:
                closed = rows["closed"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
                axis.plot(at, closed, color=colour, linestyle=":", linewidth=1.4)
        else:
            aside = (k - (len(curves) - 1) / 2.0) * min(0.15, 0.6 / len(curves))
            _whiskers(axis, at + aside, value, low, high, colour, marker, label)
    if words:
        axis.set_xticks(range(len(words)), [_wrapped(word, 16) for word in words])
        axis.set_xlim(-0.6, len(words) - 0.4)
        axis.grid(visible=False, axis="x")
    elif log_x:
        axis.set_xscale("log")
    elif table[x].n_unique() <= 8:
        axis.set_xticks(sorted(table[x].unique()))
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    _label(axis, x_label or x, y_label or "value")
    if by:
        legend = axis.legend(title=by, fontsize=9, title_fontsize=9, frameon=False)
        legend.get_title().set_color(INK)
    if note:
        figure.supxlabel(note, fontsize=7.5, color=INK, x=0.99, ha="right")
    _title(figure, axis, title)
    return save(figure, folder, name)


def _whiskers(
    axis: Axes,
    at: np.ndarray[Any, Any],
    value: np.ndarray[Any, Any],
    low: np.ndarray[Any, Any],
    high: np.ndarray[Any, Any],
    colour: str,
    marker: str,
    label: str | None,
) -> None:
    axis.vlines(at, low, high, color=colour, linewidth=1.6)
    axis.plot(at, value, linestyle="", color=colour, marker=marker, markersize=6, label=label)
    is_open = ~(np.isfinite(low) & np.isfinite(high))  # no interval: a hollow mark
    axis.plot(
        at[is_open], value[is_open], linestyle="", color=colour, marker=marker, markersize=6, mfc="white"
    )


def tornado(
    table: pl.DataFrame,
    folder: Path | str,
    *,
    base: float,
    name: str = "tornado",
    x_label: str = "value",
    title: str = "",
    n_most: int = 15,
) -> list[Path]:
    """What the answer becomes when one input at a time goes to its low and to its high end; widest on top.

    Parameters
    ----------
    table : columns ``input``, ``at_low``, ``at_high`` (the answer there) and, if wanted, ``low_text`` and
        ``high_text`` (the input's ends with unit, written at the bars).
    base : the answer with every input at its nominal value.
    n_most : inputs shown; how many were left out is said.
    """
    _need(table, "input", "at_low", "at_high")
    lows, highs = (table[end].to_numpy().astype(float) for end in ("at_low", "at_high"))
    reach = np.maximum.reduce([lows, highs, np.full(len(lows), base)]) - np.minimum.reduce(
        [lows, highs, np.full(len(lows), base)]
    )
    order = np.argsort(-reach, kind="stable")[:n_most]
    figure = _figure(8.0, 1.5 + 0.42 * len(order))
    (axis,) = axes_of(figure)
    has_text = {"low_text", "high_text"} <= set(table.columns)
    for row, i in enumerate(order):
        # both ends on one side of the base: two thin bars, or the longer one would hide the other
        is_one_sided = (lows[i] - base) * (highs[i] - base) > 0.0
        thick, aside = (0.3, 0.16) if is_one_sided else (0.62, 0.0)
        ends = ((lows[i], highs[i], "low_text", COLOURS[0]), (highs[i], lows[i], "high_text", COLOURS[4]))
        for sign, (end, other, key, colour) in zip((-1.0, 1.0), ends, strict=True):
            at = row + sign * aside
            axis.barh(at, end - base, left=base, height=thick, color=colour, zorder=2)
            if has_text and table[key][int(i)]:
                is_right = end > base or (end == base and other < base)
                axis.annotate(
                    str(table[key][int(i)]), (end, at), (4 if is_right else -4, 0), textcoords="offset points",
                    ha="left" if is_right else "right", va="center", fontsize=8, color=INK,
                )  # fmt: skip
    axis.axvline(base, color=INK, linewidth=1.0, zorder=3)
    axis.set_yticks(range(len(order)), [_wrapped(table["input"][int(i)]) for i in order])
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.18 if has_text else 0.05)
    handles = [axis.barh(0, 0, color=COLOURS[k]) for k in (0, 4)]
    axis.legend(
        handles, ["input at its low end", "input at its high end"], fontsize=8, frameon=False, ncols=2,
        loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, handlelength=1.2,
    )  # fmt: skip
    left_out = table.height - len(order)
    note = f"\n{left_out} more inputs move it less" if left_out else ""
    _label(axis, x_label + note, "")
    if title:
        figure.suptitle(_filled(title, figure), fontsize=11, color=INK, x=0.01, ha="left")
    return save(figure, folder, name)


def ranking(
    table: pl.DataFrame,
    folder: Path | str,
    *,
    name: str = "ranking",
    x_label: str = "",
    title: str = "",
    n_most: int = 15,
) -> list[Path]:
    """Sensitivities with their intervals as points, as `sensitivity.ranking` and `sensitivity.sobol_indices` give them.

    Parameters
    ----------
    table : columns ``input`` and either ``strength``, ``low``, ``high`` or ``first``, ``first_low``, ``first_high``,
        ``total``, ``total_low``, ``total_high``. Rows in the order to draw, strongest first.
    """
    is_sobol = "total" in table.columns
    sets: tuple[tuple[str, str, str], ...]
    if is_sobol:
        sets = (
            ("first", "alone (first order)", "first_"),
            ("total", "with its interactions (total)", "total_"),
        )
    else:
        sets = (("strength", "", ""),)
    _need(table, "input", *(key for value, _, ends in sets for key in (value, f"{ends}low", f"{ends}high")))
    shown = table.head(n_most)
    figure = _figure(7.2, 1.4 + 0.4 * shown.height)
    (axis,) = axes_of(figure)
    rows = np.arange(shown.height)
    for k, (value, label, ends) in enumerate(sets):
        at = rows + (k - (len(sets) - 1) / 2.0) * 0.28
        low, high = (shown[f"{ends}{end}"].to_numpy().astype(float) for end in ("low", "high"))
        axis.hlines(at, low, high, color=COLOURS[k], linewidth=1.8)
        axis.plot(
            shown[value].to_numpy(),
            at,
            linestyle="",
            marker=_MARKERS[k],
            markersize=6,
            color=COLOURS[k],
            label=label,
        )
    axis.axvline(0.0, color=INK, linewidth=0.8)
    axis.set_yticks(rows, [_wrapped(word) for word in shown["input"]])
    axis.set_ylim(shown.height - 0.4, -0.6)
    axis.grid(visible=False, axis="y")
    left_out = table.height - shown.height
    note = f"\n{left_out} more inputs below" if left_out else ""
    standard = "share of the answer's variance" if is_sobol else "strength, -1 to 1"
    _label(axis, (x_label or standard) + note, "")
    if is_sobol:
        axis.legend(fontsize=8, frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0.0, 1.0))
    if title and is_sobol:
        figure.suptitle(_filled(title, figure), fontsize=11, color=INK, x=0.01, ha="left")
    else:
        _title(figure, axis, title)
    return save(figure, folder, name)


def convergence(
    table: pl.DataFrame,
    folder: Path | str,
    *,
    half_width: float | None = None,
    n_stop: int | None = None,
    name: str = "convergence",
    y_label: str = "value",
    title: str = "",
) -> list[Path]:
    """How an estimate and its interval settle with the number of runs.

    Parameters
    ----------
    table : columns ``n``, ``value``, ``low``, ``high``; infinite ends are not drawn.
    half_width : the width asked for, drawn around the last value.
    n_stop : where the study stopped.
    """
    _need(table, "n", "value", "low", "high")
    rows = table.sort("n")
    n, value, low, high = (rows[key].to_numpy().astype(float) for key in ("n", "value", "low", "high"))
    low, high = (np.where(np.isfinite(end), end, np.nan) for end in (low, high))
    figure = _figure(7.2, 4.2)
    (axis,) = axes_of(figure)
    axis.fill_between(n, low, high, color=COLOURS[0], alpha=0.2, linewidth=0, label="95 % interval")
    axis.plot(n, value, color=COLOURS[0], marker="o", markersize=4, linewidth=1.6, label="estimate so far")
    if half_width is not None:
        for sign in (-1.0, 1.0):
            label = f"± {half_width:g} around the last" if sign > 0 else None
            axis.axhline(
                value[-1] + sign * half_width, color=COLOURS[1], linestyle="--", linewidth=1.2, label=label
            )
    if n_stop is not None:
        axis.axvline(n_stop, color=INK, linestyle=":", linewidth=1.2, label=f"stopped at {n_stop:,} runs")
    if n[-1] > 8.0 * n[0] > 0.0:
        axis.set_xscale("log")
        ticks = [k * 10**p for p in range(8) for k in (1, 2, 5) if n[0] <= k * 10**p <= n[-1]]
        axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        axis.set_xticks([], minor=True)
    else:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label(axis, "runs", y_label)
    axis.legend(fontsize=9, frameon=False)
    _title(figure, axis, title)
    return save(figure, folder, name)


def heat_map(
    table: pl.DataFrame,
    x: str,
    y: str,
    folder: Path | str,
    *,
    value: str = "value",
    name: str = "heat-map",
    x_label: str = "",
    y_label: str = "",
    value_label: str = "",
    title: str = "",
    ends: tuple[float, float] | None = None,
) -> list[Path]:
    """An estimate over two factors, the number written in each cell; cells without a row stay empty.

    Parameters
    ----------
    table : columns `x`, `y` (numbers or words) and `value`; if ``low`` and ``high`` are there, the interval is
        written below the number. One row per cell.
    ends : lowest and highest value of the colours, so that several maps compare; left out, the table's own.

    Raises `InputError` if two rows fall into one cell.
    """
    _need(table, x, y, value)
    if table.select(x, y).is_duplicated().any():
        raise InputError(
            f"Two rows of the heat map's table have the same {x} and {y}: choose one variant first."
        )
    columns, rows = _ordered(table[x]), _ordered(table[y])
    cells = np.full((len(rows), len(columns)), np.nan)
    doubts: dict[tuple[int, int], str] = {}
    for record in table.iter_rows(named=True):
        i, j = rows.index(record[y]), columns.index(record[x])
        cells[i, j] = record[value]
        if {"low", "high"} <= set(table.columns):
            if math.isfinite(record["high"] - record["low"]):
                doubts[i, j] = f"\n{_shown(record['low'])} to {_shown(record['high'])}"
    figure = _figure(2.6 + max(0.85 * len(columns), 2.4), 1.6 + 0.6 * len(rows))
    (axis,) = axes_of(figure)
    low_end, high_end = ends or (None, None)
    image = axis.imshow(cells, cmap="cividis", aspect="auto", origin="lower", vmin=low_end, vmax=high_end)
    for (i, j), number in np.ndenumerate(cells):
        if math.isfinite(number):
            low, high = image.get_clim()
            is_light = high > low and (number - low) / (high - low) > 0.55
            words = _shown(number) + doubts.get((i, j), "")
            axis.text(
                j, i, words, ha="center", va="center", fontsize=8, color="black" if is_light else "white"
            )
    axis.set_xticks(range(len(columns)), [_wrapped(_tick(word), 14) for word in columns])
    axis.set_yticks(range(len(rows)), [_wrapped(_tick(word), 18) for word in rows])
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axis, pad=0.02)
    bar.set_label(value_label or value, color=INK)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=INK, labelsize=8)
    _label(axis, x_label or x, y_label or y)
    _title(figure, axis, title)
    return save(figure, folder, name)


def _ordered(column: pl.Series) -> Sequence[Any]:
    found = column.unique(maintain_order=True)
    return list(found.sort() if column.dtype.is_numeric() else found)


def _tick(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
