"""Doubt in the data: outer samples of catalogue figures, drawn between low and high with the median at nominal.

What is not known (epistemic doubt, the outer loop) is kept apart from what is random (aleatory, its runs).
Sample 0 is the catalogue as it stands. One uniform number ``u`` drives each group of figures that move together; groups
are independent. Samples are points of a scrambled Sobol sequence, so that asking for more keeps the first ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from parapet.catalogue import Catalogue
from parapet.catalogue.figure import Figure
from parapet.errors import InputError, ScenarioError
from parapet.scenario.schema import Scenario
from parapet.study.factors import CATALOGUE
from parapet.study.schema import Doubt, StudyFile
from parapet.units import DIMENSIONS, dimension_of

if TYPE_CHECKING:
    import polars as pl

LOG_RATIO = 5.0
"""A figure whose high is more than this many times its low is drawn in the logarithm."""
LOG_DIMENSIONS = ("area", "power", "money")
"""Signatures, powers and costs are drawn in the logarithm whatever their spread."""
MOTOR = (
    "launch_mass", "eject_speed", "boost_propellant_mass", "boost_time", "boost_specific_impulse",
    "sustain_propellant_mass", "sustain_time", "sustain_specific_impulse", "range_air", "range_ballistic",
    "max_flight_time", "burnout_speed", "mean_speed",
)  # fmt: skip
"""Figures of one round that move together: a motor that burns longer reaches farther."""
BOOST = ("launch_mass", "propellant_mass", "burn_time", "specific_impulse", "range_min", "range_max", "apogee",
         "burnout_speed", "reentry_speed")  # fmt: skip
"""Figures of one ballistic missile that move together."""
NOT_PLAYED = ("length", "n_rounds_total", "mean_speed", "burnout_speed", "apogee", "reentry_speed", "pack_size",
              "launcher_share", "mast_height")  # fmt: skip
"""Figures that are never drawn: those the battle does not use, which would only blur the ranking; how rounds fit their
launchers, which stands or falls with the loads; and masts, which are a choice and not a range."""
_COUNTS = (
    "count", "launchers", "tubes_per_launcher", "n_target_channels", "n_missile_channels", "n_targets_tracked",
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One figure that is drawn: its path below the catalogue, its range in SI units and the group that drives it."""

    path: str
    figure: Figure
    group: str
    is_count: bool
    is_log: bool


@dataclass(frozen=True)
class Input:
    """What one outer sample says about one figure (a row of the table ``inputs``)."""

    sample: int
    figure: str
    value: float | None
    text: str
    unit: str
    nominal: float | None
    group: str
    u: float


def quantile(low: float, nominal: float, high: float, u: float, is_log: bool = False) -> float:
    """The value below which a share ``u`` of the draws lies; ``u = 0.5`` is nominal, whatever low and high are.

    Two triangles joined at the median: the density rises from zero at low to nominal and falls to zero at high, half of
    the draws on each side. In the logarithm if `is_log`. Never outside low to high.
    """
    if is_log:
        drawn = quantile(math.log(low), math.log(nominal), math.log(high), u)
        return min(max(math.exp(drawn), low), high)
    if u < 0.5:
        return min(low + (nominal - low) * math.sqrt(2.0 * u), nominal)
    return max(high - (high - nominal) * math.sqrt(2.0 * (1.0 - u)), nominal)


def count_at(low: float, nominal: float, high: float, u: float) -> float:
    """A disputed count: one of the printed numbers, the nominal one in half of the draws."""
    below, above = low < nominal, high > nominal
    if below and u < (0.25 if above else 0.5):
        return low
    if above and u >= (0.75 if below else 0.5):
        return high
    return nominal


def entries_used(scenario: Scenario, catalogue: Catalogue) -> list[tuple[str, str]]:
    """(section, id) of every catalogue entry a scenario plays with, in a fixed order."""
    used: dict[tuple[str, str], None] = {}
    for system in scenario.systems:
        entry = catalogue.systems[system.system]
        used["systems", entry.id] = None
        units = entry.fire_units
        for radar in (*entry.search_radars, units.engagement_radar, units.local_radar):
            if radar:
                used["radars", radar] = None
        load = system.loads if system.loads is not None else units.load
        for name in load:
            used["interceptors", name] = None
        for name in ("command-post", "launcher", "radar"):
            used["assets", name] = None
    for group in scenario.raid:
        used["threats", group.threat] = None
    for asset in scenario.assets:
        if asset.template:
            used["assets", asset.template] = None
    return sorted(used)


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}.*") for pattern in patterns)


