"""The closed form against tables of queueing theory, the binomial, and the order of magnitude of battles."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parapet.analysis.play import load
from parapet.engine import runner
from parapet.engine.compile import compile_scenario
from parapet.physics import lethality
from parapet.scenario.raid import raid_members
from parapet.scenario.read import read_text
from parapet.study import beside, windows
from parapet.study import estimate as closed
from parapet.study.statistics import Estimate
from parapet.study.timetable import Battery, timetable

ROOT = Path(__file__).resolve().parents[2]

IDEAL = """parapet: 1
title: Perfect parts
duration: {duration} s
catalogue_overrides:
  interceptors.ideal-interceptor.p_kill: {p_kill}
  systems.ideal-system.fire_units.n_target_channels: {channels}
  systems.ideal-system.fire_units.n_missile_channels: {missiles}
systems:
  - name: Ideal
    system: ideal-system
    place: {{lat: 40.0, lon: 32.0}}
    elevation: 0 m
    boresights: [0]
    launchers: 40
    loads: {{ideal-interceptor: {rounds}}}
    doctrine: {{mode: {mode}, salvo: {salvo}, min_p_kill: 0}}
raid:
  - name: target
    threat: generic-target
    count: {count}
    speed: 250 m/s
    interval: {interval} s
    route: [{{bearing: {bearing}, distance: {distance} km, altitude: 9 km}}]
    aim: Ideal
