"""Where things are on the earth and how it pulls on them: WGS-84, local frames, gravity in the rotating
frame.

Everything is in metres, radians and seconds, in the rotating earth-centred earth-fixed frame (ECEF) of
WGS-84, double precision.
"""

from __future__ import annotations

import math

from parapet._jit import kernel

SEMI_MAJOR_M = 6_378_137.0
"""Equatorial radius of the WGS-84 ellipsoid (definition)."""
FLATTENING = 1.0 / 298.257223563
"""Flattening of the WGS-84 ellipsoid (definition)."""
SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - FLATTENING)
ECCENTRICITY_2 = FLATTENING * (2.0 - FLATTENING)
SECOND_ECCENTRICITY_2 = ECCENTRICITY_2 / (1.0 - ECCENTRICITY_2)
MU_M3PS2 = 3.986004418e14
"""Gravitational parameter of the earth with its atmosphere (WGS-84)."""
EARTH_RATE_RADPS = 7.292115e-5
"""Rotation of the earth (WGS-84)."""
J2 = 1.08262982131e-3
"""Second zonal harmonic, unnormalised, derived from the WGS-84 (EGM) coefficient -4.841651437908e-4 *
sqrt(5)."""
MEAN_RADIUS_M = 6_371_000.0
"""Mean radius, for horizon formulas that speak of an effective earth."""
STANDARD_GRAVITY_MPS2 = 9.80665

_J2_FACTOR = 1.5 * J2 * SEMI_MAJOR_M * SEMI_MAJOR_M
_E2_B = SECOND_ECCENTRICITY_2 * SEMI_MINOR_M
_E2_A = ECCENTRICITY_2 * SEMI_MAJOR_M
_AXIS_RATIO = SEMI_MINOR_M / SEMI_MAJOR_M
_RATE_2 = EARTH_RATE_RADPS * EARTH_RATE_RADPS


@kernel
def geodetic_to_ecef(lat_rad: float, lon_rad: float, height_m: float) -> tuple[float, float, float]:
    """Position in ECEF of a geodetic place.

    Parameters
    ----------
    lat_rad, lon_rad : float
        Geodetic latitude and longitude on WGS-84, rad.
    height_m : float
        Height above the ellipsoid, m.

    Source: closed form, Torge & Mueller, Geodesy. Pinned by ``test_earth.py`` (A2).
    """
    sin_lat = math.sin(lat_rad)
    cos_lat = math.cos(lat_rad)
    normal_m = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_2 * sin_lat * sin_lat)
    horizontal_m = (normal_m + height_m) * cos_lat
    return (
        horizontal_m * math.cos(lon_rad),
        horizontal_m * math.sin(lon_rad),
        (normal_m * (1.0 - ECCENTRICITY_2) + height_m) * sin_lat,
    )


