"""Settling: rounds that passed their target are judged, threats that arrived do their damage. Nature, with addressed draws."""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine.codes import (
    ASSET_DEFENDED,
    ASSET_LAUNCHER,
    ASSET_POST,
    ASSET_RADAR,
    CRASHED,
    EVENT_ASSET_DAMAGED,
    EVENT_INTERCEPT,
    EVENT_POST_LOST,
    EVENT_THREAT_CRASHED,
    EVENT_THREAT_KILLED,
    EVENT_THREAT_LEAKED,
    EVENT_THREAT_LEFT,
    FLYING,
    KILLED,
    LEAKED,
    LEFT,
    RECORD_EVENTS,
    ROUND_ARRIVED,
    ROUND_FREE,
    SHOT_DEAD_TARGET,
    SHOT_FAILED,
    SHOT_KILLED,
    SHOT_LOST_TRACK,
    SHOT_MISSED,
    SHOT_NO_TARGET,
    SHOT_SELF_DESTRUCTED,
)
from parapet.engine.draws import STREAM_ASSESSMENT, STREAM_DAMAGE, STREAM_KILL, STREAM_RELIABILITY, uniforms
from parapet.engine.telling import tell
from parapet.physics.earth import height_m
from parapet.physics.lethality import p_kill


@inner
def settle(world, truth, own, log, seed, run, tick):
    """Judge this tick's arrivals in order of time: rounds at their closest approach, threats at their aim."""
    end_s = (tick + 1) * world.clock.dt_s
    while True:
        first = -1
        for r in range(own.round_top[0]):
            if own.round[r].status == ROUND_ARRIVED and (
                first < 0 or own.round[r].end_s < own.round[first].end_s
            ):
                first = r
        if first < 0:
            break
        judge(
            world.clock,
            world.threats,
            world.units,
            world.interceptors,
            truth,
            own,
            log,
            own.round[first],
            seed,
            run,
        )
    for i in range(truth.threat.size):
        threat = truth.threat[i]
        if threat.status == FLYING and threat.end_s <= end_s:
            arrive(world.clock, world.threats, world.units, world.assets, truth, own, log, i, seed, run)


@inner
def judge(clock, threats, units, interceptors, truth, own, log, one, seed, run):
    """One round has passed: reliability, fuze and warhead, kill; then what the assessment will say."""
    k = one.i_interceptor
    i = one.i_target
    outcome = SHOT_NO_TARGET
    is_kill = False
    nth = one.i_nth
    if one.is_orphan == 1:
        outcome = SHOT_DEAD_TARGET
    elif i >= 0:
        threat = truth.threat[i]
        if threat.status != FLYING or threat.end_s < one.end_s:
            outcome = SHOT_DEAD_TARGET
        else:
            group = threats[i].target_class
            u0, _, _, _ = uniforms(seed, run, STREAM_RELIABILITY, threats[i].id, 0, nth)
            v0, _, _, _ = uniforms(seed, run, STREAM_KILL, threats[i].id, 0, nth)
            p = interceptors[k].p_kill_inside[group] * p_kill(
                one.miss_m, interceptors[k].lethal_radius_m[group]
            )
            outcome = SHOT_MISSED
            if u0 > interceptors[k].p_reliability:
                outcome = SHOT_FAILED
            elif v0 < p:
                outcome = SHOT_KILLED
                is_kill = True
    elif one.has_guidance == 0:
        outcome = SHOT_LOST_TRACK
    if outcome == SHOT_NO_TARGET or outcome == SHOT_LOST_TRACK:
        if one.end_s - one.launch_s >= interceptors[k].flight_max_s - 0.5:
            outcome = SHOT_SELF_DESTRUCTED
    if is_kill:
        truth.threat[i].status = KILLED
        truth.threat[i].end_s = one.end_s
        log.score[i].i_killer = one.i_shot
        if clock.record >= RECORD_EVENTS:
            tell(log, one.end_s, EVENT_THREAT_KILLED, i, one.i_shot, one.i_unit, one.miss_m)
    channel = own.channel[one.i_channel]
    if channel.serial == one.serial:
        channel.n_flying -= 1
        seen_kill = is_kill or outcome == SHOT_DEAD_TARGET
        if i >= 0:
            w0, _, _, _ = uniforms(seed, run, STREAM_ASSESSMENT, threats[i].id, 0, nth)
            if w0 < units[one.i_unit].p_assessment_wrong:
                seen_kill = not seen_kill
        if seen_kill:
            channel.assessed_kill = 1
    if one.holds_channel == 1:
        own.unit[one.i_unit].n_missiles -= 1
        one.holds_channel = 0
    if one.i_shot >= 0:
        shot = log.shot[one.i_shot]
        shot.i_hit = i
        shot.intercept_s = one.end_s
        shot.miss_m = one.miss_m
        shot.arrival_mps = one.arrival_mps
        shot.load_mps2 = one.load_mps2
        shot.altitude_m = height_m(one.x_m, one.y_m, one.z_m)
        dx = one.x_m - units[one.i_unit].x_m
        dy = one.y_m - units[one.i_unit].y_m
        dz = one.z_m - units[one.i_unit].z_m
        shot.range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
        shot.outcome = outcome
    if clock.record >= RECORD_EVENTS:
        tell(log, one.end_s, EVENT_INTERCEPT, one.i_shot, i, outcome, one.miss_m)
    one.status = ROUND_FREE


