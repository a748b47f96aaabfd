"""Exposure: against the battle's own radar, closed forms, geometry worked out elsewhere, and counts that must add up."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pymap3d
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymap3d.vincenty import vdist, vreckon

from parapet import catalogue, cli
from parapet.analysis import exposure_file
from parapet.analysis.claims_physics import Sight
from parapet.analysis.exposure import Exposure, Ladder, exposure
from parapet.analysis.exposure_file import ExposureFile
from parapet.analysis.exposure_flight import draws, sortie
from parapet.analysis.exposure_kernels import (
    BELOW_HORIZON,
    BEYOND_INSTRUMENTED,
    COL_AZIMUTH,
    COL_ELEVATION,
    COL_RANGE,
    COL_RCS,
    COL_SNR,
    OUTSIDE_COVERAGE,
)
from parapet.analysis.exposure_radar import LEVELS, Watcher, lens_m2
from parapet.analysis.exposure_show import as_text
from parapet.errors import InputError
from parapet.physics import detection, propagation

ROOT = Path(__file__).resolve().parents[2]
PRESETS = {path.stem: path for path in sorted((ROOT / "examples/exposure").glob("*.yaml"))}

SMALL = """\
parapet-exposure: 1
title: A test
aircraft: f-35a
snr: 13 dB
months: [1, 2]
reflector: {low: 4 cm, nominal: 6 cm, high: 8 cm, source: a test}
sites:
  - name: Hill
    place: {lat: 40.0, lon: 33.0}
    elevation: 500 m
    radars: [{radar: 91n6e}, {radar: 92n6e, boresight: 270}]
bases:
  - {name: Field, place: {lat: 40.0, lon: 31.6}, elevation: 500 m}
flights:
  - name: round
    base: Field
    sorties: 10
    route: [{bearing: 80, distance: 60 km, altitude: 8 km}, {bearing: 120, distance: 70 km, altitude: 9 km}]
"""


def small(*changes: tuple[str, str]) -> ExposureFile:
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return exposure_file.read_text(text, "small.yaml")


def watcher(given_: ExposureFile, k: int = 0) -> Watcher:
    site, base = given_.block.sites[0], given_.block.bases[0]
    one = site.radars[k]
    return Watcher(site, one, given_.radars[one.radar], base, given_.ground_m, 4.0 / 3.0)


@pytest.fixture(scope="module")
def found() -> dict[str, Exposure]:
    return {name: exposure(path) for name, path in PRESETS.items()}


# ------------------------------------------------------------------------------------------------------ geometry ----


def test_horizons_are_those_of_the_four_thirds_earth() -> None:
    """R7: 4.12 (sqrt h1 + sqrt h2) km with h in m, and antenna 10 m, target 1,000 m: 143.38 km."""
    one = watcher(small(("radar: 91n6e}", "radar: 91n6e, antenna: 10 m}")))
    assert one.horizon_m(500.0 + 1000.0) == pytest.approx(143_380.0, abs=100.0)
    for altitude_m in (1500.0, 5500.0, 10500.0):
        rule_m = 4.12e3 * (math.sqrt(10.0) + math.sqrt(altitude_m - 500.0))
        assert one.horizon_m(altitude_m) == pytest.approx(rule_m, rel=0.003)


def test_the_far_preset_lies_beyond_any_horizon(found: dict[str, Exposure]) -> None:
    """Mürted to Malatya: 510 km by pymap3d; at 10 km height the plateau's horizon is nearer, a sea-level one is not."""
    away_m, _ = vdist(40.079, 32.566, 38.435, 38.091)
    told = found["murted-malatya"]
    assert told.distances_m["Malatya - Mürted"] == pytest.approx(float(away_m), rel=1e-6)
    assert 505e3 < away_m < 515e3
    for one in told.radars:
        assert one.horizon_m < away_m
        assert all(ladder.exposed == ladder.masked == ladder.echo == 0.0 for ladder in one.ladders.values())
    bare_m = propagation.horizon_range_m(850.0, 10_000.0, propagation.EFFECTIVE_RADIUS_M)
    assert bare_m == pytest.approx(532e3, rel=0.005)  # what the file's note says


