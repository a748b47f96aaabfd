"""The figures and the ranking that fit a stored study: which there are follows from its design.

One factor: response curves. Two: curves and a heat map. One at a time: a tornado. Sampled designs and doubt: what
drives the answer. Always: how the estimate settled with the number of runs.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from parapet.errors import InputError
from parapet.study import sequential
from parapet.study.design import levels_of
from parapet.study.factors import is_same, number_of
from parapet.study.show import cell_rows, closed_forms
from parapet.study.statistics import mean, parse_until

if TYPE_CHECKING:
    import polars as pl

    from parapet.study.result import Study

EARLY = [5, 7, 10, 15]
"""Runs at which the settling of an estimate is drawn before the first look of a stopping rule."""


def estimates(study: Study, column: str = "leaked") -> pl.DataFrame:
    """One row per cell (at the nominal figures): its factors, and the mean of a column with its interval."""
    import polars as pl

    rows = []
    for cell in study.manifest["cells"]:
        values = study.values(column, cell["cell"])
        found = mean(values)
        # what is counted is never below 0, and neither is its mean
        low = max(found.low, 0.0) if values.size and values.min() >= 0.0 else found.low
        rows.append(
            {"cell": cell["cell"], "value": found.value, "low": low, "high": found.high, "n": found.n}
        )
    types = {"cell": pl.Int32, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    return study.cells.join(pl.DataFrame(rows, schema=types), on="cell").sort("cell")


def _labels(study: Study) -> list[str]:
    return [factor["label"] for factor in study.manifest["factors"]]


def settling(study: Study, cell: int, column: str = "leaked") -> pl.DataFrame:
    """A cell's estimate and interval at every checkpoint so far; columns ``n``, ``value``, ``low``, ``high``."""
    import polars as pl

    rule = study.manifest["until"]
    until = parse_until(rule) if rule else None
    values = study.values(until.column if until else column, cell)
    kind = until.kind if until else "mean"
    row = until.values(values) if until else values
    found = [
        (n, sequential.estimate(row[:n], kind) if until else mean(row[:n]))
        for n in sorted({*([] if until else EARLY), *sequential.checkpoints(max(row.size, 1))})
        if n <= row.size
    ]
    # what is counted is never below 0, and neither is its mean
    floor = 0.0 if row.size and row.min() >= 0.0 else -math.inf
    return pl.DataFrame(
        [(n, one.value, max(one.low, floor), one.high) for n, one in found],
        schema={"n": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64},
        orient="row",
    )


def drivers(study: Study, column: str = "leaked") -> pl.DataFrame | None:
    """What drives the answer, strongest first; None if the study did not sample anything.

    For studies with doubt the inputs are the groups of figures that were drawn together, and the answer is the mean
    of an outer sample in the first cell. For sampled designs the inputs are the factors. Saltelli designs give
    first-order and total Sobol indices.

    Raises
    ------
    InputError
        If there are too few samples for that many inputs; says how many it takes.
    """
    from parapet.study import sensitivity

    design = study.manifest["plan"]["design"]["kind"]
    if study.n_samples:
        table, inputs = _sampled_doubt(study, column)
        return sensitivity.ranking(table, inputs, column) if inputs else None
    if design == "saltelli":
        bounds = {
            factor["label"]: (float(factor["low"]), float(factor["high"]))
            for factor in study.manifest["plan"]["factors"]
            if not factor["levels"]
        }
        if len(bounds) < len(_labels(study)):
            raise InputError(
                "Sobol indices need ranges, {low: ..., high: ...}; a factor of this study has levels."
            )
        return sensitivity.sobol_indices(bounds, estimates(study, column)["value"].to_numpy())
    if design in ("latin_hypercube", "sobol"):
        table = estimates(study, column).rename({"value": column})
        return sensitivity.ranking(_as_numbers(table, _labels(study)), _labels(study), column)
    return None


