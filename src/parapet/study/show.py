"""A study for a person, and as plain data: a row per cell, the closed form beside it, the spread over outer samples."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from parapet.errors import InputError, ParapetError
from parapet.study import sequential
from parapet.study.statistics import Estimate, estimated, parse_until, share
from parapet.tables import table_of

if TYPE_CHECKING:
    from parapet.study.beside import Beside
    from parapet.study.result import Study

MAX_ROWS = 60
N_COMPARED = 10
"""Runs of a cell before the closed form is held against it: with fewer the interval holds almost anything."""
COLUMNS = ("leaked", "rounds", "value_lost")
"""Columns that are summed up; the stopping rule's comes first if it is another one."""
PLAIN = ("rounds", "value_lost")
"""Columns that the table shows without their interval, to stay readable."""
NAME_SHORT = 9
TITLES = {"p_no_leaker": "P(no leaker)", "value_lost": "value\nlost"}


def _interval(estimate: Estimate) -> Text:
    """``2.25  1.40 to 3.10``, with as many digits as the interval deserves."""
    if math.isnan(estimate.value):
        return Text("-", style="dim")
    width = estimate.high - estimate.low
    digits = (
        2 if not math.isfinite(width) or width <= 0.0 else min(max(0, 1 - math.floor(math.log10(width))), 4)
    )
    text = Text(f"{estimate.value:.{digits}f}")
    if math.isfinite(estimate.half_width):
        text.append(f"  {estimate.low:.{digits}f} to {estimate.high:.{digits}f}", style="dim")
    return text


def cell_rows(study: Study) -> list[dict[str, Any]]:
    """Per cell (at the nominal figures): runs, and mean with its interval of each shown column, as plain data."""
    until = parse_until(study.manifest["until"]) if study.manifest["until"] else None
    names = list(dict.fromkeys([*([until.column] if until else []), *COLUMNS]))
    rows = []
    for cell in study.manifest["cells"]:
        values = {name: study.values(name, cell["cell"]) for name in names}
        n = values["leaked"].size
        enough: int | None = None
        if until is not None and n:
            enough = sequential.stops_at(until.values(values[until.column]), until.kind, until.half_width)
            n = enough or n
        estimates: dict[str, Estimate] = {}
        for name in names:
            row = values[name][:n]
            is_rule = until is not None and until.kind == "mean" and name == until.column and row.size > 0
            one = sequential.estimate(row, "mean") if is_rule else estimated(row, "mean")
            if row.size and row.min() >= 0.0 > one.low > -math.inf:
                one = replace(one, low=0.0)  # what is counted is never below 0, and neither is its mean
            estimates[name] = one
        none = (values["leaked"][:n] == 0.0).astype(np.float64)
        is_rule = (
            until is not None and until.kind == "proportion" and until.column == "leaked" and none.size > 0
        )
        estimates["p_no_leaker"] = sequential.estimate(none, "proportion") if is_rule else share(none)
        rows.append(
            {
                "cell": cell["cell"],
                "name": cell["name"],
                "runs": n,
                "stopped": enough is not None,
                "estimates": estimates,
            }
        )
    return rows


