"""DIS, IEEE 1278.1-2012: what was, as entity state, fire and detonation PDUs of one exercise.

Threats are entities of the opposing force, rounds and sites of the friendly one. What the defender believed is left
out: a DIS viewer would show a false track as an aircraft (ASTERIX and CZML carry belief). Numbers of types are those of
SISO-REF-010 with country 0, because a scenario names no country; every coordinate is the log's own, ECEF in metres.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from parapet.errors import InputError
from parapet.export.datagrams import Datagram
from parapet.export.model import Floats, Scene, Site, Track
from parapet.physics import earth

PORT = 3000
"""The port that DIS tools listen to by habit."""
HEARTBEAT_S = 5.0
"""How often a site, which does not move, says that it is there."""
SITE_ID, APPLICATION_ID, EXERCISE_ID = 1, 1, 1
FRIENDLY, OPPOSING = 1, 2

_VERSION = 7  # IEEE 1278.1-2012
_ENTITY_STATE, _FIRE, _DETONATION = 1, 2, 3
_FAMILY = {_ENTITY_STATE: 1, _FIRE: 2, _DETONATION: 2}
_NOBODY = (0, 0, 0)
_STANDING, _MOVING = 1, 2  # dead reckoning: static; fixed orientation, constant velocity
_DEACTIVATED = 1 << 23
_DAMAGE = {"none": 0, "slight": 1 << 3, "moderate": 2 << 3, "destroyed": 3 << 3}

EntityType = tuple[
    int, int, int, int, int, int, int
]  # kind, domain, country, category, subcategory, specific, extra
ROUND_TYPE: EntityType = (2, 1, 0, 1, 0, 0, 0)  # munition, anti-air, guided
_THREAT_TYPES: dict[str, EntityType] = {
    "aircraft": (1, 2, 0, 0, 0, 0, 0),  # platform, air
    "cruise missile": (2, 9, 0, 1, 0, 0, 0),  # munition, battlefield support, guided
    "ballistic missile": (2, 9, 0, 1, 0, 0, 0),
}
_AIR_DEFENCE: EntityType = (1, 1, 0, 28, 0, 0, 0)  # platform, land, air defence unit equipment
_SITE_TYPES: dict[str, EntityType] = {
    "asset": (5, 1, 0, 0, 0, 0, 0),  # cultural feature, land
    "command post": _AIR_DEFENCE,
    "radar": _AIR_DEFENCE,
    "launcher": _AIR_DEFENCE,
}
RESULTS = {"killed": 2, "missed": 5, "round failed": 6}
"""Detonation result by how a round ended: proximate to an entity; in the air; none. All others burst in the air."""
_IN_THE_AIR, _ON_THE_GROUND = 5, 3

ENTITY_STATE = np.dtype(
    [
        ("version", "u1"), ("exercise", "u1"), ("type", "u1"), ("family", "u1"), ("timestamp", ">u4"),
        ("length", ">u2"), ("status", "u1"), ("padding", "u1"),
        ("entity", ">u2", (3,)), ("force", "u1"), ("n_variable", "u1"),
        ("kind", "u1"), ("domain", "u1"), ("country", ">u2"), ("rest", "u1", (4,)), ("alternative", "u1", (8,)),
        ("velocity", ">f4", (3,)), ("location", ">f8", (3,)), ("orientation", ">f4", (3,)), ("appearance", ">u4"),
        ("reckoning", "u1"), ("reckoning_other", "u1", (15,)), ("acceleration", ">f4", (3,)), ("spin", ">f4", (3,)),
        ("charset", "u1"), ("marking", "S11"), ("capabilities", ">u4"),
    ]
)  # fmt: skip
"""One entity state PDU without variable parameters, 144 bytes."""


def timestamp(t_s: float | Floats) -> NDArray[np.uint32]:
    """Time past the hour in units of 3600 s / 2^31, above the bit that says relative: no clock stands behind it."""
    part = np.remainder(np.asarray(t_s, float), 3600.0) * (2.0**31 / 3600.0)
    return np.asarray(np.minimum(np.round(part), 2.0**31 - 1) * 2.0, dtype=np.uint32)


def marking(name: str) -> str:
    """At most 11 letters of ASCII for a name, its end kept: there the number of a threat or a round stands."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in name)
    return plain if len(plain) <= 11 else plain[:6] + "~" + plain[-4:]


