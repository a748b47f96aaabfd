"""The raid, member by member: who starts when and where, and flies over which corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from parapet.scenario.names import member_names
from parapet.scenario.places import (
    Point,
    aim_asset,
    aim_height_m,
    bearing_rad,
    destination,
    distance_m,
    ground_elevation_m,
    located,
)
from parapet.scenario.schema import Group, Ring, Scenario, Waypoint

if TYPE_CHECKING:
    from parapet.catalogue import Catalogue
    from parapet.catalogue.entries import Threat as ThreatEntry

_TURN = 2.0 * math.pi


class Corner(NamedTuple):
    """One corner of a member's own route."""

    lat_rad: float
    lon_rad: float
    height_m: float  # above the ellipsoid


@dataclass(frozen=True)
class Member:
    """One threat of the raid.

    Attributes
    ----------
    start_s
        When it appears or is launched. None for a ballistic missile with a time on target: the launch is
        `arrival_s` minus the flight time, which the compiler solves.
    arrival_s
        When it is to reach the aim, if the group gives a time on target.
    speed_mps
        Ground speed (air-breathing); 0 for ballistic.
    corners
        Air-breathing: start, corners, and, if there is an aim, the point above the aim at the height flown last.
        Ballistic: the launch point only.
    aim
        The point attacked; None if the threat leaves at its last corner.
    aim_asset
        The asset or system attacked by name, if any.
    """

    name: str
    group: int
    threat: str
    start_s: float | None
    arrival_s: float | None
    speed_mps: float
    corners: tuple[Corner, ...]
    aim: Corner | None
    aim_asset: str | None

    @property
    def path_m(self) -> float:
        """Length over the ground of the route."""
        points = [Point(corner.lat_rad, corner.lon_rad) for corner in self.corners]
        return sum(distance_m(a, b) for a, b in pairwise(points))


def aim_point(scenario: Scenario, group: Group) -> Point | None:
    """Where the group is going; None without an aim. Raises `places.PlaceError`."""
    return None if group.aim is None else located(scenario, group.aim)


def ring_centre(scenario: Scenario, group: Group, ring: Ring) -> Point | None:
    """The middle of a ring: as written, or the aim. Raises `places.PlaceError`."""
    return aim_point(scenario, group) if ring.centre is None else located(scenario, ring.centre)


def ring_arc_rad(ring: Ring) -> float:
    """The angle of the arc, in (0, 2 pi]."""
    arc = (ring.to_bearing_rad - ring.from_bearing_rad) % _TURN
    return arc if arc > 1e-9 else _TURN


def corners_of(group: Group) -> tuple[Waypoint | Ring, ...]:
    """What gives the heights of a group: its route, or its ring, or nothing."""
    if group.route:
        return group.route
    return () if group.ring is None else (group.ring,)


def heights_m(corners: Sequence[Waypoint | Ring], ground_m: float, usual_m: float) -> list[float]:
    """Height of each corner above the ellipsoid; one that says nothing keeps the height of the one before."""
    result: list[float] = []
    for corner in corners:
        if corner.altitude_m is not None:
            result.append(corner.altitude_m)
        elif corner.agl_m is not None:
            result.append(ground_m + corner.agl_m)
        else:
            result.append(result[-1] if result else usual_m)
    return result


