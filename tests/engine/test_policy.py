"""Policies: which engagement goes first is a function that the engine is given."""

from __future__ import annotations

import math

import pytest
from tests.engine import stories

from parapet.engine import policy, runner
from parapet.engine.battle import advance
from parapet.errors import RunError


def test_marginal_by_hand() -> None:
    """Value 5, half of it already taken care of, 0.8 a round, no time for another one: 5 x 0.5 x 0.8 x 2."""
    assert policy.MARGINAL.ctypes(5.0, 0.5, 0.8, 20.0, 20.0, 1e4) == pytest.approx(4.0)
    assert policy.MARGINAL.ctypes(5.0, 0.5, 0.8, 80.0, 20.0, 1e4) == pytest.approx(2.0 * (1.0 + 1.0 / 3.0))
    assert policy.NEAREST.ctypes(5.0, 0.5, 0.8, 80.0, 20.0, 1e4) > policy.NEAREST.ctypes(9.0, 1.0, 0.9, 1.0, 0.0, 2e4)


def never(value: float, p_survive: float, p_kill: float, time_to_go_s: float, flight_s: float, distance_m: float) -> float:
    return math.nan


def as_marginal(value: float, p_survive: float, p_kill: float, time_to_go_s: float, flight_s: float, distance_m: float) -> float:
    return value * p_survive * p_kill * (1.0 + 30.0 / (30.0 + max(time_to_go_s - flight_s, 0.0)))


def test_a_users_own_is_obeyed_without_compiling_the_engine_again() -> None:
    scenario, catalogue = stories.read_story(stories.STORIES["jet"])
    usual = runner.play(scenario, catalogue, seed=3)
    own = runner.play(scenario, catalogue, seed=3, policy=as_marginal)
    none = runner.play(scenario, catalogue, seed=3, policy=never)
    assert usual.log.shot.size > 0
    assert own.log.shot.tobytes() == usual.log.shot.tobytes()
    assert none.log.shot.size == 0
    assert len(getattr(advance, "signatures", [0])) <= 1


def test_what_is_no_policy_is_refused() -> None:
    with pytest.raises(RunError, match=r"takes 1 arguments; it would take 6: value, p_survive"):
        policy.policies(lambda value: value)  # type: ignore[misc]
    with pytest.raises(RunError, match="does not compile"):
        policy.policies(lambda a, b, c, d, e, f: "most")  # type: ignore[misc, return-value]
