"""Rules: a general answer with labelled exceptions, over facts and named readings, in three values.

An expression is a word or a block::

    possesses                      a fact            not possesses               its opposite
    reading incirlik_is_possession a named reading   rule ndaa2020-1245          the answer of another rule
    {all: [...]}  {any: [...]}  {not: ...}           yes  no  unknown
    {elapsed: {since: EVENT, parameter: NAME}}       so many days have passed since a dated event
    {reaches: {quantity: NAME, parameter: NAME}}     a sum of the case is at or above a figure of the law

An exception applies where its condition holds and no exception that overrides it applies. Two exceptions with opposite
answers that could hold together are an error when the rules are read, not a silent choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from parapet.disposition.truth import NO, UNKNOWN, YES, Truth, every, some
from parapet.errors import InputError

MAX_ATOMS = 16
"""More unknowns than this are not enumerated (65,536 cases)."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Something with a value of its own: kind is ``fact``, ``reading``, ``rule``, ``elapsed`` or ``reaches``."""

    kind: str
    name: str
    more: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.kind in ("reading", "rule") else self.name


@dataclass(frozen=True, slots=True)
class Const:
    """A value that stands in the rule itself."""

    value: Truth


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Expression


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part."""

    parts: tuple[Expression, ...]


Expression = Atom | Const | Not | AllOf | AnyOf
Values = Mapping[Atom, Truth]


def parse(data: Any) -> Expression:
    """The expression that YAML data means.

    Raises
    ------
    InputError
        With what was got and the forms there are.
    """
    if isinstance(data, bool):
        return Const(YES if data else NO)
    if isinstance(data, str):
        return _word(data)
    if isinstance(data, dict) and len(data) == 1:
        key, inner = next(iter(data.items()))
        if key == "not":
            return Not(parse(inner))
        if key in ("all", "any") and isinstance(inner, list) and inner:
            parts = tuple(parse(item) for item in inner)
            return AllOf(parts) if key == "all" else AnyOf(parts)
        if key == "elapsed" and isinstance(inner, dict) and set(inner) == {"since", "parameter"}:
            return Atom("elapsed", str(inner["since"]), str(inner["parameter"]))
        if key == "reaches" and isinstance(inner, dict) and set(inner) == {"quantity", "parameter"}:
            return Atom("reaches", str(inner["quantity"]), str(inner["parameter"]))
    raise InputError(
        f"got {data!r}, expected a fact, 'not fact', 'reading name', 'rule name', yes, no, unknown or a block with one "
        "of the keys all, any, not, elapsed, reaches."
    )


def _word(text: str) -> Expression:
    words = text.split()
    if words[:1] == ["not"] and len(words) > 1:
        return Not(_word(" ".join(words[1:])))
    if len(words) == 1:
        return Const(Truth(words[0])) if words[0] in ("yes", "no", "unknown") else Atom("fact", words[0])
    if len(words) == 2 and words[0] in ("reading", "rule"):
        return Atom(words[0], words[1])
    raise InputError(f"got {text!r}, expected a fact, 'not fact', 'reading name' or 'rule name'.")


def atoms(expression: Expression) -> Iterator[Atom]:
    """Every atom in it, each once, in order."""
    seen: dict[Atom, None] = {}

    def walk(part: Expression) -> None:
        if isinstance(part, Atom):
            seen.setdefault(part)
        elif isinstance(part, Not):
            walk(part.part)
        elif isinstance(part, AllOf | AnyOf):
            for inner in part.parts:
                walk(inner)

    walk(expression)
    return iter(seen)


def evaluate(expression: Expression, values: Values) -> Truth:
    """The value by Kleene's strong logic; an atom without a value is unknown."""
    if isinstance(expression, Const):
        return expression.value
    if isinstance(expression, Atom):
        return values.get(expression, UNKNOWN)
    if isinstance(expression, Not):
        return ~evaluate(expression.part, values)
    parts = (evaluate(part, values) for part in expression.parts)
    return every(parts) if isinstance(expression, AllOf) else some(parts)


def substituted(expression: Expression, change: Callable[[Atom], Expression | None]) -> Expression:
    """The expression with atoms replaced, again and again, until none is replaced any more."""
    if isinstance(expression, Atom):
        new = change(expression)
        return expression if new is None else substituted(new, change)
    if isinstance(expression, Not):
        return Not(substituted(expression.part, change))
    if isinstance(expression, AllOf | AnyOf):
        return type(expression)(tuple(substituted(part, change) for part in expression.parts))
    return expression


def cases(names: list[Atom]) -> Iterator[dict[Atom, Truth]]:
    """Every way of answering some atoms with yes or no."""
    if len(names) > MAX_ATOMS:
        raise InputError(f"{len(names)} unknowns at once are too many to try all cases, at most {MAX_ATOMS}.")
    for row in product((YES, NO), repeat=len(names)):
        yield dict(zip(names, row, strict=True))


