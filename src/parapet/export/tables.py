"""All tables of a battle as Parquet or CSV: threats, shots, events, tracks, samples, sites, positions.

``samples`` is the log as it is (ECEF, SI); ``positions`` is what the map formats show (longitude, latitude, height),
end points included.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

FORMULA_STARTS = ("=", "+", "-", "@")
"""A cell of a CSV file that begins so is a formula for a spreadsheet."""

if TYPE_CHECKING:
    import polars as pl

    from parapet.analysis.battle_result import Battle
    from parapet.export.model import Scene


def positions(scene: Scene) -> pl.DataFrame:
    """One row per point of every track of the scene, track by track, times rising."""
    import polars as pl

    tracks = scene.tracks
    counts = [len(track.t_s) for track in tracks]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(track, name) for track in tracks]) if tracks else np.empty(0)

    def repeated(values: Sequence[str | bool], kind: type[pl.DataType]) -> pl.Series:
        index = np.repeat(np.arange(len(tracks)), counts) if tracks else np.empty(0, np.int64)
        return pl.Series(values, dtype=kind).gather(index)

    return pl.DataFrame(
        {
            "key": repeated([track.key for track in tracks], pl.String),
            "kind": repeated([track.family for track in tracks], pl.String),
            "belief": repeated([track.is_belief for track in tracks], pl.Boolean),
            "name": repeated([track.name for track in tracks], pl.String),
            "t_s": pl.Series(joined("t_s"), dtype=pl.Float64),
            "lon_deg": pl.Series(joined("lon_deg"), dtype=pl.Float64),
            "lat_deg": pl.Series(joined("lat_deg"), dtype=pl.Float64),
            "height_m": pl.Series(joined("height_m"), dtype=pl.Float64),
            "sigma_m": pl.Series(joined("sigma_m"), dtype=pl.Float64),
            "is_sampled": pl.Series(joined("is_sampled").astype(bool), dtype=pl.Boolean),
        }
    )


def sites(scene: Scene) -> pl.DataFrame:
    """One row per site."""
    import polars as pl

    schema = {
        "key": pl.String, "name": pl.String, "kind": pl.String, "lon_deg": pl.Float64, "lat_deg": pl.Float64,
        "height_m": pl.Float64, "health": pl.Float64, "lost_s": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(
        [{name: getattr(site, name) for name in schema} for site in scene.sites], schema=schema
    )


def formula_note(scene: Scene) -> str:
    """Which names a spreadsheet would take for formulas when it opens the CSV files; empty if there are none.

    The tables hold every name as it is, as those of polars, pandas and R do: a leading apostrophe would be another
    name for every reader that is no spreadsheet, and would break joins between the tables.
    """
    known = dict.fromkeys([*(site.name for site in scene.sites), *(track.name for track in scene.tracks)])
    found = [name for name in known if name.startswith(FORMULA_STARTS)]
    if not found:
        return ""
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    return (
        f"{', '.join(repr(name) for name in found[:3])}{more}: a spreadsheet takes a name that begins with =, +, - or "
        "@ for a formula. Import the columns as text."
    )


def write(battle: Battle, scene: Scene, format: str, folder: Path) -> list[Path]:
    """Write the tables into a folder (made if missing); returns the files.

    Pinned by ``tests/export/test_tables.py`` against `pyarrow` and `polars`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "threats": battle.threats, "shots": battle.shots, "events": battle.events, "tracks": battle.tracks,
        "samples": battle.samples, "sites": sites(scene), "positions": positions(scene),
    }  # fmt: skip
    files = []
    for name, table in tables.items():
        file = folder / f"{name}.{format}"
        if format == "csv":
            table.write_csv(file)
        else:
            table.write_parquet(file)
        files.append(file)
    return files
