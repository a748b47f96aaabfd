"""The cells of a study: every variant with every point of the design, each a scenario checked before play."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from parapet.catalogue import Catalogue
from parapet.errors import Finding, InputError, ScenarioError, sorted_findings
from parapet.scenario import check as checks
from parapet.scenario.document import Document, path_text
from parapet.scenario.read import findings_of
from parapet.scenario.schema import Scenario
from parapet.study.factors import CATALOGUE, PathError, changed, is_same, leaves, nominal_at, value_at
from parapet.study.read import MAX_CELLS
from parapet.study.schema import Factor, StudyFile

MAX_SHOWN = 12
"""Findings shown when many cells are wrong."""


@dataclass(frozen=True)
class Cell:
    """One scenario of the study.

    Attributes
    ----------
    number
        From 0, in the order of the design.
    name
        For people: ``two-units, count=40``.
    variant
        The variant's name; empty if there is only the base.
    levels
        Factor path -> value.
    settings
        Everything that is set: the variant's and the factors'.
    """

    number: int
    name: str
    variant: str
    levels: Mapping[str, Any]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """A cell's scenario and catalogue, ready to be compiled."""

    scenario: Scenario
    catalogue: Catalogue
    findings: list[Finding] = field(default_factory=list)


def cells(study: StudyFile) -> list[Cell]:
    """The cells in their order: variants outside, design points inside.

    The same file and seed give the same cells. Pinned by ``tests/study/test_design.py``.
    """
    points = design_points(study)
    n = len(points) * len(study.variants)
    if n > MAX_CELLS:
        finding = study.document.finding(
            "error",
            ("factors",),
            f"the design has {n:,} cells; the limit is {MAX_CELLS:,}. Take fewer levels.",
        )
        raise ScenarioError([finding])
    found: list[Cell] = []
    for variant, settings in study.variants.items():
        for point in points:
            parts = [variant] if variant else []
            parts += [f"{_label(study, path)}={_shown(value)}" for path, value in point.items()]
            name = ", ".join(parts) or "base"
            found.append(Cell(len(found), name, variant, point, {**settings, **point}))
    return found


def _label(study: StudyFile, path: str) -> str:
    return next(factor.label for factor in study.factors if factor.path == path)


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def design_points(study: StudyFile) -> list[dict[str, Any]]:
    """Factor path -> value, point by point; one empty point without factors."""
    factors = study.factors
    if not factors:
        return [{}]
    kind, size = study.design.kind, study.design.size
    if kind == "grid":
        levels = [levels_of(factor) for factor in factors]
        return [
            dict(zip((f.path for f in factors), point, strict=True)) for point in itertools.product(*levels)
        ]
    if kind == "one_at_a_time":
        return _one_at_a_time(study)
    units = unit_points(kind, size, len(factors), study.seed)
    return [
        {factor.path: at(factor, float(u)) for factor, u in zip(factors, row, strict=True)} for row in units
    ]


def unit_points(kind: str, size: int, n: int, seed: int) -> NDArray[np.float64]:
    """Points of a sampled design in the unit cube, shape (points, n): rows are points.

    ``latin_hypercube`` and ``sobol`` (scrambled) have `size` points; ``saltelli`` has ``size (n + 2)`` in the order
    that first-order and total Sobol indices are computed from (A, then A with one column of B for each factor, then B).
    """
    from scipy.stats import qmc

    if kind == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(n, rng=seed).random(size), np.float64)
    if kind == "sobol":
        return np.asarray(qmc.Sobol(n, scramble=True, rng=seed).random(size), np.float64)
    both = np.asarray(qmc.Sobol(2 * n, scramble=True, rng=seed).random(size), np.float64)
    rows = []
    for a, b in zip(both[:, :n], both[:, n:], strict=True):
        rows.append(a)
        for i in range(n):
            mixed = a.copy()
            mixed[i] = b[i]
            rows.append(mixed)
        rows.append(b)
    return np.array(rows)


