"""Tiny battles told in words: each a scenario a person could write, small enough to know what must come of it.

``play`` gives a played battle by the name of its story; a battle is played once and kept for all tests that look at it.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from tests.engine.worlds import with_fields

from parapet.catalogue import Catalogue
from parapet.engine import codes, runner, state
from parapet.engine.compile import Compiled, compile_scenario
from parapet.scenario import check as checks
from parapet.scenario.read import read_text
from parapet.scenario.schema import Scenario

_SITE = "place: {lat: 40.0, lon: 32.0}\n    elevation: 0 m"
_TOWN = """
assets:
  - {name: Town, value: 5, radius: 500 m, hardness: soft, place: {lat: 40.0, lon: 32.0}, elevation: 0 m}
"""


def _unit(rest: str = "", system: str = "s400-fire-unit", boresights: str = "[0]", loads: str = "{48n6e3: 8}") -> str:
    """One system at the site, looking north, with few rounds of one type."""
    return f"""
systems:
  - name: Guard
    system: {system}
    {_SITE}
    boresights: {boresights}
    launchers: 4
    loads: {loads}
{rest}"""


STORIES: dict[str, str] = {
    # One jet flies straight at a fire unit that looks its way.
    "jet": "duration: 200 s" + _unit() + """
raid:
  - name: jet
    threat: generic-target
    route: [{bearing: 0, distance: 110 km, altitude: 9 km}]
    aim: Guard
""",
    # The same jet comes from behind: the engagement radar looks the other way.
    "behind": "duration: 180 s" + _unit() + """
raid:
  - name: jet
    threat: generic-target
    route: [{bearing: 180, distance: 40 km, altitude: 9 km}]
    aim: Guard
""",
    # A cruise missile at 15 m comes up over the horizon of antennas at 7 m.
    "skimmer": "duration: 120 s" + _unit() + """
raid:
  - name: skimmer
    threat: tomahawk
    speed: 250 m/s
    route: [{bearing: 20, distance: 38 km, agl: 15 m}]
    aim: Guard
""",
    # Nothing is switched on.
    "dormant": "duration: 120 s" + _TOWN + _unit("    status: dormant") + """
raid:
  - name: jet
    threat: generic-target
    route: [{bearing: 0, distance: 25 km, altitude: 9 km}]
    aim: Town
""",
    # Two jets, two rounds.
    "two-rounds": "duration: 200 s" + _unit(loads="{48n6e3: 2}") + """
raid:
  - name: jet
    threat: generic-target
    count: 2
    spacing: {lateral: 30 km}
    route: [{bearing: 0, distance: 110 km, altitude: 9 km}]
    aim: Guard
""",
    # A Scud falls on a town that the fire unit stands in.
    "scud": "duration: 340 s" + _TOWN + _unit("    fire_unit_offsets: [{bearing: 180, distance: 10 km}]") + """
raid:
  - name: scud
    threat: scud-b
    launch: {bearing: 0, distance: 250 km}
    aim: Town
""",
    # A radar that sees ghosts, and nobody there.
    "ghosts": """duration: 240 s
catalogue_overrides:
  radars.91n6e.instrumented_range: 60 km
  radars.91n6e.false_alarm_cells: 12000000
  radars.96l6e.false_alarm_cells: 0
  radars.92n6e.false_alarm_cells: 0
""" + _unit() + "\nraid: []\n",
    # Cruise missiles from behind take out the command post; the fire unit, 5 km away, fights on by itself.
    "post-lost": "duration: 240 s" + _unit("    fire_unit_offsets: [{bearing: 0, distance: 5 km}]") + """
raid:
  - name: herald
    threat: tomahawk
    count: 4
    interval: 1 s
    route: [{bearing: 180, distance: 6 km, agl: 300 m}]
    aim: Guard
  - name: jet
    threat: generic-target
    route: [{bearing: 0, distance: 130 km, altitude: 9 km}]
    aim: {of: Guard, bearing: 0, distance: 5 km}
""",
    # Cruise missiles from behind take out the engagement radar; the command post sees on, nobody shoots.
    "radar-lost": "duration: 200 s" + _unit("    fire_unit_offsets: [{bearing: 0, distance: 5 km}]") + """
raid:
  - name: herald
    threat: tomahawk
    count: 4
    interval: 1 s
    route: [{bearing: 180, distance: 6 km, agl: 300 m}]
    aim: {of: Guard, bearing: 0, distance: 5 km}
  - name: jet
    threat: generic-target
    route: [{bearing: 0, distance: 130 km, altitude: 9 km}]
    aim: Guard
""",
    # A fighter that turns away when it is shot at from afar.
    "turn-away": "duration: 240 s" + _unit() + """
raid:
  - name: fighter
    threat: f-16c-block-70
    route: [{bearing: 0, distance: 190 km, altitude: 9 km}]
    aim: Guard
    behaviour: {turn_away: {after: 5 s}}
