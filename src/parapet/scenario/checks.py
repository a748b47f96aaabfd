"""The list of findings while it grows, and the questions every check asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from parapet.errors import Finding, Severity
from parapet.scenario.document import Document, Path
from parapet.scenario.places import (
    PlaceError,
    Point,
    distance_m,
    ground_elevation_m,
    located,
    own_problem,
    sites,
)
from parapet.scenario.read import did_you_mean
from parapet.scenario.schema import Place, Scenario

if TYPE_CHECKING:
    from parapet.catalogue import Catalogue

#: No point of a battle lies farther than this from its first site: the longest ballistic range and some room.
MAX_EXTENT_M = 4_000_000.0


def listed(names: Iterable[str]) -> str:
    """Names in alphabetical order, for messages."""
    return ", ".join(sorted(names))


class Checks:
    """Holds the list while the scenario is walked."""

    def __init__(
        self, scenario: Scenario, catalogue: Catalogue, document: Document, dropped: set[Path]
    ) -> None:
        self.scenario = scenario
        self.catalogue = catalogue
        self.document = document
        self.dropped = dropped
        self.findings: list[Finding] = []
        self.ground_m = ground_elevation_m(scenario)
        self.sites = sites(scenario)
        self.centre = self._centre()

    def say(self, severity: Severity, path: Path, message: str) -> None:
        """Adds a finding, unless it follows only from a place that was taken out as wrong already."""
        origin = self.document.origin(path)
        for gone in self.dropped:
            is_above = len(origin) >= 2 and gone[: len(origin)] == origin and len(gone) > len(origin)
            if is_above or origin[: len(gone)] == gone:
                return
        self.findings.append(self.document.finding(severity, path, message))

    def error(self, path: Path, message: str) -> None:
        self.say("error", path, message)

    def entry(self, kind: str, path: Path, name: str) -> Any:
        """A catalogue entry, or None and a finding."""
        known: dict[str, Any] = getattr(self.catalogue, kind)
        if name in known:
            return known[name]
        hint = did_you_mean(name, known) or f" The catalogue has: {listed(known)}."
        self.error(path, f"the catalogue has no {kind[:-1]} {name!r}.{hint}")
        return None

    def point(
        self, path: Path, place: Place, default: Point | None = None, seen: tuple[str, ...] = ()
    ) -> Point | None:
        """The point a place means, or None and a finding; None alone if it hangs on a place that is wrong."""
        problem = own_problem(place)
        if problem:
            self.error(path, problem)
            return None
        if place.of is not None and place.of not in self.sites:
            if not self._is_name_dropped():
                none = " The scenario has no assets or systems."
                hint = did_you_mean(place.of, self.sites) or (
                    f" There are: {listed(self.sites)}." if self.sites else none
                )
                self.error((*path, "of"), f"no asset or system is called {place.of!r}.{hint}")
            return None
        try:
            point = located(self.scenario, place, default, seen)
        except PlaceError as error:
            # A place that hangs on a broken one is not broken itself; a circle is told where it is closed.
            if seen or place.of is None:
                self.error(path, str(error))
            return None
        if self.centre is not None:
            away = distance_m(self.centre, point)
            if away > MAX_EXTENT_M:
                text = f"lies {away / 1000:,.0f} km from the first site; a battle reaches "
                text += f"{MAX_EXTENT_M / 1000:,.0f} km at most. Are latitude and longitude right?"
                self.error(path, text)
                return None
        return point

    def _is_name_dropped(self) -> bool:
        """Whether a site that was taken out as wrong may be the one meant."""
        return any(len(path) in (2, 3) and path[0] in ("assets", "systems") for path in self.dropped)

    def _centre(self) -> Point | None:
        for site in self.sites.values():
            try:
                return located(self.scenario, site.place, None, (site.name,))
            except PlaceError:
                continue
        return None
