"""Plots become tracks: association, filtering, confirmation, class, coasting, deletion.

Two kinds of track. The search picture of a command post (or of a fire unit that fights alone) is fed by the plots of search
radars after a constant lag. Each fire channel has its own fire-control track, fed at once by the looks made for it.

Association is by gates and global nearest neighbour per radar and tick: firm tracks choose first, then tentative ones,
what is left begins new tracks. Nothing here is passed the truth, and no argument holds a threat's type; ``label``
(which threat caused a plot) is carried for scoring and read by no decision.
"""

from __future__ import annotations

import math

from parapet._jit import inner
from parapet.engine import codes
from parapet.engine.prediction import FALL_COEFFICIENT_KGM2
from parapet.engine.sensing import revisit_wanted_s
from parapet.engine.state import TOTAL_FALSE_TRACKS, TOTAL_FIRM_TRACKS, TOTAL_TRACKS_FULL
from parapet.engine.telling import tell
from parapet.physics.assignment import assignment
from parapet.physics.atmosphere import density_kgm3
from parapet.physics.earth import height_m, rotating_acceleration, up_and_height
from parapet.physics.estimation import (
    plot_covariance,
    plot_distance2,
    plot_position,
    predict_air,
    predict_ballistic,
    predicted_plot,
    range_azimuth_elevation,
    start_from_one_plot,
    update_range_azimuth_elevation,
    wrapped_rad,
)

GATE_D2 = 16.0
"""Squared Mahalanobis distance (three degrees) inside which a plot may belong to a track: 99.9 % of true ones."""
GATE_MANOEUVRE_MPS2 = 90.0
"""Acceleration since the last plot that the wide gate allows for (three sigma): the 9 g of a fighter."""
GATE_MANOEUVRE_COST = 6.0
"""Price of the wide gate: a hard manoeuvre since the last plot is one case in twenty, 2 ln 20."""
GATE_COEFFICIENT_KGM2 = 1300.0
"""The wide gate holds falling bodies down to this ballistic coefficient: spent ones slow down by tens of g."""
GATE_MANOEUVRE_MAX_M = 4000.0
GATE_SIGMAS = 4.5
BOX_M = 150000.0
"""No gate is ever wider than this."""
M_HITS = 3
N_LOOKS = 5
"""Firm after 3 plots within 5 expected looks."""
N_COAST = 5.0
"""A firm track is dropped after this many expected looks without a plot."""
FIRE_LOST_S = 3.0
N_FIRE_COAST = 4.0
"""A fire-control track is lost without a plot for 3 s and for 4 revisits."""
FIRE_GATE_D2 = 25.0

START_LOW_MPS = 350.0
START_LOW_M = 12000.0
START_HIGH_MPS = 1800.0
START_HIGH_M = 25000.0
"""Speed spread of a track begun by one plot: what flies below 12 km, and above 25 km."""

Q_AIR = 1.0
Q_BALLISTIC = 1.0
Q_BALLISTIC_LOW = 25.0
"""Quiet process noise, m2/s3: straight flight; free fall above and below ``DRAG_MATTERS_M``."""
Q_MAX = 20000.0
"""Process noise of the hardest manoeuvre (6 g held 5 s)."""
Q_MEMORY_S = 6.0
"""Time in which the noise of a manoeuvre that ended fades by e."""
D2_SURPRISE = 10.0
"""An innovation beyond this (2 % of quiet ones) raises the process noise."""
DRAG_MATTERS_M = 45000.0

ENERGY_MIDDLE_J_PER_KG = 5.0e5
ENERGY_SLACK_J_PER_KG = 0.7e5
"""Kinetic plus potential energy between the fastest aircraft (4e5) and a ballistic missile of 100 km range (5e5 at burnout,
more for longer): the height and speed evidence."""
ENERGY_NO_DOUBT = 4.0
N_HITS_ENERGY = 3
"""An energy that many spreads above the middle settles the class at once, from the fourth plot on: three stray plots always
agree on some speed."""
LLR_DECIDE = 3.0
LLR_MAX = 8.0
LLR_SETTLED = 5.0
LLR_STEP_MAX = 2.0
LLR_MEMORY_S = 120.0
MAINTENANCE_S = 1.0
MERGE_D2 = 9.0
MERGE_SHARE = 0.5


@inner
def _sigma_start_mps(height):  # type: ignore[no-untyped-def]
    """Speed spread of a track that begins at this height."""
    share = (height - START_LOW_M) / (START_HIGH_M - START_LOW_M)
    share = min(max(share, 0.0), 1.0)
    return START_LOW_MPS + share * (START_HIGH_MPS - START_LOW_MPS)


@inner
def picture_of_plot(radars, n_posts, post_alive, i_radar):  # type: ignore[no-untyped-def]
    """Picture that a radar's search plots go to: its post's while that lives, else its unit's own; -1 none."""
    i_post = radars[i_radar].i_post
    if i_post >= 0 and post_alive[i_post] != 0:
        return i_post
    i_unit = radars[i_radar].i_unit
    if i_unit >= 0:
        return n_posts + i_unit
    return -1


# ------------------------------------------------------------------------------------------- one track ----


