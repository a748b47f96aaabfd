"""Playing a study: what is missing in the store is played in blocks by a pool of threads and stored as it comes.

Which battle is played where and when changes nothing: a run is addressed by (seed, run), and stopping looks at
prefixes of the run index only. So the tables are equal for any number of workers and any number of interruptions.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from parapet.study import sequential
from parapet.study.blocks import Block, Key, Player, Todo
from parapet.study.statistics import Estimate, Until
from parapet.study.store import Store

if TYPE_CHECKING:
    import polars as pl

FLUSH_S = 2.0
"""Finished runs are put on the disk at least this often (a killed process loses no more than this and its blocks)."""
FLUSH_SHARE = 0.01
FLUSH_MAX_S = 30.0
"""Long studies write less often: after 1 % of the time they have run, 30 s at most."""
TOLD_S = 0.5


@dataclass(frozen=True)
class Progress:
    """How far a study is.

    Attributes
    ----------
    done, wanted
        Runs of the study; `wanted` is a guess while a stopping rule decides.
    played
        Runs of this call.
    rate
        Runs a second in this call.
    left_s
        Seconds left at that rate; infinite before the first run.
    cell
        Name of the cell with the widest interval.
    estimate
        Of `column` there; None before the second run.
    """

    done: int
    wanted: int
    played: int
    rate: float
    left_s: float
    cell: str
    column: str
    estimate: Estimate | None
    is_last: bool = False


Tell = Callable[[Progress], None]


@dataclass
class Goal:
    """How many runs each cell gets: `runs`, or as few as a stopping rule needs."""

    runs: int
    until: Until | None = None
    column: str = "leaked"

    @property
    def kind(self) -> str:
        return self.until.kind if self.until else "mean"

    def value(self, frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The number per run that the goal looks at."""
        column = frame[self.column].to_numpy()
        return self.until.values(column) if self.until else column.astype(np.float64)

    def target(self, todo: Todo, key: Key) -> int:
        """Runs this cell needs now; equal to its prefix when it has enough."""
        if self.until is None:
            return self.runs
        prefix = todo.prefix(key)[: self.runs]
        enough = sequential.stops_at(prefix, self.until.kind, self.until.half_width) if prefix.size else None
        if enough is not None:
            return enough
        if prefix.size >= self.runs:
            return self.runs
        return sequential.next_checkpoint(prefix.size, self.runs, self.until.kind)


Given = dict[Future[Block], tuple[Key, NDArray[np.int64]]]
"""Blocks that are being played, and what they are."""


class Workers(Protocol):
    """Who plays blocks: threads of this process, or a cluster."""

    def submit(self, key: Key, runs: NDArray[np.int64]) -> Future[Block]:
        """Give a block out."""

    def capacity(self) -> int:
        """Blocks that can be played at one time now."""

    def fault(self, future: Future[Block]) -> BaseException | None:
        """Why a finished block was not played, or nothing."""

    def refuse(self, worker: str) -> None:
        """Let a worker go whose arithmetic is another one."""

    def stop(self) -> None:
        """Wait for blocks that were begun, forget the others."""


class Threads:
    """Threads of this process; the engine lets go of the interpreter while it plays."""

    def __init__(self, player: Player, n: int) -> None:
        self.player = player
        self.n = n
        self.pool = ThreadPoolExecutor(n, thread_name_prefix="battle")

    def submit(self, key: Key, runs: NDArray[np.int64]) -> Future[Block]:
        """Give a block out."""
        return self.pool.submit(self.player.play, key, runs)

    def capacity(self) -> int:
        """The number of threads."""
        return self.n

    def fault(self, future: Future[Block]) -> BaseException | None:
        """What the thread raised."""
        return future.exception()

    def refuse(self, worker: str) -> None:
        """Threads have the arithmetic of their process; never called."""
        raise AssertionError(worker)

    def stop(self) -> None:
        """Wait for blocks that were begun, forget the others."""
        self.pool.shutdown(wait=True, cancel_futures=True)


@dataclass
class Pending:
    """Finished blocks that are not on the disk yet."""

    blocks: list[Block] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def flush(self, store: Store) -> None:
        """Put everything on the disk; what could not be stored stays pending."""
        import polars as pl

        self.since = time.monotonic()
        blocks = [block for block in self.blocks if block.runs.size]
        if blocks:
            tables = {
                name: pl.concat([b.frames[name] for b in blocks if name in b.frames])
                for name in blocks[0].frames
            }
            store.add(tables)
        self.blocks = []


