"""The sentences of the public debate, and how their answers look on a terminal and on a page; no sums here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

HOLDS = "holds"
HOLDS_ONLY_IF = "holds only if"
DOES_NOT_HOLD = "does not hold"
NOT_JUDGED = "not judged without battles"
VERDICTS = (HOLDS, HOLDS_ONLY_IF, DOES_NOT_HOLD, NOT_JUDGED)

SENTENCES: dict[str, tuple[str, str]] = {
    "80-targets": (
        "“Engages up to 80 targets simultaneously.”",
        "Printed for the system: 36 targets and 72 missiles (read: armyrec-s400-2015), 80 in newer versions (read: "
        "it-sputnik-s400-2020), paired with 160 missiles (general knowledge).",
    ),
    "400-km": (
        "“Aircraft, cruise and ballistic missiles at ranges up to 400 km.”",
        "400 km and 30 km height (read: tass-1075050); argued to be 150 to 200 km (read: baonghean-foi, a report on "
        "FOI); ballistic missiles 60 km (read: peopledaily-s400-2013).",
    ),
    "600-km": (
        "“Detects targets at 600 km.”",
        "600 km, no target named (read: almanar-s400); 390 km for 4 m2 and 230 km for 0.4 m2 (general knowledge).",
    ),
    "10-seconds": (
        "“Reacts in under 10 seconds.”",
        "“9-10 s”, 8 to 15 s (general knowledge); it is not said when the clock starts.",
    ),
    "4800-m-s": (
        "“Engages targets up to 4.8 km/s”, missiles of up to 3,500 km range.",
        "3,500 km and 4.8 km/s (read: domainb-s400); fastest test targets 2.8 km/s in 2007 (read: "
        "sputnik-s400-tests-2007) and 3 km/s in 2018 (reported).",
    ),
    "switched-off": (
        "“Türkiye’s S-400 is not switched on”, so it defends nothing.",
        "Ready “in five minutes” from the march (read: peopledaily-s400-2013); 1 to 2 h with a mast (second-hand). "
        "The state of the delivered system is as reported, not observed.",
    ),
}
"""Key -> the sentence, and what is printed about it with the grade of each figure."""


@dataclass(frozen=True)
class Line:
    """One case of a claim: the model's answer, and whether the sentence is true in this case (None: no bearing)."""

    case: str
    answer: str
    is_met: bool | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One sentence with the model's answer."""

    key: str
    sentence: str
    published: str
    lines: tuple[Line, ...]
    verdict: str
    condition: str
    commands: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data; what is not a finite number becomes None."""
        data = asdict(self)
        for line in data["lines"]:
            line["values"] = {
                key: None if isinstance(value, float) and not math.isfinite(value) else value
                for key, value in line["values"].items()
            }
        return data


def verdict_of(lines: Sequence[Line]) -> str:
    """Holds when every case that bears on the sentence meets it, does not when none does, else only if."""
    met = [line.is_met for line in lines if line.is_met is not None]
    if not met:
        return NOT_JUDGED
    if not any(met):
        return DOES_NOT_HOLD
    return HOLDS if all(met) else HOLDS_ONLY_IF


def claim(key: str, lines: Sequence[Line], condition: str, *commands: str) -> Claim:
    """A claim whose verdict follows from its lines."""
    sentence, published = SENTENCES[key]
    return Claim(key, sentence, published, tuple(lines), verdict_of(lines), condition, commands)


def km(metres: float) -> str:
    """``123 km``."""
    return f"{metres / 1e3:,.0f} km"


def render(claims: Sequence[Claim]) -> RenderableType:
    """All claims as tables for a terminal."""
    from rich import box
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    style = {HOLDS: "bold green", HOLDS_ONLY_IF: "bold yellow", DOES_NOT_HOLD: "bold red", NOT_JUDGED: "dim"}
    mark = {True: "yes", False: "no", None: ""}
    parts: list[RenderableType] = []
    for one in claims:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", expand=True)
        table.add_column("case", ratio=3)
        table.add_column("the model's answer", ratio=7)
        table.add_column("met", justify="right", no_wrap=True)
        for line in one.lines:
            table.add_row(Text(line.case), Text(line.answer), mark[line.is_met])
        parts += [
            Text(one.sentence, style="bold"),
            Text(f"Published: {one.published}", style="dim"),
            table,
            Text.assemble("Verdict: ", (one.verdict, style[one.verdict]), f"  {one.condition}"),
            Padding(Text("Repeat: " + "; ".join(one.commands), style="cyan"), (0, 0, 1, 0)),
        ]
    return Group(*parts)


def markdown(claims: Sequence[Claim], head: str = "") -> str:
    """All claims as a page."""
    mark = {True: "yes", False: "no", None: ""}
    out = [
        "# Claims of the public debate",
        "",
        "Each military sentence, the model's answer, and the command that repeats it. The verdict follows from the "
        "column *met*: **holds** if every case that bears on the sentence meets it, **does not hold** if none does, "
        "else **holds only if**. Where battles decide, a case is met if the whole 95 % interval of the share of "
        "battles that meet it lies above one half. Nominal catalogue figures; what is not modelled (terrain, jamming, "
        "clutter, decoys) favours the defender: a sentence that fails here is unlikely to hold in the field, and "
        "one that holds here may fail.",
        "",
        head,
        "",
        "| sentence | verdict |",
        "|---|---|",
        *(f"| [{one.sentence}](#{one.key}) | **{one.verdict}** |" for one in claims),
        "",
    ]
    for one in claims:
        out += [
            f"## {one.sentence} {{ #{one.key} }}",
            "",
            f"*Published:* {one.published}",
            "",
            "| case | the model's answer | met |",
            "|---|---|---|",
            *(f"| {line.case} | {line.answer} | {mark[line.is_met]} |" for line in one.lines),
            "",
            f"**Verdict: {one.verdict}.** {one.condition}",
            "",
            "Repeat it:",
            "",
            "```text",
            *one.commands,
            "```",
            "",
        ]
    return "\n".join(out)
