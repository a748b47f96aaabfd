"""Flight: threats are launched and fly, rounds are steered, fly, home and arrive.

``launch`` and ``fly`` are nature (they move the truth and our rounds), ``steer`` is guidance (belief only), and the homing loop inside
``fly`` alternates the two: the receiver measures the true target with noise, the guidance law sees the measurement only.
"""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine.codes import (
    BEHAVIOUR_TURN_AWAY,
    BEHAVIOUR_WEAVE,
    CHANNEL_FREE,
    CHANNEL_SEARCH_TRACK,
    CHANNEL_TRACKING,
    CLASS_BALLISTIC,
    EVENT_ROUND_HOMING,
    EVENT_THREAT_LAUNCHED,
    EVENT_TURNED_AWAY,
    FLYING,
    GUIDANCE_ACTIVE,
    GUIDANCE_COMMAND,
    GUIDANCE_TVM,
    KIND_BALLISTIC,
    RECORD_EVENTS,
    ROUND_ARRIVED,
    ROUND_COASTING,
    ROUND_FREE,
    ROUND_HOMING,
    ROUND_MIDCOURSE,
    TRACK_FIRM,
    WAITING,
)
from parapet.engine.draws import STREAM_AIM, STREAM_SEEKER_NOISE, normal_quantile, uniforms
from parapet.engine.prediction import (
    LOWEST_M,
    coast_step,
    fall_acceleration,
    flyout,
    ground_range_m,
    level_point,
    lifted,
)
from parapet.engine.sensing import is_in_reach, is_in_sight, sector_code
from parapet.engine.state import TOTAL_NOT_FINITE
from parapet.engine.telling import tell
from parapet.physics.atmosphere import wind_mps
from parapet.physics.ballistic import COL_CUTOFF_S, ballistic_step
from parapet.physics.earth import EARTH_RATE_RADPS, height_m, up_and_height
from parapet.physics.interceptor import (
    COL_EJECT_SPEED,
    COL_MAX_FLIGHT_TIME,
    closest_approach,
    homing_filter,
    is_powered,
    los_sigma_active_rad,
    los_sigma_tvm_rad,
    round_step,
    seeker_lock_range_m,
    steer_homing,
    steer_midcourse,
)
from parapet.physics.motion import STRAIGHT, TURN_AWAY, WEAVE, course_velocity, fly_air, is_leg_flown
from parapet.physics.signature import cos_aspect, signature_m2

FILTER_TIME_S = 0.25
"""Memory of the round's own filter in the end game."""
FINE_S = 4.0
COARSE_STEPS = 5
COARSE_SAMPLE_S = 0.125
"""Earlier than ``FINE_S`` before the meeting the end game runs in steps ``COARSE_STEPS`` times longer, with a sample each."""
UPLINK_PERIOD_S = 0.5
"""A round on its way, captured, gets a new command this often."""
CAPTURE_S = 8.0
"""Until this long after launch a round needs no line of sight: it is caught by the engagement radar on the way up."""
TURNED_S = 4.0
"""Cold launch and turn-over are done by then: a round may home, or pass its point, from this age on."""
RANGE_NOISE_M = 15.0
"""Error along the line of sight in the end game, 1 sigma, from the ground radar's range."""
SLOW_MPS = 250.0
"""A round slower than this after burnout is given up."""
FALL_STEP_S = 2.0
FALL_STEP_HIGH_S = 8.0
FALL_HIGH_M = 60e3
"""Steps of the planned fall in the air and above ``FALL_HIGH_M``: longer ones in dense air would not be stable."""
SLOPE_MIN = 0.3
"""A meeting with a target that outruns the round is stepped to no faster than this allows."""
LEAVE_M = 450e3
"""A threat that turned away and is this far from the fire unit has left."""


# ---------------------------------------------------------------------------------------------- threats ----


@inner
def launch(world, truth, log, seed, run, tick):
    """Threats whose time has come appear (or leave the ground); spent bodies separate."""
    begin_s = tick * world.clock.dt_s
    end_s = begin_s + world.clock.dt_s
    threats = world.threats
    for i in range(threats.size):
        threat = truth.threat[i]
        if threat.status != WAITING:
            continue
        parent = threats[i].i_parent
        if parent >= 0:
            mother = truth.threat[parent]
            if (
                mother.status == FLYING
                and begin_s - threats[parent].start_s > threats[parent].ballistic[COL_CUTOFF_S] + 5.0
            ):
                threat.status = FLYING
                threat.x_m = mother.x_m
                threat.y_m = mother.y_m
                threat.z_m = mother.z_m
                threat.vx_mps = mother.vx_mps * 0.9995
                threat.vy_mps = mother.vy_mps * 0.9995
                threat.vz_mps = mother.vz_mps * 0.9995
                threat.height_m = mother.height_m
            continue
        if threats[i].start_s >= end_s:
            continue
        threat.status = FLYING
        place_threat(world.threats, world.legs, threat, i, seed, run)
        if world.clock.record >= RECORD_EVENTS:
            tell(log, max(threats[i].start_s, 0.0), EVENT_THREAT_LAUNCHED, i, -1, -1, 0.0)


