"""The graph model for conflict resolution: which states of a dispute are stable, for whom, and why.

A dispute has states, decision makers, the moves each of them controls, and each one's order of the states. Nothing
here knows what a state means: `graph_model_options` makes states and moves from options, `graph_model_orders` makes
orders from prioritised statements, `bargaining` puts both together for a file.

Definitions (simple preference; N the decision makers, H a set of them, i one of them, s and t states)
-------------------------------------------------------------------------------------------------------
* R_i(s): states that i reaches from s in one move. R_i+(s): those of them that i strictly prefers to s.
* R_H(s): states reached from s by a *legal sequence* of moves of members of H: **nobody moves twice in a row**, and
  anybody may move again later. R_H+(s): the same, where each move improves the state for the one who makes it.
* **R** (Nash): R_i+(s) is empty.
* **GMR** (general metarational): every t in R_i+(s) has some u in R_{N-i}(t) that i likes no better than s.
* **SMR** (symmetric metarational): as GMR, and from that u no move of i leads to anything i likes better than s.
* **SEQ** (sequential): every t in R_i+(s) has some u in R_{N-i}+(t) that i likes no better than s: the sanction must
  be one that the others would carry out.

A state stable for everybody under a concept is an equilibrium of it. R implies SEQ and SMR, and each of these GMR.

Coalitions. R_H++(s): states of R_H(s) that *all* members of H strictly prefer to s. A state hurts H if at least one
member likes it no better than s.

* **CR**: R_H++(s) is empty. **CGMR**: every t in R_H++(s) has some u in R_{N-H}(t) that hurts H. **CSMR**: and every v
  in R_H(u) still hurts H. **CSEQ**: every t has some u that hurts H, reached by a legal sequence of *coalition
  improvements* of the others: each step is a move of some coalition inside N-H that all its members prefer, and no
  coalition steps twice in a row.

A state is a coalition equilibrium if it is stable for every coalition, single decision makers included.

Sources: Fang, Hipel and Kilgour, Conflict models in graph form (1989) and Interactive Decision Making (1993); Xu,
Hipel, Kilgour and Fang, Conflict Resolution Using the Graph Model (2018), ch. 4; for coalitions Kilgour, Hipel, Fang
and Peng (2001) and Inohara and Hipel (2008). Written from the definitions. Pinned by
``test_graph_model`` (oracles C1 and C3, a twin that enumerates sequences one by one, inclusions).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parapet.errors import InputError

Concept = Literal["R", "GMR", "SMR", "SEQ"]
CoalitionConcept = Literal["CR", "CGMR", "CSMR", "CSEQ"]
CONCEPTS: Final[tuple[Concept, ...]] = ("R", "GMR", "SMR", "SEQ")
COALITION_CONCEPTS: Final[tuple[CoalitionConcept, ...]] = ("CR", "CGMR", "CSMR", "CSEQ")
CONCEPT_WORDS: Final[dict[str, str]] = {
    "R": "Nash: nobody has a move that improves the state for him",
    "GMR": "general metarational: every improvement can be answered so that it does not pay",
    "SMR": "symmetric metarational: the answer cannot be escaped either",
    "SEQ": "sequential: the answer is one that the others would carry out, because each step improves it for them",
    "CR": "coalition Nash: no coalition has a joint move that all its members prefer",
    "CGMR": "coalition general metarational: every joint improvement can be answered so that it hurts a member",
    "CSMR": "coalition symmetric metarational: the answer cannot be escaped either",
    "CSEQ": "coalition sequential: the answer is made of steps that improve the state for those who make them",
}
MAX_STATES: Final = 2000
MAX_MAKERS: Final = 10
MAX_MAKERS_COALITIONS: Final = 6
"""Coalitions double with every decision maker, and their answers once more."""

Flags = NDArray[np.bool_]
Ranks = NDArray[np.int32]
Words = NDArray[np.uint64]
Coalition = tuple[int, ...]


@dataclass(frozen=True)
class Stability:
    """Which states are stable, for whom.

    Attributes
    ----------
    individual
        By concept: flags of shape (decision makers, states).
    coalitional
        By concept: flags of shape (coalitions, states), in the order of `coalitions`; empty if not asked for.
    coalitions
        Members of each coalition by number, smallest coalitions first.
    """

    individual: dict[Concept, Flags]
    coalitional: dict[CoalitionConcept, Flags]
    coalitions: tuple[Coalition, ...]

    def equilibria(self, concept: str) -> tuple[int, ...]:
        """Numbers of the states that are stable for everybody (for every coalition, if the concept begins with C)."""
        table: dict[Any, Flags] = {**self.individual, **self.coalitional}
        if concept not in table:
            raise InputError(f"got concept {concept!r}, expected one of {', '.join(table)}.")
        return tuple(int(s) for s in np.flatnonzero(table[concept].all(axis=0)))


@dataclass(frozen=True)
class Path:
    """A way from one state to another: who moves, and where to; empty for the state itself."""

    steps: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.steps)


class GraphModel:
    """A dispute in graph form.

    Parameters
    ----------
    states, makers
        Names.
    moves
        Flags of shape (makers, states, states): ``moves[i, s, t]`` if i can go from s to t in one move. A one-way move
        is simply not there in the other direction. Nothing is made transitive.
    ranks
        Whole numbers of shape (makers, states), the higher the better; equal means indifferent. Only the order counts.

    Raises
    ------
    InputError
        If shapes disagree, a state can be moved to from itself, or there are too many of anything.
    """

    def __init__(
        self, states: Sequence[str], makers: Sequence[str], moves: ArrayLike, ranks: ArrayLike | None = None
    ) -> None:
        self.states = tuple(states)
        self.makers = tuple(makers)
        self.moves: Flags = np.ascontiguousarray(np.asarray(moves, dtype=np.bool_))
        n, d = len(self.states), len(self.makers)
        if not 1 <= n <= MAX_STATES:
            raise InputError(f"got {n:,} states, expected 1 to {MAX_STATES:,}.")
        if not 1 <= d <= MAX_MAKERS:
            raise InputError(f"got {d} decision makers, expected 1 to {MAX_MAKERS}.")
        if self.moves.shape != (d, n, n):
            raise InputError(f"moves: got shape {self.moves.shape}, expected {(d, n, n)}.")
        if self.moves[:, np.arange(n), np.arange(n)].any():
            raise InputError("moves: got a move from a state to itself; staying is no move.")
        self.ranks: Ranks | None = None if ranks is None else as_ranks(ranks, d, n)

    # -------------------------------------------------------------------------------------------- reachable ----

    def reachable(self, start: int, by: Iterable[int] | None = None) -> Flags:
        """R_H(s): the states that legal sequences of moves lead to from `start`; `by` left out: of everybody."""
        found: Flags = closure(self._allowed(by), self.moves)[start]
        return found

    def reachable_by_improvements(self, start: int, by: Iterable[int] | None = None) -> Flags:
        """R_H+(s): the same by legal sequences in which every move improves the state for the one who makes it."""
        found: Flags = closure(self._allowed(by), improvements(self.moves, self._ranks()[None])[0])[start]
        return found

    def paths(self, start: int, is_improving: bool) -> dict[int, Path]:
        """A shortest legal sequence of moves (or of improvements) to every state that has one, `start` included."""
        edges = improvements(self.moves, self._ranks()[None])[0] if is_improving else self.moves
        root = (start, -1)
        before: dict[tuple[int, int], tuple[int, int]] = {root: root}
        found: dict[int, Path] = {start: Path(())}
        front = [root]
        while front:
            after: list[tuple[int, int]] = []
            for state, last in front:
                for i in range(len(self.makers)):
                    if i == last:
                        continue
                    for t in np.flatnonzero(edges[i, state]).tolist():
                        if (t, i) in before:
                            continue
                        before[(t, i)] = (state, last)
                        after.append((t, i))
                        if t not in found:
                            found[t] = Path(_unwound(before, (t, i), root))
            front = after
        return found

    def path(self, start: int, end: int, is_improving: bool) -> Path | None:
        """A shortest legal sequence from one state to another; None if there is none."""
        return self.paths(start, is_improving).get(end)

    # ----------------------------------------------------------------------------------------------- stable ----

    def solve(self, is_coalitional: bool | None = None) -> Stability:
        """Stability of every state under every concept.

        Parameters
        ----------
        is_coalitional
            Also for coalitions; left out: if there are at most `MAX_MAKERS_COALITIONS` decision makers.
        """
        found = self.stable(self._ranks()[None], is_coalitional)
        return Stability(
            {concept: flags[0] for concept, flags in found.individual.items()},
            {concept: flags[0] for concept, flags in found.coalitional.items()},
            found.coalitions,
        )

    def stable(self, ranks: Ranks, is_coalitional: bool | None = None) -> Stability:
        """Stability under many orders at once: the flags of `Stability` with one more axis in front.

        Parameters
        ----------
        ranks
            Of shape (orders, makers, states).
        """
        if is_coalitional is None:
            is_coalitional = len(self.makers) <= MAX_MAKERS_COALITIONS
        if is_coalitional and len(self.makers) > MAX_MAKERS_COALITIONS:
            raise InputError(
                f"coalitions: got {len(self.makers)} decision makers, expected at most {MAX_MAKERS_COALITIONS}."
            )
        # The same concept for one decision maker is the coalition of one, so most is worked out once.
        better = improvements(self.moves, ranks)
        individual: dict[Concept, Flags] = {name: np.empty(ranks.shape, dtype=np.bool_) for name in CONCEPTS}
        for i in range(len(self.makers)):
            others = tuple(j for j in range(len(self.makers)) if j != i)
            mine, rank = better[:, i], ranks[:, i]
            individual["R"][:, i] = ~mine.any(axis=2)
            worst = _least(self._reach(others), rank)
            individual["GMR"][:, i] = _held(mine, worst, rank)
            after = np.maximum(rank, _greatest(self.moves[i], rank))
            individual["SMR"][:, i] = _held(mine, _least(self._reach(others), after), rank)
            credible = sequences({(j,): better[:, j] for j in others}, len(self.states), len(ranks))
            individual["SEQ"][:, i] = _held(mine, _least(credible, rank), rank)
        coalitions = self.coalitions if is_coalitional else ()
        coalitional = self._coalitional(ranks, coalitions)
        return Stability(individual, coalitional, coalitions)

    @cached_property
    def coalitions(self) -> tuple[Coalition, ...]:
        """Every set of decision makers but the empty one, by size."""
        d = len(self.makers)
        return tuple(c for size in range(1, d + 1) for c in combinations(range(d), size))

    def joint(self, members: Coalition) -> Flags:
        """R_H for every state, by legal sequences of the members' moves: flags of shape (states, states)."""
        return self._reach(members)

    def _coalitional(self, ranks: Ranks, coalitions: tuple[Coalition, ...]) -> dict[CoalitionConcept, Flags]:
        if not coalitions:
            return {}
        n_orders, _, n = ranks.shape
        found: dict[CoalitionConcept, Flags] = {
            name: np.empty((n_orders, len(coalitions), n), dtype=np.bool_) for name in COALITION_CONCEPTS
        }
        joint = {members: self._joint_improvements(members, ranks) for members in coalitions}
        for c, members in enumerate(coalitions):
            others = tuple(j for j in range(len(self.makers)) if j not in members)
            mine = joint[members]
            # hurts[o, s, u]: at least one member likes u no better than s
            hurts = np.zeros((n_orders, n, n), dtype=np.bool_)
            for i in members:
                hurts |= ranks[:, i, None, :] <= ranks[:, i, :, None]
            found["CR"][:, c] = ~mine.any(axis=2)
            can = np.broadcast_to(self._reach(others), (n_orders, n, n))
            found["CGMR"][:, c] = _answered(mine, can, hurts)
            # trapped[o, s, u]: u hurts, and so does everything the coalition reaches from u
            escape = _reaches_any(~hurts, self._reach(members))
            found["CSMR"][:, c] = _answered(mine, can, hurts & ~escape)
            inside = {g: joint[g] for g in coalitions if set(g) <= set(others)}
            found["CSEQ"][:, c] = _answered(mine, sequences(inside, n, n_orders), hurts)
        return found

    def _joint_improvements(self, members: Coalition, ranks: Ranks) -> Flags:
        better = np.broadcast_to(self._reach(members), (len(ranks), len(self.states), len(self.states)))
        for i in members:
            better = better & (ranks[:, i, None, :] > ranks[:, i, :, None])
        return better

    def _reach(self, members: Coalition) -> Flags:
        if members not in self._reached:
            self._reached[members] = closure(members, self.moves)
        return self._reached[members]

    @cached_property
    def _reached(self) -> dict[Coalition, Flags]:
        return {}

    def _allowed(self, by: Iterable[int] | None) -> Coalition:
        return tuple(range(len(self.makers))) if by is None else tuple(sorted(set(by)))

    def _ranks(self) -> Ranks:
        if self.ranks is None:
            raise InputError("this graph model was made without preferences. Give ranks.")
        return self.ranks


