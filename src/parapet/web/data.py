"""One battle as the page wants it: the CZML of the globe, and beside it the story in plain data.

No HTML is made here: the page puts every text in as text. Lists instead of objects where there are many rows.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from parapet.analysis import outcomes
from parapet.analysis.summary import NOT_MODELLED, headline
from parapet.analysis.why import unit_ladder
from parapet.engine import codes
from parapet.export import czml
from parapet.export.making import geodetic, scene
from parapet.export.model import EPOCH
from parapet.web import zones

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.analysis.why import Interval

FORMAT = 1
"""Of the data; a page built for another one says so."""

_GROUPS: dict[str, tuple[int, ...]] = {
    "raid": (codes.EVENT_THREAT_LAUNCHED, codes.EVENT_TURNED_AWAY),
    "seen": (codes.EVENT_FIRST_DETECTION, codes.EVENT_TRACK_FIRM, codes.EVENT_TRACK_DROPPED, codes.EVENT_RADAR_FULL),
    "channels": (
        codes.EVENT_DESIGNATED, codes.EVENT_ACQUIRED, codes.EVENT_ACQUISITION_FAILED, codes.EVENT_FIRE_TRACK_LOST,
        codes.EVENT_KILL_ASSESSED, codes.EVENT_RADAR_TURNED,
    ),
    "rounds": (codes.EVENT_ROUND_LAUNCHED, codes.EVENT_INTERCEPT),
    "outcomes": (
        codes.EVENT_THREAT_KILLED, codes.EVENT_THREAT_LEAKED, codes.EVENT_THREAT_CRASHED, codes.EVENT_THREAT_LEFT,
        codes.EVENT_ASSET_DAMAGED, codes.EVENT_POST_LOST,
    ),
}  # fmt: skip
"""What the event list shows, in groups that can be switched; the rungs of ladders stand with their threats."""


def data(battle: Battle) -> dict[str, Any]:
    """Everything that the page shows, as plain data (`FORMAT`).

    Raises
    ------
    InputError
        If the battle was not played at recording level ``full``. Pinned by ``tests/web/test_data.py``.
    """
    made = scene(battle)
    played = battle.played
    return {
        "format": FORMAT,
        "title": battle.title,
        "seed": battle.seed,
        "run": battle.run,
        "engine": played.engine_id,
        "duration_s": float(played.duration_s),
        "epoch": EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": _summary(battle),
        "units": list(played.names.units),
        "reasons": {str(code): word for code, word in codes.WHY_WORDS.items()},
        "threats": _threats(battle),
        "shots": [
            [row.interceptor, _round(row.launch_s), _round(row.intercept_s), row.outcome]
            for row in battle.shot_rows
        ],
        "groups": list(_GROUPS),
        "events": _events(battle),
        "sensors": _sensors(battle),
        "rings": _rings(battle),
        "zones": _zones(battle),
        "czml": czml.packets(made),
    }


def script(battle: Battle) -> bytes:
    """The data as a script for the page: JSON text in a string, so that no name can be more than text."""
    text = json.dumps(data(battle), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"globalThis.PARAPET_BATTLE = JSON.parse({json.dumps(text, ensure_ascii=True)});\n".encode()


def _round(value: float | None, digits: int = 2) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def _summary(battle: Battle) -> dict[str, Any]:
    played = battle.played
    kinds = [int(kind) for kind in played.world.assets.kind]
    assets = outcomes.asset_rows(played)
    return {
        "headline": headline(battle.totals).plain,
        "totals": battle.totals,
        "peaks": battle.peaks,
        "capacity": outcomes.capacity(played),
        "types": [
            {
                "type": row.type, "n": row.n, "detected": row.detected, "tracked": row.tracked, "engaged": row.engaged,
                "killed": row.killed, "leaked": row.leaked, "other": row.other,
                "seen_m": _round(outcomes.median(row.detection_ranges_m), 0),
            }
            for row in outcomes.type_rows(battle.threat_rows)
        ],
        "rounds": [outcomes.as_dict(row) for row in outcomes.rounds_rows(played, battle.shot_rows)],
        "damage": [outcomes.as_dict(row) for row in assets if row.n_hits or row.health < 1.0],
        "n_defended": sum(kind == codes.ASSET_DEFENDED for kind in kinds),
        "not_modelled": NOT_MODELLED,
    }  # fmt: skip


def _rungs(intervals: list[Interval], units: dict[str, int]) -> list[list[Any]]:
    """Rows of start, end, code, fire unit (-1 none), slant range in m at the start or null."""
    return [
        [
            _round(one.start_s), _round(one.end_s), one.code,
            units[one.fire_unit] if one.fire_unit is not None else -1, _round(one.start_range_m, 0),
        ]
        for one in intervals
    ]  # fmt: skip


def _threats(battle: Battle) -> list[dict[str, Any]]:
    names = battle.played.names
    number = {name: i for i, name in enumerate(names.units)}
    made = []
    for i, row in enumerate(battle.threat_rows):
        why = battle.why(row.name)
        own = [_rungs(unit_ladder(battle.played, i, u), number) for u in range(len(names.units))]
        made.append(
            {
                "key": f"threat-{i}", "name": row.name, "type": row.type, "outcome": row.outcome,
                "start_s": _round(why.start_s), "end_s": _round(why.end_s), "n_rounds": row.n_rounds,
                "ladder": _rungs(list(why.intervals), number),
                "by_unit": own if len(own) > 1 else [],
                "moments": [[_round(moment.t_s), moment.kind, moment.text] for moment in why.moments],
            }
        )  # fmt: skip
    return made


def _turning_steps(battle: Battle) -> set[int]:
    """Events of radars that turn on at the next decision: only where a turn ends is told."""
    period_s = 1.5 * battle.played.world.clock.n_decision_ticks * battle.played.world.clock.dt_s
    last: dict[int, tuple[int, float]] = {}
    steps = set()
    for i, row in enumerate(battle.played.log.event):
        if row["code"] == codes.EVENT_RADAR_TURNED:
            before, t_s = last.get(int(row["b"]), (-1, -math.inf))
            if row["t_s"] - t_s < period_s:
                steps.add(before)
            last[int(row["b"])] = (i, float(row["t_s"]))
    return steps


def _events(battle: Battle) -> list[list[Any]]:
    """Rows of time, group, code, words, threat (-1 none), shot (-1 none), in time order."""
    names = battle.played.names
    group = {code: n for n, members in enumerate(_GROUPS.values()) for code in members}
    index = {name: i for i, name in enumerate(names.threats)}
    shots = battle.shot_rows
    made: list[list[Any]] = []
    steps = _turning_steps(battle)
    for i, row in enumerate(battle.played.log.event):
        code = int(row["code"])
        if code not in group or i in steps:
            continue
        event = battle._event(row)
        shot: int = event.get("shot", -1)
        words = event["event"]
        if code == codes.EVENT_FIRST_DETECTION:
            words += f" by {event['radar']} at {event['value'] / 1000.0:.0f} km"
        elif code in (codes.EVENT_TRACK_FIRM, codes.EVENT_TRACK_DROPPED):
            words += f", number {event['track']}" + ("" if event["threat"] else ", nothing real behind it")
        elif code == codes.EVENT_ROUND_LAUNCHED:
            words = f"{shots[shot].interceptor} launched"
        elif code == codes.EVENT_INTERCEPT:
            words = f"{shots[shot].interceptor}: {event['detail']}"
            if shots[shot].miss_m is not None:
                words += f", miss {shots[shot].miss_m:.1f} m"
        elif code == codes.EVENT_KILL_ASSESSED:
            words = event["detail"]
        elif code == codes.EVENT_RADAR_TURNED:
            words = f"engagement radar turns to {event['value']:.0f}°"
        elif code == codes.EVENT_RADAR_FULL:
            words = f"{event['radar']} keeps all the {event['value']:.0f} tracks it can"
        elif code == codes.EVENT_ASSET_DAMAGED:
            words = f"{event['asset'] or 'an asset'} hit, {100.0 * event['value']:.0f} % left"
        if event.get("fire_unit"):
            words += f" · {event['fire_unit']}"
        threat = event.get("threat")
        made.append(
            [
                _round(event["t_s"]),
                group[code],
                code,
                words,
                index[threat] if threat else -1,
                shot,
            ]
        )
    made.sort(key=lambda one: one[0])
    return made


def _sensors(battle: Battle) -> list[dict[str, Any]]:
    played = battle.played
    lon, lat, height = geodetic(
        np.array([[r["x_m"], r["y_m"], r["z_m"]] for r in played.world.radars], dtype=float).reshape(-1, 3)
    )
    made = []
    for i, radar in enumerate(played.world.radars):
        is_sector = int(radar["kind"]) == codes.RADAR_SECTOR
        made.append(
            {
                "name": played.names.radars[i], "type": played.names.radar_types[i],
                "lon": round(float(lon[i]), 6), "lat": round(float(lat[i]), 6), "height_m": round(float(height[i]), 1),
                "is_engagement": bool(radar["is_engagement"]), "i_unit": int(radar["i_unit"]),
                "boresight_deg": round(math.degrees(float(radar["boresight_rad"])), 3) if is_sector else None,
                "half_sector_deg": round(math.degrees(float(radar["half_sector_rad"])), 3) if is_sector else None,
                "period_s": _round(float(radar["period_s"]), 3),
                "phase_deg": round(math.degrees(float(radar["phase_rad"])), 3),
                "range_max_m": float(radar["range_max_m"]),
                "is_on": math.isfinite(float(radar["ready_s"])),
            }
        )  # fmt: skip
    return made


def _rings(battle: Battle) -> list[dict[str, Any]]:
    """The published ranges, one circle per interceptor type around the middle of the fire units that can fire it."""
    world, names = battle.played.world, battle.played.names
    made = []
    for j, name in enumerate(names.interceptors):
        places = [
            [unit["x_m"], unit["y_m"], unit["z_m"]]
            for unit in world.units
            if world.load[
                int(unit["i_launcher"]) : int(unit["i_launcher"]) + int(unit["n_launchers"]), j
            ].sum()
            > 0
        ]
        if not places:
            continue
        lon, lat, _ = geodetic(np.mean(np.array(places, dtype=float), axis=0).reshape(1, 3))
        made.append(
            {
                "interceptor": name, "range_m": float(world.interceptors[j]["range_air_m"]),
                "lon": round(float(lon[0]), 6), "lat": round(float(lat[0]), 6),
            }
        )  # fmt: skip
    return made


def _zones(battle: Battle) -> dict[str, Any]:
    """Ranges in m per ray, clockwise from north; the page turns them into places."""
    played = battle.played
    made = zones.zones(played)
    places = {i: zones.latitude_longitude(played.world.units[i]) for i in {zone.i_unit for zone in made}}
    return {
        "ground_m": float(played.world.air.ground_m),
        "altitudes_m": list(zones.ALTITUDES_M),
        "types": [
            {"type": one.type, "speed_mps": round(one.speed_mps, 1)} for one in zones.subjects(played)
        ],
        "n_rays": zones.N_RAYS,
        "turns": bool((played.world.units.turns != 0).any()),
        "units": {
            str(i): {"lat": round(math.degrees(lat), 6), "lon": round(math.degrees(lon), 6)}
            for i, (lat, lon) in places.items()
        },
        "rows": [
            {
                "unit": zone.i_unit, "type": zone.type, "altitude_m": zone.altitude_m,
                **{
                    name: [round(float(v)) for v in getattr(zone, name)]
                    for name in ("search_m", "guide_m", "outer_m", "inner_m")
                },
            }
            for zone in made
        ],
    }  # fmt: skip


__all__ = ["FORMAT", "data", "script"]