@inner
def place_threat(threats, legs, threat, i, seed, run):
    """Put threat ``i`` at its start, and draw where it will really hit around its aim point."""
    first = threats[i].i_leg
    threat.x_m = legs[first].x_m
    threat.y_m = legs[first].y_m
    threat.z_m = legs[first].z_m
    threat.height_m = height_m(threat.x_m, threat.y_m, threat.z_m)
    threat.i_leg = 1
    threat.vx_mps = 0.0
    threat.vy_mps = 0.0
    threat.vz_mps = 0.0
    if threats[i].kind != KIND_BALLISTIC and threats[i].n_legs > 1:
        vx, vy, vz = course_velocity(
            threat.x_m, threat.y_m, threat.z_m, legs[first + 1].x_m, legs[first + 1].y_m, legs[first + 1].z_m,
            legs[first + 1].speed_mps,
        )  # fmt: skip
        threat.vx_mps = vx
        threat.vy_mps = vy
        threat.vz_mps = vz
    threat.aim_x_m = threats[i].aim_x_m
    threat.aim_y_m = threats[i].aim_y_m
    threat.aim_z_m = threats[i].aim_z_m
    if threats[i].has_aim == 1 and threats[i].circular_error_m > 0.0:
        u0, u1, _, _ = uniforms(seed, run, STREAM_AIM, threats[i].id, 0, 0)
        sigma = threats[i].circular_error_m / 1.17741
        east = sigma * normal_quantile(u0)
        north = sigma * normal_quantile(u1)
        threat.error_east_m = east
        threat.error_north_m = north
        ux, uy, uz, _ = up_and_height(threat.aim_x_m, threat.aim_y_m, threat.aim_z_m)
        flat = math.sqrt(ux * ux + uy * uy)
        if flat > 1e-6:
            ex = -uy / flat
            ey = ux / flat
            nx = -uz * ey
            ny = uz * ex
            nz = ux * ey - uy * ex
            threat.aim_x_m += east * ex + north * nx
            threat.aim_y_m += east * ey + north * ny
            threat.aim_z_m += north * nz
    threat.aim_height_m = height_m(threat.aim_x_m, threat.aim_y_m, threat.aim_z_m)


@inner
def wind_at(air, x, y, z):
    """The wind at a point, ECEF m/s."""
    if air.has_wind == 0:
        return 0.0, 0.0, 0.0
    ux, uy, uz, height = up_and_height(x, y, z)
    east, north = wind_mps(height, air.wind_height_m, air.wind_east_mps, air.wind_north_mps)
    axis = max(math.sqrt(x * x + y * y), 1.0)
    ex = -y / axis
    ey = x / axis
    return east * ex - north * uz * ey, east * ey + north * uz * ex, north * (ux * ey - uy * ex)


@inner
def carried(x, y, z, vx, vy, vz, wx, wy, wz, dt_s):
    """What a step in the moving air is over the ground: the air's own way added, and what the earth's turn does to it.

    Drag, lift and thrust act along the flight through the air, so a step is flown in the air's frame; gravity changes by
    nothing over the metres that the air moves in a step. Pinned by ``test_flight.test_wind``.
    """
    turn = 2.0 * EARTH_RATE_RADPS * dt_s
    return x + wx * dt_s, y + wy * dt_s, z + wz * dt_s, vx + wx + turn * wy, vy + wy - turn * wx, vz + wz