def _own_group(section: str, name: str, key: str) -> str:
    """The group a figure belongs to when nobody says otherwise."""
    first, last = key.split(".")[0], key.split(".")[-1]
    if first in ("signature", "body_signature"):
        return f"{section}.{name}.signature"
    if section == "interceptors" and last in MOTOR:
        return f"{section}.{name}.motor"
    if section == "threats" and last in BOOST:
        return f"{section}.{name}.boost"
    if section == "systems" and (last == "launchers" or ".load." in key):
        return f"{section}.{name}.magazine"
    if section == "systems" and last in ("n_target_channels", "n_missile_channels"):
        return f"{section}.{name}.channels"
    if first == "modes" and last in ("reference_range", "reference_signature"):
        return f"{section}.{name}.reach"
    if first == "lethality" or last.startswith("lethal_radius"):
        return f"{section}.{name}.lethality"
    return f"{section}.{name}.{key}"


def figures_drawn(study: StudyFile, scenarios: Iterable[tuple[Scenario, Catalogue]]) -> list[Drawn]:
    """The figures in doubt: used by some cell, low below high, wanted by the study, and not set by it.

    Raises
    ------
    ScenarioError
        If a pattern of the study names no figure that is used.
    """
    doubt = study.doubt
    assert doubt is not None
    found: dict[str, Drawn] = {}
    used: set[str] = set()
    for scenario, catalogue in scenarios:
        for section, name in entries_used(scenario, catalogue):
            for key, figure in catalogue.section(section)[name].figures():
                path = f"{section}.{name}.{key}"
                used.add(path)
                is_wanted = _matches(path, doubt.figures) and not _matches(path, doubt.left_out)
                is_set = f"{CATALOGUE}{path}" in doubt.alternatives
                if (
                    path in found
                    or not is_wanted
                    or is_set
                    or figure.low >= figure.high
                    or not _is_played(scenario, key)
                ):
                    continue
                found[path] = _drawn(path, section, name, key, figure, doubt)
    _check_patterns(study, doubt, used)
    # what a cell sets is not in doubt in that cell; its setting is applied after the draw and wins
    return [found[path] for path in sorted(found)]


def _is_played(scenario: Scenario, key: str) -> bool:
    """Whether the battles of a scenario read a figure."""
    if key == "time_to_ready":
        return any(system.alerted_at_s is not None for system in scenario.systems)
    if key == "slew_rate":
        return any(system.doctrine.turn_radars for system in scenario.systems)
    return key.split(".")[0] not in NOT_PLAYED


def _drawn(path: str, section: str, name: str, key: str, figure: Figure, doubt: Doubt) -> Drawn:
    group = next((g for g, patterns in doubt.groups.items() if _matches(path, patterns)), "")
    is_count = key.split(".")[-1] in _COUNTS or key.startswith(("fire_units.load.", "is_"))
    is_wide = figure.low > 0.0 and figure.high > LOG_RATIO * figure.low
    is_log = figure.low > 0.0 and (is_wide or _dimension(figure) in LOG_DIMENSIONS)
    return Drawn(path, figure, group or _own_group(section, name, key), is_count, is_log and not is_count)


def _dimension(figure: Figure) -> str:
    return "area" if figure.unit == "dBsm" else dimension_of(figure.unit)


def _check_patterns(study: StudyFile, doubt: Doubt, used: set[str]) -> None:
    from parapet.scenario.read import did_you_mean

    findings = []
    places: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        (("doubt", "figures"), doubt.figures),
        (("doubt", "except"), doubt.left_out),
    ]
    places += [(("doubt", "groups", name), patterns) for name, patterns in doubt.groups.items()]
    for where, patterns in places:
        for pattern in patterns:
            if not any(_matches(path, [pattern]) for path in used):
                hint = (
                    did_you_mean(pattern, used)
                    or " Figures are named section.id.key, e.g. interceptors.48n6e3.boost_time."
                )
                text = f"no figure that this study uses is called {pattern!r}.{hint}"
                findings.append(study.document.finding("error", where, text))
    if findings:
        raise ScenarioError(findings)


