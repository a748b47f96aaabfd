"""Plays a study and dies by kill -9 at a chosen point; run by test_store.py in a process of its own.

    python killed.py STUDY OUT RUNS POINT NTH

POINT is how the name of a point begins that `parapet.study.store.reached` is called with, or ``block``: between blocks;
empty for any of them. NTH counts from 1; 0 never dies. A line on the output says that battles have begun, another one at
the end how many points were passed.
"""

from __future__ import annotations

import os
import signal
import sys

from parapet.study import blocks, execute, store
from parapet.study.play import study


def main(file: str, out: str, runs: str, point: str, nth: str) -> None:
    count = 0

    def reached(name: str) -> None:
        nonlocal count
        if name.startswith(point):
            count += 1
            if count == int(nth):
                os.kill(os.getpid(), signal.SIGKILL)

    taken = execute.Execution._take

    def take(self, block):  # type: ignore[no-untyped-def]
        taken(self, block)
        reached("block")

    store.reached = reached
    execute.Execution._take = take
    blocks.BLOCK_S = 0.01
    execute.FLUSH_S = 0.05
    played = blocks.Player.play

    def play(self, key, numbers):  # type: ignore[no-untyped-def]
        print("playing", flush=True)
        return played(self, key, numbers)

    blocks.Player.play = play
    study(file, runs=int(runs), out=out, record="shots")
    print(f"points {count}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
