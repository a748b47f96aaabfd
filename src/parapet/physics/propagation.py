"""The way of the wave: horizon and elevation over a refracting earth, loss in the air, range equation.

Refraction is an effective earth radius, 4/3 of the mean one by default. That is right for targets inside the
atmosphere; above about 20 km it bends too far, and the horizon of a target at 300 km height comes out some 15
% too distant. Heights of the horizon kernels are above the smooth ground surface, those of the gas kernels
above the sea.
"""

from __future__ import annotations

import math

from parapet._jit import kernel
from parapet.physics.earth import MEAN_RADIUS_M

LIGHT_MPS = 299_792_458.0
BOLTZMANN_JPK = 1.380649e-23
EFFECTIVE_RADIUS_M = MEAN_RADIUS_M * 4.0 / 3.0
"""Default effective earth radius."""
OXYGEN_SCALE_HEIGHT_M = 6_000.0
VAPOUR_SCALE_HEIGHT_M = 2_000.0
VAPOUR_DENSITY_GPM3 = 7.5
"""Water vapour at sea level in the reference atmosphere of ITU-R."""
_STEEP = 0.4


@kernel
def horizon_range_m(h_radar_m: float, h_target_m: float, effective_radius_m: float) -> float:
    """Slant range at which the line of sight between two heights grazes the smooth ground.

    Parameters
    ----------
    h_radar_m, h_target_m : above the ground surface; below 0 counts as 0.
    effective_radius_m : `EFFECTIVE_RADIUS_M` for 4/3.

    Sum of two tangents. Source: Skolnik, Introduction to Radar Systems. Pinned by
    ``test_propagation.test_horizon`` (R7).
    """
    a = max(h_radar_m, 0.0)
    b = max(h_target_m, 0.0)
    return math.sqrt(a * (2.0 * effective_radius_m + a)) + math.sqrt(b * (2.0 * effective_radius_m + b))


@kernel
def is_above_horizon(
    slant_range_m: float, h_radar_m: float, h_target_m: float, effective_radius_m: float
) -> bool:
    """Whether two points see each other over the smooth ground; a point under the ground sees nothing.

    Pinned by ``test_propagation.test_horizon`` (R7).
    """
    if h_radar_m < 0.0 or h_target_m < 0.0:
        return False
    return slant_range_m <= horizon_range_m(h_radar_m, h_target_m, effective_radius_m)


@kernel
def apparent_elevation_rad(
    slant_range_m: float, h_radar_m: float, h_target_m: float, effective_radius_m: float
) -> float:
    """Elevation at which a radar sees a target, refraction in.

    A range below 1 m counts as 1 m; heights that the range cannot bridge give straight up or down. Pinned by
    ``test_propagation.test_elevation_and_height`` (R6).
    """
    r = max(slant_range_m, 1.0)
    base = effective_radius_m + h_radar_m
    rise = h_target_m - h_radar_m
    sine = (rise * (2.0 * base + rise) - r * r) / (2.0 * r * base)
    return math.asin(min(max(sine, -1.0), 1.0))


@kernel
def target_height_m(
    slant_range_m: float, h_radar_m: float, elevation_rad: float, effective_radius_m: float
) -> float:
    """Height of a target seen at a range and an apparent elevation: the inverse of `apparent_elevation_rad`.

    Pinned by ``test_propagation.test_elevation_and_height`` (R6).
    """
    base = effective_radius_m + h_radar_m
    extra = slant_range_m * (slant_range_m + 2.0 * base * math.sin(elevation_rad))
    return h_radar_m + extra / (math.sqrt(max(base * base + extra, 0.0)) + base)


@kernel
def ray_clearance_m(
    slant_range_m: float, h_radar_m: float, h_target_m: float, effective_radius_m: float
) -> float:
    """Least height of the line of sight above the smooth ground; negative below the horizon.

    The least is at the lower end unless the ray dips between the two. Pinned by
    ``test_propagation.test_clearance_vanishes_at_the_horizon``.
    """
    r = max(slant_range_m, 1.0)
    base = effective_radius_m + h_radar_m
    sine = math.sin(apparent_elevation_rad(r, h_radar_m, h_target_m, effective_radius_m))
    along = -base * sine
    if along <= 0.0:
        return h_radar_m
    if along >= r:
        return h_target_m
    return base * math.sqrt(max(1.0 - sine * sine, 0.0)) - effective_radius_m


