"""Kill rates beside the record: types apart, runs as the units."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from validation.battles import Played, Rate, Rates, add_run, rate_row, rates_table

from parapet import catalogue
from parapet.engine import codes

KNOWN = catalogue.load()
KILLED, LEAKED = codes.KILLED, codes.LEAKED


def rates(n_runs: int) -> Rates:
    """Two SOM that always die, a Kalibr that nobody sees, a Shahed that dies in every second run."""
    found = Rates()
    names = SimpleNamespace(n_raid=4, threat_types=["som", "som", "kalibr", "shahed-136"])
    for run in range(n_runs):
        status = [KILLED, KILLED, LEAKED, KILLED if run % 2 else LEAKED]
        add_run(found, KNOWN, names, status, np.array([1.0, 2.0, np.nan, 3.0]), 5)
    return found


def test_types_are_told_apart() -> None:
    found = rates(20)
    som, kalibr, shahed = (found.types[name] for name in ("som", "kalibr", "shahed-136"))
    assert (som.n_each, kalibr.n_each, shahed.n_each) == (2, 1, 1)
    assert (som.seen, kalibr.seen, shahed.seen) == (40, 0, 20)
    assert som.killed == [2] * 20 and kalibr.killed == [0] * 20 and sum(shahed.killed) == 10
    assert found.rounds == 100


def test_what_nobody_sees_is_not_compared() -> None:
    found = rates(20)
    row = rate_row(found.types["kalibr"], 20)
    assert row.verdict == "not comparable" and "geometry" in row.note
    assert "MISMATCH" in rate_row(found.types["som"], 20).verdict
    played = Played()
    played.ankara = found
    line = next(line for line in rates_table(played) if "Kalibr" in line)
    assert "never: geometry" in line and "not comparable" in line


def test_intervals_count_runs_not_threats() -> None:
    """Eight that always share one fate tell as much as one: the interval must not shrink with their number."""
    fate = [8 * (run % 2) for run in range(40)]
    together = Rate("x", "drone", 8, fate)
    alone = Rate("x", "drone", 1, [value // 8 for value in fate])
    assert together.share == pytest.approx(alone.share)
    value, low, high = together.share
    assert value == 50.0 and high - low > 25.0
    for n_each in (1, 8):
        sure = Rate("x", "drone", n_each, [n_each] * 40).share
        assert sure == pytest.approx(
            (100.0, 100.0 * 0.025 ** (1 / 40), 100.0)
        )  # none of 40: up to 8.8 % unseen
