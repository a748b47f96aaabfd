"""What the runner refuses to hand out: battles that outgrew a table, or left the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine import stories

from parapet.engine import codes, runner, state
from parapet.engine.compile import Compiled
from parapet.errors import RunError


@pytest.fixture(scope="module")
def made() -> Compiled:
    return stories.compiled(stories.STORIES["jet"])


def shrunk(made: Compiled, **sizes: int) -> tuple[Compiled, state.Log]:
    """The same battle played with smaller tables."""
    small = runner.Compiled(made.world, made.names, made.sizes._replace(**sizes))
    return small, stories.fight(small, seed=1)[1]


@pytest.mark.parametrize(
    ("sizes", "status", "advice"),
    [
        ({"n_events": 10}, codes.STATUS_EVENTS_FULL, "recording: outcomes"),
        ({"n_shots": 1}, codes.STATUS_SHOTS_FULL, "lower the loads"),
        ({"n_rounds": 1}, codes.STATUS_ROUNDS_FULL, "Sizes.n_rounds"),
    ],
)
def test_a_full_table_is_told_with_what_to_raise(
    made: Compiled, sizes: dict[str, int], status: int, advice: str
) -> None:
    small, log = shrunk(made, **sizes)
    with pytest.raises(RunError) as error:
        runner.check_log(small, log, 1, 0, "jet.yaml")
    for word in (codes.STATUS_WORDS[status], advice, "run 0, seed 1 of jet.yaml", "parapet run jet.yaml --seed 1"):
        assert word in str(error.value)


def test_a_sound_battle_passes(made: Compiled) -> None:
    runner.check_log(made, stories.fight(made, seed=1)[1], 1, 0, "jet.yaml")


def test_a_battle_that_leaves_the_numbers_is_refused(made: Compiled) -> None:
    battle, log = stories.new(made)
    runner.advance(made.world, battle, log, 1, 0, 20)
    battle.truth.threat["x_m"][0] = np.nan
    runner.advance(made.world, battle, log, 1, 0, 40)
    with pytest.raises(RunError, match="a number is not finite"):
        runner.check_log(made, log, 1, 0, "jet.yaml")
