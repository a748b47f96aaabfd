"""Charts of one battle: kill chains as swim lanes, what became of threats and rounds, and the battle over time."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from parapet.analysis import outcomes
from parapet.analysis.battle_result import Battle
from parapet.analysis.timeline import telling_threats
from parapet.analysis.why import threat_ladder
from parapet.engine import codes
from parapet.report import drawing
from parapet.report.palette import (
    FRIEND,
    HOSTILE,
    INK,
    INTERCEPTOR,
    KILL,
    LEAKER,
    OTHER,
    PHASES,
    RULE,
    TRACK,
)

LANES_MAX = 80
"""Lanes of one chart: more do not fit a page."""
_UNSEEN = frozenset(
    {
        codes.WHY_NOT_LAUNCHED, codes.WHY_BELOW_HORIZON, codes.WHY_TERRAIN_MASKED, codes.WHY_OUTSIDE_SECTOR,
        codes.WHY_BELOW_NOISE, codes.WHY_JAMMED, codes.WHY_UNIT_NOT_READY,
    }
)  # fmt: skip
_WAITING = frozenset(
    {
        codes.WHY_NO_CHANNEL, codes.WHY_NO_ROUND, codes.WHY_LAUNCHER_BUSY, codes.WHY_REACTION_TIME, codes.WHY_DOCTRINE,
        codes.WHY_NOT_ACQUIRED, codes.WHY_FIRE_TRACK_LOST,
    }
)  # fmt: skip
_ENDS = {"killed": (KILL, "P", 5.5), "leaked": (LEAKER, "X", 6.5)}


def phase(code: int) -> str:
    """The phase of `palette.PHASES` that a reason of the ladder belongs to."""
    if code in _UNSEEN:
        return "unseen"
    if code in _WAITING:
        return "waiting"
    return "engaged" if code == codes.WHY_ENGAGED else "seen"


@dataclass(frozen=True)
class Lanes:
    """The chart and what it leaves out."""

    svg: str
    shown: int
    left_out: int


def chosen_threats(battle: Battle) -> list[int]:
    """Threats for the lanes: all, or where there are too many the leakers and the most telling; by launch."""
    rows = battle.threat_rows
    launched = [i for i, row in enumerate(rows) if row.launch_s is not None]
    if len(launched) > LANES_MAX:
        launched = telling_threats(rows, battle.shot_rows, battle.played, LANES_MAX)
    group = {i: rows[i].name.rpartition("-")[0] for i in launched}
    first: dict[str, float] = {}
    for i in launched:
        first[group[i]] = min(first.get(group[i], np.inf), rows[i].launch_s or 0.0)
    return sorted(launched, key=lambda i: (first[group[i]], group[i], rows[i].launch_s, i))


def swim_lanes(battle: Battle) -> Lanes | None:
    """One lane per threat from launch to end: what kept it from being shot at, rounds, and how it ended."""
    chosen = chosen_threats(battle)
    if not chosen:
        return None
    rows, played = battle.threat_rows, battle.played
    pitch = min(0.22, 7.25 / len(chosen))
    size = min(7.5, pitch * 72 * 0.85)
    with rc_context(drawing.STYLE):
        longest = max(len(rows[i].name) for i in chosen)
        left_in = min(0.15 + longest * size * 0.62 / 72.0, 2.4)
        figure, axis = drawing.fixed(1.12 + pitch * len(chosen), left_in, 0.1, 0.42, 0.7)
        drawing.plain(axis, "x")
        for lane, i in enumerate(chosen):
            parts = threat_ladder(played, i)
            axis.broken_barh(
                [(part.start_s, part.end_s - part.start_s) for part in parts], (lane - 0.33, 0.66), linewidth=0,
                zorder=2,
                facecolors=[PHASES[phase(part.code)][0] for part in parts],
            )  # fmt: skip
            if rows[i].outcome == "leaked":
                axis.axhspan(lane - 0.5, lane + 0.5, color=LEAKER, alpha=0.07, linewidth=0, zorder=0)
        _lane_marks(axis, battle, chosen, size)
        axis.set_yticks(range(len(chosen)), [rows[i].name for i in chosen], fontsize=size)
        for label, i in zip(axis.get_yticklabels(), chosen, strict=True):
            if rows[i].outcome == "leaked":
                label.set_color(LEAKER)
                label.set_fontweight("bold")
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(chosen) - 0.4, -0.6)
        axis.spines["left"].set_visible(False)
        axis.set_xlim(left=max(0.0, axis.get_xlim()[0]))
        axis.set_xlabel("seconds of the battle")
        _lane_legend(axis)
        launched = sum(row.launch_s is not None for row in rows)
        return Lanes(drawing.svg(figure), len(chosen), launched - len(chosen))


def _lane_marks(axis: Axes, battle: Battle, chosen: Sequence[int], size: float) -> None:
    """First detections, firm tracks, launches, rounds in vain and ends, each kind at one stroke."""
    rows = battle.threat_rows
    lane_of = {rows[i].name: lane for lane, i in enumerate(chosen)}
    mine = [rows[i] for i in chosen]
    shots = [shot for shot in battle.shot_rows if shot.threat in lane_of]
    # a round that finds its target dead already was not needed, and is no failure
    vain = [
        s for s in shots if s.intercept_s is not None and s.outcome not in ("killed", "target already dead")
    ]
    firm = [(row.first_track_s, lane_of[row.name]) for row in mine if row.first_track_s is not None]
    axis.vlines(
        [t for t, _ in firm],
        [y - 0.33 for _, y in firm],
        [y + 0.33 for _, y in firm],
        color=INK,
        linewidth=1.0,
        zorder=4,
    )

    def put(
        places: Sequence[tuple[float | None, float]], mark: str, colour: str, scale: float, **more: Any
    ) -> None:
        known = [(t, y) for t, y in places if t is not None]
        axis.plot(
            [t for t, _ in known], [y for _, y in known], linestyle="", marker=mark, color=colour,
            markersize=scale, **more
        )  # fmt: skip

    put(
        [(r.first_detection_s, lane_of[r.name]) for r in mine],
        "o",
        "white",
        size * 0.5,
        markeredgecolor=INK,
        zorder=4,
    )
    put([(s.launch_s, lane_of[str(s.threat)] + 0.24) for s in shots], "^", FRIEND, size * 0.45, zorder=5)
    put(
        [(s.intercept_s, lane_of[str(s.threat)]) for s in vain],
        "x",
        INK,
        size * 0.42,
        markeredgewidth=0.9,
        zorder=5,
    )
    for word, (colour, mark, scale) in _ENDS.items():
        ends = [(row.end_s, lane_of[row.name]) for row in mine if row.outcome == word]
        put(ends, mark, colour, scale * size / 7.5, markeredgewidth=0.0, zorder=6)


def _lane_legend(axis: Axes) -> None:
    handles: list[Any] = [Patch(facecolor=colour, label=word) for colour, word in PHASES.values()]
    for mark, colour, word, size, edge in (
        ("o", "white", "first seen", 4.2, INK), ("|", INK, "track firm", 7.0, INK),
        ("^", FRIEND, "round launched", 4.0, FRIEND), ("x", INK, "round ended without a kill", 4.2, INK),
        ("P", KILL, "killed", 5.5, KILL), ("X", LEAKER, "leaked", 6.0, LEAKER),
    ):  # fmt: skip
        handles.append(
            Line2D(
                [],
                [],
                linestyle="",
                marker=mark,
                color=colour,
                markeredgecolor=edge,
                markersize=size,
                label=word,
            )
        )
    axis.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, fontsize=7, frameon=False,
        borderaxespad=0.3, columnspacing=1.4, handlelength=1.3,
    )  # fmt: skip


def _stack(
    axis: Axes, names: Sequence[str], parts: Sequence[tuple[str, str, Sequence[int]]], hatch: str = ""
) -> None:
    """Stacked bars with the number written in each part; a part of `hatch`'s name is hatched too."""
    left = np.zeros(len(names))
    for word, colour, values in parts:
        axis.barh(
            range(len(names)), values, left=left, color=colour, height=0.62, label=word, edgecolor="white",
            linewidth=0.6, hatch="////" if word == hatch else None,
        )  # fmt: skip
        for lane, value in enumerate(values):
            if value:
                light = colour in (OTHER, RULE, TRACK, INTERCEPTOR)
                box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if word == hatch else None
                axis.text(
                    left[lane] + value / 2.0, lane, str(value), ha="center", va="center", fontsize=7.5,
                    color=INK if light else "white", bbox=box,
                )  # fmt: skip
        left += np.asarray(values, float)
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.spines["left"].set_visible(False)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axis.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(parts), fontsize=7.5, frameon=False, borderaxespad=0.2,
        handlelength=1.0, columnspacing=1.1, handletextpad=0.5,
    )  # fmt: skip


