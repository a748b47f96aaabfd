"""Fly-out tables: they tell what direct flights tell, quickly, and the fitted rounds reach what is published."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from parapet import catalogue
from parapet.engine import flyout
from parapet.physics import interceptor as ic

NAMES = ("48n6e3", "48n6e2", "9m96e", "9m96e2", "40n6e", "gem-t", "pac-3-mse")


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    entries = catalogue.load().interceptors
    return {name: flyout.parameter_row(entries[name]) for name in NAMES}


@pytest.fixture(scope="module")
def tables(rows: dict[str, np.ndarray]) -> flyout.FlyoutTables:
    return flyout.build(np.array(list(rows.values())), is_cached=False)


@pytest.mark.parametrize(
    ("name", "low_km", "high_km"),
    [
        ("48n6e3", 240, 262),
        ("48n6e2", 190, 210),
        ("40n6e", 375, 405),
        ("9m96e", 36, 46),
        ("9m96e2", 115, 135),
        ("gem-t", 150, 175),
        ("pac-3-mse", 60, 120),
    ],
)
def test_kinematic_reach_is_the_published_range(rows, name: str, low_km: float, high_km: float) -> None:  # type: ignore[no-untyped-def]
    """Published ranges (catalogue), target at 10 km, arrival of 800 m/s and 8 g."""
    assert low_km <= flyout.kinematic_reach_m(rows[name]) / 1e3 <= high_km


def test_48n6e3_burnout_and_apogee(rows) -> None:  # type: ignore[no-untyped-def]
    """Published: 1.9 to 2.1 km/s at burnout after some 12 s, apogee 40 to 60 km at 250 km."""
    row = rows["48n6e3"]
    time_s, speed, load, apogee, miss, burnout = flyout.flight_to_point(row, 0.0, 250e3, 10e3, 0.25)
    assert 1900.0 <= burnout <= 2100.0
    assert 11.0 <= row[ic.COL_BOOST_TIME] <= 12.5
    assert 40e3 <= apogee <= 60e3
    assert speed >= 800.0 and load >= 8.0 and miss < 10.0
    assert 250e3 / 1700.0 < time_s < 250e3 / 1000.0


def test_reaches_low_and_high_targets(rows) -> None:  # type: ignore[no-untyped-def]
    """From 50 m to 27 km, near and far, a 48N6E3 gets there; loft grows with range."""
    row = rows["48n6e3"]
    for altitude in (50.0, 3e3, 10e3, 20e3, 27e3):
        for distance in (12e3, 40e3, 100e3, 180e3):
            assert flyout.flight_to_point(row, 800.0, distance, altitude, 0.25)[4] < 20.0, (distance, altitude)
    apogees = [flyout.flight_to_point(row, 0.0, r, 5e3, 0.25)[3] for r in (40e3, 80e3, 160e3, 240e3)]
    assert apogees == sorted(apogees)


def test_shorter_steps_change_little(rows) -> None:  # type: ignore[no-untyped-def]
    for name in NAMES:
        reach = rows[name][ic.COL_RANGE_AIR]
        coarse = flyout.flight_to_point(rows[name], 0.0, 0.7 * reach, 8e3, 0.25)
        fine = flyout.flight_to_point(rows[name], 0.0, 0.7 * reach, 8e3, 0.0625)
        assert coarse[0] == pytest.approx(fine[0], rel=0.01)
        assert coarse[1] == pytest.approx(fine[1], rel=0.015)


def test_tables_agree_with_direct_flights(rows, tables) -> None:  # type: ignore[no-untyped-def]
    """Time within 2 % of direct flights at random points of the envelope (one in forty, at the rim, within 6 %)."""
    rng = np.random.default_rng(5)
    for i, name in enumerate(NAMES):
        row = rows[name]
        errors = []
        n = 0
        while n < 40:
            altitude = rng.uniform(50.0, row[ic.COL_ALTITUDE_MAX])
            distance = rng.uniform(max(row[ic.COL_RANGE_MIN], 3e3), row[ic.COL_RANGE_AIR])
            if distance < altitude:
                continue
            n += 1
            looked_up = flyout.flyout_time_s(
                tables.values[i], tables.range_max_m[i], tables.altitude_max_m[i], distance, altitude
            )
            flown = flyout.flight_to_point(row, 0.0, distance, altitude, flyout.FLIGHT_STEP_S)
            if math.isinf(looked_up):
                continue
            assert flown[4] < 1000.0
            errors.append(abs(looked_up / flown[0] - 1.0))
        errors.sort()
        assert len(errors) >= 30
        assert errors[-2] < 0.02 and errors[-1] < 0.06, (name, errors[-2:])


def test_outside_the_table(tables) -> None:  # type: ignore[no-untyped-def]
    args = (tables.values[0], flyout.TIME, tables.range_max_m[0], tables.altitude_max_m[0])
    for distance, altitude in ((-1.0, 1e3), (1e6, 1e3), (50e3, 1e5), (math.nan, 1e3), (100.0, 20.0)):
        assert flyout.flyout_value(*args, distance, altitude) == math.inf
    speed = (tables.values[0], flyout.SPEED, tables.range_max_m[0], tables.altitude_max_m[0])
    assert flyout.flyout_value(*speed, 1e6, 1e3) == 0.0
    assert not flyout.is_in_kinematic_reach(
        tables.values[0], tables.range_max_m[0], tables.altitude_max_m[0], 1e6, 1e3, 800.0, 8.0
    )
    assert flyout.is_in_kinematic_reach(
        tables.values[0], tables.range_max_m[0], tables.altitude_max_m[0], 100e3, 10e3, 800.0, 8.0
    )


def test_node_values_are_the_flights(rows, tables) -> None:  # type: ignore[no-untyped-def]
    """At a node the table returns the flight to that node."""
    i, j = 8, 30
    distance = tables.range_max_m[0] * (j / (flyout.N_RANGES - 1)) ** 2
    altitude = tables.altitude_max_m[0] * (i / (flyout.N_ALTITUDES - 1)) ** 2
    flown = flyout.flight_to_point(rows["48n6e3"], 0.0, distance, altitude, flyout.FLIGHT_STEP_S)
    for quantity in range(flyout.N_QUANTITIES):
        value = flyout.flyout_value(
            tables.values[0], quantity, tables.range_max_m[0], tables.altitude_max_m[0], distance, altitude
        )
        assert value == pytest.approx(flown[quantity], rel=1e-6)


def test_point_north_lies_that_far_by_geodesic() -> None:
    """Against geographiclib: 250 km along the ground is 250 km within a metre."""
    geodesic = pytest.importorskip("geographiclib.geodesic").Geodesic.WGS84
    from parapet.physics.earth import ecef_to_geodetic

    lat, lon, height = ecef_to_geodetic(*flyout.point_north(250e3, 1234.0))
    inverse = geodesic.Inverse(math.degrees(flyout.REFERENCE_LATITUDE_RAD), 0.0, math.degrees(lat), math.degrees(lon))
    assert inverse["s12"] == pytest.approx(250e3, abs=1.0)
    assert height == pytest.approx(1234.0, abs=1e-3)


def test_cache_keeps_and_repairs(rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """A second build reads the file; a damaged file is flown anew; other values get another file."""
    monkeypatch.setenv("PARAPET_CACHE_DIR", str(tmp_path))
    row = rows["9m96e"]
    first = flyout.build(row[None, :], 120.0)
    path = flyout.cache_path(row, 120.0)
    assert path.is_file()
    assert path != flyout.cache_path(row, 121.0)
    changed = row.copy()
    changed[ic.COL_BOOST_PROPELLANT_MASS] += 1.0
    assert path != flyout.cache_path(changed, 120.0)
    other = row.copy()
    other[[ic.COL_P_RELIABILITY, ic.COL_LETHAL_RADIUS_AIRCRAFT, ic.COL_SEEKER_RANGE, ic.COL_RANGE_BALLISTIC, ic.COL_GUIDANCE]] += 1.0
    assert path == flyout.cache_path(other, 120.0)  # not flown
    path.rename(path.with_suffix(".kept"))
    assert np.array_equal(first.values, flyout.build(other[None, :], 120.0).values)
    path.with_suffix(".kept").replace(path)
    whole = path.read_bytes()
    for damaged in (b"", b"not an archive", whole[: len(whole) // 2], whole[:600] + b"\0\1\2\3" + whole[604:]):
        path.write_bytes(damaged)
        again = flyout.build(row[None, :], 120.0)
        assert np.array_equal(first.values, again.values)
    assert path.read_bytes()[:2] == b"PK"


def test_rows_and_tables_cannot_be_written(rows, tables) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="read-only"):
        rows["48n6e3"][0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        tables.values[0, 0, 0, 0] = 1.0


def test_row_carries_the_catalogue(rows) -> None:  # type: ignore[no-untyped-def]
    """A few figures by hand: 1835 kg, 0.519 m across, 250 km, TVM with the uplink in its control lag."""
    row = rows["48n6e3"]
    assert row.shape == (ic.N_COLUMNS,)
    assert row[ic.COL_LAUNCH_MASS] == 1835.0
    assert row[ic.COL_REFERENCE_AREA] == pytest.approx(0.211556, rel=1e-5)
    assert row[ic.COL_RANGE_AIR] == 250e3
    assert row[ic.COL_GUIDANCE] == ic.GUIDANCE_TVM
    assert row[ic.COL_CONTROL_LAG] == pytest.approx(0.4)
    assert rows["9m96e"][ic.COL_GUIDANCE] == ic.GUIDANCE_ACTIVE
