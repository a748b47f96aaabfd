"""A dispute file: who, which ways out, what could be given in return, under which readings and on which days.

Begins with ``dispute: 1``. The blocks ``military``, ``exposure``, ``bargaining`` and ``scorecard`` belong to the
scorecard (`scorecard_blocks`) and are kept as they are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from parapet.disposition import rules
from parapet.disposition.lawbook import CLOCK_FACTS, LawBook, load_lawbook
from parapet.disposition.money import DERIVED, load_money
from parapet.disposition.rules import Expression
from parapet.disposition.statements import Ledger, load_ledger
from parapet.disposition.yaml_data import Part, read_document, validated
from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document
from parapet.scenario.read import did_you_mean

FORMAT = 1


class ActorData(Part):
    """A party, or somebody who only presses."""

    name: str
    role: Literal["party", "pressure"]


class ConsentData(Part):
    """Whose consent an option needs; ``needed`` is an expression (yes if left out)."""

    actor: str
    needed: Any = "yes"
    why: str = ""


class OptionData(Part):
    """A way out: what has to happen, who consents, and what would then be true.

    Attributes
    ----------
    short
        What sentences call it; the title if left out.
    facts
        Fact to expression: yes, no, unknown or a reading.
    because
        Why a fact has its value, where that is not plain.
    variant
        Name of the scenario variant that plays it, if there is one.
    money
        Sums that belong to it (``parapet money``).
    """

    id: str
    title: str
    short: str = ""
    does: tuple[str, ...] = Field(min_length=1)
    consents: tuple[ConsentData, ...] = ()
    facts: dict[str, Any]
    because: dict[str, str] = Field(default_factory=dict)
    is_irreversible: bool = False
    variant: str = ""
    money: tuple[str, ...] = ()


class CounterpartData(Part):
    """Something that could be given in return.

    Attributes
    ----------
    needs
        An expression of gates (``rule NAME``).
    sale
        Subject of the ledger that is sold; with ``equipment`` and ``total`` in millions of dollars.
    facts, because
        What would be true of the sale, as for options.
    done
        Gates passed before: their clocks do not run again.
    also
        What no rule here decides.
    """

    id: str
    title: str
    by: str
    needs: Any
    sale: str = ""
    equipment: float | None = None
    total: float | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    because: dict[str, str] = Field(default_factory=dict)
    done: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class DisputeData(Part):
    """The file as written."""

    dispute: Literal[1]
    title: str
    question: str = ""
    notes: str = ""
    as_of: date
    submission: date
    readings: dict[str, Literal["yes", "no", "open"]] = Field(default_factory=dict)
    actors: dict[str, ActorData]
    options: tuple[OptionData, ...] = Field(min_length=1)
    counterparts: tuple[CounterpartData, ...] = ()
    military: dict[str, Any] | None = None
    exposure: dict[str, Any] | None = None
    bargaining: dict[str, Any] | None = None
    scorecard: dict[str, Any] | None = None


@dataclass(frozen=True)
class Dispute:
    """A dispute file that is right in itself, with the ledger and the law book it is read by."""

    file: str
    data: DisputeData
    ledger: Ledger
    book: LawBook

    def option(self, name: str) -> OptionData:
        """An option by its id.

        Raises
        ------
        InputError
            If there is none; offers the closest.
        """
        names = [one.id for one in self.data.options]
        if name not in names:
            hint = did_you_mean(name, names)
            raise InputError(f"there is no option {name!r} in {self.file}.{hint} Known: {', '.join(names)}.")
        return self.data.options[names.index(name)]

    def counterpart(self, name: str) -> CounterpartData:
        """A counterpart by its id; raises as `option`."""
        names = [one.id for one in self.data.counterparts]
        if name not in names:
            hint = did_you_mean(name, names)
            raise InputError(
                f"there is no counterpart {name!r} in {self.file}.{hint} Known: {', '.join(names)}."
            )
        return self.data.counterparts[names.index(name)]


def load_dispute(path: Path | str, ledger: Ledger | None = None, book: LawBook | None = None) -> Dispute:
    """The dispute in a file, checked against ledger and law book (those of Parapet if left out).

    Raises
    ------
    InputError
        With every finding: file, line, what was got, what would be right.
    """
    document = read_document(path, f"dispute: {FORMAT}")
    if "dispute" not in document.data:
        if "parapet" in document.data or "parapet-study" in document.data:
            what = "scenario of a battle" if "parapet" in document.data else "study"
            text = f"this is a {what}, expected a dispute file, which begins with 'dispute: {FORMAT}'."
        else:
            text = f"the first line says the format: 'dispute: {FORMAT}'. It is missing."
        raise InputError([document.finding("error", (), text)])
    got = document.data["dispute"]
    if got != FORMAT or isinstance(got, bool):
        text = f"got format {got!r}, this version of Parapet reads 'dispute: {FORMAT}'."
        raise InputError([document.finding("error", ("dispute",), text)])
    data = validated(document, DisputeData)
    dispute = Dispute(str(path), data, ledger or load_ledger(), book or load_lawbook())
    findings = _Check(document, dispute).all()
    if findings:
        raise InputError(sorted_findings(findings))
    return dispute


class _Check:
    """Everything in a dispute file that names something: is it there?"""

    def __init__(self, document: Document, dispute: Dispute) -> None:
        self.document, self.data, self.book = document, dispute.data, dispute.book
        self.ledger = dispute.ledger
        self.findings: list[Finding] = []

    def wrong(self, path: tuple[str | int, ...], text: str) -> None:
        self.findings.append(self.document.finding("error", path, text))

    def all(self) -> list[Finding]:
        data, book = self.data, self.book
        for name in data.readings:
            if name not in book.readings:
                hint = did_you_mean(name, book.readings)
                self.wrong(("readings", name), f"nobody defined a reading {name!r}.{hint}")
        if data.submission < data.as_of:
            text = f"the submission, {data.submission}, lies before the day of the record, {data.as_of}."
            self.wrong(("submission",), text)
        blocks: list[tuple[str, tuple[OptionData | CounterpartData, ...]]]
        blocks = [("options", data.options), ("counterparts", data.counterparts)]
        for key, parts in blocks:
            ids = [one.id for one in parts]
            for i, one in enumerate(parts):
                if ids.index(one.id) != i:
                    self.wrong((key, i, "id"), f"the id {one.id!r} is used twice.")
                self.facts((key, i), one.facts, one.because)
        sums = [*DERIVED, *load_money(ledger=self.ledger).sums]
        for i, option in enumerate(data.options):
            for k, name in enumerate(option.money):
                if name not in sums:
                    text = f"there is no sum {name!r}.{did_you_mean(name, sums)}"
                    self.wrong(("options", i, "money", k), text)
            for k, consent in enumerate(option.consents):
                self.actor(("options", i, "consents", k, "actor"), consent.actor)
                self.expression(("options", i, "consents", k, "needed"), consent.needed, {"rule", "reading"})
        for i, other in enumerate(data.counterparts):
            self.actor(("counterparts", i, "by"), other.by)
            needs = self.expression(("counterparts", i, "needs"), other.needs, {"rule", "reading"})
            named = [a.name for a in rules.atoms(needs) if a.kind == "rule"] if needs else []
            wants_sale = [n for n in named if n in book.instruments and book.instruments[n].needs_sale]
            if wants_sale and (not other.sale or other.equipment is None or other.total is None):
                text = f"{wants_sale[0]} asks about a sale: give 'sale', 'equipment' and 'total' (millions of dollars)."
                self.wrong(("counterparts", i), text)
            if other.sale and other.sale not in self.ledger.vocabulary.subjects:
                hint = did_you_mean(other.sale, self.ledger.vocabulary.subjects)
                self.wrong(("counterparts", i, "sale"), f"the ledger has no subject {other.sale!r}.{hint}")
            for k, name in enumerate(other.done):
                if name not in book.instruments:
                    hint = did_you_mean(name, book.instruments)
                    self.wrong(("counterparts", i, "done", k), f"there is no instrument {name!r}.{hint}")
        return self.findings

    def actor(self, path: tuple[str | int, ...], name: str) -> None:
        if name not in self.data.actors:
            self.wrong(path, f"there is no actor {name!r}.{did_you_mean(name, self.data.actors)}")

    def facts(self, head: tuple[str | int, ...], facts: dict[str, Any], because: dict[str, str]) -> None:
        for name, value in facts.items():
            if name not in self.book.facts or name in CLOCK_FACTS:
                text = f"no rule asks for a fact {name!r}.{did_you_mean(name, self.book.facts)}"
                self.wrong((*head, "facts", name), text)
            self.expression((*head, "facts", name), value, {"reading"})
        for name in because:
            if name not in facts:
                hint = did_you_mean(name, facts)
                self.wrong(
                    (*head, "because", name), f"there is no fact {name!r} here to give a reason for.{hint}"
                )

    def expression(self, path: tuple[str | int, ...], value: Any, kinds: set[str]) -> Expression | None:
        try:
            found = rules.parse(value)
        except InputError as error:
            self.wrong(path, error.findings[0].message)
            return None
        known = {"reading": self.book.readings, "rule": self.book.instruments}
        for atom in rules.atoms(found):
            if atom.kind not in kinds:
                expected = " or ".join(f"'{kind} NAME'" for kind in sorted(kinds))
                self.wrong(path, f"got {atom.kind} {atom.name!r}, expected yes, no, unknown or {expected}.")
            elif atom.name not in known[atom.kind]:
                what = "nobody defined a reading" if atom.kind == "reading" else "there is no instrument"
                self.wrong(path, f"{what} {atom.name!r}.{did_you_mean(atom.name, known[atom.kind])}")
        return found
