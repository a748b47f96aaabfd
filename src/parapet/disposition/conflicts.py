"""Where statements clash, found from their content alone: claim and denial, dates, sums, words, reasons, order.

Two statements are held against each other if they have subject and predicate in common. Those that each name a period
clash only if the periods overlap; one that names none is held against all. Positions of an actor clash within
`SAME_TIME_DAYS`; further apart they are a change of position, told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from parapet.disposition.statements import Ledger, Statement
from parapet.disposition.when import days_between

SAME_TIME_DAYS = 90
KINDS = {
    "denial": "claim against denial",
    "dates": "dates that differ",
    "sums": "sums that differ",
    "units": "counts in different units",
    "words": "incompatible descriptions",
    "reasons": "rival reasons",
    "order": "effect before its cause",
}


@dataclass(frozen=True)
class Side:
    """One position within a conflict and the statements that take it."""

    position: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Statements about one thing that cannot all hold.

    Attributes
    ----------
    kind
        A key of `KINDS`.
    has_answer
        One side expressly replies to the other.
    """

    kind: str
    subject: str
    predicate: str
    sides: tuple[Side, ...]
    has_answer: bool = False

    @property
    def statements(self) -> tuple[str, ...]:
        """All statements in it."""
        return tuple(dict.fromkeys(name for side in self.sides for name in side.statements))

    @property
    def id(self) -> str:
        """Subject, predicate and kind: the same in every run."""
        return f"{self.subject}/{self.predicate}/{self.kind}"

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "id": self.id, "kind": self.kind, "subject": self.subject, "predicate": self.predicate,
            "is_express": self.has_answer,
            "sides": [{"position": side.position, "statements": list(side.statements)} for side in self.sides],
        }  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """Statements of different sources about one thing that are compatible, though not in the same words."""

    subject: str
    predicate: str
    statements: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"subject": self.subject, "predicate": self.predicate, "statements": list(self.statements)}


@dataclass(frozen=True)
class Change:
    """An actor's position that turned round between two days."""

    subject: str
    predicate: str
    object: str
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))


def find_conflicts(ledger: Ledger) -> list[Conflict]:
    """Every conflict in a ledger, in the order of its first statement; forecasts are scored instead, not compared."""
    found: list[Conflict] = []
    for (_subject, predicate), group in _groups(ledger).items():
        kind = ledger.vocabulary.predicates[predicate].kind
        asserted = [s for s in group if not s.denied]
        if kind == "dated":
            found += _clashes(
                ledger, "dates", asserted, lambda a, b: not _at(a).overlaps(_at(b)), _date_words
            )
        elif kind == "sum":
            found += _sums(ledger, asserted)
        elif kind == "value":
            found += _clashes(ledger, "words", asserted, _differ(ledger), _object_words(ledger))
        elif kind == "reasons":
            found += _clashes(ledger, "reasons", asserted, lambda a, b: set(a.object) != set(b.object),
                              _object_words(ledger))  # fmt: skip
        elif kind == "cause":
            found += [c for s in asserted if (c := _backwards(ledger, s)) is not None]
        if kind != "free":
            found += _denials(ledger, group, kind)
    place = {s.id: i for i, s in enumerate(ledger.statements)}
    return sorted(found, key=lambda c: (min(place[name] for name in c.statements), c.id))


def find_changes(ledger: Ledger) -> list[Change]:
    """Positions that turned round, further apart than `SAME_TIME_DAYS`; each against the last word before it."""
    found: list[Change] = []
    for (subject, predicate), group in _groups(ledger).items():
        if ledger.vocabulary.predicates[predicate].kind != "position":
            continue
        for word in sorted({word for s in group for word in s.object}):
            line = [s for s in group if word in s.object]
            for before, after in pairwise(line):
                if before.denied != after.denied and not _at_once(before, after):
                    found.append(Change(subject, predicate, word, before.id, after.id))
    return found


def find_agreements(ledger: Ledger) -> list[Agreement]:
    """Groups of compatible dates, sums or words that come from different sources and say it differently."""
    clashing = {(c.subject, c.predicate) for c in find_conflicts(ledger)}
    found = []
    for key, group in _groups(ledger).items():
        kind = ledger.vocabulary.predicates[key[1]].kind
        if key in clashing or kind not in ("dated", "sum", "value", "reasons"):
            continue
        if any(not _same_period(a, b) for a, b in combinations(group, 2)):
            continue  # one after the other is no agreement
        if len({s.sources for s in group}) > 1 and len({ledger.content(s) for s in group}) > 1:
            found.append(Agreement(*key, tuple(s.id for s in group)))
    return found


def contested(ledger: Ledger) -> set[str]:
    """Ids of statements that another one denies or contradicts."""
    return {name for conflict in find_conflicts(ledger) for name in conflict.statements}


