"""What a person may write in a scenario: one class per block of the YAML file.

The text under each attribute is the reference page. Keys in the file carry no unit (``duration: 20 min``), the
attributes here are SI and say so (``duration_s``). What needs more than one block to judge is in `check`.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    StringConstraints,
)

from parapet.scenario.letters import shown_line, shown_text
from parapet.scenario.quantity import Quantity

_RIGHT_ANGLE = math.pi / 2.0
_TURN = 2.0 * math.pi

Name = Annotated[
    str,
    Strict(),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^/\n]+$"),
    AfterValidator(shown_line),
]
Text = Annotated[str, Strict(), StringConstraints(strip_whitespace=True), AfterValidator(shown_line)]
Prose = Annotated[str, Strict(), StringConstraints(strip_whitespace=True), AfterValidator(shown_text)]
Flag = Annotated[bool, Strict()]
Latitude = Annotated[
    float, Quantity("angle", -_RIGHT_ANGLE, _RIGHT_ANGLE, is_bare_degrees=True, shown="from -90 to 90 deg")
]
Longitude = Annotated[
    float, Quantity("angle", -math.pi, _TURN, is_bare_degrees=True, shown="from -180 to 360 deg")
]
Bearing = Annotated[
    float, Quantity("angle", -_TURN, _TURN, is_bare_degrees=True, shown="from -360 to 360 deg")
]
Height = Annotated[float, Quantity("length", -500.0, 1_500_000.0, shown="from -500 m to 1,500 km")]
HeightAboveGround = Annotated[float, Quantity("length", -500.0, 1_500_000.0, shown="from -500 m to 1,500 km")]
Elevation = Annotated[float, Quantity("length", -500.0, 9000.0, shown="from -500 m to 9,000 m")]
Distance = Annotated[float, Quantity("length", 0.0)]
PositiveLength = Annotated[float, Quantity("length", 0.0, is_above_low=True)]
Duration = Annotated[float, Quantity("time", 0.0)]
PositiveSpeed = Annotated[float, Quantity("speed", 0.0, is_above_low=True)]
Speed = Annotated[float, Quantity("speed", 0.0)]
Probability = Annotated[float, Quantity("ratio", 0.0, 1.0, shown="from 0 to 1")]


class _Block(BaseModel):
    # Building a validator takes longer than reading a file: only the Scenario's is built, with all the others in it.
    # So a block that is left out is constructed from its defaults, not validated.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _place_from_name(value: Any) -> Any:
    return {"of": value} if isinstance(value, str) else value


class Place(_Block):
    """A point on the ground: `lat` and `lon`, or `of` an asset or system (with `bearing` and `distance`).

    A bare name is short for ``{of: name}``.
    """

    lat_rad: Latitude | None = Field(None, alias="lat")
    """Latitude, WGS-84; a bare number is degrees north."""
    lon_rad: Longitude | None = Field(None, alias="lon")
    """Longitude, WGS-84; a bare number is degrees east."""
    of: Name | None = None
    """Name of an asset or system to measure from; in a raid group, left out, it is the group's aim."""
    bearing_rad: Bearing | None = Field(None, alias="bearing")
    """Direction from `of` to this point, clockwise from north; a bare number is degrees."""
    distance_m: Distance | None = Field(None, alias="distance")
    """Geodesic distance from `of` to this point."""


class AimPoint(Place):
    """Where a threat is going: an asset or system by name, or a place."""

    altitude_m: Height | None = Field(None, alias="altitude")
    """Height of the aim point above sea level; the ground if left out."""


class Waypoint(Place):
    """One corner of a route. The first one is where the group appears."""

    altitude_m: Height | None = Field(None, alias="altitude")
    """Height above sea level (the ellipsoid) to reach here. If neither this nor `agl` is given, the height of the
    point before, or the threat's usual height."""
    agl_m: HeightAboveGround | None = Field(None, alias="agl")
    """Height above the ground instead of `altitude`."""


SomePlace = Annotated[Place, BeforeValidator(_place_from_name)]
SomeAim = Annotated[AimPoint, BeforeValidator(_place_from_name)]