def at(factor: Factor, u: float) -> Any:
    """The factor's value at a share ``u`` (0 to 1) of its range, or the level that share falls on."""
    if factor.levels:
        return factor.levels[min(int(u * len(factor.levels)), len(factor.levels) - 1)]
    if factor.is_whole:
        return min(int(math.floor(factor.low + u * (factor.high - factor.low + 1.0))), int(factor.high))
    return _written(factor, _between(factor, u))


def _between(factor: Factor, u: float) -> float:
    if factor.is_log:
        return math.exp(math.log(factor.low) + u * (math.log(factor.high) - math.log(factor.low)))
    return factor.low + u * (factor.high - factor.low)


def _written(factor: Factor, value: float) -> Any:
    """A number as it would stand in a file."""
    return f"{value:.15g} {factor.unit}" if factor.unit else value


def levels_of(factor: Factor) -> list[Any]:
    """The values that a factor takes in a grid, in the order of the file."""
    if factor.levels:
        return list(factor.levels)
    steps = [_between(factor, i / (factor.n_levels - 1)) for i in range(factor.n_levels)]
    if factor.is_whole:
        return list(dict.fromkeys(round(step) for step in steps))
    return [_written(factor, step) for step in steps]


def _one_at_a_time(study: StudyFile) -> list[dict[str, Any]]:
    """The base first, then every factor at each of its levels with the others as the base has them.

    The base of a catalogue figure is its nominal value. What the base scenario leaves out is at the first of its
    levels, or in the middle of its range.
    """
    base: dict[str, Any] = {}
    for factor in study.factors:
        is_figure = factor.path.startswith(CATALOGUE)
        value = _nominal(study, factor) if is_figure else value_at(study.base.data, factor.path)
        levels = levels_of(factor)
        base[factor.path] = (
            value if value is not None else levels[len(levels) // 2 if not factor.levels else 0]
        )
    points = [dict(base)]
    for factor in study.factors:
        points += [
            {**base, factor.path: level}
            for level in levels_of(factor)
            if not is_same(level, base[factor.path])
        ]
    return points


def _nominal(study: StudyFile, factor: Factor) -> Any:
    """What the base scenario's catalogue says for a factor, written like the factor's levels; None if nothing."""
    from parapet import catalogue as catalogue_module

    try:
        scenario = Scenario.model_validate(study.base.data)
        scenario._lines, scenario._file = study.base.lines, study.base.file
        catalogue = catalogue_of(scenario)
    except (ValidationError, InputError):  # a base that only its variants mend
        catalogue = catalogue_module.load()
    found = nominal_at(catalogue, factor.path.removeprefix(CATALOGUE))
    if found is None:
        return None
    value, unit = found
    if isinstance(value, float) and value.is_integer() and all(isinstance(x, int) for x in factor.levels):
        value = int(value)
    is_bare = all(
        isinstance(level, int | float) for level in levels_of(factor)
    )  # then in the figure's own unit
    return value if is_bare or not unit else f"{value:.15g} {unit}"


# ------------------------------------------------------------------------------------------------------ checking ----


def checked(study: StudyFile, cell: Cell, sample: Mapping[str, Any] | None = None) -> Checked:
    """The scenario and catalogue of a cell, with an outer sample's figures if one is given.

    Raises
    ------
    ScenarioError
        If the cell cannot be played; says which cell, what was set and why, in the line of the study file.
    """
    base = study.base
    settings = {**(sample or {}), **cell.settings}
    try:
        data = changed(base.data, settings)
    except PathError as error:
        raise ScenarioError([_blamed(study, cell, Finding("error", str(error)))]) from None
    document = Document(base.file, data, base.lines)
    findings: list[Finding] = []
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=True)
        findings = sorted_findings(findings_of(document, errors))
        raise ScenarioError([_blamed(study, cell, finding) for finding in findings]) from None
    scenario._lines = base.lines
    scenario._file = base.file
    try:
        catalogue = catalogue_of(scenario)
        findings = checks.check(scenario, catalogue)
    except InputError as error:
        raise ScenarioError([_blamed(study, cell, finding) for finding in error.findings]) from None
    wrong = [finding for finding in findings if finding.severity == "error"]
    if wrong:
        raise ScenarioError([_blamed(study, cell, finding) for finding in wrong])
    return Checked(scenario, catalogue, findings)


