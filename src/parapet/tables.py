"""Tables on the console in the house style."""

from __future__ import annotations

from rich import box
from rich.table import Table


def table_of(title: str) -> Table:
    """An empty table: title and heads on the left, a line under the heads and no frame."""
    return Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False,
        header_style="dim",
    )  # fmt: skip