def test_aspects_are_those_of_pymap3d() -> None:
    """The radar's azimuth off the nose and elevation above the wings, from an independent east-north-up."""
    given_ = small(("altitude: 9 km", "altitude: 8 km"))
    base, flight = given_.block.bases[0], given_.block.flights[0]
    line = sortie(flight, base, 250.0, 1, None).looks(10.0)
    one = watcher(given_)
    table = one.look(line, one.sides_m2(given_.aircraft)).table
    checked = 0
    for row, told in zip(line, table, strict=True):
        lat, lon, height = pymap3d.ecef2geodetic(*row[:3])
        east, north, up = pymap3d.ecef2enu(*one.place_m, lat, lon, height)
        v_east, v_north, v_up = pymap3d.ecef2enuv(*row[3:], lat, lon)
        assert told[COL_RANGE] == pytest.approx(math.sqrt(east**2 + north**2 + up**2), rel=1e-9)
        if abs(v_up) > 0.12:  # only level flight is so simple
            continue
        checked += 1
        turn = math.atan2(east, north) - math.atan2(v_east, v_north)
        turn = math.atan2(math.sin(turn), math.cos(turn))
        assert told[COL_AZIMUTH] == pytest.approx(turn, abs=6e-4)
        assert told[COL_ELEVATION] == pytest.approx(math.atan2(up, math.hypot(east, north)), abs=6e-4)
    assert checked > 10


def test_a_level_leg_has_the_radar_where_one_expects_it() -> None:
    """Flying north past a radar in the east: it passes from ahead right over abeam to behind right, a little below."""
    given_ = small(
        ("[{bearing: 80, distance: 60 km, altitude: 8 km}, {bearing: 120, distance: 70 km, altitude: 9 km}]",
         "[{bearing: 180, distance: 80 km, altitude: 8 km}, {bearing: 0, distance: 80 km, altitude: 8 km}]"),
    )  # fmt: skip
    base, flight = given_.block.bases[0], given_.block.flights[0]
    line = sortie(flight, base, 250.0, 1, None)
    looks = line.looks(5.0)
    table = watcher(given_).look(looks, np.ones((3, 3))).table
    leg = slice(int(80e3 / 250.0 / 5.0) + 3, int(235e3 / 250.0 / 5.0) - 3)
    azimuth = np.degrees(table[leg, COL_AZIMUTH])
    assert (np.diff(azimuth) > 0.0).all() and azimuth[0] < 62.0 and azimuth[-1] > 118.0
    assert (table[leg, COL_ELEVATION] < 0.0).all()
    middle = np.argmin(np.abs(azimuth - 90.0))
    below = math.degrees(table[leg][middle, COL_ELEVATION])
    assert below == pytest.approx(-math.degrees(7500.0 / 119.4e3) - 0.5 * 119.4 / 111.2, abs=0.3)


def test_sorties_take_the_time_their_way_takes() -> None:
    given_ = small()
    line = sortie(given_.block.flights[0], given_.block.bases[0], 250.0, 1, None)
    out_m, _ = vdist(40.0, 31.6, *_end(60e3, 80.0))
    across_m, _ = vdist(*_end(60e3, 80.0), *_end(70e3, 120.0))
    way_m = math.hypot(out_m, 7500.0) + math.hypot(across_m, 1000.0) + math.hypot(70e3, 8500.0)
    assert line.duration_s == pytest.approx(float(way_m) / 250.0, rel=2e-3)  # it flies above the ellipsoid


