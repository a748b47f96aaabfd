"""What a study file says, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parapet.scenario.document import Document

FORMAT = 1
"""Version of study files: their first line is ``parapet-study: 1``."""

DESIGNS = ("grid", "latin_hypercube", "sobol", "one_at_a_time", "saltelli")
RECORDS = ("outcomes", "threats", "shots")
RUNS = 100
"""Runs of each cell when nobody says how many."""


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    Attributes
    ----------
    path
        Where it stands, see `parapet.study.factors`.
    levels
        The values it takes; empty for a range.
    low, high
        Ends of a range, in `unit`.
    unit
        Unit of a range, or empty for a plain number.
    is_log
        The range is walked in equal ratios.
    n_levels
        Levels of a range in a grid.
    label
        Short name for tables and figures.
    """

    path: str
    levels: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    is_log: bool = False
    is_whole: bool = False
    n_levels: int = 5
    label: str = ""


@dataclass(frozen=True)
class Design:
    """How the factors' values are combined: ``kind`` is one of `DESIGNS`, ``size`` the points of a sampled design."""

    kind: str = "grid"
    size: int = 0


@dataclass(frozen=True)
class Doubt:
    """Which catalogue figures are drawn from their range, how often, and which move together.

    Attributes
    ----------
    samples
        Outer samples; sample 0, with every figure at its nominal value, comes on top.
    figures, left_out
        Patterns (``interceptors.48n6e3.*``) of the figures drawn, and of those left at nominal.
    groups
        Name -> patterns of figures that share one draw, besides those that always do.
    alternatives
        Path -> value -> weight, for what is disputed and not a range.
    """

    samples: int
    figures: tuple[str, ...] = ("*",)
    left_out: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alternatives: Mapping[str, tuple[tuple[Any, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyFile:
    """A study before it is played.

    Attributes
    ----------
    file, text
        The study file and its text.
    document
        Lines of the study file, for messages.
    base
        The base scenario as read: its data and lines.
    variants
        Name -> path -> value. Without variants there is one with an empty name that changes nothing.
    """

    file: str
    text: str
    document: Document
    base: Document
    title: str
    question: str
    variants: Mapping[str, Mapping[str, Any]]
    factors: tuple[Factor, ...]
    design: Design
    doubt: Doubt | None
    runs: int
    seed: int
    until: str
    record: str
    is_plain: bool = False

    def plan(self) -> dict[str, Any]:
        """What decides the results, as plain data: two studies with equal plans may share a store."""
        doubt = self.doubt
        return {
            "base": self.base.data,
            "variants": {name: dict(settings) for name, settings in self.variants.items()},
            "factors": [
                {
                    key: (list(value) if isinstance(value, tuple) else value)
                    for key, value in vars(factor).items()
                }
                for factor in self.factors
            ],
            "design": {"kind": self.design.kind, "size": self.design.size},
            "doubt": None
            if doubt is None
            else {
                "samples": doubt.samples,
                "figures": list(doubt.figures),
                "except": list(doubt.left_out),
                "groups": {name: list(patterns) for name, patterns in doubt.groups.items()},
                "alternatives": {
                    path: [[value, weight] for value, weight in choices]
                    for path, choices in doubt.alternatives.items()
                },
            },
            "seed": self.seed,
            "record": self.record,
        }


def from_plan(plan: Mapping[str, Any], base_file: str, title: str, file: str) -> StudyFile:
    """The study that a plan (see `StudyFile.plan`) stands for, without its file: for replays."""
    doubt = plan["doubt"]
    return StudyFile(
        file=file, text="", document=Document(file), base=Document(base_file, plan["base"]), title=title, question="",
        variants=plan["variants"],
        factors=tuple(Factor(**{**factor, "levels": tuple(factor["levels"])}) for factor in plan["factors"]),
        design=Design(**plan["design"]),
        doubt=None
        if doubt is None
        else Doubt(
            doubt["samples"], tuple(doubt["figures"]), tuple(doubt["except"]),
            {name: tuple(patterns) for name, patterns in doubt["groups"].items()},
            {path: tuple((value, weight) for value, weight in given) for path, given in doubt["alternatives"].items()},
        ),
        runs=RUNS, seed=plan["seed"], until="", record=plan["record"],
        is_plain=not plan["factors"] and len(plan["variants"]) == 1,
    )  # fmt: skip
