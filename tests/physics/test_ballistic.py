"""Ballistic missiles: closed forms of a resting airless earth, invariants, and launches that must hit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from parapet.physics import ballistic as b
from parapet.physics import earth

SCUD_B = b.MissileParameters(5860.0, 3770.0, 62.0, 227.0, 0.88, 11_000.0)
ISKANDER = b.MissileParameters(3800.0, 2800.0, 45.0, 265.0, 0.92, 12_000.0)
MRBM = b.MissileParameters(20_000.0, 17_700.0, 120.0, 290.0, 1.5, 8_000.0, 2_000.0)
SHAHAB_3 = b.MissileParameters(16_500.0, 13_900.0, 105.0, 236.0, 1.35, 6_000.0, 1_200.0)
LAUNCH = (math.radians(35.0), math.radians(40.0), 200.0)


def _aim(range_km: float, azimuth_deg: float, height_m: float = 900.0) -> tuple[float, float, float]:
    end = Geodesic.WGS84.Direct(35.0, 40.0, azimuth_deg, range_km * 1e3)
    return math.radians(end["lat2"]), math.radians(end["lon2"]), height_m


def _play(
    plan: np.ndarray, coefficient: float, ground_m: float, error: tuple[float, float] = (0.0, 0.0)
) -> tuple[float, float, float]:
    """The battle's way of flying: one step per tick until the ground; latitude, longitude (deg), time."""
    state = (*plan[b.COL_LAUNCH : b.COL_LAUNCH + 3], 0.0, 0.0, 0.0)
    tick, above = 0, earth.height_m(*state[:3]) - ground_m
    while True:
        new = b.ballistic_step(*state, tick * 0.25, 0.25, plan, coefficient, *error)
        now = earth.height_m(*new[:3]) - ground_m
        tick += 1
        if now < 0.0 and now < above and tick > 40:
            f = b.impact_fraction(above, now)
            p = [s + f * (n - s) for s, n in zip(state[:3], new[:3], strict=True)]
            lat, lon, _ = earth.ecef_to_geodetic(*p)
            return math.degrees(lat), math.degrees(lon), (tick - 1 + f) * 0.25
        state, above = new, now


@pytest.mark.parametrize(
    ("range_km", "speed", "elevation_deg", "apogee_km", "time_s"),
    [
        (300.0, 1696.5, 44.326, 74.11, 251.0),
        (1000.0, 3016.1, 42.752, 239.94, 474.4),
        (10_000.0, 7198.1, 22.517, 1319.48, 1931.0),
    ],
)
def test_minimum_energy(
    range_km: float, speed: float, elevation_deg: float, apogee_km: float, time_s: float
) -> None:
    """B2: the closed form."""
    v, elevation, apogee, time = b.minimum_energy_speed_mps(range_km * 1e3)
    assert v == pytest.approx(speed, rel=5e-4)
    assert math.degrees(elevation) == pytest.approx(elevation_deg, rel=5e-4)
    assert apogee / 1e3 == pytest.approx(apogee_km, rel=5e-4)
    assert time == pytest.approx(time_s, rel=5e-4)


def test_free_fall_agrees_with_the_closed_form() -> None:
    """B2 flown: inertial speed and elevation at the latitude where J2 has no radial part; 0.5 %."""
    rate = earth.EARTH_RATE_RADPS
    r0 = 6_371_000.0
    lat = math.asin(1.0 / math.sqrt(3.0))
    p = (r0 * math.cos(lat), 0.0, r0 * math.sin(lat))
    up = (math.cos(lat), 0.0, math.sin(lat))
    speed, elevation = 3016.1, math.radians(42.752)
    v = [
        speed * (math.sin(elevation) * u + math.cos(elevation) * e)
        for u, e in zip(up, (0, 1, 0), strict=True)
    ]
    state = (*p, v[0] + rate * p[1], v[1] - rate * p[0], v[2])
    t, top = 0.0, 0.0
    while True:
        state = b.fall_step(*state, 0.0, 0.25)
        t += 0.25
        r = math.sqrt(sum(c * c for c in state[:3]))
        top = max(top, r - r0)
        if r < r0:
            break
    turn = rate * t
    x = state[0] * math.cos(turn) - state[1] * math.sin(turn)
    y = state[0] * math.sin(turn) + state[1] * math.cos(turn)
    arc = math.acos((x * p[0] + y * p[1] + state[2] * p[2]) / (r * r0))
    assert arc * r0 == pytest.approx(1_000e3, rel=5e-3)
    assert t == pytest.approx(474.4, rel=5e-3)
    assert top == pytest.approx(239.94e3, rel=5e-3)


