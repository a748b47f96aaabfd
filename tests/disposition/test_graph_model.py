"""The graph model against published answers and against a twin that enumerates sequences one by one."""

from __future__ import annotations

from itertools import combinations, permutations
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parapet.disposition.graph_model import (
    COALITION_CONCEPTS,
    CONCEPTS,
    GraphModel,
    as_ranks,
    closure,
)
from parapet.disposition.graph_model_options import Ban, Merge, NoMove, Option, build
from parapet.disposition.graph_model_orders import Orders, PartialOrder, Preference, Ranking, circle
from parapet.disposition.graph_model_statements import parse
from parapet.errors import InputError

# ------------------------------------------------------------------------------------------ published answers ----


def elmira() -> GraphModel:
    """C1: Fang, Hipel and Kilgour (1993); states 1 to 9 are numbers 0 to 8 here."""
    moves = np.zeros((3, 9, 9), dtype=bool)
    for a, b in [(1, 2), (3, 4), (5, 6), (7, 8)]:
        moves[0, a - 1, b - 1] = True
    for a, b in [(1, 3), (2, 4), (5, 7), (6, 8), *((s, 9) for s in range(1, 9))]:
        moves[1, a - 1, b - 1] = True
    for a, b in [(1, 5), (2, 6), (3, 7), (4, 8)]:
        moves[2, a - 1, b - 1] = moves[2, b - 1, a - 1] = True
    payoffs = [[4, 3, 8, 7, 5, 2, 9, 6, 1], [9, 2, 4, 8, 6, 1, 3, 7, 5], [6, 2, 8, 3, 7, 4, 9, 5, 1]]
    return GraphModel([str(s) for s in range(1, 10)], ["MoE", "Uniroyal", "LG"], moves, payoffs)


@pytest.mark.parametrize(
    "concept, states",
    [("R", {5, 8, 9}), ("SEQ", {5, 8, 9}), ("GMR", {1, 4, 5, 8, 9}), ("SMR", {1, 4, 5, 8, 9})],
)
def test_elmira(concept: str, states: set[int]) -> None:
    assert {s + 1 for s in elmira().solve().equilibria(concept)} == states


def test_elmira_is_told_by_coalitions_and_by_paths() -> None:
    """The ministry and Uniroyal together leave state 5 for state 8 (Kilgour, Hipel, Fang and Peng 2001)."""
    model = elmira()
    solved = model.solve()
    assert {s + 1 for s in solved.equilibria("CR")} == {8, 9}
    pair = solved.coalitions.index((0, 1))
    assert solved.coalitional["CR"][pair, 7] and not solved.coalitional["CR"][pair, 4]
    assert {s + 1 for s in np.flatnonzero(model.reachable_by_improvements(0))} == {5}
    assert {s + 1 for s in np.flatnonzero(model.reachable(0))} == set(
        range(2, 10)
    )  # the region cannot undo its own move
    path = model.path(0, 7, is_improving=False)
    assert path is not None and len(path) == 3
    assert model.path(0, 7, is_improving=True) is None


def prisoners() -> GraphModel:
    """States: both silent, second tells, first tells, both tell."""
    moves = np.zeros((2, 4, 4), dtype=bool)
    for s in range(4):
        moves[0, s, s ^ 2] = moves[1, s, s ^ 1] = True
    return GraphModel(["cc", "cd", "dc", "dd"], ["A", "B"], moves, [[3, 1, 4, 2], [3, 4, 1, 2]])


def test_prisoners_dilemma() -> None:
    """C3."""
    solved = prisoners().solve()
    assert solved.equilibria("R") == (3,)
    for concept in ("GMR", "SMR", "SEQ"):
        assert solved.equilibria(concept) == (0, 3)


def test_chicken() -> None:
    """Nash: one gives way. Both giving way is SMR: whoever stops doing so is driven to the crash (Fraser and Hipel 1984)."""
    model = prisoners()
    chicken = GraphModel(model.states, model.makers, model.moves, [[3, 2, 4, 1], [3, 4, 2, 1]]).solve()
    assert chicken.equilibria("R") == (1, 2)
    assert chicken.equilibria("SEQ") == (1, 2)
    assert chicken.equilibria("GMR") == chicken.equilibria("SMR") == (0, 1, 2)


# ---------------------------------------------------------------------------------------------------- the twin ----


