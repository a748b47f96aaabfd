"""Command: who is hostile, what is threatened, who gets a channel, who fires. Naive twins on random small worlds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.engine import doors, naive, stories, worlds
from tests.engine.doors import ask

from parapet.engine import codes, command, state
from parapet.engine.compile import Compiled

SITE = (math.radians(40.0), math.radians(32.0), 0.0)

SCENE = """duration: 60 s
assets:
  - {name: Town, value: 300, radius: 500 m, hardness: soft, place: {lat: 40.2, lon: 32.1}, elevation: 0 m}
  - {name: Port, value: 3, radius: 500 m, hardness: soft, place: {lat: 39.9, lon: 32.4}, elevation: 0 m}
systems:
  - name: Guard
    system: s400-turkiye-2
    place: {lat: 40.0, lon: 32.0}
    elevation: 0 m
    boresights: [0, 90]
    launchers: 4
    loads: {48n6e3: 8}
    fire_unit_offsets: [{bearing: 0, distance: 2 km}, {bearing: 90, distance: 3 km}]
raid: []
"""


@pytest.fixture(scope="module")
def scene() -> Compiled:
    return stories.compiled(SCENE)


def put_track(battle: state.State, i: int, x: Any, v: Any, now_s: float, kind: int = codes.CLASS_AIR) -> Any:
    """A firm search track of the command post's picture, known since long."""
    track = battle.belief.track[0, i]
    track["status"] = codes.TRACK_FIRM
    track["number"] = i
    battle.belief.number[0] = max(int(battle.belief.number[0]), i + 1)
    for k, axis in enumerate("xyz"):
        track[f"{axis}_m"] = x[k]
        track[f"begun_{axis}_m"] = x[k]
        track[f"v{axis}_mps"] = v[k]
    track["cov"][[0, 6, 11]] = 100.0
    track["cov"][[15, 18, 20]] = 4.0
    track["t_s"] = now_s
    track["firm_s"] = now_s - 60.0
    track["hit_s"] = now_s
    track["revisit_s"] = 5.0
    track["class"] = kind
    track["label"] = -1
    track["p_survive"] = 1.0
    return track


def inbound(rng: Any, n: int) -> list[tuple[Any, Any]]:
    """Places and velocities of aircraft that fly about towards the scene."""
    rows = []
    for _ in range(n):
        bearing = rng.uniform(-0.9, 2.4)
        x = worlds.at_distance(rng.uniform(40e3, 140e3), bearing, rng.uniform(1e3, 12e3), SITE)
        goal = worlds.at_distance(rng.uniform(0.0, 40e3), rng.uniform(0.0, 6.28), 5e3, SITE)
        rows.append((x, (goal - x) / np.linalg.norm(goal - x) * rng.uniform(150.0, 400.0)))
    return rows


def test_an_air_track_threatens_what_it_flies_towards(scene: Compiled) -> None:
    rng = np.random.default_rng(4)
    battle, log = stories.new(scene)
    rows = inbound(rng, 24)
    for i, (x, v) in enumerate(rows):
        put_track(battle, i, x, v, 10.0)
    ask(scene.world, battle, log, doors.EVALUATE, now_s=12.5)
    for i in range(len(rows)):
        track = battle.belief.track[0, i]
        value, asset, when = naive.air_value(scene.world.assets, track, 12.5)
        assert track["value"] == pytest.approx(value, rel=1e-9)
        assert track["i_asset"] == asset
        assert track["time_to_go_s"] == pytest.approx(when, rel=1e-9, abs=1e-6)


def test_a_track_that_flies_at_the_town_threatens_the_town(scene: Compiled) -> None:
    battle, log = stories.new(scene)
    town = naive.asset_at(scene.world.assets, scene.names.assets.index("Town"))
    x = worlds.at_distance(80e3, 0.3, 9e3, SITE)
    up = x / np.linalg.norm(x)
    level = town - x - up * float((town - x) @ up)
    track = put_track(battle, 0, x, level / np.linalg.norm(level) * 300.0, 1.0)
    ask(scene.world, battle, log, doors.EVALUATE, now_s=1.0)
    assert scene.names.assets[int(track["i_asset"])] == "Town"
    assert track["value"] == pytest.approx(300.0, rel=0.02)
    assert track["time_to_go_s"] == pytest.approx(np.linalg.norm(level) / 300.0, rel=0.01)