@inner
def fly_threat(clock, air, threats, legs, units, own, threat, i, log, begin_s, dt_s):
    """Move one threat over (a part of) a tick; set ``end_s`` when it arrives, crashes or leaves in it."""
    if threats[i].kind == KIND_BALLISTIC:
        parent = threats[i].i_parent
        since = begin_s - threats[i if parent < 0 else parent].start_s
        before = threat.height_m
        wx, wy, wz = wind_at(air, threat.x_m, threat.y_m, threat.z_m)
        x, y, z, vx, vy, vz = ballistic_step(
            threat.x_m,
            threat.y_m,
            threat.z_m,
            threat.vx_mps - wx,
            threat.vy_mps - wy,
            threat.vz_mps - wz,
            since,
            dt_s,
            threats[i].ballistic,
            threats[i].coefficient_kgpm2,
            threat.error_east_m,
            threat.error_north_m,
        )
        x, y, z, vx, vy, vz = carried(x, y, z, vx, vy, vz, wx, wy, wz, dt_s)
        threat.x_m = x
        threat.y_m = y
        threat.z_m = z
        threat.vx_mps = vx
        threat.vy_mps = vy
        threat.vz_mps = vz
        threat.height_m = height_m(x, y, z)
        floor = air.ground_m
        if threats[i].has_aim == 1:
            floor = max(threat.aim_height_m, floor)
        if threat.height_m < floor and threat.height_m < before and since > 5.0:
            share = (before - floor) / max(before - threat.height_m, 1e-6)
            threat.end_s = begin_s + dt_s * min(max(share, 0.0), 1.0)
            back = 1.0 - min(max(share, 0.0), 1.0)
            threat.aim_x_m = x - back * dt_s * vx
            threat.aim_y_m = y - back * dt_s * vy
            threat.aim_z_m = z - back * dt_s * vz
        return
    last = threats[i].n_legs - 1
    row = threats[i].i_leg + min(threat.i_leg, last)
    is_last = threat.i_leg >= last
    has_aim = threats[i].has_aim == 1
    to_x = legs[row].x_m
    to_y = legs[row].y_m
    to_z = legs[row].z_m
    altitude = legs[row].height_m
    end_altitude = altitude
    if is_last and has_aim:
        to_x = threat.aim_x_m
        to_y = threat.aim_y_m
        to_z = threat.aim_z_m
        end_altitude = threat.aim_height_m
    way = STRAIGHT
    danger_x = 0.0
    danger_y = 0.0
    danger_z = 0.0
    if threats[i].behaviour == BEHAVIOUR_WEAVE:
        way = WEAVE
    elif threats[i].behaviour == BEHAVIOUR_TURN_AWAY and begin_s >= threat.sensed_s + threats[i].behaviour_s:
        way = TURN_AWAY
        if threat.is_away == 0:
            threat.is_away = 1
            if clock.record >= RECORD_EVENTS:
                tell(log, begin_s, EVENT_TURNED_AWAY, i, threat.i_danger, -1, 0.0)
        danger_x = units[threat.i_danger].x_m
        danger_y = units[threat.i_danger].y_m
        danger_z = units[threat.i_danger].z_m
    x, y, z, vx, vy, vz, to_go, closing = fly_air(
        threat.x_m, threat.y_m, threat.z_m, threat.vx_mps, threat.vy_mps, threat.vz_mps, to_x, to_y, to_z,
        altitude, end_altitude, legs[row].speed_mps, threats[i].acceleration_max_mps2, threats[i].load_max_mps2,
        threats[i].climb_max_mps, way, danger_x, danger_y, danger_z, threats[i].behaviour_mps2,
        threats[i].behaviour_s, begin_s - threats[i].start_s, dt_s,
    )  # fmt: skip
    threat.x_m = x
    threat.y_m = y
    threat.z_m = z
    threat.vx_mps = vx
    threat.vy_mps = vy
    threat.vz_mps = vz
    if way == TURN_AWAY:
        dx = x - danger_x
        dy = y - danger_y
        dz = z - danger_z
        if dx * dx + dy * dy + dz * dz > LEAVE_M * LEAVE_M:
            threat.end_s = begin_s + dt_s
        return
    if is_last and has_aim:
        speed = math.sqrt(vx * vx + vy * vy + vz * vz)
        if to_go <= speed * dt_s or (closing <= 0.0 and to_go < 4.0 * speed):
            threat.end_s = begin_s + min(to_go / max(speed, 1.0), dt_s)
        return
    if is_leg_flown(to_go, closing, legs[row].speed_mps, threats[i].load_max_mps2, dt_s):
        if is_last:
            threat.end_s = begin_s + dt_s
        else:
            threat.i_leg += 1


@inner
def sense_fire(units, interceptors, truth, own, now_s):
    """Threats that can turn away learn that they are lit: by the engagement radar that tracks them for a channel, or by the
    seeker of an active round. A round that flies on the command post's track is not sensed before that.
    """
    per_unit = own.channel.size // max(units.size, 1)
    for row in range(own.channel.size):
        channel = own.channel[row]
        if channel.status != CHANNEL_TRACKING or channel.label < 0:
            continue
        threat = truth.threat[channel.label]
        if threat.sensed_s > 1e17:
            threat.sensed_s = now_s
            threat.i_danger = row // per_unit
    for r in range(own.round_top[0]):
        one = own.round[r]
        if one.status != ROUND_HOMING or one.i_target < 0:
            continue
        if interceptors[one.i_interceptor].guidance == GUIDANCE_ACTIVE:
            threat = truth.threat[one.i_target]
            if threat.sensed_s > 1e17:
                threat.sensed_s = now_s
                threat.i_danger = one.i_unit


@inner
def fly(world, truth, own, log, seed, run, tick):
    """Everything in the air moves to the end of the tick; homing rounds pass their closest approach inside it."""
    dt_s = world.clock.dt_s
    begin_s = tick * dt_s
    sense_fire(world.units, world.interceptors, truth, own, begin_s)
    for i in range(truth.threat.size):
        threat = truth.threat[i]
        if threat.status != FLYING:
            continue
        step_s = dt_s
        at_s = begin_s
        start_s = world.threats[i].start_s
        if start_s > begin_s and world.threats[i].i_parent < 0:
            at_s = start_s
            step_s = begin_s + dt_s - start_s
        threat.x0_m = threat.x_m
        threat.y0_m = threat.y_m
        threat.z0_m = threat.z_m
        threat.vx0_mps = threat.vx_mps
        threat.vy0_mps = threat.vy_mps
        threat.vz0_mps = threat.vz_mps
        if step_s > 0.0:
            fly_threat(
                world.clock,
                world.air,
                world.threats,
                world.legs,
                world.units,
                own,
                threat,
                i,
                log,
                at_s,
                step_s,
            )
        if not math.isfinite(threat.x_m + threat.vx_mps):
            log.total[TOTAL_NOT_FINITE] += 1.0
    for r in range(own.round_top[0]):
        one = own.round[r]
        if one.status == ROUND_MIDCOURSE or one.status == ROUND_COASTING:
            fly_round(world.air, world.interceptors, one, begin_s, dt_s)
        elif one.status == ROUND_HOMING:
            home(
                world.clock,
                world.air,
                world.threats,
                world.radars,
                world.units,
                world.interceptors,
                truth,
                own,
                one,
                seed,
                run,
                begin_s,
            )
        if one.status != ROUND_FREE and not math.isfinite(one.x_m + one.vx_mps):
            log.total[TOTAL_NOT_FINITE] += 1.0


