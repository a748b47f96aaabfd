"""From a scenario to a World: what stands in the arrays, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pymap3d
import pytest
from tests.engine import stories

from parapet import catalogue
from parapet.engine import codes, draws
from parapet.engine.compile import Compiled, compile_scenario
from parapet.errors import ScenarioError

CATALOGUE = catalogue.load()


@pytest.fixture(scope="module")
def mixed() -> Compiled:
    return stories.compiled(stories.MIXED)


def test_the_world_is_plain_and_frozen(mixed: Compiled) -> None:
    for name, table in stories.tables_of(mixed.world).items():
        if name == "policies":
            assert len(table) == 4, "functions, by address"
            continue
        if not isinstance(table, np.ndarray):
            assert isinstance(table, int | float), name
            continue
        kinds = [table.dtype] if table.dtype.fields is None else [field[0].base for field in table.dtype.fields.values()]
        assert all(kind in (np.float64, np.int64, np.uint64) for kind in kinds), name
        assert table.flags.c_contiguous and not table.flags.writeable, name
        with pytest.raises(ValueError, match="read-only"):
            table[...] = 0


def test_rows_and_names_go_together(mixed: Compiled) -> None:
    world, names = mixed.world, mixed.names
    assert names.threats == ["jet-01", "jet-02", "jet-03", "som-01", "som-02", "som-03"]
    assert names.n_raid == 6
    assert [int(i) for i in world.threats.id] == [draws.name_id("threat:" + name) for name in names.threats]
    for table, labels in (
        (world.units.id, names.units), (world.radars.id, names.radars), (world.assets.id, names.assets),
        (world.launchers.i_unit, names.launchers), (world.interceptors.guidance, names.interceptors),
        (world.posts.i_asset, names.posts),
    ):  # fmt: skip
        assert len(table) == len(labels)
    assert names.interceptors == ["48n6e3", "9m96e2"]
    assert [names.radar_types[i] for i in world.units.i_radar] == ["92n6e", "92n6e"]
    for family in (world.threats.id, world.radars.id, world.units.id, world.assets.id):
        assert len(set(family.tolist())) == family.size


def test_places_are_where_they_were_written(mixed: Compiled) -> None:
    world = mixed.world
    town = mixed.names.assets.index("Town")
    got = [float(getattr(world.assets, f"{axis}_m")[town]) for axis in "xyz"]
    assert got == pytest.approx(pymap3d.geodetic2ecef(40.05, 32.05, 0.0), abs=1e-3)
    # a threat starts 35 km from its aim in the direction written
    first = int(world.threats.i_leg[3])
    start = pymap3d.ecef2geodetic(world.legs.x_m[first], world.legs.y_m[first], world.legs.z_m[first])
    from geographiclib.geodesic import Geodesic

    line = Geodesic.WGS84.Inverse(40.05, 32.05, start[0], start[1])
    assert line["s12"] == pytest.approx(35e3, abs=1.0)
    assert line["azi1"] % 360.0 == pytest.approx(50.0, abs=1e-4)
    assert start[2] == pytest.approx(60.0, abs=1e-3)
    # antennas stand above the ground
    for i in range(world.radars.id.size):
        height = pymap3d.ecef2geodetic(world.radars.x_m[i], world.radars.y_m[i], world.radars.z_m[i])[2]
        assert height == pytest.approx(world.radars.antenna_m[i], abs=1e-3)
        assert world.radars.antenna_m[i] == CATALOGUE.radars[mixed.names.radar_types[i]].si("antenna_height")


def test_rounds_are_dealt_to_launchers_and_none_is_lost(mixed: Compiled) -> None:
    launchers = mixed.world.launchers
    assert launchers.i_unit.tolist() == [0] * 4 + [1] * 4
    for unit in (0, 1):
        mine = mixed.world.load[launchers.i_unit == unit]
        assert mine.sum(axis=0).tolist() == [6, 8]
        # a launcher has four tubes; a 48N6E3 fills one, four 9M96E2 fill one
        assert (mine[:, 0] + np.ceil(mine[:, 1] / 4) <= 4).all()
    assert mixed.world.units.i_launcher.tolist() == [0, 4]
    assert mixed.world.units.n_launchers.tolist() == [4, 4]


def test_the_clock() -> None:
    world = stories.compiled(stories.MIXED).world
    system = CATALOGUE.systems["s400-turkiye-2"]
    assert world.clock.dt_s == 0.25
    assert world.clock.n_ticks == 600
    assert world.clock.n_decision_ticks == round(system.si("decision_period") / 0.25)
    assert world.clock.n_lag_ticks == round(system.si("command_delay") / 0.25)
    assert world.clock.is_poisoned == 0
    halved = stories.compiled(stories.MIXED, dt_s=0.125).world
    assert halved.clock.n_ticks == 1200
    assert halved.clock.n_decision_ticks == 2 * world.clock.n_decision_ticks
    assert stories.compiled(stories.MIXED, "full").world.clock.record == codes.RECORD_FULL


def test_what_is_dormant_never_gets_ready_unless_it_says_when() -> None:
    world = stories.compiled(stories.STORIES["dormant"]).world
    assert np.isinf(world.units.ready_s).all() and np.isinf(world.radars.ready_s).all()
    later = stories.STORIES["dormant"].replace("status: dormant", "status: dormant\n    ready_after: 1 min")
    world = stories.compiled(later).world
    assert (world.units.ready_s == 60.0).all() and (world.radars.ready_s == 60.0).all()
    awake = stories.compiled(stories.MIXED).world
    assert (awake.units.ready_s == 0.0).all()


def test_boresights_and_doctrine() -> None:
    doctrine = "    doctrine: {policy: nearest, mode: salvo, salvo: 3, reserve: 1}\n"
    text = stories.MIXED.replace("    loads:", doctrine + "    loads:")
    world = stories.compiled(text).world
    looks = np.degrees(world.radars.boresight_rad[world.units.i_radar])
    assert looks == pytest.approx([0.0, 60.0])
    assert (world.units.policy == codes.POLICY_NEAREST).all()
    assert (world.units.mode == codes.MODE_SALVO).all()
    assert world.units.salvo.tolist() == [3, 3] and world.units.reserve.tolist() == [1, 1]


def test_a_mast_lifts_the_radars_that_have_one() -> None:
    plain = stories.compiled(stories.MIXED)
    tall = stories.compiled(stories.MIXED.replace("    launchers: 4", "    antenna_mast: 24 m\n    launchers: 4"))
    higher = tall.world.radars.antenna_m > plain.world.radars.antenna_m
    assert {tall.names.radar_types[i] for i in np.flatnonzero(higher)} >= {"96l6e"}
    assert set(tall.world.radars.antenna_m[higher]) == {24.0}
    assert "91n6e" not in {tall.names.radar_types[i] for i in np.flatnonzero(higher)}




def test_a_ballistic_missile_gets_a_plan_and_a_launch_time() -> None:
    made = stories.compiled(stories.STORIES["scud"].replace("    aim: Town", "    arrival: 330 s\n    aim: Town"))
    threats = made.world.threats
    assert threats.kind.tolist() == [codes.KIND_BALLISTIC]
    assert threats.ballistic.any()
    assert 330.0 - 360.0 < threats.start_s[0] < 330.0 - 200.0 or threats.start_s[0] >= 0.0
    assert (threats.start_s[0] / 0.25) % 1.0 == pytest.approx(0.0, abs=1e-9)
    battle, _ = stories.fight(made)
    if battle.truth.threat["status"][0] == codes.LEAKED:
        assert battle.truth.threat["end_s"][0] == pytest.approx(330.0, abs=2.0)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("distance: 250 km", "distance: 900 km", "reach"),
        ("    aim: Town", "    arrival: 60 s\n    aim: Town", "cannot arrive"),
    ],
)
def test_what_cannot_be_flown_is_refused_with_its_place(old: str, new: str, words: str) -> None:
    from parapet.scenario import check as checks
    from parapet.scenario.read import read_text

    scenario = read_text("parapet: 1\ntitle: A story\n" + stories.STORIES["scud"].replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(scenario, checks.catalogue_for(scenario))
    finding = caught.value.findings[0]
    assert finding.severity == "error"
    assert words in finding.message and "scud-01" in finding.message
    assert finding.line > 0


def test_the_reference_signal_to_noise_is_that_of_a_published_range(mixed: Compiled) -> None:
    """Single look, Pd 0.5, Pfa 1e-6, Swerling 1: 12.77 dB."""
    snr_db = 10.0 * math.log10(float(mixed.world.radars.reference_snr[0, 0]))
    assert snr_db == pytest.approx(12.77, abs=0.01)


def test_the_state_has_room_for_what_the_world_can_do(mixed: Compiled) -> None:
    sizes, world = mixed.sizes, mixed.world
    assert sizes.n_shots >= world.load.sum()
    assert sizes.n_rounds >= min(world.units.n_missile_channels.sum(), world.load.sum())
    assert sizes.n_channels_max == world.units.n_target_channels.max()
    assert sizes.n_tracks >= world.threats.id.size


def values(made: Compiled, *names: str) -> dict[str, Any]:
    tables = stories.tables_of(made.world)
    return {name: tables[name].tolist() for name in names}


def test_wind_is_where_it_goes_not_where_it_comes_from() -> None:
    wind = "environment: {wind: [{altitude: 0 m, speed: 10 m/s, direction_from: 270}]}\n"
    text = stories.MIXED.replace("systems:", wind + "systems:", 1)
    found = values(stories.compiled(text), "air.wind_east_mps", "air.wind_north_mps")
    assert found["air.wind_east_mps"] == pytest.approx([10.0])
    assert found["air.wind_north_mps"] == pytest.approx([0.0], abs=1e-9)