@inner
def predicted_track(track, cov, t_s):  # type: ignore[no-untyped-def]
    """Place and velocity of a track carried to a time by the motion of its class; ``cov`` (21 floats) is carried along.

    Up to a tick backwards is allowed (no noise then).
    """
    dt_s = t_s - track.t_s
    if track["class"] != codes.CLASS_BALLISTIC:
        q = max(track.q_m2ps3, Q_AIR) if dt_s > 0.0 else 0.0
        return predict_air(
            track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps, cov, dt_s, q
        )
    if dt_s > 0.0:
        above_m = height_m(track.x_m, track.y_m, track.z_m)
        coefficient = FALL_COEFFICIENT_KGM2 if above_m < DRAG_MATTERS_M else 0.0
        quiet = Q_BALLISTIC_LOW if above_m < DRAG_MATTERS_M else Q_BALLISTIC
        return predict_ballistic(
            track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps, cov, dt_s,
            max(track.q_m2ps3, quiet), coefficient,
        )  # fmt: skip
    ax, ay, az = rotating_acceleration(
        track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps
    )
    x, y, z, vx, vy, vz = predict_air(
        track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps, cov, dt_s, 0.0
    )
    return x, y, z, vx + ax * dt_s, vy + ay * dt_s, vz + az * dt_s


@inner
def predict_track(track, t_s):  # type: ignore[no-untyped-def]
    """Carry a track to a time, in place: see ``predicted_track``."""
    if t_s == track.t_s:
        return
    x, y, z, vx, vy, vz = predicted_track(track, track.cov, t_s)
    track.x_m = x
    track.y_m = y
    track.z_m = z
    track.vx_mps = vx
    track.vy_mps = vy
    track.vz_mps = vz
    track.t_s = t_s


@inner
def _inflate(cov, dt_s, q_m2ps3):  # type: ignore[no-untyped-def]
    """Add the white acceleration of ``dt_s`` to a covariance: as if it had been predicted with that much more noise."""
    q1 = q_m2ps3 * dt_s
    q2 = 0.5 * q1 * dt_s
    q3 = q1 * dt_s * dt_s / 3.0
    cov[0] += q3
    cov[6] += q3
    cov[11] += q3
    cov[3] += q2
    cov[9] += q2
    cov[14] += q2
    cov[15] += q1
    cov[18] += q1
    cov[20] += q1


@inner
def _distance2(radars, track, plot, extra_m2):  # type: ignore[no-untyped-def]
    """Squared Mahalanobis distance of a plot from a track (already at its time), and log determinant.

    ``extra_m2``: variance per axis to add to the position of the track.
    """
    i = plot.i_radar
    r = radars[i].rotation
    range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22 = predicted_plot(
        track.x_m, track.y_m, track.z_m, track.cov, radars[i].x_m, radars[i].y_m, radars[i].z_m,
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
    )  # fmt: skip
    return _plot_distance2(plot, range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22, extra_m2)


@inner
def _plot_distance2(plot, range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22, extra_m2):  # type: ignore[no-untyped-def]
    if extra_m2 > 0.0:
        across_m = range_m * math.cos(elevation_rad)
        s00 += extra_m2
        s11 += extra_m2 / max(across_m * across_m, 1.0)
        s22 += extra_m2 / max(range_m * range_m, 1.0)
    return plot_distance2(
        plot.range_m - range_m, wrapped_rad(plot.azimuth_rad - azimuth_rad), plot.elevation_rad - elevation_rad,
        s00, s01, s02, s11, s12, s22, plot.sigma_range_m, plot.sigma_azimuth_rad, plot.sigma_elevation_rad,
    )  # fmt: skip


@inner
def _unforeseen_m2(track, since_s):  # type: ignore[no-untyped-def]
    """Position variance per axis that a hard manoeuvre since the last plot would need, or the drag of a falling body in the air."""
    acceleration_mps2 = GATE_MANOEUVRE_MPS2
    if track["class"] == codes.CLASS_BALLISTIC:
        above_m = height_m(track.x_m, track.y_m, track.z_m)
        if above_m < DRAG_MATTERS_M:
            speed2 = track.vx_mps * track.vx_mps + track.vy_mps * track.vy_mps + track.vz_mps * track.vz_mps
            drag_mps2 = 0.5 * density_kgm3(above_m) * speed2 / GATE_COEFFICIENT_KGM2
            acceleration_mps2 = max(acceleration_mps2, drag_mps2)
    c = track.cov
    spread_mps = math.sqrt(max(c[15] + c[18] + c[20], 0.0))
    speed_mps = math.sqrt(
        track.vx_mps * track.vx_mps + track.vy_mps * track.vy_mps + track.vz_mps * track.vz_mps
    )
    moved_m = min(0.5 * acceleration_mps2 * since_s * since_s, GATE_MANOEUVRE_MAX_M)
    moved_m = min(moved_m, 2.0 * (speed_mps + spread_mps) * since_s) / 3.0  # no farther than turned about at once
    return moved_m * moved_m


