"""Fly-out tables: how long a round takes to a point, and what it has left there, from the flight model itself.

One array holds all interceptors: ``values[i_interceptor, i_quantity, i_altitude, i_range]``. Both axes are spaced by
squares (dense near the launcher), so a lookup costs two square roots and no search. Ranges are along the ground, from
the launcher to below the point; altitudes are above the ground surface. A point that is not reached has infinite time
and zero speed, load factor and apogee. Tables are kept on disk by the values that enter them.
"""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parapet import _jit
from parapet._jit import kernel
from parapet.physics import interceptor as _round
from parapet.physics.earth import geodetic_to_ecef, up_and_height
from parapet.physics.interceptor import (
    COL_ALTITUDE_MAX,
    COL_EJECT_SPEED,
    COL_MAX_FLIGHT_TIME,
    COL_PLAN_SPEED,
    COL_RANGE_AIR,
    STANDARD_GRAVITY_MPS2,
    available_load_factor,
    closest_approach,
    is_powered,
    round_step,
    steer_midcourse,
)

TIME = 0
"""s from launch to the point."""
SPEED = 1
"""m/s on arrival, relative to the earth."""
LOAD_FACTOR = 2
"""g the round could pull on arrival."""
APOGEE = 3
"""m above the ground surface, highest point of the way."""
N_QUANTITIES = 4

N_RANGES = 57
N_ALTITUDES = 18
FLIGHT_STEP_S = 0.25
"""Step of the flights behind the tables, the engine's own for rounds on the way."""
RANGE_MARGIN = 1.6
"""The table ends at this many times the published range (and holds slow arrivals too)."""
ALTITUDE_MARGIN = 1.1
LOWEST_POINT_M = 10.0
REACHED_MISS_M = 100.0
SLOWEST_MPS = 250.0
ARRIVAL_SPEED_MIN_MPS = 800.0
ARRIVAL_LOAD_FACTOR_MIN = 8.0
REFERENCE_LATITUDE_RAD = 0.6981317007977318
"""40 degrees north; tables are flown northward from here."""
_TABLE_VERSION = 4


class FlyoutTables(NamedTuple):
    """Tables of all interceptors, plain C-ordered arrays, read-only."""

    values: NDArray[np.float64]
    """(n_interceptors, N_QUANTITIES, N_ALTITUDES, N_RANGES)."""
    range_max_m: NDArray[np.float64]
    """(n_interceptors,), ground range of the last column."""
    altitude_max_m: NDArray[np.float64]
    """(n_interceptors,), altitude above ground of the last row."""


@kernel
def point_north(range_m: float, height_m: float):
    """ECEF of the point ``range_m`` along the ground north of the reference launcher, at a height."""
    e2 = 6.69437999014e-3
    a = 6378137.0
    lat = REFERENCE_LATITUDE_RAD
    step = 0.0
    for _ in range(3):
        sin = math.sin(lat + 0.5 * step)
        w = 1.0 - e2 * sin * sin
        step = range_m * w * math.sqrt(w) / (a * (1.0 - e2))
    return geodetic_to_ecef(lat + step, 0.0, height_m)


