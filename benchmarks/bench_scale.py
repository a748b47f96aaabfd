"""What a study costs besides its battles: overhead, efficiency on two workers and on a cluster, memory.

    python benchmarks/run.py --only scale                  everything, some five minutes; adds a line to results.jsonl
    python benchmarks/bench_scale.py --runs 2000 --memory 1000 5000   smaller, printed only

Battles are those of two scenarios written here. ``small``: one fire unit, ten cruise missiles from 45 km, four minutes.
``tiny``: one missile, ten seconds, a battle of a millisecond, so that what is not battle shows.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

SMALL = """\
parapet: 1
title: Ten cruise missiles against one fire unit
seed: 1
duration: 4 min
environment: {ground_elevation: 900 m}
assets:
  - {name: City, template: city-centre, place: {lat: 39.93, lon: 32.86}, elevation: 900 m}
systems:
  - name: guard
    system: s400-fire-unit
    place: {of: City, bearing: 190, distance: 4 km}
    elevation: 900 m
    first_boresight: 180
    antenna_mast: 24 m
    doctrine: {mode: shoot_look_shoot, salvo: 2}
raid:
  - name: cruise
    threat: tomahawk
    count: 10
    interval: 2 s
    spacing: {lateral: 500 m}
    route: [{bearing: 180, distance: 45 km, agl: 50 m}]
    aim: City
"""
TINY = SMALL.replace("duration: 4 min", "duration: 10 s").replace("count: 10", "count: 1")
REFERENCE_BATTLE_S = 0.1
"""A battle of this length is what the cost of store and statistics is held against."""
ONE_MEBIBYTE = 1024.0
FULL_RUNS = 10_000
MEMORY_RUNS = (1_000, 100_000)

PLAY = """
import sys
import parapet
file, runs, out, workers = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
found = parapet.study(file, runs=runs, out=out, workers=workers, say=lambda text: None, progress=lambda progress: None)
found.summary()
"""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def in_process(file: Path, runs: int, out: Path, workers: int) -> tuple[float, float]:
    """Wall time (s) and largest memory (MB) of a whole study with its table, in a process of its own."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", PLAY, str(file), str(runs), str(out), str(workers)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"a study of {runs} runs ended with {process.returncode}")
    return time.perf_counter() - begin, usage.ru_maxrss / ONE_MEBIBYTE


def finished(out: Path) -> dict[str, Any]:
    """What the last call of a study wrote down of itself."""
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = manifest["sessions"][-1]["finished"]
    return found