# ----------------------------------------------------------------------------------------------- rounds ----


@inner
def fly_round(air, interceptors, one, begin_s, dt_s):
    """Move a round on its way over a tick with the command it holds; give it up when it cannot arrive."""
    params = interceptors[one.i_interceptor].flight
    n = int(math.ceil(dt_s / 0.2501))
    h = dt_s / n
    since = begin_s - one.launch_s
    if since < 0.5 * h:
        ux, uy, uz, _ = up_and_height(one.x_m, one.y_m, one.z_m)
        one.vx_mps = ux * params[COL_EJECT_SPEED]
        one.vy_mps = uy * params[COL_EJECT_SPEED]
        one.vz_mps = uz * params[COL_EJECT_SPEED]
    px = one.x_m
    py = one.y_m
    pz = one.z_m
    load = 0.0
    ax, ay, az = wind_at(air, px, py, pz)
    for _ in range(n):
        x, y, z, vx, vy, vz, lx, ly, lz, load = round_step(
            one.x_m, one.y_m, one.z_m, one.vx_mps - ax, one.vy_mps - ay, one.vz_mps - az, one.lag_x_mps2, one.lag_y_mps2,
            one.lag_z_mps2, since, one.cmd_x_mps2, one.cmd_y_mps2, one.cmd_z_mps2, h, params,
        )  # fmt: skip
        x, y, z, vx, vy, vz = carried(x, y, z, vx, vy, vz, ax, ay, az, h)
        one.x_m = x
        one.y_m = y
        one.z_m = z
        one.vx_mps = vx
        one.vy_mps = vy
        one.vz_mps = vz
        one.lag_x_mps2 = lx
        one.lag_y_mps2 = ly
        one.lag_z_mps2 = lz
        since += h
    one.load_mps2 = load * 9.80665
    dx = one.pip_x_m - px
    dy = one.pip_y_m - py
    dz = one.pip_z_m - pz
    wx = (px - one.x_m) / dt_s
    wy = (py - one.y_m) / dt_s
    wz = (pz - one.z_m) / dt_s
    _, when, is_inside = closest_approach(dx, dy, dz, wx, wy, wz, dt_s)
    speed = math.sqrt(one.vx_mps * one.vx_mps + one.vy_mps * one.vy_mps + one.vz_mps * one.vz_mps)
    powered = is_powered(since, params)
    is_done = is_inside == 1 and since > TURNED_S and dx * dx + dy * dy + dz * dz < 4.0 * speed * speed
    if since > 5.0:
        if height_m(one.x_m, one.y_m, one.z_m) < air.ground_m:
            is_done = True
        if not powered and speed < SLOW_MPS:
            is_done = True
    if since >= params[COL_MAX_FLIGHT_TIME]:
        is_done = True
    if is_done:
        one.status = ROUND_ARRIVED
        one.end_s = begin_s + min(when, dt_s)
        one.miss_m = math.inf
        one.arrival_mps = speed


@inner
def target_at(threat, share, dt_s):
    """Where and how fast a threat is at a share of the tick (cubic through both ends): six numbers."""
    s = share
    s2 = s * s
    s3 = s2 * s
    a0 = 2.0 * s3 - 3.0 * s2 + 1.0
    a1 = (s3 - 2.0 * s2 + s) * dt_s
    b0 = 3.0 * s2 - 2.0 * s3
    b1 = (s3 - s2) * dt_s
    x = a0 * threat.x0_m + a1 * threat.vx0_mps + b0 * threat.x_m + b1 * threat.vx_mps
    y = a0 * threat.y0_m + a1 * threat.vy0_mps + b0 * threat.y_m + b1 * threat.vy_mps
    z = a0 * threat.z0_m + a1 * threat.vz0_mps + b0 * threat.z_m + b1 * threat.vz_mps
    c = 1.0 - s
    return (
        x, y, z, c * threat.vx0_mps + s * threat.vx_mps, c * threat.vy0_mps + s * threat.vy_mps,
        c * threat.vz0_mps + s * threat.vz_mps,
    )  # fmt: skip


