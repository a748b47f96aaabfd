"""Why is it not being shot at? One rung of the ladder for every fire unit and threat, told when it changes.

The ladder only reads: truth for geometry and for how a threat ended, belief and own means for the rest. Nothing
in the battle reads what it writes (``log.reason`` and the log of events), so the recording level changes nothing.
"""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine.codes import (
    CHANNEL_ACQUIRING,
    CHANNEL_ASSESSING,
    CHANNEL_FREE,
    EVENT_REASON,
    FLYING,
    KILLED,
    LEAKED,
    TRACK_FIRM,
    TRACK_TENTATIVE,
    WAITING,
    WHY_BELOW_HORIZON,
    WHY_BELOW_NOISE,
    WHY_DOCTRINE,
    WHY_ENGAGED,
    WHY_KILLED,
    WHY_LEAKED,
    WHY_NO_FIRM_TRACK,
    WHY_NO_SOLUTION,
    WHY_NOT_ACQUIRED,
    WHY_NOT_LAUNCHED,
    WHY_OUTSIDE_SECTOR,
    WHY_OVER,
    WHY_REACTION_TIME,
    WHY_UNIT_NOT_READY,
)
from parapet.engine.sensing import face_visibility
from parapet.engine.telling import tell


@inner
def sensor_rung(world, own, n_seen, i_picture, i_threat, x_m, y_m, z_m):
    """Furthest rung that any radar feeding the picture reaches on a threat that flies, sensor side only.

    With no radar on, ``WHY_UNIT_NOT_READY``. Beyond a radar's instrumented range counts as below noise: it cannot
    be told from an echo that is too weak.
    """
    best = -1
    radars = world.radars
    n_posts = world.posts.size
    for i_radar in range(radars.size):
        if (
            own.radar[i_radar].is_alive == 0
            or own.radar[i_radar].is_on == 0
            or not radars[i_radar].period_s > 0.0
        ):
            continue
        i_post = radars[i_radar].i_post
        i_unit = radars[i_radar].i_unit
        if i_post >= 0 and own.post_alive[i_post] != 0:
            fed = i_post
        elif i_unit >= 0 and (radars[i_radar].is_engagement == 0 or own.unit[i_unit].is_autonomous != 0):
            fed = n_posts + i_unit
        else:
            fed = -1
        if fed != i_picture:
            continue
        code = face_visibility(own.face[i_radar], world.air, x_m, y_m, z_m)
        if code == WHY_BELOW_HORIZON or code == WHY_OUTSIDE_SECTOR:
            rung = code
        elif code == 0 and n_seen[i_radar, i_threat] > 0:
            rung = WHY_NO_FIRM_TRACK
        else:
            rung = WHY_BELOW_NOISE
        if rung > best:
            best = rung
    if best < 0:
        return WHY_UNIT_NOT_READY
    return best


@inner
def track_of(tracks, i_threat):
    """Row of the firm track of a picture that is mostly this threat's, the one with most plots.

    Without one: -2 if there is a tentative track of it, else -1.
    """
    best = -1
    n_best = -1
    for i in range(tracks.size):
        if tracks[i].label != i_threat:
            continue
        if tracks[i].status == TRACK_FIRM:
            if tracks[i].n_hits > n_best:
                best = i
                n_best = tracks[i].n_hits
        elif tracks[i].status == TRACK_TENTATIVE and best == -1:
            best = -2
    return best


@inner
def engagement_rung(channels, tracks, reasons, first, stop, i_threat):
    """Furthest rung of a unit's fire channels (rows first to stop) that deal with this threat, -1 if none does."""
    best = -1
    n_tracks = tracks.shape[1]
    for i in range(first, stop):
        channel = channels[i]
        if channel.status == CHANNEL_FREE:
            continue
        label = channel.label
        i_picture = channel.i_picture
        i_track = channel.i_track
        has_track = i_picture >= 0 and i_track >= 0 and tracks[i_picture, i_track].number == channel.number
        if label < 0 and has_track:
            label = tracks[i_picture, i_track].label
        if label != i_threat:
            continue
        if channel.n_flying > 0:
            rung = WHY_ENGAGED
        elif channel.status == CHANNEL_ACQUIRING:
            rung = WHY_NOT_ACQUIRED
        elif channel.status == CHANNEL_ASSESSING:
            rung = WHY_DOCTRINE
        else:
            rung = WHY_REACTION_TIME
            if has_track:
                told = reasons[i_picture * n_tracks + i_track]
                if told == WHY_NOT_ACQUIRED or WHY_NO_SOLUTION <= told < WHY_ENGAGED:
                    rung = told
        if rung > best:
            best = rung
    return best


@inner
def tell_reasons(world, truth, belief, own, plots, log, tick):
    """Tell the rung of every fire unit and raid threat that changed since it was last told.

    Called every decision period at recording level ``events`` and above. Emits ``EVENT_REASON`` with a = unit,
    b = threat, c = ``WHY_*``, value = slant range from the unit's engagement radar.

    Pinned by ``tests/analysis/test_ladder.py``.
    """
    t_s = (tick + 1) * world.clock.dt_s
    n_units = world.units.size
    n_posts = world.posts.size
    n_tracks = belief.track.shape[1]
    n_each = own.channel.size // max(1, n_units)
    for i_threat in range(world.threats.size):
        if world.threats[i_threat].i_parent >= 0:
            continue
        threat = truth.threat[i_threat]
        i_known = -1  # the picture that i_track and rung belong to
        i_track = -1
        rung = -1
        for i_unit in range(n_units):
            if threat.status == WAITING:
                code = WHY_NOT_LAUNCHED
            elif threat.status == KILLED:
                code = WHY_KILLED
            elif threat.status == LEAKED:
                code = WHY_LEAKED
            elif threat.status != FLYING:
                code = WHY_OVER
            elif own.unit[i_unit].is_alive == 0 or t_s < world.units[i_unit].ready_s:
                code = WHY_UNIT_NOT_READY
            else:
                first = i_unit * n_each
                code = engagement_rung(
                    own.channel, belief.track, own.reason[i_unit], first, first + n_each, i_threat
                )
                if code < 0:
                    i_picture = world.units[i_unit].i_post
                    if i_picture < 0 or own.unit[i_unit].is_autonomous == 1:
                        i_picture = n_posts + i_unit
                    if i_picture != i_known:
                        i_known = i_picture
                        i_track = track_of(belief.track[i_picture], i_threat)
                        if i_track < 0:
                            rung = sensor_rung(
                                world,
                                own,
                                plots.n_seen,
                                i_picture,
                                i_threat,
                                threat.x_m,
                                threat.y_m,
                                threat.z_m,
                            )
                            if i_track == -2 and rung == WHY_BELOW_NOISE:
                                rung = WHY_NO_FIRM_TRACK
                    if i_track < 0:
                        code = rung
                    else:
                        code = own.reason[i_unit, i_picture * n_tracks + i_track]
                        if code == WHY_NOT_LAUNCHED:
                            code = WHY_NO_FIRM_TRACK  # firm since this very moment, not decided on yet
            if code != log.reason[i_unit, i_threat]:
                log.reason[i_unit, i_threat] = code
                i_radar = world.units[i_unit].i_radar
                dx_m = threat.x_m - world.radars[i_radar].x_m
                dy_m = threat.y_m - world.radars[i_radar].y_m
                dz_m = threat.z_m - world.radars[i_radar].z_m
                slant_range_m = math.sqrt(dx_m * dx_m + dy_m * dy_m + dz_m * dz_m)
                tell(log, t_s, EVENT_REASON, i_unit, i_threat, code, slant_range_m)
