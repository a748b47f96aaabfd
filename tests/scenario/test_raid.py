"""Places and routes: distances against pymap3d, which Parapet's scenario code does not use."""

from __future__ import annotations

import math
from pathlib import Path

import pymap3d.vincenty as vincenty
import pytest

from parapet import catalogue
from parapet.disposition.yaml_data import is_dispute
from parapet.scenario import places
from parapet.scenario.names import fire_unit_names, member_names
from parapet.scenario.places import (
    Point,
    bearing_rad,
    boresights_rad,
    destination,
    distance_m,
    ground_elevation_m,
    located,
)
from parapet.scenario.raid import Member, raid_members
from parapet.scenario.read import read_text
from parapet.scenario.schema import (
    Behaviour,
    DefendingSystem,
    Doctrine,
    Environment,
    Group,
    Rules,
    Scenario,
    Spacing,
)

HEAD = """\
parapet: 1
title: x
duration: 30 min
assets:
  - {name: A, template: airbase, place: {lat: 40, lon: 33}, elevation: 900 m}
systems:
  - {name: S, system: s400-full, place: {of: A, bearing: 90, distance: 10 km}, elevation: 800 m}
raid:
"""


def scenario_of(raid: str) -> Scenario:
    return read_text(HEAD + raid)


def crew_of(raid: str) -> list[Member]:
    return raid_members(scenario_of(raid), catalogue.load())


def start(member: Member) -> Point:
    return Point(member.corners[0].lat_rad, member.corners[0].lon_rad)


A = Point(math.radians(40.0), math.radians(33.0))


def test_geodesics_agree_with_an_independent_one() -> None:
    end = destination(A, math.radians(60.0), 350_000.0)
    lat, lon = vincenty.vreckon(40.0, 33.0, 350_000.0, 60.0)
    assert math.degrees(end.lat_rad) == pytest.approx(float(lat), abs=1e-6)
    assert math.degrees(end.lon_rad) == pytest.approx(float(lon), abs=1e-6)
    assert distance_m(A, end) == pytest.approx(350_000.0, abs=1e-3)
    assert bearing_rad(A, end) == pytest.approx(math.radians(60.0), abs=1e-9)


def test_ground_is_the_mean_of_the_sites_unless_written() -> None:
    scenario = scenario_of("  []\n")
    assert ground_elevation_m(scenario) == 850.0
    text = HEAD.replace("assets:", "environment: {ground_elevation: 10 m}\nassets:") + "  []\n"
    assert ground_elevation_m(read_text(text)) == 10.0


def test_a_place_may_be_measured_from_a_name() -> None:
    scenario = scenario_of("  []\n")
    site = located(scenario, scenario.systems[0].place)
    assert distance_m(A, site) == pytest.approx(10_000.0, abs=1e-3)


def test_boresights_are_written_or_spread() -> None:
    system = scenario_of("  []\n").systems[0]
    spread = boresights_rad(system, 8, math.radians(45.0))
    assert [round(math.degrees(angle)) for angle in spread] == [0, 45, 90, 135, 180, 225, 270, 315]


def test_a_ring_stands_evenly_around_the_aim() -> None:
    crew = crew_of(
        "  - {name: t, threat: generic-target, count: 8, aim: A, ring: {radius: 300 km, altitude: 9 km}}\n"
    )
    assert [member.name for member in crew] == [f"t-0{i}" for i in range(1, 9)]
    bearings = [math.degrees(bearing_rad(A, start(member))) for member in crew]
    assert bearings == pytest.approx([22.5 + 45.0 * i for i in range(8)], abs=1e-6)
    for member in crew:
        assert member.path_m == pytest.approx(300_000.0, abs=0.01)
        assert member.corners[-1].height_m == 9000.0
        assert member.aim is not None and member.aim.height_m == 850.0
        assert member.aim_asset == "A"


def test_an_arc_across_north_stays_inside() -> None:
    crew = crew_of(
        "  - {name: t, threat: generic-target, count: 3, aim: A, ring: {radius: 300 km, from_bearing: 330, "
        "to_bearing: 30, altitude: 9 km}}\n"
    )
    bearings = [(math.degrees(bearing_rad(A, start(member))) + 180.0) % 360.0 - 180.0 for member in crew]
    assert bearings == pytest.approx([-20.0, 0.0, 20.0], abs=1e-6)