"""


def ideal(tmp_path: Path, **changes: Any) -> closed.ClosedForm:
    values = {
        "duration": 800, "p_kill": 0.8, "rounds": 100, "mode": "salvo", "salvo": 1, "count": 10, "distance": 28,
        "channels": 24, "missiles": 48, "interval": 0, "bearing": 0,
    } | changes  # fmt: skip
    file = tmp_path / "ideal.yaml"
    file.write_text(IDEAL.format(**values), encoding="utf-8")
    scenario, catalogue, _ = load(file)
    return closed.estimate(scenario, catalogue)


def example(name: str) -> closed.ClosedForm:
    scenario, catalogue, _ = load(ROOT / f"examples/{name}.yaml")
    return closed.estimate(scenario, catalogue)


@pytest.mark.parametrize(
    ("offered", "n_channels", "table"),
    [
        (4.0, 4, 0.31068),
        (8.0, 12, 0.051406),
        (1.0, 1, 0.5),
        (10.0, 20, 0.00187),
        (2.0, 0, 1.0),
        (0.0, 3, 0.0),
    ],
)
def test_erlang_table(offered: float, n_channels: int, table: float) -> None:
    assert closed.erlang_b(offered, n_channels) == pytest.approx(table, abs=5e-6)
    assert closed.erlang_b(offered, n_channels) == pytest.approx(
        lethality.erlang_b(offered, n_channels), rel=1e-12
    )


def test_binomial() -> None:
    assert closed.binomial_leakage(10, 0.7, 2) == pytest.approx(0.9)
    assert closed.binomial_leakage(200, 0.5, 3) == pytest.approx(25.0)


def test_shoot_look_shoot() -> None:
    assert closed.salvo_shots(0.8, 1, 2) == pytest.approx((0.96, 1.2, 1.2))
    assert closed.salvo_shots(0.5, 2, 2) == pytest.approx((0.9375, 2.5, 1.25))
    assert closed.salvo_shots(0.0, 2, 3) == (0.0, 6.0, 3.0)
    assert closed.salvo_shots(0.8, 2, 0) == (0.0, 0.0, 0.0)
    p, shots, _ = closed.salvo_shots(0.3, 1, 5)
    assert (p, shots) == pytest.approx(lethality.shoot_look_shoot(0.3, 5))


@pytest.mark.parametrize(("salvo", "p_kill"), [(1, 0.8), (2, 0.7)])
def test_perfect_battles_are_the_binomial(tmp_path: Path, salvo: int, p_kill: float) -> None:
    """The battles of ``test_closed_forms.test_independent_shots_leak_as_the_binomial_says``."""
    found = ideal(tmp_path, salvo=salvo, p_kill=p_kill, rounds=10 * salvo)
    assert found.expected_leakers == pytest.approx(10 * (1 - p_kill) ** salvo)
    assert found.p_no_leaker == pytest.approx(lethality.p_no_leaker(10, salvo, p_kill))
    system = found.systems[0]
    assert system.rounds_wanted == system.rounds_fired == pytest.approx(10 * salvo) and not system.is_dry


def test_magazine(tmp_path: Path) -> None:
    """Rounds for six of ten: the other four leak for sure."""
    found = ideal(tmp_path, rounds=6)
    assert found.expected_leakers == pytest.approx(4 + 6 * 0.2)
    assert any("magazine" in reason for reason in found.reasons)
    assert not any("magazine" in reason for reason in ideal(tmp_path).reasons)


def window(launch_s: list[float], meet_s: list[float], p_kill: float = 1.0, units: int = 1) -> windows.Window:
    return windows.Window(
        launch_s[0], launch_s[-1], meet_s[0] - launch_s[0], len(launch_s), p_kill, frozenset(range(units)),
        np.array(launch_s), np.array(meet_s),
    )  # fmt: skip


def test_timetable_without_patience_is_erlangs_loss_system() -> None:
    """Threats at random times that can be met at once or never, each 30 s on one of 6 channels, 4.5 at a time."""
    arrivals = np.cumsum(np.random.default_rng(7).exponential(30.0 / 4.5, 20_000))
    raid = [window([t], [t + 30.0]) for t in arrivals]
    endless = Battery([6], [math.inf], 0.0, 0.0, 1)
    found = timetable(endless, raid, np.ones(len(raid)))
    assert 1.0 - found.engaged.mean() == pytest.approx(closed.erlang_b(4.5, 6), abs=0.01)
    assert found.rounds == pytest.approx(found.engaged.sum())


def test_timetable_of_one_threat_is_shoot_look_shoot() -> None:
    times = [float(t) for t in range(100)]
    chance = window(times, [t + 20.0 for t in times], p_kill=0.6)
    found = timetable(Battery([1], [100.0], 5.0, 10.0, 2), [chance], np.ones(1))
    n_chances = 4  # launches at 0, 30, 60 and 90 s
    p, rounds, _ = closed.salvo_shots(0.6, 2, n_chances)
    assert found.alive[0] == pytest.approx(1.0 - p) and found.rounds == pytest.approx(rounds)
    once = timetable(Battery([1], [100.0], 5.0, 10.0, 2, is_once=True), [chance], np.ones(1))
    assert once.alive[0] == pytest.approx(0.16) and once.rounds == 2.0
    # twice the engagements for the same kills
    waste = timetable(Battery([1], [100.0], 5.0, 10.0, 2, waste=2.0, is_once=True), [chance], np.ones(1))
    assert waste.alive[0] == pytest.approx(0.16) and waste.rounds == 4.0


def test_timetable_sectors_do_not_share_their_rounds() -> None:
    left = window([0.0], [10.0])
    right = replace(left, units=frozenset([1]))
    found = timetable(Battery([9, 9], [2.0, 2.0], 0.0, 0.0, 1), [left] * 3 + [right], np.ones(4))
    assert found.alive.tolist() == pytest.approx([0.0, 0.0, 1.0, 0.0])


def test_a_burst_waits_for_channels_while_it_can(tmp_path: Path) -> None:
    """Forty at one time, four channels: four after four, as often as there is time for."""
    file = tmp_path / "ideal.yaml"
    found = ideal(tmp_path, count=40, channels=4, p_kill=1.0)
    system = found.systems[0]
    assert system.n_channels == 4 and system.n_engageable == 40
    scenario, catalogue, _ = load(file)
    entry = catalogue.systems["ideal-system"]
    defence = scenario.systems[0]
    site = (math.radians(40.0), math.radians(32.0))
    member = raid_members(scenario, catalogue)[0]
    path = windows.path_of(scenario, catalogue, member, site)
    threat = catalogue.threats["generic-target"]
    load_ = [(windows.round_of(catalogue.interceptors["ideal-interceptor"]), 100)]
    seen = windows.window_of(catalogue, defence, entry, load_, threat, path, 4.0 / 3.0)
    assert seen is not None
    n_served, free_s = 0, seen.first_launch_s - entry.si("reaction_time")
    while (able := seen.launch_s >= free_s + entry.si("reaction_time") - 1e-9).any():
        n_served += 4
        free_s = seen.meet_s[able][0] + entry.si("kill_assessment_time") + entry.si("decision_period")
    assert 4 < n_served < 40
    assert found.expected_leakers == pytest.approx(40 - n_served)
    assert system.p_blocked == pytest.approx(1.0 - n_served / 40)
    assert system.p_blocked_steady == pytest.approx(closed.erlang_b(system.offered, 4))
    compiled = compile_scenario(scenario, catalogue, "outcomes")
    leaked = runner.outcomes(compiled, 1, range(10)).mean(axis=0)[1]
    assert found.expected_leakers == pytest.approx(leaked, abs=4.0)
    assert ideal(tmp_path, count=40, channels=4, missiles=4, salvo=2).systems[0].n_channels == 2
    assert ideal(tmp_path, count=4, channels=4, p_kill=1.0).expected_leakers == 0.0  # nobody waits
    # more time between threats or more channels, fewer leakers
    assert (
        ideal(tmp_path, count=40, channels=4, p_kill=1.0, interval=10).expected_leakers
        < found.expected_leakers
    )
    assert ideal(tmp_path, count=40, channels=8, p_kill=1.0).expected_leakers < found.expected_leakers


def test_what_is_out_of_reach_leaks(tmp_path: Path) -> None:
    assert ideal(tmp_path, rounds=0).expected_leakers == 10.0
    assert ideal(tmp_path, duration=60).expected_leakers == 0.0  # 28 km at 250 m/s take 112 s: nobody arrives
    found = example("ankara")
    kalibr = next(group for group in found.groups if group.name == "kalibr")
    # at 50 m to a plant 55 km from the radar: below its horizon all the way
    assert (kalibr.n_engageable, kalibr.expected_leakers) == (0, 4.0)


def test_more_chances_at_longer_reach(tmp_path: Path) -> None:
    near, far = (ideal(tmp_path, mode="shoot_look_shoot", p_kill=0.5, distance=d) for d in (15, 60))
    assert near.groups[0].n_chances < far.groups[0].n_chances
    assert near.expected_leakers > far.expected_leakers
    assert far.expected_leakers == pytest.approx(10 * 0.5 ** far.groups[0].n_chances)


def test_flyout() -> None:
    """A round of 2 km/s after 10 s: at 2.5 km half way through the burn, at 10 km at its end, then 1.3 km/s."""

    one = windows.Round(None, 1300.0, 2000.0, 10.0, 1.0, *[0.0] * 7)  # type: ignore[arg-type]
    seconds = windows.flyout_s(one, np.array([0.0, 2500.0, 10e3, 23e3]))
    assert seconds == pytest.approx([1.0, 6.0, 11.0, 21.0])


def test_single_shot() -> None:
    """48N6E3 at a cruise missile of 250 m/s: sigma = 2 mrad x 1,750 m/s x sqrt(4 x 0.4 s x 0.02 s) = 0.626 m; 18 m."""
    _, catalogue, _ = load(ROOT / "examples/saturation.yaml")
    entry, threat = catalogue.interceptors["48n6e3"], catalogue.threats["tomahawk"]
    p = windows.single_shot_kill(entry, threat, 250.0)
    assert p == pytest.approx(0.95 / (1 + 2 * math.log(2) * (0.6261 / 18) ** 2), rel=1e-5)
    assert windows.single_shot_kill(entry, threat, 2000.0) < p
    ideal_round = catalogue.interceptors["ideal-interceptor"]
    assert windows.single_shot_kill(ideal_round, threat, 250.0) == 0.7


def test_paths() -> None:
    """A throw of 270 km at 45 degrees without air: 235 s, 67.5 km high."""
    scenario, catalogue, _ = load(ROOT / "examples/ankara.yaml")
    from parapet.scenario.raid import raid_members

    members = raid_members(scenario, catalogue)
    scud = members[0]
    assert scud.aim is not None
    path = windows.path_of(scenario, catalogue, scud, (scud.aim.lat_rad, scud.aim.lon_rad))
    assert path.end_s - path.t_s[0] == pytest.approx(math.sqrt(2 * 270e3 / 9.80665), rel=0.005)
    assert path.height_m.max() == pytest.approx(67.5e3, rel=0.01)
    assert path.slant_m[-1] == pytest.approx(0.0, abs=1.0)
    som = next(member for member in members if member.name.startswith("som"))
    assert som.aim is not None and som.arrival_s is not None
    path = windows.path_of(scenario, catalogue, som, (som.aim.lat_rad, som.aim.lon_rad))
    assert path.end_s == pytest.approx(som.arrival_s)
    assert path.slant_m[0] == pytest.approx(180e3, rel=0.01)
    assert path.height_m == pytest.approx(50.0)


@pytest.mark.parametrize("name", ["saturation", "ankara", "patriot", "raid-80"])
def test_order_of_magnitude_of_battles(name: str) -> None:
    """Within a factor 1.4 in rounds fired, and a tenth of the raid in leakers, of the battle."""
    scenario, catalogue, _ = load(ROOT / f"examples/{name}.yaml")
    found = closed.estimate(scenario, catalogue)
    compiled = compile_scenario(scenario, catalogue, "outcomes")
    rows = runner.outcomes(compiled, scenario.seed, range(2))
    _, leaked, rounds = rows.mean(axis=0)[:3]
    fired = sum(system.rounds_fired for system in found.systems)
    assert rounds / 1.4 < fired < rounds * 1.4
    assert found.expected_leakers == pytest.approx(leaked, abs=0.1 * found.n_threats)


def test_nobody_shoots_or_nobody_comes() -> None:
    dormant = example("dormant")
    assert dormant.systems == () and dormant.expected_leakers == dormant.n_threats == 8
    empty = read_text("parapet: 1\ntitle: Nobody\nduration: 60 s\n")
    _, catalogue, _ = load(ROOT / "examples/saturation.yaml")
    found = closed.estimate(empty, catalogue)
    assert (found.n_threats, found.expected_leakers, found.p_no_leaker) == (0, 0.0, 1.0)


def test_told_beside_the_simulation(tmp_path: Path) -> None:
    found = example("saturation")
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["n_threats"] == 200
    scenario, catalogue, _ = load(ROOT / "examples/saturation.yaml")
    agree = beside.beside(scenario, catalogue, Estimate(0.1, 0.0, 0.3, 100, "Student"))
    assert agree.agrees and agree.lines()[-1] == "They agree." and agree.reasons == ()
    differ = beside.beside(scenario, catalogue, Estimate(40.0, 38.0, 42.0, 100, "Student"))
    assert not differ.agrees and "below by 40" in differ.lines()[1]
    assert differ.lines()[-len(found.reasons) :] == [f"- {reason}" for reason in found.reasons]


def test_rounds_spent_twice_explain_their_part(tmp_path: Path) -> None:
    """Rounds for six of ten; the battles needed three for each kill of two, so there were kills for four."""
    ideal(tmp_path, rounds=6, p_kill=1.0)
    scenario, catalogue, _ = load(tmp_path / "ideal.yaml")
    found = beside.beside(
        scenario, catalogue, Estimate(6.0, 5.9, 6.1, 100, "Student"), rounds=6.0, killed=4.0
    )
    assert found.leakers == pytest.approx(4.0) and found.rounds_per_kill == pytest.approx(1.0)
    assert found.battle_rounds_per_kill == pytest.approx(1.5)
    assert found.leakers_with_rounds == pytest.approx(6.0)
    assert any("1.50 for each kill" in line for line in found.lines())
