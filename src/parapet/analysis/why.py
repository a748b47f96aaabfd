"""Why a threat was, or was not, shot at: the ladder of reasons as intervals that tile launch to end."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from parapet.analysis.outcomes import Played, as_dict
from parapet.analysis.timeline import Moment, moments_of
from parapet.engine import codes
from parapet.errors import InputError

_ENDED = frozenset({codes.WHY_KILLED, codes.WHY_LEAKED, codes.WHY_OVER})


def rank(code: int) -> float:
    """How far along the chain a reason stands: the order of the codes, except for what came later to the list."""
    if code == codes.WHY_UNIT_NOT_READY:
        return codes.WHY_NOT_LAUNCHED + 0.5
    return float(code)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time with one reason.

    Attributes
    ----------
    start_s, end_s
        Seconds of the battle; the first begins at launch, each next one where the one before ended.
    code, reason
        ``codes.WHY_*`` and its words.
    fire_unit
        The unit it holds for; on the ladder of the threat, the unit that came furthest then. None: no fire unit.
    start_range_m
        Slant range from that unit's engagement radar at the start, None if unknown.
    """

    start_s: float
    end_s: float
    code: int
    reason: str
    fire_unit: str | None
    start_range_m: float | None

    def __str__(self) -> str:
        where = "" if self.start_range_m is None else f" ({_distance(self.start_range_m)})"
        return f"{self.start_s:.1f} to {self.end_s:.1f} s  {self.reason}{where}"


def _distance(range_m: float) -> str:
    return f"{range_m / 1000.0:.0f} km" if range_m >= 9_950.0 else f"{range_m / 1000.0:.1f} km"


@dataclass(frozen=True, slots=True)
class Why:
    """The story of one threat; ``str`` of it is what a person reads.

    Attributes
    ----------
    threat, type, outcome
        Who, and how it ended.
    fire_unit
        The unit the ladder is for; None: at every time the unit that came furthest.
    start_s, end_s
        Launch and end (the end of the battle if it is still in the air); both 0 if it was never launched.
    intervals
        Reasons that tile launch to end without gap or overlap.
    moments
        Key events in time order.
    """

    threat: str
    type: str
    outcome: str
    fire_unit: str | None
    start_s: float
    end_s: float
    intervals: tuple[Interval, ...]
    moments: tuple[Moment, ...]

    @property
    def headline(self) -> str:
        """One line: who, what, outcome."""
        ladder = f"as {self.fire_unit} sees it" if self.fire_unit else "the fire unit that came furthest"
        return f"{self.threat} ({self.type}): {self.outcome}; ladder: {ladder}"

    def lines(self) -> list[tuple[str, str]]:
        """``("why" | "event", text)`` in time order, an event before the interval that begins with it."""
        merged: list[tuple[float, int, str, str]] = []
        last_unit: str | None = self.fire_unit
        for interval in self.intervals:
            text = str(interval)
            if self.fire_unit is None and interval.fire_unit is not None and interval.fire_unit != last_unit:
                text += f"  {interval.fire_unit}"
                last_unit = interval.fire_unit
            merged.append((interval.start_s, 1, "why", text))
        merged += [
            (m.t_s, 0 if m.t_s < self.end_s else 2, "event", f"{m.t_s:.1f} s  {m.text}") for m in self.moments
        ]
        merged.sort(key=lambda line: line[:2])
        return [(kind, text) for _, _, kind, text in merged]

    def __str__(self) -> str:
        body = [f"    * {text}" if kind == "event" else f"  {text}" for kind, text in self.lines()]
        if not self.intervals:
            body = ["  never launched in this battle", *body]
        return "\n".join([self.headline, *body])

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, for JSON."""
        result = as_dict(self)
        result["intervals"] = [as_dict(interval) for interval in self.intervals]
        result["moments"] = [as_dict(moment) for moment in self.moments]
        return result


def find_name(name: str, names: Sequence[str], what: str) -> int:
    """Index of a name.

    Raises
    ------
    InputError
        If there is none; says which names are close.
    """
    if name in names:
        return list(names).index(name)
    folded = {other.casefold(): i for i, other in reversed(list(enumerate(names)))}
    if name.casefold() in folded:
        return folded[name.casefold()]
    stem, _, number = name.casefold().rpartition("-")
    forms = {f"{stem}-{number:0>2}", f"{stem}-{number:0>3}"} if number.isdigit() else set()
    padded = [other for other in folded if other in forms]
    close = padded or difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)
    if close:
        hint = " Did you mean " + " or ".join(repr(names[folded[c]]) for c in close) + "?"
    elif names:
        shown = ", ".join(names[:8])
        hint = f" There are: {shown}{', ...' if len(names) > 8 else ''}."
    else:
        hint = f" There is no {what} in this battle."
    raise InputError(f"{name!r} is not a {what} of this battle.{hint}")


def life_of(played: Played, i_threat: int) -> tuple[float, float] | None:
    """Launch and end of a threat in seconds, the end of the battle if it still flies; None if never launched."""
    status = int(played.truth.threat[i_threat]["status"])
    if status == codes.WAITING:
        return None
    start_s = float(played.world.threats.start_s[i_threat])
    events = played.log.event
    chosen = events[(events["code"] == codes.EVENT_THREAT_LAUNCHED) & (events["a"] == i_threat)]
    if chosen.size:
        start_s = float(chosen["t_s"][0])
    end_s = float(played.truth.threat[i_threat]["end_s"])
    if status == codes.FLYING or not math.isfinite(end_s):
        end_s = played.duration_s
    return start_s, max(start_s, end_s)


def unit_ladder(played: Played, i_threat: int, i_unit: int) -> list[Interval]:
    """Reasons of one fire unit, tiling the threat's life; empty if it was never launched."""
    life = life_of(played, i_threat)
    if life is None:
        return []
    start_s, end_s = life
    events = played.log.event
    mine = events[
        (events["code"] == codes.EVENT_REASON) & (events["b"] == i_threat) & (events["a"] == i_unit)
    ]
    steps = [
        (float(row["t_s"]), int(row["c"]), float(row["value"]))
        for row in mine
        if int(row["c"]) != codes.WHY_NOT_LAUNCHED
        and int(row["c"]) not in _ENDED
        and float(row["t_s"]) < end_s
    ]
    if not steps:
        steps = [(start_s, codes.WHY_UNIT_NOT_READY, math.nan)]
    unit = played.names.units[i_unit]
    result = []
    for k, (t_s, code, range_m) in enumerate(steps):
        begin_s = start_s if k == 0 else max(start_s, t_s)
        stop_s = steps[k + 1][0] if k + 1 < len(steps) else end_s
        where = range_m if math.isfinite(range_m) else None
        result.append(Interval(begin_s, max(begin_s, stop_s), code, codes.WHY_WORDS[code], unit, where))
    return _merged(result)


