"""The ladder kernel on worlds made by hand: each rung for the reason it is named after."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numba
import numpy as np
import pymap3d
import pytest

from parapet._jit import entry
from parapet.engine import codes, ladder, state

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
import worlds

tell_reasons = entry(ladder.tell_reasons)


def as_records(tree):
    """The same memory, with the fields of records as attributes."""
    if hasattr(tree, "_fields"):
        return type(tree)(*[as_records(branch) for branch in tree])
    return tree.view(np.recarray) if tree.dtype.names else tree


class Stage:
    """One search radar, one fire unit looking north, and some threats; ``told`` are the reasons so far."""

    def __init__(self, *threats, **radar):
        rows = [worlds.threat(**threat) for threat in threats]
        radars = [worlds.radar(**radar), worlds.engagement_radar()]
        self.world = worlds.make_world(radars, rows, n_units=1)
        self.state = worlds.make_state(self.world, rows)
        self.state.own.radar["is_on"] = 1
        self.state.belief.track["label"] = -1
        self.state.own.channel["label"] = -1
        self.log = state.new_log(self.world, worlds.SIZES)
        if numba.config.DISABLE_JIT:  # plain NumPy records have no attributes
            self.state, self.log = as_records(self.state), as_records(self.log)

    def tell(self, tick=0):
        s = self.state
        tell_reasons(self.world, s.truth, s.belief, s.own, s.plots, self.log, tick)

    @property
    def told(self):
        return [int(row["c"]) for row in self.log.event[: self.log.count[0]]]

    def track(self, i, label, status=codes.TRACK_FIRM, number=1):
        track = self.state.belief.track[0, i]
        track["status"], track["label"], track["number"], track["n_hits"] = status, label, number, 5

    def channel(self, row, label, status, n_flying=0):
        channel = self.state.own.channel[row]
        channel["status"], channel["label"], channel["n_flying"] = status, label, n_flying
        channel["i_picture"], channel["i_track"], channel["number"] = 0, 0, 1


def test_told_once_until_it_changes():
    stage = Stage({})
    stage.tell(0)
    stage.tell(4)
    assert stage.told == [codes.WHY_BELOW_NOISE]
    row = stage.log.event[0]
    assert (row["code"], row["a"], row["b"], row["t_s"]) == (codes.EVENT_REASON, 0, 0, 0.25)
    assert row["value"] == pytest.approx(math.hypot(100e3, 10e3), rel=1e-6)


def test_the_chain_step_by_step():
    stage = Stage({})
    own, plots = stage.state.own, stage.state.plots
    stage.state.truth.threat[0]["status"] = codes.WAITING
    stage.tell(0)
    stage.state.truth.threat[0]["status"] = codes.FLYING
    stage.tell(4)
    plots.n_seen[0, 0] = 1
    stage.tell(8)
    stage.track(0, 0, codes.TRACK_TENTATIVE)
    stage.tell(12)  # nothing new
    stage.track(0, 0)
    stage.tell(16)  # firm, not decided on yet: nothing new
    own.reason[0, 0] = codes.WHY_OUT_OF_RADAR_RANGE
    stage.tell(20)
    stage.channel(0, 0, codes.CHANNEL_ACQUIRING)
    stage.tell(24)
    own.reason[0, 0] = codes.WHY_LAUNCHER_BUSY
    stage.channel(0, 0, codes.CHANNEL_TRACKING)
    stage.tell(28)
    stage.channel(0, 0, codes.CHANNEL_TRACKING, n_flying=2)
    stage.tell(32)
    stage.channel(0, 0, codes.CHANNEL_ASSESSING)
    stage.tell(36)
    stage.state.truth.threat[0]["status"] = codes.KILLED
    stage.tell(40)
    assert [codes.WHY_WORDS[code] for code in stage.told] == [
        "not launched",
        "below noise",
        "seen, no firm track",
        "out of engagement radar's range",
        "designated, not acquired",
        "launcher busy",
        "engaged",
        "held by doctrine",
        "killed",
    ]


def test_tentative_track_counts_as_seen():
    stage = Stage({})
    stage.track(3, 0, codes.TRACK_TENTATIVE)
    stage.tell()
    assert stage.told == [codes.WHY_NO_FIRM_TRACK]


def test_a_channel_on_another_threat_is_not_an_engagement():
    stage = Stage({}, {"name": "other", "x": worlds.ecef(0.0, 90e3, 10e3)})
    stage.channel(0, 1, codes.CHANNEL_TRACKING, n_flying=1)
    stage.tell()
    assert stage.told == [codes.WHY_BELOW_NOISE, codes.WHY_ENGAGED]


def test_outside_elevation_and_beyond_the_instrument():
    above = Stage({"x": worlds.ecef(0.0, 10e3, 100e3)})
    above.tell()
    assert above.told == [codes.WHY_OUTSIDE_SECTOR]
    far = Stage({"x": worlds.ecef(0.0, 700e3, 200e3)})
    far.tell()
    assert far.told == [codes.WHY_BELOW_NOISE]


@pytest.mark.parametrize("kill", ["unit", "dormant", "search radar"])
def test_out_of_action(kill):
    stage = Stage({})
    if kill == "unit":
        stage.state.own.unit[0]["is_alive"] = 0
    elif kill == "dormant":
        ready = np.array([math.inf])
        ready.flags.writeable = False
        stage.world = stage.world._replace(units=state.changed(stage.world.units, ready_s=ready))
    else:
        stage.state.own.radar[0]["is_alive"] = 0
    stage.tell()
    assert stage.told == [codes.WHY_UNIT_NOT_READY]


def test_a_unit_alone_sees_by_its_own_radars_only():
    stage = Stage({})
    stage.state.own.unit[0]["is_autonomous"] = 1
    stage.state.own.post_alive[0] = 0
    stage.tell()
    # The command post's search radar feeds nobody now; its own engagement radar searches.
    assert stage.told == [codes.WHY_BELOW_NOISE]
    stage.state.own.radar[1]["is_alive"] = 0
    stage.tell(4)
    assert stage.told[-1] == codes.WHY_UNIT_NOT_READY


@pytest.mark.parametrize("ending", [codes.LEAKED, codes.CRASHED, codes.LEFT])
def test_endings(ending):
    stage = Stage({})
    stage.state.truth.threat[0]["status"] = ending
    stage.tell()
    assert stage.told == [codes.WHY_LEAKED if ending == codes.LEAKED else codes.WHY_OVER]


def test_reads_only():
    stage = Stage({}, {"name": "other"})
    stage.track(0, 0)
    families = (stage.state.truth, stage.state.plots, stage.state.belief, stage.state.own)
    before = [table.tobytes() for family in families for table in family]
    stage.tell()
    assert [table.tobytes() for family in families for table in family] == before


def test_below_horizon_agrees_with_independent_geometry():
    """A missile at 15 m comes in at 250 m/s; pymap3d and the textbook horizon say when it rises, to one look."""
    start = worlds.at_distance(80e3, 0.2, 15.0)
    stage = Stage({"x": start}, antenna_m=24.0)
    lat, lon, _ = worlds.SITE
    step_s, rose_s, expected_s = 1.0, None, None
    for k in range(300):
        distance_m = 80e3 - 250.0 * k * step_s
        where = worlds.at_distance(distance_m, 0.2, 15.0)
        worlds.place(stage.state, 0, where, np.zeros(3))
        stage.tell(4 * k)
        if rose_s is None and stage.told[-1] != codes.WHY_BELOW_HORIZON:
            rose_s = k * step_s
        t_lat, t_lon, height_m = pymap3d.ecef2geodetic(*where)
        _, _, slant_m = pymap3d.geodetic2aer(t_lat, t_lon, height_m, math.degrees(lat), math.degrees(lon), 24.0)
        effective_m = 4.0 / 3.0 * 6371e3
        horizon_m = math.sqrt(2.0 * effective_m * 24.0) + math.sqrt(2.0 * effective_m * float(height_m))
        if expected_s is None and slant_m <= horizon_m:
            expected_s = k * step_s
    assert stage.told[0] == codes.WHY_BELOW_HORIZON
    assert rose_s is not None and expected_s is not None
    assert abs(rose_s - expected_s) <= 10.0  # one look of a radar that turns in 10 s