def _masks(expression: Expression, values: Values, names: list[Atom]) -> tuple[int, int]:
    """All 2^n cases at once: bit k of the first number says yes in case k, of the second no; neither is unknown.

    In case k the atom number i is yes where bit n - 1 - i of k is 0, so that the order is that of `cases`.
    """
    n = len(names)
    if n > MAX_ATOMS:
        raise InputError(f"{n} unknowns at once are too many to try all cases, at most {MAX_ATOMS}.")
    whole = (1 << (1 << n)) - 1
    own = {atom: _yes_cases(n - 1 - i, n) for i, atom in enumerate(names)}

    def walk(part: Expression) -> tuple[int, int]:
        if isinstance(part, Not):
            yes, no = walk(part.part)
            return no, yes
        if isinstance(part, AllOf | AnyOf):
            one, other = (whole, 0) if isinstance(part, AllOf) else (0, whole)
            for inner in part.parts:
                yes, no = walk(inner)
                one, other = (one & yes, other | no) if isinstance(part, AllOf) else (one | yes, other & no)
            return one, other
        if isinstance(part, Atom) and part in own:
            return own[part], whole & ~own[part]
        value = part.value if isinstance(part, Const) else values.get(part, UNKNOWN)
        return (whole if value is YES else 0), (whole if value is NO else 0)

    return walk(expression)


def _yes_cases(stride_bit: int, n: int) -> int:
    """The cases of 2^n in which one bit is 0."""
    stride = 1 << stride_bit
    period = (1 << stride) - 1
    mask = 0
    for start in range(0, 1 << n, 2 * stride):
        mask |= period << start
    return mask


def matters(expression: Expression, values: Values) -> tuple[Atom, ...]:
    """The unknown atoms that could change the answer, were they known: exact, all cases of the others are tried."""
    open_ = [atom for atom in atoms(expression) if values.get(atom, UNKNOWN) is UNKNOWN]
    if evaluate(expression, values).is_known or not open_:
        return ()
    yes, no = _masks(expression, values, open_)
    found = []
    for i, atom in enumerate(open_):
        bit = len(open_) - 1 - i
        lower = _yes_cases(bit, len(open_))
        if any(((mask >> (1 << bit)) ^ mask) & lower for mask in (yes, no)):
            found.append(atom)
    return tuple(found)


def turns_on(expression: Expression, values: Values) -> tuple[Atom, ...]:
    """The known atoms each of which alone, were it the other way round, would change a known answer."""
    answer = evaluate(expression, values)
    if not answer.is_known:
        return ()
    known = [atom for atom in atoms(expression) if values.get(atom, UNKNOWN).is_known]
    return tuple(a for a in known if evaluate(expression, {**values, a: ~values[a]}) is not answer)


Table = Mapping[tuple[Truth, ...], Truth]
"""Answers by the answers to some atoms, in their order."""


def table(expression: Expression, values: Values, names: list[Atom]) -> Table:
    """The expression under every way of answering some atoms with yes or no."""
    yes, no = _masks(expression, values, names)
    rows = product((YES, NO), repeat=len(names))
    return {row: YES if yes >> k & 1 else NO if no >> k & 1 else UNKNOWN for k, row in enumerate(rows)}


def conditions(answers: Table, names: list[Atom], wanted: Truth) -> list[dict[Atom, Truth]]:
    """The shortest answers to `names` that alone make a table of answers `wanted` (prime implicants, shortest first).

    An empty dict in the list means: whatever the answers. An empty list means: never.
    """
    held = sum(answer is wanted for answer in answers.values())
    if held in (0, len(answers)):
        return [{}] if held else []
    found: list[dict[Atom, Truth]] = []
    for row in sorted(
        product((UNKNOWN, YES, NO), repeat=len(names)), key=lambda r: sum(v.is_known for v in r)
    ):
        case = {atom: value for atom, value in zip(names, row, strict=True) if value.is_known}
        if any(shorter.items() <= case.items() for shorter in found):
            continue
        free = [(value,) if value.is_known else (YES, NO) for value in row]
        if all(answers[whole] is wanted for whole in product(*free)):
            found.append(case)
    return found


@dataclass(frozen=True)
class LabelledException:
    """A labelled exception: its answer, the clause it stands in, its condition, the labels it goes before."""

    label: str
    answer: Truth
    clause: str
    when: Expression
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A general answer (of a clause) with exceptions."""

    id: str
    answer: Truth
    clause: str
    exceptions: tuple[LabelledException, ...]

    def condition(self, label: str) -> Expression:
        """When an exception applies: its own condition, and none that overrides it applies."""
        one = next(e for e in self.exceptions if e.label == label)
        over = [self.condition(e.label) for e in self.exceptions if label in e.overrides]
        return AllOf((one.when, *(Not(part) for part in over))) if over else one.when

    @property
    def expression(self) -> Expression:
        """The whole rule as one expression: yes where its answer is yes."""
        other = tuple(self.condition(e.label) for e in self.exceptions if e.answer is not self.answer)
        departs = AnyOf(other) if other else Const(NO)
        return departs if self.answer is NO else Not(departs)

    def clashes(
        self, expand: Callable[[Expression], Expression]
    ) -> Iterator[tuple[str, str, dict[Atom, Truth]]]:
        """Pairs of exceptions with opposite answers, each with a case in which both would apply."""
        for i, one in enumerate(self.exceptions):
            for other in self.exceptions[i + 1 :]:
                if one.answer is other.answer:
                    continue
                both = expand(AllOf((self.condition(one.label), self.condition(other.label))))
                for case in cases(list(atoms(both))):
                    if evaluate(both, case) is YES:
                        yield one.label, other.label, case
                        break
