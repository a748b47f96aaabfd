"""Blocks on Dask workers: the same battles elsewhere, with the results streamed to the store here.

A task carries everything it needs, so workers may join and leave; blocks of a worker that is lost are played by
another one.
A worker whose engine or arithmetic is another one plays nothing and is let go. Optional: ``parapet[cluster]``.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
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
        self.client.wait_for_workers(1, timeout=JOIN_S)

    def submit(self, key: Key, runs: NDArray[np.int64]) -> Future[Block]:
        """Give a block out."""
        future: Future[Block] = self.executor.submit(
            play_block, self.digest, self.packed, self.identity, key, runs
        )
        return future

    def capacity(self) -> int:
        """Threads of all workers there are now, at least one: who is lost may come back."""
        return max(1, int(sum(self.client.ncores().values())))

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
        self.executor.shutdown(wait=True)
        self.client.close()
        if self.local is not None:
            self.local.close()


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
