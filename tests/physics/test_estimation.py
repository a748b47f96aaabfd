"""The filter against matrices written out, a solver of SciPy, and published gains."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from parapet.physics import estimation as est
from parapet.physics.assignment import assignment
from parapet.physics.earth import enu_rotation, geodetic_to_ecef

UPPER = np.triu_indices(6)
RADAR = geodetic_to_ecef(math.radians(40.08), math.radians(32.56), 860.0)
ROTATION = enu_rotation(math.radians(40.08), math.radians(32.56))
SIGMA = (30.0, 0.003, 0.004)


def packed(matrix: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(matrix[UPPER])


def full(cov: np.ndarray) -> np.ndarray:
    matrix = np.zeros((6, 6))
    matrix[UPPER] = cov
    return matrix + np.triu(matrix, 1).T


def random_covariance(seed: int) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(6, 6)) * np.array([900.0] * 3 + [60.0] * 3)[:, None]
    return root @ root.T


def point(slant_range_m: float, azimuth_deg: float, elevation_deg: float) -> np.ndarray:
    return np.array(
        est.plot_position(
            slant_range_m, math.radians(azimuth_deg), math.radians(elevation_deg), *RADAR, *ROTATION
        )
    )


def test_predict_air_equals_matrices() -> None:
    p, dt, q = random_covariance(1), 4.0, 7.0
    eye = np.eye(3)
    phi = np.block([[eye, dt * eye], [0 * eye, eye]])
    noise = q * np.block([[dt**3 / 3 * eye, dt**2 / 2 * eye], [dt**2 / 2 * eye, dt * eye]])
    state = np.array([1e6, 2e6, 3e6, 100.0, -200.0, 50.0])
    cov = packed(p)
    after = est.predict_air(*state, cov, dt, q)
    assert after == pytest.approx(phi @ state, rel=1e-15)
    assert full(cov) == pytest.approx(phi @ p @ phi.T + noise, rel=1e-12)


def numpy_look(state: np.ndarray) -> np.ndarray:
    e, n, u = np.reshape(ROTATION, (3, 3)) @ (state[:3] - RADAR)
    return np.array([np.sqrt(e * e + n * n + u * u), np.arctan2(e, n), np.arctan2(u, np.sqrt(e * e + n * n))])


def numpy_jacobian(state: np.ndarray) -> np.ndarray:
    e, n, u = np.reshape(ROTATION, (3, 3)) @ (state[:3] - RADAR)
    g2 = e * e + n * n
    r2 = g2 + u * u
    local = np.array(
        [
            [e / np.sqrt(r2), n / np.sqrt(r2), u / np.sqrt(r2)],
            [n / g2, -e / g2, 0.0],
            [-e * u / (r2 * np.sqrt(g2)), -n * u / (r2 * np.sqrt(g2)), np.sqrt(g2) / r2],
        ]
    )
    return np.hstack([local @ np.reshape(ROTATION, (3, 3)), np.zeros((3, 3))])


@pytest.mark.parametrize("seed", range(6))
def test_update_equals_joint_filter(seed: int) -> None:
    generator = np.random.default_rng(seed)
    p = random_covariance(seed + 10)
    state = np.concatenate([point(120e3, 60.0 * seed, 3.0 + 10.0 * seed), generator.normal(size=3) * 300.0])
    z = numpy_look(state) + generator.normal(size=3) * np.array([400.0, 0.004, 0.004])
    h, r = numpy_jacobian(state), np.diag(np.square(SIGMA))
    s = h @ p @ h.T + r
    gain = p @ h.T @ np.linalg.inv(s)
    off = z - numpy_look(state)
    off[1] = (off[1] + np.pi) % (2 * np.pi) - np.pi
    expected = state + gain @ off
    keep = np.eye(6) - gain @ h
    expected_p = keep @ p @ keep.T + gain @ r @ gain.T
    cov = packed(p)
    out = est.update_range_azimuth_elevation(*state, cov, *z, *SIGMA, *RADAR, *ROTATION)
    assert np.abs(np.array(out[:3]) - expected[:3]).max() < 1e-8
    assert np.array(out[3:6]) == pytest.approx(expected[3:], rel=1e-10, abs=1e-9)
    scale = np.sqrt(np.diag(expected_p))
    assert np.abs((full(cov) - expected_p) / np.outer(scale, scale)).max() < 1e-9
    assert np.abs(full(cov) - expected_p).max() < 1e-12 * np.abs(p).max()
    distance2 = off @ np.linalg.solve(s, off)
    assert out[6] == pytest.approx(distance2, rel=1e-11)
    assert out[7] == pytest.approx(
        -0.5 * (distance2 + np.linalg.slogdet(s)[1] + 3 * math.log(2 * math.pi)), rel=1e-12
    )


def test_gate_equals_update() -> None:
    p = random_covariance(3)
    state = np.concatenate([point(200e3, -70.0, 2.0), [10.0, 20.0, -200.0]])
    z = numpy_look(state) + np.array([300.0, 0.002, -0.003])
    cov = packed(p)
    guess = est.predicted_plot(*state[:3], cov, *RADAR, *ROTATION)
    assert guess[:3] == pytest.approx(numpy_look(state), rel=1e-13)
    off = (z[0] - guess[0], est.wrapped_rad(z[1] - guess[1]), z[2] - guess[2])
    distance2, log_det = est.plot_distance2(*off, *guess[3:], *SIGMA)
    out = est.update_range_azimuth_elevation(*state, cov, *z, *SIGMA, *RADAR, *ROTATION)
    assert distance2 == pytest.approx(out[6], rel=1e-9)
    assert -0.5 * (distance2 + log_det + 3 * math.log(2 * math.pi)) == pytest.approx(out[7], rel=1e-9)
    assert est.plot_distance2(*off, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)[0] == 1e30


def test_update_across_north() -> None:
    """A track a hair west of south, a plot a hair east of it: a small step, not a turn round the compass."""
    state = np.concatenate([point(100e3, -179.99, 3.0), [0.0, 0.0, 0.0]])
    cov = packed(np.diag([1e4, 1e4, 1e4, 100.0, 100.0, 100.0]))
    z = (100e3, math.radians(179.99), math.radians(3.0))
    out = est.update_range_azimuth_elevation(*state, cov, *z, *SIGMA, *RADAR, *ROTATION)
    assert np.linalg.norm(np.array(out[:3]) - state[:3]) < 50.0
    assert est.wrapped_rad(4.0) == pytest.approx(4.0 - 2.0 * math.pi)


def test_plot_and_position_are_inverse() -> None:
    for azimuth_deg in (-179.0, -60.0, 0.0, 45.0, 170.0):
        at = point(250e3, azimuth_deg, 12.0)
        assert est.range_azimuth_elevation(*at, *RADAR, *ROTATION) == pytest.approx(
            (250e3, math.radians(azimuth_deg), math.radians(12.0)), rel=1e-9, abs=1e-12
        )
    e, n, u = np.reshape(ROTATION, (3, 3)) @ (point(1e5, 90.0, 30.0) - RADAR)
    assert (e, n, u) == pytest.approx((1e5 * math.cos(math.pi / 6), 0.0, 5e4), abs=1e-6)


def test_plot_covariance() -> None:
    z = (150e3, 0.7, 0.2)
    got = est.plot_covariance(*z, *ROTATION, *SIGMA)
    step = np.array([1.0, 1e-6, 1e-6])
    columns = []
    for k in range(3):
        plus, minus = np.array(z), np.array(z)
        plus[k] += step[k]
        minus[k] -= step[k]
        columns.append(
            (
                np.array(est.plot_position(*plus, *RADAR, *ROTATION))
                - est.plot_position(*minus, *RADAR, *ROTATION)
            )
            / (2 * step[k])
        )
    jacobian = np.array(columns).T
    expected = jacobian @ np.diag(np.square(SIGMA)) @ jacobian.T
    assert got == pytest.approx(expected[np.triu_indices(3)], rel=1e-4, abs=1.0)


def test_starts() -> None:
    spread = (4.0, 1.0, 0.5, 9.0, 0.2, 16.0)
    cov = np.full(21, 7.0)
    est.start_from_one_plot(cov, *spread, 300.0)
    assert np.allclose(full(cov)[:3, :3][np.triu_indices(3)], spread)
    assert np.allclose(full(cov)[3:, 3:], 9e4 * np.eye(3))
    assert np.allclose(full(cov)[:3, 3:], 0.0)
    assert est.position_spread_m(cov) == pytest.approx(math.sqrt(29.0))
    assert est.speed_spread_mps(cov) == pytest.approx(300.0 * math.sqrt(3.0))
    assert est.is_near(3.0, 4.0, 0.0, 5.1) and not est.is_near(3.0, 4.0, 0.0, 5.0)
    state = est.start_from_two_plots(cov, 0.0, 0.0, 0.0, 10.0, 20.0, -5.0, 5.0, *spread, *spread, 0.0)
    assert state == (10.0, 20.0, -5.0, 2.0, 4.0, -1.0)
    block = np.zeros((3, 3))
    block[np.triu_indices(3)] = spread
    block = block + np.triu(block, 1).T
    expected = np.block([[block, block / 5.0], [block / 5.0, 2.0 * block / 25.0]])
    assert full(cov) == pytest.approx(expected, rel=1e-12)


def fall(_t: float, s: np.ndarray, beta: float) -> np.ndarray:
    """Right-hand side written apart: gravity with J2, rotation, drag."""
    from parapet.physics.atmosphere import density_kgm3
    from parapet.physics.earth import height_m

    w, mu, re, j2 = 7.292115e-5, 3.986004418e14, 6378137.0, 1.08262982131e-3
    r = np.linalg.norm(s[:3])
    ratio = 5 * s[2] ** 2 / r**2
    g = -mu / r**3 * s[:3] * (1 + 1.5 * j2 * (re / r) ** 2 * (np.array([1.0, 1.0, 3.0]) - ratio))
    a = g + np.array([2 * w * s[4] + w * w * s[0], -2 * w * s[3] + w * w * s[1], 0.0])
    if beta > 0.0:
        a = a - 0.5 * density_kgm3(height_m(*s[:3])) * np.linalg.norm(s[3:]) / beta * s[3:]
    return np.concatenate([s[3:], a])


@pytest.mark.parametrize(("range_m", "elevation_deg", "beta"), [(300e3, 20.0, 0.0), (60e3, 25.0, 1500.0)])
def test_predict_ballistic_equals_integrator(range_m: float, elevation_deg: float, beta: float) -> None:
    """With drag the deceleration is near 20 g and air thickens threefold: 3 m after 8 s is what 1 s steps give."""
    at = point(range_m, 100.0, elevation_deg)
    toward = (np.array(RADAR) - at) / range_m
    state = np.concatenate([at, 1700.0 * toward])
    dt = 8.0
    truth = solve_ivp(fall, (0.0, dt), state, args=(beta,), rtol=1e-11, atol=1e-6).y[:, -1]
    p = np.diag([4e4] * 3 + [400.0] * 3)
    cov = packed(p)
    got = np.array(est.predict_ballistic(*state, cov, dt, 0.0, beta))
    assert np.linalg.norm(got[:3] - truth[:3]) < (3.0 if beta else 0.05)
    assert np.linalg.norm(got[3:] - truth[3:]) < (1.0 if beta else 0.01)
    phi = np.empty((6, 6))
    for k in range(6):
        step = 10.0 if k < 3 else 0.1
        sides = []
        for sign in (1.0, -1.0):
            moved = state.copy()
            moved[k] += sign * step
            sides.append(np.array(est.predict_ballistic(*moved, np.zeros(21), dt, 0.0, beta)))
        phi[:, k] = (sides[0] - sides[1]) / (2 * step)
    expected = phi @ p @ phi.T
    scale = np.sqrt(np.diag(expected))
    assert np.abs((full(cov) - expected) / np.outer(scale, scale)).max() < (0.03 if beta else 1e-4)


def test_predict_over_no_time_changes_nothing() -> None:
    cov = packed(random_covariance(2))
    before = cov.copy()
    assert est.predict_ballistic(7e6, 0.0, 0.0, 1.0, 2.0, 3.0, cov, 0.0, 5.0, 0.0) == (
        7e6,
        0.0,
        0.0,
        1.0,
        2.0,
        3.0,
    )
    assert est.predict_air(7e6, 0.0, 0.0, 1.0, 2.0, 3.0, cov, 0.0, 5.0)[3:] == (1.0, 2.0, 3.0)
    assert (cov == before).all()


def test_filter_is_consistent() -> None:
    """A target with the filter's own white acceleration: NEES near six, innovations near three."""
    generator = np.random.default_rng(11)
    dt, q = 1.0, 4.0
    block = q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    root = np.linalg.cholesky(block)
    errors, distances = [], []
    scratch = np.empty(27)
    for _ in range(40):
        truth = np.concatenate([point(80e3, 30.0, 8.0), generator.normal(size=3) * 100.0])
        start = random_covariance(5) * 0.01
        state = tuple(truth + np.linalg.cholesky(start) @ generator.normal(size=6))
        cov = packed(start)
        for _ in range(15):
            kick = root @ generator.normal(size=(2, 3))
            truth[:3] += dt * truth[3:] + kick[0]
            truth[3:] += kick[1]
            z = numpy_look(truth) + generator.normal(size=3) * SIGMA
            state = est.predict_air(*state, cov, dt, q)
            out = est.update_range_azimuth_elevation(*state, cov, *z, *SIGMA, *RADAR, *ROTATION)
            state = out[:6]
            distances.append(out[6])
        errors.append(est.nees(*(np.array(state) - truth), cov, scratch))
    assert np.mean(errors) == pytest.approx(6.0, abs=3.0 * math.sqrt(12.0 / 40))
    assert np.mean(distances) == pytest.approx(3.0, abs=3.0 * math.sqrt(6.0 / 600))


