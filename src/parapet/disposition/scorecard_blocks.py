"""The blocks of a dispute file that the scorecard reads: battles, exposure, bargaining, dates of the switchboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from parapet.disposition.yaml_data import Model, Part, read_document, validated
from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document
from parapet.scenario.read import did_you_mean

if TYPE_CHECKING:
    from parapet.disposition.dispute import Dispute

Where = tuple[str | int, ...]


class RaidData(Part):
    """A raid, and the study that plays every variant against it."""

    id: str
    title: str
    study: str
    text: str = ""


class EndData(Part):
    """The other battle of an option that hangs on something, and on what."""

    variant: str
    when: str


class ReadyData(Part):
    """Days of warning that a sleeping system needs, and the option under which it sleeps."""

    option: str
    low: float = Field(ge=0.0)
    high: float = Field(ge=0.0)
    grade: Literal["official", "party", "press", "derived", "assumed"]
    note: str


class InsteadData(Part):
    """Something that could defend in its place: a variant for each raid."""

    id: str
    title: str
    variants: dict[str, str]
    note: str = ""


class MilitaryData(Part):
    """Battles: the raids, the variant that everything is compared with, other ends, and what could stand instead."""

    raids: tuple[RaidData, ...] = Field(min_length=1)
    baseline: str
    ends: dict[str, EndData] = Field(default_factory=dict)
    days_to_ready: ReadyData
    instead: tuple[InsteadData, ...] = ()
    notes: tuple[str, ...] = ()


class PresetData(Part):
    """A geometry of radars and flights."""

    id: str
    title: str
    file: str


class WatchedData(Part):
    """Which geometries speak for an option, and what state its radars are in."""

    presets: tuple[str, ...] = Field(min_length=1)
    state: Literal["operational", "dormant", "elsewhere"]
    note: str = ""


class ExposureData(Part):
    """Exposure: geometries, and by option which of them and in which state."""

    presets: tuple[PresetData, ...] = Field(min_length=1)
    options: dict[str, WatchedData]
    band: str = "S"
    """The band whose looks are shown by what removes them."""
    notes: tuple[str, ...] = ()


class BargainingData(Part):
    """The graph model, and how its words and those of the law go together.

    Attributes
    ----------
    dispositions
        Option of the dispute to value of the graph model; several may share one.
    given
        Counterpart to option of the graph model.
    consents
        Actor to option of the graph model.
    left_to_law
        Readings of the graph model that are held at the answer which makes its own rule idle, because the law decides.
    assumptions
        Readings of the graph model that are no question of law and can be switched.
    """

    file: str
    orders: int = Field(300, ge=1)
    dispositions: dict[str, str]
    given: dict[str, str]
    consents: dict[str, str]
    left_to_law: dict[str, bool] = Field(default_factory=dict)
    assumptions: tuple[str, ...] = ()


class DateData(Part):
    """A day of the record with a day of submission."""

    label: str
    as_of: date
    submission: date


class ScorecardData(Part):
    """Days of the switchboard besides the file's own."""

    dates: tuple[DateData, ...] = ()


@dataclass(frozen=True)
class Blocks:
    """The blocks that are there, checked against the dispute."""

    folder: Path
    military: MilitaryData | None
    exposure: ExposureData | None
    bargaining: BargainingData | None
    scorecard: ScorecardData


def read_blocks(dispute: Dispute) -> Blocks:
    """The blocks of a dispute file.

    Raises
    ------
    InputError
        With every finding: file, line, what was got, what would be right.
    """
    document = read_document(dispute.file, "dispute: 1")
    data = dispute.data
    blocks = Blocks(
        Path(dispute.file).parent,
        _block(document, MilitaryData, "military", data.military),
        _block(document, ExposureData, "exposure", data.exposure),
        _block(document, BargainingData, "bargaining", data.bargaining),
        _block(document, ScorecardData, "scorecard", data.scorecard) or ScorecardData(),
    )
    findings = _Check(document, dispute, blocks).all()
    if findings:
        raise InputError(sorted_findings(findings))
    return blocks


def _block(document: Document, model: type[Model], key: str, data: Any) -> Model | None:
    return None if data is None else validated(document, model, data, (key,))


