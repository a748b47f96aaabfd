"""Speed and its conditions: one JSON line per run and machine, appended to ``benchmarks/results.jsonl``.

``make bench`` measures everything with small numbers (some minutes). Parts and sizes::

    python benchmarks/run.py --only raid --battles 200
    python benchmarks/run.py --only halving --halving 2000
    python benchmarks/run.py --only start tracker
    python benchmarks/run.py --only scale --study-runs 10000

The table in the documentation is made from the file; nothing is typed.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
RESULTS = ROOT / "benchmarks" / "results.jsonl"
RAID = ROOT / "examples" / "raid-80.yaml"
DEMO = ROOT / "examples" / "ankara.yaml"
PARTS = ("raid", "halving", "tracker", "scale", "start", "cold")
CONFIDENCE_Z = 1.96
ONE_MEBIBYTE = 1024.0


# ----------------------------------------------------------------------------------------------------- battles ----


class Player:
    """A compiled scenario and one State per thread: plays runs and keeps what came out."""

    def __init__(self, compiled: Any, seed: int, n_threads: int) -> None:
        from parapet.engine.runner import Desk

        self.compiled = compiled
        self.seed = seed
        self.n_threads = n_threads
        self.desks = [Desk(compiled) for _ in range(n_threads)]
        self.lock = threading.Lock()

    def play(self, runs: Sequence[int]) -> list[dict[str, float]]:
        """One row per run, in the order of the runs; whichever thread is free takes the next one."""
        rows: list[dict[str, float]] = [{} for _ in runs]
        places = iter(range(len(runs)))

        def work(desk: int) -> None:
            while True:
                with self.lock:
                    place = next(places, None)
                if place is None:
                    return
                rows[place] = self.one(desk, runs[place])

        with ThreadPoolExecutor(self.n_threads) as pool:
            for done in [pool.submit(work, desk) for desk in range(self.n_threads)]:
                done.result()
        return rows

    def one(self, desk: int, run: int) -> dict[str, float]:
        """One battle from its first tick to its last, as the runner plays it, at recording level outcomes."""
        from parapet.engine import codes
        from parapet.engine.runner import check_log
        from parapet.engine.state import TOTAL

        world = self.compiled.world
        own = self.desks[desk]
        own.reset()
        own.play_on(self.seed, run, world.clock.n_ticks)
        log = own.log
        check_log(self.compiled, log, self.seed, run, str(RAID.name))
        status = own.state.truth.threat["status"][: self.compiled.names.n_raid]
        names = (
            "rounds",
            "plots",
            "false_plots",
            "looks",
            "firm_tracks",
            "peak_targets_engaged",
            "peak_missiles_guided",
        )
        row = {name: float(log.total[TOTAL[name]]) for name in names}
        return row | {
            "killed": float((status == codes.KILLED).sum()),
            "leaked": float((status == codes.LEAKED).sum()),
        }


def compiled_raid(halved: bool = False) -> tuple[Any, Any]:
    """The scenario and its World, with every step halved if asked."""
    from parapet.analysis.play import load
    from parapet.engine.compile import compile_scenario
    from parapet.physics.interceptor import HOMING_STEP_S

    scenario, catalogue, _ = load(RAID)
    if not halved:
        return scenario, compile_scenario(scenario, catalogue, record="outcomes")
    return scenario, compile_scenario(
        scenario, catalogue, "outcomes", dt_s=scenario.time_step_s / 2.0, homing_dt_s=HOMING_STEP_S / 2.0
    )


def rates(compiled: Any) -> str:
    """The rates that the battle was played with, from its World."""
    world = compiled.world
    kinds: dict[str, float] = {}
    for kind, period, is_engagement in zip(
        compiled.names.radar_types, world.radars.period_s, world.radars.is_engagement, strict=True
    ):
        if not is_engagement:
            kinds[kind] = float(period)
    search = ", ".join(f"{kind} every {period:g} s" for kind, period in kinds.items())
    fire = min(world.radars.track_revisit_s[world.radars.is_engagement == 1])
    clock = world.clock
    return (
        f"search {search}; fire control every {fire:g} s; tick {clock.dt_s:g} s; homing step {clock.homing_dt_s:g} s, "
        f"measured every {clock.measure_dt_s:g} s"
    )


def bench_raid(n_battles: int, n_threads: int) -> dict[str, Any]:
    """Battles per second of examples/raid-80.yaml, and what a battle holds."""
    scenario, compiled = compiled_raid()
    say("raid-80: compiled; warming up")
    player = Player(compiled, scenario.seed, n_threads)
    player.play(range(n_threads))
    alone, processor = [], []
    for run in range(3):
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        player.one(0, run)
        alone.append(time.perf_counter() - begin)
        processor.append(time.thread_time() - begin_cpu)
    say(f"raid-80: {n_battles} battles on {n_threads} threads")
    begin = time.perf_counter()
    rows = player.play(range(n_battles))
    wall_s = time.perf_counter() - begin
    mean = {name: statistics.fmean(row[name] for row in rows) for name in rows[0]}
    duration_s = compiled.world.clock.n_ticks * compiled.world.clock.dt_s
    return {
        "n_threads": n_threads,
        "n_battles": n_battles,
        "n_raid": compiled.names.n_raid,
        "duration_s": duration_s,
        "wall_s": wall_s,
        "battles_per_s": n_battles / wall_s,
        "times_real_time": n_battles * duration_s / wall_s,
        "one_battle_s": statistics.median(alone),
        "one_battle_processor_s": statistics.median(processor),
        "rates": rates(compiled),
        **mean,
    }


def bench_halving(n_runs: int, n_threads: int) -> dict[str, Any]:
    """Mean leakers of the same runs with the usual steps and with every step halved."""
    leaked = []
    for halved in (False, True):
        scenario, compiled = compiled_raid(halved)
        say(f"steps{' halved' if halved else ''}: {n_runs} runs")
        rows = Player(compiled, scenario.seed, n_threads).play(range(n_runs))
        leaked.append([row["leaked"] for row in rows])
    usual, half = leaked
    change = [b - a for a, b in zip(usual, half, strict=True)]
    return {
        "n_runs": n_runs,
        "mean_leakers": statistics.fmean(usual),
        "mean_leakers_halved": statistics.fmean(half),
        "change": statistics.fmean(change),
        "interval_leakers": half_width(usual),
        "interval_change": half_width(change),
        "is_inside": abs(statistics.fmean(change)) <= half_width(usual),
    }


def half_width(values: Sequence[float]) -> float:
    """Half of the 95 % interval of a mean."""
    return CONFIDENCE_Z * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.inf


# -------------------------------------------------------------------------------------------------- command line ----


def call(arguments: Sequence[str], **variables: str) -> tuple[float, float]:
    """Wall time (s) and largest memory (MB) of `parapet` with these arguments in a process of its own."""
    command = [sys.executable, "-c", "import sys; from parapet.cli import main; sys.exit(main())", *arguments]
    variables = {**os.environ, **variables}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # a warm command does not compile Python
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"parapet {' '.join(arguments)} ended with {process.returncode}:\n{told.decode()}")
    return seconds, usage.ru_maxrss / ONE_MEBIBYTE


def bench_start() -> dict[str, Any]:
    """Warm start of the commands that a person waits for: the best of three, and the memory of a run."""
    demo = str(DEMO.relative_to(ROOT))
    examples = [str(file.relative_to(ROOT)) for file in sorted(DEMO.parent.glob("*.yaml"))]
    say("warm commands")
    call(["run", demo])  # so that everything is compiled and cached
    runs = [call(["run", demo]) for _ in range(3)]
    return {
        "warm_run_s": min(seconds for seconds, _ in runs),
        "peak_memory_mb": max(memory for _, memory in runs),
        "help_s": min(call(["--help"])[0] for _ in range(3)),
        "check_s": min(call(["check", demo])[0] for _ in range(3)),
        "check_examples_s": min(call(["check", *examples])[0] for _ in range(3)),
        "describe_s": min(call(["describe", demo])[0] for _ in range(3)),
    }


def bench_cold() -> dict[str, Any]:
    """The first battle ever: an empty folder for compiled code, and empty caches of catalogue and fly-out tables."""
    say("cold start: compiling everything")
    folder = tempfile.mkdtemp(prefix="parapet-cold-")
    try:
        seconds, _ = call(["run", str(DEMO.relative_to(ROOT))], NUMBA_CACHE_DIR=folder, XDG_CACHE_HOME=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"cold_start_s": seconds}


# ----------------------------------------------------------------------------------------------------- the line ----


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def processor_name() -> str:
    """Name of the processor, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine(note: str) -> dict[str, Any]:
    """What the measurement was made on; names no host."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    words = [note] if note else []
    if load > 0.5:
        words.append(f"Others used the machine too: load {load:.1f} at the start.")
    return {
        "name": processor_name(),
        "n_cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("numba", "llvmlite", "numpy")},
        "note": " ".join(words),
    }


def main() -> None:
    """Measure and append one line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), help="which parts to measure"
    )
    parser.add_argument("--battles", type=int, default=48, help="battles of raid-80 (default 48)")
    parser.add_argument(
        "--halving", type=int, default=48, help="paired runs of the step check (the full one: 2000)"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--study-runs", type=int, default=10_000, help="runs of the study that is timed (default 10,000)"
    )
    parser.add_argument(
        "--memory-runs", type=int, nargs=2, default=[1_000, 100_000], help="runs of the studies compared in memory"
    )
    parser.add_argument(
        "--no-stone-soup", action="store_true", help="the tracker without its independent twin"
    )
    parser.add_argument("--note", default="", help="a sentence about the machine")
    parser.add_argument("--dry", action="store_true", help="print the line, do not store it")
    options = parser.parse_args()

    from benchmarks import bench_scale, bench_tracker

    from parapet import __version__, _jit, catalogue

    line: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "parapet": __version__,
        "engine_id": _jit.engine_id(),
        "platform_id": _jit.platform_id(),
        "catalogue": catalogue.load().hash,
        "machine": machine(options.note),
    }
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "raid": lambda: {"raid_80": bench_raid(options.battles, options.threads)},
        "halving": lambda: {"step_halving": bench_halving(options.halving, options.threads)},
        "tracker": lambda: {"tracker": bench_tracker.bench(not options.no_stone_soup)},
        "scale": lambda: bench_scale.bench(options.study_runs, options.memory_runs),
        "start": bench_start,
        "cold": bench_cold,
    }
    for name in itertools.filterfalse(lambda part: part not in options.only, PARTS):
        found = parts[name]()
        line |= found
        say(json.dumps(found))
    text = json.dumps(line)
    if options.dry:
        print(text)
    else:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
        say(f"one line added to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