def orientation(ecef: Floats, velocity: Floats) -> Floats:
    """Euler angles psi, theta, phi in rad, (n, 3), of bodies that fly nose first, belly towards the ground.

    Turns from the ECEF axes to those of the body: psi about z, theta about y, phi about x (IEEE 1278.1, 1.6).
    """
    vx, vy, vz = velocity.T
    psi, theta = np.arctan2(vy, vx), -np.arctan2(vz, np.hypot(vx, vy))
    aside = np.column_stack([-np.sin(psi), np.cos(psi), np.zeros(len(psi))])
    below = np.column_stack([np.sin(theta) * np.cos(psi), np.sin(theta) * np.sin(psi), np.cos(theta)])
    phi = np.arctan2((aside * ecef).sum(axis=1), -(below * ecef).sum(axis=1))
    return np.column_stack([psi, theta, phi])


def _states(
    number: int,
    force: int,
    kind: EntityType,
    name: str,
    t_s: Floats,
    ecef: Floats,
    velocity: Floats,
    reckoning: int,
) -> NDArray[np.void]:
    rows = np.zeros(len(t_s), ENTITY_STATE)
    rows["version"], rows["exercise"], rows["type"], rows["family"] = _VERSION, EXERCISE_ID, _ENTITY_STATE, 1
    rows["timestamp"], rows["length"] = timestamp(t_s), ENTITY_STATE.itemsize
    rows["entity"], rows["force"] = _id(number), force
    rows["kind"], rows["domain"], rows["country"], rows["rest"] = kind[0], kind[1], kind[2], kind[3:]
    rows["velocity"], rows["location"], rows["orientation"] = velocity, ecef, orientation(ecef, velocity)
    rows["reckoning"], rows["charset"], rows["marking"] = reckoning, 1, marking(name).encode("ascii")
    return rows


def _id(number: int) -> tuple[int, int, int]:
    return (SITE_ID, APPLICATION_ID, number)


def _header(kind: int, t_s: float, length: int) -> bytes:
    return struct.pack(
        ">BBBBIHBB", _VERSION, EXERCISE_ID, kind, _FAMILY[kind], int(timestamp(t_s)), length, 0, 0
    )


def _descriptor(kind: EntityType) -> bytes:
    """Munition type, warhead and fuse (both 0, other), one round, no rate."""
    return struct.pack(">BBHBBBBHHHH", *kind, 0, 0, 1, 0)


def fire(t_s: float, firing: int, target: int | None, round_: int, ecef: Floats, velocity: Floats) -> bytes:
    """A fire PDU, 96 bytes; the event is the number of the round's entity."""
    return b"".join(
        (
            _header(_FIRE, t_s, 96),
            struct.pack(
                ">3H3H3H3H", *_id(firing), *(_id(target) if target else _NOBODY), *_id(round_), *_id(round_)
            ),
            struct.pack(">I3d", 0, *ecef),
            _descriptor(ROUND_TYPE),
            struct.pack(">3ff", *velocity, 0.0),
        )
    )


def detonation(
    t_s: float, firing: int | None, target: int | None, burst: int, kind: EntityType, ecef: Floats, velocity: Floats,
    result: int,
) -> bytes:  # fmt: skip
    """A detonation PDU, 104 bytes, of a round or of a threat that came through."""
    ids = (
        *(_id(firing) if firing else _NOBODY),
        *(_id(target) if target else _NOBODY),
        *_id(burst),
        *_id(burst),
    )
    return b"".join(
        (
            _header(_DETONATION, t_s, 104),
            struct.pack(">12H3f3d", *ids, *velocity, *ecef),
            _descriptor(kind),
            struct.pack(">3fBBH", 0.0, 0.0, 0.0, result, 0, 0),
        )
    )


def entity_numbers(scene: Scene) -> dict[str, int]:
    """Entity number by key (threats also by ``threat NAME``): sites, then threats, then rounds, from 1 on.

    Raises
    ------
    InputError
        If there are more than the 65,534 that DIS can number.
    """
    keys = [*(site.key for site in scene.sites), *(track.key for track in scene.of("threat", "round"))]
    if len(keys) > 65_534:
        raise InputError(f"--format: dis numbers at most 65,534 entities; this battle has {len(keys):,}.")
    numbers = {key: n for n, key in enumerate(keys, start=1)}
    return numbers | {f"threat {track.name}": numbers[track.key] for track in scene.of("threat")}