@pytest.mark.parametrize("bearing_deg", [0.0, 45.0, 90.0, 200.0])
def test_legs_are_geodesics(bearing_deg: float) -> None:
    given_ = small(("bearing: 80, distance: 60 km", f"bearing: {bearing_deg}, distance: 500 km"))
    line = sortie(given_.block.flights[0], given_.block.bases[0], 250.0, 1, None)
    first = line.ecef_m[: int(500e3 / 6e3)]
    off = []
    for row in first[1:]:
        lat, lon, _ = pymap3d.ecef2geodetic(*row)
        away_m, towards_deg = vdist(40.0, 31.6, lat, lon)
        turn = math.radians((float(towards_deg) - bearing_deg + 180.0) % 360.0 - 180.0)
        off.append(abs(float(away_m) * math.sin(turn)))
    assert max(off) < 20.0 and off[-1] < 3.0  # it ends where the geodesic ends


def _end(distance_m: float, bearing_deg: float) -> tuple[float, float]:
    lat, lon = vreckon(40.0, 31.6, distance_m, bearing_deg)
    return float(lat), float(lon)


# ------------------------------------------------------------------------------------------------------- physics ----


def test_ranges_are_the_closed_form() -> None:
    """R ~ (signature / ratio)^(1/4) from the published 390 km at 4 m2; the air gives back a little at shorter range."""
    one = watcher(small())
    assert one.modes[0, 0] == 390e3 and one.modes[0, 1] == 4.0
    for rcs_m2, snr_db in ((0.001, 13.0), (0.1, 13.0), (1.0, 20.0)):
        snr = detection.ratio_from_db(snr_db)
        closed_m = 390e3 * (rcs_m2 / 4.0 * one.reference_snr / snr) ** 0.25
        got_m = one.range_at_snr_m(rcs_m2, snr, 9e3)
        assert closed_m < got_m < 1.25 * closed_m
        loss_db = one.modes[0, 4] - one.gas_loss_db(got_m, 9e3)
        assert got_m == pytest.approx(closed_m * 10.0 ** (loss_db / 40.0), rel=1e-6)


def test_looks_are_those_of_the_claims() -> None:
    """Over ground at sea level the ratio of every look is what `Sight` of the claims page makes of range and height."""
    given_ = small(
        ("elevation: 500 m\n    radars: [{radar: 91n6e}", "elevation: 0 m\n    radars: [{radar: 91n6e}"),
        ("lon: 31.6}, elevation: 500 m", "lon: 31.6}, elevation: 0 m"),
    )
    line = sortie(given_.block.flights[0], given_.block.bases[0], 250.0, 1, None).looks(30.0)
    one = watcher(given_)
    sight = Sight(given_.radars["91n6e"])
    looks = one.look(line, one.sides_m2(given_.aircraft))
    seen = 0
    for row, hidden, told in zip(line, looks.hidden, looks.table, strict=True):
        height_m = pymap3d.ecef2geodetic(*row[:3])[2]
        if hidden == 0:
            seen += 1
            assert told[COL_SNR] == pytest.approx(sight.snr(told[COL_RANGE], float(height_m), 1.0), rel=1e-6)
        assert (hidden & BELOW_HORIZON != 0) == (told[COL_RANGE] > sight.horizon_m(float(height_m)))
    assert seen > 20