def test_identity_is_by_rule(scene: Compiled) -> None:
    battle, log = stories.new(scene)

    def is_hostile(i: int, **rules: Any) -> bool:
        changed = {name: worlds.frozen([value, value]) for name, value in rules.items()}
        world = scene.world._replace(units=state.changed(scene.world.units, **changed))
        return ask(world, battle, log, doors.IS_HOSTILE, i, 0, now_s=1.0)[0] > 0.0

    x = worlds.at_distance(60e3, 0.0, 5e3, SITE)
    put_track(battle, 0, x, worlds.ecef_vector(0.0, -80.0, 0.0, SITE), 1.0)
    put_track(battle, 1, x, worlds.ecef_vector(300.0, 0.0, 0.0, SITE), 1.0)
    put_track(battle, 2, x, worlds.ecef_vector(0.0, -80.0, 0.0, SITE), 1.0, codes.CLASS_BALLISTIC)
    ask(scene.world, battle, log, doors.EVALUATE, now_s=1.0)
    assert is_hostile(0) and is_hostile(1)
    assert not is_hostile(0, hostile_speed_mps=100.0)
    assert not is_hostile(1, hostile_radius_m=100.0)
    assert is_hostile(1, hostile_speed_mps=100.0)
    assert is_hostile(2, hostile_speed_mps=100.0)
    # 5 km high, first seen in the north
    assert is_hostile(0, hostile_low_m=4000.0, hostile_high_m=6000.0)
    assert not is_hostile(0, hostile_low_m=6000.0)
    assert not is_hostile(0, hostile_high_m=4000.0)
    assert is_hostile(0, hostile_from_rad=math.radians(300.0), hostile_width_rad=math.radians(90.0))
    assert not is_hostile(0, hostile_from_rad=math.radians(10.0), hostile_width_rad=math.radians(90.0))
    assert is_hostile(2, hostile_high_m=4000.0)


@pytest.mark.parametrize("seed", range(4))
def test_channels_go_where_the_naive_twin_puts_them(scene: Compiled, seed: int) -> None:
    rng = np.random.default_rng(seed)
    battle, log = stories.new(scene)
    world, now_s = scene.world, 100.0
    for i, (x, v) in enumerate(inbound(rng, 16)):
        put_track(battle, i, x, v, now_s - rng.uniform(0.0, 3.0))
    battle.own.unit["n_channels"] = [6, 7]  # four and three of ten are free
    first = scene.sizes.n_channels_max
    battle.own.channel["status"][:6] = codes.CHANNEL_TRACKING
    battle.own.channel["status"][first : first + 7] = codes.CHANNEL_TRACKING
    ask(world, battle, log, doors.EVALUATE, now_s=now_s)
    wanted = naive.engagements(world, battle, log, now_s)
    assert len(wanted) >= 4
    ask(world, battle, log, doors.ASSIGN_FIRE, now_s=now_s)
    told = log.event[: log.count[0]]
    told = told[told["code"] == codes.EVENT_DESIGNATED]
    assert [(int(row["a"]), int(row["value"])) for row in told] == wanted
    assert battle.own.unit["n_channels"].sum() == 13 + len(wanted)
    assert sum(battle.belief.track[0, i]["i_engaged"] for _, i in wanted) == len(wanted)
    # whoever is left without one knows why
    left = set(range(16)) - {i for _, i in wanted}
    n_tracks = battle.belief.track.shape[1]
    for i in left:
        for u in range(2):
            assert battle.own.reason[u, i] != 0 and i < n_tracks


def test_a_channel_is_taken_and_given_back(scene: Compiled) -> None:
    battle, log = stories.new(scene)
    world = scene.world
    put_track(battle, 0, worlds.at_distance(80e3, 0.0, 9e3, SITE), worlds.ecef_vector(0.0, -250.0, 0.0, SITE), 1.0)
    def free(unit: int) -> int:
        return int(ask(world, battle, log, doors.FREE_CHANNEL, j=unit)[0])

    rows = []
    for _ in range(10):
        rows.append(free(1))
        ask(world, battle, log, doors.DESIGNATE, 0, 1, rows[-1], now_s=5.0)
    per_unit = scene.sizes.n_channels_max
    assert rows == list(range(per_unit, per_unit + 10))
    assert free(1) == -1
    assert free(0) == 0
    assert battle.own.channel["serial"][rows].tolist() == list(range(1, 11))
    assert battle.belief.track[0, 0]["i_engaged"] == 10
    ask(world, battle, log, doors.RELEASE, k=rows[3], now_s=25.0, delay_s=6.0)
    assert free(1) == rows[3]
    assert battle.own.unit["n_channels"][1] == 9
    assert battle.belief.track[0, 0]["i_engaged"] == 9
    assert battle.belief.track[0, 0]["blocked_s"] == 31.0
    assert log.total[state.TOTAL_CHANNEL_TIME] == 20.0


def test_the_fullest_launcher_fires(scene: Compiled) -> None:
    rng = np.random.default_rng(8)
    battle, log = stories.new(scene)
    for _ in range(40):
        battle.own.rounds_left[:, 0] = rng.integers(0, 4, battle.own.rounds_left.shape[0])
        battle.own.launcher["free_s"] = rng.uniform(0.0, 20.0, battle.own.launcher.size)
        battle.own.launcher["is_alive"] = rng.integers(0, 2, battle.own.launcher.size)
        for u in (0, 1):
            got = int(ask(scene.world, battle, log, doors.READY_LAUNCHER, 0, u, 0, 10.0)[0])
            assert got == naive.fullest_launcher(scene.world, battle, u, 0, 10.0)


