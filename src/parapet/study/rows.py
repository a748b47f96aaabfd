"""What is kept of a battle: one row of ``runs``, and, if asked for, rows of ``threats`` and ``shots``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.engine import codes
from parapet.engine.compile import Compiled
from parapet.engine.state import TOTAL, Log, State

if TYPE_CHECKING:
    import polars as pl

STATUS = {
    "killed": codes.KILLED,
    "leaked": codes.LEAKED,
    "crashed": codes.CRASHED,
    "left": codes.LEFT,
    "airborne": codes.FLYING,
    "not_launched": codes.WAITING,
}
"""How threats end; the six columns sum to ``threats``."""
TOTALS = {
    "peak_targets": "peak_targets_engaged",
    "peak_missiles": "peak_missiles_guided",
    "peak_distinct": "peak_distinct_threats",
    "false_tracks": "false_tracks",
    "firm_tracks": "firm_tracks",
    "plots": "plots",
    "false_plots": "false_plots",
    "duplicate_engagements": "duplicate_engagements",
    "acquisitions": "acquisitions",
    "acquisitions_failed": "acquisitions_failed",
}
"""Column -> total of the log."""
MEASURED = ("wall_s",)
"""Columns that are measured and not computed: the only ones that differ when a run is played again."""
KEYS = ("cell", "sample", "run")

DESCRIPTIONS: dict[str, str] = {
    "cell": "number of the cell, see the table cells",
    "sample": "outer sample of the doubt in the data; 0 is the catalogue as it stands",
    "run": "number of the run under the study's seed; the same run of two cells has the same draws",
    "threats": "threats of the raid",
    "detected": "threats seen by a radar at least once",
    "tracked": "threats with a firm track",
    "engaged": "threats that a round was launched at",
    "killed": "threats shot down",
    "leaked": "threats that reached their aim",
    "crashed": "threats that fell down elsewhere",
    "left": "threats that flew away",
    "airborne": "threats still flying at the end",
    "not_launched": "threats whose time had not come",
    "rounds": "rounds fired, all types",
    "rounds_cost_usd": "cost of the rounds fired",
    "peak_targets": "most target channels in use at one time",
    "peak_missiles": "most rounds guided at one time",
    "peak_distinct": "most different threats engaged at one time",
    "value_lost": "value of the defended assets times the share destroyed",
    "assets_lost": "defended assets destroyed",
    "false_tracks": "firm tracks of nothing",
    "wall_s": "seconds it took to play (measured; not part of the result)",
}


def round_column(interceptor: str) -> str:
    """Column of the rounds of one type: ``rounds_48n6e3``."""
    return f"rounds_{interceptor}"


def run_dtype(interceptors: Sequence[str]) -> np.dtype[Any]:
    """One row of ``runs``; `interceptors` are the types that some cell of the study can fire."""
    names = [("cell", "i4"), ("sample", "i4"), ("run", "i8")]
    names += [(name, "i4") for name in ("threats", "detected", "tracked", "engaged", *STATUS, "rounds")]
    names += [(round_column(name), "i4") for name in interceptors]
    names += [("rounds_cost_usd", "f8")]
    names += [(name, "i4") for name in TOTALS]
    names += [("assets_lost", "i4"), ("value_lost", "f8"), ("wall_s", "f4")]
    return np.dtype(names)


def fill_run(row: Any, compiled: Compiled, state: State, log: Log) -> None:
    """Write what came of one battle into a row of `run_dtype` (all but the keys and the time it took)."""
    names = compiled.names
    n = names.n_raid
    score = log.score[:n]
    counts = np.bincount(state.truth.threat["status"][:n], minlength=6)
    row["threats"] = n
    row["detected"] = int(np.isfinite(score["first_detection_s"]).sum())
    row["tracked"] = int(np.isfinite(score["first_track_s"]).sum())
    row["engaged"] = int((score["n_rounds"] > 0).sum())
    for name, status in STATUS.items():
        row[name] = counts[status]
    n_shots = int(log.count[1])
    fired = np.bincount(log.shot["i_interceptor"][:n_shots], minlength=len(names.interceptors))
    row["rounds"] = n_shots
    cost = 0.0
    for i, name in enumerate(names.interceptors):
        if fired[i]:
            row[round_column(name)] = fired[i]
            cost += int(fired[i]) * float(compiled.world.interceptors.cost_usd[i])
    row["rounds_cost_usd"] = cost
    for name, total in TOTALS.items():
        row[name] = int(log.total[TOTAL[total]])
    assets = compiled.world.assets
    defended = assets.kind == codes.ASSET_DEFENDED
    health = state.truth.asset["health"][defended]
    row["assets_lost"] = int((health <= 0.0).sum())
    row["value_lost"] = float((assets.value[defended] * (1.0 - health)).sum())


def runs_frame(rows: NDArray[Any]) -> pl.DataFrame:
    """Rows of `run_dtype` as a table."""
    import polars as pl

    assert rows.dtype.names is not None
    return pl.DataFrame({name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names})


def _keys(cell: int, sample: int, run: int, n: int) -> dict[str, Any]:
    return {
        "cell": np.full(n, cell, np.int32),
        "sample": np.full(n, sample, np.int32),
        "run": np.full(n, run, np.int64),
    }


def _words(words: dict[int, str], numbers: Any) -> list[str]:
    return [words[int(number)] for number in numbers]


def _named(names: Sequence[str], numbers: Any) -> list[str | None]:
    return [names[int(i)] if 0 <= int(i) < len(names) else None for i in numbers]


def _times(values: Any) -> NDArray[np.float64]:
    """Seconds, infinite where it never happened made not a number."""
    times: NDArray[np.float64] = np.array(values, np.float64)
    times[~np.isfinite(times)] = np.nan
    return times


def threats_frame(
    cell: int, sample: int, run: int, compiled: Compiled, state: State, log: Log
) -> pl.DataFrame:
    """One row per threat of the raid; times that never came are null."""
    import polars as pl

    names = compiled.names
    n = names.n_raid
    score, threat = log.score[:n], state.truth.threat[:n]
    is_over = ~np.isin(threat["status"], (codes.WAITING, codes.FLYING))
    columns: dict[str, Any] = {
        **_keys(cell, sample, run, n),
        "threat": names.threats[:n],
        "type": names.threat_types[:n],
        "outcome": _words(codes.OUTCOME_WORDS, threat["status"]),
        "n_rounds": score["n_rounds"].astype(np.int32),
        "end_s": np.where(is_over, _times(threat["end_s"]), np.nan),
    }
    for name in (
        "first_detection_s", "first_detection_range_m", "first_track_s", "first_designated_s", "first_launch_s",
    ):  # fmt: skip
        columns[name] = _times(score[name])
    return pl.DataFrame(columns, nan_to_null=True)


def shots_frame(cell: int, sample: int, run: int, compiled: Compiled, state: State, log: Log) -> pl.DataFrame:
    """One row per round fired, in the order of launch; what never came is null."""
    import polars as pl

    names = compiled.names
    shot = log.shot[: int(log.count[1])]
    columns: dict[str, Any] = {
        **_keys(cell, sample, run, len(shot)),
        "shot": np.arange(len(shot), dtype=np.int32),
        "interceptor": pl.Series(_named(names.interceptors, shot["i_interceptor"]), dtype=pl.String),
        "fire_unit": pl.Series(_named(names.units, shot["i_unit"]), dtype=pl.String),
        "threat": pl.Series(_named(names.threats, shot["i_threat"]), dtype=pl.String),
        "hit_threat": pl.Series(_named(names.threats, shot["i_hit"]), dtype=pl.String),
        "outcome": pl.Series(_words(codes.SHOT_WORDS, shot["outcome"]), dtype=pl.String),
        "engagement": shot["serial"].astype(np.int32),
    }
    for name in ("launch_s", "intercept_s", "range_m", "altitude_m", "miss_m", "arrival_mps"):
        columns[name] = _times(shot[name])
    return pl.DataFrame(columns, nan_to_null=True)