class WindLevel(_Block):
    """The steady wind at one height; between levels it is interpolated."""

    altitude_m: Height = Field(alias="altitude")
    """Height above sea level."""
    speed_mps: Speed = Field(alias="speed")
    """Wind speed."""
    direction_from_rad: Bearing = Field(alias="direction_from")
    """Where the wind comes from, clockwise from north; a bare number is degrees."""


class Environment(_Block):
    """The ground and the air."""

    ground_elevation_m: Elevation | None = Field(None, alias="ground_elevation")
    """Height of the smooth ground above sea level that antennas, horizon and impacts refer to. Left out: the mean
    elevation of the sites."""
    effective_earth_radius_factor: Annotated[float, Quantity("ratio", 0.5, 10.0)] = 4.0 / 3.0
    """Effective earth radius over true radius, which stands for refraction; 4/3 is the standard atmosphere."""
    wind: tuple[WindLevel, ...] = ()
    """Wind levels by rising altitude; none means still air."""


class Asset(_Block):
    """Something worth defending."""

    name: Name
    """How messages, aims and results call it."""
    place: SomePlace
    """Where it is."""
    template: Name | None = None
    """Catalogue id of an asset kind; gives value, radius and hardness unless they are written here."""
    value: Annotated[float, Quantity("ratio", 0.0)] | None = None
    """Worth, in units of your own choice; only the ratios between assets matter."""
    radius_m: PositiveLength | None = Field(None, alias="radius")
    """Size: a threat that comes down this close has hit it."""
    hardness: Literal["soft", "medium", "hard"] | None = None
    """How much a hit destroys."""
    elevation_m: Elevation | None = Field(None, alias="elevation")
    """Height of its ground above sea level; enters the mean that defines the smooth ground."""


class Doctrine(_Block):
    """How rounds are spent."""

    policy: Literal["marginal", "optimal", "nearest"] = "marginal"
    """Who is shot at first: best expected gain next (`marginal`), best assignment of the cycle (`optimal`), or the
    nearest track (`nearest`)."""
    mode: Literal["shoot_look_shoot", "salvo"] = "shoot_look_shoot"
    """`shoot_look_shoot` fires `salvo` rounds, waits for the kill assessment and fires again if need be; `salvo`
    fires `salvo` rounds once."""
    salvo: Annotated[int, Strict(), Field(ge=1, le=8)] = 2
    """Rounds fired at a track in one go."""
    min_p_kill: Probability = 0.3
    """A shot with less expected kill probability than this is not fired."""
    reserve: Annotated[int, Strict(), Field(ge=0)] = 0
    """Rounds of each interceptor type that a fire unit keeps back."""
    hold_fire: Flag = False
    """Track and judge, but give no target to a fire channel: nothing is launched."""
    max_engagements_per_track: Annotated[int, Strict(), Field(ge=1, le=16)] = 1
    """Fire units that may engage one track at the same time."""
    turn_radars: Flag = False
    """A fire unit with nothing in its channels turns its engagement radar, at the catalogue's slew rate, towards the
    most pressing hostile track that no fire unit with a free channel covers. Without it every boresight stays."""


class Rules(_Block):
    """Rules of engagement, on what the tracks tell."""

    engage: Literal["hostile", "any"] = "hostile"
    """`hostile`: only tracks that meet the conditions below; `any`: every firm track."""
    hostile_speed_min_mps: Speed = Field(0.0, alias="hostile_speed_min")
    """Slower tracks are not hostile."""
    hostile_height_min_m: Height | None = Field(None, alias="hostile_height_min")
    """Tracks lower than this above sea level are not hostile."""
    hostile_height_max_m: Height | None = Field(None, alias="hostile_height_max")
    """Tracks higher than this above sea level are not hostile."""
    hostile_origin_rad: Annotated[tuple[Bearing, ...], Field(min_length=2, max_length=2)] | None = Field(
        None, alias="hostile_origin"
    )
    """Two bearings seen from the fire unit, clockwise from the first to the second: tracks that were first seen outside
    are not hostile. Ballistic tracks are hostile whatever these conditions say."""
    weapons_free_radius_m: PositiveLength | None = Field(None, alias="weapons_free_radius")
    """Tracks whose closest approach to everything defended stays beyond this are not hostile. Left out: no such
    limit."""