def threat_ladder(played: Played, i_threat: int) -> list[Interval]:
    """Reasons of, at every time, the fire unit that came furthest; tiles the threat's life."""
    life = life_of(played, i_threat)
    if life is None:
        return []
    ladders = [unit_ladder(played, i_threat, i) for i in range(len(played.names.units))]
    if not ladders:
        code = codes.WHY_UNIT_NOT_READY
        return [Interval(*life, code, "no fire unit in the scenario", None, None)]
    cuts = sorted(
        {edge for ladder in ladders for interval in ladder for edge in (interval.start_s, interval.end_s)}
    )
    holding = [_holding(played, i_threat, i) for i in range(len(ladders))]
    cuts = sorted({*cuts, *(edge for spans in holding for span in spans for edge in span if life[0] < edge < life[1])})
    places = [0] * len(ladders)
    result: list[Interval] = []
    for begin_s, stop_s in pairwise(cuts):
        best: Interval | None = None
        for i, ladder in enumerate(ladders):
            while ladder[places[i]].end_s <= begin_s and places[i] + 1 < len(ladder):
                places[i] += 1
        holders = {i for i, spans in enumerate(holding) if any(a <= begin_s < b for a, b in spans)}
        for i, ladder in enumerate(ladders):
            here = ladder[places[i]]
            if holders and i not in holders and rank(here.code) < rank(codes.WHY_ENGAGED):
                continue  # it waits for the unit that was given the track, whatever that has come to
            stays = best is not None and result and rank(here.code) == rank(best.code)
            if (
                best is None
                or rank(here.code) > rank(best.code)
                or (stays and here.fire_unit == result[-1].fire_unit)
            ):
                best = here
        if best is not None:
            # The range belongs to the start of the unit's own interval; later on it is not known.
            known = best.start_range_m if best.start_s == begin_s else None
            result.append(Interval(begin_s, stop_s, best.code, best.reason, best.fire_unit, known))
    if not result:  # launched and ended in the same moment
        furthest = max((ladder[-1] for ladder in ladders), key=lambda interval: rank(interval.code))
        result = [furthest]
    return _merged(result)


def _holding(played: Played, i_threat: int, i_unit: int) -> list[tuple[float, float]]:
    """From when to when a fire unit has a channel for a threat, s."""
    events = played.log.event
    events = events[(events["a"] == i_unit) & (events["c"] == i_threat)]
    spans = []
    for event in events[events["code"] == codes.EVENT_DESIGNATED]:
        ends = events[
            (events["code"] == codes.EVENT_CHANNEL_RELEASED)
            & (events["b"] == event["b"])
            & (events["t_s"] >= event["t_s"])
        ]
        spans.append((float(event["t_s"]), float(ends["t_s"].min()) if ends.size else math.inf))
    return spans


def _merged(intervals: Sequence[Interval]) -> list[Interval]:
    """Neighbours with one reason joined (whichever unit), empty stretches left out unless nothing else is."""
    result: list[Interval] = []
    for interval in intervals:
        if interval.end_s <= interval.start_s and len(intervals) > 1:
            continue
        if result and result[-1].code == interval.code:
            last = result[-1]
            result[-1] = Interval(
                last.start_s, interval.end_s, last.code, last.reason, last.fire_unit, last.start_range_m
            )
        else:
            result.append(interval)
    return result or list(intervals[-1:])


def why(played: Played, threat: str, unit: str | None = None) -> Why:
    """The story of one threat: reasons that tile its life, and the key events.

    Parameters
    ----------
    threat
        Its name in the scenario, e.g. ``som-07``.
    unit
        A fire unit; left out, at every time the unit that came furthest.

    Raises
    ------
    InputError
        If the battle has no such threat or fire unit; says which names are close.

    Pinned by ``tests/analysis/test_why.py``.
    """
    names = played.names
    i_threat = find_name(threat, names.threats[: names.n_raid], "threat")
    if unit is None:
        intervals = threat_ladder(played, i_threat)
        unit_name = None
    else:
        i_unit = find_name(unit, names.units, "fire unit")
        intervals = unit_ladder(played, i_threat, i_unit)
        unit_name = names.units[i_unit]
    life = life_of(played, i_threat) or (0.0, 0.0)
    return Why(
        threat=names.threats[i_threat],
        type=names.threat_types[i_threat],
        outcome=codes.OUTCOME_WORDS[int(played.truth.threat[i_threat]["status"])],
        fire_unit=unit_name,
        start_s=life[0],
        end_s=life[1],
        intervals=tuple(intervals),
        moments=tuple(moments_of(played, i_threat)),
    )
