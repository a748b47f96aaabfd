"""Predictions that command and guidance share: where a track will be, and how long a round takes to a point. Belief only."""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.physics.atmosphere import density_kgm3
from parapet.physics.earth import height_m, rotating_acceleration

LOWEST_M = 15.0
"""Height above the ground below which nothing is expected to fly."""
DRAG_TOP_M = 75e3
TRACE_STEP_S = 1.0
TRACE_STEP_HIGH_S = 4.0
TRACE_HIGH_M = 45e3
"""Steps of the way down that is planned along, and the height above which they are the longer ones: no round goes there."""
FALL_COEFFICIENT_KGM2 = 8000.0
"""Ballistic coefficient that tracks, plans and homing rounds assume of any falling body, kg/m2: nobody is told what it is.
The middle of the 6,000 to 12,000 that the catalogue has for warheads and whole missiles."""


@inner
def coast_step(x, y, z, vx, vy, vz, dt):
    """One midpoint step of a falling body with drag (belief's picture of a ballistic missile), ECEF metres."""
    k = 0.0
    if height_m(x, y, z) < DRAG_TOP_M:
        k = 0.5 / FALL_COEFFICIENT_KGM2
    ax, ay, az = rotating_acceleration(x, y, z, vx, vy, vz)
    half = 0.5 * dt
    mx = x + half * vx
    my = y + half * vy
    mz = z + half * vz
    drag = 0.0
    if k > 0.0:
        drag = k * density_kgm3(height_m(mx, my, mz)) * math.sqrt(vx * vx + vy * vy + vz * vz)
    wx = vx + half * (ax - drag * vx)
    wy = vy + half * (ay - drag * vy)
    wz = vz + half * (az - drag * vz)
    ax, ay, az = rotating_acceleration(mx, my, mz, wx, wy, wz)
    return (
        x + dt * wx, y + dt * wy, z + dt * wz,
        vx + dt * (ax - drag * wx), vy + dt * (ay - drag * wy), vz + dt * (az - drag * wz),
    )  # fmt: skip


@inner
def fall_acceleration(x, y, z, vx, vy, vz):
    """Acceleration expected of a falling body: free fall, and the drag of ``FALL_COEFFICIENT_KGM2`` in the air, ECEF m/s2."""
    ax, ay, az = rotating_acceleration(x, y, z, vx, vy, vz)
    height = height_m(x, y, z)
    if height < DRAG_TOP_M:
        drag = 0.5 / FALL_COEFFICIENT_KGM2 * density_kgm3(height) * math.sqrt(vx * vx + vy * vy + vz * vz)
        ax -= drag * vx
        ay -= drag * vy
        az -= drag * vz
    return ax, ay, az


@inner
def trace_fall(fall, track, now_s, ground_m):
    """Follow a ballistic track down to the ground; rows of (time from now, x, y, z, speed, height) go to ``fall``.

    Returns the number of rows. All weapons that are asked about one track in one decision share the way.
    """
    dt = now_s - track.t_s
    x = track.x_m + track.vx_mps * dt
    y = track.y_m + track.vy_mps * dt
    z = track.z_m + track.vz_mps * dt
    vx = track.vx_mps
    vy = track.vy_mps
    vz = track.vz_mps
    t = 0.0
    for n in range(fall.shape[0]):
        height = height_m(x, y, z)
        if n > 0 and height < ground_m:
            return n
        row = fall[n]
        row[0] = t
        row[1] = x
        row[2] = y
        row[3] = z
        row[4] = math.sqrt(vx * vx + vy * vy + vz * vz)
        row[5] = height
        dt = TRACE_STEP_HIGH_S if height > TRACE_HIGH_M else TRACE_STEP_S
        x, y, z, vx, vy, vz = coast_step(x, y, z, vx, vy, vz, dt)
        t += dt
    return fall.shape[0]