@kernel
def flight_to_point(params, ground_height_m: float, range_m: float, altitude_m: float, dt_s: float):
    """One undisturbed flight: (time, arrival speed, arrival load factor, apogee above ground, miss, speed at burnout).

    ``params``: a row of ``parapet.physics.interceptor``. ``ground_height_m``: ground above the ellipsoid. ``range_m``,
    ``altitude_m``: the point, along and above the ground. ``dt_s``: step. Ends at closest approach, on the ground, at
    ``SLOWEST_MPS`` after burnout, or at the time of self-destruct; the miss tells whether it arrived.
    Test: tests/engine/test_flyout.py.
    """
    px, py, pz = point_north(range_m, ground_height_m + max(altitude_m, LOWEST_POINT_M))
    x, y, z = point_north(0.0, ground_height_m)
    upx, upy, upz, _ = up_and_height(x, y, z)
    vx = upx * params[COL_EJECT_SPEED]
    vy = upy * params[COL_EJECT_SPEED]
    vz = upz * params[COL_EJECT_SPEED]
    ax = 0.0
    ay = 0.0
    az = 0.0
    t = 0.0
    tick = 0
    apogee = 0.0
    burnout = 0.0
    speed = params[COL_EJECT_SPEED]
    miss = math.inf
    while t < params[COL_MAX_FLIGHT_TIME]:
        cx, cy, cz = steer_midcourse(x, y, z, vx, vy, vz, t, px, py, pz, ground_height_m, params)
        nx, ny, nz, sx, sy, sz, ax, ay, az, _ = round_step(
            x, y, z, vx, vy, vz, ax, ay, az, t, cx, cy, cz, dt_s, params
        )
        wx = (x - nx) / dt_s
        wy = (y - ny) / dt_s
        wz = (z - nz) / dt_s
        distance, when, inside = closest_approach(px - x, py - y, pz - z, wx, wy, wz, dt_s)
        if inside == 1 and distance < 2.0 * REACHED_MISS_M + speed:
            miss = distance
            t += when
            share = when / dt_s
            vx += share * (sx - vx)
            vy += share * (sy - vy)
            vz += share * (sz - vz)
            x += share * (nx - x)
            y += share * (ny - y)
            z += share * (nz - z)
            break
        powered = is_powered(t, params)
        x, y, z, vx, vy, vz = nx, ny, nz, sx, sy, sz
        tick += 1
        t = tick * dt_s
        speed = math.sqrt(vx * vx + vy * vy + vz * vz)
        if powered:
            burnout = speed
        _, _, _, height = up_and_height(x, y, z)
        apogee = max(apogee, height - ground_height_m)
        if height < ground_height_m or (speed < SLOWEST_MPS and not powered):
            break
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    load = available_load_factor(x, y, z, vx, vy, vz, t, params)
    return t, speed, load, apogee, miss, burnout


@kernel
def fill_table(
    params, ground_height_m: float, range_max_m: float, altitude_max_m: float, dt_s: float, values
) -> int:
    """Fly to every node of one interceptor's table and write what came out; returns the number of nodes reached."""
    n_reached = 0
    n_altitudes = values.shape[1]
    n_ranges = values.shape[2]
    for i in range(n_altitudes):
        step = i / (n_altitudes - 1)
        altitude_m = altitude_max_m * step * step
        for j in range(n_ranges):
            step = j / (n_ranges - 1)
            range_m = range_max_m * step * step
            time, speed, load, apogee, miss, _ = flight_to_point(
                params, ground_height_m, range_m, altitude_m, dt_s
            )
            if miss <= REACHED_MISS_M:
                values[TIME, i, j] = time
                values[SPEED, i, j] = speed
                values[LOAD_FACTOR, i, j] = load
                values[APOGEE, i, j] = apogee
                n_reached += 1
            else:
                values[TIME, i, j] = math.inf
                values[SPEED, i, j] = 0.0
                values[LOAD_FACTOR, i, j] = 0.0
                values[APOGEE, i, j] = 0.0
    return n_reached


@kernel
def flyout_value(
    table, i_quantity: int, range_max_m: float, altitude_max_m: float, range_m: float, altitude_m: float
):
    """One quantity of one interceptor's table between the nodes (bilinear in the spacing of the table).

    ``table``: ``values[i_interceptor]``. ``range_m`` along the ground, ``altitude_m`` above ground. Infinite
    time, and zero
    for the other quantities, outside the table or where one of the nodes around is not reached. Test: test_flyout.py.
    """
    outside = 0.0
    if i_quantity == TIME:
        outside = math.inf
    if range_m < 0.0 or range_m > range_max_m or altitude_m > altitude_max_m or range_m != range_m:
        return outside
    n_altitudes = table.shape[1]
    n_ranges = table.shape[2]
    u = math.sqrt(max(altitude_m, 0.0) / altitude_max_m) * (n_altitudes - 1)
    v = math.sqrt(range_m / range_max_m) * (n_ranges - 1)
    i = min(int(u), n_altitudes - 2)
    j = min(int(v), n_ranges - 2)
    u -= i
    v -= j
    if (
        table[TIME, i, j] == math.inf
        or table[TIME, i, j + 1] == math.inf
        or table[TIME, i + 1, j] == math.inf
        or table[TIME, i + 1, j + 1] == math.inf
    ):
        return outside
    low = table[i_quantity, i, j] + v * (table[i_quantity, i, j + 1] - table[i_quantity, i, j])
    high = table[i_quantity, i + 1, j] + v * (table[i_quantity, i + 1, j + 1] - table[i_quantity, i + 1, j])
    return low + u * (high - low)


