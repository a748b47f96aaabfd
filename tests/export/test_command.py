"""`parapet export`: what it says, and what it refuses before anything is played."""

from __future__ import annotations

import json

import pytest
from tests.export.conftest import ROOT

from parapet import cli

FILE = str(ROOT / "examples" / "low-flyer.yaml")


def call(capsys, *words):
    code = cli.main(["export", FILE, *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_writes_and_says_what(capsys, tmp_path):
    path = tmp_path / "x.czml"
    code, out, _ = call(capsys, "--format", "czml", "--out", str(path), "--seed", "3", "--run", "1")
    assert code == 0 and str(path) in out and f"{path.stat().st_size:,} bytes" in out
    assert "seed 3, run 1" in path.read_text(encoding="utf-8")


def test_json(capsys, tmp_path):
    code, out, _ = call(capsys, "--format", "parquet", "--out", str(tmp_path / "t"), "--json")
    said = json.loads(out)
    assert code == 0 and said["samples"] > 0 and len(said["files"]) == 7


@pytest.mark.parametrize(
    "words, message",
    [
        (["--format", "geojsn", "--out", "x.geojson"], "Did you mean 'geojson'?"),
        (["--format", "shp", "--out", "x.shp"], "expected one of acmi, kml"),
        (["--format", "kml", "--out", "x.txt"], "unknown suffix '.txt'"),
        (["--format", "kml", "--out", "x.czml"], "ends like czml"),
        (["--format", "acmi", "--out", "x"], "unknown suffix ''"),
        (["--format", "kml", "--out", "full"], "is a folder"),
        (["--format", "csv", "--out", "full"], "is not empty"),
        (["--format", "csv", "--out", "full/file"], "is a file"),
        (["--format", "kml", "--out", "none/x.kml"], "does not exist"),
    ],
)
def test_refusals(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("keep")
    code, out, err = call(capsys, *words)
    assert code == 2 and message in err and not out and "playing" not in err
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "full"]
    assert (tmp_path / "full" / "file").read_text() == "keep"


def test_a_run_of_a_stored_study(capsys, tmp_path):
    assert (
        cli.main(
            ["study", FILE, "--out", str(tmp_path / "study"), "--runs", "2", "--workers", "1", "--quiet"]
        )
        == 0
    )
    capsys.readouterr()
    for source, name in ((str(tmp_path / "study"), "a.geojson"), (FILE, "b.geojson")):
        words = ["export", source, "--run", "1", "--format", "geojson", "--out", str(tmp_path / name)]
        assert cli.main(words) == 0
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "b.geojson").read_bytes()
