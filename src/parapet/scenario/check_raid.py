"""What can be wrong with a raid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parapet.scenario.checks import Checks
from parapet.scenario.document import Path
from parapet.scenario.places import Point, distance_m
from parapet.scenario.raid import corners_of, heights_m, members, usual_height_m
from parapet.scenario.schema import Group, Place

if TYPE_CHECKING:
    from parapet.catalogue import Threat as ThreatEntry

#: Threats in one battle. The assignment of plots to tracks is a square matrix and sets the limit.
MAX_THREATS = 1000


def memory_bytes(n_threats: int) -> int:
    """About what one battle takes: a matrix of two tracks per threat, and 24 kB of state and log per threat."""
    return 8 * (2 * n_threats) ** 2 + 24_000 * n_threats


class RaidChecks(Checks):
    """Checks of `raid`."""

    def group(self, i: int, group: Group) -> None:
        path: Path = ("raid", i)
        threat: ThreatEntry | None = self.entry("threats", (*path, "threat"), group.threat)
        aim = None
        if group.aim is not None:
            aim = self.point((*path, "aim"), group.aim)
            if group.aim.altitude_m is not None and group.aim.altitude_m < self.ground_m - 1e-6:
                self._below((*path, "aim", "altitude"), "aim point", group.aim.altitude_m)
        self._way(path, group, threat)
        self._times(path, group)
        for key in ("turn_away", "weave"):
            if threat is not None and threat.is_ballistic and getattr(group.behaviour, key) is not None:
                self.error(
                    (*path, "behaviour"),
                    f"a ballistic missile such as {group.threat!r} cannot {key.replace('_', ' ')}.",
                )
        if group.behaviour.turn_away is not None and group.behaviour.weave is not None:
            self.error((*path, "behaviour"), "got turn_away and weave, expected one of them.")
        if threat is None:
            return
        if threat.is_ballistic:
            self._ballistic(path, group, threat, aim)
        else:
            self._air(i, path, group, threat, aim)

    def _below(self, path: Path, what: str, height_m: float) -> None:
        self.error(path, f"the {what} is at {height_m:g} m, below the ground at {self.ground_m:.0f} m above sea level. "
                   "Give 'agl' or leave it out, or set environment.ground_elevation.")  # fmt: skip

    def _way(self, path: Path, group: Group, threat: ThreatEntry | None) -> None:
        given = [
            key
            for key, value in (("route", group.route), ("ring", group.ring), ("launch", group.launch))
            if value
        ]
        if len(given) > 1:
            self.error((*path, given[1]), f"got {' and '.join(given)}, expected one of them.")
        if threat is None:
            if not given:
                self.error(path, "has no route. Give 'route', 'ring' or (ballistic) 'launch'.")
            return
        if threat.is_ballistic:
            if "launch" not in given:
                self.error(
                    path,
                    f"has no launch point; {group.threat!r} is ballistic. Give 'launch: {{lat: ..., lon: ...}}'.",
                )
            for key in given:
                if key != "launch":
                    self.error((*path, key), f"a ballistic missile has no {key}. Give 'launch' and 'aim'.")
            if group.aim is None:
                self.error(path, "has no aim point. Give 'aim: NAME' or 'aim: {lat: ..., lon: ...}'.")
            if group.speed_mps is not None:
                self.error(
                    (*path, "speed"), "a ballistic missile's speed follows from its flight. Leave it out."
                )
        else:
            if given == ["launch"]:
                self.error(
                    (*path, "launch"), f"{group.threat!r} is not ballistic: it has a 'route' or a 'ring'."
                )
            elif not given:
                self.error(
                    path, f"has no route; {group.threat!r} flies over corners. Give 'route' or 'ring'."
                )
            if group.trajectory != "minimum_energy":
                self.error((*path, "trajectory"), f"{group.threat!r} is not ballistic. Leave it out.")

    def _times(self, path: Path, group: Group) -> None:
        duration = self.scenario.duration_s
        if group.time_s is not None and group.arrival_s is not None:
            self.error((*path, "arrival"), "got time and arrival, expected one of them.")
        if group.arrival_s is not None and group.aim is None and group.ring is None:
            self.error((*path, "arrival"), "a time on target needs an aim. Give 'aim', or 'time' instead.")
        first = group.arrival_s if group.arrival_s is not None else (group.time_s or 0.0)
        last = first + (group.count - 1) * group.interval_s
        key = "arrival" if group.arrival_s is not None else "time"
        if last >= duration:
            who = "the group" if first >= duration else "part of the group"
            self.say(
                "warning",
                (*path, key),
                f"{who} comes after the battle ends: last one at {last:g} s, duration {duration:g} s.",
            )

    def _ballistic(self, path: Path, group: Group, threat: ThreatEntry, aim: Point | None) -> None:
        if group.launch is None:
            return
        if self._hangs_on_wrong_aim(group, group.launch, aim):
            return
        start = self.point((*path, "launch"), group.launch, aim)
        if start is None or aim is None:
            return
        reach = distance_m(start, aim)
        low, high = threat.si("range_min"), threat.si("range_max")
        if not low <= reach <= high:
            self.error((*path, "aim"), f"the aim point lies {reach / 1000:,.0f} km from the launch point, outside what "
                       f"{group.threat!r} can reach: {low / 1000:,.0f} to {high / 1000:,.0f} km.")  # fmt: skip
        if group.aim is not None and (group.aim.altitude_m or 0.0) > self.ground_m + 1000.0:
            self.error(
                (*path, "aim", "altitude"),
                "a ballistic missile comes down on the ground. Leave the altitude out.",
            )

    def _air(self, i: int, path: Path, group: Group, threat: ThreatEntry, aim: Point | None) -> None:
        is_speed_right = self._speed(path, group, threat)
        self._weave(path, group, threat)
        is_placed = group.aim is None or aim is not None
        corners = corners_of(group)
        where: list[Path] = (
            [(*path, "route", k) for k in range(len(group.route))] if group.route else [(*path, "ring")]
        )
        for k, waypoint in enumerate(group.route):
            if self._hangs_on_wrong_aim(group, waypoint, aim):
                continue
            is_placed = self.point(where[k], waypoint, aim) is not None and is_placed
        if group.ring is not None:
            if group.ring.centre is not None:
                is_placed = self.point((*path, "ring", "centre"), group.ring.centre) is not None and is_placed
            elif group.aim is None:
                self.error((*path, "ring"), "has no centre. Give 'aim', or 'centre' in the ring.")
                is_placed = False
        if corners:
            self._heights(group, threat, corners, where)
        if group.route and len(group.route) == 1 and group.aim is None:
            self.error((*path, "route"), "one corner is no route. Add a second one, or an 'aim'.")
            is_placed = False
        n_ways = bool(group.route) + (group.ring is not None) + (group.launch is not None)
        if not (is_placed and is_speed_right) or n_ways != 1:
            return
        self._length(i, path, group, threat)

    @staticmethod
    def _hangs_on_wrong_aim(group: Group, place: Place, aim: Point | None) -> bool:
        return group.aim is not None and aim is None and place.of is None and place.lat_rad is None

    def _speed(self, path: Path, group: Group, threat: ThreatEntry) -> bool:
        if group.speed_mps is None:
            return True
        low, high = threat.si("speed_min"), threat.si("speed_max")
        if low - 1e-6 <= group.speed_mps <= high + 1e-6:
            return True
        text = f"{group.speed_mps:,.0f} m/s is outside this motion model: "
        text += f"{group.threat!r} flies {low:,.0f} to {high:,.0f} m/s."
        if low <= group.speed_mps / 3.6 <= high:
            text += " Was km/h meant?"
        self.error((*path, "speed"), text)
        return False

    def _weave(self, path: Path, group: Group, threat: ThreatEntry) -> None:
        weave = group.behaviour.weave
        if weave is not None and weave.load_mps2 > threat.si("load_factor_max") * 9.80665 + 1e-6:
            text = f"got {weave.load_mps2 / 9.80665:.1f} g; {group.threat!r} stands {threat.si('load_factor_max'):g} g."
            self.error((*path, "behaviour", "weave", "load"), text)

    def _heights(self, group: Group, threat: ThreatEntry, corners: Any, where: list[Path]) -> None:
        low, high = threat.si("altitude_min"), threat.si("altitude_max")
        heights = heights_m(corners, self.ground_m, usual_height_m(threat, self.ground_m))
        for corner, height, path in zip(corners, heights, where, strict=True):
            if corner.altitude_m is not None and corner.agl_m is not None:
                self.error((*path, "agl"), "got altitude and agl, expected one of them.")
                continue
            if corner.altitude_m is None and corner.agl_m is None:
                if path[-1] not in (0, "ring"):
                    continue
                key = path
            else:
                key = (*path, "altitude" if corner.altitude_m is not None else "agl")
            if height < self.ground_m - 1e-6:
                self._below(key, "route", height)
            elif height - self.ground_m < low - 1e-6:
                text = f"{height - self.ground_m:.0f} m above the ground is too low: "
                text += f"{group.threat!r} flies at {low:g} m or higher."
                self.error(key, text)
            elif height > high + 1e-6:
                self.error(key, f"{height:,.0f} m is too high: {group.threat!r} flies up to {high:,.0f} m.")

    def _length(self, i: int, path: Path, group: Group, threat: ThreatEntry) -> None:
        if group.count > MAX_THREATS:
            return
        flown = members(self.scenario, i, threat.si("speed"), usual_height_m(threat, self.ground_m), False)
        starts = [member.start_s for member in flown if member.start_s is not None]
        if any(member.path_m < 1.0 for member in flown):
            self.error((*path, "route"), "the route has no length: start and end are the same point.")
            return
        if starts and min(starts) < 0.0:
            text = f"to arrive then, the first one would have to start {-min(starts):,.0f} s before the battle begins."
            self.error((*path, "arrival"), f"{text} Arrive later, start nearer, or fly faster.")
        ends = [(member.start_s or 0.0) + member.path_m / member.speed_mps for member in flown]
        n_late = sum(end > self.scenario.duration_s for end in ends)
        if group.aim is not None and n_late:
            self.say("note", path, f"{n_late} of {group.count} cannot reach the aim before the battle ends at "
                     f"{self.scenario.duration_s:g} s (the last one would need {max(ends):,.0f} s).")  # fmt: skip
