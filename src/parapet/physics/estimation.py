"""What is believed: an extended Kalman filter of six states, written out in scalars.

The state is position and velocity in the rotating ECEF frame, six floats in and six floats out. Its
covariance is a writable array ``cov`` of 21 floats that the verbs here change in place: the upper triangle,
row by row, of the order (x, y, z, vx, vy, vz), so 0 to 5 is row x, 6 to 10 row y from yy, 11 to 14 row z from
zz, 15 to 17, 18 and 19, 20 the velocity block. A radar is its ECEF position and the nine floats of
``earth.enu_rotation`` there; its plots are slant range, azimuth (clockwise from north) and elevation. Verbs:
`predict_air`, `predict_ballistic`, `update_range_azimuth_elevation`, `start_from_one_plot`,
`start_from_two_plots`. All else only computes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from parapet._jit import kernel
from parapet.physics.atmosphere import density_kgm3
from parapet.physics.earth import EARTH_RATE_RADPS, MU_M3PS2, height_m, rotating_acceleration

Floats = NDArray[np.float64]
Six = tuple[float, float, float, float, float, float]
Nine = tuple[float, float, float, float, float, float, float, float, float]

N_COV = 21
"""Length of a packed covariance."""
DRAG_CEILING_M = 100_000.0
"""Above this height the ballistic filter flies without drag."""
DRAG_SCALE_HEIGHT_M = 6_500.0
"""Scale height used for the derivative of drag with height (not for drag itself)."""
SUBSTEP_DRAG_S = 1.0
SUBSTEP_VACUUM_S = 2.5
_LOG_TWO_PI = math.log(2.0 * math.pi)


@kernel
def _drift(cov: Floats, dt_s: float, q_m2ps3: float) -> None:
    """Carry a covariance over ``dt_s`` of straight flight disturbed by white acceleration."""
    dt2 = dt_s * dt_s
    q1 = q_m2ps3 * dt_s
    q2 = 0.5 * q1 * dt_s
    q3 = q1 * dt2 / 3.0
    cov[0] += 2.0 * dt_s * cov[3] + dt2 * cov[15] + q3
    cov[1] += dt_s * (cov[4] + cov[8]) + dt2 * cov[16]
    cov[2] += dt_s * (cov[5] + cov[12]) + dt2 * cov[17]
    cov[6] += 2.0 * dt_s * cov[9] + dt2 * cov[18] + q3
    cov[7] += dt_s * (cov[10] + cov[13]) + dt2 * cov[19]
    cov[11] += 2.0 * dt_s * cov[14] + dt2 * cov[20] + q3
    cov[3] += dt_s * cov[15] + q2
    cov[4] += dt_s * cov[16]
    cov[5] += dt_s * cov[17]
    cov[8] += dt_s * cov[16]
    cov[9] += dt_s * cov[18] + q2
    cov[10] += dt_s * cov[19]
    cov[12] += dt_s * cov[17]
    cov[13] += dt_s * cov[19]
    cov[14] += dt_s * cov[20] + q2
    cov[15] += q1
    cov[18] += q1
    cov[20] += q1


@kernel
def predict_air(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float, cov: Floats, dt_s: float,
    q_m2ps3: float,
) -> Six:  # fmt: skip
    """State after ``dt_s`` of straight flight at constant speed; ``cov`` grows in place.

    Parameters
    ----------
    cov : 21 floats, written.
    dt_s : 0 and up; 0 changes nothing.
    q_m2ps3 : spectral density of the white acceleration, per axis; for a turn of a m/s2 held T s, about a^2
        T.

    Flight is straight in ECEF; a level flight bends away by less than 0.05 m/s2, which q must cover. Source:
    Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking and Navigation, 2001, 6.2. Pinned by
    ``test_estimation.test_predict_air_equals_matrices``.
    """
    _drift(cov, dt_s, q_m2ps3)
    return x_m + dt_s * vx_mps, y_m + dt_s * vy_mps, z_m + dt_s * vz_mps, vx_mps, vy_mps, vz_mps


@kernel
def _ballistic_acceleration(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float, air: float
) -> tuple[float, float, float]:
    """Acceleration of a falling body; ``air`` is density / (2 ballistic coefficient), 1/m."""
    ax, ay, az = rotating_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps)
    if air <= 0.0:
        return ax, ay, az
    drag = air * math.sqrt(vx_mps * vx_mps + vy_mps * vy_mps + vz_mps * vz_mps)
    return ax - drag * vx_mps, ay - drag * vy_mps, az - drag * vz_mps


@kernel
def _times(
    a00: float, a01: float, a02: float, a10: float, a11: float, a12: float,
    a20: float, a21: float, a22: float,
    b00: float, b01: float, b02: float, b10: float, b11: float, b12: float,
    b20: float, b21: float, b22: float,
) -> Nine:  # fmt: skip
    """Product of two 3 x 3 matrices, each nine floats row by row."""
    return (
        a00 * b00 + a01 * b10 + a02 * b20, a00 * b01 + a01 * b11 + a02 * b21,
        a00 * b02 + a01 * b12 + a02 * b22,
        a10 * b00 + a11 * b10 + a12 * b20, a10 * b01 + a11 * b11 + a12 * b21,
        a10 * b02 + a11 * b12 + a12 * b22,
        a20 * b00 + a21 * b10 + a22 * b20, a20 * b01 + a21 * b11 + a22 * b21,
        a20 * b02 + a21 * b12 + a22 * b22,
    )  # fmt: skip


@kernel
def _kick(
    cov: Floats,
    k00: float, k01: float, k02: float, k10: float, k11: float, k12: float,
    k20: float, k21: float, k22: float,
    m00: float, m01: float, m02: float, m10: float, m11: float, m12: float,
    m20: float, m21: float, m22: float,
) -> None:  # fmt: skip
    """Carry a covariance through v <- K p + M v."""
    p00, p01, p02, p11, p12, p22 = cov[0], cov[1], cov[2], cov[6], cov[7], cov[11]
    b00, b01, b02, b10, b11, b12, b20, b21, b22 = (
        cov[3], cov[4], cov[5], cov[8], cov[9], cov[10], cov[12], cov[13], cov[14],
    )  # fmt: skip
    d00, d01, d02, d11, d12, d22 = cov[15], cov[16], cov[17], cov[18], cov[19], cov[20]
    s00, s01, s02, s10, s11, s12, s20, s21, s22 = _times(
        p00, p01, p02, p01, p11, p12, p02, p12, p22, k00, k10, k20, k01, k11, k21, k02, k12, k22,
    )  # fmt: skip
    t00, t01, t02, t10, t11, t12, t20, t21, t22 = _times(
        b00, b01, b02, b10, b11, b12, b20, b21, b22, m00, m10, m20, m01, m11, m21, m02, m12, m22,
    )  # fmt: skip
    n00, n01, n02 = s00 + t00, s01 + t01, s02 + t02
    n10, n11, n12 = s10 + t10, s11 + t11, s12 + t12
    n20, n21, n22 = s20 + t20, s21 + t21, s22 + t22
    s00, s01, s02, s10, s11, s12, s20, s21, s22 = _times(
        b00, b10, b20, b01, b11, b21, b02, b12, b22, k00, k10, k20, k01, k11, k21, k02, k12, k22,
    )  # fmt: skip
    t00, t01, t02, t10, t11, t12, t20, t21, t22 = _times(
        d00, d01, d02, d01, d11, d12, d02, d12, d22, m00, m10, m20, m01, m11, m21, m02, m12, m22,
    )  # fmt: skip
    e00, e01, e02 = s00 + t00, s01 + t01, s02 + t02
    e10, e11, e12 = s10 + t10, s11 + t11, s12 + t12
    e20, e21, e22 = s20 + t20, s21 + t21, s22 + t22
    cov[3], cov[4], cov[5] = n00, n01, n02
    cov[8], cov[9], cov[10] = n10, n11, n12
    cov[12], cov[13], cov[14] = n20, n21, n22
    cov[15] = k00 * n00 + k01 * n10 + k02 * n20 + m00 * e00 + m01 * e10 + m02 * e20
    cov[16] = k00 * n01 + k01 * n11 + k02 * n21 + m00 * e01 + m01 * e11 + m02 * e21
    cov[17] = k00 * n02 + k01 * n12 + k02 * n22 + m00 * e02 + m01 * e12 + m02 * e22
    cov[18] = k10 * n01 + k11 * n11 + k12 * n21 + m10 * e01 + m11 * e11 + m12 * e21
    cov[19] = k10 * n02 + k11 * n12 + k12 * n22 + m10 * e02 + m11 * e12 + m12 * e22
    cov[20] = k20 * n02 + k21 * n12 + k22 * n22 + m20 * e02 + m21 * e12 + m22 * e22


@kernel
def _kick_ballistic(
    cov: Floats, x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float,
    drag_ps: float, dt_s: float,
) -> None:  # fmt: skip
    """Gravity gradient, Coriolis, centrifugal and drag derivatives over ``dt_s``, applied to a covariance."""
    radius2 = max(x_m * x_m + y_m * y_m + z_m * z_m, 1.0)
    inv_radius = 1.0 / math.sqrt(radius2)
    ux, uy, uz = x_m * inv_radius, y_m * inv_radius, z_m * inv_radius
    g = MU_M3PS2 * inv_radius * inv_radius * inv_radius * dt_s
    fall = min(drag_ps * dt_s, 0.9)
    # density falls with height, so drag (which points back along v) eases: + drag v u / H
    ease = fall / DRAG_SCALE_HEIGHT_M
    gx, gy, gz = ease * vx_mps, ease * vy_mps, ease * vz_mps
    spin = EARTH_RATE_RADPS * EARTH_RATE_RADPS * dt_s
    turn = 2.0 * EARTH_RATE_RADPS * dt_s
    speed2 = max(vx_mps * vx_mps + vy_mps * vy_mps + vz_mps * vz_mps, 1e-6)
    along = fall / speed2
    _kick(
        cov,
        g * (3.0 * ux * ux - 1.0) + spin + gx * ux, 3.0 * g * ux * uy + gx * uy, 3.0 * g * ux * uz + gx * uz,
        3.0 * g * uy * ux + gy * ux, g * (3.0 * uy * uy - 1.0) + spin + gy * uy, 3.0 * g * uy * uz + gy * uz,
        3.0 * g * uz * ux + gz * ux, 3.0 * g * uz * uy + gz * uy, g * (3.0 * uz * uz - 1.0) + gz * uz,
        1.0 - fall - along * vx_mps * vx_mps, turn - along * vx_mps * vy_mps, -along * vx_mps * vz_mps,
        -turn - along * vy_mps * vx_mps, 1.0 - fall - along * vy_mps * vy_mps, -along * vy_mps * vz_mps,
        -along * vz_mps * vx_mps, -along * vz_mps * vy_mps, 1.0 - fall - along * vz_mps * vz_mps,
    )  # fmt: skip


@kernel
def predict_ballistic(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float, cov: Floats, dt_s: float,
    q_m2ps3: float, ballistic_coefficient_kgm2: float,
) -> Six:  # fmt: skip
    """State after ``dt_s`` of free fall, with drag given a ballistic coefficient; ``cov`` follows in place.

    Parameters
    ----------
    cov : 21 floats, written.
    dt_s : 0 and up; 0 changes nothing.
    q_m2ps3 : spectral density of the white acceleration, per axis.
    ballistic_coefficient_kgm2 : mass / (Cd x area); 0 or less flies without drag.

    Classical Runge-Kutta steps of at most 2.5 s, 1 s where drag acts (below 100 km), with the density of the
    middle of the step (3 m off after 8 s at 20 g). The covariance goes by half a drift, a kick by the
    derivatives of gravity, Coriolis and drag, half a drift. Source: Bar-Shalom 2001 (filter); Vallado,
    Fundamentals of Astrodynamics (gravity gradient). Pinned by ``test_estimation`` (SciPy's integrator,
    differences of the flight).
    """
    if dt_s <= 0.0:
        return x_m, y_m, z_m, vx_mps, vy_mps, vz_mps
    factor = 0.0
    longest_s = SUBSTEP_VACUUM_S
    if ballistic_coefficient_kgm2 > 0.0 and height_m(x_m, y_m, z_m) < DRAG_CEILING_M:
        factor = 0.5 / ballistic_coefficient_kgm2
        longest_s = SUBSTEP_DRAG_S
    n_steps = int(dt_s / longest_s + 0.999_999)
    if n_steps < 1:
        n_steps = 1
    h = dt_s / n_steps
    half = 0.5 * h
    air = 0.0
    for _ in range(n_steps):
        _drift(cov, half, q_m2ps3)
        if factor > 0.0:
            air = factor * density_kgm3(
                height_m(x_m + half * vx_mps, y_m + half * vy_mps, z_m + half * vz_mps)
            )
        ax1, ay1, az1 = _ballistic_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, air)
        vx2, vy2, vz2 = vx_mps + half * ax1, vy_mps + half * ay1, vz_mps + half * az1
        x2, y2, z2 = x_m + half * vx_mps, y_m + half * vy_mps, z_m + half * vz_mps
        ax2, ay2, az2 = _ballistic_acceleration(x2, y2, z2, vx2, vy2, vz2, air)
        drag = air * math.sqrt(vx2 * vx2 + vy2 * vy2 + vz2 * vz2)
        _kick_ballistic(cov, x2, y2, z2, vx2, vy2, vz2, drag, h)
        vx3, vy3, vz3 = vx_mps + half * ax2, vy_mps + half * ay2, vz_mps + half * az2
        ax3, ay3, az3 = _ballistic_acceleration(
            x_m + half * vx2, y_m + half * vy2, z_m + half * vz2, vx3, vy3, vz3, air
        )
        vx4, vy4, vz4 = vx_mps + h * ax3, vy_mps + h * ay3, vz_mps + h * az3
        ax4, ay4, az4 = _ballistic_acceleration(
            x_m + h * vx3, y_m + h * vy3, z_m + h * vz3, vx4, vy4, vz4, air
        )
        sixth = h / 6.0
        x_m += sixth * (vx_mps + 2.0 * (vx2 + vx3) + vx4)
        y_m += sixth * (vy_mps + 2.0 * (vy2 + vy3) + vy4)
        z_m += sixth * (vz_mps + 2.0 * (vz2 + vz3) + vz4)
        vx_mps += sixth * (ax1 + 2.0 * (ax2 + ax3) + ax4)
        vy_mps += sixth * (ay1 + 2.0 * (ay2 + ay3) + ay4)
        vz_mps += sixth * (az1 + 2.0 * (az2 + az3) + az4)
        _drift(cov, half, q_m2ps3)
    return x_m, y_m, z_m, vx_mps, vy_mps, vz_mps


@kernel
def _look(
    dx_m: float, dy_m: float, dz_m: float,
    r00: float, r01: float, r02: float, r10: float, r11: float, r12: float,
    r20: float, r21: float, r22: float,
) -> tuple[float, float, float, float, float, float, float, float, float, float, float, float]:  # fmt: skip
    """Range, azimuth, elevation of an ECEF difference, and their nine derivatives along ECEF axes."""
    e = r00 * dx_m + r01 * dy_m + r02 * dz_m
    n = r10 * dx_m + r11 * dy_m + r12 * dz_m
    u = r20 * dx_m + r21 * dy_m + r22 * dz_m
    ground2 = max(e * e + n * n, 1.0)
    range2 = ground2 + u * u
    slant_range_m = math.sqrt(range2)
    ground_m = math.sqrt(ground2)
    inv = 1.0 / slant_range_m
    ae, an = n / ground2, -e / ground2
    le, ln, lu = -e * u / (range2 * ground_m), -n * u / (range2 * ground_m), ground_m / range2
    return (
        slant_range_m, math.atan2(e, n), math.atan2(u, ground_m),
        dx_m * inv, dy_m * inv, dz_m * inv,
        ae * r00 + an * r10, ae * r01 + an * r11, ae * r02 + an * r12,
        le * r00 + ln * r10 + lu * r20, le * r01 + ln * r11 + lu * r21, le * r02 + ln * r12 + lu * r22,
    )  # fmt: skip


@kernel
def wrapped_rad(angle_rad: float) -> float:
    """The same angle between -pi and pi; valid for angles within three half-turns of 0.

    Pinned by ``test_estimation.test_update_across_north``.
    """
    if angle_rad > math.pi:
        return angle_rad - 2.0 * math.pi
    if angle_rad < -math.pi:
        return angle_rad + 2.0 * math.pi
    return angle_rad


@kernel
def range_azimuth_elevation(
    x_m: float, y_m: float, z_m: float, radar_x_m: float, radar_y_m: float, radar_z_m: float,
    r00: float, r01: float, r02: float, r10: float, r11: float, r12: float,
    r20: float, r21: float, r22: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Slant range, azimuth (-pi to pi, clockwise from north) and elevation of a point seen by a radar.

    Straight line of sight. Straight above and below, the azimuth is meaningless but finite.
    Pinned by ``test_estimation.test_plot_and_position_are_inverse``.
    """
    look = _look(
        x_m - radar_x_m, y_m - radar_y_m, z_m - radar_z_m, r00, r01, r02, r10, r11, r12, r20, r21, r22
    )
    return look[0], look[1], look[2]


