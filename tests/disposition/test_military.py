"""Battles behind the scorecard: every figure is the stored study's, and equal battles are played once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.disposition.cards import ROOT, RUNS

import parapet
from parapet.disposition.scorecard_military import play_battles
from parapet.engine import runner
from parapet.errors import InputError
from parapet.study.compare import compare_rows
from parapet.study.design import Cell, cells, checked
from parapet.study.read import read

STUDIES = ("turkiye-cruise", "turkiye-ballistic")


@pytest.fixture(scope="module")
def played(card, store):
    return store, card.blocks, dict(card.military.variants), card.military


def test_every_option_has_a_battle_and_equal_ones_are_told(played):
    _, _, variants, military = played
    assert military.variants == variants
    assert set(military.same_as("dormant")) == set(variants) - {"operate", "dormant"}
    assert military.same_as("operate") == ()
    for raid in military.raids:
        assert set(raid.battles) >= set(variants.values())


def test_figures_are_those_of_the_stored_study(played):
    store, _, _, military = played
    for raid, name in zip(military.raids, STUDIES, strict=True):
        found = parapet.Study(store / name)
        assert raid.command == f"parapet study {raid.study} --runs {RUNS} --out {raid.folder}"
        assert Path(raid.study).resolve() == ROOT / "studies" / f"{name}.yaml"
        assert sum(value for _, value in raid.assets) == 400.0
        for variant, battle in raid.battles.items():
            leaked = found.values("leaked", variant)
            assert battle.runs == leaked.size == RUNS
            assert battle.leaked.value == leaked.mean()
            assert battle.value_lost.value == pytest.approx(
                found.values("value_lost", variant).mean() / 400.0
            )
            share = found.values("engaged", variant) / found.values("threats", variant)
            assert battle.engaged.value == pytest.approx(share.mean())
            assert battle.engaged.low <= battle.engaged.value <= battle.engaged.high


def test_paired_differences_are_those_of_compare(played):
    store, _, _, military = played
    for raid, name in zip(military.raids, STUDIES, strict=True):
        assert raid.battles["without"].fewer is None
        (row,) = (
            row
            for row in compare_rows(parapet.Study(store / name), ("without", "operate"))
            if row["column"] == "leaked"
        )
        fewer = raid.battles["operate"].fewer.difference
        assert fewer.value == pytest.approx(-row["difference"]["value"])
        assert (fewer.low, fewer.high) == pytest.approx(
            (-row["difference"]["high"], -row["difference"]["low"])
        )
        assert fewer.value > 1.0


def test_without_it_nothing_is_stopped(played):
    _, _, _, military = played
    for raid in military.raids:
        bare = raid.battles["without"]
        assert bare.leaked.value == raid.threats == bare.threats
        assert (bare.engaged.value, bare.rounds.value) == (0.0, 0.0)


@pytest.mark.parametrize("name", STUDIES)
def test_asleep_is_the_same_battle_as_gone(name):
    study = read(ROOT / "studies" / f"{name}.yaml")
    gone = next(cell for cell in cells(study) if cell.variant == "without")
    settings = {path: value for path, value in gone.settings.items() if path != "systems"}
    asleep = Cell(99, "asleep", "asleep", {}, {**settings, "systems[defence].status": "dormant"})
    ends = []
    for cell in (gone, asleep):
        ready = checked(study, cell)
        truth = runner.play(ready.scenario, ready.catalogue, study.seed, 0, "outcomes").truth
        ends.append(
            (truth.threat["status"][: ready.scenario.n_threats].tolist(), truth.asset["health"][:3].tolist())
        )
    assert ends[0] == ends[1]


def test_what_is_stored_is_not_played_again(played):
    store, blocks, variants, military = played
    told = []
    again = play_battles(blocks.military, variants, blocks.folder, store, RUNS, told.append, lambda _: None)
    assert sum(progress.played for progress in told if progress.is_last) == 0
    assert [raid.to_dict() for raid in again.raids] == [raid.to_dict() for raid in military.raids]


def test_more_in_the_store_changes_nothing(played):
    store, blocks, variants, _ = played
    fewer = play_battles(blocks.military, variants, blocks.folder, store, RUNS - 1)
    found = parapet.Study(store / STUDIES[0])
    expected = found.values("leaked", "operate")[: RUNS - 1]
    assert expected.size == RUNS - 1
    assert fewer.raids[0].battles["operate"].leaked.value == np.mean(expected)


def test_the_patrol_is_an_assumption_and_fires_nothing(played):
    _, _, _, military = played
    patrol = military.raids[0].battles["patrol"]
    assert patrol.threats < military.raids[0].threats
    assert patrol.rounds.value == 0.0 and patrol.leaked.value == patrol.threats
    (one,) = (one for one in military.block.instead if one.id == "patrol")
    assert one.variants["ballistic"] == "without"
    assert "no friendly aircraft" in one.note


def test_one_run_is_refused(played):
    _, blocks, variants, _ = played
    with pytest.raises(InputError, match="--runs: got 1, expected at least 2"):
        play_battles(blocks.military, variants, blocks.folder, Path("nowhere"), 1)