def _groups(ledger: Ledger) -> dict[tuple[str, str], list[Statement]]:
    groups: dict[tuple[str, str], list[Statement]] = {}
    for statement in ledger.statements:
        if statement.status != "forecast":
            groups.setdefault((statement.subject, statement.predicate), []).append(statement)
    return groups


def _same_period(a: Statement, b: Statement) -> bool:
    return a.holds is None or b.holds is None or a.holds.overlaps(b.holds)


def _at_once(a: Statement, b: Statement) -> bool:
    return days_between(a.date, b.date) <= SAME_TIME_DAYS


def _at(statement: Statement) -> Any:
    return statement.at


def _date_words(statement: Statement) -> str:
    return str(statement.at)


def _sum_words(statement: Statement) -> str:
    return str(statement.sum)


def _object_words(ledger: Ledger) -> Callable[[Statement], str]:
    return lambda s: ", ".join(ledger.label(word) for word in s.object) or "none given"


def _differ(ledger: Ledger) -> Callable[[Statement, Statement], bool]:
    pairs = {frozenset(pair) for pair in ledger.vocabulary.compatible}
    return lambda a, b: any(x != y and frozenset((x, y)) not in pairs for x in a.object for y in b.object)


def _clashes(
    ledger: Ledger,
    kind: str,
    group: list[Statement],
    clash: Callable[[Statement, Statement], bool],
    words: Callable[[Statement], str],
) -> Iterator[Conflict]:
    """One conflict of all statements that clash with some other one of the group."""
    pairs = [(a, b) for a, b in combinations(group, 2) if _same_period(a, b) and clash(a, b)]
    if not pairs:
        return
    sides: dict[str, list[str]] = {}
    involved = {s.id for pair in pairs for s in pair}
    for statement in group:
        if statement.id in involved:
            sides.setdefault(words(statement), []).append(statement.id)
    yield _conflict(ledger, kind, group[0], sides)


def _conflict(ledger: Ledger, kind: str, one: Statement, sides: dict[str, list[str]]) -> Conflict:
    names = {name for side in sides.values() for name in side}
    has_answer = any(other in names for name in names for other in ledger[name].answers)
    made = tuple(Side(position, tuple(ids)) for position, ids in sides.items())
    return Conflict(kind, one.subject, one.predicate, made, has_answer)


def _sums(ledger: Ledger, group: list[Statement]) -> Iterator[Conflict]:
    def unit(statement: Statement) -> str:
        return statement.sum.unit if statement.sum else ""

    def apart(a: Statement, b: Statement) -> bool:
        return a.sum is not None and b.sum is not None and unit(a) == unit(b) and not a.sum.overlaps(b.sum)

    yield from _clashes(ledger, "sums", group, apart, _sum_words)
    yield from _clashes(ledger, "units", group, lambda a, b: unit(a) != unit(b), _sum_words)


def _denials(ledger: Ledger, group: list[Statement], kind: str) -> Iterator[Conflict]:
    """One conflict per group of objects that some assert and others deny."""
    pairs = [
        (a, b)
        for a in group
        for b in group
        if not a.denied and b.denied and set(a.object) & set(b.object) and _same_period(a, b)
        and (kind != "position" or _at_once(a, b))
    ]  # fmt: skip
    if not pairs:
        return
    words = _object_words(ledger)
    sides: dict[str, list[str]] = {}
    involved = {s.id for pair in pairs for s in pair}
    for statement in group:
        if statement.id in involved:
            sides.setdefault(f"{'no' if statement.denied else 'yes'}: {words(statement)}", []).append(
                statement.id
            )
    yield _conflict(ledger, "denial", group[0], sides)


def _backwards(ledger: Ledger, statement: Statement) -> Conflict | None:
    """A cause that, by the dates on record, came after its effect."""
    causes, effects = ledger.dates_of(statement.subject), ledger.dates_of(statement.object[0])
    first_cause = min(
        (s for s in causes if s.at and s.at.precision == "day"), key=lambda s: _at(s).first, default=None
    )
    first_effect = min((s for s in effects if s.at), key=lambda s: _at(s).last, default=None)
    if first_cause is None or first_effect is None or _at(first_effect).last >= _at(first_cause).first:
        return None
    dates = [f"{ledger.label(s.subject)}: {s.at}" for s in (first_effect, first_cause)]
    sides = {
        ledger.content(statement): [
            s.id
            for s in ledger.statements
            if (s.subject, s.predicate, s.object) == (statement.subject, statement.predicate, statement.object)
        ],
        ", ".join(dates): [first_effect.id, first_cause.id],
    }  # fmt: skip
    if sides[ledger.content(statement)][0] != statement.id:
        return None  # told with the first statement that says so
    return _conflict(ledger, "order", statement, sides)
