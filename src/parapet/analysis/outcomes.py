"""What came of a battle: one row per threat and per shot, totals, channel peaks, and the same by threat type.

Everything here is plain Python made from the record tables of one played battle; nothing is computed again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from parapet.engine import codes
from parapet.engine.state import TOTAL


class Played(Protocol):
    """What the runner hands over (see `parapet.engine.runner.play`)."""

    world: Any
    sizes: Any
    names: Any
    log: Any
    seed: int
    run: int
    engine_id: str
    platform_id: str
    duration_s: float
    scenario_hash: str
    wall_s: float

    @property
    def truth(self) -> Any:
        """Truth at the end."""

    @property
    def rounds_left(self) -> Any:
        """(launchers, interceptors)."""


#: How a threat can end, in the order of tables; the counts sum to the raid.
OUTCOMES: tuple[str, ...] = tuple(
    codes.OUTCOME_WORDS[code]
    for code in (codes.KILLED, codes.LEAKED, codes.CRASHED, codes.LEFT, codes.FLYING, codes.WAITING)
)


def _number(value: Any) -> float | None:
    """A finite float, or None for what never happened."""
    value = float(value)
    return value if math.isfinite(value) else None


def _name(names: Sequence[str], index: int) -> str | None:
    return names[index] if 0 <= index < len(names) else None


@dataclass(frozen=True, slots=True)
class ThreatRow:
    """One threat of the raid. Times are seconds of the battle; None means that it never happened."""

    name: str
    type: str
    outcome: str
    """One of `OUTCOMES`."""
    launch_s: float | None
    first_detection_s: float | None
    first_detection_range_m: float | None
    """Slant range from the radar that made the first plot."""
    first_detection_radar: str | None
    first_track_s: float | None
    """First firm track whose plots are mostly this threat's."""
    first_designated_s: float | None
    first_launch_s: float | None
    """First round launched at a track that is mostly this threat."""
    n_rounds: int
    end_s: float | None
    """None while it is still in the air or was never launched."""


@dataclass(frozen=True, slots=True)
class ShotRow:
    """One round fired."""

    interceptor: str
    fire_unit: str
    launcher: str | None
    threat: str | None
    """The threat that the track fired at mostly was; None for a false track."""
    hit_threat: str | None
    """The threat the round went for in the end; None if it found none."""
    engagement: int
    """Running number of the engagement; rounds of one salvo share it."""
    channel: int
    """Target channel of the fire unit, from 0."""
    launch_s: float
    intercept_s: float | None
    """Intercept or self-destruct; None while still in flight."""
    range_m: float | None
    """Of the intercept, from the fire unit."""
    altitude_m: float | None
    """Of the intercept, above the ellipsoid."""
    miss_m: float | None
    arrival_speed_mps: float | None
    available_load_mps2: float | None
    """Lateral acceleration it could still pull at arrival."""
    outcome: str


@dataclass(frozen=True, slots=True)
class TypeRow:
    """The threats of one type together."""

    type: str
    n: int
    launched: int
    detected: int
    tracked: int
    engaged: int
    killed: int
    leaked: int
    other: int
    """Crashed, left, or still in the air."""
    detection_ranges_m: tuple[float, ...]
    """First detection ranges, rising."""


@dataclass(frozen=True, slots=True)
class RoundsRow:
    """The rounds of one interceptor type together."""

    interceptor: str
    fired: int
    left: int
    kills: int
    misses: int
    """Reached the target and did not kill it."""
    other: int
    """Lost track, found no target, failed, target already dead, self-destructed, or in flight."""
    miss_median_m: float | None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """What is left of one asset."""

    name: str
    health: float
    """1 untouched to 0 destroyed."""
    n_hits: int
    lost_s: float | None


def threat_rows(played: Played) -> list[ThreatRow]:
    """One row per threat of the raid, in the order of the scenario (separated bodies not counted)."""
    names, world = played.names, played.world
    launched = {
        int(row["a"]): float(row["t_s"])
        for row in played.log.event
        if row["code"] == codes.EVENT_THREAT_LAUNCHED
    }
    rows = []
    for i in range(names.n_raid):
        score, threat = played.log.score[i], played.truth.threat[i]
        status = int(threat["status"])
        launch_s = launched.get(i)
        if launch_s is None and status != codes.WAITING:
            launch_s = float(world.threats.start_s[i])
        rows.append(
            ThreatRow(
                name=names.threats[i],
                type=names.threat_types[i],
                outcome=codes.OUTCOME_WORDS[status],
                launch_s=launch_s,
                first_detection_s=_number(score["first_detection_s"]),
                first_detection_range_m=_number(score["first_detection_range_m"]),
                first_detection_radar=_name(names.radars, int(score["i_first_radar"])),
                first_track_s=_number(score["first_track_s"]),
                first_designated_s=_number(score["first_designated_s"]),
                first_launch_s=_number(score["first_launch_s"]),
                n_rounds=int(score["n_rounds"]),
                end_s=_number(threat["end_s"]) if status not in (codes.WAITING, codes.FLYING) else None,
            )
        )
    return rows


