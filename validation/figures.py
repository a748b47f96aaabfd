"""Pictures of the trust page, drawn from the same numbers as its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from parapet.analysis.claims_physics import Firsts, Rounds, Sight, flight, path
from parapet.catalogue import Catalogue
from parapet.physics import ballistic
from validation.radar import CLOSING_MPS, RCS_M2

INK = "#30343b"
COLOURS = ("#1f6f8b", "#c8553d", "#588157", "#8a5a83", "#b08900", "#4a4e69", "#6c757d")
BARS = ("#d9d9d9", COLOURS[4], COLOURS[0], COLOURS[1])


def _plt() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update(
        {
            "font.size": 9,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#dddddd",
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "figure.dpi": 110,
            "savefig.bbox": "tight",
        }
    )
    return pyplot


def _save(figure: Any, file: Path) -> None:
    figure.savefig(file, metadata={"Software": None})


def trajectories(catalogue: Catalogue, file: Path) -> None:
    """Height over ground range: ballistic flights, and shots of the rounds."""
    plt = _plt()
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.8))
    cases = (
        ("scud-b", 300e3, "minimum_energy"),
        ("iskander-m", 400e3, "depressed"),
        ("scud-c", 550e3, "minimum_energy"),
        ("shahab-3", 1000e3, "minimum_energy"),
    )
    for colour, (threat, range_m, shape) in zip(COLOURS, cases, strict=False):
        states = path(catalogue, threat, range_m, shape)
        if states:
            name = f"{catalogue.threats[threat].name}, {range_m / 1e3:,.0f} km"
            left.plot(
                [s.ground_range_m / 1e3 for s in states],
                [s.height_m / 1e3 for s in states],
                color=colour,
                label=name,
            )
    left.set(xlabel="ground range, km", ylabel="height, km", title="Ballistic missiles")
    left.legend(fontsize=7, loc="upper left")
    left.set_ylim(0.0, 330.0)
    for colour, (name, range_m) in zip(
        COLOURS, (("48n6e3", 250e3), ("48n6e3", 100e3), ("40n6e", 380e3), ("9m96e2", 120e3)), strict=False
    ):
        xs, ys = shot_path(catalogue, name, range_m)
        right.plot(xs, ys, color=colour, label=f"{catalogue.interceptors[name].name}, {range_m / 1e3:.0f} km")
    right.set(xlabel="ground range, km", ylabel="height, km", title="Shots at a point at 10 km height")
    right.legend(fontsize=7, loc="upper left")
    right.set_ylim(0.0, 115.0)
    _save(figure, file)
    plt.close(figure)


def shot_path(
    catalogue: Catalogue, name: str, range_m: float, height_m: float = 10e3
) -> tuple[list[float], list[float]]:
    """Ground range and height (km) along one undisturbed shot."""
    import math

    from parapet.engine import flyout
    from parapet.physics.earth import height_m as height_above_m
    from parapet.physics.interceptor import COL_EJECT_SPEED, round_step, steer_midcourse

    row = Rounds(catalogue.interceptors[name]).row
    px, py, pz = flyout.point_north(range_m, height_m)
    x, y, z = flyout.point_north(0.0, 0.0)
    start = (x, y, z)
    size = math.sqrt(x * x + y * y + z * z)
    up = (x / size, y / size, z / size)
    vx, vy, vz = (row[COL_EJECT_SPEED] * u for u in up)
    ax = ay = az = 0.0
    xs, ys = [0.0], [0.0]
    closest = math.inf
    for i in range(1600):
        t = i * flyout.FLIGHT_STEP_S
        cx, cy, cz = steer_midcourse(x, y, z, vx, vy, vz, t, px, py, pz, 0.0, row)
        x, y, z, vx, vy, vz, ax, ay, az, _ = round_step(
            x, y, z, vx, vy, vz, ax, ay, az, t, cx, cy, cz, flyout.FLIGHT_STEP_S, row
        )
        gap = math.dist((x, y, z), (px, py, pz))
        if gap > closest + 1.0 and closest < 5e3:
            break
        closest = min(closest, gap)
        here = math.sqrt(x * x + y * y + z * z)
        cosine = (x * start[0] + y * start[1] + z * start[2]) / (here * size)
        xs.append(6371.0 * math.acos(min(1.0, cosine)))
        ys.append(float(height_above_m(x, y, z)) / 1e3)
        if ys[-1] < 0.0:
            break
    return xs, ys


def detection(
    chains: list[tuple[str, float, Sight, Firsts]],
    file: Path,
    played: dict[tuple[str, float], tuple[list[float], list[float]]],
) -> None:
    """Probability of a look against range, with first plot and firm track."""
    plt = _plt()
    figure, axes = plt.subplots(1, len(chains), figsize=(3.1 * len(chains), 3.3), sharey=True)
    for axis, (name, height, sight, chain) in zip(axes, chains, strict=True):
        top_km = int(sight.instrumented_m / 1e3)
        ranges = list(range(20, top_km + 5, 5))
        axis.plot(
            ranges,
            [sight.p_look(r * 1e3, height, RCS_M2) for r in ranges],
            color=COLOURS[0],
            label="one look",
        )
        axis.axvline(sight.horizon_m(height) / 1e3, color="#999999", linestyle=":", label="horizon")
        axis.axvspan(
            chain.plot_m[2] / 1e3,
            chain.plot_m[0] / 1e3,
            color=COLOURS[2],
            alpha=0.3,
            label="first plot, 10 to 90 %",
        )
        axis.axvspan(
            chain.firm_m[2] / 1e3,
            chain.firm_m[0] / 1e3,
            color=COLOURS[1],
            alpha=0.3,
            label="firm track, 10 to 90 %",
        )
        firms = sorted(played.get((name, height), ([], []))[1], reverse=True)
        if firms:
            shares = [(i + 0.5) / len(firms) for i in range(len(firms))]
            axis.plot(
                [r / 1e3 for r in firms],
                shares,
                ".",
                markersize=2,
                color=COLOURS[1],
                label="firm track, battles",
            )
        axis.set(
            xlim=(top_km * 1.02, 100), title=f"{sight.radar.name}, {height / 1e3:.0f} km", xlabel="range, km"
        )
    axes[0].set_ylabel(f"probability, {RCS_M2:g} m2")
    axes[-1].legend(fontsize=7)
    figure.suptitle(f"Straight approach at {CLOSING_MPS:.0f} m/s", y=1.02)
    _save(figure, file)
    plt.close(figure)


def timeline(catalogue: Catalogue, file: Path) -> None:
    """Time from launch or horizon to impact, and what the defence spends of it."""
    from parapet.analysis.claims_physics import fall

    plt = _plt()
    figure, axis = plt.subplots(figsize=(9.5, 3.4))
    system = catalogue.systems["s400-fire-unit"]
    spent = system.si("reaction_time") + 2.0
    search = Sight(catalogue.radars["91n6e"])
    rounds = Rounds(catalogue.interceptors["48n6e3"])
    labels = []
    row = 0
    for threat, range_m in (("scud-b", 280e3), ("shahab-3", 1000e3), ("mrbm-3500", 2900e3)):
        solution = flight(catalogue, threat, range_m)
        story = fall(catalogue, threat, range_m, search, rounds, spent)
        if solution.code != ballistic.SOLVED or story is None:
            continue
        _bars(axis, row, min(solution.flight_time_s, 300.0), story.seen_s, story.launch_s, story.meeting_s)
        labels.append(f"{catalogue.threats[threat].name}, {range_m / 1e3:,.0f} km")
        row += 1
    low = catalogue.radars["96l6e"]
    speed = catalogue.threats["tomahawk"].si("speed")
    for mast in (None, 24.0, 39.0):
        horizon = Sight(low, mast).horizon_m(15.0)
        track = 2.0 * low.si("period")
        seen = horizon / speed
        launch = seen - track - spent
        start = horizon - speed * (track + spent)
        meeting = rounds.meeting_range_m(horizon, speed, 15.0, track + spent) / speed if start > 0.0 else 0.0
        _bars(axis, row, 300.0, seen, launch, meeting)
        labels.append(f"Tomahawk at 15 m, {'no mast' if mast is None else f'{mast:.0f} m mast'}")
        row += 1
    axis.set_yticks(range(row), labels)
    axis.invert_yaxis()
    from matplotlib.patches import Patch

    words = ("not seen", "track and reaction", "round may fly", "after the first meeting")
    handles = [Patch(color=colour, label=word) for colour, word in zip(BARS, words, strict=True)]
    axis.legend(handles=handles, ncols=4, fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    axis.grid(visible=False)
    axis.set(xlim=(300, 0), xlabel="seconds before impact")
    _save(figure, file)
    plt.close(figure)


def _bars(axis: Any, row: int, begin: float, seen: float, launch: float, meeting: float) -> None:
    marks = (begin, min(seen, begin), min(max(launch, 0.0), begin), meeting, 0.0)
    for left, right, colour in zip(marks[:-1], marks[1:], BARS, strict=True):
        axis.barh(row, left - right, left=right, height=0.6, color=colour)


def draw(
    catalogue: Catalogue,
    chains: list[tuple[str, float, Sight, Firsts]],
    folder: Path,
    played: dict[tuple[str, float], tuple[list[float], list[float]]],
) -> None:
    """All pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    trajectories(catalogue, folder / "trajectories.png")
    detection(chains, folder / "detection.png", played)
    timeline(catalogue, folder / "timeline.png")
