"""Blocks on a Dask cluster: the store equals the serial one, workers that compute otherwise are let go."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import parapet
from parapet.errors import InputError, RunError
from parapet.study import blocks, cluster, execute
from parapet.study.rows import MEASURED

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)


def quiet(text: str) -> None:
    pass


def test_a_refused_block_is_played_by_another_worker(tmp_path: Path, monkeypatch) -> None:
    file = small.written(tmp_path)
    refused: list[str] = []
    n_given = 0

    class OneIsStrange(execute.Threads):
        def submit(self, key, runs):  # type: ignore[no-untyped-def]
            nonlocal n_given
            n_given += 1
            if n_given % 3 == 1 and n_given < 9:
                future: Future[blocks.Block] = Future()
                future.set_result(blocks.Block(key, {}, runs[:0], 0.0, refused="tcp://strange:1"))
                return future
            return super().submit(key, runs)

        def refuse(self, worker: str) -> None:
            refused.append(worker)

    plain = parapet.study(file, out=tmp_path / "plain", say=quiet)
    monkeypatch.setattr(execute, "Threads", OneIsStrange)
    found = parapet.study(file, out=tmp_path / "strange", say=quiet)
    assert refused == ["tcp://strange:1"] * 3
    assert found.runs.drop(*MEASURED).equals(plain.runs.drop(*MEASURED))


@pytest.mark.parametrize(
    "where, said", [("nonsense", "expected an address"), ("local:0", "expected an address")]
)
def test_wrong_addresses_are_refused(tmp_path: Path, where: str, said: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match=said):
        parapet.study(small.written(tmp_path), out=tmp_path / "out", cluster=where, say=quiet)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_with_a_dying_worker_gives_the_serial_store(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    file = small.written(tmp_path)
    plain = parapet.study(file, runs=200, record="shots", out=tmp_path / "plain", say=quiet)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as two:
        pids = [worker.process.pid for worker in two.workers.values()]
        killed: list[int] = []

        def kill(progress: execute.Progress) -> None:
            if progress.played > 20 and not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        found = parapet.study(
            file, runs=200, record="shots", out=tmp_path / "out", cluster=two.scheduler_address, say=quiet,
            progress=kill,
        )  # fmt: skip
    assert killed
    assert found.runs.drop(*MEASURED).equals(plain.runs.drop(*MEASURED))
    assert found.threats.equals(plain.threats) and found.shots.equals(plain.shots)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_local_cluster_gives_the_serial_store(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    file = small.written(tmp_path, small.DOUBT)
    wanted = {"runs": 8, "record": "shots", "say": quiet}
    plain = parapet.study(file, out=tmp_path / "plain", workers=1, **wanted)
    found = parapet.study(file, out=tmp_path / "out", cluster="local:2", **wanted)
    assert found.runs.height == 4 * 8
    assert found.runs.drop(*MEASURED).equals(plain.runs.drop(*MEASURED))
    assert found.threats.equals(plain.threats) and found.shots.equals(plain.shots)
    assert found.inputs.equals(plain.inputs) and found.cells.equals(plain.cells)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_joins_later_is_used(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    file = small.written(tmp_path)
    plain = parapet.study(file, runs=300, out=tmp_path / "plain", say=quiet)
    n_players = "len(__import__('parapet.study.cluster', fromlist=['_players'])._players)"
    local = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    with local as one, distributed.Client(one) as client:
        joined: list[int] = []

        def join(progress: execute.Progress) -> None:
            if progress.played and not joined:
                joined.append(progress.done)
                one.scale(2)
                client.wait_for_workers(2, timeout=60)

        found = parapet.study(
            file, runs=300, out=tmp_path / "out", cluster=one.scheduler_address, say=quiet, progress=join
        )
        used = client.run(eval, n_players)  # on each worker: studies it has played for
    assert joined and joined[0] < 1200
    assert sorted(used.values()) == [1, 1]
    assert found.runs.drop(*MEASURED).equals(plain.runs.drop(*MEASURED))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_dies_ends_the_study_with_a_message_and_what_was_finished(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    file = small.written(tmp_path)
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    place = tmp_path / "scheduler.json"
    quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen([*dask, "--scheduler-file", str(place)], **quietly)
    worker = None
    try:
        while not place.exists():
            time.sleep(0.1)
        address = json.loads(place.read_text())["address"]
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_worker",
                address,
                "--nthreads",
                "1",
                "--no-dashboard",
            ],
            **quietly,
        )

        def kill(progress: execute.Progress) -> None:
            if progress.played > 20:
                scheduler.kill()

        with pytest.raises(RunError, match=r"the scheduler at .* does not answer any more"):
            parapet.study(file, runs=2000, out=tmp_path / "out", cluster=address, say=quiet, progress=kill)
    finally:
        for process in (worker, scheduler):
            if process is not None:
                process.kill()
                process.wait()
    stored = parapet.Study(tmp_path / "out").runs
    assert 20 < stored.height < 8000
    resumed = parapet.study(file, runs=100, out=tmp_path / "out", say=quiet)
    plain = parapet.study(file, runs=100, out=tmp_path / "plain", say=quiet)
    both = resumed.runs.filter(pl.col("run") < 100)
    assert both.drop(*MEASURED).equals(plain.runs.drop(*MEASURED))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_with_other_arithmetic_plays_nothing(monkeypatch) -> None:
    pytest.importorskip("distributed")
    import distributed

    class Worker:
        address = "tcp://strange:1"

    monkeypatch.setattr(distributed, "get_worker", Worker)
    block = cluster.play_block("", b"", ("other", "arithmetic"), (0, 0), np.arange(5))
    assert block.refused == "tcp://strange:1" and block.runs.size == 0


class _Client:
    """Stands for Dask's client: how many threads there are, or that nobody answers."""

    cores: dict[str, int] | None = None

    def ncores(self) -> dict[str, int]:
        if self.cores is None:
            raise OSError("closed")
        return self.cores