def _as_numbers(table: pl.DataFrame, labels: list[str]) -> pl.DataFrame:
    """Factors written with units as their numbers."""
    import polars as pl

    changes = []
    for label in labels:
        if table[label].dtype == pl.String:
            number = (
                table[label].str.extract(r"^([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s").cast(pl.Float64, strict=False)
            )
            if number.null_count() == 0:
                changes.append(number.alias(label))
    return table.with_columns(changes)


def _sampled_doubt(study: Study, column: str) -> tuple[pl.DataFrame, list[str]]:
    import polars as pl

    answer = (
        study.column(column)
        .filter((pl.col("cell") == 0) & (pl.col("sample") > 0))
        .group_by("sample")
        .agg(pl.col(column).mean())
        .sort("sample")
    )
    draws = study.inputs.unique(["sample", "group"]).pivot("group", index="sample", values="u")
    inputs = sorted(name for name in draws.columns if name != "sample")
    if answer.height < len(inputs) + 3:
        raise InputError(
            f"{len(inputs)} groups of figures are in doubt; ranking them needs {len(inputs) + 3} outer samples, "
            f"the study has {answer.height}. Name fewer figures in doubt.figures, or take more samples."
        )
    return answer.join(draws, on="sample"), inputs


def where_ranked(study: Study) -> str:
    """The cell that a ranking over outer samples is about."""
    return f" in {study.manifest['cells'][0]['name']}" if study.n_samples and study.n_cells > 1 else ""


def draw(study: Study, folder: Path | str, column: str = "leaked") -> list[Path]:
    """Draw the figures that fit the study into a folder, each as SVG and PNG; their paths, none if none fits.

    Raises
    ------
    InputError
        If no run is stored yet, or there is no such column.
    """
    import polars as pl

    from parapet.study import figures

    if not study.n_runs:
        raise InputError(f"{study.folder}: no run is stored yet; there is nothing to draw.")
    study.column_name(column)
    words = column.replace("_", " ")
    labels = _labels(study)
    table = estimates(study, column)
    design = study.manifest["plan"]["design"]["kind"]
    paths: list[Path] = []
    if design == "one_at_a_time" and labels:
        for variant, name, title in _by_variant(study, "tornado"):
            base = float(table.filter(pl.col("variant") == variant)["value"][0])
            swings = _swings(study, table, variant)
            paths += figures.tornado(swings, folder, base=base, name=name, x_label=words, title=title)
    elif design == "grid" and labels:
        paths += _curves(study, table, labels, words, folder)
    paths += _convergence(study, table, column, folder)
    try:
        ranked = drivers(study, column)
    except InputError:
        ranked = None
    if ranked is not None and ranked.height:
        paths += figures.ranking(ranked, folder, title=f"What drives {words}{where_ranked(study)}")
    return paths


def why_none(study: Study) -> str:
    """What is missing where `draw` had nothing to draw."""
    most = max(study.values("leaked", cell).size for cell in range(study.n_cells))
    least = 1 + (sequential.checkpoints(10**6)[0] if study.manifest["until"] else EARLY[0])
    return (
        f"{study.folder}: nothing was drawn, no figure fits this study yet. How the estimate settles can be drawn from "
        f"{least} runs of a cell on, it has {most}; curves and heat maps need factors in the study file."
    )


def _curves(
    study: Study, table: pl.DataFrame, labels: list[str], words: str, folder: Path | str
) -> list[Path]:
    """Response curves over the factor with most levels; one curve for each level of the rest."""
    import polars as pl

    from parapet.study import figures

    x = max(labels, key=lambda label: table[label].n_unique())
    others = [label for label in labels if label != x]
    if table["variant"].n_unique() > 1:
        others = ["variant", *others]
    by = others[0] if others else None
    if len(others) > 1:
        by = ", ".join(others)
        parts = [pl.col(name).cast(pl.String) for name in others]
        table = table.with_columns(pl.concat_str(parts, separator=", ").alias(by))
    note = _note(table)
    if words == "leaked":
        closed = closed_forms(study, cell_rows(study))
        found = [closed[cell].leakers if cell in closed else None for cell in table["cell"]]
        table = table.with_columns(closed=pl.Series(found, dtype=pl.Float64))
        note += "; dotted: closed form"
    paths = figures.response(table, x, folder, by=by, x_label=x, y_label=words, title=study.title, note=note)
    if len(labels) == 2:
        ends = (float(table["value"].min()), float(table["value"].max()))  # type: ignore[arg-type]
        for variant, name, title in _by_variant(study, "heat-map"):
            mine = table.filter(pl.col("variant") == variant)
            paths += figures.heat_map(
                mine, labels[0], labels[1], folder, name=name, value_label=words, title=title, ends=ends
            )
    return paths


