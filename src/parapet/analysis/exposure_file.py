"""An exposure file: who flies where, near which radars; read and checked.

What a person may write is the classes below; the text under each key is its reference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field, Strict, StringConstraints

from parapet import catalogue as known_things
from parapet.catalogue import Catalogue, Radar, Threat
from parapet.errors import CatalogueError, Finding, InputError, sorted_findings
from parapet.scenario.document import Document, Path
from parapet.scenario.places import Point, destination
from parapet.scenario.quantity import Quantity
from parapet.scenario.read import did_you_mean
from parapet.scenario.schema import Bearing, Distance, Elevation, Height, Latitude, Longitude, PositiveSpeed
from parapet.scenario.yaml_model import Block, read_model, read_model_text

FORMAT: Final = 1
KEY: Final = "parapet-exposure"

Text = Annotated[str, Strict(), StringConstraints(strip_whitespace=True, min_length=1)]
Count = Annotated[int, Strict(), Field(ge=0)]
Level = Annotated[float, Quantity("decibel", -30.0, 80.0)]
Small = Annotated[float, Quantity("length", 0.0, 1.0, is_above_low=True)]
Antenna = Annotated[float, Quantity("length", 0.0, 100.0)]
Share = Annotated[float, Quantity("ratio", 0.0, 1.0, shown="from 0 to 1")]
Spread = Annotated[float, Quantity("angle", 0.0, math.pi, is_bare_degrees=True, shown="from 0 to 180 deg")]
BinSize = Annotated[float, Quantity("angle", math.radians(1.0), math.radians(45.0), shown="from 1 to 45 deg")]
State = Literal["operational", "dormant", "elsewhere"]


class GridBlock(Block):
    """A point on the earth."""

    lat_rad: Latitude = Field(alias="lat")
    """A bare number is degrees north."""
    lon_rad: Longitude = Field(alias="lon")
    """A bare number is degrees east."""


class RadarBlock(Block):
    """One radar of a site."""

    radar: Text
    """Catalogue id, e.g. ``91n6e``."""
    antenna_m: Antenna | None = Field(None, alias="antenna")
    """Height of the antenna above the ground; the catalogue's without mast if left out."""
    boresight_rad: Bearing | None = Field(None, alias="boresight")
    """Where a sector array looks; at the base if left out."""


class SiteBlock(Block):
    """Where radars stand, and whether they work."""

    name: Text
    place: GridBlock
    elevation_m: Elevation = Field(alias="elevation")
    """Height of its ground above the sea."""
    state: State = "operational"
    """``operational``, ``dormant`` (there, switched off) or ``elsewhere`` (no longer there)."""
    duty: Share = 1.0
    """Share of the flying time in which an operational site radiates."""
    note: str = ""
    radars: tuple[RadarBlock, ...] = Field(min_length=1)


class BaseBlock(Block):
    """An airfield."""

    name: Text
    place: GridBlock
    elevation_m: Elevation = Field(alias="elevation")
    """Height above the sea."""


class WaypointBlock(Block):
    """A corner of a route, measured from the base."""

    bearing_rad: Bearing = Field(alias="bearing")
    """Clockwise from north; a bare number is degrees."""
    distance_m: Distance = Field(alias="distance")
    """From the base."""
    altitude_m: Height = Field(alias="altitude")
    """Above the sea."""


class SpreadBlock(Block):
    """How sorties differ; each draws evenly between minus and plus these."""

    bearing_rad: Spread = Field(0.0, alias="bearing")
    """The whole route turned about the base."""
    altitude_m: Distance = Field(0.0, alias="altitude")
    """The whole route higher or lower."""


class FlightBlock(Block):
    """Sorties that all fly one route."""

    name: Text
    base: Text
    sorties: Annotated[int, Strict(), Field(ge=1, le=100_000)]
    """Per month."""
    route: tuple[WaypointBlock, ...] = Field(min_length=1)
    """From take-off to landing; the base itself is added at both ends."""
    laps: Annotated[int, Strict(), Field(ge=1, le=200)] = 1
    """How often the route is flown before the way home."""
    speed_mps: PositiveSpeed | None = Field(None, alias="speed")
    """The aircraft's cruise if left out."""
    reflectors: Annotated[bool, Strict()] = True
    """Whether radar reflectors are carried; in peacetime they are."""
    spread: SpreadBlock = SpreadBlock()