""",
    # Two fire units look the same way at six jets.
    "two-units": "duration: 150 s" + _unit(system="s400-turkiye-2", boresights="[0, 0]") + """
raid:
  - name: jet
    threat: generic-target
    count: 6
    spacing: {lateral: 8 km}
    route: [{bearing: 0, distance: 110 km, altitude: 9 km}]
    aim: Guard
""",
    # Everything works, and nobody may fire.
    "hold-fire": "duration: 150 s" + _unit("    doctrine: {hold_fire: true}") + """
raid:
  - name: jet
    threat: generic-target
    route: [{bearing: 0, distance: 35 km, altitude: 9 km}]
    aim: Guard
""",
}


MIXED = """duration: 150 s
assets:
  - {name: Town, value: 5, radius: 500 m, hardness: soft, place: {lat: 40.05, lon: 32.05}, elevation: 0 m}
systems:
  - name: Guard
    system: s400-turkiye-2
    place: {lat: 40.0, lon: 32.0}
    elevation: 0 m
    boresights: [0, 60]
    launchers: 4
    loads: {48n6e3: 6, 9m96e2: 8}
raid:
  - name: jet
    threat: f-16c-block-70
    count: 3
    spacing: {lateral: 6 km}
    route: [{bearing: 20, distance: 90 km, altitude: 7 km}]
    aim: Guard
    behaviour: {weave: {load: 3 g, period: 20 s}}
  - name: som
    threat: som
    count: 3
    interval: 5 s
    route: [{bearing: 50, distance: 35 km, agl: 60 m}]
    aim: Town
"""
"""Two units, two interceptors, weaving jets and low cruise missiles: most of the engine is used in 150 s."""


def read_story(text: str) -> tuple[Scenario, Catalogue]:
    """The scenario of a story and its catalogue; anything wrong with it is an error here."""
    scenario = read_text("parapet: 1\ntitle: A story\n" + text.lstrip())
    catalogue = checks.catalogue_for(scenario)
    errors = [str(finding) for finding in checks.check(scenario, catalogue) if finding.severity == "error"]
    assert not errors, errors
    return scenario, catalogue


def compiled(text: str, record: str = "events", **how: Any) -> Compiled:
    """The World of a story's text."""
    scenario, catalogue = read_story(text)
    return compile_scenario(scenario, catalogue, record, **how)


@functools.cache
def play(name: str, seed: int = 1, run: int = 0, record: str = "events") -> runner.Played:
    """The battle of a story, by its name or its text."""
    scenario, catalogue = read_story(STORIES.get(name, name))
    return runner.play(scenario, catalogue, seed, run, record)


def new(made: Compiled) -> tuple[state.State, state.Log]:
    """State and Log before the first tick."""
    return with_fields(state.new_state(made.world, made.sizes)), with_fields(state.new_log(made.world, made.sizes))


def fight(made: Compiled, seed: int = 1, run: int = 0) -> tuple[state.State, state.Log]:
    """State and Log at the end of a battle, in fresh memory."""
    battle, log = new(made)
    runner.advance(made.world, battle, log, seed, run, made.world.clock.n_ticks)
    return battle, log


def events(played: runner.Played, code: int, **fields: int) -> Any:
    """The events of a code, in time order; ``fields`` a, b, c narrow it."""
    table = played.log.event
    chosen = table[table["code"] == code]
    for key, value in fields.items():
        chosen = chosen[chosen[key] == value]
    return chosen[np.argsort(chosen["t_s"], kind="stable")]


def outcome(played: runner.Played, name: str) -> str:
    """How a threat ended, in words."""
    i = played.names.threats.index(name)
    return codes.OUTCOME_WORDS[int(played.truth.threat[i]["status"])]


def reasons(played: runner.Played, name: str, i_unit: int = 0) -> list[int]:
    """The rungs of one fire unit's ladder for a threat, in time order."""
    i = played.names.threats.index(name)
    return [int(code) for code in events(played, codes.EVENT_REASON, a=i_unit, b=i)["c"]]


def is_in_order(ladder: list[int], *wanted: int) -> bool:
    """Whether these rungs stand in the ladder in this order, whatever lies between."""
    rest = iter(ladder)
    return all(code in rest for code in wanted)


def log_bytes(log: state.Log) -> dict[str, bytes]:
    """Everything a log tells, as bytes."""
    return {name: np.ascontiguousarray(table).tobytes() for name, table in zip(log._fields, log, strict=True)}


def tables_of(family: Any, prefix: str = "") -> dict[str, Any]:
    """Every array of a tree of NamedTuples, by its dotted name."""
    found: dict[str, Any] = {}
    for name, part in zip(family._fields, family, strict=True):
        if hasattr(part, "_fields"):
            found |= tables_of(part, f"{prefix}{name}.")
        else:
            found[prefix + name] = part
    return found
