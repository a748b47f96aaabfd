"""Many looks of one radar at one flight, each by the kernels that the battle uses."""

from __future__ import annotations

import math
from typing import Any

from parapet._jit import kernel
from parapet.physics.detection import off_boresight_loss_db, snr_from_reference
from parapet.physics.earth import ecef_to_enu, height_m, up_and_height
from parapet.physics.propagation import apparent_elevation_rad, gas_loss_db, is_above_horizon
from parapet.physics.signature import cos_aspect, signature_m2

BEYOND_INSTRUMENTED = 1
BELOW_HORIZON = 2
OUTSIDE_COVERAGE = 4

COL_SNR = 0
"""Signal-to-noise ratio of 1 m2 at that place, whether or not anything hides it."""
COL_RANGE = 1
COL_AZIMUTH = 2
"""Of the radar seen from the aircraft: off the nose, to the right positive."""
COL_ELEVATION = 3
"""Of the radar seen from the aircraft: above its wings positive."""
COL_RCS = 4
"""Low, nominal and high signature at that aspect: columns 4, 5, 6."""
N_COLUMNS = 7


@kernel
def look_many(
    flight: Any, site: Any, rotation: Any, antenna_m: float, ground_m: float, earth_radius_m: float,
    range_min_m: float, range_max_m: float, modes: Any, reference_snr: float, gas_dbpkm: float,
    gas_scale_m: float, beam_rad: float, boresight_rad: float, half_sector_rad: float, exponent: float,
    sides_m2: Any, hidden: Any, out: Any,
) -> None:  # fmt: skip
    """Fill ``hidden`` (bits, see above) and ``out`` (columns, see above), one row for each look.

    Parameters
    ----------
    flight : (looks, 6) ECEF position and velocity. site : (3,) ECEF of the antenna. rotation : (9,) to its ENU.
    antenna_m : above the ground. ground_m : above the sea. earth_radius_m : effective.
    modes : (modes, 5) published range, its signature, lowest and highest elevation, gas loss at that point (dB).
    half_sector_rad : pi or more for a radar that turns.
    sides_m2 : (3, 3) low, nominal, high by front, side, rear.

    Pinned by ``test_exposure.test_looks_are_the_battles`` and ``test_looks_are_those_of_the_claims``.
    """
    for k in range(flight.shape[0]):
        x, y, z = flight[k, 0], flight[k, 1], flight[k, 2]
        vx, vy, vz = flight[k, 3], flight[k, 4], flight[k, 5]
        east, north, up = ecef_to_enu(
            x - site[0], y - site[1], z - site[2], rotation[0], rotation[1], rotation[2], rotation[3],
            rotation[4], rotation[5], rotation[6], rotation[7], rotation[8],
        )  # fmt: skip
        slant_m = max(math.sqrt(east * east + north * north + up * up), 1e-3)
        sea_m = height_m(x, y, z)
        bits = 0
        if slant_m > range_max_m:
            bits |= BEYOND_INSTRUMENTED
        if not is_above_horizon(slant_m, antenna_m, sea_m - ground_m, earth_radius_m):
            bits |= BELOW_HORIZON
        elevation = apparent_elevation_rad(slant_m, antenna_m, sea_m - ground_m, earth_radius_m)
        off = abs(math.atan2(east, north) - boresight_rad) % (2.0 * math.pi)
        off = min(off, 2.0 * math.pi - off)
        loss_db = gas_loss_db(gas_dbpkm, gas_scale_m, antenna_m + ground_m, sea_m, slant_m, earth_radius_m)
        if half_sector_rad < math.pi:
            loss_db += off_boresight_loss_db(math.cos(min(off, half_sector_rad)), exponent)
        best = 0.0
        is_lit = False
        for m in range(modes.shape[0]):
            in_mode = modes[m, 2] - 0.5 * beam_rad <= elevation <= modes[m, 3]
            if in_mode or (m == 0 and not is_lit):
                level = snr_from_reference(
                    slant_m, 1.0, modes[m, 0], modes[m, 1], reference_snr, loss_db - modes[m, 4]
                )
                if in_mode and not is_lit:
                    best = 0.0  # the first mode was only a stand-in
                best = max(best, level)
                is_lit = is_lit or in_mode
        if not is_lit or off > half_sector_rad or slant_m < range_min_m:
            bits |= OUTSIDE_COVERAGE
        hidden[k] = bits
        cosine = cos_aspect(x, y, z, vx, vy, vz, site[0], site[1], site[2])
        out[k, 0] = best
        out[k, 1] = slant_m
        for level_row in range(3):
            out[k, 4 + level_row] = signature_m2(
                cosine, sides_m2[level_row, 0], sides_m2[level_row, 1], sides_m2[level_row, 2]
            )
        # Wings level: up of the body is the vertical without its part along the nose.
        speed = max(math.sqrt(vx * vx + vy * vy + vz * vz), 1e-9)
        fx, fy, fz = vx / speed, vy / speed, vz / speed
        nx, ny, nz, _ = up_and_height(x, y, z)
        along = nx * fx + ny * fy + nz * fz
        ux, uy, uz = nx - along * fx, ny - along * fy, nz - along * fz
        length = max(math.sqrt(ux * ux + uy * uy + uz * uz), 1e-9)
        ux, uy, uz = ux / length, uy / length, uz / length
        rx, ry, rz = fy * uz - fz * uy, fz * ux - fx * uz, fx * uy - fy * ux
        dx, dy, dz = (site[0] - x) / slant_m, (site[1] - y) / slant_m, (site[2] - z) / slant_m
        out[k, 2] = math.atan2(dx * rx + dy * ry + dz * rz, dx * fx + dy * fy + dz * fz)
        out[k, 3] = math.asin(min(max(dx * ux + dy * uy + dz * uz, -1.0), 1.0))
