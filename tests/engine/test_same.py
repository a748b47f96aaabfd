"""The same battle, however it is played: chopped, replayed, resumed, recorded, in threads. Equal to the last bit."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.engine import stories

from parapet.engine import codes, runner, state
from parapet.engine.battle import advance
from parapet.engine.compile import Compiled

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def mixed() -> Compiled:
    return stories.compiled(stories.MIXED)


@pytest.fixture(scope="module")
def whole(mixed: Compiled) -> dict[str, bytes]:
    """What one call of `advance` from start to end gives."""
    battle, log = stories.fight(mixed, seed=3)
    assert log.count[1] > 3
    return everything(battle, log)


def everything(battle: state.State, log: state.Log) -> dict[str, bytes]:
    """State and log as bytes; scratch outlives no stage and is left out."""
    kept = {k: v for k, v in stories.tables_of(battle).items() if not k.startswith("scratch.")}
    return {k: np.ascontiguousarray(v).tobytes() for k, v in kept.items()} | stories.log_bytes(log)


def assert_same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert one.keys() == other.keys()
    assert [key for key in one if one[key] != other[key]] == []


def test_chopped_into_advances(mixed: Compiled, whole: dict[str, bytes]) -> None:
    rng = random.Random(5)
    for _ in range(2):
        battle, log = stories.new(mixed)
        while battle.tick[0] < mixed.world.clock.n_ticks:
            stop = min(int(battle.tick[0]) + rng.choice((0, 1, 2, 7, 40, 111)), mixed.world.clock.n_ticks)
            advance(mixed.world, battle, log, 3, 0, stop)
        assert_same(whole, everything(battle, log))


def test_a_run_replayed_alone_and_one_state_for_many_runs(mixed: Compiled) -> None:
    battle, log = stories.new(mixed)
    told = []
    for run in range(4):
        state.reset_state(mixed.world, battle)
        state.reset_log(log)
        advance(mixed.world, battle, log, 3, run, mixed.world.clock.n_ticks)
        told.append(everything(battle, log))
    alone = everything(*stories.fight(mixed, seed=3, run=2))
    assert_same(told[2], alone)
    assert told[1]["event"] != told[2]["event"]  # another run is another battle
    assert everything(*stories.fight(mixed, seed=4, run=2))["event"] != alone["event"]


def test_recording_never_changes_a_battle(whole: dict[str, bytes]) -> None:
    for record in ("outcomes", "full"):
        made = stories.compiled(stories.MIXED, record)
        battle, log = stories.fight(made, seed=3)
        told = everything(battle, log)
        changed = [key for key in whole if key in told and whole[key] != told[key]]
        # the tables of events and samples and what scores the tracks depend on the level; nothing else does
        assert set(changed) <= {"event", "sample", "count", "total", "reason", "own.reason", "shot"}, (record, changed)
        total, asked = np.frombuffer(told["total"]), np.frombuffer(whole["total"])
        rows = [i for i, name in enumerate(state.TOTAL_NAMES) if not name.startswith(("nees", "position_error"))]
        np.testing.assert_array_equal(total[rows], asked[rows])
        n = np.frombuffer(whole["count"], np.int64)[1]
        shot = np.frombuffer(told["shot"], state.SHOT)
        assert shot[:n].tobytes() == np.frombuffer(whole["shot"], state.SHOT)[:n].tobytes()
        if record == "full":
            # the beginnings of tracks, false ones included, are told at level full only
            events = np.frombuffer(told["event"], state.EVENT)[: int(log.count[0])]
            asked_events = np.frombuffer(whole["event"], state.EVENT)[: np.frombuffer(whole["count"], np.int64)[0]]
            assert events[events["code"] != codes.EVENT_TRACK_BEGUN].tobytes() == asked_events.tobytes()
            assert log.count[2] > 100


def test_two_threads_play_as_one(mixed: Compiled) -> None:
    told: dict[int, list[dict[str, bytes]]] = {}

    def work(first: int) -> None:
        told[first] = [everything(*stories.fight(mixed, seed=3, run=run)) for run in range(first, first + 3)]

    workers = [threading.Thread(target=work, args=(first,)) for first in (0, 3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for run, result in enumerate(told[0] + told[3]):
        assert_same(everything(*stories.fight(mixed, seed=3, run=run)), result)


def test_a_battle_never_changes_a_byte_of_its_world(mixed: Compiled) -> None:
    arrays = {k: v for k, v in stories.tables_of(mixed.world).items() if isinstance(v, np.ndarray)}
    assert sum(len(array.dtype.names or [""]) for array in arrays.values()) > 100
    assert all(not array.flags.writeable and array.flags.c_contiguous for array in arrays.values())
    before = {name: array.tobytes() for name, array in arrays.items()}
    stories.fight(mixed, seed=9)
    assert [name for name, array in arrays.items() if array.tobytes() != before[name]] == []


def words(made: Compiled, log: state.Log) -> list[tuple[Any, ...]]:
    """The events with names instead of row numbers, so that worlds with other rows can be compared."""
    names = made.names
    told = []
    for row in log.event[: log.count[0]]:
        code, a, b, c = int(row["code"]), int(row["a"]), int(row["b"]), int(row["c"])
        who: tuple[Any, ...] = (a, b, c)
        if code in (codes.EVENT_THREAT_LAUNCHED, codes.EVENT_THREAT_LEFT, codes.EVENT_THREAT_CRASHED):
            who = (names.threats[a],)
        elif code in (codes.EVENT_THREAT_LEAKED, codes.EVENT_THREAT_KILLED):
            who = (names.threats[a], b if code == codes.EVENT_THREAT_KILLED else -1)
        elif code == codes.EVENT_FIRST_DETECTION:
            who = (names.threats[a], names.radars[b])
        elif code == codes.EVENT_ASSET_DAMAGED:
            who = (names.assets[a], names.threats[b])
        elif code == codes.EVENT_REASON:
            who = (names.units[a], names.threats[b], c)
        elif code == codes.EVENT_INTERCEPT:
            who = (a, names.threats[b] if b >= 0 else "", c)
        elif code == codes.EVENT_TURNED_AWAY:
            who = (names.threats[a], names.units[b])
        elif code in TRACK_EVENTS:
            if a >= len(names.posts):
                continue  # a unit's own picture: its number moves with the number of posts
            who = (a, b, names.threats[c] if c >= 0 else "")
        elif code not in (codes.EVENT_RELOADED, codes.EVENT_POST_LOST, codes.EVENT_READY):
            # a unit, a channel or shot of it, a threat
            who = (names.units[a], names.threats[c] if c >= 0 and code != codes.EVENT_KILL_ASSESSED else c)
        told.append((float(row["t_s"]), code, who, float(row["value"])))
    return told


TRACK_EVENTS = (
    codes.EVENT_TRACK_BEGUN, codes.EVENT_TRACK_FIRM, codes.EVENT_TRACK_DROPPED, codes.EVENT_CLASSIFIED,
)  # fmt: skip

NOBODY = """
  - name: absent
    threat: kalibr
    time: 10 h
    route: [{bearing: 200, distance: 100 km, agl: 60 m}]
    aim: Town
