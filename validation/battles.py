"""What only battles tell: first plot and firm track, reach against what flies back, and kill rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from parapet.analysis.claims_physics import Firsts
from parapet.analysis.quality import Quality, continuity_of, delay_of, number, percent, rmse_of
from parapet.catalogue import Catalogue
from parapet.study.statistics import mean, proportion
from validation.radar import CLOSING_MPS, HEIGHTS_M, SEARCH
from validation.rows import PREDICTED, Row, wilson

TOPIC = "Battles"
ROOT = Path(__file__).resolve().parents[1]
SITE = "{lat: 40.079, lon: 32.566}"

#: Public record: kind of threat -> (share low, share high, what it is).
RECORD: dict[str, tuple[float, float, str]] = {
    "cruise missile": (
        0.46,
        0.90,
        "all missiles 46 % in spring 2024 (read, WSJ), cruise 67 % to Aug 2024 and 71 % in Jul 2026 "
        "(second-hand), 90 % over Kyiv in May 2023 (derived)",
    ),
    "drone": (0.66, 0.90, "66 % to Aug 2024 (derived), 78 to 86 % (read), 90 % over Kyiv (derived)"),
    "ballistic missile": (
        0.045,
        0.40,
        "4.5 % of Iskander class to Aug 2024, 24 % to Oct 2025, 15 % in Jul 2026 (second-hand); "
        "6 to 40 % in autumn 2025 (read); Gulf War 1991 strong evidence in 9 % (read, GAO)",
    ),
    "aircraft": (math.nan, math.nan, "no comparable record"),
    "decoy": (math.nan, math.nan, "no comparable record"),
}


@dataclass
class Rate:
    """Kills of one type of threat, a count per run: threats of one run share a battle and are no separate trials."""

    name: str
    kind: str
    n_each: int = 0
    """Threats per run."""
    killed: list[int] = field(default_factory=list)
    seen: int = 0
    """Threats over all runs that made a plot at all."""

    @property
    def share(self) -> tuple[float, float, float]:
        """Share killed and its 95 % interval, runs as the units, in percent.

        Where all runs end alike, a share of runs that could have been missed (none of n) may have ended otherwise.
        """
        found = mean(np.array(self.killed, dtype=np.float64) / self.n_each)
        low, high = found.low, found.high
        if self.is_decided:
            unseen = proportion(0, len(self.killed)).high
            low, high = found.value - unseen, found.value + unseen
        return 100.0 * found.value, max(100.0 * low, 0.0), min(100.0 * high, 100.0)

    @property
    def is_decided(self) -> bool:
        """Whether every run ended alike: what comes out is then a property of the scenario."""
        return len(set(self.killed)) == 1


@dataclass
class Rates:
    """Kills by type of threat over many runs of one scenario."""

    n_runs: int = 0
    types: dict[str, Rate] = field(default_factory=dict)
    rounds: int = 0


@dataclass
class Played:
    """Everything that battles gave."""

    firsts: dict[tuple[str, float], tuple[list[float], list[float]]] = field(default_factory=dict)
    reach: list[dict[str, Any]] = field(default_factory=list)
    ankara: Rates = field(default_factory=Rates)
    seen: list[dict[str, Any]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    quality: dict[str, Quality] = field(default_factory=dict)
    """Track quality of one battle of each of some scenarios."""


def many(scenario: Any, catalogue: Catalogue, n: int) -> Iterator[tuple[Any, Any, Any]]:
    """Compiled scenario, state and log after each of `n` runs; one memory for all."""
    from parapet.engine.battle import advance
    from parapet.engine.compile import compile_scenario
    from parapet.engine.runner import check_log
    from parapet.engine.state import new_log, new_state, reset_log, reset_state

    compiled = compile_scenario(scenario, catalogue, "events")
    state, log = new_state(compiled.world, compiled.sizes), new_log(compiled.world, compiled.sizes)
    for run in range(n):
        reset_state(compiled.world, state)
        reset_log(log)
        advance(compiled.world, state, log, scenario.seed, run, compiled.world.clock.n_ticks)
        check_log(compiled, log, scenario.seed, run, scenario.file)
        yield compiled, state, log


def scenario_of(text: str) -> tuple[Any, Catalogue]:
    """A scenario and its catalogue from text; raises if it is wrong."""
    from parapet.analysis.play import load
    from parapet.scenario.read import read_text

    scenario, catalogue, _ = load(read_text(text))
    return scenario, catalogue


# ------------------------------------------------------------------------------------------------ tracks ----


def first_plot_text(name: str, height_m: float) -> str:
    """A scenario: 24 targets come in on one search radar; the engagement radar looks away from all of them."""
    start_km = (430 if height_m < 15e3 else 600) if name == "91n6e" else 310
    return f"""\
