"""CZML for Cesium: one packet per threat, round, track and site, in folders that tell truth from belief.

Source: CZML Guide (github.com/AnalyticalGraphicsInc/czml-writer/wiki). Descriptions are HTML to a viewer, so
everything that a scenario named is escaped.
"""

from __future__ import annotations

import html
import json
from typing import Any

from parapet.export.model import COLOURS, FOLDERS, Scene, Site, Track

TRAIL_S = 60
_PIXELS = {"threat": 7, "round": 5, "search track": 6, "fire-control track": 8}


_HOSTILE, _FRIEND, _UNKNOWN = "6", "3", "1"
_THREAT_SYMBOLS = {
    "aircraft": ("01", "110100", "00"),
    "cruise missile": ("02", "110000", "07"),
    "ballistic missile": ("02", "110000", "06"),
}
_SITE_SYMBOLS = {
    "asset": ("20", "0", "000000"),
    "command post": ("10", "2", "130100"),
    "radar": ("15", "0", "220300"),
    "launcher": ("15", "0", "111100"),
}


def symbol_code(thing: Track | Site) -> str | None:
    """The symbol identification code (20 digits) of a track or site; None for a belief about something real, which
    has no sign of its own.

    Source: NATO APP-6(D) / MIL-STD-2525D, symbol sets 01 air, 02 air missile, 10 units, 15 equipment, 20 installations.
    """
    if isinstance(thing, Site):
        symbol_set, headquarters, entity = _SITE_SYMBOLS[thing.kind]
        return f"100{_FRIEND}{symbol_set}0{headquarters}00{entity}0000"
    if thing.family == "threat":
        symbol_set, entity, modifier = _THREAT_SYMBOLS[thing.type.rpartition(", ")[2]]
        return f"100{_HOSTILE}{symbol_set}0000{entity}{modifier}00"
    if thing.family == "round":
        return f"100{_FRIEND}0200001100000800"
    return None if thing.about is not None else f"100{_UNKNOWN}0100000000000000"


def _colour(what: str, alpha: int = 255) -> dict[str, list[int]]:
    return {"rgba": [*COLOURS[what], alpha]}


def description(rows: dict[str, Any]) -> str:
    """A small HTML table; every cell escaped."""
    cells = "".join(
        f"<tr><th>{html.escape(k)}</th><td>{html.escape(str(v))}</td></tr>"
        for k, v in rows.items()
        if v is not None
    )
    return f"<table>{cells}</table>"


def _sampled(times: list[float], *columns: list[float]) -> list[float]:
    return [value for row in zip(times, *columns, strict=True) for value in row]


def _track(scene: Scene, track: Track) -> dict[str, Any]:
    epoch = scene.when(0.0)
    times = [round(t, 3) for t in track.t_s.tolist()]
    lon = [round(v, 6) for v in track.lon_deg.tolist()]
    lat = [round(v, 6) for v in track.lat_deg.tolist()]
    height = [round(v, 1) for v in track.height_m.tolist()]
    end_s = max(times[-1], times[0] + 0.001)
    packet: dict[str, Any] = {
        "id": track.key,
        "name": track.name,
        "parent": FOLDERS[track.family],
        "availability": f"{scene.when(times[0])}/{scene.when(end_s)}",
        "description": description(
            {
                "kind": f"{track.family} ({'belief' if track.is_belief else 'truth'})", "type": track.type,
                "unit": track.unit,
                "about": track.about, "end": track.end,
            }
        ),
        "position": {
            "epoch": epoch, "interpolationAlgorithm": "LINEAR", "interpolationDegree": 1,
            "cartographicDegrees": _sampled(times, lon, lat, height),
        },
        "point": {
            "pixelSize": _PIXELS[track.family], "color": _colour(track.family, 60 if track.is_belief else 255),
            "outlineColor": _colour(track.family), "outlineWidth": 2 if track.is_belief else 0,
        },
        "path": {
            "leadTime": 0, "trailTime": TRAIL_S, "width": 1 if track.is_belief else 2, "resolution": 60,
            "material": {"solidColor": {"color": _colour(track.family, 160)}},
        },
        "properties": {
            "family": track.family, "belief": track.is_belief, "about": track.about or "", "end": track.end,
            "type": track.type, "unit": track.unit or "", "over": track.is_over, "symbol": symbol_code(track) or "",
        },
    }  # fmt: skip
    if track.is_belief:
        sigma = [round(s, 1) for s in track.sigma_m.tolist()]
        packet["properties"]["sigma_m"] = {"epoch": epoch, "number": _sampled(times, sigma)}
    return packet


def _site(site: Site) -> dict[str, Any]:
    return {
        "id": site.key,
        "name": site.name,
        "parent": FOLDERS["site"],
        "description": description(
            {"kind": site.kind, "health at the end": f"{site.health:.0%}", "lost at s": site.lost_s}
        ),
        "position": {
            "cartographicDegrees": [round(site.lon_deg, 6), round(site.lat_deg, 6), round(site.height_m, 1)]
        },
        "point": {"pixelSize": 6, "color": _colour("site")},
        "properties": {
            "family": "site", "kind": site.kind, "health": site.health,
            "lost_s": -1 if site.lost_s is None else site.lost_s, "symbol": symbol_code(site),
        },
    }


def packets(scene: Scene) -> list[dict[str, Any]]:
    """The document as plain data: the clock, folders, tracks, sites, and intercept points that stay from their time on.

    Pinned by ``tests/export/test_czml.py`` against the `czml3` package.
    """
    last = scene.when(scene.duration_s)
    made: list[dict[str, Any]] = [
        {
            "id": "document", "name": scene.title, "version": "1.0", "description": html.escape(scene.summary),
            "clock": {
                "interval": f"{scene.when(0.0)}/{last}", "currentTime": scene.when(0.0), "multiplier": 10,
                "range": "CLAMPED", "step": "SYSTEM_CLOCK_MULTIPLIER",
            },
        }
    ]  # fmt: skip
    made += [{"id": folder, "name": folder} for folder in FOLDERS.values()]
    made += [_track(scene, track) for track in scene.tracks]
    made += [_site(site) for site in scene.sites]
    for n, mark in enumerate(scene.marks):
        if mark.kind not in ("intercept", "leak", "crash"):
            continue
        what = "round" if mark.kind == "intercept" else "threat"
        made.append(
            {
                "id": f"mark-{n}", "name": f"{mark.kind}: {mark.name}", "parent": FOLDERS["mark"],
                "availability": f"{scene.when(mark.t_s)}/{scene.when(max(scene.duration_s, mark.t_s + 0.001))}",
                "description": description({"detail": mark.detail, "miss (m)": mark.value}),
                "position": {
                    "cartographicDegrees": [round(mark.lon_deg, 6), round(mark.lat_deg, 6), round(mark.height_m, 1)]
                },
                "point": {"pixelSize": 3, "color": _colour(what, 120)},
                "properties": {"family": "mark", "kind": mark.kind, "detail": mark.detail, "subject": mark.subject},
            }
        )  # fmt: skip
    return made


def text(scene: Scene) -> str:
    """The file: one packet per line."""
    lines = ",\n".join(
        json.dumps(packet, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for packet in packets(scene)
    )
    return f"[{lines}]\n"
