"""What the air is like at a height: US Standard Atmosphere 1976, an exponential tail above it, and a steady
wind.

Heights are geometric, above sea level (the ellipsoid), in metres. Up to 86 km the tables of the standard are
met by its own formulas in geopotential height; above, temperature stays that of 86 km and the density falls
exponentially with 5.8 km, which stays within 15 % of the standard up to 120 km. Drag does not matter higher.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from parapet._jit import kernel

EARTH_RADIUS_STANDARD_M = 6_356_766.0
"""Effective earth radius of the standard, for geopotential height."""
GAS_CONSTANT = 8314.32 / 28.9644
"""Specific gas constant of dry air in the standard, J/(kg K)."""
HEAT_RATIO = 1.4
TOP_M = 86_000.0
"""Geometric height up to which the standard's layers are used."""
TAIL_SCALE_M = 5_800.0
_G0 = 9.80665
_GR = _G0 / GAS_CONSTANT
_SOUND = HEAT_RATIO * GAS_CONSTANT
_H_TOP = EARTH_RADIUS_STANDARD_M * TOP_M / (EARTH_RADIUS_STANDARD_M + TOP_M)

_BASES = (0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0, 51_000.0, 71_000.0, _H_TOP)
_LAPSES = (-0.0065, 0.0, 0.001, 0.0028, 0.0, -0.0028, -0.002)


