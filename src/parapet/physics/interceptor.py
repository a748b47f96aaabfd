"""A round in flight: a point mass with a motor, drag, limited lift and a lagging autopilot; its noises and its miss.

State of one round: position and velocity in rotating ECEF, the lateral specific force achieved so far (what the
autopilot has built up), and the time since launch. The mass follows from the time. Everything that does not change
lies in one row of plain floats, laid out by the ``COL_`` constants and built by
:func:`parapet.engine.flyout.parameter_row`.

Left out: body rotation (angle of attack follows the lateral force asked), roll, wind, fin stall beyond the lift limit.
"""

from __future__ import annotations

import math

from parapet._jit import kernel
from parapet.physics.atmosphere import density_and_sound
from parapet.physics.earth import drag_height_m, rotating_acceleration, up_and_height
from parapet.physics.guidance import augmented_navigation, midcourse_command

STANDARD_GRAVITY_MPS2 = 9.80665

# ---- columns of a parameter row; append only ------------------------------------------------------------------------
COL_LAUNCH_MASS = 0
"""kg at launch."""
COL_EJECT_SPEED = 1
"""m/s upward when it leaves the tube."""
COL_EJECT_TIME = 2
"""s from launch to ignition."""
COL_BOOST_PROPELLANT_MASS = 3
"""kg."""
COL_BOOST_TIME = 4
"""s."""
COL_BOOST_EXHAUST_SPEED = 5
"""m/s, specific impulse times standard gravity."""
COL_SUSTAIN_PROPELLANT_MASS = 6
"""kg, 0 if none."""
COL_SUSTAIN_TIME = 7
"""s, 0 if none; follows the boost at once."""
COL_SUSTAIN_EXHAUST_SPEED = 8
"""m/s."""
COL_REFERENCE_AREA = 9
"""m2, body cross-section."""
COL_CD_SUBSONIC = 10
"""zero-lift drag coefficient at Mach 0.8 and below."""
COL_CD_TRANSONIC = 11
"""at Mach 1.1."""
COL_CD_SUPERSONIC = 12
"""at Mach 2.5."""
COL_CD_HYPERSONIC = 13
"""at Mach 5 and above."""
COL_INDUCED_DRAG_FACTOR = 14
"""k in Cd = Cd0 + k CL^2."""
COL_LIFT_COEFFICIENT_MAX = 15
"""greatest CL on the cross-section."""
COL_LOAD_FACTOR_MAX = 16
"""g, structure."""
COL_CONTROL_LAG = 17
"""s, first order: autopilot, plus the uplink where commands come from the ground to the end."""
COL_NAVIGATION_CONSTANT = 18
"""N'."""
COL_MAX_FLIGHT_TIME = 19
"""s to self-destruct."""
COL_PLAN_SPEED = 20
"""m/s, speed the mid-course arc is planned with while the motor burns (derived)."""
COL_LOFT_FACTOR = 21
"""gravity of the arc planned while the motor burns over true gravity, >= 1."""
COL_GUIDANCE = 22
"""GUIDANCE_TVM, GUIDANCE_ACTIVE or GUIDANCE_COMMAND."""
COL_RANGE_AIR = 23
"""m, published envelope against aircraft."""
COL_RANGE_BALLISTIC = 24
"""m, published envelope against ballistic missiles."""
COL_RANGE_MIN = 25
"""m."""
COL_ALTITUDE_MIN = 26
"""m above ground."""
COL_ALTITUDE_MAX = 27
"""m."""
COL_TARGET_SPEED_MAX = 28
"""m/s."""
COL_LETHAL_RADIUS_AIRCRAFT = 29
"""m."""
COL_LETHAL_RADIUS_MISSILE = 30
"""m."""
COL_LETHAL_RADIUS_BALLISTIC = 31
"""m."""
COL_P_RELIABILITY = 32
"""probability that the round works at all."""
COL_SEEKER_RANGE = 33
"""m, active seeker lock on 1 m2 (0 if none)."""
COL_SEEKER_HALF_FIELD = 34
"""rad, half the seeker's field of view."""
COL_SEEKER_NOISE = 35
"""rad, active seeker, strong signal."""
COL_RECEIVER_NOISE = 36
"""rad, receiver of the reflected illumination, strong signal."""
COL_UPLINK_LATENCY = 37
"""s."""
COL_IS_CHANNEL_FREED = 38
"""1 if the missile channel is free from seeker lock on."""
COL_IS_SEARCH_UPLINK = 39
"""1 if it may fly on the command post's search track."""
COL_CLIMB_MAX = 40
"""rad, steepest loft while the motor burns."""
N_COLUMNS = 41