def _cluster(said: list[str]) -> cluster.Cluster:
    one = cluster.Cluster.__new__(cluster.Cluster)
    one.client, one.say, one.where, one.alone_since = _Client(), said.append, "tcp://there:8786", math.inf
    return one


def test_a_cluster_without_workers_is_told_of_once_and_waited_for(monkeypatch) -> None:
    said: list[str] = []
    one = _cluster(said)
    now = 100.0
    monkeypatch.setattr(cluster.time, "monotonic", lambda: now)
    one.client.cores = {"a": 2, "b": 1}
    assert one.capacity() == 3
    one.client.cores = {}
    for now in (101.0, 103.0, 120.0, 140.0):
        assert one.capacity() == 1
    assert len(said) == 1 and "no worker any more" in said[0]
    one.client.cores = {"a": 2}
    assert one.capacity() == 2
    one.client.cores = None
    with pytest.raises(RunError, match="the scheduler at tcp://there:8786 does not answer any more"):
        one.capacity()


class KilledWorker(Exception):
    """Named like Dask's."""


def test_what_goes_wrong_with_a_block_is_told_in_a_sentence() -> None:
    one = _cluster([])
    for raised, said in (
        (KilledWorker("block", "worker"), "killed every worker that played it"),
        (ConnectionResetError("gone"), "does not answer any more"),
        (RunError("run 3: planted"), "run 3: planted"),
    ):
        future: Future[blocks.Block] = Future()
        future.set_exception(raised)
        fault = one.fault(future)
        assert isinstance(fault, RunError) and said in str(fault)
    cancelled: Future[blocks.Block] = Future()
    cancelled.cancel()
    assert isinstance(one.fault(cancelled), RunError)
    fine: Future[blocks.Block] = Future()
    fine.set_result(blocks.Block((0, 0), {}, np.arange(0), 0.0))
    assert one.fault(fine) is None
