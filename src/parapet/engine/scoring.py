"""How good the tracks are: compared with the truth, for the log only. Nothing in the battle reads what is written here."""

from __future__ import annotations

from parapet._jit import inner
from parapet.engine import codes
from parapet.engine.state import TOTAL_ERROR2_SUM, TOTAL_NEES_N, TOTAL_NEES_SUM
from parapet.physics.estimation import nees

FRESH_S = 2.0
"""Only tracks updated so recently are scored: the truth is carried back to their time in a straight line."""
NEES_CAP = 1000.0
"""One hopeless track must not hide all others."""


@inner
def score_tracks(truth, belief, log, scratch, now_s):  # type: ignore[no-untyped-def]
    """Add the squared position error and the normalised error (six on average when consistent) of all firm search tracks.

    A track belongs to the threat that caused most of its plots; false tracks and threats no longer flying are left out. Changes
    ``log.total`` only (``scratch`` is work space). Called at recording level full.
    Pinned by ``tests/engine/test_tracking.py``.
    """
    for i_picture in range(belief.track.shape[0]):
        for i in range(belief.track.shape[1]):
            track = belief.track[i_picture, i]
            if track.status != codes.TRACK_FIRM or track.label < 0:
                continue
            back_s = now_s - track.t_s
            threat = truth.threat[track.label]
            if back_s > FRESH_S or threat.status != codes.FLYING:
                continue
            dx = track.x_m - threat.x_m + threat.vx_mps * back_s
            dy = track.y_m - threat.y_m + threat.vy_mps * back_s
            dz = track.z_m - threat.z_m + threat.vz_mps * back_s
            value = nees(
                dx, dy, dz, track.vx_mps - threat.vx_mps, track.vy_mps - threat.vy_mps, track.vz_mps - threat.vz_mps,
                track.cov, scratch.dual_u,
            )  # fmt: skip
            log.total[TOTAL_NEES_SUM] += min(value, NEES_CAP)
            log.total[TOTAL_NEES_N] += 1.0
            log.total[TOTAL_ERROR2_SUM] += dx * dx + dy * dy + dz * dz
