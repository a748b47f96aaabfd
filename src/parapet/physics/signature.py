"""How large a threat looks: radar cross-section by aspect, from three figures per band."""

from __future__ import annotations

import math

from parapet._jit import kernel


@kernel
def cos_aspect(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float,
    radar_x_m: float, radar_y_m: float, radar_z_m: float,
) -> float:  # fmt: skip
    """Cosine of the angle at the threat between its velocity (its nose) and the radar: 1 nose-on, -1 tail-on.

    A threat that stands still, or at the radar, counts as nose-on. Incidence is neglected: the nose points
    along the velocity. Pinned by ``test_signature.test_aspect``.
    """
    dx, dy, dz = radar_x_m - x_m, radar_y_m - y_m, radar_z_m - z_m
    below = (dx * dx + dy * dy + dz * dz) * (vx_mps * vx_mps + vy_mps * vy_mps + vz_mps * vz_mps)
    if below <= 0.0:
        return 1.0
    return min(max((dx * vx_mps + dy * vy_mps + dz * vz_mps) / math.sqrt(below), -1.0), 1.0)


@kernel
def aspect_rad(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float,
    radar_x_m: float, radar_y_m: float, radar_z_m: float,
) -> float:  # fmt: skip
    """Angle off the nose at which the radar sees the threat, 0 to pi.

    Pinned by ``test_signature.test_aspect``.
    """
    return math.acos(cos_aspect(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, radar_x_m, radar_y_m, radar_z_m))


@kernel
def signature_m2(cosine: float, front_m2: float, side_m2: float, rear_m2: float) -> float:
    """Radar cross-section at an aspect, blended smoothly between front, side and rear.

    Parameters
    ----------
    cosine : of the angle off the nose, -1 to 1 (`cos_aspect`).
    front_m2, side_m2, rear_m2 : above 0 (1e-12 at least).

    In decibel the blend goes with the squared cosine, so it meets the three figures, is flat there and has no
    corner anywhere. A model: real patterns are spiky, and fluctuation cases stand for that. Pinned by
    ``test_signature.test_blend``.
    """
    end = front_m2 if cosine >= 0.0 else rear_m2
    log_side = math.log(max(side_m2, 1e-12))
    return math.exp(log_side + cosine * cosine * (math.log(max(end, 1e-12)) - log_side))
