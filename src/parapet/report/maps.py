"""Maps of a battle: the raid as it came, and where it was met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from scipy.spatial import cKDTree

from parapet.export.model import Mark, Scene, Site, Track
from parapet.report import drawing
from parapet.report.geography import EARTH_KM, Floats, Frame, countries, middle
from parapet.report.palette import FRIEND, HOSTILE, INK, KILL, LAND, LEAKER, OTHER, QUIET, SEA

MARGIN = 0.07
WIDE = 2.5
"""A name is wide and low: what stands beside it is nearer by this than what stands above it."""
ASPECT_MIN, ASPECT_MAX = 0.55, 0.82
"""Height of a map over its width."""
LINES: dict[str, tuple[str, Any, float, str]] = {
    "leaked": (LEAKER, (0, (4, 1.2)), 1.7, "threat that leaked"),
    "killed": (HOSTILE, "solid", 0.8, "threat that was killed"),
    "other": (OTHER, (0, (1, 1)), 1.0, "threat that left, crashed or still flies"),
}
"""Colour, dash, width and meaning of a threat's path by how it ended."""


def _fate(track: Track) -> str:
    return track.end if track.end in LINES else "other"


def raid(scene: Scene, groups: Sequence[tuple[str, int, Sequence[str]]]) -> str:
    """The raid from launch to end, with what is defended and what defends.

    Parameters
    ----------
    groups : name, count and member names of every group of the raid, for the labels at its start.
    """
    threats = scene.of("threat")
    lon = np.concatenate([*(t.lon_deg for t in threats), [s.lon_deg for s in scene.sites]])
    lat = np.concatenate([*(t.lat_deg for t in threats), [s.lat_deg for s in scene.sites]])
    with rc_context(drawing.STYLE):
        frame, figure, axis = _map(lon, lat, threats)
        _paths(axis, frame, threats, 1.0, 0.9)
        by_name = {track.name: track for track in threats}
        starts: list[tuple[float, float, str, str, float]] = []
        for name, count, members in groups:
            mine = [by_name[m] for m in members if m in by_name]
            if not mine:
                continue
            x, y = frame.km(np.array([t.lon_deg[0] for t in mine]), np.array([t.lat_deg[0] for t in mine]))
            axis.plot(x, y, "o", color=HOSTILE, markersize=2.6, zorder=5)
            at = int(np.argmax(np.hypot(x, y)))
            starts.append((float(x[at]), float(y[at]), f"{name} × {count}", HOSTILE, 7.5))
        labels = _sites(axis, frame, scene.sites)
        drawing.place_labels(axis, [*labels, *starts])
        _legend(axis, {_fate(track) for track in threats}, [])
        return drawing.svg(figure)


def fought(scene: Scene) -> str | None:
    """Where rounds met threats and where threats came through; None if neither happened."""
    marks = [m for m in scene.marks if m.kind in ("intercept", "leak")]
    if not marks:
        return None
    places = [(m.lon_deg, m.lat_deg) for m in marks] + [(s.lon_deg, s.lat_deg) for s in scene.sites]
    lon, lat = (np.array(column, float) for column in zip(*places, strict=True))
    kills = [m for m in marks if m.kind == "intercept" and m.detail.startswith("killed")]
    misses = [m for m in marks if m.kind == "intercept" and not m.detail.startswith("killed")]
    leaks = [m for m in marks if m.kind == "leak"]
    with rc_context(drawing.STYLE):
        frame, figure, axis = _map(lon, lat, scene.of("threat"))
        _paths(axis, frame, scene.of("threat"), 0.6, 0.45)
        handles = []
        for found, colour, mark, size, word in (
            (misses, QUIET, "x", 3.6, "round ended without a kill"),
            (kills, KILL, "P", 5.0, "kill"),
            (leaks, LEAKER, "X", 7.5, "leak"),
        ):
            if not found:
                continue
            x, y = frame.km(np.array([m.lon_deg for m in found]), np.array([m.lat_deg for m in found]))
            order = 8 if mark == "X" else 6
            axis.plot(
                x,
                y,
                linestyle="",
                marker=mark,
                color=colour,
                markersize=size,
                markeredgewidth=0.8,
                zorder=order,
            )
            handles.append(
                Line2D([], [], linestyle="", marker=mark, color=colour, markersize=size, label=word)
            )
        labels = _sites(axis, frame, scene.sites)
        drawing.place_labels(axis, [*labels, *_leaks(frame, leaks, float(np.ptp(axis.get_xlim())))])
        _legend(axis, set(), handles)
        return drawing.svg(figure)


