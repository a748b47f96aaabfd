"""Stability of every option on every day and under every answer to the readings: the law says what can be, the graph
model what lasts.

The law's tables of a day rule out states of the graph model (the hook `feasible`). Readings are answered yes or no
here; an open one stands for both, and the page shows the range. Many days and answers leave the same states, which are
solved once. Preferences, options and status quo are the model's whatever the day: assumptions with a date of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np

from parapet.disposition.bargaining import targets
from parapet.disposition.bargaining_file import Built, Dispute, read
from parapet.disposition.bargaining_result import LEVEL
from parapet.disposition.graph_model import Flags, improvements, sequences
from parapet.disposition.graph_model_options import State
from parapet.disposition.scorecard_blocks import BargainingData
from parapet.disposition.scorecard_law import LawTables, Table
from parapet.disposition.truth import NO, YES
from parapet.errors import InputError
from parapet.study.statistics import Estimate, proportion

MOST_READINGS: Final = 14
"""Answers double with each."""

Day = tuple[date, date]
"""Day of the record, and day the papers are submitted."""


@dataclass(frozen=True)
class Standing:
    """One state of the graph model: in how many of the plausible orders it lasts, and in how many it is reached.

    Attributes
    ----------
    nash, stable
        Share of orders in which it is an equilibrium (R), and in which it is one against credible answers (SEQ).
    reached
        Share of orders in which improvements lead there from the status quo, and it is a SEQ equilibrium.
    gains, loses
        By a joint move there from the status quo, under the assumed order; ``acts`` are those without whom it does not
        happen. Empty where no joint move leads.
    p_loses
        Decision maker to the share of orders in which he loses by it.
    """

    label: str
    nash: Estimate
    stable: Estimate
    reached: Estimate
    acts: tuple[str, ...]
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    p_loses: Mapping[str, float]

    @property
    def holders(self) -> tuple[str, ...]:
        """Those who lose by it and without whom it does not happen."""
        return tuple(maker for maker in self.loses if maker in self.acts)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "label": self.label, "nash": self.nash.as_dict(), "stable": self.stable.as_dict(),
            "reached": self.reached.as_dict(), "acts": list(self.acts), "gains": list(self.gains),
            "loses": list(self.loses), "p_loses": dict(self.p_loses),
        }  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What becomes of one way out: its states, and those that stand for it.

    Attributes
    ----------
    states
        All feasible states with this disposition.
    lasting, reached
        The state that lasts in most orders (SEQ), and the one that is reached in most.
    package
        The joint move there with the fewest losers, then the most winners; None if there is none by which anybody wins.
    is_status_quo
        Whether the status quo is one of them.
    """

    states: tuple[Standing, ...]
    is_status_quo: bool

    @property
    def lasting(self) -> Standing | None:
        return max(self.states, key=lambda one: one.stable.value, default=None)

    @property
    def reached(self) -> Standing | None:
        return max(self.states, key=lambda one: one.reached.value, default=None)

    @property
    def package(self) -> Standing | None:
        moves = [one for one in self.states if one.gains]
        return min(moves, key=lambda one: (len(one.loses), -len(one.gains), -one.stable.value), default=None)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "is_status_quo": self.is_status_quo,
            "lasting": self.lasting.label if self.lasting else None,
            "reached": self.reached.label if self.reached else None,
            "package": self.package.label if self.package else None,
            "states": [one.to_dict() for one in self.states],
        }


@dataclass(frozen=True)
class Solution:
    """The graph model under one set of feasible states: an outcome for each option of the dispute."""

    status_quo: str
    n_states: int
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True)
class DayLaw:
    """What the law of a day leaves, by the readings that matter to it.

    Attributes
    ----------
    readings
        Readings of the law, then assumptions of the model, that change anything on that day.
    index
        For each combination of no and yes (the last reading changing fastest): the number of its solution.
    """

    readings: tuple[str, ...]
    index: tuple[int, ...]