def sample_rows(study: Study, column: str = "leaked") -> list[dict[str, Any]]:
    """Per cell of a study with doubt: the mean of a column at nominal, and how it spreads over the outer samples.

    ``sd_of_chance`` is what the spread between samples would be from the luck of battles alone, each sample's mean
    being known from so many runs only.
    """
    import polars as pl

    if not study.n_samples or not study.n_runs:
        return []
    values = study.column(column)
    means = values.group_by("cell", "sample").agg(
        pl.col(column).mean().alias("mean"), pl.col(column).var().alias("var"), pl.len().alias("n")
    )
    rows = []
    for cell in study.manifest["cells"]:
        mine = means.filter(pl.col("cell") == cell["cell"])
        samples = mine.filter(pl.col("sample") > 0)
        outer = samples["mean"].to_numpy()
        chance = (samples["var"] / samples["n"]).mean()
        nominal = mine.filter(pl.col("sample") == 0)["mean"].to_list()
        within = values.filter((pl.col("cell") == cell["cell"]) & (pl.col("sample") == 0))[column].std()
        if not outer.size:
            continue
        low, middle, high = (float(x) for x in np.quantile(outer, [0.1, 0.5, 0.9]))
        rows.append(
            {
                "cell": cell["cell"], "name": cell["name"], "column": column, "samples": int(outer.size),
                "least_runs": int(mine["n"].to_numpy().min()), "most_runs": int(mine["n"].to_numpy().max()),
                "nominal": nominal[0] if nominal else None, "p10": low, "median": middle, "p90": high,
                "sd_between_samples": float(outer.std(ddof=1)) if outer.size > 1 else None,
                "sd_of_chance": math.sqrt(chance) if isinstance(chance, float) else None,
                "sd_within_sample": float(within) if isinstance(within, float) else None,
            }
        )  # fmt: skip
    return rows


def as_data(study: Study) -> dict[str, Any]:
    """What `parapet show --json` prints."""
    m = study.manifest
    rows = cell_rows(study)
    closed = closed_forms(study, rows) if study.n_runs else {}
    return {
        "format": m["format"], "title": m["title"], "question": m["question"], "seed": m["seed"],
        "runs": study.n_runs,
        "record": m["record"], "engine_id": m["engine_id"], "platform_ids": m["platform_ids"], "until": m["until"],
        "cells": [
            {
                **{key: row[key] for key in ("cell", "name", "runs", "stopped")},
                "levels": m["cells"][row["cell"]]["levels"], "variant": m["cells"][row["cell"]]["variant"],
                "closed_form_leakers": closed[row["cell"]].leakers if row["cell"] in closed else None,
                "closed_form": closed[row["cell"]].as_dict() if row["cell"] in closed else None,
                "estimates": {name: estimate.as_dict() for name, estimate in row["estimates"].items()},
            }
            for row in rows
        ],
        "doubt": sample_rows(study) or None,
        "flyout": flyout_time(study),
        "bytes_per_run": round(bytes_per_run(study), 1),
    }  # fmt: skip


def flyout_time(study: Study) -> dict[str, Any] | None:
    """What the fly-out tables of outer samples took, over all calls that came to their end; None without doubt."""
    if not study.n_samples:
        return None
    ends = [session["finished"] for session in study.manifest["sessions"] if "finished" in session]
    keys = {"seconds": "flyout_s", "built": "flyout_built", "cached": "flyout_cached"}
    return {name: round(sum(end.get(key, 0) for end in ends), 3) for name, key in keys.items()}


def _flyout_line(study: Study) -> str:
    took = flyout_time(study)
    assert took is not None
    if took["seconds"] and not took["built"] + took["cached"]:  # a store from before tables were counted
        return f"Fly-out tables of outer samples: {took['seconds']:.1f} s."
    from parapet.study.play import flyout_words

    words = flyout_words(took["built"], took["cached"], took["seconds"])
    return f"{words[0].upper()}{words[1:]}."


def bytes_per_run(study: Study) -> float:
    """What the store's tables take on the disk, per run."""
    n = study.n_runs
    files = [
        path for name in ("runs", "threats", "shots") for path in (study.folder / name).glob("part-*.parquet")
    ]
    return sum(path.stat().st_size for path in files) / n if n else 0.0


