"""The scorecard of a dispute: law, consents, battles, exposure, money and stability of every option in one result.

`make_scorecard` reads a dispute file with its blocks, plays or takes up the studies, and gives a `Scorecard`: a frozen
result that turns into plain data (`to_dict`), a page (`scorecard_page`) and prose (`scorecard_prose`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parapet.disposition.dispute import Dispute, load_dispute
from parapet.disposition.money import Money, Range, of_option, weigh_money
from parapet.disposition.options import Options, weigh_options
from parapet.disposition.scorecard_bargain import Day, Outcome, Stability, stability
from parapet.disposition.scorecard_blocks import Blocks, ExposureData, read_blocks
from parapet.disposition.scorecard_law import GATES, LawTables, law_tables
from parapet.disposition.scorecard_military import Military, check_runs, play_battles
from parapet.disposition.scorecard_words import consent, gate, given, values_of
from parapet.disposition.yaml_data import NOTICE

if TYPE_CHECKING:
    from parapet.analysis.exposure_result import Exposure
    from parapet.study.execute import Tell

LEVELS: Final = ("low", "nominal", "high")
ASSUMED: Final = (
    "Preferences are the analyst's assumptions. Raids and air defence are invented around public figures. Several sums "
    "and the days to make a stored system ready are assumed. Each is marked where it stands."
)


@dataclass(frozen=True)
class Dated:
    """The law and the money on a day of the record and a day of submission."""

    label: str
    as_of: date
    submission: date
    options: Options
    tables: LawTables
    money: Money

    @property
    def day(self) -> Day:
        """Day of the record and of submission."""
        return self.as_of, self.submission


@dataclass(frozen=True)
class Watch:
    """What an option leaves of one geometry: looks a month that expose the airframe, by level of its signature.

    Attributes
    ----------
    looks
        In the state the option leaves the radars in.
    if_on
        The same if somebody switched them on; None where they are gone.
    """

    preset: str
    title: str
    state: str
    looks: Mapping[str, float]
    if_on: Mapping[str, float] | None
    command: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "preset": self.preset, "title": self.title, "state": self.state,
            "exposing_looks_per_month": dict(self.looks),
            "if_switched_on": None if self.if_on is None else dict(self.if_on), "command": self.command,
        }  # fmt: skip


@dataclass(frozen=True)
class Scorecard:
    """Everything on the page.

    Attributes
    ----------
    dates
        Days of the switchboard; the first is the one that was asked for.
    chosen
        Reading to yes, no or open, as asked for.
    letters
        A letter for each reading.
    exposures
        By preset.
    watched
        Option to what is left of each of its geometries.
    """

    dispute: Dispute
    blocks: Blocks
    dates: tuple[Dated, ...]
    chosen: Mapping[str, str]
    letters: Mapping[str, str]
    military: Military | None
    exposures: Mapping[str, Exposure]
    watched: Mapping[str, tuple[Watch, ...]]
    stability: Stability | None
    command: str

    @property
    def now(self) -> Dated:
        """The day that was asked for."""
        return self.dates[0]

    @property
    def titles(self) -> dict[str, str]:
        """Option to its title."""
        return {one.id: one.title for one in self.dispute.data.options}

    @property
    def shorts(self) -> dict[str, str]:
        """Option to what sentences call it."""
        return {one.id: one.short or one.title for one in self.dispute.data.options}

    @property
    def to_file(self) -> str:
        """The dispute file, as commands name it."""
        return _shown(self.dispute.file)

    @property
    def not_modelled(self) -> tuple[str, ...]:
        """What exposure leaves out."""
        from parapet.analysis.exposure_result import NOT_MODELLED

        return NOT_MODELLED

    def removed(self, preset: str) -> float:
        """Looks a month that horizon, range or both remove, all bands, nominal signature."""
        ladders = [band.ladders["nominal"] for band in self.exposures[preset].bands]
        return sum(one.horizon + one.range + one.both for one in ladders)

    def masked(self, preset: str) -> float:
        """Looks a month that the reflector removes, all bands, nominal signature."""
        return sum(band.ladders["nominal"].masked for band in self.exposures[preset].bands)

    def outcomes(self, option: str, dated: Dated | None = None) -> list[Outcome]:
        """Of every solution that the chosen readings allow on a day, that which was asked for if left out."""
        if self.stability is None:
            return []
        day = (dated or self.now).day
        return [one.outcomes[option] for one in self.stability.allowed(self.chosen, day)]

    def sums(self, option: str) -> list[Range]:
        """Money of an option."""
        return of_option(self.now.money, self.dispute.option(option).money)

    def to_dict(self) -> dict[str, Any]:
        """As plain data; what `parapet scorecard --json` prints."""
        from parapet.disposition.scorecard_prose import prose

        now = self.now
        rows = []
        for one in self.dispute.data.options:
            tables, verdicts = now.tables, now.options[one.id].verdicts
            outcomes = self.outcomes(one.id)
            rows.append({
                "option": one.id, "title": one.title, "is_irreversible": one.is_irreversible,
                "feasible": str(tables.feasible[one.id].look_up(self.chosen).value),
                "consents": {
                    actor: vars(consent(table, self.chosen, self.letters))
                    for actor, table in tables.consents[one.id].items()
                },
                "gates": {
                    name: vars(gate(tables.gates[one.id][name], self.chosen, self.letters, verdicts[name].is_in_force))
                    for name in GATES
                },
                "given": {
                    name: {**table.look_up(self.chosen).to_dict(), "text": given(table, self.chosen, self.letters).text}
                    for name, table in tables.counterparts[one.id].items()
                },
                "battles": {} if self.military is None else {
                    raid.id: raid.battles[self.military.variants[one.id]].to_dict() for raid in self.military.raids
                },
                "exposure": [watch.to_dict() for watch in self.watched.get(one.id, ())],
                "money": [sum_.to_dict() for sum_ in self.sums(one.id)],
                "stability": [outcome.to_dict() for outcome in _distinct(outcomes)],
            })  # fmt: skip
        return {
            "notice": NOTICE, "assumed": ASSUMED, "title": self.dispute.data.title, "file": _shown(self.dispute.file),
            "as_of": now.as_of.isoformat(), "submission": now.submission.isoformat(),
            "ledger_ends": self.dispute.ledger.last_day.isoformat(), "readings": dict(self.chosen),
            "command": self.command, "summary": [text for _, text in prose(self)],
            "dates": [
                {
                    "label": one.label, "as_of": one.as_of.isoformat(), "submission": one.submission.isoformat(),
                    "stability": self._shares(one),
                }
                for one in self.dates
            ],
            "options": rows,
            "military": None if self.military is None else self.military.to_dict(),
            "stability": None if self.stability is None else self.stability.to_dict(now.day),
        }  # fmt: skip

    def _shares(self, dated: Dated) -> dict[str, dict[str, list[float]]]:
        """Option to the least and the most that is reached, and that lasts, on a day under the chosen readings."""
        if self.stability is None:
            return {}
        found = {}
        for option in self.titles:
            outcomes = self.outcomes(option, dated)
            shares = {kind: values_of(outcomes, kind) for kind in ("reached", "lasting")}
            found[option] = {kind: [min(values), max(values)] for kind, values in shares.items()}
        return found


def _distinct(outcomes: list[Outcome]) -> list[Outcome]:
    found: list[Outcome] = []
    for one in outcomes:
        if one not in found:
            found.append(one)
    return found


def make_scorecard(
    file: Path | str,
    as_of: date | str | None = None,
    readings: Mapping[str, str] | None = None,
    submission: date | str | None = None,
    runs: int | None = None,
    store: Path | str = "out/turkiye",
    progress: Tell | None = None,
    say: Callable[[str], None] | None = None,
) -> Scorecard:
    """The scorecard of a dispute file.

    Parameters
    ----------
    as_of, readings, submission
        As for `weigh_options`; the page starts there.
    runs
        Runs of each variant of the studies; the study files' if left out.
    store
        Folder of the stored studies: what is there is not played again.

    Raises
    ------
    InputError
        For a file, a block or a reading that is wrong.
    StoreError
        If the store holds another study of that name.
    """
    check_runs(runs)  # before anything takes time
    dispute = load_dispute(file)
    blocks = read_blocks(dispute)
    first = weigh_options(dispute, as_of, readings, submission)
    dates = [_dated("as asked for" if as_of or submission else "The file's own day", first, dispute)]
    seen = {(first.as_of, first.submission)}
    own = (dispute.data.as_of, dispute.data.submission)
    others = [("The file's own day", *own)] + [
        (one.label, one.as_of, one.submission) for one in blocks.scorecard.dates
    ]
    for label, day, start in others:
        if (day, start) not in seen:
            seen.add((day, start))
            dates.append(_dated(label, weigh_options(dispute, day, first.readings, start), dispute))
    military = None
    if blocks.military is not None:
        variants = {one.id: one.variant for one in dispute.data.options}
        military = play_battles(blocks.military, variants, blocks.folder, Path(store), runs, progress, say)
    exposures = {} if blocks.exposure is None else _exposures(blocks.exposure, blocks.folder)
    lasting = None
    if blocks.bargaining is not None:
        lasting = stability((one.tables for one in dates), blocks.bargaining, blocks.folder)
    return Scorecard(
        dispute, blocks, tuple(dates), first.readings,
        {name: chr(ord("A") + k) for k, name in enumerate(first.readings)},
        military, exposures, _watched(blocks, exposures), lasting,
        _command(dispute, first, as_of, readings, submission, runs, store),
    )  # fmt: skip


def _dated(label: str, found: Options, dispute: Dispute) -> Dated:
    tables = law_tables(dispute, found.as_of, found.submission)
    return Dated(
        label,
        found.as_of,
        found.submission,
        found,
        tables,
        weigh_money(found.submission, ledger=dispute.ledger),
    )


def _exposures(block: ExposureData, folder: Path) -> dict[str, Exposure]:
    from parapet.analysis.exposure import exposure

    return {one.id: exposure(Path(os.path.relpath(folder / one.file)).as_posix()) for one in block.presets}


def _watched(blocks: Blocks, exposures: Mapping[str, Exposure]) -> dict[str, tuple[Watch, ...]]:
    """What each option leaves: all of it if the radars work, nothing if they are off or gone."""
    if blocks.exposure is None:
        return {}
    titles = {one.id: one.title for one in blocks.exposure.presets}
    found = {}
    for option, data in blocks.exposure.options.items():
        rows = []
        for name in data.presets:
            seen = exposures[name]
            working = {level: seen.total(level, as_is=False) for level in LEVELS}
            is_on = data.state == "operational"
            rows.append(
                Watch(
                    name, titles[name], data.state, working if is_on else dict.fromkeys(LEVELS, 0.0),
                    working if data.state != "elsewhere" else None, f"parapet exposure {seen.file}",
                )
            )  # fmt: skip
        found[option] = tuple(rows)
    return found


def _shown(path: Path | str) -> str:
    return Path(os.path.relpath(path)).as_posix()


def _command(
    dispute: Dispute,
    first: Options,
    as_of: date | str | None,
    readings: Mapping[str, str] | None,
    submission: date | str | None,
    runs: int | None,
    store: Path | str,
) -> str:
    words = [f"parapet scorecard {_shown(dispute.file)}"]
    words += [f"--as-of {first.as_of}"] if as_of else []
    words += [f"--submission {first.submission}"] if submission else []
    words += [f"--reading {name}={answer}" for name, answer in (readings or {}).items()]
    words += [f"--runs {runs}"] if runs else []
    words += [f"--store {_shown(store)}"] if _shown(store) != "out/turkiye" else []
    return " ".join(words)