@inner
def _weigh_class(radars, track, plot, since_s, mine, s00, s01, s02, s11, s12, s22):  # type: ignore[no-untyped-def]
    """Add the evidence of one plot for ballistic against air to ``llr``: fit of the two motions, then energy.

    ``mine`` is the squared distance of the plot from the motion of the class, ``s`` the covariance it was measured with.
    """
    i = plot.i_radar
    r = radars[i].rotation
    ax, ay, az = rotating_acceleration(
        track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps
    )
    is_falling = track["class"] == codes.CLASS_BALLISTIC
    half = 0.5 * since_s * since_s
    if is_falling:
        half = -half
    range_m, azimuth_rad, elevation_rad = range_azimuth_elevation(
        track.x_m + ax * half, track.y_m + ay * half, track.z_m + az * half,
        radars[i].x_m, radars[i].y_m, radars[i].z_m,
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
    )  # fmt: skip
    other, _ = _plot_distance2(plot, range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22, 0.0)
    step = 0.5 * (other - mine)
    if not is_falling:
        step = -step
    track.llr += min(max(step, -LLR_STEP_MAX), LLR_STEP_MAX)
    _weigh_energy(track, since_s)
    track.llr = min(max(track.llr, -LLR_MAX), LLR_MAX)


@inner
def _weigh_energy(track, since_s):  # type: ignore[no-untyped-def]
    """Evidence of height and speed: the energy of a ballistic flight is out of reach of what flies on wings."""
    ux, uy, uz, above_m = up_and_height(track.x_m, track.y_m, track.z_m)
    speed2 = track.vx_mps * track.vx_mps + track.vy_mps * track.vy_mps + track.vz_mps * track.vz_mps
    speed_mps = math.sqrt(speed2)
    c = track.cov
    sigma_speed = math.sqrt(max(c[15] + c[18] + c[20], 0.0) / 3.0)
    sigma_height = math.sqrt(max(c[0] + c[6] + c[11], 0.0) / 3.0)
    energy = 0.5 * speed2 + 9.81 * max(above_m, 0.0)
    spread = (
        speed_mps * sigma_speed
        + 0.5 * sigma_speed * sigma_speed
        + 9.81 * sigma_height
        + ENERGY_SLACK_J_PER_KG
    )
    step = (energy - ENERGY_MIDDLE_J_PER_KG) / spread
    if step > ENERGY_NO_DOUBT and track.n_hits >= N_HITS_ENERGY:
        # nothing on wings has that: waiting for more plots would only cost a short flight its defence
        track.llr = max(track.llr, LLR_SETTLED)
        return
    climb_mps = track.vx_mps * ux + track.vy_mps * uy + track.vz_mps * uz
    if step < 0.0 and track["class"] == codes.CLASS_BALLISTIC and climb_mps < -0.3 * speed_mps:
        return  # what came down from space has lost its energy to the air: no sign of wings
    weight = min(1.0, since_s / 4.0)
    track.llr += weight * min(max(step, -1.5), 1.5)


@inner
def _decide_class(track):  # type: ignore[no-untyped-def]
    """Set the class when the evidence is strong; True when it changed. Between the thresholds the class stays."""
    old = track["class"]
    new = old
    if track.llr > LLR_DECIDE:
        new = codes.CLASS_BALLISTIC
    elif track.llr < -LLR_DECIDE:
        new = codes.CLASS_AIR
    if new != old:
        track["class"] = new
        return True
    return False


@inner
def _count_label(track, label):  # type: ignore[no-untyped-def]
    """Majority vote of Boyer and Moore over the labels of the plots."""
    if track.n_label <= 0:
        track.label = label
        track.n_label = 1
    elif track.label == label:
        track.n_label += 1
    else:
        track.n_label -= 1


@inner
def take_plot(radars, track, plot):  # type: ignore[no-untyped-def]
    """Take a plot into a track: predict, adapt the noise to a surprise, update, weigh the class. True if the class changed."""
    since_s = max(plot.t_s - track.hit_s, 0.0)
    track.q_m2ps3 = track.q_m2ps3 * math.exp(-since_s / Q_MEMORY_S)
    predict_track(track, plot.t_s)
    i = plot.i_radar
    r = radars[i].rotation
    range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22 = predicted_plot(
        track.x_m, track.y_m, track.z_m, track.cov, radars[i].x_m, radars[i].y_m, radars[i].z_m,
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
    )  # fmt: skip
    distance2, _ = _plot_distance2(
        plot, range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22, 0.0
    )
    track.llr *= math.exp(-since_s / LLR_MEMORY_S)
    # A settled class is asked again at every fourth plot only.
    is_settled = track.llr < -LLR_SETTLED and track["class"] == codes.CLASS_AIR
    is_settled = is_settled or (track.llr > LLR_SETTLED and track["class"] == codes.CLASS_BALLISTIC)
    is_weighed = track.n_hits >= 2 and since_s > 0.0 and not (is_settled and track.n_plots % 4 != 0)
    if since_s > 0.0 and distance2 > D2_SURPRISE:
        # How much acceleration explains it? Four times as much until the surprise is gone.
        q = max(4.0 * track.q_m2ps3, 32.0)
        added = 0.0
        while True:
            q = min(q, Q_MAX)
            _inflate(track.cov, since_s, q - added)
            added = q
            range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22 = predicted_plot(
                track.x_m, track.y_m, track.z_m, track.cov, radars[i].x_m, radars[i].y_m, radars[i].z_m,
                r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
            )  # fmt: skip
            distance2, _ = _plot_distance2(
                plot, range_m, azimuth_rad, elevation_rad, s00, s01, s02, s11, s12, s22, 0.0
            )
            if distance2 < 0.5 * D2_SURPRISE or q >= Q_MAX:
                break
            q *= 4.0
        track.q_m2ps3 = q
    if is_weighed:
        _weigh_class(radars, track, plot, since_s, distance2, s00, s01, s02, s11, s12, s22)
    x, y, z, vx, vy, vz, _, _ = update_range_azimuth_elevation(
        track.x_m, track.y_m, track.z_m, track.vx_mps, track.vy_mps, track.vz_mps, track.cov,
        plot.range_m, plot.azimuth_rad, plot.elevation_rad,
        plot.sigma_range_m, plot.sigma_azimuth_rad, plot.sigma_elevation_rad,
        radars[i].x_m, radars[i].y_m, radars[i].z_m,
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
    )  # fmt: skip
    track.x_m = x
    track.y_m = y
    track.z_m = z
    track.vx_mps = vx
    track.vy_mps = vy
    track.vz_mps = vz
    track.hit_s = max(plot.t_s, track.hit_s)
    track.n_hits += 1
    track.n_plots += 1
    track.i_radar = i
    _count_label(track, plot.label)
    return _decide_class(track)


