"""From a scenario to a battle in one call: what `parapet.run` and `parapet.check` are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parapet.errors import Finding, ScenarioError

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.catalogue import Catalogue
    from parapet.scenario.schema import Scenario


def load(source: str | Path | Scenario) -> tuple[Scenario, Catalogue, list[Finding]]:
    """A scenario that can be played, its catalogue, and its warnings and notes.

    Raises
    ------
    ScenarioError
        If there is any error; holds all findings.
    """
    from parapet.scenario import check as checks

    if isinstance(source, str | Path):
        return checks.load(source)
    catalogue = checks.catalogue_for(source)
    findings = checks.check(source, catalogue)
    if any(finding.severity == "error" for finding in findings):
        raise ScenarioError(findings)
    return source, catalogue, findings


def check(source: str | Path | Scenario) -> list[Finding]:
    """Everything to say about a scenario file (or a `Scenario`) without playing it; empty if nothing.

    Findings of severity ``error`` keep it from being played. Imports neither Numba nor Polars.
    """
    from parapet.scenario import check as checks

    if isinstance(source, str | Path):
        return checks.check_file(source)[1]
    return checks.check(source, checks.catalogue_for(source))


def run(
    source: str | Path | Scenario,
    seed: int | None = None,
    run: int = 0,
    record: str | None = None,
    progress: Callable[..., Any] | None = None,
    policy: Callable[..., float] | None = None,
) -> Battle:
    """Play one battle and give its result.

    Parameters
    ----------
    source
        Path of a scenario file, or a `Scenario`.
    seed
        Seed of every random draw; left out, the scenario's. The same seed gives the same battle to the bit.
    run
        Which of the runs of that seed, from 0.
    record
        ``outcomes``, ``events`` or ``full``; left out, the scenario's. Never changes the battle.
    progress
        Called while it plays, see `parapet.engine.runner.play`.
    policy
        A function that says what one more engagement is worth, used by all fire units; see `parapet.engine.policy`.

    Raises
    ------
    ScenarioError
        If the scenario cannot be played; holds all findings with their lines.
    RunError
        If the battle cannot be trusted to its end; says which command repeats it.

    Examples
    --------
    >>> battle = parapet.run("examples/ankara.yaml", seed=7)   # doctest: +SKIP
    >>> print(battle.summary())                                # doctest: +SKIP
    """
    scenario, catalogue, _ = load(source)
    return play(scenario, catalogue, seed, run, record, progress, policy)


def play(
    scenario: Scenario,
    catalogue: Catalogue,
    seed: int | None = None,
    run: int = 0,
    record: str | None = None,
    progress: Callable[..., Any] | None = None,
    policy: Callable[..., float] | None = None,
) -> Battle:
    """Like `run`, for a scenario that was checked already."""
    from parapet.analysis.battle_result import Battle
    from parapet.engine import runner

    played = runner.play(
        scenario,
        catalogue,
        scenario.seed if seed is None else seed,
        run,
        record=scenario.recording if record is None else record,
        progress=progress,
        policy=policy,
    )
    return Battle(played, scenario.title, scenario.file)


def threat_names(scenario: Scenario) -> list[str]:
    """Names of the raid's threats, in the order of the scenario."""
    from parapet.scenario.names import member_names

    return [name for group in scenario.raid for name in member_names(group)]