@inner
def find_target(truth, threats, one, kind, view_rad, seeker_range_m):
    """The living threat nearest to where the round believes its target is, if its receiver can see that one; -1 none."""
    dx = one.est_x_m - one.x_m
    dy = one.est_y_m - one.y_m
    dz = one.est_z_m - one.z_m
    away = math.sqrt(dx * dx + dy * dy + dz * dz)
    basket = 300.0 + view_rad * away
    best = -1
    best_m = basket
    for i in range(truth.threat.size):
        threat = truth.threat[i]
        if threat.status != FLYING:
            continue
        ex = threat.x_m - one.est_x_m
        if ex > basket or ex < -basket:
            continue
        ey = threat.y_m - one.est_y_m
        ez = threat.z_m - one.est_z_m
        off = math.sqrt(ex * ex + ey * ey + ez * ez)
        if off >= best_m:
            continue
        best = i
        best_m = off
    if best >= 0 and kind == GUIDANCE_ACTIVE:
        # it waits for its own: whoever flies ahead of it comes into the seeker's reach first
        threat = truth.threat[best]
        rx = threat.x_m - one.x_m
        ry = threat.y_m - one.y_m
        rz = threat.z_m - one.z_m
        reach = seeker_lock_range_m(
            seeker_range_m, seen_m2(threats[best].rcs_m2, threat, 4, one.x_m, one.y_m, one.z_m)
        )
        if rx * rx + ry * ry + rz * rz > reach * reach:
            return -1
    return best


@inner
def seen_m2(sides, threat, i_band, from_x, from_y, from_z):
    """Radar cross-section of a threat in a band, seen from a point, by its aspect, m2."""
    cosine = cos_aspect(
        threat.x_m,
        threat.y_m,
        threat.z_m,
        threat.vx_mps,
        threat.vy_mps,
        threat.vz_mps,
        from_x,
        from_y,
        from_z,
    )
    return signature_m2(cosine, sides[i_band, 0], sides[i_band, 1], sides[i_band, 2])


@inner
def measure(
    given,
    kind,
    noise_rad,
    seeker_range_m,
    lit_m,
    one,
    threat,
    seed,
    run,
    tx,
    ty,
    tz,
    dt_s,
):
    """The round's receiver measures the line of sight to the true target, with noise; the estimate is updated.

    ``lit_m``: distance from the engagement radar that lights the target (TVM). ``noise_rad``: of the receiver or seeker.
    """
    rx = tx - one.x_m
    ry = ty - one.y_m
    rz = tz - one.z_m
    away = math.sqrt(rx * rx + ry * ry + rz * rz)
    if away < 1.0:
        return
    rcs = max(seen_m2(given.rcs_m2, threat, 4, one.x_m, one.y_m, one.z_m), 1e-6)
    if kind == GUIDANCE_TVM:
        sigma = los_sigma_tvm_rad(noise_rad, lit_m, away, rcs)
    else:
        sigma = los_sigma_active_rad(noise_rad, away, seeker_range_m, rcs)
    u0, u1, u2, _ = uniforms(seed, run, STREAM_SEEKER_NOISE, given.id, one.i_nth, one.n_measures)
    one.n_measures += 1
    across = math.sqrt(sigma * away * sigma * away + given.glint_m * given.glint_m)
    g0 = across * normal_quantile(u0)
    g1 = across * normal_quantile(u1)
    g2 = RANGE_NOISE_M * normal_quantile(u2)
    lx = rx / away
    ly = ry / away
    lz = rz / away
    # two directions across the line of sight
    ax = -ly
    ay = lx
    az = 0.0
    n = math.sqrt(ax * ax + ay * ay)
    if n < 1e-3:
        ax = 1.0
        ay = 0.0
        n = 1.0
    ax /= n
    ay /= n
    bx = ly * az - lz * ay
    by = lz * ax - lx * az
    bz = lx * ay - ly * ax
    mx = tx + g0 * ax + g1 * bx + g2 * lx
    my = ty + g0 * ay + g1 * by + g2 * ly
    mz = tz + g0 * az + g1 * bz + g2 * lz
    ex, ey, ez, evx, evy, evz = homing_filter(
        one.est_x_m,
        one.est_y_m,
        one.est_z_m,
        one.est_vx_mps,
        one.est_vy_mps,
        one.est_vz_mps,
        mx,
        my,
        mz,
        dt_s,
        FILTER_TIME_S,
    )
    one.est_x_m = ex
    one.est_y_m = ey
    one.est_z_m = ez
    one.est_vx_mps = evx
    one.est_vy_mps = evy
    one.est_vz_mps = evz


@inner
def homing_command(params, one):
    """The guidance law of the end game: from the round's own estimate, nothing else. Returns the target's expected acceleration."""
    bx = 0.0
    by = 0.0
    bz = 0.0
    if one.is_falling == 1:
        bx, by, bz = fall_acceleration(
            one.est_x_m, one.est_y_m, one.est_z_m, one.est_vx_mps, one.est_vy_mps, one.est_vz_mps
        )
    cx, cy, cz = steer_homing(
        one.x_m, one.y_m, one.z_m, one.vx_mps, one.vy_mps, one.vz_mps,
        one.est_x_m - one.x_m, one.est_y_m - one.y_m, one.est_z_m - one.z_m,
        one.est_vx_mps - one.vx_mps, one.est_vy_mps - one.vy_mps, one.est_vz_mps - one.vz_mps, bx, by, bz, params,
    )  # fmt: skip
    one.cmd_x_mps2 = cx
    one.cmd_y_mps2 = cy
    one.cmd_z_mps2 = cz
    return bx, by, bz


