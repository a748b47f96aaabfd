"""What things are: radars, interceptors, systems, threats and assets, every figure with its doubt and its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parapet.catalogue.catalogue import Catalogue
from parapet.catalogue.entries import Asset, Entry, Interceptor, Radar, System, Threat
from parapet.catalogue.figure import GRADES, Figure
from parapet.catalogue.loading import launchers_needed, load

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "GRADES",
    "Asset",
    "Catalogue",
    "Entry",
    "Figure",
    "Interceptor",
    "Radar",
    "System",
    "Threat",
    "describe",
    "launchers_needed",
    "list_entries",
    "load",
]


def describe(name: str, catalogue: Catalogue | None = None) -> RenderableType:
    """A table of all that is known about one entry, for a terminal."""
    from parapet.catalogue.show import describe as shown

    return shown(name, catalogue)


def list_entries(kind: str | None = None, catalogue: Catalogue | None = None) -> RenderableType:
    """A table of all entries, or of those of one kind, for a terminal."""
    from parapet.catalogue.show import list_entries as shown

    return shown(kind, catalogue)