def shot_rows(played: Played) -> list[ShotRow]:
    """One row per round fired, in the order of launch."""
    names = played.names
    n_each = max(1, played.sizes.n_channels_max)
    rows = []
    for shot in played.log.shot:
        outcome = int(shot["outcome"])
        is_over = outcome != codes.SHOT_FLYING
        has_met = is_over and int(shot["i_hit"]) >= 0
        rows.append(
            ShotRow(
                interceptor=names.interceptors[int(shot["i_interceptor"])],
                fire_unit=names.units[int(shot["i_unit"])],
                launcher=_name(names.launchers, int(shot["i_launcher"])),
                threat=_name(names.threats, int(shot["i_threat"])),
                hit_threat=_name(names.threats, int(shot["i_hit"])),
                engagement=int(shot["serial"]),
                channel=int(shot["i_channel"]) % n_each,
                launch_s=float(shot["launch_s"]),
                intercept_s=_number(shot["intercept_s"]) if is_over else None,
                range_m=_number(shot["range_m"]) if is_over else None,
                altitude_m=_number(shot["altitude_m"]) if is_over else None,
                miss_m=_number(shot["miss_m"]) if has_met else None,
                arrival_speed_mps=_number(shot["arrival_mps"]) if is_over else None,
                available_load_mps2=_number(shot["load_mps2"]) if is_over else None,
                outcome=codes.SHOT_WORDS[outcome],
            )
        )
    return rows


def totals(played: Played, rows: Sequence[ThreatRow]) -> dict[str, int]:
    """Counts over the raid; the six ways to end sum to ``threats``."""
    total = played.log.total
    result = {
        "threats": len(rows),
        "launched": sum(row.launch_s is not None for row in rows),
        "detected": sum(row.first_detection_s is not None for row in rows),
        "tracked": sum(row.first_track_s is not None for row in rows),
        "engaged": sum(row.n_rounds > 0 for row in rows),
    }
    for word in OUTCOMES:
        result[word.replace(" ", "_")] = sum(row.outcome == word for row in rows)
    result["rounds_fired"] = len(played.log.shot)
    for name in ("false_tracks", "firm_tracks", "plots", "false_plots", "duplicate_engagements"):
        result[name] = int(total[TOTAL[name]])
    result["acquisitions"] = int(total[TOTAL["acquisitions"]])
    result["acquisitions_failed"] = int(total[TOTAL["acquisitions_failed"]])
    return result


def peaks(played: Played) -> dict[str, int]:
    """The most target channels, distinct threats and guided missiles at any one time."""
    total = played.log.total
    return {
        "targets_engaged": int(total[TOTAL["peak_targets_engaged"]]),
        "distinct_threats_engaged": int(total[TOTAL["peak_distinct_threats"]]),
        "missiles_guided": int(total[TOTAL["peak_missiles_guided"]]),
    }


def capacity(played: Played) -> dict[str, int]:
    """Channels of all fire units that are ready at some time of the battle."""
    units = played.world.units
    ready = [i for i in range(units.id.size) if float(units.ready_s[i]) <= played.duration_s]
    return {
        "fire_units": len(ready),
        "target_channels": sum(int(units.n_target_channels[i]) for i in ready),
        "missile_channels": sum(int(units.n_missile_channels[i]) for i in ready),
    }


def type_rows(rows: Iterable[ThreatRow]) -> list[TypeRow]:
    """The threats by type, in the order in which types first appear."""
    by_type: dict[str, list[ThreatRow]] = {}
    for row in rows:
        by_type.setdefault(row.type, []).append(row)
    result = []
    for name, group in by_type.items():
        killed = sum(row.outcome == "killed" for row in group)
        leaked = sum(row.outcome == "leaked" for row in group)
        launched = sum(row.launch_s is not None for row in group)
        ranges = sorted(r.first_detection_range_m for r in group if r.first_detection_range_m is not None)
        result.append(
            TypeRow(
                type=name,
                n=len(group),
                launched=launched,
                detected=sum(row.first_detection_s is not None for row in group),
                tracked=sum(row.first_track_s is not None for row in group),
                engaged=sum(row.n_rounds > 0 for row in group),
                killed=killed,
                leaked=leaked,
                other=launched - killed - leaked,
                detection_ranges_m=tuple(ranges),
            )
        )
    return result


def rounds_rows(played: Played, shots: Sequence[ShotRow]) -> list[RoundsRow]:
    """The rounds by interceptor type; types neither loaded nor fired are left out."""
    result = []
    left = played.rounds_left
    for i, name in enumerate(played.names.interceptors):
        mine = [shot for shot in shots if shot.interceptor == name]
        n_left = int(left[:, i].sum()) if left.size else 0
        if not mine and not n_left:
            continue
        kills = sum(shot.outcome == "killed" for shot in mine)
        misses = sum(shot.outcome == "missed" for shot in mine)
        result.append(
            RoundsRow(
                interceptor=name,
                fired=len(mine),
                left=n_left,
                kills=kills,
                misses=misses,
                other=len(mine) - kills - misses,
                miss_median_m=median([shot.miss_m for shot in mine if shot.miss_m is not None]),
            )
        )
    return result


def asset_rows(played: Played) -> list[AssetRow]:
    """What is left of every asset, defended ones first, as in the scenario."""
    return [
        AssetRow(
            name=played.names.assets[i],
            health=float(played.truth.asset[i]["health"]),
            n_hits=int(played.truth.asset[i]["n_hits"]),
            lost_s=_number(played.truth.asset[i]["lost_s"]),
        )
        for i in range(len(played.names.assets))
    ]


def median(values: Sequence[float]) -> float | None:
    """Middle value (mean of the two middle ones); None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else 0.5 * (ordered[half - 1] + ordered[half])


def as_dict(row: Any) -> dict[str, Any]:
    """A row as a dictionary, in the order of its fields."""
    return {field.name: getattr(row, field.name) for field in fields(row)}
