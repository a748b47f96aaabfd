"""What came out of an exposure: frozen results that print themselves and turn into plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parapet.analysis.exposure_radar import LEVELS
from parapet.errors import InputError

JSON_FORMAT: Final = 1
NOT_MODELLED: Final = (
    "collection that needs no emission of these radars: passive receivers, other radars of the region (Russian ones in "
    "Syria or at sea among them), satellites, people with access",
    "telling airframe and reflector apart by fine range resolution or polarisation: here the stronger echo hides the "
    "other",
    "what the aircraft emits itself: radar, datalink, radio, identification",
    "what is done with the echoes: recording, transfer to others, analysis; a look is a chance, not knowledge",
    "terrain (smooth ground only), multipath, clutter, jamming, weather",
    "banking in turns, which shows top or belly; open weapon bays; stores",
    "fluctuation of the signature with the angle finer than front, side and rear",
)


@dataclass(frozen=True)
class Ladder:
    """Looks of one radar at one signature level in a month of working, and what removes them.

    `scheduled` is the sum of `horizon`, `range`, `both`, `sector`, `masked` and `exposed`.

    Attributes
    ----------
    horizon, range, both
        Hidden by the horizon alone, too weak or too far away alone, by both.
    sector
        Only outside the sector, the elevations or the least range.
    masked
        The airframe's echo is strong enough, and a reflector outshines it.
    exposed
        What is left: looks that tell something of the airframe.
    echo
        Looks at which airframe and reflector together are strong enough: the aircraft is seen, as what it may be.
    """

    scheduled: float
    horizon: float
    range: float
    both: float
    sector: float
    masked: float
    exposed: float
    echo: float

    @property
    def without_reflectors(self) -> float:
        """Looks that would tell something of the airframe if no reflector were carried."""
        return self.masked + self.exposed

    def __add__(self, other: Ladder) -> Ladder:
        return Ladder(*(a + b for a, b in zip(self.values, other.values, strict=True)))

    def times(self, factor: float) -> Ladder:
        """Every number times a factor."""
        return Ladder(*(factor * value for value in self.values))

    @property
    def values(self) -> tuple[float, ...]:
        """In the order of the attributes."""
        return (
            self.scheduled,
            self.horizon,
            self.range,
            self.both,
            self.sector,
            self.masked,
            self.exposed,
            self.echo,
        )

    def to_dict(self) -> dict[str, float]:
        """As plain data."""
        names = ("scheduled", "horizon", "range", "both", "sector", "masked", "exposed", "echo")
        return dict(zip(names, self.values, strict=True)) | {"without_reflectors": self.without_reflectors}


NOTHING: Final = Ladder(*([0.0] * 8))


@dataclass(frozen=True)
class RadarExposure:
    """What one radar has of the flights, in a month of working.

    Attributes
    ----------
    share
        Of the time in which it radiates: its duty if the site is operational, else 0.
    closest_m, horizon_m
        Closest approach of any flight; horizon for the highest one.
    reach_m
        Range at which the airframe has the ratio, by level, from its front, side and rear; horizon left aside.
    reflector_reach_m
        The same for the reflector alone, by level; empty without one.
    ladders
        By level of the signature.
    """

    site: str
    state: str
    radar: str
    name: str
    band: str
    share: float
    period_s: float
    antenna_m: float
    closest_m: float
    horizon_m: float
    instrumented_m: float
    reach_m: Mapping[str, tuple[float, float, float]]
    reflector_reach_m: Mapping[str, float]
    ladders: Mapping[str, Ladder]

    def hours(self, level: str) -> float:
        """Time in view in a month of working: exposing looks times the time between two, in hours."""
        return self.ladders[level].exposed * self.period_s / 3600.0

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "site": self.site, "state": self.state, "radar": self.radar, "name": self.name, "band": self.band,
            "radiating_share": self.share, "period_s": self.period_s, "antenna_m": self.antenna_m,
            "closest_m": self.closest_m, "horizon_m": self.horizon_m, "instrumented_m": self.instrumented_m,
            "reach_m": {level: dict(zip(("front", "side", "rear"), reach, strict=True))
                        for level, reach in self.reach_m.items()},
            "reflector_reach_m": dict(self.reflector_reach_m),
            "looks_per_month": {level: ladder.to_dict() for level, ladder in self.ladders.items()},
            "hours_in_view_per_month": {level: self.hours(level) for level in self.ladders},
        }  # fmt: skip


@dataclass(frozen=True)
class BandExposure:
    """What all radars of one band have together.

    Attributes
    ----------
    ladders, hours
        In a month of working, by level.
    as_is
        Exposing looks in a month in the state the sites are in, by level.
    maps
        Looks above the ratio in a month, by level: (elevation, azimuth) of the aspect bins, airframe only, reflectors
        left aside.
    exposed_maps
        The same with the reflectors as they are.
    bins
        By months together, by level: how many aspect bins are seen often enough, with the reflectors as they are, and
        without reflectors.
    """

    band: str
    radars: tuple[str, ...]
    ladders: Mapping[str, Ladder]
    hours: Mapping[str, float]
    as_is: Mapping[str, float]
    maps: Mapping[str, NDArray[np.float64]]
    exposed_maps: Mapping[str, NDArray[np.float64]]
    bins: Mapping[int, Mapping[str, tuple[int, int]]]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "band": self.band, "radars": list(self.radars),
            "looks_per_month": {level: ladder.to_dict() for level, ladder in self.ladders.items()},
            "hours_in_view_per_month": dict(self.hours),
            "exposing_looks_per_month_as_is": dict(self.as_is),
            "aspect_bins": {
                str(months): {
                    level: {"as_flown": seen[0], "without_reflectors": seen[1]} for level, seen in row.items()
                }
                for months, row in self.bins.items()
            },
            "aspect_map": {level: np.round(table, 3).tolist() for level, table in self.maps.items()},
            "aspect_map_as_flown": {level: np.round(table, 3).tolist() for level, table in self.exposed_maps.items()},
        }  # fmt: skip


@dataclass(frozen=True)
class AtDistance:
    """The flights of the first base, with the first site at another distance from it: one band."""

    distance_m: float
    band: str
    ladders: Mapping[str, Ladder]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "distance_m": self.distance_m, "band": self.band,
            "looks_per_month": {level: ladder.to_dict() for level, ladder in self.ladders.items()},
        }  # fmt: skip


@dataclass(frozen=True)
class Exposure:
    """What radars learn of an aircraft.

    Attributes
    ----------
    distances_m
        From every base to every site.
    sorties
        In a month, all flights.
    bin_rad
        Size of the aspect bins, azimuth and elevation.
    sweep
        By distance, then by band; empty if the file asks for none.
    """

    title: str
    question: str
    file: str
    notes: str
    aircraft: str
    snr_db: float
    ground_m: float
    months: tuple[int, ...]
    sorties: int
    hours_flown: float
    has_reflectors: bool
    masked_below: float
    bin_looks: int
    bin_rad: tuple[float, float]
    distances_m: Mapping[str, float]
    radars: tuple[RadarExposure, ...]
    bands: tuple[BandExposure, ...]
    sweep: tuple[AtDistance, ...]
    is_sampled: bool
    claims: tuple[tuple[str, str, str], ...]

    def band(self, name: str) -> BandExposure:
        """The band of this name.

        Raises
        ------
        InputError
            If no radar has it.
        """
        for one in self.bands:
            if one.band == name:
                return one
        raise InputError(
            f"no radar has the band {name!r}. Known: {', '.join(one.band for one in self.bands)}."
        )

    @cached_property
    def n_bins(self) -> int:
        """All aspect bins around the aircraft."""
        return int(np.prod(bins_shape(self.bin_rad)))

    def total(self, level: str = "nominal", *, as_is: bool = True, reflectors: bool = True) -> float:
        """Exposing looks in a month, all bands; as things stand or if all worked; or with no reflector carried."""
        if level not in LEVELS:
            raise InputError(f"got level {level!r}, expected one of {', '.join(LEVELS)}.")
        if not reflectors:
            return sum(
                (one.share if as_is else 1.0) * one.ladders[level].without_reflectors for one in self.radars
            )
        return sum(one.as_is[level] if as_is else one.ladders[level].exposed for one in self.bands)

    def to_dict(self) -> dict[str, Any]:
        """As plain data; what `parapet exposure --json` prints."""
        return {
            "format": JSON_FORMAT, "title": self.title, "question": self.question, "file": self.file,
            "notes": self.notes, "aircraft": self.aircraft, "snr_db": self.snr_db, "ground_m": self.ground_m,
            "sorties_per_month": self.sorties, "hours_flown_per_month": self.hours_flown,
            "reflectors": self.has_reflectors, "masked_below": self.masked_below,
            "bins": {"azimuth_rad": self.bin_rad[0], "elevation_rad": self.bin_rad[1], "looks": self.bin_looks,
                     "all": self.n_bins},
            "distances_m": dict(self.distances_m),
            "exposing_looks_per_month": {
                level: {"as_is": self.total(level), "if_all_radiate": self.total(level, as_is=False),
                        "as_is_without_reflectors": self.total(level, reflectors=False),
                        "if_all_radiate_without_reflectors": self.total(level, as_is=False, reflectors=False)}
                for level in LEVELS
            },
            "radars": [one.to_dict() for one in self.radars],
            "bands": [one.to_dict() for one in self.bands],
            "sweep": [one.to_dict() for one in self.sweep],
            "is_sampled": self.is_sampled,
            "not_modelled": list(NOT_MODELLED),
            "claims": [{"who": who, "says": says, "source": source} for who, says, source in self.claims],
        }  # fmt: skip

    def __str__(self) -> str:
        from parapet.analysis.exposure_show import as_text

        return as_text(self)

    def __rich__(self) -> Any:
        from parapet.analysis.exposure_show import render

        return render(self)


def bins_shape(bin_rad: tuple[float, float]) -> tuple[int, int]:
    """Bins of elevation and azimuth that cover the sphere around the aircraft."""
    return math.ceil(math.pi / bin_rad[1] - 1e-9), math.ceil(2.0 * math.pi / bin_rad[0] - 1e-9)
