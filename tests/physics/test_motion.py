"""Flight: NASA check cases for the point mass, geodesics and limits for air-breathing threats."""

from __future__ import annotations

import math

import pytest
from geographiclib.geodesic import Geodesic

from parapet.physics import earth, motion

FT = 0.3048
SPHERE_KG = 14.5939029372
SPHERE_M2 = 0.0182414654525


def _drop(
    altitude_ft: float, enu_fps: tuple[float, float, float], cd: float
) -> tuple[list[float], tuple[float, float, float]]:
    """Altitudes (ft) every 5 s to 30 s at lat 0, lon 0, and the final local velocity, ft/s."""
    position = earth.geodetic_to_ecef(0.0, 0.0, altitude_ft * FT)
    velocity = earth.enu_to_ecef(*[v * FT for v in enu_fps], *earth.enu_rotation(0.0, 0.0))
    state = (*position, *velocity)
    altitudes = []
    for i in range(300):
        state = motion.point_mass_step(*state, 0.0, 0.0, 0.0, cd * SPHERE_M2 / SPHERE_KG, 0.0, 0.0, 0.0, 0.1)
        if (i + 1) % 50 == 0:
            altitudes.append(earth.height_m(*state[:3]) / FT)
    lat, lon, _ = earth.ecef_to_geodetic(*state[:3])
    enu = earth.ecef_to_enu(*state[3:], *earth.enu_rotation(lat, lon))
    return altitudes, (enu[0] / FT, enu[1] / FT, enu[2] / FT)


def test_nasa_case_1_dragless_drop() -> None:
    """B1 case 1."""
    altitudes, enu = _drop(30_000.0, (0.0, 0.0, 0.0), 0.0)
    expected = [29600.0587, 28400.2041, 26400.3447, 23600.3277, 19999.9393, 15598.9044]
    assert altitudes == pytest.approx(expected, abs=0.05)
    assert -enu[2] == pytest.approx(960.2931, abs=0.01)
    assert enu[0] == pytest.approx(2.10101, abs=0.002)


def test_nasa_case_6_drop_with_drag() -> None:
    """B1 case 6."""
    altitudes, enu = _drop(30_000.0, (0.0, 0.0, 0.0), 0.1)
    expected = [29600.5267, 28407.7830, 26439.459, 23727.169, 20319.343, 16284.450]
    assert altitudes == pytest.approx(expected, abs=1.0)
    assert -enu[2] == pytest.approx(864.010, abs=0.3)
    assert enu[0] == pytest.approx(1.8429, abs=0.01)


def test_nasa_case_9_thrown_east() -> None:
    """B1 case 9."""
    altitudes, enu = _drop(0.0, (1000.0, 0.0, 1000.0), 0.1)
    expected = [4269.67, 7306.32, 9319.40, 10423.35, 10687.42, 10160.10]
    assert altitudes == pytest.approx(expected, abs=5.0)
    assert enu[0] == pytest.approx(610.709, abs=0.3)
    assert -enu[2] == pytest.approx(181.775, abs=0.3)


class Flyer:
    """An air-breathing threat flown by the kernel in a plain loop."""

    def __init__(
        self, lat: float, lon: float, altitude: float, to: tuple[float, float], speed: float
    ) -> None:
        p = earth.geodetic_to_ecef(math.radians(lat), math.radians(lon), altitude)
        self.to = earth.geodetic_to_ecef(math.radians(to[0]), math.radians(to[1]), 0.0)
        self.state = (*p, *motion.course_velocity(*p, *self.to, speed))
        self.altitude = self.end_altitude = altitude
        self.speed = speed
        self.acceleration, self.turn, self.climb = 5.0, motion.turn_acceleration_mps2(5.0), 100.0
        self.behaviour = motion.STRAIGHT
        self.danger = (0.0, 0.0, 0.0)
        self.weave = (0.0, 0.0)
        self.time_s = 0.0
        self.to_go_m = self.closing_mps = math.inf

    def fly(self, dt_s: float = 0.25) -> None:
        *state, self.to_go_m, self.closing_mps = motion.fly_air(
            *self.state, *self.to, self.altitude, self.end_altitude, self.speed, self.acceleration, self.turn,
            self.climb, self.behaviour, *self.danger, *self.weave, self.time_s, dt_s,
        )  # fmt: skip
        self.state = tuple(state)
        self.time_s += dt_s

    @property
    def geodetic(self) -> tuple[float, float, float]:
        lat, lon, h = earth.ecef_to_geodetic(*self.state[:3])
        return math.degrees(lat), math.degrees(lon), h

    @property
    def speed_now(self) -> float:
        return math.sqrt(sum(v * v for v in self.state[3:]))

    @property
    def has_arrived(self) -> bool:
        return motion.is_leg_flown(self.to_go_m, self.closing_mps, self.speed_now, self.turn, 0.25)


