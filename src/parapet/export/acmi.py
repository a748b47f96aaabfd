"""Tacview ACMI 2.2: a line per change, text or zipped.

Source: Tacview, Technical Reference, ACMI flight recordings 2.2 (tacview.net/documentation/acmi). Tacview takes heights
as above sea level; the engine's are above the ellipsoid and are written as they are.
"""

from __future__ import annotations

from collections import defaultdict

from parapet.export.model import FOLDERS, Mark, Scene, Site, Track
from parapet.export.packing import zipped_text

COALITION = {
    "threat": "Threats",
    "round": "Defender",
    "search track": "Belief",
    "fire-control track": "Belief",
}
COLOUR = {
    "threat": "Red",
    "round": "Blue",
    "search track": "Yellow",
    "fire-control track": "Yellow",
    "site": "Grey",
}
_SITE_TYPE = {
    "asset": "Ground+Static+Building",
    "command post": "Ground+Static+Building",
    "radar": "Ground+AntiAircraft+Sensor",
    "launcher": "Ground+AntiAircraft",
}
_END_EVENT = {
    "killed": "Destroyed",
    "leaked": "Destroyed",
    "crashed": "Destroyed",
    "left": "LeftArea",
    "missed": "Destroyed",
}


def escaped(text: str) -> str:
    """Text safe in a property: one line, no bare comma, nothing that a later comma would be read into."""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return one_line.replace("\\", "/").replace(",", "\\,")


def _event_text(text: str) -> str:
    """Text safe in an event, whose parts are cut at bars."""
    return escaped(text).replace("|", "/")


def _type(track: Track) -> str:
    if track.family == "threat":
        return "Air+FixedWing" if track.type.endswith("aircraft") else "Weapon+Missile"
    return "Weapon+Missile" if track.family == "round" else "Misc+Minor"


def _declared(track: Track) -> str:
    """What is said of an object once."""
    said = {
        "Type": _type(track), "Name": track.name, "Group": FOLDERS[track.family], "Coalition": COALITION[track.family],
        "Color": COLOUR[track.family], "LongName": track.type,
        "Label": f"{track.name} ({'belief' if track.is_belief else 'truth'})",
    }  # fmt: skip
    return ",".join(f"{name}={escaped(value)}" for name, value in said.items())


def _site(site: Site, number: str) -> str:
    said = {
        "Type": _SITE_TYPE[site.kind], "Name": site.name, "Group": FOLDERS["site"], "Coalition": "Defender",
        "Color": COLOUR["site"], "LongName": site.kind,
    }  # fmt: skip
    place = f"{site.lon_deg:.7f}|{site.lat_deg:.7f}|{site.height_m:.2f}"
    return f"{number},T={place}," + ",".join(f"{name}={escaped(value)}" for name, value in said.items())


def text(scene: Scene) -> str:
    """The whole file (without the byte order mark). Objects have hexadecimal ids from 1 on, in the order of the scene.

    Pinned by ``tests/export/test_acmi.py`` against the `pyacmi` reader.
    """
    keys = [*(track.key for track in scene.tracks), *(site.key for site in scene.sites)]
    ids = {key: f"{n:x}" for n, key in enumerate(keys, start=1)}
    lines = [
        "FileType=text/acmi/tacview",
        "FileVersion=2.2",
        f"0,ReferenceTime={scene.when(0.0)[:19]}Z",
        "0,DataSource=Parapet",
        "0,DataRecorder=Parapet",
        f"0,Title={escaped(scene.title)}",
        f"0,Comments={escaped(scene.summary + '; engine ' + scene.engine_id)}",
        *(_site(site, ids[site.key]) for site in scene.sites),
    ]
    frames: dict[int, list[str]] = defaultdict(list)  # by millisecond, so that one time is one frame
    for track in scene.tracks:
        _write_track(track, ids[track.key], frames)
    for mark in scene.marks:
        frames[round(mark.t_s * 1000.0)].append(_message(mark, ids[mark.subject]))
    removals = [(round(t.t_s[-1] * 1000.0), ids[t.key]) for t in scene.tracks if t.is_over]
    for ms, number in removals:
        frames[ms].append(f"-{number}")  # last in its frame: nothing may be said of an object that is gone
    for ms in sorted(frames):
        lines.append(f"#{ms / 1000.0:g}" if ms % 10 == 0 and ms < 1_000_000 else f"#{ms / 1000.0:.3f}")
        lines += frames[ms]
    return "\n".join(lines) + "\n"


def _write_track(track: Track, number: str, frames: dict[int, list[str]]) -> None:
    declared = "," + _declared(track)
    columns = (track.t_s.tolist(), track.lon_deg.tolist(), track.lat_deg.tolist(), track.height_m.tolist())
    for t_s, lon, lat, height in zip(*columns, strict=True):
        frames[round(t_s * 1000.0)].append(f"{number},T={lon:.7f}|{lat:.7f}|{height:.2f}{declared}")
        declared = ""
    if track.is_over and not track.is_belief and track.end in _END_EVENT:
        frames[round(track.t_s[-1] * 1000.0)].append(f"0,Event={_END_EVENT[track.end]}|{number}|")


def _message(mark: Mark, number: str) -> str:
    kind = "Bookmark" if mark.kind in ("leak", "damage") else "Message"
    subject = "" if kind == "Bookmark" else f"{number}|"
    return f"0,Event={kind}|{subject}{_event_text(f'{mark.kind}: {mark.name}, {mark.detail}')}"


def zipped(scene: Scene) -> bytes:
    """The file compressed, as Tacview keeps it in ``*.zip.acmi``; the same scene gives the same bytes."""
    return zipped_text("battle.txt.acmi", text(scene).encode("utf-8-sig"))