class LensBlock(Block):
    """The reflector as a Luneburg lens: its radius, from which its signature follows for every band."""

    low_m: Small = Field(alias="low")
    nominal_m: Small = Field(alias="nominal")
    high_m: Small = Field(alias="high")
    source: Text
    """Where the radius is taken from."""


class SweepBlock(Block):
    """Distances from the first flight's base to the first site at which that base's flights are looked at again."""

    start_m: Distance = Field(alias="from")
    end_m: Distance = Field(alias="to")
    count: Annotated[int, Strict(), Field(ge=2, le=60)] = 12


class BinsBlock(Block):
    """Aspect bins around the aircraft."""

    azimuth_rad: BinSize = Field(math.radians(10.0), alias="azimuth")
    elevation_rad: BinSize = Field(math.radians(5.0), alias="elevation")
    looks: Annotated[int, Strict(), Field(ge=1)] = 1
    """Looks above the ratio that a bin needs to count as seen."""


class ClaimBlock(Block):
    """What somebody says about it; told beside the figures."""

    who: Text
    says: Text
    source: Text


class ExposureBlock(Block):
    """A whole file."""

    title: Text
    question: str = ""
    notes: str = ""
    aircraft: Text
    """Catalogue id of a threat, e.g. ``f-35a``."""
    snr_db: Level = Field(alias="snr")
    """Signal-to-noise ratio of a look that counts."""
    months: tuple[Annotated[int, Strict(), Field(ge=1, le=1200)], ...] = Field((1, 12), min_length=1)
    """How long the two are together."""
    ground_elevation_m: Elevation | None = Field(None, alias="ground-elevation")
    """Height of the smooth ground; the mean of sites and bases if left out."""
    effective_earth_radius_factor: Annotated[float, Quantity("ratio", 0.5, 10.0)] = Field(
        4.0 / 3.0, alias="effective-earth-radius-factor"
    )
    reflector: LensBlock | None = None
    """Needed if any flight carries reflectors."""
    masked_below: Share = Field(0.5, alias="masked-below")
    """With reflectors on, a look tells something of the airframe only if the airframe is at least this share of the
    echo."""
    bins: BinsBlock = BinsBlock()
    sites: tuple[SiteBlock, ...] = Field(min_length=1)
    bases: tuple[BaseBlock, ...] = Field(min_length=1)
    flights: tuple[FlightBlock, ...] = Field(min_length=1)
    sweep: SweepBlock | None = None
    seed: Count = 1
    """Of the differences between sorties."""
    claims: tuple[ClaimBlock, ...] = ()


@dataclass(frozen=True)
class ExposureFile:
    """A file, read, with the catalogue's entries that it names.

    Attributes
    ----------
    aircraft, radars
        Entries of the catalogue; radars by id.
    """

    block: ExposureBlock
    document: Document
    aircraft: Threat
    radars: Mapping[str, Radar]

    @property
    def file(self) -> str:
        """Where it was read."""
        return self.document.file

    @property
    def ground_m(self) -> float:
        """Height of the smooth ground above the sea."""
        if self.block.ground_elevation_m is not None:
            return self.block.ground_elevation_m
        return mean_elevation_m(self.block)

    def base(self, name: str) -> BaseBlock:
        """The base of this name."""
        return next(one for one in self.block.bases if one.name == name)


def mean_elevation_m(block: ExposureBlock) -> float:
    """The mean of sites and bases, which stands for the smooth ground."""
    heights = [site.elevation_m for site in block.sites] + [base.elevation_m for base in block.bases]
    return sum(heights) / len(heights)


def point(grid: GridBlock) -> Point:
    """As the rest of Parapet has it."""
    return Point(grid.lat_rad, grid.lon_rad)


def read(path: str | FilePath, catalogue: Catalogue | None = None) -> ExposureFile:
    """The exposure in a file.

    Raises
    ------
    InputError
        With every finding, each with its line.
    """
    return _checked(*read_model(path, ExposureBlock, KEY, FORMAT), catalogue)


def read_text(text: str, file: str = "<text>", catalogue: Catalogue | None = None) -> ExposureFile:
    """The exposure in a string; like `read`."""
    return _checked(*read_model_text(text, ExposureBlock, KEY, FORMAT, file), catalogue)