def test_energy_in_the_rotating_frame_is_kept() -> None:
    """The Jacobi integral of free flight stays to 1e-10 over 600 s."""

    def jacobi(s: tuple[float, ...]) -> float:
        x, y, z, vx, vy, vz = s
        r = math.sqrt(x * x + y * y + z * z)
        potential = (
            -earth.MU_M3PS2
            / r
            * (1.0 - earth.J2 * (earth.SEMI_MAJOR_M / r) ** 2 * 0.5 * (3.0 * (z / r) ** 2 - 1.0))
        )
        return (
            0.5 * (vx * vx + vy * vy + vz * vz)
            - 0.5 * earth.EARTH_RATE_RADPS**2 * (x * x + y * y)
            + potential
        )

    state: tuple[float, ...] = (4.5e6, 2.0e6, 4.4e6, 1500.0, 2500.0, 3000.0)
    before = jacobi(state)
    for _ in range(2400):
        state = b.fall_step(*state, 0.0, 0.25)
    assert jacobi(state) == pytest.approx(before, rel=1e-10)


def test_rocket_equation() -> None:
    """Out of the air and nearly without gravity the speed gained is Isp g ln(m0/m1)."""
    missile = b.MissileParameters(1000.0, 600.0, 1.0, 250.0, 0.001, 1e9)
    shooter = b._Shooter(missile, (0.5, 0.5, 300_000.0), (0.6, 0.5, 0.0), 0.25)
    plan = shooter.plan(0.0, 0.5 * math.pi, 1.0)
    plan.setflags(write=False)
    state = (*plan[b.COL_LAUNCH : b.COL_LAUNCH + 3], 0.0, 0.0, 0.0)
    for i in range(100):
        state = b.ballistic_step(*state, i * 0.01, 0.01, plan, 1e9, 0.0, 0.0)
    speed = math.sqrt(sum(v * v for v in state[3:]))
    assert speed == pytest.approx(250.0 * 9.80665 * math.log(2.5) - 8.9, abs=1.0)


@pytest.mark.parametrize(
    ("missile", "range_km", "azimuth_deg", "trajectory"),
    [
        (SCUD_B, 100.0, 10.0, b.MINIMUM_ENERGY),
        (SCUD_B, 300.0, 290.0, b.MINIMUM_ENERGY),
        (SCUD_B, 200.0, 200.0, b.LOFTED),
        (ISKANDER, 480.0, 90.0, b.DEPRESSED),
        (MRBM, 1_000.0, 180.0, b.MINIMUM_ENERGY),
        (MRBM, 3_500.0, 300.0, b.MINIMUM_ENERGY),
        (MRBM, 2_000.0, 45.0, b.DEPRESSED),
        (SHAHAB_3, 1_300.0, 270.0, b.DEPRESSED),
    ],
)
def test_launch_hits(
    missile: b.MissileParameters, range_km: float, azimuth_deg: float, trajectory: int
) -> None:
    """The flight played tick by tick lands within 100 m of the aim point, at the solution's time."""
    aim = _aim(range_km, azimuth_deg)
    solution = b.solve_launch(missile, LAUNCH, aim, trajectory)
    assert solution.code == b.SOLVED, b.REASONS[solution.code]
    assert not solution.plan.flags.writeable
    lat, lon, time = _play(solution.plan, solution.plan[b.COL_COEFFICIENT_KGPM2], aim[2])
    miss = Geodesic.WGS84.Inverse(lat, lon, math.degrees(aim[0]), math.degrees(aim[1]))["s12"]
    assert miss < 100.0
    assert time == pytest.approx(solution.flight_time_s, abs=1e-6)
    assert solution.cutoff_s <= missile.burn_time_s


