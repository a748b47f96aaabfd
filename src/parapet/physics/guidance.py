"""How a round is told to turn: proportional navigation, the way to a predicted point, closed forms to test both.

Every command is a *specific force* in m/s2 (what the wings and the motor must make, gravity left out), perpendicular
to nothing in particular: :mod:`parapet.physics.interceptor` keeps the part across the velocity and limits it.
All inputs are estimates (belief); nothing here asks what the target truly does.
"""

from __future__ import annotations

import math

from parapet._jit import kernel

MINIMUM_TIME_TO_GO_S = 0.02
STEEPEST_CLIMB_RAD = 1.25
TURN_RATE_GAIN_PS = 1.6


@kernel
def step_manoeuvre_acceleration_ratio(t_s, flight_time_s, navigation_constant):
    """Acceleration asked of a lag-free round, per target acceleration, t seconds after the target steps its turn.

    ``t_s`` 0 to ``flight_time_s``; ``navigation_constant`` N' above 2 (at 2 the limit is infinite, given as ``inf``).
    Source: zarchan-tactical-missile-guidance (linear planar engagement). Test: test_guidance.py, G1.
    """
    if navigation_constant <= 2.0:
        return math.inf
    left = min(max(1.0 - t_s / flight_time_s, 0.0), 1.0)
    n = navigation_constant - 2.0
    return navigation_constant / n * (1.0 - math.pow(left, n))


@kernel
def heading_error_acceleration_mps2(t_s, flight_time_s, navigation_constant, speed_mps, heading_error_rad):
    """Acceleration asked of a lag-free round that starts with a heading error, m/s2.

    Sign: a positive heading error asks for a negative acceleration. Source: zarchan-tactical-missile-guidance.
    Test: test_guidance.py, G1.
    """
    left = min(max(1.0 - t_s / flight_time_s, 0.0), 1.0)
    start = -speed_mps * heading_error_rad * navigation_constant / flight_time_s
    return start * math.pow(left, navigation_constant - 2.0)


@kernel
def step_manoeuvre_miss_m(flight_time_s, lag_s, navigation_constant, target_acceleration_mps2):
    """Miss of a round with one first-order lag against a target that steps its turn ``flight_time_s`` before impact.

    ``navigation_constant`` exactly 3, 4 or 5 (otherwise NaN). Source: zarchan-tactical-missile-guidance (adjoint
    solutions). Test: test_guidance.py, G2.
    """
    x = flight_time_s / lag_s
    scale = target_acceleration_mps2 * flight_time_s * flight_time_s * math.exp(-x)
    if navigation_constant == 3.0:
        return scale * 0.5
    if navigation_constant == 4.0:
        return scale * (0.5 - x / 6.0)
    if navigation_constant == 5.0:
        return scale * (0.5 - x / 3.0 + x * x / 24.0)
    return math.nan


@kernel
def heading_error_miss_m(flight_time_s, lag_s, navigation_constant, speed_mps, heading_error_rad):
    """Miss of a round with one first-order lag that starts ``flight_time_s`` out with a heading error, metres, signed.

    ``navigation_constant`` exactly 3, 4 or 5 (otherwise NaN). Source: zarchan-tactical-missile-guidance (adjoint
    solutions). Test: test_guidance.py, G2.
    """
    x = flight_time_s / lag_s
    scale = -speed_mps * heading_error_rad * flight_time_s * math.exp(-x)
    if navigation_constant == 3.0:
        return scale * (1.0 - 0.5 * x)
    if navigation_constant == 4.0:
        return scale * (1.0 - x + x * x / 6.0)
    if navigation_constant == 5.0:
        return scale * (1.0 - 1.5 * x + 0.5 * x * x - x * x * x / 24.0)
    return math.nan


@kernel
def time_to_go_s(rx, ry, rz, vx, vy, vz):
    """Time to closest approach on straight lines, seconds; ``inf`` when the range opens.

    ``r`` and ``v`` are target minus round, metres and m/s. Test: test_guidance.py.
    """
    vv = vx * vx + vy * vy + vz * vz
    rv = rx * vx + ry * vy + rz * vz
    if rv >= 0.0 or vv <= 0.0:
        return math.inf
    return -rv / vv


@kernel
def proportional_navigation(rx, ry, rz, vx, vy, vz, navigation_constant):
    """Acceleration command of true proportional navigation: N' times closing speed times line-of-sight rate.

    ``r``, ``v``: estimated target minus round (m, m/s). Returns three components in m/s2, across the line of sight;
    zeros once the range opens (nothing left to steer for) or at zero range.
    Source: zarchan-tactical-missile-guidance. Test: test_guidance.py (G1 in three dimensions).
    """
    rr = rx * rx + ry * ry + rz * rz
    rv = rx * vx + ry * vy + rz * vz
    if rr <= 0.0 or rv >= 0.0:
        return 0.0, 0.0, 0.0
    range_m = math.sqrt(rr)
    closing_mps = -rv / range_m
    # across the line of sight: (v - (v.u) u) / R is the sight-line rate turned into a direction of motion
    gain = navigation_constant * closing_mps / range_m
    along = rv / rr
    return gain * (vx - along * rx), gain * (vy - along * ry), gain * (vz - along * rz)


