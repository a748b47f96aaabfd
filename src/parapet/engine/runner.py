"""Playing battles from Python: compile, allocate, advance in blocks with progress, turn codes into errors."""

from __future__ import annotations

import functools
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from parapet import _jit
from parapet.catalogue import Catalogue
from parapet.engine import codes
from parapet.engine.battle import advance
from parapet.engine.compile import Compiled, Names, compile_scenario
from parapet.engine.state import (
    TOTAL_NOT_FINITE,
    TOTAL_PEAK_MISSILES,
    TOTAL_PEAK_TARGETS,
    TOTAL_PLOTS,
    TOTAL_PLOTS_FULL,
    TOTAL_ROUNDS_FULL,
    TOTAL_TRACKS_FULL,
    Log,
    Sizes,
    State,
    World,
    new_log,
    new_state,
)
from parapet.errors import RunError
from parapet.scenario.schema import Scenario

BLOCK_TICKS = 200
"""Ticks between two chances to show progress or to hear Ctrl-C."""


@dataclass
class Played:
    """One finished battle: the World it was played in, and what the log tells."""

    world: World
    sizes: Sizes
    names: Names
    log: Log
    state: State
    seed: int
    run: int
    engine_id: str
    platform_id: str
    duration_s: float
    scenario_hash: str
    wall_s: float
    scenario: Scenario | None = None

    @property
    def truth(self) -> Any:
        """The truth at the end: threat status and times, health of assets."""
        return self.state.truth

    @property
    def rounds_left(self) -> Any:
        """(launchers, interceptors) rounds left."""
        return self.state.own.rounds_left


