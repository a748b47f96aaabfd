"""Doors for tests to the engine's inner kernels.

One compiled function for all of them, because a door that unpacks a World costs more to compile than what lies
behind it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parapet._jit import kernel
from parapet.engine import state
from parapet.engine.command import (
    arrival,
    assign_fire,
    best_interceptor,
    designate,
    evaluate,
    free_channel,
    is_hostile,
    keep_launchers,
    n_rounds_ready,
    ready_launcher,
    release,
    solve_intercept,
    unit_reason,
    weapon_of,
)
from parapet.engine.flight import find_target, target_at
from parapet.engine.prediction import trace_fall
from parapet.engine.settling import settle

EVALUATE = 0
IS_HOSTILE = 1
UNIT_REASON = 2
BEST_INTERCEPTOR = 3
ASSIGN_FIRE = 4
FREE_CHANNEL = 5
DESIGNATE = 6
RELEASE = 7
READY_LAUNCHER = 8
KEEP_LAUNCHERS = 9
SOLVE_INTERCEPT = 10
ARRIVAL = 11
N_ROUNDS_READY = 12
TARGET_AT = 13
FIND_TARGET = 14
SETTLE = 15
LEDGER = 16


@kernel
def _ask(world, battle, log, what, i, j, k, now_s, delay_s, numbers):  # type: ignore[no-untyped-def]
    units = world.units
    belief = battle.belief
    own = battle.own
    track = belief.track[0, i]
    face = world.radars[units[j].i_radar]
    kinds = world.interceptors
    earth_factor = world.air.earth_factor
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    e = 0.0
    f = 0.0
    g = 0.0
    if what == EVALUATE:
        evaluate(world.air, world.assets, world.valued, belief, 0, now_s)
    elif what == IS_HOSTILE:
        is_one = is_hostile(units[j], world.assets, track, now_s)
        a = 1.0 if is_one else 0.0
    elif what == UNIT_REASON:
        a = float(unit_reason(world.air, units, world.assets, own, face, j, track, now_s))
    elif what == BEST_INTERCEPTOR:
        n_fall = trace_fall(battle.scratch.fall, track, now_s, world.air.ground_m)
        why, kind, c, d, e, f, g = best_interceptor(
            world.clock, world.air, units, kinds, world.table, own, face, j, -1, 0, track, battle.scratch.fall, n_fall, now_s, delay_s
        )
        a = float(why)
        b = float(kind)
    elif what == ASSIGN_FIRE:
        assign_fire(
            world.clock, world.air, world.radars, world.posts, units, world.interceptors, world.table, world.policies, world.assets, belief, own,
            log, battle.scratch, now_s,
        )  # fmt: skip
    elif what == FREE_CHANNEL:
        a = float(free_channel(units, own, j))
    elif what == DESIGNATE:
        designate(world.clock, units, belief, own, log, k, j, 0, i, 0, now_s)
    elif what == RELEASE:
        release(world.clock, units, belief, own, log, k, now_s, delay_s)
    elif what == READY_LAUNCHER:
        a = float(ready_launcher(units, own, j, k, now_s))
    elif what == KEEP_LAUNCHERS:
        keep_launchers(world.clock, world.launchers, world.reload, own, log, now_s)
    elif what == SOLVE_INTERCEPT:
        n_fall = trace_fall(battle.scratch.fall, track, now_s, world.air.ground_m)
        why, b, c, d, e = solve_intercept(
            weapon_of(world.air, units, kinds, j, k), world.table, face, earth_factor, track, battle.scratch.fall,
            n_fall, now_s, delay_s,
        )  # fmt: skip
        a = float(why)
    elif what == ARRIVAL:
        a, b, c = arrival(
            weapon_of(world.air, units, kinds, j, k), world.table, numbers[0], numbers[1], numbers[2]
        )
    elif what == N_ROUNDS_READY:
        a = float(n_rounds_ready(units, own, j, k))
    elif what == TARGET_AT:
        a, b, c, d, e, f = target_at(battle.truth.threat[i], now_s, delay_s)
    elif what == FIND_TARGET:
        one = own.round[i]
        kind = one.i_interceptor
        a = float(
            find_target(
                battle.truth, world.threats, one, kinds[kind].guidance, kinds[kind].seeker_view_rad,
                kinds[kind].seeker_range_m,
            )
        )  # fmt: skip
    elif what == SETTLE:
        settle(world, battle.truth, own, log, 1, 0, i)
    elif what == LEDGER:
        # arrivals, holding times and, by channel, when it is free again: three thirds of `numbers`
        n = numbers.size // 3
        for arrived in range(n):
            when_s = numbers[arrived]
            for row in range(own.channel.size):
                if own.channel[row].status != 0 and numbers[2 * n + row] <= when_s:
                    release(world.clock, units, belief, own, log, row, numbers[2 * n + row], 0.0)
            row = free_channel(units, own, 0)
            if row < 0:
                a += 1.0
            else:
                designate(world.clock, units, belief, own, log, row, 0, 0, i, 0, when_s)
                numbers[2 * n + row] = when_s + numbers[n + arrived]
    return a, b, c, d, e, f, g


_NOTHING = np.zeros(3)


def ask(
    world: Any, battle: state.State, log: state.Log, what: int, i: int = 0, j: int = 0, k: int = 0, now_s: float = 0.0,
    delay_s: float = 0.0, numbers: Any = _NOTHING,
) -> tuple[float, ...]:  # fmt: skip
    """Call one inner kernel of command, flight or settling.

    ``i`` is the track of picture 0 (or the row of a threat or round), ``j`` the fire unit, ``k`` a channel, launcher or
    interceptor type. What comes back, in the order of the kernel's own result, is floats.
    """
    found: tuple[float, ...] = _ask(world, battle, log, what, i, j, k, float(now_s), float(delay_s), numbers)
    return found
