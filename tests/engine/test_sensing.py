"""Sensing: the horizon, the law of signal-to-noise, one look per scan, frequency of detection, false plots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.engine import worlds

from parapet._jit import entry
from parapet.engine import codes, sensing, state

has_line_of_sight, is_in_sector, look, path, snr_at, visibility = (
    entry(one)
    for one in (
        sensing.has_line_of_sight, sensing.is_in_sector, sensing.look, sensing.path, sensing.snr_at, sensing.visibility
    )
)  # fmt: skip


T = dict[str, Any]


def run_look(world: state.World, battle: state.State, n_ticks: int, seed: int = 1) -> tuple[state.Log, Any]:
    """All plots of ``n_ticks`` of straight flight."""
    log = worlds.make_log(world)
    seen = []
    for tick in range(n_ticks):
        if tick:
            worlds.fly_straight(battle, world.clock.dt_s)
        look(world, battle.truth, battle.belief, battle.own, battle.plots, log, seed, 0, tick)
        first, last = battle.plots.count[1], battle.plots.count[0]
        seen += [battle.plots.plot[k % battle.plots.plot.size].copy() for k in range(first, last)]
        battle.plots.count[1] = last
    return log, np.array(seen, state.PLOT)


@pytest.mark.parametrize(
    ("antenna_m", "height_m", "reach_km"),
    [(10.0, 10.0, 26.07), (10.0, 100.0, 54.25), (10.0, 1000.0, 143.38), (24.0, 10.0, 33.23), (39.0, 30.0, 48.32)],
)
def test_horizon(antenna_m: float, height_m: float, reach_km: float) -> None:
    world = worlds.make_world([worlds.radar(antenna_m=antenna_m)], [worlds.threat()])
    near = worlds.at_distance((reach_km - 0.6) * 1e3, 1.0, height_m)
    far = worlds.at_distance((reach_km + 0.6) * 1e3, 1.0, height_m)
    assert path(world, 0, *near) == (True, 1.0, 1.0)
    assert has_line_of_sight(world, 0, *near)
    assert not has_line_of_sight(world, 0, *far)
    assert visibility(world, 0, *far) == codes.WHY_BELOW_HORIZON


def test_ground_moves_the_horizon_with_it() -> None:
    site = (worlds.SITE[0], worlds.SITE[1], 850.0)
    world = worlds.make_world([worlds.radar(antenna_m=10.0, site=site)], [worlds.threat()], ground_m=850.0)
    assert has_line_of_sight(world, 0, *worlds.at_distance(53.6e3, 1.0, 950.0))
    assert not has_line_of_sight(world, 0, *worlds.at_distance(54.9e3, 1.0, 950.0))


def test_visibility_codes() -> None:
    rows = [worlds.radar(range_max_m=300e3), worlds.engagement_radar()]
    world = worlds.make_world(rows, [worlds.threat()], n_units=1)
    assert visibility(world, 0, *worlds.at_distance(200e3, 3.0, 10e3)) == 0
    assert visibility(world, 0, *worlds.at_distance(310e3, 3.0, 10e3)) == codes.WHY_OUT_OF_RADAR_RANGE
    assert visibility(world, 0, *worlds.ecef(0.0, 1e3, 20e3)) == codes.WHY_OUTSIDE_SECTOR
    assert is_in_sector(world, 1, *worlds.at_distance(100e3, 1.0, 10e3))
    assert not is_in_sector(world, 1, *worlds.at_distance(100e3, 1.1, 10e3))
    assert visibility(world, 1, *worlds.at_distance(100e3, math.pi, 10e3)) == codes.WHY_OUTSIDE_SECTOR


def test_snr_at_reference() -> None:
    """At the published point comes the published ratio; half the range and a quarter of the signature do what they must."""
    row = worlds.radar(range_max_m=1e6, antenna_m=200.0)
    world = worlds.make_world([row], [worlds.threat(), worlds.threat(name="small", rcs_m2=0.4)])
    place = worlds.at_distance(390e3, 0.4, 10e3)
    slant = float(np.linalg.norm(place - worlds.ecef(0.0, 0.0, 0.0)))
    level = snr_at(world, 0, 0, *place, 0.0, 0.0, 0.0)
    assert level == pytest.approx(worlds.SNR_HALF * (390e3 / slant) ** 4, rel=2e-3)
    assert snr_at(world, 0, 1, *place, 0.0, 0.0, 0.0) == pytest.approx(0.1 * level, rel=1e-12)
    half = snr_at(world, 0, 0, *worlds.at_distance(195e3, 0.4, 10e3), 0.0, 0.0, 0.0)
    assert 16.0 * 1.3 < half / level < 16.0 * 1.8  # more than 16: some 2 dB less air


def test_look_number_does_not_depend_on_the_tick() -> None:
    """Detections are the same look for look when the tick is halved."""
    plots = []
    for dt_s in (0.5, 0.25):
        rows = [worlds.threat(name=f"t{k}", x=worlds.at_distance(300e3, 0.5 * k, 9e3)) for k in range(12)]
        world = worlds.make_world([worlds.radar()], rows, dt_s=dt_s)
        _, seen = run_look(world, worlds.make_state(world, rows), round(100.0 / dt_s))
        plots.append(np.sort(seen[["label", "t_s", "range_m"]], order=["label", "t_s"]))
    assert len(plots[0]) > 50
    assert np.array_equal(plots[0]["label"], plots[1]["label"])
    np.testing.assert_allclose(plots[0]["range_m"], plots[1]["range_m"], rtol=1e-12)


@pytest.mark.parametrize("speed_mps", [0.0, 250.0, 2500.0, -2500.0])
def test_one_look_per_scan(speed_mps: float) -> None:
    """The beam meets a crossing target exactly as often as the angles say, with and against its turn."""
    x = worlds.ecef(-60e3, 40e3, 12e3)
    rows = [worlds.threat(x=x, v=worlds.ecef_vector(speed_mps, 0.0, 0.0))]
    world = worlds.make_world([worlds.radar(period_s=6.0, phase_rad=2.0)], rows)
    log, _ = run_look(world, worlds.make_state(world, rows), 400)
    t_s = np.linspace(0.0, 100.0, 200001)
    azimuth = np.unwrap(np.arctan2(-60e3 + speed_mps * t_s, np.full_like(t_s, 40e3)))
    turns = (2.0 + 2.0 * math.pi * t_s / 6.0 - azimuth) / (2.0 * math.pi)
    assert log.total[state.TOTAL_LOOKS] == np.count_nonzero(np.diff(np.floor(turns)) > 0)


def test_frequency_of_detection() -> None:
    """Over many scans a threat is seen as often as Swerling's closed form says: 1.5 dB above the published ratio and at it."""
    rows = [worlds.threat(name=f"t{k}", x=worlds.at_distance(385e3, 0.15 * k, 10e3)) for k in range(40)]
    world = worlds.make_world([worlds.radar(antenna_m=200.0, period_s=1.0, range_max_m=1e6)], rows)
    log, seen = run_look(world, worlds.make_state(world, rows), 400)
    level = snr_at(world, 0, 0, *rows[0]["x"], 0.0, 0.0, 0.0)
    p = math.exp(math.log(1e-6) / (1.0 + level))
    n = log.total[state.TOTAL_LOOKS]
    assert n == pytest.approx(4000, abs=40)
    assert len(seen) / n == pytest.approx(p, abs=4.0 * math.sqrt(p * (1.0 - p) / n))
    slant = np.array([np.linalg.norm(row["x"] - worlds.ecef(0.0, 0.0, 0.0)) for row in rows])
    off = (seen["range_m"] - slant[seen["label"]]) / seen["sigma_range_m"]
    assert abs(np.mean(off)) < 0.15
    assert np.std(off) == pytest.approx(1.0, abs=0.06)
    assert log.score[0]["first_detection_s"] == seen["t_s"][seen["label"] == 0][0]


