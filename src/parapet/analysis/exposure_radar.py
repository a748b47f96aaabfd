"""One radar of an exposure: what it makes of every look, by the physics of the battle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parapet.analysis.exposure_file import BaseBlock, RadarBlock, SiteBlock, point
from parapet.analysis.exposure_kernels import N_COLUMNS, look_many
from parapet.catalogue import Radar, Threat
from parapet.engine.state import REFERENCE_HEIGHT_M
from parapet.physics import detection, earth, propagation
from parapet.scenario.places import bearing_rad

LEVELS: Final = ("low", "nominal", "high")
ASPECTS: Final = ("front", "side", "rear")

Numbers = NDArray[np.float64]


def lens_m2(radius_m: float, wavelength_m: float) -> float:
    """Radar cross section of a Luneburg lens seen from any side it covers: 4 pi^3 r^4 / wavelength^2.

    The lens sends back what its disc of radius r takes up, like a flat plate of that area seen square on:
    4 pi (pi r^2)^2 / wavelength^2. Good where the lens is wider than the wavelength; below that it is an upper bound.
    Source: Skolnik, Radar Handbook, ch. 14 (Knott). Pinned by ``test_exposure.test_lens``.
    """
    area_m2 = math.pi * radius_m * radius_m
    return 4.0 * math.pi * area_m2 * area_m2 / (wavelength_m * wavelength_m)


@dataclass(frozen=True)
class Looks:
    """What came of the looks of one radar at one sortie.

    Attributes
    ----------
    hidden
        Bits of `exposure_kernels`: beyond the instrumented range, below the horizon, outside the coverage.
    table
        (looks, columns of `exposure_kernels`).
    """

    hidden: NDArray[np.int64]
    table: Numbers


class Watcher:
    """A radar at its site.

    Parameters
    ----------
    ground_m, earth_factor
        Height of the smooth ground above the sea, and the effective over the true earth radius.
    """

    def __init__(
        self,
        site: SiteBlock,
        block: RadarBlock,
        entry: Radar,
        base: BaseBlock,
        ground_m: float,
        earth_factor: float,
    ) -> None:
        self.site = site
        self.entry = entry
        self.antenna_m = entry.si("antenna_height") if block.antenna_m is None else block.antenna_m
        self.ground_m = ground_m
        self.earth_radius_m = earth.MEAN_RADIUS_M * earth_factor
        self.frequency_hz = entry.si("frequency")
        self.wavelength_m = propagation.LIGHT_MPS / self.frequency_hz
        self.gas_dbpkm = propagation.gas_attenuation_dbpkm(self.frequency_hz)
        self.gas_scale_m = propagation.gas_scale_height_m(self.frequency_hz)
        is_sector = entry.kind == "sector_array"
        self.period_s = entry.si("search_revisit") if is_sector else entry.si("period")
        self.half_sector_rad = entry.si("half_sector") if is_sector else 2.0 * math.pi
        self.exponent = entry.si("off_boresight_exponent") if is_sector else 0.0
        here = point(site.place)
        towards = bearing_rad(here, point(base.place)) if here != point(base.place) else 0.0
        self.boresight_rad = towards if block.boresight_rad is None else block.boresight_rad
        self.place_m = np.array(earth.geodetic_to_ecef(here.lat_rad, here.lon_rad, ground_m + self.antenna_m))
        self.rotation = np.array(earth.enu_rotation(here.lat_rad, here.lon_rad))
        self.reference_snr = detection.required_snr(
            detection.REFERENCE_P_DETECTION,
            detection.REFERENCE_P_FALSE_ALARM,
            detection.REFERENCE_SWERLING,
            1,
        )

    @cached_property
    def modes(self) -> Numbers:
        """(modes, 5): published range, its signature, elevations, and the gas loss that it already contains."""
        return np.array(
            [
                (
                    *mode.reference(self.entry.si("frequency")), mode.elevation_min.nominal, mode.elevation_max.nominal,
                    self.gas_loss_db(mode.reference(self.entry.si("frequency"))[0], REFERENCE_HEIGHT_M),
                )
                for mode in self.entry.modes
            ]
        )  # fmt: skip

    def gas_loss_db(self, range_m: float, height_m: float) -> float:
        """Two-way loss in the air to a target at a height above the sea."""
        return float(
            propagation.gas_loss_db(
                self.gas_dbpkm,
                self.gas_scale_m,
                self.antenna_m + self.ground_m,
                height_m,
                range_m,
                self.earth_radius_m,
            )
        )

    def horizon_m(self, altitude_m: float) -> float:
        """Slant range at which a target at an altitude above the sea rises over the smooth ground."""
        return float(
            propagation.horizon_range_m(self.antenna_m, altitude_m - self.ground_m, self.earth_radius_m)
        )

    def range_at_snr_m(self, rcs_m2: float, snr: float, altitude_m: float) -> float:
        """Range at which a look in the first mode, on boresight, has a ratio; horizon and display left aside."""
        mode = self.modes[0]

        def snr_at(range_m: float) -> float:
            loss_db = self.gas_loss_db(range_m, altitude_m) - mode[4]
            return detection.snr_from_reference(
                range_m, rcs_m2, mode[0], mode[1], self.reference_snr, loss_db
            )

        low, high = 1e2, 3e6
        for _ in range(60):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if snr_at(middle) >= snr else (low, middle)
        return low

    def sides_m2(self, aircraft: Threat) -> Numbers:
        """(3, 3): low, nominal and high signature in this band, by front, side and rear."""
        aspects = aircraft.aspects(self.entry.band)
        return np.array([[getattr(getattr(aspects, side), level) for side in ASPECTS] for level in LEVELS])

    def look(self, flight: Numbers, sides_m2: Numbers) -> Looks:
        """What comes of looking at these places."""
        hidden = np.zeros(len(flight), dtype=np.int64)
        table = np.zeros((len(flight), N_COLUMNS))
        look_many(
            flight, self.place_m, self.rotation, self.antenna_m, self.ground_m, self.earth_radius_m,
            self.entry.si("minimum_range"), self.entry.si("instrumented_range"), self.modes, self.reference_snr,
            self.gas_dbpkm, self.gas_scale_m, self.entry.si("elevation_beamwidth"), self.boresight_rad,
            self.half_sector_rad, self.exponent, sides_m2, hidden, table,
        )  # fmt: skip
        return Looks(hidden, table)
