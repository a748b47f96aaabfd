"""Flight: threats keep time, place and height, rounds arrive when and where tables say, settling is in order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pymap3d
import pytest
from geographiclib.geodesic import Geodesic
from tests.engine import doors, naive, stories, worlds
from tests.engine.doors import ask

from parapet.engine import codes, state
from parapet.engine.compile import Compiled
from parapet.physics import motion

NOBODY = """duration: {duration} s
assets:
  - {{name: Town, value: 5, radius: 500 m, hardness: soft, place: {{lat: 40.0, lon: 32.0}}, elevation: 0 m}}
raid:
  - name: one
    threat: {threat}
    {way}
    aim: Town
"""


def undefended(threat: str, way: str, duration: int) -> Compiled:
    return stories.compiled(NOBODY.format(threat=threat, way=way, duration=duration))


def geodetic(row: Any) -> tuple[float, float, float]:
    lat, lon, height = pymap3d.ecef2geodetic(row["x_m"], row["y_m"], row["z_m"])
    return float(lat), float(lon), float(height)


def test_a_straight_flight_keeps_speed_course_and_height() -> None:
    """After 100 s at 250 m/s from 120 km: 95 km to go on the geodesic, still at 9 km."""
    way = "speed: 250 m/s\n    route: [{bearing: 40, distance: 120 km, altitude: 9 km}]"
    made = undefended("generic-target", way, 100)
    battle, _ = stories.fight(made)
    lat, lon, height = geodetic(battle.truth.threat[0])
    line = Geodesic.WGS84.Inverse(40.0, 32.0, lat, lon)
    # 250 m/s over the ground, flown 9 km above it
    flown_m = 120e3 - line["s12"]
    assert 0.998 * 25e3 / (1.0 + 9e3 / 6.37e6) < flown_m < 1.002 * 25e3
    assert line["azi1"] % 360.0 == pytest.approx(40.0, abs=0.05)
    assert height == pytest.approx(9e3, abs=5.0)


def test_a_low_flyer_arrives_on_time_at_its_aim() -> None:
    made = undefended("som", "speed: 250 m/s\n    route: [{bearing: 200, distance: 40 km, agl: 60 m}]", 180)
    battle, log = stories.fight(made)
    threat = battle.truth.threat[0]
    assert threat["status"] == codes.LEAKED
    assert threat["end_s"] == pytest.approx(160.0, abs=2.0)
    # it aims a little beside the middle of the town, by its circular error
    aim = naive.vector(threat, "aim_")
    town = naive.asset_at(made.world.assets, 0)
    assert np.linalg.norm(aim - town) < 6.0 * float(made.world.threats.circular_error_m[0]) + 1.0
    assert (log.event["code"][: log.count[0]] == codes.EVENT_ASSET_DAMAGED).any()


def test_a_scud_falls_where_it_was_aimed_after_five_minutes() -> None:
    """300 km class: about 5 minutes, apogee 75 to 95 km, down within its own scatter (here five circular errors)."""
    made = undefended("scud-b", "launch: {bearing: 0, distance: 280 km}", 400)
    battle, log = stories.new(made)
    apogee_m = 0.0
    for stop in range(4, made.world.clock.n_ticks + 1, 4):
        stories.runner.advance(made.world, battle, log, 1, 0, stop)
        apogee_m = max(apogee_m, float(battle.truth.threat["height_m"][0]))
    threat = battle.truth.threat[0]
    assert threat["status"] == codes.LEAKED
    assert 240.0 < threat["end_s"] < 360.0
    assert 70e3 < apogee_m < 95e3
    town = naive.asset_at(made.world.assets, 0)
    hit = naive.vector(threat, "aim_")
    assert np.linalg.norm(hit - town) < 5.0 * float(made.world.threats.circular_error_m[0]) + 200.0


def test_wind() -> None:
    """A Scud in 40 m/s from the west falls where another integrator, told the wind as such, lets it fall; elsewhere in calm."""
    made = undefended("scud-b", "launch: {bearing: 0, distance: 280 km}", 400)
    air = made.world.air._replace(
        has_wind=1, wind_height_m=worlds.frozen([0.0]), wind_east_mps=worlds.frozen([40.0]), wind_north_mps=worlds.frozen([0.0])
    )
    world = made.world._replace(air=air)
    battle, _ = stories.new(made)
    stories.runner.advance(world, battle, stories.new(made)[1], 1, 0, 600)
    row = battle.truth.threat[0]
    start = [float(row[key]) for key in ("x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps")]
    stories.runner.advance(world, battle, stories.new(made)[1], 1, 0, world.clock.n_ticks)
    assert row["status"] == codes.LEAKED
    drag = 1.0 / float(world.threats.coefficient_kgpm2[0])
    ends = []
    for speed in (40.0, 0.0):
        state, floor = list(start), float(row["aim_height_m"])
        while pymap3d.ecef2geodetic(*state[:3])[2] > floor:
            lon = math.atan2(state[1], state[0])
            east = (-math.sin(lon) * speed, math.cos(lon) * speed, 0.0)
            before = state
            state = list(motion.point_mass_step(*state, 0.0, 0.0, 0.0, drag, *east, 0.05))
        high, low = (pymap3d.ecef2geodetic(*at[:3])[2] - floor for at in (before, state))
        share = high / (high - low)
        ends.append(np.array([a + share * (b - a) for a, b in zip(before[:3], state[:3], strict=True)]))
    hit = naive.vector(row, "aim_")
    drift_m = float(np.linalg.norm(ends[0] - ends[1]))
    assert 100.0 < drift_m < 3000.0
    assert np.linalg.norm(hit - ends[0]) < 0.02 * drift_m + 5.0


def test_a_weave_is_a_weave() -> None:
    """Lateral acceleration of 3 g, period 20 s: some metres per second of side speed, back and forth."""
    way = "speed: 250 m/s\n    route: [{bearing: 0, distance: 60 km, altitude: 7 km}]"
    way += "\n    behaviour: {weave: {load: 3 g, period: 20 s}}"
    made = undefended("f-16c-block-70", way, 80)
    battle, log = stories.new(made)
    side = []
    for stop in range(1, made.world.clock.n_ticks + 1):
        stories.runner.advance(made.world, battle, log, 1, 0, stop)
        threat = battle.truth.threat[0]
        lat, lon, _ = geodetic(threat)
        line = Geodesic.WGS84.Inverse(40.0, 32.0, lat, lon)
        side.append(math.sin(math.radians(line["azi1"])) * line["s12"])
    swing = np.array(side)
    turns = int((np.diff(np.sign(np.diff(swing))) != 0).sum())
    assert 6 <= turns <= 9  # 80 s of a 20 s period
    # amplitude of a 3 g square or sine of this period: a few hundred metres
    assert 100.0 < swing.max() - swing.min() < 2500.0


def test_between_ticks_the_target_is_on_its_path() -> None:
    made = stories.compiled(stories.STORIES["jet"])
    battle, log = stories.new(made)
    row = battle.truth.threat

    def at(share: float) -> tuple[float, ...]:
        return ask(made.world, battle, log, doors.TARGET_AT, 0, now_s=share, delay_s=0.25)[:6]

    a, b = np.array([10.0, -5.0, 3.0]), np.array([260.0, 20.0, -4.0])
    v, w = np.array([1000.0, 90.0, 10.0]), np.array([1000.0, 110.0, -60.0])
    for k, axis in enumerate("xyz"):
        row[0][f"{axis}0_m"], row[0][f"{axis}_m"] = a[k], b[k]
        row[0][f"v{axis}0_mps"], row[0][f"v{axis}_mps"] = v[k], w[k]
    assert at(0.0) == pytest.approx((*a, *v))
    assert at(1.0) == pytest.approx((*b, *w))
    h = 1e-6
    near = np.array(at(h)[:3])
    assert (near - a) / (h * 0.25) == pytest.approx(v, rel=1e-3)


def test_a_round_looks_for_the_nearest_living_threat_in_its_basket() -> None:
    made = stories.compiled(stories.MIXED)
    battle, log = stories.new(made)
    rng = np.random.default_rng(6)
    middle = worlds.at_distance(30e3, 0.4, 5e3, worlds.SITE)
    one = battle.own.round[0]
    one["i_interceptor"] = made.names.interceptors.index("48n6e3")
    for trial in range(40):
        for i in range(battle.truth.threat.size):
            worlds.place(battle, i, middle + rng.normal(0.0, 300.0, 3), np.array([1.0, 2.0, 3.0]))
            battle.truth.threat[i]["status"] = int(rng.choice([codes.FLYING, codes.FLYING, codes.KILLED]))
        away = middle + rng.normal(0.0, 3000.0, 3)
        for k, axis in enumerate("xyz"):
            one[f"est_{axis}_m"] = middle[k]
            one[f"{axis}_m"] = away[k]
        view_rad = float(made.world.interceptors.seeker_view_rad[one["i_interceptor"]])
        basket = 300.0 + view_rad * float(np.linalg.norm(middle - away))
        got = int(ask(made.world, battle, log, doors.FIND_TARGET)[0])
        assert got == naive.nearest_threat(battle.truth.threat, middle, basket), trial


def test_rounds_meet_their_targets_when_planning_said() -> None:
    """Time of flight of the battle against the fly-out table's, for targets that fly straight."""
    played = stories.play("two-units")
    launched = stories.events(played, codes.EVENT_ROUND_LAUNCHED)
    ratios = []
    for event in launched:
        shot = played.log.shot[int(event["b"])]
        if np.isfinite(shot["miss_m"]):
            ratios.append((shot["intercept_s"] - shot["launch_s"]) / float(event["value"]))
    assert len(ratios) >= 6
    assert np.median(ratios) == pytest.approx(1.0, abs=0.08)
    assert min(ratios) > 0.85 and max(ratios) < 1.2