@inner
def begin_track(radars, track, plot, number):  # type: ignore[no-untyped-def]
    """Begin a tentative track from one plot: its place, no speed, a spread of speed by height."""
    i = plot.i_radar
    r = radars[i].rotation
    x, y, z = plot_position(
        plot.range_m, plot.azimuth_rad, plot.elevation_rad, radars[i].x_m, radars[i].y_m, radars[i].z_m,
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
    )  # fmt: skip
    pxx, pxy, pxz, pyy, pyz, pzz = plot_covariance(
        plot.range_m, plot.azimuth_rad, plot.elevation_rad,
        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
        plot.sigma_range_m, plot.sigma_azimuth_rad, plot.sigma_elevation_rad,
    )  # fmt: skip
    start_from_one_plot(track.cov, pxx, pxy, pxz, pyy, pyz, pzz, _sigma_start_mps(height_m(x, y, z)))
    track.status = codes.TRACK_TENTATIVE
    track.number = number
    track.x_m = x
    track.y_m = y
    track.z_m = z
    track.vx_mps = 0.0
    track.vy_mps = 0.0
    track.vz_mps = 0.0
    track.t_s = plot.t_s
    track.begun_s = plot.t_s
    track.begun_x_m = x
    track.begun_y_m = y
    track.begun_z_m = z
    track.firm_s = math.inf
    track.hit_s = plot.t_s
    track.n_hits = 1
    track.n_plots = 1
    track.revisit_s = radars[i].period_s
    track["class"] = codes.CLASS_UNKNOWN
    track.llr = 0.0
    track.label = plot.label
    track.n_label = 1
    track.i_radar = i
    track.q_m2ps3 = 0.0
    track.i_engaged = 0
    track.blocked_s = 0.0
    track.impact_at_s = 0.0
    track.impact_s = 0.0
    track.impact_sigma_m = 0.0
    track.i_asset = -1
    track.value = 0.0
    track.time_to_go_s = 1e9
    track.p_survive = 1.0


# ----------------------------------------------------------------------------------------- search picture ----


@inner
def _note(record, track, i_picture, log, t_s, has_changed_class):  # type: ignore[no-untyped-def]
    """After a hit: confirmation, scores, events. Returns nothing."""
    if track.status == codes.TRACK_TENTATIVE and track.n_hits >= M_HITS:
        track.status = codes.TRACK_FIRM
        track.firm_s = t_s
        log.total[TOTAL_FIRM_TRACKS] += 1.0
        if track.label < 0:
            log.total[TOTAL_FALSE_TRACKS] += 1.0
        if record >= codes.RECORD_EVENTS:
            tell(log, t_s, codes.EVENT_TRACK_FIRM, i_picture, track.number, track.label, t_s - track.begun_s)
    if track.status == codes.TRACK_FIRM:
        if track.label >= 0 and not log.score[track.label].first_track_s >= 0.0:
            log.score[track.label].first_track_s = t_s
        if has_changed_class and record >= codes.RECORD_EVENTS:
            tell(
                log, t_s, codes.EVENT_CLASSIFIED, i_picture, track.number, track.label, float(track["class"])
            )


@inner
def _refresh(track, real, i_active, ref_s):  # type: ignore[no-untyped-def]
    """Row of the compact list of a picture: where a track will be at ``ref_s``, and how wide its coarse gate is."""
    dt_s = ref_s - track.t_s
    c = track.cov
    spread2 = c[0] + c[6] + c[11] + dt_s * (2.0 * (c[3] + c[9] + c[14]) + dt_s * (c[15] + c[18] + c[20]))
    since_s = max(ref_s - track.hit_s, 0.0)
    q = Q_AIR + track.q_m2ps3
    spread2 += q * since_s * since_s * since_s
    moved_m = min(0.5 * GATE_MANOEUVRE_MPS2 * since_s * since_s, GATE_MANOEUVRE_MAX_M)
    speed_mps = abs(track.vx_mps) + abs(track.vy_mps) + abs(track.vz_mps)
    real[i_active, 0] = track.x_m + track.vx_mps * dt_s
    real[i_active, 1] = track.y_m + track.vy_mps * dt_s
    real[i_active, 2] = track.z_m + track.vz_mps * dt_s
    reach_m = GATE_SIGMAS * math.sqrt(max(spread2, 0.0)) + 2.0 * moved_m + 0.5 * speed_mps
    real[i_active, 3] = min(reach_m, BOX_M)