class Offset(_Block):
    """Where a fire unit stands, seen from the site."""

    bearing_rad: Bearing = Field(alias="bearing")
    """Direction from the site, clockwise from north; a bare number is degrees."""
    distance_m: Distance = Field(alias="distance")
    """Distance from the site."""


def _mast(value: Any) -> Any:
    return 0 if value is None or value == "none" else value


class DefendingSystem(_Block):
    """One air-defence system at one site."""

    name: Name
    """How messages and results call it."""
    system: Name
    """Catalogue id, e.g. `s400-full`."""
    place: SomePlace
    """The site: command post and search radars."""
    elevation_m: Elevation | None = Field(None, alias="elevation")
    """Height of its ground above sea level; enters the mean that defines the smooth ground."""
    status: Literal["operational", "dormant"] = "operational"
    """A dormant system sees and shoots nothing (until it is ready, see `ready_after` and `alerted_at`)."""
    ready_after_s: Duration | None = Field(None, alias="ready_after")
    """A dormant system becomes operational at this time of the battle; left out, never."""
    alerted_at_s: Duration | None = Field(None, alias="alerted_at")
    """A dormant system is ordered to get ready at this time of the battle, and becomes operational when the catalogue's
    `time_to_ready` has passed. Excludes `ready_after`."""
    boresights_rad: tuple[Bearing, ...] = Field((), alias="boresights")
    """Where each fire unit's engagement radar looks, clockwise from north; one per fire unit."""
    first_boresight_rad: Bearing = Field(0.0, alias="first_boresight")
    """Without `boresights`: where the first fire unit looks."""
    boresight_spacing_rad: Bearing | None = Field(None, alias="boresight_spacing")
    """Without `boresights`: angle from one fire unit to the next; left out, the catalogue's."""
    fire_unit_offsets: tuple[Offset, ...] = ()
    """Where each fire unit stands; left out, all at the site."""
    antenna_mast_m: Annotated[Distance, BeforeValidator(_mast)] = Field(0.0, alias="antenna_mast")
    """Mast of the low-altitude search radars: `none`, or a height the catalogue offers (24 m, 39 m)."""
    loads: dict[Name, Annotated[int, Strict(), Field(ge=0)]] | None = None
    """Rounds per fire unit by interceptor id; left out, the catalogue's load."""
    launchers: Annotated[int, Strict(), Field(ge=0, le=64)] | None = None
    """Launchers per fire unit; left out, the catalogue's."""
    doctrine: Doctrine = Field(default_factory=Doctrine.model_construct)
    """How rounds are spent."""
    rules: Rules = Field(default_factory=Rules.model_construct)
    """What may be shot at."""


class Spacing(_Block):
    """Distances between neighbours of a group."""

    lateral_m: Distance = Field(0.0, alias="lateral")
    """Abreast: members stand side by side, the group's middle on the route."""
    along_m: Distance = Field(0.0, alias="along")
    """In trail: each member starts this far behind the one before."""


class Ring(_Block):
    """Members spread evenly over an arc, each flying straight to the centre."""

    centre: SomePlace | None = None
    """Middle of the ring; left out, the group's aim."""
    radius_m: PositiveLength = Field(alias="radius")
    """Distance of the start from the centre."""
    from_bearing_rad: Bearing = Field(0.0, alias="from_bearing")
    """Start of the arc, seen from the centre, clockwise from north."""
    to_bearing_rad: Bearing = Field(_TURN, alias="to_bearing")
    """End of the arc, clockwise from its start."""
    altitude_m: Height | None = Field(None, alias="altitude")
    """Height above sea level; left out (and no `agl`), the threat's usual height."""
    agl_m: HeightAboveGround | None = Field(None, alias="agl")
    """Height above the ground instead of `altitude`."""


class TurnAway(_Block):
    """The threat turns round when it senses that it is shot at."""

    after_s: Duration = Field(alias="after")
    """Delay between the launch or illumination it senses and the turn."""


class Weave(_Block):
    """The threat flies a horizontal weave."""

    load_mps2: Annotated[float, Quantity("acceleration", 0.0, 1000.0, is_above_low=True)] = Field(
        alias="load"
    )
    """Lateral acceleration, e.g. `4 g`."""
    period_s: Annotated[float, Quantity("time", 1.0, 600.0)] = Field(alias="period")
    """Time of one full weave."""


