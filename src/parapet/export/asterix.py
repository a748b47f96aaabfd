"""ASTERIX: what radars reported (CAT048), what the defender believed (CAT062), and where the radars stand (CAT034).

Sources: EUROCONTROL-SPEC-0149, part 4 (CAT048 1.32 with the reserved expansion field 1.11), part 9 (CAT062 1.20) and
part 2b (CAT034 1.29). Every target is marked as simulated. The system area code is 0 and the identification code counts
radars (CAT034, CAT048), pictures (CAT062 service 1) or fire units (CAT062 service 2) from 1 on. Heights are above the
WGS-84 ellipsoid, as in the engine; azimuths are from true north at the radar.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.engine import codes
from parapet.errors import InputError
from parapet.export.datagrams import Datagram
from parapet.export.making import geodetic
from parapet.export.model import Floats, Scene, Track

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle

PORT = 8600
"""The port that ASTERIX is sent to by habit."""
SERVICE_SEARCH, SERVICE_FIRE = 1, 2
BLOCK_BYTES, BLOCK_S = 1_400, 0.1
"""Records of one category that follow each other within this time share a data block of at most this size."""

FOOT_M, NM_M = 0.3048, 1852.0
RHO_STEP_M = NM_M / 256.0
THETA_STEP_RAD = 2.0 * math.pi / 65536.0
HEIGHT_STEP_M = 25.0 * FOOT_M
"""Steps of a plot's range, azimuth and height."""
LAT_STEP_DEG = 180.0 / 2**25
ALTITUDE_STEP_M = 6.25 * FOOT_M
ALTITUDE_MIN_M, ALTITUDE_MAX_M = -1_500 * FOOT_M, 150_000 * FOOT_M
"""Steps of a track's latitude, longitude and altitude, and the altitudes that its item may hold."""
CLIMB_STEP_MPS = 6.25 * FOOT_M / 60.0
VELOCITY_STEP_MPS = 0.25

Rows = list[tuple[float, int, bytes]]  # time, category, record


