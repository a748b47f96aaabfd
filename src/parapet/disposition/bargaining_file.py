"""A dispute file: decision makers with options and preferences, rules, the status quo; read and checked.

A dispute comes in one of two forms. *Option form*: decision makers have ``options``, states are combinations of them,
``rules`` say what cannot be. *Graph form*: ``states`` are listed and decision makers have ``moves``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from parapet.disposition.bargaining_schema import (
    FORMAT,
    KEY,
    DisputeBlock,
    MakerBlock,
    OptionBlock,
    PreferenceBlock,
)
from parapet.disposition.graph_model import Flags, GraphModel
from parapet.disposition.graph_model_options import Feasible, Option, State
from parapet.disposition.graph_model_orders import MAX_STATEMENTS, Orders
from parapet.disposition.graph_model_statements import is_name, parse
from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document, Path
from parapet.scenario.read import did_you_mean
from parapet.scenario.yaml_model import read_model, read_model_text


@dataclass(frozen=True)
class Want:
    """One statement of a preference as results tell it."""

    maker: str
    place: int
    id: str
    readings: tuple[str, ...]
    source: str
    is_assumption: bool
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """As plain data."""
        return {
            "maker": self.maker, "place": self.place, "id": self.id, "readings": list(self.readings),
            "source": self.source, "is_assumption": self.is_assumption, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True)
class Built:
    """A dispute under chosen readings, ready to be solved."""

    graph: GraphModel
    states: tuple[State, ...]
    orders: Orders
    status_quo: int
    at_once: Flags
    changers: Flags
    n_combinations: int
    excluded: tuple[tuple[str, int], ...]
    """Why, and how many combinations each rule is the first to rule out."""
    wants: tuple[Want, ...]
    """The statements behind the orders."""


@dataclass(frozen=True)
class Dispute:
    """A dispute file, read.

    Attributes
    ----------
    makers
        Names of the decision makers.
    options
        All options, by decision maker.
    readings
        Default of each reading.
    """

    block: DisputeBlock
    document: Document
    makers: tuple[str, ...]
    options: tuple[Option, ...]
    wants: tuple[Want, ...]
    readings: Mapping[str, bool]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Where it was read."""
        return self.document.file

    def build(
        self, readings: Mapping[str, bool] | None = None, feasible: Feasible | None = None, seed: int = 1
    ) -> Built:
        """States, moves and orders under these readings.

        Parameters
        ----------
        readings
            Those that differ from their default.
        feasible
            What else cannot be, e.g. from the rules of law: a function of a `State`, or a table of patterns
            (`graph_model_options.Feasible`).

        Raises
        ------
        InputError
            If a reading is not defined, a preference is no order, or the status quo is not feasible; with its line.
        """
        from parapet.disposition.bargaining_build import Builder

        return Builder(self, readings or {}, feasible, seed).built()


def read(path: str | FilePath) -> Dispute:
    """The dispute in a file.

    Raises
    ------
    InputError
        With every finding, each with its line.
    """
    return _checked(*read_model(path, DisputeBlock, KEY, FORMAT))


def read_text(text: str, file: str = "<text>") -> Dispute:
    """The dispute in a string; like `read`."""
    return _checked(*read_model_text(text, DisputeBlock, KEY, FORMAT, file))


def _checked(block: DisputeBlock, document: Document) -> Dispute:
    return _Reader(block, document).dispute()


