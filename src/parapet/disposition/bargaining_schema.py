"""What a person may write in a dispute file: one class per block. The text under each key is its reference."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, Strict, StringConstraints

from parapet.scenario.yaml_model import Block

FORMAT: Final = 1
KEY: Final = "parapet-dispute"

Text = Annotated[str, Strict(), StringConstraints(strip_whitespace=True, min_length=1)]
Flag = Annotated[bool, Strict()]
Word = Annotated[Text, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
"""A name that may look like a number."""


class OptionBlock(Block):
    """An option of a decision maker."""

    name: Word
    """What statements call it."""
    text: str = ""
    """What it means."""
    values: tuple[Word, ...] = ()
    """If it has several values of which exactly one holds: their names. Left out: taken or not."""
    final: Flag | tuple[Word, ...] = False
    """Values that cannot be left again, or ``true`` for an option that cannot be taken back."""


class StatementBlock(Block):
    """One thing a decision maker wants."""

    say: Text
    """A statement about options, e.g. ``not return or lift``."""
    source: Text
    """Where it is taken from."""
    id: Word | None = None
    """What `contested` calls it; its number from 1 if left out."""
    or_else: tuple[Word | None, ...] = Field((), alias="or-else")
    """Other readings that are plausible too; ``none`` is: it does not count."""
    note: str = ""
    """What a reader should know."""


class PreferenceBlock(Block):
    """What a decision maker wants: prioritised statements, or a ranking of the states."""

    assumption: Flag
    """Whether the analyst assumes it (true), or it is published or stated as such (false)."""
    source: Text | None = None
    """Of a ranking, where it is taken from."""
    statements: tuple[StatementBlock, ...] = ()
    """The most important first."""
    contested: tuple[tuple[Word, ...], ...] = ()
    """Groups of statements whose order among themselves is not known; ``[all]`` for all."""
    ranking: Word | tuple[Word, ...] = ()
    """Chains such as ``7 > 3 > 4 = 8`` that together order all states."""
    rest: Annotated[str, StringConstraints(pattern="^(error|any)$")] = "error"
    """What the ranking leaves open: an ``error``, or ``any`` order is plausible."""


class MakerBlock(Block):
    """Somebody who decides."""

    name: Word
    """How results call him."""
    text: str = ""
    """Who that is."""
    options: tuple[OptionBlock, ...] = ()
    """What he controls (option form)."""
    moves: tuple[Word, ...] = ()
    """``a -> b`` or ``a <-> b`` (graph form)."""
    preference: PreferenceBlock
    """What he wants."""


class RuleBlock(Block):
    """A combination of options that cannot be."""

    never: Text
    """No state in which this holds can be."""
    why: Text
    """In words."""
    source: str = ""
    """Where it is taken from."""
    reading: Word | dict[str, Flag] | None = None
    """The rule stands only under this reading, or only if these readings have these values."""


class ReadingBlock(Block):
    """A question that can be read two ways; a switch."""

    default: Flag
    """How it is read if nothing is said."""
    text: Text
    """What it means if true."""
    source: str = ""
    """Where it is taken from."""


class NoMoveBlock(Block):
    """A change that cannot be made."""

    by: Word
    """Decision maker."""
    start: Text = Field(alias="from")
    """Where this holds before ..."""
    end: Text = Field(alias="to")
    """... and this after."""
    why: str = ""


class MergeBlock(Block):
    """States that nobody tells apart."""

    when: Text
    """All states in which this holds are one."""
    name: Word
    """What it is called."""


class DisputeBlock(Block):
    """A whole file."""

    title: Text
    question: str = ""
    notes: str = ""
    as_of: str = Field("", alias="as-of")
    """The date of the facts."""
    source: str = ""
    """Where the dispute is described."""
    readings: dict[str, ReadingBlock] = Field(default_factory=dict)
    decision_makers: tuple[MakerBlock, ...] = Field(alias="decision-makers", min_length=1)
    states: tuple[Word, ...] = ()
    """Graph form: names of the states."""
    rules: tuple[RuleBlock, ...] = ()
    no_moves: tuple[NoMoveBlock, ...] = Field((), alias="no-moves")
    merge: tuple[MergeBlock, ...] = ()
    names: dict[str, Text] = Field(default_factory=dict)
    """Names of states: each a statement that holds in exactly one."""
    status_quo: Word | tuple[Word, ...] = Field(alias="status-quo")
    """A name of a state, or a statement that holds in exactly one. Of several the first that is feasible counts: under
    another reading of the rules the world stands elsewhere."""
    pressure: tuple[Text, ...] = ()
    """Who else presses, without a move of his own; told, not computed."""
