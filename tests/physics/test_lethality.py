"""Kill, damage, leakage and queues against published values."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from scipy import stats

from parapet.physics import lethality as leth


def test_kill_by_miss() -> None:
    assert leth.p_kill(0.0, 20.0) == 1.0
    assert leth.p_kill(20.0, 20.0) == pytest.approx(0.5)
    assert leth.p_kill(40.0, 20.0) == pytest.approx(0.0625)
    assert leth.p_kill(0.0, 0.0) == 1.0
    assert leth.p_kill(0.1, 0.0) == 0.0
    falling = [leth.p_kill(float(m), 20.0) for m in range(100)]
    assert all(b < a for a, b in pairwise(falling))


def test_circular_error() -> None:
    assert leth.p_within(50.0, 50.0) == pytest.approx(0.5)
    assert leth.sigma_from_cep_m(50.0) == pytest.approx(50.0 / 1.17741, rel=1e-5)
    assert leth.p_within(80.0, 50.0) == pytest.approx(
        stats.rayleigh.cdf(80.0, scale=50.0 / math.sqrt(2 * math.log(2)))
    )
    assert leth.p_within(1.0, 0.0) == 1.0
    assert leth.p_within(-1.0, 10.0) == 0.0


def test_damage() -> None:
    assert leth.p_destroyed(0.6, 90.0, 100.0, 30.0) == pytest.approx(0.6)
    assert leth.p_destroyed(0.6, 130.0, 100.0, 30.0) == pytest.approx(0.3)
    assert leth.p_destroyed(0.6, 130.0, 100.0, 0.0) == 0.0
    assert leth.value_left(100.0, 0.5, 3) == 12.5
    assert leth.value_left(100.0, 0.5, 0) == 100.0


def test_no_leaker() -> None:
    """S1."""
    assert leth.p_no_leaker(10, 1, 0.8) == pytest.approx(0.107374, abs=1e-6)
    assert leth.p_no_leaker(10, 2, 0.8) == pytest.approx(0.664833, abs=1e-6)
    assert leth.p_no_leaker(20, 2, 0.7) == pytest.approx(0.151645, abs=1e-6)
    assert leth.p_no_leaker(0, 2, 0.7) == 1.0


def test_shoot_look_shoot() -> None:
    """S3."""
    for p, shots in [(0.5, 1.5), (0.7, 1.3), (0.8, 1.2)]:
        assert leth.shoot_look_shoot(p, 2) == pytest.approx((1 - (1 - p) ** 2, shots))
    assert leth.shoot_look_shoot(0.5, 0) == (0.0, 0.0)


def test_erlang_b() -> None:
    """S4."""
    for offered, n_channels, blocked in [
        (1, 1, 0.5),
        (4, 4, 0.310680),
        (10, 10, 0.214582),
        (8, 12, 0.051406),
    ]:
        assert leth.erlang_b(float(offered), n_channels) == pytest.approx(blocked, abs=1e-6)
    assert leth.erlang_b(5.0, 0) == 1.0
    assert leth.erlang_b(0.0, 3) == 0.0