@kernel
def _meridian(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Distance from the axis, sine and cosine of the geodetic latitude, by two turns of Bowring's formula."""
    axis_m = math.sqrt(x_m * x_m + y_m * y_m)
    radius_m = math.sqrt(axis_m * axis_m + z_m * z_m)
    if radius_m < 1.0:
        return axis_m, 0.0, 1.0
    c = axis_m
    s = z_m * _AXIS_RATIO * (1.0 + _E2_B / radius_m)
    inv = 1.0 / math.sqrt(c * c + s * s)
    c *= inv
    s *= inv
    sin_part = z_m + _E2_B * s * s * s
    cos_part = axis_m - _E2_A * c * c * c
    c = cos_part
    s = _AXIS_RATIO * sin_part
    inv = 1.0 / math.sqrt(c * c + s * s)
    c *= inv
    s *= inv
    sin_part = z_m + _E2_B * s * s * s
    cos_part = axis_m - _E2_A * c * c * c
    inv = 1.0 / math.sqrt(sin_part * sin_part + cos_part * cos_part)
    return axis_m, sin_part * inv, cos_part * inv


@kernel
def ecef_to_geodetic(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Geodetic latitude, longitude (rad) and height (m) of an ECEF position.

    Good to 1e-4 m from -10 km to 2,000 km of height, poles included; at the centre of the earth the latitude
    is 0.

    Source: Bowring (1985), Survey Review 28, two turns. Pinned by ``test_earth.py`` (round trip, A2).
    """
    axis_m, sin_lat, cos_lat = _meridian(x_m, y_m, z_m)
    height_m = axis_m * cos_lat + z_m * sin_lat
    height_m -= SEMI_MAJOR_M * math.sqrt(1.0 - ECCENTRICITY_2 * sin_lat * sin_lat)
    return math.atan2(sin_lat, cos_lat), math.atan2(y_m, x_m), height_m


@kernel
def height_m(x_m: float, y_m: float, z_m: float) -> float:
    """Height above the ellipsoid of an ECEF position, m (to 1e-4 m from -10 km to 2,000 km).

    One turn of Bowring's formula is enough, because the height is flat in the latitude there.
    Pinned by ``test_earth.py``.
    """
    axis_m = math.sqrt(x_m * x_m + y_m * y_m)
    radius_m = math.sqrt(axis_m * axis_m + z_m * z_m)
    if radius_m < 1.0:
        return -SEMI_MAJOR_M
    c = axis_m
    s = z_m * _AXIS_RATIO * (1.0 + _E2_B / radius_m)
    inv = 1.0 / math.sqrt(c * c + s * s)
    c *= inv
    s *= inv
    sin_part = z_m + _E2_B * s * s * s
    cos_part = axis_m - _E2_A * c * c * c
    inv = 1.0 / math.sqrt(sin_part * sin_part + cos_part * cos_part)
    sin_part *= inv
    cos_part *= inv
    surface_m = SEMI_MAJOR_M * math.sqrt(1.0 - ECCENTRICITY_2 * sin_part * sin_part)
    return axis_m * cos_part + z_m * sin_part - surface_m


@kernel
def drag_height_m(x_m: float, y_m: float, z_m: float) -> float:
    """Height above the ellipsoid along the radius, m: cheap, for air density.

    Within 0.6 m of the geodetic height up to 86 km, 2 m at 250 km. Pinned by ``test_earth.py``.
    """
    r2 = x_m * x_m + y_m * y_m + z_m * z_m
    if r2 < 1.0:
        return -SEMI_MAJOR_M
    return math.sqrt(r2) - SEMI_MAJOR_M / math.sqrt(1.0 + SECOND_ECCENTRICITY_2 * z_m * z_m / r2)


@kernel
def up_and_height(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float, float]:
    """Unit vector along the ellipsoid normal (local up) and the height above the ellipsoid, m.

    Pinned by ``test_earth.py`` against :func:`enu_rotation`.
    """
    axis_m = math.sqrt(x_m * x_m + y_m * y_m)
    radius_m = math.sqrt(axis_m * axis_m + z_m * z_m)
    if radius_m < 1.0:
        return 0.0, 0.0, 1.0, -SEMI_MAJOR_M
    c = axis_m
    s = z_m * _AXIS_RATIO * (1.0 + _E2_B / radius_m)
    inv = 1.0 / math.sqrt(c * c + s * s)
    c *= inv
    s *= inv
    sin_part = z_m + _E2_B * s * s * s
    cos_part = axis_m - _E2_A * c * c * c
    inv = 1.0 / math.sqrt(sin_part * sin_part + cos_part * cos_part)
    sin_part *= inv
    cos_part *= inv
    surface_m = SEMI_MAJOR_M * math.sqrt(1.0 - ECCENTRICITY_2 * sin_part * sin_part)
    above_m = axis_m * cos_part + z_m * sin_part - surface_m
    if axis_m < 1e-6:
        return 0.0, 0.0, sin_part, above_m
    scale = cos_part / axis_m
    return x_m * scale, y_m * scale, sin_part, above_m


@kernel
def enu_rotation(
    lat_rad: float, lon_rad: float
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Rotation from ECEF to local east-north-up as 9 floats, row by row (east, north, up).

    Pinned by ``test_earth.py`` (A2).
    """
    sin_lat = math.sin(lat_rad)
    cos_lat = math.cos(lat_rad)
    sin_lon = math.sin(lon_rad)
    cos_lon = math.cos(lon_rad)
    return (
        -sin_lon,
        cos_lon,
        0.0,
        -sin_lat * cos_lon,
        -sin_lat * sin_lon,
        cos_lat,
        cos_lat * cos_lon,
        cos_lat * sin_lon,
        sin_lat,
    )


@kernel
def ecef_to_enu(
    dx_m: float,
    dy_m: float,
    dz_m: float,
    r00: float,
    r01: float,
    r02: float,
    r10: float,
    r11: float,
    r12: float,
    r20: float,
    r21: float,
    r22: float,
) -> tuple[float, float, float]:
    """East, north and up parts of an ECEF difference (or velocity), with the rotation of
    :func:`enu_rotation`.

    Pinned by ``test_earth.py`` (A2).
    """
    return (
        r00 * dx_m + r01 * dy_m + r02 * dz_m,
        r10 * dx_m + r11 * dy_m + r12 * dz_m,
        r20 * dx_m + r21 * dy_m + r22 * dz_m,
    )


@kernel
def enu_to_ecef(
    east_m: float,
    north_m: float,
    up_m: float,
    r00: float,
    r01: float,
    r02: float,
    r10: float,
    r11: float,
    r12: float,
    r20: float,
    r21: float,
    r22: float,
) -> tuple[float, float, float]:
    """ECEF parts of a local east-north-up difference (or velocity): the transpose of :func:`ecef_to_enu`."""
    return (
        r00 * east_m + r10 * north_m + r20 * up_m,
        r01 * east_m + r11 * north_m + r21 * up_m,
        r02 * east_m + r12 * north_m + r22 * up_m,
    )


@kernel
def gravity_j2(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Gravitation (no centrifugal part) with the second zonal harmonic, m/s2, ECEF.

    Returns zero within 1 m of the centre.

    Source: Vallado, Fundamentals of Astrodynamics. Pinned by ``test_earth.py`` and the NASA check cases (B1).
    """
    r2 = x_m * x_m + y_m * y_m + z_m * z_m
    if r2 < 1.0:
        return 0.0, 0.0, 0.0
    inv_r2 = 1.0 / r2
    central = -MU_M3PS2 * inv_r2 * math.sqrt(inv_r2)
    oblate = _J2_FACTOR * inv_r2
    five_s2 = 5.0 * z_m * z_m * inv_r2
    across = central * (1.0 + oblate * (1.0 - five_s2))
    along = central * (1.0 + oblate * (3.0 - five_s2))
    return across * x_m, across * y_m, along * z_m


@kernel
def rotating_acceleration(
    x_m: float, y_m: float, z_m: float, vx_mps: float, vy_mps: float, vz_mps: float
) -> tuple[float, float, float]:
    """Acceleration of a free body seen in the rotating frame: gravitation, Coriolis and centrifugal, m/s2.

    ``vz_mps`` does not enter, because the earth turns about z; it is an argument so that calls read alike.
    Pinned by the NASA check cases (B1) in ``test_motion.py``.
    """
    ax, ay, az = gravity_j2(x_m, y_m, z_m)
    return (
        ax + 2.0 * EARTH_RATE_RADPS * vy_mps + _RATE_2 * x_m,
        ay - 2.0 * EARTH_RATE_RADPS * vx_mps + _RATE_2 * y_m,
        az,
    )