def outcome_bars(battle: Battle, names: Mapping[str, str]) -> str:
    """What became of the threats of each type, and of the rounds of each type; `names` by id, for people."""
    types = outcomes.type_rows(battle.threat_rows)
    rounds = [r for r in outcomes.rounds_rows(battle.played, battle.shot_rows) if r.fired]
    with rc_context(drawing.STYLE):
        high = 0.75 + 0.27 * max(len(types), len(rounds), 2)
        figure = drawing.new(high)
        axes = figure.subplots(1, 2 if rounds else 1, squeeze=False)[0]
        _stack(
            drawing.plain(axes[0], "x"), [_short(names, row.type) for row in types],
            [("killed", KILL, [r.killed for r in types]), ("leaked", LEAKER, [r.leaked for r in types]),
             ("other", OTHER, [r.other for r in types])], hatch="leaked",
        )  # fmt: skip
        axes[0].set_xlabel("threats")
        if rounds:
            _stack(
                drawing.plain(axes[1], "x"), [_short(names, row.interceptor) for row in rounds],
                [("killed", KILL, [r.kills for r in rounds]), ("missed", TRACK, [r.misses for r in rounds]),
                 ("otherwise ended", OTHER, [r.other for r in rounds])],
            )  # fmt: skip
            axes[1].set_xlabel("rounds fired")
        return drawing.svg(figure)


