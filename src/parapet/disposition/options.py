"""Ways out of a dispute: what each needs, whose consent, which gates it clears under which readings, and from when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from parapet.disposition import rules
from parapet.disposition.dispute import CounterpartData, Dispute, OptionData, load_dispute
from parapet.disposition.review import Review, review
from parapet.disposition.rules import Atom, Expression
from parapet.disposition.statements import Statement
from parapet.disposition.truth import NO, UNKNOWN, YES, Truth, every
from parapet.disposition.verdicts import Case, Condition, Court, Verdict, conditions_in_words, table_in_words
from parapet.disposition.when import parse_day
from parapet.disposition.yaml_data import NOTICE
from parapet.errors import InputError

RUSSIA = "ru"
STANCES = ("considers", "proposes", "accepts", "permits", "discussed", "wants")
"""Predicates by which a statement speaks for an option, or denied, against it."""


@dataclass(frozen=True)
class Consent:
    """Whether an actor's consent is needed, whether it has been given, and what that actor said.

    Attributes
    ----------
    needed_if
        Readings that make it needed, where that hangs on readings.
    """

    actor: str
    name: str
    needed: Truth
    given: Truth
    why: str
    needed_if: tuple[Condition, ...]
    never_needed: bool
    statements: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "needed": str(self.needed), "given": str(self.given), "needed_if": list(self.needed_if),
                "statements": list(self.statements)}  # fmt: skip


@dataclass(frozen=True)
class CounterpartResult:
    """Whether something may be given in return for an option, and from when.

    Attributes
    ----------
    earliest, possible
        The first lawful day with all papers before Congress on the day of submission: by ways that are surely open,
        and by ways that may be. None if there is none.
    yes_if
        Readings that alone open it.
    """

    id: str
    title: str
    value: Truth
    earliest: date | None
    possible: date | None
    unknowns: tuple[str, ...]
    yes_if: tuple[Condition, ...]
    no_if: tuple[Condition, ...]
    also: tuple[str, ...]
    by_readings: tuple[tuple[Condition, str], ...] = field(repr=False, default=())

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "id": self.id, "title": self.title, "value": str(self.value),
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "possible": self.possible.isoformat() if self.possible else None,
            "unknowns": list(self.unknowns), "yes_if": list(self.yes_if), "no_if": list(self.no_if),
            "also": list(self.also),
            "by_readings": [{"readings": case, "value": value} for case, value in self.by_readings],
        }  # fmt: skip


@dataclass(frozen=True)
class OptionResult:
    """One way out, looked at from every side that is law.

    Attributes
    ----------
    feasible
        Whether it can be carried out: no consent that others owe it is lacking. Unknown while a consent is neither
        given nor refused.
    verdicts
        By instrument.
    supporting, opposing
        Statements on record that speak for it and against it.
    speaks_if
        Statements that speak of a fact of law which holds of this option only under readings, and those readings:
        ``against, if A yes``. They are in neither list. Denied ones speak against it.
    unknowns
        Facts and readings that stand between it and a gate, with the gates they block.
    """

    id: str
    title: str
    does: tuple[str, ...]
    is_irreversible: bool
    consents: tuple[Consent, ...]
    feasible: Truth
    verdicts: Mapping[str, Verdict]
    counterparts: Mapping[str, CounterpartResult]
    unknowns: Mapping[str, tuple[str, ...]]
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]
    speaks_if: Mapping[str, tuple[Condition, ...]]
    money: tuple[str, ...]
    variant: str

    def consent(self, actor: str) -> Consent | None:
        """The consent of an actor, if it is in question."""
        return next((one for one in self.consents if one.actor == actor), None)

    def needs(self, actor: str) -> Truth:
        """Whether the option needs this actor's consent."""
        found = self.consent(actor)
        return NO if found is None else found.needed

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "id": self.id, "title": self.title, "does": list(self.does), "is_irreversible": self.is_irreversible,
            "feasible": str(self.feasible), "consents": [one.to_dict() for one in self.consents],
            "verdicts": {name: one.to_dict() for name, one in self.verdicts.items()},
            "counterparts": {name: one.to_dict() for name, one in self.counterparts.items()},
            "unknowns": {name: list(gates) for name, gates in self.unknowns.items()},
            "supporting": list(self.supporting), "opposing": list(self.opposing),
            "speaks_if": {name: list(ways) for name, ways in self.speaks_if.items()}, "money": list(self.money),
            "variant": self.variant,
        }  # fmt: skip