@kernel
def plot_position(
    slant_range_m: float, azimuth_rad: float, elevation_rad: float,
    radar_x_m: float, radar_y_m: float, radar_z_m: float,
    r00: float, r01: float, r02: float, r10: float, r11: float, r12: float,
    r20: float, r21: float, r22: float,
) -> tuple[float, float, float]:  # fmt: skip
    """ECEF position of a plot: the inverse of `range_azimuth_elevation`.

    Pinned by ``test_estimation.test_plot_and_position_are_inverse``.
    """
    ground_m = slant_range_m * math.cos(elevation_rad)
    e = ground_m * math.sin(azimuth_rad)
    n = ground_m * math.cos(azimuth_rad)
    u = slant_range_m * math.sin(elevation_rad)
    return (
        radar_x_m + r00 * e + r10 * n + r20 * u,
        radar_y_m + r01 * e + r11 * n + r21 * u,
        radar_z_m + r02 * e + r12 * n + r22 * u,
    )


@kernel
def plot_covariance(
    slant_range_m: float, azimuth_rad: float, elevation_rad: float,
    r00: float, r01: float, r02: float, r10: float, r11: float, r12: float,
    r20: float, r21: float, r22: float,
    range_sigma_m: float, azimuth_sigma_rad: float, elevation_sigma_rad: float,
) -> Six:  # fmt: skip
    """Position covariance of a plot, ECEF: xx, xy, xz, yy, yz, zz in m2.

    First order: three independent errors along the beam, across it, and across it upwards.
    Pinned by ``test_estimation.test_plot_covariance``.
    """
    sa, ca = math.sin(azimuth_rad), math.cos(azimuth_rad)
    se, ce = math.sin(elevation_rad), math.cos(elevation_rad)
    ax, ay, az = (
        r00 * ce * sa + r10 * ce * ca + r20 * se,
        r01 * ce * sa + r11 * ce * ca + r21 * se,
        r02 * ce * sa + r12 * ce * ca + r22 * se,
    )
    bx, by, bz = r00 * ca - r10 * sa, r01 * ca - r11 * sa, r02 * ca - r12 * sa
    cx, cy, cz = (
        -r00 * se * sa - r10 * se * ca + r20 * ce,
        -r01 * se * sa - r11 * se * ca + r21 * ce,
        -r02 * se * sa - r12 * se * ca + r22 * ce,
    )
    va = range_sigma_m * range_sigma_m
    across_m = slant_range_m * max(ce, 1e-6) * azimuth_sigma_rad
    vb = across_m * across_m
    up_m = slant_range_m * elevation_sigma_rad
    vc = up_m * up_m
    return (
        va * ax * ax + vb * bx * bx + vc * cx * cx, va * ax * ay + vb * bx * by + vc * cx * cy,
        va * ax * az + vb * bx * bz + vc * cx * cz, va * ay * ay + vb * by * by + vc * cy * cy,
        va * ay * az + vb * by * bz + vc * cy * cz, va * az * az + vb * bz * bz + vc * cz * cz,
    )  # fmt: skip


