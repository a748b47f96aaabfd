"""Coastlines, borders and names of countries around a place, without a network.

Data: Natural Earth 1:50m, public domain, see ``data/README.md``.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_KM = 6371.0088
"""Mean radius; maps are drawn on a sphere, which is off by a third of a per cent at most."""
NAMES = {"Turkey": "Türkiye", "W. Sahara": "Western Sahara", "Czechia": "Czechia"}
"""Where the data's name is not the one in use."""


@dataclass(frozen=True)
class Country:
    """One country: its outlines, (n, 2) longitude and latitude in degrees; the first point is the last one too."""

    name: str
    rings: tuple[Floats, ...]


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """All countries of the data set. Pinned by ``tests/report/test_geography.py``."""
    packed = resources.files("parapet.report").joinpath("data/countries-50m.json.gz").read_bytes()
    topology = json.loads(gzip.decompress(packed))
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc, float), axis=0) * scale + shift for arc in topology["arcs"]]
    made = []
    for shape in topology["objects"]["countries"]["geometries"]:
        parts = {"Polygon": [shape["arcs"]], "MultiPolygon": shape["arcs"]}.get(shape["type"], [])
        rings = tuple(_ring(arcs, ring) for part in parts for ring in part)
        name = str(shape["properties"]["name"])
        made.append(Country(NAMES.get(name, name), rings))
    return tuple(made)


def _ring(arcs: list[Floats], numbers: list[int]) -> Floats:
    """The arcs of a ring end to end; a negative number is an arc backwards."""
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


@dataclass(frozen=True)
class Frame:
    """A map in km east and north of its middle: azimuthal equidistant, true in distance and bearing from there."""

    lon_deg: float
    lat_deg: float

    def km(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """East and north of the middle. Source: Snyder, Map Projections, USGS PP 1395, section 25."""
        phi, lam = np.radians(lat_deg), np.radians(np.asarray(lon_deg) - self.lon_deg)
        phi0 = np.radians(self.lat_deg)
        cosine = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(lam)
        far = np.arccos(np.clip(cosine, -1.0, 1.0))
        sine = np.sin(far)
        factor = EARTH_KM * np.where(sine > 1e-9, far / np.where(sine > 1e-9, sine, 1.0), 1.0)
        east = factor * np.cos(phi) * np.sin(lam)
        north = factor * (np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(lam))
        return east, north

    def angle(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Angle at the earth's centre from the middle, rad."""
        phi, lam = np.radians(lat_deg), np.radians(np.asarray(lon_deg) - self.lon_deg)
        phi0 = np.radians(self.lat_deg)
        cosine = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(lam)
        return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)), float)


def middle(lon_deg: Floats, lat_deg: Floats) -> Frame:
    """The frame in the middle of some places, on either side of the date line."""
    lam, phi = np.radians(lon_deg), np.radians(lat_deg)
    x, y, z = np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)
    centre = [(v.min() + v.max()) / 2.0 for v in (x, y, z)]
    lon = np.degrees(np.arctan2(centre[1], centre[0]))
    return Frame(float(lon), float(np.degrees(np.arctan2(centre[2], np.hypot(centre[0], centre[1])))))