def twin_reach(moves: list[dict[int, set[int]]], movers: tuple[int, ...], start: int) -> set[int]:
    """R_H(s) by the inductive definition: Omega holds the last movers by whom a state was reached."""
    omega: dict[int, set[int]] = {}
    changed = True
    for j in movers:
        for t in moves[j][start]:
            omega.setdefault(t, set()).add(j)
    while changed:
        changed = False
        for s in list(omega):
            for j in movers:
                if omega[s] == {j}:
                    continue
                for t in moves[j][s]:
                    if j not in omega.setdefault(t, set()):
                        omega[t].add(j)
                        changed = True
    return set(omega)


class Twin:
    """Every concept straight from its definition, with loops and sets."""

    def __init__(self, model: GraphModel) -> None:
        assert model.ranks is not None
        self.n, self.d = len(model.states), len(model.makers)
        self.rank = model.ranks.tolist()
        self.moves = [
            {s: {t for t in range(self.n) if model.moves[i, s, t]} for s in range(self.n)}
            for i in range(self.d)
        ]
        self.improving = [
            {s: {t for t in self.moves[i][s] if self.rank[i][t] > self.rank[i][s]} for s in range(self.n)}
            for i in range(self.d)
        ]
        self.sets = [c for k in range(1, self.d + 1) for c in combinations(range(self.d), k)]

    def stable(self, i: int, s: int, concept: str) -> bool:
        rank = self.rank[i]
        others = tuple(j for j in range(self.d) if j != i)
        for t in self.improving[i][s]:
            if concept == "R":
                return False
            table = self.improving if concept == "SEQ" else self.moves
            answers = {u for u in twin_reach(table, others, t) if rank[u] <= rank[s]}
            if concept == "SMR":
                answers = {u for u in answers if all(rank[v] <= rank[s] for v in self.moves[i][u])}
            if not answers:
                return False
        return True

    def joint(self, members: tuple[int, ...], s: int) -> set[int]:
        return {
            t for t in twin_reach(self.moves, members, s)
            if all(self.rank[i][t] > self.rank[i][s] for i in members)
        }  # fmt: skip

    def coalition_stable(self, members: tuple[int, ...], s: int, concept: str) -> bool:
        others = tuple(j for j in range(self.d) if j not in members)
        hurts = {u for u in range(self.n) if any(self.rank[i][u] <= self.rank[i][s] for i in members)}
        for t in self.joint(members, s):
            if concept == "CR":
                return False
            if concept == "CSEQ":
                inside = [c for c in self.sets if set(c) <= set(others)]
                steps = [{x: self.joint(c, x) for x in range(self.n)} for c in inside]
                answers = twin_reach(steps, tuple(range(len(inside))), t) & hurts
            else:
                answers = twin_reach(self.moves, others, t) & hurts
            if concept == "CSMR":
                answers = {u for u in answers if twin_reach(self.moves, members, u) <= hurts}
            if not answers:
                return False
        return True


@st.composite
def small_models(draw: st.DrawFn) -> GraphModel:
    n, d = draw(st.integers(2, 6)), draw(st.integers(2, 4))
    bits = draw(st.lists(st.integers(0, 3), min_size=d * n * n, max_size=d * n * n))
    moves = (np.array(bits).reshape(d, n, n) == 0) & ~np.eye(n, dtype=bool)
    ranks = draw(st.lists(st.integers(0, n - 1), min_size=d * n, max_size=d * n))
    return GraphModel([str(s) for s in range(n)], "ABCD"[:d], moves, np.array(ranks).reshape(d, n))


@given(small_models())
@settings(max_examples=80)
def test_every_concept_is_the_twins(model: GraphModel) -> None:
    twin, solved = Twin(model), model.solve()
    for concept in CONCEPTS:
        for i in range(twin.d):
            expected = [twin.stable(i, s, concept) for s in range(twin.n)]
            assert solved.individual[concept][i].tolist() == expected, (concept, i)
    for concept in COALITION_CONCEPTS:
        for c, members in enumerate(solved.coalitions):
            expected = [twin.coalition_stable(members, s, concept) for s in range(twin.n)]
            assert solved.coalitional[concept][c].tolist() == expected, (concept, members)


