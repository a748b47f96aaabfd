"""Radars look at the truth and report plots.

Rotating radars (and sector arrays that search) meet a threat when their beam sweeps past it; engagement radars look where
their fire channels point. Every look has one draw for the detection and three for the errors, at addresses that belong to
(radar, threat) and the look, so that halving the tick or adding another radar changes none of them.

A look at time t inside a tick uses the position ``x_end - v_end (t_end - t)``.

Only the functions that others call take the whole World: handing hundreds of arrays down every call costs seconds of
compile time each, so what they call takes the few arrays or numbers it needs.
"""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine import codes
from parapet.engine.draws import (
    STREAM_DETECTION,
    STREAM_FALSE_COUNT,
    STREAM_FALSE_PLOT,
    STREAM_FIRE_CONTROL,
    STREAM_PLOT_NOISE,
    normal_quantile,
    poisson_quantile,
    uniforms,
)
from parapet.engine.state import TOTAL_FALSE_PLOTS, TOTAL_LOOKS, TOTAL_PLOTS, TOTAL_PLOTS_FULL
from parapet.engine.telling import tell
from parapet.physics.detection import angle_sigma_rad, p_detection, range_sigma_m
from parapet.physics.earth import ecef_to_enu, height_m, rotating_acceleration
from parapet.physics.propagation import EFFECTIVE_RADIUS_M, gas_loss_db, horizon_range_m
from parapet.physics.signature import cos_aspect, signature_m2

TWO_PI = 2.0 * math.pi
EARTH_RADIUS_M = 6371000.0
"""Mean radius behind the effective earth of the horizon (oracle R7)."""
N_FALSE_SECTORS = 36
"""Parts of a scan that get their own number of false plots."""
FALSE_ELEVATION_SPAN_RAD = math.radians(15.0)
"""False plots lie between the lowest elevation and this much above it."""
SNR_HOPELESS = 0.05
"""Below this signal-to-noise no draw is made: detection would be as rare as a false alarm."""
AZIMUTH_CUT_TURNS = 0.38179
"""Where azimuth wraps in look numbers, away from any round figure so that rounding cannot move a threat across."""
BEND_MAX_RAD = 0.01
"""A ray leaves the atmosphere within some 200 km."""
DB_TO_LOG = math.log(10.0) / 10.0
CUE_SIGMAS = 3.0
CUE_MIN_M = 500.0
CUE_ACCELERATION_MPS2 = 15.0
"""Unforeseen acceleration that a cue allows for (one sigma)."""
CUE_MAX_M = 40000.0
MAX_LOOKS_PER_TICK = 16
FOLLOW_ORDINAL = 1 << 20
"""Looks that follow a track are numbered from here, clear of the numbers of the search."""
NO_CHANNEL = -1


# ---------------------------------------------------------------------------------------------- geometry ----


