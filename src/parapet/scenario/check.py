"""Everything that is wrong with a scenario, found without playing it: one list, each entry with its place."""

from __future__ import annotations

from pathlib import Path as FilePath

from parapet import catalogue as catalogue_module
from parapet.catalogue import Catalogue
from parapet.errors import CatalogueError, Finding, InputError, ScenarioError, UnitError, sorted_findings
from parapet.scenario.check_raid import MAX_THREATS, RaidChecks, memory_bytes
from parapet.scenario.check_sites import SiteChecks, n_fire_units
from parapet.scenario.document import Document, Path
from parapet.scenario.names import BODY_SUFFIX, collisions, fire_unit_names, member_names
from parapet.scenario.read import reading
from parapet.scenario.schema import Scenario


def check(scenario: Scenario, catalogue: Catalogue) -> list[Finding]:
    """All findings in a scenario that is right in itself, in the order of the file.

    Errors make it unplayable; warnings and notes do not. That an aim point can be reached is only estimated here;
    the compiler knows (``parapet check --deep``).
    """
    document = Document(scenario.file, lines=scenario.lines)
    return _Check(scenario, catalogue, document, set()).all()


def check_file(
    path: str | FilePath, catalogue: Catalogue | None = None
) -> tuple[Scenario | None, list[Finding]]:
    """The scenario of a file (None if it cannot be played) and all findings; never raises for what a person wrote.

    Findings that need the catalogue are made even when the schema already has objections, on what is left of the file
    without the wrong places.
    """
    result = reading(path)
    findings = list(result.findings)
    if result.scenario is not None:
        used, more = _catalogue(result.scenario, result.document, catalogue)
        findings += more
        findings += _Check(result.scenario, used, result.document, result.dropped).all()
    findings = sorted_findings(findings)
    is_playable = result.scenario is not None and not any(finding.severity == "error" for finding in findings)
    return (result.scenario if is_playable else None), findings


def load(path: str | FilePath) -> tuple[Scenario, Catalogue, list[Finding]]:
    """A scenario that can be played, the catalogue it asks for, and its warnings and notes.

    Raises
    ------
    ScenarioError
        If there is any error; holds all findings, warnings and notes too.
    """
    scenario, findings = check_file(path)
    if scenario is None:
        raise ScenarioError(findings)
    return scenario, catalogue_for(scenario), findings


def catalogue_for(scenario: Scenario, base: Catalogue | None = None) -> Catalogue:
    """The catalogue with the scenario's own folder and overrides.

    Raises
    ------
    ScenarioError
        If a file in that folder is wrong, or an override names nothing.
    """
    document = Document(scenario.file, lines=scenario.lines)
    used, findings = _catalogue(scenario, document, base)
    if findings:
        raise ScenarioError(findings)
    return used


def _catalogue(
    scenario: Scenario, document: Document, base: Catalogue | None
) -> tuple[Catalogue, list[Finding]]:
    """The catalogue as far as it can be had, and what was wrong with the rest."""
    findings: list[Finding] = []
    used = base if base is not None and scenario.catalogue is None else catalogue_module.load()
    if scenario.catalogue is not None:
        folder = FilePath(scenario.file or ".").parent / scenario.catalogue
        if not folder.is_dir():
            findings.append(document.finding("error", ("catalogue",), f"there is no folder {str(folder)!r}."))
        else:
            try:
                used = catalogue_module.load(folder)
            except CatalogueError as error:
                findings += error.findings
    changes = scenario.catalogue_overrides
    if not changes:
        return used, findings
    try:
        return used.replace(changes), findings
    except InputError as error:
        together = error
    # Together they are wrong; one by one says which line. Changes that are only right together stay together.
    n_before = len(findings)
    for key, value in changes.items():
        try:
            used.replace({key: value})
        except (CatalogueError, UnitError) as error:
            text = " ".join(finding.message for finding in error.findings)
            findings.append(document.finding("error", ("catalogue_overrides", key), text))
    if len(findings) == n_before:
        text = " ".join(finding.message for finding in together.findings)
        findings.append(document.finding("error", ("catalogue_overrides",), text))
    return used, findings