def _by_variant(study: Study, name: str) -> list[tuple[str, str, str]]:
    """(variant, name of its figure's file, title) of each variant; the plain name if there is only one."""
    variants = list(dict.fromkeys(cell["variant"] for cell in study.manifest["cells"]))
    if len(variants) == 1:
        return [(variants[0], name, study.title)]
    found: list[tuple[str, str, str]] = []
    for variant in variants:
        file = f"{name}-{re.sub(r'[^0-9A-Za-z_.-]+', '-', variant)}"
        if any(file.lower() == other.lower() for _, other, _ in found):
            file += f"-{len(found) + 1}"
        found.append((variant, file, f"{study.title} ({variant})"))
    return found


def _note(table: pl.DataFrame) -> str:
    """What the curves and bands are."""
    least, most = int(table["n"].to_numpy().min()), int(table["n"].to_numpy().max())
    runs = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"Mean of {runs} runs; bands hold it with 95 %"


def _swings(study: Study, table: pl.DataFrame, variant: str | None = None) -> pl.DataFrame:
    """The answer at the lowest and highest level of each factor, the others as in the base.

    Levels go by their number, words by their place in the study file. The base value counts if it is one of the levels.
    """
    import polars as pl

    cells = [cell for cell in study.manifest["cells"] if cell["variant"] == variant or variant is None]
    base = cells[0]["levels"]
    values = dict(zip(table["cell"].to_list(), table["value"].to_list(), strict=True))
    asked, _, _ = study.plan()
    rows = []
    for factor in asked.factors:
        path = factor.path
        levels = levels_of(factor)
        mine = [
            cell for cell in cells[1:]
            if all(cell["levels"][other] == value for other, value in base.items() if other != path)
            and cell["levels"][path] != base[path]
        ]  # fmt: skip
        if len(mine) < 2 or any(is_same(level, base[path]) for level in levels):
            mine.append(cells[0])
        numbers = [number_of(cell["levels"][path]) for cell in mine]
        if None in numbers:
            places = {repr(level): k for k, level in enumerate(levels)}
            keys = [float(places.get(repr(cell["levels"][path]), -1)) for cell in mine]
        else:
            keys = [number for number in numbers if number is not None]
        ends = [mine[int(np.argmin(keys))], mine[int(np.argmax(keys))]]
        rows.append(
            {
                "input": factor.label, "at_low": values[ends[0]["cell"]], "at_high": values[ends[1]["cell"]],
                "low_text": str(ends[0]["levels"][path]), "high_text": str(ends[1]["levels"][path]),
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def _convergence(study: Study, table: pl.DataFrame, column: str, folder: Path | str) -> list[Path]:
    """Of the cell with the widest interval."""
    from parapet.study import figures

    widths = (table["high"] - table["low"]).to_numpy()
    widths = np.where(np.isfinite(widths), widths, -1.0)
    cell = int(table["cell"][int(widths.argmax())])
    rule = study.manifest["until"]
    until = parse_until(rule) if rule else None
    settled = settling(study, cell, column)
    if settled.height < 2:
        return []
    values = study.values(until.column if until else column, cell)
    stop: Any = sequential.stops_at(until.values(values), until.kind, until.half_width) if until else None
    name = study.manifest["cells"][cell]["name"]
    label = until.name if until else column.replace("_", " ")
    return figures.convergence(
        settled,
        folder,
        half_width=until.half_width if until else None,
        n_stop=stop,
        y_label=label,
        title=f"{study.title} ({name})",
    )