# ------------------------------------------------------------------------------------------------------ pieces ----


def as_ranks(ranks: ArrayLike, n_makers: int, n_states: int) -> Ranks:
    """Whole numbers that order the states as the given values do, 0 for the worst; shape (makers, states).

    Raises
    ------
    InputError
        If the shape is another, or a value is not a number and so has no place in an order.
    """
    values = np.asarray(ranks, dtype=np.float64)
    if values.shape != (n_makers, n_states):
        raise InputError(f"ranks: got shape {values.shape}, expected {(n_makers, n_states)}.")
    if np.isnan(values).any():
        raise InputError("ranks: got a value that is not a number; an order needs a place for every state.")
    dense = np.empty(values.shape, dtype=np.int32)
    for i, row in enumerate(values):
        dense[i] = np.unique(row, return_inverse=True)[1]
    return dense


def improvements(moves: Flags, ranks: Ranks) -> Flags:
    """The moves that the mover strictly prefers, for each order: (orders, makers, states, states)."""
    return moves[None] & (ranks[:, :, None, :] > ranks[:, :, :, None])


def closure(members: Coalition, moves: Flags) -> Flags:
    """R_H for every state under fixed moves: flags of shape (states, states). Nobody moves twice in a row."""
    inside: dict[Coalition, Flags] = {(i,): moves[i][None] for i in members}
    reach: Flags = sequences(inside, moves.shape[1], 1)[0]
    return reach