@inner
def _enu(face, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """East and north of a point seen from a radar."""
    r = face.rotation
    dx = x_m - face.x_m
    dy = y_m - face.y_m
    dz = z_m - face.z_m
    return r[0] * dx + r[1] * dy + r[2] * dz, r[3] * dx + r[4] * dy + r[5] * dz


@inner
def _seen_from(face, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """East, north, up of a point seen from a radar."""
    r = face.rotation
    return ecef_to_enu(
        x_m - face.x_m, y_m - face.y_m, z_m - face.z_m, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]
    )  # fmt: skip


@inner
def is_line_free(antenna_m, earth_factor, slant_range_m, above_ground_m):  # type: ignore[no-untyped-def]
    """Whether a line of sight clears the smooth earth: the two-horizon criterion."""
    if above_ground_m < 0.0:
        return False
    return slant_range_m <= horizon_range_m(antenna_m, above_ground_m, earth_factor * EARTH_RADIUS_M)


@inner
def is_in_sight(face, earth_factor, ground_m, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether nothing of the earth lies between a radar (its row of ``world.radars``) and a point: `is_line_free` for any caller."""
    dx = x_m - face.x_m
    dy = y_m - face.y_m
    dz = z_m - face.z_m
    return is_line_free(
        face.antenna_m,
        earth_factor,
        math.sqrt(dx * dx + dy * dy + dz * dz),
        height_m(x_m, y_m, z_m) - ground_m,
    )


@inner
def is_in_reach(face, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether commands of an engagement radar reach a round at a point: its uplink range."""
    dx = x_m - face.x_m
    dy = y_m - face.y_m
    dz = z_m - face.z_m
    return dx * dx + dy * dy + dz * dz <= face.uplink_m * face.uplink_m


@inner
def path(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether a radar can see a point, the one-way propagation factor (power, 1 = free space) and the rise of the noise.

    The only rule for this (`is_line_free`): today smooth earth with an effective radius, later terrain, multipath,
    jamming. Returns ``(is_visible, factor, noise_rise)``. Pinned by ``test_sensing.test_horizon``.
    """
    is_visible = is_in_sight(world.radars[i_radar], world.air.earth_factor, world.air.ground_m, x_m, y_m, z_m)
    return is_visible, 1.0, 1.0


@inner
def has_line_of_sight(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether nothing of the earth lies between a radar and a point."""
    is_visible, _, _ = path(world, i_radar, x_m, y_m, z_m)
    return is_visible


@inner
def _wrapped(angle_rad):  # type: ignore[no-untyped-def]
    """The same angle between -pi and pi."""
    return angle_rad - TWO_PI * math.floor((angle_rad + math.pi) / TWO_PI)


@inner
def _apparent_rad(earth_factor, east_m, north_m, up_m):  # type: ignore[no-untyped-def]
    """Elevation as a radar sees it over the effective earth: geometric plus the bending of the ray."""
    ground_m = math.sqrt(east_m * east_m + north_m * north_m)
    bend_rad = 0.5 * ground_m / EARTH_RADIUS_M * (1.0 - 1.0 / earth_factor)
    if bend_rad > BEND_MAX_RAD:
        bend_rad = BEND_MAX_RAD
    return math.atan2(up_m, ground_m) + bend_rad


@inner
def _is_lit(elevation_min_rad, elevation_max_rad, half_beam_rad, apparent_rad):  # type: ignore[no-untyped-def]
    """Whether a mode's elevation limits hold a direction; half a beam below the lowest elevation is still lit."""
    return elevation_min_rad - half_beam_rad <= apparent_rad <= elevation_max_rad


@inner
def bearing_off(face, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Angle from a radar's boresight to a point, rad, clockwise, between -pi and pi."""
    east_m, north_m = _enu(face, x_m, y_m, z_m)
    return _wrapped(math.atan2(east_m, north_m) - face.boresight_rad)


@inner
def sector_code(face, earth_factor, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    east_m, north_m, up_m = _seen_from(face, x_m, y_m, z_m)
    slant_range_m = math.sqrt(east_m * east_m + north_m * north_m + up_m * up_m)
    if slant_range_m > face.range_max_m:
        return codes.WHY_OUT_OF_RADAR_RANGE
    if slant_range_m < face.range_min_m:
        return codes.WHY_OUTSIDE_SECTOR
    ground_m = math.sqrt(east_m * east_m + north_m * north_m)
    if face.kind == codes.RADAR_SECTOR:
        along_m = east_m * face.boresight_east + north_m * face.boresight_north
        if along_m < ground_m * face.half_sector_cos:
            return codes.WHY_OUTSIDE_SECTOR
    half_beam_rad = 0.5 * face.elevation_beamwidth_rad
    if 0.0 <= up_m < 0.9 * ground_m:
        # most points lie well inside the limits: bounds of the arc tangent tell
        slope = up_m / ground_m
        low_rad = slope - slope * slope * slope / 3.0
        if (
            low_rad >= face.elevation_min_rad[0] - half_beam_rad
            and slope + BEND_MAX_RAD <= face.elevation_max_rad[0]
        ):
            return 0
    apparent_rad = _apparent_rad(earth_factor, east_m, north_m, up_m)
    if _is_lit(face.elevation_min_rad[0], face.elevation_max_rad[0], half_beam_rad, apparent_rad):
        return 0
    if face.n_modes > 1 and _is_lit(
        face.elevation_min_rad[1], face.elevation_max_rad[1], half_beam_rad, apparent_rad
    ):
        return 0
    return codes.WHY_OUTSIDE_SECTOR


@inner
def is_in_sector(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether a point lies in a radar's sector, the elevation of one of its modes, and its range limits."""
    return sector_code(world.radars[i_radar], world.air.earth_factor, x_m, y_m, z_m) == 0


@inner
def visibility(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """0 if a radar could see a strong target at a point, else the first thing that prevents it.

    ``WHY_BELOW_HORIZON``, then ``WHY_OUT_OF_RADAR_RANGE`` (instrumented range), then ``WHY_OUTSIDE_SECTOR`` (sector,
    elevation, too near). Noise is not asked: see `snr_at`. Pinned by ``test_sensing.test_visibility_codes``.
    """
    return face_visibility(world.radars[i_radar], world.air, x_m, y_m, z_m)


@inner
def face_visibility(face, air, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """The same of a radar as it looks now (its row of ``own.face``)."""
    if not is_in_sight(face, air.earth_factor, air.ground_m, x_m, y_m, z_m):
        return codes.WHY_BELOW_HORIZON
    return sector_code(face, air.earth_factor, x_m, y_m, z_m)


@inner
def _mode_level(face, i_mode, half_beam_rad, apparent_rad, slant_range_m):  # type: ignore[no-untyped-def]
    """Signal-to-noise of 1 m2 in one mode, before the loss in the air; 0 outside its elevations.

    The published point has its loss included, so that loss is given back here.
    """
    if not _is_lit(face.elevation_min_rad[i_mode], face.elevation_max_rad[i_mode], half_beam_rad, apparent_rad):
        return 0.0
    ratio = face.reference_range_m[i_mode] / slant_range_m
    ratio *= ratio
    return face.reference_snr[i_mode] / face.reference_rcs_m2[i_mode] * ratio * ratio * face.gas_reference[i_mode]


@inner
def _echo(face, given, ground_m, earth_factor, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps):  # type: ignore[no-untyped-def]
    """Signal-to-noise ratio (0: not seen at all) with slant range, azimuth and elevation of one threat at one place."""
    east_m, north_m, up_m = _seen_from(face, x_m, y_m, z_m)
    slant_range_m = math.sqrt(east_m * east_m + north_m * north_m + up_m * up_m)
    if slant_range_m > face.range_max_m or slant_range_m < face.range_min_m:
        return 0.0, slant_range_m, 0.0, 0.0
    target_height_m = height_m(x_m, y_m, z_m)
    if not is_line_free(face.antenna_m, earth_factor, slant_range_m, target_height_m - ground_m):
        return 0.0, slant_range_m, 0.0, 0.0
    azimuth_rad = math.atan2(east_m, north_m)
    elevation_rad = math.asin(up_m / slant_range_m)
    share = 1.0
    if face.kind == codes.RADAR_SECTOR:
        off_rad = _wrapped(azimuth_rad - face.boresight_rad)
        cosine = math.cos(off_rad)
        if abs(off_rad) > face.half_sector_rad or cosine <= 0.0:
            return 0.0, slant_range_m, azimuth_rad, elevation_rad
        share = math.pow(cosine, face.off_boresight_exponent)
    apparent_rad = _apparent_rad(earth_factor, east_m, north_m, up_m)
    half_beam_rad = 0.5 * face.elevation_beamwidth_rad
    best = _mode_level(face, 0, half_beam_rad, apparent_rad, slant_range_m)
    if face.n_modes > 1:
        best = max(best, _mode_level(face, 1, half_beam_rad, apparent_rad, slant_range_m))
    if best <= 0.0:
        return 0.0, slant_range_m, azimuth_rad, elevation_rad
    aspect = cos_aspect(x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, face.x_m, face.y_m, face.z_m)
    band = face.band
    sides_m2 = given.rcs_m2
    snr = share * best * signature_m2(aspect, sides_m2[band, 0], sides_m2[band, 1], sides_m2[band, 2])
    if snr > SNR_HOPELESS:  # the air only takes away
        loss_db = gas_loss_db(
            face.gas_dbpkm, face.gas_scale_m, face.height_m, target_height_m, slant_range_m, EFFECTIVE_RADIUS_M
        )
        snr *= math.exp(-loss_db * DB_TO_LOG)
    return snr, slant_range_m, azimuth_rad, elevation_rad


@inner
def snr_at(world, i_radar, i_threat, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps):  # type: ignore[no-untyped-def]
    """Signal-to-noise ratio of one look of a radar at a threat at that place and velocity; 0 where it cannot be seen.

    SNR = reference x (signature / reference signature) x (reference range / range)^4 x gas loss relative to the reference
    x cos^n of the angle off boresight, in the best of the modes that hold the direction.
    Pinned by ``test_sensing.test_snr_at_reference``.
    """
    snr, _, _, _ = _echo(
        world.radars[i_radar], world.threats[i_threat], world.air.ground_m, world.air.earth_factor,
        x_m, y_m, z_m, vx_mps, vy_mps, vz_mps,
    )  # fmt: skip
    return snr


# ------------------------------------------------------------------------------------------------- plots ----


@inner
def _write_plot(  # type: ignore[no-untyped-def]
    plots, total, tick, t_s, i_radar, i_channel, label, snr, range_m, azimuth_rad, elevation_rad,
    sigma_range_m, sigma_azimuth_rad, sigma_elevation_rad, g0, g1, g2,
):  # fmt: skip
    """Append a plot: the true place plus three standard normal errors times the errors this echo has. False if full."""
    if plots.count[0] - plots.count[1] >= plots.plot.size:
        total[TOTAL_PLOTS_FULL] += 1.0
        return False
    p = plots.plot[plots.count[0] % plots.plot.size]
    plots.count[0] += 1
    cosine = math.cos(elevation_rad)
    sigma_azimuth_rad /= cosine if cosine > 0.05 else 0.05
    p.tick = tick
    p.t_s = t_s
    p.i_radar = i_radar
    p.i_channel = i_channel
    p.range_m = range_m + sigma_range_m * g0
    p.azimuth_rad = _wrapped(azimuth_rad + sigma_azimuth_rad * g1)
    p.elevation_rad = elevation_rad + sigma_elevation_rad * g2
    p.sigma_range_m = sigma_range_m
    p.sigma_azimuth_rad = sigma_azimuth_rad
    p.sigma_elevation_rad = sigma_elevation_rad
    p.snr = snr
    p.label = label
    return True


@inner
def _look_at(  # type: ignore[no-untyped-def]
    face, given, ground_m, earth_factor, record, threat, radar, plots, log, seed, run, tick, end_s, t_s,
    i_radar, i_threat, i_channel, ordinal,
):  # fmt: skip
    """One look of a radar at one threat: maybe a plot."""
    back_s = end_s - t_s
    vx = threat.vx_mps
    vy = threat.vy_mps
    vz = threat.vz_mps
    radar.n_looks += 1
    log.total[TOTAL_LOOKS] += 1.0
    snr, range_m, azimuth_rad, elevation_rad = _echo(
        face, given, ground_m, earth_factor,
        threat.x_m - vx * back_s, threat.y_m - vy * back_s, threat.z_m - vz * back_s, vx, vy, vz,
    )  # fmt: skip
    if snr < SNR_HOPELESS:
        return
    p = p_detection(snr, face.p_false_alarm, given.swerling)
    if i_channel >= 0:
        u0, u1, u2, u3 = uniforms(seed, run, STREAM_FIRE_CONTROL, face.id, given.id, ordinal)
        if u0 >= p:
            return
    else:
        u0, _, _, _ = uniforms(seed, run, STREAM_DETECTION, face.id, given.id, ordinal)
        if u0 >= p:
            return
        u1, u2, u3, _ = uniforms(seed, run, STREAM_PLOT_NOISE, face.id, given.id, ordinal)
    is_written = _write_plot(
        plots, log.total, tick, t_s, i_radar, i_channel, i_threat, snr, range_m, azimuth_rad, elevation_rad,
        range_sigma_m(snr, face.range_resolution_m, face.range_floor_m),
        angle_sigma_rad(snr, face.azimuth_beamwidth_rad, face.angle_floor_rad),
        angle_sigma_rad(snr, face.elevation_beamwidth_rad, face.angle_floor_rad),
        normal_quantile(u1), normal_quantile(u2), normal_quantile(u3),
    )  # fmt: skip
    if not is_written:
        return
    plots.n_seen[i_radar, i_threat] += 1
    radar.n_plots += 1
    log.total[TOTAL_PLOTS] += 1.0
    score = log.score[i_threat]
    if not score.first_detection_s <= t_s:
        is_first = not score.first_detection_s >= 0.0
        score.first_detection_s = t_s
        score.first_detection_range_m = range_m
        score.i_first_radar = i_radar
        if is_first and record >= codes.RECORD_EVENTS:
            tell(log, t_s, codes.EVENT_FIRST_DETECTION, i_threat, i_radar, 0, range_m)


# ------------------------------------------------------------------------------------------------ search ----


@inner
def _cut_turns(angle_rad):  # type: ignore[no-untyped-def]
    """An azimuth in turns, 0 to 1, counted from ``AZIMUTH_CUT_TURNS``."""
    turns = angle_rad / TWO_PI - AZIMUTH_CUT_TURNS
    return turns - math.floor(turns)


@inner
def _meeting(beam_0, beam_1, azimuth_0, azimuth_1):  # type: ignore[no-untyped-def]
    """How often a beam met a threat in a tick: ``(n_meetings, past_0, past_1, advance, moved)``, all in turns.

    ``past`` is the share of a turn by which the beam is past the threat, at the start and at the end. What one tick
    ends with, the next begins with: the sum of the meetings over many ticks cannot lose or double one, whatever the
    threat does.
    """
    past_0 = beam_0 - azimuth_0
    past_0 -= math.floor(past_0)
    past_1 = beam_1 - azimuth_1
    past_1 -= math.floor(past_1)
    moved = azimuth_1 - azimuth_0
    moved -= math.floor(moved + 0.5)
    advance = (beam_1 - beam_0) - moved
    return int(math.floor(past_0 + advance - past_1 + 0.5)), past_0, past_1, advance, moved


@inner
def _look_number(beam, azimuth):  # type: ignore[no-untyped-def]
    """Number of a look: twice the scan, one more in the second half turn.

    Without the half turns, a threat that crosses the cut against the beam would get one number twice.
    """
    n_cut = math.floor(azimuth)
    scan = int(math.floor(beam - azimuth + 0.5) + n_cut)
    return 2 * scan + (1 if azimuth - n_cut >= 0.5 else 0)


@inner
def _n_ticks_until(period_s, dt_s, turns_left, distance_m, speed_mps):  # type: ignore[no-untyped-def]
    """Ticks from one that is done to the first in which the beam can meet a threat, from a generous bound on its motion."""
    run_m = (1.2 * speed_mps + 300.0) * turns_left * period_s
    if run_m >= 0.5 * distance_m:
        return 1
    shift = run_m / (distance_m - run_m) / TWO_PI
    if shift >= turns_left:
        return 1
    return 1 + int((turns_left - shift) * period_s / dt_s * (1.0 - 1e-9))


@inner
def _false_plots(radars, radar, plots, total, seed, run, tick, i_radar, beam_0, beam_1, phase):  # type: ignore[no-untyped-def]
    """False alarms of the parts of the scan that the beam finished in this tick."""
    mean = radars[i_radar].n_false_per_scan / N_FALSE_SECTORS
    first = int(math.floor(N_FALSE_SECTORS * beam_0))
    last = int(math.floor(N_FALSE_SECTORS * beam_1))
    if first == last or not mean > 0.0:
        return
    none_below = math.exp(-mean)
    id_radar = radars[i_radar].id
    snr = radars[i_radar].reference_snr[0]
    for part in range(first, last):
        if radars[i_radar].kind == codes.RADAR_SECTOR:
            middle_rad = TWO_PI * ((part + 0.5) / N_FALSE_SECTORS + AZIMUTH_CUT_TURNS)
            if abs(_wrapped(middle_rad - radars[i_radar].boresight_rad)) > radars[i_radar].half_sector_rad:
                continue
        u, _, _, _ = uniforms(seed, run, STREAM_FALSE_COUNT, id_radar, 0, part)
        if u <= none_below:
            continue
        count = poisson_quantile(u, mean)
        for i in range(count):
            u0, u1, u2, _ = uniforms(seed, run, STREAM_FALSE_PLOT, id_radar, i, part)
            turns = (part + u1) / N_FALSE_SECTORS
            is_written = _write_plot(
                plots, total, tick, (turns - phase) * radars[i_radar].period_s, i_radar, -1, -1, snr,
                radars[i_radar].range_min_m + u0 * (radars[i_radar].range_max_m - radars[i_radar].range_min_m),
                TWO_PI * (turns + AZIMUTH_CUT_TURNS),
                radars[i_radar].elevation_min_rad[0] + u2 * FALSE_ELEVATION_SPAN_RAD,
                range_sigma_m(snr, radars[i_radar].range_resolution_m, radars[i_radar].range_floor_m),
                angle_sigma_rad(snr, radars[i_radar].azimuth_beamwidth_rad, radars[i_radar].angle_floor_rad),
                angle_sigma_rad(snr, radars[i_radar].elevation_beamwidth_rad, radars[i_radar].angle_floor_rad),
                0.0, 0.0, 0.0,
            )  # fmt: skip
            if is_written:
                radar.n_false += 1
                total[TOTAL_FALSE_PLOTS] += 1.0


# ------------------------------------------------------------------------------------------ fire control ----


@inner
def _extrapolated(track, t_s):  # type: ignore[no-untyped-def]
    """Position of a track at a time near its own, and the radius that holds its target at ``CUE_SIGMAS``."""
    ahead_s = t_s - track.t_s
    x_m = track.x_m + track.vx_mps * ahead_s
    y_m = track.y_m + track.vy_mps * ahead_s
    z_m = track.z_m + track.vz_mps * ahead_s
    if track["class"] == codes.CLASS_BALLISTIC:
        ax, ay, az = rotating_acceleration(
            track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps
        )
        half = 0.5 * ahead_s * ahead_s
        x_m += ax * half
        y_m += ay * half
        z_m += az * half
    c = track.cov
    variance_m2 = (
        c[0] + c[6] + c[11] + ahead_s * (2.0 * (c[3] + c[9] + c[14]) + ahead_s * (c[15] + c[18] + c[20]))
    )
    since_s = t_s - track.hit_s
    unforeseen_m = 0.5 * CUE_ACCELERATION_MPS2 * since_s * since_s
    radius_m = CUE_SIGMAS * math.sqrt(max(variance_m2, 0.0) + unforeseen_m * unforeseen_m)
    return x_m, y_m, z_m, radius_m


@inner
def _cue(belief, channel, row, t_s):  # type: ignore[no-untyped-def]
    """Where a channel expects its target at ``t_s``: ``(is_known, x, y, z, radius_m)``, radius at ``CUE_SIGMAS``.

    From the fire-control track if there is one, else from the search track designated.
    """
    track = belief.fire[row]
    if track.status == codes.TRACK_FREE:
        if channel.i_picture < 0 or channel.i_track < 0:
            return False, 0.0, 0.0, 0.0, 0.0
        track = belief.track[channel.i_picture, channel.i_track]
        if track.status == codes.TRACK_FREE or track.number != channel.number:
            return False, 0.0, 0.0, 0.0, 0.0
    x_m, y_m, z_m, radius_m = _extrapolated(track, t_s)
    return True, x_m, y_m, z_m, radius_m


@inner
def _n_beams(slant_range_m, radius_m, azimuth_beamwidth_rad, elevation_beamwidth_rad):  # type: ignore[no-untyped-def]
    """Beams that cover a cue of a radius at a range."""
    wide = 2.0 * radius_m / (slant_range_m * azimuth_beamwidth_rad)
    high = 2.0 * radius_m / (slant_range_m * elevation_beamwidth_rad)
    return max(1.0, math.ceil(wide - 1e-9)) * max(1.0, math.ceil(high - 1e-9))


@inner
def _cue_size_m(slant_range_m, radius_m, beamwidth_rad):  # type: ignore[no-untyped-def]
    """Radius searched: the cue, at least one beam and ``CUE_MIN_M``, at most ``CUE_MAX_M``."""
    return min(max(radius_m, 0.5 * slant_range_m * beamwidth_rad, CUE_MIN_M), CUE_MAX_M)


@inner
def revisit_wanted_s(status, n_flying, track_revisit_s, track_revisit_slow_s):  # type: ignore[no-untyped-def]
    """Interval wanted between two looks of a channel: the fast one while acquiring and while rounds fly."""
    if status == codes.CHANNEL_ACQUIRING or n_flying > 0:
        return track_revisit_s
    return track_revisit_slow_s


@inner
def _is_looking(status):  # type: ignore[no-untyped-def]
    return (
        status == codes.CHANNEL_ACQUIRING
        or status == codes.CHANNEL_TRACKING
        or status == codes.CHANNEL_ASSESSING
    )


@inner
def _demand(
    belief,
    channel,
    row,
    t_s,
    x_m,
    y_m,
    z_m,
    azimuth_beamwidth_rad,
    elevation_beamwidth_rad,
    dwell_s,
    acquisition_dwell_s,
):  # type: ignore[no-untyped-def]
    """Radar time that one look of a channel costs, s: one dwell, or an acquisition dwell for every beam of the cue."""
    if channel.status != codes.CHANNEL_ACQUIRING:
        return dwell_s
    is_known, px, py, pz, radius_m = _cue(belief, channel, row, t_s)
    if not is_known:
        return 0.0
    dx = px - x_m
    dy = py - y_m
    dz = pz - z_m
    slant_range_m = math.sqrt(dx * dx + dy * dy + dz * dz) + 1.0
    size_m = _cue_size_m(slant_range_m, radius_m, min(azimuth_beamwidth_rad, elevation_beamwidth_rad))
    return acquisition_dwell_s * _n_beams(
        slant_range_m, size_m, azimuth_beamwidth_rad, elevation_beamwidth_rad
    )


# -------------------------------------------------------------------------------------------------- look ----


@inner
def _search(  # type: ignore[no-untyped-def]
    radars, given, ground_m, earth_factor, record, dt_s, threats, own, plots, log, seed, run, tick
):  # fmt: skip
    """Every searching radar sweeps on by one tick: false plots, and looks at the threats its beam meets."""
    start_s = tick * dt_s
    end_s = (tick + 1) * dt_s
    n_threats = threats.size
    for i_radar in range(radars.size):
        face = radars[i_radar]
        radar = own.radar[i_radar]
        if radar.is_alive == 0 or end_s < face.ready_s:
            radar.is_on = 0
            continue
        radar.is_on = 1
        period_s = face.period_s
        if not period_s > 0.0:
            continue
        if face.is_engagement != 0 and face.i_post < 0:
            # An engagement radar searches only for a fire unit that is alone.
            i_unit = face.i_unit
            if i_unit < 0 or own.unit[i_unit].is_autonomous == 0:
                continue
        phase = _cut_turns(face.phase_rad)
        beam_0 = phase + start_s / period_s
        beam_1 = phase + end_s / period_s
        _false_plots(radars, radar, plots, log.total, seed, run, tick, i_radar, beam_0, beam_1, phase)
        for i_threat in range(n_threats):
            if plots.next_look_tick[i_radar, i_threat] > tick:
                continue
            threat = threats[i_threat]
            if threat.status != codes.FLYING:
                continue
            east_m, north_m = _enu(face, threat.x0_m, threat.y0_m, threat.z0_m)
            azimuth_0 = _cut_turns(math.atan2(east_m, north_m))
            east_m, north_m = _enu(face, threat.x_m, threat.y_m, threat.z_m)
            azimuth_1 = _cut_turns(math.atan2(east_m, north_m))
            n_meetings, past_0, past_1, advance, moved = _meeting(beam_0, beam_1, azimuth_0, azimuth_1)
            for i in range(n_meetings):
                share = min(max((1.0 + i - past_0) / advance, 0.0), 1.0)
                ordinal = _look_number(beam_0 + share * (beam_1 - beam_0), azimuth_0 + share * moved)
                _look_at(
                    face, given[i_threat], ground_m, earth_factor, record, threat, radar, plots, log, seed, run, tick, end_s, start_s + share * dt_s, i_radar, i_threat, NO_CHANNEL, ordinal,
                )  # fmt: skip
            speed2 = (
                threat.vx_mps * threat.vx_mps + threat.vy_mps * threat.vy_mps + threat.vz_mps * threat.vz_mps
            )
            plots.next_look_tick[i_radar, i_threat] = tick + _n_ticks_until(
                period_s,
                dt_s,
                1.0 - past_1,
                math.sqrt(east_m * east_m + north_m * north_m),
                math.sqrt(speed2),
            )


@inner
def _followed_picture(face, own):  # type: ignore[no-untyped-def]
    """The picture whose tracks a radar follows with looks of their own; -1 none.

    A sector array that searches: its beam needs no turn to come back to what it has seen, so it confirms a detection and
    keeps a track with single looks instead of waiting for the next search frame.
    """
    if face.kind != codes.RADAR_SECTOR or not face.period_s > 0.0:
        return -1
    if face.i_post >= 0 and own.post_alive[face.i_post] != 0:
        return face.i_post
    if face.i_unit >= 0 and (face.i_post >= 0 or own.unit[face.i_unit].is_autonomous != 0):
        return own.post_alive.size + face.i_unit
    return -1


@inner
def _follow_demand(face, earth_factor, belief, own, t_s):  # type: ignore[no-untyped-def]
    """Share of a radar's time that following its picture costs: a dwell for each track in its sector.

    A detection is confirmed where the beam still points, before the target has moved out of it: no volume is searched.
    """
    i_picture = _followed_picture(face, own)
    if i_picture < 0 or belief.number[i_picture] == 0:
        return 0.0
    n = 0
    for i in range(belief.track.shape[1]):
        track = belief.track[i_picture, i]
        if track.status == codes.TRACK_FREE:
            continue
        x_m, y_m, z_m, _ = _extrapolated(track, t_s)
        if sector_code(face, earth_factor, x_m, y_m, z_m) == 0:
            n += 1
    return n * face.dwell_s / max(face.track_revisit_slow_s, 1e-3)


@inner
def _is_cued(threat, x_m, y_m, z_m, reach_m, back_s):  # type: ignore[no-untyped-def]
    """Whether a threat flew, ``back_s`` ago, within reach of where a look is pointed."""
    if threat.status != codes.FLYING:
        return False
    dx = threat.x_m - threat.vx_mps * back_s - x_m
    if dx > reach_m or dx < -reach_m:
        return False
    dy = threat.y_m - threat.vy_mps * back_s - y_m
    dz = threat.z_m - threat.vz_mps * back_s - z_m
    return dx * dx + dy * dy + dz * dz <= reach_m * reach_m


@inner
def _is_plotted(plots, tick, i_radar, i_threat):  # type: ignore[no-untyped-def]
    """Whether a radar's search has given a plot of a threat in this tick."""
    n = plots.count[0] - 1
    while n >= plots.count[1]:
        p = plots.plot[n % plots.plot.size]
        if p.tick != tick:
            return False
        if p.i_radar == i_radar and p.i_channel < 0 and p.label == i_threat:
            return True
        n -= 1
    return False


@inner
def _follow(  # type: ignore[no-untyped-def]
    radars, given, ground_m, earth_factor, record, dt_s, threats, belief, own, plots, log, seed, run, tick
):  # fmt: skip
    """Sector arrays that search look again where their picture has a track, tentative or firm, every slow revisit.

    The looks lie on a grid of time of the radar's own, so that the tick changes none of them.
    """
    start_s = tick * dt_s
    end_s = (tick + 1) * dt_s
    for i_radar in range(radars.size):
        face = radars[i_radar]
        radar = own.radar[i_radar]
        if radar.is_on == 0:
            continue
        i_picture = _followed_picture(face, own)
        if i_picture < 0 or belief.number[i_picture] == 0:
            continue
        revisit_s = max(face.track_revisit_slow_s, dt_s)
        nth = int(math.floor(end_s / revisit_s))
        t_s = nth * revisit_s
        if t_s <= start_s:
            continue
        beamwidth_rad = min(face.azimuth_beamwidth_rad, face.elevation_beamwidth_rad)
        for i in range(belief.track.shape[1]):
            track = belief.track[i_picture, i]
            if track.status == codes.TRACK_FREE:
                continue
            x_m, y_m, z_m, radius_m = _extrapolated(track, t_s)
            dx = x_m - face.x_m
            dy = y_m - face.y_m
            dz = z_m - face.z_m
            reach_m = _cue_size_m(math.sqrt(dx * dx + dy * dy + dz * dz), radius_m, beamwidth_rad)
            for i_threat in range(threats.size):
                threat = threats[i_threat]
                if not _is_cued(threat, x_m, y_m, z_m, reach_m, end_s - t_s):
                    continue
                if _is_plotted(plots, tick, i_radar, i_threat):
                    continue
                _look_at(
                    face, given[i_threat], ground_m, earth_factor, record, threat, radar, plots, log, seed, run, tick, end_s, t_s, i_radar, i_threat, NO_CHANNEL, FOLLOW_ORDINAL + nth,
                )  # fmt: skip


@inner
def _fire_control(  # type: ignore[no-untyped-def]
    radars, given, units, ground_m, earth_factor, record, dt_s, threats, belief, own, plots, log, seed, run, tick,
):  # fmt: skip
    """Engagement radars look for their channels: every threat inside a cue may give a plot; time overspent stretches revisits."""
    start_s = tick * dt_s
    end_s = (tick + 1) * dt_s
    is_second = math.floor(end_s) > math.floor(start_s) or tick == 0
    n_rows = own.channel.size // max(units.size, 1)
    for i_unit in range(units.size):
        i_radar = units[i_unit].i_radar
        if i_radar < 0 or own.radar[i_radar].is_on == 0:
            continue
        face = radars[i_radar]
        radar = own.radar[i_radar]
        beamwidth_rad = min(face.azimuth_beamwidth_rad, face.elevation_beamwidth_rad)
        first = i_unit * n_rows
        last = first + units[i_unit].n_target_channels
        if is_second:
            demanded = 0.0
            for row in range(first, last):
                channel = own.channel[row]
                if _is_looking(channel.status):
                    cost_s = _demand(
                        belief, channel, row, end_s, face.x_m, face.y_m, face.z_m,
                        face.azimuth_beamwidth_rad, face.elevation_beamwidth_rad,
                        face.dwell_s, face.acquisition_dwell_s,
                    )  # fmt: skip
                    demanded += cost_s / max(
                        revisit_wanted_s(
                            channel.status, channel.n_flying, face.track_revisit_s,
                            face.track_revisit_slow_s,
                        ), 1e-3,
                    )  # fmt: skip
            demanded += _follow_demand(face, earth_factor, belief, own, end_s)
            budget = face.dwell_budget
            radar.stretch = demanded / budget if demanded > budget and budget > 0.0 else 1.0
        for row in range(first, last):
            channel = own.channel[row]
            if not _is_looking(channel.status):
                continue
            revisit_s = revisit_wanted_s(
                channel.status,
                channel.n_flying,
                face.track_revisit_s,
                face.track_revisit_slow_s,
            )
            revisit_s = max(revisit_s * radar.stretch, 1e-3)
            if channel.next_look_s > end_s + revisit_s:
                channel.next_look_s = end_s  # the interval wanted has become shorter: a round flies
            for _ in range(MAX_LOOKS_PER_TICK):
                if channel.next_look_s > end_s:
                    break
                t_s = max(channel.next_look_s, start_s + 1e-6 * dt_s)
                channel.n_looks += 1
                channel.next_look_s = t_s + revisit_s
                is_known, x_m, y_m, z_m, radius_m = _cue(belief, channel, row, t_s)
                if not is_known:
                    continue
                dx = x_m - face.x_m
                dy = y_m - face.y_m
                dz = z_m - face.z_m
                reach_m = _cue_size_m(math.sqrt(dx * dx + dy * dy + dz * dz), radius_m, beamwidth_rad)
                ordinal = int(t_s * 100.0 + 0.5)
                for i_threat in range(threats.size):
                    threat = threats[i_threat]
                    if not _is_cued(threat, x_m, y_m, z_m, reach_m, end_s - t_s):
                        continue
                    _look_at(
                        face, given[i_threat], ground_m, earth_factor, record, threat, radar, plots, log, seed, run, tick, end_s, t_s, i_radar, i_threat, row, ordinal,
                    )  # fmt: skip


@inner
def look(world, truth, belief, own, plots, log, seed, run, tick):  # type: ignore[no-untyped-def]
    """Radars see, or do not, in one tick: plots are written.

    Search radars sweep past every threat in the air; sector arrays that search do so inside their sector, and look again
    at what their picture tracks; engagement radars look for their fire channels. ``belief`` is read for where channels point, nothing else.
    Pinned by ``tests/engine/test_sensing.py``.
    """
    radars = own.face
    ground_m = world.air.ground_m
    earth_factor = world.air.earth_factor
    record = world.clock.record
    dt_s = world.clock.dt_s
    _search(
        radars, world.threats, ground_m, earth_factor, record, dt_s, truth.threat, own, plots, log, seed, run, tick
    )  # fmt: skip
    _follow(
        radars, world.threats, ground_m, earth_factor, record, dt_s, truth.threat, belief, own, plots, log, seed, run, tick
    )  # fmt: skip
    _fire_control(
        radars, world.threats, world.units, ground_m, earth_factor, record, dt_s, truth.threat, belief, own, plots, log,
        seed, run, tick,
    )  # fmt: skip
