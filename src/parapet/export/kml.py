"""KML 2.2 with Google's ``gx:Track``, plain or zipped as KMZ.

Source: OGC 07-147r2 (KML 2.2) and Google's extension schema 2.2. Google Earth takes absolute heights as above sea
level; the engine's are above the ellipsoid and are written as they are. Balloons are HTML, so everything that a
scenario named is escaped twice there: once as HTML, once as XML.
"""

from __future__ import annotations

import html
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from parapet.export.model import COLOURS, FOLDERS, Mark, Scene, Site, Track
from parapet.export.packing import zipped_text

_STYLES = {
    "threat": ("threat", 255, 2), "round": ("round", 255, 2), "search track": ("search track", 200, 1),
    "fire-control track": ("fire-control track", 255, 1), "site": ("site", 255, 1),
}  # fmt: skip


def clean(text: str) -> str:
    """Text without what XML 1.0 cannot hold, escaped."""
    kept = "".join(
        c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else " "
        for c in text
    )
    return escape(kept)


def _balloon(rows: dict[str, Any]) -> str:
    said = "<br/>".join(f"{html.escape(k)}: {html.escape(str(v))}" for k, v in rows.items() if v is not None)
    return clean(said)


def _style(what: str) -> str:
    """The style of a family; the balloon shows the description only, because a viewer reads a name in it as HTML."""
    name, alpha, width = _STYLES[what]
    red, green, blue = COLOURS[name]
    colour = f"{alpha:02x}{blue:02x}{green:02x}{red:02x}"
    return (
        f"<Style id={quoteattr(_style_id(what))}><IconStyle><color>{colour}</color><scale>0.5</scale></IconStyle>"
        f"<LabelStyle><scale>0.6</scale></LabelStyle><LineStyle><color>{colour}</color><width>{width}</width></LineStyle>"
        "<BalloonStyle><text>$[description]</text></BalloonStyle></Style>"
    )


def _style_id(what: str) -> str:
    return what.replace(" ", "-")


def _track(scene: Scene, track: Track) -> str:
    times = [scene.when(t) for t in track.t_s.tolist()]
    places = zip(track.lon_deg.tolist(), track.lat_deg.tolist(), track.height_m.tolist(), strict=True)
    whens = "".join(f"<when>{time}</when>" for time in times)
    coords = "".join(f"<gx:coord>{lon:.7f} {lat:.7f} {height:.2f}</gx:coord>" for lon, lat, height in places)
    said = {
        "kind": f"{track.family} ({'belief' if track.is_belief else 'truth'})", "type": track.type, "unit": track.unit,
        "about": track.about, "end": track.end,
        "spread at the end (m)": round(float(track.sigma_m[-1]), 1) if track.is_belief else None,
    }  # fmt: skip
    return (
        f"<Placemark id={quoteattr(track.key)}><name>{clean(track.name)}</name>"
        f"<description>{_balloon(said)}</description>"
        f"<TimeSpan><begin>{times[0]}</begin><end>{times[-1]}</end></TimeSpan>"
        f"<styleUrl>#{_style_id(track.family)}</styleUrl>"
        f"<gx:Track><altitudeMode>absolute</altitudeMode>{whens}{coords}</gx:Track></Placemark>"
    )


def _point(lon: float, lat: float, height: float) -> str:
    place = f"{lon:.7f},{lat:.7f},{height:.2f}"
    return f"<Point><altitudeMode>absolute</altitudeMode><coordinates>{place}</coordinates></Point>"


def _site(site: Site) -> str:
    said = {"kind": site.kind, "health at the end": f"{site.health:.0%}", "lost at s": site.lost_s}
    return (
        f"<Placemark id={quoteattr(site.key)}><name>{clean(site.name)}</name>"
        f"<description>{_balloon(said)}</description>"
        f"<styleUrl>#site</styleUrl>{_point(site.lon_deg, site.lat_deg, site.height_m)}</Placemark>"
    )


def _mark(scene: Scene, mark: Mark, n: int) -> str:
    what = "threat" if mark.kind in ("threat launched", "leak", "crash", "damage") else "round"
    return (
        f"<Placemark id={quoteattr(f'mark-{n}')}><name>{clean(f'{mark.kind}: {mark.name}')}</name>"
        f"<description>{_balloon({'detail': mark.detail, 'value': mark.value})}</description>"
        f"<TimeStamp><when>{scene.when(mark.t_s)}</when></TimeStamp><styleUrl>#{what}</styleUrl>"
        f"{_point(mark.lon_deg, mark.lat_deg, mark.height_m)}</Placemark>"
    )


def text(scene: Scene) -> str:
    """The file: a folder each for threats, rounds, the two kinds of tracks, sites and events.

    Pinned by ``tests/export/test_kml.py`` against `fastkml` and the schemas.
    """
    folders = [
        (name, [_track(scene, track) for track in scene.of(family)])
        for family, name in FOLDERS.items()
        if family not in ("site", "mark")
    ]
    folders.append((FOLDERS["site"], [_site(site) for site in scene.sites]))
    folders.append((FOLDERS["mark"], [_mark(scene, mark, n) for n, mark in enumerate(scene.marks)]))
    body = "\n".join(
        f"<Folder><name>{clean(name)}</name>\n" + "\n".join(placemarks) + "\n</Folder>"
        for name, placemarks in folders
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
        f"<Document><name>{clean(scene.title)}</name><description>{_balloon({'battle': scene.summary})}</description>\n"
        + "\n".join(_style(what) for what in _STYLES)
        + f"\n{body}\n</Document>\n</kml>\n"
    )


def zipped(scene: Scene) -> bytes:
    """The file as KMZ: ``doc.kml`` in a zip archive."""
    return zipped_text("doc.kml", text(scene).encode("utf-8"))
