"""The law of every option under every answer to the readings it hangs on: tables that a page can switch without asking.

A `Table` holds one answer for each combination of ``open``, ``yes`` and ``no`` of its own few readings. Looked up, it
gives what `weigh_options` gives under those readings; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Final

from parapet.disposition import rules
from parapet.disposition.dispute import CounterpartData, Dispute, OptionData
from parapet.disposition.options import RUSSIA, counterpart_case, option_case
from parapet.disposition.rules import AllOf, Atom, Expression
from parapet.disposition.truth import NO, UNKNOWN, YES, Truth, every
from parapet.disposition.verdicts import Case, Court

ANSWERS: Final = ("open", "yes", "no")
"""Answers to a reading, in the order of a table's digits."""
GATES: Final = ("caatsa-231", "caatsa-relief", "ndaa2021-1241", "ndaa2020-1245", "nato-integration")
"""Instruments that the page shows for every option."""


@dataclass(frozen=True)
class Answer:
    """A value with the first lawful days: sure, and counting ways that hang on something unknown."""

    value: Truth
    earliest: date | None = None
    possible: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        days = {key: day.isoformat() for key in ("earliest", "possible") if (day := getattr(self, key))}
        return {"value": str(self.value), **days}


@dataclass(frozen=True)
class Table:
    """Answers by the readings they hang on.

    Attributes
    ----------
    readings
        Names, in the order of the law book.
    answers
        One for each combination of `ANSWERS`, the last reading changing fastest.
    """

    readings: tuple[str, ...]
    answers: tuple[Answer, ...]

    def look_up(self, chosen: Mapping[str, str]) -> Answer:
        """The answer under readings; one that is not named is open."""
        index = 0
        for name in self.readings:
            index = index * len(ANSWERS) + ANSWERS.index(chosen.get(name, "open"))
        return self.answers[index]

    def to_dict(self) -> dict[str, Any]:
        """As plain data: distinct answers, and for each combination the number of one."""
        distinct = list(dict.fromkeys(self.answers))
        numbers = {answer: k for k, answer in enumerate(distinct)}
        return {
            "readings": list(self.readings),
            "answers": [answer.to_dict() for answer in distinct],
            "index": [numbers[answer] for answer in self.answers],
        }


@dataclass(frozen=True)
class LawTables:
    """Tables of all options on a day of the record and a day of submission.

    Attributes
    ----------
    gates, counterparts, consents
        Option, then instrument, counterpart or actor.
    feasible
        Option to whether no consent that others owe it is lacking.
    """

    as_of: date
    submission: date
    gates: Mapping[str, Mapping[str, Table]]
    counterparts: Mapping[str, Mapping[str, Table]]
    consents: Mapping[str, Mapping[str, Table]]
    feasible: Mapping[str, Table]


def law_tables(dispute: Dispute, as_of: date, submission: date) -> LawTables:
    """All tables of a dispute on a day."""
    work = _Work(dispute, as_of, submission)
    options = dispute.data.options
    return LawTables(
        as_of,
        submission,
        {one.id: work.gates(one) for one in options},
        {one.id: work.counterparts(one) for one in options},
        {one.id: work.consents(one) for one in options},
        {one.id: work.feasible(one) for one in options},
    )


def combinations(names: Iterable[str]) -> Iterable[dict[str, str]]:
    """Every way to answer some readings, in the order of a table."""
    names = tuple(names)
    return (dict(zip(names, row, strict=True)) for row in product(ANSWERS, repeat=len(names)))


