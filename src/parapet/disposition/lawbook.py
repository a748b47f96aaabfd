"""The law book: facts, dated parameters, named readings and instruments, read from data and checked against each other.

What is refused when it is read: a parameter without reference; a rule that asks for a fact, reading, rule, parameter
or clause that is not there; rules that ask for each other in a circle; exceptions that clash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from parapet.disposition import rules
from parapet.disposition.rules import Atom, Expression, LabelledException, Rule
from parapet.disposition.statements import Pattern, Source, load_ledger
from parapet.disposition.truth import Truth
from parapet.disposition.yaml_data import DATA_FOLDER, Part, read_document, validated
from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document
from parapet.scenario.read import did_you_mean

REVIEW = "review"
"""The clock of section 216, whose length hangs on the day of submission."""
WORDINGS = {"read": "text read", "secondary": "text as quoted by others", "memory": "wording not verified"}


class DatedValue(Part):
    """A value and the first day it holds."""

    from_: date = Field(alias="from")
    value: float


class Parameter(Part):
    """A figure of the law; ``reference`` says where it stands and is mandatory."""

    label: str
    unit: str
    values: tuple[DatedValue, ...] = Field(min_length=1)
    reference: tuple[str, ...] = Field(min_length=1)
    sources: tuple[str, ...] = Field(min_length=1)
    tag: Literal["T", "S", "M", "I"]
    note: str = ""

    def on(self, day: date) -> float:
        """The value that holds on a day.

        Raises
        ------
        InputError
            If the day lies before the first value.
        """
        held = [v for v in self.values if v.from_ <= day]
        if not held:
            first = min(v.from_ for v in self.values)
            raise InputError(f"{self.label}: no value is known on {day}; the first one holds from {first}.")
        return max(held, key=lambda v: v.from_).value


class Position(Part):
    """One way to read a text: who holds it, or that it is inferred here, and the texts it rests on."""

    position: str
    by: str
    sources: tuple[str, ...] = Field(min_length=1)


class Reading(Part):
    """A question that lawyers could answer either way."""

    question: str
    turns: str
    yes: Position
    no: Position


class Fact(Part):
    """Something a rule asks for, and what on record settles it."""

    text: str
    ledger: Pattern | None = None
    accepts: tuple[Literal["fact", "claim"], ...] = ("fact",)
    denial_is: Literal["no", "unknown"] = "no"
    otherwise: Literal["yes", "no", "unknown"] = "unknown"
    because: str = ""


class Clause(Part):
    """A piece of text, how well its wording is known, and where it stands."""

    text: str
    wording: Literal["read", "secondary", "memory"]
    sources: tuple[str, ...] = Field(min_length=1)


class ExceptionData(Part):
    """A labelled exception as written."""

    label: str
    answer: Literal["yes", "no"]
    clause: str
    when: Any
    overrides: tuple[str, ...] = ()
    clock: str = ""


class RuleData(Part):
    """A general answer with exceptions, as written."""

    answer: Literal["yes", "no"]
    clause: str
    exceptions: tuple[ExceptionData, ...] = ()


class Span(Part):
    """From a day on, up to a day if one is given."""

    from_: date = Field(alias="from")
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.from_ <= day and (self.until is None or day <= self.until)


class Instrument(Part):
    """A legal instrument as a question with its clauses and its rule; "yes" is the open gate.

    ``before`` is the answer while it is not in force: yes for a ban that does not exist yet, no for a way out.
    """

    id: str
    short: str
    title: str
    citation: str
    question: str
    in_force: Span
    before: Literal["yes", "no"] = "yes"
    is_gate: bool = True
    is_clock: bool = False
    needs_sale: bool = False
    clauses: dict[str, Clause]
    rule: RuleData

    @property
    def wording(self) -> str:
        """The worst wording of its clauses: ``read``, ``secondary`` or ``memory``."""
        order = list(WORDINGS)
        return max((clause.wording for clause in self.clauses.values()), key=order.index)


class _Readings(Part):
    readings: dict[str, Reading]


class _Parameters(Part):
    parameters: dict[str, Parameter]


class _Facts(Part):
    facts: dict[str, Fact]


class _Instruments(Part):
    instruments: tuple[Instrument, ...]

    @field_validator("instruments")
    @classmethod
    def _once(cls, value: tuple[Instrument, ...]) -> tuple[Instrument, ...]:
        names = [one.id for one in value]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"the instrument {twice[0]!r} stands here twice")
        return value


CLOCK_FACTS = ("review_has_run",)
"""Facts that follow from dates alone."""


@dataclass(frozen=True)
class LawBook:
    """All instruments with what they stand on; `rules` has their rules by id."""

    readings: Mapping[str, Reading]
    parameters: Mapping[str, Parameter]
    facts: Mapping[str, Fact]
    instruments: Mapping[str, Instrument]
    rules: Mapping[str, Rule]
    clocks: Mapping[tuple[str, str], str]

    def __getitem__(self, name: str) -> Instrument:
        if name not in self.instruments:
            hint = did_you_mean(name, self.instruments)
            raise InputError(f"there is no instrument {name!r}.{hint} Known: {', '.join(self.instruments)}.")
        return self.instruments[name]

    def expanded(
        self, expression: Expression, change: Callable[[Atom], Expression | None] | None = None
    ) -> Expression:
        """An expression with the rules it names written out (and facts replaced by `change`)."""

        def step(atom: Atom) -> Expression | None:
            if atom.kind == "rule":
                return self.rules[atom.name].expression
            return change(atom) if change else None

        return rules.substituted(expression, step)

    def reading_values(self, given: Mapping[str, str]) -> dict[Atom, Truth]:
        """Readings as chosen: yes, no or open (unknown).

        Raises
        ------
        InputError
            For a reading nobody defined, or another answer.
        """
        values: dict[Atom, Truth] = {}
        for name, answer in given.items():
            if name not in self.readings:
                hint = did_you_mean(name, self.readings)
                raise InputError(
                    f"nobody defined a reading {name!r}.{hint} Known: {', '.join(self.readings)}."
                )
            if answer not in ("yes", "no", "open"):
                raise InputError(f"reading {name}: got {answer!r}, expected yes, no or open.")
            values[Atom("reading", name)] = Truth("unknown" if answer == "open" else answer)
        return values


def load_lawbook(folder: Path | str = DATA_FOLDER) -> LawBook:
    """The law book in a folder: ``readings``, ``parameters``, ``facts`` and ``instruments`` (``.yaml``).

    Raises
    ------
    InputError
        With all findings; see the head of this module.
    """
    return _load(str(folder))


@lru_cache(maxsize=8)
def _load(folder: str) -> LawBook:
    place = Path(folder)
    reading_document = read_document(place / "readings.yaml", "readings:")
    parameter_document = read_document(place / "parameters.yaml", "parameters:")
    fact_document = read_document(place / "facts.yaml", "facts:")
    document = read_document(place / "instruments.yaml", "instruments:")
    readings = validated(reading_document, _Readings).readings
    parameters = validated(parameter_document, _Parameters).parameters
    facts = validated(fact_document, _Facts).facts
    instruments = {one.id: one for one in validated(document, _Instruments).instruments}
    sources = load_ledger(folder).sources
    findings = _source_findings(reading_document, ("readings",), readings, sources)
    findings += _source_findings(parameter_document, ("parameters",), parameters, sources)
    check = _Check(document, readings, parameters, facts, instruments, sources)
    made = check.rules()
    findings += check.findings
    if findings:
        raise InputError(sorted_findings(findings))
    clocks = {
        (one.id, e.label): e.clock for one in instruments.values() for e in one.rule.exceptions if e.clock
    }
    book = LawBook(readings, parameters, facts, instruments, made, clocks)
    findings = check.clashes(book)
    if findings:
        raise InputError(sorted_findings(findings))
    return book


def _source_findings(
    document: Document, head: tuple[str, ...], parts: Mapping[str, Part], sources: Mapping[str, Source]
) -> list[Finding]:
    """Sources named that are not there."""
    found = []
    for name, part in parts.items():
        for key, holder in [("", part), *((k, getattr(part, k)) for k in ("yes", "no") if hasattr(part, k))]:
            for source in getattr(holder, "sources", ()):
                if "://" not in source and source not in sources:
                    where = (*head, name, *([key] if key else []), "sources")
                    text = f"there is no source {source!r}.{did_you_mean(source, sources)}"
                    found.append(document.finding("error", where, text))
    return found


class _Check:
    """Makes rules and says what is wrong with them."""

    def __init__(
        self, document: Document, readings: Mapping[str, Reading], parameters: Mapping[str, Parameter],
        facts: Mapping[str, Fact], instruments: Mapping[str, Instrument], sources: Mapping[str, Source],
    ) -> None:  # fmt: skip
        self.document, self.instruments, self.sources = document, instruments, sources
        self.known: dict[str, Mapping[str, Any]] = {
            "reading": readings, "fact": {**facts, **dict.fromkeys(CLOCK_FACTS)}, "rule": instruments,
        }  # fmt: skip
        self.parameters = parameters
        self.findings: list[Finding] = []

    def wrong(self, path: tuple[str | int, ...], text: str) -> None:
        self.findings.append(self.document.finding("error", path, text))

    def rules(self) -> dict[str, Rule]:
        made: dict[str, Rule] = {}
        for i, one in enumerate(self.instruments.values()):
            head: tuple[str | int, ...] = ("instruments", i)
            for name, clause in one.clauses.items():
                for source in clause.sources:
                    if "://" not in source and source not in self.sources:
                        hint = did_you_mean(source, self.sources)
                        self.wrong(
                            (*head, "clauses", name, "sources"), f"there is no source {source!r}.{hint}"
                        )
            self._clause((*head, "rule", "clause"), one, one.rule.clause)
            labels = [e.label for e in one.rule.exceptions]
            exceptions = []
            for k, e in enumerate(one.rule.exceptions):
                here = (*head, "rule", "exceptions", k)
                self._clause((*here, "clause"), one, e.clause)
                for other in e.overrides:
                    if other not in labels or other == e.label:
                        hint = did_you_mean(other, labels)
                        self.wrong((*here, "overrides"), f"there is no other exception {other!r} here.{hint}")
                if e.clock and e.clock != REVIEW and e.clock not in self.parameters:
                    self._parameter((*here, "clock"), e.clock)
                try:
                    when = rules.parse(e.when)
                except InputError as error:
                    self.wrong((*here, "when"), error.findings[0].message)
                    continue
                self._atoms((*here, "when"), when)
                exceptions.append(LabelledException(e.label, Truth(e.answer), e.clause, when, e.overrides))
            made[one.id] = Rule(one.id, Truth(one.rule.answer), one.rule.clause, tuple(exceptions))
        if not self.findings:
            self._circles(made)
        return made

    def _clause(self, path: tuple[str | int, ...], one: Instrument, name: str) -> None:
        if name not in one.clauses:
            self.wrong(path, f"there is no clause {name!r} in {one.id}.{did_you_mean(name, one.clauses)}")

    def _parameter(self, path: tuple[str | int, ...], name: str) -> None:
        self.wrong(
            path, f"there is no parameter {name!r} in parameters.yaml.{did_you_mean(name, self.parameters)}"
        )

    def _atoms(self, path: tuple[str | int, ...], expression: Expression) -> None:
        for atom in rules.atoms(expression):
            if atom.kind in ("elapsed", "reaches"):
                if atom.more not in self.parameters:
                    self._parameter(path, atom.more)
            elif atom.name not in self.known[atom.kind]:
                hint = did_you_mean(atom.name, self.known[atom.kind])
                self.wrong(path, f"there is no {atom.kind} {atom.name!r}.{hint}")

    def _circles(self, made: Mapping[str, Rule]) -> None:
        def walk(name: str, above: tuple[str, ...]) -> bool:
            if name in above:
                i = list(self.instruments).index(name)
                self.wrong(
                    ("instruments", i), f"rules ask for each other in a circle: {' > '.join((*above, name))}."
                )
                return True
            inner = [a.name for e in made[name].exceptions for a in rules.atoms(e.when) if a.kind == "rule"]
            return any(walk(other, (*above, name)) for other in inner)

        for name in made:
            if walk(name, ()):
                return

    def clashes(self, book: LawBook) -> list[Finding]:
        found = []
        for i, one in enumerate(book.instruments.values()):
            for a, b, case in book.rules[one.id].clashes(book.expanded):
                both = ", ".join(f"{atom}: {value}" for atom, value in case.items())
                text = (
                    f"the exceptions {a!r} and {b!r} have opposite answers and can hold together ({both}). "
                    "Say which goes before with 'overrides:'."
                )
                found.append(self.document.finding("error", ("instruments", i, "rule", "exceptions"), text))
        return found
