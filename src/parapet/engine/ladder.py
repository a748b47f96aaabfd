"""Why is it not being shot at? One rung of the ladder for every fire unit and threat, told when it changes.

The ladder only reads: truth for geometry and for how a threat ended, belief and own means for the rest. Nothing
in the battle reads what it writes (``log.reason`` and the log of events), so the recording level changes nothing.
"""

from __future__ import annotations

import math

from parapet._jit import kernel
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
    WHY_OUT_OF_RADAR_RANGE,
    WHY_OUTSIDE_SECTOR,
    WHY_OVER,
    WHY_REACTION_TIME,
    WHY_UNIT_NOT_READY,
)
from parapet.engine.command import picture_of
from parapet.engine.sensing import visibility
from parapet.engine.telling import tell
from parapet.engine.tracking import picture_of_plot


@kernel
def feeds(world, own, i_radar, i_picture):
    """Whether a radar that is switched on and searches puts its plots into a picture."""
    if own.radar[i_radar].is_alive == 0 or own.radar[i_radar].is_on == 0 or not world.radars.period_s[i_radar] > 0.0:
        return False
    if world.radars.is_engagement[i_radar] == 1 and world.radars.i_post[i_radar] < 0:
        if own.unit[world.radars.i_unit[i_radar]].is_autonomous == 0:
            return False
    return picture_of_plot(world, own, i_radar) == i_picture


@kernel
def sensor_rung(world, truth, own, plots, i_picture, i_threat):
    """Furthest rung that any radar feeding the picture reaches on a threat that flies, sensor side only.

    With no radar on, ``WHY_UNIT_NOT_READY``. Beyond a radar's instrumented range counts as below noise: it cannot
    be told from an echo that is too weak.
    """
    best = -1
    threat = truth.threat[i_threat]
    for i_radar in range(world.radars.id.size):
        if not feeds(world, own, i_radar, i_picture):
            continue
        code = visibility(world, i_radar, threat.x_m, threat.y_m, threat.z_m)
        if code == WHY_BELOW_HORIZON or code == WHY_OUTSIDE_SECTOR:
            rung = code
        elif code == WHY_OUT_OF_RADAR_RANGE:
            rung = WHY_BELOW_NOISE
        elif plots.n_seen[i_radar, i_threat] > 0:
            rung = WHY_NO_FIRM_TRACK
        else:
            rung = WHY_BELOW_NOISE
        if rung > best:
            best = rung
    if best < 0:
        return WHY_UNIT_NOT_READY
    return best


@kernel
def track_of(belief, i_picture, i_threat):
    """Row of the firm track of a picture that is mostly this threat's, the one with most plots.

    Without one: -2 if there is a tentative track of it, else -1.
    """
    best = -1
    n_best = -1
    for i in range(belief.track.shape[1]):
        track = belief.track[i_picture, i]
        if track.label != i_threat:
            continue
        if track.status == TRACK_FIRM:
            if track.n_hits > n_best:
                best = i
                n_best = track.n_hits
        elif track.status == TRACK_TENTATIVE and best == -1:
            best = -2
    return best


@kernel
def engagement_rung(world, belief, own, i_unit, i_threat):
    """Furthest rung of the unit's fire channels that deal with this threat, -1 if none does."""
    best = -1
    n_each = own.channel.size // max(1, world.units.id.size)
    n_tracks = belief.track.shape[1]
    for i in range(i_unit * n_each, (i_unit + 1) * n_each):
        channel = own.channel[i]
        if channel.status == CHANNEL_FREE:
            continue
        label = channel.label
        i_picture = channel.i_picture
        i_track = channel.i_track
        has_track = i_picture >= 0 and i_track >= 0 and belief.track[i_picture, i_track].number == channel.number
        if label < 0 and has_track:
            label = belief.track[i_picture, i_track].label
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
                told = own.reason[i_unit, i_picture * n_tracks + i_track]
                if WHY_NO_SOLUTION <= told < WHY_ENGAGED:
                    rung = told
        if rung > best:
            best = rung
    return best


@kernel
def tell_reasons(world, truth, belief, own, plots, log, tick):
    """Tell the rung of every fire unit and raid threat that changed since it was last told.

    Called every decision period at recording level ``events`` and above. Emits ``EVENT_REASON`` with a = unit,
    b = threat, c = ``WHY_*``, value = slant range from the unit's engagement radar.

    Pinned by ``tests/analysis/test_ladder.py``.
    """
    t_s = (tick + 1) * world.clock.dt_s
    n_tracks = belief.track.shape[1]
    for i_threat in range(world.threats.id.size):
        if world.threats.i_parent[i_threat] >= 0:
            continue
        threat = truth.threat[i_threat]
        i_known = -1  # the picture that i_track and rung_sensor belong to
        i_track = -1
        rung_sensor = -1
        for i_unit in range(world.units.id.size):
            last = log.reason[i_unit, i_threat]
            if threat.status == WAITING:
                code = WHY_NOT_LAUNCHED
            elif threat.status == KILLED:
                code = WHY_KILLED
            elif threat.status == LEAKED:
                code = WHY_LEAKED
            elif threat.status != FLYING:
                code = WHY_OVER
            elif own.unit[i_unit].is_alive == 0 or t_s < world.units.ready_s[i_unit]:
                code = WHY_UNIT_NOT_READY
            else:
                code = engagement_rung(world, belief, own, i_unit, i_threat)
                if code < 0:
                    i_picture = picture_of(world, own, i_unit)
                    if i_picture != i_known:
                        i_known = i_picture
                        i_track = track_of(belief, i_picture, i_threat)
                        rung_sensor = -1
                        if i_track < 0:
                            rung_sensor = sensor_rung(world, truth, own, plots, i_picture, i_threat)
                            if i_track == -2 and rung_sensor == WHY_BELOW_NOISE:
                                rung_sensor = WHY_NO_FIRM_TRACK
                    if i_track >= 0:
                        code = own.reason[i_unit, i_picture * n_tracks + i_track]
                        if code == WHY_NOT_LAUNCHED:
                            code = WHY_NO_FIRM_TRACK  # firm since this very moment, not decided on yet
                    else:
                        code = rung_sensor
            if code != last:
                log.reason[i_unit, i_threat] = code
                i_radar = world.units.i_radar[i_unit]
                dx_m = threat.x_m - world.radars.x_m[i_radar]
                dy_m = threat.y_m - world.radars.y_m[i_radar]
                dz_m = threat.z_m - world.radars.z_m[i_radar]
                slant_range_m = math.sqrt(dx_m * dx_m + dy_m * dy_m + dz_m * dz_m)
                tell(log, t_s, EVENT_REASON, i_unit, i_threat, code, slant_range_m)
