"""Track quality against a battle written by hand, and pattern distances against sums by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import parapet
from parapet.analysis.quality import pattern_distances, quality
from parapet.engine import codes
from parapet.engine.state import SAMPLE, SCORE, TOTAL_NAMES, TOTAL_NEES_N, TOTAL_NEES_SUM
from parapet.errors import InputError

EAST_M = 100.0
"""How far off the hand-made track is."""


def battle(record: int = codes.RECORD_FULL) -> Any:
    """Ten seconds: `a` flies along x and is seen at 1 s, firm at 3 s; track 7 lasts 3 to 5 s, track 9 8 to 10 s.

    `b` flies too and is never seen. A false track stands 60 km off from 9 s on.
    """
    rows = []
    for t in range(1, 11):
        rows.append((t, 0, 0, 200.0 * t, 0.0, 0.0, 200.0, 0.0, 0.0, 0.0, -1, -1))
        rows.append((t, 0, 1, 0.0, 9e4, 0.0, 0.0, 0.0, 0.0, 0.0, -1, -1))
        if 3 <= t <= 5:
            rows.append((t, 1, 7, 200.0 * t, EAST_M, 0.0, 200.0, 0.0, 0.0, 50.0, 0, 0))
        if t >= 8:
            rows.append((t, 1, 9, 200.0 * t, 3.0 * EAST_M, 0.0, 200.0, 0.0, 0.0, 50.0, 0, 0))
        if t >= 7:  # what is left of its first track flew straight on: still its own, 5 km and more from it
            rows.append((t, 1, 7, 200.0 * t, 5e3, 0.0, 200.0, 0.0, 0.0, 50.0, 0, 0))
        if t >= 9:
            rows.append((t, 1, 11, 6e4, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0, 0, -1))
    score = np.zeros(2, SCORE)
    score["first_detection_s"] = score["first_track_s"] = np.nan
    score[0]["first_detection_s"], score[0]["first_track_s"] = 1.0, 2.5
    total = np.zeros(len(TOTAL_NAMES))
    total[TOTAL_NEES_SUM], total[TOTAL_NEES_N] = 42.0, 6.0
    return SimpleNamespace(
        world=SimpleNamespace(clock=SimpleNamespace(record=record)),
        names=SimpleNamespace(threats=["a", "b"], threat_types=["som", "som"], n_raid=2),
        log=SimpleNamespace(sample=np.array(rows, SAMPLE), score=score, total=total),
    )


def test_quality_of_a_battle_by_hand() -> None:
    found = quality(battle(), cutoff_m=1000.0)
    a, b = found.threats
    assert a.delay_s == pytest.approx(1.5)
    assert (a.seconds, a.seconds_tracked, a.n_tracks) == (8, 6, 2)  # 3 to 10 s; without a track at 6 and 7 s
    assert a.continuity == found.continuity == pytest.approx(0.75)
    assert a.rmse_m == found.rmse_m == pytest.approx(math.sqrt((3 * 100.0**2 + 3 * 300.0**2) / 6))
    assert (b.delay_s, b.seconds, b.n_tracks, b.rmse_m, b.continuity) == (None, 0, 0, None, None)
    assert found.nees == pytest.approx(7.0)
    assert (a.strays, b.strays, found.strays) == (4, 0, 4)  # 7 to 10 s: neither covers it nor counts as an error
    # one truth from 1 s on: missed at 1, 2, 6, 7 s (c / 2 each), 100 m off three times, 300 m after that; a stray from 7 s on
    # and a false one from 9 s on
    assert found.gospa_m == pytest.approx((3 * 500.0 + 1000.0 + 3 * 100.0 + 800.0 + 2 * 1300.0) / 10)
    assert found.ospa_m == pytest.approx((4 * 1000.0 + 3 * 100.0 + 650.0 + 2 * 2300.0 / 3.0) / 10)
    assert (found.missed, found.false) == pytest.approx((0.4, 0.6))
    assert "75 %" in str(found)
    assert found.table["continuity"].to_list() == [0.75, None]


def test_pattern_distances_take_the_best_pairing() -> None:
    """T4 again in space, and a case in which the nearest-first pairing is dearer."""
    truths = np.zeros((5, 3))
    truths[:, 0] = np.arange(5.0)
    tracks = truths + (0.5, 0.0, 0.0)
    assert pattern_distances(truths, tracks, 10.0) == pytest.approx((2.5, 0.5, 0, 0))
    truths, tracks = np.array([[0.0, 0, 0], [10.0, 0, 0]]), np.array([[9.0, 0, 0], [18.0, 0, 0]])
    assert pattern_distances(truths, tracks, 100.0)[0] == pytest.approx(17.0)
    none = np.zeros((0, 3))
    assert pattern_distances(none, tracks, 100.0) == pytest.approx((100.0, 100.0, 0, 2))


def test_quality_needs_the_full_record() -> None:
    with pytest.raises(InputError, match='record="full"'):
        quality(battle(codes.RECORD_EVENTS))
    with pytest.raises(InputError, match="cutoff_m"):
        quality(battle(), cutoff_m=0.0)


def test_quality_of_a_played_battle() -> None:
    played = parapet.run("examples/low-flyer.yaml", record="full")
    found = played.quality()
    rows = {row.name: row for row in played.threat_rows}
    tracked = [one for one in found.threats if one.seconds]
    assert tracked and found.nees is not None and found.nees > 0.0
    for one in found.threats:
        row = rows[one.name]
        assert (one.delay_s is None) == (row.first_track_s is None)
        if row.first_track_s is not None and row.first_detection_s is not None:
            assert one.delay_s == pytest.approx(row.first_track_s - row.first_detection_s)
    for one in tracked:
        assert 0 < one.seconds_tracked <= one.seconds
        assert one.rmse_m is not None and 1.0 < one.rmse_m < 5e3
