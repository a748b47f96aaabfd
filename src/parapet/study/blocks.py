"""Blocks of runs: which are still to be played, how many make about half a second, and playing one of them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.engine import flyout
from parapet.engine.compile import Compiled, compile_scenario
from parapet.engine.runner import Desk, check_log
from parapet.errors import InputError, RunError
from parapet.study import rows as tables
from parapet.study.design import Cell, Checked, checked, interceptors_of
from parapet.study.schema import StudyFile

if TYPE_CHECKING:
    import polars as pl

BLOCK_S = 0.5
"""A block should take about this long: short enough to stop soon, long enough to cost nothing."""
MAX_BLOCK = 1000
TICKS = 1000
"""Ticks between two looks at whether to stop."""
MAX_COMPILED = 256
"""Compiled cells kept; a study with more compiles some again."""

Key = tuple[int, int]
"""Cell and outer sample."""


@dataclass
class Block:
    """What came of a block: only battles that were played to their end."""

    key: Key
    frames: dict[str, pl.DataFrame]
    runs: NDArray[np.int64]
    seconds: float
    refused: str = ""
    """Address of a worker of a cluster whose arithmetic is another one; it played nothing."""


class Player:
    """Plays blocks; one for all workers. Each worker keeps its own State and Log.

    Parameters
    ----------
    samples
        Settings of every outer sample; ``[{}]`` without doubt.
    """

    def __init__(
        self,
        study: StudyFile,
        cells: Sequence[Cell],
        samples: Sequence[Mapping[str, Any]],
        interceptors: Sequence[str],
    ) -> None:
        self.study = study
        self.cells = cells
        self.samples = samples
        self.dtype = tables.run_dtype(interceptors)
        self.stop = threading.Event()
        self.compile_s = 0.0
        self.flyout_s = 0.0
        self.n_flown = 0
        self.n_kept = 0
        self.n_compiled = 0
        self._compiled: OrderedDict[Key, Compiled] = OrderedDict()
        self._lock = threading.Lock()
        self._key_locks: dict[Key, threading.Lock] = {}
        self._local = threading.local()

    def compiled(self, key: Key) -> Compiled:
        """The World of a cell and outer sample, compiled when first asked for.

        Raises
        ------
        ScenarioError
            If it cannot be played; says which cell or sample.
        """
        with self._lock:
            found = self._compiled.get(key)
            if found is not None:
                self._compiled.move_to_end(key)
                return found
            own = self._key_locks.setdefault(key, threading.Lock())
        with own:
            with self._lock:
                if key in self._compiled:
                    return self._compiled[key]
            begin = time.perf_counter()
            made = self._compile(key)
            with self._lock:
                self.compile_s += time.perf_counter() - begin
                self.n_compiled += 1
                self._compiled[key] = made
                while len(self._compiled) > MAX_COMPILED:
                    self._compiled.popitem(last=False)
            return made

    def _compile(self, key: Key) -> Compiled:
        cell, sample = self.cells[key[0]], key[1]
        try:
            ready = checked(self.study, cell, self.samples[sample])
            if sample:
                self._fly_out(ready)
            return compile_scenario(ready.scenario, ready.catalogue, "outcomes")
        except (InputError, ValueError, ZeroDivisionError) as error:
            if sample == 0 and isinstance(error, InputError):
                raise
            what = f"cell {cell.name!r}" + (f", outer sample {sample}" if sample else "")
            cure = (
                " Leave figures out with doubt.except, or bind them together with doubt.groups."
                if sample
                else ""
            )
            finding = self.study.document.finding(
                "error", ("doubt",), f"{what} cannot be played: {error}{cure}"
            )
            raise InputError([finding]) from None

    def _fly_out(self, ready: Checked) -> None:
        """Build the fly-out tables of an outer sample, its rounds being others than the catalogue's; takes most of the
        time that compiling takes, and is counted. The compiler then finds them on the disk."""
        begin = time.perf_counter()
        wanted = interceptors_of([ready])
        if wanted:
            rows = [flyout.parameter_row(ready.catalogue.interceptors[name]) for name in wanted]
            n_kept = sum(flyout.cache_path(row, 0.0).exists() for row in rows)
            flyout.build(np.array(rows, np.float64), 0.0)
        else:
            rows, n_kept = [], 0
        with self._lock:
            self.flyout_s += time.perf_counter() - begin
            self.n_kept += n_kept
            self.n_flown += len(rows) - n_kept

    def _desk(self, key: Key) -> Desk:
        """World, State and Log for this thread."""
        if getattr(self._local, "key", None) != key:
            self._local.desk = Desk(self.compiled(key))
            self._local.key = key
        desk: Desk = self._local.desk
        return desk

    def warm_up(self) -> None:
        """Play one tick in this thread, so that the engine is compiled where Ctrl-C is heard at once."""
        desk = self._desk((0, 0))
        desk.reset()
        world = desk.compiled.world
        desk.play_on(self.study.seed, 0, min(1, world.clock.n_ticks))

    def play(self, key: Key, runs: NDArray[np.int64]) -> Block:
        """Play these runs, or those of them that are finished when `stop` is set.

        Raises
        ------
        RunError
            When a battle cannot be trusted; names cell and run.
        """
        desk = self._desk(key)
        compiled, state, log = desk.compiled, desk.state, desk.log
        record = self.study.record
        found = np.zeros(len(runs), self.dtype)
        frames: dict[str, list[pl.DataFrame]] = {"threats": [], "shots": []}
        begin = time.perf_counter()
        n_done = 0
        for run in runs:
            start = time.perf_counter()
            if not self._battle(key, desk, int(run)):
                break
            row = found[n_done]
            row["cell"], row["sample"], row["run"] = *key, run
            tables.fill_run(row, compiled, state, log)
            if record in ("threats", "shots"):
                frames["threats"].append(tables.threats_frame(*key, int(run), compiled, state, log))
            if record == "shots":
                frames["shots"].append(tables.shots_frame(*key, int(run), compiled, state, log))
            row["wall_s"] = time.perf_counter() - start
            n_done += 1
        found = found[:n_done]
        return Block(key, self._joined(found, frames), runs[:n_done], time.perf_counter() - begin)

    def _joined(
        self, found: NDArray[Any], frames: Mapping[str, list[pl.DataFrame]]
    ) -> dict[str, pl.DataFrame]:
        import polars as pl

        joined = {name: pl.concat(parts) for name, parts in frames.items() if parts}
        return {**joined, "runs": tables.runs_frame(found)}

    def _battle(self, key: Key, desk: Desk, run: int) -> bool:
        """Play one battle to its end; False if it was stopped."""
        world, seed = desk.compiled.world, self.study.seed
        desk.reset()
        n_ticks = world.clock.n_ticks
        tick = 0
        while tick < n_ticks:
            if self.stop.is_set():
                return False
            tick = min(tick + TICKS, n_ticks)
            desk.play_on(seed, run, tick)
        try:
            check_log(desk.compiled, desk.log, seed, run, self.study.base.file)
        except RunError as error:
            name = self.cells[key[0]].name
            where = f"cell {name!r}" + (f", outer sample {key[1]}" if key[1] else "")
            raise RunError(f"{where}: {error} Finished runs are stored.") from None
        return True


class Todo:
    """Which runs of each cell and sample are still to be played, and the numbers that decide when it is enough."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = list(keys)
        self.values: dict[Key, NDArray[np.float64]] = {key: np.empty(0) for key in keys}
        """One number per run, not a number where it was not played yet."""
        self.target: dict[Key, int] = dict.fromkeys(keys, 0)
        self.taken: dict[Key, NDArray[np.bool_]] = {key: np.empty(0, np.bool_) for key in keys}
        self.seconds: dict[Key, tuple[float, int]] = {}

    def grow(self, key: Key, n: int) -> None:
        """Make room for runs below `n`."""
        short = n - self.values[key].size
        if short > 0:
            self.values[key] = np.concatenate([self.values[key], np.full(short, np.nan)])
            self.taken[key] = np.concatenate([self.taken[key], np.zeros(short, np.bool_)])

    def done(self, key: Key, runs: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """These runs are finished."""
        if runs.size:
            self.grow(key, int(runs.max()) + 1)
            self.values[key][runs] = values
            self.taken[key][runs] = True

    def prefix(self, key: Key) -> NDArray[np.float64]:
        """The numbers of runs 0, 1, 2 ... up to the first one missing."""
        missing = np.flatnonzero(np.isnan(self.values[key]))
        return self.values[key][: missing[0]] if missing.size else self.values[key]

    def n_done(self, key: Key, n: int) -> int:
        """Finished runs among the first `n`."""
        return int((~np.isnan(self.values[key][:n])).sum())

    def take(self, key: Key, n: int) -> NDArray[np.int64]:
        """Up to `n` runs that nobody plays yet, lowest first; marks them as given out."""
        self.grow(key, self.target[key])
        free = np.flatnonzero(~self.taken[key][: self.target[key]])[:n]
        self.taken[key][free] = True
        return free.astype(np.int64)

    def give_back(self, key: Key, runs: NDArray[np.int64]) -> None:
        """These runs were given out and not played."""
        self.taken[key][runs] = False

    def block_size(self, key: Key) -> int:
        """Runs that take about `BLOCK_S`, from what battles took so far."""
        if key in self.seconds:
            seconds, n = self.seconds[key]
        elif self.seconds:
            seconds, n = max(self.seconds.values(), key=lambda pair: pair[0] / pair[1])
        else:
            return 1
        return max(1, min(MAX_BLOCK, int(BLOCK_S * n / max(seconds, 1e-9))))

    def took(self, key: Key, seconds: float, n: int) -> None:
        """Remember how long battles of a cell take."""
        if n:
            old, m = self.seconds.get(key, (0.0, 0))
            self.seconds[key] = (old + seconds, m + n)
