"""Radars that turn, radars that are full, commands that do not reach, systems that are woken: figures that act in a battle."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.engine import stories, worlds
from tests.engine.test_tracking import Chain, inbound

from parapet.engine import codes

TURNS = "    doctrine: {turn_radars: true}\n"
BEHIND = stories.STORIES["behind"].replace("    loads:", TURNS + "    loads:")
FAR_BEHIND = BEHIND.replace("distance: 40 km", "distance: 110 km").replace("180 s", "600 s")


def turns(played: Any) -> Any:
    return stories.events(played, codes.EVENT_RADAR_TURNED)


def test_an_idle_radar_turns_to_what_nobody_covers_and_engages_it() -> None:
    played = stories.play(FAR_BEHIND)
    assert stories.outcome(played, "jet-01") == "killed"
    steps = turns(played)
    slew = float(played.world.radars.slew_radps[played.world.units.i_radar[0]])
    period_s = played.world.clock.n_decision_ticks * played.world.clock.dt_s
    # from north (0) towards south (180), no faster than it can, until the jet is inside the sector and a channel takes it
    angles = np.unwrap(np.concatenate([[0.0], steps["value"]]))
    assert abs(np.diff(angles)).max() <= slew * period_s * (1.0 + 1e-9)
    half = float(played.world.radars.half_sector_rad[played.world.units.i_radar[0]])
    assert math.pi - half <= abs(angles[-1]) <= math.pi - half + slew * period_s + math.radians(2.0)
    # it does not move once it engages
    first_s = stories.events(played, codes.EVENT_DESIGNATED)["t_s"][0]
    last_s = stories.events(played, codes.EVENT_THREAT_KILLED)["t_s"][0]
    assert not ((steps["t_s"] > first_s) & (steps["t_s"] < last_s)).any()
    assert [after - before for before, after in pairwise(steps["t_s"][:5])] == pytest.approx([period_s] * 4)
    # and the ladder says what held it up until then
    assert stories.is_in_order(stories.reasons(played, "jet-01"), codes.WHY_OUTSIDE_SECTOR, codes.WHY_ENGAGED)


def test_without_the_order_every_boresight_stays() -> None:
    played = stories.play(FAR_BEHIND.replace(TURNS, ""))
    assert turns(played).size == 0
    assert stories.outcome(played, "jet-01") == "leaked"
    assert (played.state.own.face == played.world.radars).all()


def test_a_unit_that_somebody_covers_for_stays() -> None:
    two = FAR_BEHIND.replace("boresights: [0]", "boresights: [0, 180]").replace("s400-fire-unit", "s400-turkiye-2")
    played = stories.play(two)
    assert turns(played).size == 0
    assert stories.outcome(played, "jet-01") == "killed"


def test_a_full_radar_begins_no_track() -> None:
    threats = inbound(12)
    free = Chain([worlds.radar()], threats)
    free.run(60.0)
    assert free.tracks().size == 12
    assert free.events(codes.EVENT_RADAR_FULL).size == 0
    full = Chain([worlds.radar(n_tracks_max=5)], threats)
    full.run(60.0)
    assert full.tracks().size == 5
    told = full.events(codes.EVENT_RADAR_FULL)
    assert told.size == 1 and told["value"][0] == 5.0


def test_an_array_that_looks_again_keeps_no_more_tracks_for_it() -> None:
    array = worlds.engagement_radar(
        i_post=0, i_unit=-1, is_engagement=0, period_s=4.0, track_revisit_slow_s=1.0, half_sector_rad=math.radians(60.0),
        n_tracks_max=5,
    )  # fmt: skip
    chain = Chain([array], inbound(24, distance_m=100e3))
    chain.run(60.0)
    assert chain.tracks().size == 5


def test_commands_reach_as_far_as_the_uplink() -> None:
    near = "catalogue_overrides: {radars.92n6e.uplink_range: 20 km}\n"
    far, short = stories.play("jet"), stories.play(near + stories.STORIES["jet"])
    assert far.log.shot["range_m"][0] > 25e3
    assert short.log.shot.size == 0 or short.log.shot["range_m"].max() < 20.5e3
    assert stories.is_in_order(
        stories.reasons(short, "jet-01"), codes.WHY_NO_FIRM_TRACK, codes.WHY_OUT_OF_RADAR_RANGE
    )


def test_an_alerted_system_is_ready_when_its_time_has_passed() -> None:
    text = stories.STORIES["dormant"].replace("status: dormant", "status: dormant\n    alerted_at: 1 min")
    world = stories.compiled(text).world
    assert (world.units.ready_s == 60.0 + 300.0).all() and (world.radars.ready_s == 360.0).all()
