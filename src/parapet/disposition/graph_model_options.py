"""States and moves of a dispute from its options: what each decision maker may choose, and what cannot be.

An option is taken or not (``lift``), or has several values of which exactly one holds (``disposition: operate, dormant,
return``). A state says the value of every option. A decision maker moves by changing any of his own options at once,
if the state that comes out can be, and if nothing is undone that cannot be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

import numpy as np

from parapet.disposition.graph_model import Flags
from parapet.disposition.graph_model_statements import Statement
from parapet.errors import InputError

MAX_COMBINATIONS: Final = 200_000
MAX_FEASIBLE: Final = 1000

Value = bool | str


@dataclass(frozen=True)
class Option:
    """Something a decision maker controls.

    Attributes
    ----------
    name, text
        What statements call it, and what it means.
    maker
        Number of the decision maker who controls it.
    values
        Names of which exactly one holds; empty for an option that is taken or not.
    final
        Values that cannot be left again; for an option that is taken or not, its own name or nothing.
    """

    name: str
    maker: int
    values: tuple[str, ...] = ()
    final: frozenset[str] = frozenset()
    text: str = ""

    @property
    def choices(self) -> tuple[Value, ...]:
        """What it can be: no and yes, or its values in order."""
        return self.values or (False, True)

    @property
    def names(self) -> tuple[str, ...]:
        """What statements may say about it."""
        return self.values or (self.name,)


@dataclass(frozen=True)
class State:
    """One way the dispute can stand.

    Attributes
    ----------
    label
        Short, for tables.
    values
        Of every option, by its name: True or False, or the value that holds. Empty for a merged state.
    true
        Every option that is taken and every value that holds.
    """

    label: str
    values: Mapping[str, Value]
    true: frozenset[str]

    def holds(self, name: str) -> bool:
        """Whether this option is taken, or this value holds."""
        return name in self.true

    def to_dict(self) -> dict[str, object]:
        """As plain data."""
        return {"label": self.label, "values": dict(self.values), "true": sorted(self.true)}


@dataclass(frozen=True)
class Ban:
    """A rule that some states, or some moves, cannot be.

    Attributes
    ----------
    never
        No state in which this holds can be.
    why, source
        In words.
    where
        Place in a file, for messages.
    """

    never: Statement
    why: str = ""
    source: str = ""
    where: str = ""


@dataclass(frozen=True)
class NoMove:
    """A change that a decision maker cannot make: from a state where one thing holds to one where another does."""

    maker: int
    start: Statement
    end: Statement
    why: str = ""


@dataclass(frozen=True)
class Merge:
    """States that nobody tells apart: all in which something holds are one, with a name."""

    when: Statement
    label: str


Feasible = Callable[[State], bool] | Iterable[Mapping[str, Value]]
"""What else cannot be: a function that says whether a state can be, or a table of patterns that cannot.