@pytest.mark.slow
def test_looks_are_the_battles() -> None:
    """The ratio of every look is what the radar of a battle has at that place, hidden or not."""
    from parapet._jit import entry
    from parapet.engine import sensing
    from parapet.engine.compile import compile_scenario
    from parapet.scenario.read import read_text

    scenario = """\
parapet: 1
title: One
duration: 600 s
environment: {ground_elevation: 500 m}
systems:
  - {name: Hill, system: s400-full, place: {lat: 40.0, lon: 33.0}, elevation: 500 m, boresights: [270, 0, 90, 180]}
raid:
  - {name: jet, threat: f-35a, route: [{bearing: 270, distance: 200 km, altitude: 9 km}], aim: Hill}
"""
    known = catalogue.load()
    units = int(known.systems["s400-full"].si("fire_units.count"))
    scenario = scenario.replace("[270, 0, 90, 180]", str([270, 0, 90, 180, 45, 135, 225, 315][:units]))
    compiled = compile_scenario(read_text(scenario), known)
    snr_at = entry(sensing.snr_at)
    given_ = small()
    line = sortie(given_.block.flights[0], given_.block.bases[0], 250.0, 1, None).looks(7.0)
    for k, name in enumerate(("91n6e", "92n6e")):
        i_radar = compiled.names.radar_types.index(name)
        face = compiled.world.radars[i_radar]
        one = watcher(given_, k)
        assert face["x_m"] == pytest.approx(one.place_m[0], abs=0.01)
        looks = one.look(line, one.sides_m2(given_.aircraft))
        seen = 0
        for row, hidden, told in zip(line, looks.hidden, looks.table, strict=True):
            battle = snr_at(compiled.world, i_radar, 0, *row)
            assert (battle > 0.0) == (hidden == 0)
            if hidden == 0:
                seen += 1
                assert told[COL_SNR] * told[COL_RCS + 1] == pytest.approx(battle, rel=1e-4)
        assert seen > 50


def test_lens() -> None:
    """A lens of 10 cm radius at 3 cm sends back like a plate of its disc: 4 pi A^2 / lambda^2 = 13.78 m2."""
    area_m2 = 0.031415926535897934
    assert lens_m2(0.1, 0.03) == pytest.approx(4.0 * math.pi * area_m2**2 / 0.0009, rel=1e-12)
    assert lens_m2(0.1, 0.03) == pytest.approx(13.78, rel=1e-3)
    assert lens_m2(0.2, 0.03) == pytest.approx(16.0 * lens_m2(0.1, 0.03))
    assert lens_m2(0.1, 0.06) == pytest.approx(lens_m2(0.1, 0.03) / 4.0)


def test_signatures_are_the_catalogues() -> None:
    given_ = small()
    one = watcher(given_)
    sides = one.sides_m2(given_.aircraft)
    assert sides[1, 0] == given_.aircraft.si("signature.S.front")
    assert sides[2, 1] == given_.aircraft.figure("signature.S.side").high
    table = one.look(
        sortie(given_.block.flights[0], given_.block.bases[0], 250.0, 1, None).looks(5.0), sides
    ).table
    for level in range(3):
        assert (table[:, COL_RCS + level] >= sides[level].min() * (1 - 1e-9)).all()
        assert (table[:, COL_RCS + level] <= sides[level].max() * (1 + 1e-9)).all()


# --------------------------------------------------------------------------------------------------------- counts ----


def test_every_look_is_counted_once(found: dict[str, Exposure]) -> None:
    for told in found.values():
        for one in told.radars:
            for ladder in one.ladders.values():
                parts = (
                    ladder.horizon,
                    ladder.range,
                    ladder.both,
                    ladder.sector,
                    ladder.masked,
                    ladder.exposed,
                )
                assert sum(parts) == pytest.approx(ladder.scheduled)
            looks = told.hours_flown * 3600.0 / one.period_s
            assert one.ladders["low"].scheduled == pytest.approx(looks, rel=0.01)
        for band in told.bands:
            mine = [one for one in told.radars if one.band == band.band]
            for level in LEVELS:
                assert band.ladders[level].exposed == pytest.approx(
                    sum(one.ladders[level].exposed for one in mine)
                )
                assert band.maps[level].sum() == pytest.approx(band.ladders[level].without_reflectors)
                assert band.exposed_maps[level].sum() == pytest.approx(band.ladders[level].exposed)


def test_a_louder_signature_is_seen_more(found: dict[str, Exposure]) -> None:
    for told in found.values():
        for one in told.radars:
            seen = [one.ladders[level].without_reflectors for level in LEVELS]
            assert seen == sorted(seen)
        for band in told.bands:
            for row in band.bins.values():
                assert row["low"][1] <= row["nominal"][1] <= row["high"][1]
                assert all(as_flown <= bare for as_flown, bare in row.values())


