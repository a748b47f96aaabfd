"""A report as plain data: sections of blocks. The template turns them into HTML and escapes every text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text


@dataclass(frozen=True)
class Prose:
    """A paragraph; `lead` says its first words, in bold."""

    kind: ClassVar[str] = "prose"
    text: str
    lead: str = ""
    style: str = ""
    """``note`` for small print, ``warning`` for what must not be overlooked."""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    kind: ClassVar[str] = "bullets"
    items: Sequence[str]


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `style` is a class of the style sheet (``leaked``, ``killed``, ``quiet``, a grade)."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption. `right` are the columns set flush right, `foot` a row of sums."""

    kind: ClassVar[str] = "table"
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: frozenset[int] = frozenset()
    foot: Sequence[str] = ()
    note: str = ""
    is_small: bool = False

    @property
    def is_short(self) -> bool:
        """True if it should not be parted over two pages."""
        return len(self.rows) <= 14


@dataclass(frozen=True)
class Picture:
    """A figure with its caption; `alt` is for readers who cannot see it."""

    kind: ClassVar[str] = "picture"
    svg: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Story:
    """What happened to one threat, in time order: ``(time, "why" | "event", text)``."""

    kind: ClassVar[str] = "story"
    title: str
    lines: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Listing:
    """Text kept as it is: a command or a file."""

    kind: ClassVar[str] = "listing"
    text: str
    caption: str = ""


Block = Prose | Bullets | Table | Picture | Story | Listing


@dataclass
class Section:
    """A section with its heading and the word that links to it."""

    key: str
    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Number:
    """A number that stands out at the top."""

    value: str
    word: str
    style: str = ""
    range: str = ""


@dataclass
class Page:
    """One report."""

    kicker: str
    title: str
    question: str
    numbers: list[Number]
    answer: list[str]
    caution: str
    sections: list[Section]
    facts: list[tuple[str, str]]
    """What stands at the foot of the first page: seed, engine and so on."""


def from_rich(renderable: RenderableType, caption: str = "") -> Iterator[Block]:
    """What the command line shows of a scenario, a battle or a study, as blocks."""
    if isinstance(renderable, Group):
        for part in renderable.renderables:
            yield from from_rich(part, caption)
    elif isinstance(renderable, Padding):
        yield from from_rich(renderable.renderable, caption)
    elif isinstance(renderable, RichTable):
        yield from from_table(renderable, caption)
    else:
        text = str(renderable).strip()
        if text:
            yield Prose(text)


_STYLES = {"green": "killed", "bold red": "leaked", "dim": "quiet", "bold yellow": "full", "yellow": "full"}


def from_table(
    table: RichTable, caption: str = "", note: str = "", names: Mapping[str, str] | None = None
) -> Iterator[Block]:
    """A table of the command line as a block; nothing if it has no rows. `names` replace ids in the first column."""
    columns = [[_cell(cell) for cell in column.cells] for column in table.columns]
    columns[0] = [Cell((names or {}).get(cell.text, cell.text), cell.style) for cell in columns[0]]
    rows = list(zip(*columns, strict=True))
    if not rows:
        return
    head = [str(column.header) for column in table.columns]
    right = frozenset(k for k, column in enumerate(table.columns) if column.justify == "right")
    foot = [str(column.footer) for column in table.columns] if table.show_footer else []
    title = caption or str(table.title or "").replace("\n", " ")
    more = str(table.caption or "")
    yield Table(title, head, rows, right, foot, " ".join(part for part in (note, more) if part))


def _cell(renderable: RenderableType) -> Cell:
    if isinstance(renderable, Text):
        return Cell(renderable.plain, _STYLES.get(str(renderable.style), ""))
    return Cell(str(renderable))
