"""One comparison per row: what is printed, on whose word, what the model gives, and whether it was tuned to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

FITTED = "fitted"
PREDICTED = "predicted"
DEFINITION = "definition"
MARKS = (FITTED, PREDICTED, DEFINITION)


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    low, high
        What is printed, in `unit`; NaN where nothing is printed.
    modelled
        In `unit`; NaN where the model has no answer.
    mark
        ``fitted``: an engine parameter was tuned to it. ``predicted``: it came out untuned. ``definition``: an input.
    why_not
        Stands as the verdict where a comparison would mean nothing.
    slack
        Share by which the model may leave the printed spread before it counts as a mismatch (rounding of print).
    """

    topic: str
    quantity: str
    unit: str
    low: float
    high: float
    source: str
    modelled: float
    mark: str
    note: str = ""
    slack: float = 0.02
    why_not: str = ""

    @property
    def verdict(self) -> str:
        """``agrees``, ``MISMATCH`` with the ratio, or ``-`` where there is nothing to compare with."""
        if self.why_not:
            return self.why_not
        if math.isnan(self.modelled):
            return "no answer"
        if math.isnan(self.low):
            return "-"
        if self.low * (1.0 - self.slack) <= self.modelled <= self.high * (1.0 + self.slack):
            return "agrees"
        near = self.low if self.modelled < self.low else self.high
        return f"**MISMATCH** {100.0 * (self.modelled / near - 1.0):+.0f} %"

    @property
    def printed(self) -> str:
        """The printed spread."""
        if math.isnan(self.low):
            return "no figure"
        return number(self.low) if self.low == self.high else f"{number(self.low)} to {number(self.high)}"


def number(value: float) -> str:
    """A number with three digits that matter."""
    if math.isnan(value):
        return "-"
    if value == 0.0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 4)}f}"


def source_of(figure: Any) -> str:
    """Grade and origin of a catalogue figure."""
    origin = figure.source or ("pointer, not opened" if figure.pointer else "")
    return figure.grade + (f": {origin}" if origin else "")


def against(
    topic: str,
    quantity: str,
    figure: Any,
    unit: str,
    scale: float,
    modelled: float,
    mark: str,
    note: str = "",
) -> Row:
    """A row against a catalogue figure; `scale` turns SI into `unit`."""
    return Row(
        topic,
        quantity,
        unit,
        figure.low / scale,
        figure.high / scale,
        source_of(figure),
        modelled / scale,
        mark,
        note,
    )


def table(rows: Iterable[Row]) -> list[str]:
    """Markdown lines."""
    out = [
        "| quantity | printed | modelled | unit | mark | verdict | source and note |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        note = f"{row.source}. {row.note}" if row.note else row.source
        out.append(
            f"| {row.quantity} | {row.printed} | {number(row.modelled)} | {row.unit} | {row.mark} | "
            f"{row.verdict} | {note} |"
        )
    return out


def count(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows of each mark, and how many mismatches."""
    counts = {mark: sum(row.mark == mark for row in rows) for mark in MARKS}
    counts["compared"] = sum(
        not (math.isnan(row.low) or math.isnan(row.modelled) or row.why_not) for row in rows
    )
    counts["mismatch"] = sum("MISMATCH" in row.verdict for row in rows)
    return counts


def wilson(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share, 95 % by default."""
    if n == 0:
        return 0.0, 1.0
    p = k / n
    middle = (p + z * z / (2 * n)) / (1.0 + z * z / n)
    half = z / (1.0 + z * z / n) * math.sqrt(p * (1.0 - p) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