def test_time_on_target_sets_the_start() -> None:
    (member,) = crew_of(
        "  - {name: t, threat: generic-target, speed: 250 m/s, aim: A, arrival: 1000 s, "
        "route: [{bearing: 90, distance: 100 km, altitude: 9 km}]}\n"
    )
    assert member.start_s == pytest.approx(600.0, abs=1e-4)
    assert member.arrival_s == 1000.0


def test_a_ballistic_time_on_target_is_left_to_the_compiler() -> None:
    (member,) = crew_of(
        "  - {name: b, threat: scud-b, aim: A, arrival: 900 s, launch: {bearing: 90, distance: 250 km}}\n"
    )
    assert member.start_s is None
    assert member.arrival_s == 900.0
    assert len(member.corners) == 1
    assert distance_m(A, start(member)) == pytest.approx(250_000.0, abs=1e-3)


def test_formation_is_centred_on_the_route_and_meets_at_the_aim() -> None:
    crew = crew_of(
        "  - {name: t, threat: som, count: 3, aim: A, interval: 5 s, spacing: {lateral: 2 km, along: 1 km}, "
        "route: [{bearing: 180, distance: 100 km, agl: 50 m}]}\n"
    )
    assert distance_m(start(crew[0]), start(crew[1])) == pytest.approx(math.hypot(2000.0, 1000.0), rel=1e-4)
    assert distance_m(A, start(crew[1])) == pytest.approx(101_000.0, abs=0.5)
    assert [member.start_s for member in crew] == [0.0, 5.0, 10.0]
    assert {member.corners[-1] for member in crew} == {crew[0].corners[-1]}
    assert crew[0].corners[0].height_m == 900.0


def test_without_an_aim_the_route_ends_at_its_last_corner() -> None:
    (member,) = crew_of(
        "  - {name: t, threat: airliner, route: [{lat: 39, lon: 30, altitude: 10 km}, {lat: 39, lon: 36}]}\n"
    )
    assert member.aim is None
    assert [corner.height_m for corner in member.corners] == [10_000.0, 10_000.0]


def test_names_have_as_many_digits_as_they_need() -> None:
    scenario = scenario_of("  - {name: a, threat: som, count: 3}\n  - {name: b, threat: som, count: 100}\n")
    assert member_names(scenario.raid[0]) == ["a-01", "a-02", "a-03"]
    assert member_names(scenario.raid[1])[::99] == ["b-001", "b-100"]
    assert fire_unit_names("S", 2) == ["S/fire-unit-1", "S/fire-unit-2"]


def test_no_two_members_of_the_examples_share_a_name() -> None:
    for file in sorted(Path("examples").glob("*.yaml")):
        if is_dispute(file):
            continue
        crew = raid_members(read_text(file.read_text(encoding="utf-8")), catalogue.load())
        assert len({member.name for member in crew}) == len(crew)


def test_the_sign_of_zero_does_not_decide_what_was_asked_first() -> None:
    here, there = Point(0.0, 0.0), Point(-0.0, -0.0)
    for first, second in ((here, there), (there, here)):
        places._inverse.cache_clear()
        places._direct.cache_clear()
        answers = [
            (bearing_rad(one, Point(0.0, 0.1)), distance_m(one, Point(0.0, 0.1)), destination(one, -0.0, 1e5))
            for one in (first, second)
        ]
        assert repr(answers[0]) == repr(answers[1])
        assert answers[0][0] == pytest.approx(math.pi / 2.0)


def test_a_block_left_out_is_a_block_of_defaults() -> None:
    whole = read_text("parapet: 1\ntitle: Empty\nduration: 1 min\n")
    assert whole.environment == Environment.model_validate({})
    group = Group.model_validate({"name": "a", "threat": "som"})
    assert (group.spacing, group.behaviour) == (Spacing.model_validate({}), Behaviour.model_validate({}))
    system = DefendingSystem.model_validate({"name": "b", "system": "c", "place": {"lat": 1, "lon": 2}})
    assert (system.doctrine, system.rules) == (Doctrine.model_validate({}), Rules.model_validate({}))
    assert system.doctrine.model_dump() == Doctrine.model_validate({}).model_dump()
