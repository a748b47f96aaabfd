"""The battles behind the claims: small scenarios, each played many times, and what came of them.

A question is a scenario that can be written to a file and played alone, run by run; an answer counts over its runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from parapet.analysis.claims_text import km
from parapet.engine import codes

if TYPE_CHECKING:
    from parapet.catalogue import Catalogue

N_RUNS = 60
"""Battles behind every share of a claim."""
SEED = 4

HEAD = """\
parapet: 1
title: "{title}"
duration: {duration}
seed: {seed}
environment: {{ground_elevation: 0 m}}
systems:
  - name: S-400
    system: {system}
    place: {{lat: 40.079, lon: 32.566}}
    elevation: 0 m
    boresights: [{boresights}]
    status: {status}
raid:
"""

MIXED = """\
  - {name: scud, threat: scud-b, count: 2, interval: 20 s, launch: {bearing: 120, distance: 270 km}, aim: S-400}
  - {name: som, threat: som, count: 2, interval: 10 s, route: [{bearing: 120, distance: 100 km, agl: 50 m}], aim: S-400}
"""


@dataclass(frozen=True)
class Question:
    """One small scenario: a system at Mürted that looks south-east, and what comes at it from there."""

    name: str
    """Also of its file."""
    title: str
    raid: str
    duration: str
    system: str = "s400-fire-unit"
    status: str = "operational"
    boresights: str = "120"

    @property
    def text(self) -> str:
        """The scenario."""
        return (
            HEAD.format(
                title=self.title, duration=self.duration, seed=SEED, system=self.system, status=self.status,
                boresights=self.boresights,
            )
            + self.raid
        )  # fmt: skip


def flyer(name: str, title: str, threat: str, distance: str, way: str, duration: str) -> Question:
    """One air-breathing threat that flies at the system."""
    route = f"[{{bearing: 120, distance: {distance}, {way}}}]"
    return Question(
        name, title, f"  - {{name: it, threat: {threat}, route: {route}, aim: S-400}}\n", duration
    )


def faller(name: str, title: str, threat: str, range_m: float, flight_s: float) -> Question:
    """One ballistic missile that falls on the system."""
    launch = f"{{bearing: 120, distance: {range_m / 1e3:.0f} km}}"
    raid = f"  - {{name: it, threat: {threat}, launch: {launch}, aim: S-400}}\n"
    return Question(name, title, raid, f"{flight_s + 30.0:.0f} s")


@dataclass(frozen=True)
class Share:
    """k of n runs, with the exact (Clopper-Pearson) interval of 95 %."""

    k: int
    n: int

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Low and high end, 0 to 1; all of it where nothing was played."""
        from parapet.study.statistics import proportion

        if self.n == 0:
            return 0.0, 1.0
        found = proportion(self.k, self.n)
        return float(found.low), float(found.high)

    @property
    def is_most(self) -> bool:
        """Whether more than half is beyond doubt: the low end lies above one half."""
        return self.interval[0] > 0.5

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.k} of {self.n} battles (95 %: {100 * low:.0f} to {100 * high:.0f} %)"


@dataclass
class Answer:
    """What came of a question, one entry per run; times and ranges of the first threat of the raid."""

    n: int = 0
    engaged: int = 0
    killed: int = 0
    nothing_killed: int = 0
    n_threats: int = 0
    all_killed: int = 0
    rounds: int = 0
    plot_m: list[float] = field(default_factory=list)
    """First plot."""
    plot_before_s: list[float] = field(default_factory=list)
    """First plot before the end of the threat."""
    firm_s: list[float] = field(default_factory=list)
    """First plot to firm track."""
    launch_s: list[float] = field(default_factory=list)
    """First plot to first launch."""
    met_m: list[float] = field(default_factory=list)
    """Intercepts, hit or miss."""
    kill_m: list[float] = field(default_factory=list)
    """The kill, one per run that has one."""
    kill_mps: list[float] = field(default_factory=list)
    """Speed of the threat where it was killed."""
    killers: dict[str, int] = field(default_factory=dict)

    def kills_beyond(self, range_m: float) -> Share:
        """Runs in which it was killed at a range or farther out."""
        return Share(sum(value >= range_m for value in self.kill_m), self.n)

    def launches_within(self, seconds: float) -> Share:
        """Runs in which the first round left so soon after the first plot."""
        return Share(sum(value <= seconds for value in self.launch_s), self.n)

    @property
    def rounds_each(self) -> float:
        """Rounds fired per battle."""
        return self.rounds / max(self.n, 1)

    @property
    def kills(self) -> str:
        """Where it was killed, in words."""
        share = Share(self.killed, self.n)
        if not self.kill_m:
            return f"killed in {share}; shot at in {self.engaged}"
        names = ", ".join(sorted(self.killers, key=lambda name: -self.killers[name]))
        return f"killed in {share}, {span(self.kill_m)} out by {names}"

    @property
    def values(self) -> dict[str, float | int]:
        """The numbers, for JSON."""
        return {
            "battles": self.n,
            "battles_engaged": self.engaged,
            "battles_killed": self.killed,
            "battles_rounds": self.rounds,
            "first_plot_m": middle(self.plot_m),
            "longest_intercept_m": max(self.met_m, default=0.0),
            "longest_kill_m": max(self.kill_m, default=0.0),
            "median_kill_m": middle(self.kill_m),
            "fastest_kill_mps": max(self.kill_mps, default=0.0),
        }