@given(small_models())
@settings(max_examples=30)
def test_inclusions(model: GraphModel) -> None:
    solved = model.solve()
    for tables, names in ((solved.individual, CONCEPTS), (solved.coalitional, COALITION_CONCEPTS)):
        nash, gmr, smr, seq = (tables[name] for name in names)
        assert (nash <= smr).all() and (smr <= gmr).all() and (nash <= seq).all() and (seq <= gmr).all()
    for c, members in enumerate(solved.coalitions):
        if (
            len(members) == 1
        ):  # the coalition of one is the decision maker, where no answer of a coalition enters
            for one, other in zip(CONCEPTS[:3], COALITION_CONCEPTS[:3], strict=True):
                assert (solved.individual[one][members[0]] == solved.coalitional[other][c]).all()


@given(small_models(), st.integers(0, 5), st.booleans())
def test_reach_and_paths(model: GraphModel, start: int, is_improving: bool) -> None:
    start %= len(model.states)
    twin = Twin(model)
    table = twin.improving if is_improving else twin.moves
    reach = twin_reach(table, tuple(range(twin.d)), start)
    found = model.reachable_by_improvements(start) if is_improving else model.reachable(start)
    assert set(np.flatnonzero(found).tolist()) == reach
    for end in range(twin.n):
        path = model.path(start, end, is_improving)
        assert (path is not None) == (end in reach or end == start)
        here, last = start, -1
        for mover, state in path.steps if path else ():
            assert mover != last and state in table[mover][here]
            here, last = state, mover
        assert path is None or here == end


def test_nobody_moves_twice_in_a_row() -> None:
    """a -> b -> c by one alone is no sequence; with another's move between it is."""
    moves = np.zeros((2, 4, 4), dtype=bool)
    moves[0, 0, 1] = moves[0, 1, 2] = True
    assert closure((0,), moves)[0].tolist() == [False, True, False, False]
    moves[1, 1, 3] = moves[0, 3, 2] = True
    assert closure((0, 1), moves)[0].tolist() == [False, True, True, True]


def test_more_than_one_word_of_states() -> None:
    rng = np.random.default_rng(3)
    n, d = 70, 3
    moves = (rng.random((d, n, n)) < 0.03) & ~np.eye(n, dtype=bool)
    model = GraphModel([str(s) for s in range(n)], "ABC", moves, rng.integers(0, 30, (d, n)))
    twin, solved = Twin(model), model.solve(False)
    for concept in CONCEPTS:
        for i in range(d):
            assert solved.individual[concept][i].tolist() == [twin.stable(i, s, concept) for s in range(n)]


def test_many_orders_are_the_single_ones() -> None:
    rng = np.random.default_rng(5)
    model = elmira()
    ranks = rng.integers(0, 6, (15, 3, 9)).astype(np.int32)
    many = model.stable(ranks)
    for k in range(15):
        one = GraphModel(model.states, model.makers, model.moves, ranks[k]).solve()
        for name in CONCEPTS:
            assert (many.individual[name][k] == one.individual[name]).all()
        for name in COALITION_CONCEPTS:
            assert (many.coalitional[name][k] == one.coalitional[name]).all()


@given(small_models())
@settings(max_examples=15)
def test_only_the_order_counts(model: GraphModel) -> None:
    assert model.ranks is not None
    stretched = GraphModel(model.states, model.makers, model.moves, np.exp(model.ranks * 0.7) - 100.0)
    for name in CONCEPTS:
        assert (stretched.solve(False).individual[name] == model.solve(False).individual[name]).all()


def test_forty_states_take_less_than_a_second() -> None:
    rng = np.random.default_rng(7)
    n, d = 40, 4
    moves = (rng.random((d, n, n)) < 0.1) & ~np.eye(n, dtype=bool)
    model = GraphModel([str(s) for s in range(n)], "ABCD", moves, rng.random((d, n)))
    started = process_time()
    model.solve()
    assert process_time() - started < 1.0


def test_wrong_shapes_are_told() -> None:
    moves = np.zeros((2, 3, 3), dtype=bool)
    with pytest.raises(InputError, match=r"moves: got shape \(2, 3, 3\), expected \(2, 4, 4\)"):
        GraphModel("abcd", "AB", moves)
    with pytest.raises(InputError, match="staying is no move"):
        GraphModel("abc", "AB", np.ones((2, 3, 3), dtype=bool))
    with pytest.raises(InputError, match="a place for every state"):
        as_ranks([[1.0, np.nan]], 1, 2)
    with pytest.raises(InputError, match="without preferences"):
        GraphModel("abc", "AB", moves).solve()
    with pytest.raises(InputError, match="expected one of R, GMR"):
        prisoners().solve().equilibria("Nsh")


