"""Plots had by playing a battle once more are those of the battle."""

from __future__ import annotations

import numpy as np
import pytest

from parapet.engine.state import TOTAL
from parapet.errors import RunError
from parapet.export import plots as module
from parapet.export.asterix import plot_heights_m


@pytest.fixture(scope="module")
def table(battle):
    return module.plots(battle)


def test_counts_and_first_detections_are_those_of_the_log(battle, table):
    total = battle.played.log.total
    assert int((table["label"] >= 0).sum()) == int(total[TOTAL["plots"]]) == battle.totals["plots"] > 1_000
    assert int((table["label"] < 0).sum()) == int(total[TOTAL["false_plots"]]) > 0
    for i, row in enumerate(battle.threat_rows):
        mine = table[table["label"] == i]
        if row.first_detection_s is None:
            assert not len(mine)
            continue
        first = mine[int(np.argmin(mine["t_s"]))]
        assert first["t_s"] == row.first_detection_s
        assert battle.played.names.radars[int(first["i_radar"])] == row.first_detection_radar


def test_heights_are_those_of_the_threats(battle, made, table):
    """Measured height against truth, in units of what range times the spread of elevation makes of it."""
    heights = plot_heights_m(battle.played.world.radars, table)
    paths = {track.key: track for track in made.of("threat")}
    off = []
    for plot, height in zip(table, heights, strict=True):
        path = paths.get(f"threat-{int(plot['label'])}")
        if path is not None and path.t_s[0] < plot["t_s"] < path.t_s[-1]:
            truth = np.interp(plot["t_s"], path.t_s, path.height_m)
            off.append((height - truth) / max(plot["range_m"] * plot["sigma_elevation_rad"], 20.0))
    assert len(off) > 1_000
    assert abs(np.median(off)) < 0.1 and np.mean(np.abs(off) < 3.5) > 0.99


def test_a_lapped_ring_is_an_error(battle, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_TICKS", 10**9)
    n_plots = battle.totals["plots"]
    if n_plots <= battle.played.sizes.n_ring:
        monkeypatch.setattr(battle.played, "sizes", battle.played.sizes._replace(n_ring=n_plots // 2))
    with pytest.raises(RunError):
        module.plots(battle)