@kernel
def flyout_time_s(
    table, range_max_m: float, altitude_max_m: float, range_m: float, altitude_m: float
) -> float:
    """Time of flight to a point, s; infinite where the round does not get. Arguments as ``flyout_value``."""
    return flyout_value(table, TIME, range_max_m, altitude_max_m, range_m, altitude_m)


@kernel
def is_in_kinematic_reach(
    table,
    range_max_m: float,
    altitude_max_m: float,
    range_m: float,
    altitude_m: float,
    arrival_speed_min_mps: float,
    load_factor_min: float,
) -> bool:
    """Whether the round arrives fast enough and able to turn enough. Arguments as ``flyout_value``."""
    speed = flyout_value(table, SPEED, range_max_m, altitude_max_m, range_m, altitude_m)
    load = flyout_value(table, LOAD_FACTOR, range_max_m, altitude_max_m, range_m, altitude_m)
    return speed >= arrival_speed_min_mps and load >= load_factor_min


_GUIDANCE = {"command": _round.GUIDANCE_COMMAND, "tvm": _round.GUIDANCE_TVM, "active": _round.GUIDANCE_ACTIVE}
_PLAIN = (
    (_round.COL_LAUNCH_MASS, "launch_mass"),
    (_round.COL_EJECT_SPEED, "eject_speed"),
    (_round.COL_EJECT_TIME, "eject_time"),
    (_round.COL_BOOST_PROPELLANT_MASS, "boost_propellant_mass"),
    (_round.COL_BOOST_TIME, "boost_time"),
    (_round.COL_SUSTAIN_PROPELLANT_MASS, "sustain_propellant_mass"),
    (_round.COL_SUSTAIN_TIME, "sustain_time"),
    (_round.COL_CD_SUBSONIC, "cd_subsonic"),
    (_round.COL_CD_TRANSONIC, "cd_transonic"),
    (_round.COL_CD_SUPERSONIC, "cd_supersonic"),
    (_round.COL_CD_HYPERSONIC, "cd_hypersonic"),
    (_round.COL_INDUCED_DRAG_FACTOR, "induced_drag_factor"),
    (_round.COL_LIFT_COEFFICIENT_MAX, "lift_coefficient_max"),
    (_round.COL_LOAD_FACTOR_MAX, "load_factor_max"),
    (_round.COL_NAVIGATION_CONSTANT, "navigation_constant"),
    (_round.COL_MAX_FLIGHT_TIME, "max_flight_time"),
    (_round.COL_RANGE_AIR, "range_air"),
    (_round.COL_RANGE_BALLISTIC, "range_ballistic"),
    (_round.COL_RANGE_MIN, "range_min"),
    (_round.COL_ALTITUDE_MIN, "altitude_min"),
    (_round.COL_ALTITUDE_MAX, "altitude_max"),
    (_round.COL_TARGET_SPEED_MAX, "target_speed_max"),
    (_round.COL_LETHAL_RADIUS_AIRCRAFT, "lethal_radius_aircraft"),
    (_round.COL_LETHAL_RADIUS_MISSILE, "lethal_radius_missile"),
    (_round.COL_LETHAL_RADIUS_BALLISTIC, "lethal_radius_ballistic"),
    (_round.COL_P_RELIABILITY, "p_reliability"),
)
_OPTIONAL = (
    (_round.COL_SEEKER_RANGE, "seeker_range_reference"),
    (_round.COL_SEEKER_NOISE, "seeker_angle_noise"),
    (_round.COL_RECEIVER_NOISE, "receiver_angle_noise"),
    (_round.COL_UPLINK_LATENCY, "uplink_latency"),
    (_round.COL_IS_CHANNEL_FREED, "is_missile_channel_freed_at_lock"),
    (_round.COL_IS_SEARCH_UPLINK, "is_search_track_uplink"),
)
DEFAULT_LOFT_FACTOR = 8.0
DEFAULT_CLIMB_MAX_RAD = 0.6