def _paths(axis: Axes, frame: Frame, threats: Sequence[Track], width: float, alpha: float) -> None:
    """Paths of threats, leakers on top."""
    for fate in ("other", "killed", "leaked"):
        colour, dash, broad, _ = LINES[fate]
        mine = [np.column_stack(frame.km(t.lon_deg, t.lat_deg)) for t in threats if _fate(t) == fate]
        axis.add_collection(
            LineCollection(mine, colors=colour, linestyles=[dash], linewidths=broad * width, alpha=alpha, zorder=4),
            autolim=False,
        )  # fmt: skip


def _leaks(frame: Frame, leaks: Sequence[Mark], wide_km: float) -> list[tuple[float, float, str, str, float]]:
    """Names of what came through; those of one group that struck the same place are counted."""
    found: list[tuple[float, float, str, list[str]]] = []
    for mark in leaks:
        x, y = (float(v[0]) for v in frame.km(np.array([mark.lon_deg]), np.array([mark.lat_deg])))
        group = mark.name.rpartition("-")[0] or mark.name
        for at in found:
            if at[2] == group and math.hypot(at[0] - x, at[1] - y) < 0.03 * wide_km:
                at[3].append(mark.name)
                break
        else:
            found.append((x, y, group, [mark.name]))
    return [
        (x, y, names[0] if len(names) == 1 else f"{group} × {len(names)}", LEAKER, 7.5)
        for x, y, group, names in found
    ]


def _map(lon: Floats, lat: Floats, tracks: Sequence[Track]) -> tuple[Frame, Any, Axes]:
    """An empty map that holds these places, with land, borders, scale, north, and names of countries off the tracks."""
    frame = middle(lon, lat)
    x, y = frame.km(lon, lat)
    wide, high = (max(float(np.ptp(v)), 4.0) for v in (x, y))
    aspect = min(max(high / wide, ASPECT_MIN), ASPECT_MAX)
    wide = max(wide, high / aspect) * (1.0 + 2.0 * MARGIN)
    x0, y0 = float(x.min() + x.max()) / 2.0, float(y.min() + y.max()) / 2.0
    box = (x0 - wide / 2.0, x0 + wide / 2.0, y0 - wide * aspect / 2.0, y0 + wide * aspect / 2.0)
    figure, axis = drawing.fixed((drawing.WIDTH_IN - 0.04) * aspect + 0.42, 0.02, 0.02, 0.4, 0.02)
    axis.set_xlim(box[0], box[1])
    axis.set_ylim(box[2], box[3])
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_facecolor(SEA)
    axis.spines[:].set_color(QUIET)
    flown = [np.column_stack(frame.km(track.lon_deg[::3], track.lat_deg[::3])) for track in tracks]
    _land(axis, frame, box, np.concatenate([*flown, np.column_stack([x, y])]))
    _scale(axis, box)
    return frame, figure, axis