@kernel
def augmented_navigation(rx, ry, rz, vx, vy, vz, bx, by, bz, navigation_constant):
    """Acceleration command that also leads a known relative acceleration: PN plus N'/2 of its part across the sight.

    ``b``: estimated acceleration of the target minus the free acceleration of the round (gravity and rotation), m/s2.
    With a target that flies level ``b`` is minus gravity, with a falling one nearly zero: so the same law holds both.
    Source: zarchan-tactical-missile-guidance (zero-effort miss). Test: test_guidance.py.
    """
    rr = rx * rx + ry * ry + rz * rz
    rv = rx * vx + ry * vy + rz * vz
    if rr <= 0.0 or rv >= 0.0:
        return 0.0, 0.0, 0.0
    cx, cy, cz = proportional_navigation(rx, ry, rz, vx, vy, vz, navigation_constant)
    along = (bx * rx + by * ry + bz * rz) / rr
    half = 0.5 * navigation_constant
    return cx + half * (bx - along * rx), cy + half * (by - along * ry), cz + half * (bz - along * rz)


@kernel
def arc_elevation_rad(ground_m, rise_m, speed_mps, gravity_mps2):
    """Elevation of the lower free-fall arc through a point, radians; the farthest-reaching one when none gets there.

    ``ground_m`` >= 0 and ``rise_m`` locate the point from here, flat earth, no air. Pass a gravity above the true
    one to aim high against drag. Never above ``STEEPEST_CLIMB_RAD`` unless the point itself lies higher.
    Source: any mechanics text (parabola through two points). Test: test_guidance.py.
    """
    vv = speed_mps * speed_mps
    disc = vv * vv - gravity_mps2 * (gravity_mps2 * ground_m * ground_m + 2.0 * rise_m * vv)
    sight = math.atan2(rise_m, max(ground_m, 1e-3))
    if disc > 0.0:
        root = math.sqrt(disc)
        lead = math.atan2(
            gravity_mps2 * ground_m * ground_m + 2.0 * rise_m * vv, max(ground_m, 1e-3) * (vv + root)
        )
    else:
        # out of reach: half way between straight at it and straight up reaches furthest up that slope
        lead = 0.5 * (sight + 0.5 * math.pi)
    return max(min(lead, STEEPEST_CLIMB_RAD), sight)


@kernel
def direction_command(ux, uy, uz, dx, dy, dz, gain_mps2):
    """Acceleration that turns unit velocity ``u`` toward unit direction ``d``: gain times the angle between, m/s2.

    The result is across ``u``. Opposite directions give a turn about an arbitrary axis, equal ones zeros.
    Test: test_guidance.py.
    """
    along = dx * ux + dy * uy + dz * uz
    ex = dx - along * ux
    ey = dy - along * uy
    ez = dz - along * uz
    across = math.sqrt(ex * ex + ey * ey + ez * ez)
    if across < 1e-12:
        return 0.0, 0.0, 0.0
    scale = gain_mps2 * math.atan2(across, along) / across
    return scale * ex, scale * ey, scale * ez


@kernel
def midcourse_command(
    rx,
    ry,
    rz,
    vx,
    vy,
    vz,
    gx,
    gy,
    gz,
    plan_speed_mps,
    loft_factor,
    climb_max_rad,
    navigation_constant,
    is_powered,
    floor_rise_m,
):
    """Specific force that puts the round on a lofted arc through the predicted intercept point.

    ``r``: predicted point minus round, m. ``v``: round velocity, m/s. ``g``: free acceleration of the round
    (gravity and
    rotation), m/s2. ``plan_speed_mps``: speed to plan the arc with (while the motor burns: the speed to come).
    ``loft_factor`` >= 1 multiplies gravity in the arc: above 1 aims higher, because drag will slow the round
    and thin air
    is worth a climb; so the loft grows with range by itself, up to ``climb_max_rad`` (or straight at the point
    if steeper).
    ``is_powered``: true while the motor burns (the heading is held firmly). ``floor_rise_m``: height of the round
    above the lowest height allowed; below it, away from the point, the path is bent up.
    The arc itself needs no lift after burnout. Flat-earth arc about the local vertical, corrected on the way.
    Source: parapet-model (own law; the arc is textbook). Test: test_interceptor.py.
    """
    gravity = math.sqrt(gx * gx + gy * gy + gz * gz)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    range_m = math.sqrt(rx * rx + ry * ry + rz * rz)
    if gravity < 1e-6 or speed < 1e-3 or range_m < 1e-3:
        return 0.0, 0.0, 0.0
    wx = -gx / gravity
    wy = -gy / gravity
    wz = -gz / gravity
    rise_m = rx * wx + ry * wy + rz * wz
    hx = rx - rise_m * wx
    hy = ry - rise_m * wy
    hz = rz - rise_m * wz
    ground_m = math.sqrt(hx * hx + hy * hy + hz * hz)
    elevation = arc_elevation_rad(ground_m, rise_m, plan_speed_mps, loft_factor * gravity)
    sight = math.atan2(rise_m, max(ground_m, 1e-3))
    elevation = min(elevation, max(climb_max_rad, 0.5 * (sight + climb_max_rad), sight))
    if floor_rise_m < 0.0 and ground_m > 2.0 * speed:
        elevation = max(elevation, min(-floor_rise_m / (2.0 * speed), 0.2))
    level = math.cos(elevation) / max(ground_m, 1e-3)
    up = math.sin(elevation)
    ux = vx / speed
    uy = vy / speed
    uz = vz / speed
    time_to_go = max(range_m / speed, MINIMUM_TIME_TO_GO_S)
    rate = navigation_constant / time_to_go
    if is_powered:
        rate = max(rate, TURN_RATE_GAIN_PS)
    cx, cy, cz = direction_command(
        ux, uy, uz, level * hx + up * wx, level * hy + up * wy, level * hz + up * wz, rate * speed
    )
    if is_powered:  # hold the heading against gravity while the motor burns
        along = gx * ux + gy * uy + gz * uz
        cx -= gx - along * ux
        cy -= gy - along * uy
        cz -= gz - along * uz
    return cx, cy, cz