@inner
def poison(threat):
    """Make a threat's truth unusable (poison test: guidance that looks at it turns into NaN)."""
    threat.x_m = math.nan
    threat.y_m = math.nan
    threat.z_m = math.nan
    threat.vx_mps = math.nan
    threat.vy_mps = math.nan
    threat.vz_mps = math.nan


@inner
def is_far(one):
    """Whether a homing round believes itself more than ``FINE_S`` from its target: long steps do until then."""
    rx = one.est_x_m - one.x_m
    ry = one.est_y_m - one.y_m
    rz = one.est_z_m - one.z_m
    wx = one.est_vx_mps - one.vx_mps
    wy = one.est_vy_mps - one.vy_mps
    wz = one.est_vz_mps - one.vz_mps
    return rx * rx + ry * ry + rz * rz > FINE_S * FINE_S * (wx * wx + wy * wy + wz * wz)


@inner
def home(clock, air, threats, radars, units, interceptors, truth, own, one, seed, run, begin_s):
    """The end game of one round over a tick: measure, command, move in small steps, until it passes its target."""
    dt_s = clock.dt_s
    params = interceptors[one.i_interceptor].flight
    n = max(int(math.floor(dt_s / clock.homing_dt_s + 0.5)), 1)
    measure_dt_s = clock.measure_dt_s
    if is_far(one):
        n = (n + COARSE_STEPS - 1) // COARSE_STEPS
        measure_dt_s = max(measure_dt_s, COARSE_SAMPLE_S)
    h = dt_s / n
    every = max(int(math.floor(measure_dt_s / h + 0.5)), 1)
    k = one.i_interceptor
    kind = interceptors[k].guidance
    seeker_range_m = interceptors[k].seeker_range_m
    noise_rad = (
        interceptors[k].receiver_noise_rad if kind == GUIDANCE_TVM else interceptors[k].seeker_noise_rad
    )
    is_measuring = kind != GUIDANCE_COMMAND and one.has_guidance == 1
    if one.i_target >= 0 and truth.threat[one.i_target].status != FLYING:
        one.i_target = -1
        one.is_orphan = 1
    if one.i_target < 0 and one.is_orphan == 0:
        i = find_target(truth, threats, one, kind, interceptors[k].seeker_view_rad, seeker_range_m)
        if i >= 0:
            one.i_target = i
            one.i_nth = truth.threat[i].n_shots
            truth.threat[i].n_shots += 1
            one.n_measures = 0
    since = begin_s - one.launch_s
    i_radar = units[one.i_unit].i_radar
    windx, windy, windz = wind_at(air, one.x_m, one.y_m, one.z_m)
    for step in range(n):
        share = float(step) / n
        has_target = one.i_target >= 0
        tx = one.est_x_m
        ty = one.est_y_m
        tz = one.est_z_m
        twx = one.est_vx_mps
        twy = one.est_vy_mps
        twz = one.est_vz_mps
        if has_target:
            threat = truth.threat[one.i_target]
            tx, ty, tz, twx, twy, twz = target_at(threat, share, dt_s)
            if is_measuring and (step % every == 0):
                dx = tx - radars[i_radar].x_m
                dy = ty - radars[i_radar].y_m
                dz = tz - radars[i_radar].z_m
                measure(
                    threats[one.i_target], kind, noise_rad, seeker_range_m,
                    math.sqrt(dx * dx + dy * dy + dz * dz), one, threat, seed, run, tx, ty, tz, measure_dt_s,
                )  # fmt: skip
            if clock.is_poisoned == 1:
                kx = threat.x_m
                ky = threat.y_m
                kz = threat.z_m
                kvx = threat.vx_mps
                kvy = threat.vy_mps
                kvz = threat.vz_mps
                poison(threat)
                bx, by, bz = homing_command(params, one)
                threat.x_m = kx
                threat.y_m = ky
                threat.z_m = kz
                threat.vx_mps = kvx
                threat.vy_mps = kvy
                threat.vz_mps = kvz
            else:
                bx, by, bz = homing_command(params, one)
        else:
            bx, by, bz = homing_command(params, one)
        x, y, z, vx, vy, vz, ax, ay, az, load = round_step(
            one.x_m, one.y_m, one.z_m, one.vx_mps - windx, one.vy_mps - windy, one.vz_mps - windz, one.lag_x_mps2, one.lag_y_mps2,
            one.lag_z_mps2, since, one.cmd_x_mps2, one.cmd_y_mps2, one.cmd_z_mps2, h, params,
        )  # fmt: skip
        x, y, z, vx, vy, vz = carried(x, y, z, vx, vy, vz, windx, windy, windz, h)
        # relative motion over the step against the true target (nature), or the estimate when there is none
        rx = tx - one.x_m
        ry = ty - one.y_m
        rz = tz - one.z_m
        if has_target:
            nx, ny, nz, _, _, _ = target_at(truth.threat[one.i_target], float(step + 1) / n, dt_s)
        else:
            nx = tx + twx * h
            ny = ty + twy * h
            nz = tz + twz * h
        wx = ((nx - x) - rx) / h
        wy = ((ny - y) - ry) / h
        wz = ((nz - z) - rz) / h
        miss, when, is_inside = closest_approach(rx, ry, rz, wx, wy, wz, h)
        one.est_x_m += (one.est_vx_mps + 0.5 * bx * h) * h
        one.est_y_m += (one.est_vy_mps + 0.5 * by * h) * h
        one.est_z_m += (one.est_vz_mps + 0.5 * bz * h) * h
        one.est_vx_mps += bx * h
        one.est_vy_mps += by * h
        one.est_vz_mps += bz * h
        one.x_m = x
        one.y_m = y
        one.z_m = z
        one.vx_mps = vx
        one.vy_mps = vy
        one.vz_mps = vz
        one.lag_x_mps2 = ax
        one.lag_y_mps2 = ay
        one.lag_z_mps2 = az
        one.load_mps2 = load * 9.80665
        since += h
        speed = math.sqrt(vx * vx + vy * vy + vz * vz)
        if is_inside == 1 and rx * rx + ry * ry + rz * rz < 25e6:
            one.status = ROUND_ARRIVED
            one.end_s = begin_s + step * h + when
            one.miss_m = miss if has_target else math.inf
            one.arrival_mps = speed
            return
        is_over = since >= params[COL_MAX_FLIGHT_TIME] or (not is_powered(since, params) and speed < SLOW_MPS)
        if step == n - 1 and height_m(x, y, z) < air.ground_m - 50.0:
            is_over = True
        if is_over or (is_inside == 1 and since > 6.0):
            one.status = ROUND_ARRIVED
            one.end_s = begin_s + (step + 1) * h
            one.miss_m = math.inf
            one.arrival_mps = speed
            return