def middle(values: list[float]) -> float:
    """Median; NaN of nothing."""
    return float(np.median(values)) if values else math.nan


def span(values: list[float]) -> str:
    """``40 to 49 km, median 44``."""
    low, high = min(values), max(values)
    if km(low) == km(high):
        return km(low)
    return f"{low / 1e3:,.0f} to {km(high)} (median {middle(values) / 1e3:,.0f})"


class Battles:
    """Plays questions; remembers them, so that they can be written as scenario files.

    Parameters
    ----------
    n_runs
        Battles per question. 0 plays none: the questions are only collected.
    progress
        Told the question's title and how many of its battles are played.
    """

    def __init__(
        self, catalogue: Catalogue, n_runs: int = N_RUNS, progress: Callable[[str, int], None] | None = None
    ) -> None:
        self.catalogue = catalogue
        self.n_runs = n_runs
        self.progress = progress
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        """Play a question `n_runs` times: seed 4, runs 0 and up, as `parapet run FILE --run N` does."""
        from parapet.analysis.play import load
        from parapet.engine.compile import compile_scenario
        from parapet.engine.runner import Desk, check_log
        from parapet.scenario.read import read_text

        self.asked.append(question)
        found = Answer()
        if self.n_runs == 0:
            return found
        scenario, _, _ = load(read_text(question.text, question.name + ".yaml"))
        compiled = compile_scenario(scenario, self.catalogue, "outcomes")
        desk = Desk(compiled)
        for run in range(self.n_runs):
            desk.reset()
            desk.play_on(scenario.seed, run, compiled.world.clock.n_ticks)
            check_log(compiled, desk.log, scenario.seed, run, scenario.file)
            add(found, compiled.names, desk.log, desk.state.truth.threat)
            if self.progress is not None:
                self.progress(question.title, run + 1)
        return found

    def write(self, folder: Path) -> list[Path]:
        """Write every question asked so far as a scenario file; returns the files."""
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for question in self.asked:
            file = folder / f"{question.name}.yaml"
            file.write_text(question.text, encoding="utf-8")
            files.append(file)
        return files


def add(found: Answer, names: object, log: object, threats: NDArray[np.void]) -> None:
    """Count one played run."""
    n_raid, interceptors = names.n_raid, names.interceptors  # type: ignore[attr-defined]
    shots = log.shot[: int(log.count[1])]  # type: ignore[attr-defined]
    scores = log.score[:n_raid]  # type: ignore[attr-defined]
    status = threats["status"][:n_raid]
    n_killed = int((status == codes.KILLED).sum())
    found.n += 1
    found.n_threats = n_raid
    found.rounds += len(shots)
    found.engaged += bool((scores["n_rounds"] > 0).any())
    found.nothing_killed += n_killed == 0
    found.all_killed += n_killed == n_raid
    for shot in shots:
        if int(shot["outcome"]) in (codes.SHOT_KILLED, codes.SHOT_MISSED) and math.isfinite(shot["range_m"]):
            found.met_m.append(float(shot["range_m"]))
    first, score = threats[0], scores[0]
    plot_s, track_s, away_s = (
        float(score[key]) for key in ("first_detection_s", "first_track_s", "first_launch_s")
    )
    if math.isfinite(plot_s):
        found.plot_m.append(float(score["first_detection_range_m"]))
        found.plot_before_s.append(float(first["end_s"]) - plot_s)
        if math.isfinite(track_s):
            found.firm_s.append(track_s - plot_s)
        if math.isfinite(away_s):
            found.launch_s.append(away_s - plot_s)
    if int(status[0]) == codes.KILLED:
        found.killed += 1
        killer = shots[int(score["i_killer"])]
        found.kill_m.append(float(killer["range_m"]))
        found.kill_mps.append(
            math.sqrt(sum(float(first[key]) ** 2 for key in ("vx_mps", "vy_mps", "vz_mps")))
        )
        name = interceptors[int(killer["i_interceptor"])]
        found.killers[name] = found.killers.get(name, 0) + 1
