"""How things move: the point mass in the rotating earth frame, and air-breathing flight along waypoints.

Positions and velocities are in WGS-84 ECEF (rotating), metres and m/s. Kernels take scalars and return
scalars; they keep no state.

The air-breathing threat is a kinematic model: it flies at a commanded speed over the ellipsoid, turns with
limited load factor, climbs and dives with limited rate and changes speed with limited acceleration. It has no
aerodynamics, and its speed is speed over the ground (still air).
"""

from __future__ import annotations

import math

from parapet._jit import kernel
from parapet.physics.atmosphere import density_kgm3
from parapet.physics.earth import STANDARD_GRAVITY_MPS2, drag_height_m, rotating_acceleration, up_and_height

STRAIGHT = 0
"""Behaviour: fly to the waypoint."""
TURN_AWAY = 1
"""Behaviour in effect: fly directly away from the danger point."""
WEAVE = 2
"""Behaviour: fly to the waypoint while weaving across the course."""

_HEIGHT_TIME_S = 4.0
_GLIDE_SHARE = 0.8
_WEAVE_ANGLE_MAX_RAD = 1.2
_VACUUM_ABOVE_M = 250_000.0


@kernel
def point_mass_acceleration(
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    push_x_mps2: float,
    push_y_mps2: float,
    push_z_mps2: float,
    drag_area_per_mass_m2pkg: float,
    wind_x_mps: float,
    wind_y_mps: float,
    wind_z_mps: float,
) -> tuple[float, float, float]:
    """Acceleration of a point mass: gravitation (J2), Coriolis, centrifugal, drag and a given push, m/s2.

    Parameters
    ----------
    push_x_mps2, push_y_mps2, push_z_mps2 : float
        Thrust and lift over mass, ECEF, m/s2.
    drag_area_per_mass_m2pkg : float
        Drag coefficient x reference area / mass, m2/kg; the inverse of the ballistic coefficient; 0 for no
        drag.
    wind_x_mps, wind_y_mps, wind_z_mps : float
        Velocity of the air over the ground, ECEF, m/s.

    Pinned by ``test_motion.py`` (NASA check cases, B1).
    """
    ax, ay, az = rotating_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps)
    ax += push_x_mps2
    ay += push_y_mps2
    az += push_z_mps2
    if drag_area_per_mass_m2pkg > 0.0:
        h = drag_height_m(x_m, y_m, z_m)
        if h < _VACUUM_ABOVE_M:
            ux = vx_mps - wind_x_mps
            uy = vy_mps - wind_y_mps
            uz = vz_mps - wind_z_mps
            speed = math.sqrt(ux * ux + uy * uy + uz * uz)
            k = -0.5 * density_kgm3(h) * speed * drag_area_per_mass_m2pkg
            ax += k * ux
            ay += k * uy
            az += k * uz
    return ax, ay, az


@kernel
def point_mass_step(
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    push_x_mps2: float,
    push_y_mps2: float,
    push_z_mps2: float,
    drag_area_per_mass_m2pkg: float,
    wind_x_mps: float,
    wind_y_mps: float,
    wind_z_mps: float,
    dt_s: float,
) -> tuple[float, float, float, float, float, float]:
    """Position and velocity one step later (classical fourth-order Runge-Kutta, push and drag area held).

    Arguments as for :func:`point_mass_acceleration`. Source: NASA/TM-2015-218675 pins it (B1,
    ``test_motion.py``).
    """
    px, py, pz, d = push_x_mps2, push_y_mps2, push_z_mps2, drag_area_per_mass_m2pkg
    wx, wy, wz = wind_x_mps, wind_y_mps, wind_z_mps
    half = 0.5 * dt_s
    ax1, ay1, az1 = point_mass_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, px, py, pz, d, wx, wy, wz)
    vx2 = vx_mps + half * ax1
    vy2 = vy_mps + half * ay1
    vz2 = vz_mps + half * az1
    ax2, ay2, az2 = point_mass_acceleration(
        x_m + half * vx_mps,
        y_m + half * vy_mps,
        z_m + half * vz_mps,
        vx2,
        vy2,
        vz2,
        px,
        py,
        pz,
        d,
        wx,
        wy,
        wz,
    )
    vx3 = vx_mps + half * ax2
    vy3 = vy_mps + half * ay2
    vz3 = vz_mps + half * az2
    ax3, ay3, az3 = point_mass_acceleration(
        x_m + half * vx2, y_m + half * vy2, z_m + half * vz2, vx3, vy3, vz3, px, py, pz, d, wx, wy, wz
    )
    vx4 = vx_mps + dt_s * ax3
    vy4 = vy_mps + dt_s * ay3
    vz4 = vz_mps + dt_s * az3
    ax4, ay4, az4 = point_mass_acceleration(
        x_m + dt_s * vx3, y_m + dt_s * vy3, z_m + dt_s * vz3, vx4, vy4, vz4, px, py, pz, d, wx, wy, wz
    )
    sixth = dt_s / 6.0
    return (
        x_m + sixth * (vx_mps + 2.0 * (vx2 + vx3) + vx4),
        y_m + sixth * (vy_mps + 2.0 * (vy2 + vy3) + vy4),
        z_m + sixth * (vz_mps + 2.0 * (vz2 + vz3) + vz4),
        vx_mps + sixth * (ax1 + 2.0 * (ax2 + ax3) + ax4),
        vy_mps + sixth * (ay1 + 2.0 * (ay2 + ay3) + ay4),
        vz_mps + sixth * (az1 + 2.0 * (az2 + az3) + az4),
    )


