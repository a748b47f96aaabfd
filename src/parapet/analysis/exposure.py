"""What radars on the ground learn of an aircraft that flies near them, month after month.

Counted are looks: every time a radar's beam passes the aircraft. A look **exposes** the airframe if its own echo has
the given signal-to-noise ratio, nothing hides it, and no radar reflector outshines it. Every look that does not is
counted under what removes it: horizon, range (too weak, or beyond the display), both, sector, reflector.

The low signature of the airframe goes with the largest reflector and the high one with the smallest, so that low to
high holds everything between. The numbers of a site that is dormant or elsewhere are what they would be if it
radiated; ``as_is`` tells what remains.
Not modelled, and named in every result: `exposure_result.NOT_MODELLED`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Final

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
from parapet.analysis.exposure_result import (
    NOTHING,
    AtDistance,
    BandExposure,
    Exposure,
    Ladder,
    RadarExposure,
    bins_shape,
)
from parapet.catalogue import Catalogue
from parapet.physics import detection
from parapet.scenario.places import bearing_rad, distance_m

__all__ = ["AtDistance", "BandExposure", "Exposure", "Ladder", "RadarExposure", "exposure"]

MAX_SORTIES: Final = 120
"""Sorties of one flight that are flown one by one; more are scaled up from these."""


def exposure(source: ExposureFile | str | FilePath, catalogue: Catalogue | None = None) -> Exposure:
    """What the radars of a file learn of its aircraft.

    Raises
    ------
    InputError
        If the file is wrong.
    """
    given = source if isinstance(source, ExposureFile) else read(source, catalogue)
    return _Work(given).done()


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
        empty = np.zeros(bins_shape(self.bin_rad))
        return BandExposure(
            band,
            tuple(f"{one.site} {one.name}" for one in told),
            {level: sum((one.ladders[level] for one in told), NOTHING) for level in LEVELS},
            {level: sum(one.hours(level) for one in told) for level in LEVELS},
            {level: sum(one.share * one.ladders[level].exposed for one in told) for level in LEVELS},
            {level: sum((one.map(level, False) for one in found), empty) for level in LEVELS},
            {level: sum((one.map(level, True) for one in found), empty) for level in LEVELS},
            {months: {level: self._bins(found, level, months) for level in LEVELS}
             for months in sorted(set(self.block.months))},
        )  # fmt: skip

    def _bins(self, found: list[_Watched], level: str, months: int) -> tuple[int, int]:
        counts = [
            sum((one.count(level, is_flown, months) for one in found), np.zeros(bins_shape(self.bin_rad)))
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
        shape = bins_shape(self.work.bin_rad)
        key = (f, level, is_flown)
        if key not in self._sums:
            rows = [self._bin_looks(f, s, level, is_flown) for s in range(len(self.flown[f].sorties))]
            self._sums[key] = np.cumsum(np.array(rows), axis=0)
        total: NDArray[np.float64] = self._sums[key][n - 1].reshape(shape).astype(np.float64)
        return total

    def _bin_looks(self, f: int, s: int, level: str, is_flown: bool) -> NDArray[np.int64]:
        n_rows, n_columns = bins_shape(self.work.bin_rad)
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
             for f, flight in enumerate(self.flown)), np.zeros(bins_shape(self.work.bin_rad)),
        )  # fmt: skip

    def count(self, level: str, is_flown: bool, months: int) -> NDArray[np.float64]:
        """Looks by aspect bin in some months; beyond the sorties flown one by one, scaled up from them."""
        total = np.zeros(bins_shape(self.work.bin_rad))
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