@dataclass(frozen=True)
class Options:
    """All ways out of a dispute, on a day, under readings."""

    dispute: Dispute
    as_of: date
    submission: date
    readings: Mapping[str, str]
    review: Review
    options: Mapping[str, OptionResult]
    today: Mapping[str, Verdict]

    def __getitem__(self, name: str) -> OptionResult:
        return self.options[self.dispute.option(name).id]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "notice": NOTICE, "title": self.dispute.data.title, "file": self.dispute.file,
            "as_of": self.as_of.isoformat(), "ledger_ends": self.dispute.ledger.last_day.isoformat(),
            "submission": self.submission.isoformat(), "readings": dict(self.readings),
            "review": self.review.to_dict(),
            "reading_texts": {
                name: one.model_dump(mode="json") for name, one in self.dispute.book.readings.items()
            },
            "instruments": {
                one.id: {"title": one.title, "question": one.question, "citation": one.citation,
                         "wording": one.wording, "in_force_from": one.in_force.from_.isoformat(),
                         "clauses": {key: clause.model_dump(mode="json") for key, clause in one.clauses.items()}}
                for one in self.dispute.book.instruments.values()
            },
            "today": {name: verdict.to_dict() for name, verdict in self.today.items()},
            "options": [one.to_dict() for one in self.options.values()],
        }  # fmt: skip


def weigh_options(
    dispute: Dispute | Path | str,
    as_of: date | str | None = None,
    readings: Mapping[str, str] | None = None,
    submission: date | str | None = None,
) -> Options:
    """Every option of a dispute: consents, verdicts, what may be given in return, and the earliest lawful days.

    Parameters
    ----------
    as_of
        The day of the record; the file's if left out.
    readings
        Reading to yes, no or open; go before the file's.
    submission
        The day the papers go to Congress. If left out: the file's, or for another `as_of` than the file's that day.

    Raises
    ------
    InputError
        For a file that is wrong, a reading nobody defined, a day that cannot be.
    """
    if not isinstance(dispute, Dispute):
        dispute = load_dispute(dispute)
    day = _day(as_of, "as of") or dispute.data.as_of
    given = _day(submission, "submission")
    if given is not None and given < day:
        raise InputError(f"submission: {given} lies before the day of the record, {day}.")
    start = given or (dispute.data.submission if day == dispute.data.as_of else day)
    chosen = dict.fromkeys(dispute.book.readings, "open") | dict(dispute.data.readings) | dict(readings or {})
    court = Court(dispute.book, dispute.ledger, dispute.book.reading_values(chosen))
    options = {one.id: _option(court, dispute, one, day, start) for one in dispute.data.options}
    nothing = Case(day, start)
    today = {name: court.verdict(nothing, name) for name in gates(dispute)}
    return Options(dispute, day, start, chosen, review(start, dispute.book), options, today)


def parsed_readings(texts: Iterable[str]) -> dict[str, str]:
    """Readings as a command line gives them, ``NAME=ANSWER``.

    Raises
    ------
    InputError
        For a text without ``=``.
    """
    chosen: dict[str, str] = {}
    for text in texts:
        name, sign, answer = text.partition("=")
        if not sign:
            raise InputError(f"--reading: got {text!r}, expected NAME=ANSWER, e.g. incirlik_is_possession=no.")
        chosen[name.strip()] = answer.strip()
    return chosen


def gates(dispute: Dispute) -> list[str]:
    """Instruments that are asked of every option (those about a sale belong to counterparts)."""
    return [one.id for one in dispute.book.instruments.values() if one.is_gate and not one.needs_sale]


def option_case(dispute: Dispute, option: OptionData, day: date, submission: date) -> Case:
    """An option as a case before the court."""
    facts = {name: rules.parse(value) for name, value in option.facts.items()}
    return Case(day, submission, facts, option.because, {"option": option.id})


def counterpart_case(
    dispute: Dispute, option: OptionData, other: CounterpartData, day: date, start: date
) -> Case:
    """An option together with something given in return."""
    case = option_case(dispute, option, day, start)
    facts = {**case.facts, **{name: rules.parse(value) for name, value in other.facts.items()}}
    sums = {name: value for name in ("equipment", "total") if (value := getattr(other, name)) is not None}
    words = {**case.words, **({"sale": other.sale} if other.sale else {})}
    return Case(day, start, facts, {**option.because, **other.because}, words, sums, other.done)


