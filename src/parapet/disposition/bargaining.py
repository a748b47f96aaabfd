"""What a dispute can come to: stability beside reachability, over all plausible orders, and who gains by a package.

`bargain` reads a dispute file and gives a `Bargain`, a frozen result that prints itself (`bargaining_show`) and turns
into plain data (`Bargain.to_dict`). `over_readings` does the same for every combination of readings.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path as FilePath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parapet.disposition.bargaining_file import Built, Dispute, Want, as_plain, read
from parapet.disposition.graph_model import (
    COALITION_CONCEPTS,
    CONCEPTS,
    MAX_MAKERS_COALITIONS,
    Flags,
    Path,
    Ranks,
    Stability,
    closure,
    improvements,
    sequences,
)
from parapet.disposition.graph_model_options import Feasible
from parapet.disposition.graph_model_orders import Preference
from parapet.errors import InputError
from parapet.study.statistics import Estimate, proportion

JSON_FORMAT: Final = 1
ORDERS: Final = 1000
"""How many plausible orders are looked at if nothing is said."""
CHUNK: Final = 500
"""Orders solved together: enough for NumPy, little enough for the processor's cache."""
MAX_READINGS: Final = 8
"""Combinations double with each; 256 tables are enough."""
LEVEL: Final = 0.95
MAX_LOSERS: Final = 2
"""Packages by which more than this lose are left out."""


@dataclass(frozen=True)
class Step:
    """One move on a path: who makes it, and where it leads."""

    maker: str
    state: str

    def to_dict(self) -> dict[str, str]:
        """As plain data."""
        return {"maker": self.maker, "state": self.state}


@dataclass(frozen=True)
class StateResult:
    """One state under the assumed order.

    Attributes
    ----------
    stable_for
        By concept: the decision makers for whom it is stable.
    is_equilibrium
        By concept, coalition concepts included: whether it is stable for everybody (every coalition).
    improvements, moves
        A shortest legal sequence from the status quo, each step improving the state for the one who makes it, or any
        legal moves; empty for the status quo itself, None if there is none.
    places
        By decision maker: its place in his order, 1 the best; states he likes equally share a place.
    """

    label: str
    values: Mapping[str, bool | str]
    stable_for: Mapping[str, tuple[str, ...]]
    is_equilibrium: Mapping[str, bool]
    improvements: tuple[Step, ...] | None
    moves: tuple[Step, ...] | None
    places: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "label": self.label,
            "values": dict(self.values),
            "stable_for": {name: list(makers) for name, makers in self.stable_for.items()},
            "is_equilibrium": dict(self.is_equilibrium),
            "path_of_improvements": _steps_data(self.improvements),
            "path_of_moves": _steps_data(self.moves),
            "places": dict(self.places),
        }


@dataclass(frozen=True)
class Package:
    """A joint move from the status quo: where to, who has to do something, who gains and who loses.

    Attributes
    ----------
    acts
        Whose options change: without them it does not happen.
    gains, loses, same
        Decision makers, under the assumed order.
    p_gains, p_loses
        By decision maker: share of the plausible orders in which he gains or loses by it; empty without orders.
    is_stable
        Whether the state it leads to is a SEQ equilibrium under the assumed order.
    """

    state: str
    acts: tuple[str, ...]
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    same: tuple[str, ...]
    is_stable: bool
    p_gains: Mapping[str, float] = field(default_factory=dict)
    p_loses: Mapping[str, float] = field(default_factory=dict)

    @property
    def holders(self) -> tuple[str, ...]:
        """Those who lose by it and without whom it does not happen: who has to be paid."""
        return tuple(maker for maker in self.loses if maker in self.acts)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "state": self.state, "acts": list(self.acts), "gains": list(self.gains), "loses": list(self.loses),
            "same": list(self.same), "must_be_paid": list(self.holders), "is_stable": self.is_stable,
            "p_gains": dict(self.p_gains), "p_loses": dict(self.p_loses),
        }  # fmt: skip


@dataclass(frozen=True)
class Hinge:
    """How the answer hangs on one open question about a preference.

    Attributes
    ----------
    question
        In words: a reading of a statement, or which of two statements is more important.
    n
        Orders in which it is answered so.
    p_status_quo
        Share of those in which nobody has a move away from the status quo that improves it for him (R).
    p_elsewhere
        Share of those in which improvements lead from the status quo to another state that is a SEQ equilibrium.
    """

    maker: str
    question: str
    n: int
    p_status_quo: float
    p_elsewhere: float

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "maker": self.maker, "question": self.question, "n": self.n, "p_status_quo": self.p_status_quo,
            "p_elsewhere": self.p_elsewhere,
        }  # fmt: skip


