"""Parquet read back by `pyarrow`, CSV by the standard library's reader; both against the log."""

from __future__ import annotations

import csv

import numpy as np
import pyarrow.parquet

from parapet.export import export

NAMES = {"threats", "shots", "events", "tracks", "samples", "sites", "positions"}


def test_parquet_is_the_log_to_the_bit(battle, made, tmp_path):
    written = export(battle, "parquet", tmp_path / "new" / "tables")
    read = {
        name: pyarrow.parquet.read_table(tmp_path / "new" / "tables" / f"{name}.parquet") for name in NAMES
    }
    log = battle.played.log
    for column in ("t_s", "x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps", "sigma_m"):
        assert np.array_equal(read["samples"][column].to_numpy(), log.sample[column])
    assert read["events"].num_rows == len(log.event) and read["shots"].num_rows == len(log.shot)
    assert read["threats"].num_rows == battle.totals["threats"]
    assert read["sites"].num_rows == len(made.sites)
    assert int(read["positions"]["is_sampled"].to_numpy(zero_copy_only=False).sum()) == len(log.sample)
    assert len(written.files) == len(NAMES)


def test_csv_says_what_the_log_says(battle, logged, tmp_path):
    export(battle, "csv", tmp_path / "tables")
    with (tmp_path / "tables" / "positions.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_key: dict[str, list[list[float]]] = {}
    for row in rows:
        by_key.setdefault(row["key"], []).append(
            [float(row[c]) for c in ("t_s", "lon_deg", "lat_deg", "height_m")]
        )
    n = sum(logged.compare(key, *np.array(values).T) for key, values in by_key.items())
    assert n == len(battle.played.log.sample)
    with (tmp_path / "tables" / "sites.csv").open(newline="", encoding="utf-8") as file:
        assert "<b onclick=x>Plant, A|B" in {row["name"] for row in csv.DictReader(file)}
