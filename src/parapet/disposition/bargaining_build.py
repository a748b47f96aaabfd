"""States, moves and orders of a dispute under chosen readings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, product

import numpy as np

from parapet.disposition.bargaining_file import Built, Dispute, contested_groups, known_names
from parapet.disposition.bargaining_schema import PreferenceBlock, RuleBlock
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
from parapet.disposition.graph_model_orders import Orders, Preference, Ranking, circle
from parapet.disposition.graph_model_statements import Statement, parse
from parapet.errors import InputError
from parapet.scenario.document import Path
from parapet.scenario.read import did_you_mean


class Builder:
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
            raise InputError(
                "feasible: a table of patterns speaks of options; this dispute lists its states."
            )
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
                shown = "; ".join(states[s].label for s in hits[:3])
                raise self.error(
                    ("names", name), f"{text!r} holds in {len(hits)} states ({shown}), expected one."
                )
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
        chains: list[str] = [block.ranking] if isinstance(block.ranking, str) else list(block.ranking)
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
        self,
        group: list[int],
        better: list[tuple[int, int, str]],
        labels: list[str],
        block: PreferenceBlock,
        path: Path,
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
        for a, b in pairwise(chain):
            if not order.after[b] >> a & 1:
                one, two = labels[classes[a][0]], labels[classes[b][0]]
                raise self.error((*path, "ranking"), f"not an order of all states: nothing says which of {one!r} and "
                                 f"{two!r} is better. Rank them, or write 'rest: any'.")  # fmt: skip
        return ranking
