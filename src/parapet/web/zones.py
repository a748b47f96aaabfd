"""Where fire units can meet a target, by the battle's own functions: no ring, but what radar, round and clock allow.

Along rays from every fire unit three questions are asked of a straight, level inbound target of one type at one
altitude: does a search radar see it there (even odds for one look), does the engagement radar, and could a round of
the unit meet it there, given that it was first seen where search radars first see it, that a track takes three
looks and that the unit takes its reaction time. Detection is `snr_at` with `p_detection`; the round is `arrival`
(the compiled fly-out table) inside `is_inside_envelope`; the point of intercept must lie in the engagement radar's
sector and sight unless the round is led by uplink. Terrain and other links come in where those functions take them in.

Not in it: free channels, rounds left, hits of the guidance, manoeuvre, and anything a falling missile does.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet._jit import kernel
from parapet.engine import codes
from parapet.engine.command import arrival, is_inside_envelope, weapon_of
from parapet.engine.sensing import is_in_sector, path, snr_at
from parapet.physics.detection import p_detection
from parapet.physics.earth import geodetic_to_ecef, height_m

if TYPE_CHECKING:
    from parapet.analysis.outcomes import Played

ALTITUDES_M = (50.0, 1_000.0, 10_000.0)
"""Above the ground; what the replay offers."""
N_RAYS = 72
"""One ray every five degrees."""
N_STEPS = 48
"""Ranges asked along a ray, dense near the unit."""
N_HALVINGS = 7
"""Times the edge between a range that holds and one that does not is halved: to some 100 m at the far end."""
P_SEEN = 0.5
"""Probability of detection in one look that counts as seen."""
LOOKS_TO_TRACK = 3
"""Looks from first detection to a firm track."""
NONE = -1.0

Floats = NDArray[np.float64]


@kernel
def _point(lat_rad, lon_rad, azimuth_rad, range_m, level_m):  # type: ignore[no-untyped-def]
    """ECEF of a point so far along the ground (on a sphere that fits there), and the level unit vector to its start."""
    radius_m = 6_371_000.0
    turn = range_m / radius_m
    lat = math.asin(
        math.sin(lat_rad) * math.cos(turn) + math.cos(lat_rad) * math.sin(turn) * math.cos(azimuth_rad)
    )
    lon = lon_rad + math.atan2(
        math.sin(azimuth_rad) * math.sin(turn) * math.cos(lat_rad),
        math.cos(turn) - math.sin(lat_rad) * math.sin(lat),
    )
    x, y, z = geodetic_to_ecef(lat, lon, level_m)
    fx, fy, fz = geodetic_to_ecef(lat_rad, lon_rad, level_m)
    ux, uy, uz = math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
    dx, dy, dz = fx - x, fy - y, fz - z
    up = dx * ux + dy * uy + dz * uz
    dx -= up * ux
    dy -= up * uy
    dz -= up * uz
    size = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1e-9)
    return lat, lon, x, y, z, dx / size, dy / size, dz / size


@kernel
def _is_seen(world, i_radar, i_threat, x, y, z, vx, vy, vz):  # type: ignore[no-untyped-def]
    """Whether one look of a radar finds the threat with at least even odds."""
    snr = snr_at(world, i_radar, i_threat, x, y, z, vx, vy, vz)
    if snr <= 0.0:
        return False
    return p_detection(snr, world.radars[i_radar].p_false_alarm, world.threats[i_threat].swerling) >= P_SEEN


@kernel
def _holds(world, question, i_unit, i_threat, loaded, delay_s, seen_m, range_m, speed, x, y, z, ux, uy, uz):  # type: ignore[no-untyped-def]
    """One question at one point: 0 a search radar of the unit sees it, 1 its engagement radar does, 2 it can be met."""
    vx, vy, vz = speed * ux, speed * uy, speed * uz
    unit = world.units[i_unit]
    if question == 0:
        for i in range(world.radars.size):
            radar = world.radars[i]
            if radar.is_engagement != 0 or not radar.ready_s < math.inf:
                continue
            if (radar.i_post >= 0 and radar.i_post == unit.i_post) or radar.i_unit == i_unit:
                if _is_seen(world, i, i_threat, x, y, z, vx, vy, vz):
                    return True
        return False
    if question == 1:
        return _is_seen(world, unit.i_radar, i_threat, x, y, z, vx, vy, vz)
    is_led = is_in_sector(world, unit.i_radar, x, y, z)
    if is_led:
        is_led, _, _ = path(world, unit.i_radar, x, y, z)
    if is_led:
        is_led = _is_seen(world, unit.i_radar, i_threat, x, y, z, vx, vy, vz)
    for j in range(loaded.size):
        if loaded[j] == 0:
            continue
        weapon = weapon_of(world.air, world.units, world.interceptors, i_unit, j)
        if not is_led and weapon.is_uplink == 0:
            continue
        if not is_inside_envelope(weapon, weapon.range_air_m, x, y, z, height_m(x, y, z), speed):
            continue
        flight_s, _, _ = arrival(weapon, world.table, x, y, z)
        if flight_s >= 0.0 and (seen_m - range_m) >= speed * (delay_s + flight_s):
            return True
    return False


@kernel
def _scan(world, i_unit, i_threat, lat, lon, loaded, delay_s, speed, altitude_m, far_m, out):  # type: ignore[no-untyped-def]
    """Fills ``out[ray] = (seen by search, seen for engagement, met at most, met at least)``, ranges in m, -1 none."""
    level_m = world.air.ground_m + altitude_m
    for ray in range(out.shape[0]):
        azimuth = 2.0 * math.pi * ray / out.shape[0]
        for question in range(3):
            outer = NONE
            inner = NONE
            above = far_m
            was = False
            for step in range(N_STEPS, 0, -1):
                share = step / N_STEPS
                range_m = far_m * share * share
                if question == 2 and range_m > out[ray, 0]:
                    above = range_m
                    continue  # not seen yet, so not met
                _, _, x, y, z, ux, uy, uz = _point(lat, lon, azimuth, range_m, level_m)
                seen_m = out[ray, 0]
                now = _holds(
                    world,
                    question,
                    i_unit,
                    i_threat,
                    loaded,
                    delay_s,
                    seen_m,
                    range_m,
                    speed,
                    x,
                    y,
                    z,
                    ux,
                    uy,
                    uz,
                )
                if now != was:
                    low, high = range_m, above
                    for _ in range(N_HALVINGS):
                        middle = 0.5 * (low + high)
                        _, _, x, y, z, ux, uy, uz = _point(lat, lon, azimuth, middle, level_m)
                        same = _holds(
                            world, question, i_unit, i_threat, loaded, delay_s, seen_m, middle, speed,
                            x, y, z, ux, uy, uz,
                        )  # fmt: skip
                        if same == now:
                            low = middle
                        else:
                            high = middle
                    if now and outer < 0.0:
                        outer = 0.5 * (low + high)
                    elif not now and outer >= 0.0:
                        inner = 0.5 * (low + high)
                        was = now
                        above = range_m
                        break
                was = now
                above = range_m
            if outer >= 0.0 and inner < 0.0:
                inner = 0.0
            if question == 0:
                out[ray, 0] = outer
            elif question == 1:
                out[ray, 1] = outer
            else:
                out[ray, 2] = outer
                out[ray, 3] = inner
    return 0


@dataclass(frozen=True)
class Zone:
    """What one fire unit can do about one type of threat at one altitude, ray by ray clockwise from north."""

    i_unit: int
    type: str
    altitude_m: float
    speed_mps: float
    search_m: Floats
    """Farthest range at which a search radar sees it, -1 none; along the ground from the unit."""
    guide_m: Floats
    """The same for the engagement radar."""
    outer_m: Floats
    """Farthest range at which a round can meet it, -1 none."""
    inner_m: Floats
    """Near end of that stretch."""


@dataclass(frozen=True)
class Subject:
    """A type of threat as the zones take it: the row that has its signature, and its speed."""

    type: str
    i_threat: int
    speed_mps: float


def subjects(played: Played) -> list[Subject]:
    """The types of the raid that fly level, each by its first threat, at the speed of its first leg."""
    found: dict[str, Subject] = {}
    world = played.world
    for i in range(played.names.n_raid):
        given = world.threats[i]
        name = played.names.threat_types[i]
        if name in found or int(given["kind"]) != codes.KIND_AIR or int(given["n_legs"]) < 1:
            continue
        first = int(given["i_leg"])
        speeds = world.legs["speed_mps"][first : first + int(given["n_legs"])]
        found[name] = Subject(name, i, float(speeds.max()))
    return list(found.values())


def latitude_longitude(unit: Any) -> tuple[float, float]:
    """Of a row of the World with ``x_m, y_m, z_m``: radians."""
    from parapet.physics.earth import ecef_to_geodetic

    lat, lon, _ = ecef_to_geodetic(float(unit["x_m"]), float(unit["y_m"]), float(unit["z_m"]))
    return float(lat), float(lon)


def zones(played: Played, altitudes_m: tuple[float, ...] = ALTITUDES_M, n_rays: int = N_RAYS) -> list[Zone]:
    """One zone per fire unit that comes into action, type and altitude. Pinned by ``tests/web/test_zones.py``."""
    world = played.world
    types = subjects(played)
    units = [
        i
        for i, unit in enumerate(world.units)
        if math.isfinite(float(unit["ready_s"])) and int(unit["i_radar"]) >= 0
    ]
    far_m = float(world.radars["range_max_m"].max()) if world.radars.size else 0.0

    def of_unit(i_unit: int) -> list[Zone]:
        unit = world.units[i_unit]
        first, n = int(unit["i_launcher"]), int(unit["n_launchers"])
        loaded = np.ascontiguousarray(world.load[first : first + n].sum(axis=0), dtype=np.int64)
        lat, lon = latitude_longitude(unit)
        delay_s = LOOKS_TO_TRACK * _look_interval_s(world, i_unit) + float(unit["reaction_s"])
        made = []
        for one in types:
            for altitude_m in altitudes_m:
                out = np.full((n_rays, 4), NONE)
                _scan(
                    world,
                    i_unit,
                    one.i_threat,
                    lat,
                    lon,
                    loaded,
                    delay_s,
                    one.speed_mps,
                    altitude_m,
                    far_m,
                    out,
                )
                made.append(Zone(i_unit, one.type, altitude_m, one.speed_mps, *out.T.copy()))
        return made

    if not units or not types:
        return []
    with ThreadPoolExecutor(
        max_workers=os.cpu_count() or 1
    ) as pool:  # kernels run without the interpreter's lock
        return [zone for made in pool.map(of_unit, units) for zone in made]


def _look_interval_s(world: Any, i_unit: int) -> float:
    """The shortest interval between looks of the search radars that feed a unit."""
    unit = world.units[i_unit]
    periods = [
        float(radar["period_s"])
        for radar in world.radars
        if int(radar["is_engagement"]) == 0
        and (
            (int(radar["i_post"]) >= 0 and int(radar["i_post"]) == int(unit["i_post"]))
            or int(radar["i_unit"]) == i_unit
        )
        and float(radar["period_s"]) > 0.0
    ]
    return min(periods, default=0.0)
