"""Tiny battles told in words: what must happen, in which order, and what the ladder says about it.

The stories themselves stand in ``stories.py``. One test per story; two of them are also fought with compilation off.
"""

from __future__ import annotations

import dataclasses
import math
import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.engine import stories

from parapet.analysis import why as ladders
from parapet.engine import codes, runner, state

ROOT = Path(__file__).resolve().parents[2]
PICTURE_OF_POST = 0


def first_s(played: runner.Played, code: int, **fields: int) -> float:
    """Time of the first event of a code; it must exist."""
    found = stories.events(played, code, **fields)
    assert len(found), codes.EVENT_WORDS[code]
    return float(found["t_s"][0])


def test_a_jet_that_flies_into_the_sector_is_shot_down() -> None:
    played = stories.play("jet")
    assert stories.outcome(played, "jet-01") == "killed"
    assert 1 <= played.log.score["n_rounds"][0] <= 8
    chain = (
        codes.EVENT_THREAT_LAUNCHED, codes.EVENT_FIRST_DETECTION, codes.EVENT_TRACK_FIRM, codes.EVENT_DESIGNATED,
        codes.EVENT_ACQUIRED, codes.EVENT_ROUND_LAUNCHED, codes.EVENT_ROUND_HOMING, codes.EVENT_INTERCEPT,
    )  # fmt: skip
    times = [first_s(played, code) for code in chain]
    assert times == sorted(times)
    assert first_s(played, codes.EVENT_THREAT_KILLED) > times[-2]
    # it is not fired at before the crew has had its reaction time
    assert times[5] - times[2] >= played.world.units.reaction_s[0]
    assert stories.is_in_order(
        stories.reasons(played, "jet-01"), codes.WHY_NO_FIRM_TRACK, codes.WHY_ENGAGED, codes.WHY_KILLED
    )
    killer = played.log.shot[int(played.log.score["i_killer"][0])]
    assert killer["outcome"] == codes.SHOT_KILLED
    assert killer["miss_m"] < 60.0
    assert 20e3 < killer["range_m"] < 110e3


def test_a_jet_that_flies_in_from_afar_is_met_near_the_end_of_the_reach() -> None:
    """The round leaves while the target is still too far: they meet inside, not where the target was at launch."""
    far = stories.STORIES["jet"].replace("distance: 110 km", "distance: 330 km").replace("200 s", "700 s")
    played = stories.play(far)
    shot = played.log.shot[0]
    assert 225e3 < shot["range_m"] < 251e3
    assert stories.outcome(played, "jet-01") == "killed"


def test_a_round_that_is_gone_is_what_was_missing() -> None:
    """Two jets, two rounds that reach far and some that do not: the ladder names the rounds."""
    text = stories.STORIES["two-rounds"].replace("{48n6e3: 2}", "{48n6e3: 2, 9m96e: 8}")
    played = stories.play(text)
    waited = [stories.reasons(played, f"jet-0{i}") for i in (1, 2)]
    assert any(codes.WHY_NO_ROUND in ladder for ladder in waited)


def test_a_jet_from_behind_is_seen_and_not_engaged() -> None:
    played = stories.play("behind")
    assert stories.outcome(played, "jet-01") == "leaked"
    assert played.log.shot.size == 0
    assert len(stories.events(played, codes.EVENT_TRACK_FIRM, c=0))
    assert not len(stories.events(played, codes.EVENT_DESIGNATED))
    ladder = stories.reasons(played, "jet-01")
    assert stories.is_in_order(ladder, codes.WHY_OUTSIDE_SECTOR, codes.WHY_LEAKED)
    assert codes.WHY_ENGAGED not in ladder
    assert "outside sector" in str(ladders.why(played, "jet-01"))