@inner
def arrive(clock, threats, units, assets, truth, own, log, i, seed, run):
    """A threat has come to the end of its way: it leaks and does damage, crashes (a spent body) or leaves."""
    threat = truth.threat[i]
    now_s = threat.end_s
    if threats[i].i_parent >= 0:
        threat.status = CRASHED
        if clock.record >= RECORD_EVENTS:
            tell(log, now_s, EVENT_THREAT_CRASHED, i, -1, -1, 0.0)
        return
    if threats[i].has_aim == 0 or threat.is_away == 1:
        threat.status = LEFT
        if clock.record >= RECORD_EVENTS:
            tell(log, now_s, EVENT_THREAT_LEFT, i, -1, -1, 0.0)
        return
    threat.status = LEAKED
    if clock.record >= RECORD_EVENTS:
        tell(log, now_s, EVENT_THREAT_LEAKED, i, threats[i].i_aim_asset, -1, 0.0)
    for j in range(assets.size):
        asset = truth.asset[j]
        if asset.health <= 0.0:
            continue
        dx = threat.aim_x_m - assets[j].x_m
        dy = threat.aim_y_m - assets[j].y_m
        dz = threat.aim_z_m - assets[j].z_m
        reach = threats[i].lethal_radius_m + assets[j].radius_m
        if dx * dx + dy * dy + dz * dz > reach * reach:
            continue
        p = threats[i].p_destroy[assets.hardness[j]]
        asset.n_hits += 1
        if assets[j].kind == ASSET_DEFENDED and assets[j].radius_m > threats[i].lethal_radius_m:
            # an area is not destroyed at once: each hit takes the share of it that the warhead covers
            share = threats[i].lethal_radius_m / assets[j].radius_m
            asset.health = max(asset.health * (1.0 - p * min(max(share, 0.01), 1.0)), 0.0)
            if asset.health < 0.05:
                asset.health = 0.0
        else:
            u0, _, _, _ = uniforms(seed, run, STREAM_DAMAGE, threats[i].id, assets[j].id, 0)
            if u0 < p:
                asset.health = 0.0
        if clock.record >= RECORD_EVENTS:
            tell(log, now_s, EVENT_ASSET_DAMAGED, j, i, -1, asset.health)
        if asset.health <= 0.0:
            asset.lost_s = now_s
            lose(clock, units, assets, own, log, j, now_s)


@inner
def lose(clock, units, assets, own, log, i_asset, now_s):
    """Put out of action what a destroyed asset was: a radar, a launcher or a command post."""
    kind = assets[i_asset].kind
    i = assets[i_asset].i_of
    if kind == ASSET_RADAR:
        own.radar[i].is_alive = 0
        for u in range(units.size):
            if units[u].i_radar == i:
                own.unit[u].is_alive = 0
    elif kind == ASSET_LAUNCHER:
        own.launcher[i].is_alive = 0
    elif kind == ASSET_POST:
        own.post_alive[i] = 0
        if clock.record >= RECORD_EVENTS:
            tell(log, now_s, EVENT_POST_LOST, i, -1, -1, 0.0)
        for u in range(units.size):
            if units[u].i_post == i:
                own.unit[u].is_autonomous = 1
