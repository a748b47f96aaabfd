"""What will be fought, in prose and tables, without fighting it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Group as Renderables
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from parapet.catalogue import Catalogue, System, launchers_needed
from parapet.scenario.check_sites import n_fire_units
from parapet.scenario.places import (
    Point,
    bearing_rad,
    boresights_rad,
    distance_m,
    ground_elevation_m,
    located,
    ready_at_s,
)
from parapet.scenario.raid import Member, corners_of, heights_m, members, usual_height_m
from parapet.scenario.schema import DefendingSystem, Group, Scenario

if TYPE_CHECKING:
    from parapet.catalogue import System as SystemEntry

_DEG = math.pi / 180.0


def describe(scenario: Scenario, catalogue: Catalogue, is_alone: bool = True) -> RenderableType:
    """The scenario for a terminal: who defends what with which systems, who attacks how.

    Parameters
    ----------
    scenario
        One without errors (`check`).
    is_alone
        False for a scenario of a study, which has a seed and a record of its own.
    """
    parts: list[RenderableType] = [Text(scenario.title, style="bold")]
    if scenario.question:
        parts.append(Text(scenario.question, style="italic"))
    if scenario.notes:
        parts.append(Text(scenario.notes.strip()))
    parts += [Text(""), Text(summary(scenario, catalogue)), Text("")]
    if scenario.assets:
        parts += [_assets(scenario, catalogue), Text("")]
    if scenario.systems:
        parts += [_systems(scenario, catalogue), Text("")]
        parts += [Padding(Text(_rules(system)), (0, 0, 0, 2)) for system in scenario.systems]
        parts.append(Text(""))
    if scenario.raid:
        parts += [_raid(scenario, catalogue), Text("")]
    parts.append(Text(_clock(scenario, is_alone)))
    return Renderables(*parts)


def summary(scenario: Scenario, catalogue: Catalogue) -> str:
    """The battle in one paragraph."""
    units = rounds = targets = missiles = 0.0
    dormant = []
    for system in scenario.systems:
        entry = catalogue.systems[system.system]
        if ready_at_s(system, entry) is None:
            dormant.append(system.name)
            continue
        n = n_fire_units(entry)
        units += n
        rounds += n * sum(_loads(system, entry).values())
        targets += n * entry.si("fire_units.n_target_channels")
        missiles += n * entry.si("fire_units.n_missile_channels")
    sentences = []
    if units:
        who = _and(
            [
                f"{s.name} ({catalogue.systems[s.system].name})"
                for s in scenario.systems
                if s.name not in dormant
            ]
        )
        sentences.append(
            f"{who} defends with {_many(units, 'fire unit')} and {_many(rounds, 'ready round')}; "
            f"together they can hold {_many(targets, 'target')} and guide {_many(missiles, 'round')} at a time."
        )
    else:
        sentences.append("No fire unit is operational: this is the undefended baseline.")
    if dormant:
        sentences.append(f"{_and(dormant)} {'is' if len(dormant) == 1 else 'are'} dormant.")
    if scenario.assets:
        sentences.append(f"Defended: {_and([asset.name for asset in scenario.assets])}.")
    kinds: dict[str, int] = {}
    for group in scenario.raid:
        name = catalogue.threats[group.threat].name
        kinds[name] = kinds.get(name, 0) + group.count
    if kinds:
        sentences.append(
            f"The raid: {_many(scenario.n_threats, 'threat')}, "
            f"{_and([f'{count} {name}' for name, count in kinds.items()])}."
        )
    return " ".join(sentences)


def _assets(scenario: Scenario, catalogue: Catalogue) -> Table:
    table = _table("Assets", ["asset", "kind", "value", "radius", "hardness", "place"], right=(2, 3))
    for asset in scenario.assets:
        template = catalogue.assets[asset.template] if asset.template is not None else None
        value = asset.value if asset.value is not None or template is None else template.si("value")
        radius = asset.radius_m if asset.radius_m is not None or template is None else template.si("radius")
        hardness = asset.hardness or (template.hardness if template is not None else None)
        table.add_row(
            asset.name,
            template.name if template is not None else "own figures",
            f"{value or 0.0:g}",
            f"{radius or 0.0:,.0f} m",
            hardness or "",
            _grid(located(scenario, asset.place)),
        )
    return table


def _systems(scenario: Scenario, catalogue: Catalogue) -> Table:
    table = _table(
        "Systems", ["system", "catalogue", "status", "fire units look to", "load per fire unit", "place"]
    )
    for system in scenario.systems:
        entry = catalogue.systems[system.system]
        n = n_fire_units(entry)
        looks = boresights_rad(system, n, entry.si("fire_units.boresight_spacing"))
        load = _loads(system, entry)
        lines = [f"{count:g} x {catalogue.interceptors[name].name}" for name, count in load.items() if count]
        needed = launchers_needed(load, catalogue.interceptors)
        has = entry.si("fire_units.launchers") if system.launchers is None else system.launchers
        lines.append(f"on {needed:g} of {has:g} launchers")
        table.add_row(
            system.name,
            f"{entry.name}\n{system.system}",
            _status(system, entry),
            ", ".join(f"{look / _DEG:.0f}°" for look in looks),
            "\n".join(lines),
            _grid(located(scenario, system.place)),
        )
    return table


def _status(system: DefendingSystem, entry: System) -> str:
    text: str = system.status
    at_s = ready_at_s(system, entry)
    if system.status == "dormant" and at_s is not None:
        text += f",\nready after {_time(at_s)}"
    if system.doctrine.turn_radars:
        text += ",\nturns its radars"
    if system.antenna_mast_m:
        text += f"\nmast {system.antenna_mast_m:g} m"
    return text


def _rules(system: DefendingSystem) -> str:
    doctrine, rules = system.doctrine, system.rules
    if doctrine.hold_fire:
        return f"{system.name} holds fire: it tracks and never launches."
    mode = "looks before it shoots again" if doctrine.mode == "shoot_look_shoot" else "does not shoot again"
    order = {
        "marginal": "best expected gain first",
        "optimal": "best assignment of each cycle",
        "nearest": "nearest first",
    }
    text = (
        f"{system.name} fires {_many(doctrine.salvo, 'round')} at a track and {mode}; {order[doctrine.policy]}; "
        f"no shot under {doctrine.min_p_kill:.0%} kill probability"
    )
    if doctrine.reserve:
        text += f"; keeps {_many(doctrine.reserve, 'round')} of each kind"
    if rules.engage == "any":
        return text + ". Every firm track may be engaged."
    limits = []
    if rules.hostile_speed_min_mps:
        limits.append(f"faster than {rules.hostile_speed_min_mps:g} m/s")
    if rules.hostile_height_min_m is not None:
        limits.append(f"above {rules.hostile_height_min_m:,.0f} m")
    if rules.hostile_height_max_m is not None:
        limits.append(f"below {rules.hostile_height_max_m:,.0f} m")
    if rules.hostile_origin_rad is not None:
        first, last = (f"{bearing / _DEG:.0f}°" for bearing in rules.hostile_origin_rad)
        limits.append(f"first seen between {first} and {last}")
    if rules.weapons_free_radius_m is not None:
        limits.append(f"coming within {rules.weapons_free_radius_m / 1000:g} km of what is defended")
    return (
        text
        + ". Hostile is every track"
        + (f" {' and '.join(limits)}." if limits else " without friend reply.")
    )


def _raid(scenario: Scenario, catalogue: Catalogue) -> Table:
    columns = ["group", "threat", "count", "comes", "from", "height", "speed", "aim", "behaviour"]
    table = _table("Raid", columns, right=(2,))
    ground = ground_elevation_m(scenario)
    for i, group in enumerate(scenario.raid):
        threat = catalogue.threats[group.threat]
        speed = 0.0 if threat.is_ballistic else threat.si("speed")
        crew = members(scenario, i, speed, usual_height_m(threat, ground), threat.is_ballistic)
        table.add_row(
            group.name,
            threat.name,
            f"{group.count}",
            _comes(group, crew),
            _origin(scenario, group, crew),
            _heights(group, ground, usual_height_m(threat, ground), threat.is_ballistic),
            "ballistic" if threat.is_ballistic else f"{crew[0].speed_mps:,.0f} m/s",
            _aim(scenario, group),
            _behaviour(group),
        )
    return table


def _comes(group: Group, crew: list[Member]) -> str:
    last = len(crew) - 1
    if crew[0].start_s is None:
        first, end = crew[0].arrival_s or 0.0, crew[last].arrival_s or 0.0
        return f"arrives {_span(first, end)}"
    starts = [member.start_s or 0.0 for member in crew]
    text = _span(min(starts), max(starts))
    return text if group.arrival_s is None else f"{text},\narrives {_time(group.arrival_s)}"


def _origin(scenario: Scenario, group: Group, crew: list[Member]) -> str:
    first = crew[0].corners[0]
    start = Point(first.lat_rad, first.lon_rad)
    if group.ring is not None:
        a, b = group.ring.from_bearing_rad / _DEG, group.ring.to_bearing_rad / _DEG
        arc = "all sides" if abs(b - a) % 360.0 < 1e-6 else f"{a:.0f}° to {b:.0f}°"
        return f"{arc}, {group.ring.radius_m / 1000:,.0f} km"
    aim = crew[0].aim
    end = Point(aim.lat_rad, aim.lon_rad) if aim is not None else None
    if end is None and scenario.systems:
        end = located(scenario, scenario.systems[0].place)
    if end is None:
        return _grid(start)
    return f"{bearing_rad(end, start) / _DEG:.0f}°, {distance_m(end, start) / 1000:,.0f} km"


def _heights(group: Group, ground_m: float, usual_m: float, is_ballistic: bool) -> str:
    if is_ballistic:
        return group.trajectory.replace("_", " ")
    corners = corners_of(group)
    seen: dict[str, None] = {}
    for corner, height in zip(corners, heights_m(corners, ground_m, usual_m), strict=True):
        if corner.altitude_m is not None:
            seen[_metres(height)] = None
        elif corner.agl_m is not None or not seen:
            seen[f"{_metres(height - ground_m)} above ground"] = None
    return " to ".join(seen)


def _aim(scenario: Scenario, group: Group) -> str:
    if group.aim is None:
        return "passes"
    if group.aim.of is None:
        return _grid(located(scenario, group.aim))
    if group.aim.distance_m:
        return f"{group.aim.distance_m / 1000:g} km off {group.aim.of}"
    return group.aim.of


def _behaviour(group: Group) -> str:
    if group.behaviour.weave is not None:
        return f"weaves {group.behaviour.weave.load_mps2 / 9.80665:.3g} g"
    if group.behaviour.turn_away is not None:
        return f"turns away {group.behaviour.turn_away.after_s:g} s after a cue"
    return "straight"


def _clock(scenario: Scenario, is_alone: bool) -> str:
    environment = scenario.environment
    wind = f"{len(environment.wind)} wind levels" if environment.wind else "no wind"
    seed, record = (f" with seed {scenario.seed}", f"; records {scenario.recording}") if is_alone else ("", "")
    return (
        f"Plays {_time(scenario.duration_s)} in steps of {scenario.time_step_s:g} s{seed}, "
        f"over smooth ground at {ground_elevation_m(scenario):.0f} m, {wind}{record}."
    )


def _loads(system: DefendingSystem, entry: SystemEntry) -> dict[str, float]:
    if system.loads is not None:
        return {name: float(count) for name, count in system.loads.items()}
    return {name: figure.nominal for name, figure in entry.fire_units.load.items()}


def _table(title: str, columns: list[str], right: tuple[int, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", title_style="bold")
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i in right else "left")
    return table


def _grid(point: Point) -> str:
    return f"{point.lat_rad / _DEG:.3f}, {point.lon_rad / _DEG:.3f}"


def _metres(height: float) -> str:
    return f"{height / 1000:.4g} km" if height >= 2000 else f"{height:.4g} m"


def _time(time_s: float) -> str:
    if time_s < 120.0:
        return f"{time_s:.4g} s"
    minutes, seconds = divmod(time_s, 60.0)
    return f"{minutes:.0f} min" if seconds < 0.5 else f"{minutes:.0f} min {seconds:.0f} s"


def _span(first_s: float, last_s: float) -> str:
    return f"at {_time(first_s)}" if last_s - first_s < 0.5 else f"{_time(first_s)} to {_time(last_s)}"


def _many(count: float, word: str) -> str:
    return f"{count:,.0f} {word}{'' if count == 1 else 's'}"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
