"""Parquet read back by `pyarrow`, CSV by the standard library's reader; both against the log."""

from __future__ import annotations

import csv
import re

import numpy as np
import pyarrow.parquet
from tests.export.conftest import ROOT

from parapet import cli
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


def test_names_that_a_spreadsheet_takes_for_formulas_are_told_and_kept(tmp_path, capsys):
    text = (ROOT / "examples" / "ankara.yaml").read_text(encoding="utf-8")
    text = re.sub(r"\bPower plant\b", "'=1+1'", text).replace("duration: 20 min", "duration: 1 min")
    file = tmp_path / "formula battle.yaml"
    file.write_text(text, encoding="utf-8")
    out = tmp_path / "tables"
    assert cli.main(["export", str(file), "--format", "csv", "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "warning: '=1+1': a spreadsheet takes a name" in said and "as text" in said
    with (out / "sites.csv").open(newline="", encoding="utf-8") as read:
        assert "=1+1" in {row["name"] for row in csv.DictReader(read)}


def test_csv_says_what_the_log_says(battle, logged, tmp_path):
    assert export(battle, "csv", tmp_path / "tables").note == ""
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
