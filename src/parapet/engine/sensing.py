"""Radars look at the truth and report plots.

Rotating radars (and sector arrays that search) meet a threat when their beam sweeps past it; engagement radars look where
their fire channels point. Every look has one draw for the detection and three for the errors, at addresses that belong to
(radar, threat) and the look, so that halving the tick or adding another radar changes none of them.

A look at time t inside a tick uses the position ``x_end - v_end (t_end - t)``.
"""

from __future__ import annotations

import math

from parapet._jit import kernel
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
from parapet.physics.propagation import horizon_range_m, two_way_gas_loss_db
from parapet.physics.signature import cos_aspect, signature_m2

TWO_PI = 2.0 * math.pi
EARTH_RADIUS_M = 6371000.0
"""Mean radius behind the effective earth of the horizon (oracle R7)."""
REFERENCE_HEIGHT_M = 10000.0
"""Height above sea level of the target a published detection range is understood to mean."""
N_FALSE_SECTORS = 36
"""Parts of a scan that get their own number of false plots."""
FALSE_ELEVATION_SPAN_RAD = math.radians(15.0)
"""False plots lie between the lowest elevation and this much above it."""
SNR_HOPELESS = 0.05
"""Below this signal-to-noise no draw is made: detection would be as rare as a false alarm."""
AZIMUTH_CUT_TURNS = 0.38179
"""Where azimuth wraps in look numbers, away from any round figure so that rounding cannot move a threat across."""
CUE_SIGMAS = 3.0
CUE_MIN_M = 500.0
CUE_ACCELERATION_MPS2 = 15.0
"""Unforeseen acceleration that a cue allows for (one sigma)."""
CUE_MAX_M = 40000.0
MAX_LOOKS_PER_TICK = 16


# ---------------------------------------------------------------------------------------------- geometry ----