@kernel
def grazing_angle_rad(slant_range_m: float, h_radar_m: float, effective_radius_m: float) -> float:
    """Angle between the ray and the smooth ground where a beam meets the ground at a given range.

    Beyond the radar's horizon: 0. Source: Skolnik, Radar Handbook. Pinned by
    ``test_propagation.test_grazing``.
    """
    r = max(slant_range_m, 1.0)
    sine = (h_radar_m * (2.0 * effective_radius_m + h_radar_m) - r * r) / (2.0 * r * effective_radius_m)
    return math.asin(min(max(sine, 0.0), 1.0))


@kernel
def oxygen_attenuation_dbpkm(frequency_hz: float) -> float:
    """One-way attenuation by oxygen at sea level, 15 deg C, dB/km; 0.1 to 40 GHz.

    Source: Recommendation ITU-R P.676 (early simplified form). Pinned by ``test_propagation.test_gas`` (R8).
    """
    f = frequency_hz * 1e-9
    f2 = f * f
    off = f - 57.0
    return (7.27 / (f2 + 0.351) + 7.5 / (off * off + 2.44)) * f2 * 1e-3


@kernel
def vapour_attenuation_dbpkm(frequency_hz: float, vapour_gpm3: float) -> float:
    """One-way attenuation by water vapour at sea level, 15 deg C, dB/km; 0.1 to 40 GHz.

    Source: Recommendation ITU-R P.676 (early simplified form). Pinned by ``test_propagation.test_gas`` (R8).
    """
    f = frequency_hz * 1e-9
    off = f - 22.235
    far = f - 183.31
    line = 3.79 / (off * off + 9.81) + 11.73 / (far * far + 11.85)
    return (0.0327 + 1.67e-3 * vapour_gpm3 + 7.7e-4 * math.sqrt(f) + line) * f * f * vapour_gpm3 * 1e-4


@kernel
def gas_attenuation_dbpkm(frequency_hz: float) -> float:
    """One-way attenuation by air with 7.5 g/m3 of vapour at sea level, 15 deg C, dB/km; 0.1 to 40 GHz.

    Within 15 % of the line-by-line model. Pinned by ``test_propagation.test_gas`` (R8).
    """
    return oxygen_attenuation_dbpkm(frequency_hz) + vapour_attenuation_dbpkm(
        frequency_hz, VAPOUR_DENSITY_GPM3
    )


@kernel
def gas_scale_height_m(frequency_hz: float) -> float:
    """The one scale height that gives the same loss straight up as oxygen (6 km) and vapour (2 km) apart.

    Pinned by ``test_propagation.test_gas_straight_up``.
    """
    oxygen = oxygen_attenuation_dbpkm(frequency_hz)
    vapour = vapour_attenuation_dbpkm(frequency_hz, VAPOUR_DENSITY_GPM3)
    return (oxygen * OXYGEN_SCALE_HEIGHT_M + vapour * VAPOUR_SCALE_HEIGHT_M) / max(oxygen + vapour, 1e-30)


@kernel
def _scaled_erfc(x: float) -> float:
    """exp(x^2) erfc(x) for x >= 0, to 5e-7: a polynomial of degree eight in 1 / (1 + x / 2), fitted here."""
    t = 1.0 / (1.0 + 0.5 * x)
    inner = ((-0.0438688098 * t + 0.220996652) * t - 0.377234138) * t + 0.17633671
    inner = ((inner * t + 0.0277669206) * t + 0.185734561) * t + 0.246054791
    return t * ((inner * t + 0.282119075) * t + 0.282094669)