def test_a_sea_skimmer_is_first_seen_at_the_horizon() -> None:
    played = stories.play("skimmer")
    antenna_m = float(played.world.radars.antenna_m.max())
    horizon_m = 4121.0 * (math.sqrt(antenna_m) + math.sqrt(15.0))  # 4/3 earth: 4.12 sqrt(h) km
    seen_m = float(played.log.score["first_detection_range_m"][0])
    scan_m = 250.0 * float(played.world.radars.period_s.max())
    assert horizon_m - 2.0 * scan_m - 200.0 < seen_m < horizon_m + 300.0
    rungs = [step for step in ladders.unit_ladder(played, 0, 0) if step.code == codes.WHY_BELOW_HORIZON]
    assert len(rungs) == 1
    assert rungs[0].start_s == 0.0
    # it flies at 250 m/s from 38 km, so the clock tells the range; told once a second
    assert 38e3 - 250.0 * rungs[0].end_s == pytest.approx(horizon_m, abs=400.0)
    assert float(played.log.score["first_detection_s"][0]) >= rungs[0].end_s - 1.3


def test_a_dormant_unit_sees_and_fires_nothing() -> None:
    played = stories.play("dormant")
    assert stories.outcome(played, "jet-01") == "leaked"
    assert played.log.shot.size == 0
    for total in (state.TOTAL_PLOTS, state.TOTAL_FALSE_PLOTS, state.TOTAL_LOOKS):
        assert played.log.total[total] == 0.0
    assert set(stories.reasons(played, "jet-01")) <= {
        codes.WHY_NOT_LAUNCHED, codes.WHY_UNIT_NOT_READY, codes.WHY_LEAKED,
    }  # fmt: skip
    damage = stories.events(played, codes.EVENT_ASSET_DAMAGED, b=0)
    assert played.names.assets.index("Town") in damage["a"]


def test_two_rounds_are_two_shots_and_no_more() -> None:
    played = stories.play("two-rounds")
    assert played.log.shot.size == 2
    assert played.rounds_left.sum() == 0
    told = stories.reasons(played, "jet-01") + stories.reasons(played, "jet-02")
    assert codes.WHY_NO_ROUND in told
    assert codes.WHY_ENGAGED in told
    assert (played.truth.threat["status"] == codes.KILLED).sum() <= 2


def test_a_scud_is_engaged_inside_the_envelope_against_ballistic_targets() -> None:
    played = stories.play("scud")
    firm_s = first_s(played, codes.EVENT_TRACK_FIRM, c=0)
    launched_s = first_s(played, codes.EVENT_ROUND_LAUNCHED)
    assert launched_s > firm_s
    assert len(stories.events(played, codes.EVENT_CLASSIFIED))
    assert played.log.shot.size >= 2
    met = played.log.shot[np.isfinite(played.log.shot["miss_m"])]
    assert met.size
    # published: 60 km against ballistic targets, targets up to 27 km high; some slack for where they really met
    assert met["range_m"].max() < 62e3
    assert met["altitude_m"].max() < 29e3
    # most of the flight there is nothing to shoot at: too far, too high
    ladder = stories.reasons(played, "scud-01")
    assert stories.is_in_order(ladder, codes.WHY_NO_SOLUTION, codes.WHY_ENGAGED)
    assert stories.outcome(played, "scud-01") in ("killed", "leaked")


def test_ghosts_make_a_few_tracks_and_cost_nobody_his_life() -> None:
    played = stories.play("ghosts")
    assert played.names.n_raid == 0
    n_plots = played.log.total[state.TOTAL_FALSE_PLOTS]
    n_tracks = played.log.total[state.TOTAL_FALSE_TRACKS]
    assert n_plots > 200.0
    assert played.log.total[state.TOTAL_PLOTS] in (0.0, n_plots)  # nobody there
    assert 1.0 <= n_tracks <= 0.05 * n_plots
    assert all(stories.events(played, codes.EVENT_TRACK_FIRM)["c"] == -1)
    assert (played.log.shot["outcome"] != codes.SHOT_KILLED).all()
    assert (played.log.shot["i_hit"] == -1).all()