GUIDANCE_COMMAND = 0.0
GUIDANCE_TVM = 1.0
GUIDANCE_ACTIVE = 2.0

SIN_INCIDENCE_MAX = 0.42
"""Sine of the largest angle between thrust and velocity (25 degrees)."""
TVM_REFERENCE_PRODUCT_M2 = 250e3 * 25e3
"""Radar-target times target-round distance at which the receiver just detects 1 m2 (notional)."""
NOISE_FLOOR_SHARE = 0.1
"""Angle error that no signal removes (radome, glint), over the error at the signal of a detection (notional)."""
COAST_FACTOR = 1.1
"""Gravity of the arc flown after burnout over true gravity: a little above 1, for the drag to come."""
SUSTAIN_FACTOR = 3.0
"""The same while a sustainer burns: the climb is done, and the round must not fly past a near point under power."""
COAST_GAIN = 3.0
"""Navigation constant on the way after burnout: low, so that thin air is not spent on bending the arc early."""
FLOOR_MARGIN_M = 30.0
"""Height above the ground surface that the way out keeps, away from the target."""
HOMING_STEP_S = 0.025
"""Step of the end game; halving it moves the mean miss by less than 5 % (test_interceptor.py)."""
HOMING_SAMPLE_S = 0.05
"""Interval of the receiver's measurements in the end game."""
HOMING_START_S = 12.0
"""Time to go at which homing takes over from the arc, at the latest."""


@kernel
def propellant_left_kg(t_s: float, params) -> float:
    """Propellant aboard ``t_s`` seconds after launch, kg: constant flow in each phase. Test: test_interceptor.py."""
    since = t_s - params[COL_EJECT_TIME]
    boost = params[COL_BOOST_TIME]
    sustain = params[COL_SUSTAIN_TIME]
    left = 0.0
    if boost > 0.0:
        left += params[COL_BOOST_PROPELLANT_MASS] * (1.0 - min(max(since / boost, 0.0), 1.0))
    if sustain > 0.0:
        left += params[COL_SUSTAIN_PROPELLANT_MASS] * (1.0 - min(max((since - boost) / sustain, 0.0), 1.0))
    return left


@kernel
def mass_kg(t_s: float, params) -> float:
    """Mass of the round ``t_s`` seconds after launch, kg. Test: test_interceptor.py."""
    total = params[COL_BOOST_PROPELLANT_MASS] + params[COL_SUSTAIN_PROPELLANT_MASS]
    return params[COL_LAUNCH_MASS] - total + propellant_left_kg(t_s, params)


@kernel
def mean_thrust_n(t_s: float, dt_s: float, params) -> float:
    """Thrust averaged over the step from ``t_s`` on, N: the impulse does not depend on how the burn is cut up."""
    if dt_s <= 0.0:
        return 0.0
    start = t_s - params[COL_EJECT_TIME]
    stop = start + dt_s
    boost = params[COL_BOOST_TIME]
    end = boost + params[COL_SUSTAIN_TIME]
    if stop <= 0.0 or start >= end:
        return 0.0
    thrust = 0.0
    if boost > 0.0:
        share = max(min(stop, boost) - max(start, 0.0), 0.0) / dt_s
        thrust += share * params[COL_BOOST_EXHAUST_SPEED] * params[COL_BOOST_PROPELLANT_MASS] / boost
    if end > boost:
        share = max(min(stop, end) - max(start, boost), 0.0) / dt_s
        thrust += (
            share * params[COL_SUSTAIN_EXHAUST_SPEED] * params[COL_SUSTAIN_PROPELLANT_MASS] / (end - boost)
        )
    return thrust


@kernel
def is_powered(t_s: float, params) -> bool:
    """Whether the motor still burns or is yet to be lit ``t_s`` seconds after launch."""
    return t_s < params[COL_EJECT_TIME] + params[COL_BOOST_TIME] + params[COL_SUSTAIN_TIME]