@dataclass(frozen=True)
class Stability:
    """Solutions by day and by the readings that matter to them.

    Attributes
    ----------
    as_of
        When the preferences are assumed to hold, in the model's words; the same for every day.
    assumptions
        What matters on some day and is no question of law, with what the file takes it for.
    texts
        Assumption to its words.
    laws
        Day to what its law leaves. Different days share solutions.
    """

    file: str
    as_of: str
    orders: int
    n_orders: int
    makers: tuple[str, ...]
    assumptions: Mapping[str, bool]
    texts: Mapping[str, str]
    laws: Mapping[Day, DayLaw]
    solutions: tuple[Solution, ...]
    wants: tuple[Any, ...]

    @property
    def margin(self) -> int:
        """Points by which a share may be off, at most."""
        half = proportion(self.orders // 2, self.orders, level=LEVEL)
        return round(50.0 * (half.high - half.low))

    def numbers(self, chosen: Mapping[str, str], day: Day) -> tuple[int, ...]:
        """Solutions that the law of a day allows under the chosen answers; an open reading stands for both."""
        law = self.laws[day]
        found = [0]
        for name in law.readings:
            default = self.assumptions.get(name)
            answer = chosen.get(name, "open" if default is None else "yes" if default else "no")
            digits = {"yes": (1,), "no": (0,)}.get(answer, (0, 1))
            found = [2 * number + digit for number in found for digit in digits]
        return tuple(dict.fromkeys(law.index[number] for number in found))

    def allowed(self, chosen: Mapping[str, str], day: Day) -> list[Solution]:
        """The solutions of `numbers`."""
        return [self.solutions[k] for k in self.numbers(chosen, day)]

    def to_dict(self, day: Day) -> dict[str, Any]:
        """What the shares stand on, on a day, as plain data."""
        as_of, submission = day
        return {
            "file": self.file, "preferences_as_of": self.as_of,
            "law": {"as_of": as_of.isoformat(), "submission": submission.isoformat()},
            "orders": self.orders, "orders_plausible": self.n_orders, "level": LEVEL,
            "decision_makers": list(self.makers), "readings": list(self.laws[day].readings),
            "assumptions": dict(self.assumptions),
        }  # fmt: skip


def law_forbids(
    tables: LawTables, block: BargainingData, chosen: Mapping[str, str]
) -> frozenset[tuple[str, str]]:
    """Pairs of a disposition and something that cannot stand with it: ``("dormant", "f35")``, ``("hand", "-consent")``.

    The second says that the disposition cannot be *without* it. Where several options share a disposition, the law
    forbids what it forbids to all of them. What the law leaves unknown it does not forbid.
    """
    found = set()
    for value in dict.fromkeys(block.dispositions.values()):
        options = [name for name, own in block.dispositions.items() if own == value]
        for counterpart, word in block.given.items():
            answers = [tables.counterparts[name][counterpart].look_up(chosen).value for name in options]
            if all(answer is NO for answer in answers):
                found.add((value, word))
        for actor, word in block.consents.items():
            needed = [tables.consents[name].get(actor) for name in options]
            if all(table is not None and table.look_up(chosen).value is YES for table in needed):
                found.add((value, f"-{word}"))
    return frozenset(found)


def allows(forbidden: Iterable[tuple[str, str]], state: State) -> bool:
    """Whether a state of the graph model stands with the law: the hook that `bargain` takes."""
    return not any(
        state.holds(value) and (not state.holds(word[1:]) if word.startswith("-") else state.holds(word))
        for value, word in forbidden
    )


def stability(laws: Iterable[LawTables], block: BargainingData, folder: Path, seed: int = 1) -> Stability:
    """The graph model under the law of every day and every combination of readings.

    Raises
    ------
    InputError
        If the law of a day leaves the status quo no state, or too many readings decide what can be.
    """
    laws = tuple(laws)
    dispute = read(folder / block.file)
    of_law = {name for tables in laws for table in _all_tables(tables) for name in table.readings}
    passed = [name for name in dispute.readings if name in of_law - {*block.left_to_law, *block.assumptions}]
    work = _Work(dispute, block, passed, seed)
    found = {(tables.as_of, tables.submission): work.law(tables) for tables in laws}
    kept = {name for law in found.values() for name in law.readings}
    return Stability(
        Path(os.path.relpath(folder / block.file)).as_posix(), dispute.block.as_of, block.orders,
        dispute.build({}, None, seed).orders.count, dispute.makers,
        {name: value for name, value in work.assumptions.items() if name in kept},
        {name: dispute.block.readings[name].text for name in block.assumptions},
        found, tuple(work.solutions), dispute.wants,
    )  # fmt: skip


class _Work:
    """Graphs solved once, for all days and answers that leave the same one."""

    def __init__(self, dispute: Dispute, block: BargainingData, passed: Sequence[str], seed: int) -> None:
        self.dispute, self.block, self.passed, self.seed = dispute, block, passed, seed
        self.assumptions = {name: dispute.readings[name] for name in block.assumptions}
        self.solutions: list[Solution] = []
        self.by_law: dict[Any, int] = {}
        self.by_graph: dict[Any, int] = {}

    def law(self, tables: LawTables) -> DayLaw:
        """The number of a solution for each combination of the readings that matter on a day."""
        names = _names(tables, self.block, self.passed)
        index = []
        for row in product((False, True), repeat=len(names)):
            answers = dict(zip(names, row, strict=True))
            chosen = {name: "yes" if value else "no" for name, value in answers.items()}
            forbidden = law_forbids(tables, self.block, chosen)
            handed = {**self.block.left_to_law, **{name: answers[name] for name in self.passed}}
            for other in product((False, True), repeat=len(self.assumptions)):
                readings = {**handed, **dict(zip(self.assumptions, other, strict=True))}
                try:
                    index.append(self.number(forbidden, readings))
                except InputError as error:
                    told = f"With the law of {tables.as_of}, papers on {tables.submission}: "
                    raise InputError(
                        [replace(one, message=told + one.message) for one in error.findings]
                    ) from None
        return DayLaw(*_needed((*names, *self.assumptions), index))

    def number(self, forbidden: frozenset[tuple[str, str]], readings: Mapping[str, bool]) -> int:
        """The number of the solution of what these leave."""
        key = (forbidden, tuple(readings.items()))
        if key not in self.by_law:
            built = self.dispute.build(readings, lambda state: allows(forbidden, state), self.seed)
            graph = _graph(built)
            if graph not in self.by_graph:
                self.by_graph[graph] = len(self.solutions)
                self.solutions.append(_solved(built, self.block))
            self.by_law[key] = self.by_graph[graph]
        return self.by_law[key]


def _graph(built: Built) -> tuple[object, ...]:
    """All that a solution hangs on; labels alone would not do where states are merged."""
    states = tuple((state.label, state.true) for state in built.states)
    moves = (built.graph.moves, built.at_once, built.changers)
    return states, built.status_quo, *(flags.tobytes() for flags in moves)


def _all_tables(tables: LawTables) -> Iterable[Table]:
    for group in (tables.gates, tables.counterparts, tables.consents):
        for row in group.values():
            yield from row.values()


def _names(tables: LawTables, block: BargainingData, passed: Sequence[str]) -> tuple[str, ...]:
    """Readings of the law on which it hangs what can be, those that change nothing left out."""
    found: dict[str, None] = dict.fromkeys(passed)
    for option in block.dispositions:
        for counterpart in block.given:
            found |= dict.fromkeys(_shutting(tables.counterparts[option][counterpart]))
        for actor in block.consents:
            if actor in tables.consents[option]:
                found |= dict.fromkeys(tables.consents[option][actor].readings)
    if len(found) > MOST_READINGS:
        raise InputError(
            f"{block.file}: {len(found)} readings decide what can be on {tables.as_of}; got {', '.join(found)}, "
            f"expected at most {MOST_READINGS}."
        )
    return tuple(found)


def _shutting(table: Table) -> list[str]:
    """Readings that decide whether the answer is no."""
    kept = []
    for k, name in enumerate(table.readings):
        others = table.readings[:k] + table.readings[k + 1 :]
        for row in product(("yes", "no"), repeat=len(others)):
            chosen = dict(zip(others, row, strict=True))
            ends = {table.look_up({**chosen, name: answer}).value is NO for answer in ("yes", "no")}
            if len(ends) > 1:
                kept.append(name)
                break
    return kept


def _needed(names: Sequence[str], index: Sequence[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The readings that change the solution, and the index over them alone."""
    cube = np.array(index).reshape((2,) * len(names))
    kept = list(names)
    for name in names:
        axis = kept.index(name)
        no, yes = (np.take(cube, side, axis=axis) for side in (0, 1))
        if np.array_equal(no, yes):
            cube = no
            kept.remove(name)
    return tuple(kept), tuple(int(number) for number in cube.ravel())


def _solved(built: Built, block: BargainingData) -> Solution:
    """Shares over the plausible orders, and joint moves, of every state; the same sums as `parapet bargain` makes."""
    graph, start = built.graph, built.status_quo
    makers, n = graph.makers, len(built.states)
    indices, is_all = built.orders.drawn(block.orders)
    ranks = built.orders.ranks(indices)
    assumed = built.orders.ranks([built.orders.assumed])[0]
    found = graph.stable(ranks, False).individual
    nash, seq = (np.asarray(found[name].all(axis=1)) for name in ("R", "SEQ"))
    better = improvements(graph.moves, ranks)
    steps: dict[tuple[int, ...], Flags] = {(i,): better[:, i] for i in range(len(makers))}
    reached = sequences(steps, n, len(indices))[:, start].copy()
    reached[:, start] = True
    change = ranks.astype(int) - ranks[:, :, start, None].astype(int)
    by_assumed = np.sign(assumed.astype(int) - assumed[:, start, None].astype(int))
    joint = targets(built)

    def estimate(count: int) -> Estimate:
        value = count / len(indices)
        if is_all:
            return Estimate(value, value, value, len(indices), "all plausible orders", 1.0)
        return proportion(count, len(indices), level=LEVEL)

    def standing(s: int) -> Standing:
        gains, loses = (
            tuple(makers[i] for i in np.flatnonzero(by_assumed[:, s] == sign)) if s in joint else ()
            for sign in (1, -1)
        )
        p_loses = {maker: float((change[:, i, s] < 0).mean()) for i, maker in enumerate(makers)}
        return Standing(
            built.states[s].label, estimate(int(nash[:, s].sum())), estimate(int(seq[:, s].sum())),
            estimate(int((reached & seq)[:, s].sum())), tuple(makers[i] for i in joint.get(s, ())), gains, loses,
            p_loses if s in joint else {},
        )  # fmt: skip

    outcomes = {}
    for option, value in block.dispositions.items():
        mine = [s for s in range(n) if built.states[s].holds(value)]
        outcomes[option] = Outcome(tuple(standing(s) for s in mine), start in mine)
    return Solution(built.states[start].label, n, outcomes)