@kernel
def predicted_plot(
    x_m: float, y_m: float, z_m: float, cov: Floats, radar_x_m: float, radar_y_m: float, radar_z_m: float,
    r00: float, r01: float, r02: float, r10: float, r11: float, r12: float,
    r20: float, r21: float, r22: float,
) -> Nine:  # fmt: skip
    """The plot that a track leads one to expect, and its covariance without the radar's own errors.

    Returns
    -------
    Range, azimuth, elevation, then the covariance: range-range, range-azimuth, range-elevation,
    azimuth-azimuth, azimuth-elevation, elevation-elevation. Worked out once per track and radar;
    `plot_distance2` then compares it with plot after plot. ``cov`` is only read. Pinned by
    ``test_estimation.test_gate_equals_update``.
    """
    rng, azi, ele, ax, ay, az, bx, by, bz, cx, cy, cz = _look(
        x_m - radar_x_m, y_m - radar_y_m, z_m - radar_z_m, r00, r01, r02, r10, r11, r12, r20, r21, r22
    )
    p00, p01, p02, p11, p12, p22 = cov[0], cov[1], cov[2], cov[6], cov[7], cov[11]
    fx, fy, fz = (
        p00 * ax + p01 * ay + p02 * az,
        p01 * ax + p11 * ay + p12 * az,
        p02 * ax + p12 * ay + p22 * az,
    )
    gx, gy, gz = (
        p00 * bx + p01 * by + p02 * bz,
        p01 * bx + p11 * by + p12 * bz,
        p02 * bx + p12 * by + p22 * bz,
    )
    hx, hy, hz = (
        p00 * cx + p01 * cy + p02 * cz,
        p01 * cx + p11 * cy + p12 * cz,
        p02 * cx + p12 * cy + p22 * cz,
    )
    return (
        rng, azi, ele,
        ax * fx + ay * fy + az * fz, bx * fx + by * fy + bz * fz, cx * fx + cy * fy + cz * fz,
        bx * gx + by * gy + bz * gz, cx * gx + cy * gy + cz * gz, cx * hx + cy * hy + cz * hz,
    )  # fmt: skip