def test_the_first_to_arrive_is_settled_first() -> None:
    """Two rounds pass one target in one tick; whoever is first kills, the other finds a dead target."""
    made = stories.compiled(stories.STORIES["jet"])
    world = made.world
    sure = state.changed(
        world.interceptors,
        p_reliability=worlds.frozen([1.0]),
        lethal_radius_m=worlds.frozen(np.full((1, 3), 1e9)),
        p_kill_inside=worlds.frozen(np.ones((1, 3))),
    )
    world = world._replace(interceptors=sure)
    battle, log = stories.new(made)
    worlds.place(battle, 0, worlds.at_distance(50e3, 0.0, 9e3, worlds.SITE), np.array([1.0, 0.0, 0.0]))
    battle.truth.threat[0]["status"] = codes.FLYING
    battle.truth.threat[0]["end_s"] = np.inf
    log.count[1] = 2
    for r, end_s in ((0, 10.2), (1, 10.1)):
        one = battle.own.round[r]
        one["status"] = codes.ROUND_ARRIVED
        one["i_shot"], one["i_target"], one["i_nth"] = r, 0, r
        one["end_s"], one["miss_m"] = end_s, 1.0
        one["holds_channel"] = 1
        one["serial"] = 1
    battle.own.round_top[0] = 2
    battle.own.unit["n_missiles"][0] = 2
    battle.own.channel["serial"][0] = 1
    battle.own.channel["n_flying"][0] = 2
    ask(world, battle, log, doors.SETTLE, 40)
    assert log.shot["outcome"][:2].tolist() == [codes.SHOT_DEAD_TARGET, codes.SHOT_KILLED]
    assert battle.truth.threat["status"][0] == codes.KILLED
    assert battle.truth.threat["end_s"][0] == 10.1
    assert log.score["i_killer"][0] == 1
    assert battle.own.unit["n_missiles"][0] == 0
    assert battle.own.channel["n_flying"][0] == 0
    assert (battle.own.round["status"] == codes.ROUND_FREE).all()