def _land(axis: Axes, frame: Frame, box: tuple[float, float, float, float], busy: Floats) -> None:
    """Land and borders; the name of a country where it has room and nothing else is drawn."""
    reach = math.hypot(max(abs(box[0]), abs(box[1])), max(abs(box[2]), abs(box[3]))) / EARTH_KM
    grid = np.meshgrid(np.linspace(box[0], box[1], 24)[1:-1], np.linspace(box[2], box[3], 24)[1:-1])
    inner = np.column_stack([grid[0].ravel(), grid[1].ravel()])
    tree = cKDTree(busy / np.array([WIDE, 1.0]))
    for country in countries():
        within = np.zeros(len(inner), bool)
        for ring in country.rings:
            angle = frame.angle(ring[:, 0], ring[:, 1])
            # beyond half the globe a ring would turn inside out; far rings are no part of the map
            if angle.min() > reach + 0.9 or angle.max() > 2.6:
                continue
            x, y = frame.km(ring[:, 0], ring[:, 1])
            if x.max() < box[0] or x.min() > box[1] or y.max() < box[2] or y.min() > box[3]:
                continue
            path = Path(np.column_stack([x, y]))
            axis.add_patch(PathPatch(path, facecolor=LAND, edgecolor="#a9a79c", linewidth=0.6, zorder=1))
            within |= path.contains_points(inner)
        if within.sum() > 40:
            at = inner[within]
            edge = np.minimum.reduce(
                [(at[:, 0] - box[0]) / WIDE, (box[1] - at[:, 0]) / WIDE, at[:, 1] - box[2], box[3] - at[:, 1]]
            )
            off, _ = tree.query(at / np.array([WIDE, 1.0]))
            x, y = at[int(np.argmax(np.minimum(off, edge)))]
            axis.text(
                x, y, " ".join(country.name.upper()), fontsize=6.5, color="#a5a294", ha="center", va="center", zorder=2
            )  # fmt: skip


def _scale(axis: Axes, box: tuple[float, float, float, float]) -> None:
    """A scale bar of a round length and an arrow to north."""
    wide, high = box[1] - box[0], box[3] - box[2]
    length = max(s * 10.0**p for p in range(-1, 5) for s in (1, 2, 5) if s * 10.0**p <= wide / 4.0)
    x, y = box[1] - length, box[2] - 0.045 * high
    axis.plot([x, x + length], [y, y], color=INK, linewidth=1.6, solid_capstyle="butt", clip_on=False)
    axis.text(x + length / 2.0, y - 0.012 * high, f"{length:g} km", ha="center", va="top", fontsize=7)
    x, y = box[1] - 0.03 * wide, box[3] - 0.03 * high
    axis.annotate(
        "N", (x, y), (x, y - 0.075 * high), ha="center", va="center", fontsize=8, color=INK, zorder=8,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkA": 1},
    )  # fmt: skip


def _sites(axis: Axes, frame: Frame, sites: Sequence[Site]) -> list[tuple[float, float, str, str, float]]:
    """What is defended as circles, what defends as squares; labels for both, one for a system's many sites."""
    labels: list[tuple[float, float, str, str, float]] = []
    for kind, colour, mark, size in (
        ("launcher", FRIEND, "s", 2.0), ("radar", FRIEND, "^", 3.6), ("command post", FRIEND, "s", 4.6),
        ("asset", INK, "o", 4.2),
    ):  # fmt: skip
        mine = [site for site in sites if site.kind == kind]
        x, y = frame.km(np.array([s.lon_deg for s in mine]), np.array([s.lat_deg for s in mine]))
        axis.plot(
            x, y, mark, color=colour, markersize=size, markeredgecolor="white", markeredgewidth=0.5, zorder=7
        )  # fmt: skip
        if kind in ("asset", "command post"):
            found = [
                (at_x, at_y, site.name.removesuffix(" command post"), colour, 8.0)
                for at_x, at_y, site in zip(x.tolist(), y.tolist(), mine, strict=True)
            ]
            labels = [*found, *labels]
    return labels


def _legend(axis: Axes, fates: set[str], more: list[Any]) -> None:
    handles = [
        Line2D([], [], color=colour, linestyle=dash, linewidth=width, label=word)
        for fate, (colour, dash, width, word) in LINES.items()
        if fate in fates
    ]
    handles += more
    handles += [
        Line2D(
            [], [], linestyle="", marker="s", color=FRIEND, markersize=4.5, label="command post, launcher"
        ),
        Line2D([], [], linestyle="", marker="^", color=FRIEND, markersize=4.5, label="radar"),
        Line2D([], [], linestyle="", marker="o", color=INK, markersize=4.2, label="defended"),
    ]
    axis.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=3, fontsize=7.5, frameon=False,
        borderaxespad=0.2, handlelength=2.2, columnspacing=1.6,
    )  # fmt: skip
