"""Where the aircraft is at every look: sorties as points in space and time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parapet.analysis.exposure_file import BaseBlock, FlightBlock, point
from parapet.physics import earth
from parapet.scenario.places import Point, destination

KNOT_M: Final = 6000.0
"""Points of a leg lie this close, so that the chord between two dips less than 0.8 m under the great circle."""
PHASE: Final = 0.5
"""Looks happen in the middle of each period: twice the sorties are exactly twice the looks."""

Numbers = NDArray[np.float64]
Place = tuple[float, float, float]
"""ECEF."""
Stop = tuple[Point, float]
"""A place and its height above the sea."""


@dataclass(frozen=True)
class Sortie:
    """One flight as a line in space.

    Attributes
    ----------
    t_s
        Time at each knot, from take-off.
    ecef_m
        (knots, 3).
    """

    t_s: Numbers
    ecef_m: Numbers

    @property
    def duration_s(self) -> float:
        """From take-off to landing."""
        return float(self.t_s[-1])

    def looks(self, period_s: float) -> Numbers:
        """Position and velocity in the middle of each period, at least once: (looks, 6)."""
        n = max(int(self.duration_s / period_s), 1)
        t = np.minimum((np.arange(n) + PHASE) * period_s, self.duration_s)
        place = np.stack([np.interp(t, self.t_s, self.ecef_m[:, k]) for k in range(3)], axis=1)
        leg = np.clip(np.searchsorted(self.t_s, t, side="right") - 1, 0, len(self.t_s) - 2)
        step = self.ecef_m[leg + 1] - self.ecef_m[leg]
        velocity = step / (self.t_s[leg + 1] - self.t_s[leg])[:, None]
        return np.ascontiguousarray(np.concatenate([place, velocity], axis=1))


def draws(seed: int, flight: str, number: int) -> tuple[float, float]:
    """Two numbers between -1 and 1 that belong to this sortie.

    Key = seed and a hash of the flight's name, counter = the sortie's number, of Philox4x64-10.
    """
    name = int.from_bytes(flight.encode(), "big") % (2**61 - 1)
    words = np.random.Philox(key=[seed, name], counter=[0, 0, 0, number]).random_raw(2)
    first, second = (2.0 * (int(word) + 0.5) / 2.0**64 - 1.0 for word in words)
    return first, second


def sortie(flight: FlightBlock, base: BaseBlock, speed_mps: float, seed: int, number: int | None) -> Sortie:
    """One sortie of a flight.

    Parameters
    ----------
    number
        Which one, from 0; None for the route as written, without spread.
    """
    turn, lift = (0.0, 0.0) if number is None else draws(seed, flight.name, number)
    bearing_rad = turn * flight.spread.bearing_rad
    rise_m = lift * flight.spread.altitude_m
    home = (point(base.place), base.elevation_m)
    corners = [
        (destination(home[0], w.bearing_rad + bearing_rad, w.distance_m), w.altitude_m + rise_m)
        for w in flight.route
    ]
    stops = [home, *(corners * flight.laps), home]
    known: dict[tuple[Stop, Stop], list[Place]] = {}
    places: list[Place] = []
    for leg in pairwise(stops):
        if leg not in known:  # laps repeat
            known[leg] = _leg(*leg)
        places += known[leg]
    places.append(earth.geodetic_to_ecef(home[0].lat_rad, home[0].lon_rad, home[1]))
    ecef_m = np.array(places)
    step_m = np.sqrt(((ecef_m[1:] - ecef_m[:-1]) ** 2).sum(axis=1))
    keep = np.concatenate([[True], step_m > 1e-6])
    ecef_m = ecef_m[keep]
    step_m = step_m[step_m > 1e-6]
    return Sortie(np.concatenate([[0.0], np.cumsum(step_m)]) / speed_mps, ecef_m)


def _leg(start: Stop, end: Stop) -> list[Place]:
    """Points from one stop to just before the next, climbing evenly.

    The way turns the vertical evenly from one end to the other: within 20 m of the geodesic for legs of 500 km, and a
    hundred times faster. Pinned by ``test_exposure.test_legs_are_geodesics``.
    """
    (here, low_m), (there, high_m) = start, end
    first, last = (np.array(earth.enu_rotation(*one)[6:]) for one in (here, there))
    angle_rad = 2.0 * math.asin(min(0.5 * float(np.linalg.norm(last - first)), 1.0))
    n = max(math.ceil(angle_rad * earth.MEAN_RADIUS_M / KNOT_M), 1)
    share = np.arange(n) / n
    if angle_rad < 1e-9:
        up = np.repeat(first[None], n, axis=0)
    else:
        weights = np.stack([np.sin((1.0 - share) * angle_rad), np.sin(share * angle_rad)], axis=1)
        up = weights @ np.stack([first, last]) / math.sin(angle_rad)
    lat, lon = np.arcsin(np.clip(up[:, 2], -1.0, 1.0)), np.arctan2(up[:, 1], up[:, 0])
    height_m = low_m + (high_m - low_m) * share
    return [earth.geodetic_to_ecef(*row) for row in np.stack([lat, lon, height_m], axis=1).tolist()]
