"""What can be wrong with those who defend and what they defend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parapet.catalogue import launchers_needed
from parapet.scenario.checks import Checks, listed
from parapet.scenario.document import Path
from parapet.scenario.places import ready_at_s
from parapet.scenario.schema import DefendingSystem

if TYPE_CHECKING:
    from parapet.catalogue import System as SystemEntry

#: Sites higher or lower than this against the smooth ground are worth a note.
GROUND_DOUBT_M = 150.0


def n_fire_units(entry: SystemEntry) -> int:
    """Fire units of a system, as the catalogue counts them."""
    return round(entry.si("fire_units.count"))


class SiteChecks(Checks):
    """Checks of `assets` and `systems`."""

    def asset(self, i: int, asset: Any) -> None:
        path: Path = ("assets", i)
        self.point((*path, "place"), asset.place, None, (asset.name,))
        self._elevation(path, asset.elevation_m)
        template = None
        if asset.template is not None:
            template = self.entry("assets", (*path, "template"), asset.template)
            if template is not None and template.kind != "template":
                self.error(
                    (*path, "template"), f"{asset.template!r} is a word for hardness, not a kind of asset."
                )
            return
        given = {"value": asset.value, "radius": asset.radius_m, "hardness": asset.hardness}
        missing = [key for key, value in given.items() if value is None and not self._is_gone((*path, key))]
        if missing:
            self.error(path, f"{', '.join(map(repr, missing))} missing: give a 'template', or all of value, radius and "
                       "hardness.")  # fmt: skip

    def _readiness(self, path: Path, system: DefendingSystem) -> None:
        given = [key for key in ("ready_after", "alerted_at") if getattr(system, f"{key}_s") is not None]
        if len(given) > 1:
            self.error((*path, "alerted_at"), "excludes 'ready_after'. Keep one of the two.")
        elif given and system.status == "operational":
            text = f"{given[0]!r} is for a dormant system; this one is operational from the start."
            self.say("warning", (*path, given[0]), text)
        elif given:
            entry = self.catalogue.systems.get(system.system)
            at_s = None if entry is None else ready_at_s(system, entry)
            if at_s is not None and at_s >= self.scenario.duration_s:
                text = f"it becomes ready {at_s / 60.0:.3g} min after the start, when the battle has ended."
                self.say("note", (*path, given[0]), text)
        elif system.status == "dormant" and len(self.scenario.systems) > 1:
            self.say("note", (*path, "status"), f"{system.name!r} is dormant: it sees and shoots nothing.")

    def _is_gone(self, path: Path) -> bool:
        return self.document.origin(path) in self.dropped

    def system(self, i: int, system: DefendingSystem) -> None:
        path: Path = ("systems", i)
        self.point((*path, "place"), system.place, None, (system.name,))
        self._elevation(path, system.elevation_m)
        self._readiness(path, system)
        low, high = system.rules.hostile_height_min_m, system.rules.hostile_height_max_m
        if low is not None and high is not None and low >= high:
            text = f"got {low:,.0f} m and 'hostile_height_max' {high:,.0f} m: no height is between them."
            self.error((*path, "rules", "hostile_height_min"), text)
        entry = self.entry("systems", (*path, "system"), system.system)
        if entry is None:
            return
        n = n_fire_units(entry)
        for key, count in (
            ("boresights", len(system.boresights_rad)),
            ("fire_unit_offsets", len(system.fire_unit_offsets)),
        ):
            if count and count != n:
                self.error(
                    (*path, key), f"got {count}, expected {n}: one for each fire unit of {system.system!r}."
                )
        if system.boresights_rad and system.boresight_spacing_rad is not None:
            self.error((*path, "boresight_spacing"), "excludes 'boresights'. Keep one of the two.")
        self._mast(path, system, entry)
        self._loads(path, system, entry)

    def _mast(self, path: Path, system: DefendingSystem, entry: SystemEntry) -> None:
        if not system.antenna_mast_m:
            return
        heights = set()
        for name in [
            *entry.search_radars,
            *([entry.fire_units.local_radar] if entry.fire_units.local_radar else []),
        ]:
            radar = self.catalogue.radars.get(name)
            heights |= (
                {round(figure.nominal, 3) for figure in radar.mast_height} if radar is not None else set()
            )
        if round(system.antenna_mast_m, 3) not in heights:
            choice = ", ".join(f"{height:g} m" for height in sorted(heights))
            text = (
                f"expected none, {choice}" if choice else "this system's radars have no mast; expected none"
            )
            self.error((*path, "antenna_mast"), f"got {system.antenna_mast_m:g} m, {text}.")

    def _loads(self, path: Path, system: DefendingSystem, entry: SystemEntry) -> None:
        units = entry.fire_units
        n_launchers = entry.si("fire_units.launchers") if system.launchers is None else system.launchers
        if system.loads is None and system.launchers is None:
            return
        fits = set(units.load)
        for other in self.catalogue.systems.values():
            if other.fire_units.engagement_radar == units.engagement_radar:
                fits |= set(other.fire_units.load)
        is_known = True
        loads: dict[str, float] = {name: figure.nominal for name, figure in units.load.items()}
        if system.loads is not None:
            loads = {name: float(rounds) for name, rounds in system.loads.items()}
        for name in loads:
            here: Path = (*path, "loads", name) if system.loads is not None else (*path, "launchers")
            if self.entry("interceptors", here, name) is None:
                is_known = False
            elif name not in fits:
                self.error(
                    here,
                    f"the launchers of {system.system!r} cannot hold {name!r}. They hold: {listed(fits)}.",
                )
                is_known = False
        if not is_known:
            return
        needed = launchers_needed(loads, self.catalogue.interceptors)
        if needed > n_launchers + 1e-9:
            key = "loads" if system.loads is not None else "launchers"
            tubes = entry.si("fire_units.tubes_per_launcher")
            text = (
                f"the load needs {needed * tubes:g} tubes per fire unit, its {n_launchers:g} launchers hold "
            )
            text += f"{n_launchers * tubes:g}. Load less, or give it more launchers."
            self.error((*path, key), text)

    def _elevation(self, path: Path, elevation_m: float | None) -> None:
        if elevation_m is not None and abs(elevation_m - self.ground_m) > GROUND_DOUBT_M:
            self.say("note", (*path, "elevation"), f"its ground is at {elevation_m:g} m; the battle is played on "
                     f"smooth ground at {self.ground_m:.0f} m.")  # fmt: skip
