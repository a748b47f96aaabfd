"""The ladder of reasons tiles a threat's life and reads well."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parapet.analysis import why
from parapet.engine import codes
from parapet.engine.state import EVENT
from parapet.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))
from handmade import UNITS, handmade, reason


def tiles(intervals, start_s, end_s):
    """No gap, no overlap, from launch to end."""
    assert intervals[0].start_s == start_s
    assert intervals[-1].end_s == end_s
    for before, after in pairwise(intervals):
        assert before.end_s == after.start_s
        assert before.code != after.code
    assert all(interval.end_s > interval.start_s for interval in intervals)


def test_ladder_of_one_unit():
    found = why.unit_ladder(handmade(), 0, 0)
    assert [(i.start_s, i.end_s, i.reason) for i in found] == [
        (10.0, 206.0, "below horizon"),
        (206.0, 214.0, "seen, no firm track"),
        (214.0, 222.0, "reaction time"),
        (222.0, 242.5, "engaged"),
    ]
    assert str(found[2]) == "214.0 to 222.0 s  reaction time (32 km)"


def test_ladder_of_threat_is_the_unit_that_came_furthest():
    found = why.threat_ladder(handmade(), 1)
    assert [(i.start_s, i.end_s, i.reason, i.fire_unit) for i in found] == [
        (20.0, 300.0, "below horizon", UNITS[0]),
        (300.0, 310.0, "no round", UNITS[1]),
        (310.0, 320.0, "no channel", UNITS[0]),
    ]


def test_a_threat_that_flies_on_is_tiled_to_the_end_of_the_battle():
    tiles(why.threat_ladder(handmade(), 3), 25.0, 600.0)
    assert why.unit_ladder(handmade(), 3, 1)[0].code == codes.WHY_UNIT_NOT_READY


def test_not_launched_has_no_intervals():
    story = why.why(handmade(), "scud-01")
    assert story.intervals == ()
    assert "never launched" in str(story)


def test_no_fire_units():
    played = handmade()
    played.names.units = []
    played.log.event = played.log.event[played.log.event["code"] != codes.EVENT_REASON]
    found = why.threat_ladder(played, 1)
    tiles(found, 20.0, 320.0)
    assert found[0].reason == "no fire unit in the scenario"


def test_story_merges_events_in_time_order():
    text = str(why.why(handmade(), "som-01"))
    order = [
        "10.0 s  threat launched",
        "10.0 to 206.0 s  below horizon (90 km)",
        "205.0 s  first detection by Mürted/91N6E at 34 km",
        "214.0 s  track firm",
        "214.0 to 222.0 s  reaction time (32 km)",
        "222.0 s  48N6E3 launched by Mürted/fire-unit-1",
        "240.0 s  48N6E3 passes at 41.0 m, no kill",
        "242.5 s  48N6E3 passes at 3.0 m, kill",
        "242.5 s  threat killed",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "hint"), [("som-1", "'som-01'"), ("SOM-02", None), ("sud-01", "'scud-01'"), ("zzzz", "There are: som-01")]
)
def test_did_you_mean(name, hint):
    if hint is None:
        assert why.why(handmade(), name).threat == "som-02"
        return
    with pytest.raises(InputError, match=r"is not a threat of this battle") as caught:
        why.why(handmade(), name)
    assert hint in str(caught.value)


def test_separated_bodies_and_unknown_units_are_refused():
    with pytest.raises(InputError):
        why.why(handmade(), "scud-01-body")
    with pytest.raises(InputError, match="fire-unit-1"):
        why.why(handmade(), "som-01", unit="Mürted/fire-unit-3")


_STEP = st.tuples(st.integers(0, 400), st.integers(0, 1), st.integers(0, 22))


@settings(max_examples=200, deadline=None)
@given(st.lists(_STEP, max_size=30))
def test_any_log_tiles(steps):
    played = handmade()
    steps = sorted(steps)
    events = [reason(0.5 * t, u, 1, code, 1e4) for t, u, code in steps]
    played.log.event = np.array(events, dtype=EVENT)
    for unit in (0, 1):
        tiles(why.unit_ladder(played, 1, unit), 20.0, 320.0)
    found = why.threat_ladder(played, 1)
    tiles(found, 20.0, 320.0)
    # At any time no unit is further along than the ladder of the threat says.
    for t_s in np.arange(20.05, 320.0, 3.1):
        best = max(
            why.rank(next(i.code for i in why.unit_ladder(played, 1, unit) if i.start_s <= t_s < i.end_s))
            for unit in (0, 1)
        )
        assert why.rank(next(i.code for i in found if i.start_s <= t_s < i.end_s)) == best
