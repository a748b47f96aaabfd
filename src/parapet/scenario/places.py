"""Where things are: every place of a scenario as latitude, longitude and height, radians and metres."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from geographiclib.geodesic import Geodesic

from parapet.catalogue import System
from parapet.scenario.schema import AimPoint, Asset, DefendingSystem, Group, Place, Scenario

_DEG = math.pi / 180.0


class Point(NamedTuple):
    """A point on the earth."""

    lat_rad: float
    lon_rad: float


class PlaceError(Exception):
    """A place cannot be found; the message says why. Turned into a finding by `check`, never seen by a person."""


def destination(start: Point, bearing_rad: float, distance_m: float) -> Point:
    """The end of a geodesic on WGS-84. Source: C. F. F. Karney, Algorithms for geodesics (2013)."""
    if distance_m == 0.0:
        return start
    return _direct(*_key(start), bearing_rad + 0.0, distance_m)


# The members of a group fly the same legs, and one command asks for them more than once.
@lru_cache(maxsize=4096)
def _direct(lat_rad: float, lon_rad: float, bearing_rad: float, distance_m: float) -> Point:
    end = Geodesic.WGS84.Direct(lat_rad / _DEG, lon_rad / _DEG, bearing_rad / _DEG, distance_m)
    return Point(end["lat2"] * _DEG, end["lon2"] * _DEG)


def distance_m(a: Point, b: Point) -> float:
    """Length of the geodesic between two points on WGS-84."""
    return _inverse(*_key(a), *_key(b))[0]


def bearing_rad(a: Point, b: Point) -> float:
    """Direction from a to b at a, clockwise from north, in [0, 2 pi)."""
    return _inverse(*_key(a), *_key(b))[1] % (2.0 * math.pi)


def _key(point: Point) -> tuple[float, float]:
    """Adding 0 makes -0 to 0: equal keys are then the same point to the last bit, whichever was asked first."""
    return point[0] + 0.0, point[1] + 0.0


@lru_cache(maxsize=4096)
def _inverse(lat_a_rad: float, lon_a_rad: float, lat_b_rad: float, lon_b_rad: float) -> tuple[float, float]:
    """Length and azimuth at the start (radians) of the geodesic."""
    found = Geodesic.WGS84.Inverse(lat_a_rad / _DEG, lon_a_rad / _DEG, lat_b_rad / _DEG, lon_b_rad / _DEG)
    return float(found["s12"]), float(found["azi1"] * _DEG)


def sites(scenario: Scenario) -> dict[str, Asset | DefendingSystem]:
    """Assets and systems by name."""
    found: dict[str, Asset | DefendingSystem] = {asset.name: asset for asset in scenario.assets}
    found.update({system.name: system for system in scenario.systems})
    return found


def own_problem(place: Place) -> str:
    """What is wrong with a place by itself, whatever it is measured from; empty if nothing."""
    has_grid = place.lat_rad is not None or place.lon_rad is not None
    has_polar = place.of is not None or place.bearing_rad is not None or place.distance_m is not None
    if has_grid and has_polar:
        return "'lat' and 'lon' exclude 'of', 'bearing' and 'distance'. Keep one of the two ways."
    if has_grid:
        missing = [key for key, value in (("lat", place.lat_rad), ("lon", place.lon_rad)) if value is None]
        return f"{missing[0]!r} is missing." if missing else ""
    if not has_polar:
        return "a place needs 'lat' and 'lon', or 'of' (with 'bearing' and 'distance')."
    if (place.bearing_rad is None) != (place.distance_m is None) and place.distance_m != 0.0:
        return f"{'bearing' if place.bearing_rad is None else 'distance'!r} is missing; the two go together."
    return ""


def located(
    scenario: Scenario, place: Place, default: Point | None = None, seen: tuple[str, ...] = ()
) -> Point:
    """The point that a place means.

    Parameters
    ----------
    default
        What `bearing` and `distance` are measured from when `of` is left out (in a raid: the group's aim).

    Raises
    ------
    PlaceError
        If the place says too little, too much, names nothing known, or names itself.
    """
    problem = own_problem(place)
    if problem:
        raise PlaceError(problem)
    if place.lat_rad is not None and place.lon_rad is not None:
        return Point(place.lat_rad, place.lon_rad)
    if place.of is None:
        if default is None:
            raise PlaceError(
                "'of' is missing: name the asset or system that 'bearing' and 'distance' start from."
            )
        origin = default
    else:
        site = sites(scenario).get(place.of)
        if site is None:
            raise PlaceError(f"no asset or system is called {place.of!r}.")
        if place.of in seen:
            raise PlaceError(f"the place is measured from itself: {' -> '.join((*seen, place.of))}.")
        origin = located(scenario, site.place, None, (*seen, place.of))
    return destination(origin, place.bearing_rad or 0.0, place.distance_m or 0.0)


def ground_elevation_m(scenario: Scenario) -> float:
    """Height of the smooth ground above the ellipsoid: as written, or the mean elevation of the sites, or 0."""
    if scenario.environment.ground_elevation_m is not None:
        return scenario.environment.ground_elevation_m
    known = [site.elevation_m for site in sites(scenario).values() if site.elevation_m is not None]
    return sum(known) / len(known) if known else 0.0


def aim_asset(group: Group) -> str | None:
    """The name of the asset or system aimed at, if the aim is exactly that."""
    aim = group.aim
    if aim is None or aim.of is None or (aim.distance_m or 0.0) > 0.0:
        return None
    return aim.of


def aim_height_m(scenario: Scenario, aim: AimPoint) -> float:
    """Height of the aim point above the ellipsoid."""
    return ground_elevation_m(scenario) if aim.altitude_m is None else aim.altitude_m


def ready_at_s(system: DefendingSystem, entry: System) -> float | None:
    """When a system becomes operational, s from the start of the battle (0: from the start); None when it never does.

    ``entry``: its catalogue entry, whose ``time_to_ready`` counts from ``alerted_at``.
    """
    if system.status == "operational":
        return 0.0
    if system.alerted_at_s is not None:
        return system.alerted_at_s + entry.si("time_to_ready")
    return system.ready_after_s


def boresights_rad(system: DefendingSystem, n_fire_units: int, catalogue_spacing_rad: float) -> list[float]:
    """Where each fire unit's engagement radar looks, clockwise from north, in [0, 2 pi)."""
    turn = 2.0 * math.pi
    if system.boresights_rad:
        return [angle % turn for angle in system.boresights_rad]
    spacing = system.boresight_spacing_rad
    if spacing is None:
        spacing = catalogue_spacing_rad
    return [(system.first_boresight_rad + i * spacing) % turn for i in range(n_fire_units)]


def fire_unit_points(scenario: Scenario, system: DefendingSystem, n_fire_units: int) -> list[Point]:
    """Where each fire unit stands."""
    site = located(scenario, system.place, None, (system.name,))
    if not system.fire_unit_offsets:
        return [site] * n_fire_units
    return [destination(site, offset.bearing_rad, offset.distance_m) for offset in system.fire_unit_offsets]