def _optional(entry: Any, key: str, default: float) -> float:
    """A figure of the entry, or the default where the entry does not have it."""
    try:
        value = entry.si(key)
    except (KeyError, AttributeError, LookupError, ValueError):
        return default
    except Exception as error:  # the catalogue's own error for a key that is not there
        if type(error).__name__ != "CatalogueError":
            raise
        return default
    return default if value is None else float(value)


def parameter_row(entry: Any) -> NDArray[np.float64]:
    """Row of plain floats that the kernels fly, from one interceptor of the catalogue; read-only.

    ``entry`` offers ``si(key) -> float`` (SI) and the text ``guidance``. Raises whatever ``si`` raises for a
    missing key,
    ``KeyError`` for an unknown guidance. Derived here: cross-section, exhaust speeds, control lag (autopilot, plus the
    uplink latency where commands come from the ground to the end), and the speed the arc is planned with.
    """
    row = np.zeros(_round.N_COLUMNS)
    for column, key in _PLAIN:
        row[column] = entry.si(key)
    for column, key in _OPTIONAL:
        row[column] = _optional(entry, key, 0.0)
    diameter_m = entry.si("diameter")
    row[_round.COL_REFERENCE_AREA] = 0.25 * math.pi * diameter_m * diameter_m
    row[_round.COL_BOOST_EXHAUST_SPEED] = entry.si("boost_specific_impulse") * STANDARD_GRAVITY_MPS2
    row[_round.COL_SUSTAIN_EXHAUST_SPEED] = (
        _optional(entry, "sustain_specific_impulse", 0.0) * STANDARD_GRAVITY_MPS2
    )
    row[_round.COL_SEEKER_HALF_FIELD] = 0.5 * _optional(entry, "seeker_field_of_view", 0.0)
    row[_round.COL_GUIDANCE] = _GUIDANCE[str(entry.guidance)]
    row[_round.COL_CONTROL_LAG] = entry.si("autopilot_lag")
    if row[_round.COL_GUIDANCE] != _round.GUIDANCE_ACTIVE:
        row[_round.COL_CONTROL_LAG] += row[_round.COL_UPLINK_LATENCY]
    row[_round.COL_LOFT_FACTOR] = _optional(entry, "loft_factor", DEFAULT_LOFT_FACTOR)
    row[_round.COL_CLIMB_MAX] = _optional(entry, "loft_elevation_max", DEFAULT_CLIMB_MAX_RAD)
    return with_plan_speed(row)