def test_scud_b_time_and_apogee() -> None:
    """Public figures: 300 km in about 5 minutes, apogee 75 to 95 km, about 1,500 m/s at burnout."""
    solution = b.solve_launch(SCUD_B, LAUNCH, _aim(300.0, 290.0))
    assert 270.0 < solution.flight_time_s < 340.0
    assert 75e3 < solution.apogee_m < 95e3
    assert 1_400.0 < solution.burnout_speed_mps < 1_650.0


def test_trajectories_are_ordered() -> None:
    """Lofted goes higher and longer, depressed lower and shorter; minimum energy burns least."""
    aim = _aim(2_000.0, 45.0)
    least, high, low = (b.solve_launch(MRBM, LAUNCH, aim, kind) for kind in range(3))
    assert low.apogee_m < least.apogee_m < high.apogee_m
    assert low.flight_time_s < least.flight_time_s < high.flight_time_s
    assert least.cutoff_s < low.cutoff_s
    assert least.cutoff_s < high.cutoff_s
    assert high.apogee_m == pytest.approx(b.LOFT_FACTOR * least.apogee_m, rel=0.1)


def test_aiming_error_moves_the_impact() -> None:
    """600 m east and 400 m north at cutoff come down 600 m east and 400 m north of the aim point (5 %)."""
    aim = _aim(300.0, 290.0)
    plan = b.solve_launch(SCUD_B, LAUNCH, aim).plan
    lat0, lon0, _ = _play(plan, 11_000.0, aim[2])
    lat1, lon1, _ = _play(plan, 11_000.0, aim[2], (600.0, 400.0))
    moved = Geodesic.WGS84.Inverse(lat0, lon0, lat1, lon1)
    assert moved["s12"] == pytest.approx(math.hypot(600.0, 400.0), rel=0.05)
    assert moved["azi1"] == pytest.approx(math.degrees(math.atan2(600.0, 400.0)), abs=3.0)


def test_body_falls_short_of_the_warhead() -> None:
    """More drag per mass, earlier down range; a vacuum goes further than both."""
    aim = _aim(1_000.0, 180.0)
    plan = b.solve_launch(MRBM, LAUNCH, aim).plan
    ranges = []
    for coefficient in (plan[b.COL_BODY_COEFFICIENT_KGPM2], plan[b.COL_COEFFICIENT_KGPM2], 0.0):
        lat, lon, _ = _play(plan, coefficient, aim[2])
        ranges.append(Geodesic.WGS84.Inverse(35.0, 40.0, lat, lon)["s12"])
    assert ranges[0] < ranges[1] < ranges[2]


def test_what_cannot_be_reached_says_so() -> None:
    far = b.solve_launch(SCUD_B, LAUNCH, _aim(700.0, 290.0))
    assert far.code == b.TOO_FAR
    assert 280e3 < far.reach_m < 400e3
    assert b.solve_launch(SCUD_B, LAUNCH, (LAUNCH[0], LAUNCH[1], 900.0)).code == b.TOO_NEAR
    heavy = SCUD_B._replace(burn_time_s=400.0)
    assert b.solve_launch(heavy, LAUNCH, _aim(200.0, 290.0)).code == b.CANNOT_LIFT
    broken = SCUD_B._replace(propellant_mass_kg=7_000.0)
    assert b.solve_launch(broken, LAUNCH, _aim(200.0, 290.0)).code == b.BAD_PARAMETERS
    assert set(b.REASONS) == {0, 1, 2, 3, 4, 5}