def test_false_plots() -> None:
    """As many as ordered, in every direction, none of a threat; no threats, no other plots."""
    world = worlds.make_world([worlds.radar(n_false_per_scan=5.0, period_s=2.0)], [worlds.threat()])
    battle = worlds.make_state(world, [])
    log, seen = run_look(world, battle, 800)
    assert len(seen) == pytest.approx(500, abs=90)
    assert np.all(seen["label"] == -1)
    assert log.total[state.TOTAL_FALSE_PLOTS] == len(seen)
    quarters = np.histogram(seen["azimuth_rad"], bins=4, range=(-math.pi, math.pi))[0]
    assert quarters.min() > 80


def test_silent_radar_changes_nothing() -> None:
    """Another radar that is not ready adds no plot and changes none."""
    rows = [worlds.threat(name=f"t{k}", x=worlds.at_distance(250e3, 0.5 * k, 9e3)) for k in range(6)]
    alone = worlds.make_world([worlds.radar()], rows)
    both = worlds.make_world([worlds.radar(), worlds.radar(name="late", ready_s=1e9)], rows)
    _, first = run_look(alone, worlds.make_state(alone, rows), 200)
    _, second = run_look(both, worlds.make_state(both, rows), 200)
    assert len(first) > 0
    assert first.tobytes() == second.tobytes()