"""
BLIND = """
  - name: Blind
    system: s400-fire-unit
    place: {lat: 20.0, lon: 50.0}
    elevation: 0 m
    boresights: [0]
    launchers: 4
    loads: {48n6e3: 6, 9m96e2: 8}
"""


def test_a_radar_that_sees_nothing_and_a_threat_that_never_comes_change_nothing(mixed: Compiled) -> None:
    """The far system has its own command post, so even its false plots meet nobody."""
    _, log = stories.fight(mixed, seed=3)
    text = stories.MIXED.replace("raid:\n", BLIND.lstrip("\n") + "raid:\n", 1) + NOBODY.lstrip("\n")
    more = stories.compiled(text)
    assert more.world.radars.id.size > mixed.world.radars.id.size
    _, other = stories.fight(more, seed=3)
    mine = set(mixed.names.threats)
    told = []
    for event in words(more, other):
        who = event[2]
        if event[1] in TRACK_EVENTS and who[0] == 1:
            continue  # the other post's ghosts
        if any(isinstance(name, str) and (name == "absent-01" or name.startswith("Blind")) for name in who):
            continue
        told.append(event)
    wanted = words(mixed, log)
    assert len(wanted) > 50
    assert {name for event in wanted for name in event[2] if name in mine} == mine
    assert told == wanted


_RESUME = """
import sys
import numpy as np
from parapet.engine import runner, state
from tests.engine import stories, test_same
made = stories.compiled(stories.MIXED)
battle, log = stories.new(made)
with np.load(sys.argv[1]) as saved:
    for name, table in test_same.memory(battle, log).items():
        table[...] = saved[name]
runner.advance(made.world, battle, log, 3, 0, made.world.clock.n_ticks)
np.savez(sys.argv[2], **test_same.memory(battle, log))
"""


def memory(battle: state.State, log: state.Log) -> dict[str, Any]:
    """Everything that lives between two ticks, by name."""
    return stories.tables_of(battle) | stories.tables_of(log, "log.")


def test_saved_and_loaded_in_a_new_process(mixed: Compiled, whole: dict[str, bytes], tmp_path: Path) -> None:
    battle, log = stories.new(mixed)
    advance(mixed.world, battle, log, 3, 0, 317)
    np.savez(tmp_path / "half.npz", **memory(battle, log))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", _RESUME, str(tmp_path / "half.npz"), str(tmp_path / "end.npz")], cwd=ROOT,
        env=environment, capture_output=True, text=True, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(tmp_path / "end.npz") as saved:
        for name, table in memory(battle, log).items():
            table[...] = saved[name]
    assert_same(whole, everything(battle, log))


def test_one_signature_serves_every_story() -> None:
    """A second signature would compile the whole engine again: some array is strided or differently read-only."""
    stories.play("jet")
    stories.play("two-units", record="outcomes")
    stories.play("ghosts")
    compiled_for = getattr(advance, "signatures", None)
    if not compiled_for:
        pytest.skip("compilation is off")
    assert len(compiled_for) == 1


def test_the_runner_plays_what_advance_plays(mixed: Compiled) -> None:
    scenario, catalogue = stories.read_story(stories.MIXED)
    played = runner.play(scenario, catalogue, seed=3)
    _, log = stories.fight(mixed, seed=3)
    assert played.log.event.tobytes() == log.event[: log.count[0]].tobytes()
    assert played.log.shot.tobytes() == log.shot[: log.count[1]].tobytes()
    rows = runner.outcomes(mixed, 3, range(2))
    assert rows[0, 2] == log.count[1]
    assert rows.shape == (2, 6)