@kernel
def plot_distance2(
    range_off_m: float, azimuth_off_rad: float, elevation_off_rad: float,
    s00: float, s01: float, s02: float, s11: float, s12: float, s22: float,
    range_sigma_m: float, azimuth_sigma_rad: float, elevation_sigma_rad: float,
) -> tuple[float, float]:  # fmt: skip
    """Squared Mahalanobis distance of a plot from its prediction, and the logarithm of the determinant.

    Parameters
    ----------
    range_off_m, azimuth_off_rad, elevation_off_rad : plot minus prediction, azimuth wrapped.
    s00 ... s22 : the covariance of `predicted_plot`.

    Cost for assignment: distance + log determinant. Degenerate covariances give a huge distance. Pinned by
    ``test_estimation.test_gate_equals_update``.
    """
    a = s00 + range_sigma_m * range_sigma_m
    if a <= 0.0:
        return 1e30, 0.0
    b = s01 / a
    c = s02 / a
    d = s11 + azimuth_sigma_rad * azimuth_sigma_rad - b * s01
    if d <= 0.0:
        return 1e30, 0.0
    e = (s12 - b * s02) / d
    f = s22 + elevation_sigma_rad * elevation_sigma_rad - c * s02 - e * e * d
    if f <= 0.0:
        return 1e30, 0.0
    second = azimuth_off_rad - b * range_off_m
    third = elevation_off_rad - c * range_off_m - e * second
    return range_off_m * range_off_m / a + second * second / d + third * third / f, math.log(a * d * f)


