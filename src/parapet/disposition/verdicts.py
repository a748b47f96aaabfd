"""What an instrument says of a case on a day: the answer with the clause, facts, statements and readings under it, and
with the unknowns that would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from parapet.disposition import rules
from parapet.disposition.lawbook import REVIEW, Fact, LawBook
from parapet.disposition.review import review
from parapet.disposition.rules import AllOf, AnyOf, Atom, Const, Expression
from parapet.disposition.statements import Ledger, Pattern, Statement
from parapet.disposition.truth import NO, UNKNOWN, YES, Truth, as_truth
from parapet.disposition.yaml_data import NOTICE

Condition = dict[str, str]
"""Reading to ``yes`` or ``no``: together they make an answer; empty means whatever the readings."""


@dataclass(frozen=True)
class FactValue:
    """A fact with its value and where that comes from.

    Attributes
    ----------
    origin
        ``case`` (true by the option itself), ``statement`` (a fact on record), ``default`` (the record is silent, and
        the answer is plain), ``reading`` (an option leaves it to a reading), ``silent`` (nothing settles it).
    statements
        Those on record that speak of it; the last one that counts decides.
    """

    name: str
    text: str
    value: Truth
    origin: str
    because: str = ""
    statements: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "value": str(self.value), "statements": list(self.statements)}


@dataclass(frozen=True)
class Verdict:
    """The answer of one instrument.

    Attributes
    ----------
    value
        Under the readings chosen. If the instrument is not in force that day: what it says before it is.
    wording
        ``read``, ``secondary`` or ``memory``: how well the weakest of its clauses is known.
    readings
        Those it hangs on, as chosen: ``yes``, ``no`` or ``open``.
    unknowns
        Facts and readings any of which could change the answer; none if it is known.
    turns_on
        Facts and readings each of which alone, were it otherwise, would change a known answer.
    yes_if, no_if
        The shortest answers to readings that alone make it yes, or no. An empty list: no answer to readings does.
    counts
        Of all combinations of the readings it hangs on: how many give yes, no, unknown.
    """

    instrument: str
    short: str
    question: str
    citation: str
    value: Truth
    is_in_force: bool
    wording: str
    clauses: tuple[str, ...]
    facts: tuple[FactValue, ...]
    readings: Mapping[str, str]
    unknowns: tuple[str, ...]
    turns_on: tuple[str, ...]
    statements: tuple[str, ...]
    yes_if: tuple[Condition, ...]
    no_if: tuple[Condition, ...]
    counts: Mapping[str, int]
    by_readings: tuple[tuple[Condition, str], ...] = field(repr=False, default=())

    @property
    def clears_always(self) -> bool:
        """Whether every combination of readings gives yes."""
        return self.counts["yes"] == sum(self.counts.values())

    @property
    def clears_never(self) -> bool:
        """Whether no combination of readings gives yes."""
        return self.counts["yes"] == 0

    def to_dict(self) -> dict[str, Any]:
        """As plain data, with the notice."""
        return {
            "instrument": self.instrument, "question": self.question, "value": str(self.value),
            "is_in_force": self.is_in_force, "citation": self.citation, "clauses": list(self.clauses),
            "wording": self.wording, "facts": [fact.to_dict() for fact in self.facts],
            "readings": dict(self.readings), "unknowns": list(self.unknowns), "turns_on": list(self.turns_on),
            "statements": list(self.statements), "yes_if": list(self.yes_if), "no_if": list(self.no_if),
            "counts": dict(self.counts),
            "by_readings": [{"readings": case, "value": value} for case, value in self.by_readings],
            "notice": NOTICE,
        }  # fmt: skip


@dataclass(frozen=True)
class Earliest:
    """The earliest lawful days, all papers going in on the day of submission; of several ways the soonest.

    Attributes
    ----------
    sure
        Counting only ways that are surely open; None if none is.
    possible
        Counting also ways that hang on something unknown; None if the law shuts them all.
    """

    sure: date | None
    possible: date | None


@dataclass(frozen=True)
class Case:
    """What is asked about: a day, a submission, and what would be true.

    Attributes
    ----------
    facts
        Fact to expression, true by the case itself; every other fact is asked of the ledger.
    words
        What ``{option}`` and ``{sale}`` stand for in patterns.
    sums
        Sums in millions of dollars by name (``equipment``, ``total``).
    done
        Instruments whose clock has run before.
    """

    day: date
    submission: date | None = None
    facts: Mapping[str, Expression] = field(default_factory=dict)
    because: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, float] = field(default_factory=dict)
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Court:
    """Answers questions by a law book and a ledger, under readings.

    Attributes
    ----------
    readings
        Reading to yes or no; those left out are open.
    """

    book: LawBook
    ledger: Ledger
    readings: Mapping[Atom, Truth]

    @cached_property
    def _known(self) -> dict[date, Ledger]:
        return {}

    def known(self, day: date) -> Ledger:
        """The ledger as of a day."""
        if day not in self._known:
            self._known[day] = self.ledger.until(day)
        return self._known[day]

    @cached_property
    def _found(self) -> dict[tuple[Any, ...], list[Statement]]:
        return {}

    def fact(self, case: Case, name: str) -> FactValue:
        """A fact's value in a case."""
        if name == "review_has_run":
            return self._clock_fact(case)
        about = self.book.facts[name]
        text = about.text
        records = self._records(case, about)
        ids = tuple(s.id for s in records)
        if name in case.facts:
            value = rules.evaluate(case.facts[name], self.readings)
            origin = "reading" if any(a.kind == "reading" for a in rules.atoms(case.facts[name])) else "case"
            return FactValue(name, text, value, origin, case.because.get(name, ""))
        counted = [s for s in records if s.status in about.accepts]
        if counted:
            last = counted[-1]
            value = (NO if about.denial_is == "no" else UNKNOWN) if last.denied else YES
            return FactValue(name, text, value, "statement", about.because if last.denied else "", ids)
        default = Truth(about.otherwise)
        return FactValue(name, text, default, "default" if default.is_known else "silent", about.because, ids)

    def _records(self, case: Case, about: Fact) -> list[Statement]:
        if about.ledger is None:
            return []
        words = {key: str(getattr(about.ledger, key)) for key in ("subject", "predicate", "object")}
        for key, word in words.items():
            for name in ("option", "sale"):
                if "{" + name + "}" in word:
                    if name not in case.words:
                        return []
                    words[key] = word = word.replace("{" + name + "}", case.words[name])
        asked = (case.day, *words.values())
        if asked not in self._found:
            self._found[asked] = self.known(case.day).matching(Pattern(**words))
        return self._found[asked]

    def _clock_fact(self, case: Case) -> FactValue:
        text = "The review by Congress has run"
        if case.submission is None:
            return FactValue("review_has_run", text, UNKNOWN, "silent", "no day of submission is given")
        earliest = review(case.submission, self.book).earliest
        value = as_truth(earliest is not None and case.day >= earliest)
        return FactValue(
            "review_has_run", text, value, "case", f"submitted {case.submission}, over on {earliest}"
        )

    def expression(self, case: Case, expression: Expression) -> Expression:
        """An expression with the rules it names written out, those not in force as their answer before."""

        def step(atom: Atom) -> Expression | None:
            if atom.kind != "rule":
                return None
            one = self.book.instruments[atom.name]
            if not one.in_force.holds(case.day):
                return Const(Truth(one.before))
            return self.book.rules[atom.name].expression

        return rules.substituted(expression, step)

    def closed(self, case: Case, expression: Expression) -> tuple[Expression, dict[Atom, Truth]]:
        """The expression down to readings and plain facts, and the values of those facts (readings are left out)."""
        plain = self.expression(case, expression)
        by_reading = {
            name: part
            for name, part in case.facts.items()
            if any(a.kind == "reading" for a in rules.atoms(part))
        }
        full = rules.substituted(plain, lambda a: by_reading.get(a.name) if a.kind == "fact" else None)
        values = {atom: self._value(case, atom) for atom in rules.atoms(full) if atom.kind != "reading"}
        return full, values

    def _value(self, case: Case, atom: Atom) -> Truth:
        if atom.kind == "fact":
            return self.fact(case, atom.name).value
        number = self.book.parameters[atom.more].on(case.day)
        if atom.kind == "elapsed":
            days = [
                s.at.first
                for s in self.known(case.day).dates_of(atom.name)
                if s.at and s.at.precision == "day"
            ]
            return UNKNOWN if not days else as_truth(case.day >= max(days) + timedelta(days=round(number)))
        return UNKNOWN if atom.name not in case.sums else as_truth(case.sums[atom.name] >= number)

    def ask(self, case: Case, expression: Expression) -> Truth:
        """The value of any expression in a case, under the readings chosen."""
        full, values = self.closed(case, expression)
        return rules.evaluate(full, {**values, **self.readings})

    def verdict(self, case: Case, name: str) -> Verdict:
        """The answer of an instrument in a case."""
        one = self.book[name]
        rule = Atom("rule", name)
        full, values = self.closed(case, rule)
        plain = self.expression(case, rule)
        chosen = {**values, **self.readings}
        facts = tuple(self.fact(case, atom.name) for atom in rules.atoms(plain) if atom.kind == "fact")
        asked = [atom for atom in rules.atoms(full) if atom.kind == "reading"]
        answers = rules.table(full, values, asked)
        counts = {str(t): sum(answer is t for answer in answers.values()) for t in (YES, NO, UNKNOWN)}
        statements = dict.fromkeys(s for fact in facts for s in fact.statements)
        return Verdict(
            instrument=name, short=one.short, question=one.question, citation=one.citation,
            value=rules.evaluate(full, chosen), is_in_force=one.in_force.holds(case.day), wording=one.wording,
            clauses=tuple(one.clauses), facts=facts,
            readings={atom.name: _reading_word(self.readings.get(atom, UNKNOWN)) for atom in asked},
            unknowns=tuple(map(_name, rules.matters(full, chosen))),
            turns_on=tuple(map(_name, rules.turns_on(full, chosen))),
            statements=tuple(statements),
            yes_if=conditions_in_words(answers, asked, YES), no_if=conditions_in_words(answers, asked, NO),
            counts=counts,
            by_readings=table_in_words(answers, asked),
        )  # fmt: skip

    def earliest(self, case: Case, expression: Expression) -> Earliest:
        """The earliest lawful days for what an expression of gates allows; see `Earliest`."""
        value = self.ask(case, expression)
        if case.submission is None or value is NO:
            return Earliest(None, None)
        possible = self._soonest(case, expression, case.submission, (YES, UNKNOWN))
        sure = self._soonest(case, expression, case.submission, (YES,)) if value is YES else None
        return Earliest(sure, possible)

    def _soonest(self, case: Case, expression: Expression, start: date, counted: tuple[Truth, ...]) -> date:
        if isinstance(expression, AnyOf):
            parts = [part for part in expression.parts if self.ask(case, part) in counted]
            return min((self._soonest(case, part, start, counted) for part in parts), default=start)
        if isinstance(expression, AllOf):
            return max(self._soonest(case, part, start, counted) for part in expression.parts)
        if isinstance(expression, Atom) and expression.kind == "rule":
            return self._soonest_by_rule(case, expression.name, start, counted)
        return start

    def _soonest_by_rule(self, case: Case, name: str, start: date, counted: tuple[Truth, ...]) -> date:
        rule = self.book.rules[name]
        if rule.answer is YES or not self.book.instruments[name].in_force.holds(case.day):
            return start
        days = []
        for one in rule.exceptions:
            if one.answer is YES and self.ask(case, rule.condition(one.label)) in counted:
                clock = "" if name in case.done else self.book.clocks.get((name, one.label), "")
                days.append(max(self._soonest(case, one.when, start, counted), self._after(clock, start)))
        return min(days, default=start)

    def _after(self, clock: str, start: date) -> date:
        """The first day after a clock has run."""
        if not clock:
            return start
        if clock == REVIEW:
            return review(start, self.book).earliest or start
        return start + timedelta(days=round(self.book.parameters[clock].on(start)))


def _name(atom: Atom) -> str:
    return {"reading": f"reading {atom.name}", "elapsed": f"time since {atom.name}"}.get(atom.kind, atom.name)


def _reading_word(value: Truth) -> str:
    return "open" if value is UNKNOWN else str(value)


def conditions_in_words(answers: rules.Table, asked: list[Atom], wanted: Truth) -> tuple[Condition, ...]:
    """The shortest answers to readings that give the wanted answer, by their names."""
    found = rules.conditions(answers, asked, wanted)
    return tuple({atom.name: str(value) for atom, value in case.items()} for case in found)


def table_in_words(answers: rules.Table, asked: list[Atom]) -> tuple[tuple[Condition, str], ...]:
    """Every combination of readings with its answer, by their names."""
    return tuple(
        ({atom.name: str(value) for atom, value in zip(asked, row, strict=True)}, str(answer))
        for row, answer in answers.items()
    )