def render(study: Study) -> RenderableType:
    """Title, one row per cell, and the spread over outer samples."""
    m = study.manifest
    head = Text(study.title, style="bold")
    if m["question"]:
        head.append("\n" + m["question"], style="italic")
    size = bytes_per_run(study)
    head.append(
        f"\n{study.n_runs:,} runs, seed {study.seed}, records {m['record']} ({size:,.0f} bytes a run), "
        f"in {study.folder}",
        style="dim",
    )
    if not study.n_runs:
        return Group(head, Text("No run is stored yet."))
    rows = cell_rows(study)
    closed = closed_forms(study, rows)
    parts: list[RenderableType] = [head, Text(""), _cells_table(study, rows, closed), Text("")]
    if study.n_samples:
        parts += [_samples_table(study), Text(_flyout_line(study), style="dim"), Text("")]
    ranked = _drivers_table(study)
    if ranked is not None:
        parts += [ranked, Text("")]
    parts += [*_closed_table(study, rows, closed), Text("")]
    parts.append(
        Text(
            "Intervals hold 95 %: Student for means, Clopper-Pearson for shares. Play a run again: "
            f"parapet run {shlex.quote(str(study.folder))} --run 0"
            + (" --cell 0" if study.n_cells > 1 else ""),
            style="dim",
        )
    )
    return Group(*parts)


def _cells_table(study: Study, rows: Sequence[dict[str, Any]], closed: dict[int, Beside]) -> Table:
    longest = max(len(row["name"]) for row in rows)
    plain = PLAIN if longest <= NAME_SHORT else PLAIN[:1]  # a hundred columns are soon full
    wide = [name for name in rows[0]["estimates"] if name not in PLAIN]
    table = table_of("Cells" + (" at nominal figures" if study.n_samples else ""))
    table.add_column("cell", justify="right", no_wrap=True)
    if study.n_cells > 1:
        table.add_column("name", min_width=min(32, max(len(row["name"]) for row in rows)))
    table.add_column("runs", justify="right", no_wrap=True)
    table.add_column("closed\nform", justify="right", no_wrap=True)
    for name in (*wide, *plain):
        table.add_column(
            TITLES.get(name, name.replace("_", " ")),
            no_wrap=True,
            justify="left" if name in wide else "right",
        )
    for row in rows[:MAX_ROWS]:
        cells = [str(row["cell"]), *([row["name"]] if study.n_cells > 1 else []), f"{row['runs']:,}"]
        one = closed.get(row["cell"])
        mark = "*" if one and not one.agrees and one.simulated.n >= N_COMPARED else ""
        cells.append("-" if one is None else f"{one.leakers:.1f}{mark}")
        values = [_interval(row["estimates"][name]) for name in wide]
        means = [f"{row['estimates'][name].value:.1f}" for name in plain]
        table.add_row(*cells, *values, *means)
    if len(rows) > MAX_ROWS:
        table.caption = f"and {len(rows) - MAX_ROWS} more cells; --json has them all"
    return table


def _drivers_table(study: Study, n_most: int = 12) -> RenderableType | None:
    """What drives the answer, or why that cannot be said; None where nothing was sampled."""
    from parapet.study.pictures import drivers, where_ranked

    try:
        ranked = drivers(study)
    except InputError as error:
        return Text(f"What drives the answer: {error}", style="dim")
    if ranked is None or not ranked.height:
        return None
    is_sobol = "total" in ranked.columns
    table = table_of(f"What drives leaked{where_ranked(study)} ({ranked['method'][0]})")
    table.add_column("input", overflow="fold")
    names = ["first", "total"] if is_sobol else ["strength"]
    for name in names:
        table.add_column(name, no_wrap=True)
    for row in ranked.head(n_most).iter_rows(named=True):
        ends = [
            (row[n], row[f"{n}_low"], row[f"{n}_high"]) if is_sobol else (row[n], row["low"], row["high"])
            for n in names
        ]
        style = "" if is_sobol or row["is_clear"] else "dim"
        cells = [Text(f"{value:+.2f}  {low:+.2f} to {high:+.2f}", style=style) for value, low, high in ends]
        table.add_row(Text(row["input"], style=style), *cells)
    if ranked.height > n_most:
        table.caption = f"and {ranked.height - n_most} weaker ones"
    return table