class _Interruptions:
    """Turns Ctrl-C and a polite kill into a flag, so that neither strikes while a file is being put into its place."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self.stop = stop
        self.came = False
        self.before: dict[int, Any] = {}

    def __enter__(self) -> _Interruptions:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self.before[number] = signal.signal(number, self._hear)
        return self

    def _hear(self, *_: object) -> None:
        self.came = True
        self.stop()

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)


class Execution:
    """One call of a study."""

    def __init__(
        self, player: Player, store: Store, goal: Goal, todo: Todo, names: Sequence[str], tell: Tell | None
    ) -> None:
        self.player = player
        self.store = store
        self.goal = goal
        self.todo = todo
        self.names = names
        self.tell = tell
        self.pending = Pending()
        self.begin = time.monotonic()
        self.told = -math.inf
        self.n_played = 0
        self.store_s = 0.0

    def run(self, workers: Workers) -> None:
        """Play what is missing, then let the workers go.

        Raises
        ------
        KeyboardInterrupt, RunError, InputError, StoreError
            After what was finished has been stored (unless it is the store that fails).
        """
        futures: Given = {}
        self.begin = time.monotonic()
        with _Interruptions(self.player.stop.set) as interruptions:
            try:
                self._run(workers, futures, interruptions)
            finally:
                self.player.stop.set()
                workers.stop()
                self._rescue(futures)
                self._flush()
        self._say(is_last=True)

    def _run(self, workers: Workers, futures: Given, interruptions: _Interruptions) -> None:
        queue = deque(self.todo.keys)
        for key in self.todo.keys:
            self.todo.target[key] = self.goal.target(self.todo, key)
        failure: BaseException | None = None
        while True:
            if interruptions.came:
                raise KeyboardInterrupt
            while queue and failure is None and len(futures) < 2 * workers.capacity():
                key = queue.popleft()
                runs = self.todo.take(key, self.todo.block_size(key))
                if runs.size:
                    futures[workers.submit(key, runs)] = (key, runs)
                    queue.append(key)
            if not futures:
                break
            finished, _ = wait(futures, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in finished:
                key, runs = futures.pop(future)
                error = workers.fault(future)
                if error is not None:
                    failure = failure or error
                    self.player.stop.set()
                    continue
                block = future.result()
                if block.refused:
                    workers.refuse(block.refused)
                    self.todo.give_back(key, runs)
                else:
                    self._take(block)
                if self._moves_on(key) and key not in queue:
                    queue.append(key)
            self._flush_when_due()
            self._say()
        if failure is not None:
            raise failure from None

    def _moves_on(self, key: Key) -> bool:
        """Whether a cell has more to play after its last block; sets its next target when a stopping rule decides."""
        todo = self.todo
        if self.goal.until is not None and todo.prefix(key).size >= todo.target[key]:
            todo.target[key] = self.goal.target(todo, key)
        return todo.n_done(key, todo.target[key]) < todo.target[key]

    def _take(self, block: Block) -> None:
        self.pending.blocks.append(block)
        self.todo.done(block.key, block.runs, self.goal.value(block.frames["runs"]))
        self.todo.took(block.key, block.seconds, len(block.runs))
        self.n_played += len(block.runs)

    def _rescue(self, futures: Iterable[Future[Block]]) -> None:
        """Blocks that ended while the study was stopping are finished runs all the same."""
        for future in futures:
            if future.done() and not future.cancelled() and future.exception() is None:
                if not future.result().refused:
                    self._take(future.result())

    def _flush_when_due(self) -> None:
        now = time.monotonic()
        wait_s = min(max(FLUSH_S, FLUSH_SHARE * (now - self.begin)), FLUSH_MAX_S)
        if now - self.pending.since >= wait_s:
            self._flush()

    def _flush(self) -> None:
        begin = time.perf_counter()
        self.pending.flush(self.store)
        self.store_s += time.perf_counter() - begin

    # --------------------------------------------------------------------------------------------- progress ----

    def _say(self, is_last: bool = False) -> None:
        now = time.monotonic()
        if self.tell is None or (now - self.told < TOLD_S and not is_last):
            return
        self.told = now
        self.tell(self.progress(is_last))

    def progress(self, is_last: bool = False) -> Progress:
        """How far the study is now."""
        todo = self.todo
        done = sum(todo.n_done(key, self.goal.runs) for key in todo.keys)
        wanted = sum(self._guess(key) for key in todo.keys) if not is_last else done
        elapsed = max(time.monotonic() - self.begin, 1e-9)
        rate = self.n_played / elapsed
        left_s = max(wanted - done, 0) / rate if rate > 0.0 else math.inf
        key, estimate = self._widest()
        name = self.names[key[0]]
        return Progress(
            done,
            wanted,
            self.n_played,
            rate,
            0.0 if is_last else left_s,
            name,
            self._column(),
            estimate,
            is_last,
        )

    def _column(self) -> str:
        return self.goal.until.name if self.goal.until is not None else self.goal.column

    def _guess(self, key: Key) -> int:
        until = self.goal.until
        if until is None:
            return self.goal.runs
        prefix = self.todo.prefix(key)
        needed = sequential.runs_needed(prefix, until.kind, until.half_width)
        target = self.todo.target[key]
        return min(self.goal.runs, max(target, needed) if prefix.size < target else target)

    def _widest(self) -> tuple[Key, Estimate | None]:
        best: tuple[Key, Estimate | None] = (self.todo.keys[0], None)
        for key in self.todo.keys[:200]:
            prefix = self.todo.prefix(key)
            if prefix.size < 2:
                continue
            estimate = self._estimate(prefix)
            if best[1] is None or estimate.half_width > best[1].half_width:
                best = (key, estimate)
        return best

    def _estimate(self, prefix: Any) -> Estimate:
        from parapet.study.statistics import estimated

        if self.goal.until is not None:
            return sequential.estimate(prefix, self.goal.until.kind)
        return estimated(prefix, "mean")