def _behaviour(value: Any) -> Any:
    return {} if value == "straight" else value


class Behaviour(_Block):
    """`straight` (the default), or one of the keys below."""

    turn_away: TurnAway | None = None
    """Turn away when shot at."""
    weave: Weave | None = None
    """Weave all the way."""


class Group(_Block):
    """Threats of one kind that come together. Members are called `name-01`, `name-02`, and so on."""

    name: Name
    """First part of the members' names."""
    threat: Name
    """Catalogue id, e.g. `som`."""
    count: Annotated[int, Strict(), Field(ge=1)] = 1
    """How many."""
    time_s: Duration | None = Field(None, alias="time")
    """When the first one appears or is launched; 0 s if left out."""
    arrival_s: Duration | None = Field(None, alias="arrival")
    """Instead of `time`: when the first one is to reach the aim, undisturbed (time on target)."""
    interval_s: Duration = Field(0.0, alias="interval")
    """Time from one member to the next."""
    spacing: Spacing = Field(default_factory=Spacing.model_construct)
    """Distances between members."""
    speed_mps: PositiveSpeed | None = Field(None, alias="speed")
    """Ground speed of an air-breathing threat; left out, the catalogue's."""
    route: tuple[Waypoint, ...] = ()
    """Air-breathing: the corners it flies over, then on to the aim; without an aim it leaves at the last corner."""
    ring: Ring | None = None
    """Air-breathing: instead of a route, from all sides to the centre."""
    launch: SomePlace | None = None
    """Ballistic: where it is launched."""
    aim: SomeAim | None = None
    """What it attacks: the name of an asset or system, or a place."""
    trajectory: Literal["minimum_energy", "lofted", "depressed"] = "minimum_energy"
    """Ballistic: shape of the flight."""
    behaviour: Annotated[Behaviour, BeforeValidator(_behaviour)] = Field(default_factory=Behaviour.model_construct)
    """Air-breathing: what it does on the way."""


class Scenario(_Block):
    """A battle before it is fought: who defends what with which systems, who attacks how."""

    parapet: Literal[1]
    """Version of this format."""
    title: Text
    """One line that names the scenario."""
    question: Prose = ""
    """What the scenario is meant to answer."""
    notes: Prose = ""
    """Where it comes from and what is assumed."""
    seed: Annotated[int, Strict(), Field(ge=0, lt=2**63)] = 1
    """Seed of every random draw; the same seed gives the same battle."""
    duration_s: Annotated[float, Quantity("time", 1.0, 86400.0, shown="from 1 s to 24 h")] = Field(
        alias="duration"
    )
    """How long the battle lasts at most."""
    time_step_s: Annotated[float, Quantity("time", 0.01, 1.0, shown="from 0.01 s to 1 s")] = Field(
        0.25, alias="time_step"
    )
    """Length of one tick of the battle's clock."""
    recording: Literal["outcomes", "events", "full"] = "events"
    """What is kept: outcomes only, every event, or also positions and tracks. Never changes the battle."""
    catalogue: Text | None = None
    """A folder with catalogue files of your own, seen from the scenario's folder; same format, other ids."""
    catalogue_overrides: dict[str, Any] = {}
    """Single catalogue figures changed for this scenario, e.g. `systems.s400-full.fire_units.count: 5`."""
    environment: Environment = Field(default_factory=Environment.model_construct)
    """The ground and the air."""
    assets: tuple[Asset, ...] = ()
    """What is defended."""
    systems: tuple[DefendingSystem, ...] = ()
    """What it is defended with."""
    raid: tuple[Group, ...] = ()
    """What attacks."""

    _lines: dict[tuple[str | int, ...], tuple[int, int]] = PrivateAttr(default_factory=dict)
    _file: str = PrivateAttr(default="")

    @property
    def lines(self) -> dict[tuple[str | int, ...], tuple[int, int]]:
        """Line and column (from 1) of every place in the file, by path, e.g. ``("raid", 0, "speed")``."""
        return self._lines

    @property
    def file(self) -> str:
        """The file it was read from; empty if it was made in Python."""
        return self._file

    @property
    def n_threats(self) -> int:
        """Threats in the raid, separated bodies not counted."""
        return sum(group.count for group in self.raid)