def overhead(file: Path, runs: int, folder: Path) -> dict[str, float]:
    """Processor time of studies on one thread that is not the engine's: what each run adds, what a study costs once.

    The engine's own time is taken around every call of it, in the thread that plays. Two studies, of a fifth of the
    runs and of all of them, tell the part that grows from the part that does not.
    """
    import parapet

    parapet.study(file, runs=20, out=folder / "warm", workers=1, say=_nothing)
    few, many = (_costs(file, n, folder / str(n)) for n in (max(runs // 5, 1), runs))
    n_more = many["runs"] - few["runs"]
    engine_ms = many["engine_s"] / runs * 1e3
    run_ms = max(many["other_s"] - few["other_s"], 0.0) / n_more * 1e3
    return {
        "runs": runs,
        "engine_ms": engine_ms,
        "run_ms": run_ms,
        "share": run_ms / engine_ms,
        "share_of_100_ms": run_ms / (REFERENCE_BATTLE_S * 1e3),
        "runs_per_block": runs / many["n_blocks"],
        "block_ms": run_ms * runs / many["n_blocks"],
        "study_ms": max(many["other_s"] * 1e3 - run_ms * runs, 0.0),
        "flush_ms": many["flush_s"] * 1e3,
    }


def _costs(file: Path, runs: int, out: Path) -> dict[str, float]:
    """Processor time of one study and its table: the engine's and the rest."""
    import parapet
    from parapet.study import blocks

    engine_s = 0.0
    n_blocks = 0
    real_init: Callable[..., None] = blocks.Desk.__init__
    real_play = blocks.Player.play

    def init(desk: blocks.Desk, compiled: Any) -> None:
        real_init(desk, compiled)
        kernel = desk.play_on

        def advance(*arguments: Any) -> None:
            nonlocal engine_s
            begin = time.thread_time()
            kernel(*arguments)
            engine_s += time.thread_time() - begin

        desk.play_on = advance

    def play(*arguments: Any) -> blocks.Block:
        nonlocal n_blocks
        n_blocks += 1
        return real_play(*arguments)

    blocks.Desk.__init__, blocks.Player.play = init, play  # type: ignore[assignment, method-assign]
    try:
        begin = time.process_time()
        parapet.study(file, runs=runs, out=out, workers=1, say=_nothing, progress=_nothing).summary()
        all_s = time.process_time() - begin
    finally:
        blocks.Desk.__init__, blocks.Player.play = real_init, real_play  # type: ignore[method-assign]
    flush_s = finished(out)["store_s"] / len(list((out / "runs").iterdir()))
    return {
        "runs": runs, "engine_s": engine_s, "other_s": all_s - engine_s, "n_blocks": n_blocks, "flush_s": flush_s,
    }  # fmt: skip


def _nothing(*_: object) -> None:
    pass


def efficiency(rate_of: Callable[[int], float]) -> dict[str, float]:
    """Battles per second on one and on two workers, and how near two come to twice one: the median of three pairs.

    One and two are measured in turn, because a shared machine gives more or less from minute to minute.
    """
    pairs = [(rate_of(1), rate_of(2)) for _ in range(3)]
    return {
        "one": statistics.median(one for one, _ in pairs),
        "two": statistics.median(two for _, two in pairs),
        "efficiency": statistics.median(two / one / 2.0 for one, two in pairs),
    }


def on_threads(file: Path, runs: int, folder: Path) -> dict[str, float]:
    """`efficiency` of threads."""
    import parapet

    def rate_of(workers: int) -> float:
        out = Path(tempfile.mkdtemp(dir=folder))
        parapet.study(file, runs=runs, out=out, workers=workers, say=_nothing)
        return runs / float(finished(out)["seconds"])

    rate_of(2)
    return efficiency(rate_of)


def on_cluster(file: Path, runs: int, folder: Path) -> dict[str, float]:
    """`efficiency` of worker processes, `--cluster local:1` and `local:2`, from when their engines are loaded.

    Also what a block costs on its way there and back, in milliseconds.
    """
    import distributed

    import parapet

    library: Any = distributed

    def rate_of(workers: int) -> float:
        with (
            library.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
            library.Client(cluster) as client,
        ):
            client.wait_for_workers(workers)
            where = cluster.scheduler_address
            out = Path(tempfile.mkdtemp(dir=folder))
            parapet.study(
                file, runs=16 * workers, out=out, cluster=where, say=_nothing
            )  # every engine is loaded
            out = Path(tempfile.mkdtemp(dir=folder))
            parapet.study(file, runs=runs, out=out, cluster=where, say=_nothing)
            return runs / float(finished(out)["seconds"])

    found = efficiency(rate_of)
    with (
        library.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        library.Client(cluster) as client,
    ):
        packed = bytes(20_000)
        client.submit(len, packed, pure=False).result()
        begin = time.perf_counter()
        for _ in range(100):
            client.submit(len, packed, pure=False).result()
        found["ms_per_block"] = (time.perf_counter() - begin) * 10.0
    return found


def bench(
    runs: int = FULL_RUNS, memory_runs: Sequence[int] = MEMORY_RUNS, with_cluster: bool = True
) -> dict[str, Any]:
    """Everything, as one part of a line of ``results.jsonl``."""
    folder = Path(tempfile.mkdtemp(prefix="parapet-scale-"))
    try:
        small, tiny = folder / "small.yaml", folder / "tiny.yaml"
        small.write_text(SMALL, encoding="utf-8")
        tiny.write_text(TINY, encoding="utf-8")
        in_process(small, 2, folder / "first", 2)  # so that everything is compiled and cached
        say(f"study: {runs} runs of ten threats on two threads")
        wall_s, _ = in_process(small, runs, folder / "all", 2)
        found: dict[str, Any] = {"runs": runs, "wall_s": wall_s, "runs_per_s": runs / wall_s}
        part = max(runs // 10, 100)
        say(f"study: overhead, {part} runs on one thread")
        found["overhead"] = overhead(small, part, folder / "overhead")
        say("study: threads")
        found["threads"] = on_threads(small, part, folder)
        if with_cluster:
            say("study: cluster")
            found["cluster"] = on_cluster(small, part, folder)
        found["memory_mb"] = {}
        for n in memory_runs:
            say(f"study: memory of {n} runs")
            _, found["memory_mb"][str(n)] = in_process(tiny, n, folder / f"memory-{n}", 2)
        return {"scale": found}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measure and print, store nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=FULL_RUNS)
    parser.add_argument(
        "--memory", type=int, nargs="+", default=list(MEMORY_RUNS), help="runs whose memory is compared"
    )
    parser.add_argument("--no-cluster", action="store_true")
    options = parser.parse_args()
    print(json.dumps(bench(options.runs, options.memory, not options.no_cluster), indent=1))


if __name__ == "__main__":
    main()