@kernel
def turn_acceleration_mps2(load_factor: float) -> float:
    """Sideways acceleration of a level turn at a load factor, g sqrt(n^2 - 1), m/s2; 0 at or below 1."""
    n2 = load_factor * load_factor
    return STANDARD_GRAVITY_MPS2 * math.sqrt(n2 - 1.0) if n2 > 1.0 else 0.0


@kernel
def course_velocity(
    x_m: float, y_m: float, z_m: float, to_x_m: float, to_y_m: float, to_z_m: float, speed_mps: float
) -> tuple[float, float, float]:
    """Level velocity at a place heading for another one, ECEF, m/s: how a threat starts on its first leg.

    Straight above or below the goal there is no course and the answer is zero.
    """
    up_x, up_y, up_z, _ = up_and_height(x_m, y_m, z_m)
    dx = to_x_m - x_m
    dy = to_y_m - y_m
    dz = to_z_m - z_m
    rise = dx * up_x + dy * up_y + dz * up_z
    dx -= rise * up_x
    dy -= rise * up_y
    dz -= rise * up_z
    away_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    if away_m < 1e-6:
        return 0.0, 0.0, 0.0
    k = speed_mps / away_m
    return k * dx, k * dy, k * dz


@kernel
def climb_command_mps(
    height_m: float,
    goal_m: float,
    goal_rate_mps: float,
    climb_now_mps: float,
    climb_max_mps: float,
    pull_mps2: float,
    dt_s: float,
) -> float:
    """Rate of climb for the next step, m/s: towards a (moving) height, without overshoot at the vertical
    pull."""
    rise_m = goal_m - height_m
    want = abs(rise_m) * (1.0 / _HEIGHT_TIME_S)
    brake = math.sqrt(1.6 * pull_mps2 * abs(rise_m))
    want = min(want, brake, climb_max_mps)
    if rise_m < 0.0:
        want = -want
    want = min(max(want + goal_rate_mps, -climb_max_mps), climb_max_mps)
    change = pull_mps2 * dt_s
    return min(max(want, climb_now_mps - change), climb_now_mps + change)


