"""The engine's memory: World (what is given), State (what changes), Log (what is told).

``World`` is a frozen tree of NamedTuples of plain read-only arrays and scalars, made once by ``compile``.
``State`` has four families that are kept apart: ``truth`` (what is), ``plots`` (what radars reported), ``belief`` (tracks) and
``own`` (our rounds, launchers, channels). Command and guidance are never passed ``truth``.
``Log`` is append-only and keeps counting past its end, so that an overflow is seen.

Units: metres, seconds, radians, kilograms, kelvin; positions and velocities in rotating WGS-84 ECEF. ``i_`` fields index
another table, -1 means none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parapet.engine import codes
from parapet.physics.ballistic import PLAN_SIZE
from parapet.physics.interceptor import N_COLUMNS
from parapet.physics.propagation import air_of

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
U8 = NDArray[np.uint64]
Records = Any

REFERENCE_HEIGHT_M = 10000.0
"""Height above sea level of the target a published detection range is understood to mean."""
N_FALL = 700
"""Steps that the way down of a ballistic track is followed for."""

# ---------------------------------------------------------------------------------------------------- World ----


class Clock(NamedTuple):
    """Time grid and switches of one battle."""

    dt_s: float  # length of a tick
    n_ticks: int  # duration in ticks
    homing_dt_s: float  # integration step of a homing round
    measure_dt_s: float  # interval between seeker measurements (a multiple of homing_dt_s)
    n_lag_ticks: int  # delay from a search plot to the command post
    n_decision_ticks: int  # ticks between two decisions
    record: int  # codes.RECORD_*
    n_sample_ticks: int  # ticks between two samples at level full
    is_poisoned: int  # 1: truth is NaN while guidance thinks (poison test)


class Air(NamedTuple):
    """Environment."""

    ground_m: float  # height of the smooth ground surface above the ellipsoid
    earth_factor: float  # effective earth radius / earth radius (4/3)
    has_wind: int
    wind_height_m: F8  # (n_wind,) at least one row; above sea level
    wind_east_mps: F8  # blowing towards
    wind_north_mps: F8


THREAT_GIVEN = np.dtype(
    [
        ("id", "u8"),  # stable id from the name
        ("kind", "i8"),  # codes.KIND_*
        ("target_class", "i8"),  # codes.TARGET_*
        ("i_type", "i8"),  # index of the catalogue type (for tables, never read by belief)
        ("i_parent", "i8"),  # -1, or the missile this spent body separates from
        ("start_s", "f8"),  # launch time
        ("i_leg", "i8"),  # first row in Legs
        ("n_legs", "i8"),  # number of waypoints (the first is the start)
        ("behaviour", "i8"),  # codes.BEHAVIOUR_*
        ("behaviour_s", "f8"),  # turn away: delay after a sensed launch or illumination; weave: period
        ("behaviour_mps2", "f8"),  # weave: lateral acceleration
        ("load_max_mps2", "f8"),  # turn limit
        ("climb_max_mps", "f8"),
        ("acceleration_max_mps2", "f8"),
        ("swerling", "i8"),
        ("glint_m", "f8"),  # wander of the apparent centre of the echo, 1 sigma
        ("rcs_m2", "f8", (codes.N_BAND, 3)),  # front, side, rear
        ("has_aim", "i8"),  # 1: ends on its aim point (leaks); 0: leaves at its last waypoint
        ("aim_x_m", "f8"),
        ("aim_y_m", "f8"),
        ("aim_z_m", "f8"),
        ("i_aim_asset", "i8"),  # -1: a point
        ("circular_error_m", "f8"),
        ("lethal_radius_m", "f8"),  # of its warhead on the ground
        ("p_destroy", "f8", (3,)),  # by hardness, given a hit inside the lethal radius
        ("cost_usd", "f8"),
        ("ballistic", "f8", (PLAN_SIZE,)),  # launch plans of physics.ballistic; zeros for air
        ("coefficient_kgpm2", "f8"),  # ballistic coefficient after cutoff, of the warhead or of the spent body
    ],
    align=True,
)  # fmt: skip
"""One row per threat (a separating body has its own row after the raid's rows, with ``i_parent`` set)."""

LEG_GIVEN = np.dtype(
    [
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("z_m", "f8"),
        ("height_m", "f8"),  # above the ellipsoid (ground already added for heights above ground)
        ("speed_mps", "f8"),  # speed wanted on the leg that ends here
    ],
    align=True,
)  # fmt: skip
"""Waypoints of all air-breathing threats."""

RADAR_GIVEN = np.dtype(
    [
        ("id", "u8"),
        ("kind", "i8"),  # codes.RADAR_*
        ("i_post", "i8"),  # command post fed (search picture), -1 none
        ("i_unit", "i8"),  # fire unit it belongs to (engagement or local radar), -1 none
        ("is_engagement", "i8"),
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("z_m", "f8"),
        ("rotation", "f8", (9,)),  # ECEF -> local east, north, up
        ("antenna_m", "f8"),  # height above the ground surface
        ("height_m", "f8"),  # height above the ellipsoid
        ("band", "i8"),
        ("frequency_hz", "f8"),
        ("period_s", "f8"),  # rotation period; search revisit for a sector array
        ("phase_rad", "f8"),  # azimuth of the beam at t = 0
        ("n_modes", "i8"),
        ("reference_range_m", "f8", (codes.N_MODE,)),
        ("reference_rcs_m2", "f8", (codes.N_MODE,)),
        ("reference_snr", "f8", (codes.N_MODE,)),  # signal-to-noise at the reference, loss included (ratio)
        ("elevation_min_rad", "f8", (codes.N_MODE,)),
        ("elevation_max_rad", "f8", (codes.N_MODE,)),
        ("range_max_m", "f8"),
        ("range_min_m", "f8"),
        ("azimuth_beamwidth_rad", "f8"),
        ("elevation_beamwidth_rad", "f8"),
        ("range_resolution_m", "f8"),
        ("range_floor_m", "f8"),
        ("angle_floor_rad", "f8"),
        ("p_false_alarm", "f8"),
        ("n_false_per_scan", "f8"),
        ("boresight_rad", "f8"),  # sector array
        ("half_sector_rad", "f8"),  # pi for rotating
        ("off_boresight_exponent", "f8"),
        ("track_revisit_s", "f8"),
        ("track_revisit_slow_s", "f8"),
        ("dwell_s", "f8"),
        ("acquisition_dwell_s", "f8"),
        ("dwell_budget", "f8"),  # fraction of time for tracking
        ("ready_s", "f8"),  # before this it does not emit (dormant: inf)
        ("n_tracks_max", "i8"),  # tracks it can keep
        ("slew_radps", "f8"),  # how fast its boresight turns; 0: it stays
        ("uplink_m", "f8"),  # slant range to which its commands reach a round
        # worked out from the rest by ``given`` and ``changed``: every look would work them out again
        ("boresight_east", "f8"), ("boresight_north", "f8"), ("half_sector_cos", "f8"),
        ("gas_dbpkm", "f8"), ("gas_scale_m", "f8"),  # loss in the air at the sea, and the height it thins out with
        ("gas_reference", "f8", (codes.N_MODE,)),  # loss in the air that the published range has overcome (ratio)
    ],
    align=True,
)  # fmt: skip
"""One row per radar: search radars first, then local radars, then engagement radars (order is free)."""

POST_GIVEN = np.dtype(
    [
        ("i_asset", "i8"),
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("z_m", "f8"),
    ],
    align=True,
)  # fmt: skip
"""Command posts. Picture i of the search tracks belongs to post i; picture n_posts + u to fire unit u alone."""

UNIT_GIVEN = np.dtype(
    [
        ("id", "u8"),
        ("i_post", "i8"),
        ("i_radar", "i8"),  # engagement radar
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("z_m", "f8"),
        ("rotation", "f8", (9,)),
        ("height_m", "f8"),
        ("n_target_channels", "i8"),
        ("n_missile_channels", "i8"),
        ("i_launcher", "i8"),
        ("n_launchers", "i8"),
        ("reaction_s", "f8"),
        ("assessment_s", "f8"),
        ("p_assessment_wrong", "f8"),
        ("policy", "i8"),
        ("mode", "i8"),
        ("salvo", "i8"),
        ("min_p_kill", "f8"),
        ("reserve", "i8"),  # rounds kept per interceptor type and fire unit
        ("hold_fire", "i8"),
        ("hostile_speed_mps", "f8"),  # slower unknown tracks are not hostile
        ("max_engagements", "i8"),  # fire channels that may hold one track at the same time
        ("hostile_radius_m", "f8"),  # closest approach to anything defended beyond this: not hostile
        ("hostile_low_m", "f8"), ("hostile_high_m", "f8"),  # heights above the ellipsoid outside these: not hostile
        ("hostile_from_rad", "f8"), ("hostile_width_rad", "f8"),  # first seen outside this sector: not hostile
        ("ready_s", "f8"),  # inf: dormant
        ("carries", "i8"),  # bit k: it was loaded with rounds of interceptor k
        ("turns", "i8"),  # idle, it turns its engagement radar to what nobody covers
    ],
    align=True,
)  # fmt: skip
"""Fire units."""

LAUNCHER_GIVEN = np.dtype(
    [
        ("i_unit", "i8"),
        ("i_asset", "i8"),
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("z_m", "f8"),
        ("interval_s", "f8"),
        ("reload_s", "f8"),
        ("n_reloads", "i8"),
    ],
    align=True,
)  # fmt: skip
"""Launchers."""

INTERCEPTOR_GIVEN = np.dtype(
    [
        ("guidance", "i8"),  # codes.GUIDANCE_*
        ("flight", "f8", (N_COLUMNS,)),  # parameter rows of physics.interceptor
        ("table_range_m", "f8"),  # ground range of a table's last column
        ("table_height_m", "f8"),  # altitude above ground of a table's last row
        ("range_air_m", "f8"),
        ("range_ballistic_m", "f8"),
        ("range_min_m", "f8"),
        ("height_min_m", "f8"),  # above ground
        ("height_max_m", "f8"),
        ("target_speed_max_mps", "f8"),
        ("flight_max_s", "f8"),
        ("arrival_speed_min_mps", "f8"),
        ("lethal_radius_m", "f8", (3,)),  # by TARGET_*
        ("p_reliability", "f8"),
        ("p_kill_inside", "f8", (3,)),  # single-shot kill probability at zero miss by TARGET_*
        ("p_kill_planned", "f8", (3,)),  # planning value by CLASS_*
        ("seeker_range_m", "f8"),  # for 1 m2, active
        ("seeker_view_rad", "f8"),  # half field of view
        ("seeker_noise_rad", "f8"),  # at reference signal-to-noise
        ("receiver_noise_rad", "f8"),  # TVM
        ("homing_s", "f8"),  # time to go at which TVM / command terminal guidance begins
        ("is_search_track_uplink", "i8"),
        ("is_channel_freed_at_lock", "i8"),
        ("cost_usd", "f8"),
    ],
    align=True,
)  # fmt: skip
"""One row per interceptor type in play."""

ASSET_GIVEN = np.dtype(
    [
        ("id", "u8"),
        ("kind", "i8"),  # codes.ASSET_*
        ("i_of", "i8"),  # index in its own table
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("z_m", "f8"),
        ("value", "f8"),
        ("radius_m", "f8"),
        ("hardness", "i8"),
    ],
    align=True,
)  # fmt: skip
"""Everything that can be hit: defended assets, command posts, radars, launchers."""


class World(NamedTuple):
    """The compiled scenario: frozen; a battle never changes a byte of it."""

    clock: Clock
    air: Air
    threats: Records  # (n_threats,) THREAT_GIVEN
    legs: Records  # (n_legs,) LEG_GIVEN
    radars: Records  # (n_radars,) RADAR_GIVEN
    posts: Records  # (n_posts,) POST_GIVEN
    units: Records  # (n_units,) UNIT_GIVEN
    launchers: Records  # (n_launchers,) LAUNCHER_GIVEN
    load: I8  # (n_launchers, n_interceptors) rounds ready
    reload: I8  # (n_launchers, n_interceptors) rounds brought by one reload
    interceptors: Records  # (n_interceptors,) INTERCEPTOR_GIVEN
    table: F8  # (n_interceptors, n_quantities, n_altitudes, n_ranges) fly-out tables of engine.flyout
    assets: Records  # (n_assets,) ASSET_GIVEN
    valued: I8  # rows of assets that a threat is weighed against: all but launchers
    policies: tuple[Any, ...]  # functions behind codes.POLICY_*, see engine.policy


WORKED_OUT = frozenset(
    {"boresight_east", "boresight_north", "half_sector_cos", "gas_dbpkm", "gas_scale_m", "gas_reference"}
)
"""Columns that nobody gives."""


def given(dtype: np.dtype[Any], columns: Mapping[str, Any]) -> Records:
    """A read-only table of one of the ``_GIVEN`` types from its columns, all of them; fields are attributes (recarray)."""
    assert dtype.names is not None
    wanted = set(dtype.names) - WORKED_OUT
    if set(columns) != wanted:
        raise ValueError(f"columns missing or unknown: {sorted(set(columns) ^ wanted)}")
    n = {len(column) for column in columns.values()}
    if len(n) != 1:
        raise ValueError(f"columns of different length: { {name: len(c) for name, c in columns.items()} }")
    rows = np.zeros(n.pop(), dtype).view(np.recarray)
    if rows.size > 0:
        for name, column in columns.items():
            rows[name] = column
    _work_out(rows)
    rows.setflags(write=False)
    return rows


def changed(rows: Records, **columns: Any) -> Records:
    """A read-only copy of a given table with some columns changed."""
    copy = rows.copy()
    for name, column in columns.items():
        copy[name] = column
    _work_out(copy)
    copy.setflags(write=False)
    return copy


def _work_out(rows: Records) -> None:
    """Fill the columns that follow from others."""
    if rows.dtype != RADAR_GIVEN:
        return
    for row in rows:
        row["boresight_east"] = math.sin(row["boresight_rad"])
        row["boresight_north"] = math.cos(row["boresight_rad"])
        row["half_sector_cos"] = math.cos(row["half_sector_rad"]) if row["half_sector_rad"] < math.pi else -2.0
        for mode in range(codes.N_MODE):
            row["gas_dbpkm"], row["gas_scale_m"], row["gas_reference"][mode] = air_of(
                row["frequency_hz"], row["height_m"], REFERENCE_HEIGHT_M, row["reference_range_m"][mode]
            )


# ---------------------------------------------------------------------------------------------------- State ----

THREAT = np.dtype(
    [
        ("status", "i8"),  # codes.WAITING ...
        ("x_m", "f8"), ("y_m", "f8"), ("z_m", "f8"),  # at the end of the tick
        ("vx_mps", "f8"), ("vy_mps", "f8"), ("vz_mps", "f8"),
        ("x0_m", "f8"), ("y0_m", "f8"), ("z0_m", "f8"),  # at the start of the tick
        ("vx0_mps", "f8"), ("vy0_mps", "f8"), ("vz0_mps", "f8"),
        ("height_m", "f8"),  # above the ellipsoid
        ("i_leg", "i8"),  # waypoint flown to
        ("aim_x_m", "f8"), ("aim_y_m", "f8"), ("aim_z_m", "f8"),  # where it will really hit (aim + error)
        ("sensed_s", "f8"),  # when it first sensed a launch or illumination, inf before
        ("is_away", "i8"),
        ("i_danger", "i8"),  # fire unit it turns away from
        ("aim_height_m", "f8"),
        ("error_east_m", "f8"), ("error_north_m", "f8"),  # aiming error of this flight
        ("end_s", "f8"),
        ("n_shots", "i8"),  # shots fired at it so far (address of the kill draw)
    ],
    align=True,
)  # fmt: skip

ASSET = np.dtype([("health", "f8"), ("n_hits", "i8"), ("lost_s", "f8")], align=True)

PLOT = np.dtype(
    [
        ("tick", "i8"),  # tick of the look
        ("t_s", "f8"),
        ("i_radar", "i8"),
        ("i_channel", "i8"),  # -1: search plot; else row of own.channel the look was made for
        ("range_m", "f8"), ("azimuth_rad", "f8"), ("elevation_rad", "f8"),  # measured
        ("sigma_range_m", "f8"), ("sigma_azimuth_rad", "f8"), ("sigma_elevation_rad", "f8"),
        ("snr", "f8"),
        ("label", "i8"),  # threat that caused it, -1 false: for scoring only, no decision reads it
    ],
    align=True,
)  # fmt: skip

TRACK = np.dtype(
    [
        ("status", "i8"),  # codes.TRACK_*
        ("number", "i8"),  # running number in its picture, never reused
        ("x_m", "f8"), ("y_m", "f8"), ("z_m", "f8"),
        ("vx_mps", "f8"), ("vy_mps", "f8"), ("vz_mps", "f8"),
        ("cov", "f8", (21,)),  # packed covariance, layout of physics.estimation
        ("t_s", "f8"),  # time of the state
        ("begun_s", "f8"), ("firm_s", "f8"), ("hit_s", "f8"),  # first plot, confirmation, last plot
        ("n_hits", "i8"),
        ("n_plots", "i8"),  # all plots since begun
        ("revisit_s", "f8"),  # expected interval between plots
        ("class", "i8"),  # codes.CLASS_*
        ("llr", "f8"),  # log likelihood ratio ballistic : air
        ("label", "i8"), ("n_label", "i8"),  # majority threat of its plots (Boyer-Moore), scoring only
        ("i_engaged", "i8"),  # fire channels assigned to this track (count)
        ("blocked_s", "f8"),  # not to be designated again before this time
        ("impact_x_m", "f8"), ("impact_y_m", "f8"), ("impact_z_m", "f8"),  # predicted, ballistic
        ("impact_s", "f8"), ("impact_sigma_m", "f8"), ("impact_at_s", "f8"),  # time of impact, spread, when computed
        ("i_asset", "i8"), ("value", "f8"), ("time_to_go_s", "f8"),  # threat evaluation
        ("p_survive", "f8"),  # planning: survival against what is assigned
        ("i_radar", "i8"),  # radar of the last plot
        ("begun_x_m", "f8"), ("begun_y_m", "f8"), ("begun_z_m", "f8"),  # where it was first seen
        ("scan", "i8"),  # scan of that radar in which it was counted as kept
        ("q_m2ps3", "f8"),  # spectral density of the manoeuvre noise in use
    ],
    align=True,
)  # fmt: skip

CHANNEL = np.dtype(
    [
        ("status", "i8"),  # codes.CHANNEL_*
        ("i_picture", "i8"), ("i_track", "i8"), ("number", "i8"),  # search track designated
        ("since_s", "f8"),  # when this status began
        ("designated_s", "f8"),
        ("next_look_s", "f8"),
        ("n_looks", "i8"),  # looks made since designation (address of the draw)
        ("n_assigned", "i8"),  # number of rounds to fire in this salvo
        ("n_fired", "i8"),  # rounds fired in this salvo
        ("n_flying", "i8"),  # rounds of this channel in flight
        ("i_interceptor", "i8"),
        ("assess_s", "f8"),  # when the kill assessment is ready
        ("assessed_kill", "i8"),
        ("label", "i8"),  # threat last seen in this channel, scoring only
        ("serial", "i8"),  # engagement number, unique in the battle
    ],
    align=True,
)  # fmt: skip

LAUNCHER = np.dtype(
    [("free_s", "f8"), ("reload_at_s", "f8"), ("n_reloads", "i8"), ("is_alive", "i8")], align=True
)

RADAR = np.dtype(
    [
        ("is_alive", "i8"),
        ("is_on", "i8"),
        ("stretch", "f8"),  # revisits are stretched by this factor when the dwell budget is overspent
        ("n_looks", "i8"), ("n_plots", "i8"), ("n_false", "i8"),
        ("n_kept", "i8"), ("n_kept_before", "i8"),  # tracks that its plots went to, in this scan and in the one before
        ("scan", "i8"), ("is_full", "i8"),
    ],
    align=True,
)  # fmt: skip

UNIT = np.dtype(
    [
        ("is_alive", "i8"),  # engagement radar alive
        ("is_autonomous", "i8"),  # its command post is lost
        ("n_channels", "i8"), ("n_missiles", "i8"),  # in use
    ],
    align=True,
)  # fmt: skip

ROUND = np.dtype(
    [
        ("status", "i8"),  # codes.ROUND_*
        ("i_unit", "i8"), ("i_channel", "i8"), ("serial", "i8"), ("i_interceptor", "i8"),
        ("i_shot", "i8"),  # row of log.shot
        ("x_m", "f8"), ("y_m", "f8"), ("z_m", "f8"),
        ("vx_mps", "f8"), ("vy_mps", "f8"), ("vz_mps", "f8"),
        ("lag_x_mps2", "f8"), ("lag_y_mps2", "f8"), ("lag_z_mps2", "f8"),  # achieved lateral acceleration
        ("cmd_x_mps2", "f8"), ("cmd_y_mps2", "f8"), ("cmd_z_mps2", "f8"),  # commanded lateral acceleration
        ("launch_s", "f8"),
        ("pip_x_m", "f8"), ("pip_y_m", "f8"), ("pip_z_m", "f8"), ("pip_s", "f8"),  # predicted intercept
        ("has_guidance", "i8"),  # 1 while it is supported (track, line of sight, sector)
        ("i_target", "i8"),  # threat its receiver sees (truth index, read by measurement only), -1
        ("est_x_m", "f8"), ("est_y_m", "f8"), ("est_z_m", "f8"),  # its own estimate of the target
        ("est_vx_mps", "f8"), ("est_vy_mps", "f8"), ("est_vz_mps", "f8"),
        ("n_measures", "i8"),
        ("is_orphan", "i8"),  # its target died before it arrived
        ("is_falling", "i8"),  # its track is ballistic
        ("i_nth", "i8"),  # n-th shot at its target (address of its draws)
        ("holds_channel", "i8"),  # 1 while it uses a missile channel
        ("end_s", "f8"), ("miss_m", "f8"), ("arrival_mps", "f8"), ("load_mps2", "f8"),  # set at closest approach
    ],
    align=True,
)  # fmt: skip


class Truth(NamedTuple):
    """What is. Sensors and nature read it; command and guidance never do."""

    threat: Records  # (n_threats,) THREAT
    asset: Records  # (n_assets,) ASSET


class Plots(NamedTuple):
    """What radars reported, in order of time: a ring read by the tracker after the lag."""

    plot: Records  # (n_ring,) PLOT
    count: I8  # type: ignore[assignment]  # (2,) written, read (both keep counting; position = count % n_ring)
    next_look_tick: NDArray[np.int32]  # (n_radars, n_threats) when the beam can next meet the threat
    n_seen: NDArray[np.int32]  # (n_radars, n_threats) detections so far


class Belief(NamedTuple):
    """What we think: search tracks by picture, fire-control tracks by channel."""

    track: Records  # (n_pictures, n_tracks) TRACK
    fire: Records  # (n_channels_all,) TRACK, same rows as own.channel
    number: I8  # (n_pictures,) next track number


class Own(NamedTuple):
    """Our means."""

    channel: Records  # (n_units * n_channels_max,) CHANNEL; unit u owns rows u*n_channels_max ...
    round: Records  # (n_rounds_max,) ROUND
    round_top: I8  # (1,) rows of round at and above this have never been used
    launcher: Records  # (n_launchers,) LAUNCHER
    rounds_left: I8  # (n_launchers, n_interceptors)
    radar: Records  # (n_radars,) RADAR
    face: Records  # (n_radars,) RADAR_GIVEN: the radars as they look now, which differs from the World where one has turned
    unit: Records  # (n_units,) UNIT
    post_alive: I8  # (n_posts,)
    reason: I8  # (n_units, n_pictures * n_tracks) last WHY_* of command for this track
    ask_s: F8  # (n_units, n_pictures * n_tracks) a falling track is not planned against before this
    serial: I8  # (1,) engagement counter


class Scratch(NamedTuple):
    """Work space of association and assignment: nothing in it outlives a stage."""

    cost: F8  # (n_work, n_work)
    row: I8  # (n_pairs,)
    column: I8  # (n_pairs,)
    partner: I8  # (n_pairs,)
    index_a: I8  # (n_pairs,)
    index_b: I8  # (n_pairs,)
    dual_u: F8  # (n_pairs,)
    dual_v: F8  # (n_pairs,)
    shortest: F8  # (n_pairs,)
    i_from: I8  # (n_pairs,)
    visited: I8  # (n_pairs,)
    real: F8  # (n_pairs, 8)
    index_c: I8  # (n_pairs,)
    fall: F8  # (N_FALL, FALL_*) the way down of one track, see engine.prediction


class State(NamedTuple):
    """Everything that lives between two ticks."""

    tick: I8  # (1,) the clock
    truth: Truth
    plots: Plots
    belief: Belief
    own: Own
    scratch: Scratch


# ------------------------------------------------------------------------------------------------------ Log ----

EVENT = np.dtype(
    [("t_s", "f8"), ("code", "i8"), ("a", "i8"), ("b", "i8"), ("c", "i8"), ("value", "f8")], align=True
)
# by code: THREAT_* a=threat; FIRST_DETECTION a=threat b=radar value=slant range m; TRACK_* a=picture b=track number c=label;
# DESIGNATED/ACQUIRED/ACQUISITION_FAILED/FIRE_TRACK_LOST/CHANNEL_RELEASED a=unit b=channel c=label; ROUND_LAUNCHED/HOMING a=unit b=shot c=label;
# INTERCEPT a=shot b=threat c=outcome value=miss m; KILL_ASSESSED a=unit b=channel c=label value=verdict; ASSET_DAMAGED a=asset b=threat value=health left;
# REASON a=unit b=threat c=WHY_* value=slant range m from the unit; RADAR_TURNED a=unit b=radar value=new boresight rad;
# RADAR_FULL a=radar value=tracks it keeps

SHOT = np.dtype(
    [
        ("i_unit", "i8"), ("i_launcher", "i8"), ("i_interceptor", "i8"), ("serial", "i8"), ("i_channel", "i8"),
        ("i_threat", "i8"),  # majority threat of the track fired at, -1: false track
        ("i_hit", "i8"),  # threat the round went for, -1 none
        ("launch_s", "f8"), ("intercept_s", "f8"),  # intercept or self-destruct
        ("range_m", "f8"), ("altitude_m", "f8"),  # of the intercept, from the fire unit, above the ellipsoid
        ("miss_m", "f8"), ("arrival_mps", "f8"), ("load_mps2", "f8"),  # load available at arrival
        ("outcome", "i8"),  # codes.SHOT_*
    ],
    align=True,
)  # fmt: skip

SCORE = np.dtype(
    [
        ("first_detection_s", "f8"), ("first_detection_range_m", "f8"), ("i_first_radar", "i8"),
        ("first_track_s", "f8"),  # first firm track whose plots are mostly this threat's
        ("first_designated_s", "f8"), ("first_launch_s", "f8"), ("n_rounds", "i8"),
        ("i_killer", "i8"),  # shot
    ],
    align=True,
)  # fmt: skip

SAMPLE = np.dtype(
    [("t_s", "f8"), ("family", "i8"), ("i", "i8"), ("x_m", "f8"), ("y_m", "f8"), ("z_m", "f8"), ("vx_mps", "f8"), ("vy_mps", "f8"), ("vz_mps", "f8"), ("sigma_m", "f8"), ("a", "i8"), ("b", "i8")],
    align=True,
)  # fmt: skip
# family 0 threat (i = threat), 1 search track (i = track number, a = picture, b = label), 2 fire-control track (i = channel row, a = serial, b = label), 3 round (i = shot)

TOTAL_NAMES = (
    "false_tracks", "firm_tracks", "plots", "false_plots", "peak_targets_engaged", "peak_missiles_guided", "peak_distinct_threats",
    "acquisitions", "acquisitions_failed", "fire_tracks_lost", "channel_time_s", "channels_released", "rounds", "duplicate_engagements",
    "tracks_full", "rounds_full", "plots_full", "not_finite", "nees_sum", "nees_n", "position_error2_sum", "looks",
)  # fmt: skip


class Log(NamedTuple):
    """What happened. ``count`` keeps counting past the end of a table."""

    event: Records
    shot: Records
    sample: Records
    count: I8  # type: ignore[assignment]  # (3,) events, shots, samples
    score: Records  # (n_threats,) SCORE
    total: F8  # (len(TOTAL_NAMES),)
    reason: NDArray[np.int8]  # (n_units, n_threats) last reason told, -1 none yet


TOTAL = {name: i for i, name in enumerate(TOTAL_NAMES)}
TOTAL_FALSE_TRACKS = TOTAL["false_tracks"]
TOTAL_FIRM_TRACKS = TOTAL["firm_tracks"]
TOTAL_PLOTS = TOTAL["plots"]
TOTAL_FALSE_PLOTS = TOTAL["false_plots"]
TOTAL_PEAK_TARGETS = TOTAL["peak_targets_engaged"]
TOTAL_PEAK_MISSILES = TOTAL["peak_missiles_guided"]
TOTAL_PEAK_DISTINCT = TOTAL["peak_distinct_threats"]
TOTAL_ACQUISITIONS = TOTAL["acquisitions"]
TOTAL_ACQUISITIONS_FAILED = TOTAL["acquisitions_failed"]
TOTAL_FIRE_TRACKS_LOST = TOTAL["fire_tracks_lost"]
TOTAL_CHANNEL_TIME = TOTAL["channel_time_s"]
TOTAL_CHANNELS_RELEASED = TOTAL["channels_released"]
TOTAL_ROUNDS = TOTAL["rounds"]
TOTAL_DUPLICATES = TOTAL["duplicate_engagements"]
TOTAL_TRACKS_FULL = TOTAL["tracks_full"]
TOTAL_ROUNDS_FULL = TOTAL["rounds_full"]
TOTAL_PLOTS_FULL = TOTAL["plots_full"]
TOTAL_NOT_FINITE = TOTAL["not_finite"]
TOTAL_NEES_SUM = TOTAL["nees_sum"]
TOTAL_NEES_N = TOTAL["nees_n"]
TOTAL_ERROR2_SUM = TOTAL["position_error2_sum"]
TOTAL_LOOKS = TOTAL["looks"]


class Sizes(NamedTuple):
    """Capacities of State and Log, decided at compile."""

    n_tracks: int
    n_channels_max: int
    n_rounds: int
    n_ring: int
    n_work: int  # side of the cost matrix
    n_pairs: int  # candidates in one decision
    n_events: int
    n_shots: int
    n_samples: int


def new_state(world: World, sizes: Sizes) -> State:
    """A State before the first tick: nothing launched, everything of ours alive and loaded."""
    n_threats = world.threats.size
    n_radars = world.radars.size
    n_units = world.units.size
    n_posts = world.posts.size
    n_launchers, n_types = world.load.shape
    n_pictures = n_posts + n_units
    work = sizes.n_work
    state = State(
        tick=np.zeros(1, np.int64),
        truth=Truth(threat=np.zeros(n_threats, THREAT), asset=np.zeros(world.assets.size, ASSET)),
        plots=Plots(
            plot=np.zeros(sizes.n_ring, PLOT),
            count=np.zeros(2, np.int64),
            next_look_tick=np.zeros((n_radars, n_threats), np.int32),
            n_seen=np.zeros((n_radars, n_threats), np.int32),
        ),
        belief=Belief(
            track=np.zeros((n_pictures, sizes.n_tracks), TRACK),
            fire=np.zeros(n_units * sizes.n_channels_max, TRACK),
            number=np.zeros(n_pictures, np.int64),
        ),
        own=Own(
            channel=np.zeros(n_units * sizes.n_channels_max, CHANNEL),
            round=np.zeros(sizes.n_rounds, ROUND),
            round_top=np.zeros(1, np.int64),
            launcher=np.zeros(n_launchers, LAUNCHER),
            rounds_left=np.zeros((n_launchers, n_types), np.int64),
            radar=np.zeros(n_radars, RADAR),
            face=world.radars.copy(),
            unit=np.zeros(n_units, UNIT),
            post_alive=np.zeros(n_posts, np.int64),
            reason=np.zeros((n_units, n_pictures * sizes.n_tracks), np.int64),
            ask_s=np.zeros((n_units, n_pictures * sizes.n_tracks)),
            serial=np.zeros(1, np.int64),
        ),
        scratch=Scratch(
            cost=np.zeros((work, work)),
            row=np.zeros(sizes.n_pairs, np.int64),
            column=np.zeros(sizes.n_pairs, np.int64),
            partner=np.zeros(sizes.n_pairs, np.int64),
            index_a=np.zeros(sizes.n_pairs, np.int64),
            index_b=np.zeros(sizes.n_pairs, np.int64),
            dual_u=np.zeros(sizes.n_pairs),
            dual_v=np.zeros(sizes.n_pairs),
            shortest=np.zeros(sizes.n_pairs),
            i_from=np.zeros(sizes.n_pairs, np.int64),
            visited=np.zeros(sizes.n_pairs, np.int64),
            real=np.zeros((sizes.n_pairs, 8)),
            index_c=np.zeros(sizes.n_pairs, np.int64),
            fall=np.zeros((N_FALL, 6)),
        ),
    )
    reset_state(world, state)
    return state


def reset_state(world: World, state: State) -> None:
    """Put ``state`` back before the first tick, so that one State serves many runs."""
    for family in (state.truth, state.plots, state.belief, state.own, state.scratch):
        for table in family:
            table[...] = np.zeros((), table.dtype)
    state.tick[0] = 0
    state.truth.asset["health"] = 1.0
    state.truth.asset["lost_s"] = np.inf
    state.truth.threat["end_s"] = np.inf
    state.truth.threat["sensed_s"] = np.inf
    state.own.launcher["is_alive"] = 1
    state.own.launcher["reload_at_s"] = np.inf
    state.own.launcher["n_reloads"] = world.launchers.n_reloads
    state.own.rounds_left[...] = world.load
    state.own.radar["is_alive"] = 1
    state.own.radar["stretch"] = 1.0
    state.own.face[...] = world.radars
    state.own.unit["is_alive"] = 1
    state.own.post_alive[...] = 1


def new_log(world: World, sizes: Sizes) -> Log:
    """An empty Log."""
    log = Log(
        event=np.zeros(sizes.n_events, EVENT),
        shot=np.zeros(sizes.n_shots, SHOT),
        sample=np.zeros(sizes.n_samples, SAMPLE),
        count=np.zeros(3, np.int64),
        score=np.zeros(world.threats.size, SCORE),
        total=np.zeros(len(TOTAL_NAMES)),
        reason=np.zeros((world.units.size, world.threats.size), np.int8),
    )
    reset_log(log)
    return log


def reset_log(log: Log) -> None:
    """Empty ``log`` for the next run."""
    for table in log:
        table[...] = np.zeros((), table.dtype)
    for field in (
        "first_detection_s",
        "first_detection_range_m",
        "first_track_s",
        "first_designated_s",
        "first_launch_s",
    ):
        log.score[field] = np.nan
    log.score["i_first_radar"] = -1
    log.score["i_killer"] = -1
    log.reason[...] = -1


assert len(codes.BANDS) == codes.N_BAND
