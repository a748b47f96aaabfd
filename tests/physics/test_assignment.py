"""Assignment against SciPy, the published optimum, and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from parapet.physics.assignment import assignment, exact_weapons, marginal_weapons

W1_VALUE = np.array([36.0, 98.0, 97.0, 61.0, 85.0])
W1_P = np.array(
    [
        [0.7806, 0.6789, 0.7962, 0.8068, 0.8244],
        [0.7352, 0.6251, 0.6687, 0.8740, 0.6457],
        [0.8477, 0.7615, 0.8988, 0.6235, 0.7328],
        [0.6320, 0.8886, 0.6014, 0.8325, 0.8452],
        [0.8606, 0.6253, 0.7199, 0.6780, 0.8400],
    ]
)


def paired(cost: np.ndarray, cost_alone: float) -> tuple[float, np.ndarray]:
    n, m = cost.shape
    col_of_row = np.empty(n, np.int64)
    total = assignment(
        cost, n, m, cost_alone, col_of_row, np.empty(m, np.int64), np.empty(n), np.empty(m), np.empty(m),
        np.empty(m, np.int64), np.empty(m, np.int64),
    )  # fmt: skip
    return total, col_of_row


def scipy_total(cost: np.ndarray, cost_alone: float) -> float:
    """The same problem with the lonely columns written out."""
    n, m = cost.shape
    full = np.full((n, m + n), 1e9)
    full[:, :m] = np.where(np.isfinite(cost), cost, 1e9)
    full[np.arange(n), m + np.arange(n)] = cost_alone
    rows, cols = linear_sum_assignment(full)
    return float(full[rows, cols].sum())


@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 5), (7, 4), (4, 9), (30, 30), (60, 40), (40, 60)])
@pytest.mark.parametrize("share_forbidden", [0.0, 0.6, 0.95])
@pytest.mark.parametrize("cost_alone", [0.4, 1e4])
def test_equals_scipy(n: int, m: int, share_forbidden: float, cost_alone: float) -> None:
    generator = np.random.default_rng(n * 100 + m)
    for _ in range(5):
        cost = generator.random((n, m)) * 2.0 - 0.5
        cost[generator.random((n, m)) < share_forbidden] = math.inf
        total, col_of_row = paired(cost, cost_alone)
        assert total == pytest.approx(scipy_total(cost, cost_alone), rel=1e-11, abs=1e-9)
        used = col_of_row[col_of_row >= 0]
        assert len(set(used.tolist())) == len(used)
        assert all(math.isfinite(cost[i, j]) for i, j in enumerate(col_of_row) if j >= 0)


def test_equals_scipy_on_ties() -> None:
    generator = np.random.default_rng(3)
    for _ in range(30):
        cost = generator.integers(0, 4, (12, 10)).astype(float)
        assert paired(cost, 2.0)[0] == scipy_total(cost, 2.0)


def test_largest_problem() -> None:
    cost = np.random.default_rng(1).random((512, 512))
    rows, cols = linear_sum_assignment(cost)
    total, col_of_row = paired(cost, 1e6)
    assert total == pytest.approx(cost[rows, cols].sum(), rel=1e-12)
    assert (col_of_row == cols).all()


def test_greedy_would_be_wrong() -> None:
    """Crossing pairs: the nearest pair first leaves a dear one."""
    total, col_of_row = paired(np.array([[1.0, 2.0], [1.5, 9.0]]), 100.0)
    assert total == 3.5
    assert col_of_row.tolist() == [1, 0]


def test_nothing_to_pair() -> None:
    assert paired(np.empty((0, 3)), 1.0)[0] == 0.0
    assert paired(np.empty((3, 0)), 1.0)[0] == 3.0
    assert paired(np.full((2, 2), math.inf), 1.0)[1].tolist() == [-1, -1]


def exact(value: np.ndarray, p_kill: np.ndarray) -> tuple[float, np.ndarray]:
    n_weapons, n_targets = p_kill.shape
    target = np.empty(n_weapons, np.int64)
    best = exact_weapons(
        value, p_kill, n_weapons, n_targets, target, np.empty(n_weapons + 1, np.int64),
        np.empty((n_weapons + 1, n_targets)), np.empty((n_weapons + 1, n_targets)),
    )  # fmt: skip
    return best, target


def marginal(value: np.ndarray, p_kill: np.ndarray) -> tuple[float, np.ndarray]:
    n_weapons, n_targets = p_kill.shape
    target = np.empty(n_weapons, np.int64)
    return marginal_weapons(value, p_kill, n_weapons, n_targets, target, np.empty(n_targets)), target


def brute_force(value: np.ndarray, p_kill: np.ndarray) -> float:
    n_weapons, n_targets = p_kill.shape
    best = math.inf
    for shots in itertools.product(range(n_targets), repeat=n_weapons):
        left = value.copy()
        for weapon, target in enumerate(shots):
            left[target] *= 1.0 - p_kill[weapon, target]
        best = min(best, float(left.sum()))
    return best


def test_published_optimum() -> None:
    """W1: WTA1, 5 x 5, optimum 48.3640."""
    best, target = exact(W1_VALUE, W1_P)
    assert best == pytest.approx(48.3640, abs=5e-5)
    left = W1_VALUE.copy()
    for weapon, t in enumerate(target):
        left[t] *= 1.0 - W1_P[weapon, t]
    assert left.sum() == pytest.approx(best, rel=1e-12)
    assert marginal(W1_VALUE, W1_P)[0] >= best
    assert exact(W1_VALUE, np.ascontiguousarray(W1_P.T))[0] == pytest.approx(47.1304, abs=5e-5)


def test_exact_equals_brute_force() -> None:
    generator = np.random.default_rng(9)
    for n_weapons, n_targets in [(1, 3), (3, 1), (5, 3), (4, 4), (6, 3)]:
        value, p_kill = generator.random(n_targets), generator.random((n_weapons, n_targets))
        assert exact(value, p_kill)[0] == pytest.approx(brute_force(value, p_kill), rel=1e-12)


def test_marginal_return_is_optimal_for_equal_p() -> None:
    generator = np.random.default_rng(2)
    for _ in range(20):
        value = generator.random(3) * 10.0
        p_kill = np.tile(generator.random(3), (6, 1))
        assert marginal(value, p_kill)[0] == pytest.approx(brute_force(value, p_kill), rel=1e-12)


def test_marginal_return_holds_useless_shots() -> None:
    left, target = marginal(np.array([5.0, 0.0]), np.array([[0.0, 0.9], [0.5, 0.9]]))
    assert left == 2.5
    assert target.tolist() == [-1, 0]