def _layer_bases() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Temperature and pressure at the foot of every layer, carried up from sea level."""
    temperatures = [288.15]
    pressures = [101_325.0]
    for i, lapse in enumerate(_LAPSES):
        t = temperatures[-1]
        depth = _BASES[i + 1] - _BASES[i]
        if lapse == 0.0:
            pressures.append(pressures[-1] * math.exp(-_GR * depth / t))
            temperatures.append(t)
        else:
            top = t + lapse * depth
            pressures.append(pressures[-1] * (t / top) ** (_GR / lapse))
            temperatures.append(top)
    return tuple(temperatures), tuple(pressures)


_TEMPERATURES, _PRESSURES = _layer_bases()
_T7 = _TEMPERATURES[-1]
_D7 = _PRESSURES[-1] / (GAS_CONSTANT * _T7)


def layer_density_and_temperature(h_gp_m: float) -> tuple[float, float, float]:
    """Density, kg/m3, temperature, K, and fall of the density with height, kg/m4, by the formulas of the standard.

    ``h_gp_m`` is geopotential. From -5.25 km to the top of the layers; beyond them the nearest layer goes on.
    """
    i = 0
    while i < len(_LAPSES) - 1 and h_gp_m >= _BASES[i + 1]:
        i += 1
    base, lapse, t_base = _BASES[i], _LAPSES[i], _TEMPERATURES[i]
    rho_base = _PRESSURES[i] / (GAS_CONSTANT * t_base)
    if lapse == 0.0:
        rate = -_GR / t_base
        rho = rho_base * math.exp(rate * (h_gp_m - base))
        return rho, t_base, rho * rate
    t = t_base + lapse * (h_gp_m - base)
    power = -(1.0 + _GR / lapse)
    rho = rho_base * math.exp(power * math.log(t / t_base))
    return rho, t, rho * power * lapse / t


SEGMENT_M = 250.0
LOWEST_GP_M = -5_250.0


def _segments() -> NDArray[np.float64]:
    """(n, 6): density as a cubic in the share of a segment of ``SEGMENT_M``, temperature as a straight line.

    Every layer begins at a whole segment, so no cubic runs over a kink. Both ends of a segment are met in value and
    slope.
    """
    rows = []
    for k in range(math.ceil((_H_TOP - LOWEST_GP_M) / SEGMENT_M)):
        low = LOWEST_GP_M + k * SEGMENT_M
        rho_0, t_0, slope_0 = layer_density_and_temperature(low)
        # the upper end by the formula of this layer, not of the one that begins there
        rho_1, t_1, slope_1 = layer_density_and_temperature(math.nextafter(low + SEGMENT_M, low))
        d_0 = slope_0 * SEGMENT_M
        d_1 = slope_1 * SEGMENT_M
        rise = rho_1 - rho_0
        rows.append([rho_0, d_0, 3.0 * rise - 2.0 * d_0 - d_1, d_0 + d_1 - 2.0 * rise, t_0, t_1 - t_0])
    table = np.array(rows)
    table.setflags(write=False)
    return table


_SEGMENTS = _segments()
_N_SEGMENTS = len(_SEGMENTS)


@kernel
def density_and_temperature(h_m: float) -> tuple[float, float]:
    """Air density, kg/m3, and temperature, K, at a geometric height.

    Below -5 km the values of -5 km. Molecular-scale temperature, as the standard uses it for sound and
    density (it differs from the kinetic one by 0.04 % at 86 km). Density is read from cubics that follow the
    formulas of the standard to 2e-8: exponentials and logarithms here took a tenth of a battle.

    Source: US Standard Atmosphere 1976. Pinned by ``test_atmosphere.py`` (A1).
    """
    if h_m >= TOP_M:
        return _D7 * math.exp((TOP_M - h_m) / TAIL_SCALE_M), _T7
    h = h_m if h_m > -5_000.0 else -5_000.0
    place = (EARTH_RADIUS_STANDARD_M * h / (EARTH_RADIUS_STANDARD_M + h) - LOWEST_GP_M) / SEGMENT_M
    i = min(int(place), _N_SEGMENTS - 1)
    u = place - i
    row = _SEGMENTS[i]
    return row[0] + u * (row[1] + u * (row[2] + u * row[3])), row[4] + u * row[5]


@kernel
def density_and_sound(h_m: float) -> tuple[float, float]:
    """Air density, kg/m3, and speed of sound, m/s, at a geometric height (one call, for drag).

    Source: US Standard Atmosphere 1976. Pinned by ``test_atmosphere.py`` (A1).
    """
    rho, t = density_and_temperature(h_m)
    return rho, math.sqrt(_SOUND * t)


@kernel
def density_kgm3(h_m: float) -> float:
    """Air density at a geometric height, kg/m3. Pinned by ``test_atmosphere.py`` (A1)."""
    rho, _ = density_and_temperature(h_m)
    return rho


@kernel
def temperature_k(h_m: float) -> float:
    """Air temperature at a geometric height, K. Pinned by ``test_atmosphere.py`` (A1)."""
    _, t = density_and_temperature(h_m)
    return t


@kernel
def pressure_pa(h_m: float) -> float:
    """Air pressure at a geometric height, Pa. Pinned by ``test_atmosphere.py`` (A1)."""
    rho, t = density_and_temperature(h_m)
    return rho * GAS_CONSTANT * t


@kernel
def speed_of_sound_mps(h_m: float) -> float:
    """Speed of sound at a geometric height, m/s. Pinned by ``test_atmosphere.py`` (A1)."""
    _, t = density_and_temperature(h_m)
    return math.sqrt(_SOUND * t)


@kernel
def geometric_height_m(h_geopotential_m: float) -> float:
    """Geometric height of a geopotential height, m (the standard's tables speak of the latter)."""
    return EARTH_RADIUS_STANDARD_M * h_geopotential_m / (EARTH_RADIUS_STANDARD_M - h_geopotential_m)


@kernel
def wind_mps(
    h_m: float,
    altitudes_m: NDArray[np.float64],
    easts_mps: NDArray[np.float64],
    norths_mps: NDArray[np.float64],
) -> tuple[float, float]:
    """Steady wind at a height: the parts blowing towards east and towards north, m/s.

    Linear between the heights of the profile, constant beyond its ends, calm when the profile is empty.

    Parameters
    ----------
    h_m : float
        Height above sea level, m.
    altitudes_m, easts_mps, norths_mps : 1-D arrays of equal length
        The profile, heights rising.
    """
    n = altitudes_m.shape[0]
    if n == 0:
        return 0.0, 0.0
    if h_m <= altitudes_m[0]:
        return easts_mps[0], norths_mps[0]
    for i in range(1, n):
        if h_m < altitudes_m[i]:
            depth_m = altitudes_m[i] - altitudes_m[i - 1]
            part = (h_m - altitudes_m[i - 1]) / depth_m if depth_m > 0.0 else 1.0
            return (
                easts_mps[i - 1] + part * (easts_mps[i] - easts_mps[i - 1]),
                norths_mps[i - 1] + part * (norths_mps[i] - norths_mps[i - 1]),
            )
    return easts_mps[n - 1], norths_mps[n - 1]