def fspec(*numbers: int) -> bytes:
    """The field specification that says which items (by field reference number, from 1) are there."""
    octets = [0] * ((max(numbers) - 1) // 7 + 1)
    for number in numbers:
        octets[(number - 1) // 7] |= 0x80 >> (number - 1) % 7
    return bytes(octet | 1 for octet in octets[:-1]) + bytes(octets[-1:])


def _octets(values: NDArray[Any], n: int) -> NDArray[np.uint8]:
    """Whole numbers as `n` octets each, two's complement, (rows, n)."""
    whole = np.asarray(values).astype(np.int64)
    return np.column_stack([(whole >> 8 * k) & 0xFF for k in range(n - 1, -1, -1)]).astype(np.uint8)


def _times(t_s: Floats) -> NDArray[np.uint8]:
    """Time of day in 1/128 s."""
    return _octets(np.round(np.remainder(t_s, 86_400.0) * 128.0) % (86_400 * 128), 3)


def _steps(values: Floats, step: float) -> NDArray[np.int64]:
    return np.round(values / step).astype(np.int64)


def _constant(data: bytes, n: int) -> NDArray[np.uint8]:
    return np.tile(np.frombuffer(data, np.uint8), (n, 1))


def _joined(t_s: Floats, category: int, columns: Sequence[NDArray[np.uint8]]) -> Rows:
    table = np.concatenate(columns, axis=1)
    data, n = table.tobytes(), table.shape[1]
    return [(t, category, data[k * n : (k + 1) * n]) for k, t in enumerate(t_s.tolist())]


# ------------------------------------------------------------------------------------------------------ plots ----


def plot_heights_m(radars: Any, table: Any) -> Floats:
    """Height above the ellipsoid of plots, from measured range, azimuth and elevation at their radar."""
    i = table["i_radar"]
    level = table["range_m"] * np.cos(table["elevation_rad"])
    enu = np.column_stack(
        [level * np.sin(table["azimuth_rad"]), level * np.cos(table["azimuth_rad"]),
         table["range_m"] * np.sin(table["elevation_rad"])]
    )  # fmt: skip
    turn = np.asarray(radars["rotation"])[i].reshape(-1, 3, 3)
    place = np.column_stack([np.asarray(radars[name])[i] for name in ("x_m", "y_m", "z_m")])
    return geodetic(place + np.einsum("nji,nj->ni", turn, enu))[2]


def plot_records(world: Any, table: Any) -> Rows:
    """CAT048: one target report per plot, primary radar, with the height that a 3D radar measures.

    Ranges beyond 256 NM stand in the reserved expansion field, as the standard wants it. A height beyond what its item
    holds (62 km) is left out.
    """
    if not len(table):
        return []
    rho = _steps(table["range_m"], RHO_STEP_M)
    theta = _steps(np.remainder(table["azimuth_rad"], 2.0 * math.pi), THETA_STEP_RAD) % 65536
    height = _steps(plot_heights_m(world.radars, table), HEIGHT_STEP_M)
    is_far, is_high = rho > 0xFFFF, np.abs(height) >= 2**13
    made: Rows = []
    for far in (False, True):
        for high in (False, True):
            rows = np.flatnonzero((is_far == far) & (is_high == high))
            if not rows.size:
                continue
            n, t_s = rows.size, table["t_s"][rows].astype(float)
            items = [1, 2, 3, 4] + ([] if high else [19]) + ([28] if far else [])
            columns = [
                _constant(fspec(*items), n),
                _octets(table["i_radar"][rows] + 1, 2),  # 010: SAC 0, SIC
                _times(t_s),  # 140
                _constant(b"\x31\x40" if far else b"\x30", n),  # 020: primary, simulated (extended range)
                _octets(np.full(n, 0xFFFF) if far else rho[rows], 2),  # 040
                _octets(theta[rows], 2),
            ]
            if not high:
                columns.append(_octets(height[rows] & 0x3FFF, 2))  # 110
            if far:
                columns += [_constant(b"\x05\x08", n), _octets(rho[rows], 3)]  # RE: length, ERR
            made += _joined(t_s, 48, columns)
    return made


def radar_records(battle: Battle) -> Rows:
    """CAT034: a north marker with the radar's place, once a turn; radars that do not turn say it once."""
    world = battle.played.world
    duration_s, made = float(battle.played.duration_s), []
    radars = world.radars
    ecef = np.column_stack([radars["x_m"], radars["y_m"], radars["z_m"]]).astype(float)
    lon, lat, height = geodetic(ecef)
    assets, lost = world.assets, battle.played.truth.asset["lost_s"]
    where = np.column_stack([assets.x_m, assets.y_m, assets.z_m]).astype(float)
    for i in range(radars.size):
        ready_s, period_s = float(radars["ready_s"][i]), float(radars["period_s"][i])
        is_turning = int(radars["kind"][i]) == codes.RADAR_ROTATING and period_s > 0.0
        near = np.linalg.norm(where - ecef[i], axis=1) < 100.0
        ends = [
            float(t) for t in np.asarray(lost)[near & (assets.kind == codes.ASSET_RADAR)] if math.isfinite(t)
        ]
        end_s = min([duration_s, *ends])
        times = [ready_s]
        if is_turning:
            turns = float(radars["phase_rad"][i]) / (2.0 * math.pi)
            first, last = math.ceil(turns + ready_s / period_s), math.floor(turns + end_s / period_s)
            times = [(k - turns) * period_s for k in range(first, last + 1)]
        items = [1, 2, 3, *([5] if is_turning else []), 11]
        place = np.array([height[i], lat[i] * 2**23 / 180.0, lon[i] * 2**23 / 180.0])
        whole = [int(v) for v in np.round(place)]
        tail = struct.pack(">H", round(period_s * 128.0)) if is_turning else b""
        tail += struct.pack(">h", whole[0]) + b"".join((v & 0xFFFFFF).to_bytes(3, "big") for v in whole[1:])
        for t_s in times:
            if 0.0 <= t_s <= end_s:
                day = round(t_s % 86_400.0 * 128.0) % (86_400 * 128)
                record = fspec(*items) + bytes((0, i + 1, 1)) + day.to_bytes(3, "big") + tail
                made.append((t_s, 34, record))
    return made


# ----------------------------------------------------------------------------------------------------- tracks ----


def track_records(tracks: Sequence[Track], sources: Sequence[int]) -> Rows:
    """CAT062: one system track message per sample; the first and the last message of a track are marked.

    An altitude above 150,000 ft is left out, and so is a climb beyond what its item holds (1,040 m/s).
    """
    if not tracks:
        return []
    counts = [len(track.t_s) for track in tracks]
    stops = np.cumsum(counts)

    def all_of(name: str) -> Floats:
        return np.concatenate([getattr(track, name) for track in tracks])

    def each(values: Sequence[int]) -> NDArray[np.int64]:
        return np.repeat(np.asarray(values, np.int64), counts)

    t_s, lat_deg, lon_deg, height_m = (all_of(name) for name in ("t_s", "lat_deg", "lon_deg", "height_m"))
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    vx, vy, vz = all_of("velocity_mps").T
    outward = np.cos(lon) * vx + np.sin(lon) * vy
    east, north = np.cos(lon) * vy - np.sin(lon) * vx, np.cos(lat) * vz - np.sin(lat) * outward
    is_fire = each([track.family == "fire-control track" for track in tracks]).astype(bool)
    # 080: one sensor or several, height from a 3D radar, confirmed | simulated, first or last message
    status = np.column_stack([np.where(is_fire, 0xA9, 0x29), np.full(len(t_s), 0x80)]).astype(np.uint8)
    status[stops - counts, 1] |= 0x20
    status[[stop - 1 for stop, track in zip(stops, tracks, strict=True) if track.is_over], 1] |= 0x40
    service = np.where(is_fire, SERVICE_FIRE, SERVICE_SEARCH)
    altitude = _steps(height_m, ALTITUDE_STEP_M)
    climb = _steps(np.sin(lat) * vz + np.cos(lat) * outward, CLIMB_STEP_MPS)
    speeds = [np.clip(_steps(v, VELOCITY_STEP_MPS), -(2**15), 2**15 - 1) for v in (east, north)]
    sigma = np.minimum(_steps(all_of("sigma_m"), 0.5), 0xFFFF)
    fixed = np.concatenate(
        [
            _octets(each(sources), 2), _octets(service, 1),  # 010, 015
            _times(t_s),  # 070
            _octets(_steps(lat_deg, LAT_STEP_DEG), 4), _octets(_steps(lon_deg, LAT_STEP_DEG), 4),  # 105
            _octets(speeds[0], 2), _octets(speeds[1], 2),  # 185
            _octets(each([int(track.key.rpartition("-")[2]) & 0xFFFF for track in tracks]), 2),  # 040
            status,  # 080
        ], axis=1,
    )  # fmt: skip
    accuracy = np.concatenate(
        [_constant(b"\x80", len(t_s)), _octets(sigma, 2), _octets(sigma, 2)], axis=1
    )  # 500: APC
    is_high = (height_m > ALTITUDE_MAX_M) | (height_m < ALTITUDE_MIN_M)
    is_steep = np.abs(climb) > 2**15 - 1
    made: Rows = []
    for high in (False, True):
        for steep in (False, True):
            rows = np.flatnonzero((is_high == high) & (is_steep == steep))
            if not rows.size:
                continue
            items = [1, 3, 4, 5, 7, 12, 13, *([] if high else [18]), *([] if steep else [20]), 27]
            columns = [_constant(fspec(*items), rows.size), fixed[rows]]
            columns += [] if high else [_octets(altitude[rows], 2)]  # 130
            columns += [] if steep else [_octets(climb[rows], 2)]  # 220
            made += _joined(t_s[rows], 62, [*columns, accuracy[rows]])
    return made


def _source(track: Track, units: Sequence[str]) -> int:
    """Number of the picture or of the fire unit, from 1 on."""
    if track.family == "search track":
        return int(track.key.split("-")[1]) + 1
    return units.index(str(track.unit)) + 1


# ----------------------------------------------------------------------------------------------------- blocks ----


def blocks(rows: Iterable[tuple[float, int, bytes]]) -> list[Datagram]:
    """Records in time order as data blocks: category, length, records. A block's time is that of its last record."""
    made: list[Datagram] = []
    held: list[bytes] = []
    n_bytes, category, begin_s, last_s = 3, -1, 0.0, 0.0

    def close() -> None:
        if held:
            made.append(Datagram(last_s, struct.pack(">BH", category, n_bytes) + b"".join(held)))

    for t_s, kind, record in sorted(rows, key=lambda row: row[:2]):
        if kind != category or n_bytes + len(record) > BLOCK_BYTES or t_s - begin_s > BLOCK_S:
            close()
            held, n_bytes, category, begin_s = [], 3, kind, t_s
        held.append(record)
        n_bytes += len(record)
        last_s = t_s
    close()
    return made


def datagrams(battle: Battle, scene: Scene) -> tuple[list[Datagram], int]:
    """All data blocks of a battle in time order, and the number of plots.

    Pinned by ``tests/export/test_asterix.py`` against the `libasterix` package.

    Raises
    ------
    InputError
        If there are more radars, pictures or fire units than ASTERIX can number.
    """
    from parapet.export.plots import plots

    names, world = battle.played.names, battle.played.world
    most = max(world.radars.size, len(names.posts) + len(names.units))
    if most > 255:
        raise InputError(f"--format: asterix numbers at most 255 sources; this battle has {most}.")
    table = plots(battle)
    tracks = scene.of("search track", "fire-control track")
    sources = [_source(track, names.units) for track in tracks]
    rows = radar_records(battle) + plot_records(world, table) + track_records(tracks, sources)
    return blocks(rows), len(table)
