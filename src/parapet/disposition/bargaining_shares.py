"""A dispute under many plausible orders at once: shares of the orders, and what they hang on."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parapet.disposition.bargaining_file import Built, Want
from parapet.disposition.bargaining_result import LEVEL, Hinge, Shares
from parapet.disposition.graph_model import MAX_MAKERS_COALITIONS, Flags, Ranks, improvements, sequences
from parapet.disposition.graph_model_orders import Preference
from parapet.study.statistics import Estimate, proportion

CHUNK: Final = 500
"""Orders solved together: enough for NumPy, little enough for the processor's cache."""

Gains = tuple[NDArray[np.int64], NDArray[np.int64], int]
"""In how many orders each gains and loses by going from the status quo to each state; and of how many."""


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


def shares_of(built: Built, n: int) -> tuple[Shares, Gains]:
    orders = built.orders
    indices, is_all = orders.drawn(n)
    chunks = [indices[k : k + CHUNK] for k in range(0, len(indices), CHUNK)]
    with ThreadPoolExecutor(max_workers=max(os.cpu_count() or 1, 1)) as pool:
        parts = list(pool.map(lambda chunk: _count(built, orders.ranks(chunk)), chunks))
    total = len(indices)
    labels = [state.label for state in built.states]

    @cache
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
    steps: dict[tuple[int, ...], Flags] = {(i,): better[:, i] for i in range(d)}
    reached = sequences(steps, n, n_orders)[:, start].copy()
    reached[:, start] = True
    seq: Flags = np.asarray(tables["SEQ"].all(axis=1))
    other = reached & seq
    other[:, start] = False
    change = ranks - ranks[:, :, start, None]
    return _Counts(
        {name: flags.all(axis=1).sum(axis=0) for name, flags in tables.items()},
        reached.sum(axis=0),
        (reached & seq).sum(axis=0),
        (change > 0).sum(axis=0),
        (change < 0).sum(axis=0),
        [np.asarray(tables["R"].all(axis=1))[:, start]],
        [np.asarray(other.any(axis=1))],
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