def sequences(steps: dict[Coalition, Flags], n_states: int, n_orders: int) -> Flags:
    """States reached by sequences of steps in which no mover steps twice in a row: (orders, states, states).

    Parameters
    ----------
    steps
        By mover (a decision maker, or a coalition that acts as one): flags (orders, states, states).

    For each mover the set of states reached from s when *he* begins, grown until nothing is added; sets are bits of
    64-bit words, and all orders grow together.
    """
    n_words = (n_states + 63) // 64
    bits = np.zeros((n_states, n_words), dtype=np.uint64)
    for t in range(n_states):
        bits[t, t // 64] = np.uint64(1) << np.uint64(t % 64)
    edges: list[tuple[int, int, NDArray[np.intp], Words]] = []
    for g, flags in enumerate(steps.values()):
        used: Flags = np.asarray(flags.any(axis=0))
        for s in range(n_states):
            targets = np.flatnonzero(used[s])
            if targets.size:
                # all ones where the step is there: a mask is cheaper than a choice
                mask = np.where(flags[:, s, targets], ~np.uint64(0), np.uint64(0))[:, :, None]
                edges.append((g, s, targets, mask))
    first: Words = np.zeros((len(steps), n_orders, n_states, n_words), dtype=np.uint64)
    for _ in range(n_states * max(len(steps), 1) + 1):
        before = first.copy()
        others = _all_but_one(first)
        for g, s, targets, mask in edges:
            grown = (bits[targets][None] | others[g][:, targets]) & mask
            first[g, :, s] |= np.bitwise_or.reduce(grown, axis=1)
        if np.array_equal(before, first):
            break
    whole = (
        np.bitwise_or.reduce(first, axis=0)
        if len(steps)
        else np.zeros((n_orders, n_states, n_words), np.uint64)
    )
    return _unpacked(whole, n_states)


def _all_but_one(first: Words) -> Words:
    """For each mover, what the others together reach."""
    others = np.zeros_like(first)
    for g in range(len(first)):
        for k in range(len(first)):
            if k != g:
                others[g] |= first[k]
    return others


def _unpacked(words: Words, n_states: int) -> Flags:
    little = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(little, axis=-1, bitorder="little", count=n_states).astype(np.bool_)


_NEVER: Final = np.iinfo(np.int32).max


def _least(reach: Flags, values: Ranks) -> Ranks:
    """The least value among the states reached from each state; very large where none is. (orders, states)

    `reach` is (states, states) for all orders, or (orders, states, states).
    """
    least = np.full(values.shape, _NEVER, dtype=np.int32)
    for s in range(values.shape[1]):
        if reach.ndim == 2:
            targets = np.flatnonzero(reach[s])
            if targets.size:
                least[:, s] = values[:, targets].min(axis=1)
        else:
            least[:, s] = np.where(reach[:, s], values, _NEVER).min(axis=1)
    return least


def _greatest(reach: Flags, values: Ranks) -> Ranks:
    greatest = np.full(values.shape, -1, dtype=np.int32)
    for s in range(values.shape[1]):
        targets = np.flatnonzero(reach[s])
        if targets.size:
            greatest[:, s] = values[:, targets].max(axis=1)
    return greatest


def _held(mine: Flags, worst: Ranks, rank: Ranks) -> Flags:
    """Whether every improvement of mine has an answer no better than where it began. (orders, states)"""
    unanswered = worst[:, None, :] > rank[:, :, None]
    held: Flags = np.logical_not((mine & unanswered).any(axis=2))
    return held


def _answered(mine: Flags, can: Flags, hurts: Flags) -> Flags:
    """Whether each improvement s to t has a u with ``can[t, u]`` and ``hurts[s, u]``. (orders, states)"""
    # met[o, s, t] = any over u of can[o, t, u] and hurts[o, s, u]: a product of matrices, in numbers that BLAS knows
    met = np.matmul(hurts.astype(np.float32), can.astype(np.float32).transpose(0, 2, 1)) > 0.5
    held: Flags = np.logical_not((mine & ~met).any(axis=2))
    return held


def _reaches_any(wanted: Flags, reach: Flags) -> Flags:
    """For each order, s and u: whether some v reached from u is wanted, ``wanted[o, s, v]``."""
    found: Flags = np.matmul(wanted.astype(np.float32), reach.astype(np.float32).T[None]) > 0.5
    return found


def _unwound(
    seen: dict[tuple[int, int], tuple[int, int]], node: tuple[int, int], root: tuple[int, int]
) -> tuple[tuple[int, int], ...]:
    steps = []
    while node != root:
        steps.append((node[1], node[0]))
        node = seen[node]
    return tuple(reversed(steps))
