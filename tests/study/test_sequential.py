"""Stopping: fixed looks, more runs never change the answer, and the interval still covers what it says."""

from __future__ import annotations

import numpy as np
import pytest
from validation import coverage

from parapet.errors import InputError
from parapet.study import sequential, statistics


def test_checkpoints() -> None:
    assert sequential.checkpoints(1000) == [20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000]
    assert sequential.checkpoints(120, "mean") == [50, 70, 100, 120]
    assert sequential.checkpoints(7) == [7]
    # all but the last are the same for any end
    for n_max in (25, 333, 9_999, 100_000):
        looks = sequential.checkpoints(n_max)
        assert looks == sorted(set(looks)) and looks[-1] == n_max
        assert looks[:-1] == sequential.checkpoints(10**6)[: len(looks) - 1]
    with pytest.raises(InputError, match="at least one run; got 0"):
        sequential.checkpoints(0)


def test_next_checkpoint() -> None:
    assert [sequential.next_checkpoint(n, 120) for n in (0, 19, 20, 49, 100, 120)] == [
        20,
        20,
        30,
        50,
        120,
        120,
    ]


@pytest.mark.parametrize(("kind", "half_width"), [("mean", 0.25), ("proportion", 0.1)])
def test_more_runs_change_nothing(kind: statistics.Kind, half_width: float) -> None:
    rng = np.random.default_rng(4)
    values = rng.poisson(1.0, 5000) if kind == "mean" else rng.random(5000) < 0.3
    n = sequential.stops_at(values, kind, half_width)
    assert n is not None and n in sequential.checkpoints(10**6, kind)
    assert sequential.stops_at(values[:n], kind, half_width) == n
    assert sequential.stops_at(values[: n - 1], kind, half_width) is None
    changed = np.concatenate([values[:n], values[:n] * 0 + 1 - values[:n] * 0])
    assert sequential.stops_at(changed, kind, half_width) == n
    assert sequential.estimate(values[:n], kind).half_width <= half_width


def test_no_spread_does_not_stop_at_once() -> None:
    """Twenty, or fifty, runs without a leaker say nothing about half a per cent."""
    assert sequential.stops_at(np.zeros(5000), "mean", 0.005) == 700
    assert sequential.stops_at(np.zeros(5000), "proportion", 0.005) == 1000
    assert sequential.stops_at([], "mean", 1.0) is None
    with pytest.raises(InputError, match="must be above 0; got 0"):
        sequential.stops_at([1.0], "mean", 0.0)


def test_estimate_is_wider() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 10_000)
    plain, stopped = statistics.mean(values), sequential.estimate(values, "mean")
    # the ratio of the normal quantiles of 98 and 97.5 %
    assert stopped.half_width / plain.half_width == pytest.approx(2.0537 / 1.95996, rel=2e-3)
    assert (stopped.value, stopped.level) == (plain.value, 0.95)
    share = sequential.estimate([1.0] * 30 + [0.0] * 70, "proportion")
    assert share.low < statistics.proportion(30, 100).low and share.high > statistics.proportion(30, 100).high


def test_runs_needed() -> None:
    values = np.random.default_rng(1).normal(0.0, 2.0, 100)
    # (2.05 * 2 / 0.2) ** 2 = 422, rounded up to the next checkpoint
    assert sequential.runs_needed(values, "mean", 0.2) in (300, 500)
    assert sequential.runs_needed([], "proportion", 0.2) == 20


def test_fixed_runs_cover() -> None:
    """The promise of the study: Clopper-Pearson never below 95 %, Wilson 92 to 98 % and 94 to 96 % on average."""
    exact = {
        method: np.array([coverage.fixed(p, n, method) for p in coverage.PROPORTIONS for n in coverage.RUNS])
        for method in coverage.METHODS
    }
    assert exact["clopper-pearson"].min() >= 0.95
    assert exact["wilson"].min() >= 0.92 and exact["wilson"].max() <= 0.98
    assert 0.94 <= exact["wilson"].mean() <= 0.96
    # a number by hand: of 20 runs at 0.02, Wilson's interval of 0 and 1 successes holds it, that of 2 does not
    assert coverage.fixed(0.02, 20, "wilson") == pytest.approx(0.98**20 + 20 * 0.02 * 0.98**19, abs=1e-12)


@pytest.mark.parametrize("n_max", coverage.RUNS)
def test_stopping_never_covers_less_than_94_per_cent(n_max: int) -> None:
    dense = np.linspace(0.005, 0.5, 34)
    for half_width in coverage.WIDTHS:
        for p in (*coverage.PROPORTIONS, *dense):
            least = 0.95 if p in coverage.PROPORTIONS else 0.949
            assert coverage.stopped(float(p), half_width, n_max).coverage >= least, (p, half_width, n_max)


def test_the_looks_level_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 95 % at each look the stopped interval covers 94.3 %: the correction does something."""
    coverage._looks.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(sequential, "LOOK_LEVEL", 0.95)
        assert coverage.stopped(0.4077, 0.07, 1000).coverage == pytest.approx(0.9435, abs=0.002)
    coverage._looks.cache_clear()
    assert coverage.stopped(0.4077, 0.07, 1000).coverage > 0.95


def test_exact_sum_agrees_with_the_code_played() -> None:
    for p, half_width in ((0.1, 0.1), (0.5, 0.1)):
        exact = coverage.stopped(p, half_width, 500)
        played = coverage.simulated(p, half_width, 500, n_studies=600)
        assert played.n_runs == pytest.approx(exact.n_runs, rel=0.05)
        assert played.coverage == pytest.approx(exact.coverage, abs=3.5 * np.sqrt(0.05 * 0.95 / 600))


def test_formulas_are_the_studys_own_intervals() -> None:
    for method in coverage.METHODS:
        low, high = coverage.bounds(37, method, 0.96)
        for x in range(38):
            found = statistics.proportion(x, 37, method, 0.96)
            assert (found.low, found.high) == pytest.approx((low[x], high[x]), abs=1e-9)


def test_means_with_stopping() -> None:
    name, truth, sd, draw = coverage.COLUMNS[1]
    found = coverage.simulated_mean(draw, truth, 0.2 * sd, n_studies=600)
    assert found.coverage > 0.94, name