@kernel
def _update_scalar(
    cov: Floats, hx: float, hy: float, hz: float, variance: float
) -> tuple[float, float, float, float, float, float, float]:
    """Take one scalar measurement of position into a covariance; innovation variance and the six gains."""
    f0 = cov[0] * hx + cov[1] * hy + cov[2] * hz
    f1 = cov[1] * hx + cov[6] * hy + cov[7] * hz
    f2 = cov[2] * hx + cov[7] * hy + cov[11] * hz
    f3 = cov[3] * hx + cov[8] * hy + cov[12] * hz
    f4 = cov[4] * hx + cov[9] * hy + cov[13] * hz
    f5 = cov[5] * hx + cov[10] * hy + cov[14] * hz
    s = max(f0 * hx + f1 * hy + f2 * hz + variance, 1e-300)
    k0, k1, k2, k3, k4, k5 = f0 / s, f1 / s, f2 / s, f3 / s, f4 / s, f5 / s
    cov[0] -= k0 * f0
    cov[1] -= k0 * f1
    cov[2] -= k0 * f2
    cov[3] -= k0 * f3
    cov[4] -= k0 * f4
    cov[5] -= k0 * f5
    cov[6] -= k1 * f1
    cov[7] -= k1 * f2
    cov[8] -= k1 * f3
    cov[9] -= k1 * f4
    cov[10] -= k1 * f5
    cov[11] -= k2 * f2
    cov[12] -= k2 * f3
    cov[13] -= k2 * f4
    cov[14] -= k2 * f5
    cov[15] -= k3 * f3
    cov[16] -= k3 * f4
    cov[17] -= k3 * f5
    cov[18] -= k4 * f4
    cov[19] -= k4 * f5
    cov[20] -= k5 * f5
    return s, k0, k1, k2, k3, k4, k5