A pattern gives the values of some options; every state that agrees with it is infeasible:
``[{"disposition": "dormant", "f35": True}]``.
"""


@dataclass(frozen=True)
class States:
    """The states that can be, and everybody's moves between them.

    Attributes
    ----------
    states
        In the order of the options' values.
    moves
        Flags (makers, states, states).
    n_combinations
        Of all values, feasible or not.
    at_once
        Flags (states, states): whether all changes from one state to the other could be made at once, as a package,
        each by the one who controls it.
    changers
        Flags (makers, states, states): whether this one's options differ between the two states.
    """

    states: tuple[State, ...]
    moves: Flags
    n_combinations: int
    at_once: Flags
    changers: Flags
    banned: Mapping[int, int] = field(default_factory=dict)
    """By number of the ban: how many combinations it is the first to rule out; -1 stands for `feasible`."""


def label_of(options: Sequence[Option], values: Sequence[Value]) -> str:
    """``return + consent + lift``: the values that hold and the options that are taken."""
    words = [str(value) if option.values else option.name for option, value in zip(options, values, strict=True)
             if option.values or value]  # fmt: skip
    return " + ".join(words) or "nothing"


def build(
    n_makers: int,
    options: Sequence[Option],
    bans: Sequence[Ban] = (),
    no_moves: Sequence[NoMove] = (),
    merges: Sequence[Merge] = (),
    feasible: Feasible | None = None,
) -> States:
    """All feasible states of some options, and the moves.

    Raises
    ------
    InputError
        If there are too many combinations, nothing is feasible, or a pattern of `feasible` names no option or no value.
    """
    n_combinations = int(np.prod([float(len(option.choices)) for option in options]))
    if n_combinations > MAX_COMBINATIONS:
        raise InputError(
            f"the options make {n_combinations:,} combinations, expected at most {MAX_COMBINATIONS:,}. "
            "Join options that are taken together, or make values of options that exclude each other."
        )
    allow = _judge(options, feasible)
    kept: list[State] = []
    banned: dict[int, int] = {}
    for values in product(*(option.choices for option in options)):
        state = State(label_of(options, values), dict(zip((o.name for o in options), values, strict=True)),
                      true_names(options, values))  # fmt: skip
        first = next((k for k, ban in enumerate(bans) if ban.never.holds(state.true)), None)
        if first is None and not allow(state):
            first = -1
        if first is None:
            kept.append(state)
        else:
            banned[first] = banned.get(first, 0) + 1
    if not kept:
        raise InputError("no state is feasible: the rules exclude every combination of options.")
    if len(kept) > MAX_FEASIBLE:
        raise InputError(f"{len(kept):,} states are feasible, expected at most {MAX_FEASIBLE:,}. Add rules.")
    moves, at_once, changers = _moves(n_makers, options, no_moves, kept)
    return _merged(States(tuple(kept), moves, n_combinations, at_once, changers, banned), merges)


def true_names(options: Sequence[Option], values: Sequence[Value]) -> frozenset[str]:
    """The names that hold where the options have these values."""
    return frozenset(
        str(value) if option.values else option.name
        for option, value in zip(options, values, strict=True)
        if option.values or value
    )


def _judge(options: Sequence[Option], feasible: Feasible | None) -> Callable[[State], bool]:
    if feasible is None:
        return lambda state: True
    if callable(feasible):
        return feasible
    table = [dict(pattern) for pattern in feasible]
    known = {option.name: option for option in options}
    for k, pattern in enumerate(table):
        for name, value in pattern.items():
            if name not in known:
                raise InputError(f"feasible[{k}]: there is no option {name!r}. Known: {', '.join(known)}.")
            if value not in known[name].choices:
                raise InputError(
                    f"feasible[{k}]: {name} cannot be {value!r}, expected one of "
                    f"{', '.join(map(repr, known[name].choices))}."
                )
    return lambda state: (
        not any(all(state.values[name] == value for name, value in pattern.items()) for pattern in table)
    )


def _moves(
    n_makers: int, options: Sequence[Option], no_moves: Sequence[NoMove], states: Sequence[State]
) -> tuple[Flags, Flags, Flags]:
    n = len(states)
    column = [[option.choices.index(state.values[option.name]) for option in options] for state in states]
    table = np.array(column, dtype=np.int32).reshape(n, len(options))
    changed = np.zeros((n_makers, n, n), dtype=np.bool_)
    allowed = np.ones((n, n), dtype=np.bool_)
    for k, option in enumerate(options):
        differ = table[:, k][:, None] != table[:, k][None, :]
        changed[option.maker] |= differ
        for value in option.final:
            choice = option.choices.index(value if option.values else True)
            allowed &= ~(differ & (table[:, k] == choice)[:, None])
    blocked = np.zeros((n_makers, n, n), dtype=np.bool_)
    for rule in no_moves:
        start = np.array([rule.start.holds(state.true) for state in states])
        end = np.array([rule.end.holds(state.true) for state in states])
        blocked[rule.maker] |= start[:, None] & end[None, :]
    alone = changed & (changed.sum(axis=0) == 1)[None]
    at_once = allowed & ~(changed & blocked).any(axis=0) & changed.any(axis=0)
    return alone & allowed[None] & ~blocked, at_once, changed


def _merged(found: States, merges: Sequence[Merge]) -> States:
    """The same with each group of states that nobody tells apart made one, at the place of its last member."""
    if not merges:
        return found
    n = len(found.states)
    group = np.full(n, -1)
    for k, merge in enumerate(merges):
        inside = np.array([merge.when.holds(state.true) for state in found.states])
        group[inside & (group < 0)] = k
    states: list[State] = []
    new = np.empty(n, dtype=np.intp)
    for k, merge in enumerate(merges):
        if not (group == k).any():
            raise InputError(f"merge {merge.label!r}: no feasible state has {merge.when.text!r}.")
    for s, state in enumerate(found.states):
        if group[s] < 0:
            new[s] = len(states)
            states.append(state)
    for k, merge in enumerate(merges):
        members = np.flatnonzero(group == k)
        new[members] = len(states)
        common = frozenset.intersection(*(found.states[s].true for s in members))
        states.append(State(merge.label, {}, common))
    m = len(states)

    def gathered(flags: Flags) -> Flags:
        out = np.zeros((*flags.shape[:-2], m, m), dtype=np.bool_)
        for s, t in zip(*np.nonzero(flags.reshape(-1, n, n).any(axis=0)), strict=True):
            if new[s] != new[t]:
                out[..., new[s], new[t]] |= flags[..., s, t]
        return out

    return States(
        tuple(states), gathered(found.moves), found.n_combinations, gathered(found.at_once),
        gathered(found.changers), found.banned,
    )  # fmt: skip


def matching(states: Sequence[State], statement: Statement) -> list[int]:
    """Numbers of the states in which a statement holds."""
    return [s for s, state in enumerate(states) if statement.holds(state.true)]


def pattern_text(values: Collection[str]) -> str:
    """Names as a person reads them."""
    return " + ".join(values) or "nothing"
