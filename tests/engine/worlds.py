"""Small worlds made by hand: one or a few radars, a handful of threats, a fire unit if wanted.

Flat and simple on purpose: every array has the shape the engine expects, every value a default that can be replaced.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from parapet.engine import codes, state
from parapet.engine.draws import name_id
from parapet.engine.policy import policies
from parapet.physics.earth import enu_rotation, enu_to_ecef, geodetic_to_ecef

SITE = (math.radians(40.0), math.radians(32.0), 0.0)
"""Latitude, longitude, height of the first radar."""
SNR_HALF = math.log(1e-6) / math.log(0.5) - 1.0
"""Signal-to-noise of a published range: Swerling 1, Pd 0.5, Pfa 1e-6."""

Array = np.ndarray[Any, np.dtype[Any]]


def frozen(values: Any, dtype: Any = np.float64) -> Array:
    array = np.ascontiguousarray(values, dtype=dtype)
    array.flags.writeable = False
    return array


def ecef(east_m: float, north_m: float, up_m: float, site: tuple[float, float, float] = SITE) -> Array:
    """ECEF place of a local offset from the site."""
    x, y, z = geodetic_to_ecef(*site)
    return np.array([x, y, z]) + np.array(enu_to_ecef(east_m, north_m, up_m, *enu_rotation(site[0], site[1])))


def ecef_vector(east: float, north: float, up: float, site: tuple[float, float, float] = SITE) -> Array:
    return np.array(enu_to_ecef(east, north, up, *enu_rotation(site[0], site[1])))


def at_distance(distance_m: float, azimuth_rad: float, height_m: float, site: tuple[float, float, float] = SITE) -> Array:
    """ECEF place at a ground distance (sphere) and height above the ellipsoid: good enough to place a threat."""
    radius = 6371000.0
    arc = distance_m / radius
    lat0, lon0, _ = site
    lat = math.asin(math.sin(lat0) * math.cos(arc) + math.cos(lat0) * math.sin(arc) * math.cos(azimuth_rad))
    lon = lon0 + math.atan2(
        math.sin(azimuth_rad) * math.sin(arc) * math.cos(lat0), math.cos(arc) - math.sin(lat0) * math.sin(lat)
    )
    return np.array(geodetic_to_ecef(lat, lon, height_m))


def radar(**changes: Any) -> dict[str, Any]:
    """A rotating search radar of 4 m2 at 390 km, one mode; keys are the fields of ``Radars``."""
    fields: dict[str, Any] = {
        "name": "search", "kind": codes.RADAR_ROTATING, "i_post": 0, "i_unit": -1, "is_engagement": 0,
        "site": SITE, "antenna_m": 15.0, "band": codes.BANDS["S"], "frequency_hz": 3e9, "period_s": 10.0,
        "phase_rad": 0.3, "modes": [(390e3, 4.0, SNR_HALF, math.radians(-1.0), math.radians(60.0))],
        "range_max_m": 600e3, "range_min_m": 1e3, "azimuth_beamwidth_rad": math.radians(1.2),
        "elevation_beamwidth_rad": math.radians(1.5), "range_resolution_m": 100.0, "range_floor_m": 20.0,
        "angle_floor_rad": math.radians(0.05), "p_false_alarm": 1e-6, "n_false_per_scan": 0.0,
        "boresight_rad": 0.0, "half_sector_rad": math.pi, "off_boresight_exponent": 0.0,
        "track_revisit_s": 1.0, "track_revisit_slow_s": 2.0, "dwell_s": 0.02, "acquisition_dwell_s": 0.02,
        "dwell_budget": 0.5, "ready_s": 0.0, "n_tracks_max": 1000, "slew_radps": 0.0, "uplink_m": 1e6,
    }  # fmt: skip
    unknown = set(changes) - set(fields)
    assert not unknown, unknown
    return fields | changes


def engagement_radar(**changes: Any) -> dict[str, Any]:
    """A sector array of fire unit 0 looking north: 4 m2 at 250 km."""
    fields = radar(
        name="engagement", kind=codes.RADAR_SECTOR, i_post=-1, i_unit=0, is_engagement=1, band=codes.BANDS["X"],
        frequency_hz=10e9, modes=[(250e3, 4.0, SNR_HALF, math.radians(-1.0), math.radians(80.0))], range_max_m=400e3,
        half_sector_rad=math.radians(60.0), off_boresight_exponent=2.0, angle_floor_rad=math.radians(0.03),
        range_floor_m=5.0, range_resolution_m=20.0,
    )  # fmt: skip
    return fields | changes


def threat(**changes: Any) -> dict[str, Any]:
    """A threat of 4 m2 from all sides; ``x`` and ``v`` are ECEF arrays at t = 0."""
    fields: dict[str, Any] = {
        "name": "threat", "x": ecef(0.0, 100e3, 10e3), "v": np.zeros(3), "rcs_m2": 4.0, "swerling": 1,
        "kind": codes.KIND_AIR, "target_class": codes.TARGET_AIRCRAFT,
    }  # fmt: skip
    unknown = set(changes) - set(fields)
    assert not unknown, unknown
    return fields | changes


_RADAR_MATRIX = ("reference_range_m", "reference_rcs_m2", "reference_snr", "elevation_min_rad", "elevation_max_rad")


def _radars(rows: list[dict[str, Any]]) -> state.Records:
    columns: dict[str, Any] = {}
    for i, key in enumerate(_RADAR_MATRIX):
        columns[key] = [[mode[i] for mode in row["modes"]] + [1.0] * (codes.N_MODE - len(row["modes"])) for row in rows]
    places = [geodetic_to_ecef(*row["site"]) for row in rows]
    for i, key in enumerate(("x_m", "y_m", "z_m")):
        columns[key] = [place[i] for place in places]
    columns["rotation"] = [enu_rotation(row["site"][0], row["site"][1]) for row in rows]
    columns["height_m"] = [row["site"][2] for row in rows]
    columns["id"] = [name_id(row["name"]) for row in rows]
    columns["n_modes"] = [len(row["modes"]) for row in rows]
    for key in state.RADAR_GIVEN.names or ():
        if key not in columns and key not in state.WORKED_OUT:
            columns[key] = [row[key] for row in rows]
    return state.given(state.RADAR_GIVEN, columns)


def _filled(dtype: Any, n: int, **given: Any) -> state.Records:
    """A table of zeros with a few columns given."""
    return state.changed(np.zeros(n, dtype).view(np.recarray), **given)


def make_world(
    radars: list[dict[str, Any]],
    threats: list[dict[str, Any]],
    *,
    n_units: int = 0,
    n_channels: int = 4,
    dt_s: float = 0.25,
    n_lag_ticks: int = 0,
    record: int = codes.RECORD_EVENTS,
    ground_m: float = 0.0,
    duration_s: float = 600.0,
) -> state.World:
    """A world of these radars and threats, one command post, and ``n_units`` fire units (unit u's radar has ``i_unit`` u)."""
    n = len(threats)
    rcs = np.ones((n, codes.N_BAND, 3))
    for i, row in enumerate(threats):
        rcs[i] = row["rcs_m2"]
    x0, y0, z0 = geodetic_to_ecef(*SITE)
    units = _filled(
        state.UNIT_GIVEN, n_units,
        id=[name_id(f"unit-{u}") for u in range(n_units)],
        i_radar=[next(k for k, r in enumerate(radars) if r["is_engagement"] and r["i_unit"] == u) for u in range(n_units)],
        n_target_channels=n_channels, n_missile_channels=2 * n_channels, x_m=x0, y_m=y0, z_m=z0,
    )  # fmt: skip
    return state.World(
        clock=state.Clock(dt_s, round(duration_s / dt_s), 0.01, 0.1, n_lag_ticks, 4, record, 4, 0),
        air=state.Air(ground_m, 4.0 / 3.0, 0, frozen([0.0]), frozen([0.0]), frozen([0.0])),
        threats=_filled(
            state.THREAT_GIVEN, n, id=[name_id(row["name"]) for row in threats], rcs_m2=rcs, glint_m=1.0,
            swerling=[row["swerling"] for row in threats], kind=[row["kind"] for row in threats],
            target_class=[row["target_class"] for row in threats], i_parent=-1, i_aim_asset=-1,
        ),
        legs=_filled(state.LEG_GIVEN, 1),
        radars=_radars(radars),
        posts=_filled(state.POST_GIVEN, 1, i_asset=-1, x_m=x0, y_m=y0, z_m=z0),
        units=units,
        launchers=_filled(state.LAUNCHER_GIVEN, n_units, i_unit=np.arange(n_units), i_asset=-1),
        load=frozen(np.zeros((n_units, 1)), np.int64),
        reload=frozen(np.zeros((n_units, 1)), np.int64),
        interceptors=_filled(state.INTERCEPTOR_GIVEN, 1),
        table=frozen(np.zeros((1, 2, 2, 4))),
        assets=_filled(state.ASSET_GIVEN, 0),
        valued=frozen(np.zeros(0, np.int64), np.int64),
        policies=policies(),
    )  # fmt: skip


SIZES = state.Sizes(
    n_tracks=160, n_channels_max=4, n_rounds=4, n_ring=4096, n_work=192, n_pairs=512, n_events=20000, n_shots=16, n_samples=16
)


def with_fields(family: Any) -> Any:
    """The same memory; with compilation off, records get their fields as attributes, as compiled code sees them."""
    if not numba.config.DISABLE_JIT:
        return family
    if hasattr(family, "_fields"):
        return type(family)(*(with_fields(part) for part in family))
    return family.view(np.recarray) if family.dtype.names else family


def make_log(world: state.World, sizes: state.Sizes = SIZES) -> state.Log:
    """An empty Log."""
    log: state.Log = with_fields(state.new_log(world, sizes))
    return log


def make_state(world: state.World, threats: list[dict[str, Any]], sizes: state.Sizes = SIZES) -> state.State:
    """A State with every threat already in the air."""
    new = with_fields(state.new_state(world, sizes))
    for i, row in enumerate(threats):
        place(new, i, row["x"], row["v"])
        new.truth.threat[i]["status"] = codes.FLYING
    return new


def place(battle: state.State, i: int, x: Array, v: Array) -> None:
    """Put a threat somewhere, start and end of the tick alike."""
    row = battle.truth.threat[i]
    for k, axis in enumerate("xyz"):
        row[f"{axis}_m"] = row[f"{axis}0_m"] = x[k]
        row[f"v{axis}_mps"] = row[f"v{axis}0_mps"] = v[k]


def fly_straight(battle: state.State, dt_s: float) -> None:
    """Move every flying threat on by one tick in a straight line (ECEF)."""
    threats = battle.truth.threat
    for axis in "xyz":
        threats[f"{axis}0_m"] = threats[f"{axis}_m"]
        threats[f"v{axis}0_mps"] = threats[f"v{axis}_mps"]
        threats[f"{axis}_m"] += threats[f"v{axis}_mps"] * dt_s