_catalogues: dict[tuple[str, str, str], Catalogue] = {}
_catalogues_lock = threading.Lock()
MAX_CATALOGUES = 64


def catalogue_of(scenario: Scenario) -> Catalogue:
    """The scenario's catalogue; cells that change the same figures share one."""
    from parapet import catalogue as catalogue_module

    key = (
        catalogue_module.load().hash,
        f"{scenario.file}:{scenario.catalogue}",
        repr(scenario.catalogue_overrides),
    )
    with _catalogues_lock:
        found = _catalogues.get(key)
        if found is None:
            if len(_catalogues) >= MAX_CATALOGUES:
                _catalogues.pop(next(iter(_catalogues)))
            found = checks.catalogue_for(scenario)
            _catalogues[key] = found
    return found


def _blamed(study: StudyFile, cell: Cell, finding: Finding) -> Finding:
    """A finding about a cell's scenario, told at the line of the study file that brought it about."""
    if study.is_plain or not cell.settings:
        return finding
    where = _cause(study, cell, finding)
    at_base = f"{finding.path}: " if finding.path else ""
    return study.document.finding("error", where, f"{_head(cell)}{at_base}{finding.message}")


def _cause(study: StudyFile, cell: Cell, finding: Finding) -> tuple[str | int, ...]:
    """The place in the study file of the setting a finding is about; the variant or the factors if none fits."""
    best: tuple[str | int, ...] = ()
    for path in cell.settings:
        try:
            place = (
                f"catalogue_overrides.{path.removeprefix(CATALOGUE)}"
                if path.startswith(CATALOGUE)
                else path_text(leaves(study.base.data, path)[0].place)
            )
        except PathError:
            continue
        is_it = finding.path.startswith(place) or path.removeprefix(CATALOGUE) in finding.message
        if is_it:
            best = ("factors", path) if path in cell.levels else ("variants", cell.variant, path)
    if best:
        return best
    return ("variants", cell.variant) if cell.variant else ("factors",)


def _head(cell: Cell) -> str:
    return f"cell {cell.name!r} cannot be played: " if cell.name else ""


def _merged(body: str, told: Sequence[tuple[str, Finding]]) -> Finding:
    """One finding for what several cells have wrong in the same way: most often one bad value of a factor."""
    name, finding = told[0]
    if len(told) == 1 or finding.message == body:
        return finding
    return replace(finding, message=f"{len(told):,} cells cannot be played ({name!r} and others): {body}")


def check_cells(study: StudyFile, found: list[Cell]) -> list[Checked]:
    """Every cell's scenario and catalogue.

    Raises
    ------
    ScenarioError
        With what keeps cells from being played; the same objection is said once.
    """
    results: list[Checked] = []
    same: dict[tuple[Any, ...], list[tuple[str, Finding]]] = {}
    for cell in found:
        try:
            results.append(checked(study, cell))
        except ScenarioError as error:
            for finding in error.findings:
                body = finding.message.removeprefix(_head(cell))
                key = (finding.severity, finding.file, finding.line, finding.column, finding.path, body)
                same.setdefault(key, []).append((cell.name, finding))
    if same:
        findings = sorted_findings([_merged(key[-1], told) for key, told in same.items()])
        more = len(findings) - MAX_SHOWN
        if more > 0:
            findings = [
                *findings[:MAX_SHOWN],
                Finding("error", f"and {more:,} more of the kind.", study.file),
            ]
        raise ScenarioError(findings)
    return results


def interceptors_of(ready: Sequence[Checked]) -> list[str]:
    """Every interceptor that some cell can fire, by id."""
    found: set[str] = set()
    for one in ready:
        for system in one.scenario.systems:
            load = (
                system.loads
                if system.loads is not None
                else one.catalogue.systems[system.system].fire_units.load
            )
            found.update(load)
    return sorted(found)


def unchanged_catalogue(ready: Checked) -> Catalogue:
    """The catalogue of a cell without what the study or the scenario changed."""
    scenario = ready.scenario
    if not scenario.catalogue_overrides:
        return ready.catalogue
    other = scenario.model_copy(update={"catalogue_overrides": {}})
    other._file, other._lines = scenario._file, scenario._lines
    return catalogue_of(other)