def closed_forms(study: Study, rows: Sequence[dict[str, Any]]) -> dict[int, Beside]:
    """Cell -> the closed form beside what its battles said; of the first `MAX_ROWS` cells that can be read today.

    ``rows`` as `cell_rows` gives them.
    """
    from parapet.study.beside import beside
    from parapet.study.design import checked

    asked, cells, _ = study.plan()
    found = {}
    for cell, row in list(zip(cells, rows, strict=True))[:MAX_ROWS]:
        if row["runs"] < 1:
            continue
        try:
            ready = checked(asked, cell)
            killed = float(study.values("killed", cell.number)[: row["runs"]].mean())
            estimates = row["estimates"]
            found[cell.number] = beside(
                ready.scenario, ready.catalogue, estimates["leaked"], estimates["rounds"].value, killed
            )
        except ParapetError:
            continue
    return found


def _closed_table(
    study: Study, rows: Sequence[dict[str, Any]], closed: dict[int, Beside]
) -> list[RenderableType]:
    """Where closed form and battles differ, by how much, what of it is rounds, and why."""
    n_few = sum(one.simulated.n < N_COMPARED for one in closed.values())
    closed = {cell: one for cell, one in closed.items() if one.simulated.n >= N_COMPARED}
    few = f"{n_few} of {len(rows)} cells have fewer than {N_COMPARED} runs, too few to hold the closed form against."
    last = [Text(few, style="dim")] if n_few else []
    if study.n_cells == 1 and closed:
        return [Text(line) for line in closed[0].lines()]
    differing = {cell: one for cell, one in closed.items() if not one.agrees}
    if not differing:
        words = f"The closed form agrees with the battles in all of {len(closed)} cells."
        return [*([Text(words)] if closed else []), *last]
    n_agree = len(closed) - len(differing)
    table = table_of(f"* Closed form: agrees with the battles in {n_agree} of {len(closed)} cells, not in")
    table.add_column("name", overflow="fold")
    for name in (
        "leaked in\nbattles",
        "closed\nform",
        "rounds a kill\nin battles",
        "in closed\nform",
        "closed form with\nbattles' rounds",
    ):
        table.add_column(name, justify="right")
    for cell, one in differing.items():
        numbers = (one.battle_rounds_per_kill, one.rounds_per_kill)
        table.add_row(
            rows[cell]["name"], f"{one.simulated.value:.1f}", f"{one.leakers:.1f}",
            *("-" if x is None else f"{x:.2f}" for x in numbers),
            "-" if one.leakers_with_rounds is None else f"{one.leakers_with_rounds:.1f}",
        )  # fmt: skip
    reasons = dict.fromkeys(reason for one in differing.values() for reason in one.reasons)
    return [
        table,
        Text("What the closed form leaves out:"),
        *(Text(f"- {reason}", style="dim") for reason in reasons),
        *last,
    ]


def _samples_table(study: Study) -> Table:
    table = table_of("Leaked over the outer samples (does it survive the doubt in the data?)")
    table.add_column("name")
    for name in (
        "samples",
        "runs\nof each",
        "nominal",
        "10 %",
        "median",
        "90 %",
        "sd between\nsamples",
        "of it\nchance",
        "sd of runs\nwithin one",
    ):
        table.add_column(name, justify="right")
    for row in sample_rows(study):
        numbers = [
            row[k]
            for k in (
                "nominal",
                "p10",
                "median",
                "p90",
                "sd_between_samples",
                "sd_of_chance",
                "sd_within_sample",
            )
        ]
        least, most = row["least_runs"], row["most_runs"]
        runs = f"{least:,}" if least == most else f"{least:,} to {most:,}"
        table.add_row(
            row["name"], str(row["samples"]), runs, *("-" if x is None else f"{x:.2f}" for x in numbers)
        )
    return table


def text_of(study: Study, width: int = 100) -> str:
    """The summary as plain text."""
    console = Console(
        file=StringIO(), width=width, color_system=None, force_terminal=False, legacy_windows=False
    )
    console.print(render(study))
    out = console.file
    assert isinstance(out, StringIO)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).rstrip() + "\n"
