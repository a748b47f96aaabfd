"""Saturation comes out of the model: channels, sectors and rounds are limits, and only data says how many there are."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import pytest
from tests.engine import naive, stories

from parapet.engine import codes, runner, state
from parapet.engine.flyout import TIME, flyout_value

ROOT = Path(__file__).resolve().parents[2]

SMALL = """duration: 400 s
catalogue_overrides:
  systems.s400-turkiye-2.fire_units.n_target_channels: 3
  systems.s400-turkiye-2.fire_units.n_missile_channels: 6
systems:
  - name: Guard
    system: s400-turkiye-2
    place: {lat: 40.0, lon: 32.0}
    elevation: 0 m
    boresights: [0, 180]
    loads: {48n6e3: 30}
    doctrine: {mode: shoot_look_shoot, salvo: 2}
raid:
  - name: target
    threat: generic-target
    count: 20
    ring: {radius: 120 km, from_bearing: 0, to_bearing: 360, altitude: 9 km}
    aim: Guard
"""


@functools.cache
def small(*changes: tuple[str, str]) -> runner.Played:
    """The small saturation battle with pieces of its text replaced."""
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    scenario, catalogue = stories.read_story(text)
    return runner.play(scenario, catalogue, seed=1)


@functools.cache
def full(*changes: tuple[str, str]) -> runner.Played:
    """``examples/saturation.yaml`` with pieces of its text replaced."""
    text = (ROOT / "examples/saturation.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    text = text[text.index("duration:") :]
    scenario, catalogue = stories.read_story(text)
    return runner.play(scenario, catalogue, seed=1)


def peaks(played: runner.Played) -> tuple[int, int]:
    """Target channels and missiles under guidance at the busiest moment."""
    total = played.log.total
    return int(total[state.TOTAL_PEAK_TARGETS]), int(total[state.TOTAL_PEAK_MISSILES])


def assert_overlaps_fit(played: runner.Played) -> None:
    """From the shots alone: never more engagements or rounds at once than a fire unit has channels."""
    shots = played.log.shot
    end_s = np.where(np.isfinite(shots["intercept_s"]), shots["intercept_s"], played.duration_s + 1.0)
    units = played.world.units
    for u in range(units.id.size):
        mine = shots["i_unit"] == u
        assert naive.most_at_once(shots["launch_s"][mine], end_s[mine]) <= units.n_missile_channels[u]
        serials = np.unique(shots["serial"][mine])
        starts = [shots["launch_s"][mine & (shots["serial"] == serial)].min() for serial in serials]
        ends = [end_s[mine & (shots["serial"] == serial)].max() for serial in serials]
        assert naive.most_at_once(starts, ends) <= units.n_target_channels[u]


def n_leaked(played: runner.Played) -> int:
    return int((played.truth.threat["status"] == codes.LEAKED).sum())


def time_to_60_km_s(played: runner.Played) -> float:
    """Time of flight that planning expects to 60 km and 9 km of height."""
    given = played.world.interceptors[0]
    return float(flyout_value(played.world.table[0], TIME, given.table_range_m, given.table_height_m, 60e3, 9e3))


def sustained(played: runner.Played) -> tuple[float, float]:
    """Engagements ended per second while every channel is busy, and channels over mean occupancy."""
    begun = stories.events(played, codes.EVENT_DESIGNATED)["t_s"]
    ended = stories.events(played, codes.EVENT_CHANNEL_RELEASED)
    n_channels = peaks(played)[0]
    edges = np.concatenate([begun, ended["t_s"]])
    steps = np.concatenate([np.ones(begun.size), -np.ones(ended.size)])
    order = np.argsort(edges, kind="stable")
    in_use = np.cumsum(steps[order])
    busy = edges[order][in_use >= 0.95 * n_channels]
    inside = ended[(ended["t_s"] > busy[0]) & (ended["t_s"] <= busy[-1])]
    return inside.size / (busy[-1] - busy[0]), n_channels / float(inside["value"].mean())


# ------------------------------------------------------------------------------------------------- small ----


def test_channels_are_the_limit() -> None:
    played = small()
    assert peaks(played)[0] == 6
    assert 10 <= peaks(played)[1] <= 12
    assert_overlaps_fit(played)
    told = {code for i in range(20) for code in stories.reasons(played, f"target-{i + 1:02d}")}
    assert codes.WHY_NO_CHANNEL in told
    mean_s = played.log.total[state.TOTAL_CHANNEL_TIME] / played.log.total[state.TOTAL_CHANNELS_RELEASED]
    released = stories.events(played, codes.EVENT_CHANNEL_RELEASED)
    assert mean_s == pytest.approx(released["value"].mean(), rel=1e-9)


def test_another_count_of_channels_is_another_limit() -> None:
    played = small(("n_target_channels: 3", "n_target_channels: 2"), ("n_missile_channels: 6", "n_missile_channels: 3"))
    assert peaks(played) == (4, 6)
    assert_overlaps_fit(played)


def test_one_round_each_makes_as_many_missiles_as_targets() -> None:
    played = small(("salvo: 2", "salvo: 1"))
    assert peaks(played) == (6, 6)
    assert_overlaps_fit(played)


def test_few_rounds_are_the_limit_and_the_ladder_says_so() -> None:
    played = small(("48n6e3: 30", "48n6e3: 4"))
    assert played.log.shot.size == 8
    assert played.rounds_left.sum() == 0
    told = {code for i in range(20) for code in stories.reasons(played, f"target-{i + 1:02d}")}
    assert codes.WHY_NO_ROUND in told


def test_one_side_uses_the_units_that_look_there() -> None:
    played = small(("from_bearing: 0, to_bearing: 360", "from_bearing: 330, to_bearing: 30"))
    assert peaks(played)[0] == 3
    assert set(played.log.shot["i_unit"]) == {0}


# -------------------------------------------------------------------------------------------------- full ----


def test_a_full_complement_handles_eighty_targets_and_at_most_a_hundred_and_sixty_missiles() -> None:
    played = full()
    n_targets, n_missiles = peaks(played)
    assert n_targets == 80
    assert n_missiles <= 160
    assert_overlaps_fit(played)


def test_the_original_six_units() -> None:
    looks = ("[0, 45, 90, 135, 180, 225, 270, 315]", "[0, 60, 120, 180, 240, 300]")
    played = full(("s400-full", "s400-original"), looks)
    assert peaks(played) == (36, 72)
    assert_overlaps_fit(played)


def test_a_mutated_catalogue_has_other_limits() -> None:
    scenario, catalogue = stories.read_story(
        (ROOT / "examples/saturation.yaml").read_text(encoding="utf-8").split("seed: 1\n")[1].replace(
            "[0, 45, 90, 135, 180, 225, 270, 315]", "[0, 72, 144, 216, 288]"
        ).replace("systems:", "catalogue_overrides: {systems.s400-full.fire_units.count: 5}\nsystems:", 1)
    )  # fmt: skip
    mutated = catalogue.replace({
        "systems.s400-full.fire_units.n_target_channels": 7,
        "systems.s400-full.fire_units.n_missile_channels": 13,
        # held to the intercept, so that the shots alone show it
        "interceptors.9m96e.is_missile_channel_freed_at_lock": 0,
        "interceptors.9m96e2.is_missile_channel_freed_at_lock": 0,
    })  # fmt: skip
    played = runner.play(scenario, mutated, seed=1)
    assert peaks(played) == (35, 65)
    assert_overlaps_fit(played)


def test_all_from_one_arc_of_sixty_degrees() -> None:
    played = full(("from_bearing: 0, to_bearing: 360", "from_bearing: 0, to_bearing: 60"))
    bearings = [60.0 * (i + 0.5) / 200 for i in range(200)]
    half = math.degrees(float(played.world.radars.half_sector_rad[played.world.units.i_radar[0]]))
    wanted = 0
    for boresight in range(0, 360, 45):
        n = sum(abs((bearing - boresight + 180.0) % 360.0 - 180.0) <= half for bearing in bearings)
        wanted += min(n, 10)
    assert wanted == 40
    # until the first of them is so near that the units, who stand apart, see it elsewhere: 350 km at 250 m/s
    begun = stories.events(played, codes.EVENT_DESIGNATED)
    ended = stories.events(played, codes.EVENT_CHANNEL_RELEASED)
    until = 1200.0
    early = begun[begun["t_s"] < until]
    here = np.isin(early["a"], (0, 1, 2, 7))
    assert naive.most_at_once(early["t_s"][here], ended["t_s"][np.isin(ended["a"], (0, 1, 2, 7))]) == wanted
    assert (early["c"][~here] < 0).all()  # the others meet ghosts at most
    assert_overlaps_fit(played)


def test_salvo_of_one_makes_as_many_missiles_as_targets() -> None:
    played = full(("salvo: 2", "salvo: 1"))
    n_targets, n_missiles = peaks(played)
    assert n_targets == 80
    assert n_missiles == 80


def test_forty_rounds_are_the_limit() -> None:
    played = full(("    doctrine:", "    loads: {48n6e3: 5}\n    doctrine:"))
    assert played.log.shot.size == 40
    told = {code for i in range(200) for code in stories.reasons(played, f"target-{i + 1:03d}")}
    assert codes.WHY_NO_ROUND in told


def test_the_sustained_rate_is_channels_over_occupancy() -> None:
    """A stream that never lets a channel rest: a target every 3 s at one fire unit of three channels."""
    stream = (
        ("duration: 400 s", "duration: 900 s"),
        ("count: 20", "count: 240\n    interval: 3 s"),
        ("from_bearing: 0, to_bearing: 360", "from_bearing: 358, to_bearing: 2"),
        ("salvo: 2", "salvo: 1"),
        ("48n6e3: 30", "48n6e3: 32"),
    )
    played = small(*stream)
    rate, wanted = sustained(played)
    assert peaks(played)[0] == 3
    assert played.log.total[state.TOTAL_CHANNELS_RELEASED] > 20
    assert rate == pytest.approx(wanted, rel=0.05)


def test_longer_flights_let_more_through() -> None:
    """A motor that takes twice the time to 60 km, everything else equal."""
    raid = (("duration: 400 s", "duration: 700 s"), ("salvo: 2", "salvo: 1"), ("count: 20", "count: 60"))
    slow = ("catalogue_overrides:\n", "catalogue_overrides:\n  interceptors.48n6e3.boost_specific_impulse: 150 s\n")
    quick, late = small(*raid), small(*raid, slow)
    assert 1.9 < time_to_60_km_s(late) / time_to_60_km_s(quick) < 2.2
    assert n_leaked(late) > n_leaked(quick)
