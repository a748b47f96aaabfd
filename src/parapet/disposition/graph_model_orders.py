"""Orders of the states: from prioritised statements or from a ranking, one of them or all that are plausible.

Option prioritisation: statements L1 to Lk, the most important first; a state counts 2^(k-j) for every Lj that holds in
it, so an earlier statement outweighs all later ones together. Which statement is more important, and whether it is
meant this way or another, is often not known. What *is* known is a partial order of the statements and, for some of
them, a list of readings. Every order that agrees with it is **plausible**, and each has a number:

``index = ((first maker's number) * count of the second + second's number) * ...``

so that order 123,456 of a dispute is the same today and tomorrow and can be looked at alone. A maker's own number
says the readings first, then which of the linear extensions of the partial order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parapet.disposition.graph_model import Flags, Ranks
from parapet.errors import InputError

MAX_STATEMENTS: Final = 40
"""Scores stay whole numbers in double precision with room to spare."""
MAX_IDEALS: Final = 40_000
"""Steps of the count of linear extensions; 15 statements in any order."""


class PartialOrder:
    """Some things of which a few must come before others; all its linear extensions, counted and numbered.

    Parameters
    ----------
    n
        How many things.
    before
        Pairs (a, b): a comes before b. Transitive consequences need not be given.

    Raises
    ------
    InputError
        If the pairs run in a circle (`circle` finds it), or there are too many extensions to count.
    """

    def __init__(self, n: int, before: Iterable[tuple[int, int]]) -> None:
        self.n = n
        self.after = [0] * n
        """As bits: the things that must come before each."""
        for a, b in before:
            self.after[b] |= 1 << a
        if circle(n, [(a, b) for b in range(n) for a in range(n) if self.after[b] >> a & 1]):
            raise InputError("not an order: the pairs run in a circle.")
        self._counts: dict[int, int] = {(1 << n) - 1: 1}

    @cached_property
    def count(self) -> int:
        """How many linear extensions there are."""
        return self._count(0)

    def _free(self, done: int) -> list[int]:
        return [x for x in range(self.n) if not done >> x & 1 and self.after[x] & ~done == 0]

    def _count(self, done: int) -> int:
        # Depth first with a stack of our own: a chain of a thousand is no reason for a recursion error.
        stack = [done]
        while stack:
            top = stack[-1]
            if top in self._counts:
                stack.pop()
                continue
            nexts = [top | 1 << x for x in self._free(top)]
            missing = [one for one in nexts if one not in self._counts]
            if missing:
                stack += missing
                continue
            self._counts[top] = sum(self._counts[one] for one in nexts)
            stack.pop()
            if len(self._counts) > MAX_IDEALS:
                raise InputError(
                    "too many plausible orders to count. Hold more of them fixed, e.g. contest fewer statements."
                )
        return self._counts[done]

    def extension(self, number: int) -> tuple[int, ...]:
        """The linear extension with this number, 0 up to `count` less one: which thing stands at each place."""
        done, order = 0, []
        for _ in range(self.n):
            for x in self._free(done):
                size = self._count(done | 1 << x)
                if number < size:
                    order.append(x)
                    done |= 1 << x
                    break
                number -= size
        return tuple(order)


def circle(n: int, before: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Things that stand before each other in a circle, the first repeated at the end; empty if there is none."""
    after: list[list[int]] = [[] for _ in range(n)]
    for a, b in before:
        after[a].append(b)
    colour = [0] * n
    for root in range(n):
        if colour[root]:
            continue
        path, stack = [root], [iter(after[root])]
        colour[root] = 1
        while stack:
            step = next(stack[-1], None)
            if step is None:
                colour[path.pop()] = 2
                stack.pop()
            elif colour[step] == 1:
                return (*path[path.index(step) :], step)
            elif colour[step] == 0:
                colour[step] = 1
                path.append(step)
                stack.append(iter(after[step]))
    return ()