@kernel
def gas_loss_db(
    attenuation_dbpkm: float, scale_height_m: float, h_radar_m: float, h_target_m: float,
    slant_range_m: float, effective_radius_m: float,
) -> float:  # fmt: skip
    """Two-way loss in the air along a path through an exponential atmosphere over a curved earth, dB.

    Parameters
    ----------
    attenuation_dbpkm, scale_height_m : `gas_attenuation_dbpkm` and `gas_scale_height_m` of the radar's
        frequency,
        worked out once.
    h_radar_m, h_target_m : above the sea; below 0 counts as 0.
    slant_range_m : 0 gives 0.

    Height along the path is a parabola (the chord and the sag of the curved earth), and the integral of its
    exponential is closed: error functions, the chord alone for paths steeper than 24 deg. Agrees with
    numerical integration along the exact path to 1 %. Pinned by ``test_propagation.test_gas_path``.
    """
    if slant_range_m <= 1.0:
        return 0.0
    low_m = max(min(h_radar_m, h_target_m), 0.0)
    high_m = max(h_radar_m, h_target_m, 0.0)
    rate = 2e-3 * attenuation_dbpkm
    slope = (high_m - low_m) / slant_range_m
    if slope > _STEEP:
        thinning = math.exp(-low_m / scale_height_m) - math.exp(-high_m / scale_height_m)
        return rate * scale_height_m * thinning / slope
    bend = 0.5 * (1.0 - slope * slope) / effective_radius_m
    lowest_m = 0.5 * (slant_range_m - slope / bend)
    width = math.sqrt(bend / scale_height_m)
    near = -lowest_m * width
    air_low = math.exp(-low_m / scale_height_m)
    span = -math.exp(-high_m / scale_height_m) * _scaled_erfc((slant_range_m - lowest_m) * width)
    if near >= 0.0:
        span += air_low * _scaled_erfc(near)
    else:
        span += 2.0 * air_low * math.exp(near * near) - air_low * _scaled_erfc(-near)
    return rate * 0.5 * math.sqrt(math.pi) / width * span


@kernel
def two_way_gas_loss_db(
    frequency_hz: float, h_radar_m: float, h_target_m: float, slant_range_m: float
) -> float:
    """Two-way loss in the air, dB, straight from the frequency, over a 4/3 earth. See `gas_loss_db`.

    Pinned by ``test_propagation.test_gas_path``.
    """
    return gas_loss_db(
        gas_attenuation_dbpkm(frequency_hz), gas_scale_height_m(frequency_hz), h_radar_m, h_target_m,
        slant_range_m, EFFECTIVE_RADIUS_M,
    )  # fmt: skip


@kernel
def air_of(
    frequency_hz: float, h_radar_m: float, h_target_m: float, slant_range_m: float
) -> tuple[float, float, float]:
    """What a radar's looks need of the air, once: attenuation at the sea, dB/km, its scale height, m, and the two-way
    loss of one path as a ratio, 1 or more."""
    loss_db = two_way_gas_loss_db(frequency_hz, h_radar_m, h_target_m, slant_range_m)
    return (
        gas_attenuation_dbpkm(frequency_hz),
        gas_scale_height_m(frequency_hz),
        math.exp(loss_db * math.log(10.0) / 10.0),
    )


@kernel
def two_ray_factor4(wavelength_m: float, h_radar_m: float, h_target_m: float, range_m: float) -> float:
    """Fourth power of the propagation factor over a flat, perfect reflector, 0 to 16.

    Phase reversed at the reflection. Not yet in the chain. Source: Skolnik, Radar Handbook. Pinned by
    ``test_propagation.test_two_rays`` (R9).
    """
    sine = math.sin(2.0 * math.pi * h_radar_m * h_target_m / max(wavelength_m * range_m, 1e-9))
    square = 4.0 * sine * sine
    return square * square


@kernel
def radar_constant(
    peak_power_w: float, pulse_s: float, gain_transmit: float, gain_receive: float, wavelength_m: float,
    temperature_k: float, loss: float,
) -> float:  # fmt: skip
    """Signal-to-noise ratio of 1 m2 at 1 m: what the range equation holds besides signature and range.

    Parameters
    ----------
    gain_transmit, gain_receive, loss : plain ratios.

    Source: the radar range equation for a matched filter. Pinned by ``test_propagation.test_range_equation``
    (R1).
    """
    spread = 4.0 * math.pi * 4.0 * math.pi * 4.0 * math.pi
    above = peak_power_w * pulse_s * gain_transmit * gain_receive * wavelength_m * wavelength_m
    return above / max(spread * BOLTZMANN_JPK * temperature_k * loss, 1e-300)


@kernel
def radar_snr(constant: float, rcs_m2: float, range_m: float) -> float:
    """Signal-to-noise ratio of one pulse: `radar_constant` x signature / range^4. Pinned by R1."""
    r2 = max(range_m, 1.0) * max(range_m, 1.0)
    return constant * rcs_m2 / (r2 * r2)


@kernel
def radar_range_m(constant: float, rcs_m2: float, snr: float) -> float:
    """Range at which one pulse has a given ratio; a ratio of 0 gives infinity. Pinned by R1."""
    if snr <= 0.0:
        return math.inf
    return math.sqrt(math.sqrt(max(constant * rcs_m2, 0.0) / snr))
