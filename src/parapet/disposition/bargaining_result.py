"""What came out of a dispute: frozen results that print themselves and turn into plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from parapet.disposition.bargaining_file import Want, as_plain
from parapet.errors import InputError
from parapet.study.statistics import Estimate

JSON_FORMAT: Final = 1
LEVEL: Final = 0.95


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
        raise InputError(
            f"there is no feasible state {label!r}. Known: {'; '.join(s.label for s in self.states)}."
        )

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


def _steps_data(steps: tuple[Step, ...] | None) -> list[dict[str, str]] | None:
    return None if steps is None else [step.to_dict() for step in steps]


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}