# --------------------------------------------------------------------------------------------- guidance ----


@inner
def steer(world, belief, own, log, tick):
    """Guidance commands from belief: follow the track, keep the predicted intercept point, hand over to homing."""
    dt_s = world.clock.dt_s
    every = max(int(UPLINK_PERIOD_S / dt_s + 0.5), 1)
    now_s = (tick + 1) * world.clock.dt_s
    for r in range(own.round_top[0]):
        one = own.round[r]
        if one.status == ROUND_FREE or one.status == ROUND_ARRIVED or one.launch_s >= now_s + 1e-9:
            continue
        since_s = now_s - one.launch_s
        is_held = one.status == ROUND_MIDCOURSE or (
            one.status == ROUND_HOMING
            and one.i_target >= 0
            and world.interceptors[one.i_interceptor].guidance != GUIDANCE_COMMAND
        )
        if is_held and since_s > CAPTURE_S and int(since_s / dt_s + 0.5) % every != 0:
            continue  # it flies on the last uplink, or on what its own receiver sees
        guide(
            world.clock,
            world.air,
            own.face,
            world.units,
            world.interceptors,
            world.table,
            belief,
            own,
            log,
            one,
            now_s,
        )


@inner
def guide(clock, air, radars, units, interceptors, table, belief, own, log, one, now_s):
    """Guidance of one round: is it supported, where will it meet, what should it do until the next tick."""
    k = one.i_interceptor
    params = interceptors[k].flight
    channel = own.channel[one.i_channel]
    i_radar = units[one.i_unit].i_radar
    is_uplink = channel.status == CHANNEL_SEARCH_TRACK and channel.serial == one.serial
    kind = interceptors[k].guidance
    face = radars[i_radar]
    supported = channel.status != CHANNEL_FREE and channel.serial == one.serial
    track = belief.fire[one.i_channel]
    if is_uplink:
        track = belief.track[channel.i_picture, channel.i_track]
        supported = supported and track.number == channel.number
    supported = supported and track.status == TRACK_FIRM
    since = now_s - one.launch_s
    is_autonomous = one.status == ROUND_HOMING and kind == GUIDANCE_ACTIVE and one.i_target >= 0
    tx = 0.0
    ty = 0.0
    tz = 0.0
    if supported:
        dt = now_s - track.t_s
        tx = track.x_m + track.vx_mps * dt
        ty = track.y_m + track.vy_mps * dt
        tz = track.z_m + track.vz_mps * dt
        tx, ty, tz = lifted(tx, ty, tz, air.ground_m + LOWEST_M)
        if not is_uplink:
            if (
                own.radar[i_radar].is_alive == 0
                or sector_code(face, air.earth_factor, tx, ty, tz) != 0
                or not is_in_sight(face, air.earth_factor, air.ground_m, tx, ty, tz)
            ):
                supported = False
        if supported and since > CAPTURE_S:
            if (
                not is_in_reach(face, one.x_m, one.y_m, one.z_m)
                or not is_in_sight(face, air.earth_factor, air.ground_m, one.x_m, one.y_m, one.z_m)
                or (not is_uplink and sector_code(face, air.earth_factor, one.x_m, one.y_m, one.z_m) != 0)
            ):
                supported = False
    if is_autonomous:
        one.has_guidance = 1
        if one.holds_channel == 1 and interceptors[k].is_channel_freed_at_lock == 1:
            one.holds_channel = 0
            own.unit[one.i_unit].n_missiles -= 1
        return
    one.has_guidance = 1 if supported else 0
    if one.status == ROUND_HOMING:
        if (kind == GUIDANCE_COMMAND and supported) or (
            one.i_target < 0 and supported and one.is_orphan == 0
        ):
            one.est_x_m = tx
            one.est_y_m = ty
            one.est_z_m = tz
            one.est_vx_mps = track.vx_mps
            one.est_vy_mps = track.vy_mps
            one.est_vz_mps = track.vz_mps
        return
    if one.status == ROUND_MIDCOURSE and supported:
        # where will it meet? time to go from the table while the motor burns, from its own speed after
        one.is_falling = 1 if track["class"] == CLASS_BALLISTIC else 0
        speed = math.sqrt(one.vx_mps * one.vx_mps + one.vy_mps * one.vy_mps + one.vz_mps * one.vz_mps)
        powered = is_powered(since, params)
        ux = one.pip_x_m
        uy = one.pip_y_m
        uz = one.pip_z_m
        t_go = max(one.pip_s - now_s, 0.0)
        for _ in range(1 if since > CAPTURE_S else 2):  # later the last uplink's point is near enough to begin with
            dx = ux - one.x_m
            dy = uy - one.y_m
            dz = uz - one.z_m
            away = math.sqrt(dx * dx + dy * dy + dz * dz)
            from_m = ground_range_m(
                units[one.i_unit].x_m, units[one.i_unit].y_m, units[one.i_unit].z_m, ux, uy, uz
            )
            total, end_mps, _ = flyout(
                table,
                k,
                interceptors[k].table_range_m,
                interceptors[k].table_height_m,
                from_m,
                height_m(ux, uy, uz) - air.ground_m,
            )
            flight_s = t_go
            if not powered:
                mean = 0.5 * (speed + min(max(end_mps, 0.6 * speed), speed))
                flight_s = away / max(mean, 100.0)
            elif total < 1e8:
                flight_s = max(total - since, 0.2)
            # the meeting is where the flight takes as long as the target does; taking the flight time for it would step
            # to and fro past a target that comes faster than the round (Newton's step, the target's speed held)
            approach_mps = -(dx * track.vx_mps + dy * track.vy_mps + dz * track.vz_mps) / max(away, 1.0)
            slope = 1.0 + approach_mps * flight_s / max(away, 1.0)
            t_go = max(t_go + (flight_s - t_go) / max(slope, SLOPE_MIN), 0.0)
            # no round flies longer than that: a target that outruns it has no meeting point
            t_go = min(t_go, max(params[COL_MAX_FLIGHT_TIME] - since, 0.0))
            if one.is_falling == 1:
                ux, uy, uz = falling_point(
                    tx, ty, tz, track.vx_mps, track.vy_mps, track.vz_mps, t_go, air.ground_m + LOWEST_M
                )
            else:
                ux, uy, uz = level_point(tx, ty, tz, track.vx_mps, track.vy_mps, track.vz_mps, t_go)
                ux, uy, uz = lifted(ux, uy, uz, air.ground_m + LOWEST_M)
        one.pip_x_m = ux
        one.pip_y_m = uy
        one.pip_z_m = uz
        one.pip_s = now_s + t_go
        rx = tx - one.x_m
        ry = ty - one.y_m
        rz = tz - one.z_m
        is_close = False
        if kind == GUIDANCE_ACTIVE:
            reach = interceptors[k].seeker_range_m * 1.5
            is_close = rx * rx + ry * ry + rz * rz < reach * reach and since > TURNED_S
        else:
            is_close = t_go < interceptors[k].homing_s and since > TURNED_S
        if is_close:
            one.status = ROUND_HOMING
            one.is_orphan = 0
            one.est_x_m = tx
            one.est_y_m = ty
            one.est_z_m = tz
            one.est_vx_mps = track.vx_mps
            one.est_vy_mps = track.vy_mps
            one.est_vz_mps = track.vz_mps
            if clock.record >= RECORD_EVENTS:
                tell(log, now_s, EVENT_ROUND_HOMING, one.i_unit, one.i_shot, track.label, t_go)
            return
    cx, cy, cz = steer_midcourse(
        one.x_m, one.y_m, one.z_m, one.vx_mps, one.vy_mps, one.vz_mps, since, one.pip_x_m, one.pip_y_m, one.pip_z_m,
        air.ground_m, params,
    )  # fmt: skip
    one.cmd_x_mps2 = cx
    one.cmd_y_mps2 = cy
    one.cmd_z_mps2 = cz


@inner
def falling_point(x, y, z, vx, vy, vz, dt, floor_m):
    """Where a falling body is ``dt`` seconds later with the drag that planning assumes; no deeper than ``floor_m``."""
    left = dt
    while left > 0.0:
        above = height_m(x, y, z)
        if above < floor_m:
            break
        h = min(left, FALL_STEP_HIGH_S if above > FALL_HIGH_M else FALL_STEP_S)
        x, y, z, vx, vy, vz = coast_step(x, y, z, vx, vy, vz, h)
        left -= h
    return lifted(x, y, z, floor_m)