def test_a_threat_that_has_arrived_before_the_round_cannot_be_killed_any_more() -> None:
    made = stories.compiled(stories.STORIES["jet"])
    battle, log = stories.new(made)
    threat = battle.truth.threat[0]
    worlds.place(battle, 0, worlds.at_distance(100.0, 0.0, 10.0, worlds.SITE), np.array([1.0, 0.0, 0.0]))
    threat["status"], threat["end_s"] = codes.FLYING, 10.05
    battle.own.round_top[0] = 1
    one = battle.own.round[0]
    one["status"], one["i_shot"], one["i_target"] = codes.ROUND_ARRIVED, 0, 0
    one["end_s"], one["miss_m"] = 10.15, 0.0
    log.count[1] = 1
    ask(made.world, battle, log, doors.SETTLE, 40)
    assert log.shot["outcome"][0] == codes.SHOT_DEAD_TARGET
    assert threat["status"] == codes.LEAKED


def test_a_hit_on_a_large_town_takes_a_share_of_it() -> None:
    made = stories.compiled(stories.STORIES["scud"])
    world = made.world
    battle, log = stories.new(made)
    threat = battle.truth.threat[0]
    threat["status"], threat["end_s"] = codes.FLYING, 0.1
    for axis in "xyz":
        threat[f"aim_{axis}_m"] = getattr(world.assets, f"{axis}_m")[0]
    ask(world, battle, log, doors.SETTLE, 0)
    share = float(world.threats.lethal_radius_m[0]) / 500.0
    assert battle.truth.asset["health"][0] == pytest.approx(1.0 - share * float(world.threats.p_destroy[0, 0]))
    assert battle.truth.asset["n_hits"][0] == 1
