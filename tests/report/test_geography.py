"""Coastlines where they are: cities on land, places at sea, and the map's distances."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from matplotlib.path import Path

from parapet.report.geography import Frame, countries, middle


@pytest.mark.parametrize(
    "lon, lat, name",
    [
        (32.86, 39.93, "Türkiye"), (2.35, 48.86, "France"), (51.39, 35.69, "Iran"), (149.1, -35.3, "Australia"),
        (33.0, 34.3, None), (34.0, 43.3, None), (-30.0, 30.0, None),
    ],
)  # fmt: skip
def test_who_holds_a_place(lon, lat, name):
    found = {c.name for c in countries() for ring in c.rings if Path(ring).contains_point((lon, lat))}
    assert found == ({name} if name else set())


def test_rings_are_closed():
    for country in countries():
        for ring in country.rings:
            assert len(ring) > 3 and np.allclose(ring[0], ring[-1], atol=1e-6), country.name


@pytest.mark.parametrize("lon, lat", [(33.0, 40.0), (32.0, 39.0), (45.0, 45.0), (33.0, 39.9), (15.0, 20.0)])
def test_distance_and_bearing_from_the_middle(lon, lat):
    frame = Frame(32.5, 39.9)
    x, y = (float(v) for v in frame.km(np.array(lon), np.array(lat)))
    line = Geodesic.WGS84.Inverse(39.9, 32.5, lat, lon)
    assert np.hypot(x, y) == pytest.approx(line["s12"] / 1000.0, rel=4e-3, abs=0.01)
    assert np.degrees(np.arctan2(x, y)) == pytest.approx(line["azi1"], abs=0.3)


def test_the_middle_of_itself_and_across_the_date_line():
    frame = middle(np.array([179.0, -179.0]), np.array([10.0, 12.0]))
    assert abs(abs(frame.lon_deg) - 180.0) < 0.01 and frame.lat_deg == pytest.approx(11.0, abs=0.01)
    x, y = frame.km(np.array([frame.lon_deg]), np.array([frame.lat_deg]))
    assert abs(x[0]) < 1e-6 and abs(y[0]) < 1e-6