def test_a_fire_unit_without_its_command_post_fights_on_alone() -> None:
    played = stories.play("post-lost")
    lost_s = first_s(played, codes.EVENT_POST_LOST)
    assert played.state.own.post_alive[0] == 0
    assert played.state.own.unit["is_autonomous"][0] == 1
    own_picture = 1 + 0  # one post, then the unit's own
    jet = played.names.threats.index("jet-01")
    firm = stories.events(played, codes.EVENT_TRACK_FIRM, a=own_picture, c=jet)
    assert len(firm)
    assert firm["t_s"][0] > lost_s
    rounds = stories.events(played, codes.EVENT_ROUND_LAUNCHED, c=jet)
    assert (rounds["t_s"] > firm["t_s"][0]).any()
    # nothing reaches the lost post's picture any more
    late = stories.events(played, codes.EVENT_TRACK_FIRM, a=PICTURE_OF_POST)
    assert not (late["t_s"] > lost_s + 2.0).any()
    assert codes.WHY_ENGAGED in stories.reasons(played, "jet-01")


def test_a_fire_unit_without_its_engagement_radar_is_out_of_action() -> None:
    played = stories.play("radar-lost")
    i_radar = int(played.world.units.i_radar[0])
    assert played.state.own.radar["is_alive"][i_radar] == 0
    asset = next(
        j for j in range(len(played.names.assets))
        if played.world.assets.kind[j] == codes.ASSET_RADAR and played.world.assets.i_of[j] == i_radar
    )  # fmt: skip
    lost_s = float(played.truth.asset["lost_s"][asset])
    assert lost_s < 60.0
    launched = stories.events(played, codes.EVENT_ROUND_LAUNCHED)
    assert not (launched["t_s"] > lost_s + 0.5).any()
    assert stories.outcome(played, "jet-01") != "killed"
    assert stories.reasons(played, "jet-01")[-1] == codes.WHY_UNIT_NOT_READY
    # the command post still sees it
    jet = played.names.threats.index("jet-01")
    assert len(stories.events(played, codes.EVENT_TRACK_FIRM, a=PICTURE_OF_POST, c=jet))


def test_a_fighter_shot_at_from_afar_turns_away() -> None:
    played = stories.play("turn-away")
    turned_s = first_s(played, codes.EVENT_TURNED_AWAY, a=0)
    lit_s = first_s(played, codes.EVENT_ACQUIRED)  # tracked by the engagement radar: what a warning receiver hears
    assert 5.0 - 0.5 <= turned_s - lit_s <= 7.0
    assert stories.outcome(played, "fighter-01") in ("airborne", "left", "killed")
    threat = played.truth.threat[0]
    assert threat["is_away"] == 1
    away = sum(
        (threat[f"{k}_m"] - getattr(played.world.units, f"{k}_m")[0]) * threat[f"v{k}_mps"] for k in "xyz"
    )
    assert away > 0.0
    # the first rounds were to meet it as it came; chasing takes them much longer, if they arrive at all
    first = stories.events(played, codes.EVENT_ROUND_LAUNCHED)[:2]
    for event in first:
        shot = played.log.shot[int(event["b"])]
        assert not shot["intercept_s"] - shot["launch_s"] < float(event["value"]) + 15.0


def test_two_units_that_look_the_same_way_share_the_raid() -> None:
    played = stories.play("two-units")
    shots = played.log.shot
    assert set(shots["i_unit"]) == {0, 1}
    assert len(set(shots["i_threat"]) - {-1}) == 6
    assert played.log.total[state.TOTAL_DUPLICATES] == 0.0
    # far out there is time to look and shoot again: never two units at one threat at the same time
    end_s = np.where(np.isfinite(shots["intercept_s"]), shots["intercept_s"], played.duration_s)
    for i in range(shots.size):
        for j in range(i):
            if shots["i_threat"][i] == shots["i_threat"][j] and shots["i_unit"][i] != shots["i_unit"][j]:
                assert shots["launch_s"][i] >= end_s[j] or shots["launch_s"][j] >= end_s[i]