@pytest.mark.parametrize(("azimuth_deg", "altitude_m"), [(20.0, 50.0), (137.0, 9_000.0), (270.0, 15_000.0)])
def test_straight_leg_is_a_geodesic(azimuth_deg: float, altitude_m: float) -> None:
    """400 km: height held within 2 m, position within 50 m of the geodesic at the same distance flown."""
    end = Geodesic.WGS84.Direct(39.0, 33.0, azimuth_deg, 400e3)
    flyer = Flyer(39.0, 33.0, altitude_m, (end["lat2"], end["lon2"]), 250.0)
    line = Geodesic.WGS84.InverseLine(39.0, 33.0, end["lat2"], end["lon2"])
    while not flyer.has_arrived:
        flyer.fly()
        if flyer.time_s % 100.0 == 0.0:
            lat, lon, h = flyer.geodetic
            assert abs(h - altitude_m) < 2.0
            ground_m = 250.0 * flyer.time_s * 6.37e6 / (6.37e6 + altitude_m)
            there = line.Position(ground_m)
            away = Geodesic.WGS84.Inverse(lat, lon, there["lat2"], there["lon2"])["s12"]
            assert away < 50.0 + 0.002 * altitude_m * ground_m / 400e3
    assert flyer.time_s == pytest.approx(1600.0 * (6.37e6 + altitude_m) / 6.37e6, rel=2e-3)


def test_turn_radius_and_rate() -> None:
    """A 180 degree turn at load factor 5 takes pi v / (g sqrt(24))."""
    flyer = Flyer(39.0, 33.0, 5_000.0, (42.0, 33.0), 250.0)
    flyer.to = earth.geodetic_to_ecef(math.radians(30.0), math.radians(33.0), 0.0)
    while True:
        flyer.fly()
        if flyer.closing_mps > 249.9:
            break
    assert flyer.time_s == pytest.approx(math.pi * 250.0 / (9.80665 * math.sqrt(24.0)), abs=0.8)
    assert abs(flyer.geodetic[2] - 5_000.0) < 2.0


def test_climb_speed_and_dive_limits() -> None:
    """Climb, acceleration and a late dive all keep to their limits and do not overshoot."""
    flyer = Flyer(39.0, 33.0, 3_000.0, (41.0, 33.0), 200.0)
    flyer.altitude = flyer.end_altitude = 8_000.0
    flyer.speed = 300.0
    last_h, last_v, top = 3_000.0, 200.0, 0.0
    for _ in range(600):
        flyer.fly()
        h = flyer.geodetic[2]
        assert abs(h - last_h) <= 100.0 * 0.25 + 0.01
        assert abs(flyer.speed_now - last_v) <= 5.0 * 0.25 + 1e-3
        last_h, last_v, top = h, flyer.speed_now, max(top, h)
    assert top < 8_002.0
    assert last_h == pytest.approx(8_000.0, abs=1.0)
    assert last_v == pytest.approx(300.0, abs=1e-3)
    flyer.end_altitude = 900.0
    while not flyer.has_arrived:
        flyer.fly()
        assert flyer.geodetic[2] > 895.0
    assert flyer.geodetic[2] == pytest.approx(900.0, abs=40.0)


def test_turn_away_flies_from_the_danger() -> None:
    flyer = Flyer(39.0, 33.0, 9_000.0, (41.0, 33.0), 250.0)
    flyer.behaviour = motion.TURN_AWAY
    flyer.danger = earth.geodetic_to_ecef(math.radians(40.0), math.radians(33.0), 0.0)
    for _ in range(400):
        flyer.fly()
    lat, lon, h = flyer.geodetic
    azimuth = Geodesic.WGS84.Inverse(40.0, 33.0, lat, lon)["azi1"]
    course = earth.ecef_to_enu(*flyer.state[3:], *earth.enu_rotation(math.radians(lat), math.radians(lon)))
    assert lat < 39.0
    assert math.degrees(math.atan2(course[0], course[1])) % 360.0 == pytest.approx(azimuth % 360.0, abs=0.3)
    assert abs(h - 9_000.0) < 2.0


def test_weave_pulls_what_it_says_and_keeps_the_course() -> None:
    """4 g at a 12 s period: peak sideways acceleration 4 g, mean track still reaches the waypoint."""
    flyer = Flyer(39.0, 33.0, 9_000.0, (39.5, 33.0), 250.0)
    flyer.behaviour = motion.WEAVE
    flyer.weave = (4.0 * 9.80665, 12.0)
    peak = 0.0
    while not flyer.has_arrived:
        before = flyer.state[3:]
        flyer.fly()
        pull = math.sqrt(sum((b - a) ** 2 for a, b in zip(before, flyer.state[3:], strict=True))) / 0.25
        peak = max(peak, pull if flyer.time_s > 20.0 and flyer.to_go_m > 6_000.0 else 0.0)
        assert abs(flyer.geodetic[2] - 9_000.0) < 3.0
    assert peak == pytest.approx(4.0 * 9.80665, rel=0.05)
    assert flyer.to_go_m < 1_500.0
    assert flyer.time_s > 1.02 * 55.5e3 / 250.0


def test_resting_on_the_goal_is_guarded() -> None:
    p = earth.geodetic_to_ecef(0.7, 0.5, 100.0)
    out = motion.fly_air(
        *p,
        0.0,
        0.0,
        0.0,
        *p,
        100.0,
        100.0,
        0.0,
        5.0,
        30.0,
        50.0,
        motion.STRAIGHT,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.25,
    )
    assert all(math.isfinite(v) for v in out)
    assert out[:3] == pytest.approx(p)