@kernel
def _enu(radars, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """East, north, up of a point seen from a radar."""
    r = radars.rotation
    return ecef_to_enu(
        x_m - radars.x_m[i_radar], y_m - radars.y_m[i_radar], z_m - radars.z_m[i_radar],
        r[i_radar, 0], r[i_radar, 1], r[i_radar, 2], r[i_radar, 3], r[i_radar, 4], r[i_radar, 5],
        r[i_radar, 6], r[i_radar, 7], r[i_radar, 8],
    )  # fmt: skip


@kernel
def _is_above_horizon(radars, air, i_radar, slant_range_m, above_ground_m):  # type: ignore[no-untyped-def]
    if above_ground_m < 0.0:
        return False
    return slant_range_m <= horizon_range_m(
        radars.antenna_m[i_radar], above_ground_m, air.earth_factor * EARTH_RADIUS_M
    )


@kernel
def path(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether a radar can see a point, the one-way propagation factor (power, 1 = free space) and the rise of the noise.

    The only place that answers this: today smooth earth with an effective radius, later terrain, multipath, jamming.
    Returns ``(is_visible, factor, noise_rise)``. Pinned by ``test_sensing.test_horizon``.
    """
    dx = x_m - world.radars.x_m[i_radar]
    dy = y_m - world.radars.y_m[i_radar]
    dz = z_m - world.radars.z_m[i_radar]
    slant_range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    above_ground_m = height_m(x_m, y_m, z_m) - world.air.ground_m
    return _is_above_horizon(world.radars, world.air, i_radar, slant_range_m, above_ground_m), 1.0, 1.0


@kernel
def has_line_of_sight(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether nothing of the earth lies between a radar and a point."""
    is_visible, _, _ = path(world, i_radar, x_m, y_m, z_m)
    return is_visible


@kernel
def _wrapped(angle_rad):  # type: ignore[no-untyped-def]
    """The same angle between -pi and pi."""
    return angle_rad - TWO_PI * math.floor((angle_rad + math.pi) / TWO_PI)


@kernel
def _is_in_view(radars, air, i_radar, i_mode, azimuth_rad, apparent_rad):  # type: ignore[no-untyped-def]
    """Whether a direction lies in the sector and in the elevation limits of one mode (half a beam beyond is still lit)."""
    half_beam_rad = 0.5 * radars.elevation_beamwidth_rad[i_radar]
    if apparent_rad < radars.elevation_min_rad[i_radar, i_mode] - half_beam_rad:
        return False
    if apparent_rad > radars.elevation_max_rad[i_radar, i_mode]:
        return False
    if radars.kind[i_radar] == codes.RADAR_SECTOR:
        off_rad = abs(_wrapped(azimuth_rad - radars.boresight_rad[i_radar]))
        if off_rad > radars.half_sector_rad[i_radar]:
            return False
    return True


@kernel
def _apparent_rad(air, east_m, north_m, up_m):  # type: ignore[no-untyped-def]
    """Elevation as a radar sees it over the effective earth: geometric plus the bending of the ray."""
    ground_m = math.sqrt(east_m * east_m + north_m * north_m)
    bend_rad = 0.5 * ground_m / EARTH_RADIUS_M * (1.0 - 1.0 / air.earth_factor)
    if bend_rad > 0.01:
        bend_rad = 0.01  # a ray leaves the atmosphere within some 200 km
    return math.atan2(up_m, ground_m) + bend_rad


@kernel
def is_in_sector(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Whether a point lies in a radar's sector, the elevation of one of its modes, and its range limits."""
    return _sector_code(world.radars, world.air, i_radar, x_m, y_m, z_m) == 0


@kernel
def _sector_code(radars, air, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    east_m, north_m, up_m = _enu(radars, i_radar, x_m, y_m, z_m)
    slant_range_m = math.sqrt(east_m * east_m + north_m * north_m + up_m * up_m)
    if slant_range_m > radars.range_max_m[i_radar]:
        return codes.WHY_OUT_OF_RADAR_RANGE
    if slant_range_m < radars.range_min_m[i_radar]:
        return codes.WHY_OUTSIDE_SECTOR
    azimuth_rad = math.atan2(east_m, north_m)
    apparent_rad = _apparent_rad(air, east_m, north_m, up_m)
    for i_mode in range(radars.n_modes[i_radar]):
        if _is_in_view(radars, air, i_radar, i_mode, azimuth_rad, apparent_rad):
            return 0
    return codes.WHY_OUTSIDE_SECTOR


@kernel
def visibility(world, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """0 if a radar could see a strong target at a point, else the first thing that prevents it.

    ``WHY_BELOW_HORIZON``, then ``WHY_OUT_OF_RADAR_RANGE`` (instrumented range), then ``WHY_OUTSIDE_SECTOR`` (sector,
    elevation, too near). Noise is not asked: see `snr_at`. Pinned by ``test_sensing.test_visibility_codes``.
    """
    is_visible, _, _ = path(world, i_radar, x_m, y_m, z_m)
    if not is_visible:
        return codes.WHY_BELOW_HORIZON
    return _sector_code(world.radars, world.air, i_radar, x_m, y_m, z_m)


@kernel
def _best_snr(radars, air, i_radar, rcs, slant_range_m, target_height_m, azimuth_rad, apparent_rad):  # type: ignore[no-untyped-def]
    """Highest signal-to-noise ratio of the modes that hold a direction; 0 if none does."""
    best = 0.0
    loss_db = -1.0
    for i_mode in range(radars.n_modes[i_radar]):
        if _is_in_view(radars, air, i_radar, i_mode, azimuth_rad, apparent_rad):
            reference_m = radars.reference_range_m[i_radar, i_mode]
            ratio = reference_m / slant_range_m
            ratio *= ratio
            snr = radars.reference_snr[i_radar, i_mode] * (rcs / radars.reference_rcs_m2[i_radar, i_mode]) * ratio * ratio
            if loss_db < 0.0:
                loss_db = two_way_gas_loss_db(radars.frequency_hz[i_radar], radars.height_m[i_radar], target_height_m, slant_range_m)
            reference_db = two_way_gas_loss_db(
                radars.frequency_hz[i_radar], radars.height_m[i_radar], REFERENCE_HEIGHT_M, reference_m
            )
            snr *= math.exp((reference_db - loss_db) * 0.23025850929940457)
            if snr > best:
                best = snr
    if best > 0.0 and radars.kind[i_radar] == codes.RADAR_SECTOR:
        cosine = math.cos(_wrapped(azimuth_rad - radars.boresight_rad[i_radar]))
        best = best * math.pow(cosine, radars.off_boresight_exponent[i_radar]) if cosine > 0.0 else 0.0
    return best


@kernel
def _echo(radars, air, threats, i_radar, i_threat, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps):  # type: ignore[no-untyped-def]
    """Signal-to-noise ratio (0: not seen at all) with slant range, azimuth and elevation of one threat at one place."""
    east_m, north_m, up_m = _enu(radars, i_radar, x_m, y_m, z_m)
    slant_range_m = math.sqrt(east_m * east_m + north_m * north_m + up_m * up_m)
    if slant_range_m > radars.range_max_m[i_radar] or slant_range_m < radars.range_min_m[i_radar]:
        return 0.0, slant_range_m, 0.0, 0.0
    target_height_m = height_m(x_m, y_m, z_m)
    if not _is_above_horizon(radars, air, i_radar, slant_range_m, target_height_m - air.ground_m):
        return 0.0, slant_range_m, 0.0, 0.0
    azimuth_rad = math.atan2(east_m, north_m)
    elevation_rad = math.asin(up_m / slant_range_m)
    cosine = cos_aspect(
        x_m, y_m, z_m, vx_mps, vy_mps, vz_mps, radars.x_m[i_radar], radars.y_m[i_radar], radars.z_m[i_radar]
    )
    band = radars.band[i_radar]
    rcs = signature_m2(
        cosine, threats.rcs_m2[i_threat, band, 0], threats.rcs_m2[i_threat, band, 1], threats.rcs_m2[i_threat, band, 2]
    )
    snr = _best_snr(
        radars, air, i_radar, rcs, slant_range_m, target_height_m, azimuth_rad, _apparent_rad(air, east_m, north_m, up_m)
    )
    return snr, slant_range_m, azimuth_rad, elevation_rad


@kernel
def snr_at(world, i_radar, i_threat, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps):  # type: ignore[no-untyped-def]
    """Signal-to-noise ratio of one look of a radar at a threat at that place and velocity; 0 where it cannot be seen.

    SNR = reference x (signature / reference signature) x (reference range / range)^4 x gas loss relative to the reference
    x cos^n of the angle off boresight, in the best of the modes that hold the direction.
    Pinned by ``test_sensing.test_snr_at_reference``.
    """
    snr, _, _, _ = _echo(
        world.radars, world.air, world.threats, i_radar, i_threat, x_m, y_m, z_m, vx_mps, vy_mps, vz_mps
    )
    return snr


# ------------------------------------------------------------------------------------------------- plots ----


@kernel
def _next_plot(plots, log):  # type: ignore[no-untyped-def]
    """Row of the ring for a new plot, or -1 when it is full."""
    if plots.count[0] - plots.count[1] >= plots.plot.size:
        log.total[TOTAL_PLOTS_FULL] += 1.0
        return -1
    i = plots.count[0] % plots.plot.size
    plots.count[0] += 1
    return i


@kernel
def _write_plot(radars, plots, log, tick, t_s, i_radar, i_channel, label, snr, range_m, azimuth_rad, elevation_rad, g0, g1, g2):  # type: ignore[no-untyped-def]
    """Append a plot: the true place plus three standard normal errors times the errors this echo has."""
    i = _next_plot(plots, log)
    if i < 0:
        return False
    sigma_range_m = range_sigma_m(snr, radars.range_resolution_m[i_radar], radars.range_floor_m[i_radar])
    sigma_azimuth_rad = angle_sigma_rad(snr, radars.azimuth_beamwidth_rad[i_radar], radars.angle_floor_rad[i_radar])
    sigma_elevation_rad = angle_sigma_rad(snr, radars.elevation_beamwidth_rad[i_radar], radars.angle_floor_rad[i_radar])
    cosine = math.cos(elevation_rad)
    sigma_azimuth_rad /= cosine if cosine > 0.05 else 0.05
    p = plots.plot[i]
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


@kernel
def _look_at(world, truth, own, plots, log, seed, run, tick, t_s, i_radar, i_threat, i_channel, ordinal):  # type: ignore[no-untyped-def]
    """One look of a radar at one threat: maybe a plot. Returns 1 if there is one."""
    radars = world.radars
    threat = truth.threat[i_threat]
    back_s = (tick + 1) * world.clock.dt_s - t_s
    vx = threat.vx_mps
    vy = threat.vy_mps
    vz = threat.vz_mps
    own.radar[i_radar].n_looks += 1
    log.total[TOTAL_LOOKS] += 1.0
    snr, range_m, azimuth_rad, elevation_rad = _echo(
        radars, world.air, world.threats, i_radar, i_threat,
        threat.x_m - vx * back_s, threat.y_m - vy * back_s, threat.z_m - vz * back_s, vx, vy, vz,
    )  # fmt: skip
    if snr < SNR_HOPELESS:
        return 0
    p = p_detection(snr, radars.p_false_alarm[i_radar], world.threats.swerling[i_threat])
    id_radar = radars.id[i_radar]
    id_threat = world.threats.id[i_threat]
    if i_channel >= 0:
        u0, u1, u2, u3 = uniforms(seed, run, STREAM_FIRE_CONTROL, id_radar, id_threat, ordinal)
        if u0 >= p:
            return 0
    else:
        u0, _, _, _ = uniforms(seed, run, STREAM_DETECTION, id_radar, id_threat, ordinal)
        if u0 >= p:
            return 0
        u1, u2, u3, _ = uniforms(seed, run, STREAM_PLOT_NOISE, id_radar, id_threat, ordinal)
    is_written = _write_plot(
        radars, plots, log, tick, t_s, i_radar, i_channel, i_threat, snr, range_m, azimuth_rad, elevation_rad,
        normal_quantile(u1), normal_quantile(u2), normal_quantile(u3),
    )  # fmt: skip
    if not is_written:
        return 0
    plots.n_seen[i_radar, i_threat] += 1
    own.radar[i_radar].n_plots += 1
    log.total[TOTAL_PLOTS] += 1.0
    score = log.score[i_threat]
    if not score.first_detection_s <= t_s:
        is_first = not score.first_detection_s >= 0.0
        score.first_detection_s = t_s
        score.first_detection_range_m = range_m
        score.i_first_radar = i_radar
        if is_first and world.clock.record >= codes.RECORD_EVENTS:
            tell(log, t_s, codes.EVENT_FIRST_DETECTION, i_threat, i_radar, 0, range_m)
    return 1


# ------------------------------------------------------------------------------------------------ search ----


@kernel
def _azimuth_turns(radars, i_radar, x_m, y_m, z_m):  # type: ignore[no-untyped-def]
    """Azimuth in turns, 0 to 1, counted from ``AZIMUTH_CUT_TURNS``."""
    east_m, north_m, _ = _enu(radars, i_radar, x_m, y_m, z_m)
    turns = math.atan2(east_m, north_m) / TWO_PI - AZIMUTH_CUT_TURNS
    return turns - math.floor(turns)


@kernel
def _beam_turns(radars, i_radar, t_s):  # type: ignore[no-untyped-def]
    """Turns of the beam since it last pointed at ``AZIMUTH_CUT_TURNS`` before t = 0."""
    phase = radars.phase_rad[i_radar] / TWO_PI - AZIMUTH_CUT_TURNS
    return phase - math.floor(phase) + t_s / radars.period_s[i_radar]


@kernel
def _sweep(world, truth, own, plots, log, seed, run, tick, i_radar, i_threat):  # type: ignore[no-untyped-def]
    """Look at one threat as often as the beam met it in this tick (mostly never or once), and say when it can next."""
    radars = world.radars
    dt_s = world.clock.dt_s
    start_s = tick * dt_s
    end_s = (tick + 1) * dt_s
    threat = truth.threat[i_threat]
    azimuth_0 = _azimuth_turns(radars, i_radar, threat.x0_m, threat.y0_m, threat.z0_m)
    azimuth_1 = _azimuth_turns(radars, i_radar, threat.x_m, threat.y_m, threat.z_m)
    beam_0 = _beam_turns(radars, i_radar, start_s)
    beam_1 = _beam_turns(radars, i_radar, end_s)
    # Share of a turn by which the beam is past the threat. What one tick ends with, the next begins with: the sum of
    # the crossings over many ticks cannot lose or double one, whatever the threat does.
    past_0 = beam_0 - azimuth_0
    past_0 -= math.floor(past_0)
    past_1 = beam_1 - azimuth_1
    past_1 -= math.floor(past_1)
    moved = azimuth_1 - azimuth_0
    moved -= math.floor(moved + 0.5)
    advance = (beam_1 - beam_0) - moved
    n_crossings = int(math.floor(past_0 + advance - past_1 + 0.5))
    for i in range(n_crossings):
        share = (1.0 + i - past_0) / advance
        share = min(max(share, 0.0), 1.0)
        t_s = start_s + share * dt_s
        azimuth = azimuth_0 + share * moved
        n_cut = math.floor(azimuth)
        scan = int(math.floor(beam_0 + share * (beam_1 - beam_0) - azimuth + 0.5) + n_cut)
        azimuth -= n_cut
        # Twice the scan number, one more in the second half turn: a threat that crosses the cut against the beam would
        # otherwise get one number twice.
        ordinal = 2 * scan + (1 if azimuth >= 0.5 else 0)
        _look_at(world, truth, own, plots, log, seed, run, tick, t_s, i_radar, i_threat, -1, ordinal)
    plots.next_look_tick[i_radar, i_threat] = tick + _n_ticks_until(radars, i_radar, threat, 1.0 - past_1, dt_s)


@kernel
def _n_ticks_until(radars, i_radar, threat, turns_left, dt_s):  # type: ignore[no-untyped-def]
    """Ticks to the first one in which the beam can meet a threat, at least 1, from a generous bound on its motion."""
    period_s = radars.period_s[i_radar]
    left_s = turns_left * period_s
    east_m, north_m, _ = _enu(radars, i_radar, threat.x_m, threat.y_m, threat.z_m)
    distance_m = math.sqrt(east_m * east_m + north_m * north_m)
    speed_mps = math.sqrt(threat.vx_mps * threat.vx_mps + threat.vy_mps * threat.vy_mps + threat.vz_mps * threat.vz_mps)
    run_m = (1.2 * speed_mps + 300.0) * left_s
    if run_m >= 0.5 * distance_m:
        return 1
    shift = run_m / (distance_m - run_m) / TWO_PI
    if shift >= turns_left:
        return 1
    n = int((turns_left - shift) * period_s / dt_s) - 1
    return n if n > 1 else 1


@kernel
def _is_searching(world, own, i_radar):  # type: ignore[no-untyped-def]
    """Whether a radar searches: all but engagement radars, and those too when they feed a post or their unit is alone."""
    if world.radars.is_engagement[i_radar] == 0 or world.radars.i_post[i_radar] >= 0:
        return True
    i_unit = world.radars.i_unit[i_radar]
    return i_unit >= 0 and own.unit[i_unit].is_autonomous != 0


@kernel
def _false_plots(world, own, plots, log, seed, run, tick, i_radar):  # type: ignore[no-untyped-def]
    """False alarms of the parts of the scan that the beam finished in this tick."""
    radars = world.radars
    mean = radars.n_false_per_scan[i_radar] / N_FALSE_SECTORS
    if not mean > 0.0:
        return
    dt_s = world.clock.dt_s
    first = int(math.floor(N_FALSE_SECTORS * _beam_turns(radars, i_radar, tick * dt_s)))
    last = int(math.floor(N_FALSE_SECTORS * _beam_turns(radars, i_radar, (tick + 1) * dt_s)))
    none_below = math.exp(-mean)
    id_radar = radars.id[i_radar]
    for part in range(first, last):
        if radars.kind[i_radar] == codes.RADAR_SECTOR:
            middle_rad = TWO_PI * ((part + 0.5) / N_FALSE_SECTORS + AZIMUTH_CUT_TURNS)
            if abs(_wrapped(middle_rad - radars.boresight_rad[i_radar])) > radars.half_sector_rad[i_radar]:
                continue
        u, _, _, _ = uniforms(seed, run, STREAM_FALSE_COUNT, id_radar, 0, part)
        if u <= none_below:
            continue
        count = poisson_quantile(u, mean)
        for i in range(count):
            u0, u1, u2, u3 = uniforms(seed, run, STREAM_FALSE_PLOT, id_radar, i, part)
            range_m = radars.range_min_m[i_radar] + u0 * (radars.range_max_m[i_radar] - radars.range_min_m[i_radar])
            turns = (part + u1) / N_FALSE_SECTORS
            azimuth_rad = TWO_PI * (turns + AZIMUTH_CUT_TURNS)
            phase = _beam_turns(radars, i_radar, 0.0)
            t_s = (turns - phase) * radars.period_s[i_radar]
            elevation_rad = radars.elevation_min_rad[i_radar, 0] + u2 * FALSE_ELEVATION_SPAN_RAD
            is_written = _write_plot(
                radars, plots, log, tick, t_s, i_radar, -1, -1, radars.reference_snr[i_radar, 0], range_m,
                azimuth_rad, elevation_rad, 0.0, 0.0, 0.0,
            )  # fmt: skip
            if is_written:
                own.radar[i_radar].n_false += 1
                log.total[TOTAL_FALSE_PLOTS] += 1.0


# ------------------------------------------------------------------------------------------ fire control ----


@kernel
def _cue(belief, channel, fire, t_s):  # type: ignore[no-untyped-def]
    """Where a channel expects its target at ``t_s``: ``(is_known, x, y, z, radius_m)``, radius at ``CUE_SIGMAS``.

    From the fire-control track if there is one, else from the search track designated.
    """
    if fire.status != codes.TRACK_FREE:
        return _extrapolated(fire, t_s)
    if channel.i_picture < 0 or channel.i_track < 0:
        return False, 0.0, 0.0, 0.0, 0.0
    track = belief.track[channel.i_picture, channel.i_track]
    if track.status == codes.TRACK_FREE or track.number != channel.number:
        return False, 0.0, 0.0, 0.0, 0.0
    return _extrapolated(track, t_s)


@kernel
def _extrapolated(track, t_s):  # type: ignore[no-untyped-def]
    """Position of a track at a time near its own, and the radius that holds its target at ``CUE_SIGMAS``."""
    ahead_s = t_s - track.t_s
    x_m = track.x_m + track.vx_mps * ahead_s
    y_m = track.y_m + track.vy_mps * ahead_s
    z_m = track.z_m + track.vz_mps * ahead_s
    if track["class"] == codes.CLASS_BALLISTIC:
        ax, ay, az = rotating_acceleration(track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps)
        half = 0.5 * ahead_s * ahead_s
        x_m += ax * half
        y_m += ay * half
        z_m += az * half
    c = track.cov
    variance_m2 = c[0] + c[6] + c[11] + ahead_s * (2.0 * (c[3] + c[9] + c[14]) + ahead_s * (c[15] + c[18] + c[20]))
    unforeseen_m = 0.5 * CUE_ACCELERATION_MPS2 * ahead_s * ahead_s
    radius_m = CUE_SIGMAS * math.sqrt(max(variance_m2, 0.0) + unforeseen_m * unforeseen_m)
    return True, x_m, y_m, z_m, radius_m


@kernel
def _n_beams(radars, i_radar, slant_range_m, radius_m):  # type: ignore[no-untyped-def]
    """Beams that cover a cue of a radius at a range."""
    wide = 2.0 * radius_m / (slant_range_m * radars.azimuth_beamwidth_rad[i_radar])
    high = 2.0 * radius_m / (slant_range_m * radars.elevation_beamwidth_rad[i_radar])
    return max(1.0, math.ceil(wide - 1e-9)) * max(1.0, math.ceil(high - 1e-9))


@kernel
def revisit_wanted_s(radars, i_radar, channel):  # type: ignore[no-untyped-def]
    """Interval wanted between two looks of a channel."""
    if channel.status == codes.CHANNEL_ACQUIRING or channel.n_flying > 0:
        return radars.track_revisit_s[i_radar]
    return radars.track_revisit_slow_s[i_radar]


@kernel
def _cue_size_m(radars, i_radar, slant_range_m, radius_m):  # type: ignore[no-untyped-def]
    """Radius searched: the cue, at least one beam and ``CUE_MIN_M``, at most ``CUE_MAX_M``."""
    beam_m = 0.5 * slant_range_m * min(radars.azimuth_beamwidth_rad[i_radar], radars.elevation_beamwidth_rad[i_radar])
    return min(max(radius_m, beam_m, CUE_MIN_M), CUE_MAX_M)


@kernel
def _is_looking(channel):  # type: ignore[no-untyped-def]
    return (
        channel.status == codes.CHANNEL_ACQUIRING
        or channel.status == codes.CHANNEL_TRACKING
        or channel.status == codes.CHANNEL_ASSESSING
    )


@kernel
def _stretch(world, belief, own, i_unit, t_s):  # type: ignore[no-untyped-def]
    """Factor by which the revisits of an engagement radar grow: time its channels ask for over the time it has, at least 1."""
    radars = world.radars
    i_radar = world.units.i_radar[i_unit]
    n_rows = own.channel.size // world.units.id.size
    demanded = 0.0
    for row in range(i_unit * n_rows, i_unit * n_rows + world.units.n_target_channels[i_unit]):
        channel = own.channel[row]
        if not _is_looking(channel):
            continue
        dwell_s = radars.dwell_s[i_radar]
        if channel.status == codes.CHANNEL_ACQUIRING:
            is_known, x_m, y_m, z_m, radius_m = _cue(belief, channel, belief.fire[row], t_s)
            if not is_known:
                continue
            dwell_s = radars.acquisition_dwell_s[i_radar]
            dx = x_m - radars.x_m[i_radar]
            dy = y_m - radars.y_m[i_radar]
            dz = z_m - radars.z_m[i_radar]
            slant_range_m = math.sqrt(dx * dx + dy * dy + dz * dz) + 1.0
            dwell_s *= _n_beams(radars, i_radar, slant_range_m, _cue_size_m(radars, i_radar, slant_range_m, radius_m))
        revisit_s = revisit_wanted_s(radars, i_radar, channel)
        if revisit_s > 0.0:
            demanded += dwell_s / revisit_s
    budget = radars.dwell_budget[i_radar]
    if budget <= 0.0 or demanded <= budget:
        return 1.0
    return demanded / budget


@kernel
def _fire_look(world, truth, belief, own, plots, log, seed, run, tick, t_s, i_radar, row):  # type: ignore[no-untyped-def]
    """One look of an engagement radar for one channel: every threat inside the cue may give a plot."""
    radars = world.radars
    channel = own.channel[row]
    is_known, x_m, y_m, z_m, radius_m = _cue(belief, channel, belief.fire[row], t_s)
    if not is_known:
        return
    dx = x_m - radars.x_m[i_radar]
    dy = y_m - radars.y_m[i_radar]
    dz = z_m - radars.z_m[i_radar]
    reach_m = _cue_size_m(radars, i_radar, math.sqrt(dx * dx + dy * dy + dz * dz), radius_m)
    reach2_m2 = reach_m * reach_m
    back_s = (tick + 1) * world.clock.dt_s - t_s
    ordinal = int(t_s * 100.0 + 0.5)
    threats = truth.threat
    for i_threat in range(threats.size):
        threat = threats[i_threat]
        if threat.status != codes.FLYING:
            continue
        dx = threat.x_m - threat.vx_mps * back_s - x_m
        if dx > reach_m or dx < -reach_m:
            continue
        dy = threat.y_m - threat.vy_mps * back_s - y_m
        dz = threat.z_m - threat.vz_mps * back_s - z_m
        if dx * dx + dy * dy + dz * dz > reach2_m2:
            continue
        _look_at(world, truth, own, plots, log, seed, run, tick, t_s, i_radar, i_threat, row, ordinal)


@kernel
def _fire_control(world, truth, belief, own, plots, log, seed, run, tick, i_unit):  # type: ignore[no-untyped-def]
    """All looks of one engagement radar for its fire channels in this tick."""
    dt_s = world.clock.dt_s
    start_s = tick * dt_s
    end_s = (tick + 1) * dt_s
    i_radar = world.units.i_radar[i_unit]
    radar = own.radar[i_radar]
    n_rows = own.channel.size // world.units.id.size
    if math.floor(end_s) > math.floor(start_s) or tick == 0:
        radar.stretch = _stretch(world, belief, own, i_unit, end_s)
    for row in range(i_unit * n_rows, i_unit * n_rows + world.units.n_target_channels[i_unit]):
        channel = own.channel[row]
        if not _is_looking(channel):
            continue
        revisit_s = revisit_wanted_s(world.radars, i_radar, channel) * radar.stretch
        if channel.next_look_s > end_s + revisit_s:
            channel.next_look_s = end_s  # the wanted interval has become shorter: a round flies
        for _ in range(MAX_LOOKS_PER_TICK):
            if channel.next_look_s > end_s:
                break
            t_s = channel.next_look_s
            if t_s <= start_s:
                t_s = start_s + 1e-6 * dt_s
            _fire_look(world, truth, belief, own, plots, log, seed, run, tick, t_s, i_radar, row)
            channel.n_looks += 1
            channel.next_look_s = t_s + max(revisit_s, 1e-3)


# -------------------------------------------------------------------------------------------------- look ----


@kernel
def look(world, truth, belief, own, plots, log, seed, run, tick):  # type: ignore[no-untyped-def]
    """Radars see, or do not, in one tick: plots are written.

    Search radars sweep past every threat in the air; sector arrays that search do so inside their sector; engagement
    radars look for their fire channels. ``belief`` is read for where channels point, nothing else.
    Pinned by ``tests/engine/test_sensing.py``.
    """
    end_s = (tick + 1) * world.clock.dt_s
    threats = truth.threat
    n_threats = threats.size
    for i_radar in range(world.radars.id.size):
        radar = own.radar[i_radar]
        if radar.is_alive == 0 or end_s < world.radars.ready_s[i_radar]:
            radar.is_on = 0
            continue
        radar.is_on = 1
        if not _is_searching(world, own, i_radar) or not world.radars.period_s[i_radar] > 0.0:
            continue
        _false_plots(world, own, plots, log, seed, run, tick, i_radar)
        next_look_tick = plots.next_look_tick[i_radar]
        for i_threat in range(n_threats):
            if next_look_tick[i_threat] > tick:
                continue
            if threats[i_threat].status == codes.FLYING:
                _sweep(world, truth, own, plots, log, seed, run, tick, i_radar, i_threat)
    for i_unit in range(world.units.id.size):
        i_radar = world.units.i_radar[i_unit]
        if i_radar >= 0 and own.radar[i_radar].is_on != 0:
            _fire_control(world, truth, belief, own, plots, log, seed, run, tick, i_unit)
