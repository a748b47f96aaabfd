"""The key events of a threat's life in time order, and which threats tell most about a battle."""

from __future__ import annotations

import math
from dataclasses import dataclass

from parapet.analysis.outcomes import Played, ShotRow, ThreatRow
from parapet.engine import codes

_ENDS = frozenset(
    {
        codes.EVENT_THREAT_KILLED,
        codes.EVENT_THREAT_LEAKED,
        codes.EVENT_THREAT_CRASHED,
        codes.EVENT_THREAT_LEFT,
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One key event.

    Attributes
    ----------
    t_s
        Second of the battle.
    kind
        ``launch``, ``detection``, ``track``, ``designation``, ``acquisition``, ``lost``, ``round``, ``intercept``,
        ``turn``, ``end`` or ``damage``.
    text
        One line for a person.
    short
        The same in a few words.
    """

    t_s: float
    kind: str
    text: str
    short: str


def _name(names: list[str], index: int, missing: str = "?") -> str:
    return names[index] if 0 <= index < len(names) else missing


def _km(metres: float) -> str:
    return f"{metres / 1000.0:.0f} km" if metres >= 9_950.0 else f"{metres / 1000.0:.1f} km"


def moments_of(played: Played, i_threat: int) -> list[Moment]:
    """Key events of one threat in time order: from its launch to its end, every round with its miss distance."""
    names, log = played.names, played.log
    moments: list[Moment] = []

    def add(t_s: float, kind: str, text: str, short: str = "") -> None:
        if math.isfinite(t_s):
            moments.append(Moment(float(t_s), kind, text, short or text))

    score = log.score[i_threat]
    radar = _name(names.radars, int(score["i_first_radar"]))
    if math.isfinite(score["first_detection_s"]):
        seen_at = _km(float(score["first_detection_range_m"]))
        text = f"first detection by {radar} at {seen_at}"
        add(score["first_detection_s"], "detection", text, f"seen at {seen_at}")
    add(score["first_track_s"], "track", "track firm")
    events = log.event
    threat = played.truth.threat[i_threat]
    for row in events[(events["a"] == i_threat) | (events["b"] == i_threat) | (events["c"] == i_threat)]:
        t_s, code, a, b, c = float(row["t_s"]), int(row["code"]), int(row["a"]), int(row["b"]), int(row["c"])
        if a == i_threat:
            if code == codes.EVENT_THREAT_LAUNCHED:
                add(t_s, "launch", "threat launched", "launched")
            elif code in _ENDS:
                words = codes.EVENT_WORDS[code]
                add(t_s, "end", words, words.removeprefix("threat "))
            elif code == codes.EVENT_TURNED_AWAY:
                add(t_s, "turn", "turned away")
        if c == i_threat:
            unit = _name(names.units, a)
            if code == codes.EVENT_DESIGNATED:
                # command knows tracks only: one that coasts on where nothing flies any more may still be given away
                gone = ", gone by then" if t_s > threat["end_s"] else ""
                add(t_s, "designation", f"designated to {unit}{gone}")
            elif code == codes.EVENT_ACQUIRED:
                add(t_s, "acquisition", f"acquired by {unit}", "acquired")
            elif code == codes.EVENT_ACQUISITION_FAILED:
                add(t_s, "acquisition", f"acquisition by {unit} failed", "not acquired")
            elif code == codes.EVENT_FIRE_TRACK_LOST:
                add(t_s, "lost", f"lost by {unit}'s engagement radar", "fire track lost")
        if b == i_threat and code == codes.EVENT_ASSET_DAMAGED:
            left = float(row["value"])
            asset = _name(names.assets, a)
            hit = f"{asset} hit, {100.0 * left:.0f} %"
            add(t_s, "damage", f"{hit} of it left", f"{hit} left")
    for shot in log.shot[(log.shot["i_threat"] == i_threat) | (log.shot["i_hit"] == i_threat)]:
        interceptor = _name(names.interceptors, int(shot["i_interceptor"]))
        unit = _name(names.units, int(shot["i_unit"]))
        if int(shot["i_threat"]) == i_threat:
            add(shot["launch_s"], "round", f"{interceptor} launched by {unit}", f"{interceptor} fired")
        outcome = int(shot["outcome"])
        if outcome == codes.SHOT_FLYING:
            continue
        if outcome in (codes.SHOT_KILLED, codes.SHOT_MISSED):
            verdict = "kill" if outcome == codes.SHOT_KILLED else "no kill"
            # in a crowd a round may meet another threat than the one it was fired at: say whose kill it is
            if int(shot["i_hit"]) != i_threat:
                verdict += f" of {_name(names.threats, int(shot['i_hit']))}"
            elif int(shot["i_threat"]) != i_threat:
                aimed = _name(names.threats, int(shot["i_threat"]))
                verdict += f" by a round fired at {aimed or 'a false track'}"
            miss_m = float(shot["miss_m"])
            is_near = math.isfinite(miss_m)  # a round that runs out of speed on the way passes nothing
            short = f"{verdict}, " + (f"miss {miss_m:.1f} m" if is_near else "never near")
            short += f", {_km(float(shot['range_m']))} out"
            text = (
                f"{interceptor} {f'passes at {miss_m:.1f} m' if is_near else 'never gets near'}, {verdict} "
                f"({_km(float(shot['range_m']))} out, {_km(float(shot['altitude_m']))} high, "
                f"{float(shot['arrival_mps']):.0f} m/s)"
            )
        else:
            words = codes.SHOT_WORDS[outcome]
            if outcome == codes.SHOT_DEAD_TARGET and threat["status"] == codes.LEAKED:
                words = "target already at its aim"
            text = f"{interceptor} from {unit}: {words}"
            short = f"round: {words}"
        add(shot["intercept_s"], "intercept", text, short)
    order = {"launch": 0, "end": 2, "damage": 3}
    moments.sort(key=lambda moment: (moment.t_s, order.get(moment.kind, 1)))
    return moments


def telling_threats(threats: list[ThreatRow], shots: list[ShotRow], played: Played, n: int = 5) -> list[int]:
    """The `n` threats that tell most: leakers that did damage, other leakers, then the closest shaves.

    A close shave is a kill that came late: little time left between the last round launched at it and its end, or
    many rounds spent on it.
    """
    events = played.log.event
    damaged: dict[int, float] = {}
    for row in events[events["code"] == codes.EVENT_ASSET_DAMAGED]:
        i_asset, i_threat = int(row["a"]), int(row["b"])
        worth = float(played.world.assets.value[i_asset]) if i_asset < played.world.assets.value.size else 0.0
        damaged[i_threat] = damaged.get(i_threat, 0.0) + 1.0 + worth * (1.0 - float(row["value"]))
    kill_range = {
        shot.hit_threat: shot.range_m for shot in shots if shot.outcome == "killed" and shot.range_m
    }

    def weight(i: int) -> tuple[float, ...]:
        row = threats[i]
        if row.outcome == "leaked":
            # Among leakers: damage done, then those that rounds were spent on, then early ones.
            return (3.0, damaged.get(i, 0.0), float(row.n_rounds), -(row.end_s or 0.0))
        if i in damaged:
            return (2.0, damaged[i], float(row.n_rounds), 0.0)
        if row.outcome == "killed":
            return (1.0, -float(kill_range.get(row.name) or 1e9), float(row.n_rounds), 0.0)
        return (0.0, float(row.n_rounds), 0.0, 0.0)

    chosen = sorted(range(len(threats)), key=weight, reverse=True)
    # Of one type at most two, so that one bad group does not fill the list, then whatever is left.
    first: list[int] = []
    for i in chosen:
        if (
            sum(
                threats[j].type == threats[i].type and threats[j].outcome == threats[i].outcome for j in first
            )
            < 2
        ):
            first.append(i)
    rest = [i for i in chosen if i not in first]
    return [i for i in (first + rest)[:n] if threats[i].launch_s is not None]