# -------------------------------------------------------------------------------------------------- statements ----


@given(st.sets(st.sampled_from("abc")), st.integers(0, 7))
def test_statements_hold_as_words_say(true: set[str], k: int) -> None:
    a, b, c = ("a" in true, "b" in true, "c" in true)
    text, expected = [
        ("not a", not a),
        ("a and not b or c", (a and not b) or c),
        ("a if b", a or not b),
        ("a or c if b and c", (a or c) or not (b and c)),
        ("a iff b", a == b),
        ("not (a or b) and c", not (a or b) and c),
        ("a if b iff c", (a or not b) == c),
        ("not not a", a),
    ][k]
    assert parse(text, "abc").holds(true) == expected


@pytest.mark.parametrize(
    "text, words",
    [
        ("retrun", "Did you mean 'return'"),
        ("return and", "an option is missing at the end"),
        ("return lift", "'lift' is not expected here"),
        ("(return or lift", "a bracket is not closed"),
        ("and lift", "'and' stands where an option is expected"),
        ("return or )", "stands where an option is expected"),
    ],
)
def test_wrong_statements_are_told(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(").replace(")", r"\)")):
        parse(text, ["return", "lift"])


# ----------------------------------------------------------------------------------------------------- options ----


def options() -> list[Option]:
    return [
        Option("where", 0, ("home", "away", "gone"), frozenset({"gone"})),
        Option("pay", 1),
        Option("stop", 1),
    ]


NAMES = ["home", "away", "gone", "pay", "stop"]


def test_states_and_moves_of_options() -> None:
    found = build(2, options(), [Ban(parse("pay and stop", NAMES))])
    labels = [state.label for state in found.states]
    assert labels == [
        f"{where}{also}" for where in ("home", "away", "gone") for also in ("", " + stop", " + pay")
    ]
    assert found.n_combinations == 12 and found.banned == {0: 3}
    at = {label: s for s, label in enumerate(labels)}
    assert found.moves[0, at["home"], at["gone"]] and not found.moves[0, at["gone"], at["home"]]  # final
    assert found.moves[1, at["home + stop"], at["home + pay"]]  # two of his own options in one move
    assert not found.moves[0, at["home"], at["away + pay"]]  # not his to change
    assert found.at_once[at["home"], at["away + pay"]] and not found.at_once[at["gone"], at["home"]]
    assert found.changers[:, at["home"], at["away + pay"]].tolist() == [True, True]
    assert found.states[at["gone + pay"]].holds("pay") and not found.states[at["gone + pay"]].holds("home")


def test_rules_may_come_from_elsewhere() -> None:
    by_function = build(2, options(), feasible=lambda state: not (state.holds("gone") and state.holds("pay")))
    by_table = build(2, options(), feasible=[{"where": "gone", "pay": True}])
    assert [s.label for s in by_function.states] == [s.label for s in by_table.states]
    assert len(by_table.states) == 10 and by_table.banned == {-1: 2}
    with pytest.raises(InputError, match=r"feasible\[0\]: there is no option 'were'"):
        build(2, options(), feasible=[{"were": "gone"}])
    with pytest.raises(InputError, match="where cannot be 'far', expected one of 'home', 'away', 'gone'"):
        build(2, options(), feasible=[{"where": "far"}])
    with pytest.raises(InputError, match="no state is feasible"):
        build(2, options(), feasible=lambda state: False)


def test_barred_moves_and_merged_states() -> None:
    barred = [NoMove(0, parse("away", NAMES), parse("home", NAMES))]
    found = build(2, options(), [Ban(parse("stop", NAMES))], barred, [Merge(parse("gone", NAMES), "over")])
    labels = [state.label for state in found.states]
    assert labels == ["home", "home + pay", "away", "away + pay", "over"]
    assert not found.moves[0, 2, 0] and found.moves[0, 0, 2] and found.moves[0, 2, 4]
    assert not found.moves[:, 4].any() and not found.moves[:, 4, 4].any()
    assert found.states[4].true == frozenset({"gone"})


# ------------------------------------------------------------------------------------------------------ orders ----