def samples(
    study: StudyFile, drawn: list[Drawn], catalogue: Catalogue
) -> tuple[list[dict[str, Any]], list[Input], int]:
    """Settings of every outer sample (path -> value), the same as rows, and how many points the catalogue refused.

    Sample 0 sets nothing. A point whose figures contradict each other (a load too large for the launchers) is left
    out, and the next point of the sequence takes its place.
    """
    doubt = study.doubt
    assert doubt is not None
    groups = sorted({figure.group for figure in drawn}) + [
        f"alternative {path}" for path in doubt.alternatives
    ]
    if not groups:
        text = "nothing is in doubt: every figure these patterns name has low equal to high."
        raise ScenarioError([study.document.finding("error", ("doubt",), text)])
    points = _points(len(groups), 2 * doubt.samples + 32, study.seed)
    settings: list[dict[str, Any]] = [{}]
    rows: list[Input] = []
    n_refused = 0
    for point in points:
        if len(settings) > doubt.samples:
            break
        one, its_rows = _sample(len(settings), doubt, drawn, dict(zip(groups, point, strict=True)))
        reason = _refusal(one, catalogue)
        if reason:
            n_refused += 1
            if n_refused > doubt.samples + 16:
                text = f"most draws contradict each other. The last one: {reason}"
                raise ScenarioError([study.document.finding("error", ("doubt",), text)])
            continue
        settings.append(one)
        rows += its_rows
    return settings, rows, n_refused


def _points(n: int, size: int, seed: int) -> Any:
    from scipy.stats import qmc

    m = max(1, math.ceil(math.log2(size)))
    return qmc.Sobol(n, scramble=True, rng=seed).random_base2(m)


def _sample(
    number: int, doubt: Doubt, drawn: list[Drawn], u: Mapping[str, float]
) -> tuple[dict[str, Any], list[Input]]:
    settings: dict[str, Any] = {}
    rows = []
    for one in drawn:
        share = float(u[one.group])
        figure = one.figure
        unit = DIMENSIONS[_dimension(figure)][0]
        if one.is_count:
            value = count_at(figure.low, figure.nominal, figure.high, share)
        else:
            value = quantile(figure.low, figure.nominal, figure.high, share, one.is_log)
        settings[CATALOGUE + one.path] = _setting(value, unit)
        rows.append(Input(number, one.path, value, "", unit, figure.nominal, one.group, share))
    for path, choices in doubt.alternatives.items():
        share = float(u[f"alternative {path}"])
        total = 0.0
        chosen = choices[-1][0]
        for value, weight in choices:
            total += weight
            if share < total:
                chosen = value
                break
        settings[path] = chosen
        is_number = isinstance(chosen, int | float) and not isinstance(chosen, bool)
        name = path.removeprefix(CATALOGUE)
        number_or_none = float(chosen) if is_number else None
        rows.append(
            Input(number, name, number_or_none, json.dumps(chosen), "", None, f"alternative {path}", share)
        )
    return settings, rows


def inputs_frame(rows: list[Input]) -> pl.DataFrame:
    """The drawn figures as the table ``inputs``: one row per outer sample and figure, values in SI units."""
    import polars as pl

    types = {
        "sample": pl.Int32, "figure": pl.String, "value": pl.Float64, "text": pl.String, "unit": pl.String,
        "nominal": pl.Float64, "group": pl.String, "u": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame([tuple(vars(row).values()) for row in rows], schema=types, orient="row")


def settings_in(frame: pl.DataFrame, doubt: Doubt) -> list[dict[str, Any]]:
    """Settings of every outer sample (path -> value), from the table ``inputs``: what was drawn once stays drawn."""
    settings: list[dict[str, Any]] = [{} for _ in range(doubt.samples + 1)]
    alternatives = {path.removeprefix(CATALOGUE): path for path in doubt.alternatives}
    for sample, figure, value, text, unit in frame.select(
        "sample", "figure", "value", "text", "unit"
    ).iter_rows():
        if figure in alternatives:
            settings[sample][alternatives[figure]] = json.loads(text)
        else:
            settings[sample][CATALOGUE + figure] = _setting(value, unit)
    return settings


def _setting(value: float, unit: str) -> dict[str, Any]:
    """A drawn value as a figure of the catalogue, in SI units."""
    note = "drawn by a study between low and high"
    return {"low": value, "nominal": value, "high": value, "unit": unit, "grade": "notional", "note": note}


def _refusal(settings: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Why the catalogue refuses a sample's figures, or nothing."""
    changes = {path.removeprefix(CATALOGUE): v for path, v in settings.items() if path.startswith(CATALOGUE)}
    try:
        catalogue.replace(changes)
    except InputError as error:
        return error.findings[0].message
    return ""
