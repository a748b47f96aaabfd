"""The battle: one loop that reads as its story. No arithmetic here; each stage does one thing to one part of the state.

Truth is what is, plots are what radars reported, belief is what we think, own is what we have. ``decide`` and ``steer`` are not
passed the truth.
"""

from __future__ import annotations

from parapet._jit import kernel
from parapet.engine.codes import RECORD_EVENTS, RECORD_FULL
from parapet.engine.command import decide
from parapet.engine.flight import fly, launch, steer
from parapet.engine.ladder import tell_reasons
from parapet.engine.recording import record_samples
from parapet.engine.scoring import score_tracks
from parapet.engine.sensing import look
from parapet.engine.settling import settle
from parapet.engine.tracking import update
from parapet.engine.turning import turn


@kernel
def advance(world, state, log, seed, run, tick_stop):
    """Play the battle on to a tick. The log tells what happened; the totals say whether it can be trusted.

    Parameters
    ----------
    world, state, log : see ``parapet.engine.state``. Everything that lives between ticks is in ``state``.
    seed, run : integers, the address of every draw of this battle.
    tick_stop : integer, first tick that is not played.

    Any chopping of a battle into calls gives the same log, to the bit (test_same.py).
    """
    while state.tick[0] < tick_stop:
        tick = state.tick[0]
        launch(world, state.truth, log, seed, run, tick)  # threats whose time has come
        fly(world, state.truth, state.own, log, seed, run, tick)  # everything in the air moves
        look(
            world, state.truth, state.belief, state.own, state.plots, log, seed, run, tick
        )  # radars see, or do not
        update(
            world, state.plots, state.belief, state.own, log, state.scratch, seed, run, tick
        )  # tracks live and die
        turn(world, state.belief, state.own, log, tick)  # idle engagement radars look where nobody does
        decide(world, state.belief, state.own, log, state.scratch, tick)  # command gives tracks to fire units
        steer(world, state.belief, state.own, log, tick)  # guidance commands from belief
        settle(world, state.truth, state.own, log, seed, run, tick)  # intercepts, leakers, damage
        if world.clock.record >= RECORD_EVENTS and (tick + 1) % world.clock.n_decision_ticks == 0:
            tell_reasons(world, state.truth, state.belief, state.own, state.plots, log, tick)
        if world.clock.record >= RECORD_FULL and tick % world.clock.n_sample_ticks == 0:
            record_samples(state.truth, state.belief, state.own, log, (tick + 1) * world.clock.dt_s)
            score_tracks(state.truth, state.belief, log, state.scratch, (tick + 1) * world.clock.dt_s)
        state.tick[0] = tick + 1
