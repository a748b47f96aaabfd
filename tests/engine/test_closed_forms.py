"""Battles with perfect parts give the closed forms of textbooks: by catalogue and data, no switch in the engine.

Every frequency is from one fixed seed, so a result that lies inside its bounds stays there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.engine import doors, stories
from tests.engine.doors import ask

from parapet.engine import codes, runner, state
from parapet.engine.compile import Compiled
from parapet.physics.lethality import erlang_b, p_no_leaker, shoot_look_shoot

IDEAL = """duration: {duration} s
recording: outcomes
catalogue_overrides:
  interceptors.ideal-interceptor.p_kill: {p_kill}
  systems.ideal-system.fire_units.n_target_channels: 24
  systems.ideal-system.fire_units.n_missile_channels: 48
systems:
  - name: Ideal
    system: ideal-system
    place: {{lat: 40.0, lon: 32.0}}
    elevation: 0 m
    boresights: [0]
    launchers: {launchers}
    loads: {{ideal-interceptor: {rounds}}}
    doctrine: {{mode: {mode}, salvo: {salvo}, min_p_kill: 0}}
raid:
  - name: target
    threat: generic-target
    count: {count}
    speed: 250 m/s
    spacing: {{lateral: 1 km}}
    route: [{{bearing: 0, distance: {distance} km, altitude: 9 km}}]
    aim: Ideal
"""


def ideal(**changes: Any) -> Compiled:
    """A perfect battle: everything is seen, every round arrives and kills with ``p_kill``."""
    values = {
        "duration": 140, "p_kill": 0.8, "launchers": 40, "rounds": 10, "mode": "salvo", "salvo": 1, "count": 10,
        "distance": 28,
    } | changes  # fmt: skip
    made = stories.compiled(IDEAL.format(**values), "outcomes")
    never = np.zeros(made.world.units.id.size)
    never.setflags(write=False)
    made.world = made.world._replace(units=state.changed(made.world.units, p_assessment_wrong=never))
    return made


def assert_binomial(counts: Any, n: int, p: float) -> None:
    """Chi-square of counts against the binomial distribution, cells with few expected counts joined."""
    wanted = stats.binom.pmf(np.arange(n + 1), n, p) * len(counts)
    seen = np.bincount(counts, minlength=n + 1).astype(float)
    cells: list[list[float]] = [[0.0, 0.0]]
    for w, s in zip(wanted, seen, strict=True):
        if cells[-1][0] >= 5.0:
            cells.append([0.0, 0.0])
        cells[-1][0] += w
        cells[-1][1] += s
    if cells[-1][0] < 5.0:
        w, s = cells.pop()
        cells[-1][0] += w
        cells[-1][1] += s
    expected, observed = np.array(cells).T
    assert stats.chisquare(observed, expected).pvalue > 0.002, (observed, expected)


@pytest.mark.parametrize(("salvo", "p_kill"), [(1, 0.8), (2, 0.7)])
def test_independent_shots_leak_as_the_binomial_says(salvo: int, p_kill: float) -> None:
    """S1. Each of ten targets gets its salvo, then the rounds are gone."""
    n_runs = 300
    made = ideal(salvo=salvo, p_kill=p_kill, rounds=10 * salvo)
    rows = runner.outcomes(made, 11, range(n_runs))
    killed, leaked, rounds = rows[:, 0], rows[:, 1], rows[:, 2]
    assert (rounds == 10 * salvo).all()
    assert (killed + leaked == 10).all()
    assert_binomial(leaked, 10, (1.0 - p_kill) ** salvo)
    none = p_no_leaker(10, salvo, p_kill)
    spread = 3.3 * np.sqrt(none * (1.0 - none) / n_runs)
    assert (leaked == 0).mean() == pytest.approx(none, abs=spread)


def test_oracles_of_independent_shots() -> None:
    assert p_no_leaker(10, 1, 0.8) == pytest.approx(0.107374, abs=1e-6)
    assert p_no_leaker(10, 2, 0.8) == pytest.approx(0.664833, abs=1e-6)


@pytest.mark.parametrize("p_kill", [0.5, 0.8])
def test_shoot_look_shoot_spends_fewer_rounds(p_kill: float) -> None:
    """S3. One target, two rounds, each fired when the one before has been assessed without error."""
    n_runs = 300
    made = ideal(mode="shoot_look_shoot", p_kill=p_kill, rounds=2, launchers=4, count=1, distance=40, duration=180)
    rows = runner.outcomes(made, 5, range(n_runs))
    p_two, shots = shoot_look_shoot(p_kill, 2)
    assert (p_two, shots) == pytest.approx((1.0 - (1.0 - p_kill) ** 2, 2.0 - p_kill))
    assert rows[:, 2].min() >= 1 and rows[:, 2].max() <= 2
    # the spread of a count that is 1 with p and 2 with 1 - p
    assert rows[:, 2].mean() == pytest.approx(shots, abs=3.3 * np.sqrt(p_kill * (1.0 - p_kill) / n_runs))
    assert rows[:, 0].mean() == pytest.approx(p_two, abs=3.3 * np.sqrt(p_two * (1.0 - p_two) / n_runs))
    # who is killed by the first round gets no second
    assert ((rows[:, 2] == 2) | (rows[:, 0] == 1)).all()


def blocked_share(made: Compiled, offered: float, n_arrivals: int, is_fixed: bool) -> float:
    """The ledger of target channels driven alone: arrivals that find no free channel go away."""
    battle, log = stories.new(made)
    rng = np.random.default_rng(2)
    mean_s = 40.0
    arrivals = np.cumsum(rng.exponential(mean_s / offered, n_arrivals))
    holding = np.full(n_arrivals, mean_s) if is_fixed else rng.exponential(mean_s, n_arrivals)
    battle.belief.track[0, 0]["status"] = codes.TRACK_FIRM
    battle.belief.number[0] = 1
    numbers = np.concatenate([arrivals, holding, np.zeros(n_arrivals)])
    n_blocked = ask(made.world, battle, log, doors.LEDGER, numbers=numbers)[0]
    n_busy = int((battle.own.channel["status"] != codes.CHANNEL_FREE).sum())
    assert battle.own.unit["n_channels"][0] == n_busy == battle.belief.track[0, 0]["i_engaged"]
    assert log.total[state.TOTAL_CHANNELS_RELEASED] == n_arrivals - n_blocked - n_busy
    mean_held_s = log.total[state.TOTAL_CHANNEL_TIME] / log.total[state.TOTAL_CHANNELS_RELEASED]
    assert mean_held_s == pytest.approx(mean_s, rel=0.05)
    return n_blocked / n_arrivals


@pytest.mark.parametrize(
    ("offered", "n_channels", "is_fixed", "oracle"), [(4.0, 4, False, 0.310680), (8.0, 12, True, 0.051406)]
)
def test_the_ledger_of_channels_alone_blocks_as_erlang_says(
    offered: float, n_channels: int, is_fixed: bool, oracle: float
) -> None:
    """S4, and that the law of the service time does not matter."""
    text = IDEAL.format(
        duration=60, p_kill=0.8, launchers=4, rounds=2, mode="salvo", salvo=1, count=1, distance=40
    ).replace("n_target_channels: 24", f"n_target_channels: {n_channels}")
    assert erlang_b(offered, n_channels) == pytest.approx(oracle, abs=1e-6)
    share = blocked_share(stories.compiled(text, "outcomes"), offered, 40_000, is_fixed)
    assert share == pytest.approx(oracle, abs=0.012 if oracle > 0.1 else 0.006)