def _short(names: Mapping[str, str], id_: str) -> str:
    """The name of a catalogue entry on lines short enough for an axis."""
    return textwrap.fill(names.get(id_, id_), 18)


def _steps(times: Sequence[float], end_s: float) -> tuple[list[float], list[int]]:
    """How many of these times have passed, as a staircase."""
    ordered = sorted(times)
    return [0.0, *ordered, end_s], [0, *range(1, len(ordered) + 1), len(ordered)]


def over_time(battle: Battle) -> str:
    """Threats in the air, killed and leaked so far, and below it rounds in the air at once, against the channels."""
    rows, shots, played = battle.threat_rows, battle.shot_rows, battle.played
    end_s = float(played.duration_s)
    over = [row.end_s for row in rows if row.end_s is not None] + [
        s.intercept_s for s in shots if s.intercept_s
    ]
    last_s = min(end_s, (max(over) if over else end_s) * 1.04 + 5.0)
    changes = sorted([(s.launch_s, 1) for s in shots] + [(s.intercept_s, -1) for s in shots if s.intercept_s])
    with rc_context(drawing.STYLE):
        figure = drawing.new(3.6 if shots else 2.2)
        axes = figure.subplots(2 if shots else 1, 1, sharex=True, squeeze=False)[:, 0]
        top = drawing.plain(axes[0], "xy")
        flying = sorted(
            [(row.launch_s, 1) for row in rows if row.launch_s is not None]
            + [(row.end_s, -1) for row in rows if row.launch_s is not None and row.end_s is not None]
        )
        t = [0.0, *(when for when, _ in flying), end_s]
        n = [0, *np.cumsum([step for _, step in flying]).tolist()]
        top.fill_between(
            t, [*n, n[-1]], step="post", color=HOSTILE, alpha=0.16, linewidth=0, label="in the air"
        )
        for word, colour, dash in (("killed", KILL, "solid"), ("leaked", LEAKER, (0, (4, 1.2)))):
            ends = [row.end_s for row in rows if row.outcome == word and row.end_s is not None]
            top.step(
                *_steps(ends, end_s),
                where="post",
                color=colour,
                linestyle=dash,
                linewidth=1.6,
                label=f"{word} so far",
            )
        top.set_ylabel("threats")
        top.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        top.legend(
            fontsize=7.5,
            frameon=False,
            ncols=3,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.2,
        )
        if shots:
            low = drawing.plain(axes[1], "xy")
            t = [0.0, *(when for when, _ in changes), end_s]
            n = [0, *np.cumsum([step for _, step in changes]).tolist()]
            low.fill_between(
                t, [*n, n[-1]], step="post", color=INTERCEPTOR, alpha=0.55, linewidth=0, label="in the air"
            )
            channels = outcomes.capacity(played)["missile_channels"]
            is_near = max(n) > 0.4 * channels
            if is_near:
                low.axhline(
                    channels,
                    color=INK,
                    linewidth=0.9,
                    linestyle=(0, (5, 2)),
                    label=f"{channels} missile channels",
                )
            low.set_ylim(0, max(max(n), channels if is_near else 0) * 1.12)
            low.set_ylabel("rounds")
            low.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
            low.legend(
                fontsize=7.5,
                frameon=False,
                ncols=2,
                loc="lower left",
                bbox_to_anchor=(0.0, 1.0),
                borderaxespad=0.2,
            )
        axes[-1].set_xlabel("seconds of the battle")
        axes[-1].set_xlim(0.0, last_s)
        return drawing.svg(figure)