def test_hold_fire_is_kept_to_the_end() -> None:
    played = stories.play("hold-fire")
    assert played.log.shot.size == 0
    assert stories.outcome(played, "jet-01") == "leaked"
    assert stories.is_in_order(stories.reasons(played, "jet-01"), codes.WHY_DOCTRINE, codes.WHY_LEAKED)
    assert played.rounds_left.sum() == 8


COLUMN = """duration: 420 s
environment: {ground_elevation: 900 m}
systems:
  - name: Guard
    system: s400-fire-unit
    place: {lat: 39.9, lon: 32.85}
    elevation: 900 m
    first_boresight: 180
    boresight_spacing: 0
    antenna_mast: 24 m
    doctrine: {mode: shoot_look_shoot, salvo: 2}
raid:
  - name: cruise
    threat: tomahawk
    count: 8
    interval: 2 s
    spacing: {lateral: 500 m}
    route: [{bearing: 180, distance: 85 km, agl: 50 m}]
    aim: Guard
"""


def test_in_a_column_every_round_takes_its_own() -> None:
    """550 m apart, the leader comes into reach of every seeker first; channels look for targets of their own."""
    scenario, catalogue = stories.read_story(COLUMN)
    for run in range(3):
        played = runner.play(scenario, catalogue, 1, run)
        assert (played.truth.threat["status"][:8] == codes.KILLED).all()
        assert played.log.shot.size <= 22  # two each, and a few more for tracks that were crossed


@pytest.mark.parametrize("name", sorted(stories.STORIES))
def test_every_story_tells_its_events_in_bounds_and_its_ladders_without_gap(name: str) -> None:
    played = stories.play(name)
    table = played.log.event
    assert np.isfinite(table["t_s"]).all()
    assert (table["t_s"] >= 0.0).all() and (table["t_s"] <= played.duration_s + 1e-9).all()
    for i in range(played.names.n_raid):
        for steps in (ladders.unit_ladder(played, i, 0), ladders.threat_ladder(played, i)):
            start_s, end_s = ladders.life_of(played, i) or (0.0, 0.0)
            assert steps[0].start_s == start_s and steps[-1].end_s == end_s
            for one, other in pairwise(steps):
                assert one.end_s == other.start_s


_UNCOMPILED = """
import pickle, sys
from pathlib import Path
import numba, numpy
assert numba.config.DISABLE_JIT
from parapet.engine import runner
from parapet.engine.policy import policies
from tests.engine import stories
made = pickle.loads(Path(sys.argv[1]).read_bytes())
made.world = made.world._replace(policies=policies())
battle, log = stories.new(made)
runner.advance(made.world, battle, log, 1, 0, made.world.clock.n_ticks)
columns = {}
for name, table in zip(log._fields, log, strict=True):
    for column in table.dtype.names or ("",):
        columns[f"{name}.{column}"] = numpy.asarray(table[column] if column else table)
numpy.savez(sys.argv[2], **columns)
"""


@pytest.mark.parametrize("name", ["jet", "skimmer"])
def test_compilation_off_tells_the_same_story(name: str, tmp_path: Path) -> None:
    """The same events in the same order, numbers to a relative 1e-9 (some 180 times slower)."""
    made = stories.compiled(stories.STORIES[name])
    world, told = tmp_path / "world.pickle", tmp_path / "log.npz"
    plain = dataclasses.replace(made, world=made.world._replace(policies=()))  # addresses stay in their process
    world.write_bytes(pickle.dumps(plain))
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", _UNCOMPILED, str(world), str(told)], cwd=ROOT, env=environment, capture_output=True,
        text=True, timeout=3000,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    _, log = stories.fight(made)
    assert log.count[0] > 20
    with np.load(told) as slow:
        for table_name, table in zip(log._fields, log, strict=True):
            for column in table.dtype.names or ("",):
                one = np.asarray(table[column] if column else table)
                two = slow[f"{table_name}.{column}"]
                if one.dtype.kind == "f":
                    np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-6, err_msg=column)
                else:
                    np.testing.assert_array_equal(two, one, err_msg=column)