@kernel
def zero_lift_drag_coefficient(mach: float, params) -> float:
    """Zero-lift drag coefficient at a Mach number: straight lines through Mach 0.8, 1.1, 2.5 and 5, flat outside."""
    if mach <= 0.8:
        return params[COL_CD_SUBSONIC]
    if mach <= 1.1:
        low = params[COL_CD_SUBSONIC]
        return low + (params[COL_CD_TRANSONIC] - low) * (mach - 0.8) / 0.3
    if mach <= 2.5:
        low = params[COL_CD_TRANSONIC]
        return low + (params[COL_CD_SUPERSONIC] - low) * (mach - 1.1) / 1.4
    if mach <= 5.0:
        low = params[COL_CD_SUPERSONIC]
        return low + (params[COL_CD_HYPERSONIC] - low) * (mach - 2.5) / 2.5
    return params[COL_CD_HYPERSONIC]


@kernel
def lateral_limit_mps2(height_m: float, speed_mps: float, thrust_n: float, mass: float, params) -> float:
    """Greatest lateral specific force: full lift plus the side thrust of the motor, within the structure."""
    density, _ = density_and_sound(height_m)
    lift = (
        0.5 * density * speed_mps * speed_mps * params[COL_REFERENCE_AREA] * params[COL_LIFT_COEFFICIENT_MAX]
    )
    air = (lift + thrust_n * SIN_INCIDENCE_MAX) / mass
    return min(air, params[COL_LOAD_FACTOR_MAX] * STANDARD_GRAVITY_MPS2)


@kernel
def available_load_factor(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, t_s: float, params
) -> float:
    """Greatest lateral load factor the round could pull here and now, g. Test: test_interceptor.py."""
    _, _, _, height = up_and_height(x, y, z)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    thrust = mean_thrust_n(t_s, 0.01, params)
    return lateral_limit_mps2(height, speed, thrust, mass_kg(t_s, params), params) / STANDARD_GRAVITY_MPS2


@kernel
def _acceleration(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    ax: float,
    ay: float,
    az: float,
    thrust_n: float,
    mass: float,
    density: float,
    sound: float,
    params,
):
    """Acceleration in rotating ECEF with lateral force ``a`` asked, the limit on it, and the share of it flown."""
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    if speed > 1e-3:
        inverse = 1.0 / speed
        ux = vx * inverse
        uy = vy * inverse
        uz = vz * inverse
    else:
        ux, uy, uz, _ = up_and_height(x, y, z)
    force = 0.5 * density * speed * speed * params[COL_REFERENCE_AREA]
    along = ax * ux + ay * uy + az * uz
    lx = ax - along * ux
    ly = ay - along * uy
    lz = az - along * uz
    lateral = math.sqrt(lx * lx + ly * ly + lz * lz)
    full = (force * params[COL_LIFT_COEFFICIENT_MAX] + thrust_n * SIN_INCIDENCE_MAX) / mass
    limit = min(full, params[COL_LOAD_FACTOR_MAX] * STANDARD_GRAVITY_MPS2)
    keep = 1.0
    if lateral > limit:
        keep = limit / lateral
        lateral = limit
    share = 0.0
    if full > 0.0:
        share = lateral / full
    lift_coefficient = share * params[COL_LIFT_COEFFICIENT_MAX]
    sin_incidence = share * SIN_INCIDENCE_MAX
    drag_coefficient = (
        zero_lift_drag_coefficient(speed / sound, params)
        + params[COL_INDUCED_DRAG_FACTOR] * lift_coefficient * lift_coefficient
    )
    forward = (thrust_n * math.sqrt(1.0 - sin_incidence * sin_incidence) - force * drag_coefficient) / mass
    gx, gy, gz = rotating_acceleration(x, y, z, vx, vy, vz)
    return (
        gx + forward * ux + keep * lx,
        gy + forward * uy + keep * ly,
        gz + forward * uz + keep * lz,
        limit,
        keep,
    )