parapet: 1
title: First plot and firm track of {name}
duration: {900 if start_km > 500 else 600} s
environment: {{ground_elevation: 0 m}}
catalogue_overrides:
  systems.s400-fire-unit.search_radars: [{name}]
  systems.s400-fire-unit.fire_units.local_radar: null
  threats.generic-target.altitude_max: 25 km
systems:
  - name: S
    system: s400-fire-unit
    place: {SITE}
    elevation: 0 m
    boresights: [0]
    doctrine: {{hold_fire: true}}
raid:
  - name: it
    threat: generic-target
    count: 24
    speed: {CLOSING_MPS} m/s
    ring: {{radius: {start_km} km, from_bearing: 65, to_bearing: 295, altitude: {height_m / 1e3} km}}
    aim: S
"""


def first_plots(n_runs: int) -> dict[tuple[str, float], tuple[list[float], list[float]]]:
    """Ranges of first plot and firm track over many approaches to one search radar."""
    found = {}
    for name, _ in SEARCH:
        for height in HEIGHTS_M:
            scenario, catalogue = scenario_of(first_plot_text(name, height))
            plots: list[float] = []
            firms: list[float] = []
            for compiled, _, log in many(scenario, catalogue, n_runs):
                for score in log.score[: compiled.names.n_raid]:
                    plot_m, track_s = float(score["first_detection_range_m"]), float(score["first_track_s"])
                    if math.isfinite(plot_m):
                        plots.append(plot_m)
                    if math.isfinite(plot_m) and math.isfinite(track_s):
                        firms.append(plot_m - CLOSING_MPS * (track_s - float(score["first_detection_s"])))
            found[name, height] = (plots, firms)
    return found


# ------------------------------------------------------------------------------------------------ reach ----

REACH_CASES = (
    ("straight, 10 km", "altitude: 10 km", "", 250.0),
    (
        "turns away 8 s after it is shot at, 10 km",
        "altitude: 10 km",
        "behaviour: {turn_away: {after: 8 s}}",
        250.0,
    ),
    ("weaves at 4 g, 10 km", "altitude: 10 km", "behaviour: {weave: {load: 4 g, period: 20 s}}", 250.0),
    ("straight, 50 m", "agl: 50 m", "", 250.0),
)
LOADS = (("48N6E3 only", "loads: {48n6e3: 32}"), ("all rounds", ""))


def reach_text(way: str, behaviour: str, speed_mps: float, rcs_m2: float, load: str) -> str:
    """A scenario: one fighter of a signature flies at one fire unit."""
    low = way.startswith("agl")
    return f"""\