def members(
    scenario: Scenario, i_group: int, speed_mps: float, usual_height_m: float, is_ballistic: bool
) -> list[Member]:
    """The members of one group.

    Parameters
    ----------
    speed_mps, usual_height_m
        The threat's usual speed and height from the catalogue, for what the group leaves out.

    Raises
    ------
    places.PlaceError
        If a place of the group cannot be found; `check` reports that before.
    """
    group = scenario.raid[i_group]
    ground = ground_elevation_m(scenario)
    target = aim_point(scenario, group)
    aim = None
    if target is not None and group.aim is not None:
        aim = Corner(*target, aim_height_m(scenario, group.aim))
    speed = 0.0 if is_ballistic else (group.speed_mps or speed_mps)
    result = []
    for i, name in enumerate(member_names(group)):
        corners = _corners(scenario, group, i, target, ground, usual_height_m)
        delay = i * group.interval_s
        arrival = None if group.arrival_s is None else group.arrival_s + delay
        start = None if arrival is not None else (group.time_s or 0.0) + delay
        member = Member(name, i_group, group.threat, start, arrival, speed, corners, aim, aim_asset(group))
        if start is None and speed > 0.0 and arrival is not None:
            start = arrival - member.path_m / speed
            member = Member(
                name, i_group, group.threat, start, arrival, speed, corners, aim, aim_asset(group)
            )
        result.append(member)
    return result


def _corners(
    scenario: Scenario, group: Group, i: int, target: Point | None, ground_m: float, usual_m: float
) -> tuple[Corner, ...]:
    if group.launch is not None:
        start = _shifted(located(scenario, group.launch, target), target, group, i)
        return (Corner(*start, ground_m),)
    if group.ring is not None:
        centre = ring_centre(scenario, group, group.ring)
        if centre is None:
            return ()
        bearing = group.ring.from_bearing_rad + ring_arc_rad(group.ring) * (i + 0.5) / group.count
        height = heights_m((group.ring,), ground_m, usual_m)[0]
        end = target if target is not None else centre
        return (Corner(*destination(centre, bearing, group.ring.radius_m), height), Corner(*end, height))
    points = [located(scenario, waypoint, target) for waypoint in group.route]
    heights = heights_m(group.route, ground_m, usual_m)
    if target is not None:
        points.append(target)
        heights.append(heights[-1] if heights else usual_m)
    # The formation is kept over all corners but the aim, where all converge.
    n_kept = len(points) - (1 if target is not None else 0)
    shifted = []
    for k, point in enumerate(points):
        onward = points[k + 1] if k + 1 < len(points) else None
        backward = points[k - 1] if k > 0 else None
        course = bearing_rad(point, onward) if onward is not None else None
        if course is None and backward is not None:
            course = (bearing_rad(point, backward) + math.pi) % _TURN
        if k < n_kept and course is not None:
            point = _abreast(point, course, group, i)
            if k == 0 and group.spacing.along_m > 0.0:
                point = destination(point, course + math.pi, i * group.spacing.along_m)
        shifted.append(Corner(*point, heights[k]))
    return tuple(shifted)


def _shifted(point: Point, target: Point | None, group: Group, i: int) -> Point:
    if target is None:
        return point
    course = bearing_rad(point, target)
    point = _abreast(point, course, group, i)
    return destination(point, course + math.pi, i * group.spacing.along_m)


def _abreast(point: Point, course_rad: float, group: Group, i: int) -> Point:
    aside = (i - (group.count - 1) / 2.0) * group.spacing.lateral_m
    return destination(point, course_rad + math.pi / 2.0, aside) if aside else point


def usual_height_m(threat: ThreatEntry, ground_m: float) -> float:
    """The height a threat flies at when the scenario says nothing: the catalogue's, which counts from the ground
    for cruise missiles and drones and from sea level for all others; 0 for ballistic missiles."""
    if threat.is_ballistic:
        return 0.0
    height = threat.si("altitude")
    return ground_m + height if threat.kind in ("cruise_missile", "drone") else height


def raid_members(scenario: Scenario, catalogue: Catalogue) -> list[Member]:
    """All members of all groups, in the order of the file. Raises like `members`."""
    ground = ground_elevation_m(scenario)
    result: list[Member] = []
    for i, group in enumerate(scenario.raid):
        threat = catalogue.threats[group.threat]
        speed = 0.0 if threat.is_ballistic else threat.si("speed")
        result += members(scenario, i, speed, usual_height_m(threat, ground), threat.is_ballistic)
    return result
