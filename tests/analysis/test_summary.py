"""The summary holds what a person needs and fits into 100 columns."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from parapet.analysis.battle_result import Battle
from parapet.analysis.timeline import moments_of, telling_threats
from parapet.engine import codes

sys.path.insert(0, str(Path(__file__).parent))
from handmade import handmade


def test_summary():
    text = Battle(handmade(), "Two cruise missiles").summary()
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    for part in (
        "Two cruise missiles",
        "4 threats: 1 killed, 1 leaked, 1 airborne, 1 not launched. 3 rounds fired.",
        "28/31/34",  # first detection ranges of the type, km
        "favours the defender",
        "held up by: below horizon 280 s, no round 10 s",
        "Ankara hit, 0 % left",
    ):
        assert part in text, f"{part!r} is missing in:\n{text}"
    som = next(line for line in lines if line.split()[:1] == ["som"])
    assert som.split()[1:8] == ["3", "2", "2", "1", "1", "1", "1"]
    rounds = next(line for line in lines if line.split()[:1] == ["48N6E3"])
    assert rounds.split()[1:6] == ["2", "10", "1", "1", "0"]


def test_leakers_that_did_damage_come_first():
    battle = Battle(handmade(), "")
    chosen = telling_threats(battle.threat_rows, battle.shot_rows, battle.played)
    assert [battle.threat_rows[i].name for i in chosen] == ["som-02", "som-01", "som-03"]


def test_the_time_line_says_what_came_too_late() -> None:
    """som-01 dies at 242.5 s, som-02 gets through at 320 s; what command does after that, it does to a track."""
    played = handmade()
    late = [
        (230.0, codes.EVENT_DESIGNATED, 1, 0, 0, 7.0),
        (250.0, codes.EVENT_DESIGNATED, 1, 1, 0, 7.0),
    ]
    played.log.event = np.concatenate([played.log.event, np.array(late, dtype=played.log.event.dtype)])
    said = [moment.text for moment in moments_of(played, 0) if moment.kind == "designation"]
    assert said == [
        "designated to Mürted/fire-unit-1",
        "designated to Mürted/fire-unit-2",
        "designated to Mürted/fire-unit-2, gone by then",
    ]
    played.log.shot["outcome"] = codes.SHOT_DEAD_TARGET
    assert "48N6E3 from Mürted/fire-unit-1: target already dead" in [one.text for one in moments_of(played, 0)]
    played.log.shot["i_threat"] = 1
    assert "48N6E3 from Mürted/fire-unit-1: target already at its aim" in [one.text for one in moments_of(played, 1)]
