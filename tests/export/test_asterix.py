"""ASTERIX read back by `libasterix`, which knows every bit of the editions written, and held against the log."""

from __future__ import annotations

import asterix.base as base
import asterix.generated as generated
import dpkt
import numpy as np
import pytest
from tests.export.conftest import ROOT, ecef

import parapet
from parapet.export import asterix as written_by
from parapet.export import export
from parapet.export.making import scene
from parapet.export.plots import plots

EDITIONS = {34: generated.Cat_034_1_29, 48: generated.Cat_048_1_32, 62: generated.Cat_062_1_20}
NM_M, FT_M = 1852.0, 0.3048


@pytest.fixture(scope="module")
def small():
    """A quick battle with a ballistic missile that flies higher and farther than some items hold."""
    return parapet.run(ROOT / "examples" / "ballistic.yaml", record="full")


@pytest.fixture(scope="module")
def small_scene(small):
    return scene(small)


@pytest.fixture(scope="module")
def file(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("asterix") / "x.ast"
    return path, export(small, "asterix", path)


@pytest.fixture(scope="module")
def records(file):
    """Records by category in the order of the file."""
    data, found = file[0].read_bytes(), {34: [], 48: [], 62: []}
    while data:
        length = int.from_bytes(data[1:3], "big")
        (block,) = base.RawDatablock.parse(base.Bits.from_bytes(data[:length]))
        read = EDITIONS[block.get_category()].cv_uap.parse(block.get_raw_records())
        assert not isinstance(read, ValueError), read
        found[block.get_category()] += read
        data = data[length:]
    return found


def number(record, item, *path, unit=None):
    """A quantity, or a whole number, of an item; None if the record does not have it."""
    found = record.get_item(item)
    if found is None:
        return None
    for name in path:
        found = found.variation.get_item(name)
    return found.variation.content.as_quantity(unit) if unit else found.as_uint()


def seconds(record, item):
    return number(record, item, unit="s")


def source(record):
    return number(record, "010", "SAC"), number(record, "010", "SIC")


def test_plots_are_those_of_the_radars(records, small, file):
    table = plots(small)
    table = table[np.argsort(table["t_s"], kind="stable")]
    read = records[48]
    assert (
        len(read) == len(table) == file[1].plots == small.totals["plots"] + small.totals["false_plots"] > 300
    )
    # of one time the order is free: match by time and radar, then by range
    order = sorted(range(len(read)), key=lambda k: (round(seconds(read[k], "140") * 128), source(read[k])))
    rows = np.round(table["t_s"] * 128).astype(int)
    wanted = sorted(range(len(table)), key=lambda k: (rows[k], (0, int(table["i_radar"][k]) + 1)))
    n_far, n_high, by_key = 0, 0, {}
    for k, j in zip(order, wanted, strict=True):
        pair = by_key.setdefault((rows[j], int(table["i_radar"][j])), ([], []))
        pair[0].append(read[k])
        pair[1].append(j)
    heights = written_by.plot_heights_m(small.played.world.radars, table)
    for got, want in by_key.values():
        got = sorted(got, key=lambda record: (round(range_m(record)), number(record, "040", "THETA")))
        want = sorted(
            want, key=lambda j: (on_step_m(table["range_m"][j]), table["azimuth_rad"][j] % (2 * np.pi))
        )
        for record, j in zip(got, want, strict=True):
            row = table[j]
            assert source(record) == (0, row["i_radar"] + 1)
            assert abs(seconds(record, "140") - row["t_s"]) <= 0.5 / 128 + 1e-9
            assert abs(range_m(record) - row["range_m"]) <= NM_M / 512 + 1e-6
            theta = np.radians(number(record, "040", "THETA", unit="°"))
            apart = np.angle(np.exp(1j * (theta - row["azimuth_rad"])))
            assert abs(apart) <= np.pi / 65536 + 1e-9
            assert record.get_item("020").variation.get_item("SIM").as_uint() == 1
            assert record.get_item("020").variation.get_item("TYP").as_uint() == 1  # primary radar
            height = number(record, "110", "3DH", unit="ft")
            if height is None:
                assert abs(heights[j]) > 62_000.0
                n_high += 1
            else:
                assert abs(height * FT_M - heights[j]) <= 12.5 * FT_M + 1e-6
            n_far += record.get_item("RE") is not None
    assert n_far == int((table["range_m"] >= 256 * NM_M).sum()) > 0 and n_high > 0


def on_step_m(value):
    """A range as the format's steps have it, to a metre."""
    return round(round(value / NM_M * 256) / 256 * NM_M)


def range_m(record):
    """Slant range; beyond 256 NM from the reserved expansion field."""
    field = record.get_item("RE")
    if field is None:
        return number(record, "040", "RHO", unit="NM") * NM_M
    assert number(record, "040", "RHO") == 0xFFFF
    parsed = generated.Ref_048_1_11.cv_expansion.parse(base.Bits.from_bytes(field.variation.get_bytes()))
    assert not isinstance(parsed, ValueError)
    return parsed[0].get_item("ERR").variation.content.as_quantity("NM") * NM_M


def test_tracks_are_those_of_the_log(records, small, small_scene, file):
    """Every sample of every track, its time to 1/256 s and its place to a metre where the format holds a height."""
    by_key = {}
    for record in records[62]:
        key = (number(record, "015"), source(record)[1], number(record, "040"))
        by_key.setdefault(key, []).append(record)
    tracks = small_scene.of("search track", "fire-control track")
    n = n_high = 0
    units = small.played.names.units
    for track in tracks:
        kind, first, last = track.key.split("-")
        key = (
            (1, int(first) + 1, int(last))
            if kind == "search"
            else (2, units.index(track.unit) + 1, int(last))
        )
        mine = by_key.pop(key)
        assert len(mine) == len(track.t_s)
        assert np.abs(np.array([seconds(r, "070") for r in mine]) - track.t_s).max() <= 0.5 / 128 + 1e-9
        lat, lon = (np.array([number(r, "105", name, unit="°") for r in mine]) for name in ("LAT", "LON"))
        height = [number(r, "130", unit="ft") for r in mine]
        is_low = np.array([h is not None for h in height])
        fits = (track.height_m >= -1_500 * FT_M) & (track.height_m <= 150_000 * FT_M)
        assert (fits == is_low).all()
        heights = np.array([np.nan if h is None else h * FT_M for h in height])
        got, want = ecef(lon, lat, np.where(is_low, heights, track.height_m)), track.ecef_m
        assert np.linalg.norm(got - want, axis=1).max() < 1.1  # 1 m up and down, 0.3 m across
        assert not is_low.any() or np.abs(heights - track.height_m)[is_low].max() <= 3.125 * FT_M + 1e-6
        speed = np.array([[number(r, "185", name, unit="m/s") for name in ("VX", "VY")] for r in mine])
        step = np.diff(np.column_stack([track.lon_deg, track.lat_deg]), axis=0) / np.diff(track.t_s)[:, None]
        if len(step) > 4:  # east and north are not mixed up
            metres = (
                np.radians(step)
                * 6.371e6
                * np.column_stack([np.cos(np.radians(track.lat_deg[1:])), np.ones(len(step))])
            )
            assert (
                np.median(np.linalg.norm(speed[1:] - metres, axis=1))
                < 0.2 * np.median(np.linalg.norm(metres, axis=1)) + 20.0
            )
        status = [
            [r.get_item("080").variation.get_item(name).as_uint() for name in ("SIM", "TSB", "TSE")]
            for r in mine
        ]
        assert [s[0] for s in status] == [1] * len(mine)
        assert [s[1] for s in status] == [1] + [0] * (len(mine) - 1)
        assert [s[2] for s in status] == [0] * (len(mine) - 1) + [int(track.is_over)]
        n, n_high = n + len(mine), n_high + int((~is_low).sum())
    assert not by_key and n == file[1].samples > 100
    assert n_high > 0  # the ballistic missile


def test_radars_say_where_they_stand(records, small):
    world, names = small.played.world, small.played.names
    by_radar = {}
    for record in records[34]:
        assert number(record, "000") == 1
        by_radar.setdefault(source(record)[1] - 1, []).append(record)
    assert set(by_radar) == set(range(len(names.radars)))
    for i, mine in by_radar.items():
        lat, lon = (number(mine[0], "120", name, unit="°") for name in ("LAT", "LON"))
        height = number(mine[0], "120", "HGT", unit="m")
        got = ecef(np.array([lon]), np.array([lat]), np.array([height]))[0]
        want = np.array([world.radars[name][i] for name in ("x_m", "y_m", "z_m")])
        assert np.linalg.norm(got - want) < 2.5  # 1 m of height, 1.2 m of latitude
        if len(mine) > 1:
            turn = np.diff([seconds(r, "030") for r in mine])
            assert np.abs(turn - float(world.radars["period_s"][i])).max() < 0.02
            assert abs(number(mine[0], "041", unit="s") - float(world.radars["period_s"][i])) < 0.01


def test_blocks_rise_and_the_capture_holds_the_same(file, small, tmp_path):
    path = tmp_path / "x.pcap"
    again = export(small, "asterix", path)
    with path.open("rb") as opened:
        packets = [(t, dpkt.ethernet.Ethernet(data).ip.udp) for t, data in dpkt.pcap.Reader(opened)]
    assert b"".join(udp.data for _, udp in packets) == file[0].read_bytes()
    assert len(packets) == again.messages == file[1].messages
    assert {udp.dport for _, udp in packets} == {written_by.PORT}
    assert [t for t, _ in packets] == sorted(t for t, _ in packets)
    assert max(len(udp.data) for _, udp in packets) <= written_by.BLOCK_BYTES


def test_field_specification():
    assert written_by.fspec(1, 2, 3, 4) == b"\xf0"
    assert written_by.fspec(1, 8) == b"\x81\x80"
    assert written_by.fspec(19) == b"\x01\x01\x08"
