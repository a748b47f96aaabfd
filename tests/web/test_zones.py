"""Zones against figures that were not computed with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.web.conftest import ROOT

import parapet
from parapet.engine import codes
from parapet.web import zones

RADIUS_M = 4.0 / 3.0 * 6_371_000.0


@pytest.fixture(scope="module")
def played():
    return parapet.run(ROOT / "examples" / "raid-80.yaml", record="outcomes").played


@pytest.fixture(scope="module")
def made(played):
    found = zones.zones(played, n_rays=24)
    return {(zone.i_unit, zone.type, zone.altitude_m): zone for zone in found}


def test_every_unit_type_and_altitude_has_one(played, made):
    types = {name for name in played.names.threat_types[: played.names.n_raid] if name != "scud-c"}
    assert {key[1] for key in made} == types  # what falls flies no level path
    assert len(made) == len(played.names.units) * len(types) * len(zones.ALTITUDES_M)


def test_low_flyers_are_seen_from_the_horizon(played, made):
    """At 50 m and 1 km the earth hides what is beyond the two horizons, and a tomahawk is large enough to be seen there."""
    antenna_m = max(float(radar["antenna_m"]) for radar in played.world.radars)
    for altitude_m in (50.0, 1_000.0):
        horizon_m = math.sqrt(2.0 * RADIUS_M) * (math.sqrt(antenna_m) + math.sqrt(altitude_m))
        seen = made[0, "tomahawk", altitude_m].search_m
        assert seen.max() == pytest.approx(horizon_m, rel=0.012)
        assert seen.min() > 0.95 * horizon_m  # the antenna with the mast stands beside every unit


def test_high_flyers_are_seen_by_signature(played, made):
    """Far from the horizon the range goes with the fourth root of the signature, less the loss in the air."""
    small, large = made[0, "tomahawk", 10_000.0], made[0, "su-35", 10_000.0]
    assert small.guide_m.max() < 0.9 * large.guide_m.max()
    band = int(played.world.radars["band"][int(played.world.units[0]["i_radar"])])
    fronts = {}
    for subject in zones.subjects(played):
        fronts[subject.type] = float(played.world.threats["rcs_m2"][subject.i_threat][band, 0])
    ratio = (fronts["tomahawk"] / fronts["su-35"]) ** 0.25
    assert small.guide_m.max() / large.guide_m.max() == pytest.approx(ratio, rel=0.12)


def test_even_odds_are_where_the_radar_equation_has_them(played, made):
    """By hand: Swerling 1 in closed form, fourth root from the printed point, the air taken as there (within 8 %)."""
    unit = played.world.units[0]
    radar = played.world.radars[int(unit["i_radar"])]
    for subject in zones.subjects(played):
        given = played.world.threats[subject.i_threat]
        if int(given["swerling"]) != 1 or subject.type == "shahed-136":
            continue
        wanted = math.log(float(radar["p_false_alarm"])) / math.log(0.5) - 1.0  # P_d = P_fa ^ (1 / (1 + snr))
        rcs = float(given["rcs_m2"][int(radar["band"]), 0])
        gain = float(radar["reference_snr"][0]) / wanted * rcs / float(radar["reference_rcs_m2"][0])
        by_hand_m = float(radar["reference_range_m"][0]) * gain**0.25
        found_m = made[0, subject.type, 10_000.0].guide_m.max()
        assert found_m == pytest.approx(by_hand_m, rel=0.08), subject.type


def test_engagement_radars_keep_to_their_sectors(played, made):
    for (i_unit, _, _), zone in made.items():
        radar = played.world.radars[int(played.world.units[i_unit]["i_radar"])]
        azimuth = np.arange(len(zone.guide_m)) * 2.0 * math.pi / len(zone.guide_m)
        off = np.abs((azimuth - float(radar["boresight_rad"]) + math.pi) % (2.0 * math.pi) - math.pi)
        assert (zone.guide_m[off > float(radar["half_sector_rad"]) + 0.02] < 0.0).all()
        assert (zone.guide_m[off < float(radar["half_sector_rad"]) - 0.02] > 0.0).all()


def test_what_is_met_was_seen_and_is_inside_the_published_envelope(played, made):
    for zone in made.values():
        met = zone.outer_m > 0.0
        assert (zone.outer_m[met] < zone.search_m[met]).all()
        assert (zone.inner_m[met] < zone.outer_m[met]).all()
        longest = max(float(row["range_air_m"]) for row in played.world.interceptors)
        assert zone.outer_m.max() <= longest


def test_it_is_no_ring(made):
    """A low flyer is met at a fraction of where a high one is, and a fast one nearer than a slow one."""
    assert (
        made[0, "f-16c-block-70", 50.0].outer_m.max()
        < 0.2 * made[0, "f-16c-block-70", 10_000.0].outer_m.max()
    )
    assert made[0, "shahed-136", 50.0].outer_m.max() > 1.2 * made[0, "tomahawk", 50.0].outer_m.max()


def test_the_inbound_can_be_met_in_time(played, made):
    """The time a threat takes from where it was seen to where it is met holds looks, reaction and a flight of some speed."""
    zone = made[0, "tomahawk", 50.0]
    unit = played.world.units[0]
    left_s = (zone.search_m - zone.outer_m) / zone.speed_mps - float(unit["reaction_s"])
    flight_mps = zone.outer_m / left_s
    assert (left_s > 0.0).all() and (flight_mps > 300.0).all() and (flight_mps < 2_500.0).all()


def test_a_dormant_system_has_no_zone():
    battle = parapet.run(ROOT / "examples" / "dormant.yaml", record="outcomes")
    assert all(float(unit["ready_s"]) == math.inf for unit in battle.played.world.units)
    assert zones.zones(battle.played) == []


def test_a_raid_of_falling_missiles_has_none():
    battle = parapet.run(ROOT / "examples" / "ballistic.yaml", record="outcomes")
    assert set(battle.played.world.threats["kind"].tolist()) == {codes.KIND_BALLISTIC}
    assert zones.zones(battle.played) == []