@dataclass(frozen=True)
class Shares:
    """Over the plausible orders: in how many each state is an equilibrium, and in how many it is reached.

    Attributes
    ----------
    n, n_all, is_all
        Orders looked at, orders there are, and whether that is all of them (then shares are exact).
    equilibrium
        By concept, then by state.
    reached
        By state: share of orders in which improvements lead there from the status quo.
    reached_and_stable
        By state: the same, and it is a SEQ equilibrium.
    elsewhere
        Share of orders in which improvements lead from the status quo to another SEQ equilibrium.
    hinges
        What the status quo hangs on, strongest first.
    """

    n: int
    n_all: int
    seed: int
    is_all: bool
    equilibrium: Mapping[str, Mapping[str, Estimate]]
    reached: Mapping[str, Estimate]
    reached_and_stable: Mapping[str, Estimate]
    elsewhere: Estimate
    hinges: tuple[Hinge, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "orders": self.n, "orders_plausible": self.n_all, "seed": self.seed, "is_exact": self.is_all,
            "level": LEVEL,
            "equilibrium": {c: {s: _estimate(e) for s, e in row.items()} for c, row in self.equilibrium.items()},
            "reached_by_improvements": {s: _estimate(e) for s, e in self.reached.items()},
            "reached_and_SEQ": {s: _estimate(e) for s, e in self.reached_and_stable.items()},
            "elsewhere": _estimate(self.elsewhere),
            "hinges": [hinge.to_dict() for hinge in self.hinges],
        }  # fmt: skip


@dataclass(frozen=True)
class Bargain:
    """What a dispute can come to.

    Attributes
    ----------
    states
        All feasible states, in the order of the file.
    order
        Index of the order of preferences that `states` and `packages` hold under.
    packages
        Joint moves from the status quo by which somebody gains and at most two lose; fewest losers first.
    shares
        Over the plausible orders; None if none were looked at.
    excluded
        Why combinations are infeasible, and how many each rule is the first to exclude.
    """

    title: str
    question: str
    file: str
    as_of: str
    makers: tuple[str, ...]
    readings: Mapping[str, bool]
    n_combinations: int
    excluded: tuple[tuple[str, int], ...]
    status_quo: str
    order: int
    is_assumed_order: bool
    states: tuple[StateResult, ...]
    packages: tuple[Package, ...]
    shares: Shares | None
    wants: tuple[Want, ...]
    pressure: tuple[str, ...]
    notes: str

    def state(self, label: str) -> StateResult:
        """The state of this name.

        Raises
        ------
        InputError
            If there is none.
        """
        for state in self.states:
            if state.label == label:
                return state
        raise InputError(f"there is no feasible state {label!r}. Known: {'; '.join(s.label for s in self.states)}.")

    def equilibria(self, concept: str) -> tuple[str, ...]:
        """States that are stable for everybody under a concept."""
        if concept not in self.states[0].is_equilibrium:
            raise InputError(f"got {concept!r}, expected one of {', '.join(self.states[0].is_equilibrium)}.")
        return tuple(state.label for state in self.states if state.is_equilibrium[concept])

    def reached(self, concept: str = "SEQ") -> tuple[str, ...]:
        """Equilibria that improvements lead to from the status quo, the status quo included if it is one."""
        return tuple(s.label for s in self.states if s.is_equilibrium[concept] and s.improvements is not None)

    def to_dict(self) -> dict[str, Any]:
        """As plain data; what `parapet bargain --json` prints."""
        data = {
            "format": JSON_FORMAT, "title": self.title, "question": self.question, "file": self.file,
            "as_of": self.as_of, "decision_makers": self.makers, "readings": dict(self.readings),
            "combinations": self.n_combinations, "feasible": len(self.states),
            "excluded": [{"why": why, "combinations": n} for why, n in self.excluded],
            "status_quo": self.status_quo,
            "order": {"index": str(self.order), "is_assumed": self.is_assumed_order},
            "equilibria": {name: self.equilibria(name) for name in self.states[0].is_equilibrium},
            "reached_by_improvements": [s.label for s in self.states if s.improvements is not None],
            "reached_equilibria": {name: self.reached(name) for name in self.states[0].is_equilibrium},
            "states": [state.to_dict() for state in self.states],
            "packages": [package.to_dict() for package in self.packages],
            "shares": None if self.shares is None else self.shares.to_dict(),
            "preferences": [want.to_dict() for want in self.wants],
            "pressure": self.pressure, "notes": self.notes,
        }  # fmt: skip
        plain: dict[str, Any] = as_plain(data)
        return plain

    def __str__(self) -> str:
        from parapet.disposition.bargaining_show import as_text

        return as_text(self)

    def __rich__(self) -> Any:
        from parapet.disposition.bargaining_show import render

        return render(self)


