"""How a ballistic missile flies: boost on a pitch program, coast, re-entry, and the launch solution that
hits.

One equivalent stage with constant thrust and mass flow. The thrust points up at first, then tips over
linearly to a final elevation in the vertical plane of the launch azimuth (a frame fixed to the earth at the
launch point) and holds it until cutoff. Range is controlled by the cutoff time. After cutoff a missile (or
its separated warhead and its body, each for itself) falls with a constant ballistic coefficient. There is no
wind, no lift and no manoeuvre.

The plan of one missile is a read-only 1-D row of ``PLAN_SIZE`` floats with the ``COL_`` constants below.
``ballistic_step`` is what the battle plays and what :func:`solve_launch` shoots with, at the same time step,
so that the undisturbed flight lands where it was aimed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parapet._jit import kernel
from parapet.physics.atmosphere import density_and_sound, density_kgm3
from parapet.physics.earth import (
    EARTH_RATE_RADPS,
    MEAN_RADIUS_M,
    MU_M3PS2,
    STANDARD_GRAVITY_MPS2,
    drag_height_m,
    ecef_to_enu,
    ecef_to_geodetic,
    enu_rotation,
    enu_to_ecef,
    geodetic_to_ecef,
    height_m,
    rotating_acceleration,
)

COL_THRUST_N = 0
COL_LAUNCH_MASS_KG = 1
COL_MASS_FLOW_KGPS = 2
COL_AREA_M2 = 3
COL_CUTOFF_S = 4
COL_VERTICAL_S = 5
"""End of the vertical rise, s after launch."""
COL_TIPPED_S = 6
"""End of the tipping over, s after launch."""
COL_ELEVATION_RAD = 7
"""Elevation of the thrust from then on, rad."""
COL_UP = 8
"""Three columns: local up at the launch point, ECEF."""
COL_DOWNRANGE = 11
"""Three columns: level unit vector along the launch azimuth, ECEF."""
COL_LAUNCH = 14
"""Three columns: launch point, ECEF, m."""
COL_KICK_EAST = 17
"""Three columns: velocity change at cutoff that moves the impact 1 m east, (m/s)/m."""
COL_KICK_NORTH = 20
"""Three columns: the same for 1 m north."""
COL_COEFFICIENT_KGPM2 = 23
"""Ballistic coefficient after cutoff of the missile or its warhead, kg/m2."""
COL_BODY_COEFFICIENT_KGPM2 = 24
"""The same of the separated body; 0 when nothing separates."""
COL_FLIGHT_TIME_S = 25
COL_APOGEE_M = 26
COL_AIM_HEIGHT_M = 27
PLAN_SIZE = 28

MINIMUM_ENERGY = 0
LOFTED = 1
DEPRESSED = 2
TRAJECTORIES = {"minimum_energy": MINIMUM_ENERGY, "lofted": LOFTED, "depressed": DEPRESSED}

SOLVED = 0
TOO_FAR = 1
TOO_NEAR = 2
CANNOT_LIFT = 3
NOT_CONVERGED = 4
BAD_PARAMETERS = 5
REASONS = {
    SOLVED: "solved",
    TOO_FAR: "the aim point is beyond the missile's reach",
    TOO_NEAR: "the aim point is nearer than the missile can fall",
    CANNOT_LIFT: "thrust at launch does not exceed the weight",
    NOT_CONVERGED: "the launch solution did not settle within 100 m",
    BAD_PARAMETERS: "a mass, time, diameter, specific impulse or ballistic coefficient is not positive",
}

FLOWN = 0
NO_IMPACT = 1

LOFT_FACTOR = 1.6
"""Apogee of a lofted flight over that of minimum energy (less where the propellant does not last)."""
DEPRESS_FACTOR = 0.36
"""Apogee of a depressed flight over that of minimum energy (more where the propellant does not last)."""
VERTICAL_SHARE = 0.08
TIPPED_SHARE = 0.55
_AIR_TOP_M = 120_000.0
_DENSE_TOP_M = 60_000.0
_MISS_GOAL_M = 10.0
_MISS_MAX_M = 100.0
_ELEVATION_MIN_RAD = 0.09
_ELEVATION_MAX_RAD = 1.5


@kernel
def body_drag_coefficient(mach: float) -> float:
    """Zero-lift drag coefficient of a slender body under power: 0.2, a transonic rise to 0.42, falling to
    0.2.

    A generic shape (notional), continuous; drag matters little before cutoff.
    """
    if mach < 0.8:
        return 0.2
    if mach < 1.2:
        return 0.2 + 0.55 * (mach - 0.8)
    if mach < 5.0:
        return 0.42 - 0.0579 * (mach - 1.2)
    return 0.2


@kernel
def thrust_elevation_rad(t_s: float, vertical_s: float, tipped_s: float, elevation_rad: float) -> float:
    """Elevation of the thrust at a time after launch: vertical, then linear to its final value, rad."""
    if t_s <= vertical_s:
        return 0.5 * math.pi
    if t_s >= tipped_s:
        return elevation_rad
    part = (t_s - vertical_s) / (tipped_s - vertical_s)
    return 0.5 * math.pi + part * (elevation_rad - 0.5 * math.pi)


@kernel
def boost_acceleration(
    t_s: float,
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    plan: NDArray[np.float64],
) -> tuple[float, float, float]:
    """Acceleration under power, m/s2: gravity in the rotating frame, thrust by the pitch program, drag by
    Mach."""
    ax, ay, az = rotating_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps)
    mass = plan[COL_LAUNCH_MASS_KG] - plan[COL_MASS_FLOW_KGPS] * t_s
    push = plan[COL_THRUST_N] / mass
    elevation = thrust_elevation_rad(t_s, plan[COL_VERTICAL_S], plan[COL_TIPPED_S], plan[COL_ELEVATION_RAD])
    rise = push * math.sin(elevation)
    along = push * math.cos(elevation)
    speed = math.sqrt(vx_mps * vx_mps + vy_mps * vy_mps + vz_mps * vz_mps)
    rho, sound = density_and_sound(drag_height_m(x_m, y_m, z_m))
    k = -0.5 * rho * speed * body_drag_coefficient(speed / sound) * plan[COL_AREA_M2] / mass
    return (
        ax + rise * plan[COL_UP] + along * plan[COL_DOWNRANGE] + k * vx_mps,
        ay + rise * plan[COL_UP + 1] + along * plan[COL_DOWNRANGE + 1] + k * vy_mps,
        az + rise * plan[COL_UP + 2] + along * plan[COL_DOWNRANGE + 2] + k * vz_mps,
    )


@kernel
def fall_acceleration(
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    drag_area_per_mass_m2pkg: float,
) -> tuple[float, float, float]:
    """Acceleration without power, m/s2; ``drag_area_per_mass`` 0 is a vacuum."""
    ax, ay, az = rotating_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps)
    if drag_area_per_mass_m2pkg > 0.0:
        speed = math.sqrt(vx_mps * vx_mps + vy_mps * vy_mps + vz_mps * vz_mps)
        k = -0.5 * density_kgm3(drag_height_m(x_m, y_m, z_m)) * speed * drag_area_per_mass_m2pkg
        ax += k * vx_mps
        ay += k * vy_mps
        az += k * vz_mps
    return ax, ay, az


@kernel
def boost_step(
    t_s: float,
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    plan: NDArray[np.float64],
    dt_s: float,
) -> tuple[float, float, float, float, float, float]:
    """One fourth-order Runge-Kutta step under power."""
    half = 0.5 * dt_s
    ax1, ay1, az1 = boost_acceleration(t_s, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, plan)
    vx2, vy2, vz2 = vx_mps + half * ax1, vy_mps + half * ay1, vz_mps + half * az1
    ax2, ay2, az2 = boost_acceleration(
        t_s + half, x_m + half * vx_mps, y_m + half * vy_mps, z_m + half * vz_mps, vx2, vy2, vz2, plan
    )
    vx3, vy3, vz3 = vx_mps + half * ax2, vy_mps + half * ay2, vz_mps + half * az2
    ax3, ay3, az3 = boost_acceleration(
        t_s + half, x_m + half * vx2, y_m + half * vy2, z_m + half * vz2, vx3, vy3, vz3, plan
    )
    vx4, vy4, vz4 = vx_mps + dt_s * ax3, vy_mps + dt_s * ay3, vz_mps + dt_s * az3
    ax4, ay4, az4 = boost_acceleration(
        t_s + dt_s, x_m + dt_s * vx3, y_m + dt_s * vy3, z_m + dt_s * vz3, vx4, vy4, vz4, plan
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
def fall_step(
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    drag_area_per_mass_m2pkg: float,
    dt_s: float,
) -> tuple[float, float, float, float, float, float]:
    """One fourth-order Runge-Kutta step without power (also what a filter or an impact predictor may use)."""
    d = drag_area_per_mass_m2pkg
    half = 0.5 * dt_s
    ax1, ay1, az1 = fall_acceleration(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, d)
    vx2, vy2, vz2 = vx_mps + half * ax1, vy_mps + half * ay1, vz_mps + half * az1
    ax2, ay2, az2 = fall_acceleration(
        x_m + half * vx_mps, y_m + half * vy_mps, z_m + half * vz_mps, vx2, vy2, vz2, d
    )
    vx3, vy3, vz3 = vx_mps + half * ax2, vy_mps + half * ay2, vz_mps + half * az2
    ax3, ay3, az3 = fall_acceleration(x_m + half * vx2, y_m + half * vy2, z_m + half * vz2, vx3, vy3, vz3, d)
    vx4, vy4, vz4 = vx_mps + dt_s * ax3, vy_mps + dt_s * ay3, vz_mps + dt_s * az3
    ax4, ay4, az4 = fall_acceleration(x_m + dt_s * vx3, y_m + dt_s * vy3, z_m + dt_s * vz3, vx4, vy4, vz4, d)
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
def ballistic_step(
    x_m: float,
    y_m: float,
    z_m: float,
    vx_mps: float,
    vy_mps: float,
    vz_mps: float,
    t_since_launch_s: float,
    dt_s: float,
    plan: NDArray[np.float64],
    coefficient_kgpm2: float,
    error_east_m: float,
    error_north_m: float,
) -> tuple[float, float, float, float, float, float]:
    """Position and velocity of a ballistic missile one step later.

    Parameters
    ----------
    t_since_launch_s, dt_s : float
        Start of the step after launch, and its length, s. The step is split at cutoff; in dense air it is
        halved.
    plan : array, shape (PLAN_SIZE,), read-only
        From :func:`solve_launch`.
    coefficient_kgpm2 : float
        Ballistic coefficient of this object after cutoff (the plan's own, or its body's), kg/m2; 0 for a
        vacuum.
    error_east_m, error_north_m : float
        Aiming error of this flight: where the impact should lie from the aim point, m. It enters as a small
        change of velocity at cutoff.

    Pinned by ``test_ballistic.py`` (B2, landing within 100 m).
    """
    x, y, z, vx, vy, vz = x_m, y_m, z_m, vx_mps, vy_mps, vz_mps
    cutoff = plan[COL_CUTOFF_S]
    left = dt_s
    if t_since_launch_s < cutoff:
        h = min(cutoff - t_since_launch_s, dt_s)
        x, y, z, vx, vy, vz = boost_step(t_since_launch_s, x, y, z, vx, vy, vz, plan, h)
        if cutoff - t_since_launch_s > dt_s:
            return x, y, z, vx, vy, vz
        left = dt_s - h
        vx += error_east_m * plan[COL_KICK_EAST] + error_north_m * plan[COL_KICK_NORTH]
        vy += error_east_m * plan[COL_KICK_EAST + 1] + error_north_m * plan[COL_KICK_NORTH + 1]
        vz += error_east_m * plan[COL_KICK_EAST + 2] + error_north_m * plan[COL_KICK_NORTH + 2]
    if left <= 0.0:
        return x, y, z, vx, vy, vz
    drag = 0.0
    n_steps = 1
    if coefficient_kgpm2 > 0.0:
        h = height_m(x, y, z)
        if h < _AIR_TOP_M:
            drag = 1.0 / coefficient_kgpm2
            if h < _DENSE_TOP_M:
                n_steps = 2
    for _ in range(n_steps):
        x, y, z, vx, vy, vz = fall_step(x, y, z, vx, vy, vz, drag, left / n_steps)
    return x, y, z, vx, vy, vz


@kernel
def impact_fraction(height_before_m: float, height_after_m: float) -> float:
    """Share of a step at which a falling body meets the ground, from its heights above it before and
    after."""
    fall = height_before_m - height_after_m
    return min(max(height_before_m / fall, 0.0), 1.0) if fall > 0.0 else 1.0


@kernel
def fly_to_ground(
    plan: NDArray[np.float64],
    coefficient_kgpm2: float,
    ground_m: float,
    error_east_m: float,
    error_north_m: float,
    dt_s: float,
    t_max_s: float,
) -> tuple[int, float, float, float, float, float, float, float, float]:
    """Where, when and how fast a planned flight comes down to a height.

    Returns
    -------
    tuple
        Code (``FLOWN`` or ``NO_IMPACT`` before ``t_max_s``), impact position ECEF (m), time since launch (s),
        impact speed (m/s), apogee (m above the ellipsoid), speed (m/s) and height (m) at the step after
        cutoff.
    """
    x, y, z = plan[COL_LAUNCH], plan[COL_LAUNCH + 1], plan[COL_LAUNCH + 2]
    vx, vy, vz = 0.0, 0.0, 0.0
    above = height_m(x, y, z) - ground_m
    floor = min(above, 0.0) - 2_000.0
    top = above
    burnout_mps, burnout_m = 0.0, 0.0
    n = int(t_max_s / dt_s)
    for i in range(n):
        t = i * dt_s
        nx, ny, nz, nvx, nvy, nvz = ballistic_step(
            x, y, z, vx, vy, vz, t, dt_s, plan, coefficient_kgpm2, error_east_m, error_north_m
        )
        now = height_m(nx, ny, nz) - ground_m
        top = max(top, now)
        if t < plan[COL_CUTOFF_S] and t + dt_s >= plan[COL_CUTOFF_S]:
            burnout_mps = math.sqrt(nvx * nvx + nvy * nvy + nvz * nvz)
            burnout_m = now + ground_m
        if now < above and ((above >= 0.0 and now < 0.0) or now < floor):
            f = impact_fraction(above, now) if above >= 0.0 else 1.0
            speed = math.sqrt(nvx * nvx + nvy * nvy + nvz * nvz)
            return (
                FLOWN,
                x + f * (nx - x),
                y + f * (ny - y),
                z + f * (nz - z),
                t + f * dt_s,
                speed,
                top + ground_m,
                burnout_mps,
                burnout_m,
            )
        x, y, z, vx, vy, vz, above = nx, ny, nz, nvx, nvy, nvz, now
    return NO_IMPACT, x, y, z, n * dt_s, 0.0, top + ground_m, burnout_mps, burnout_m


@kernel
def minimum_energy_speed_mps(range_m: float) -> tuple[float, float, float, float]:
    """Least speed for a range over a round, airless, resting earth: speed, elevation, apogee and time of
    flight.

    Source: Wheelon (1959), free flight of a ballistic missile; sin(phi)/(1 + sin(phi)) form with phi the half
    angle. Pinned by ``test_ballistic.py`` (B2).
    """
    half = 0.5 * range_m / MEAN_RADIUS_M
    s = math.sin(half)
    lam = 2.0 * s / (1.0 + s)
    speed = math.sqrt(MU_M3PS2 / MEAN_RADIUS_M * lam)
    elevation = 0.25 * math.pi - 0.5 * half
    axis = MEAN_RADIUS_M / (2.0 - lam)
    e2 = 1.0 - lam * (2.0 - lam) * math.cos(elevation) * math.cos(elevation)
    e = math.sqrt(e2) if e2 > 0.0 else 0.0
    apogee = axis * (1.0 + e) - MEAN_RADIUS_M
    if e <= 0.0:
        return speed, elevation, apogee, 0.0
    cos_ecc = (1.0 - MEAN_RADIUS_M / axis) / e
    ecc = math.acos(min(max(cos_ecc, -1.0), 1.0))
    mean = ecc - e * math.sin(ecc)
    return speed, elevation, apogee, 2.0 * (math.pi - mean) * math.sqrt(axis * axis * axis / MU_M3PS2)


class MissileParameters(NamedTuple):
    """What the catalogue says of a ballistic missile, SI."""

    launch_mass_kg: float
    propellant_mass_kg: float
    burn_time_s: float
    specific_impulse_s: float
    diameter_m: float
    ballistic_coefficient_kgpm2: float
    body_coefficient_kgpm2: float = 0.0


class LaunchSolution(NamedTuple):
    """A launch that hits, or the code that says why there is none (see ``REASONS``)."""

    code: int
    plan: NDArray[np.float64]
    miss_m: float
    flight_time_s: float
    apogee_m: float
    burnout_speed_mps: float
    burnout_height_m: float
    cutoff_s: float
    elevation_rad: float
    azimuth_rad: float
    impact_speed_mps: float
    reach_m: float
    n_flights: int


class _Shot(NamedTuple):
    down_m: float
    cross_m: float
    time_s: float
    speed_mps: float
    apogee_m: float
    burnout_mps: float
    burnout_m: float
    is_down: bool
    x_m: float
    y_m: float
    z_m: float


class _Shooter:
    """Flies plans of one missile from one launch point and says how far down range and to the side they
    land."""

    def __init__(
        self,
        missile: MissileParameters,
        launch: tuple[float, float, float],
        aim: tuple[float, float, float],
        dt_s: float,
    ) -> None:
        self.missile = missile
        self.dt_s = dt_s
        self.n_flights = 0
        self.launch = geodetic_to_ecef(*launch)
        self.aim = geodetic_to_ecef(*aim)
        self.ground_m = aim[2]
        self.rotation = enu_rotation(launch[0], launch[1])
        a = np.array(geodetic_to_ecef(launch[0], launch[1], 0.0))
        b = np.array(geodetic_to_ecef(aim[0], aim[1], 0.0))
        cos_arc = float(a @ b / math.sqrt(float(a @ a) * float(b @ b)))
        self.range_m = MEAN_RADIUS_M * math.acos(min(max(cos_arc, -1.0), 1.0))
        ahead = b - a
        east, north, _ = ecef_to_enu(float(ahead[0]), float(ahead[1]), float(ahead[2]), *self.rotation)
        self.azimuth_rad = math.atan2(east, north)
        up = a / math.sqrt(float(a @ a))
        forward = (b - a) - up * float((b - a) @ up)
        length = math.sqrt(float(forward @ forward))
        forward = forward / length if length > 0.0 else np.array([0.0, 0.0, 1.0])
        self.up, self.forward = up, forward
        self.right = np.cross(forward, up)
        aim_p = np.array(self.aim)
        self.aim_arc_rad = math.atan2(float(aim_p @ forward), float(aim_p @ up))

    def plan(self, azimuth_rad: float, elevation_rad: float, cutoff_s: float) -> NDArray[np.float64]:
        m = self.missile
        flow = m.propellant_mass_kg / m.burn_time_s
        plan = np.zeros(PLAN_SIZE)
        plan[COL_THRUST_N] = flow * m.specific_impulse_s * STANDARD_GRAVITY_MPS2
        plan[COL_LAUNCH_MASS_KG] = m.launch_mass_kg
        plan[COL_MASS_FLOW_KGPS] = flow
        plan[COL_AREA_M2] = 0.25 * math.pi * m.diameter_m * m.diameter_m
        plan[COL_CUTOFF_S] = cutoff_s
        plan[COL_VERTICAL_S] = VERTICAL_SHARE * m.burn_time_s
        plan[COL_TIPPED_S] = TIPPED_SHARE * m.burn_time_s
        plan[COL_ELEVATION_RAD] = elevation_rad
        plan[COL_UP : COL_UP + 3] = self.rotation[6:]
        plan[COL_DOWNRANGE : COL_DOWNRANGE + 3] = enu_to_ecef(
            math.sin(azimuth_rad), math.cos(azimuth_rad), 0.0, *self.rotation
        )
        plan[COL_LAUNCH : COL_LAUNCH + 3] = self.launch
        plan[COL_COEFFICIENT_KGPM2] = m.ballistic_coefficient_kgpm2
        plan[COL_BODY_COEFFICIENT_KGPM2] = m.body_coefficient_kgpm2
        plan[COL_AIM_HEIGHT_M] = self.ground_m
        return plan

    def fly(self, plan: NDArray[np.float64], east_m: float = 0.0, north_m: float = 0.0) -> _Shot:
        self.n_flights += 1
        plan.setflags(write=False)
        code, x, y, z, t, speed, apogee, burnout, burnout_h = fly_to_ground(
            plan, plan[COL_COEFFICIENT_KGPM2], self.ground_m, east_m, north_m, self.dt_s, 4_000.0
        )
        p = np.array((x, y, z))
        radius = math.sqrt(float(p @ p))
        arc = math.atan2(float(p @ self.forward), float(p @ self.up))
        cross = radius * math.asin(min(max(float(p @ self.right) / radius, -1.0), 1.0))
        return _Shot(
            MEAN_RADIUS_M * (arc - self.aim_arc_rad), cross, t, speed, apogee, burnout, burnout_h,
            code == FLOWN, x, y, z,
        )  # fmt: skip

    def shoot(self, azimuth_rad: float, elevation_rad: float, cutoff_s: float) -> _Shot:
        return self.fly(self.plan(azimuth_rad, elevation_rad, cutoff_s))

    def miss_m(self, shot: _Shot) -> float:
        return math.sqrt(
            (shot.x_m - self.aim[0]) ** 2 + (shot.y_m - self.aim[1]) ** 2 + (shot.z_m - self.aim[2]) ** 2
        )


class _Guess(NamedTuple):
    azimuth_rad: float
    elevation_rad: float
    cutoff_s: float
    slope_mps: float
    shot: _Shot


def _hit(s: _Shooter, azimuth: float, elevation: float, cutoff: float, slope: float, goal_m: float) -> _Guess:
    """Secant on cutoff (down range) and azimuth (to the side) at one elevation; never past burnout."""
    burn = s.missile.burn_time_s
    shot = s.shoot(azimuth, elevation, cutoff)
    low, high = 0.0, burn
    for _ in range(14):
        if math.hypot(shot.down_m, shot.cross_m) < goal_m and shot.is_down:
            break
        if shot.down_m < 0.0 and cutoff >= burn:
            break
        if shot.down_m < 0.0:
            low = max(low, cutoff)
        else:
            high = min(high, cutoff)
        azimuth -= shot.cross_m / max(s.range_m, 1.0)
        wanted = cutoff - shot.down_m / slope
        if wanted >= burn and high >= burn:
            wanted = burn
        elif not low < wanted < high:
            wanted = 0.5 * (low + high)
        new = s.shoot(azimuth, elevation, wanted)
        if abs(wanted - cutoff) > 1e-4:
            measured = (new.down_m - shot.down_m) / (wanted - cutoff)
            if measured > 0.0:
                slope = measured
        shot, cutoff = new, wanted
    return _Guess(azimuth, elevation, cutoff, slope, shot)


def _best_elevation(s: _Shooter, g: _Guess, spread_rad: float) -> tuple[float, float]:
    """Elevation of the greatest range at a guess's cutoff (parabola through three flights), and range
    gained, m."""
    lower = s.shoot(g.azimuth_rad, g.elevation_rad - spread_rad, g.cutoff_s).down_m
    upper = s.shoot(g.azimuth_rad, g.elevation_rad + spread_rad, g.cutoff_s).down_m
    bend = upper - 2.0 * g.shot.down_m + lower
    slope = 0.5 * (upper - lower)
    if bend >= 0.0:
        step = 1.5 if slope > 0.0 else -1.5
    else:
        step = min(max(-slope / bend, -1.5), 1.5)
    elevation = min(max(g.elevation_rad + step * spread_rad, _ELEVATION_MIN_RAD), _ELEVATION_MAX_RAD)
    return elevation, slope * step + 0.5 * bend * step * step


def _shaped(s: _Shooter, g: _Guess, trajectory: int) -> _Guess:
    """A lofted or depressed flight: secant on elevation for the wanted apogee, as far as the propellant
    lasts."""
    goal_m = g.shot.apogee_m * (LOFT_FACTOR if trajectory == LOFTED else DEPRESS_FACTOR)
    sign = 1.0 if trajectory == LOFTED else -1.0
    best = g
    reach_step = 0.12
    elevation = g.elevation_rad + sign * reach_step
    for _ in range(8):
        elevation = min(max(elevation, _ELEVATION_MIN_RAD), _ELEVATION_MAX_RAD)
        new = _hit(s, best.azimuth_rad, elevation, best.cutoff_s, best.slope_mps, 200.0)
        if abs(new.shot.down_m) > 200.0:
            reach_step *= 0.5
            if reach_step < 0.01:
                break
            elevation = best.elevation_rad + sign * reach_step
            continue
        gained = new.shot.apogee_m - best.shot.apogee_m
        moved = new.elevation_rad - best.elevation_rad
        best = new
        if abs(best.shot.apogee_m - goal_m) < 0.03 * goal_m or moved == 0.0:
            break
        step = (goal_m - best.shot.apogee_m) * moved / gained if gained != 0.0 else sign * reach_step
        elevation = best.elevation_rad + min(max(step, -reach_step), reach_step)
    return best


def _failure(code: int, s: _Shooter, reach_m: float = 0.0) -> LaunchSolution:
    plan = np.zeros(PLAN_SIZE)
    plan.setflags(write=False)
    nan = math.nan
    return LaunchSolution(code, plan, nan, nan, nan, nan, nan, nan, nan, nan, nan, reach_m, s.n_flights)


def _kicks(s: _Shooter, plan: NDArray[np.float64], base: _Shot) -> None:
    """Fill the plan's columns for aiming errors: velocity changes at cutoff per metre of impact, by
    differences."""
    place = ecef_to_geodetic(base.x_m, base.y_m, base.z_m)
    rotation = enu_rotation(place[0], place[1])
    down = plan[COL_UP : COL_UP + 3] * 0.5 + plan[COL_DOWNRANGE : COL_DOWNRANGE + 3]
    down /= math.sqrt(float(down @ down))
    side = np.cross(plan[COL_UP : COL_UP + 3], plan[COL_DOWNRANGE : COL_DOWNRANGE + 3])
    moves = []
    for way in (down, side):
        trial = plan.copy()
        trial[COL_KICK_EAST : COL_KICK_EAST + 3] = way
        shot = s.fly(trial, 1.0, 0.0)
        moves.append(
            ecef_to_enu(shot.x_m - base.x_m, shot.y_m - base.y_m, shot.z_m - base.z_m, *rotation)[:2]
        )
    (a, c), (b, d) = moves
    det = a * d - b * c
    if abs(det) < 1e-9:
        return
    plan[COL_KICK_EAST : COL_KICK_EAST + 3] = (d * down - c * side) / det
    plan[COL_KICK_NORTH : COL_KICK_NORTH + 3] = (-b * down + a * side) / det


def solve_launch(
    missile: MissileParameters,
    launch: tuple[float, float, float],
    aim: tuple[float, float, float],
    trajectory: int = MINIMUM_ENERGY,
    dt_s: float = 0.25,
) -> LaunchSolution:
    """The azimuth, elevation and cutoff with which a missile's undisturbed flight lands on its aim point.

    Parameters
    ----------
    missile : MissileParameters
        Masses, motor, diameter and ballistic coefficients.
    launch, aim : tuple of float
        Geodetic latitude, longitude (rad) and height above the ellipsoid (m). 100 to 3,500 km apart.
    trajectory : int
        ``MINIMUM_ENERGY``: the elevation that needs least propellant. ``LOFTED``, ``DEPRESSED``: 1.6 and 0.36
        times its apogee, or as near to that as the propellant allows.
    dt_s : float
        Time step of the battle. The launch must lie on a tick for the battle to fly the very same steps.

    Returns
    -------
    LaunchSolution
        With ``code`` 0 and a miss below 100 m, or another code of ``REASONS``; ``reach_m`` is then the
        furthest range found (0 when it was not looked for).

    Pinned by ``test_ballistic.py``.
    """
    s = _Shooter(missile, launch, aim, dt_s)
    values = (*missile[:6], dt_s)
    if not all(math.isfinite(v) and v > 0.0 for v in values) or missile[1] >= missile[0]:
        return _failure(BAD_PARAMETERS, s)
    burn = missile.burn_time_s
    thrust = missile.propellant_mass_kg / burn * missile.specific_impulse_s * STANDARD_GRAVITY_MPS2
    if thrust <= 1.02 * missile.launch_mass_kg * STANDARD_GRAVITY_MPS2:
        return _failure(CANNOT_LIFT, s)
    if s.range_m < 1_000.0:
        return _failure(TOO_NEAR, s)

    speed, elevation, _, time = minimum_energy_speed_mps(s.range_m)
    azimuth = s.azimuth_rad - 0.5 * EARTH_RATE_RADPS * time * math.sin(launch[0])
    exhaust = missile.specific_impulse_s * STANDARD_GRAVITY_MPS2
    needed = speed + 72.0 * math.sqrt(burn)  # about the loss to gravity and drag
    used = missile.launch_mass_kg * (1.0 - math.exp(-needed / exhaust))
    cutoff = min(max(used / missile.propellant_mass_kg * burn, 0.3 * burn), burn)
    mass = missile.launch_mass_kg - missile.propellant_mass_kg * cutoff / burn
    slope = 2.0 * s.range_m / speed * thrust / mass

    g = _hit(s, azimuth, elevation, cutoff, slope, 0.02 * s.range_m)
    for spread in (0.12, 0.06, 0.04):
        best, gain_m = _best_elevation(s, g, spread)
        if g.shot.down_m < -0.02 * s.range_m and g.cutoff_s >= burn and gain_m < 500.0 and spread < 0.1:
            return _failure(TOO_FAR, s, s.range_m + g.shot.down_m + max(gain_m, 0.0))
        moved = abs(best - g.elevation_rad)
        g = _hit(s, g.azimuth_rad, best, g.cutoff_s, g.slope_mps, 0.004 * s.range_m)
        if moved < 0.01:
            break
    least = g
    if trajectory != MINIMUM_ENERGY:
        g = _shaped(s, g, trajectory)
    g = _hit(s, g.azimuth_rad, g.elevation_rad, g.cutoff_s, g.slope_mps, _MISS_GOAL_M)
    for _ in range(4):  # a shaped flight a little beyond the propellant: back towards minimum energy
        if trajectory == MINIMUM_ENERGY or s.miss_m(g.shot) <= _MISS_MAX_M:
            break
        elevation = 0.5 * (g.elevation_rad + least.elevation_rad)
        g = _hit(s, g.azimuth_rad, elevation, g.cutoff_s, g.slope_mps, _MISS_GOAL_M)
    miss = s.miss_m(g.shot)
    if miss > _MISS_MAX_M or not g.shot.is_down:
        if g.cutoff_s >= burn and g.shot.down_m < 0.0:
            return _failure(TOO_FAR, s, s.range_m + g.shot.down_m)
        return _failure(TOO_NEAR if g.cutoff_s < 0.2 * burn else NOT_CONVERGED, s)

    plan = s.plan(g.azimuth_rad, g.elevation_rad, g.cutoff_s)
    plan[COL_FLIGHT_TIME_S] = g.shot.time_s
    plan[COL_APOGEE_M] = g.shot.apogee_m
    _kicks(s, plan, g.shot)
    plan.setflags(write=False)
    return LaunchSolution(
        SOLVED,
        plan,
        miss,
        g.shot.time_s,
        g.shot.apogee_m,
        g.shot.burnout_mps,
        g.shot.burnout_m,
        g.cutoff_s,
        g.elevation_rad,
        g.azimuth_rad,
        g.shot.speed_mps,
        0.0,
        s.n_flights,
    )
