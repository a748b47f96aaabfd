"""Command and guidance work on belief: with the truth made unusable while they think, the battle is the same.

Every number of the truth becomes NaN (or -1) before ``decide`` and before ``steer`` and is restored after; in the
end game the engine does the same around every guidance command (``clock.is_poisoned``). The log must be equal to
the bit. A planted peek must be found out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.engine import stories

from parapet._jit import kernel
from parapet.engine import codes
from parapet.engine.command import decide
from parapet.engine.compile import Compiled
from parapet.engine.flight import fly, launch, steer
from parapet.engine.ladder import tell_reasons
from parapet.engine.sensing import look
from parapet.engine.settling import settle
from parapet.engine.tracking import update
from parapet.engine.turning import turn

HONEST = 0
PEEKING = 1


@kernel
def peek(world, truth, belief, tick):  # type: ignore[no-untyped-def]
    """What a cheat would do before deciding: leave alone what it knows to be far away."""
    for i in range(belief.track.shape[1]):
        track = belief.track[0, i]
        if track.status == codes.TRACK_FIRM and track.label >= 0:
            threat = truth.threat[track.label]
            dx = threat.x_m - world.units.x_m[0]
            dy = threat.y_m - world.units.y_m[0]
            dz = threat.z_m - world.units.z_m[0]
            if dx * dx + dy * dy + dz * dz > 60e3 * 60e3:
                track.blocked_s = (tick + 2) * world.clock.dt_s


@kernel
def hide(raw, safe):  # type: ignore[no-untyped-def]
    """Keep a table's numbers aside and make every one of them unusable."""
    for i in range(raw.shape[0]):
        for j in range(raw.shape[1]):
            safe[i, j] = raw[i, j]
            raw[i, j] = -1  # as a float, a NaN


@kernel
def show(raw, safe):  # type: ignore[no-untyped-def]
    for i in range(raw.shape[0]):
        for j in range(raw.shape[1]):
            raw[i, j] = safe[i, j]


@kernel
def advance_by_stages(  # type: ignore[no-untyped-def]
    world, battle, log, seed, run, command, raw_threat, safe_threat, raw_asset, safe_asset
):
    """The battle as ``battle.advance`` plays it; truth is hidden from command and guidance if the World says so."""
    truth = battle.truth
    plots = battle.plots
    belief = battle.belief
    own = battle.own
    for tick in range(world.clock.n_ticks):
        launch(world, truth, log, seed, run, tick)
        fly(world, truth, own, log, seed, run, tick)
        look(world, truth, belief, own, plots, log, seed, run, tick)
        update(world, plots, belief, own, log, battle.scratch, seed, run, tick)
        if world.clock.is_poisoned == 1:
            hide(raw_threat, safe_threat)
            hide(raw_asset, safe_asset)
        if command == PEEKING:
            peek(world, truth, belief, tick)
        turn(world, belief, own, log, tick)
        decide(world, belief, own, log, battle.scratch, tick)
        steer(world, belief, own, log, tick)
        if world.clock.is_poisoned == 1:
            show(raw_threat, safe_threat)
            show(raw_asset, safe_asset)
        settle(world, truth, own, log, seed, run, tick)
        if (tick + 1) % world.clock.n_decision_ticks == 0:
            tell_reasons(world, truth, belief, own, plots, log, tick)


def raw(table: Any) -> Any:
    """The same memory as whole numbers, one row per record."""
    plain = table.view(np.ndarray)
    return plain.view(np.int64).reshape(plain.size, -1)


def fight(made: Compiled, command: int) -> dict[str, bytes]:
    """The log of the battle, as bytes."""
    battle, log = stories.new(made)
    threat, asset = raw(battle.truth.threat), raw(battle.truth.asset)
    advance_by_stages(made.world, battle, log, 3, 0, command, threat, threat.copy(), asset, asset.copy())
    assert log.count[1] > 0
    return stories.log_bytes(log)


def test_poison_is_poison() -> None:
    made = stories.compiled(stories.STORIES["jet"])
    battle, _ = stories.new(made)
    threat = raw(battle.truth.threat)
    safe = threat.copy()
    hide(threat, safe)
    for name in battle.truth.threat.dtype.names:
        column = battle.truth.threat[name]
        assert np.isnan(column).all() if column.dtype.kind == "f" else (column == -1).all()
    show(threat, safe)
    assert (battle.truth.threat["sensed_s"] == np.inf).all()


@pytest.fixture(scope="module")
def clean() -> Compiled:
    return stories.compiled(stories.MIXED)


@pytest.fixture(scope="module")
def poisoned() -> Compiled:
    return stories.compiled(stories.MIXED, is_poisoned=True)


def test_driven_by_hand_it_is_the_battle(clean: Compiled) -> None:
    _, log = stories.fight(clean, seed=3)
    assert stories.log_bytes(log) == fight(clean, HONEST)


def test_nothing_that_decides_or_steers_reads_the_truth(clean: Compiled, poisoned: Compiled) -> None:
    assert poisoned.world.clock.is_poisoned == 1
    assert fight(clean, HONEST) == fight(poisoned, HONEST)


def test_a_planted_peek_is_found(clean: Compiled, poisoned: Compiled) -> None:
    assert fight(clean, PEEKING) != fight(clean, HONEST)
    assert fight(clean, PEEKING) != fight(poisoned, PEEKING)