def bargain(
    dispute: Dispute | str | FilePath,
    *,
    orders: int = ORDERS,
    readings: Mapping[str, bool] | None = None,
    feasible: Feasible | None = None,
    order: int | None = None,
    seed: int = 1,
) -> Bargain:
    """What a dispute can come to.

    Parameters
    ----------
    dispute
        A file, or one already read.
    orders
        How many plausible orders to look at, 0 for none; if there are no more than that, all of them.
    readings
        Readings that differ from the file's default.
    feasible
        What else cannot be: a function of a `State`, or a table of patterns of infeasible states.
    order
        Index of the plausible order to show instead of the assumed one.
    seed
        Of the draws of orders.

    Raises
    ------
    InputError
        If the file, a reading, the table or the index is wrong.
    """
    dispute = dispute if isinstance(dispute, Dispute) else read(dispute)
    if orders < 0:
        raise InputError(f"orders: got {orders}, expected 0 or more.")
    if seed < 0:
        raise InputError(f"seed: got {seed}, expected 0 or more.")
    built = dispute.build(readings, feasible, seed)
    assumed = built.orders.assumed
    index = assumed if order is None else order
    ranks = built.orders.ranks([index])
    built.graph.ranks = ranks[0]
    solved = built.graph.solve()
    shares, gains = _shares(built, orders) if orders else (None, None)
    block = dispute.block
    return Bargain(
        title=block.title,
        question=block.question,
        file=dispute.file,
        as_of=block.as_of,
        makers=dispute.makers,
        readings={**dispute.readings, **(readings or {})},
        n_combinations=built.n_combinations,
        excluded=built.excluded,
        status_quo=built.states[built.status_quo].label,
        order=index,
        is_assumed_order=index == assumed,
        states=_states(built, solved),
        packages=_packages(built, set(solved.equilibria("SEQ")), gains),
        shares=shares,
        wants=dispute.wants,
        pressure=block.pressure,
        notes=block.notes.strip(),
    )