def test_more_months_never_show_less(found: dict[str, Exposure]) -> None:
    for told in found.values():
        for band in told.bands:
            for level in LEVELS:
                for k in (0, 1):
                    row = [band.bins[month][level][k] for month in told.months]
                    assert row == sorted(row)


def test_twice_the_sorties_are_twice_the_looks() -> None:
    once, twice = exposure(small()), exposure(small(("sorties: 10", "sorties: 20")))
    for one, two in zip(once.radars, twice.radars, strict=True):
        for level in LEVELS:
            assert two.ladders[level].values == tuple(2.0 * value for value in one.ladders[level].values)
            assert two.hours(level) == 2.0 * one.hours(level)


def test_two_flights_are_the_sum_of_each_alone() -> None:
    both = (
        SMALL
        + """\
  - name: other
    base: Field
    sorties: 3
    reflectors: false
    route: [{bearing: 60, distance: 90 km, altitude: 7 km}]
    spread: {bearing: 20 deg}
"""
    )
    parts = [small(), exposure_file.read_text(re.sub(r"  - name: round\n(    .*\n)+", "", both))]
    total = exposure(exposure_file.read_text(both))
    for k, one in enumerate(total.radars):
        for level in LEVELS:
            alone = [exposure(part).radars[k].ladders[level].values for part in parts]
            assert one.ladders[level].values == pytest.approx([a + b for a, b in zip(*alone, strict=True)])
    assert total.hours_flown == pytest.approx(sum(exposure(part).hours_flown for part in parts))


def test_further_away_is_seen_less() -> None:
    """The site on the axis of the flight, moved off: neither airframe nor reflector is seen more."""
    told = exposure(small(("reflector:", "sweep: {from: 150 km, to: 600 km, count: 10}\nreflector:")))
    for band in ("S", "X"):
        rows = [one for one in told.sweep if one.band == band]
        assert len(rows) == 10
        for level in LEVELS:
            for name in ("without_reflectors", "exposed", "echo"):
                values = [getattr(one.ladders[level], name) for one in rows]
                assert all(a >= b for a, b in pairwise(values)), (band, level, name)
        assert rows[0].ladders["high"].without_reflectors > 0.0 == rows[-1].ladders["high"].without_reflectors


def test_the_sweep_goes_through_the_file_itself() -> None:
    """At the distance of the file the sweep gives what the file gives."""
    away_km = 119.5
    here = exposure(small()).distances_m["Field - Hill"] / 1000.0
    told = exposure(small(("reflector:", f"sweep: {{from: {here!r} km, to: 500 km, count: 2}}\nreflector:")))
    assert here == pytest.approx(away_km, rel=0.01)
    for one in told.sweep[:2]:
        band = told.band(one.band)
        for level in LEVELS:
            assert one.ladders[level].values == pytest.approx(band.ladders[level].values, abs=30.0)


def test_reflectors_only_ever_hide() -> None:
    on, off = exposure(small()), exposure(small(("sorties: 10", "sorties: 10\n    reflectors: false")))
    assert on.has_reflectors and not off.has_reflectors
    some = False
    for one, two in zip(on.radars, off.radars, strict=True):
        for level in LEVELS:
            assert one.ladders[level].without_reflectors == two.ladders[level].exposed
            assert two.ladders[level].masked == 0.0
            assert one.ladders[level].echo >= two.ladders[level].echo
            some = some or one.ladders[level].masked > 0.0
    assert some


