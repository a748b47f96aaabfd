"""Engagement radars that turn: an idle fire unit looks where nobody else can. Belief only.

A sector array on a turntable sees its sector only. With ``doctrine.turn_radars`` a fire unit that has nothing in its channels
turns, at the radar's slew rate, towards the hostile track with the least time to go that no other fire unit with a free
channel has in its sector. It stops when the track is well inside, and stays there. A unit that engages does not turn: its
rounds need the radar where it looks.
"""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine.codes import EVENT_RADAR_TURNED, RECORD_EVENTS, TRACK_FIRM
from parapet.engine.command import MIN_VALUE, is_hostile, picture_of
from parapet.engine.sensing import bearing_off
from parapet.engine.telling import tell

INSIDE_SHARE = 0.5
"""A radar turns until its target is this share of the half sector off boresight."""


@inner
def is_covered(units, posts, own, i_unit, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether another fire unit on the same picture has a point in its sector and a channel free."""
    picture = picture_of(posts, units, own, i_unit)
    for u in range(units.size):
        if (
            u != i_unit
            and own.unit[u].is_alive == 1
            and own.radar[units[u].i_radar].is_on == 1
            and picture_of(posts, units, own, u) == picture
            and own.unit[u].n_channels < units[u].n_target_channels
        ):
            face = own.face[units[u].i_radar]
            if abs(bearing_off(face, x_m, y_m, z_m)) <= face.half_sector_rad:
                return True
    return False


@inner
def most_pressing(units, posts, assets, belief, own, i_unit, now_s):  # type: ignore[no-untyped-def]
    """Angle from the boresight of a fire unit to the hostile track it should look at; nan when there is none."""
    picture = picture_of(posts, units, own, i_unit)
    face = own.face[units[i_unit].i_radar]
    soonest = math.inf
    angle = math.nan
    for i in range(belief.track.shape[1]):
        track = belief.track[picture, i]
        if track.status != TRACK_FIRM or track.i_engaged > 0 or track.value < MIN_VALUE:
            continue
        if track.time_to_go_s >= soonest:
            continue
        if not is_hostile(units[i_unit], assets, track, now_s):
            continue
        dt = now_s - track.t_s
        x = track.x_m + track.vx_mps * dt
        y = track.y_m + track.vy_mps * dt
        z = track.z_m + track.vz_mps * dt
        if is_covered(units, posts, own, i_unit, x, y, z):
            continue
        soonest = track.time_to_go_s
        angle = bearing_off(face, x, y, z)
    return angle


@inner
def turn(world, belief, own, log, tick):
    """Idle engagement radars turn on by one decision period. Belief only.

    Changes ``own.face`` (shape (n_radars,)): boresights in rad, clockwise from north. Tells ``EVENT_RADAR_TURNED`` for every
    step. Pinned by ``tests/engine/test_turning.py``.
    """
    clock = world.clock
    if (tick + 1) % clock.n_decision_ticks != 0:
        return
    now_s = (tick + 1) * clock.dt_s
    units = world.units
    for u in range(units.size):
        if units[u].turns == 0 or own.unit[u].n_channels > 0:
            continue
        i_radar = units[u].i_radar
        face = own.face[i_radar]
        if own.radar[i_radar].is_on == 0 or not face.slew_radps > 0.0:
            continue
        angle = most_pressing(units, world.posts, world.assets, belief, own, u, now_s)
        left = abs(angle) - INSIDE_SHARE * face.half_sector_rad
        if not left > 0.0:  # nothing to turn to, or well inside already
            continue
        step = min(left, face.slew_radps * clock.n_decision_ticks * clock.dt_s)
        face.boresight_rad = (face.boresight_rad + math.copysign(step, angle)) % (2.0 * math.pi)
        face.boresight_east = math.sin(face.boresight_rad)
        face.boresight_north = math.cos(face.boresight_rad)
        if clock.record >= RECORD_EVENTS:
            tell(log, now_s, EVENT_RADAR_TURNED, u, i_radar, -1, face.boresight_rad)