def over_readings(
    dispute: Dispute | str | FilePath,
    names: Sequence[str] | None = None,
    *,
    orders: int = 0,
    readings: Mapping[str, bool] | None = None,
    feasible: Feasible | None = None,
    seed: int = 1,
) -> list[Bargain]:
    """The same dispute under every combination of some readings, the defaults first.

    Parameters
    ----------
    names
        Readings to switch; all of the file if left out.
    orders, readings, feasible, seed
        As for `bargain`; `readings` fixes others.

    Raises
    ------
    InputError
        If a reading is not defined, or there are more than `MAX_READINGS`.
    """
    dispute = dispute if isinstance(dispute, Dispute) else read(dispute)
    fixed = {**dispute.readings, **(readings or {})}
    names = list(dict.fromkeys(dispute.readings if names is None else names))
    if len(names) > MAX_READINGS:
        raise InputError(f"got {len(names)} readings, expected at most {MAX_READINGS}. Name those that matter.")
    both = [(first, not first) for first in (fixed.get(name, False) for name in names)]
    return [
        bargain(
            dispute, orders=orders, readings={**(readings or {}), **dict(zip(names, values, strict=True))},
            feasible=feasible, seed=seed,
        )
        for values in product(*both)
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------- one order ----


def _states(built: Built, found: Stability) -> tuple[StateResult, ...]:
    graph, makers = built.graph, built.graph.makers
    improving, moving = (graph.paths(built.status_quo, is_improving) for is_improving in (True, False))
    table: dict[str, set[int]] = {
        name: set(found.equilibria(name)) for name in (*CONCEPTS, *COALITION_CONCEPTS) if name in found.individual
        or name in found.coalitional
    }  # fmt: skip
    ranks = graph._ranks()
    results = []
    for s, state in enumerate(built.states):
        results.append(
            StateResult(
                state.label,
                state.values,
                {
                    name: tuple(makers[i] for i in range(len(makers)) if flags[i, s])
                    for name, flags in found.individual.items()
                },
                {name: s in hits for name, hits in table.items()},
                _steps(built, improving.get(s)),
                _steps(built, moving.get(s)),
                {maker: 1 + int((ranks[i] > ranks[i, s]).sum()) for i, maker in enumerate(makers)},
            )
        )
    return tuple(results)


def _steps(built: Built, path: Path | None) -> tuple[Step, ...] | None:
    if path is None:
        return None
    return tuple(Step(built.graph.makers[i], built.states[s].label) for i, s in path.steps)


def _steps_data(steps: tuple[Step, ...] | None) -> list[dict[str, str]] | None:
    return None if steps is None else [step.to_dict() for step in steps]


def targets(built: Built) -> dict[int, tuple[int, ...]]:
    """Where a package can lead from the status quo, and whose options change on the way.

    A package is all its changes at once; a state that legal sequences of moves of all reach counts too (the only way in
    graph form, where there are no options to change at once): then its smallest group of movers acts.
    """
    start = built.status_quo
    graph = built.graph
    found: dict[int, tuple[int, ...]] = {}
    for t in np.flatnonzero(built.at_once[start]):
        found[int(t)] = tuple(int(i) for i in np.flatnonzero(built.changers[:, start, t]))
    left = {int(t) for t in np.flatnonzero(graph.reachable(start)) if t != start} - set(found)
    for members in graph.coalitions if left else ():
        reach = closure(members, graph.moves)[start]
        for t in [t for t in left if reach[t]]:
            found[t] = members
            left.discard(t)
    return dict(sorted(found.items()))


def _packages(built: Built, stable: set[int], gains: tuple[Flags, Flags, int] | None) -> tuple[Package, ...]:
    graph, makers, start = built.graph, built.graph.makers, built.status_quo
    ranks = graph._ranks()
    packages = []
    for t, acts in targets(built).items():
        change = np.sign(ranks[:, t].astype(int) - ranks[:, start].astype(int))
        if (change < 0).sum() > MAX_LOSERS or not (change > 0).any():
            continue
        share = [{}, {}] if gains is None else [
            {maker: float(table[i, t]) / gains[2] for i, maker in enumerate(makers)} for table in gains[:2]
        ]  # fmt: skip
        packages.append(
            Package(
                built.states[t].label,
                tuple(makers[i] for i in acts),
                *(tuple(makers[i] for i in np.flatnonzero(change == sign)) for sign in (1, -1, 0)),
                is_stable=t in stable,
                p_gains=share[0],
                p_loses=share[1],
            )
        )
    return tuple(sorted(packages, key=lambda one: (len(one.loses), -len(one.gains), not one.is_stable)))


# ------------------------------------------------------------------------------------------------ many orders ----


@dataclass
class _Counts:
    """What is added up over the orders."""

    equilibrium: dict[str, NDArray[np.int64]]
    reached: NDArray[np.int64]
    both: NDArray[np.int64]
    gains: NDArray[np.int64]
    loses: NDArray[np.int64]
    stays: list[Flags]
    out: list[Flags]


def _shares(built: Built, n: int) -> tuple[Shares, tuple[NDArray[np.int64], NDArray[np.int64], int]]:
    orders = built.orders
    indices, is_all = orders.drawn(n)
    chunks = [indices[k : k + CHUNK] for k in range(0, len(indices), CHUNK)]
    with ThreadPoolExecutor(max_workers=max(os.cpu_count() or 1, 1)) as pool:
        parts = list(pool.map(lambda chunk: _count(built, orders.ranks(chunk)), chunks))
    total = len(indices)
    labels = [state.label for state in built.states]

    @lru_cache(maxsize=None)
    def estimate(count: int) -> Estimate:
        if is_all:
            value = count / total
            return Estimate(value, value, value, total, "all plausible orders", 1.0)
        return proportion(count, total, level=LEVEL)

    def row(values: NDArray[np.int64]) -> dict[str, Estimate]:
        return {label: estimate(int(count)) for label, count in zip(labels, values, strict=True)}

    def added(pick: Any) -> Any:
        return sum(pick(part) for part in parts)

    stays = np.concatenate([flags for part in parts for flags in part.stays])
    out = np.concatenate([flags for part in parts for flags in part.out])
    shares = Shares(
        total, orders.count, orders.seed, is_all,
        {name: row(added(lambda part, name=name: part.equilibrium[name])) for name in parts[0].equilibrium},
        row(added(lambda part: part.reached)),
        row(added(lambda part: part.both)),
        estimate(int(out.sum())),
        _hinges(built, indices, stays, out, is_all),
    )  # fmt: skip
    return shares, (added(lambda part: part.gains), added(lambda part: part.loses), total)


def _count(built: Built, ranks: Ranks) -> _Counts:
    graph, start = built.graph, built.status_quo
    n_orders, d, n = ranks.shape
    found = graph.stable(ranks, d <= MAX_MAKERS_COALITIONS)
    tables: dict[str, Flags] = {**found.individual, **found.coalitional}  # type: ignore[dict-item]
    better = improvements(graph.moves, ranks)
    reached = sequences({(i,): better[:, i] for i in range(d)}, n, n_orders)[:, start].copy()
    reached[:, start] = True
    seq = tables["SEQ"].all(axis=1)
    other = reached & seq
    other[:, start] = False
    change = ranks - ranks[:, :, start, None]
    return _Counts(
        {name: flags.all(axis=1).sum(axis=0) for name, flags in tables.items()},
        reached.sum(axis=0),
        (reached & seq).sum(axis=0),
        (change > 0).sum(axis=0),
        (change < 0).sum(axis=0),
        [tables["R"].all(axis=1)[:, start]],
        [other.any(axis=1)],
    )


MIN_HINGE: Final = 20
"""Fewer orders than this say nothing about a hinge."""


NOISE: Final = 3.5
"""A hinge must move a share by more than this many standard errors; some dozens of questions are asked at once."""


def _differ(group: Sequence[Hinge]) -> bool:
    """Whether the shares of a group differ by more than the draw of orders would make them."""
    for name in ("p_status_quo", "p_elsewhere"):
        low, high = (pick(group, key=lambda hinge: float(getattr(hinge, name))) for pick in (min, max))
        p = sum(getattr(h, name) * h.n for h in (low, high)) / (low.n + high.n)
        error = math.sqrt(max(p * (1.0 - p), 0.0) * (1.0 / low.n + 1.0 / high.n))
        if getattr(high, name) - getattr(low, name) > NOISE * error + 1e-12:
            return True
    return False


def _hinges(
    built: Built, indices: Sequence[int], stays: Flags, out: Flags, is_all: bool
) -> tuple[Hinge, ...]:
    """Shares of the orders in which each open question is answered one way or the other."""
    found: list[tuple[float, list[Hinge]]] = []
    numbers = np.array([built.orders.split(index) for index in indices], dtype=object)
    for i, preference in enumerate(built.orders.preferences):
        if not isinstance(preference, Preference) or preference.count == 1:
            continue
        picks = {number: preference.pick(number) for number in set(numbers[:, i])}
        readings = np.array([picks[number][0] for number in numbers[:, i]])
        places = np.argsort(np.array([picks[number][1] for number in numbers[:, i]]), axis=1)
        for question, answers in _questions(built, i, preference, readings, places):
            group = [
                Hinge(built.graph.makers[i], f"{question}: {words}", int(hits.sum()), float(stays[hits].mean()),
                      float(out[hits].mean()))
                for words, hits in answers if hits.sum() >= MIN_HINGE
            ]  # fmt: skip
            if len(group) < 2:
                continue
            if not is_all and not _differ(group):
                continue
            spread = max(
                max(h.p_status_quo for h in group) - min(h.p_status_quo for h in group),
                max(h.p_elsewhere for h in group) - min(h.p_elsewhere for h in group),
            )
            found.append((spread, group))
    found.sort(key=lambda pair: -pair[0])
    return tuple(hinge for _, group in found for hinge in group)


def _questions(
    built: Built, i: int, preference: Preference, readings: NDArray[Any], places: NDArray[Any]
) -> list[tuple[str, list[tuple[str, Flags]]]]:
    wants = built_wants(built, i)
    questions: list[tuple[str, list[tuple[str, Flags]]]] = []
    for k, size in enumerate(preference.readings):
        if size > 1:
            answers = [(wants[k].readings[r], readings[:, k] == r) for r in range(size)]
            questions.append((wants[k].id, answers))
    pairs = {(a, b) for group in preference.contested for a in group for b in group if a < b}
    for a, b in sorted(pairs):
        first = places[:, a] < places[:, b]
        one, two = wants[a].id, wants[b].id
        questions.append((f"{one} or {two} first", [(one, first), (two, ~first)]))
    return questions


def built_wants(built: Built, i: int) -> list[Want]:
    """The statements of one decision maker."""
    maker = built.graph.makers[i]
    return [want for want in built.wants if want.maker == maker]


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}
