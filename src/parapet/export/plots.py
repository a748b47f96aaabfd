"""What the radars reported: every plot of a battle, had by playing it once more.

The log keeps no plots, they would be most of it. A battle is the same however it is chopped into calls of the engine,
so it is played again in short blocks and the ring of plots is read after each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from parapet.engine import codes
from parapet.engine.battle import advance
from parapet.engine.state import TOTAL_FALSE_PLOTS, TOTAL_PLOTS, new_log, new_state
from parapet.errors import RunError

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle

BLOCK_TICKS = 20
"""Ticks between two readings of the ring."""


def plots(battle: Battle) -> Any:
    """All plots of a battle, a table of ``state.PLOT`` in the order they were made; false ones have label -1.

    Raises
    ------
    RunError
        If the ring was lapped, or the battle was another one the second time (neither was ever seen).
        Pinned by ``tests/export/test_plots.py``.
    """
    played = battle.played
    world, sizes = played.world, played.sizes
    # nothing but the plots is wanted this time, and what is recorded changes no battle
    world = world._replace(clock=world.clock._replace(record=codes.RECORD_OUTCOMES))
    state, log = new_state(world, sizes), new_log(world, sizes)
    ring, found, n_read = state.plots.plot, [], 0
    n_ticks = int(world.clock.n_ticks)
    while int(state.tick[0]) < n_ticks:
        advance(world, state, log, played.seed, played.run, min(int(state.tick[0]) + BLOCK_TICKS, n_ticks))
        n_made = int(state.plots.count[0])
        if n_made - n_read > ring.size:
            raise RunError(f"more than {ring.size:,} plots in {BLOCK_TICKS} ticks; they cannot be exported.")
        found.append(ring[np.arange(n_read, n_made) % ring.size])
        n_read = n_made
    table = np.concatenate(found) if found else ring[:0]
    wanted = int(played.log.total[TOTAL_PLOTS] + played.log.total[TOTAL_FALSE_PLOTS])
    if len(table) != wanted:
        raise RunError(f"played again for its plots, the battle made {len(table):,}; it had made {wanted:,}.")
    return table