class _Check(SiteChecks, RaidChecks):
    """All checks of one scenario."""

    def all(self) -> list[Finding]:
        self.whole()
        self.environment()
        for i, asset in enumerate(self.scenario.assets):
            self.asset(i, asset)
        for i, system in enumerate(self.scenario.systems):
            self.system(i, system)
        for i, group in enumerate(self.scenario.raid):
            self.group(i, group)
        self.names()
        return sorted_findings(self.findings)

    def whole(self) -> None:
        scenario = self.scenario
        if (
            not scenario.systems
            and not scenario.assets
            and not any(p[0] in ("systems", "assets") for p in self.dropped)
        ):
            self.error((), "there is neither an asset nor a fire unit: nothing to attack and nothing to defend with. "
                       "Add 'assets:' or 'systems:'.")  # fmt: skip
        if not scenario.raid and not any(p[0] == "raid" for p in self.dropped):
            self.say("note", (), "there is no raid: the battle will be quiet.")
        n = scenario.n_threats
        if n > MAX_THREATS:
            largest = max(range(len(scenario.raid)), key=lambda i: scenario.raid[i].count)
            group = scenario.raid[largest]
            need = memory_bytes(n) / 2**30
            self.error(
                ("raid", largest, "count"),
                f"the raid has {n:,} threats, {group.count:,} of them in {group.name!r}; "
                f"the limit is {MAX_THREATS:,}. It would need about {need:.1f} GiB per battle.",
            )
        operational = [system for system in scenario.systems if system.status == "operational"]
        late = [
            system
            for system in scenario.systems
            if system.status == "dormant" and (system.ready_after_s, system.alerted_at_s) != (None, None)
        ]
        if not scenario.systems:
            self.say("note", (), "there are no fire units: this is the undefended baseline.")
        elif not operational and not late:
            self.say("note", ("systems",), "every system is dormant: this is the undefended baseline.")

    def environment(self) -> None:
        wind = self.scenario.environment.wind
        for i in range(1, len(wind)):
            if wind[i].altitude_m <= wind[i - 1].altitude_m:
                text = f"got {wind[i].altitude_m:g} m after {wind[i - 1].altitude_m:g} m; wind levels go up."
                self.error(("environment", "wind", i, "altitude"), text)
        for i, level in enumerate(wind):
            if level.speed_mps > 150.0:
                text = f"{level.speed_mps:g} m/s is more wind than the atmosphere has, valid up to 150 m/s."
                self.error(("environment", "wind", i, "speed"), text)
        if self.scenario.environment.ground_elevation_m is None:
            sites_with = [site for site in self.sites.values() if site.elevation_m is not None]
            if self.sites and not sites_with:
                self.say("note", (), "no site gives its elevation, so the ground is taken at 0 m. "
                         "Add 'elevation' to the sites, or 'environment: {ground_elevation: ...}'.")  # fmt: skip

    def names(self) -> None:
        first: dict[str, Path] = {}
        repeated: set[Path] = set()
        for kind in ("assets", "systems", "raid"):
            for i, item in enumerate(getattr(self.scenario, kind)):
                path: Path = (kind, i, "name")
                if item.name in first:
                    repeated.add(path)
                    line = self.document.position(self.document.origin(first[item.name]))[0]
                    self.error(
                        path, f"the name {item.name!r} is taken in line {line}. Every name stands once."
                    )
                else:
                    first[item.name] = path
        # Groups have no draws of their own; their members have.
        owners: dict[str, Path] = {name: path for name, path in first.items() if path[0] != "raid"}
        for i, system in enumerate(self.scenario.systems):
            entry = self.catalogue.systems.get(system.system)
            if entry is not None and ("systems", i, "name") not in repeated:
                for name in fire_unit_names(system.name, n_fire_units(entry)):
                    self._own(owners, name, ("systems", i, "name"))
        if self.scenario.n_threats <= MAX_THREATS:
            for i, group in enumerate(self.scenario.raid):
                if ("raid", i, "name") in repeated:
                    continue
                threat = self.catalogue.threats.get(group.threat)
                separates = (
                    threat is not None and threat.is_ballistic and threat.si("is_separating", 0.0) > 0.0
                )
                for name in member_names(group):
                    self._own(owners, name, ("raid", i, "name"))
                    if separates:
                        self._own(owners, name + BODY_SUFFIX, ("raid", i, "name"))
        for one, other in collisions(owners):
            self.error(owners[other], f"{other!r} and {one!r} have the same 64-bit number, so their random draws would "
                       "be the same. Rename one of them.")  # fmt: skip

    def _own(self, owners: dict[str, Path], name: str, path: Path) -> None:
        if name in owners:
            if owners[name][:2] != path[:2]:
                self.error(
                    path, f"its member would be called {name!r}, and that name is taken. Rename one of them."
                )
        else:
            owners[name] = path
