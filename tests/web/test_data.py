"""What the page is told, held against the battle."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.web.conftest import ROOT

import parapet
from parapet.engine import codes
from parapet.errors import InputError
from parapet.web.data import data, script


@pytest.fixture(scope="module")
def told(battle):
    return json.loads(json.dumps(data(battle), allow_nan=False))


def test_the_script_holds_the_data_and_no_code(battle, told):
    text = script(battle).decode("ascii")
    head, tail = "globalThis.PARAPET_BATTLE = JSON.parse(", ");\n"
    assert text.startswith(head) and text.endswith(tail)
    literal = text[len(head) : -len(tail)]
    assert json.loads(json.loads(literal)) == told  # one string, and in it the data
    assert text.count("\n") == 1
    assert told["title"] == battle.title


def test_threats_and_ladders_are_the_battles(battle, told):
    assert [one["name"] for one in told["threats"]] == [row.name for row in battle.threat_rows]
    assert [one["outcome"] for one in told["threats"]] == [row.outcome for row in battle.threat_rows]
    for one in told["threats"]:
        why = battle.why(one["name"])
        assert len(one["ladder"]) == len(why.intervals) and len(one["moments"]) == len(why.moments)
        for (start, end, code, unit, range_m), interval in zip(one["ladder"], why.intervals, strict=True):
            assert start == pytest.approx(interval.start_s, abs=0.006)
            assert end == pytest.approx(interval.end_s, abs=0.006)
            assert told["reasons"][str(code)] == codes.WHY_WORDS[interval.code]
            assert (told["units"][unit] if unit >= 0 else None) == interval.fire_unit
            assert (range_m is None) == (interval.start_range_m is None)
        ends = [row[1] for row in one["ladder"]]
        assert ends[:-1] == [row[0] for row in one["ladder"]][1:]  # no gap, no overlap
        for k, name in enumerate(told["units"] if one["by_unit"] else []):
            own = battle.why(one["name"], name).intervals
            assert [row[2] for row in one["by_unit"][k]] == [interval.code for interval in own]


def test_events_are_the_logs(battle, told):
    events = battle.events
    rows = told["events"]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    for code in (
        codes.EVENT_THREAT_LAUNCHED, codes.EVENT_ROUND_LAUNCHED, codes.EVENT_INTERCEPT, codes.EVENT_THREAT_KILLED,
        codes.EVENT_THREAT_LEAKED, codes.EVENT_FIRST_DETECTION, codes.EVENT_ASSET_DAMAGED, codes.EVENT_DESIGNATED,
    ):  # fmt: skip
        mine = [row for row in rows if row[2] == code]
        want = events.filter(events["code"] == code)
        assert len(mine) == len(want), code
        names = [
            told["threats"][row[4]]["name"] if 0 <= row[4] < len(told["threats"]) else None for row in mine
        ]
        wanted = [name if name in {t["name"] for t in told["threats"]} else None for name in want["threat"]]
        assert sorted(names, key=str) == sorted(wanted, key=str)
    assert len(told["shots"]) == len(battle.shot_rows) == battle.totals["rounds_fired"]


def test_sensors_and_rings(battle, told):
    names = [one["name"] for one in told["sensors"]]
    assert names == battle.played.names.radars
    for one, radar in zip(told["sensors"], battle.played.world.radars, strict=True):
        assert (one["boresight_deg"] is None) == (int(radar["kind"]) == codes.RADAR_ROTATING)
        if one["boresight_deg"] is not None:
            assert np.radians(one["boresight_deg"]) == pytest.approx(float(radar["boresight_rad"]), abs=1e-4)
    rows = dict(zip(battle.played.names.interceptors, battle.played.world.interceptors, strict=True))
    assert told["rings"]
    for ring in told["rings"]:
        assert ring["range_m"] == float(rows[ring["interceptor"]]["range_air_m"])


def test_a_battle_without_positions_is_refused():
    battle = parapet.run(ROOT / "examples" / "low-flyer.yaml", record="events")
    with pytest.raises(InputError, match="full"):
        data(battle)


def test_every_example_can_be_told():
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        if path.name in ("raid-80.yaml", "saturation.yaml", "turkiye.yaml"):
            continue  # long ones are told in the browser's tests; the last is a dispute
        told = data(parapet.run(path, record="full"))
        json.dumps(told, allow_nan=False)
        assert told["threats"] and told["czml"][0]["id"] == "document"
