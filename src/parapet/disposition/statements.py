"""The ledger: statements, not facts. Who said what of what, when, where it stands, and what kind of statement it is.

A claim and its denial are two statements and stand side by side; nothing is ever merged into "the truth". Each file
of the ledger begins with ``ledger: 1``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from parapet.disposition.when import When
from parapet.disposition.yaml_data import DATA_FOLDER, Part, read_document, validated
from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document
from parapet.scenario.read import did_you_mean

Status = Literal["fact", "claim", "forecast"]
Kind = Literal["dated", "sum", "value", "reasons", "cause", "event", "position", "free"]
TAGS = {
    "T": "the text itself was read",
    "S": "a secondary source that quotes or sums up",
    "M": "from memory, not verified",
    "I": "inference or arithmetic",
}


class Actor(Part):
    """Somebody who speaks or acts, and the lane of the time line he stands in."""

    name: str
    lane: str


class Predicate(Part):
    """What is said of a subject; the kind says how two statements can clash."""

    kind: Kind
    label: str


class Vocabulary(Part):
    """The words a ledger may use."""

    actors: dict[str, Actor]
    predicates: dict[str, Predicate]
    subjects: dict[str, str]
    objects: dict[str, str]
    compatible: tuple[tuple[str, str], ...] = ()


class Source(Part):
    """Where something stands; ``url`` is empty for pages without an address."""

    title: str
    publisher: str
    date: When | None = None
    url: str = ""


class Sum(Part):
    """A figure with its unit: a range, open where an end is left out."""

    low: float | None = None
    high: float | None = None
    unit: str

    @model_validator(mode="after")
    def _in_order(self) -> Sum:
        if self.low is None and self.high is None:
            raise ValueError("a sum needs low, high or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} lies above high {self.high:g}")
        return self

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g} {self.unit.removesuffix('s') if self.low == 1 else self.unit}"
        if self.high is None:
            return f"{self.low:g} {self.unit} or more"
        if self.low is None:
            return f"up to {self.high:g} {self.unit}"
        return f"{self.low:g} to {self.high:g} {self.unit}"

    def overlaps(self, other: Sum) -> bool:
        """Whether one value fits both, within 1 %; both in one unit."""
        low = max(-1e300 if x.low is None else x.low for x in (self, other))
        high = min(1e300 if x.high is None else x.high for x in (self, other))
        return low <= high + 0.01 * abs(low)


class Pattern(Part):
    """Which statements settle a question: those with this subject, predicate and object."""

    subject: str
    predicate: str
    object: str = ""
    denied: bool = False

    def fits(self, statement: Statement) -> bool:
        """Whether a statement speaks of this, asserting or denying it."""
        return (
            statement.subject == self.subject
            and statement.predicate == self.predicate
            and (not self.object or self.object in statement.object)
        )


class Forecast(Part):
    """What was foretold, and by when; without ``by`` the forecaster named no date."""

    says: str
    words: str = ""
    from_: date | None = Field(None, alias="from")
    by: When | None = None
    outcome: Pattern | None = None


class Statement(Part):
    """One thing that somebody said or did.

    Attributes
    ----------
    date
        The day it was said or happened, with its precision.
    said
        The day it became known, where that is another one (a retelling).
    subject, predicate, object, at, sum, denied
        The content. ``object`` holds words, ``at`` a date, ``sum`` a figure; ``denied`` turns it round.
    holds
        The period it speaks for; without one it names no period.
    status, tag
        fact (a reported event), claim (attributed) or forecast; tag as in `TAGS`.
    answers
        Statements that it expressly replies to.
    """

    id: str
    date: When
    said: When | None = None
    actor: str
    speaker: str = ""
    text: str
    quote: str = ""
    subject: str
    predicate: str
    object: tuple[str, ...] = ()
    at: When | None = None
    sum: Sum | None = None
    denied: bool = False
    holds: When | None = None
    status: Status
    tag: Literal["T", "S", "M", "I"]
    sources: tuple[str, ...] = Field(min_length=1)
    answers: tuple[str, ...] = ()
    forecast: Forecast | None = None
    note: str = ""

    @field_validator("object", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _whole(self) -> Statement:
        if (self.status == "forecast") != (self.forecast is not None):
            raise ValueError("a statement with status forecast, and no other, has a block 'forecast:'")
        return self

    @property
    def known(self) -> When:
        """When it became known."""
        return self.said or self.date


@dataclass(frozen=True)
class Ledger:
    """Statements in the order of their dates, the words they use, their sources.

    Attributes
    ----------
    as_of
        The day up to which statements are known; None for all.
    """

    statements: tuple[Statement, ...]
    vocabulary: Vocabulary
    sources: dict[str, Source]
    as_of: date | None = None
    _by_id: dict[str, Statement] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_id.update({statement.id: statement for statement in self.statements})

    def __getitem__(self, name: str) -> Statement:
        if name not in self._by_id:
            hint = did_you_mean(name, self._by_id)
            raise InputError(f"there is no statement {name!r} in the ledger{self._as_of_words()}.{hint}")
        return self._by_id[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_id

    def _as_of_words(self) -> str:
        return f" as of {self.as_of}" if self.as_of else ""

    @property
    def last_day(self) -> date:
        """The day of the last statement; nothing later is known to the ledger."""
        return max(statement.known.last for statement in self.statements)

    def until(self, day: date | None) -> Ledger:
        """The ledger as it stood at the end of a day: only what had become known by then.

        A statement of a month or an interval counts from its last day on, so nothing is known too early.
        """
        if day is None:
            return self
        kept = tuple(s for s in self.statements if s.known.last <= day)
        return replace(self, statements=kept, as_of=day, _by_id={})

    def matching(self, pattern: Pattern) -> list[Statement]:
        """Statements that speak of a pattern, forecasts left out, in the order of their dates."""
        return [s for s in self.statements if s.status != "forecast" and pattern.fits(s)]

    def dates_of(self, subject: str) -> list[Statement]:
        """Facts that date an event."""
        kinds = self.vocabulary.predicates
        return [
            s
            for s in self.statements
            if s.subject == subject
            and kinds[s.predicate].kind == "dated"
            and s.status == "fact"
            and not s.denied
        ]

    def label(self, word: str) -> str:
        """The words for an object or a subject."""
        return (
            self.vocabulary.objects.get(word) or self.vocabulary.subjects.get(word) or word.replace("-", " ")
        )

    def source_text(self, key: str) -> str:
        """A source in a few words: the publisher, or the host of a bare address."""
        if "://" in key:
            return (urlsplit(key).hostname or key).removeprefix("www.")
        return self.sources[key].publisher

    def speaker(self, statement: Statement) -> str:
        """Who speaks, in words."""
        return statement.speaker or self.vocabulary.actors[statement.actor].name

    def content(self, statement: Statement) -> str:
        """Subject, predicate and object as half a sentence."""
        words = ", ".join(self.label(word) for word in statement.object)
        what = words or str(statement.at or statement.sum or "nothing")
        negation = "not: " if statement.denied else ""
        verb = self.vocabulary.predicates[statement.predicate].label
        return f"{negation}{self.label(statement.subject)} {verb} {what}"


def load_ledger(folder: Path | str = DATA_FOLDER) -> Ledger:
    """The ledger in a folder: ``vocabulary.yaml``, ``sources.yaml`` and every ``ledger*.yaml``.

    Raises
    ------
    InputError
        With all findings: a statement without source, a date that cannot be, an unknown word, an id used twice, an
        answer to a statement that is not there.
    """
    return _load(str(folder))


@lru_cache(maxsize=8)
def _load(folder: str) -> Ledger:
    place = Path(folder)
    words = validated(read_document(place / "vocabulary.yaml", "actors:"), Vocabulary)
    source_document = read_document(place / "sources.yaml", "a key of a source")
    sources = {
        str(key): validated(source_document, Source, value, (str(key),))
        for key, value in source_document.data.items()
    }
    findings: list[Finding] = []
    statements: list[Statement] = []
    places: dict[str, tuple[Document, int]] = {}
    files = sorted(place.glob("ledger*.yaml"))
    if not files:
        raise InputError(f"{folder}: there is no file ledger*.yaml.")
    for file in files:
        document = read_document(file, "ledger: 1")
        items = _items(document)
        for i, item in enumerate(items):
            try:
                statement = validated(document, Statement, item, ("statements", i))
            except InputError as error:
                findings += error.findings
                continue
            if statement.id in places:
                text = f"the id {statement.id!r} is used twice; it must be one statement's own."
                findings.append(document.finding("error", ("statements", i, "id"), text))
            places[statement.id] = (document, i)
            statements.append(statement)
    for statement in statements:
        document, i = places[statement.id]
        findings += [
            document.finding("error", ("statements", i, key), text)
            for key, text in _word_findings(statement, words, sources, places)
        ]
    if findings:
        raise InputError(sorted_findings(findings))
    statements.sort(key=lambda s: (s.date.first, s.date.last, s.id))
    return Ledger(tuple(statements), words, sources)


def _items(document: Document) -> list[Any]:
    if document.data.get("ledger") != 1:
        raise InputError(
            [document.finding("error", (), "the first line says the format: 'ledger: 1'. It is missing.")]
        )
    for key in document.data:
        if key not in ("ledger", "statements"):
            hint = did_you_mean(key, ["statements"])
            raise InputError([document.finding("error", (key,), f"unknown key {key!r}.{hint}")])
    items = document.data.get("statements")
    if not isinstance(items, list):
        raise InputError([document.finding("error", ("statements",), "expected a list of statements.")])
    return items


_CONTENT = {"dated": "at", "sum": "sum"}


def _word_findings(
    statement: Statement, words: Vocabulary, sources: dict[str, Source], ids: Collection[str]
) -> list[tuple[str, str]]:
    """What is wrong with the words of a statement: (key, text)."""
    found: list[tuple[str, str]] = []

    def unknown(key: str, word: str, known: Collection[str], what: str) -> None:
        hint = did_you_mean(word, known) or (f" Known: {', '.join(known)}." if len(known) < 13 else "")
        found.append((key, f"there is no {what} {word!r}.{hint}"))

    if statement.actor not in words.actors:
        unknown("actor", statement.actor, words.actors, "actor")
    if statement.subject not in words.subjects:
        unknown("subject", statement.subject, words.subjects, "subject")
    if statement.predicate not in words.predicates:
        unknown("predicate", statement.predicate, words.predicates, "predicate")
        return found
    kind = words.predicates[statement.predicate].kind
    wanted = _CONTENT.get(kind, "object")
    for key in ("object", "at", "sum"):
        given = key in statement.model_fields_set
        if given != (key == wanted):
            does = f"needs {key!r}" if key == wanted else f"takes no {key!r}, it is told with {wanted!r}"
            found.append((key, f"the predicate {statement.predicate!r} is of the kind {kind!r} and {does}."))
    if kind in ("value", "reasons"):
        found += [("object", f"there is no object {w!r}.{did_you_mean(w, words.objects)}")
                  for w in statement.object if w not in words.objects]  # fmt: skip
    if kind == "cause" and (len(statement.object) != 1 or statement.object[0] not in words.subjects):
        found.append(("object", f"{statement.predicate!r} names one event as its object, a known subject."))
    for source in statement.sources:
        if "://" not in source and source not in sources:
            unknown("sources", source, sources, "source")
    for other in statement.answers:
        if other not in ids:
            unknown("answers", other, ids, "statement")
    outcome = statement.forecast.outcome if statement.forecast else None
    if outcome is not None and (
        outcome.subject not in words.subjects or outcome.predicate not in words.predicates
    ):
        found.append(
            ("forecast", f"its outcome speaks of unknown words: {outcome.subject}, {outcome.predicate}.")
        )
    return found
