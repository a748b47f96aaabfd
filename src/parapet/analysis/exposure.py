"""What radars on the ground learn of an aircraft that flies near them, month after month.

Counted are looks: every time a radar's beam passes the aircraft. A look **exposes** the airframe if its own echo has
the given signal-to-noise ratio, nothing hides it, and no radar reflector outshines it. Every look that does not is
counted under what removes it: horizon, range (too weak, or beyond the display), both, sector, reflector.

The low signature of the airframe goes with the largest reflector and the high one with the smallest, so that low to
high holds everything between. The numbers of a site that is dormant or elsewhere are what they would be if it
radiated; ``as_is`` tells what remains.
Not modelled, and named in every result: `NOT_MODELLED`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parapet.analysis.exposure_file import BaseBlock, ExposureFile, FlightBlock, SiteBlock, moved, point, read
from parapet.analysis.exposure_flight import Sortie, sortie
from parapet.analysis.exposure_kernels import (
    BELOW_HORIZON,
    BEYOND_INSTRUMENTED,
    COL_AZIMUTH,
    COL_ELEVATION,
    COL_RANGE,
    COL_RCS,
    COL_SNR,
    OUTSIDE_COVERAGE,
)
from parapet.analysis.exposure_radar import LEVELS, Looks, Watcher, lens_m2
from parapet.catalogue import Catalogue
from parapet.errors import InputError
from parapet.physics import detection
from parapet.scenario.places import bearing_rad, distance_m

JSON_FORMAT: Final = 1
MAX_SORTIES: Final = 120
"""Sorties of one flight that are flown one by one; more are scaled up from these."""
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
        return int(np.prod(_shape(self.bin_rad)))

    def total(self, level: str = "nominal", *, as_is: bool = True) -> float:
        """Exposing looks in a month, all bands; as things stand, or if all sites worked."""
        if level not in LEVELS:
            raise InputError(f"got level {level!r}, expected one of {', '.join(LEVELS)}.")
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
                level: {"as_is": self.total(level), "if_all_radiate": self.total(level, as_is=False)}
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


def exposure(source: ExposureFile | str | FilePath, catalogue: Catalogue | None = None) -> Exposure:
    """What the radars of a file learn of its aircraft.

    Raises
    ------
    InputError
        If the file is wrong.
    """
    given = source if isinstance(source, ExposureFile) else read(source, catalogue)
    return _Work(given).done()


def _shape(bin_rad: tuple[float, float]) -> tuple[int, int]:
    """Bins of elevation and azimuth that cover the sphere around the aircraft."""
    return math.ceil(math.pi / bin_rad[1] - 1e-9), math.ceil(2.0 * math.pi / bin_rad[0] - 1e-9)


@dataclass
class _Flown:
    """A flight with the sorties that are flown one by one."""

    flight: FlightBlock
    base: BaseBlock
    sorties: list[Sortie]

    @property
    def scale(self) -> float:
        """Sorties of a month for each one flown here."""
        return self.flight.sorties / len(self.sorties)


class _Work:
    """The sums behind an `Exposure`."""

    def __init__(self, given: ExposureFile) -> None:
        self.given = given
        self.block = given.block
        self.snr = detection.ratio_from_db(self.block.snr_db)
        self.bin_rad = (self.block.bins.azimuth_rad, self.block.bins.elevation_rad)
        self.flown = [self._fly(flight) for flight in self.block.flights]

    def _fly(self, flight: FlightBlock, is_plain: bool = False) -> _Flown:
        base = self.given.base(flight.base)
        speed = self.given.aircraft.si("speed") if flight.speed_mps is None else flight.speed_mps
        is_plain = is_plain or (flight.spread.bearing_rad == 0.0 and flight.spread.altitude_m == 0.0)
        n = 1 if is_plain else min(flight.sorties * max(self.block.months), MAX_SORTIES)
        numbers: Sequence[int | None] = [None] if is_plain else range(n)
        return _Flown(flight, base, [sortie(flight, base, speed, self.block.seed, k) for k in numbers])

    def _watchers(self, site: SiteBlock) -> list[Watcher]:
        base = self.given.base(self.block.flights[0].base)
        factor = self.block.effective_earth_radius_factor
        return [
            Watcher(site, one, self.given.radars[one.radar], base, self.given.ground_m, factor)
            for one in site.radars
        ]

    def done(self) -> Exposure:
        block = self.block
        watchers = [watcher for site in block.sites for watcher in self._watchers(site)]
        found = [_Watched(self, watcher, self.flown) for watcher in watchers]
        bands = list(dict.fromkeys(watcher.entry.band for watcher in watchers))
        return Exposure(
            title=block.title,
            question=block.question,
            file=self.given.file,
            notes=block.notes.strip(),
            aircraft=self.given.aircraft.name,
            snr_db=block.snr_db,
            ground_m=self.given.ground_m,
            months=tuple(sorted(set(block.months))),
            sorties=sum(flight.sorties for flight in block.flights),
            hours_flown=sum(f.scale * s.duration_s for f in self.flown for s in f.sorties) / 3600.0,
            has_reflectors=any(flight.reflectors for flight in block.flights),
            masked_below=block.masked_below,
            bin_looks=block.bins.looks,
            bin_rad=self.bin_rad,
            distances_m={
                f"{base.name} - {site.name}": distance_m(point(base.place), point(site.place))
                for base in block.bases
                for site in block.sites
            },
            radars=tuple(one.told() for one in found),
            bands=tuple(self._band(band, [one for one in found if one.watcher.entry.band == band]) for band in bands),
            sweep=self._sweep(bands),
            is_sampled=any(f.flight.sorties * max(block.months) > MAX_SORTIES and len(f.sorties) > 1
                           for f in self.flown),
            claims=tuple((claim.who, claim.says, claim.source) for claim in block.claims),
        )  # fmt: skip

    def _band(self, band: str, found: list[_Watched]) -> BandExposure:
        told = [one.told() for one in found]
        return BandExposure(
            band,
            tuple(f"{one.site} {one.name}" for one in told),
            {level: sum((one.ladders[level] for one in told), NOTHING) for level in LEVELS},
            {level: sum(one.hours(level) for one in told) for level in LEVELS},
            {level: sum(one.share * one.ladders[level].exposed for one in told) for level in LEVELS},
            {level: sum((one.map(level, False) for one in found), np.zeros(_shape(self.bin_rad))) for level in LEVELS},
            {level: sum((one.map(level, True) for one in found), np.zeros(_shape(self.bin_rad))) for level in LEVELS},
            {months: {level: self._bins(found, level, months) for level in LEVELS}
             for months in sorted(set(self.block.months))},
        )  # fmt: skip

    def _bins(self, found: list[_Watched], level: str, months: int) -> tuple[int, int]:
        counts = [
            sum((one.count(level, is_flown, months) for one in found), np.zeros(_shape(self.bin_rad)))
            for is_flown in (True, False)
        ]
        as_flown, bare = (int((count >= self.block.bins.looks - 1e-9).sum()) for count in counts)
        return as_flown, bare

    def _sweep(self, bands: Sequence[str]) -> tuple[AtDistance, ...]:
        sweep = self.block.sweep
        if sweep is None:
            return ()
        site, base = self.block.sites[0], self.given.base(self.block.flights[0].base)
        bearing = bearing_rad(point(base.place), point(site.place))
        flown = [
            self._fly(flight, is_plain=True) for flight in self.block.flights if flight.base == base.name
        ]
        rows = []
        for away_m in np.linspace(sweep.start_m, sweep.end_m, sweep.count).tolist():
            found = [_Watched(self, w, flown) for w in self._watchers(moved(site, base, bearing, away_m))]
            for band in bands:
                ladders = [one.ladders for one in found if one.watcher.entry.band == band]
                if ladders:
                    total = {level: sum((one[level] for one in ladders), NOTHING) for level in LEVELS}
                    rows.append(AtDistance(away_m, band, total))
        return tuple(rows)


class _Watched:
    """Everything one radar has of the flights."""

    def __init__(self, work: _Work, watcher: Watcher, flown: Sequence[_Flown]) -> None:
        self.work = work
        self.watcher = watcher
        self.flown = flown
        self.sides_m2 = watcher.sides_m2(work.given.aircraft)
        self.looks = [
            [watcher.look(one.looks(watcher.period_s), self.sides_m2) for one in flight.sorties]
            for flight in flown
        ]
        lens = work.block.reflector
        radii = (0.0, 0.0, 0.0) if lens is None else (lens.low_m, lens.nominal_m, lens.high_m)
        self.lens_m2 = [lens_m2(radius, watcher.wavelength_m) if radius else 0.0 for radius in radii]
        self._sums: dict[tuple[int, str, bool], NDArray[np.int64]] = {}
        self._hits: dict[tuple[int, int, int], tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}

    @cached_property
    def ladders(self) -> dict[str, Ladder]:
        """By level, in a month."""
        return {
            name: sum(
                (self._ladder(f, s, level).times(flight.scale)
                 for f, flight in enumerate(self.flown) for s in range(len(flight.sorties))), NOTHING,
            )
            for level, name in enumerate(LEVELS)
        }  # fmt: skip

    def _ladder(self, f: int, s: int, level: int) -> Ladder:
        looks = self.looks[f][s]
        below = looks.hidden & BELOW_HORIZON != 0
        weak, lens = self._weak(looks, level), self._lens(f, level)
        far = looks.hidden & BEYOND_INSTRUMENTED != 0
        outside = looks.hidden & OUTSIDE_COVERAGE != 0
        ranged = weak | far
        bare, as_flown = self.hits(f, s, level)
        echo = looks.table[:, COL_SNR] * (looks.table[:, COL_RCS + level] + lens) >= self.work.snr
        return Ladder(
            scheduled=float(len(weak)),
            horizon=float((below & ~ranged).sum()),
            range=float((ranged & ~below).sum()),
            both=float((ranged & below).sum()),
            sector=float((outside & ~ranged & ~below).sum()),
            masked=float((bare & ~as_flown).sum()),
            exposed=float(as_flown.sum()),
            echo=float((echo & ~below & ~far & ~outside).sum()),
        )

    def _weak(self, looks: Looks, level: int) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = looks.table[:, COL_SNR] * looks.table[:, COL_RCS + level] < self.work.snr
        return found

    def _lens(self, f: int, level: int) -> float:
        """The reflector beside the airframe of this level: the smallest beside the brightest."""
        return self.lens_m2[-1 - level] if self.flown[f].flight.reflectors else 0.0

    def hits(self, f: int, s: int, level: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Looks that show the airframe: if no reflector is carried, and as flown."""
        key = (f, s, level)
        if key not in self._hits:
            looks = self.looks[f][s]
            bare = (looks.hidden == 0) & ~self._weak(looks, level)
            body = looks.table[:, COL_RCS + level]
            self._hits[key] = (
                bare,
                bare & (body >= self.work.block.masked_below * (body + self._lens(f, level))),
            )
        return self._hits[key]

    def _counted(self, level: str, is_flown: bool, f: int, n: int) -> NDArray[np.float64]:
        """Looks by aspect bin of the first n sorties of a flight."""
        shape = _shape(self.work.bin_rad)
        key = (f, level, is_flown)
        if key not in self._sums:
            rows = [self._bin_looks(f, s, level, is_flown) for s in range(len(self.flown[f].sorties))]
            self._sums[key] = np.cumsum(np.array(rows), axis=0)
        total: NDArray[np.float64] = self._sums[key][n - 1].reshape(shape).astype(np.float64)
        return total

    def _bin_looks(self, f: int, s: int, level: str, is_flown: bool) -> NDArray[np.int64]:
        n_rows, n_columns = _shape(self.work.bin_rad)
        hit = self.hits(f, s, LEVELS.index(level))[1 if is_flown else 0]
        table = self.looks[f][s].table[hit]
        row = np.floor((table[:, COL_ELEVATION] + 0.5 * math.pi) / self.work.bin_rad[1]).astype(np.int64)
        column = np.floor((table[:, COL_AZIMUTH] + math.pi) / self.work.bin_rad[0]).astype(np.int64)
        place = np.minimum(row, n_rows - 1) * n_columns + np.minimum(column, n_columns - 1)
        return np.bincount(place, minlength=n_rows * n_columns)

    def map(self, level: str, is_flown: bool) -> NDArray[np.float64]:
        """Looks by aspect bin in a month."""
        return sum(
            (flight.scale * self._counted(level, is_flown, f, len(flight.sorties))
             for f, flight in enumerate(self.flown)), np.zeros(_shape(self.work.bin_rad)),
        )  # fmt: skip

    def count(self, level: str, is_flown: bool, months: int) -> NDArray[np.float64]:
        """Looks by aspect bin in some months; beyond the sorties flown one by one, scaled up from them."""
        total = np.zeros(_shape(self.work.bin_rad))
        for f, flight in enumerate(self.flown):
            wanted = flight.flight.sorties * months
            n = min(wanted, len(flight.sorties))
            total += wanted / n * self._counted(level, is_flown, f, n)
        return total

    def told(self) -> RadarExposure:
        """As a result."""
        watcher, block = self.watcher, self.work.block
        site = watcher.site
        top_m = max(w.altitude_m + f.flight.spread.altitude_m for f in self.flown for w in f.flight.route)
        lenses = {
            name: watcher.range_at_snr_m(self.lens_m2[k], self.work.snr, top_m)
            for k, name in enumerate(LEVELS)
        }
        return RadarExposure(
            site=site.name,
            state=site.state,
            radar=watcher.entry.id,
            name=watcher.entry.name,
            band=watcher.entry.band,
            share=site.duty if site.state == "operational" else 0.0,
            period_s=watcher.period_s,
            antenna_m=watcher.antenna_m,
            closest_m=min(float(looks.table[:, COL_RANGE].min()) for row in self.looks for looks in row),
            horizon_m=watcher.horizon_m(top_m),
            instrumented_m=watcher.entry.si("instrumented_range"),
            reach_m={
                name: self._reach(level, top_m) for level, name in enumerate(LEVELS)
            },
            reflector_reach_m=lenses if block.reflector is not None else {},
            ladders=self.ladders,
        )  # fmt: skip

    def _reach(self, level: int, top_m: float) -> tuple[float, float, float]:
        front, side, rear = (
            self.watcher.range_at_snr_m(rcs, self.work.snr, top_m) for rcs in self.sides_m2[level].tolist()
        )
        return front, side, rear