@kernel
def update_range_azimuth_elevation(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float, cov: Floats,
    slant_range_m: float, azimuth_rad: float, elevation_rad: float,
    range_sigma_m: float, azimuth_sigma_rad: float, elevation_sigma_rad: float,
    radar_x_m: float, radar_y_m: float, radar_z_m: float,
    r00: float, r01: float, r02: float, r10: float, r11: float, r12: float,
    r20: float, r21: float, r22: float,
) -> tuple[float, float, float, float, float, float, float, float]:  # fmt: skip
    """State after a plot is taken in, its squared Mahalanobis distance and its log likelihood.

    Parameters
    ----------
    cov : 21 floats, written.
    range_sigma_m, azimuth_sigma_rad, elevation_sigma_rad : errors of this plot, above 0.
    radar_x_m ... r22 : the radar's ECEF position and east-north-up rotation.

    Returns
    -------
    x, y, z, vx, vy, vz, squared distance (chi-square, three degrees), log likelihood (units m, rad).

    The three parts are independent, so they are taken in one after the other, all linearised at the predicted
    state: the same as the joint extended Kalman filter. Source: Bar-Shalom 2001, 10.3. Pinned by
    ``test_estimation.test_update_equals_joint_filter``.
    """
    rng, azi, ele, ax, ay, az, bx, by, bz, cx, cy, cz = _look(
        x_m - radar_x_m, y_m - radar_y_m, z_m - radar_z_m, r00, r01, r02, r10, r11, r12, r20, r21, r22
    )
    s1, k0, k1, k2, k3, k4, k5 = _update_scalar(cov, ax, ay, az, range_sigma_m * range_sigma_m)
    off1 = slant_range_m - rng
    d0, d1, d2, d3, d4, d5 = k0 * off1, k1 * off1, k2 * off1, k3 * off1, k4 * off1, k5 * off1
    s2, k0, k1, k2, k3, k4, k5 = _update_scalar(cov, bx, by, bz, azimuth_sigma_rad * azimuth_sigma_rad)
    off2 = wrapped_rad(azimuth_rad - azi) - (bx * d0 + by * d1 + bz * d2)
    d0 += k0 * off2
    d1 += k1 * off2
    d2 += k2 * off2
    d3 += k3 * off2
    d4 += k4 * off2
    d5 += k5 * off2
    s3, k0, k1, k2, k3, k4, k5 = _update_scalar(cov, cx, cy, cz, elevation_sigma_rad * elevation_sigma_rad)
    off3 = elevation_rad - ele - (cx * d0 + cy * d1 + cz * d2)
    d0 += k0 * off3
    d1 += k1 * off3
    d2 += k2 * off3
    d3 += k3 * off3
    d4 += k4 * off3
    d5 += k5 * off3
    distance2 = off1 * off1 / s1 + off2 * off2 / s2 + off3 * off3 / s3
    log_likelihood = -0.5 * (distance2 + math.log(s1 * s2 * s3) + 3.0 * _LOG_TWO_PI)
    return x_m + d0, y_m + d1, z_m + d2, vx_mps + d3, vy_mps + d4, vz_mps + d5, distance2, log_likelihood


