"""How good the tracks are: compared with the truth, for the log only. Nothing in the battle reads what is written here."""

from __future__ import annotations

from parapet._jit import inner
from parapet.engine import codes
from parapet.engine.state import TOTAL_ERROR2_SUM, TOTAL_NEES_N, TOTAL_NEES_SUM
from parapet.engine.tracking import predicted_track
from parapet.physics.estimation import N_COV, nees

FRESH_S = 2.0
"""Only tracks with a plot so recent are scored: a coasting one has nothing to be consistent with."""
STRAY_M = 5000.0
"""Farther off than this a track is not of the threat that caused most of its plots any more: it is lost, and counted as such."""
NEES_CAP = 1000.0
"""One hopeless track must not hide all others."""


@inner
def score_tracks(truth, belief, log, scratch, now_s):  # type: ignore[no-untyped-def]
    """Add the squared position error and the normalised error (six on average when consistent) of all firm search tracks.

    A track belongs to the threat that caused most of its plots; it is carried to now by its own motion, as command would.
    False tracks, threats no longer flying and tracks farther than ``STRAY_M`` off are left out. Changes ``log.total`` only
    (``scratch`` is work space). Called at recording level full. Pinned by ``tests/engine/test_tracking.py``.
    """
    cov = scratch.dual_v
    for i_picture in range(belief.track.shape[0]):
        for i in range(belief.track.shape[1]):
            track = belief.track[i_picture, i]
            if track.status != codes.TRACK_FIRM or track.label < 0 or now_s - track.hit_s > FRESH_S:
                continue
            threat = truth.threat[track.label]
            if threat.status != codes.FLYING:
                continue
            for k in range(N_COV):
                cov[k] = track.cov[k]
            x, y, z, vx, vy, vz = predicted_track(track, cov, now_s)
            dx = x - threat.x_m
            dy = y - threat.y_m
            dz = z - threat.z_m
            error2 = dx * dx + dy * dy + dz * dz
            if error2 > STRAY_M * STRAY_M:
                continue
            value = nees(
                dx, dy, dz, vx - threat.vx_mps, vy - threat.vy_mps, vz - threat.vz_mps, cov, scratch.dual_u
            )
            log.total[TOTAL_NEES_SUM] += min(value, NEES_CAP)
            log.total[TOTAL_NEES_N] += 1.0
            log.total[TOTAL_ERROR2_SUM] += error2
