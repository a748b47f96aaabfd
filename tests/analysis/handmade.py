"""A battle written down by hand: what the runner hands over, without an engine behind it.

Three threats against two fire units of 6 targets and 12 missiles: ``som-01`` is killed by the second round,
``som-02`` leaks and destroys the town, ``scud-01`` is never launched. ``som-03`` flies on unseen.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from parapet.engine import codes
from parapet.engine.state import ASSET, EVENT, SAMPLE, SCORE, SHOT, THREAT, TOTAL, TOTAL_NAMES

THREATS = ["som-01", "som-02", "scud-01", "som-03", "scud-01-body"]
UNITS = ["Mürted/fire-unit-1", "Mürted/fire-unit-2"]


def reason(t_s: float, unit: int, threat: int, code: int, range_m: float) -> tuple[Any, ...]:
    return (t_s, codes.EVENT_REASON, unit, threat, code, range_m)


EVENTS = [
    reason(1.0, 0, 0, codes.WHY_NOT_LAUNCHED, 0.0),
    reason(1.0, 1, 0, codes.WHY_NOT_LAUNCHED, 0.0),
    (10.0, codes.EVENT_THREAT_LAUNCHED, 0, -1, -1, 0.0),
    (20.0, codes.EVENT_THREAT_LAUNCHED, 1, -1, -1, 0.0),
    (25.0, codes.EVENT_THREAT_LAUNCHED, 3, -1, -1, 0.0),
    reason(11.0, 0, 0, codes.WHY_BELOW_HORIZON, 90e3),
    reason(11.0, 1, 0, codes.WHY_BELOW_HORIZON, 95e3),
    reason(21.0, 0, 1, codes.WHY_BELOW_HORIZON, 80e3),
    reason(21.0, 1, 1, codes.WHY_BELOW_HORIZON, 85e3),
    reason(26.0, 0, 3, codes.WHY_BELOW_NOISE, 120e3),
    reason(26.0, 1, 3, codes.WHY_UNIT_NOT_READY, 120e3),
    (205.0, codes.EVENT_FIRST_DETECTION, 0, 0, -1, 34.5e3),
    reason(206.0, 0, 0, codes.WHY_NO_FIRM_TRACK, 34e3),
    reason(206.0, 1, 0, codes.WHY_NO_FIRM_TRACK, 36e3),
    (205.0, codes.EVENT_TRACK_BEGUN, 0, 7, 0, 0.0),
    (214.0, codes.EVENT_TRACK_FIRM, 0, 7, 0, 0.0),
    reason(214.0, 0, 0, codes.WHY_REACTION_TIME, 32e3),
    reason(214.0, 1, 0, codes.WHY_OUT_OF_RADAR_RANGE, 34e3),
    (214.0, codes.EVENT_DESIGNATED, 0, 0, 0, 7.0),
    (216.0, codes.EVENT_ACQUIRED, 0, 0, 0, 2.0),
    (222.0, codes.EVENT_ROUND_LAUNCHED, 0, 0, 0, 15.0),
    reason(222.0, 0, 0, codes.WHY_ENGAGED, 30e3),
    (224.0, codes.EVENT_ROUND_LAUNCHED, 0, 1, 0, 15.0),
    (240.0, codes.EVENT_INTERCEPT, 0, 0, codes.SHOT_MISSED, 41.0),
    (242.5, codes.EVENT_INTERCEPT, 1, 0, codes.SHOT_KILLED, 3.0),
    (242.5, codes.EVENT_THREAT_KILLED, 0, 1, -1, 0.0),
    reason(243.0, 0, 0, codes.WHY_KILLED, 20e3),
    reason(243.0, 1, 0, codes.WHY_KILLED, 22e3),
    (250.0, codes.EVENT_TRACK_BEGUN, 0, 8, -1, 0.0),
    (260.0, codes.EVENT_TRACK_FIRM, 0, 8, -1, 0.0),
    (280.0, codes.EVENT_TRACK_DROPPED, 0, 8, -1, 0.0),
    reason(300.0, 0, 1, codes.WHY_NO_CHANNEL, 20e3),
    reason(300.0, 1, 1, codes.WHY_NO_ROUND, 21e3),
    reason(310.0, 1, 1, codes.WHY_NO_SOLUTION, 20e3),
    (320.0, codes.EVENT_ASSET_DAMAGED, 0, 1, -1, 0.0),
    (320.0, codes.EVENT_THREAT_LEAKED, 1, 0, -1, 0.0),
    reason(321.0, 0, 1, codes.WHY_LEAKED, 25e3),
    reason(321.0, 1, 1, codes.WHY_LEAKED, 25e3),
]


def handmade() -> Any:
    """A fresh copy of the battle."""
    events = np.array(EVENTS, dtype=EVENT)
    shots = np.zeros(3, SHOT)
    shots[0] = (0, 1, 0, 1, 0, 0, 0, 222.0, 240.0, 21e3, 900.0, 41.0, 1400.0, 120.0, codes.SHOT_MISSED)
    shots[1] = (0, 2, 0, 1, 0, 0, 0, 224.0, 242.5, 20e3, 910.0, 3.0, 1380.0, 118.0, codes.SHOT_KILLED)
    shots[2] = (1, 3, 1, 2, 20, -1, -1, 262.0, 290.0, 35e3, 5000.0, np.nan, 800.0, 60.0, codes.SHOT_NO_TARGET)
    score = np.zeros(5, SCORE)
    never = ("first_detection_s", "first_detection_range_m", "first_track_s", "first_designated_s", "first_launch_s")
    for name in never:
        score[name] = np.nan
    score["i_first_radar"] = -1
    score["i_killer"] = -1
    score[0] = (205.0, 34.5e3, 0, 214.0, 214.0, 222.0, 2, 1)
    score[1] = (290.0, 28.0e3, 0, 299.0, np.nan, np.nan, 0, -1)
    truth = SimpleNamespace(threat=np.zeros(5, THREAT), asset=np.zeros(2, ASSET))
    truth.threat["status"] = [codes.KILLED, codes.LEAKED, codes.WAITING, codes.FLYING, codes.WAITING]
    truth.threat["end_s"] = [242.5, 320.0, np.inf, np.inf, np.inf]
    truth.asset["health"] = [0.0, 1.0]
    truth.asset["n_hits"] = [1, 0]
    truth.asset["lost_s"] = [320.0, np.inf]
    total = np.zeros(len(TOTAL_NAMES))
    total[TOTAL["false_tracks"]] = 1
    total[TOTAL["firm_tracks"]] = 3
    total[TOTAL["peak_targets_engaged"]] = 2
    total[TOTAL["peak_distinct_threats"]] = 1
    total[TOTAL["peak_missiles_guided"]] = 2
    world = SimpleNamespace(
        threats=SimpleNamespace(kind=np.array([0, 0, 1, 0, 1]),
            id=np.arange(5, dtype=np.uint64),
            start_s=np.array([10.0, 20.0, 9e9, 25.0, 9e9]),
        ),
        units=SimpleNamespace(
            id=np.arange(2, dtype=np.uint64),
            ready_s=np.zeros(2),
            n_target_channels=np.array([6, 6]),
            n_missile_channels=np.array([12, 12]),
        ),
        assets=SimpleNamespace(
            value=np.array([10.0, 3.0]), kind=np.array([codes.ASSET_DEFENDED, codes.ASSET_POST])
        ),
    )
    return SimpleNamespace(
        world=world,
        sizes=SimpleNamespace(n_channels_max=20),
        names=SimpleNamespace(
            threats=THREATS, threat_types=["som", "som", "scud-b", "som", "scud-b body"],
            radars=["Mürted/91N6E"], units=UNITS,
            launchers=[f"launcher-{i}" for i in range(4)], interceptors=["48N6E3", "40N6E"],
            assets=["Ankara", "Mürted/command-post"], posts=["Mürted"], n_raid=4,
        ),
        log=SimpleNamespace(event=events, shot=shots, score=score, sample=np.zeros(0, SAMPLE), total=total),
        truth=truth,
        rounds_left=np.array([[3, 0], [3, 0], [4, 0], [0, 3]]),
        seed=7,
        run=0,
        engine_id="0123456789abcdef",
        platform_id="fedcba9876543210",
        duration_s=600.0,
        scenario_hash="00ff00ff00ff00ff",
        wall_s=0.0,
    )  # fmt: skip