@kernel
def start_from_one_plot(
    cov: Floats,
    pxx: float,
    pxy: float,
    pxz: float,
    pyy: float,
    pyz: float,
    pzz: float,
    speed_sigma_mps: float,
) -> None:
    """Begin a covariance from one plot: its own spread, and no more than a sigma of speed per axis.

    The state is the plot's position and no velocity. Pinned by ``test_estimation.test_starts``.
    """
    for k in range(N_COV):
        cov[k] = 0.0
    cov[0], cov[1], cov[2], cov[6], cov[7], cov[11] = pxx, pxy, pxz, pyy, pyz, pzz
    cov[15] = cov[18] = cov[20] = speed_sigma_mps * speed_sigma_mps


@kernel
def start_from_two_plots(
    cov: Floats, ax_m: float, ay_m: float, az_m: float, bx_m: float, by_m: float, bz_m: float, dt_s: float,
    axx: float, axy: float, axz: float, ayy: float, ayz: float, azz: float,
    bxx: float, bxy: float, bxz: float, byy: float, byz: float, bzz: float, q_m2ps3: float,
) -> Six:  # fmt: skip
    """State and covariance from two plots, a and then ``dt_s`` later b.

    Parameters
    ----------
    cov : 21 floats, written.
    ax_m ... bz_m : ECEF positions. axx ... bzz : their covariances, as `plot_covariance` gives them.
    dt_s : above 0 (less than 1 ms counts as 1 ms).
    q_m2ps3 : white acceleration between the plots; adds q dt / 3 to the velocity variance.

    Source: two-point differencing, Bar-Shalom 2001, 5.5.3. Pinned by ``test_estimation.test_starts``.
    """
    rate = 1.0 / max(dt_s, 1e-3)
    rate2 = rate * rate
    extra = q_m2ps3 / (3.0 * rate)
    cov[0], cov[1], cov[2], cov[6], cov[7], cov[11] = bxx, bxy, bxz, byy, byz, bzz
    cov[3], cov[4], cov[5] = bxx * rate, bxy * rate, bxz * rate
    cov[8], cov[9], cov[10] = bxy * rate, byy * rate, byz * rate
    cov[12], cov[13], cov[14] = bxz * rate, byz * rate, bzz * rate
    cov[15], cov[16], cov[17] = (axx + bxx) * rate2 + extra, (axy + bxy) * rate2, (axz + bxz) * rate2
    cov[18], cov[19], cov[20] = (ayy + byy) * rate2 + extra, (ayz + byz) * rate2, (azz + bzz) * rate2 + extra
    return bx_m, by_m, bz_m, (bx_m - ax_m) * rate, (by_m - ay_m) * rate, (bz_m - az_m) * rate


@kernel
def position_spread_m(cov: Floats) -> float:
    """Root of the summed position variances: the radius for a first, coarse gate.

    Pinned by ``test_estimation.test_starts``.
    """
    return math.sqrt(max(cov[0] + cov[6] + cov[11], 0.0))


@kernel
def speed_spread_mps(cov: Floats) -> float:
    """Root of the summed velocity variances.

    Pinned by ``test_estimation.test_starts``.
    """
    return math.sqrt(max(cov[15] + cov[18] + cov[20], 0.0))


@kernel
def is_near(dx_m: float, dy_m: float, dz_m: float, reach_m: float) -> bool:
    """Whether a difference is shorter than ``reach_m``: the coarse gate, no root taken.

    Pinned by ``test_estimation.test_starts``.
    """
    return dx_m * dx_m + dy_m * dy_m + dz_m * dz_m < reach_m * reach_m


