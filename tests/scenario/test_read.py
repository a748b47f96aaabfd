"""Reading: text becomes SI, every place keeps its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from parapet.errors import ScenarioError
from parapet.scenario.document import parse_document
from parapet.scenario.read import read, read_text

TEXT = """\
parapet: 1
title: x
duration: 20 min
time_step: 100 ms
assets:
  - name: A
    place: {lat: 40, lon: 33.5 deg}
    value: 3
    radius: 1 km
    hardness: soft
systems:
  - name: S
    system: s400-full
    place: A
    antenna_mast: none
raid:
  - name: g
    threat: som
    behaviour: straight
    aim: A
  - name: h
    threat: som
    behaviour: {weave: {load: 2 g, period: 20 s}}
"""


def test_values_are_si_and_names_are_short_for_places() -> None:
    scenario = read_text(TEXT)
    assert scenario.duration_s == 1200.0
    assert scenario.time_step_s == pytest.approx(0.1)
    assert scenario.seed == 1
    assert scenario.assets[0].place.lat_rad == pytest.approx(math.radians(40.0))
    assert scenario.assets[0].place.lon_rad == pytest.approx(math.radians(33.5))
    assert scenario.assets[0].radius_m == 1000.0
    assert scenario.systems[0].place.of == "A"
    assert scenario.systems[0].antenna_mast_m == 0.0
    assert scenario.raid[0].behaviour.weave is None
    weave = scenario.raid[1].behaviour.weave
    assert weave is not None and weave.load_mps2 == pytest.approx(19.6133)


def test_every_place_keeps_its_line_and_column() -> None:
    lines = read_text(TEXT).lines
    assert lines["duration",] == (3, 1)
    assert lines["assets", 0] == (6, 5)
    assert lines["assets", 0, "place", "lon"] == (7, 22)
    assert lines["raid", 1, "behaviour", "weave", "load"] == (23, 25)


def test_a_scenario_cannot_be_changed() -> None:
    scenario = read_text(TEXT)
    with pytest.raises(ValueError, match="frozen"):
        scenario.seed = 2  # type: ignore[misc]


def test_equal_text_gives_an_equal_scenario() -> None:
    assert read_text(TEXT) == read_text(TEXT)
    assert read_text(TEXT) != read_text(TEXT.replace("value: 3", "value: 4"))


def test_only_true_and_false_are_bools_and_times_stay_text() -> None:
    document = parse_document("a: no\nb: 12:30\nc: 1e3\nd: 0x10\ne: true\nf: ~\ng: '5'\nh: 2024-01-01\n", "f")
    assert document.data == {
        "a": "no", "b": "12:30", "c": 1000.0, "d": "0x10", "e": True, "f": None, "g": "5", "h": "2024-01-01",
    }  # fmt: skip


def test_merge_keys_are_refused_and_anchors_work() -> None:
    document = parse_document("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n", "f")
    assert document.data["b"] == {"k": 1}
    assert "merge keys" in document.findings[0].message
    assert document.findings[0].line == 4


def test_read_raises_all_schema_findings(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(TEXT.replace("20 min", "20 km").replace("value: 3", "valu: 3"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(file)
    assert [finding.line for finding in caught.value.findings] == [3, 8]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert read(file).title == "x"