@inner
def _list_tracks(belief, i_picture, scratch, ref_s):  # type: ignore[no-untyped-def]
    """Number of tracks alive in a picture; their slots go to ``scratch.index_b``, their places to ``scratch.real``."""
    n_active = 0
    limit = scratch.index_b.size
    for i in range(belief.track.shape[1]):
        track = belief.track[i_picture, i]
        if track.status != codes.TRACK_FREE and n_active < limit:
            scratch.index_b[n_active] = i
            _refresh(track, scratch.real, n_active, ref_s)
            n_active += 1
    return n_active


@inner
def _associate(
    radars,
    record,
    plots,
    belief,
    kept,
    log,
    scratch,
    i_picture,
    i_radar,
    n_plots,
    n_active,
    status,
    t_first_s,
    ref_s,
):  # type: ignore[no-untyped-def]
    """Give the plots still unused (``index_a`` >= 0) to tracks of one status: gates, then assignment, then the updates.

    ``kept``: the radar's row of ``own.radar``, which counts them.
    """
    real = scratch.real
    cost = scratch.cost
    # a turning beam meets a target once a turn; an array looks again when it likes
    half_period_s = 0.5 * radars[i_radar].period_s if radars[i_radar].kind == codes.RADAR_ROTATING else 0.0
    n_rows = 0
    dearest = -math.inf
    for i_active in range(n_active):
        reach_m = real[i_active, 3]
        is_near = False
        is_row = False
        for j in range(n_plots):
            if scratch.index_a[j] < 0:
                continue
            dx = real[j, 4] - real[i_active, 0]
            reach_j_m = reach_m + real[j, 7]
            if dx > reach_j_m or dx < -reach_j_m:
                continue
            dy = real[j, 5] - real[i_active, 1]
            dz = real[j, 6] - real[i_active, 2]
            if dx * dx + dy * dy + dz * dz > reach_j_m * reach_j_m:
                continue
            track = belief.track[i_picture, scratch.index_b[i_active]]
            plot = plots.plot[scratch.index_a[j]]
            if track.status != status or (
                track.i_radar == i_radar and plot.t_s - track.hit_s < half_period_s
            ):
                break
            if not is_near:
                is_near = True
                predict_track(track, t_first_s)
                for k in range(n_plots):
                    cost[n_rows, k] = math.inf
            distance2, log_det = _gate(radars, track, plot)
            if distance2 <= GATE_D2:
                is_row = True
                cost[n_rows, j] = distance2 + log_det
                dearest = max(dearest, distance2 + log_det)
        if is_row:
            scratch.index_c[n_rows] = i_active
            n_rows += 1
            if n_rows == cost.shape[0]:
                break
    if n_rows == 0:
        return
    # A pair inside the gate is always better than staying alone; among pairs the likelier wins.
    assignment(
        cost, n_rows, n_plots, dearest + GATE_D2, scratch.column, scratch.row, scratch.dual_u, scratch.dual_v,
        scratch.shortest, scratch.i_from, scratch.visited,
    )  # fmt: skip
    for i_row in range(n_rows):
        j = scratch.column[i_row]
        if j < 0:
            continue
        i_active = scratch.index_c[i_row]
        track = belief.track[i_picture, scratch.index_b[i_active]]
        plot = plots.plot[scratch.index_a[j]]
        # an array may look more than once a scan at what it keeps
        if track.i_radar != i_radar or track.scan != kept.scan:
            kept.n_kept += 1
            track.scan = kept.scan
        has_changed_class = take_plot(radars, track, plot)
        track.revisit_s = max(track.revisit_s, radars[i_radar].period_s)
        _note(record, track, i_picture, log, plot.t_s, has_changed_class)
        _refresh(track, real, i_active, ref_s)
        scratch.index_a[j] = -1


@inner
def _gate(radars, track, plot):  # type: ignore[no-untyped-def]
    """Squared distance and log determinant of a plot from a track predicted to nearly its time.

    If the narrow gate fails: of the wide one, and its price on top.
    """
    ahead_s = plot.t_s - track.t_s
    x = track.x_m
    y = track.y_m
    z = track.z_m
    track.x_m = x + track.vx_mps * ahead_s
    track.y_m = y + track.vy_mps * ahead_s
    track.z_m = z + track.vz_mps * ahead_s
    distance2, log_det = _distance2(radars, track, plot, 0.0)
    if distance2 > GATE_D2:
        distance2, log_det = _distance2(radars, track, plot, _unforeseen_m2(track, plot.t_s - track.hit_s))
        log_det += GATE_MANOEUVRE_COST
    track.x_m = x
    track.y_m = y
    track.z_m = z
    return distance2, log_det


