"""The obvious version of association: matrices, dictionaries and SciPy, one batch of plots of one radar."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from parapet.engine import tracking

Array = np.ndarray[Any, np.dtype[Any]]


def unpacked(cov: Array) -> Array:
    """The 6 x 6 matrix of a packed upper triangle."""
    full = np.zeros((6, 6))
    full[np.triu_indices(6)] = cov
    return full + np.triu(full, 1).T


def measured(position: Array, radar: Array, rotation: Array) -> Array:
    """Range, azimuth, elevation of an ECEF position."""
    e, n, u = rotation @ (position - radar)
    return np.array([math.sqrt(e * e + n * n + u * u), math.atan2(e, n), math.atan2(u, math.hypot(e, n))])


def jacobian(position: Array, radar: Array, rotation: Array) -> Array:
    """Derivatives of `measured`, by central differences."""
    out = np.zeros((3, 3))
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1.0
        up = measured(position + step, radar, rotation)
        down = measured(position - step, radar, rotation)
        out[:, k] = (up - down) / 2.0
    return out


def predicted(state: Array, cov: Array, dt_s: float, q: float) -> tuple[Array, Array]:
    """Straight flight with white acceleration."""
    eye = np.eye(3)
    f = np.block([[eye, dt_s * eye], [np.zeros((3, 3)), eye]])
    noise = q * np.block([[eye * dt_s**3 / 3.0, eye * dt_s**2 / 2.0], [eye * dt_s**2 / 2.0, eye * dt_s]])
    return f @ state, f @ cov @ f.T + noise


def pairing(tracks: list[tuple[Array, Array, float]], plots: Any, radar: Array, rotation: Array) -> dict[int, int]:
    """Which track (state, covariance, time; quiet noise) takes which plot: gates at 16, cheapest total of d2 + ln|S|."""
    cost = np.full((len(tracks), len(plots)), np.inf)
    for i, (state, cov, t_s) in enumerate(tracks):
        for j, plot in enumerate(plots):
            x, p = predicted(state, cov, plot["t_s"] - t_s, tracking.Q_AIR)
            h = jacobian(x[:3], radar, rotation)
            r = np.diag([plot["sigma_range_m"], plot["sigma_azimuth_rad"], plot["sigma_elevation_rad"]]) ** 2
            s = h @ p[:3, :3] @ h.T + r
            off = np.array([plot["range_m"], plot["azimuth_rad"], plot["elevation_rad"]]) - measured(x[:3], radar, rotation)
            off[1] = math.remainder(off[1], 2.0 * math.pi)
            d2 = float(off @ np.linalg.solve(s, off))
            if d2 <= tracking.GATE_D2:
                cost[i, j] = d2 + math.log(np.linalg.det(s))
    finite = np.where(np.isfinite(cost), cost, 1e6)
    rows, columns = linear_sum_assignment(finite)
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if np.isfinite(cost[i, j])}