@kernel
def fly_air(
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    to_x_m: float,
    to_y_m: float,
    to_z_m: float,
    altitude_m: float,
    end_altitude_m: float,
    speed_mps: float,
    acceleration_max_mps2: float,
    turn_max_mps2: float,
    climb_max_mps: float,
    behaviour: int,
    danger_x_m: float,
    danger_y_m: float,
    danger_z_m: float,
    weave_mps2: float,
    weave_period_s: float,
    weave_time_s: float,
    dt_s: float,
) -> tuple[float, float, float, float, float, float, float, float]:
    """One step of an air-breathing threat along its leg.

    Parameters
    ----------
    to_x_m, to_y_m, to_z_m : float
        End of the leg, ECEF. Its height does not matter; ``altitude_m`` rules.
    altitude_m, end_altitude_m : float
        Height above the ellipsoid to hold on this leg, and the one to have at its end. The change between
        them is a straight slope at 0.8 of the climb limit that meets the leg's end (a terminal dive); equal
        for an ordinary leg. For heights above the ground add the ground's elevation.
    speed_mps : float
        Commanded speed over the earth, m/s (the caller keeps it inside the type's limits).
    acceleration_max_mps2, turn_max_mps2, climb_max_mps : float
        Limits of speed change, of sideways and vertical pull (see :func:`turn_acceleration_mps2`), and of
        climb and descent.
    behaviour : int
        ``STRAIGHT``, ``TURN_AWAY`` (level flight directly away from the danger point, while this code is
        passed) or ``WEAVE`` (sideways acceleration of amplitude ``weave_mps2`` and period ``weave_period_s``;
        the heading swings by at most 1.2 rad).
    weave_time_s : float
        Time since the weave began, s.

    Returns
    -------
    tuple
        New position and velocity, then the level distance to the leg's end (from the old position, m) and the
        speed of closing on it, m/s. See :func:`is_leg_flown`.

    On a straight leg the path is the curve of steepest closing on the ellipsoid, which stays within a metre
    of the geodesic over 400 km. Pinned by ``test_motion.py`` against geographiclib.
    """
    up_x, up_y, up_z, h = up_and_height(x_m, y_m, z_m)
    climb = vx_mps * up_x + vy_mps * up_y + vz_mps * up_z
    level_x = vx_mps - climb * up_x
    level_y = vy_mps - climb * up_y
    level_z = vz_mps - climb * up_z
    level_mps = math.sqrt(level_x * level_x + level_y * level_y + level_z * level_z)
    speed = math.sqrt(level_mps * level_mps + climb * climb)

    go_x = to_x_m - x_m
    go_y = to_y_m - y_m
    go_z = to_z_m - z_m
    rise = go_x * up_x + go_y * up_y + go_z * up_z
    go_x -= rise * up_x
    go_y -= rise * up_y
    go_z -= rise * up_z
    to_go_m = math.sqrt(go_x * go_x + go_y * go_y + go_z * go_z)

    if behaviour == TURN_AWAY:
        go_x = x_m - danger_x_m
        go_y = y_m - danger_y_m
        go_z = z_m - danger_z_m
        rise = go_x * up_x + go_y * up_y + go_z * up_z
        go_x -= rise * up_x
        go_y -= rise * up_y
        go_z -= rise * up_z
    norm = math.sqrt(go_x * go_x + go_y * go_y + go_z * go_z)
    if norm > 1e-3:
        inv = 1.0 / norm
        go_x *= inv
        go_y *= inv
        go_z *= inv
        if level_mps > 1e-3:
            inv = 1.0 / level_mps
            head_x = level_x * inv
            head_y = level_y * inv
            head_z = level_z * inv
        else:
            head_x, head_y, head_z = go_x, go_y, go_z
    elif level_mps > 1e-3:
        inv = 1.0 / level_mps
        head_x = level_x * inv
        head_y = level_y * inv
        head_z = level_z * inv
        go_x, go_y, go_z = head_x, head_y, head_z
    else:
        return x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, to_go_m, 0.0
    closing_mps = level_mps * (head_x * go_x + head_y * go_y + head_z * go_z)

    if behaviour == WEAVE and weave_period_s > 0.0 and speed > 1.0:
        rate = 2.0 * math.pi / weave_period_s
        swing = min(weave_mps2 / (rate * speed), _WEAVE_ANGLE_MAX_RAD)
        angle = swing * math.sin(rate * (weave_time_s + dt_s))
        c = math.cos(angle)
        s = math.sin(angle)
        side_x = up_y * go_z - up_z * go_y
        side_y = up_z * go_x - up_x * go_z
        side_z = up_x * go_y - up_y * go_x
        go_x = c * go_x + s * side_x
        go_y = c * go_y + s * side_y
        go_z = c * go_z + s * side_z

    along = head_x * go_x + head_y * go_y + head_z * go_z
    left = (
        up_x * (head_y * go_z - head_z * go_y)
        + up_y * (head_z * go_x - head_x * go_z)
        + up_z * (head_x * go_y - head_y * go_x)
    )
    turn_rad = turn_max_mps2 * dt_s / speed if speed > 1.0 else math.pi
    if along <= 0.0 or abs(left) > turn_rad:
        turn_rad = min(turn_rad, math.pi)
        c = math.cos(turn_rad)
        s = math.sin(turn_rad) if left >= 0.0 else -math.sin(turn_rad)
        go_x = c * head_x + s * (up_y * head_z - up_z * head_y)
        go_y = c * head_y + s * (up_z * head_x - up_x * head_z)
        go_z = c * head_z + s * (up_x * head_y - up_y * head_x)

    change = acceleration_max_mps2 * dt_s
    new_speed = min(max(speed_mps, speed - change), speed + change)
    climb_limit = min(climb_max_mps, 0.9 * new_speed)
    goal_m = altitude_m
    goal_rate = 0.0
    if end_altitude_m != altitude_m and behaviour != TURN_AWAY and new_speed > 1.0:
        slope = _GLIDE_SHARE * climb_limit / new_speed
        if slope * to_go_m < abs(end_altitude_m - altitude_m):
            if end_altitude_m < altitude_m:
                slope = -slope
            goal_m = end_altitude_m - slope * to_go_m
            goal_rate = slope * closing_mps
    new_climb = climb_command_mps(h, goal_m, goal_rate, climb, climb_limit, turn_max_mps2, dt_s)
    new_level = math.sqrt(max(new_speed * new_speed - new_climb * new_climb, 0.0))

    nvx = new_level * go_x + new_climb * up_x
    nvy = new_level * go_y + new_climb * up_y
    nvz = new_level * go_z + new_climb * up_z
    half = 0.5 * dt_s
    return (
        x_m + half * (vx_mps + nvx),
        y_m + half * (vy_mps + nvy),
        z_m + half * (vz_mps + nvz),
        nvx,
        nvy,
        nvz,
        to_go_m,
        closing_mps,
    )


@kernel
def is_leg_flown(
    to_go_m: float, closing_mps: float, speed_mps: float, turn_max_mps2: float, dt_s: float
) -> bool:
    """Whether the next leg should begin: the end is within a step, or abeam inside the turning circle."""
    if to_go_m <= 1.5 * speed_mps * dt_s:
        return True
    if turn_max_mps2 <= 0.0:
        return closing_mps <= 0.0
    return closing_mps <= 0.0 and to_go_m * turn_max_mps2 < 2.5 * speed_mps * speed_mps