@inner
def level_point(x, y, z, vx, vy, vz, dt):
    """Where an air track will be after ``dt`` seconds of straight flight over the curved earth (height rate kept)."""
    px = x + vx * dt
    py = y + vy * dt
    pz = z + vz * dt
    rr = x * x + y * y + z * z
    vv = vx * vx + vy * vy + vz * vz
    rv = x * vx + y * vy + z * vz
    radius = math.sqrt(rr)
    if radius < 1.0:
        return px, py, pz
    climb = rv / radius
    level2 = max(vv - climb * climb, 0.0)
    drop = 0.5 * level2 * dt * dt / radius
    return px - drop * x / radius, py - drop * y / radius, pz - drop * z / radius


@inner
def ground_range_m(ax, ay, az, bx, by, bz):
    """Distance over ground between two points, by the chord and the radius at the first."""
    ra = math.sqrt(ax * ax + ay * ay + az * az)
    rb = math.sqrt(bx * bx + by * by + bz * bz)
    if ra < 1.0 or rb < 1.0:
        return 0.0
    k = ra / rb
    dx = bx * k - ax
    dy = by * k - ay
    dz = bz * k - az
    chord = math.sqrt(dx * dx + dy * dy + dz * dz)
    s = min(chord / (2.0 * ra), 1.0)
    return 2.0 * ra * math.asin(s)


@inner
def flyout(table, i_type, range_max, altitude_max, range_m, altitude_m):
    """Time of flight, arrival speed, load factor from the table of an interceptor; time is infinite out of reach.

    Same interpolation as ``engine.flyout.flyout_value``, three quantities in one look-up.
    """
    if not (0.0 <= range_m <= range_max) or altitude_m > altitude_max:
        return math.inf, 0.0, 0.0
    n_altitudes = table.shape[2]
    n_ranges = table.shape[3]
    u = math.sqrt(max(altitude_m, 0.0) / altitude_max) * (n_altitudes - 1)
    v = math.sqrt(range_m / range_max) * (n_ranges - 1)
    i = min(int(u), n_altitudes - 2)
    j = min(int(v), n_ranges - 2)
    a = u - i
    b = v - j
    w00 = (1.0 - a) * (1.0 - b)
    w01 = (1.0 - a) * b
    w10 = a * (1.0 - b)
    w11 = a * b
    time = (
        w00 * table[i_type, 0, i, j] + w01 * table[i_type, 0, i, j + 1]
        + w10 * table[i_type, 0, i + 1, j] + w11 * table[i_type, 0, i + 1, j + 1]
    )  # fmt: skip
    if not time < 1e9:
        return math.inf, 0.0, 0.0
    speed = (
        w00 * table[i_type, 1, i, j] + w01 * table[i_type, 1, i, j + 1]
        + w10 * table[i_type, 1, i + 1, j] + w11 * table[i_type, 1, i + 1, j + 1]
    )  # fmt: skip
    load = (
        w00 * table[i_type, 2, i, j] + w01 * table[i_type, 2, i, j + 1]
        + w10 * table[i_type, 2, i + 1, j] + w11 * table[i_type, 2, i + 1, j + 1]
    )  # fmt: skip
    return time, speed, load


@inner
def lifted(x, y, z, floor_m):
    """The same point, or the one above it at ``floor_m`` over the ellipsoid: tracks of low flyers scatter below the ground."""
    below = floor_m - height_m(x, y, z)
    if below <= 0.0:
        return x, y, z
    k = 1.0 + below / max(math.sqrt(x * x + y * y + z * z), 1.0)
    return x * k, y * k, z * k


@inner
def position_variance(cov):
    """Mean variance of one position axis, m2 (upper triangle packed by rows)."""
    return max((cov[0] + cov[6] + cov[11]) / 3.0, 0.0)


@inner
def velocity_variance(cov):
    """Mean variance of one velocity axis, m2/s2 (upper triangle packed by rows)."""
    return max((cov[15] + cov[18] + cov[20]) / 3.0, 0.0)
