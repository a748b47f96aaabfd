"""GeoJSON (RFC 7946): tracks as lines with their times, sites and events as points.

Positions are longitude, latitude, height above the WGS-84 ellipsoid, as the standard wants them. Times stand in the
property ``times`` (ISO 8601), one per position; ``t_s`` holds the seconds of the battle.
"""

from __future__ import annotations

import json
from typing import Any

from parapet.export.model import COLOURS, FOLDERS, Scene, Track


def _place(lon: float, lat: float, height: float) -> list[float]:
    return [round(lon, 7), round(lat, 7), round(height, 2)]


def _colour(what: str) -> str:
    return "#{:02x}{:02x}{:02x}".format(*COLOURS[what])


def _line(scene: Scene, track: Track) -> dict[str, Any]:
    columns = (track.lon_deg.tolist(), track.lat_deg.tolist(), track.height_m.tolist())
    places = [_place(*place) for place in zip(*columns, strict=True)]
    is_line = len(places) > 1  # a line needs two positions
    t_s = [round(t, 3) for t in track.t_s.tolist()]
    properties: dict[str, Any] = {
        "name": track.name, "folder": FOLDERS[track.family], "kind": track.family, "belief": track.is_belief,
        "type": track.type, "end": track.end, "about": track.about, "unit": track.unit,
        "begin_s": round(track.begin_s, 3),
        "end_s": round(track.end_s, 3), "t_s": t_s, "times": [scene.when(t) for t in t_s],
        "is_sampled": track.is_sampled.tolist(), "stroke": _colour(track.family),
    }  # fmt: skip
    if track.is_belief:
        properties["sigma_m"] = [round(s, 1) for s in track.sigma_m.tolist()]
    geometry = (
        {"type": "LineString", "coordinates": places}
        if is_line
        else {"type": "Point", "coordinates": places[0]}
    )
    return {"type": "Feature", "id": track.key, "geometry": geometry, "properties": properties}


def collection(scene: Scene) -> dict[str, Any]:
    """The FeatureCollection as plain data; features in the order tracks, sites, events.

    Pinned by ``tests/export/test_geojson.py`` against the `geojson` and `shapely` packages.
    """
    features = [_line(scene, track) for track in scene.tracks]
    for site in scene.sites:
        features.append(
            {
                "type": "Feature", "id": site.key,
                "geometry": {"type": "Point", "coordinates": _place(site.lon_deg, site.lat_deg, site.height_m)},
                "properties": {
                    "name": site.name, "folder": FOLDERS["site"], "kind": site.kind, "belief": False,
                    "health": site.health, "lost_s": site.lost_s, "marker-color": _colour("site"),
                },
            }
        )  # fmt: skip
    for n, mark in enumerate(scene.marks):
        features.append(
            {
                "type": "Feature", "id": f"mark-{n}",
                "geometry": {"type": "Point", "coordinates": _place(mark.lon_deg, mark.lat_deg, mark.height_m)},
                "properties": {
                    "name": mark.name, "folder": FOLDERS["mark"], "kind": mark.kind, "belief": False,
                    "t_s": round(mark.t_s, 3), "time": scene.when(mark.t_s), "detail": mark.detail,
                    "subject": mark.subject, "value": mark.value,
                },
            }
        )  # fmt: skip
    return {
        "type": "FeatureCollection",
        "name": scene.title,
        "parapet": {
            "summary": scene.summary, "seed": scene.seed, "run": scene.run, "engine_id": scene.engine_id,
            "epoch": scene.when(0.0), "duration_s": scene.duration_s,
        },
        "features": features,
    }  # fmt: skip


def text(scene: Scene) -> str:
    """The file."""
    return json.dumps(collection(scene), ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
