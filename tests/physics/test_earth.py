"""The earth: published WGS-84 numbers, round trips, geodesics of an independent library."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parapet.physics import earth


def test_geodetic_to_ecef_published() -> None:
    """A2: (42, -82, 200)."""
    x, y, z = earth.geodetic_to_ecef(math.radians(42.0), math.radians(-82.0), 200.0)
    assert (x, y, z) == pytest.approx((660675.2518247, -4700948.68316, 4245737.66222), abs=1e-4)


def test_enu_zermatt_matterhorn() -> None:
    """A2: the Matterhorn seen from Zermatt."""
    lat, lon = math.radians(46.017), math.radians(7.750)
    origin = earth.geodetic_to_ecef(lat, lon, 1673.0)
    top = earth.geodetic_to_ecef(math.radians(45.976), math.radians(7.658), 4531.0)
    rotation = earth.enu_rotation(lat, lon)
    delta = [b - a for a, b in zip(origin, top, strict=True)]
    enu = earth.ecef_to_enu(*delta, *rotation)
    assert enu == pytest.approx((-7134.8, -4556.3, 2852.4), abs=0.1)
    assert earth.enu_to_ecef(*enu, *rotation) == pytest.approx(delta, abs=1e-6)


def test_round_trip() -> None:
    """Back to the same place within 1e-4 m, from -10 km to 2,000 km, poles and date line included."""
    rng = np.random.default_rng(3)
    lats = np.concatenate(
        [np.degrees(np.arcsin(rng.uniform(-1, 1, 300))), [90.0, -90.0, 0.0, 45.0, 89.99999]]
    )
    for lat_deg in lats:
        lat, lon = math.radians(lat_deg), math.radians(rng.uniform(-180.0, 180.0))
        for h in (-10_000.0, 0.0, 9_000.0, 86_000.0, 500_000.0, 2_000_000.0):
            p = earth.geodetic_to_ecef(lat, lon, h)
            lat2, lon2, h2 = earth.ecef_to_geodetic(*p)
            assert abs(h2 - h) < 1e-4
            assert abs(earth.height_m(*p) - h) < 1e-4
            if h <= 86_000.0:
                assert -0.1 < earth.drag_height_m(*p) - h < 0.6
            assert abs(lat2 - lat) * (6.4e6 + h) < 1e-4
            if abs(lat_deg) < 89.9:
                assert abs(lon2 - lon) * 6.4e6 < 1e-4
            ux, uy, uz, h3 = earth.up_and_height(*p)
            assert abs(h3 - h) < 1e-4
            assert (ux, uy, uz) == pytest.approx(earth.enu_rotation(lat, lon)[6:], abs=2e-8)


def test_geodesic_jfk_lhr() -> None:
    """A3: the geodesic library that lays the legs of routes."""
    from geographiclib.geodesic import Geodesic

    answer = Geodesic.WGS84.Inverse(40.6, -73.8, 51.6, -0.5)
    assert answer["s12"] == pytest.approx(5551759.400, abs=1e-2)


def test_constants() -> None:
    """WGS-84: polar radius and first eccentricity squared as published."""
    assert pytest.approx(6_356_752.314245, abs=1e-6) == earth.SEMI_MINOR_M
    assert pytest.approx(6.69437999014e-3, abs=1e-13) == earth.ECCENTRICITY_2


def test_gravity_is_normal_gravity() -> None:
    """Gravitation plus centrifugal is WGS-84 normal gravity at equator and pole (J2 only: 2e-5)."""
    ax, ay, az = earth.rotating_acceleration(earth.SEMI_MAJOR_M, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert -ax == pytest.approx(9.7803253359, rel=2e-5)
    assert (ay, az) == (0.0, 0.0)
    ax, ay, az = earth.rotating_acceleration(0.0, 0.0, earth.SEMI_MINOR_M, 0.0, 0.0, 0.0)
    assert -az == pytest.approx(9.8321849378, rel=2e-5)


def test_gravity_is_the_gradient_of_its_potential() -> None:
    """The components agree with the numerical gradient of mu/r (1 - J2 (a/r)^2 P2(sin lat))."""

    def potential(x: float, y: float, z: float) -> float:
        r = math.sqrt(x * x + y * y + z * z)
        p2 = 0.5 * (3.0 * (z / r) ** 2 - 1.0)
        return earth.MU_M3PS2 / r * (1.0 - earth.J2 * (earth.SEMI_MAJOR_M / r) ** 2 * p2)

    p = (4.1e6, 2.2e6, 4.6e6)
    g = earth.gravity_j2(*p)
    for i in range(3):
        up, down = list(p), list(p)
        up[i] += 100.0
        down[i] -= 100.0
        assert g[i] == pytest.approx((potential(*up) - potential(*down)) / 200.0, rel=1e-6)


def test_coriolis_turns_right_in_the_north() -> None:
    """A body moving north at 45 N is pushed east by 2 omega v sin(lat)."""
    lat = math.radians(45.0)
    rotation = earth.enu_rotation(lat, 0.3)
    p = earth.geodetic_to_ecef(lat, 0.3, 0.0)
    v = earth.enu_to_ecef(0.0, 100.0, 0.0, *rotation)
    moving = earth.rotating_acceleration(*p, *v)
    still = earth.rotating_acceleration(*p, 0.0, 0.0, 0.0)
    enu = earth.ecef_to_enu(*[a - b for a, b in zip(moving, still, strict=True)], *rotation)
    assert enu == pytest.approx((2.0 * 7.292115e-5 * 100.0 * math.sin(lat), 0.0, 0.0), abs=1e-9)


def test_centre_of_the_earth_is_guarded() -> None:
    assert earth.gravity_j2(0.0, 0.0, 0.0) == (0.0, 0.0, 0.0)
    assert earth.height_m(0.0, 0.0, 0.0) == -earth.SEMI_MAJOR_M
    assert all(math.isfinite(v) for v in earth.ecef_to_geodetic(0.0, 0.0, 0.0))
