"""The figures that a result stands on: which were used, how good they are, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from parapet.catalogue import Catalogue
from parapet.catalogue.figure import GRADES, Figure
from parapet.report.page import Block, Bullets, Cell, Prose, Table
from parapet.scenario.schema import Scenario
from parapet.study.doubt import NOT_PLAYED, entries_used

DECIDING: tuple[tuple[str, str], ...] = (
    ("radars.*.modes.*.reference_range", "how far it sees"),
    ("radars.*.modes.*.reference_signature", "what it sees so far"),
    ("radars.*.antenna_height", "how low a flyer it sees"),
    ("radars.*.period", "how often it looks"),
    ("systems.*.fire_units.n_target_channels", "how many targets at once"),
    ("systems.*.fire_units.n_missile_channels", "how many rounds at once"),
    ("systems.*.reaction_time", "how soon it shoots"),
    ("systems.*.kill_assessment_time", "how soon it shoots again"),
    ("interceptors.*.range_air", "reach"),
    ("interceptors.*.range_min", "nearest intercept"),
    ("interceptors.*.p_reliability", "rounds that work"),
    ("interceptors.*.lethal_radius_*", "how near is a kill"),
    ("interceptors.*.seeker_range_reference", "how well it homes"),
    ("threats.*.signature.X.front", "how large it looks"),
    ("threats.*.speed", "how fast it comes"),
    ("threats.*.altitude", "how low it comes"),
)
"""Figures that decide most battles, as patterns, and what they decide. A study ranks them for one scenario."""

GRADE_WORDS = {
    "read": "printed on a page that was opened",
    "second-hand": "quoted by a document that cites the page",
    "general knowledge": "usually printed, no text found",
    "derived": "arithmetic on other figures",
    "model": "somebody else's model or estimate",
    "notional": "chosen here, because the engine needs a number and none is public",
}


@dataclass(frozen=True)
class Used:
    """One figure in use."""

    path: str
    who: str
    key: str
    figure: Figure
    decides: str


def used(scenario: Scenario, catalogue: Catalogue) -> list[Used]:
    """Every figure of every entry that the scenario plays with, in the order of the catalogue's sections."""
    found = []
    for section, name in entries_used(scenario, catalogue):
        entry = catalogue.section(section)[name]
        for key, figure in entry.figures():
            if key.split(".")[0] in NOT_PLAYED:
                continue
            path = f"{section}.{name}.{key}"
            decides = next((word for pattern, word in DECIDING if fnmatchcase(path, pattern)), "")
            found.append(Used(path, entry.name, key, figure, decides))
    return found


def _value(figure: Figure) -> tuple[str, str]:
    low, nominal, high = (f"{value:.6g}" for value in figure.written)
    unit = "" if figure.unit == "1" else f" {figure.unit}"
    return f"{nominal}{unit}", "" if low == high else f"{low} to {high}"


def _key(key: str) -> str:
    """A key of the catalogue for people: ``lethal radius aircraft``."""
    return re.sub(r"(^|\.)(modes\.|fire_units\.|n_)+", r"\1", key).replace(".", " ").replace("_", " ")


def blocks(
    cases: Iterable[tuple[Scenario, Catalogue]], drivers: Iterable[str] = ()
) -> tuple[list[Block], list[tuple[str, str]]]:
    """The section on assumptions, and the sources cited in it as (text, address), in the order of their numbers.

    Parameters
    ----------
    cases : scenarios with their catalogues; figures used by several are told once.
    drivers : paths or groups of figures that a study found to drive the answer, strongest first.

    Pinned by ``tests/report/test_assumptions.py``.
    """
    all_used: dict[str, Used] = {}
    sources: dict[str, tuple[str, str]] = {}
    for scenario, catalogue in cases:
        for one in used(scenario, catalogue):
            all_used.setdefault(one.path, one)
        for key, source in catalogue.sources.items():
            fields = [source.fields.get(name, "") for name in ("author", "title", "year")]
            sources[key] = (", ".join(part for part in fields if part), source.url)
    figures = list(all_used.values())
    cited: dict[str, int] = {}
    first = [path for path in drivers if path in all_used]
    order = {path: n for n, path in enumerate(first)}
    deciding = sorted(
        (one for one in figures if one.decides), key=lambda one: order.get(one.path, len(order))
    )
    rows: list[list[Cell]] = []
    who, decides = "", ""
    for one in deciding:
        if one.figure.written == (0.0, 0.0, 0.0):
            continue  # what is not there: no seeker
        value, spread = _value(one.figure)
        told = one.decides if (one.who, one.decides) != (who, decides) else ""
        told_who = one.who if one.who != who else ""
        who, decides = one.who, one.decides
        origin = one.figure.note
        if one.figure.source:
            number = cited.setdefault(one.figure.source, len(cited) + 1)
            origin = f"[{number}] {origin}".strip()
        rows.append(
            [
                Cell(told_who, "who"), Cell(told), Cell(_key(one.key), "quiet"), Cell(value, "value"),
                Cell(spread, "quiet"),
                Cell(one.figure.grade, "grade " + one.figure.grade.replace(" ", "-")), Cell(origin, "origin"),
            ]
        )  # fmt: skip
    made: list[Block] = [Prose(_shares(figures))]
    made.append(
        Table(
            "Figures that usually decide, with grade and source.",
            ["of", "decides", "figure", "value", "low to high", "grade", "source and note"], rows, is_small=True,
            note="Numbers in brackets: sources at the end. All figures: parapet catalogue show ID.",
        )
    )  # fmt: skip
    grades = [grade for grade in GRADES if any(one.figure.grade == grade for one in figures)]
    made.append(Prose("Grades, best first:"))
    made.append(Bullets([f"{grade}: {GRADE_WORDS[grade]}." for grade in grades]))
    return made, [sources[key] for key in cited]


def _shares(figures: list[Used]) -> str:
    n = len(figures)
    counts = [(grade, sum(one.figure.grade == grade for one in figures)) for grade in GRADES]
    words = ", ".join(f"{count} {grade}" for grade, count in counts if count)
    notional = dict(counts).get("notional", 0)
    return (
        f"The result stands on {n} figures of the catalogue: {words}. "
        f"{notional / n:.0%} are notional: nobody outside knows them, and another choice gives another result. "
        "Only public, open-source figures are used."
        if n
        else "No figure of the catalogue is used."
    )