@inner
def _begin(radars, record, belief, own, log, scratch, i_picture, plot, n_active, ref_s):  # type: ignore[no-untyped-def]
    """Begin a track in a free slot of a picture. Returns how many tracks are alive now.

    A radar that keeps as many tracks as it can begins none.
    """
    radar = own.radar[plot.i_radar]
    most = radars[plot.i_radar].n_tracks_max
    if max(radar.n_kept, radar.n_kept_before) >= most:
        if radar.is_full == 0 and record >= codes.RECORD_EVENTS:
            tell(log, plot.t_s, codes.EVENT_RADAR_FULL, plot.i_radar, -1, -1, float(most))
        radar.is_full = 1
        return n_active
    radar.n_kept += 1
    if n_active < scratch.index_b.size:
        for i in range(belief.track.shape[1]):
            track = belief.track[i_picture, i]
            if track.status == codes.TRACK_FREE:
                belief.number[i_picture] += 1
                begin_track(radars, track, plot, belief.number[i_picture])
                track.scan = radar.scan
                for u in range(own.reason.shape[0]):
                    own.reason[u, i_picture * belief.track.shape[1] + i] = 0
                    own.ask_s[u, i_picture * belief.track.shape[1] + i] = 0.0
                if record >= codes.RECORD_FULL:
                    tell(log, plot.t_s, codes.EVENT_TRACK_BEGUN, i_picture, track.number, plot.label, 0.0)
                scratch.index_b[n_active] = i
                _refresh(track, scratch.real, n_active, ref_s)
                return n_active + 1
    log.total[TOTAL_TRACKS_FULL] += 1.0
    return n_active


@inner
def _take_batch(
    radars, record, plots, belief, own, log, scratch, i_picture, i_radar, n_plots, n_active, t_first_s, ref_s
):  # type: ignore[no-untyped-def]
    """Give the plots of one radar and tick (``index_a``) to tracks, firm ones first; begin tracks with the rest."""
    i = i_radar
    r = radars[i].rotation
    real = scratch.real
    for j in range(n_plots):
        plot = plots.plot[scratch.index_a[j]]
        x, y, z = plot_position(
            plot.range_m, plot.azimuth_rad, plot.elevation_rad, radars[i].x_m, radars[i].y_m, radars[i].z_m,
            r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8],
        )  # fmt: skip
        real[j, 4] = x
        real[j, 5] = y
        real[j, 6] = z
        wide_rad = max(plot.sigma_azimuth_rad, plot.sigma_elevation_rad)
        real[j, 7] = GATE_SIGMAS * (plot.sigma_range_m + plot.range_m * wide_rad)
    kept = own.radar[i]
    scan = int(math.floor(t_first_s / max(radars[i].period_s, 1e-3)))
    if scan != kept.scan:
        kept.n_kept_before = kept.n_kept if scan == kept.scan + 1 else 0
        kept.n_kept = 0
        kept.scan = scan
    _associate(
        radars,
        record,
        plots,
        belief,
        kept,
        log,
        scratch,
        i_picture,
        i_radar,
        n_plots,
        n_active,
        codes.TRACK_FIRM,
        t_first_s,
        ref_s,
    )
    _associate(
        radars,
        record,
        plots,
        belief,
        kept,
        log,
        scratch,
        i_picture,
        i_radar,
        n_plots,
        n_active,
        codes.TRACK_TENTATIVE,
        t_first_s,
        ref_s,
    )
    for j in range(n_plots):
        if scratch.index_a[j] >= 0:
            plot = plots.plot[scratch.index_a[j]]
            n_active = _begin(radars, record, belief, own, log, scratch, i_picture, plot, n_active, ref_s)
    return n_active


@inner
def _update_search(radars, record, n_lag_ticks, dt_s, plots, belief, own, log, scratch, tick):  # type: ignore[no-untyped-def]
    """Take in the search plots whose lag is over, radar by radar."""
    last_tick = tick - n_lag_ticks
    n_ring = plots.plot.size
    ref_s = (last_tick + 1) * dt_s
    i_listed = -1
    n_active = 0
    while plots.count[1] < plots.count[0]:
        first = plots.plot[plots.count[1] % n_ring]
        if first.tick > last_tick:
            break
        i_radar = first.i_radar
        batch_tick = first.tick
        i_picture = (
            picture_of_plot(radars, own.post_alive.size, own.post_alive, i_radar)
            if first.i_channel < 0
            else -1
        )
        if i_picture < 0:
            plots.count[1] += 1
            continue
        n_plots = 0
        t_first_s = math.inf
        while plots.count[1] < plots.count[0] and n_plots < scratch.cost.shape[1]:
            i_plot = plots.count[1] % n_ring
            plot = plots.plot[i_plot]
            if plot.i_radar != i_radar or plot.tick != batch_tick or plot.i_channel >= 0:
                break
            scratch.index_a[n_plots] = i_plot
            t_first_s = min(t_first_s, plot.t_s)
            n_plots += 1
            plots.count[1] += 1
        if i_picture != i_listed:
            n_active = _list_tracks(belief, i_picture, scratch, ref_s)
            i_listed = i_picture
        n_active = _take_batch(
            radars,
            record,
            plots,
            belief,
            own,
            log,
            scratch,
            i_picture,
            i_radar,
            n_plots,
            n_active,
            t_first_s,
            ref_s,
        )


# -------------------------------------------------------------------------------------------- maintenance ----


@inner
def _drop(record, track, i_picture, log, now_s):  # type: ignore[no-untyped-def]
    if track.status == codes.TRACK_FIRM and record >= codes.RECORD_EVENTS:
        tell(
            log, now_s, codes.EVENT_TRACK_DROPPED, i_picture, track.number, track.label, now_s - track.begun_s
        )
    track.status = codes.TRACK_FREE