class _Reader:
    """What needs more than one block to judge."""

    def __init__(self, block: DisputeBlock, document: Document) -> None:
        self.block = block
        self.document = document
        self.findings: list[Finding] = []

    def wrong(self, path: Path, message: str) -> None:
        self.findings.append(self.document.finding("error", path, message))

    def dispute(self) -> Dispute:
        block = self.block
        is_graph = bool(block.states)
        makers = tuple(maker.name for maker in block.decision_makers)
        self._once(makers, ("decision-makers",), "decision maker")
        self._once(block.states, ("states",), "state")
        options = self._options(is_graph)
        if is_graph:
            for key, value in (("rules", block.rules), ("merge", block.merge), ("names", block.names),
                               ("no-moves", block.no_moves)):  # fmt: skip
                if value:
                    self.wrong((key,), f"'{key}' goes with options; this dispute lists its states.")
        self._statements(options)
        wants = tuple(w for i, maker in enumerate(block.decision_makers) for w in self._wants(i, maker))
        if self.findings:
            raise InputError(sorted_findings(self.findings))
        defaults = {name: reading.default for name, reading in block.readings.items()}
        dispute = Dispute(block, self.document, makers, options, wants, defaults, dict(block.names))
        dispute.build()  # says what is wrong with orders and the status quo
        return dispute

    def _once(self, names: Sequence[str], path: Path, what: str) -> None:
        for k, name in enumerate(names):
            if name in names[:k]:
                self.wrong((*path, k), f"the {what} {name!r} stands here twice.")

    def _options(self, is_graph: bool) -> tuple[Option, ...]:
        options: list[Option] = []
        seen: dict[str, str] = {}
        for i, maker in enumerate(self.block.decision_makers):
            base: Path = ("decision-makers", i)
            if is_graph and maker.options:
                self.wrong(
                    (*base, "options"), "this dispute lists its states; give 'moves' instead of options."
                )
            if not is_graph and maker.moves:
                self.wrong((*base, "moves"), "'moves' go with a list of 'states'; give 'options' instead.")
            for k, block in enumerate(maker.options):
                here: Path = (*base, "options", k)
                names = block.values or (block.name,)
                for name in dict.fromkeys((block.name, *names)):
                    if not is_name(name):
                        self.wrong(here, f"got the name {name!r}; a name is letters, digits, '-' and '_', and no "
                                         "word of statements (not, and, or, if, iff).")  # fmt: skip
                    if name in seen:
                        self.wrong(here, f"the name {name!r} stands twice, first for {seen[name]}.")
                    seen[name] = f"{maker.name}'s option {block.name!r}"
                if len(block.values) == 1:
                    self.wrong((*here, "values"), "got one value; an option with values needs two or more.")
                options.append(Option(block.name, i, block.values, self._final(block, here), block.text))
        if not is_graph and not options:
            self.wrong(("decision-makers",), "nobody has an option. Give 'options', or 'states' and 'moves'.")
        return tuple(options)

    def _final(self, block: OptionBlock, here: Path) -> frozenset[str]:
        if block.final is False:
            return frozenset()
        if block.final is True:
            if block.values:
                self.wrong((*here, "final"), f"say which values are final, e.g. [{block.values[-1]}].")
            return frozenset((block.name,))
        for value in block.final:
            if value not in block.values:
                text = f"{value!r} is no value of {block.name!r}.{did_you_mean(value, block.values)}"
                self.wrong((*here, "final"), text)
        return frozenset(block.final)

    def _parse(self, text: str, options: Sequence[Option], path: Path) -> None:
        try:
            parse(text, known_names(options))
        except InputError as error:
            self.wrong(path, error.findings[0].message)

    def _statements(self, options: Sequence[Option]) -> None:
        block = self.block
        for k, rule in enumerate(block.rules):
            self._parse(rule.never, options, ("rules", k, "never"))
            names = rule.reading if isinstance(rule.reading, dict) else [rule.reading] if rule.reading else []
            for name in names:
                if name not in block.readings:
                    hint = (
                        did_you_mean(name, block.readings)
                        or f" Defined: {', '.join(block.readings) or 'none'}."
                    )
                    self.wrong(("rules", k, "reading"), f"no reading is called {name!r}.{hint}")
        for k, move in enumerate(block.no_moves):
            self._parse(move.start, options, ("no-moves", k, "from"))
            self._parse(move.end, options, ("no-moves", k, "to"))
            makers = [maker.name for maker in block.decision_makers]
            if move.by not in makers:
                hint = did_you_mean(move.by, makers) or f" Known: {', '.join(makers)}."
                self.wrong(("no-moves", k, "by"), f"no decision maker is called {move.by!r}.{hint}")
        for k, merge in enumerate(block.merge):
            self._parse(merge.when, options, ("merge", k, "when"))
        for name, text in block.names.items():
            self._parse(text, options, ("names", name))

    def _wants(self, i: int, maker: MakerBlock) -> list[Want]:
        base: Path = ("decision-makers", i, "preference")
        preference = maker.preference
        has_ranking = bool(preference.ranking)
        if has_ranking == bool(preference.statements):
            self.wrong(base, "a preference has either 'statements' or a 'ranking'.")
            return []
        if has_ranking:
            if preference.source is None:
                self.wrong(base, "'source' is missing: where the ranking is taken from.")
            if preference.contested:
                self.wrong((*base, "contested"), "'contested' goes with statements; use 'rest: any'.")
            text = (
                preference.ranking if isinstance(preference.ranking, str) else "; ".join(preference.ranking)
            )
            return [Want(maker.name, 1, "ranking", (text,), preference.source or "", preference.assumption)]
        if self.block.states:
            self.wrong(
                (*base, "statements"),
                "statements are about options; this dispute lists its states. Rank them.",
            )
            return []
        if len(preference.statements) > MAX_STATEMENTS:
            self.wrong(
                (*base, "statements"), f"got {len(preference.statements)}, expected at most {MAX_STATEMENTS}."
            )
        wants = []
        for k, statement in enumerate(preference.statements):
            here: Path = (*base, "statements", k)
            options = [
                Option(o.name, j, o.values)
                for j, m in enumerate(self.block.decision_makers) for o in m.options
            ]  # fmt: skip
            self._parse(statement.say, options, (*here, "say"))
            for n, other in enumerate(statement.or_else):
                if other is not None and other != "none":
                    self._parse(other, options, (*here, "or-else", n))
            others = tuple("none" if other is None else other for other in statement.or_else)
            name = statement.id or str(k + 1)
            readings = (statement.say, *others)
            wants.append(
                Want(
                    maker.name, k + 1, name, readings, statement.source, preference.assumption, statement.note
                )
            )
        self._contested(preference, [want.id for want in wants], base)
        return wants

    def _contested(self, preference: PreferenceBlock, ids: list[str], base: Path) -> None:
        says = [statement.say for statement in preference.statements]
        for k, text in enumerate(says):
            if text in says[:k]:
                first = says.index(text) + 1
                self.wrong((*base, "statements", k, "say"), f"{text!r} stands here twice, first as statement {first}; "
                           "an order gives it one place.")  # fmt: skip
        for k, name in enumerate(ids):
            if name in ids[:k]:
                self.wrong((*base, "statements", k), f"the id {name!r} stands here twice.")
        for n, group in enumerate(preference.contested):
            for name in group:
                if name not in ids and group != ("all",):
                    hint = did_you_mean(name, ids) or f" Known: {', '.join(ids)}."
                    self.wrong((*base, "contested", n), f"no statement has the id {name!r}.{hint}")
            if len(set(group)) < 2 and group != ("all",):
                self.wrong((*base, "contested", n), "a contest needs two statements.")
        if not any(f.path.startswith("decision-makers") for f in self.findings):
            self._no_gap(contested_groups(preference, ids), ids, base)

    def _no_gap(self, groups: tuple[tuple[int, ...], ...], ids: list[str], base: Path) -> None:
        """A contested pair with something between that is fixed to both is not contested at all."""
        is_open = {(a, b) for group in groups for a in group for b in group}
        for n, group in enumerate(groups):
            for a in group:
                for c in (c for c in group if c > a):
                    between = [b for b in range(a + 1, c) if (a, b) not in is_open and (b, c) not in is_open]
                    if between:
                        text = f"not an order: {ids[a]!r} and {ids[c]!r} are contested, but {ids[between[0]]!r} stands "
                        text += "between them and is fixed to both. Add it to the contest, or move the two together."
                        self.wrong((*base, "contested", n), text)
                        return


def contested_groups(preference: PreferenceBlock, ids: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The contested statements by number."""
    return tuple(
        tuple(range(len(ids))) if group == ("all",) else tuple(ids.index(name) for name in group)
        for group in preference.contested
    )


def known_names(options: Sequence[Option]) -> list[str]:
    """What statements may speak of."""
    return [name for option in options for name in option.names]


def parsed_readings(pairs: Sequence[str]) -> dict[str, bool]:
    """``["a=true", "b=no"]`` as a mapping.

    Raises
    ------
    InputError
        If one is not ``name=true`` or ``name=false``.
    """
    words: dict[str, bool] = {
        "true": True,
        "yes": True,
        "on": True,
        "false": False,
        "no": False,
        "off": False,
    }
    found: dict[str, bool] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or value.lower() not in words:
            raise InputError(f"--reading: got {pair!r}, expected name=true or name=false.")
        found[name.strip()] = words[value.lower()]
    return found


def as_plain(value: Any) -> Any:
    """NumPy numbers and tuples as what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
