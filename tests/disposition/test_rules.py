"""Three-valued rules: Kleene's tables, monotone knowledge, exceptions, and exact answers to "what would change it"."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parapet.disposition import rules
from parapet.disposition.rules import AllOf, AnyOf, Atom, Const, LabelledException, Not, Rule
from parapet.disposition.truth import NO, UNKNOWN, YES, every, some
from parapet.errors import InputError

NAMES = [Atom("fact", name) for name in "abcde"]
EXPRESSIONS = st.recursive(
    st.sampled_from([*NAMES, Const(YES), Const(NO), Const(UNKNOWN)]),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=12,
)
VALUES = st.fixed_dictionaries({name: st.sampled_from([YES, NO, UNKNOWN]) for name in NAMES})


def test_kleene_tables():
    order = {NO: 0, UNKNOWN: 1, YES: 2}
    for a, b in product((YES, NO, UNKNOWN), repeat=2):
        assert order[every([a, b])] == min(order[a], order[b])
        assert order[some([a, b])] == max(order[a], order[b])
    assert (~YES, ~NO, ~UNKNOWN) == (NO, YES, UNKNOWN)
    assert (every([]), some([])) == (YES, NO)


@given(EXPRESSIONS, VALUES, st.data())
def test_more_knowledge_never_changes_a_known_answer(expression, values, data):
    before = rules.evaluate(expression, values)
    unknown = [name for name in NAMES if values[name] is UNKNOWN]
    learnt = {name: data.draw(st.sampled_from([YES, NO])) for name in unknown}
    if before.is_known:
        assert rules.evaluate(expression, {**values, **learnt}) is before


@given(EXPRESSIONS, VALUES)
def test_what_matters_is_exact(expression, values):
    """By the definition, one case after the other."""
    open_ = [a for a in rules.atoms(expression) if values[a] is UNKNOWN]
    wanted = set()
    if not rules.evaluate(expression, values).is_known:
        for atom in open_:
            rest = [a for a in open_ if a != atom]
            for row in product((YES, NO), repeat=len(rest)):
                case = {**values, **dict(zip(rest, row, strict=True))}
                if rules.evaluate(expression, {**case, atom: YES}) is not rules.evaluate(
                    expression, {**case, atom: NO}
                ):
                    wanted.add(atom)
    assert set(rules.matters(expression, values)) == wanted


@given(EXPRESSIONS, VALUES)
def test_the_table_is_every_case(expression, values):
    names = NAMES[:3]
    found = rules.table(expression, values, names)
    assert len(found) == 8
    for row, answer in found.items():
        assert answer is rules.evaluate(expression, {**values, **dict(zip(names, row, strict=True))})


@given(EXPRESSIONS, VALUES)
def test_conditions_are_sufficient_and_shortest(expression, values):
    names = NAMES[:3]
    answers = rules.table(expression, values, names)
    for wanted in (YES, NO):
        found = rules.conditions(answers, names, wanted)
        covered = {row for row in answers for case in found
                   if all(row[names.index(a)] is v for a, v in case.items())}  # fmt: skip
        assert covered == {row for row, answer in answers.items() if answer is wanted}
        for case in found:  # no part of a condition can be left out
            for atom in case:
                less = {a: v for a, v in case.items() if a != atom}
                rows = [row for row in answers if all(row[names.index(a)] is v for a, v in less.items())]
                assert any(answers[row] is not wanted for row in rows)


def test_turns_on_names_single_facts_only():
    a, b = NAMES[:2]
    assert rules.turns_on(AllOf((a, b)), {a: YES, b: NO}) == (b,)
    assert rules.turns_on(AllOf((a, b)), {a: NO, b: NO}) == ()
    assert rules.turns_on(AllOf((a, b)), {a: YES}) == ()


@pytest.mark.parametrize(
    "data, text",
    [
        ("possesses", "possesses"),
        ("not possesses", "Not"),
        ("reading x", "reading x"),
        ({"all": ["a", "not reading b"]}, "AllOf"),
        ({"elapsed": {"since": "e", "parameter": "p"}}, "e"),
        (True, "Const"),
    ],
)
def test_expressions_parse(data, text):
    parsed = rules.parse(data)
    assert text in (str(parsed) if isinstance(parsed, Atom) else type(parsed).__name__)


@pytest.mark.parametrize(
    "data", ["a b c", {"all": []}, {"any": "a"}, {"xor": ["a"]}, 3, None, {"elapsed": {"since": "e"}}]
)
def test_other_expressions_are_refused(data):
    with pytest.raises(InputError, match="expected"):
        rules.parse(data)


def rule(answer, *exceptions):
    return Rule("r", answer, "c", exceptions)


def test_an_exception_departs_from_the_general_answer():
    a, b = NAMES[:2]
    banned = rule(NO, LabelledException("certified", YES, "c", AllOf((a, b))))
    assert rules.evaluate(banned.expression, {a: YES, b: YES}) is YES
    assert rules.evaluate(banned.expression, {a: YES}) is UNKNOWN
    assert rules.evaluate(banned.expression, {a: NO}) is NO
    allowed = rule(YES, LabelledException("barred", NO, "c", a))
    assert rules.evaluate(allowed.expression, {a: YES}) is NO
    assert rules.evaluate(allowed.expression, {}) is UNKNOWN
    assert rules.evaluate(rule(YES).expression, {}) is YES


def test_clashing_exceptions_are_found_and_overriding_settles_them():
    a, b = NAMES[:2]
    yes = LabelledException("yes", YES, "c", a)
    no = LabelledException("no", NO, "c", b)
    clashes = list(rule(NO, yes, no).clashes(lambda e: e))
    assert [(one, other) for one, other, _ in clashes] == [("yes", "no")]
    assert clashes[0][2] == {a: YES, b: YES}
    over = LabelledException("no", NO, "c", b, ("yes",))
    settled = rule(NO, yes, over)
    assert list(settled.clashes(lambda e: e)) == []
    assert rules.evaluate(settled.expression, {a: YES, b: YES}) is NO
    assert rules.evaluate(settled.expression, {a: YES, b: NO}) is YES
    assert rules.evaluate(settled.expression, {a: YES}) is UNKNOWN
    apart = rule(NO, yes, LabelledException("no", NO, "c", Not(a)))
    assert list(apart.clashes(lambda e: e)) == []
