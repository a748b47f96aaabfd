"""The military effect of every option: variants of one scenario family, played as studies under common random numbers.

Options whose battle is the same share one variant; nothing is played twice. Every figure is taken from a stored study
and carries the command that repeats it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.disposition.scorecard_blocks import MilitaryData, RaidData
from parapet.errors import InputError
from parapet.study.statistics import Estimate, PairedDifference, estimated, paired_difference

if TYPE_CHECKING:
    from parapet.study.execute import Tell
    from parapet.study.result import Study

FEWEST_RUNS = 2
"""A paired difference needs two."""


@dataclass(frozen=True)
class Battle:
    """One variant against one raid.

    Attributes
    ----------
    threats
        Threats in the variant's own raid.
    leaked
        Threats that reached their aim, in a run.
    engaged
        Share of the variant's raid that at least one round was launched at.
    value_lost
        Share of the defended value destroyed.
    rounds
        Rounds fired in a run.
    fewer
        Leakers less than in the baseline's battle, run by run under the same draws; None for the baseline itself.
    saved
        The same for the share of value lost.
    """

    variant: str
    runs: int
    threats: int
    leaked: Estimate
    engaged: Estimate
    value_lost: Estimate
    rounds: Estimate
    fewer: PairedDifference | None
    saved: PairedDifference | None

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "variant": self.variant, "runs": self.runs, "threats": self.threats,
            **{key: getattr(self, key).as_dict() for key in ("leaked", "engaged", "value_lost", "rounds")},
            **{key: None if (one := getattr(self, key)) is None else one.as_dict() for key in ("fewer", "saved")},
        }  # fmt: skip


@dataclass(frozen=True)
class Raid:
    """One raid with the battle of every variant.

    Attributes
    ----------
    threats
        Of the baseline's raid: leakers of every variant are told out of so many.
    command, compare
        What repeats the figures, and what prints the paired differences.
    """

    id: str
    title: str
    text: str
    study: str
    question: str
    folder: str
    runs: int
    seed: int
    engine: str
    baseline: str
    threats: int
    assets: tuple[tuple[str, float], ...]
    battles: Mapping[str, Battle]

    @property
    def command(self) -> str:
        """Plays the study, or goes on with it."""
        return f"parapet study {_word(self.study)} --runs {self.runs} --out {_word(self.folder)}"

    def compare(self, variant: str) -> str:
        """Prints the paired differences of a variant."""
        return f"parapet compare {_word(self.folder)} --variants {_word(self.baseline)} {_word(variant)}"

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "id": self.id, "title": self.title, "study": self.study, "question": self.question,
            "folder": self.folder, "runs": self.runs, "seed": self.seed, "engine": self.engine,
            "baseline": self.baseline, "threats": self.threats, "command": self.command,
            "assets": dict(self.assets),
            "battles": {name: battle.to_dict() for name, battle in self.battles.items()},
        }  # fmt: skip


@dataclass(frozen=True)
class Military:
    """All raids, with the variant of each option.

    Attributes
    ----------
    variants
        Option to variant.
    """

    block: MilitaryData
    raids: tuple[Raid, ...]
    variants: Mapping[str, str]

    def same_as(self, option: str) -> tuple[str, ...]:
        """Other options whose battle is the very same."""
        mine = self.variants[option]
        return tuple(name for name, variant in self.variants.items() if variant == mine and name != option)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "raids": [raid.to_dict() for raid in self.raids], "variants": dict(self.variants),
            "ends": {name: end.model_dump() for name, end in self.block.ends.items()},
            "days_to_ready": self.block.days_to_ready.model_dump(),
            "instead": [one.model_dump() for one in self.block.instead],
            "notes": list(self.block.notes),
        }  # fmt: skip


def check_runs(runs: int | None) -> None:
    """Refuse fewer runs than a difference needs.

    Raises
    ------
    InputError
        With the fewest.
    """
    if runs is not None and runs < FEWEST_RUNS:
        raise InputError(
            f"--runs: got {runs}, expected at least {FEWEST_RUNS}: differences are paired run by run."
        )


def play_battles(
    block: MilitaryData,
    variants: Mapping[str, str],
    folder: Path,
    store: Path,
    runs: int | None = None,
    progress: Tell | None = None,
    say: Callable[[str], None] | None = None,
) -> Military:
    """Play the studies of a block, or take up what is stored.

    Parameters
    ----------
    variants
        Option to variant.
    folder
        Where the paths of the block start.
    store
        Folder of the stored studies, one folder in it for each.
    runs
        Runs of each variant; the study files' if left out.

    Raises
    ------
    InputError
        For fewer than two runs.
    StoreError
        If the store holds another study of that name, with what changed.
    """
    check_runs(runs)
    raids = tuple(_play(block, raid, folder, store, runs, progress, say) for raid in block.raids)
    return Military(block, raids, dict(variants))


def _play(
    block: MilitaryData,
    raid: RaidData,
    folder: Path,
    store: Path,
    runs: int | None,
    progress: Tell | None,
    say: Callable[[str], None] | None,
) -> Raid:
    from parapet.study.play import study
    from parapet.study.read import read

    file = Path(os.path.relpath(folder / raid.study))
    asked = read(file)
    n = max(asked.runs, FEWEST_RUNS) if runs is None else runs
    found = study(asked, runs=n, out=store / file.stem, progress=progress, say=say)
    return raid_of(found, block, raid, file, n)


def raid_of(found: Study, block: MilitaryData, raid: RaidData, file: Path, runs: int) -> Raid:
    """The figures of a stored study, of its first runs."""
    from parapet.study.design import checked

    asked, cells, _ = found.plan()
    base = next(cell for cell in cells if cell.variant == block.baseline)
    ready = checked(asked, base)
    assets = tuple((one.name, _value(one, ready.catalogue)) for one in ready.scenario.assets)
    total = sum(value for _, value in assets)
    reference = _columns(found, base.number, runs)
    battles = {}
    for cell in cells:
        mine = _columns(found, cell.number, runs)
        is_base = cell.variant == block.baseline
        battles[cell.variant] = Battle(
            cell.variant,
            mine["leaked"].size,
            int(mine["threats"][0]),
            estimated(mine["leaked"], "mean"),
            estimated(mine["engaged"] / mine["threats"], "mean"),
            estimated(mine["value_lost"] / total, "mean"),
            estimated(mine["rounds"], "mean"),
            None if is_base else paired_difference(reference["leaked"], mine["leaked"]),
            None
            if is_base
            else paired_difference(reference["value_lost"] / total, mine["value_lost"] / total),
        )
    return Raid(
        raid.id, raid.title, raid.text.strip(), file.as_posix(), found.manifest["question"],
        Path(os.path.relpath(found.folder)).as_posix(), runs, found.seed, str(found.manifest["engine_id"]),
        block.baseline, int(reference["threats"][0]), assets, battles,
    )  # fmt: skip


def _columns(found: Study, cell: int, runs: int) -> dict[str, NDArray[np.float64]]:
    """What is needed of the first runs of a cell."""
    names = ("threats", "leaked", "engaged", "value_lost", "rounds")
    return {name: found.values(name, cell)[:runs] for name in names}


def _value(asset: Any, catalogue: Any) -> float:
    """What an asset is worth, as the battle counts it."""
    if asset.value is not None:
        return float(asset.value)
    return float(catalogue.assets[asset.template].si("value")) if asset.template else 1.0


def _word(text: str) -> str:
    return shlex.quote(text)
