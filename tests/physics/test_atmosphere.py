"""The air: the tables of the US Standard Atmosphere 1976."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from parapet.physics import atmosphere

TABLE = [
    (0.0, 288.15, 1013.25, 1.2250),
    (11_000.0, 216.65, 226.32, 0.36392),
    (20_000.0, 216.65, 54.748, 0.088035),
    (32_000.0, 228.65, 8.6801, 0.013225),
    (47_000.0, 270.65, 1.1090, 1.4275e-3),
    (71_000.0, 214.65, 0.039564, 6.4211e-5),
]


@pytest.mark.parametrize(("h_geopotential_m", "t_k", "p_mbar", "rho"), TABLE)
def test_standard_at_its_layer_bases(h_geopotential_m: float, t_k: float, p_mbar: float, rho: float) -> None:
    """A1: geopotential base heights."""
    h = atmosphere.geometric_height_m(h_geopotential_m)
    assert atmosphere.temperature_k(h) == pytest.approx(t_k, rel=1e-4)
    assert atmosphere.pressure_pa(h) == pytest.approx(p_mbar * 100.0, rel=1e-4)
    assert atmosphere.density_kgm3(h) == pytest.approx(rho, rel=1e-4)


def test_standard_at_geometric_10_km() -> None:
    """A1: geometric 10 km."""
    assert atmosphere.temperature_k(10_000.0) == pytest.approx(223.252, rel=2e-4)
    assert atmosphere.pressure_pa(10_000.0) == pytest.approx(26499.9, rel=2e-4)
    assert atmosphere.density_kgm3(10_000.0) == pytest.approx(0.413510, rel=2e-4)


def test_cubics_follow_the_formulas_of_the_standard() -> None:
    top = atmosphere.TOP_M * atmosphere.EARTH_RADIUS_STANDARD_M / (atmosphere.EARTH_RADIUS_STANDARD_M + atmosphere.TOP_M)
    for h_gp_m in np.linspace(-4_900.0, top - 0.1, 3_001):
        rho, t_k, _ = atmosphere.layer_density_and_temperature(float(h_gp_m))
        found = atmosphere.density_and_temperature(atmosphere.geometric_height_m(float(h_gp_m)))
        assert found == pytest.approx((rho, t_k), rel=2e-8)


def test_sound() -> None:
    """The standard's speed of sound: 340.294 m/s at sea level, 295.069 in the tropopause, 299.53 at 10 km."""
    assert atmosphere.speed_of_sound_mps(0.0) == pytest.approx(340.294, abs=1e-3)
    assert atmosphere.speed_of_sound_mps(15_000.0) == pytest.approx(295.069, abs=1e-3)
    assert atmosphere.density_and_sound(10_000.0)[1] == pytest.approx(299.532, abs=1e-2)


def test_tail_above_86_km() -> None:
    """The standard's own densities at 100 and 120 km within 15 %, and never rising; no jump at 86 km."""
    assert atmosphere.density_kgm3(86_000.0) == pytest.approx(6.958e-6, rel=2e-3)
    assert atmosphere.density_kgm3(100_000.0) == pytest.approx(5.604e-7, rel=0.15)
    assert atmosphere.density_kgm3(120_000.0) == pytest.approx(2.222e-8, rel=0.15)
    assert atmosphere.density_kgm3(85_999.999) == pytest.approx(atmosphere.density_kgm3(86_000.0), rel=1e-5)
    heights = np.linspace(-4_000.0, 400_000.0, 2_000)
    rho = [atmosphere.density_kgm3(float(h)) for h in heights]
    assert all(b < a for a, b in itertools.pairwise(rho))
    assert math.isfinite(atmosphere.density_kgm3(-1e6))
    assert atmosphere.density_kgm3(5e6) >= 0.0


def test_wind_profile() -> None:
    altitudes = np.array([0.0, 1_000.0, 10_000.0])
    east = np.array([2.0, 4.0, 40.0])
    north = np.array([0.0, -2.0, -20.0])
    assert atmosphere.wind_mps(-50.0, altitudes, east, north) == (2.0, 0.0)
    assert atmosphere.wind_mps(500.0, altitudes, east, north) == pytest.approx((3.0, -1.0))
    assert atmosphere.wind_mps(5_500.0, altitudes, east, north) == pytest.approx((22.0, -11.0))
    assert atmosphere.wind_mps(20_000.0, altitudes, east, north) == (40.0, -20.0)
    empty = np.empty(0)
    assert atmosphere.wind_mps(5_500.0, empty, empty, empty) == (0.0, 0.0)
