"""What a dispute can come to: stability beside reachability, over all plausible orders, and who gains by a package.

`bargain` reads a dispute file and gives a `Bargain`, a frozen result that prints itself (`bargaining_show`) and turns
into plain data (`Bargain.to_dict`). `over_readings` does the same for every combination of readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path as FilePath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parapet.disposition.bargaining_file import Built, Dispute, read
from parapet.disposition.bargaining_result import Bargain, Hinge, Package, Shares, StateResult, Step
from parapet.disposition.bargaining_shares import Gains, shares_of
from parapet.disposition.graph_model import COALITION_CONCEPTS, CONCEPTS, Path, Stability, closure
from parapet.disposition.graph_model_options import Feasible
from parapet.errors import InputError

__all__ = ["Bargain", "Hinge", "Package", "Shares", "StateResult", "Step", "bargain", "over_readings"]

ORDERS: Final = 1000
"""How many plausible orders are looked at if nothing is said."""
MAX_READINGS: Final = 8
"""Combinations double with each; 256 tables are enough."""
MAX_LOSERS: Final = 2
"""Packages by which more than this lose are left out."""


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
    shares, gains = shares_of(built, orders) if orders else (None, None)
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
        raise InputError(
            f"got {len(names)} readings, expected at most {MAX_READINGS}. Name those that matter."
        )
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


def targets(built: Built) -> dict[int, tuple[int, ...]]:
    """Where a package can lead from the status quo, and whose options change on the way.

    A package is all its changes at once; a state that legal sequences of moves of all reach counts too (the only way in
    graph form, where there are no options to change at once): then its smallest group of movers acts.
    """
    start = built.status_quo
    graph = built.graph
    found: dict[int, tuple[int, ...]] = {}
    for t in np.flatnonzero(built.at_once[start]).tolist():
        found[t] = tuple(np.flatnonzero(built.changers[:, start, t]).tolist())
    left = {t for t in np.flatnonzero(graph.reachable(start)).tolist() if t != start} - set(found)
    for members in graph.coalitions if left else ():
        reach = closure(members, graph.moves)[start]
        for t in [t for t in left if reach[t]]:
            found[t] = members
            left.discard(t)
    return dict(sorted(found.items()))


def _packages(built: Built, stable: set[int], gains: Gains | None) -> tuple[Package, ...]:
    graph, makers, start = built.graph, built.graph.makers, built.status_quo
    ranks = graph._ranks()
    packages = []
    for t, acts in targets(built).items():
        change = np.sign(ranks[:, t].astype(int) - ranks[:, start].astype(int))
        if (change < 0).sum() > MAX_LOSERS or not (change > 0).any():
            continue
        gain, lose, same = (tuple(makers[i] for i in np.flatnonzero(change == sign)) for sign in (1, -1, 0))
        packages.append(
            Package(
                built.states[t].label,
                tuple(makers[i] for i in acts),
                gain,
                lose,
                same,
                t in stable,
                {} if gains is None else _shared(makers, gains[0][:, t], gains[2]),
                {} if gains is None else _shared(makers, gains[1][:, t], gains[2]),
            )
        )
    return tuple(sorted(packages, key=lambda one: (len(one.loses), -len(one.gains), not one.is_stable)))


def _shared(makers: Sequence[str], counts: NDArray[np.int64], n: int) -> dict[str, float]:
    return {maker: float(count) / n for maker, count in zip(makers, counts, strict=True)}
