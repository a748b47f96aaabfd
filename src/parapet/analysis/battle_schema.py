"""The JSON Schema of a battle's JSON; ``docs/schemas/battle.schema.json`` is this, written out."""

from __future__ import annotations

from typing import Any

from parapet.analysis.outcomes import OUTCOMES
from parapet.engine import codes

_TIME = {"type": ["number", "null"], "minimum": 0}
_LENGTH = {"type": ["number", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_NAME = {"type": "string", "minLength": 1}
_MAYBE_NAME = {"type": ["string", "null"]}


def _said(schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {**schema, "description": text}


def _object(properties: dict[str, Any], text: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "description": text,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def battle_schema() -> dict[str, Any]:
    """The schema as plain data (JSON Schema 2020-12). Keys are only ever added."""
    counts = {
        "threats": "threats of the raid; the six ways to end sum to it",
        "launched": "launched before the battle ended",
        "detected": "seen by any radar at least once",
        "tracked": "had a firm track that was mostly theirs",
        "engaged": "at least one round was launched at a track that was mostly theirs",
        **{word.replace(" ", "_"): f"ended as {word!r}" for word in OUTCOMES},
        "rounds_fired": "rounds launched",
        "false_tracks": "firm tracks that were no threat",
        "firm_tracks": "tracks that became firm",
        "plots": "plots reported by all radars",
        "false_plots": "plots without a threat",
        "duplicate_engagements": "engagements of a threat that was already engaged through another track",
        "acquisitions": "acquisitions by engagement radars that succeeded",
        "acquisitions_failed": "acquisitions that failed",
    }
    threat = {
        "name": _NAME,
        "type": _said(_NAME, "catalogue id"),
        "outcome": {"enum": list(OUTCOMES)},
        "launch_s": _TIME,
        "first_detection_s": _TIME,
        "first_detection_range_m": _said(_LENGTH, "slant range from the radar that made the first plot"),
        "first_detection_radar": _MAYBE_NAME,
        "first_track_s": _said(_TIME, "first firm track whose plots were mostly this threat's"),
        "first_designated_s": _TIME,
        "first_launch_s": _said(_TIME, "first round launched at it"),
        "n_rounds": _COUNT,
        "end_s": _said(_TIME, "null while in the air or not launched"),
    }
    shot = {
        "interceptor": _NAME,
        "fire_unit": _NAME,
        "launcher": _MAYBE_NAME,
        "threat": _said(_MAYBE_NAME, "what the track fired at mostly was; null for a false track"),
        "hit_threat": _said(_MAYBE_NAME, "what the round went for; null if it found nothing"),
        "engagement": _said(_COUNT, "rounds of one engagement share it"),
        "channel": _said(_COUNT, "target channel of the fire unit, from 0"),
        "launch_s": {"type": "number", "minimum": 0},
        "intercept_s": _said(_TIME, "intercept or self-destruct; null while in flight"),
        "range_m": _said(_LENGTH, "of the intercept, from the fire unit"),
        "altitude_m": _said(_LENGTH, "of the intercept, above the ellipsoid"),
        "miss_m": _said(_LENGTH, "closest approach; null if it never came to one"),
        "arrival_speed_mps": _LENGTH,
        "available_load_mps2": _LENGTH,
        "outcome": {"enum": list(codes.SHOT_WORDS.values())},
    }
    rounds = {
        "interceptor": _NAME,
        "fired": _COUNT,
        "left": _COUNT,
        "kills": _COUNT,
        "misses": _said(_COUNT, "met the target and did not kill it"),
        "other": _said(_COUNT, "lost track, found no target, failed, target already dead, in flight"),
        "miss_median_m": _LENGTH,
    }
    asset = {
        "name": _NAME,
        "health": {"type": "number", "minimum": 0, "maximum": 1},
        "n_hits": _COUNT,
        "lost_s": _TIME,
    }
    properties: dict[str, Any] = {
        "format": {"const": 1},
        "scenario": _said({"type": "string"}, "title of the scenario"),
        "scenario_file": {"type": "string"},
        "scenario_hash": {"type": "string"},
        "seed": _COUNT,
        "run": _COUNT,
        "engine_id": _said(
            _NAME, "kernel sources, numerical libraries and flags; results of two engines never mix"
        ),
        "platform_id": _said(_NAME, "arithmetic of the machine"),
        "duration_s": {"type": "number", "exclusiveMinimum": 0},
        "totals": _object(
            {name: _said(_COUNT, text) for name, text in counts.items()}, "counts over the raid"
        ),
        "peaks": _object(
            {
                "targets_engaged": _said(
                    _COUNT, "target channels in use, false and duplicate tracks included"
                ),
                "distinct_threats_engaged": _said(_COUNT, "different threats with a round on the way"),
                "missiles_guided": _said(_COUNT, "missile channels in use"),
            },
            "the most at any one time",
        ),
        "capacity": _object(
            {"fire_units": _COUNT, "target_channels": _COUNT, "missile_channels": _COUNT},
            "of the fire units that were ready at some time",
        ),
        "rounds": {"type": "array", "items": _object(rounds, "one interceptor type")},
        "assets": {"type": "array", "items": _object(asset, "one asset, post, radar or launcher")},
        "threats": {"type": "array", "items": _object(threat, "one threat of the raid")},
        "shots": {"type": "array", "items": _object(shot, "one round fired")},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A battle played by Parapet",
        **_object(
            properties, "Result of one battle. Times in seconds, lengths in metres; null: never happened."
        ),
    }
