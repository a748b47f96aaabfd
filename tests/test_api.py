"""The Python face: `parapet.run`, `parapet.check` and the Battle they give."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import parapet
from parapet.errors import InputError, ScenarioError

STORY = """parapet: 1
title: One jet
seed: 1
duration: 200 s
systems:
  - name: Guard
    system: s400-fire-unit
    place: {lat: 40.0, lon: 32.0}
    elevation: 0 m
    boresights: [0]
    launchers: 4
    loads: {48n6e3: 8}
raid:
  - name: jet
    threat: generic-target
    route: [{bearing: 0, distance: 110 km, altitude: 9 km}]
    aim: Guard
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("api") / "story.yaml"
    file.write_text(STORY, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def battle(story: Path) -> parapet.Battle:
    return parapet.run(story, seed=7)


def test_the_public_names_are_these() -> None:
    assert sorted(parapet.__all__) == ["Battle", "Study", "__version__", "check", "run", "study"]
    assert dir(parapet) == sorted(parapet.__all__)


def test_a_battle_tells_what_came_of_it(battle: parapet.Battle) -> None:
    assert battle.seed == 7 and battle.run == 0
    assert battle.totals["threats"] == 1
    assert battle.totals["killed"] + battle.totals["leaked"] <= 1
    assert battle.totals["detected"] == 1
    assert battle.totals["rounds_fired"] == battle.shots.height > 0
    assert battle.peaks["targets_engaged"] >= 1
    assert battle.threats["name"].to_list() == ["jet-01"]
    assert battle.events.height > 10
    assert (battle.events["t_s"].to_numpy() <= 200.0).all()
    assert battle.tracks.height >= 1
    assert "One jet" in repr(battle) and "seed 7" in repr(battle)
    assert "jet" in battle.summary()


def test_why_is_a_story(battle: parapet.Battle) -> None:
    why = battle.why("jet-01")
    assert why.intervals[0].start_s == 0.0
    assert "engaged" in str(why)
    with pytest.raises(InputError, match="jet-01"):
        battle.why("jte-01")


def test_the_same_seed_is_the_same_battle(story: Path, battle: parapet.Battle) -> None:
    assert parapet.run(story, seed=7).to_json() == battle.to_json()
    assert parapet.run(story, seed=8).to_json() != battle.to_json()


def test_the_json_fits_its_schema(battle: parapet.Battle, root: Path) -> None:
    schema = json.loads((root / "docs/schemas/battle.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(battle.to_json()), schema)


def test_full_recording_has_samples(story: Path) -> None:
    battle = parapet.run(story, seed=7, record="full")
    families = set(battle.samples["family"].to_list())
    assert families == {"threat", "search track", "fire-control track", "round"}


def test_what_is_wrong_comes_in_one_list(tmp_path: Path, story: Path) -> None:
    assert [finding for finding in parapet.check(story) if finding.severity == "error"] == []
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(STORY.replace("generic-target", "generic-tagret"), encoding="utf-8")
    assert any("generic-target" in finding.message for finding in parapet.check(wrong))
    with pytest.raises(ScenarioError, match="generic-target"):
        parapet.run(wrong)