def datagrams(scene: Scene) -> list[Datagram]:
    """All PDUs in time order, one to a datagram: of one time states before fire before detonation.

    Pinned by ``tests/export/test_dis.py`` against the `opendis` package.
    """
    numbers = entity_numbers(scene)
    made: list[tuple[float, int, bytes]] = []
    for site in scene.sites:
        made += _sliced(*_site_states(scene, site, numbers[site.key]))
    for track in scene.of("threat", "round"):
        made += _sliced(*_track_states(track, numbers[track.key]))
        made += _round_events(track, numbers) if track.family == "round" else _threat_events(track, numbers)
    made.sort(key=lambda one: one[:2])
    return [Datagram(t_s, data) for t_s, _, data in made]


def _sliced(t_s: Floats, rows: NDArray[np.void]) -> Iterable[tuple[float, int, bytes]]:
    data, n = rows.tobytes(), rows.dtype.itemsize
    return [(t, _ENTITY_STATE, data[k * n : (k + 1) * n]) for k, t in enumerate(t_s.tolist())]


def _type(track: Track) -> EntityType:
    if track.family == "round":
        return ROUND_TYPE
    return _THREAT_TYPES[track.type.rpartition(", ")[2]]


def _track_states(track: Track, number: int) -> tuple[Floats, NDArray[np.void]]:
    force = FRIENDLY if track.family == "round" else OPPOSING
    rows = _states(
        number, force, _type(track), track.name, track.t_s, track.ecef_m, track.velocity_mps, _MOVING
    )
    if track.is_over and len(rows):
        rows["appearance"][-1] = _DEACTIVATED | (
            _DAMAGE["none"] if track.end == "left" else _DAMAGE["destroyed"]
        )
    return track.t_s, rows


def _site_states(scene: Scene, site: Site, number: int) -> tuple[Floats, NDArray[np.void]]:
    """A state every heartbeat, and one whenever its damage changes."""
    damage = [(m.t_s, m.value or 0.0) for m in scene.marks if m.kind == "damage" and m.subject == site.key]
    if site.lost_s is not None:
        damage.append((site.lost_s, 0.0))
    beats = np.arange(0.0, scene.duration_s, HEARTBEAT_S)
    t_s = np.unique(np.concatenate([beats, [t for t, _ in damage]]))
    where = earth.geodetic_to_ecef(np.radians(site.lat_deg), np.radians(site.lon_deg), site.height_m)
    rows = _states(
        number, FRIENDLY, _SITE_TYPES[site.kind], site.name, t_s, np.tile(where, (len(t_s), 1)),
        np.zeros((len(t_s), 3)), _STANDING,
    )  # fmt: skip
    rows["orientation"] = 0.0
    for at_s, left in sorted(damage):
        word = (
            "destroyed" if left <= 0.0 else "moderate" if left < 0.5 else "slight" if left < 1.0 else "none"
        )
        rows["appearance"][t_s >= at_s] = _DAMAGE[word]
    return t_s, rows


def _round_events(track: Track, numbers: dict[str, int]) -> list[tuple[float, int, bytes]]:
    """Launch at the threat fired at, and the end at the threat it met."""
    own, firing = numbers[track.key], numbers[str(track.source)]
    at = numbers.get(f"threat {track.about}")
    launch = fire(track.begin_s, firing, at, own, track.ecef_m[0], track.velocity_mps[0])
    events = [(track.begin_s, _FIRE, launch)]
    if track.is_over:
        met = numbers.get(str(track.hit)) if track.end in ("killed", "missed") else None
        result = RESULTS.get(track.end, _IN_THE_AIR)
        place, velocity = track.ecef_m[-1], track.velocity_mps[-1]
        burst = detonation(track.end_s, firing, met, own, ROUND_TYPE, place, velocity, result)
        events.append((track.end_s, _DETONATION, burst))
    return events


def _threat_events(track: Track, numbers: dict[str, int]) -> list[tuple[float, int, bytes]]:
    """The impact of one that came through."""
    if track.end != "leaked":
        return []
    place, velocity = track.ecef_m[-1], track.velocity_mps[-1]
    struck = numbers.get(str(track.hit))
    burst = detonation(
        track.end_s, None, struck, numbers[track.key], _type(track), place, velocity, _ON_THE_GROUND
    )
    return [(track.end_s, _DETONATION, burst)]
