"""What the benchmarks measure is right: the tracker assigns crossing pairs and agrees with Stone Soup."""

from __future__ import annotations

import pytest


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_tracker_assigns_crossing_pairs_and_agrees_with_stone_soup(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks import bench_tracker

    monkeypatch.setattr(bench_tracker, "N_REPEATS", 1)
    found = bench_tracker.bench()
    assert found["n_right"] == found["n_targets"] == 100
    assert found["n_greedy_right"] == 0  # nearest first takes every crossing pair the wrong way round
    assert found["largest_difference"] < 1e-6