def test_an_empty_launcher_is_reloaded_once(scene: Compiled) -> None:
    battle, log = stories.new(scene)
    world = scene.world
    wait_s = float(world.launchers.reload_s[0])
    battle.own.rounds_left[0] = 0
    ask(world, battle, log, doors.KEEP_LAUNCHERS, now_s=10.0)
    assert battle.own.rounds_left[0].sum() == 0
    ask(world, battle, log, doors.KEEP_LAUNCHERS, now_s=9.0 + wait_s)
    assert battle.own.rounds_left[0].sum() == 0
    ask(world, battle, log, doors.KEEP_LAUNCHERS, now_s=10.0 + wait_s)
    assert (battle.own.rounds_left[0] == world.reload[0]).all()
    assert battle.own.launcher["n_reloads"][0] == 0
    battle.own.rounds_left[0] = 0
    for later in (1.0, 2.0, 3.0):
        ask(world, battle, log, doors.KEEP_LAUNCHERS, now_s=20.0 + later * wait_s)
    assert battle.own.rounds_left[0].sum() == 0
    assert (log.event["code"][: log.count[0]] == codes.EVENT_RELOADED).sum() == 1


def test_a_predicted_intercept_is_where_both_arrive(scene: Compiled) -> None:
    world = scene.world
    battle, log = stories.new(scene)
    rng = np.random.default_rng(3)
    n_solved = 0
    for x, v in inbound(rng, 20):
        put_track(battle, 0, x, v, 50.0)
        why, time_s, *point = ask(world, battle, log, doors.SOLVE_INTERCEPT, now_s=50.0, delay_s=4.0)[:5]
        if why != 0:
            continue
        n_solved += 1
        # the target is there then (straight and level, a few tens of metres of earth's curve per minute)
        drop_m = 0.5 * float(v @ v) * time_s**2 / 6.3e6
        assert np.linalg.norm(np.array(point) - (x + v * time_s)) < drop_m + 50.0
        # and a round needs just the rest of the time
        flight_s, speed_mps, _ = ask(world, battle, log, doors.ARRIVAL, numbers=np.array(point))[:3]
        assert 4.0 + flight_s == pytest.approx(time_s, abs=0.2)
        assert speed_mps >= world.interceptors.arrival_speed_min_mps[0]
    assert n_solved >= 6


def test_what_is_still_too_far_is_met_where_it_comes_within_reach(scene: Compiled) -> None:
    """A target beyond the reach of every round now, that flies in: the meeting lies inside, as far out as can be."""
    world = scene.world
    battle, log = stories.new(scene)
    reach_m = float(world.interceptors.range_air_m[0])
    n_met = n_early = 0
    for far_m in np.linspace(reach_m + 5e3, reach_m + 120e3, 12):
        x = worlds.at_distance(far_m, 0.5, 10e3, SITE)
        to = worlds.at_distance(far_m - 1e3, 0.5, 10e3, SITE) - x
        v = 250.0 * to / np.linalg.norm(to)
        put_track(battle, 0, x, v, 50.0)
        why, time_s, *point = ask(world, battle, log, doors.SOLVE_INTERCEPT, now_s=50.0, delay_s=4.0)[:5]
        if why != 0:
            n_early += 1
            continue
        n_met += 1
        drop_m = 0.5 * float(v @ v) * time_s**2 / 6.3e6
        assert np.linalg.norm(np.array(point) - (x + v * time_s)) < drop_m + 50.0
        flight_s, _, _ = ask(world, battle, log, doors.ARRIVAL, numbers=np.array(point))[:3]
        assert 4.0 + flight_s == pytest.approx(time_s, abs=0.2)
        site = np.array([world.units.x_m[0], world.units.y_m[0], world.units.z_m[0]])
        assert np.linalg.norm(np.array(point) - site) < reach_m
        assert n_early == 0  # once it would be met beyond the published reach, it is too early, and stays so
    assert n_met >= 2 and n_early >= 3


def test_a_reserve_is_kept(scene: Compiled) -> None:
    battle, log = stories.new(scene)
    kept = scene.world._replace(units=state.changed(scene.world.units, reserve=worlds.frozen([3, 3], np.int64)))

    def n_ready(world: state.World) -> int:
        return int(ask(world, battle, log, doors.N_ROUNDS_READY)[0])

    assert n_ready(scene.world) == 8
    assert n_ready(kept) == 5
    battle.own.launcher["is_alive"][0] = 0
    assert n_ready(kept) == 5 - int(battle.own.rounds_left[0, 0])


def test_no_argument_of_command_or_guidance_is_the_truth() -> None:
    import inspect

    from parapet.engine import flight, prediction

    guided = [getattr(flight, name) for name in ("steer", "guide", "homing_command", "falling_point")]
    thinking = [f for module in (command, prediction) for f in vars(module).values() if hasattr(f, "py_func")]
    for function in thinking + guided:
        names = set(inspect.signature(getattr(function, "py_func", function)).parameters)
        assert not names & {"truth", "threat", "threats"}, function
