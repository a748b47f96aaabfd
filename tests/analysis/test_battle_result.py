"""Tables, totals, JSON and Parquet of a battle that was written down by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import polars as pl
import pytest

import parapet
from parapet.analysis.battle_result import Battle
from parapet.analysis.battle_schema import battle_schema
from parapet.analysis.outcomes import OUTCOMES, median

sys.path.insert(0, str(Path(__file__).parent))
from handmade import handmade

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "schemas" / "battle.schema.json"


@pytest.fixture
def battle():
    return Battle(handmade(), "Two cruise missiles", "examples/two.yaml")


def test_public_names():
    assert parapet.__all__ == ["Battle", "Study", "__version__", "check", "run", "study"]
    assert all(hasattr(parapet, name) for name in parapet.__all__)
    assert not hasattr(parapet, "no_such_thing")


def test_totals_sum_to_the_raid(battle):
    totals = battle.totals
    assert totals["threats"] == 4
    assert sum(totals[word.replace(" ", "_")] for word in OUTCOMES) == 4
    assert (totals["killed"], totals["leaked"], totals["airborne"], totals["not_launched"]) == (1, 1, 1, 1)
    assert (totals["launched"], totals["detected"], totals["tracked"], totals["engaged"]) == (3, 2, 2, 1)
    assert (totals["rounds_fired"], totals["false_tracks"]) == (3, 1)


def test_threats_table(battle):
    table = battle.threats
    assert table["name"].to_list() == ["som-01", "som-02", "scud-01", "som-03"]
    assert table["outcome"].to_list() == ["killed", "leaked", "not launched", "airborne"]
    assert table["end_s"].to_list() == [242.5, 320.0, None, None]
    assert table["first_detection_range_m"].to_list() == [34500.0, 28000.0, None, None]
    assert table["n_rounds"].to_list() == [2, 0, 0, 0]


def test_shots_table(battle):
    table = battle.shots
    assert table["outcome"].to_list() == ["missed", "killed", "no target found"]
    assert table["threat"].to_list() == ["som-01", "som-01", None]
    assert table["miss_m"].to_list() == [41.0, 3.0, None]
    assert table["channel"].to_list() == [0, 0, 0]
    assert table["fire_unit"].n_unique() == 2


def test_events_and_tracks(battle):
    events = battle.events
    assert events.height == len(battle.played.log.event)
    first = events.filter(pl.col("event") == "first detection").row(0, named=True)
    assert (first["threat"], first["radar"], first["value"]) == ("som-01", "Mürted/91N6E", 34500.0)
    told = events.filter(pl.col("detail") == "no channel").row(0, named=True)
    assert (told["t_s"], told["threat"], told["fire_unit"]) == (300.0, "som-02", "Mürted/fire-unit-1")
    tracks = battle.tracks
    assert tracks["threat"].to_list() == ["som-01", None]
    assert tracks["firm_s"].to_list() == [214.0, 260.0]
    assert tracks["dropped_s"].to_list() == [None, 280.0]
    assert battle.samples.height == 0


def test_json_follows_its_schema(battle):
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert schema == battle_schema(), "write it out again: parapet schema battle > docs/schemas/battle.schema.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    text = battle.to_json()
    data = json.loads(text)
    jsonschema.validate(data, schema)
    assert {"scenario", "seed", "engine_id", "duration_s", "totals", "peaks", "threats", "shots"} <= set(data)
    assert data["peaks"] == {"targets_engaged": 2, "distinct_threats_engaged": 1, "missiles_guided": 2}
    assert data["capacity"] == {"fire_units": 2, "target_channels": 12, "missile_channels": 24}
    assert battle.to_json() == text
    assert "NaN" not in text and "Infinity" not in text


def test_parquet(battle, tmp_path):
    files = battle.to_parquet(tmp_path / "out")
    assert [file.name for file in files] == ["threats.parquet", "shots.parquet", "events.parquet", "tracks.parquet"]
    assert pl.read_parquet(tmp_path / "out" / "threats.parquet").equals(battle.threats)


def test_repr(battle):
    assert repr(battle) == (
        "<Battle 'Two cruise missiles', seed 7, run 0: 4 threats, 1 killed, 1 leaked, 3 rounds fired>"
    )


def test_empty_battle():
    played = handmade()
    played.names.n_raid = 0
    played.names.units = []
    played.log.event = played.log.event[:0]
    played.log.shot = played.log.shot[:0]
    played.rounds_left = played.rounds_left[:0]
    empty = Battle(played, "Nothing")
    assert empty.totals["threats"] == 0
    assert (empty.threats.height, empty.shots.height, empty.events.height, empty.tracks.height) == (0, 0, 0, 0)
    jsonschema.validate(json.loads(empty.to_json()), battle_schema())
    assert "0 threats" in empty.summary()


def test_median():
    assert median([]) is None
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5
