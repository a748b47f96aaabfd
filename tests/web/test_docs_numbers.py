"""What docs/replay.md says of the raid of eighty, beside its pictures, is what the program gives.

When this fails, the pictures are another engine's too: ``PARAPET_SHOTS=docs/images python web/build.py --test`` takes
them anew.
"""

from __future__ import annotations

import re

import pytest
from tests.web.conftest import ROOT

import parapet
from parapet.web import zones


@pytest.fixture(scope="module")
def text():
    return (ROOT / "docs" / "replay.md").read_text(encoding="utf-8").replace("\n", " ")


@pytest.fixture(scope="module")
def battle():
    return parapet.run(ROOT / "examples" / "raid-80.yaml", record="outcomes")


def test_counts_beside_the_picture(text, battle):
    (said,) = re.findall(r"Of (\d+) threats (\d+) are killed and (\d+) leaks?; (\d+) rounds are fired", text)
    totals = battle.totals
    assert [int(one) for one in said] == [
        totals["threats"], totals["killed"], totals["leaked"], totals["rounds_fired"],
    ]  # fmt: skip


def test_the_address_shows_the_leaker_before_it_leaks(text, battle):
    ((t_s, name),) = re.findall(r"#t=(\d+)&threat=([\w-]+)", text)
    assert f"The ladder of the leaker, {name}" in text
    (row,) = battle.threats.filter(battle.threats["name"] == name).to_dicts()
    assert row["outcome"] == "leaked"
    assert 5.0 < row["end_s"] - float(t_s) < 60.0


def test_reach_against_a_tomahawk(text, battle):
    ((low, high, printed),) = re.findall(
        r"meets a Tomahawk at (\d+) km when it flies at 50 m and at (\d+) km at 10 km; what is printed for its longest "
        r"interceptor is (\d+) km",
        text,
    )
    found = zones.zones(battle.played, (50.0, 10_000.0))
    reach = {
        at: max(zone.outer_m.max() for zone in found if zone.type == "tomahawk" and zone.altitude_m == at)
        for at in (50.0, 10_000.0)
    }
    assert [round(reach[50.0] / 1e3), round(reach[10_000.0] / 1e3)] == [int(low), int(high)]
    longest_m = max(float(one["range_air_m"]) for one in battle.played.world.interceptors)
    assert round(longest_m / 1e3) == int(printed)
