"""Blocks on Dask workers: the same battles elsewhere, with the results streamed to the store here.

A task carries everything it needs, so workers may join and leave; blocks of a worker that is lost are played by
another one.
A worker whose engine or arithmetic is another one plays nothing and is let go. Optional: ``parapet[cluster]``.
"""

from __future__ import annotations

import hashlib
import math
import pickle
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parapet._jit import engine_id, platform_id
from parapet.errors import InputError, RunError
from parapet.study.blocks import Block, Key, Player
from parapet.study.design import Cell
from parapet.study.schema import StudyFile

JOIN_S = 60.0
"""A cluster without any worker for this long is an error."""
ALONE_S = 5.0
"""A cluster that lost all its workers is told of after this long."""

_players: dict[str, Player] = {}
"""On a worker: the study it plays."""


def play_block(
    digest: str, packed: bytes, identity: tuple[str, str], key: Key, runs: NDArray[np.int64]
) -> Block:
    """On a worker: play a block, or say that this worker's arithmetic is another one."""
    if (engine_id(), platform_id()) != identity:
        from distributed import get_worker

        return Block(key, {}, runs[:0], 0.0, refused=str(get_worker().address))
    if digest not in _players:
        _players.clear()
        _players[digest] = Player(*pickle.loads(zlib.decompress(packed)))
    return _players[digest].play(key, runs)


class Cluster:
    """A Dask cluster that plays blocks; see `parapet.study.execute.Workers`.

    Raises
    ------
    InputError
        If Dask is not installed, `where` is no address, or nobody answers there.
    """

    def __init__(
        self, where: str, study: StudyFile, cells: Sequence[Cell], samples: Sequence[Mapping[str, Any]],
        interceptors: Sequence[str], say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.say = say
        self.packed = zlib.compress(pickle.dumps((study, list(cells), list(samples), list(interceptors))))
        self.digest = hashlib.sha256(self.packed).hexdigest()
        self.identity = (engine_id(), platform_id())
        self.local, self.client = _connected(where)
        self.executor = self.client.get_executor(pure=False)
        self.refused: set[str] = set()
        self.where = where
        self.alone_since = math.inf
        try:
            self.client.wait_for_workers(1, timeout=JOIN_S)
        except TimeoutError:
            self.stop()
            raise RunError(
                f"--cluster {where}: no worker joined within {JOIN_S:.0f} s. Start one with: dask worker {where}"
            ) from None

    def submit(self, key: Key, runs: NDArray[np.int64]) -> Future[Block]:
        """Give a block out."""
        future: Future[Block] = self.executor.submit(
            play_block, self.digest, self.packed, self.identity, key, runs
        )
        return future

    def capacity(self) -> int:
        """Threads of all workers there are now, at least one: who is lost may come back.

        Raises
        ------
        RunError
            If the scheduler is gone.
        """
        try:
            n = int(sum(self.client.ncores().values()))
        except (OSError, TimeoutError):
            raise self._gone() from None
        now = time.monotonic()
        if n:
            self.alone_since = math.inf
        elif self.alone_since == math.inf:
            self.alone_since = now
        elif now - self.alone_since > ALONE_S:
            self.alone_since = now + 1e9  # said once
            self.say(
                "warning: the cluster has no worker any more; waiting for one to join. "
                "Ctrl-C ends, finished runs are kept."
            )
        return max(1, n)

    def _gone(self) -> RunError:
        return RunError(
            f"the scheduler at {self.where} does not answer any more. Finished runs are stored; give the same command "
            "again when it is back, or without --cluster."
        )

    def fault(self, future: Future[Block]) -> BaseException | None:
        """Why a block was not played: what the worker raised, or that it died over it again and again."""
        try:
            error = future.exception()
        except CancelledError:
            return self._gone()
        if error is not None and type(error).__name__ == "KilledWorker":
            return RunError(
                "a block of battles killed every worker that played it, most often for lack of memory. Finished runs "
                "are stored. Give each worker more memory, or look into its log."
            )
        return self._gone() if isinstance(error, OSError) else error

    def refuse(self, worker: str) -> None:
        """Let a worker go, and say so."""
        if worker in self.refused:
            return
        self.refused.add(worker)
        self.say(
            f"warning: {worker} has another engine or other arithmetic than this machine; it plays nothing."
        )
        self.client.retire_workers([worker])
        if not set(self.client.ncores()) - self.refused:
            raise RunError(
                "no worker of the cluster has this machine's engine and arithmetic. Install the same Parapet and "
                "the same numerical libraries there, on the same kind of processor."
            )

    def stop(self) -> None:
        """Wait for blocks that were begun; a cluster started here ends."""
        try:
            self.executor.shutdown(wait=True)
            self.client.close()
        except (OSError, TimeoutError):
            pass  # a scheduler that is gone is stopped
        if self.local is not None:
            self.local.close()


def hush() -> None:
    """Keep Dask's own log off the error channel: what matters of it is said by `Cluster` in a sentence."""
    try:
        import dask
    except ImportError:
        return
    settings: Any = dask.config
    settings.set({"logging": {"distributed": "critical"}})


def _connected(where: str) -> tuple[Any, Any]:
    """(the cluster if it was started here, a client of it)."""
    try:
        import distributed
    except ImportError:
        raise InputError("--cluster needs Dask. Install it with: pip install 'parapet[cluster]'") from None
    library: Any = distributed
    kind, _, rest = where.partition(":")
    if kind == "local" and rest.isdigit() and int(rest) > 0:
        cluster = library.LocalCluster(n_workers=int(rest), threads_per_worker=1, dashboard_address=None)
        return cluster, library.Client(cluster)
    if "://" not in where:
        raise InputError(
            f"--cluster: got {where!r}, expected an address such as tcp://host:8786, or local:4."
        )
    try:
        return None, library.Client(where, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError(
            f"--cluster: nobody answers at {where} ({error}). Is the scheduler running?"
        ) from None
