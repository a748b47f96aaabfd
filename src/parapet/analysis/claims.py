"""The military sentences of the public debate, held against the model: `parapet claims`.

Every answer is computed on the spot from the catalogue, the kernels and short battles of the moment; nothing is kept.
A case meets a sentence by a rule that stands beside it in the code, and the verdict follows from the cases. A case that
battles decide is met where the whole interval of the share of battles that meet it lies above one half.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parapet.analysis import claims_physics as physics
from parapet.analysis.claims_battles import (
    MIXED,
    N_RUNS,
    Answer,
    Battles,
    Question,
    Share,
    faller,
    flyer,
    middle,
)
from parapet.analysis.claims_text import SENTENCES, Claim, Line, claim, km, markdown, render
from parapet.catalogue import Catalogue, load
from parapet.engine.command import ACQUISITION_GUESS_S, FIRE_PERIOD_S
from parapet.engine.tracking import M_HITS
from parapet.errors import InputError
from parapet.physics import ballistic

if TYPE_CHECKING:
    from rich.progress import Progress

CLAIMED_TARGETS = 80
CLAIMED_RANGE_M = 400e3
CLAIMED_DETECTION_M = 600e3
CLAIMED_REACTION_S = 10.0
CLAIMED_SPEED_MPS = 4800.0
CLAIMED_CLASS_M = 3500e3
TOLERANCE = 0.95
"""A range counts as reached from this share of it on: 380 km, the export figure, passes for 400."""


# ---------------------------------------------------------------------------------------------- 80 targets ----


def simultaneous(catalogue: Catalogue) -> Claim:
    """Channels, tubes and rounds by counting; met where the target channels reach the number."""
    lines = []
    musters = {}
    for system in ("s400-full", "s400-original", "s400-turkiye-4", "s400-turkiye-2", "s400-fire-unit"):
        m = musters[system] = physics.muster(catalogue, system)
        low, high = m.targets_one_side
        per_unit = catalogue.systems[system].fire_units.count
        lines.append(
            Line(
                f"{m.name} ({m.fire_units} fire unit{'s' if m.fire_units > 1 else ''})",
                f"{m.target_channels} targets, {m.missile_channels} missiles guided; {m.tubes} tubes, "
                f"{m.rounds} ready "
                f"rounds, enough for {m.targets_by_rounds} targets at two rounds each. From one direction {low} to "
                f"{high} targets, because each engagement radar holds a sector. Fire units: {per_unit}.",
                m.target_channels >= CLAIMED_TARGETS,
                dict(m._asdict()),
            )
        )
    full, two, four = musters["s400-full"], musters["s400-turkiye-2"], musters["s400-turkiye-4"]
    condition = (
        f"A full complement of {full.fire_units} fire units stands around one command post and the targets come from "
        f"all sides; from one side it is {full.targets_one_side[1]} at most. Türkiye's set engages "
        f"{two.target_channels} (two fire units) or {four.target_channels} (four) and has {two.tubes} ready tubes."
    )
    return claim(
        "80-targets",
        lines,
        condition,
        "parapet claims 80-targets",
        "parapet catalogue show s400-turkiye-2",
    )


# -------------------------------------------------------------------------------------------------- 400 km ----


def _seen(catalogue: Catalogue, threat: str, height_m: float) -> dict[str, float]:
    """First plot and firm track of the search radar alone, by the chain of looks: middle of straight approaches."""
    entry = catalogue.threats[threat]
    search = physics.Sight(catalogue.radars["96l6e" if height_m < 1e3 else "91n6e"])
    rcs_m2 = entry.aspects(search.radar.band).front.nominal
    found = physics.firsts(search, height_m, rcs_m2, entry.si("speed"))
    return {"first_plot_m": found.plot_m[1], "firm_track_m": found.firm_m[1]}


def range_400(catalogue: Catalogue, battles: Battles | None = None) -> Claim:
    """Where an airliner, fighters, a cruise missile and a Scud are killed; met if most battles kill from 380 km on."""
    wanted = TOLERANCE * CLAIMED_RANGE_M
    lines = []
    reach = {
        name: physics.Rounds(catalogue.interceptors[name]).kinematic_reach_m()
        for name in ("40n6e", "48n6e3", "9m96e2")
    }
    horizon = physics.Sight(catalogue.radars["91n6e"]).horizon_m(10e3)
    lines.append(
        Line(
            "A point at 10 km height, known beforehand",
            f"40N6E arrives fast and able to turn out to {km(reach['40n6e'])}, 48N6E3 to {km(reach['48n6e3'])}, "
            f"9M96E2 to {km(reach['9m96e2'])}; the horizon of the search radar is {km(horizon)}. No target, no track.",
            min(reach["40n6e"], horizon) >= wanted,
            {f"reach_{name}_m": value for name, value in reach.items()},
        )
    )
    cases = (
        ("airliner", "Airliner at 10 km, flying in", "airliner", 10e3, "altitude: 10 km", "440 km", "20 min"),
        ("f-16c", "Fighter (F-16C) at 9 km, flying in", "f-16c-block-70", 9e3, "altitude: 9 km", "430 km", "25 min"),
        ("f-35a", "Fighter (F-35A) at 9 km, flying in", "f-35a", 9e3, "altitude: 9 km", "300 km", "25 min"),
        ("tomahawk", "Cruise missile (Tomahawk) at 15 m", "tomahawk", 15.0, "agl: 15 m", "80 km", "6 min"),
    )  # fmt: skip
    far: dict[str, Answer] = {}
    for name, case, threat, height_m, way, start, duration in cases:
        geometry = ""
        if height_m < 1e3:
            masts = [
                (mast, physics.Sight(catalogue.radars["96l6e"], mast).horizon_m(height_m))
                for mast in (None, *(figure.nominal for figure in catalogue.radars["96l6e"].mast_height))
            ]
            geometry = (
                " Horizon "
                + ", ".join(
                    f"{km(value)} ({'no mast' if mast is None else f'{mast:.0f} m mast'})"
                    for mast, value in masts
                )
                + "; played without mast."
            )
        if battles is None:
            seen = _seen(catalogue, threat, height_m)
            answer = (
                f"One search radar alone: first plot at {km(seen['first_plot_m'])}, firm track at "
                f"{km(seen['firm_track_m'])} (middle of straight approaches). No battle was played."
            )
            is_met = False if seen["first_plot_m"] < wanted else None
            lines.append(Line(case, answer + geometry, is_met, dict(seen)))
            continue
        far[name] = battles.answer(flyer(name, case, threat, start, way, duration))
        lines.append(_range_line(case, far[name], wanted, geometry))
    case = "Scud-B from 280 km"
    if battles is None:
        lines.append(Line(case, "No battle was played.", None))
        condition = ""
    else:
        scud_s = physics.flight(catalogue, "scud-b", 280e3).flight_time_s
        far["scud-b"] = battles.answer(faller("scud-b", case, "scud-b", 280e3, scud_s))
        lines.append(_range_line(case, far["scud-b"], wanted))
        condition = " Killed at most " + ", ".join(
            f"{km(max(one.kill_m, default=0.0))} out ({name})" for name, one in far.items()
        ) + "."  # fmt: skip
    met = [line.case for line in lines if line.is_met]
    condition = (
        f"Only for: {'; '.join(met) or 'none of these'}. A 40N6E must be in the tube (none is counted in Türkiye's "
        f"load here) and the target large, high and known early.{condition}"
    )
    return claim("400-km", lines, condition, *_again("400-km", "tomahawk"))


def _range_line(case: str, one: Answer, wanted: float, more: str = "") -> Line:
    share = one.kills_beyond(wanted)
    seen = f"First plot at {km(middle(one.plot_m))} (median). " if one.plot_m else "Never seen. "
    answer = f"{seen}{one.kills[0].upper()}{one.kills[1:]}; {share.k} of {share.n} beyond {km(wanted)}.{more}"
    return Line(case, answer, share.is_most, one.values | {"kills_beyond": share.k})


def _again(key: str, name: str) -> tuple[str, str, str]:
    """Commands that play the same battles again, and one of them alone."""
    return (
        f"parapet claims {key}",
        f"parapet claims {key} --out claims",
        f"parapet run claims/{name}.yaml --run 0",
    )


# -------------------------------------------------------------------------------------------------- 600 km ----


def detection_600(catalogue: Catalogue) -> Claim:
    """What one look of the 91N6E sees with probability one half; met from 95 % of 600 km on."""
    radar = catalogue.radars["91n6e"]
    sight = physics.Sight(radar)
    wanted = TOLERANCE * CLAIMED_DETECTION_M
    need_m2 = sight.needed_rcs_m2(CLAIMED_DETECTION_M, 20e3)
    need_m = sight.needed_height_m(CLAIMED_DETECTION_M)
    big = 1.05 * need_m2
    range_m, limit = sight.range_m(1.05 * need_m, big)
    lines = [
        Line(
            f"A target of {big:.0f} m2 at {1.05 * need_m / 1e3:.0f} km height",
            f"Seen at {km(range_m)}, bounded by {limit}. At 600 km a look needs {need_m2:.0f} m2 and the "
            "target must be "
            f"above {need_m / 1e3:.1f} km: below that it is under the horizon.",
            range_m >= wanted,
            {"range_m": range_m, "needed_rcs_m2": need_m2, "needed_height_m": need_m},
        )
    ]
    cases = (
        ("Tanker at its usual height", "tanker", None),
        ("Airliner at 10 km", "airliner", 10e3),
        ("Su-35 at 10 km", "su-35", 10e3),
        ("F-16C at 9 km", "f-16c-block-70", 9e3),
        ("F-35A at 9 km", "f-35a", 9e3),
        ("Tomahawk at 50 m", "tomahawk", 50.0),
        ("Scud-B at 80 km height", "scud-b", 80e3),
    )
    for case, threat, height in cases:
        entry = catalogue.threats[threat]
        height_m = entry.si("altitude") if height is None else height
        rcs_m2 = entry.aspects(radar.band).front.nominal
        range_m, limit = sight.range_m(height_m, rcs_m2)
        answer = (
            f"{rcs_m2:g} m2 from the front: {km(range_m)}, bounded by {limit} (noise alone "
            f"{km(sight.noise_range_m(height_m, rcs_m2))}, horizon {km(sight.horizon_m(height_m))})."
        )
        lines.append(
            Line(case, answer, range_m >= wanted, {"range_m": range_m, "limit": limit, "rcs_m2": rcs_m2})
        )
    condition = (
        f"The target has {need_m2:.0f} m2 or more and flies above {need_m / 1e3:.0f} km. 600 km is the scale of the "
        f"display; for aircraft at 10 km the horizon ends at {km(sight.horizon_m(10e3))}."
    )
    return claim("600-km", lines, condition, "parapet claims 600-km", "parapet catalogue show 91n6e")


# -------------------------------------------------------------------------------------------------- 10 s ----


def reaction_10(catalogue: Catalogue, battles: Battles | None = None) -> Claim:
    """Seconds to the first launch, by where the clock starts; met up to 10 s (in most battles)."""
    system = catalogue.systems["s400-fire-unit"]
    reaction = system.figure("reaction_time")
    link_s, decision_s = system.si("command_delay"), 0.5 * system.si("decision_period")
    period_s = catalogue.radars["91n6e"].si("period")
    track_s = (M_HITS - 1) * period_s
    alongside_s = link_s + decision_s + ACQUISITION_GUESS_S
    from_track_s = max(reaction.nominal, alongside_s)
    lines = [
        Line(
            "From the firm search track",
            f"{from_track_s:.1f} s: the longer of reaction {reaction.nominal:.0f} ({reaction.low:.0f} to "
            f"{reaction.high:.0f}, {reaction.grade}) and, alongside, link {link_s:.1f}, decision {decision_s:.1f} and "
            f"acquisition about {ACQUISITION_GUESS_S:.0f}; and up to {FIRE_PERIOD_S:.1f} s more, because launches are "
            "decided that often. Reaction is an input of the model, not a result.",
            from_track_s <= CLAIMED_REACTION_S,
            {"seconds": from_track_s},
        ),
        Line(
            "From the first plot, one search radar",
            f"{track_s + from_track_s:.1f} s: the 91N6E turns once in {period_s:.0f} s and a firm track takes {M_HITS} "
            f"hits, {track_s:.0f} s if none is missed; then as above.",
            track_s + from_track_s <= CLAIMED_REACTION_S,
            {"seconds": track_s + from_track_s},
        ),
    ]
    if battles is not None:
        case = "A fighter appears at 120 km"
        question = flyer("appears", case, "f-16c-block-70", "120 km", "altitude: 9 km", "2 min")
        one = battles.answer(question)
        share = one.launches_within(CLAIMED_REACTION_S)
        if one.launch_s:
            after = [away - firm for away, firm in zip(one.launch_s, one.firm_s, strict=True)]
            answer = (
                f"{middle(one.launch_s):.1f} s from the first plot to the first launch (median; "
                f"{min(one.launch_s):.1f} to {max(one.launch_s):.1f}), {middle(one.firm_s):.1f} s of it to the firm "
                f"track (two search radars share the picture), {middle(after):.1f} s from there. "
                f"Within 10 s in {share}."
            )
        else:
            answer = "No round was launched in two minutes."
        values = {"seconds": middle(one.launch_s), "firm_track_s": middle(one.firm_s), "within": share.k}
        lines.append(Line(f"In {one.n} battles: a fighter appears at 120 km", answer, share.is_most, values))
    condition = (
        "The clock starts at the firm search track and the engagement radar acquires within the reaction time, as the "
        f"model has it. From the first echo the track adds {track_s:.0f} s with one search radar that misses no look."
    )
    return claim("10-seconds", lines, condition, *_again("10-seconds", "appears"))


# -------------------------------------------------------------------------------------------------- 4.8 km/s ----


def speed_4800(catalogue: Catalogue, battles: Battles | None = None) -> Claim:
    """Missiles by range; met if most battles kill the warhead."""
    pair_m = physics.range_of_speed_m(CLAIMED_SPEED_MPS)
    at_class = float(ballistic.minimum_energy_speed_mps(CLAIMED_CLASS_M)[0])
    lines = [
        Line(
            "Does the published pair agree?",
            f"A missile that starts its free flight at 4.8 km/s reaches {km(pair_m)}; for 3,500 km it needs "
            f"{at_class:,.0f} m/s. "
            + (
                "The pair agrees."
                if abs(pair_m / CLAIMED_CLASS_M - 1.0) < 0.05
                else "The pair does not agree."
            ),
            None,
            {"range_of_4800_m": pair_m, "speed_of_3500_km_mps": at_class},
        )
    ]
    cases = (("shahab-3", 1000e3), ("mrbm-3500", 2900e3), ("mrbm-3500", 3450e3))
    far: list[float] = []
    fast: list[float] = []
    for threat, range_m in cases:
        solution = physics.flight(catalogue, threat, range_m)
        case = f"{catalogue.threats[threat].name} over {km(range_m)}"
        if solution.code != ballistic.SOLVED:
            lines.append(Line(case, f"Not flown: {ballistic.REASONS[solution.code]}."))
            continue
        answer = (
            f"Burnout {solution.burnout_speed_mps:,.0f} m/s, impact {solution.impact_speed_mps:,.0f} m/s, apogee "
            f"{km(solution.apogee_m)}."
        )
        values: dict[str, Any] = {
            "burnout_mps": solution.burnout_speed_mps,
            "impact_mps": solution.impact_speed_mps,
        }
        if battles is None:
            lines.append(Line(case, answer + " No battle was played.", None, values))
            continue
        name = f"{threat}-{range_m / 1e3:.0f}-km"
        one = battles.answer(faller(name, case, threat, range_m, solution.flight_time_s))
        far += one.kill_m
        fast += one.kill_mps
        if one.plot_m:
            before_s, far_m = middle(one.plot_before_s), middle(one.plot_m)
            answer += f" First plot {before_s:.0f} s before the end, at {km(far_m)} (medians)."
        answer += f" Warhead {one.kills}"
        if one.kill_mps:
            answer += f", at {min(one.kill_mps):,.0f} to {max(one.kill_mps):,.0f} m/s"
        answer += (
            f"; {one.rounds_each:.1f} rounds a battle, some at the spent body, which nothing tells apart."
        )
        lines.append(Line(case, answer, Share(one.killed, one.n).is_most, values | one.values))
    met = [line.case for line in lines if line.is_met]
    condition = (
        f"Met here: {'; '.join(met) or 'none'}. 4.8 km/s is the speed of a {km(pair_m)} missile at burnout, not of "
        f"a {km(CLAIMED_CLASS_M)} one."
    )
    if fast:
        condition += (
            f" In these battles the fastest warhead killed flew {max(fast):,.0f} m/s and the farthest was "
            f"{km(max(far))} out: it is small and seen late, so the place itself is defended, not a region."
        )
    return claim("4800-m-s", lines, condition, *_again("4800-m-s", "mrbm-3500-3450-km"))


# -------------------------------------------------------------------------------------------------- dormant ----


def dormant(catalogue: Catalogue, battles: Battles | None = None) -> Claim:
    """What a dormant system stops, and whether the warning suffices to wake it; met where nothing is stopped."""
    ready = catalogue.systems["s400-turkiye-2"].figure("time_to_ready")
    scud = physics.flight(catalogue, "scud-b", 270e3)
    som = catalogue.threats["som"]
    som_s = 180e3 / som.si("speed")
    lines = [
        Line(
            "Woken at the launch of a Scud-B from 270 km",
            f"It flies {scud.flight_time_s:.0f} s; readiness takes {ready.nominal:.0f} s ({ready.low:.0f} to "
            f"{ready.high:.0f}, {ready.grade}, from the march, without mast).",
            scud.flight_time_s <= ready.nominal + catalogue.systems["s400-turkiye-2"].si("reaction_time"),
            {"flight_s": scud.flight_time_s, "ready_s": ready.nominal},
        ),
        Line(
            "Woken when cruise missiles pass 180 km (seen by somebody else)",
            f"They need {som_s:.0f} s; readiness takes {ready.nominal:.0f} s, a mast 3,600 s or more (second-hand).",
            som_s <= ready.nominal,
            {"flight_s": som_s, "ready_s": ready.nominal},
        ),
    ]
    if battles is not None:
        for case, status in (
            ("two Scud-B and two SOM, dormant", "dormant"),
            ("the same, switched on", "operational"),
        ):
            question = Question(f"mixed-{status}", case, MIXED, "8 min", "s400-turkiye-2", status, "120, 120")
            one = battles.answer(question)
            nothing, everything = Share(one.nothing_killed, one.n), Share(one.all_killed, one.n)
            lines.append(
                Line(
                    f"In {one.n} battles: {case}",
                    f"{one.rounds_each:.1f} rounds fired a battle; nothing was killed in {nothing}, all four in "
                    f"{everything}.",
                    nothing.is_most if status == "dormant" else None,
                    {"battles": one.n, "nothing_killed": one.nothing_killed, "all_killed": one.all_killed},
                )
            )
    condition = (
        f"It stays off, or the warning is shorter than {ready.nominal / 60.0:.0f} min: a missile from 270 km takes "
        f"{scud.flight_time_s / 60.0:.1f} min. With an earlier warning from elsewhere it is a matter of when "
        "it is woken."
    )
    return claim("switched-off", lines, condition, *_again("switched-off", "mixed-dormant"))


# -------------------------------------------------------------------------------------------------- all ----

Task = Callable[[Catalogue, Battles | None], Claim]
TASKS: dict[str, tuple[Task, int]] = {
    "80-targets": (lambda known, battles: simultaneous(known), 0),
    "400-km": (range_400, 5),
    "600-km": (lambda known, battles: detection_600(known), 0),
    "10-seconds": (reaction_10, 1),
    "4800-m-s": (speed_4800, 3),
    "switched-off": (dormant, 2),
}
"""Key -> how the claim is worked out, and how many questions it plays."""


def claims(
    catalogue: Catalogue | None = None,
    has_battles: bool = True,
    progress: Callable[[str, int], None] | None = None,
    keys: tuple[str, ...] = (),
    n_runs: int = N_RUNS,
) -> list[Claim]:
    """All claims, computed now.

    Parameters
    ----------
    catalogue
        Left out, the one that comes with Parapet.
    has_battles
        Whether short battles are played too; without them the answers are counts, flights and geometry.
    progress
        Told the question that is played and how many of its battles are done.
    keys
        Only these claims; left out, all.
    n_runs
        Battles per question.

    Raises
    ------
    InputError
        If a key is not that of a claim.
    """
    known = load() if catalogue is None else catalogue
    battles = Battles(known, n_runs, progress) if has_battles else None
    return [TASKS[key][0](known, battles) for key in _chosen(keys)]


def _chosen(keys: tuple[str, ...]) -> tuple[str, ...]:
    for key in keys:
        if key not in TASKS:
            raise InputError(f"{key!r} is not a claim; there are: {', '.join(SENTENCES)}.")
    return keys or tuple(TASKS)


def write(folder: Path, keys: tuple[str, ...] = (), catalogue: Catalogue | None = None) -> list[Path]:
    """Write the battles of the claims as scenario files into a folder (made if missing); returns the files."""
    known = load() if catalogue is None else catalogue
    collected = Battles(known, n_runs=0)
    for key in _chosen(keys):
        TASKS[key][0](known, collected)
    return collected.write(folder)


class _Teller:
    """Progress on the error channel: a bar on a terminal, else a line every ten seconds."""

    def __init__(self, n_battles: int) -> None:
        from rich.console import Console

        self.n = n_battles
        self.done = 0
        self.last = time.monotonic()
        self.console = Console(stderr=True, highlight=False)
        self.bar: Progress | None = None

    def __call__(self, title: str, done: int) -> None:
        self.done += 1
        if self.console.is_terminal:
            if self.bar is None:
                from rich.progress import BarColumn, Progress, TextColumn

                columns = (BarColumn(30), TextColumn("{task.completed:.0f} of {task.total:.0f} battles"))
                self.bar = Progress(
                    *columns, TextColumn("{task.description}"), console=self.console, transient=True
                )
                self.bar.start()
                self.bar.add_task("", total=self.n)
            self.bar.update(self.bar.task_ids[0], completed=self.done, description=title)
        elif time.monotonic() - self.last >= 10.0:
            self.last = time.monotonic()
            self.console.print(f"{self.done} of {self.n} battles: {title}", markup=False)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()


def main(as_json: bool = False, has_battles: bool = True, key: str = "", out: Path | None = None) -> None:
    """Print all claims (or one) as tables, or as JSON; or write the battles behind them as scenarios."""
    keys = _chosen((key,) if key else ())
    if out is not None:
        for file in write(out, keys):
            sys.stdout.write(f"wrote {file}\n")
        return
    tell = _Teller(N_RUNS * sum(TASKS[one][1] for one in keys))
    if has_battles and tell.n:
        tell.console.print(f"playing {tell.n} battles ...")
    try:
        found = claims(has_battles=has_battles, progress=tell, keys=keys)
    finally:
        tell.close()
    if as_json:
        data = [one.to_dict() for one in found]
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=120)
    console.print(render(found))


__all__ = ["TASKS", "Claim", "Line", "claims", "main", "markdown", "write"]
