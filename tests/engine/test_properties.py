"""What holds in any scenario: nothing comes of nothing, all is accounted for, names and directions change nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.engine import stories

from parapet import catalogue
from parapet.engine import codes, runner, state
from parapet.engine.compile import Compiled

CATALOGUE = catalogue.load()
QUIET = """catalogue_overrides:
  radars.91n6e.false_alarm_cells: 0
  radars.96l6e.false_alarm_cells: 0
  radars.92n6e.false_alarm_cells: 0
"""


def frozen(array: Any) -> Any:
    copy = np.array(array)
    copy.setflags(write=False)
    return copy


def with_radars(made: Compiled, **columns: Any) -> Compiled:
    """The same with some columns of the radars replaced."""
    radars = state.changed(made.world.radars, **columns)
    return runner.Compiled(made.world._replace(radars=radars), made.names, made.sizes)


def test_no_threats_no_events() -> None:
    defence = stories.STORIES["jet"].split("\n", 1)[1].split("raid:")[0]
    made = stories.compiled("duration: 120 s\n" + QUIET + defence + "raid: []\n")
    battle, log = stories.fight(made)
    assert log.count.tolist() == [0, 0, 0]
    # the radars look round, the integral of nothing is nothing
    assert not log.total.any()
    assert (battle.own.rounds_left == made.world.load).all()


def test_without_fire_units_everything_leaks() -> None:
    text = """duration: 200 s
assets:
  - {name: Town, value: 5, radius: 500 m, hardness: soft, place: {lat: 40.0, lon: 32.0}, elevation: 0 m}
raid:
  - name: som
    threat: som
    count: 4
    interval: 3 s
    route: [{bearing: 90, distance: 40 km, agl: 60 m}]
    aim: Town
"""
    made = stories.compiled(text)
    battle, log = stories.fight(made)
    assert (battle.truth.threat["status"] == codes.LEAKED).all()
    assert log.count[1] == 0
    assert battle.truth.asset["n_hits"][0] == 4
    assert battle.truth.asset["health"][0] < 1.0


@pytest.mark.parametrize("seed", range(6))
def test_everything_is_accounted_for(seed: int) -> None:
    made = stories.compiled(stories.MIXED)
    battle, log = stories.fight(made, seed=seed)
    threats, shots = battle.truth.threat, log.shot[: log.count[1]]
    known = list(codes.OUTCOME_WORDS)
    assert sum(int((threats["status"] == code).sum()) for code in known) == made.names.n_raid
    # rounds: fired and left are what was loaded
    assert shots.size + battle.own.rounds_left.sum() == made.world.load.sum()
    assert log.total[state.TOTAL_ROUNDS] == shots.size
    # a round that was not fired cannot kill: every kill has one shot of its own
    killers = log.score["i_killer"][threats["status"] == codes.KILLED]
    assert (killers >= 0).all() and len(set(killers.tolist())) == killers.size
    assert (shots["outcome"] == codes.SHOT_KILLED).sum() == killers.size
    assert (shots["outcome"][killers] == codes.SHOT_KILLED).all()
    assert (shots["i_hit"][killers] == np.flatnonzero(threats["status"] == codes.KILLED)).all()
    # nothing ends before it began
    done = np.isfinite(shots["intercept_s"])
    assert (shots["intercept_s"][done] > shots["launch_s"][done]).all()
    ended = np.isin(threats["status"], [codes.KILLED, codes.LEAKED, codes.LEFT, codes.CRASHED])
    assert (threats["end_s"][ended] > made.world.threats.start_s[ended]).all()
    # channels in use are what the units think they are
    per_unit = battle.own.channel.size // made.world.units.id.size
    for u in range(made.world.units.id.size):
        mine = battle.own.channel[u * per_unit : (u + 1) * per_unit]
        assert (mine["status"] != codes.CHANNEL_FREE).sum() == battle.own.unit["n_channels"][u]
        rounds = battle.own.round[(battle.own.round["status"] != codes.ROUND_FREE) & (battle.own.round["i_unit"] == u)]
        assert (rounds["holds_channel"] == 1).sum() == battle.own.unit["n_missiles"][u]


def test_what_a_type_is_called_changes_nothing() -> None:
    made = stories.compiled(stories.MIXED)
    turned = state.changed(made.world.threats, i_type=made.world.threats.i_type[::-1] + 3)
    other = runner.Compiled(made.world._replace(threats=turned), made.names, made.sizes)
    assert stories.log_bytes(stories.fight(made)[1]) == stories.log_bytes(stories.fight(other)[1])


def test_no_rounds_no_kills() -> None:
    made = stories.compiled(stories.MIXED.replace("{48n6e3: 6, 9m96e2: 8}", "{48n6e3: 0}"))
    battle, log = stories.fight(made)
    assert log.count[1] == 0
    assert not (battle.truth.threat["status"] == codes.KILLED).any()


def turned(text: str, angle: int) -> str:
    """The scene rotated about the site."""
    return text.replace("boresights: [0]", f"boresights: [{angle}]").replace("bearing: 0,", f"bearing: {angle},")


def test_rotating_the_scene_keeps_the_statistics() -> None:
    """Kills stay. Rounds may not: the phase of a radar's scan is fixed by its name, so the beam meets the raid elsewhere."""
    text = stories.STORIES["jet"]
    text = text.replace("threat: generic-target", "threat: generic-target\n    count: 3\n    interval: 4 s")
    n_runs = 60
    rows = [runner.outcomes(stories.compiled(turned(text, angle), "outcomes"), 2, range(n_runs)) for angle in (0, 137)]
    for column in (0, 1):  # killed, leaked
        one, other = (part[:, column].astype(float) for part in rows)
        spread = math.sqrt((one.var(ddof=1) + other.var(ddof=1)) / n_runs) + 0.02
        assert abs(one.mean() - other.mean()) < 3.5 * spread, (column, one.mean(), other.mean())