@inner
def _has_expired(track, now_s):  # type: ignore[no-untyped-def]
    """Whether a track must go: a tentative one that cannot reach M of N any more, a firm one coasted too long."""
    revisit_s = max(track.revisit_s, 1e-3)
    if track.status == codes.TRACK_TENTATIVE:
        n_looks = int(
            (now_s - track.begun_s) / revisit_s - 0.3
        )  # expected since the first plot; 0.3: the target moves
        return track.n_hits + (N_LOOKS - 1 - n_looks) < M_HITS or n_looks > N_LOOKS - 1
    return now_s - track.hit_s > N_COAST * revisit_s


@inner
def _is_duplicate(young, old, now_s):  # type: ignore[no-untyped-def]
    """Whether a track lives on the crumbs of another: same place and speed within both spreads, far fewer plots."""
    dt_s = young.t_s - old.t_s
    dx = young.x_m - old.x_m - old.vx_mps * dt_s
    if dx > 20000.0 or dx < -20000.0:
        return False
    dy = young.y_m - old.y_m - old.vy_mps * dt_s
    dz = young.z_m - old.z_m - old.vz_mps * dt_s
    distance2 = dx * dx + dy * dy + dz * dz
    spread2 = (
        young.cov[0] + young.cov[6] + young.cov[11] + old.cov[0] + old.cov[6] + old.cov[11]
        + dt_s * dt_s * (old.cov[15] + old.cov[18] + old.cov[20])
    )  # fmt: skip
    if distance2 > MERGE_D2 * spread2:
        return False
    vx = young.vx_mps - old.vx_mps
    vy = young.vy_mps - old.vy_mps
    vz = young.vz_mps - old.vz_mps
    c = young.cov
    d = old.cov
    if vx * vx + vy * vy + vz * vz > MERGE_D2 * (c[15] + c[18] + c[20] + d[15] + d[18] + d[20]):
        return False
    rate_young = young.n_hits / (now_s - young.begun_s + young.revisit_s)
    rate_old = old.n_hits / (now_s - old.begun_s + old.revisit_s)
    return rate_young < MERGE_SHARE * rate_old


@inner
def _maintain(record, belief, log, now_s):  # type: ignore[no-untyped-def]
    """Drop tracks that have expired, and young firm tracks that duplicate an older one."""
    for i_picture in range(belief.track.shape[0]):
        if belief.number[i_picture] == 0:
            continue
        tracks = belief.track[i_picture]
        for i in range(tracks.size):
            track = tracks[i]
            if track.status != codes.TRACK_FREE and _has_expired(track, now_s):
                _drop(record, track, i_picture, log, now_s)
        for i in range(tracks.size):
            young = tracks[i]
            if young.status != codes.TRACK_FIRM or young.i_engaged > 0:
                continue
            if now_s - young.firm_s > 12.0 * young.revisit_s or now_s - young.begun_s < 3.0 * young.revisit_s:
                continue
            for k in range(tracks.size):
                old = tracks[k]
                if (
                    old.status == codes.TRACK_FIRM
                    and old.number < young.number
                    and _is_duplicate(young, old, now_s)
                ):
                    _drop(record, young, i_picture, log, now_s)
                    break


# ------------------------------------------------------------------------------------------- fire control ----


@inner
def _copy_track(to, origin):  # type: ignore[no-untyped-def]
    """Copy what a fire-control track inherits from the search track it was designated from."""
    to.number = origin.number
    to.x_m = origin.x_m
    to.y_m = origin.y_m
    to.z_m = origin.z_m
    to.vx_mps = origin.vx_mps
    to.vy_mps = origin.vy_mps
    to.vz_mps = origin.vz_mps
    for k in range(21):
        to.cov[k] = origin.cov[k]
    to.t_s = origin.t_s
    to.hit_s = origin.hit_s
    to["class"] = origin["class"]
    to.llr = origin.llr
    to.q_m2ps3 = origin.q_m2ps3
    to.impact_x_m = origin.impact_x_m
    to.impact_y_m = origin.impact_y_m
    to.impact_z_m = origin.impact_z_m
    to.impact_s = origin.impact_s
    to.impact_sigma_m = origin.impact_sigma_m
    to.impact_at_s = origin.impact_at_s
    to.i_asset = origin.i_asset
    to.value = origin.value


@inner
def _begin_fire_track(radars, fire, origin, plot):  # type: ignore[no-untyped-def]
    """First plot of an acquisition: the search track fused with it, tentative."""
    _copy_track(fire, origin)
    fire.n_hits = 0
    fire.n_plots = 0
    fire.n_label = 0
    fire.label = -1
    fire.firm_s = math.inf
    fire.begun_s = plot.t_s
    take_plot(radars, fire, plot)
    fire.n_hits = 1
    fire.begun_s = plot.t_s
    fire.status = codes.TRACK_TENTATIVE