class _Work:
    def __init__(self, dispute: Dispute, as_of: date, submission: date) -> None:
        self.dispute, self.day, self.start = dispute, as_of, submission
        self.order = list(dispute.book.readings)
        self.neutral = Court(dispute.book, dispute.ledger, {})
        self.courts: dict[tuple[tuple[str, str], ...], Court] = {}

    def court(self, chosen: Mapping[str, str]) -> Court:
        """The court under readings; what it knows of the ledger is shared."""
        key = tuple(chosen.items())
        if key not in self.courts:
            court = Court(self.dispute.book, self.dispute.ledger, self.dispute.book.reading_values(chosen))
            court.__dict__["_known"] = self.neutral._known
            court.__dict__["_found"] = self.neutral._found
            self.courts[key] = court
        return self.courts[key]

    def names(self, expression: Expression) -> tuple[str, ...]:
        """Readings in an expression, in the order of the law book."""
        found = {atom.name for atom in rules.atoms(expression) if atom.kind == "reading"}
        return tuple(sorted(found, key=self.order.index))

    def table(self, names: tuple[str, ...], answer: Callable[[Mapping[str, str]], Answer]) -> Table:
        return Table(names, tuple(answer(chosen) for chosen in combinations(names)))

    def truth(self, case: Case, expression: Expression) -> tuple[tuple[str, ...], Callable[..., Truth]]:
        full, values = self.neutral.closed(case, expression)

        def value(chosen: Mapping[str, str]) -> Truth:
            return rules.evaluate(full, {**values, **self.dispute.book.reading_values(chosen)})

        return self.names(full), value

    def gates(self, option: OptionData) -> dict[str, Table]:
        case = option_case(self.dispute, option, self.day, self.start)
        tables = {}
        for name in GATES:
            names, value = self.truth(case, Atom("rule", name))
            tables[name] = Table(names, tuple(Answer(value(chosen)) for chosen in combinations(names)))
        return tables

    def counterparts(self, option: OptionData) -> dict[str, Table]:
        return {one.id: self.counterpart(option, one) for one in self.dispute.data.counterparts}

    def counterpart(self, option: OptionData, other: CounterpartData) -> Table:
        """Value and days; of several needs the latest day counts, so each is worked out by its own readings only."""
        case = counterpart_case(self.dispute, option, other, self.day, self.start)
        needs = rules.parse(other.needs)
        parts = needs.parts if isinstance(needs, AllOf) else (needs,)
        tables = [self.days(case, part) for part in parts]
        names, value = self.truth(case, needs)

        def answer(chosen: Mapping[str, str]) -> Answer:
            found = value(chosen)
            if found is NO:
                return Answer(NO)
            days = [table.look_up(chosen) for table in tables]
            possible = [one.possible for one in days if one.possible is not None]
            sure = [one.earliest for one in days if one.earliest is not None]
            return Answer(found, max(sure) if found is YES else None, max(possible))

        return self.table(names, answer)

    def days(self, case: Case, part: Expression) -> Table:
        names, value = self.truth(case, part)

        def answer(chosen: Mapping[str, str]) -> Answer:
            earliest = self.court(chosen).earliest(case, part)
            return Answer(value(chosen), earliest.sure, earliest.possible)

        return self.table(names, answer)

    def consents(self, option: OptionData) -> dict[str, Table]:
        case = option_case(self.dispute, option, self.day, self.start)
        tables = {}
        for one in option.consents:
            names, value = self.truth(case, rules.parse(one.needed))
            tables[one.actor] = Table(names, tuple(Answer(value(chosen)) for chosen in combinations(names)))
        return tables

    def feasible(self, option: OptionData) -> Table:
        """As `OptionResult.feasible`: the holder's own consent is not owed by others."""
        case = option_case(self.dispute, option, self.day, self.start)
        needs = self.consents(option)
        owed = {actor: table for actor, table in needs.items() if actor != "tr"}
        given = {
            actor: self.neutral.fact(case, "russia_consents").value if actor == RUSSIA else UNKNOWN
            for actor in owed
        }
        found = {name for table in owed.values() for name in table.readings}
        names = tuple(sorted(found, key=self.order.index))

        def answer(chosen: Mapping[str, str]) -> Answer:
            values = []
            for actor, table in owed.items():
                needed = table.look_up(chosen).value
                if needed is NO or given[actor] is YES:
                    values.append(YES)
                else:
                    values.append(UNKNOWN if given[actor] is UNKNOWN else ~needed)
            return Answer(every(values))

        return self.table(names, answer)