def test_more_radar_power_never_sees_later() -> None:
    """Paired draws: the same look with a better chance. Nobody shoots, so the scene stays the same."""
    text = stories.STORIES["hold-fire"].replace("distance: 35 km", "distance: 60 km")
    made = stories.compiled(text.replace("threat: generic-target", "threat: f-35a\n    count: 6\n    interval: 3 s"))
    strong = with_radars(made, reference_snr=2.0 * made.world.radars.reference_snr)
    n_earlier = 0
    for run in range(5):
        (_, one), (_, other) = (stories.fight(world, run=run) for world in (made, strong))
        first, better = one.score["first_detection_s"], other.score["first_detection_s"]
        seen = np.isfinite(first)
        assert (better[seen] <= first[seen]).all()
        assert (other.score["first_detection_range_m"][seen] >= one.score["first_detection_range_m"][seen] - 1e-6).all()
        n_earlier += int((better[seen] < first[seen]).sum())
    assert n_earlier > 5


@pytest.mark.parametrize("name", sorted(CATALOGUE.threats))
def test_every_threat_of_the_catalogue_plays_for_a_minute(name: str) -> None:
    entry = CATALOGUE.threats[name]
    if entry.is_ballistic:
        distance_m = 0.5 * (entry.si("range_min") + entry.si("range_max"))
        way = f"launch: {{bearing: 0, distance: {distance_m / 1e3:.0f} km}}"
    else:
        way = "route: [{bearing: 0, distance: 60 km}]"
    text = "duration: 60 s\n" + stories.STORIES["hold-fire"].split("\n", 1)[1].split("raid:")[0]
    text += f"raid:\n  - name: one\n    threat: {name}\n    {way}\n    aim: Guard\n"
    made = stories.compiled(text)
    battle, log = stories.fight(made)
    threat = battle.truth.threat[0]
    assert threat["status"] == codes.FLYING
    assert log.total[state.TOTAL_NOT_FINITE] == 0.0
    where = [float(threat[f"{axis}_m"]) for axis in "xyz"]
    speed = math.sqrt(sum(float(threat[f"v{axis}_mps"]) ** 2 for axis in "xyz"))
    assert all(math.isfinite(x) for x in where)
    assert -100.0 < threat["height_m"] < 2e6
    if not entry.is_ballistic:
        assert entry.si("speed_min") * 0.99 <= speed <= entry.si("speed_max") * 1.01
    else:
        assert 300.0 < speed < 6000.0