def _day(value: date | str | None, what: str) -> date | None:
    return value if value is None or isinstance(value, date) else parse_day(value, what)


def _option(court: Court, dispute: Dispute, option: OptionData, day: date, start: date) -> OptionResult:
    case = option_case(dispute, option, day, start)
    verdicts = {name: court.verdict(case, name) for name in gates(dispute)}
    counterparts = {
        one.id: _counterpart(court, dispute, option, one, day, start) for one in dispute.data.counterparts
    }
    consents = tuple(_consent(court, dispute, case, option, i) for i in range(len(option.consents)))
    unknowns: dict[str, tuple[str, ...]] = {}
    for name, verdict in verdicts.items():
        for unknown in verdict.unknowns:
            unknowns[unknown] = (*unknowns.get(unknown, ()), name)
    speaking, speaks_if = _speaking(court, case, option.id)
    owed = [one for one in consents if one.actor != "tr"]
    return OptionResult(
        option.id, option.title, option.does, option.is_irreversible, consents,
        every(_has_consent(one) for one in owed), verdicts, counterparts, unknowns,
        tuple(s.id for s in speaking if not s.denied), tuple(s.id for s in speaking if s.denied), speaks_if,
        option.money, option.variant,
    )  # fmt: skip


def _speaking(
    court: Court, case: Case, option: str
) -> tuple[list[Statement], dict[str, tuple[Condition, ...]]]:
    """Statements on an option, and those on a fact of law that holds of it only under readings."""
    plain: list[Statement] = []
    under: dict[str, tuple[Condition, ...]] = {}
    for one in court.known(case.day).statements:
        if one.predicate not in STANCES or one.status == "forecast":
            continue
        facts = [rules.parse(name) for name in one.object if name in case.facts]
        ways = [way for fact in facts for way in _ways(court, case, fact)]
        if option in one.object or {} in ways:
            plain.append(one)
        elif ways:
            under[one.id] = tuple(ways)
    return plain, under


def _ways(court: Court, case: Case, fact: Expression) -> tuple[Condition, ...]:
    """The shortest answers to readings under which a fact holds of a case."""
    full, values = court.closed(case, fact)
    asked = [atom for atom in rules.atoms(full) if atom.kind == "reading"]
    return conditions_in_words(rules.table(full, values, asked), asked, YES)


def _has_consent(one: Consent) -> Truth:
    return YES if one.needed is NO or one.given is YES else UNKNOWN if one.given is UNKNOWN else ~one.needed


def _consent(court: Court, dispute: Dispute, case: Case, option: OptionData, i: int) -> Consent:
    data = option.consents[i]
    needed = rules.parse(data.needed)
    full, values = court.closed(case, needed)
    asked = [atom for atom in rules.atoms(full) if atom.kind == "reading"]
    said = [
        s
        for s in court.known(case.day).statements
        if s.actor == data.actor
        and s.predicate in STANCES
        and option.id in s.object
        and s.status != "forecast"
    ]
    given = court.fact(case, "russia_consents").value if data.actor == RUSSIA else UNKNOWN
    answers = rules.table(full, values, asked)
    return Consent(
        data.actor, dispute.data.actors[data.actor].name, court.ask(case, needed), given, data.why,
        conditions_in_words(answers, asked, YES), all(answer is NO for answer in answers.values()),
        tuple(s.id for s in said),
    )  # fmt: skip


def _counterpart(
    court: Court, dispute: Dispute, option: OptionData, other: CounterpartData, day: date, start: date
) -> CounterpartResult:
    case = counterpart_case(dispute, option, other, day, start)
    needs = rules.parse(other.needs)
    full, values = court.closed(case, needs)
    asked = [atom for atom in rules.atoms(full) if atom.kind == "reading"]
    chosen = {**values, **court.readings}
    earliest = court.earliest(case, needs)
    answers = rules.table(full, values, asked)
    return CounterpartResult(
        other.id, other.title, rules.evaluate(full, chosen), earliest.sure, earliest.possible,
        tuple(_atom_name(atom) for atom in rules.matters(full, chosen)),
        conditions_in_words(answers, asked, YES), conditions_in_words(answers, asked, NO), other.also,
        table_in_words(answers, asked),
    )  # fmt: skip


def _atom_name(atom: Atom) -> str:
    return f"reading {atom.name}" if atom.kind == "reading" else atom.name
