"""Progress of a study for a person (a bar, or single lines), for a script (JSON lines), or not at all."""

from __future__ import annotations

import json
import math
import sys
import time
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console

    from parapet.study.execute import Progress

LINE_S = 10.0
"""Without a terminal a line comes this often."""


def duration(seconds: float) -> str:
    """``12 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if not math.isfinite(seconds):
        return "?"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def sentence(progress: Progress) -> str:
    """``412 of 1,000 runs, 31.2 a second, 19 s left; leaked 2.41 +- 0.12 (count=40)``."""
    parts = [f"{progress.done:,} of {progress.wanted:,} runs"]
    if progress.played:
        parts.append(f"{progress.rate:.3g} a second")
    if not progress.is_last and progress.played:
        parts.append(f"{duration(progress.left_s)} left")
    text = ", ".join(parts)
    estimate = progress.estimate
    if estimate is not None and math.isfinite(estimate.half_width):
        where = f" ({progress.cell})" if progress.cell != "base" else ""
        text += f"; {progress.column} {estimate.value:.3g} +- {estimate.half_width:.2g}{where}"
    return text


def as_data(progress: Progress) -> dict[str, Any]:
    """One JSON line."""
    return {
        "event": "finished" if progress.is_last else "progress",
        "done": progress.done, "wanted": progress.wanted, "played": progress.played, "rate": round(progress.rate, 3),
        "left_s": round(progress.left_s, 1) if math.isfinite(progress.left_s) else None,
        "cell": progress.cell, "column": progress.column,
        "estimate": None if progress.estimate is None else progress.estimate.as_dict(),
    }  # fmt: skip


class Teller:
    """Tells how a study goes; a context manager, so that the terminal is left as it was."""

    def __init__(self, mode: Literal["person", "quiet", "json"], console: Console, compile_s: float) -> None:
        self.mode = mode
        self.console = console
        self.compile_s = compile_s
        self.bar: Any = None
        self.task: Any = None
        self.last = -math.inf

    def __enter__(self) -> Teller:
        from parapet._jit import is_cache_cold

        if self.mode == "person" and is_cache_cold():
            self.say(f"compiling the engine, once, about {self.compile_s:.0f} s (kept for the next time) ...")
        return self

    def say(self, text: str) -> None:
        """A sentence on the error channel (an object on the JSON channel)."""
        if self.mode == "json":
            self._line({"event": "note", "text": text})
        elif self.mode == "person" or text.startswith("warning") or "set aside" in text:
            self.console.print(text, markup=False)

    def tell(self, progress: Progress) -> None:
        """How far it is."""
        if self.mode == "json":
            self._line(as_data(progress))
        elif self.mode == "person":
            if self.console.is_terminal:
                self._show(progress)
            elif progress.is_last or time.monotonic() - self.last >= LINE_S:
                self.last = time.monotonic()
                self.console.print(sentence(progress), markup=False)

    def _show(self, progress: Progress) -> None:
        if self.bar is None:
            from rich.progress import BarColumn, Progress, TextColumn

            self.bar = Progress(
                BarColumn(30), TextColumn("{task.description}"), console=self.console, transient=True
            )
            self.bar.start()
            self.task = self.bar.add_task("", total=1)
        self.bar.update(
            self.task, total=max(progress.wanted, 1), completed=progress.done, description=sentence(progress)
        )
        if progress.is_last:
            self.close()
            self.console.print(sentence(progress), markup=False)

    def _line(self, data: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def close(self) -> None:
        """Put the terminal back."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def __exit__(self, *_: object) -> None:
        self.close()
