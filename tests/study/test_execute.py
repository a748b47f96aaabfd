"""Playing a study: equal for any number of workers and interruptions, paired across cells, replayed to the bit."""

from __future__ import annotations

import gc
import importlib.util
import threading
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import parapet
from parapet.analysis.replay import outcome_row, replay
from parapet.errors import InputError, RunError, StoreError
from parapet.study import blocks, execute, sequential
from parapet.study.rows import KEYS, MEASURED, STATUS

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)


def quiet(text: str) -> None:
    pass


def results(study: parapet.Study) -> pl.DataFrame:
    return study.runs.drop(*MEASURED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("execute")


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    return small.written(folder)


@pytest.fixture(scope="module")
def found(file: Path, folder: Path) -> parapet.Study:
    return parapet.study(file, out=folder / "one", workers=1, record="shots", say=quiet)


def test_every_cell_has_its_runs_and_threats_are_accounted_for(found: parapet.Study) -> None:
    assert found.runs.height == 4 * 6
    assert found.runs.group_by("cell").len()["len"].to_list() == [6] * 4
    ends = found.runs.select(pl.sum_horizontal(*STATUS)).to_series()
    assert (ends == found.runs["threats"]).all()
    assert (found.runs["rounds"] == found.runs["rounds_48n6e3"] + found.runs["rounds_9m96e2"]).all()
    assert found.runs["rounds"].sum() == found.shots.height > 0
    assert found.threats.height == found.runs["threats"].sum()
    assert (found.threats["outcome"] == "killed").sum() == found.runs["killed"].sum() > 0
    assert found.cells["count"].to_list() == [1, 3, 1, 3]
    assert found.cells["variant"].to_list() == ["salvo", "salvo", "look", "look"]
    assert "4 cells, 24 runs" in repr(found) or "4 cells, 24 runs" in repr(found).replace(",  ", ", ")


def test_any_number_of_workers_gives_the_same_tables(
    file: Path, folder: Path, found: parapet.Study, monkeypatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_S", 0.02)
    monkeypatch.setattr(execute, "FLUSH_S", 0.01)
    three = parapet.study(file, out=folder / "three", workers=3, record="shots", say=quiet)
    assert len(list((folder / "three" / "runs").iterdir())) > 2
    assert results(three).equals(results(found))
    assert three.threats.equals(found.threats) and three.shots.equals(found.shots)


def test_more_runs_extend_a_study_and_repeat_none(file: Path, folder: Path, found: parapet.Study) -> None:
    few = parapet.study(file, runs=2, out=folder / "grown", say=quiet)
    walls = few.runs["wall_s"].to_list()
    grown = parapet.study(file, runs=6, out=folder / "grown", say=quiet)
    assert results(grown).equals(results(found))
    kept = grown.runs.filter(pl.col("run") < 2)["wall_s"].to_list()
    assert kept == walls  # not played again: even the time they took is the same
    assert len(grown.manifest["sessions"]) == 2 and grown.manifest["runs"] == 6
    again = parapet.study(file, runs=3, out=folder / "grown", say=quiet)
    assert again.runs.height == 24 and again.manifest["sessions"][-1]["finished"]["runs_played"] == 0


def test_a_stopped_study_keeps_what_was_finished_and_goes_on(
    file: Path, folder: Path, found: parapet.Study, monkeypatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_S", 0.001)
    played = blocks.Player.play
    calls = []

    def interrupted(self, key, runs):
        calls.append(key)
        if len(calls) == 9:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGINT)
        return played(self, key, runs)

    monkeypatch.setattr(blocks.Player, "play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        parapet.study(file, out=folder / "stopped", workers=2, say=quiet)
    stored = parapet.Study(folder / "stopped").runs
    assert 0 < stored.height < 24
    monkeypatch.setattr(blocks.Player, "play", played)
    resumed = parapet.study(file, out=folder / "stopped", workers=2, say=quiet)
    assert results(resumed).equals(results(found))
    first = resumed.runs.join(stored, on=list(KEYS), how="semi")
    assert first["wall_s"].to_list() == stored["wall_s"].to_list()


def test_a_worker_that_fails_loses_nothing_of_the_others(
    file: Path, folder: Path, found: parapet.Study, monkeypatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_S", 0.001)
    checked = blocks.check_log

    def failing(compiled, log, seed, run, where):
        if run == 4:
            raise RunError(f"run {run}, seed {seed}: planted")
        checked(compiled, log, seed, run, where)

    monkeypatch.setattr(blocks, "check_log", failing)
    with pytest.raises(RunError, match=r"cell '.*'.*run 4.*planted"):
        parapet.study(file, out=folder / "failed", workers=2, say=quiet)
    stored = parapet.Study(folder / "failed").runs
    assert 0 < stored.height < 24 and 4 not in stored["run"].to_list()
    monkeypatch.setattr(blocks, "check_log", checked)
    assert results(parapet.study(file, out=folder / "failed", say=quiet)).equals(results(found))


def test_cells_have_common_draws(file: Path, folder: Path, tmp_path: Path) -> None:
    """Two variants that differ in nothing the battle sees are equal run by run."""
    text = small.STUDY.replace(
        "systems[guard].doctrine.mode: salvo", "systems[guard].doctrine.hold_fire: false"
    ).replace("systems[guard].doctrine.salvo: 1", "raid[jet].interval: 3 s")
    same = parapet.study(small.written(tmp_path, text), out=tmp_path / "out", say=quiet)
    for column in ("leaked", "rounds", "plots", "value_lost"):
        assert (same.values(column, "salvo, count=3") == same.values(column, "look, count=3")).all()
    assert len(set(same.values("plots", "look, count=3"))) > 1


def test_any_run_is_replayed_to_the_bit(found: parapet.Study) -> None:
    for cell in range(4):
        battle, verdict = replay(found, 3, cell)
        assert "equal to the stored row, to the bit" in verdict
        assert battle.totals["killed"] == found.row(3, cell)["killed"]
    shots = found.shots.filter((pl.col("cell") == 3) & (pl.col("run") == 3))
    assert [row.miss_m for row in battle.shot_rows] == shots["miss_m"].to_list()
    assert "not stored" in replay(found, 77, "look, count=1")[1]


def test_a_replay_that_differs_is_not_passed_off(file: Path, folder: Path) -> None:
    study = parapet.study(file, runs=1, out=folder / "forged", say=quiet)
    study._tables["runs"] = study.runs.with_columns(plots=pl.col("plots") + 1)
    with pytest.raises(StoreError, match=r"plots: .* stored, .* now"):
        replay(study, 0, 0)
    study.manifest["catalogue"]["entries"]["interceptors.48n6e3"] = "old"
    with pytest.raises(StoreError, match=r"the catalogue has changed since.*\n.*48n6e3"):
        replay(study, 0, 0)
    study.manifest["engine_id"] = "another"
    with pytest.raises(StoreError, match="was played by engine another"):
        replay(study, 0, 0)


def test_the_row_is_the_one_of_parapet_run(found: parapet.Study, file: Path) -> None:
    """The plain way to play a battle gives the numbers of the study."""
    played = found.played(2, 1)
    row, stored = outcome_row(found, played), found.row(2, 1)
    for column, value in stored.items():
        if column not in (*KEYS, *MEASURED):
            assert row[column] == value, column


def test_names_of_cells_and_columns_are_looked_up(found: parapet.Study) -> None:
    assert found.cell_number("look, count=3") == 3 and found.cell_number("2") == 2
    with pytest.raises(InputError, match="Did you mean 'look, count=3'"):
        found.cell_number("look, conut=3")
    with pytest.raises(InputError, match="Did you mean 'leaked'"):
        found.values("laeked")
    with pytest.raises(InputError, match="6 runs of it are"):
        found.row(17, 0)


UNTIL = small.STUDY.split("variants:")[0] + "runs: 400\nseed: 11\n"


def test_stopping_depends_on_the_prefix_only(tmp_path: Path, monkeypatch) -> None:
    file = small.written(tmp_path, UNTIL)
    rule = "p(no leaker) +- 0.2"
    one = parapet.study(file, out=tmp_path / "one", until=rule, workers=1, say=quiet)
    n = one.runs.height
    values = (one.values("leaked") == 0).astype(float)
    assert sequential.stops_at(values, "proportion", 0.2) == n < 400
    assert sequential.stops_at(values[: n - 1], "proportion", 0.2) is None
    assert one.runs["run"].to_list() == list(range(n))
    monkeypatch.setattr(blocks, "BLOCK_S", 0.005)
    two = parapet.study(file, out=tmp_path / "two", until=rule, workers=3, say=quiet)
    assert results(two).equals(results(one))
    # runs that happen to be there already do not change where it stops
    parapet.study(file, out=tmp_path / "more", runs=7, say=quiet)
    three = parapet.study(file, out=tmp_path / "more", until=rule, runs=400, say=quiet)
    assert results(three).equals(results(one))


@pytest.mark.parametrize(
    "rule, said",
    [("laeked +- 1", "Did you mean 'leaked'"), ("leaked", "expected a column"), ("leaked +- -1", "above 0")],
)
def test_a_wrong_rule_is_refused_before_anything_is_played(
    file: Path, tmp_path: Path, rule: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        parapet.study(file, out=tmp_path / "out", until=rule, say=quiet)
    assert not (tmp_path / "out").exists()


def test_doubt_has_an_outer_and_an_inner_loop(tmp_path: Path) -> None:
    said: list[str] = []
    file = small.written(tmp_path, small.DOUBT)
    found = parapet.study(file, out=tmp_path / "out", say=said.append)
    assert found.runs.group_by("sample").len().sort("sample").rows() == [(k, 3) for k in range(4)]
    assert found.n_samples == 3 and found.inputs["sample"].unique().to_list() == [1, 2, 3]
    assert any("outer samples" in text for text in said)
    base = parapet.study(tmp_path / "base.yaml", seed=5, runs=3, out=tmp_path / "base", say=quiet)
    assert (found.values("plots") == base.values("plots")).all()  # sample 0 is the catalogue as it stands
    assert not (found.values("plots", sample=1) == base.values("plots")).all()
    assert "to the bit" in replay(found, 1, 0, sample=2)[1]
    inputs = (tmp_path / "out" / "inputs.parquet").read_bytes()
    more = parapet.study(file, runs=4, out=tmp_path / "out", say=quiet)
    assert more.runs.height == 16 and (tmp_path / "out" / "inputs.parquet").read_bytes() == inputs


def test_each_outer_sample_stops_when_it_is_sure(tmp_path: Path, monkeypatch) -> None:
    """The inner loop of every sample by its own prefix; which samples there are is not touched by stopping."""
    file = small.written(tmp_path, small.DOUBT)
    rule = "plots +- 0.45"
    one = parapet.study(file, out=tmp_path / "one", until=rule, runs=150, workers=1, say=quiet)
    n = one.runs.group_by("sample").len().sort("sample")
    assert n["sample"].to_list() == [0, 1, 2, 3]
    for sample, runs in n.rows():
        values = one.values("plots", sample=sample)
        assert sequential.stops_at(values, "mean", 0.45) == (runs if runs < 150 else None)
    assert (
        n["len"].n_unique() > 1 and n["len"].min() < 150
    )  # luck differs from sample to sample, and so do the runs it takes
    monkeypatch.setattr(blocks, "BLOCK_S", 0.005)
    two = parapet.study(file, out=tmp_path / "two", until=rule, runs=150, workers=3, say=quiet)
    assert results(two).equals(results(one))
    text = " ".join(two.summary().split())
    assert f"{n['len'].min()} to {n['len'].max()}" in text


def test_progress_is_told(file: Path, tmp_path: Path) -> None:
    told: list[execute.Progress] = []
    parapet.study(file, out=tmp_path / "out", progress=told.append, say=quiet)
    assert told[-1].is_last and told[-1].done == told[-1].wanted == 24 and told[-1].left_s == 0.0
    assert told[-1].estimate is not None and np.isfinite(told[-1].estimate.half_width)


def test_without_a_folder_the_result_keeps_its_own(file: Path) -> None:
    found = parapet.study(file, runs=1, say=quiet)
    folder = found.folder
    assert found.runs.height == 4 and folder.is_dir()
    del found  # nobody holds the study any more
    gc.collect()
    assert not folder.exists()


def test_a_study_can_be_played_outside_the_main_thread(file: Path, tmp_path: Path) -> None:
    out: list[parapet.Study] = []
    thread = threading.Thread(
        target=lambda: out.append(parapet.study(file, runs=1, out=tmp_path / "t", say=quiet))
    )
    thread.start()
    thread.join()
    assert out[0].runs.height == 4