def test_the_head_gives_low_nominal_and_high_with_and_without_reflectors(found: dict[str, Exposure]) -> None:
    near, far, stored = found["murted-eskisehir"], found["murted-malatya"], found["incirlik"]
    for one in found.values():
        for level, as_is in product(LEVELS, (True, False)):
            by_radar = (r.ladders[level].exposed * (r.share if as_is else 1.0) for r in one.radars)
            assert sum(by_radar) == pytest.approx(one.total(level, as_is=as_is))
            bare = one.total(level, as_is=as_is, reflectors=False)
            assert bare >= one.total(level, as_is=as_is)
        by_band = sum(band.ladders["nominal"].without_reflectors for band in one.bands)
        assert one.total(as_is=False, reflectors=False) == pytest.approx(by_band)
    assert near.total() == 0.0 < near.total(reflectors=False) < near.total("high", reflectors=False)
    assert stored.total("high", reflectors=False) == 0.0 < stored.total(as_is=False, reflectors=False)
    head = as_text(near).split("The radars")[0]
    assert re.search(r"as things stand: 0 / 0 / \d+k with reflectors on, [\d,]+ / [\d,]+ / \d+k with them off", head)
    assert "the answer is the signature" in head and "the answer is the signature" not in as_text(far)
    assert "if all radiated: 0 / 0 / " in as_text(stored)


def test_two_distances_that_round_alike_are_told_apart(found: dict[str, Exposure]) -> None:
    far = as_text(found["murted-malatya"])
    more_m = {r.band: r.closest_m - r.horizon_m for r in found["murted-malatya"].radars}
    assert 0.0 < more_m["S"] < 1000.0 and more_m["C"] < 0.0
    assert re.search(rf"91N6E \(S\) +415\.9 +415\.9 +{more_m['S']:.0f} m ", far)
    assert re.search(r"96L6E \(C\) +416\.0 +425\.2 +- ", far)
    assert "beyond" not in as_text(found["murted-eskisehir"]).split("What is seen")[0]


def test_a_site_that_is_off_sees_nothing(found: dict[str, Exposure]) -> None:
    incirlik = found["incirlik"]
    assert {one.state for one in incirlik.radars} == {"dormant"}
    assert all(incirlik.total(level) == 0.0 for level in LEVELS)
    assert incirlik.total("high", as_is=False) > 0.0
    for state in ("dormant", "elsewhere"):
        told = exposure(
            small(
                ("    elevation: 500 m\n    radars", f"    elevation: 500 m\n    state: {state}\n    radars")
            )
        )
        assert told.total("high") == 0.0
    half = exposure(
        small(("    elevation: 500 m\n    radars", "    elevation: 500 m\n    duty: 0.5\n    radars"))
    )
    assert (
        half.total("high") == pytest.approx(0.5 * half.total("high", as_is=False))
        and half.total("high") > 0.0
    )


def test_what_range_and_horizon_remove_is_apart() -> None:
    """A dipole of 1,000 m2 is limited by the horizon alone, the F-35 at 300 km by range alone."""
    far = (("lon: 33.0", "lon: 34.4"), ("91n6e}, {radar: 92n6e, boresight: 270}", "91n6e}"))
    ladder = exposure(small(*far)).radars[0].ladders["low"]
    assert (
        ladder.horizon == 0.0 and ladder.exposed + ladder.masked == 0.0 and ladder.range > ladder.both > 0.0
    )
    bright = replace(small(*far), aircraft=catalogue.load().replace(
        {f"threats.f-35a.signature.S.{side}": "1000 m2" for side in ("front", "side", "rear")}
    ).threats["f-35a"])  # fmt: skip
    ladder = exposure(bright).radars[0].ladders["low"]
    assert ladder.range == ladder.both == 0.0 and ladder.horizon > 0.0 and ladder.exposed > 0.0


@given(st.integers(0, 2**20), st.integers(0, 10_000))
@settings(max_examples=40)
def test_sorties_have_addresses(seed: int, number: int) -> None:
    first, second = draws(seed, "training", number)
    assert -1.0 < first < 1.0 and -1.0 < second < 1.0
    assert draws(seed, "training", number) == (first, second)
    assert draws(seed, "training", number + 1) != (first, second) != draws(seed, "transit", number)


def test_bits_say_what_hides() -> None:
    one = watcher(small(("lon: 33.0", "lon: 42.0"), ("boresight: 270", "boresight: 90")), 1)
    given_ = small()
    line = sortie(given_.block.flights[0], given_.block.bases[0], 250.0, 1, None).looks(30.0)
    hidden = one.look(line, np.ones((3, 3))).hidden
    assert (hidden == BEYOND_INSTRUMENTED | BELOW_HORIZON | OUTSIDE_COVERAGE).all()


