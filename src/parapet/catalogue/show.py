"""The catalogue for a reader: a list of what there is, and every figure of one entry with its doubt and its origin."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from parapet.catalogue.catalogue import Catalogue
from parapet.catalogue.entries import SECTIONS, Entry, Part
from parapet.catalogue.figure import GRADES, Figure
from parapet.catalogue.loading import load

_STYLES = dict(zip(GRADES, ("green", "cyan", "blue", "magenta", "yellow", "dim"), strict=True))
_SUMMARY = {
    "radars": ("kind", "band"),
    "interceptors": ("guidance",),
    "systems": (),
    "threats": ("kind",),
    "assets": ("kind", "hardness"),
}
_KEY_FIGURES = {
    "radars": ("instrumented_range",),
    "interceptors": ("range_air", "range_ballistic"),
    "systems": ("fire_units.count", "fire_units.n_target_channels", "fire_units.n_missile_channels"),
    "threats": ("speed", "range_max", "signature.X.front"),
    "assets": ("value",),
}


def list_entries(kind: str | None = None, catalogue: Catalogue | None = None) -> RenderableType:
    """A table of all entries, or of those of one kind (``radar``, ``radars``, ...), and the share of each grade.

    Raises
    ------
    CatalogueError
        If there is no such kind.
    """
    catalogue = catalogue or load()
    table = Table(title=f"Catalogue {catalogue.hash}", title_justify="left", box=None, pad_edge=False)
    for heading in ("section", "id", "name", "what it is"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "id")
    last = ""
    for entry in catalogue.entries(kind):
        section = entry.section if entry.section != last else ""
        if section and last:
            table.add_section()
        table.add_row(Text(section, "bold"), entry.id, entry.name, _summary(entry))
        last = entry.section
    return Group(table, Text(""), _grades(catalogue, kind))


def describe(name: str, catalogue: Catalogue | None = None) -> RenderableType:
    """All that is known about one entry, named by its id or as ``section.id``.

    Raises
    ------
    CatalogueError
        If there is no such entry; the message offers the closest id.
    """
    catalogue = catalogue or load()
    entry = catalogue.find(name)
    parts: list[RenderableType] = [Text(f"{entry.name}  ({entry.section}.{entry.id})", "bold")]
    if entry.note:
        parts.append(Text(entry.note))
    words = Table(box=None, show_header=False, pad_edge=False)
    for key, value in _words(entry):
        words.add_row(Text(key, "bold"), value)
    table = Table(box=None, pad_edge=False)
    table.add_column("key", no_wrap=True)
    table.add_column("nominal", justify="right", no_wrap=True)
    table.add_column("low to high", no_wrap=True)
    table.add_column("grade", no_wrap=True)
    table.add_column("origin and note", overflow="fold")
    for path, figure in entry.figures():
        table.add_row(*_row(path, figure, catalogue))
    return Group(*parts, Text(""), words, Text(""), table)


def _row(path: str, figure: Figure, catalogue: Catalogue) -> tuple[RenderableType, ...]:
    low, nominal, high = (f"{value:.6g}" for value in figure.written)
    unit = "" if figure.unit == "1" else f" {figure.unit}"
    spread = "" if low == high else f"{low} to {high}"
    origin = Text(figure.note)
    if figure.fit:
        origin.append(f" [{figure.fit}]" if figure.note else f"[{figure.fit}]", "bold")
    if figure.source:
        origin.append(f"{' ' if origin else ''}Read: {catalogue.sources[figure.source]}", "green")
    if figure.pointer:
        origin.append(f"{' ' if origin else ''}Said to stand at (not opened): {figure.pointer}", "dim")
    return path, f"{nominal}{unit}", spread, Text(figure.grade, _STYLES[figure.grade]), origin


def _words(part: Part, head: str = "") -> Iterable[tuple[str, str]]:
    """Everything about an entry that is no figure."""
    for key in type(part).model_fields:
        value = getattr(part, key)
        path = f"{head}{key}"
        if key in ("id", "name", "note") and not head:
            continue
        if isinstance(value, Part):
            yield from _words(value, f"{path}.")
        elif isinstance(value, str | int):
            yield path, str(value)
        elif isinstance(value, tuple) and value and all(isinstance(item, str) for item in value):
            yield path, ", ".join(value)


def _summary(entry: Entry) -> str:
    words = [
        str(getattr(entry, key)).replace("_", " ") for key in _SUMMARY[entry.section] if getattr(entry, key)
    ]
    for path in _KEY_FIGURES[entry.section]:
        if entry.has(path):
            figure = entry.figure(path)
            unit = "" if figure.unit == "1" else f" {figure.unit}"
            label = path.split(".")[-1] if "." not in path or "units" in path else path
            words.append(f"{label} {figure.written[1]:.6g}{unit}")
    return ", ".join(words)


def _grades(catalogue: Catalogue, kind: str | None) -> Text:
    shares = catalogue.grades_share(kind)
    text = Text("Figures by grade: ")
    text.append(", ".join(f"{grade} {share:.0%}" for grade, share in shares.items()))
    text.append(f". {sum(1 for e in catalogue.entries(kind) for _ in e.figures())} figures, ")
    text.append(f"{len(catalogue.sources)} sources, {len(SECTIONS)} sections.")
    return text