def with_plan_speed(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """The row with the speed its arcs are planned with, found by flying the burn; call it after changing a motor."""
    row = np.array(row, dtype=np.float64)
    propellant_kg = row[_round.COL_BOOST_PROPELLANT_MASS] + row[_round.COL_SUSTAIN_PROPELLANT_MASS]
    empty_kg = row[_round.COL_LAUNCH_MASS] - propellant_kg
    row[COL_PLAN_SPEED] = (
        0.85 * row[_round.COL_BOOST_EXHAUST_SPEED] * math.log(row[_round.COL_LAUNCH_MASS] / empty_kg)
    )
    for _ in range(2):
        out = row.copy()
        out.setflags(write=False)
        row[COL_PLAN_SPEED] = flight_to_point(out, 0.0, row[COL_RANGE_AIR], 10e3, FLIGHT_STEP_S)[5]
    row.setflags(write=False)
    return row


def kinematic_reach_m(
    row: NDArray[np.float64],
    altitude_m: float = 10e3,
    ground_height_m: float = 0.0,
    arrival_speed_min_mps: float = ARRIVAL_SPEED_MIN_MPS,
    load_factor_min: float = ARRIVAL_LOAD_FACTOR_MIN,
) -> float:
    """Farthest ground range at which a round meets a known target at an altitude, fast and able to turn, m.

    Target known beforehand and where it was predicted; the limits are on arrival. 0.0 if there is none.
    """
    step_m = 2e3
    range_m = 2.0 * RANGE_MARGIN * row[COL_RANGE_AIR]
    while range_m > 0.0:
        _, speed, load, _, miss, _ = flight_to_point(row, ground_height_m, range_m, altitude_m, FLIGHT_STEP_S)
        if miss <= REACHED_MISS_M and speed >= arrival_speed_min_mps and load >= load_factor_min:
            return float(range_m)
        range_m -= step_m
    return 0.0


def build(rows: NDArray[np.float64], ground_height_m: float = 0.0, is_cached: bool = True) -> FlyoutTables:
    """Tables of all interceptors, from the disk where the same values were flown before, else flown now.

    ``rows``: (n, N_COLUMNS), as :func:`parameter_row` makes them. ``ground_height_m``: ground above the ellipsoid.
    A damaged file is flown anew and replaced. Set ``is_cached`` to False to leave the disk alone.
    """
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    values = np.empty((len(rows), N_QUANTITIES, N_ALTITUDES, N_RANGES))
    range_max_m = rows[:, COL_RANGE_AIR] * RANGE_MARGIN
    altitude_max_m = rows[:, COL_ALTITUDE_MAX] * ALTITUDE_MARGIN
    for i, row in enumerate(rows):
        values[i] = _table(
            row, float(ground_height_m), float(range_max_m[i]), float(altitude_max_m[i]), is_cached
        )
    for array in (values, range_max_m, altitude_max_m):
        array.setflags(write=False)
    return FlyoutTables(values, range_max_m, altitude_max_m)


def _table(
    row: NDArray[np.float64],
    ground_height_m: float,
    range_max_m: float,
    altitude_max_m: float,
    is_cached: bool,
) -> NDArray[np.float64]:
    """The table of one interceptor, from disk or flown."""
    path = cache_path(row, ground_height_m) if is_cached else None
    shape = (N_QUANTITIES, N_ALTITUDES, N_RANGES)
    if path is not None:
        found = _load(path, shape)
        if found is not None:
            return found
    table = np.empty(shape)
    plain = np.array(row)
    plain.setflags(write=False)
    fill_table(plain, ground_height_m, range_max_m, altitude_max_m, FLIGHT_STEP_S, table)
    if path is not None:
        _store(path, table)
    return table


_FLOWN = np.array(
    [*range(_round.COL_LOFT_FACTOR + 1), _round.COL_RANGE_AIR, _round.COL_ALTITUDE_MAX, _round.COL_CLIMB_MAX]
)
"""Columns that a table depends on: reliability, lethality, seekers and the rest of the envelope are not flown."""


def cache_path(row: NDArray[np.float64], ground_height_m: float) -> Path:
    """File that keeps the table of these values: named by everything that enters it, the flight model included."""
    import platformdirs

    digest = hashlib.sha256()
    grid = (N_RANGES, N_ALTITUDES, FLIGHT_STEP_S, RANGE_MARGIN, ALTITUDE_MARGIN, REACHED_MISS_M, SLOWEST_MPS)
    digest.update(repr((_TABLE_VERSION, _model_id(), grid, float(ground_height_m))).encode())
    digest.update(np.ascontiguousarray(row[_FLOWN], dtype=np.float64).tobytes())
    folder = os.environ.get("PARAPET_CACHE_DIR") or platformdirs.user_cache_dir("parapet")
    return Path(folder) / "flyout" / f"{digest.hexdigest()[:32]}.npz"


def _model_id() -> str:
    """Name of the flight model's code: the engine's id where there is one."""
    engine_id = getattr(_jit, "engine_id", None)
    return str(engine_id()) if callable(engine_id) else "unnumbered"


def _load(path: Path, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The table in a file, or None when there is none or it is damaged."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            table = np.ascontiguousarray(file["table"], dtype=np.float64)
            check = str(file["check"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if table.shape != shape or check != hashlib.sha256(table.tobytes()).hexdigest():
        return None
    return table


def _store(path: Path, table: NDArray[np.float64]) -> None:
    """Write a table whole or not at all; a disk that refuses costs time only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, table=table, check=np.array(hashlib.sha256(table.tobytes()).hexdigest()))
        Path(name).replace(path)
    except OSError:
        return


__all__ = [
    "APOGEE",
    "LOAD_FACTOR",
    "N_QUANTITIES",
    "SPEED",
    "TIME",
    "FlyoutTables",
    "build",
    "cache_path",
    "fill_table",
    "flight_to_point",
    "flyout_time_s",
    "flyout_value",
    "is_in_kinematic_reach",
    "kinematic_reach_m",
    "parameter_row",
    "with_plan_speed",
]
