"""Variants or cells held against each other, run by run under the same draws: plain data, and a table for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from parapet.errors import InputError
from parapet.scenario.read import did_you_mean
from parapet.study.statistics import paired_difference
from parapet.tables import table_of

if TYPE_CHECKING:
    from parapet.study.result import Study

COMPARED = ("leaked", "rounds", "rounds_cost_usd", "value_lost")


def pairs_of(study: Study, names: Sequence[str] | None) -> list[tuple[int, int]]:
    """Pairs of cells to compare: two variants at the same factor levels, or two cells.

    Without names: the first variant with every other one, or without variants the first cell with every other one.

    Raises
    ------
    InputError
        If a name is no variant and no cell, or there is nothing to compare.
    """
    cells = study.manifest["cells"]
    variants = list(dict.fromkeys(cell["variant"] for cell in cells))
    if names:
        if len(names) != 2 or names[0] == names[1]:
            raise InputError("compare: name two different variants or cells.")
        if all(name in variants for name in names):
            return _matched(cells, names[0], names[1])
        known = [*variants, *(cell["name"] for cell in cells)]
        for name in names:
            if name not in known and not name.isdigit():
                hint = did_you_mean(name, known) or f" There are: {'; '.join(n for n in known[:12] if n)}."
                raise InputError(f"compare: no variant or cell is called {name!r}.{hint}")
        return [(study.cell_number(names[0]), study.cell_number(names[1]))]
    if len(variants) > 1:
        return [pair for other in variants[1:] for pair in _matched(cells, variants[0], other)]
    if len(cells) < 2:
        raise InputError(
            "compare: the study has one cell; there is nothing to compare it with. Add variants or factors."
        )
    return [(0, k) for k in range(1, len(cells))]


def _matched(cells: Sequence[dict[str, Any]], a: str, b: str) -> list[tuple[int, int]]:
    return [
        (one["cell"], other["cell"])
        for one in cells if one["variant"] == a
        for other in cells if other["variant"] == b and other["levels"] == one["levels"]
    ]  # fmt: skip


def compare_rows(study: Study, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Second minus first of each pair, run by run under the same draws, as plain data.

    With doubt, also how many outer samples have the difference of the same sign as the nominal figures.
    """
    rows = []
    for a, b in pairs_of(study, names):
        for column in COMPARED:
            one, other = _both(study, column, a, b, 0)
            if one.size < 2:
                continue
            found = paired_difference(other, one)
            row = {
                "a": study.manifest["cells"][a]["name"], "b": study.manifest["cells"][b]["name"], "column": column,
                "runs": int(one.size), "mean_a": float(one.mean()), "mean_b": float(other.mean()),
                "difference": found.difference.as_dict(),
                **{key: found.as_dict()[key] for key in ("variance_reduction", "correlation")},
            }  # fmt: skip
            if study.n_samples:
                row["doubt"] = _over_samples(study, column, a, b)
            rows.append(row)
    if not rows:
        raise InputError(
            "compare: no two cells have two runs in common yet. Play more with: parapet study ... --runs"
        )
    return rows


def _both(study: Study, column: str, a: int, b: int, sample: int) -> tuple[Any, Any]:
    """The values of two cells for the runs that both have."""
    import polars as pl

    mine = study.column(column).filter(pl.col("sample") == sample)
    joined = (
        mine.filter(pl.col("cell") == a)
        .join(mine.filter(pl.col("cell") == b), on="run", suffix="_b")
        .sort("run")
    )
    return joined[column].to_numpy().astype(np.float64), joined[f"{column}_b"].to_numpy().astype(np.float64)


def _over_samples(study: Study, column: str, a: int, b: int) -> dict[str, Any]:
    import polars as pl

    means = (
        study.column(column)
        .filter(pl.col("sample") > 0)
        .group_by("cell", "sample")
        .agg(pl.col(column).mean().alias("mean"))
    )
    joined = means.filter(pl.col("cell") == a).join(
        means.filter(pl.col("cell") == b), on="sample", suffix="_b"
    )
    differences = (joined["mean_b"] - joined["mean"]).to_numpy()
    if not differences.size:
        return {"samples": 0, "above_0": 0, "below_0": 0, "p10": None, "p90": None}
    low, high = (float(x) for x in np.quantile(differences, [0.1, 0.9]))
    return {
        "samples": int(differences.size), "above_0": int((differences > 0).sum()),
        "below_0": int((differences < 0).sum()),
        "p10": low, "p90": high,
    }  # fmt: skip


def render_comparison(study: Study, rows: Sequence[dict[str, Any]]) -> RenderableType:
    """Differences of pairs, one table for each two variants (or cells)."""
    cells = {cell["name"]: cell for cell in study.manifest["cells"]}
    parts: list[RenderableType] = [Text(study.title, style="bold"), Text("")]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        one, other = cells[row["a"]], cells[row["b"]]
        is_pair = one["variant"] != other["variant"] and one["levels"] == other["levels"]
        key = (one["variant"] or "base", other["variant"] or "base") if is_pair else (row["a"], row["b"])
        where = row["a"].removeprefix(one["variant"]).removeprefix(", ") if is_pair else ""
        groups.setdefault(key, []).append({**row, "where": where})
    for (first, second), group in groups.items():
        parts += [_pair_table(first, second, group, bool(study.n_samples)), Text("")]
    note = (
        "Difference: the right column minus the left, the same draws for both; intervals hold 95 %, bold ones leave "
        "out 0. 'Saved': how many times more runs independent draws would need."
    )
    return Group(*parts, Text(note, style="dim"))


def _pair_table(first: str, second: str, rows: Sequence[dict[str, Any]], has_doubt: bool) -> Table:
    table = table_of(f"{second} against {first}")
    if any(row["where"] for row in rows):
        table.add_column("at", overflow="fold")  # these wrap first, so that no number is cut
    table.add_column("", no_wrap=True)
    table.add_column("runs", justify="right", no_wrap=True)
    for name in (first, second):
        # a long name breaks at its hyphens before it breaks anywhere
        header = name.replace("-", "-\n") if len(name) > 9 else name
        table.add_column(Text(header), justify="right", overflow="fold", min_width=7)
    table.add_column("difference", no_wrap=True)
    table.add_column("saved", justify="right", no_wrap=True)
    if has_doubt:
        table.add_column("outer samples\nmore / fewer", justify="right", no_wrap=True)
    last = ""
    for row in rows:
        cells: list[Any] = []
        if any(other["where"] for other in rows):
            cells.append("" if row["where"] == last else row["where"])
            last = row["where"]
        scale = 1e6 if row["column"].endswith("_usd") else 1.0
        name = row["column"].replace("_usd", ", MUSD").replace("_", " ")
        reduced = row["variance_reduction"]
        cells += [name, f"{row['runs']:,}", f"{row['mean_a'] / scale:.2f}", f"{row['mean_b'] / scale:.2f}"]
        cells += [_difference(row["difference"], scale), "-" if reduced is None else f"{reduced:.1f} x"]
        if has_doubt:
            cells.append(
                f"{row['doubt']['above_0']} / {row['doubt']['below_0']} of {row['doubt']['samples']}"
            )
        table.add_row(*cells)
    return table


def _difference(d: dict[str, Any], scale: float) -> Text:
    has_ends = d["low"] is not None and d["high"] is not None
    is_clear = has_ends and (d["low"] > 0.0 or d["high"] < 0.0)
    text = Text(f"{d['value'] / scale:+.2f}", style="bold" if is_clear else "")
    if has_ends:
        text.append(f"  {d['low'] / scale:+.2f} to {d['high'] / scale:+.2f}", style="dim")
    return text
