"""The obvious versions of engine stages: loops, dictionaries and NumPy, slow and easy to believe.

Compared with the compiled stages on random small worlds by ``test_command.py`` and ``test_flight.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from tests.engine import doors

from parapet.engine import codes, command

Vector = np.ndarray[Any, np.dtype[np.float64]]


def vector(row: Any, prefix: str = "", unit: str = "m") -> Vector:
    """Three components of a record or a row of a table of columns."""
    return np.array([float(row[f"{prefix}{axis}_{unit}"]) for axis in "xyz"])


def asset_at(assets: Any, j: int) -> Vector:
    return np.array([assets.x_m[j], assets.y_m[j], assets.z_m[j]])


def air_value(assets: Any, track: Any, now_s: float) -> tuple[float, int, float]:
    """What an air track threatens: (value, asset, time to its closest approach), by its straight level flight."""
    speed = vector(track, "v", "mps")
    where = vector(track) + speed * (now_s - float(track["t_s"]))
    up = where / np.linalg.norm(where)
    best = (0.0, -1, 1e9)
    for j in range(assets.id.size):
        if assets.kind[j] == codes.ASSET_LAUNCHER:
            continue
        there = asset_at(assets, j) - where
        there = there - up * float(there @ up)
        ahead = float(there @ speed) / float(speed @ speed)
        when = max(ahead, 0.0)
        miss = float(np.linalg.norm(there - speed * when))
        value = float(assets.value[j]) / (1.0 + (miss / command.NEAR_VALUE_M) ** 2)
        if value > best[0]:
            best = (value, j, when if ahead > 0.0 else 1e9)  # what flies away is in no hurry
    return best


def gain(policy: int, track: Any, p_kill: float, t_go: float, distance_m: float) -> float:
    """Worth of one more engagement."""
    if policy == codes.POLICY_NEAREST:
        return 1e6 / (1.0 + distance_m)
    spare = max(float(track["time_to_go_s"]) - t_go, 0.0)
    return float(track["value"]) * float(track["p_survive"]) * p_kill * (1.0 + 30.0 / (30.0 + spare))


def engagements(world: Any, battle: Any, log: Any, now_s: float) -> list[tuple[int, int]]:
    """(fire unit, search track) in the order command opens channels, for tracks nobody engages yet.

    Kinematics and rules are asked of the compiled leaves one by one; who gets whom is worked out here.
    """
    units = world.units
    tracks = battle.belief.track[0]
    pairs: dict[tuple[int, int], float] = {}
    for u in range(units.id.size):
        if int(units.n_target_channels[u]) <= int(battle.own.unit[u]["n_channels"]):
            continue
        for i in range(tracks.size):
            track = tracks[i]
            if track["status"] != codes.TRACK_FIRM or track["blocked_s"] > now_s:
                continue
            if doors.ask(world, battle, log, doors.UNIT_REASON, i, u, now_s=now_s)[0] != 0:
                continue
            delay = max(command.ACQUISITION_GUESS_S, float(units.reaction_s[u]) - (now_s - float(track["firm_s"])))
            why, _, t_go, x, y, z, p_kill = doors.ask(
                world, battle, log, doors.BEST_INTERCEPTOR, i, u, now_s=now_s, delay_s=delay
            )
            if why != 0 or p_kill < units.min_p_kill[u]:
                continue
            away = math.dist((x, y, z), (units.x_m[u], units.y_m[u], units.z_m[u]))
            pairs[u, i] = gain(int(units.policy[u]), track, p_kill, t_go, away)
    free = {u: int(units.n_target_channels[u] - battle.own.unit[u]["n_channels"]) for u in range(units.id.size)}
    chosen: list[tuple[int, int]] = []
    while pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]))
        if pairs[best] <= 0.0:
            break
        chosen.append(best)
        free[best[0]] -= 1
        pairs = {pair: worth for pair, worth in pairs.items() if pair[1] != best[1] and free[pair[0]] > 0}
    return chosen


def fullest_launcher(world: Any, battle: Any, i_unit: int, i_type: int, now_s: float) -> int:
    """The living launcher with most rounds of a type whose interval has passed; -1 none."""
    first = int(world.units.i_launcher[i_unit])
    ready = [
        i for i in range(first, first + int(world.units.n_launchers[i_unit]))
        if battle.own.launcher[i]["is_alive"] == 1 and battle.own.launcher[i]["free_s"] <= now_s
        and battle.own.rounds_left[i, i_type] > 0
    ]  # fmt: skip
    return max(ready, key=lambda i: (int(battle.own.rounds_left[i, i_type]), -i), default=-1)


def nearest_threat(threats: Any, point: Vector, basket_m: float) -> int:
    """The living threat nearest to a point and inside a distance; -1 none."""
    best, best_m = -1, basket_m
    for i in range(threats.size):
        if threats[i]["status"] == codes.FLYING:
            away = float(np.linalg.norm(vector(threats[i]) - point))
            if away < best_m:
                best, best_m = i, away
    return best


def most_at_once(starts: Any, ends: Any) -> int:
    """The largest number of intervals that hold at one time; one that ends when another begins makes room."""
    edges = sorted([(float(t), 1) for t in starts] + [(float(t), -1) for t in ends])
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most
