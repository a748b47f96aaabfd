"""The store: whole files or none, nothing lost and nothing doubled, and no study mixed with another."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import parapet
from parapet import cli
from parapet.errors import InputError, StoreError
from parapet.study import doubt, execute, store
from parapet.study.provenance import differences
from parapet.study.rows import KEYS, MEASURED

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)

KILLED = Path(__file__).with_name("killed.py")
RUNS = 30


def quiet(text: str) -> None:
    pass


def results(study: parapet.Study) -> pl.DataFrame:
    return study.runs.drop(*MEASURED)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.written(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def whole(file: Path) -> parapet.Study:
    """The study that nobody interrupts."""
    return parapet.study(file, runs=RUNS, out=file.parent / "whole", record="shots", say=quiet)


def killed(file: Path, out: Path, point: str, nth: int) -> int:
    arguments = [sys.executable, str(KILLED), str(file), str(out), str(RUNS), point, str(nth)]
    return subprocess.run(arguments, capture_output=True, timeout=300).returncode


# half of the manifest; a part of runs half written; a part of shots there and its runs not; a part of runs written and not
# in place; between two blocks after some parts
POINTS = [
    ("half of manifest", 1),
    ("half of part", 6),
    ("in place part", 5),
    ("written part", 6),
    ("block", 25),
]


@pytest.mark.parametrize("point, nth", POINTS)
def test_killed_at_a_fixed_point_it_goes_on_to_the_same_tables(
    file: Path, whole: parapet.Study, tmp_path: Path, point: str, nth: int
) -> None:
    out = tmp_path / "out"
    assert killed(file, out, point, nth) == -9
    stored = pl.concat(
        [pl.read_parquet(path) for path in sorted((out / "runs").glob("part-*.parquet"))]
        or [whole.runs.clear()]
    )
    assert stored.height < 4 * RUNS
    said: list[str] = []
    resumed = parapet.study(file, runs=RUNS, out=out, record="shots", say=said.append)
    assert results(resumed).equals(results(whole))
    assert resumed.threats.equals(whole.threats) and resumed.shots.equals(whole.shots)
    # what was finished was not played again: the times it took are still those of the first process
    kept = resumed.runs.join(stored.select(KEYS), on=list(KEYS), how="semi")["wall_s"].to_list()
    assert kept == stored.sort(KEYS)["wall_s"].to_list()
    assert resumed.manifest["sessions"][-1]["finished"]["runs_played"] == 4 * RUNS - stored.height
    assert not [path for path in out.rglob("*.tmp") if path.parent.name != "set-aside"]
    if point != "block":
        assert any("set aside" in text for text in said), said
        assert list((out / "set-aside").iterdir())
    # read by glob without Parapet, nothing is there twice
    assert pl.read_parquet(out / "runs" / "*.parquet").height == 4 * RUNS
    assert pl.read_parquet(out / "shots" / "*.parquet").height == whole.shots.height


N_SLOW = 150
"""Runs of each cell where processes are killed again and again: some seconds of battles."""


@pytest.fixture(scope="module")
def long(file: Path) -> parapet.Study:
    return parapet.study(file, runs=N_SLOW, out=file.parent / "long", record="shots", say=quiet)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(5))
def test_killed_at_ten_random_points(file: Path, long: parapet.Study, tmp_path: Path, batch: int) -> None:
    """Fifty deaths in five stores: half at a point of the program chosen by lot, half at any moment of the battles."""
    dice = random.Random(batch)
    out = tmp_path / "out"
    n_killed = n_by_clock = 0
    while n_killed < 10:
        by_clock = n_killed % 2 == 1
        nth = 0 if by_clock else dice.randint(1, 40)
        arguments = [sys.executable, str(KILLED), str(file), str(out), str(N_SLOW), "", str(nth)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        if by_clock:
            begun = process.stdout.readline() == b"playing\n"
            time.sleep(dice.uniform(0.0, 0.6))
            n_by_clock += begun and process.poll() is None
            process.kill()
        process.communicate(timeout=300)
        n_killed += process.returncode == -9
        if process.returncode == 0:  # it came to its end: so that there is something left to do
            for path in (out / "runs").glob("part-*"):
                path.unlink()
    assert n_by_clock > 0
    resumed = parapet.study(file, runs=N_SLOW, out=out, record="shots", say=quiet)
    assert results(resumed).equals(results(long))
    assert resumed.threats.equals(long.threats) and resumed.shots.equals(long.shots)
    assert pl.read_parquet(out / "shots" / "*.parquet").height == long.shots.height


def test_a_damaged_part_is_set_aside_and_played_again(file: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(execute, "FLUSH_S", 0.0)
    out = tmp_path / "out"
    before = parapet.study(file, runs=4, out=out, say=quiet)
    parts = sorted((out / "runs").glob("part-*.parquet"))
    assert len(parts) > 3
    parts[0].write_bytes(parts[0].read_bytes()[:-20])  # cut off
    spoilt = bytearray(parts[1].read_bytes())
    spoilt[: len(spoilt) // 2] = bytes(len(spoilt) // 2)  # zeros where a disk lost them
    parts[1].write_bytes(spoilt)
    (out / "runs" / "part-000900.parquet").write_bytes(parts[2].read_bytes())  # a copy
    with pytest.raises(StoreError, match="a part is damaged"):
        _ = parapet.Study(out).runs
    said: list[str] = []
    after = parapet.study(file, runs=4, out=out, say=said.append)
    assert (
        sum("is damaged" in text for text in said) == 2 and sum("repeats runs" in text for text in said) == 1
    )
    assert results(after).equals(results(before))


class FullDisk:
    """From the n-th time on nothing more fits: a write puts down some bytes and fails, as a disk does that runs full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, where: str, nth: int) -> None:
        self.count = 0
        self.nth = nth
        if where == "write":
            opened = Path.open

            def open_(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
                file = opened(path, mode, *rest, **more)
                return _Filling(file, self) if mode == "wb" else file

            monkeypatch.setattr(Path, "open", open_)
        else:
            owner, name = (store.os, "fsync") if where == "sync" else (Path, "replace")
            real = getattr(owner, name)

            def refused(*arguments: Any) -> Any:
                self.use()
                return real(*arguments)

            monkeypatch.setattr(owner, name, refused)

    def use(self) -> None:
        self.count += 1
        if self.count >= self.nth:
            raise OSError(errno.ENOSPC, "No space left on device")


class _Filling:
    def __init__(self, file: Any, disk: FullDisk) -> None:
        self.file, self.disk = file, disk

    def __enter__(self) -> _Filling:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, content: bytes) -> int:
        try:
            self.disk.use()
        except OSError:
            self.file.write(content[: len(content) // 3])
            raise
        return int(self.file.write(content))


@pytest.mark.parametrize("where, nth", [("write", 20), ("write", 5), ("sync", 12), ("replace", 9)])
def test_a_full_disk_says_so_and_loses_nothing_stored(
    file: Path, tmp_path: Path, monkeypatch, where: str, nth: int
) -> None:
    whole = parapet.study(file, runs=4, out=tmp_path / "whole", record="shots", say=quiet)
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(execute, "FLUSH_S", 0.0)
        FullDisk(patch, where, nth)
        with pytest.raises(StoreError, match=r"the disk is full\. Every run already stored is safe"):
            parapet.study(file, runs=4, out=out, record="shots", workers=1, say=quiet)
    assert not list(out.rglob("*.tmp"))
    is_begun = any((out / "runs").glob("part-*"))
    before = parapet.Study(out).runs if is_begun else whole.runs.clear()
    assert before.height < 16 and (before.height > 0) == (nth > 5)
    resumed = parapet.study(file, runs=4, out=out, record="shots", say=quiet)
    assert results(resumed).equals(results(whole))
    assert resumed.threats.equals(whole.threats) and resumed.shots.equals(whole.shots)
    # what was stored before the disk was full was not played again
    kept = resumed.runs.join(before.select(KEYS), on=list(KEYS), how="semi")
    assert kept["wall_s"].to_list() == before["wall_s"].to_list()


def test_two_processes_do_not_write_to_one_store(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        store.Store(out),
        pytest.raises(StoreError, match=rf"process {os.getpid()} is writing to this study"),
    ):
        parapet.study(file, runs=1, out=out, say=quiet)
    assert parapet.study(file, runs=1, out=out, say=quiet).runs.height == 4


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("[1, 3]", "[1, 4]", "plan.factors|factors.*levels|levels: \\[1, 3\\] in the store, \\[1, 4\\] now"),
        ("seed: 11", "seed: 12", "seed: 11 in the store, 12 now"),
        ("mode: salvo", "mode: shoot_look_shoot", "variants.salvo.*\"salvo\" in the store, \"shoot_look_shoot\" now"),
    ],
)  # fmt: skip
def test_another_study_is_not_mixed_in(file: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    out = tmp_path / "out"
    first = small.written(tmp_path)
    parapet.study(first, runs=1, out=out, say=quiet)
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    small.written(tmp_path, small.STUDY.replace(old, new))
    with pytest.raises(StoreError, match=said):
        parapet.study(first, runs=2, out=out, say=quiet)
    assert {path: path.read_bytes() for path in out.rglob("*.*")} == before


def test_a_changed_base_says_what_changed(tmp_path: Path) -> None:
    file = small.written(tmp_path)
    parapet.study(file, runs=1, out=tmp_path / "out", say=quiet)
    small.written(tmp_path, base=small.BASE.replace("distance: 28 km", "distance: 30 km"))
    with pytest.raises(
        StoreError, match=r'base.raid.jet.route\[0\].distance: "28 km" in the store, "30 km" now'
    ):
        parapet.study(file, runs=1, out=tmp_path / "out", say=quiet)
    small.written(tmp_path, base="# a comment changes nothing\n" + small.BASE)
    parapet.study(file, runs=1, out=tmp_path / "out", say=quiet)


def test_another_engine_or_catalogue_is_not_mixed_in(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    parapet.study(file, runs=1, out=out, say=quiet)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    for change, said in (
        ({"engine_id": "0" * 16}, "engine: 0000000000000000 in the store"),
        ({"catalogue": {"hash": "x", "entries": {**manifest["catalogue"]["entries"], "interceptors.48n6e3": "old"}}},
         'catalogue.interceptors.48n6e3: "old" in the store'),
    ):  # fmt: skip
        (out / "manifest.json").write_text(json.dumps({**manifest, **change}), encoding="utf-8")
        with pytest.raises(StoreError, match=said):
            parapet.study(file, runs=2, out=out, say=quiet)
    cells = [{**cell, "catalogue_hash": "an entry that nobody uses was added"} for cell in manifest["cells"]]
    (out / "manifest.json").write_text(json.dumps({**manifest, "cells": cells}), encoding="utf-8")
    parapet.study(file, runs=1, out=out, say=quiet)
    said_too: list[str] = []
    (out / "manifest.json").write_text(json.dumps({**manifest, "platform_ids": ["f" * 16]}), encoding="utf-8")
    parapet.study(file, runs=2, out=out, say=said_too.append)
    assert any("last digits may differ" in text for text in said_too)


def test_folders_that_are_no_store_are_left_alone(file: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(StoreError, match=r"holds 'thesis\.txt' and no study"):
        parapet.study(file, runs=1, out=tmp_path / "mine", say=quiet)
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["thesis.txt"]
    (tmp_path / "plain").write_text("x")
    with pytest.raises(StoreError, match="this is a file"):
        parapet.study(file, runs=1, out=tmp_path / "plain", say=quiet)
    with pytest.raises(StoreError, match="holds no study"):
        parapet.Study(tmp_path / "mine")


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def put(folder: Path, files: dict[str, str]) -> dict[str, bytes | None]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return contents(folder)


@pytest.mark.parametrize(
    "mine, said",
    [
        ({"notes.tmp": "mine"}, r"holds 'notes\.tmp' and no study"),
        ({"lock": "my front door's code"}, r"lock: is not the lock of a study"),
        ({"manifest.json": '{"manifest_version": 3}', "lock": "x"}, r"manifest\.json: is not the manifest of a study"),
        ({"manifest.json": "[1]"}, r"manifest\.json: is not the manifest of a study"),
        ({"manifest.json": '{"format": 1, "kind": "another"}'}, r"manifest\.json: is not the manifest of a study"),
        ({"runs/day-1.csv": "a,b"}, r"holds 'runs/day-1\.csv' and no study"),
        ({"runs": "a list"}, r"holds 'runs' and no study"),
        ({"cells.parquet": "of my own"}, r"holds 'cells\.parquet' and no study"),
        ({"runs/part-000001.parquet": "x", "pictures/a.png": "x"}, r"holds runs, but its manifest\.json is gone"),
    ],
)  # fmt: skip
def test_a_folder_that_is_refused_is_left_untouched(
    file: Path, tmp_path: Path, mine: dict[str, str], said: str
) -> None:
    out = tmp_path / "out"
    before = put(out, mine)
    with pytest.raises(StoreError, match=said):
        parapet.study(file, runs=1, out=out, say=quiet)
    assert contents(out) == before


def test_a_users_files_in_a_store_stay(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    parapet.study(file, runs=1, out=out, say=quiet)
    put(out, {"notes.tmp": "mine", "runs/notes.tmp": "mine", "manifest.json.tmp": "{"})
    said: list[str] = []
    parapet.study(file, runs=2, out=out, say=said.append)
    assert (out / "notes.tmp").read_text() == (out / "runs" / "notes.tmp").read_text() == "mine"
    assert [path.name for path in (out / "set-aside").iterdir()] == ["manifest.json.tmp"]
    assert len(said) == 1 and "was left half-written" in said[0]


def test_damaged_tables_of_cells_and_inputs_are_written_anew(tmp_path: Path, capsys) -> None:
    file = small.written(tmp_path, small.DOUBT)
    out = tmp_path / "out"
    before = parapet.study(file, runs=1, out=out, say=quiet)
    tables = {name: (before.cells, before.inputs)[k] for k, name in enumerate(("cells", "inputs"))}
    runs = results(before)
    for name, table in tables.items():
        path = out / f"{name}.parquet"
        for spoil in (
            lambda path: path.write_bytes(path.read_bytes()[:200]),
            lambda path: path.unlink(),
            lambda path: pl.DataFrame({"mine": [1]}).write_parquet(path),
        ):
            spoil(path)
            with pytest.raises(StoreError, match=rf"{name}\.parquet: is .* Give the study's command again"):
                getattr(parapet.Study(out), name)
            if name == "inputs":
                assert cli.main(["run", str(out), "--run", "0", "--sample", "2"]) == 1
                assert "Give the study's command again" in capsys.readouterr().err
            was_there = path.exists()
            said: list[str] = []
            after = parapet.study(file, runs=1, out=out, say=said.append)
            assert getattr(after, name).equals(table) and results(after).equals(runs)
            assert sum(("set aside" if was_there else "is missing") in text for text in said) == 1, said
            assert after.manifest["sessions"][-1]["finished"]["runs_played"] == 0
    assert (
        sorted(p.name.split(".")[0] for p in (out / "set-aside").iterdir()) == ["cells"] * 2 + ["inputs"] * 2
    )


def test_inputs_that_cannot_be_drawn_again_are_not_made_up(tmp_path: Path, monkeypatch) -> None:
    file = small.written(tmp_path, small.DOUBT)
    out = tmp_path / "out"
    parapet.study(file, runs=1, out=out, say=quiet)
    (out / "inputs.parquet").unlink()
    points = doubt._points
    monkeypatch.setattr(doubt, "_points", lambda *arguments: 1.0 - points(*arguments))
    with pytest.raises(StoreError, match="drawing it anew gives other figures"):
        parapet.study(file, runs=2, out=out, say=quiet)


def test_a_damaged_manifest_says_what_is_missing(file: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    parapet.study(file, runs=1, out=out, say=quiet)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    for spoilt, said in (
        ({"format": 1}, "'title', 'question'"),
        ({**manifest, "sessions": []}, "'sessions' is missing or of another kind"),
        ({**manifest, "cells": 7}, "'cells' is missing or of another kind"),
    ):
        (out / "manifest.json").write_text(json.dumps(spoilt), encoding="utf-8")
        assert cli.main(["show", str(out)]) == 1
        assert said in capsys.readouterr().err
        with pytest.raises(StoreError, match="is damaged"):
            parapet.study(file, runs=1, out=out, say=quiet)


def test_a_store_of_another_schema_version_is_refused(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    parapet.study(file, runs=1, out=out, say=quiet)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (out / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    for action in (lambda: parapet.Study(out), lambda: parapet.study(file, runs=2, out=out, say=quiet)):
        with pytest.raises(
            StoreError, match="got a store of format 99; this version of Parapet reads up to 1"
        ):
            action()
    (out / "manifest.json").unlink()
    with pytest.raises(StoreError, match=r"its manifest\.json is gone"):
        parapet.study(file, runs=2, out=out, say=quiet)


def test_polars_and_pyarrow_read_the_tables(whole: parapet.Study) -> None:
    import pyarrow.dataset as dataset

    assert pl.read_parquet(whole.folder / "runs" / "*.parquet").height == 4 * RUNS
    table = dataset.dataset(whole.folder / "runs", format="parquet").to_table()
    assert table.num_rows == 4 * RUNS and "leaked" in table.column_names
    described = whole.manifest["columns"]
    assert described["leaked"].startswith("threats that reached")


def test_pandas_reads_the_tables(whole: parapet.Study) -> None:
    """As docs/studies.md says."""
    pd = pytest.importorskip("pandas")
    table = pd.read_parquet(whole.folder / "runs")
    assert len(table) == 4 * RUNS
    assert table.groupby("cell")["leaked"].mean().to_dict() == {
        k: whole.values("leaked", k).mean() for k in range(4)
    }
    assert pd.read_parquet(whole.folder / "cells.parquet")["count"].tolist() == [1, 3, 1, 3]
    assert len(pd.read_parquet(whole.folder / "shots")) == whole.runs["rounds"].sum()


def test_duckdb_reads_the_tables(whole: parapet.Study) -> None:
    """As docs/studies.md says."""
    duckdb = pytest.importorskip("duckdb")
    runs = whole.folder / "runs" / "*.parquet"
    found = duckdb.sql(f"select cell, avg(leaked) from '{runs}' group by cell").fetchall()
    assert dict(found) == {k: pytest.approx(whole.values("leaked", k).mean()) for k in range(4)}
    cells = whole.folder / "cells.parquet"
    query = f"select c.name, count(*) from '{runs}' r join '{cells}' c using (cell) group by c.name"
    assert dict(duckdb.sql(query).fetchall()) == {cell["name"]: RUNS for cell in whole.manifest["cells"]}


def test_the_manifest_says_where_results_come_from(whole: parapet.Study) -> None:
    manifest = whole.manifest
    assert manifest["study_text"] == small.STUDY and manifest["plan"]["base"]["title"].startswith("Two jets")
    session = manifest["sessions"][0]
    assert {"date", "command", "machine", "packages", "workers"} <= session.keys()
    assert session["packages"]["numba"] and len(manifest["engine_id"]) == 16
    assert all(len(cell["scenario_hash"]) == 16 for cell in manifest["cells"])


def test_differences_are_told_by_path() -> None:
    old = {"a": 1, "raid": [{"name": "x", "n": 1}, {"name": "y", "n": 2}], "k": [1, 2]}
    new = {"raid": [{"name": "x", "n": 1}, {"name": "z", "n": 2}], "k": [1, 3], "b": None}
    assert differences(old, new) == [
        "a: 1 in the store, nothing now",
        'raid.y: {"name": "y", "n": 2} in the store, nothing now',
        'raid.z: nothing in the store, {"name": "z", "n": 2} now',
        "k: [1, 2] in the store, [1, 3] now",
        "b: nothing in the store, null now",
    ]
    assert differences(old, json.loads(json.dumps(old))) == []


def test_the_first_released_store_is_still_read() -> None:
    """Stores are read forever: this one was written by format 1 and is never written again."""
    old = parapet.Study(Path(__file__).parent / "stores" / "format-1")
    assert old.manifest["format"] == 1 and old.runs.height == 8 and old.n_cells == 4
    assert old.values("leaked", "salvo, count=3").tolist() == [
        float(n) for n in old.runs.filter(pl.col("cell") == 1)["leaked"]
    ]
    assert old.cells["count"].to_list() == [1, 3, 1, 3] and old.shots.height == old.runs["rounds"].sum()
    assert "A small study" in old.summary()
    with pytest.raises((StoreError, InputError)):
        old.played(0, 99)