@kernel
def round_step(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    ax: float,
    ay: float,
    az: float,
    t_s: float,
    cx: float,
    cy: float,
    cz: float,
    dt_s: float,
    params,
):
    """The round ``dt_s`` later: position, velocity, lateral force achieved (nine numbers) and the g it could
    have pulled.

    ``a``: lateral specific force achieved so far, m/s2 (zeros at launch). ``t_s``: time since launch at the
    start of the
    step, s. ``c``: specific force commanded, m/s2; only its part across the velocity is flown, within lift and
    structure.
    ``dt_s``: 0 to 0.25 s (two-stage midpoint rule; the lag is exact for a command held over the step).
    ``params``: one row, see ``COL_``. The motor's impulse is exact for any cutting of the burn into steps.
    Before ignition nothing steers. Ground contact is the caller's business.
    Source: zipfel-aerospace-vehicle-dynamics (three degrees of freedom). Test: test_interceptor.py.
    """
    lag = params[COL_CONTROL_LAG]
    decay = 0.0
    mean = 0.0
    if lag > 1e-6:
        decay = math.exp(-dt_s / lag)
        if dt_s > 0.0:
            mean = (1.0 - decay) * lag / dt_s
    # the mean over the step, and the value at its end, of the lagged lateral force
    mx = cx + (ax - cx) * mean
    my = cy + (ay - cy) * mean
    mz = cz + (az - cz) * mean
    thrust = mean_thrust_n(t_s, dt_s, params)
    half = 0.5 * dt_s
    mass = mass_kg(t_s + half, params)
    # the air half way serves both stages: the first one only has to find the velocity there
    hx = x + half * vx
    hy = y + half * vy
    hz = z + half * vz
    density, sound = density_and_sound(drag_height_m(hx, hy, hz))
    px, py, pz, _, _ = _acceleration(x, y, z, vx, vy, vz, mx, my, mz, thrust, mass, density, sound, params)
    wx = vx + half * px
    wy = vy + half * py
    wz = vz + half * pz
    px, py, pz, limit, keep = _acceleration(
        hx, hy, hz, wx, wy, wz, mx, my, mz, thrust, mass, density, sound, params
    )
    fx = cx + (ax - cx) * decay
    fy = cy + (ay - cy) * decay
    fz = cz + (az - cz) * decay
    # what the air does not give is not achieved, and does not wind up
    nx = vx + dt_s * px
    ny = vy + dt_s * py
    nz = vz + dt_s * pz
    nn = nx * nx + ny * ny + nz * nz
    along = 0.0
    if nn > 0.0:
        along = (fx * nx + fy * ny + fz * nz) / nn
    fx -= along * nx
    fy -= along * ny
    fz -= along * nz
    size = math.sqrt(fx * fx + fy * fy + fz * fz)
    if size > limit:
        keep = limit / size
        fx *= keep
        fy *= keep
        fz *= keep
    return (
        x + dt_s * wx, y + dt_s * wy, z + dt_s * wz, nx, ny, nz, fx, fy, fz, limit / STANDARD_GRAVITY_MPS2,
    )  # fmt: skip


@kernel
def steer_midcourse(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    t_s: float,
    px: float,
    py: float,
    pz: float,
    ground_height_m: float,
    params,
):
    """Specific force toward the predicted intercept point ``p`` (ECEF, m) along an arc whose loft grows with range.

    ``t_s``: time since launch. ``ground_height_m``: height of the ground surface above the ellipsoid; away
    from the point
    the round keeps ``FLOOR_MARGIN_M`` above it. Belief only. Test: test_interceptor.py.
    """
    gx, gy, gz = rotating_acceleration(x, y, z, vx, vy, vz)
    _, _, _, height = up_and_height(x, y, z)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    powered = is_powered(t_s, params)
    plan = speed
    loft = COAST_FACTOR
    climb_max = 1.5
    gain = COAST_GAIN
    if powered:
        plan = max(plan, params[COL_PLAN_SPEED])
        loft = params[COL_LOFT_FACTOR]
        if t_s > params[COL_EJECT_TIME] + params[COL_BOOST_TIME]:
            loft = min(loft, SUSTAIN_FACTOR)
        climb_max = params[COL_CLIMB_MAX]
        gain = params[COL_NAVIGATION_CONSTANT]
    return midcourse_command(
        px - x, py - y, pz - z, vx, vy, vz, gx, gy, gz, plan,
        loft, climb_max, gain, powered, height - ground_height_m - FLOOR_MARGIN_M,
    )  # fmt: skip


@kernel
def steer_homing(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    rx: float,
    ry: float,
    rz: float,
    wx: float,
    wy: float,
    wz: float,
    bx: float,
    by: float,
    bz: float,
    params,
):
    """Specific force of terminal homing: augmented proportional navigation on the estimated target minus round.

    ``r``, ``w``: estimated relative position and velocity (target minus round), m and m/s. ``b``: estimated
    acceleration
    of the target in rotating ECEF, m/s2 (zeros for level flight; ``rotating_acceleration`` for a falling body).
    Test: test_interceptor.py.
    """
    gx, gy, gz = rotating_acceleration(x, y, z, vx, vy, vz)
    return augmented_navigation(
        rx, ry, rz, wx, wy, wz, bx - gx, by - gy, bz - gz, params[COL_NAVIGATION_CONSTANT]
    )


