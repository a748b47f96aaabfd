"""The catalogue as the rest of Parapet sees it: frozen, searchable, and able to make changed copies of itself."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from parapet import units
from parapet.catalogue.entries import SECTIONS, Asset, Entry, Interceptor, Radar, System, Threat
from parapet.catalogue.figure import GRADES, did_you_mean
from parapet.catalogue.sources import Source
from parapet.errors import CatalogueError, UnitError

_NUMBER_AND_UNIT: Final = re.compile(r"^\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Document:
    """A raw entry and the file it stands in."""

    file: Path
    raw: Any


@dataclass(frozen=True)
class Catalogue:
    """Everything Parapet knows about things.

    Attributes
    ----------
    radars, interceptors, systems, threats, assets
        Entries by id.
    hash
        Changes whenever any figure, word or id does.
    sources
        Bibliography entries by key.
    """

    radars: Mapping[str, Radar]
    interceptors: Mapping[str, Interceptor]
    systems: Mapping[str, System]
    threats: Mapping[str, Threat]
    assets: Mapping[str, Asset]
    hash: str
    sources: Mapping[str, Source] = field(repr=False)
    documents: Mapping[str, Mapping[str, Document]] = field(repr=False)

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.section(name))} {name}" for name in SECTIONS)
        return f"<Catalogue {self.hash}: {counts}>"

    def section(self, kind: str) -> Mapping[str, Entry]:
        """All entries of a kind, named in singular or plural (``radar`` or ``radars``).

        Raises
        ------
        CatalogueError
            If there is no such kind.
        """
        name = kind if kind in SECTIONS else f"{kind}s"
        if name not in SECTIONS:
            known = ", ".join(SECTIONS)
            raise CatalogueError(
                f"{kind!r} is no kind of entry.{did_you_mean(kind, SECTIONS)} Known: {known}."
            )
        found: Mapping[str, Entry] = getattr(self, name)
        return found

    def get(self, kind: str, name: str) -> Entry:
        """The entry of this kind and id.

        Raises
        ------
        CatalogueError
            If there is none; the message offers the closest id.
        """
        entries = self.section(kind)
        if name not in entries:
            hint = did_you_mean(name, entries) or f" Known ids: {', '.join(entries)}."
            elsewhere = [section for section in SECTIONS if name in self.section(section)]
            hint = f" It is one of the {elsewhere[0]}." if elsewhere else hint
            singular = kind if kind not in SECTIONS else kind[:-1]
            raise CatalogueError(f"no {singular} is called {name!r}.{hint}")
        return entries[name]

    def find(self, name: str) -> Entry:
        """The entry with this id, of whatever kind; ``section.id`` says which.

        Raises
        ------
        CatalogueError
            If there is none; the message offers the closest id.
        """
        section, dot, rest = name.partition(".")
        if dot and section in SECTIONS:
            return self.get(section, rest)
        for entry in self.entries():
            if entry.id == name:
                return entry
        known = [entry.id for entry in self.entries()]
        hint = did_you_mean(name, known) or " `parapet catalogue list` shows all ids."
        raise CatalogueError(f"nothing in the catalogue is called {name!r}.{hint}")

    def entries(self, kind: str | None = None) -> Iterator[Entry]:
        """Every entry, section by section, or those of one kind."""
        for section in SECTIONS if kind is None else [kind]:
            yield from self.section(section).values()

    def grades_share(self, kind: str | None = None) -> dict[str, float]:
        """The share of figures that has each grade, best grade first; those that hold by definition do not count."""
        figures = (figure for entry in self.entries(kind) for _, figure in entry.figures())
        counts = Counter(figure.grade for figure in figures if figure.fit != "definition")
        total = max(sum(counts.values()), 1)
        return {grade: counts[grade] / total for grade in GRADES}

    def replace(self, changes: Mapping[str, Any]) -> Catalogue:
        """A copy with some things changed.

        Parameters
        ----------
        changes
            By path: ``systems.s400-full.fire_units.count``, ``interceptors.48n6e3.boost_time``,
            ``radars.91n6e.modes.air.reference_range``. A number is taken in the unit of the figure it replaces, a text
            such as ``"12 km"`` in its own; either becomes low, nominal and high. ``...nominal`` (or ``low``, ``high``)
            changes that one only. A mapping replaces the whole figure or group. A path that ends in a new key of
            ``load`` (or of another open mapping) adds it; None removes it.

        Raises
        ------
        CatalogueError
            If a path leads nowhere or the changed entry is wrong.
        """
        from parapet.catalogue.loading import build

        documents = {section: dict(found) for section, found in self.documents.items()}
        copied: set[tuple[str, str]] = set()
        for path, value in changes.items():
            section, name, keys = self._address(path)
            if (section, name) not in copied:
                old = documents[section][name]
                documents[section][name] = Document(old.file, copy.deepcopy(old.raw))
                copied.add((section, name))
            _change(documents[section][name].raw, path, keys, value)
        return build(documents, self.sources)

    def _address(self, path: str) -> tuple[str, str, list[str]]:
        section, _, rest = path.partition(".")
        name, _, key = rest.partition(".")
        if not key:
            raise CatalogueError(f"{path!r} is no path to a figure, expected section.id.key.")
        self.get(section, name)
        return (section if section in SECTIONS else f"{section}s"), name, key.split(".")


def _change(raw: Any, path: str, keys: list[str], value: Any) -> None:
    parent = raw
    for key in keys[:-1]:
        parent = _inside(parent, key, path)
    last: Any = keys[-1]
    if isinstance(parent, list):
        last = parent.index(_inside(parent, last, path))
    if value is None:
        parent.pop(last)
        return
    if last in ("low", "nominal", "high") and "grade" in parent:
        parent[last] = value
        _mark_changed(parent)
        return
    old = parent[last] if isinstance(parent, list) else parent.get(last)
    if isinstance(value, Mapping):
        parent[last] = dict(value)
    elif isinstance(value, list | tuple):
        parent[last] = list(value)
    elif isinstance(old, Mapping) and "grade" in old:
        parent[last] = _new_figure(dict(old), value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool) and last != "swerling":
        # a new figure, e.g. another interceptor in a load
        parent[last] = _new_figure({"unit": "1"}, value, path)
    else:
        parent[last] = _new_figure({}, value, path) if old is None and _is_quantity(value) else value


def _inside(parent: Any, key: str, path: str) -> Any:
    known: list[str] = []
    if isinstance(parent, dict):
        if key in parent:
            return parent[key]
        known = [str(name) for name in parent]
    elif isinstance(parent, list):
        for i, item in enumerate(parent):
            if key == str(i) or (isinstance(item, dict) and item.get("name") == key):
                return item
        known = [
            str(item.get("name", i)) if isinstance(item, dict) else str(i) for i, item in enumerate(parent)
        ]
    raise CatalogueError(f"{path!r} leads nowhere: there is no {key!r}.{did_you_mean(key, known)}")


def _is_quantity(value: Any) -> bool:
    match = _NUMBER_AND_UNIT.match(value) if isinstance(value, str) else None
    if match is None:
        return False
    try:
        units.dimension_of(match.group(2))
    except UnitError:
        return False
    return True


def _new_figure(old: dict[str, Any], value: Any, path: str) -> dict[str, Any]:
    unit = old.get("unit", "1")
    match = _NUMBER_AND_UNIT.match(value) if isinstance(value, str) else None
    if match is not None:
        value, unit = float(match.group(1)), match.group(2)
    elif isinstance(value, str):
        raise CatalogueError(
            f"{path}: got {value!r}, expected a number in {unit} or a text such as '12 {unit}'."
        )
    figure: dict[str, Any] = {**old, "low": value, "nominal": value, "high": value, "unit": unit}
    _mark_changed(figure)
    return figure


def _mark_changed(figure: dict[str, Any]) -> None:
    """A figure somebody changed has lost its origin: it is notional, and says so."""
    for key in ("source", "pointer", "fit"):
        figure.pop(key, None)
    figure["grade"] = "notional"
    figure["note"] = "changed by the user of the catalogue"