@dataclass(frozen=True)
class Preference:
    """What one decision maker wants, as far as it is known.

    Attributes
    ----------
    truth
        For each statement, for each of its readings: flags over the states. The first reading is the one assumed. A
        reading that drops the statement is all False.
    contested
        Groups of statements (by number) whose order among themselves is not known; any other two stand as listed.
    """

    truth: tuple[tuple[Flags, ...], ...]
    contested: tuple[tuple[int, ...], ...] = ()

    @cached_property
    def order(self) -> PartialOrder:
        """Of the statements."""
        k = len(self.truth)
        open_pairs = {(a, b) for group in self.contested for a in group for b in group if a != b}
        return PartialOrder(k, [(a, b) for b in range(k) for a in range(b) if (a, b) not in open_pairs])

    @property
    def readings(self) -> tuple[int, ...]:
        """How many readings each statement has."""
        return tuple(len(one) for one in self.truth)

    @cached_property
    def count(self) -> int:
        """How many orders are plausible; some of them may order the states alike."""
        return self.order.count * math.prod(self.readings)

    def pick(self, number: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The reading of each statement, and the statements by importance, of the order with this number."""
        readings = []
        number, extension = divmod(number, self.order.count)
        for size in reversed(self.readings):
            number, reading = divmod(number, size)
            readings.append(reading)
        return tuple(reversed(readings)), self.order.extension(extension)

    @property
    def assumed(self) -> int:
        """The number of the order as listed, with the first readings."""
        return self.number_of(tuple(range(len(self.truth))))

    def number_of(self, order: Sequence[int]) -> int:
        """The number of a linear extension, with the first readings."""
        done, number = 0, 0
        for x in order:
            for other in self.order._free(done):
                if other == x:
                    break
                number += self.order._count(done | 1 << other)
            done |= 1 << x
        return number

    def scores(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Psi of every state under each of these orders: (orders, states), whole numbers."""
        k = len(self.truth)
        columns = [flags for one in self.truth for flags in one]
        offset = np.cumsum([0, *self.readings])
        weights = np.zeros((len(numbers), len(columns)))
        for row, number in enumerate(numbers):
            readings, order = self.pick(number)
            for place, statement in enumerate(order):
                weights[row, offset[statement] + readings[statement]] = 2.0 ** (k - 1 - place)
        found: NDArray[np.float64] = weights @ np.array(columns, dtype=np.float64)
        return found


@dataclass(frozen=True)
class Ranking:
    """A plain order of the states, as far as it is known.

    Attributes
    ----------
    classes
        States (by number) that are liked equally; every state stands in exactly one.
    before
        Pairs of classes: the first is liked better.
    """

    classes: tuple[tuple[int, ...], ...]
    before: tuple[tuple[int, int], ...]

    @cached_property
    def order(self) -> PartialOrder:
        """Of the classes."""
        return PartialOrder(len(self.classes), self.before)

    @cached_property
    def count(self) -> int:
        """How many orders are plausible."""
        return self.order.count

    @property
    def assumed(self) -> int:
        """The first one."""
        return 0

    def pick(self, number: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """No readings, and the classes from the best to the worst."""
        return (), self.order.extension(number)

    def scores(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Higher is better: (orders, states)."""
        n = sum(len(one) for one in self.classes)
        found = np.zeros((len(numbers), n))
        for row, number in enumerate(numbers):
            for place, cls in enumerate(self.order.extension(number)):
                found[row, list(self.classes[cls])] = len(self.classes) - place
        return found


@dataclass(frozen=True)
class Orders:
    """The plausible orders of all decision makers together, by number.

    Parameters
    ----------
    preferences
        One for each decision maker.
    """

    preferences: tuple[Preference | Ranking, ...]
    seed: int = 1
    _cache: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def count(self) -> int:
        """How many there are in all."""
        return math.prod(one.count for one in self.preferences)

    @property
    def assumed(self) -> int:
        """The number of the one order that the analysis rests on: everything as listed."""
        return self._joined([one.assumed for one in self.preferences])

    def _joined(self, numbers: Iterable[int]) -> int:
        index = 0
        for one, number in zip(self.preferences, numbers, strict=True):
            index = index * one.count + number
        return index

    def split(self, index: int) -> tuple[int, ...]:
        """Each decision maker's own number in the order with this index.

        Raises
        ------
        InputError
            If there is no such order.
        """
        if not 0 <= index < self.count:
            raise InputError(f"order: got {index:,}, expected 0 to {self.count - 1:,}.")
        numbers = []
        for one in reversed(self.preferences):
            index, number = divmod(index, one.count)
            numbers.append(number)
        return tuple(reversed(numbers))

    def drawn(self, n: int) -> tuple[list[int], bool]:
        """The indices of `n` orders, and whether they are simply all there are.

        Each draw is uniform over all plausible orders, with replacement, and has an address: draw k of a seed is the
        same however many are asked for. Key = seed, counter = k of Philox4x64-10 (Salmon et al. 2011); its first 256
        bits modulo the count, whose bias is below the count over 2^256.
        """
        if n >= self.count:
            return list(range(self.count)), True
        found = []
        for k in range(n):
            words = np.random.Philox(key=self.seed, counter=[0, 0, 0, k]).random_raw(4)
            found.append(sum(int(word) << (64 * i) for i, word in enumerate(words)) % self.count)
        return found, False

    def ranks(self, indices: Sequence[int]) -> Ranks:
        """Ranks of every state for everybody under these orders: (orders, makers, states); equal is indifferent."""
        numbers = [self.split(index) for index in indices]
        layers = []
        for i, one in enumerate(self.preferences):
            mine = [number[i] for number in numbers]
            distinct = sorted(set(mine))
            place = {number: row for row, number in enumerate(distinct)}
            dense = np.stack([np.unique(row, return_inverse=True)[1] for row in one.scores(distinct)])
            layers.append(dense[[place[number] for number in mine]].astype(np.int32))
        return np.ascontiguousarray(np.stack(layers, axis=1))