@kernel
def homing_gains(dt_s: float, filter_time_s: float):
    """Position and velocity gains of the critically damped tracking filter that smooths the receiver's samples.

    ``filter_time_s`` > 0: how long it remembers. Source: brookner-tracking (fading-memory filter). Test:
    test_interceptor.py.
    """
    fade = math.exp(-dt_s / max(filter_time_s, 1e-6))
    return 1.0 - fade * fade, (1.0 - fade) * (1.0 - fade)


@kernel
def homing_filter(
    rx: float,
    ry: float,
    rz: float,
    wx: float,
    wy: float,
    wz: float,
    mx: float,
    my: float,
    mz: float,
    dt_s: float,
    filter_time_s: float,
):
    """Estimated relative position and velocity after one sample ``m`` (measured target minus round, m).

    ``r``, ``w``: estimate predicted to the time of the sample. ``dt_s``: time since the sample before. Test:
    test_interceptor.py.
    """
    alpha, beta = homing_gains(dt_s, filter_time_s)
    ex = mx - rx
    ey = my - ry
    ez = mz - rz
    rate = beta / max(dt_s, 1e-6)
    return (
        rx + alpha * ex, ry + alpha * ey, rz + alpha * ez, wx + rate * ex, wy + rate * ey, wz + rate * ez,
    )  # fmt: skip


@kernel
def los_sigma_tvm_rad(noise_rad: float, radar_target_m: float, target_round_m: float, rcs_m2: float) -> float:
    """Error of the line of sight that the round measures on reflected illumination, one sample, 1 sigma, rad.

    ``noise_rad``: error at the signal of a detection. Signal-to-noise goes as rcs / (R_radar-target^2
    R_target-round^2), the
    angle error as its inverse root, on a floor of ``NOISE_FLOOR_SHARE``: so the error in metres falls faster
    than the round
    closes. ``rcs_m2`` > 0. Source: neri-electronic-defense (bistatic range equation); scale notional.
    Test: test_interceptor.py.
    """
    share = radar_target_m * target_round_m / TVM_REFERENCE_PRODUCT_M2
    return noise_rad * math.sqrt(NOISE_FLOOR_SHARE * NOISE_FLOOR_SHARE + share * share / max(rcs_m2, 1e-9))


@kernel
def los_sigma_active_rad(noise_rad: float, range_m: float, seeker_range_m: float, rcs_m2: float) -> float:
    """Error of an active seeker's line of sight, one sample, 1 sigma, rad: signal-to-noise goes as rcs / R^4.

    ``noise_rad``: error at lock-on. ``seeker_range_m``: lock-on range for 1 m2. On a floor of ``NOISE_FLOOR_SHARE``.
    Source: neri-electronic-defense (radar equation); scale notional. Test: test_interceptor.py.
    """
    share = range_m / max(seeker_range_m, 1.0)
    noise = share * share
    return noise_rad * math.sqrt(NOISE_FLOOR_SHARE * NOISE_FLOOR_SHARE + noise * noise / max(rcs_m2, 1e-9))


@kernel
def command_sigma_m(angle_sigma_rad: float, radar_target_m: float, range_sigma_m: float) -> float:
    """Cross error of a target placed by the ground radar alone, 1 sigma, m: grows in proportion to radar range."""
    across = angle_sigma_rad * radar_target_m
    return math.sqrt(across * across + range_sigma_m * range_sigma_m)


@kernel
def seeker_lock_range_m(seeker_range_m: float, rcs_m2: float) -> float:
    """Range at which an active seeker locks: fourth root of the signature over 1 m2, m."""
    return seeker_range_m * math.sqrt(math.sqrt(max(rcs_m2, 0.0)))


@kernel
def closest_approach(rx: float, ry: float, rz: float, wx: float, wy: float, wz: float, dt_s: float):
    """Least distance during a step of straight relative motion, and when: (miss_m, time_s, is_inside).

    ``r``, ``w``: target minus round at the start of the step, m and m/s. ``is_inside`` is 1 when the least distance is
    reached before the end of the step (the range opens afterwards), 0 when the round still closes at its end.
    Test: test_interceptor.py.
    """
    ww = wx * wx + wy * wy + wz * wz
    rw = rx * wx + ry * wy + rz * wz
    time = 0.0
    inside = 1
    if rw < 0.0 and ww > 0.0:
        time = -rw / ww
        if time > dt_s:
            time = dt_s
            inside = 0
    qx = rx + wx * time
    qy = ry + wy * time
    qz = rz + wz * time
    return math.sqrt(qx * qx + qy * qy + qz * qz), time, inside
