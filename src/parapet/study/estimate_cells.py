"""The closed form of every cell of a study file, before anything is played: plain data, and a table for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from parapet.study import design
from parapet.study.estimate import ClosedForm, estimate
from parapet.study.read import read
from parapet.study.schema import StudyFile
from parapet.tables import table_of

Row = tuple[design.Cell, ClosedForm]


def estimate_cells(file: str | Path) -> tuple[StudyFile, list[Row], list[str]]:
    """The study, each of its cells with its closed form at nominal figures, and the warnings there are, said once.

    Raises
    ------
    ScenarioError
        If the study or one of its cells cannot be played; holds all findings with their lines.
    """
    asked = read(file)
    cells = design.cells(asked)
    ready = design.check_cells(asked, cells)
    warnings = {str(f) for one in ready for f in one.findings if f.severity == "warning"}
    rows = [(cell, estimate(one.scenario, one.catalogue)) for cell, one in zip(cells, ready, strict=True)]
    return asked, rows, sorted(warnings)


def as_data(asked: StudyFile, rows: Sequence[Row]) -> dict[str, Any]:
    """What `parapet estimate STUDY --json` prints."""
    return {
        "title": asked.title,
        "question": asked.question,
        "cells": [
            {
                "cell": cell.number, "name": cell.name, "variant": cell.variant, "levels": dict(cell.levels),
                **found.as_dict(),
            }
            for cell, found in rows
        ],
    }  # fmt: skip


def _few(value: float) -> str:
    return f"{value:.3g}" if value == 0.0 or value >= 0.001 else "< 0.001"


def render(asked: StudyFile, rows: Sequence[Row]) -> RenderableType:
    """One row per cell, and what the closed form leaves out."""
    head = Text(asked.title, style="bold")
    if asked.question:
        head.append("\n" + asked.question, style="italic")
    table = table_of("Closed form" + (" at nominal figures" if asked.doubt is not None else ""))
    table.add_column("cell", justify="right", no_wrap=True)
    table.add_column("name", overflow="fold")
    for name in (
        "threats",
        "leak",
        "P(no leaker)",
        "rounds\nfired",
        "of\nloaded",
        "no channel\n(worst system)",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for cell, found in rows:
        blocked = max((system.p_blocked for system in found.systems), default=None)
        table.add_row(
            str(cell.number), cell.name, f"{found.n_threats:,}", _few(found.expected_leakers),
            _few(found.p_no_leaker), f"{sum(system.rounds_fired for system in found.systems):,.0f}",
            f"{sum(system.rounds_loaded for system in found.systems):,.0f}",
            "-" if blocked is None else f"{100.0 * blocked:.0f} %",
        )  # fmt: skip
    reasons = dict.fromkeys(reason for _, found in rows for reason in found.reasons)
    return Group(
        head,
        Text(""),
        table,
        Text("Nothing was played. It leaves out:", style="dim"),
        *(Text(f"- {reason}", style="dim") for reason in reasons),
    )