@inner
def _fire_distance2(radars, track, plot):  # type: ignore[no-untyped-def]
    """Distance of a fire-control plot from a track carried to its time, the covariance grown by its age."""
    ahead_s = plot.t_s - track.t_s
    c = track.cov
    grown = ahead_s * (2.0 * (c[3] + c[9] + c[14]) + ahead_s * (c[15] + c[18] + c[20])) / 3.0
    x = track.x_m
    y = track.y_m
    z = track.z_m
    track.x_m = x + track.vx_mps * ahead_s
    track.y_m = y + track.vy_mps * ahead_s
    track.z_m = z + track.vz_mps * ahead_s
    if track["class"] == codes.CLASS_BALLISTIC:
        ax, ay, az = rotating_acceleration(x, y, z, track.vx_mps, track.vy_mps, track.vz_mps)
        half = 0.5 * ahead_s * ahead_s
        track.x_m += ax * half
        track.y_m += ay * half
        track.z_m += az * half
    extra_m2 = max(grown, 0.0) + _unforeseen_m2(track, plot.t_s - track.hit_s)
    distance2, _ = _distance2(radars, track, plot, extra_m2)
    track.x_m = x
    track.y_m = y
    track.z_m = z
    return distance2


@inner
def _is_followed(radars, belief, own, row, plot):  # type: ignore[no-untyped-def]
    """Whether another channel of the same fire unit follows what made this plot: an acquisition looks for a target of its own."""
    per_unit = own.channel.size // own.unit.size
    first = row - row % per_unit
    for other in range(first, first + per_unit):
        if (
            other != row
            and belief.fire[other].status == codes.TRACK_FIRM
            and _fire_distance2(radars, belief.fire[other], plot) < FIRE_GATE_D2
        ):
            return True
    return False


@inner
def _take_fire_plots(radars, plots, belief, own, tick):  # type: ignore[no-untyped-def]
    """Of the plots of each look take the nearest into the fire-control track of its channel."""
    n_ring = plots.plot.size
    first = plots.count[0]
    oldest = max(plots.count[0] - n_ring, 0)
    while first > oldest and plots.plot[(first - 1) % n_ring].tick == tick:
        first -= 1
    i = first
    while i < plots.count[0]:
        plot = plots.plot[i % n_ring]
        row = plot.i_channel
        if row < 0:
            i += 1
            continue
        t_s = plot.t_s
        fire = belief.fire[row]
        channel = own.channel[row]
        is_new = fire.status == codes.TRACK_FREE
        origin = fire
        is_usable = channel.status != codes.CHANNEL_FREE
        if is_new and is_usable:
            is_usable = channel.i_picture >= 0 and channel.i_track >= 0
            if is_usable:
                origin = belief.track[channel.i_picture, channel.i_track]
                is_usable = origin.status != codes.TRACK_FREE and origin.number == channel.number
        nearest = FIRE_GATE_D2
        i_nearest = -1
        while i < plots.count[0]:
            candidate = plots.plot[i % n_ring]
            if candidate.i_channel != row or candidate.t_s != t_s:
                break
            if is_usable:
                distance2 = _fire_distance2(radars, origin, candidate)
                if distance2 < nearest and (
                    fire.status == codes.TRACK_FIRM or not _is_followed(radars, belief, own, row, candidate)
                ):
                    nearest = distance2
                    i_nearest = i % n_ring
            i += 1
        if i_nearest < 0:
            continue
        plot = plots.plot[i_nearest]
        i_radar = plot.i_radar
        wanted_s = revisit_wanted_s(
            channel.status,
            channel.n_flying,
            radars[i_radar].track_revisit_s,
            radars[i_radar].track_revisit_slow_s,
        )
        revisit_s = max(wanted_s * own.radar[i_radar].stretch, 1e-3)
        if is_new:
            _begin_fire_track(radars, fire, origin, plot)
        else:
            take_plot(radars, fire, plot)
            if fire.status == codes.TRACK_TENTATIVE:
                if t_s - fire.begun_s <= 2.5 * revisit_s:
                    fire.status = codes.TRACK_FIRM
                    fire.firm_s = t_s
                else:
                    fire.n_hits = 1
                    fire.begun_s = t_s
        fire.revisit_s = revisit_s


@inner
def _maintain_fire(belief, now_s):  # type: ignore[no-untyped-def]
    """Give up fire-control tracks that got no plot for too long."""
    for row in range(belief.fire.size):
        fire = belief.fire[row]
        if fire.status == codes.TRACK_FREE:
            continue
        if now_s - fire.hit_s > max(FIRE_LOST_S, N_FIRE_COAST * fire.revisit_s):
            fire.status = codes.TRACK_FREE


# ------------------------------------------------------------------------------------------------ update ----


@inner
def update(world, plots, belief, own, log, scratch, seed, run, tick):  # type: ignore[no-untyped-def]
    """Tracks begin, sharpen, coast, drop, for one tick. The truth is not an argument.

    Fire-control plots of this tick are taken in at once; search plots after ``n_lag_ticks``. ``seed`` and ``run`` are unused:
    no draw is made here. Pinned by ``tests/engine/test_tracking.py``.
    """
    dt_s = world.clock.dt_s
    now_s = (tick + 1) * dt_s
    record = world.clock.record
    radars = world.radars
    _take_fire_plots(radars, plots, belief, own, tick)
    _maintain_fire(belief, now_s)
    _update_search(radars, record, world.clock.n_lag_ticks, dt_s, plots, belief, own, log, scratch, tick)
    if math.floor(now_s / MAINTENANCE_S) > math.floor(tick * dt_s / MAINTENANCE_S):
        _maintain(record, belief, log, now_s)
