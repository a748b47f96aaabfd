"""Samples of positions for recording level full: threats, search tracks, fire-control tracks, rounds. Only reads the battle."""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine.codes import CHANNEL_FREE, FLYING, ROUND_FREE, TRACK_FIRM
from parapet.engine.prediction import position_variance
from parapet.engine.telling import sample

FAMILY_THREAT = 0
FAMILY_SEARCH_TRACK = 1
FAMILY_FIRE_TRACK = 2
FAMILY_ROUND = 3


@inner
def record_samples(truth, belief, own, log, now_s):
    """Write where everything is at ``now_s`` (fields: see ``state.SAMPLE``); tracks with their position spread."""
    for i in range(truth.threat.size):
        t = truth.threat[i]
        if t.status == FLYING:
            sample(
                log, now_s, FAMILY_THREAT, i, t.x_m, t.y_m, t.z_m, t.vx_mps, t.vy_mps, t.vz_mps, 0.0, -1, -1
            )
    for p in range(belief.track.shape[0]):
        for i in range(belief.track.shape[1]):
            t = belief.track[p, i]
            if t.status == TRACK_FIRM:
                dt = now_s - t.t_s
                sample(
                    log, now_s, FAMILY_SEARCH_TRACK, t.number, t.x_m + t.vx_mps * dt, t.y_m + t.vy_mps * dt,
                    t.z_m + t.vz_mps * dt, t.vx_mps, t.vy_mps, t.vz_mps, math.sqrt(position_variance(t.cov)), p, t.label,
                )  # fmt: skip
    for row in range(own.channel.size):
        t = belief.fire[row]
        if own.channel[row].status != CHANNEL_FREE and t.status == TRACK_FIRM:
            dt = now_s - t.t_s
            sample(
                log, now_s, FAMILY_FIRE_TRACK, row, t.x_m + t.vx_mps * dt, t.y_m + t.vy_mps * dt, t.z_m + t.vz_mps * dt,
                t.vx_mps, t.vy_mps, t.vz_mps, math.sqrt(position_variance(t.cov)), own.channel[row].serial, t.label,
            )  # fmt: skip
    for r in range(own.round_top[0]):
        one = own.round[r]
        if one.status != ROUND_FREE:
            sample(
                log, now_s, FAMILY_ROUND, one.i_shot, one.x_m, one.y_m, one.z_m, one.vx_mps, one.vy_mps, one.vz_mps, 0.0,
                one.i_channel, one.i_interceptor,
            )  # fmt: skip