@given(st.integers(1, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=7))
def test_linear_extensions_are_all_there_once(n: int, pairs: list[tuple[int, int]]) -> None:
    before = [(a, b) for a, b in pairs if a < b < n]
    order = PartialOrder(n, before)
    expected = {p for p in permutations(range(n)) if all(p.index(a) < p.index(b) for a, b in before)}
    found = [order.extension(k) for k in range(order.count)]
    assert len(found) == len(set(found)) and set(found) == expected


def test_circles_are_found() -> None:
    assert circle(4, [(0, 1), (1, 2), (2, 3)]) == ()
    found = circle(4, [(0, 1), (1, 2), (2, 1), (2, 3)])
    assert found[0] == found[-1] and set(found) == {1, 2}
    with pytest.raises(InputError, match="not an order"):
        PartialOrder(2, [(0, 1), (1, 0)])
    with pytest.raises(InputError, match="too many plausible orders"):
        _ = PartialOrder(24, []).count


def flags(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


def wanted() -> Preference:
    """Three statements over four states; the last two contested, the last with a second reading."""
    return Preference(
        ((flags(1, 1, 0, 0),), (flags(1, 0, 1, 0),), (flags(0, 1, 0, 1), flags(0, 0, 0, 0))), ((1, 2),)
    )


def test_scores_are_lexicographic() -> None:
    preference = wanted()
    assert preference.count == 4
    scores = preference.scores(range(4))
    for number in range(4):
        readings, order = preference.pick(number)
        key = [tuple(bool(preference.truth[k][readings[k]][s]) for k in order) for s in range(4)]
        by_key = sorted(range(4), key=lambda s: key[s])
        assert [key[s] for s in by_key] == [key[s] for s in sorted(range(4), key=lambda s: scores[number][s])]
    assert preference.pick(preference.assumed) == ((0, 0, 0), (0, 1, 2))
    assert scores[preference.assumed].tolist() == [6.0, 5.0, 2.0, 1.0]  # 4 + 2, 4 + 1, 2, 1


@given(st.permutations(range(5)))
def test_orders_have_numbers(order: list[int]) -> None:
    free = Preference(tuple((flags(k & 1, k & 2, k & 4),) for k in range(5)), (tuple(range(5)),))
    number = free.number_of(order)
    assert free.pick(number)[1] == tuple(order)


def test_draws_have_addresses() -> None:
    orders = Orders((wanted(), wanted(), Ranking(tuple((s,) for s in range(4)), ((0, 1),))), seed=4)
    assert orders.count == 4 * 4 * 12
    few, is_all = orders.drawn(20)
    many, _ = orders.drawn(100)
    assert not is_all and many[:20] == few
    assert Orders(orders.preferences, seed=5).drawn(20)[0] != few
    everything, is_all = orders.drawn(5000)
    assert is_all and everything == list(range(192))
    assert len({tuple(orders.split(k)) for k in everything}) == 192
    assert orders.split(orders.assumed) == tuple(one.assumed for one in orders.preferences)
    with pytest.raises(InputError, match="expected 0 to 191"):
        orders.split(192)


def test_draws_are_even() -> None:
    """Chi-square of 1,900 draws over 192 orders; 0.1 % of fair draws lie above 250."""
    orders = Orders((wanted(), wanted(), Ranking(tuple((s,) for s in range(4)), ((0, 1),))), seed=11)
    found = [orders.drawn(191)[0] for orders in (Orders(orders.preferences, seed=k) for k in range(10))]
    counts = np.bincount(np.concatenate(found), minlength=192)
    expected = counts.sum() / 192
    assert ((counts - expected) ** 2 / expected).sum() < 250.0
    assert counts.max() < 30


def test_ranks_of_many_orders() -> None:
    orders = Orders((wanted(), Ranking(((0, 1), (2,), (3,)), ((0, 1), (0, 2)))))
    ranks = orders.ranks(range(orders.count))
    assert ranks.shape == (8, 2, 4)
    assert (ranks[:, 1, 0] == ranks[:, 1, 1]).all()  # liked equally
    assert (ranks[:, 1, 0] > ranks[:, 1, 2]).all() and (ranks[:, 1, 0] > ranks[:, 1, 3]).all()
    assert {bool(row) for row in ranks[:, 1, 2] > ranks[:, 1, 3]} == {True, False}  # open, both ways