def test_ladders_add() -> None:
    one = Ladder(10, 1, 2, 3, 0, 1, 3, 5)
    assert (one + one).values == one.times(2.0).values and one.without_reflectors == 4


# ------------------------------------------------------------------------------------------------------ bad input ----

BAD = [
    ("aircraft: f-35a", "aircraft: f35a", 3, "Did you mean 'f-35a'"),
    ("aircraft: f-35a", "aircraft: scud-b", 3, "expected something that flies|no threat"),
    ("snr: 13 dB", "snr: 13", 4, "without a unit"),
    ("radar: 91n6e", "radar: 91n6", 11, "Did you mean '91n6e'"),
    ("radar: 91n6e}", "radar: 91n6e, boresight: 3}", 11, "only a sector array has a boresight"),
    ("base: Field", "base: Feld", 16, "no base is called 'Feld'. Did you mean 'Field'"),
    ("altitude: 8 km", "altitude: 300 m", 18, "is under the ground"),
    ("altitude: 8 km", "altitude: 30 km", 18, "is above the ceiling"),
    ("reflector: {low: 4 cm, nominal: 6 cm, high: 8 cm, source: a test}\n", "", 1, "'reflector' is missing"),
    ("low: 4 cm", "low: 7 cm", 6, "expected low <= nominal <= high"),
    ("sorties: 10", "sorties: 0", 17, "expected at least 1"),
    ("months: [1, 2]", "month: [1, 2]", 5, "unknown key 'month'. Did you mean 'months'"),
    ("lat: 40.0, lon: 33.0", "lat: 140.0, lon: 33.0", 9, "from -90 to 90 deg"),
    (
        "elevation: 500 m\n    radars",
        "elevation: 500 m\n    state: asleep\n    radars",
        11,
        "expected one of operational",
    ),
]


@pytest.mark.parametrize(
    "old, new, line, words", BAD, ids=[f"{k}-{new[:16].strip()}" for k, (_, new, _, _) in enumerate(BAD)]
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in SMALL
    with pytest.raises(InputError) as caught:
        exposure_file.read_text(SMALL.replace(old, new, 1), "small.yaml")
    told = [str(finding) for finding in caught.value.findings]
    assert any(re.match(rf"small\.yaml:{line}\b", one) and re.search(words, one) for one in told), told


# -------------------------------------------------------------------------------------------------- what is seen ----


def test_the_command_tells_and_draws(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(
        SMALL + "claims:\n  - {who: Ankara, says: others were seen too, source: a test}\n", encoding="utf-8"
    )
    assert cli.main(["exposure", str(file), "--figure", str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    for words in (
        "reflectors on",
        "Not modelled",
        "passive receivers",
        "Ankara: others were seen too",
        "Hill, 91N6E (S)",
    ):
        assert words in captured.out, words
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"small.svg", "small.png"}
    assert (tmp_path / "out/small.svg").stat().st_size > 5000


def test_the_command_gives_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["exposure", str(PRESETS["incirlik"]), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["format"] == 1 and data["exposing_looks_per_month"]["high"]["as_is"] == 0.0
    assert data["exposing_looks_per_month"]["high"]["if_all_radiate"] > 0.0
    assert {one["band"] for one in data["bands"]} == {"S", "C", "X"}
    assert len(data["not_modelled"]) >= 6 and any("Ankara" in claim["who"] for claim in data["claims"])
    table = np.array(data["bands"][0]["aspect_map"]["high"])
    assert table.shape == (36, 36) and table.sum() == pytest.approx(
        data["bands"][0]["looks_per_month"]["high"]["without_reflectors"], rel=1e-3
    )


def test_the_command_ends_with_two_for_wrong_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["exposure", str(tmp_path / "none.yaml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