def test_nees() -> None:
    p = random_covariance(8)
    off = np.array([10.0, -20.0, 30.0, 1.0, 2.0, -3.0])
    assert est.nees(*off, packed(p), np.empty(27)) == pytest.approx(off @ np.linalg.solve(p, off), rel=1e-9)
    assert est.nees(*off, np.zeros(21), np.empty(27)) == 1e30


def test_kalata_gains() -> None:
    """T1."""
    assert est.alpha_beta(0.1) == pytest.approx((0.36, 0.08), abs=1e-6)
    assert est.alpha_beta(1.0) == pytest.approx((0.75, 0.5), abs=1e-6)
    assert est.alpha_beta(5.0) == pytest.approx((0.945040, 1.172178), abs=1e-6)


def test_growing_memory_gains() -> None:
    """T2, and the same thing as a least-squares line: level weight of the last of n + 1 points."""
    assert est.growing_memory_gains(0) == (1.0, 3.0)
    assert est.growing_memory_gains(2) == pytest.approx((10 / 12, 0.5))
    for n in (3, 8):
        line = np.linalg.pinv(np.vander(np.arange(n + 1.0) - n, 2))
        assert est.growing_memory_gains(n) == pytest.approx((line[1, -1], line[0, -1]), rel=1e-10)


def test_m_of_n() -> None:
    """T5."""
    assert est.p_m_of_n(0.9, 2, 3) == pytest.approx(0.972, abs=1e-12)
    assert est.p_m_of_n(0.9, 3, 5) == pytest.approx(0.99144, abs=1e-12)
    assert est.p_m_of_n(0.7, 4, 5) == pytest.approx(0.52822, abs=1e-12)
    assert est.p_m_of_n(0.7, 0, 5) == pytest.approx(1.0, abs=1e-12)
    assert est.p_m_of_n(0.7, 6, 5) == 0.0