class _Check:
    """Everything in the blocks that names something: is it there?"""

    def __init__(self, document: Document, dispute: Dispute, blocks: Blocks) -> None:
        self.document, self.dispute, self.blocks = document, dispute, blocks
        self.options = [one.id for one in dispute.data.options]
        self.findings: list[Finding] = []

    def wrong(self, path: Where, text: str) -> None:
        self.findings.append(self.document.finding("error", path, text))

    def known(self, path: Where, what: str, name: str, names: list[str]) -> None:
        if name not in names:
            hint = did_you_mean(name, names) or f" Known: {', '.join(names)}."
            self.wrong(path, f"there is no {what} {name!r}.{hint}")

    def file(self, path: Where, name: str) -> bool:
        if (self.blocks.folder / name).is_file():
            return True
        self.wrong(path, f"there is no file {str(self.blocks.folder / name)!r}.")
        return False

    def all(self) -> list[Finding]:
        if self.blocks.military is not None:
            self.military(self.blocks.military)
        if self.blocks.exposure is not None:
            self.exposure(self.blocks.exposure)
        if self.blocks.bargaining is not None:
            self.bargaining(self.blocks.bargaining)
        for i, one in enumerate(self.blocks.scorecard.dates):
            if one.submission < one.as_of:
                text = f"the submission, {one.submission}, lies before the day of the record, {one.as_of}."
                self.wrong(("scorecard", "dates", i, "submission"), text)
        return self.findings

    def military(self, block: MilitaryData) -> None:
        from parapet.study.read import read

        variants: dict[str, list[str]] = {}
        for i, raid in enumerate(block.raids):
            if raid.id in variants:
                self.wrong(("military", "raids", i, "id"), f"the raid {raid.id!r} stands here twice.")
            if self.file(("military", "raids", i, "study"), raid.study):
                variants[raid.id] = list(read(self.blocks.folder / raid.study).variants)
                what = f"variant of {raid.study}"
                self.known(("military", "baseline"), what, block.baseline, variants[raid.id])
                for k, option in enumerate(self.dispute.data.options):
                    if not option.variant:
                        self.wrong(("options", k), f"{option.id}: say which 'variant' plays it.")
                    else:
                        self.known(("options", k, "variant"), what, option.variant, variants[raid.id])
                for name, end in block.ends.items():
                    self.known(("military", "ends", name, "variant"), what, end.variant, variants[raid.id])
        for name in block.ends:
            self.known(("military", "ends", name), "option", name, self.options)
        self.known(
            ("military", "days_to_ready", "option"), "option", block.days_to_ready.option, self.options
        )
        if block.days_to_ready.low > block.days_to_ready.high:
            self.wrong(("military", "days_to_ready"), "low lies above high.")
        for i, one in enumerate(block.instead):
            for raid in block.raids:
                path: Where = ("military", "instead", i, "variants")
                if raid.id not in one.variants:
                    self.wrong(path, f"{one.id}: the variant against the raid {raid.id!r} is missing.")
                elif raid.id in variants:
                    what = f"variant of {raid.study}"
                    self.known((*path, raid.id), what, one.variants[raid.id], variants[raid.id])

    def exposure(self, block: ExposureData) -> None:
        presets = [one.id for one in block.presets]
        for i, one in enumerate(block.presets):
            self.file(("exposure", "presets", i, "file"), one.file)
        for name, watched in block.options.items():
            self.known(("exposure", "options", name), "option", name, self.options)
            for k, preset in enumerate(watched.presets):
                self.known(("exposure", "options", name, "presets", k), "preset", preset, presets)
        for name in self.options:
            if name not in block.options:
                self.wrong(("exposure", "options"), f"the option {name!r} is missing here.")

    def bargaining(self, block: BargainingData) -> None:
        from parapet.disposition.bargaining_file import read

        if not self.file(("bargaining", "file"), block.file):
            return
        model = read(self.blocks.folder / block.file)
        values = [value for option in model.options for value in option.values]
        switches = [option.name for option in model.options if not option.values]
        data = self.dispute.data
        for name in self.options:
            if name not in block.dispositions:
                self.wrong(("bargaining", "dispositions"), f"the option {name!r} is missing here.")
        head = "bargaining"
        for name, value in block.dispositions.items():
            self.known((head, "dispositions", name), "option", name, self.options)
            self.known((head, "dispositions", name), f"value of an option in {block.file}", value, values)
        for name, value in block.given.items():
            self.known((head, "given", name), "counterpart", name, [one.id for one in data.counterparts])
            self.known((head, "given", name), f"option in {block.file}", value, switches)
        for name, value in block.consents.items():
            self.known((head, "consents", name), "actor", name, list(data.actors))
            self.known((head, "consents", name), f"option in {block.file}", value, switches)
        readings = list(model.readings)
        for name in block.left_to_law:
            self.known((head, "left_to_law", name), f"reading in {block.file}", name, readings)
        for k, name in enumerate(block.assumptions):
            self.known((head, "assumptions", k), f"reading in {block.file}", name, readings)
            if name in self.dispute.book.readings:
                self.wrong((head, "assumptions", k), f"{name!r} is a reading of the law, no assumption.")
