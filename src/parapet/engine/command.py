"""Command: what the tracks threaten, what can be engaged by whom, and who fires what when.

Everything here reads belief and our own means. Nothing here is passed the truth, and no argument holds a threat's type.

A target channel lives through: free -> acquiring (the engagement radar searches the cued volume) -> tracking (it has its own
track; rounds are fired and fly) -> assessing (was it a kill?) -> free, or back to tracking for the next salvo. A round of a type
that may fly on the command post's track goes on without the engagement radar when acquisition fails.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from parapet._jit import inner
from parapet.engine.codes import (
    CHANNEL_ACQUIRING,
    CHANNEL_ASSESSING,
    CHANNEL_FREE,
    CHANNEL_SEARCH_TRACK,
    CHANNEL_TRACKING,
    CLASS_BALLISTIC,
    EVENT_ACQUIRED,
    EVENT_ACQUISITION_FAILED,
    EVENT_CHANNEL_RELEASED,
    EVENT_DESIGNATED,
    EVENT_FIRE_TRACK_LOST,
    EVENT_KILL_ASSESSED,
    EVENT_READY,
    EVENT_RELOADED,
    EVENT_ROUND_LAUNCHED,
    MODE_SALVO,
    POLICY_OPTIMAL,
    RECORD_EVENTS,
    ROUND_FREE,
    ROUND_MIDCOURSE,
    SHOT_FLYING,
    TRACK_FIRM,
    TRACK_FREE,
    WHY_DOCTRINE,
    WHY_ENGAGED,
    WHY_FIRE_TRACK_LOST,
    WHY_LAUNCHER_BUSY,
    WHY_NO_CHANNEL,
    WHY_NO_FIRM_TRACK,
    WHY_NO_LINE_OF_SIGHT,
    WHY_NO_ROUND,
    WHY_NO_SOLUTION,
    WHY_NOT_ACQUIRED,
    WHY_NOT_HOSTILE,
    WHY_OUT_OF_RADAR_RANGE,
    WHY_OUTSIDE_SECTOR,
    WHY_REACTION_TIME,
    WHY_UNIT_NOT_READY,
)
from parapet.engine.prediction import (
    LOWEST_M,
    coast_step,
    flyout,
    ground_range_m,
    level_point,
    lifted,
    position_variance,
    trace_fall,
    velocity_variance,
)
from parapet.engine.sensing import TWO_PI, is_in_reach, is_in_sight, sector_code
from parapet.engine.state import (
    TOTAL_ACQUISITIONS,
    TOTAL_ACQUISITIONS_FAILED,
    TOTAL_CHANNEL_TIME,
    TOTAL_CHANNELS_RELEASED,
    TOTAL_DUPLICATES,
    TOTAL_FIRE_TRACKS_LOST,
    TOTAL_PEAK_DISTINCT,
    TOTAL_PEAK_MISSILES,
    TOTAL_PEAK_TARGETS,
    TOTAL_ROUNDS,
    TOTAL_ROUNDS_FULL,
)
from parapet.engine.telling import next_shot, tell
from parapet.physics.assignment import assignment
from parapet.physics.earth import height_m

ACQUISITION_LIMIT_S = 8.0
"""An acquisition that has not made a track by then is given up (stretched with the radar's load)."""
BLOCK_S = 6.0
"""A track whose acquisition failed is not designated again by the same post before this time has passed."""
HOLD_LIMIT_S = 40.0
"""A channel that tracks and finds nothing to fire for this long is given back."""
ACQUISITION_GUESS_S = 3.0
"""Time that planning allows for acquisition."""
ROUND_WORTH = 0.02
"""Value that planning charges for a round (values of assets are of order 1 to 10)."""
STALE_REVISITS = 1.6
STALE_S = 3.0
"""A track without a plot for 1.6 revisits and 3 s is coasting: no round is planned against it."""
COMING_SHARE = 0.85
COMING_SIGMA_M = 3000.0
"""A target that is still too far is met within this share of a round's flight time and with the arrival speed above its least by
as much, and only if the track says where that will be within this spread: at the very end of its reach a round is too slow
to correct anything, and a target that comes slowly would always be met there."""
MEETING_STEPS = 24
"""Steps of the search for a meeting; each takes the flight time of the last one, which comes closer by target over round speed."""
PLAN_AHEAD_S = 200.0
"""Falls that end later than this are not yet planned against."""
DESIGNATE_AHEAD_S = 25.0
"""A fall is designated at most this long before a round must be launched to meet it at the first point possible."""
SOLID_PLOTS = 3
SOLID_SHARE = 0.6
"""Plots, and share of the looks since the first, that a fire-control track must have before the first round leaves: at the
edge of what its radar sees, a round would lose it on the way."""
LAUNCH_AHEAD_S = 1.5
"""A round against a fall is launched at most this long before it must."""
FALL_PERIOD_S = 3.0
"""A fall that cannot be met yet is looked at again this long after: following it down costs more than the rest of a decision."""
FIRE_PERIOD_S = 0.5
"""A channel that waits to launch asks for a solution this often."""
NEAR_VALUE_M = 15e3
"""Closest approach at which a straight flight past an asset counts as half a threat to it."""
IMPACT_STEP_S = 2.0
IMPACT_STEP_HIGH_S = 5.0
IMPACT_HIGH_M = 50e3
"""Steps of the impact prediction in the air and above ``IMPACT_HIGH_M``."""
NEVER_S = 1e9
"""Longer than any battle."""
BUSY_SHARE = 0.999
"""Each channel in use takes this little off a fire unit's gain, so that equal gains go to the idler unit."""
MIN_VALUE = 0.01
"""Tracks that threaten less than this are not worth a round."""


class Weapon(NamedTuple):
    """The numbers of one interceptor type on one fire unit, handed down instead of whole families (compile time)."""

    x_m: float
    y_m: float
    z_m: float
    ground_m: float
    range_air_m: float
    range_ballistic_m: float
    range_min_m: float
    height_min_m: float
    height_max_m: float
    target_speed_max_mps: float
    flight_max_s: float
    arrival_speed_min_mps: float
    is_uplink: int
    i_type: int
    table_range_m: float
    table_height_m: float


@inner
def weapon_of(air, units, interceptors, i_unit, i_type):
    """The numbers of interceptor ``i_type`` on fire unit ``i_unit``."""
    return Weapon(
        units[i_unit].x_m,
        units[i_unit].y_m,
        units[i_unit].z_m,
        air.ground_m,
        interceptors[i_type].range_air_m,
        interceptors[i_type].range_ballistic_m,
        interceptors[i_type].range_min_m,
        interceptors[i_type].height_min_m,
        interceptors[i_type].height_max_m,
        interceptors[i_type].target_speed_max_mps,
        interceptors[i_type].flight_max_s,
        interceptors[i_type].arrival_speed_min_mps,
        interceptors[i_type].is_search_track_uplink,
        i_type,
        interceptors[i_type].table_range_m,
        interceptors[i_type].table_height_m,
    )


@inner
def is_inside_envelope(weapon, reach, x, y, z, height, speed):
    """Whether the published envelope of the interceptor holds a target at this point at this speed (bool)."""
    dx = x - weapon.x_m
    dy = y - weapon.y_m
    dz = z - weapon.z_m
    slant2 = dx * dx + dy * dy + dz * dz
    if slant2 > reach * reach or slant2 < weapon.range_min_m * weapon.range_min_m:
        return False
    above = height - weapon.ground_m
    if above < weapon.height_min_m or above > weapon.height_max_m:
        return False
    return speed <= weapon.target_speed_max_mps


@inner
def arrival(weapon, table, x, y, z):
    """Time of flight, arrival speed and load of a round of this type from this unit to a point; time < 0: cannot."""
    ground = ground_range_m(weapon.x_m, weapon.y_m, weapon.z_m, x, y, z)
    time, speed, load = flyout(
        table,
        weapon.i_type,
        weapon.table_range_m,
        weapon.table_height_m,
        ground,
        height_m(x, y, z) - weapon.ground_m,
    )
    if time > weapon.flight_max_s or speed < weapon.arrival_speed_min_mps:
        return -1.0, speed, load
    return time, speed, load


@inner
def intercept_air(weapon, table, x, y, z, vx, vy, vz, delay_s):
    """Predicted intercept point of a straight flight: (time from now, x, y, z, is it too far as yet), time < 0: there is none.

    A target that no round reaches where it is now may come within reach while the round flies: then the meeting is looked for
    between now, when it is too far, and the end of the longest flight, with a margin (``COMING_SHARE``).
    """
    t = delay_s
    is_coming = False
    early = t
    late = t
    px = x
    py = y
    pz = z
    for step in range(MEETING_STEPS):
        px, py, pz = level_point(x, y, z, vx, vy, vz, t)
        px, py, pz = lifted(px, py, pz, weapon.ground_m + LOWEST_M)
        flight, speed, _ = arrival(weapon, table, px, py, pz)
        if flight < 0.0:
            if step == 0:
                is_coming = True
                late = delay_s + weapon.flight_max_s
                t = late
            elif is_coming and t < late:
                early = t
                t = 0.5 * (early + late)
            else:
                return -1.0, px, py, pz, is_coming
            continue
        after = delay_s + flight
        if abs(after - t) < 0.05:
            if is_coming and (
                flight > COMING_SHARE * weapon.flight_max_s
                or speed * COMING_SHARE < weapon.arrival_speed_min_mps
            ):
                return -1.0, px, py, pz, is_coming
            return after, px, py, pz, is_coming
        if not is_coming:
            t = after
            continue
        if after > t:
            early = t
        else:
            late = t
        t = after if early < after < late else 0.5 * (early + late)
    return t, px, py, pz, is_coming


@inner
def not_led(weapon, face, earth_factor, x, y, z):
    """Why an engagement radar could not lead a round to a point, or 0: uplink, sector and sight.

    A round that flies on the command post's track needs the uplink only.
    """
    if not is_in_reach(face, x, y, z):
        return WHY_OUT_OF_RADAR_RANGE
    if weapon.is_uplink == 0:
        if sector_code(face, earth_factor, x, y, z) != 0:
            return WHY_OUTSIDE_SECTOR
        if not is_in_sight(face, earth_factor, weapon.ground_m, x, y, z):
            return WHY_NO_LINE_OF_SIGHT
    return 0


@inner
def intercept_ballistic(weapon, table, face, earth_factor, fall, n_fall, delay_s):
    """First point of a fall that a round of this type can reach in time, inside its envelope and in sight of its radar.

    ``fall``: from ``trace_fall``. Returns (reason or 0, time from now, x, y, z, spare): ``spare`` seconds the launch may wait.
    Time < 0: there is none; the reason is what the first point in reach lacked, ``WHY_NO_SOLUTION`` when none is in reach.
    """
    reason = WHY_NO_SOLUTION
    for i in range(n_fall):
        row = fall[i]
        if row[0] < delay_s:
            continue
        if is_inside_envelope(weapon, weapon.range_ballistic_m, row[1], row[2], row[3], row[5], row[4]):
            flight, _, _ = arrival(weapon, table, row[1], row[2], row[3])
            if flight >= 0.0 and row[0] - delay_s - flight >= 0.0:
                why = not_led(weapon, face, earth_factor, row[1], row[2], row[3])
                if why == 0:
                    return 0, row[0], row[1], row[2], row[3], row[0] - delay_s - flight
                if reason == WHY_NO_SOLUTION:
                    reason = why
    row = fall[max(n_fall - 1, 0)]
    return reason, -1.0, row[1], row[2], row[3], 0.0


@inner
def solve_intercept(weapon, table, face, earth_factor, track, fall, n_fall, now_s, delay_s):
    """Predicted intercept of a track: (reason or 0, time from now, x, y, z).

    Reason ``WHY_NO_SOLUTION`` when time or envelope forbid, ``WHY_REACTION_TIME`` when it is too early to launch at a fall,
    or what ``not_led`` says of the point.
    """
    dt = now_s - track.t_s
    x = track.x_m + track.vx_mps * dt
    y = track.y_m + track.vy_mps * dt
    z = track.z_m + track.vz_mps * dt
    speed = math.sqrt(track.vx_mps * track.vx_mps + track.vy_mps * track.vy_mps + track.vz_mps * track.vz_mps)
    if track["class"] == CLASS_BALLISTIC:
        if track.time_to_go_s > PLAN_AHEAD_S:
            return WHY_NO_SOLUTION, -1.0, x, y, z
        why, time, px, py, pz, spare = intercept_ballistic(
            weapon, table, face, earth_factor, fall, n_fall, delay_s
        )
        if time < 0.0:
            return why, -1.0, px, py, pz
        if spare > (DESIGNATE_AHEAD_S if delay_s > 0.0 else LAUNCH_AHEAD_S):
            return WHY_REACTION_TIME, -1.0, px, py, pz
        return 0, time, px, py, pz
    dx = x - weapon.x_m
    dy = y - weapon.y_m
    dz = z - weapon.z_m
    far = math.sqrt(dx * dx + dy * dy + dz * dz)
    if far > weapon.range_air_m + speed * (weapon.flight_max_s + delay_s):
        return WHY_NO_SOLUTION, -1.0, x, y, z
    time, px, py, pz, is_coming = intercept_air(
        weapon, table, x, y, z, track.vx_mps, track.vy_mps, track.vz_mps, delay_s
    )
    if is_coming and (
        position_variance(track.cov) + time * time * velocity_variance(track.cov) > COMING_SIGMA_M * COMING_SIGMA_M
    ):
        return WHY_NO_SOLUTION, -1.0, px, py, pz
    if time < 0.0 or not is_inside_envelope(
        weapon, weapon.range_air_m, px, py, pz, height_m(px, py, pz), speed
    ):
        return WHY_NO_SOLUTION, -1.0, px, py, pz
    why = not_led(weapon, face, earth_factor, px, py, pz)
    if why != 0:
        return why, -1.0, px, py, pz
    return 0, time, px, py, pz


@inner
def n_rounds_ready(units, own, i_unit, i_type):
    """Rounds of one type on living launchers of a fire unit, less the reserve that doctrine keeps."""
    n = 0
    first = units[i_unit].i_launcher
    for i in range(first, first + units[i_unit].n_launchers):
        if own.launcher[i].is_alive == 1:
            n += own.rounds_left[i, i_type]
    return n - units[i_unit].reserve


@inner
def n_rounds_promised(units, own, i_unit, i_type):
    """Rounds of one type that the open channels of a fire unit still mean to fire."""
    n = 0
    per_unit = own.channel.size // units.size
    for row in range(i_unit * per_unit, i_unit * per_unit + units[i_unit].n_target_channels):
        channel = own.channel[row]
        if channel.status != CHANNEL_FREE and channel.i_interceptor == i_type:
            n += max(channel.n_assigned - channel.n_fired, 0)
    return n


@inner
def predict_impact(air, track, now_s):
    """Write the predicted impact of a ballistic track into it: point, time and spread."""
    dt0 = now_s - track.t_s
    x = track.x_m + track.vx_mps * dt0
    y = track.y_m + track.vy_mps * dt0
    z = track.z_m + track.vz_mps * dt0
    vx = track.vx_mps
    vy = track.vy_mps
    vz = track.vz_mps
    t = 0.0
    for _ in range(600):
        h = height_m(x, y, z)
        if h <= air.ground_m:
            break
        dt = IMPACT_STEP_HIGH_S if h > IMPACT_HIGH_M else IMPACT_STEP_S
        x, y, z, vx, vy, vz = coast_step(x, y, z, vx, vy, vz, dt)
        t += dt
    track.impact_x_m = x
    track.impact_y_m = y
    track.impact_z_m = z
    track.impact_s = now_s + t
    # cov[15..20] hold velocity terms in any packing: use the position and velocity variances by trace
    track.impact_sigma_m = math.sqrt(position_variance(track.cov) + t * t * velocity_variance(track.cov))
    track.impact_at_s = now_s


@inner
def evaluate(air, assets, valued, belief, i_picture, now_s):
    """Threat evaluation of one picture: what each firm track threatens, how much, and how soon."""
    if belief.number[i_picture] == 0:
        return
    tracks = belief.track[i_picture]
    for i in range(tracks.size):
        track = tracks[i]
        if track.status != TRACK_FIRM:
            continue
        dt = now_s - track.t_s
        track.p_survive = 1.0 if track.i_engaged == 0 else 0.3
        track.value = 0.0
        track.i_asset = -1
        track.time_to_go_s = 1e9
        if track["class"] == CLASS_BALLISTIC:
            if now_s - track.impact_at_s > 4.0 or track.impact_at_s == 0.0:
                predict_impact(air, track, now_s)
            for j in valued:
                dx = track.impact_x_m - assets[j].x_m
                dy = track.impact_y_m - assets[j].y_m
                dz = track.impact_z_m - assets[j].z_m
                spread = track.impact_sigma_m + assets[j].radius_m + 4000.0
                value = assets[j].value * math.exp(-0.5 * (dx * dx + dy * dy + dz * dz) / (spread * spread))
                if value > track.value:
                    track.value = value
                    track.i_asset = j
            track.time_to_go_s = track.impact_s - now_s
            continue
        x = track.x_m + track.vx_mps * dt
        y = track.y_m + track.vy_mps * dt
        z = track.z_m + track.vz_mps * dt
        vv = track.vx_mps * track.vx_mps + track.vy_mps * track.vy_mps + track.vz_mps * track.vz_mps
        radius2 = max(x * x + y * y + z * z, 1.0)
        for j in valued:
            # relative position in the plane of the ground: closest approach of a straight level flight
            dx = assets[j].x_m - x
            dy = assets[j].y_m - y
            dz = assets[j].z_m - z
            up = (dx * x + dy * y + dz * z) / radius2
            dx -= up * x
            dy -= up * y
            dz -= up * z
            when = 0.0
            if vv > 1.0:
                when = (dx * track.vx_mps + dy * track.vy_mps + dz * track.vz_mps) / vv
            is_receding = when <= 0.0
            if is_receding:
                when = 0.0
            cx = dx - track.vx_mps * when
            cy = dy - track.vy_mps * when
            cz = dz - track.vz_mps * when
            miss2 = cx * cx + cy * cy + cz * cz
            value = assets[j].value / (1.0 + miss2 / (NEAR_VALUE_M * NEAR_VALUE_M))
            if value > track.value:
                track.value = value
                track.i_asset = j
                track.time_to_go_s = 1e9 if is_receding else when


@inner
def is_from(unit, track):
    """Whether a track was first seen in the sector of origin of a fire unit's rules."""
    dx = track.begun_x_m - unit.x_m
    dy = track.begun_y_m - unit.y_m
    dz = track.begun_z_m - unit.z_m
    r = unit.rotation
    bearing = math.atan2(r[0] * dx + r[1] * dy + r[2] * dz, r[3] * dx + r[4] * dy + r[5] * dz)
    turn = bearing - unit.hostile_from_rad
    return turn - TWO_PI * math.floor(turn / TWO_PI) <= unit.hostile_width_rad


@inner
def is_hostile(unit, assets, track, now_s):
    """Identity by rule, from the track alone: falling ballistic; or fast enough, between two heights, first seen in a sector
    of origin, and headed near something defended. ``unit``: the row of the fire unit whose rules these are.
    """
    if track["class"] == CLASS_BALLISTIC:
        return True
    speed2 = track.vx_mps * track.vx_mps + track.vy_mps * track.vy_mps + track.vz_mps * track.vz_mps
    if speed2 < unit.hostile_speed_mps * unit.hostile_speed_mps:
        return False
    if unit.hostile_width_rad < TWO_PI and not is_from(unit, track):
        return False
    j = track.i_asset
    if j < 0:
        return False
    dt = now_s - track.t_s
    x = track.x_m + track.vx_mps * dt
    y = track.y_m + track.vy_mps * dt
    z = track.z_m + track.vz_mps * dt
    if not unit.hostile_low_m <= height_m(x, y, z) <= unit.hostile_high_m:
        return False
    ux = assets[j].x_m - x
    uy = assets[j].y_m - y
    uz = assets[j].z_m - z
    when = max((ux * track.vx_mps + uy * track.vy_mps + uz * track.vz_mps) / max(speed2, 1.0), 0.0)
    ux -= track.vx_mps * when
    uy -= track.vy_mps * when
    uz -= track.vz_mps * when
    return ux * ux + uy * uy + uz * uz <= unit.hostile_radius_m * unit.hostile_radius_m


@inner
def picture_of(posts, units, own, i_unit):
    """The picture a fire unit works on: its command post's, or its own when the post is lost."""
    if own.unit[i_unit].is_autonomous == 1:
        return posts.size + i_unit
    return units[i_unit].i_post


@inner
def release(clock, units, belief, own, log, row, now_s, block_s):
    """Give a target channel back and leave its track alone for ``block_s`` seconds."""
    channel = own.channel[row]
    i_unit = row // (own.channel.size // units.size)
    track = belief.track[channel.i_picture, channel.i_track]
    if track.number == channel.number and track.status != TRACK_FREE:
        track.i_engaged = max(track.i_engaged - 1, 0)
        track.blocked_s = max(track.blocked_s, now_s + block_s)
    log.total[TOTAL_CHANNEL_TIME] += now_s - channel.designated_s
    log.total[TOTAL_CHANNELS_RELEASED] += 1.0
    if clock.record >= RECORD_EVENTS:
        tell(log, now_s, EVENT_CHANNEL_RELEASED, i_unit, row, channel.label, now_s - channel.designated_s)
    channel.status = CHANNEL_FREE
    channel.n_assigned = 0
    channel.n_fired = 0
    channel.label = -1
    belief.fire[row].status = TRACK_FREE
    own.unit[i_unit].n_channels -= 1


@inner
def follow_channels(clock, units, interceptors, belief, own, log, now_s):
    """Carry every fire channel from one stage of its engagement to the next."""
    n_units = units.size
    if n_units == 0:
        return
    per_unit = own.channel.size // n_units
    for row in range(own.channel.size):
        channel = own.channel[row]
        if channel.status == CHANNEL_FREE:
            continue
        i_unit = row // per_unit
        fire = belief.fire[row]
        track = belief.track[channel.i_picture, channel.i_track]
        has_track = track.status == TRACK_FIRM and track.number == channel.number
        if fire.label >= 0:
            channel.label = fire.label
        if own.unit[i_unit].is_alive == 0 and channel.status != CHANNEL_SEARCH_TRACK:
            fire.status = TRACK_FREE
        if channel.status == CHANNEL_ACQUIRING:
            stretch = own.radar[units[i_unit].i_radar].stretch
            if fire.status == TRACK_FIRM:
                channel.status = CHANNEL_TRACKING
                channel.since_s = now_s
                log.total[TOTAL_ACQUISITIONS] += 1.0
                if clock.record >= RECORD_EVENTS:
                    tell(log, now_s, EVENT_ACQUIRED, i_unit, row, fire.label, now_s - channel.designated_s)
            elif now_s - channel.since_s > ACQUISITION_LIMIT_S * stretch or not has_track:
                log.total[TOTAL_ACQUISITIONS_FAILED] += 1.0
                if clock.record >= RECORD_EVENTS:
                    tell(log, now_s, EVENT_ACQUISITION_FAILED, i_unit, row, channel.label, 0.0)
                if has_track and interceptors[channel.i_interceptor].is_search_track_uplink == 1:
                    channel.status = CHANNEL_SEARCH_TRACK
                    channel.since_s = now_s
                else:
                    if has_track:
                        own.reason[i_unit, channel.i_picture * belief.track.shape[1] + channel.i_track] = (
                            WHY_NOT_ACQUIRED
                        )
                    release(clock, units, belief, own, log, row, now_s, BLOCK_S)
        elif channel.status == CHANNEL_TRACKING or channel.status == CHANNEL_SEARCH_TRACK:
            is_lost = fire.status == TRACK_FREE if channel.status == CHANNEL_TRACKING else not has_track
            done = channel.n_fired >= channel.n_assigned and channel.n_fired > 0
            if channel.n_flying > 0:
                channel.since_s = now_s
            elif is_lost:
                log.total[TOTAL_FIRE_TRACKS_LOST] += 1.0
                if clock.record >= RECORD_EVENTS:
                    tell(log, now_s, EVENT_FIRE_TRACK_LOST, i_unit, row, channel.label, 0.0)
                if has_track:
                    own.reason[i_unit, channel.i_picture * belief.track.shape[1] + channel.i_track] = (
                        WHY_FIRE_TRACK_LOST
                    )
                release(clock, units, belief, own, log, row, now_s, BLOCK_S * 0.5)
            elif done:
                channel.status = CHANNEL_ASSESSING
                channel.assess_s = now_s + units[i_unit].assessment_s
                channel.since_s = now_s
            elif now_s - channel.since_s > HOLD_LIMIT_S:
                release(clock, units, belief, own, log, row, now_s, BLOCK_S)
        elif channel.status == CHANNEL_ASSESSING and now_s >= channel.assess_s:
            if clock.record >= RECORD_EVENTS:
                tell(
                    log, now_s, EVENT_KILL_ASSESSED, i_unit, row, channel.label, float(channel.assessed_kill)
                )
            still = fire.status == TRACK_FIRM or (
                has_track and interceptors[channel.i_interceptor].is_search_track_uplink == 1
            )
            is_over = channel.assessed_kill == 1 or not still or units[i_unit].mode == MODE_SALVO
            if is_over:
                is_killed = channel.assessed_kill == 1
                # the doctrine of one salvo does not come back to a target that survived it
                is_spent = units[i_unit].mode == MODE_SALVO and not is_killed
                release(clock, units, belief, own, log, row, now_s, NEVER_S if is_spent else 0.0)
                if is_killed and has_track:
                    # believed dead: its track is taken off the picture; if it lives, it will be found again
                    track.status = TRACK_FREE
            else:
                channel.status = CHANNEL_TRACKING if fire.status == TRACK_FIRM else CHANNEL_SEARCH_TRACK
                channel.since_s = now_s
                channel.n_fired = 0
                channel.n_assigned = units[i_unit].salvo
                channel.assessed_kill = 0


@inner
def best_interceptor(
    clock, air, units, interceptors, table, own, face, i_unit, i_fixed, is_uplink, track, fall, n_fall, now_s, delay_s
):
    """The interceptor type to use: (reason or 0, type, time to intercept, x, y, z, planned kill probability).

    ``i_fixed`` >= 0 allows that type only; ``is_uplink`` = 1 only types that fly on the command post's track.
    A plan ahead (``delay_s`` > 0) does not count on rounds that open channels still mean to fire. Where a type that the unit
    has run out of could have met the target, the reason is ``WHY_NO_ROUND``; that is looked into only where reasons are told.
    """
    reason = WHY_NO_ROUND
    is_missed = clock.record < RECORD_EVENTS  # nobody asks then
    best = -1
    best_score = -1.0
    best_t = -1.0
    bx = 0.0
    by = 0.0
    bz = 0.0
    best_p = 0.0
    group = track["class"]
    for k in range(interceptors.size):
        if i_fixed >= 0 and k != i_fixed:
            continue
        if is_uplink == 1 and interceptors[k].is_search_track_uplink == 0:
            continue
        n = n_rounds_ready(units, own, i_unit, k)
        if delay_s > 0.0:
            n -= n_rounds_promised(units, own, i_unit, k)
        if n <= 0 and (is_missed or (units[i_unit].carries >> k) & 1 == 0):
            continue
        why, t, px, py, pz = solve_intercept(
            weapon_of(air, units, interceptors, i_unit, k),
            table,
            face,
            air.earth_factor,
            track,
            fall,
            n_fall,
            now_s,
            delay_s,
        )
        if n <= 0:
            is_missed = is_missed or why == 0
            continue
        if why != 0:
            if reason == WHY_NO_ROUND or why > reason:
                reason = why
            continue
        p = interceptors[k].p_kill_planned[group]
        score = p - 0.03e-6 * interceptors[k].cost_usd
        if score > best_score:
            best_score = score
            best = k
            best_t = t
            bx = px
            by = py
            bz = pz
            best_p = p
    if best >= 0:
        return 0, best, best_t, bx, by, bz, best_p
    if is_missed and clock.record >= RECORD_EVENTS:
        reason = WHY_NO_ROUND
    return reason, -1, -1.0, bx, by, bz, 0.0


@inner
def free_channel(units, own, i_unit):
    """Row of a free target channel of a fire unit, -1 if all are in use."""
    per_unit = own.channel.size // units.size
    if own.unit[i_unit].n_channels >= units[i_unit].n_target_channels:
        return -1
    for row in range(i_unit * per_unit, i_unit * per_unit + units[i_unit].n_target_channels):
        if own.channel[row].status == CHANNEL_FREE:
            return row
    return -1


@inner
def holds_track(units, own, i_unit, i_picture, i_track, number):
    """Whether a fire unit already has a channel on a track."""
    per_unit = own.channel.size // units.size
    for row in range(i_unit * per_unit, i_unit * per_unit + units[i_unit].n_target_channels):
        channel = own.channel[row]
        if channel.status != CHANNEL_FREE and channel.i_track == i_track:
            if channel.i_picture == i_picture and channel.number == number:
                return True
    return False


@inner
def designate(clock, units, belief, own, log, row, i_unit, i_picture, i_track, i_type, now_s):
    """Open a fire channel for a track: the engagement radar will look for it."""
    channel = own.channel[row]
    track = belief.track[i_picture, i_track]
    own.serial[0] += 1
    channel.status = CHANNEL_ACQUIRING
    channel.i_picture = i_picture
    channel.i_track = i_track
    channel.number = track.number
    channel.since_s = now_s
    channel.designated_s = now_s
    channel.next_look_s = now_s
    channel.n_looks = 0
    channel.n_assigned = units[i_unit].salvo
    channel.n_fired = 0
    channel.n_flying = 0
    channel.i_interceptor = i_type
    channel.assessed_kill = 0
    channel.label = track.label
    channel.serial = own.serial[0]
    belief.fire[row].status = TRACK_FREE
    belief.fire[row].label = -1
    if track.i_engaged > 0:
        log.total[TOTAL_DUPLICATES] += 1.0
    track.i_engaged += 1
    own.unit[i_unit].n_channels += 1
    if track.label >= 0:
        score = log.score[track.label]
        if math.isnan(score.first_designated_s):
            score.first_designated_s = now_s
    if clock.record >= RECORD_EVENTS:
        tell(log, now_s, EVENT_DESIGNATED, i_unit, row, track.label, float(track.number))


@inner
def unit_reason(air, units, assets, own, face, i_unit, track, now_s):
    """Why a fire unit cannot even consider this track now, or 0. Cheap checks first."""
    if own.unit[i_unit].is_alive == 0 or now_s < units[i_unit].ready_s:
        return WHY_UNIT_NOT_READY
    if not is_hostile(units[i_unit], assets, track, now_s):
        return WHY_NOT_HOSTILE
    if track.value < MIN_VALUE:
        return WHY_NOT_HOSTILE
    dt = now_s - track.t_s
    x = track.x_m + track.vx_mps * dt
    y = track.y_m + track.vy_mps * dt
    z = track.z_m + track.vz_mps * dt
    code = sector_code(face, air.earth_factor, x, y, z)
    if code != 0:
        return code
    if now_s - track.hit_s > STALE_REVISITS * track.revisit_s + STALE_S:
        return WHY_NO_FIRM_TRACK
    if units[i_unit].hold_fire == 1:
        return WHY_DOCTRINE
    if not is_in_sight(face, air.earth_factor, air.ground_m, x, y, z):
        return WHY_NO_LINE_OF_SIGHT
    return 0


@inner
def list_candidates(
    clock, air, radars, posts, units, interceptors, table, policies, assets, belief, own, scratch, i_picture, i, n, now_s
):
    """Add the fire units that can engage track ``i`` of a picture to the candidates; returns how many there are now.

    Each unit that cannot is told why (``own.reason``).
    """
    track = belief.track[i_picture, i]
    slot = i_picture * belief.track.shape[1] + i
    is_fall = track["class"] == CLASS_BALLISTIC
    n_fall = -1  # the way down is followed once, when the first unit asks
    for u in range(units.size):
        if picture_of(posts, units, own, u) != i_picture:
            continue
        free = units[u].n_target_channels - own.unit[u].n_channels
        if free <= 0 and clock.record < RECORD_EVENTS:
            continue
        if track.i_engaged > 0:
            if holds_track(units, own, u, i_picture, i, track.number):
                continue
            if track.time_to_go_s > 40.0:
                own.reason[u, slot] = WHY_DOCTRINE
                continue
        face = radars[units[u].i_radar]
        why = unit_reason(air, units, assets, own, face, u, track, now_s)
        if why != 0:
            own.reason[u, slot] = why
            continue
        if now_s < track.blocked_s:
            if own.reason[u, slot] != WHY_NOT_ACQUIRED and own.reason[u, slot] != WHY_FIRE_TRACK_LOST:
                own.reason[u, slot] = WHY_DOCTRINE
            continue
        if is_fall:
            if now_s < own.ask_s[u, slot]:
                continue
            if n_fall < 0:
                n_fall = trace_fall(scratch.fall, track, now_s, air.ground_m)
        delay = max(ACQUISITION_GUESS_S, units[u].reaction_s - (now_s - track.firm_s))
        why, k, t_go, px, py, pz, p_kill = best_interceptor(
            clock, air, units, interceptors, table, own, face, u, -1, 0, track, scratch.fall, n_fall, now_s, delay
        )
        if why != 0:
            own.reason[u, slot] = why
            if is_fall:
                own.ask_s[u, slot] = now_s + FALL_PERIOD_S
            continue
        if p_kill < units[u].min_p_kill:
            own.reason[u, slot] = WHY_DOCTRINE
            continue
        if track.i_engaged > 0:
            # a second engagement only when there is no time left to look and shoot again, and it pays
            has_second_look = track.time_to_go_s > t_go + units[u].assessment_s + 5.0
            if (
                has_second_look
                or track.i_engaged >= units[u].max_engagements
                or track.value * 0.3 * p_kill < 2.0 * ROUND_WORTH
            ):
                own.reason[u, slot] = WHY_DOCTRINE
                continue
        own.reason[u, slot] = WHY_NO_CHANNEL
        if free <= 0 or n >= scratch.index_a.size:
            continue
        own.reason[u, slot] = WHY_DOCTRINE  # until it is chosen
        dx = px - units[u].x_m
        dy = py - units[u].y_m
        dz = pz - units[u].z_m
        row = scratch.real[n]
        gain = policies[units[u].policy](
            track.value,
            track.p_survive,
            p_kill,
            track.time_to_go_s,
            t_go,
            math.sqrt(dx * dx + dy * dy + dz * dz),
        )
        row[0] = gain * math.pow(BUSY_SHARE, float(own.unit[u].n_channels))
        row[1] = p_kill
        row[2] = float(k)
        row[3] = float(i_picture)
        scratch.index_a[n] = u
        scratch.index_b[n] = i
        n += 1
    return n


@inner
def assign_fire(
    clock, air, radars, posts, units, interceptors, table, policies, assets, belief, own, log, scratch, now_s
):
    """Open fire channels: every free channel may take the track that saves most, until nothing is worth a round.

    Candidates are (track, fire unit) pairs with a kinematic solution. Their gain is refreshed as survivors change.
    """
    n = 0
    for i_picture in range(belief.track.shape[0]):
        if belief.number[i_picture] == 0:
            continue
        for i in range(belief.track.shape[1]):
            if belief.track[i_picture, i].status == TRACK_FIRM:
                n = list_candidates(
                    clock, air, radars, posts, units, interceptors, table, policies, assets, belief, own, scratch,
                    i_picture, i, n, now_s,
                )  # fmt: skip
    n_units = units.size
    n_tracks = belief.track.shape[1]
    if n == 0:
        return
    for u in range(n_units):
        if units[u].policy == POLICY_OPTIMAL:
            keep_optimal(units, own, scratch, n)
            break
    while True:
        best = -1
        for c in range(n):
            if scratch.index_a[c] < 0:
                continue
            if scratch.real[c, 0] > 0.0 and (best < 0 or scratch.real[c, 0] > scratch.real[best, 0]):
                best = c
        if best < 0:
            return
        u = scratch.index_a[best]
        i = scratch.index_b[best]
        row = scratch.real[best]
        i_picture = int(row[3])
        track = belief.track[i_picture, i]
        i_channel = free_channel(units, own, u)
        if i_channel < 0:
            for c in range(n):
                if scratch.index_a[c] == u:
                    own.reason[u, int(scratch.real[c, 3]) * n_tracks + scratch.index_b[c]] = WHY_NO_CHANNEL
                    scratch.index_a[c] = -1
            continue
        k = int(row[2])
        if n_rounds_ready(units, own, u, k) <= n_rounds_promised(units, own, u, k):
            # what there was is promised in this cycle: the next one looks for another type or fire unit
            scratch.index_a[best] = -1
            continue
        designate(clock, units, belief, own, log, i_channel, u, i_picture, i, k, now_s)
        own.reason[u, i_picture * n_tracks + i] = WHY_REACTION_TIME
        track.p_survive *= 1.0 - row[1]
        # one engagement of a track in a cycle: its other candidates are done
        for c in range(n):
            if scratch.index_a[c] == u:
                scratch.real[c, 0] *= BUSY_SHARE
            if scratch.index_a[c] >= 0 and scratch.index_b[c] == i and int(scratch.real[c, 3]) == i_picture:
                scratch.index_a[c] = -1


@inner
def keep_optimal(units, own, scratch, n):
    """Keep of the ``n`` candidates those of the assignment of tracks to free channels with the greatest total gain."""
    # rows: distinct tracks; columns: free channels. Work in place on a square of the scratch size.
    n_units = units.size
    size = scratch.cost.shape[0]
    n_rows = 0
    for c in range(n):
        scratch.row[c] = -1
        for d in range(c):
            if scratch.index_b[d] == scratch.index_b[c] and scratch.real[d, 3] == scratch.real[c, 3]:
                scratch.row[c] = scratch.row[d]
                break
        if scratch.row[c] < 0:
            scratch.row[c] = n_rows
            n_rows += 1
    n_columns = 0
    for u in range(n_units):
        n_columns += max(units[u].n_target_channels - own.unit[u].n_channels, 0)
    if n_rows + 0 > size or n_columns > size or n_columns == 0:
        return
    for r in range(n_rows):
        for q in range(n_columns):
            scratch.cost[r, q] = 0.0
    for c in range(n):
        q = 0
        for u in range(n_units):
            free = max(units[u].n_target_channels - own.unit[u].n_channels, 0)
            if u == scratch.index_a[c]:
                for j in range(q, q + free):
                    scratch.cost[scratch.row[c], j] = -scratch.real[c, 0]
            q += free
    assign_rows(scratch, n_rows, n_columns)
    for c in range(n):
        q = scratch.column[scratch.row[c]]
        kept = False
        if q >= 0:
            start = 0
            for u in range(n_units):
                free = max(units[u].n_target_channels - own.unit[u].n_channels, 0)
                if start <= q < start + free and u == scratch.index_a[c]:
                    kept = True
                start += free
        if not kept and units[scratch.index_a[c]].policy == POLICY_OPTIMAL:
            scratch.real[c, 0] = 0.0


@inner
def assign_rows(scratch, n_rows, n_columns):
    """Solve the rectangular assignment held in ``scratch.cost``; result in ``scratch.column`` by row, -1 unassigned."""
    assignment(
        scratch.cost, n_rows, n_columns, 0.0, scratch.column, scratch.partner, scratch.dual_u, scratch.dual_v,
        scratch.shortest, scratch.i_from, scratch.visited,
    )  # fmt: skip


@inner
def is_solid(track, now_s):
    """Whether a fire-control track is good enough to launch on: most of its looks have given a plot."""
    looks = (now_s - track.begun_s) / max(track.revisit_s, 1e-3)
    return track.n_plots >= SOLID_PLOTS and track.n_plots >= SOLID_SHARE * looks


@inner
def fire(clock, air, radars, units, launchers, interceptors, table, belief, own, log, fall, now_s):
    """Launch rounds for every channel that tracks: the fire-control track, a solution, a rail and a missile channel."""
    n_units = units.size
    if n_units == 0:
        return
    per_unit = own.channel.size // n_units
    n_tracks = belief.track.shape[1]
    every = max(int(FIRE_PERIOD_S / clock.dt_s + 0.5), 1)
    is_due = int(now_s / clock.dt_s + 0.5) % every == 0
    for row in range(own.channel.size):
        channel = own.channel[row]
        if channel.status != CHANNEL_TRACKING and channel.status != CHANNEL_SEARCH_TRACK:
            continue
        u = row // per_unit
        track = belief.track[channel.i_picture, channel.i_track]
        is_same = track.status == TRACK_FIRM and track.number == channel.number
        slot = channel.i_picture * n_tracks + channel.i_track
        if channel.n_flying > 0 and is_same:
            own.reason[u, slot] = WHY_ENGAGED
        if channel.n_fired >= channel.n_assigned or not is_due:
            continue
        if channel.status == CHANNEL_TRACKING and belief.fire[row].status != TRACK_FIRM:
            continue
        if channel.status == CHANNEL_SEARCH_TRACK and not is_same:
            continue
        if channel.status == CHANNEL_TRACKING and channel.n_fired == 0 and not is_solid(belief.fire[row], now_s):
            if is_same and channel.n_flying == 0:
                own.reason[u, slot] = WHY_NOT_ACQUIRED
            continue
        if is_same and now_s - track.firm_s < units[u].reaction_s:
            own.reason[u, slot] = WHY_REACTION_TIME
            continue
        # the type may change until the first round is away
        i_fixed = channel.i_interceptor if channel.n_fired > 0 or channel.n_flying > 0 else -1
        is_uplink = 1 if channel.status == CHANNEL_SEARCH_TRACK else 0
        target = track if is_uplink == 1 else belief.fire[row]
        n_fall = 0
        if target["class"] == CLASS_BALLISTIC:
            n_fall = trace_fall(fall, target, now_s, air.ground_m)
        why, k, t_go, px, py, pz, _ = best_interceptor(
            clock, air, units, interceptors, table, own, radars[units[u].i_radar], u, i_fixed, is_uplink, target, fall,
            n_fall, now_s, 0.0,
        )  # fmt: skip
        if why != 0:
            if is_same and channel.n_flying == 0:
                own.reason[u, slot] = why
            if why == WHY_NO_ROUND and channel.n_fired > 0:
                channel.n_assigned = channel.n_fired
            continue
        if own.unit[u].n_missiles >= units[u].n_missile_channels:
            if is_same and channel.n_flying == 0:
                own.reason[u, slot] = WHY_NO_CHANNEL
            continue
        launcher = ready_launcher(units, own, u, k, now_s)
        if launcher < 0:
            if is_same and channel.n_flying == 0:
                own.reason[u, slot] = WHY_LAUNCHER_BUSY
            continue
        channel.i_interceptor = k
        launch_round(clock, launchers, belief, own, log, row, u, k, launcher, t_go, px, py, pz, now_s)
        if is_same:
            own.reason[u, slot] = WHY_ENGAGED


@inner
def ready_launcher(units, own, i_unit, i_type, now_s):
    """A living launcher of the unit with a round of this type whose interval has passed: the fullest; -1 none."""
    best = -1
    most = 0
    first = units[i_unit].i_launcher
    for i in range(first, first + units[i_unit].n_launchers):
        if (
            own.launcher[i].is_alive == 1
            and own.launcher[i].free_s <= now_s
            and own.rounds_left[i, i_type] > most
        ):
            most = own.rounds_left[i, i_type]
            best = i
    return best


@inner
def launch_round(
    clock, launchers, belief, own, log, row, i_unit, i_type, i_launcher, t_go, px, py, pz, now_s
):
    """Put a round into flight: it leaves the tube upward and is told the predicted intercept point."""
    slot = -1
    for r in range(own.round.size):
        if own.round[r].status == ROUND_FREE:
            slot = r
            break
    if slot < 0:
        log.total[TOTAL_ROUNDS_FULL] += 1.0
        return
    own.round_top[0] = max(own.round_top[0], slot + 1)
    i_shot = next_shot(log)
    channel = own.channel[row]
    label = belief.fire[row].label if channel.status == CHANNEL_TRACKING else channel.label
    one = own.round[slot]
    one.status = ROUND_MIDCOURSE
    one.i_unit = i_unit
    one.i_channel = row
    one.serial = channel.serial
    one.i_interceptor = i_type
    one.i_shot = i_shot
    one.x_m = launchers[i_launcher].x_m
    one.y_m = launchers[i_launcher].y_m
    one.z_m = launchers[i_launcher].z_m
    one.vx_mps = 0.0
    one.vy_mps = 0.0
    one.vz_mps = 0.0
    one.lag_x_mps2 = 0.0
    one.lag_y_mps2 = 0.0
    one.lag_z_mps2 = 0.0
    one.cmd_x_mps2 = 0.0
    one.cmd_y_mps2 = 0.0
    one.cmd_z_mps2 = 0.0
    one.launch_s = now_s
    one.pip_x_m = px
    one.pip_y_m = py
    one.pip_z_m = pz
    one.pip_s = now_s + t_go
    one.has_guidance = 1
    one.i_target = -1
    one.n_measures = 0
    one.holds_channel = 1
    own.rounds_left[i_launcher, i_type] -= 1
    own.launcher[i_launcher].free_s = now_s + launchers[i_launcher].interval_s
    channel.n_fired += 1
    channel.n_flying += 1
    own.unit[i_unit].n_missiles += 1
    log.total[TOTAL_ROUNDS] += 1.0
    if i_shot >= 0:
        shot = log.shot[i_shot]
        shot.i_unit = i_unit
        shot.i_launcher = i_launcher
        shot.i_interceptor = i_type
        shot.serial = channel.serial
        shot.i_channel = row
        shot.i_threat = label
        shot.i_hit = -1
        shot.launch_s = now_s
        shot.intercept_s = math.nan
        shot.miss_m = math.nan
        shot.range_m = math.nan
        shot.altitude_m = math.nan
        shot.arrival_mps = math.nan
        shot.load_mps2 = math.nan
        shot.outcome = SHOT_FLYING
    if label >= 0:
        score = log.score[label]
        score.n_rounds += 1
        if math.isnan(score.first_launch_s):
            score.first_launch_s = now_s
    if clock.record >= RECORD_EVENTS:
        tell(log, now_s, EVENT_ROUND_LAUNCHED, i_unit, i_shot, label, t_go)


@inner
def keep_launchers(clock, launchers, reload, own, log, now_s):
    """Empty launchers are reloaded after their reload time, as often as stock allows."""
    for i in range(own.launcher.size):
        launcher = own.launcher[i]
        if launcher.is_alive == 0:
            continue
        if launcher.reload_at_s <= now_s:
            for k in range(own.rounds_left.shape[1]):
                own.rounds_left[i, k] = reload[i, k]
            launcher.n_reloads -= 1
            launcher.reload_at_s = math.inf
            if clock.record >= RECORD_EVENTS:
                tell(log, now_s, EVENT_RELOADED, i, -1, -1, 0.0)
        elif launcher.n_reloads > 0 and launcher.reload_at_s > 1e17:
            left = 0
            for k in range(own.rounds_left.shape[1]):
                left += own.rounds_left[i, k]
            if left == 0:
                launcher.reload_at_s = now_s + launchers[i].reload_s


@inner
def count_use(units, belief, own, log):
    """Keep the peaks: target channels in use, missiles under guidance, distinct threats among the channels."""
    n_targets = 0
    n_missiles = 0
    for u in range(units.size):
        n_targets += own.unit[u].n_channels
        n_missiles += own.unit[u].n_missiles
    if n_targets > log.total[TOTAL_PEAK_TARGETS]:
        log.total[TOTAL_PEAK_TARGETS] = n_targets
    if n_missiles > log.total[TOTAL_PEAK_MISSILES]:
        log.total[TOTAL_PEAK_MISSILES] = n_missiles
    n_distinct = 0
    for row in range(own.channel.size):
        channel = own.channel[row]
        if channel.status == CHANNEL_FREE or channel.label < 0 or channel.n_flying == 0:
            continue
        is_new = True
        for other in range(row):
            if own.channel[other].status != CHANNEL_FREE and own.channel[other].n_flying > 0:
                if own.channel[other].label == channel.label:
                    is_new = False
                    break
        if is_new:
            n_distinct += 1
    if n_distinct > log.total[TOTAL_PEAK_DISTINCT]:
        log.total[TOTAL_PEAK_DISTINCT] = n_distinct


@inner
def decide(world, belief, own, log, scratch, tick):
    """Command: follow the engagements that run, begin new ones every decision cycle, launch rounds. Belief only."""
    now_s = (tick + 1) * world.clock.dt_s
    follow_channels(world.clock, world.units, world.interceptors, belief, own, log, now_s)
    if (tick + 1) % world.clock.n_decision_ticks == 0:  # at full seconds, whatever the step
        for u in range(world.units.size):
            ready = world.units[u].ready_s
            if 0.0 < ready <= now_s < ready + world.clock.n_decision_ticks * world.clock.dt_s:
                if world.clock.record >= RECORD_EVENTS:
                    tell(log, now_s, EVENT_READY, u, -1, -1, 0.0)
        for i_picture in range(belief.track.shape[0]):
            evaluate(world.air, world.assets, world.valued, belief, i_picture, now_s)
        assign_fire(
            world.clock,
            world.air,
            own.face,
            world.posts,
            world.units,
            world.interceptors,
            world.table,
            world.policies,
            world.assets,
            belief,
            own,
            log,
            scratch,
            now_s,
        )
        keep_launchers(world.clock, world.launchers, world.reload, own, log, now_s)
    fire(
        world.clock,
        world.air,
        own.face,
        world.units,
        world.launchers,
        world.interceptors,
        world.table,
        belief,
        own,
        log,
        scratch.fall,
        now_s,
    )
    count_use(world.units, belief, own, log)
