"""The scene says what the log says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.export.conftest import ROOT, ecef

import parapet
from parapet.engine import codes
from parapet.errors import InputError
from parapet.export.making import on_range_and_height, scene


def test_every_sample_is_in_the_scene(battle, made, logged):
    n = sum(logged.compare(t.key, t.t_s, t.lon_deg, t.lat_deg, t.height_m) for t in made.tracks)
    assert n == made.n_samples == len(battle.played.log.sample) > 5_000
    assert {t.key for t in made.tracks if t.is_sampled.any()} == set(logged.rows)


def test_counts_are_those_of_the_battle(battle, made):
    assert len(made.of("threat")) == battle.totals["launched"]
    assert len(made.of("round")) == battle.totals["rounds_fired"]
    kinds = [mark.kind for mark in made.marks]
    assert kinds.count("threat launched") == battle.totals["launched"]
    assert kinds.count("round launched") == battle.totals["rounds_fired"]
    assert kinds.count("leak") == battle.totals["leaked"]
    assert kinds.count("intercept") == battle.shots["intercept_s"].drop_nulls().len()
    damaged = int((battle.played.log.event["code"] == codes.EVENT_ASSET_DAMAGED).sum())
    assert kinds.count("damage") == damaged
    assert (
        battle.totals["leaked"] and battle.totals["left"] and battle.totals["killed"] and damaged
    )  # all are met here
    assert len({t.key for t in made.tracks}) == len(made.tracks)


def test_rounds_start_at_their_launcher_and_end_where_the_shot_table_says(battle, made):
    world, n = battle.played.world, 0
    for track, shot in zip(made.of("round"), battle.played.log.shot, strict=True):
        xyz = ecef(track.lon_deg, track.lat_deg, track.height_m)
        launcher = world.launchers[int(shot["i_launcher"])]
        assert track.t_s[0] == shot["launch_s"]
        assert np.linalg.norm(xyz[0] - [launcher["x_m"], launcher["y_m"], launcher["z_m"]]) < 0.01
        if shot["outcome"] == codes.SHOT_FLYING:
            continue
        n += 1
        unit = world.units[int(shot["i_unit"])]
        assert track.t_s[-1] == shot["intercept_s"]
        assert abs(np.linalg.norm(xyz[-1] - [unit["x_m"], unit["y_m"], unit["z_m"]]) - shot["range_m"]) < 1.0
        assert abs(track.height_m[-1] - shot["altitude_m"]) < 1.0
    assert n > 10


def test_a_killed_threat_ends_where_its_killer_does(battle, made):
    ends = {t.key: ecef(t.lon_deg, t.lat_deg, t.height_m)[-1] for t in made.tracks}
    apart = []
    for n, shot in enumerate(battle.played.log.shot):
        if shot["outcome"] == codes.SHOT_KILLED:
            apart.append(np.linalg.norm(ends[f"round-{n}"] - ends[f"threat-{int(shot['i_hit'])}"]))
    assert len(apart) == battle.totals["killed"]
    assert max(apart) < 100.0  # bearing of an intercept: from the threat's last sample, up to a second old


def test_belief_is_told_from_truth(made):
    for track in made.tracks:
        assert track.is_belief == (track.family in ("search track", "fire-control track"))
        assert (track.sigma_m[track.is_sampled] > 0).all() == track.is_belief or not track.is_sampled.any()
    truth = {t.name for t in made.of("threat")}
    assert not truth & {t.name for t in made.tracks if t.is_belief}


def test_without_positions_it_says_what_to_do():
    battle = parapet.run(ROOT / "examples" / "low-flyer.yaml", record="events")
    with pytest.raises(InputError, match='record="full"'):
        scene(battle)


@pytest.mark.parametrize("bearing, up", [(30.0, 10.0), (200.0, 60.0), (100.0, 84.0)])
def test_on_range_and_height(bearing, up):
    from pymap3d import aer2geodetic

    centre = ecef(np.array([32.5]), np.array([40.0]), np.array([900.0]))[0]
    lat, lon, height = aer2geodetic(bearing, up, 20_000.0, 40.0, 32.5, 900.0)
    right = ecef(np.array([lon]), np.array([lat]), np.array([height]))[0]
    near = right + np.array([25.0, -30.0, 10.0])
    got = on_range_and_height(near, centre, 20_000.0, float(height))
    assert abs(np.linalg.norm(got - centre) - 20_000.0) < 0.01
    assert np.linalg.norm(got - right) < 400.0


def test_threats_start_at_their_launch(battle, made):
    rows = {row.name: row for row in battle.threat_rows}
    for track in made.of("threat"):
        assert track.t_s[0] == track.begin_s == rows[track.name].launch_s
        step = np.diff(ecef(track.lon_deg, track.lat_deg, track.height_m)[:3], axis=0)
        speed = np.linalg.norm(step, axis=1) / np.diff(track.t_s[:3])
        assert abs(speed[0] - speed[1]) < 30.0  # a missile on its pad gains that in a second; nothing jumps
        if track.is_over:
            assert track.t_s[-1] == rows[track.name].end_s
