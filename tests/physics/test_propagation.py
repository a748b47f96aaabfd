"""Propagation against published tables and numerical integration."""

from __future__ import annotations

import math

import pytest
from scipy.integrate import quad

from parapet.physics import propagation as prop

RE = prop.EFFECTIVE_RADIUS_M


def ratio(level_db: float) -> float:
    return float(10 ** (level_db / 10))


def constant(
    f_ghz: float,
    peak_w: float,
    pulse_us: float,
    gain_db: float = 20.0,
    ts: float = 290.0,
    loss_db: float = 0.0,
):  # type: ignore[no-untyped-def]
    return prop.radar_constant(
        peak_w,
        pulse_us * 1e-6,
        ratio(gain_db),
        ratio(gain_db),
        299792458.0 / (f_ghz * 1e9),
        ts,
        ratio(loss_db),
    )


def test_range_equation() -> None:
    """R1."""
    assert prop.radar_range_m(constant(10, 1e6, 10), 1.0, ratio(6)) == pytest.approx(4.1057e4, rel=2e-4)
    assert prop.radar_range_m(constant(10, 1e6, 10, 40, 290, 3), 0.1, ratio(6)) == pytest.approx(
        1.9426e5, rel=2e-4
    )
    for case, rcs, snr_db, peak_w in [
        (constant(1, 1.0, 1), 1.0, 6.0, 2.1996e5),
        (constant(10, 1.0, 1, 30, 300, 3), 0.5, 10.0, 2.2809e6),
    ]:
        assert ratio(snr_db) / prop.radar_snr(case, rcs, 50e3) == pytest.approx(peak_w, rel=2e-4)
    assert prop.radar_range_m(1.0, 1.0, 0.0) == math.inf


def test_elevation_and_height() -> None:
    """R6."""
    assert prop.target_height_m(300e3, 10.0, math.radians(0.5), 8.4774e6) == pytest.approx(7932.5, rel=2e-4)
    elevation = prop.apparent_elevation_rad(300e3, 10.0, 8000.0, 8.4774e6)
    assert math.degrees(elevation) == pytest.approx(0.5129, rel=2e-4)
    for h in (0.0, 50.0, 12e3, 400e3):
        back = prop.target_height_m(500e3, 30.0, prop.apparent_elevation_rad(500e3, 30.0, h, RE), RE)
        assert back == pytest.approx(h, abs=1e-4)


@pytest.mark.parametrize(
    ("h_radar", "h_target", "range_km"),
    [(10, 10, 26.07), (10, 30, 35.61), (10, 100, 54.25), (10, 1000, 143.38), (24, 10, 33.23),
     (24, 100, 61.41), (39, 30, 48.32)],
)  # fmt: skip
def test_horizon(h_radar: float, h_target: float, range_km: float) -> None:
    """R7."""
    assert prop.horizon_range_m(float(h_radar), float(h_target), RE) / 1e3 == pytest.approx(range_km, abs=0.1)
    assert prop.is_above_horizon(range_km * 990.0, float(h_radar), float(h_target), RE)
    assert not prop.is_above_horizon(range_km * 1010.0, float(h_radar), float(h_target), RE)
    assert not prop.is_above_horizon(10.0, float(h_radar), -1.0, RE)


def test_clearance_vanishes_at_the_horizon() -> None:
    horizon = prop.horizon_range_m(24.0, 500.0, RE)
    assert prop.ray_clearance_m(horizon, 24.0, 500.0, RE) == pytest.approx(0.0, abs=1e-3)
    assert prop.ray_clearance_m(1.1 * horizon, 24.0, 500.0, RE) < 0.0
    assert prop.ray_clearance_m(5e3, 24.0, 500.0, RE) == 24.0
    assert prop.ray_clearance_m(5e3, 500.0, 24.0, RE) == 24.0


def test_grazing() -> None:
    """Flat-earth limit close in, zero at the horizon."""
    assert prop.grazing_angle_rad(1000.0, 100.0, RE) == pytest.approx(math.asin(0.1), rel=2e-3)
    assert prop.grazing_angle_rad(prop.horizon_range_m(100.0, 0.0, RE), 100.0, RE) == pytest.approx(
        0.0, abs=1e-9
    )
    assert prop.grazing_angle_rad(2e5, 100.0, RE) == 0.0


@pytest.mark.parametrize(
    ("f_ghz", "dbpkm"), [(3, 0.007538753), (5, 0.008713885), (10, 0.014199), (20, 0.10893)]
)
def test_gas(f_ghz: float, dbpkm: float) -> None:
    """R8, the tolerance of a simplified fit."""
    assert prop.gas_attenuation_dbpkm(f_ghz * 1e9) == pytest.approx(dbpkm, rel=0.15)


def along_path(attenuation: float, scale_m: float, h_radar: float, h_target: float, slant: float) -> float:
    sine = math.sin(prop.apparent_elevation_rad(slant, h_radar, h_target, RE))

    def density(s: float) -> float:
        base = RE + h_radar
        return math.exp(-(math.sqrt(base * base + s * s + 2 * base * s * sine) - RE) / scale_m)

    return 2e-3 * attenuation * float(quad(density, 0.0, slant, limit=200)[0])


@pytest.mark.parametrize(
    ("h_radar", "h_target", "slant"),
    [(10.0, 9e3, 390e3), (860.0, 15.0, 30e3), (24.0, 10e3, 150e3), (24.0, 10e3, 60e3), (24.0, 10e3, 12e3),
     (900.0, 80e3, 200e3), (900.0, 100e3, 900e3), (10.0, 20e3, 100e3), (9e3, 10.0, 390e3), (10.0, 10.0, 20e3),
     (900.0, 20e3, 60e3), (900.0, 20e3, 40e3)],
)  # fmt: skip
def test_gas_path(h_radar: float, h_target: float, slant: float) -> None:
    attenuation, scale_m = prop.gas_attenuation_dbpkm(9.5e9), prop.gas_scale_height_m(9.5e9)
    expected = along_path(attenuation, scale_m, h_radar, h_target, slant)
    assert prop.gas_loss_db(attenuation, scale_m, h_radar, h_target, slant, RE) == pytest.approx(
        expected, rel=0.01
    )
    assert prop.two_way_gas_loss_db(9.5e9, h_radar, h_target, slant) == pytest.approx(expected, rel=0.01)
    assert prop.gas_loss_db(attenuation, scale_m, h_radar, h_target, 0.0, RE) == 0.0


def test_gas_straight_up() -> None:
    """All of the air once up and once down: 2 (6 km x oxygen + 2 km x vapour)."""
    f = 9.5e9
    expected = 2 * (6 * prop.oxygen_attenuation_dbpkm(f) + 2 * prop.vapour_attenuation_dbpkm(f, 7.5))
    assert prop.two_way_gas_loss_db(f, 0.0, 200e3, 200e3) == pytest.approx(expected, rel=1e-6)


def test_two_rays() -> None:
    """R9: nulls and maxima over a flat, perfect reflector."""
    wavelength = 299792458.0 / 3e9
    for null in (99.93, 199.86, 299.79):
        around = [prop.two_ray_factor4(wavelength, 10.0, null + off, 20e3) for off in (-0.5, 0.0, 0.5)]
        assert around[1] < 1e-4 and around[0] > around[1] < around[2]
    for top in (49.97, 149.90):
        assert prop.two_ray_factor4(wavelength, 10.0, top, 20e3) == pytest.approx(16.0, abs=1e-4)