parapet: 1
title: Reach
duration: {400 if low else 1200} s
environment: {{ground_elevation: 0 m}}
catalogue_overrides:
  threats.f-16c-block-70.altitude_min: 50 m
{_signature(rcs_m2)}
systems:
  - name: S
    system: s400-fire-unit
    place: {SITE}
    elevation: 0 m
    boresights: [120]
{"    " + load if load else ""}
raid:
  - name: it
    threat: f-16c-block-70
    speed: {speed_mps} m/s
    route: [{{bearing: 120, distance: {90 if low else 430} km, {way}}}]
    aim: S
{"    " + behaviour if behaviour else ""}
"""


def reach(n_runs: int) -> list[dict[str, Any]]:
    """Longest intercepts against a fighter that comes in, by what it does, its signature and the rounds aboard."""
    found = []
    for case, way, behaviour, speed in REACH_CASES:
        for rcs in (1.0, 4.0):
            for label, load in LOADS:
                scenario, catalogue = scenario_of(reach_text(way, behaviour, speed, rcs, load))
                found.append(
                    {"case": case, "rcs_m2": rcs, "load": label, **_reach_of(scenario, catalogue, n_runs)}
                )
    return found


def _reach_of(scenario: Any, catalogue: Catalogue, n_runs: int) -> dict[str, Any]:
    from parapet.analysis.battle_result import Battle
    from parapet.engine import codes, runner

    met: list[float] = []
    killed: list[float] = []
    n_killed = n_fired = 0
    why = ""
    for run in range(n_runs):
        battle = Battle(runner.play(scenario, catalogue, None, run), scenario.title)
        shots = [(s.range_m, s.outcome) for s in battle.shot_rows if s.range_m is not None]
        n_fired += bool(battle.shot_rows)
        met += [range_m for range_m, outcome in shots if outcome in ("killed", "missed")]
        killed += [range_m for range_m, outcome in shots if outcome == "killed"]
        n_killed += battle.threat_rows[0].outcome == "killed"
        if run == 0:
            why = _before_engaged(battle, codes)
    low_share, high_share = wilson(n_killed, n_runs)
    return {
        "n": n_runs,
        "engaged": n_fired,
        "longest_m": max(met, default=math.nan),
        "longest_kill_m": max(killed, default=math.nan),
        "killed": n_killed,
        "killed_low": low_share,
        "killed_high": high_share,
        "limit": why,
    }


def _signature(rcs_m2: float) -> str:
    lines = []
    for band in ("X", "S"):
        for aspect in ("front", "side", "rear"):
            lines.append(f"  threats.f-16c-block-70.signature.{band}.{aspect}: {rcs_m2} m2")
    return "\n".join(lines)


def _before_engaged(battle: Any, codes: Any) -> str:
    """The last reason told before the first engagement: what had to end for a round to leave."""
    story = battle.why("it-01")
    before = ""
    for interval in story.intervals:
        if interval.code == codes.WHY_ENGAGED:
            return before
        if interval.code != codes.WHY_REACTION_TIME:
            before = interval.reason
    return f"never shot at: {before}"


# ------------------------------------------------------------------------------------------------ ankara ----


def kill_rates(n_runs: int) -> Rates:
    """Kills by type over many runs of `examples/ankara.yaml`."""
    from parapet.analysis.play import load

    scenario, catalogue, _ = load(ROOT / "examples" / "ankara.yaml")
    rates = Rates()
    for compiled, state, log in many(scenario, catalogue, n_runs):
        add_run(
            rates, catalogue, compiled.names, state.truth.threat["status"], log.score["first_detection_s"],
            int(log.count[1]),
        )  # fmt: skip
    return rates


def add_run(
    rates: Rates, catalogue: Catalogue, names: Any, status: Any, first_detection_s: Any, n_rounds: int
) -> None:
    """Count one played run."""
    from parapet.engine import codes

    rates.n_runs += 1
    rates.rounds += n_rounds
    for i in range(names.n_raid):
        name = names.threat_types[i]
        entry = catalogue.threats[name]
        rate = rates.types.setdefault(name, Rate(entry.name, entry.kind.replace("_", " ")))
        if len(rate.killed) < rates.n_runs:
            rate.killed.append(0)
        rate.killed[-1] += int(status[i]) == codes.KILLED
        rate.seen += math.isfinite(float(first_detection_s[i]))
        rate.n_each += rates.n_runs == 1


QUALITY = ("ankara.yaml", "raid-80.yaml")


def track_quality() -> dict[str, Quality]:
    """Track quality of one battle of each scenario, the scenario's own seed, recorded in full."""
    from parapet.analysis.play import run

    return {name: run(ROOT / "examples" / name, record="full").quality() for name in QUALITY}