def _checked(block: ExposureBlock, document: Document, catalogue: Catalogue | None) -> ExposureFile:
    known = known_things.load() if catalogue is None else catalogue
    findings: list[Finding] = []

    def wrong(path: Path, message: str) -> None:
        findings.append(document.finding("error", path, message))

    aircraft: Threat | None = None
    try:
        aircraft = known.threats[known.get("threat", block.aircraft).id]
    except CatalogueError as error:
        wrong(("aircraft",), error.findings[0].message)
    if aircraft is not None and aircraft.is_ballistic:
        wrong(
            ("aircraft",),
            f"{block.aircraft!r} is a {aircraft.kind.replace('_', ' ')}, expected something that flies.",
        )
    radars: dict[str, Radar] = {}
    for i, site in enumerate(block.sites):
        for k, one in enumerate(site.radars):
            path: Path = ("sites", i, "radars", k)
            try:
                radars[one.radar] = known.radars[known.get("radar", one.radar).id]
            except CatalogueError as error:
                wrong((*path, "radar"), error.findings[0].message)
                continue
            if one.boresight_rad is not None and radars[one.radar].kind != "sector_array":
                wrong(
                    (*path, "boresight"), f"{one.radar} turns all round; only a sector array has a boresight."
                )
    _names(block, wrong)
    _routes(block, aircraft, wrong)
    if any(flight.reflectors for flight in block.flights) and block.reflector is None:
        wrong(
            (),
            "'reflector' is missing: reflectors are on (the default in peacetime), so say how large they are.",
        )
    lens = block.reflector
    if lens is not None and not lens.low_m <= lens.nominal_m <= lens.high_m:
        wrong(("reflector",), "expected low <= nominal <= high.")
    if block.sweep is not None and not 0.0 < block.sweep.start_m < block.sweep.end_m:
        wrong(("sweep",), "expected 'from' above 0 and below 'to'.")
    if findings or aircraft is None:
        raise InputError(sorted_findings(findings))
    return ExposureFile(block, document, aircraft, radars)


def _names(block: ExposureBlock, wrong: _Wrong) -> None:
    for key, items in (("sites", block.sites), ("bases", block.bases), ("flights", block.flights)):
        names = [one.name for one in items]
        for k, name in enumerate(names):
            if name in names[:k]:
                wrong((key, k, "name"), f"the name {name!r} stands here twice.")
    bases = [base.name for base in block.bases]
    for k, flight in enumerate(block.flights):
        if flight.base not in bases:
            hint = did_you_mean(flight.base, bases) or f" Known: {', '.join(bases)}."
            wrong(("flights", k, "base"), f"no base is called {flight.base!r}.{hint}")


def _routes(block: ExposureBlock, aircraft: Threat | None, wrong: _Wrong) -> None:
    ground_m = mean_elevation_m(block) if block.ground_elevation_m is None else block.ground_elevation_m
    for k, flight in enumerate(block.flights):
        for j, waypoint in enumerate(flight.route):
            path: Path = ("flights", k, "route", j)
            if waypoint.altitude_m - flight.spread.altitude_m <= ground_m:
                text = f"{waypoint.altitude_m:,.0f} m above the sea, less the spread, is under the ground"
                wrong((*path, "altitude"), f"{text} ({ground_m:,.0f} m).")
            if aircraft is not None and aircraft.altitude_max is not None:
                if waypoint.altitude_m + flight.spread.altitude_m > aircraft.altitude_max.high:
                    text = f"{waypoint.altitude_m:,.0f} m, with the spread, is above the ceiling of {aircraft.name}"
                    wrong((*path, "altitude"), f"{text} ({aircraft.altitude_max.high:,.0f} m).")
        if aircraft is not None and flight.speed_mps is not None and aircraft.speed_max is not None:
            if flight.speed_mps > aircraft.speed_max.high:
                text = f"{flight.speed_mps:,.0f} m/s is faster than {aircraft.name} flies"
                wrong(("flights", k, "speed"), f"{text} ({aircraft.speed_max.high:,.0f} m/s).")


class _Wrong(Protocol):
    """The type of a function that takes note of a finding."""

    def __call__(self, path: Path, message: str) -> None: ...


def moved(block: SiteBlock, base: BaseBlock, bearing_rad: float, distance_m: float) -> SiteBlock:
    """The same site at another distance from a base."""
    place = destination(point(base.place), bearing_rad, distance_m)
    grid = GridBlock(lat=place.lat_rad / math.pi * 180.0, lon=place.lon_rad / math.pi * 180.0)
    return block.model_copy(update={"place": grid})