def scenario_hash(scenario: Scenario) -> str:
    """Short hash of what a scenario says (not of its comments or spelling)."""
    text = json.dumps(scenario.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_log(compiled: Compiled, log: Log, seed: int, run: int, file: str) -> None:
    """Raise ``RunError`` when the battle outgrew a table or left the numbers, with what to raise and how to replay it."""
    where = f"run {run}, seed {seed} of {file or 'the scenario'}"
    again = f"Replay it with: parapet run {file or 'FILE'} --seed {seed} --run {run}"
    tables = (
        (log.count[0], log.event.size, codes.STATUS_EVENTS_FULL, "record fewer events (recording: outcomes)"),
        (log.count[1], log.shot.size, codes.STATUS_SHOTS_FULL, "lower the loads"),
        (log.count[2], log.sample.size, codes.STATUS_SAMPLES_FULL, "record less (recording: events)"),
    )
    is_recorded = compiled.world.clock.record >= codes.RECORD_EVENTS
    for count, size, status, cure in tables:
        if count > size and (is_recorded or status == codes.STATUS_SHOTS_FULL):
            raise RunError(
                f"{where}: {codes.STATUS_WORDS[status]}. It would hold {count:,} rows, its size is {size:,}. Nothing was "
                f"cut silently: {cure}, or raise Sizes in engine/compile.py. {again}"
            )
    for total, status, size_name in (
        (TOTAL_PLOTS_FULL, codes.STATUS_PLOTS_FULL, "n_ring"),
        (TOTAL_TRACKS_FULL, codes.STATUS_TRACKS_FULL, "n_tracks"),
        (TOTAL_ROUNDS_FULL, codes.STATUS_ROUNDS_FULL, "n_rounds"),
    ):
        if log.total[total] > 0.0:
            raise RunError(
                f"{where}: {codes.STATUS_WORDS[status]}, {int(log.total[total]):,} times. "
                f"Raise Sizes.{size_name} in engine/compile.py. {again}"
            )
    if log.total[TOTAL_NOT_FINITE] > 0.0:
        raise RunError(f"{where}: {codes.STATUS_WORDS[codes.STATUS_NOT_FINITE]}. {again}")


def player(compiled: Compiled, state: State, log: Log) -> Callable[[int, int, int], None]:
    """``advance`` bound to one World, State and Log: call it with seed, run and the first tick that is not played."""
    step = _jit.compiled_for(advance, compiled.world, state, log, 0, 0, 0)
    return functools.partial(step, compiled.world, state, log)


class Desk:
    """State and Log of one World for one thread, to play run after run: ``reset``, then ``play_on(seed, run, tick)``."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.state: State = new_state(compiled.world, compiled.sizes)
        self.log: Log = new_log(compiled.world, compiled.sizes)
        self.play_on = player(compiled, self.state, self.log)
        families = (self.state.truth, self.state.plots, self.state.belief, self.state.own, self.state.scratch)
        tables = [table for family in families for table in family] + [self.state.tick, *self.log]
        # Bytes are put back faster than fields are: resetting took a twentieth of a small battle.
        self._blank = [(raw, raw.copy()) for raw in (table.reshape(-1).view(np.uint8) for table in tables)]

    def reset(self) -> None:
        """Put State and Log back before the first tick."""
        for table, blank in self._blank:
            table[...] = blank


def play_ticks(
    compiled: Compiled,
    state: State,
    log: Log,
    seed: int,
    run: int,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Advance a battle to its end in blocks, so that progress is shown and Ctrl-C is heard."""
    n_ticks = compiled.world.clock.n_ticks
    play_on = player(compiled, state, log)
    while int(state.tick[0]) < n_ticks:
        stop = min(int(state.tick[0]) + BLOCK_TICKS, n_ticks)
        play_on(seed, run, stop)
        if progress is not None:
            progress(stop / n_ticks)


def play(
    scenario: Scenario,
    catalogue: Catalogue,
    seed: int | None = None,
    run: int = 0,
    record: str = "events",
    progress: Callable[[float], None] | None = None,
    policy: Callable[..., float] | None = None,
) -> Played:
    """One battle, from scenario to log.

    Parameters
    ----------
    seed : of all draws; the scenario's if left out. run : number of the run under that seed.
    record : ``outcomes``, ``events`` or ``full``. Never changes the battle.
    progress : called with the share of the duration that is played.
    policy : what one more engagement is worth, instead of the scenario's policy; see `parapet.engine.policy`.

    Raises
    ------
    RunError
        When a table overflowed or a number is not finite.
    """
    seed = scenario.seed if seed is None else seed
    compiled = compile_scenario(scenario, catalogue, record, policy=policy)
    state = new_state(compiled.world, compiled.sizes)
    log = new_log(compiled.world, compiled.sizes)
    begin = time.perf_counter()
    play_ticks(compiled, state, log, seed, run, progress)
    wall_s = time.perf_counter() - begin
    check_log(compiled, log, seed, run, scenario.file)
    n_event, n_shot, n_sample = (
        int(min(c, t.size)) for c, t in zip(log.count, (log.event, log.shot, log.sample), strict=True)
    )
    cut = log._replace(
        event=log.event[:n_event].copy(), shot=log.shot[:n_shot].copy(), sample=log.sample[:n_sample].copy()
    )
    return Played(
        compiled.world, compiled.sizes, compiled.names, cut, state, seed, run, _jit.engine_id(), _jit.platform_id(),
        compiled.world.clock.n_ticks * compiled.world.clock.dt_s, scenario_hash(scenario), wall_s, scenario,
    )  # fmt: skip


def outcomes(compiled: Compiled, seed: int, runs: Iterator[int] | range) -> np.ndarray:
    """One row per run, one State for all of them; for benchmarks, validation and tests.

    Columns: threats killed, threats leaked, rounds fired, peak of target channels, peak of missiles guided, plots.
    """
    desk = Desk(compiled)
    log = desk.log
    rows = []
    for run in runs:
        desk.reset()
        desk.play_on(seed, run, compiled.world.clock.n_ticks)
        status = desk.state.truth.threat["status"][: compiled.names.n_raid]
        rows.append(
            (
                int((status == codes.KILLED).sum()), int((status == codes.LEAKED).sum()), int(log.count[1]),
                int(log.total[TOTAL_PEAK_TARGETS]), int(log.total[TOTAL_PEAK_MISSILES]), int(log.total[TOTAL_PLOTS]),
            )
        )  # fmt: skip
    return np.array(rows, dtype=np.int64)