@kernel
def alpha_beta(tracking_index: float) -> tuple[float, float]:
    """Steady-state gains alpha and beta of a position tracker.

    Parameters
    ----------
    tracking_index : acceleration sigma x period^2 / measurement sigma, 0 and up.

    Source: Kalata, IEEE Trans. AES 20(2), 1984. Pinned by ``test_estimation.test_kalata_gains`` (T1).
    """
    r = 0.25 * (4.0 + tracking_index - math.sqrt(tracking_index * (8.0 + tracking_index)))
    return 1.0 - r * r, 2.0 * (1.0 + r * r) - 4.0 * r


@kernel
def growing_memory_gains(n: int) -> tuple[float, float]:
    """Gains g and h of the growing-memory least-squares filter at scan ``n`` (0 is the first).

    Source: Brookner, Tracking and Kalman Filtering Made Easy, 1998. Pinned by
    ``test_estimation.test_growing_memory_gains`` (T2).
    """
    below = (n + 2.0) * (n + 1.0)
    return 2.0 * (2.0 * n + 1.0) / below, 6.0 / below


@kernel
def p_m_of_n(p_detection: float, m: int, n: int) -> float:
    """Probability of at least ``m`` detections in ``n`` independent looks.

    Parameters
    ----------
    p_detection : 0 to 1. m, n : 0 to 60; m of 0 gives 1, m above n gives 0.

    Source: binomial distribution. Pinned by ``test_estimation.test_m_of_n`` (T5).
    """
    total = 0.0
    for k in range(max(m, 0), n + 1):
        term = 1.0
        for i in range(k):
            term *= p_detection * (n - i) / (i + 1.0)
        for _ in range(n - k):
            term *= 1.0 - p_detection
        total += term
    return total


@kernel
def gospa(
    assigned_cost: float, n_assigned: int, n_truths: int, n_tracks: int, cutoff_m: float, order: float
) -> float:
    """Generalised optimal sub-pattern assignment metric (alpha 2), m.

    Parameters
    ----------
    assigned_cost : sum of distance^order over the pairs of the best assignment, pairs beyond the cut-off left
        out.
    n_assigned : number of those pairs.
    cutoff_m, order : the metric's c and p, above 0.

    The assignment comes from ``assignment.assignment`` with distance^order as cost and cutoff^order as price
    of staying alone. No truths and no tracks: 0. Source: Rahmathullah, Garcia-Fernandez, Svensson, FUSION
    2017. Pinned by ``test_estimation.test_gospa`` (T4).
    """
    n_alone = n_truths + n_tracks - 2 * n_assigned
    return float((assigned_cost + 0.5 * cutoff_m**order * n_alone) ** (1.0 / order))


@kernel
def ospa(
    assigned_cost: float, n_assigned: int, n_truths: int, n_tracks: int, cutoff_m: float, order: float
) -> float:
    """Optimal sub-pattern assignment metric, m: the error of one of the larger set, cut off at the cut-off.

    Parameters
    ----------
    assigned_cost, n_assigned, cutoff_m, order : as for `gospa`; the best assignment of one is the best of the other.

    No truths and no tracks: 0. Source: Schuhmacher, Vo, Vo, IEEE Trans. Signal Processing 56(8), 2008. Pinned by
    ``test_estimation.test_ospa`` (T4).
    """
    n = max(n_truths, n_tracks)
    if n == 0:
        return 0.0
    return float(((assigned_cost + cutoff_m**order * (n - n_assigned)) / n) ** (1.0 / order))


@kernel
def nees(
    dx_m: float, dy_m: float, dz_m: float, dvx_mps: float, dvy_mps: float, dvz_mps: float, cov: Floats,
    scratch: Floats,
) -> float:  # fmt: skip
    """Normalised estimation error squared: six on average for a consistent filter.

    Parameters
    ----------
    dx_m ... dvz_mps : estimate minus truth.
    cov : 21 floats, only read. scratch : 27 floats, written.

    A covariance that is not positive definite gives 1e30. Source: Bar-Shalom 2001, 5.4. Pinned by
    ``test_estimation.test_nees``.
    """
    for k in range(N_COV):
        scratch[k] = cov[k]
    scratch[21], scratch[22], scratch[23] = dx_m, dy_m, dz_m
    scratch[24], scratch[25], scratch[26] = dvx_mps, dvy_mps, dvz_mps
    total = 0.0
    start = 0
    for i in range(6):
        pivot = scratch[start]
        if pivot <= 0.0:
            return 1e30
        total += scratch[21 + i] * scratch[21 + i] / pivot
        row = start + 6 - i
        for j in range(i + 1, 6):
            factor = scratch[start + j - i] / pivot
            scratch[21 + j] -= factor * scratch[21 + i]
            for k in range(j, 6):
                scratch[row + k - j] -= factor * scratch[start + k - i]
            row += 6 - j
        start += 6 - i
    return total