def metrics(truths: np.ndarray, tracks: np.ndarray, cutoff: float) -> tuple[float, float]:
    """GOSPA and OSPA of order one on a line."""
    n, m = len(truths), len(tracks)
    distance = np.abs(truths[:, None] - tracks[None, :])
    distance[distance >= cutoff] = math.inf
    col = np.empty(n, np.int64)
    total = assignment(
        distance, n, m, cutoff, col, np.empty(m, np.int64), np.empty(n), np.empty(m), np.empty(m),
        np.empty(m, np.int64), np.empty(m, np.int64),
    )  # fmt: skip
    n_pairs = int((col >= 0).sum())
    cost = total - cutoff * (n - n_pairs)
    return est.gospa(cost, n_pairs, n, m, cutoff, 1.0), est.ospa(cost, n_pairs, n, m, cutoff, 1.0)


def test_gospa() -> None:
    """T4, and each missed or false one costs c / 2."""
    truths = np.arange(5.0)
    assert metrics(truths, truths + 0.5, 10.0)[0] == pytest.approx(2.5, abs=1e-12)
    assert metrics(truths, np.append(truths + 0.5, 900.0), 10.0)[0] == pytest.approx(7.5, abs=1e-12)
    assert metrics(truths, truths[:3] + 0.5, 10.0)[0] == pytest.approx(11.5, abs=1e-12)



def test_ospa() -> None:
    """T4: 0.5 for tracks half a metre off; each missed or false one counts as the cut-off, shared by the larger set."""
    truths = np.arange(5.0)
    assert metrics(truths, truths + 0.5, 10.0)[1] == pytest.approx(0.5, abs=1e-12)
    assert metrics(truths, np.append(truths + 0.5, 900.0), 10.0)[1] == pytest.approx(12.5 / 6.0, abs=1e-12)
    assert metrics(truths, truths[:3] + 0.5, 10.0)[1] == pytest.approx(21.5 / 5.0, abs=1e-12)
    assert est.ospa(0.0, 0, 0, 0, 10.0, 1.0) == 0.0
    assert est.ospa(9.0, 1, 1, 1, 10.0, 2.0) == pytest.approx(3.0, abs=1e-12)
