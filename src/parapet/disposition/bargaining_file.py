"""A dispute file: decision makers with options and preferences, rules, the status quo; read and checked.

A dispute comes in one of two forms. *Option form*: decision makers have ``options``, states are combinations of them,
``rules`` say what cannot be. *Graph form*: ``states`` are listed and decision makers have ``moves``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

import numpy as np
from pydantic import BeforeValidator, Field, Strict, StringConstraints

from parapet.disposition.graph_model import Flags, GraphModel
from parapet.disposition.graph_model_options import (
    Ban,
    Feasible,
    Merge,
    NoMove,
    Option,
    State,
    States,
    build,
    label_of,
    matching,
    true_names,
)
from parapet.disposition.graph_model_orders import MAX_STATEMENTS, Orders, Preference, Ranking, circle
from parapet.disposition.graph_model_statements import Statement, is_name, parse
from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document, Path
from parapet.scenario.read import did_you_mean
from parapet.scenario.yaml_model import Block, read_model, read_model_text

FORMAT: Final = 1
KEY: Final = "parapet-dispute"

Text = Annotated[str, Strict(), StringConstraints(strip_whitespace=True, min_length=1)]
Flag = Annotated[bool, Strict()]
Word = Annotated[Text, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
"""A name that may look like a number."""


class OptionBlock(Block):
    """An option of a decision maker."""

    name: Word
    """What statements call it."""
    text: str = ""
    """What it means."""
    values: tuple[Word, ...] = ()
    """If it has several values of which exactly one holds: their names. Left out: taken or not."""
    final: Flag | tuple[Word, ...] = False
    """Values that cannot be left again, or ``true`` for an option that cannot be taken back."""


class StatementBlock(Block):
    """One thing a decision maker wants."""

    say: Text
    """A statement about options, e.g. ``not return or lift``."""
    source: Text
    """Where it is taken from."""
    id: Word | None = None
    """What `contested` calls it; its number from 1 if left out."""
    or_else: tuple[Word | None, ...] = Field((), alias="or-else")
    """Other readings that are plausible too; ``none`` is: it does not count."""
    note: str = ""
    """What a reader should know."""


class PreferenceBlock(Block):
    """What a decision maker wants: prioritised statements, or a ranking of the states."""

    assumption: Flag
    """Whether the analyst assumes it (true), or it is published or stated as such (false)."""
    source: Text | None = None
    """Of a ranking, where it is taken from."""
    statements: tuple[StatementBlock, ...] = ()
    """The most important first."""
    contested: tuple[tuple[Word, ...], ...] = ()
    """Groups of statements whose order among themselves is not known; ``[all]`` for all."""
    ranking: Word | tuple[Word, ...] = ()
    """Chains such as ``7 > 3 > 4 = 8`` that together order all states."""
    rest: Annotated[str, StringConstraints(pattern="^(error|any)$")] = "error"
    """What the ranking leaves open: an ``error``, or ``any`` order is plausible."""


class MakerBlock(Block):
    """Somebody who decides."""

    name: Word
    """How results call him."""
    text: str = ""
    """Who that is."""
    options: tuple[OptionBlock, ...] = ()
    """What he controls (option form)."""
    moves: tuple[Word, ...] = ()
    """``a -> b`` or ``a <-> b`` (graph form)."""
    preference: PreferenceBlock
    """What he wants."""


class RuleBlock(Block):
    """A combination of options that cannot be."""

    never: Text
    """No state in which this holds can be."""
    why: Text
    """In words."""
    source: str = ""
    """Where it is taken from."""
    reading: Word | dict[str, Flag] | None = None
    """The rule stands only under this reading, or only if these readings have these values."""


class ReadingBlock(Block):
    """A question that can be read two ways; a switch."""

    default: Flag
    """How it is read if nothing is said."""
    text: Text
    """What it means if true."""
    source: str = ""
    """Where it is taken from."""


class NoMoveBlock(Block):
    """A change that cannot be made."""

    by: Word
    """Decision maker."""
    start: Text = Field(alias="from")
    """Where this holds before ..."""
    end: Text = Field(alias="to")
    """... and this after."""
    why: str = ""


class MergeBlock(Block):
    """States that nobody tells apart."""

    when: Text
    """All states in which this holds are one."""
    name: Word
    """What it is called."""


class DisputeBlock(Block):
    """A whole file."""

    title: Text
    question: str = ""
    notes: str = ""
    as_of: str = Field("", alias="as-of")
    """The date of the facts."""
    source: str = ""
    """Where the dispute is described."""
    readings: dict[str, ReadingBlock] = Field(default_factory=dict)
    decision_makers: tuple[MakerBlock, ...] = Field(alias="decision-makers", min_length=1)
    states: tuple[Word, ...] = ()
    """Graph form: names of the states."""
    rules: tuple[RuleBlock, ...] = ()
    no_moves: tuple[NoMoveBlock, ...] = Field((), alias="no-moves")
    merge: tuple[MergeBlock, ...] = ()
    names: dict[str, Text] = Field(default_factory=dict)
    """Names of states: each a statement that holds in exactly one."""
    status_quo: Word | tuple[Word, ...] = Field(alias="status-quo")
    """A name of a state, or a statement that holds in exactly one. Of several the first that is feasible counts: under
    another reading of the rules the world stands elsewhere."""
    pressure: tuple[Text, ...] = ()
    """Who else presses, without a move of his own; told, not computed."""


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
        return _Builder(self, readings or {}, feasible, seed).built()


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
                self.wrong((*base, "options"), "this dispute lists its states; give 'moves' instead of options.")
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
                    hint = did_you_mean(name, block.readings) or f" Defined: {', '.join(block.readings) or 'none'}."
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
            text = preference.ranking if isinstance(preference.ranking, str) else "; ".join(preference.ranking)
            return [Want(maker.name, 1, "ranking", (text,), preference.source or "", preference.assumption)]
        if self.block.states:
            self.wrong((*base, "statements"), "statements are about options; this dispute lists its states. Rank them.")
            return []
        if len(preference.statements) > MAX_STATEMENTS:
            self.wrong((*base, "statements"), f"got {len(preference.statements)}, expected at most {MAX_STATEMENTS}.")
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
            wants.append(
                Want(maker.name, k + 1, statement.id or str(k + 1), (statement.say, *others), statement.source,
                     preference.assumption, statement.note)  # fmt: skip
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
                        text += f"between them and is fixed to both. Add it to the contest, or move the two together."
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


class _Builder:
    """States, moves and orders of a dispute under chosen readings."""

    def __init__(
        self, dispute: Dispute, readings: Mapping[str, bool], feasible: Feasible | None, seed: int
    ) -> None:
        self.dispute = dispute
        self.block = dispute.block
        self.feasible = feasible
        self.seed = seed
        for name in readings:
            if name not in dispute.readings:
                hint = did_you_mean(name, dispute.readings)
                hint = hint or f" Defined: {', '.join(dispute.readings) or 'none'}."
                raise InputError(f"{dispute.file}: no reading is called {name!r}.{hint}")
        self.readings = {**dispute.readings, **readings}

    def error(self, path: Path, message: str) -> InputError:
        return InputError([self.dispute.document.finding("error", path, message)])

    def built(self) -> Built:
        block, options = self.block, self.dispute.options
        if block.states:
            found = self._graph_form()
            excluded: tuple[tuple[str, int], ...] = ()
        else:
            rules = [rule for rule in block.rules if self._stands(rule)]
            bans = [Ban(self._say(rule.never), rule.why, rule.source) for rule in rules]
            no_moves = [
                NoMove(self.dispute.makers.index(m.by), self._say(m.start), self._say(m.end), m.why)
                for m in block.no_moves
            ]
            merges = [Merge(self._say(m.when), m.name) for m in block.merge]
            try:
                found = build(len(self.dispute.makers), options, bans, no_moves, merges, self.feasible)
            except InputError as error:
                raise self.error(("rules",), error.findings[0].message) from None
            excluded = tuple(
                ("not feasible by the rules that were handed in" if k < 0 else bans[k].why, count)
                for k, count in sorted(found.banned.items())
            )
        states, found = self._sorted(self._named(found), found)
        preferences = tuple(self._preference(i, states) for i in range(len(self.dispute.makers)))
        orders = Orders(preferences, self.seed)
        try:
            ranks = orders.ranks([orders.assumed])[0]
        except InputError as error:
            raise self.error(("decision-makers",), error.findings[0].message) from None
        graph = GraphModel([state.label for state in states], self.dispute.makers, found.moves, ranks)
        return Built(
            graph, states, orders, self._status_quo(states, options), found.at_once, found.changers,
            found.n_combinations, excluded, self.dispute.wants,
        )  # fmt: skip

    def _stands(self, rule: RuleBlock) -> bool:
        if rule.reading is None:
            return True
        wanted = rule.reading if isinstance(rule.reading, dict) else {rule.reading: True}
        return all(self.readings[name] == value for name, value in wanted.items())

    def _say(self, text: str) -> Statement:
        return parse(text, known_names(self.dispute.options))

    def _graph_form(self) -> States:
        names = self.block.states
        n, d = len(names), len(self.dispute.makers)
        moves = np.zeros((d, n, n), dtype=np.bool_)
        for i, maker in enumerate(self.block.decision_makers):
            for k, text in enumerate(maker.moves):
                path: Path = ("decision-makers", i, "moves", k)
                match = re.match(r"^(.+?)\s*(<->|->)\s*(.+)$", text)
                if match is None:
                    raise self.error(path, f"got {text!r}, expected 'a -> b' or 'a <-> b'.")
                start, end = (self._index(name.strip(), names, path) for name in (match[1], match[3]))
                if start == end:
                    raise self.error(path, f"got {text!r}: staying is no move.")
                moves[i, start, end] = True
                if match[2] == "<->":
                    moves[i, end, start] = True
        states = tuple(State(name, {}, frozenset((name,))) for name in names)
        allowed = self._hook(states)
        if not allowed.all():
            keep = np.flatnonzero(allowed)
            moves = moves[:, keep][:, :, keep]
            states = tuple(states[k] for k in keep)
        n = len(states)
        return States(states, moves, len(names), np.zeros((n, n), dtype=np.bool_), moves)

    def _hook(self, states: Sequence[State]) -> Flags:
        if self.feasible is None:
            return np.ones(len(states), dtype=np.bool_)
        if not callable(self.feasible):
            raise InputError("feasible: a table of patterns speaks of options; this dispute lists its states.")
        return np.array([bool(self.feasible(state)) for state in states])

    def _index(self, name: str, names: Sequence[str], path: Path) -> int:
        if name not in names:
            hint = did_you_mean(name, names) or f" Known: {', '.join(names[:20])}."
            raise self.error(path, f"there is no state {name!r}.{hint}")
        return list(names).index(name)

    def _named(self, found: States) -> tuple[State, ...]:
        """The states with the names that the file gives them."""
        states = list(found.states)
        for name, text in self.block.names.items():
            hits = matching(states, self._say(text))
            if not hits:
                continue  # another reading excludes it
            if len(hits) > 1:
                labels = "; ".join(states[s].label for s in hits[:3])
                raise self.error(("names", name), f"{text!r} holds in {len(hits)} states ({labels}), expected one.")
            old = states[hits[0]]
            states[hits[0]] = State(name, old.values, old.true)
        labels = [state.label for state in states]
        for label in labels:
            if labels.count(label) > 1:
                raise self.error(("names",), f"two states are called {label!r}.")
        return tuple(states)

    def _sorted(self, states: tuple[State, ...], found: States) -> tuple[tuple[State, ...], States]:
        """Named states first, in the order of their names in the file; the others as they were."""
        place = {name: k for k, name in enumerate(self.block.names)}
        order = sorted(range(len(states)), key=lambda s: (place.get(states[s].label, len(place)), s))
        pick = np.ix_(order, order)
        moves = np.stack([one[pick] for one in found.moves])
        changers = np.stack([one[pick] for one in found.changers])
        kept = tuple(states[s] for s in order)
        return kept, States(kept, moves, found.n_combinations, found.at_once[pick], changers, found.banned)

    def _status_quo(self, states: Sequence[State], options: Sequence[Option]) -> int:
        given = self.block.status_quo
        texts = (given,) if isinstance(given, str) else given
        labels = [state.label for state in states]
        for k, text in enumerate(texts):
            path: Path = ("status-quo",) if isinstance(given, str) else ("status-quo", k)
            if text in labels:
                return labels.index(text)
            if self.block.states:
                self._index(text, labels, path)
            if text in self.block.names:
                continue  # named, and excluded
            try:
                statement = parse(text, known_names(options))
            except InputError as error:
                raise self.error(path, error.findings[0].message) from None
            hits = matching(states, statement)
            if len(hits) == 1:
                return hits[0]
            if hits:
                shown = "; ".join(states[s].label for s in hits[:3])
                raise self.error(
                    path, f"{text!r} holds in {len(hits)} states ({shown} ...); say more, until it is one."
                )
        text = texts[0]
        why = self._why_not(self._say(self.block.names.get(text, text)))
        raise self.error(("status-quo",), f"the status quo is infeasible: {text!r} holds in no state.{why}")

    def _why_not(self, statement: Statement) -> str:
        options = self.dispute.options
        for values in product(*(option.choices for option in options)):
            true = true_names(options, values)
            if not statement.holds(true):
                continue
            for k, rule in enumerate(self.block.rules):
                if self._stands(rule) and self._say(rule.never).holds(true):
                    line = self.dispute.document.position(("rules", k))[0]
                    return f" {label_of(options, values)!r} is ruled out in line {line}: {rule.why}"
            return f" {label_of(options, values)!r} is ruled out by the rules that were handed in."
        return " It contradicts itself."

    # ---------------------------------------------------------------------------------------------- wanted ----

    def _preference(self, i: int, states: Sequence[State]) -> Preference | Ranking:
        block = self.block.decision_makers[i].preference
        path: Path = ("decision-makers", i, "preference")
        if block.ranking:
            return self._ranking(block, states, path)
        mine = [want for want in self.dispute.wants if want.maker == self.dispute.makers[i]]
        truth = tuple(tuple(self._truth(text, states) for text in want.readings) for want in mine)
        preference = Preference(truth, contested_groups(block, [want.id for want in mine]))
        try:
            _ = preference.count
        except InputError as error:
            raise self.error((*path, "contested"), error.findings[0].message) from None
        return preference

    def _truth(self, text: str, states: Sequence[State]) -> Flags:
        if text == "none":
            return np.zeros(len(states), dtype=np.bool_)
        statement = self._say(text)
        return np.array([statement.holds(state.true) for state in states], dtype=np.bool_)

    def _ranking(self, block: PreferenceBlock, states: Sequence[State], path: Path) -> Ranking:
        chains = [block.ranking] if isinstance(block.ranking, str) else list(block.ranking)
        labels = [state.label for state in states]
        known = [*labels, *self.block.names]
        group = list(range(len(states)))
        better: list[tuple[int, int, str]] = []
        for n, chain in enumerate(chains):
            here: Path = (*path, "ranking", n) if not isinstance(block.ranking, str) else (*path, "ranking")
            parts = re.split(r"\s*([>=])\s*", chain.strip())
            before = -1
            for k in range(0, len(parts), 2):
                name = parts[k]
                if name not in labels and name in known:
                    continue  # a state that another reading of the rules excludes
                if name not in labels:
                    self._index(name, labels, here)
                state = labels.index(name)
                if before >= 0 and parts[k - 1] == "=":
                    old, new = group[state], group[before]
                    group = [new if g == old else g for g in group]
                elif before >= 0:
                    better.append((before, state, chain))
                before = state
        return self._classes(group, better, labels, block, path)

    def _classes(
        self, group: list[int], better: list[tuple[int, int, str]], labels: list[str], block: PreferenceBlock, path: Path
    ) -> Ranking:
        names = sorted(set(group))
        classes = tuple(tuple(s for s, g in enumerate(group) if g == name) for name in names)
        of = {s: names.index(g) for s, g in enumerate(group)}
        pairs = sorted({(of[a], of[b]) for a, b, _ in better})
        found = circle(len(classes), pairs)
        if found:
            loop = " > ".join(" = ".join(labels[s] for s in classes[c]) for c in found)
            raise self.error((*path, "ranking"), f"not an order: {loop}.")
        ranking = Ranking(classes, tuple(pairs))
        if block.rest == "any":
            try:
                _ = ranking.count
            except InputError as error:
                raise self.error((*path, "ranking"), error.findings[0].message) from None
            return ranking
        order = ranking.order
        chain = order.extension(0)
        for a, b in zip(chain, chain[1:], strict=False):
            if not order.after[b] >> a & 1:
                one, two = labels[classes[a][0]], labels[classes[b][0]]
                raise self.error((*path, "ranking"), f"not an order of all states: nothing says which of {one!r} and "
                                 f"{two!r} is better. Rank them, or write 'rest: any'.")  # fmt: skip
        return ranking


def parsed_readings(pairs: Sequence[str]) -> dict[str, bool]:
    """``["a=true", "b=no"]`` as a mapping.

    Raises
    ------
    InputError
        If one is not ``name=true`` or ``name=false``.
    """
    words: dict[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
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