def low_flyer() -> list[dict[str, Any]]:
    """First detection ranges of `examples/low-flyer.yaml`."""
    from parapet.analysis.play import run

    battle = run(ROOT / "examples" / "low-flyer.yaml", record="events")
    return [
        {
            "name": row.name.removesuffix("-01"),
            "range_m": row.first_detection_range_m or math.nan,
            "outcome": row.outcome,
        }
        for row in battle.threat_rows
    ]


def play(played: Played, n_runs: int, say: Callable[[str], None]) -> Iterator[str]:
    """Play everything, a part at a time; what fails is told on the page and does not stop the rest."""
    parts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("low flyer", lambda: setattr(played, "seen", low_flyer())),
        ("ankara", lambda: setattr(played, "ankara", kill_rates(n_runs))),
        ("track quality", lambda: setattr(played, "quality", track_quality())),
        ("first plots", lambda: setattr(played, "firsts", first_plots(max(1, n_runs // 25)))),
        ("reach", lambda: setattr(played, "reach", reach(max(1, n_runs // 20)))),
    )
    for name, part in parts:
        say(f"battles: {name}")
        try:
            part()
        except Exception as error:  # the page is written all the same, and says what is missing
            played.mistakes.append(f"{name}: {type(error).__name__}: {error}")
            say(f"  failed: {played.mistakes[-1]}")
        yield name


# ------------------------------------------------------------------------------------------------ pages ----


def rows(played: Played, chains: list[tuple[str, float, Any, Firsts]]) -> list[Row]:
    """Comparisons that need battles."""
    found: list[Row] = []
    for seen in played.seen:
        if not seen["name"].endswith("15m"):
            continue
        low, high, label = {
            "nomast-15m": (25.0, 35.0, "no mast"),
            "mast24-15m": (36.0, 36.0, "24 m mast"),
            "mast39-15m": (42.0, 42.0, "39 m mast"),
        }[seen["name"]]
        found.append(
            Row(
                TOPIC,
                f"Cruise missile at 15 m first seen in battle, {label}",
                "km",
                low,
                high,
                "specification of this model",
                seen["range_m"] / 1e3,
                PREDICTED,
                "examples/low-flyer.yaml; a look later than the horizon.",
                0.08,
            )
        )
    for name, height, sight, chain in chains:
        plots, firms = played.firsts.get((name, height), ([], []))
        if not plots or not firms:
            continue
        middle = sorted(firms)[len(firms) // 2] / 1e3
        found.append(
            Row(
                TOPIC,
                f"{sight.radar.name}: firm track in battle, middle, {height / 1e3:.0f} km height",
                "km",
                chain.firm_m[2] / 1e3,
                chain.firm_m[0] / 1e3,
                "chain of looks: 10 to 90 %",
                middle,
                PREDICTED,
                f"n = {len(firms)}.",
            )
        )
        delay = (sorted(plots)[len(plots) // 2] - sorted(firms)[len(firms) // 2]) / CLOSING_MPS
        found.append(
            Row(
                TOPIC,
                f"{sight.radar.name}: delay from first plot to firm track, middle, {height / 1e3:.0f} km height",
                "s",
                math.nan,
                math.nan,
                "no public figure found",
                delay,
                PREDICTED,
            )
        )
    for line in played.reach:
        if line["load"] != "48N6E3 only" or not line["case"].endswith("10 km"):
            continue
        found.append(
            Row(
                TOPIC,
                f"48N6E3 in battle, {line['rcs_m2']:g} m2, {line['case']}: longest intercept",
                "km",
                150.0,
                200.0,
                "read: baonghean-foi (FOI argues 150 to 200 km)",
                line["longest_m"] / 1e3,
                PREDICTED,
                f"Before the first shot: {line['limit'] or 'nothing told'}.",
            )
        )
    found += [rate_row(rate, played.ankara.n_runs) for rate in played.ankara.types.values()]
    return found


def rate_row(rate: Rate, n_runs: int) -> Row:
    """One type's share killed against the record of its kind."""
    low, high, text = RECORD[rate.kind]
    value, least, most = rate.share
    note = f"{n_runs} runs of {rate.n_each}, 95 % over runs: {least:.0f} to {most:.0f} %."
    why_not = ""
    if rate.seen == 0:
        why_not = "not comparable"
        note += " Never seen: geometry, no radar has it above its horizon before it arrives."
    elif rate.is_decided:
        note += " Every run ends alike."
    return Row(
        TOPIC,
        f"examples/ankara.yaml: share of each {rate.name} ({rate.kind}) killed",
        "%",
        100.0 * low,
        100.0 * high,
        text,
        value,
        PREDICTED,
        note,
        why_not=why_not,
    )


def reach_table(played: Played) -> list[str]:
    """Longest intercepts."""
    if not played.reach:
        return ["Not played."]
    out = [
        "| target | signature | rounds | shot at | killed | longest intercept | longest kill | last obstacle "
        "before the first shot |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in played.reach:
        far, kill = (
            ("-" if math.isnan(line[k]) else f"{line[k] / 1e3:.0f} km")
            for k in ("longest_m", "longest_kill_m")
        )
        out.append(
            f"| {line['case']} | {line['rcs_m2']:g} m2 | {line['load']} | {line['engaged']} of {line['n']} | "
            f"{line['killed']} of {line['n']} ({100 * line['killed_low']:.0f} to "
            f"{100 * line['killed_high']:.0f} %) | "
            f"{far} | {kill} | {line['limit']} |"
        )
    return out


def rates_table(played: Played) -> list[str]:
    """Kill rates beside the record."""
    rates = played.ankara
    if not rates.n_runs:
        return ["Not played."]
    out = [
        f"{rates.n_runs} runs of `examples/ankara.yaml`, {rates.rounds / rates.n_runs:.1f} rounds fired per run. Types "
        "apart: a mean over types of which one always dies and another is never seen would say nothing. The threats of "
        "one run share one battle, so intervals count runs, not threats.",
        "",
        "| type | kind | per run | killed in the model | 95 %, over runs | seen | public record of the kind (whole "
        "countries, many systems) |",
        "|---|---|---|---|---|---|---|",
    ]
    for rate in rates.types.values():
        value, low, high = rate.share
        seen = (
            "never: geometry"
            if rate.seen == 0
            else f"{100.0 * rate.seen / (rate.n_each * rates.n_runs):.0f} %"
        )
        record = "not comparable" if rate.seen == 0 else RECORD[rate.kind][2]
        out.append(
            f"| {rate.name} | {rate.kind} | {rate.n_each} | {value:.0f} % | {low:.0f} to {high:.0f} % | {seen} | "
            f"{record} |"
        )
    return out


def quality_table(played: Played) -> list[str]:
    """Track quality by scenario and type."""
    if not played.quality:
        return ["Not played."]
    out = [
        "| scenario | type | tracked | first plot to firm track | continuity | RMSE | strays |",
        "|---|---|---|---|---|---|---|",
    ]
    sums = []
    for name, found in played.quality.items():
        for label, group in [*found.by_type(), ("**all**", list(found.threats))]:
            tracked = sum(one.seconds > 0 for one in group)
            out.append(
                f"| {name} | {label} | {tracked} of {len(group)} | {number(delay_of(group), 1, ' s')} | "
                f"{percent(continuity_of(group))} | {number(rmse_of(group), 0, ' m')} | "
                f"{sum(one.strays for one in group)} s |"
            )
        sums.append(
            f"{name}: NEES {number(found.nees, 1)} (6 would be consistent), GOSPA {number(found.gospa_m, 0, ' m')}, "
            f"OSPA {number(found.ospa_m, 0, ' m')}, {number(found.missed, 2)} missed and "
            f"{number(found.false, 2)} false on average (cut-off {found.cutoff_m:,.0f} m, order {found.order:g})."
        )
    return [
        *out,
        "",
        "RMSE and continuity count tracks within the cut-off. A stray is a track that is elsewhere than the threat "
        "that caused most of its plots: lost in a turn between two scans and coasting, or begun by plots of two. The "
        "filter knows straight flight and free fall and raises its noise when surprised: what flies straight is "
        "followed with errors as large as believed, what weaves or turns late, with larger ones; columns whose plots "
        "are mixed up between neighbours count as errors too.",
        "",
        " ".join(sums),
    ]
