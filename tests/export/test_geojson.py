"""GeoJSON read back by the `geojson` and `shapely` packages."""

from __future__ import annotations

from datetime import datetime

import geojson
import numpy as np
import shapely.geometry
from tests.export.conftest import NASTY

from parapet.export import export
from parapet.export.model import EPOCH


def test_geojson_says_what_the_log_says(battle, made, logged, tmp_path):
    written = export(battle, "geojson", tmp_path / "x.geojson")
    text = (tmp_path / "x.geojson").read_text(encoding="utf-8")
    assert written.n_bytes == len(text.encode("utf-8"))
    read = geojson.loads(text)
    assert read.is_valid, read.errors()
    lines = [f for f in read.features if f["properties"].get("times")]
    n = 0
    for feature in lines:
        place = np.array(list(geojson.coords(feature))).reshape(-1, 3)
        times = [(datetime.fromisoformat(t) - EPOCH).total_seconds() for t in feature["properties"]["times"]]
        assert len(times) == len(place)
        n += logged.compare(feature["id"], times, place[:, 0], place[:, 1], place[:, 2])
    assert n == len(battle.played.log.sample) == written.samples
    assert len(lines) == len(made.tracks)
    points = [f for f in read.features if f["geometry"]["type"] == "Point" and "times" not in f["properties"]]
    assert len(points) == len(made.sites) + len(made.marks)
    assert read["name"].startswith(NASTY)


def test_shapely_measures_the_same_box(battle, made, tmp_path):
    export(battle, "geojson", tmp_path / "x.json")
    read = geojson.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    shapes = {f["id"]: shapely.geometry.shape(f["geometry"]) for f in read.features}
    for track in made.tracks:
        box = (track.lon_deg.min(), track.lat_deg.min(), track.lon_deg.max(), track.lat_deg.max())
        np.testing.assert_allclose(shapes[track.key].bounds, box, atol=1e-7)


def test_intercepts_have_the_times_of_the_shots(battle, tmp_path):
    export(battle, "geojson", tmp_path / "x.geojson")
    read = geojson.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))
    got = sorted(f["properties"]["t_s"] for f in read.features if f["properties"]["kind"] == "intercept")
    want = sorted(battle.shots["intercept_s"].drop_nulls().to_list())
    np.testing.assert_allclose(got, want, atol=1e-3)
