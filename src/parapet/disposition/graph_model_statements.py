"""Statements about a state, such as ``return and consent if not block``, read once and asked of many states.

Words: names of options and values, ``not``, ``and``, ``or``, ``if`` (``A if B``: whenever B, then A), ``iff`` (both or
neither), brackets. ``not`` binds most, then ``and``, ``or``, ``if``, ``iff``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from parapet.errors import InputError
from parapet.scenario.read import did_you_mean

_TOKEN: Final = re.compile(r"\s*(?:([()])|([^\s()]+))")
WORDS: Final = ("not", "and", "or", "if", "iff")
NAME: Final = re.compile(r"^[^\W\d_][\w-]*$|^[\w-]*[^\W_][\w-]*$")
"""Letters, digits, ``-`` and ``_``, at least one letter or digit."""

Holds = Callable[[Collection[str]], bool]


@dataclass(frozen=True)
class Statement:
    """Something that holds in a state or does not.

    Attributes
    ----------
    text
        As written.
    names
        The options and values it speaks of.
    """

    text: str
    names: frozenset[str]
    _holds: Holds

    def holds(self, true: Collection[str]) -> bool:
        """Whether it holds where exactly these names are true."""
        return self._holds(true)


def is_name(text: str) -> bool:
    """Whether a text can be the name of an option or of a value."""
    return bool(NAME.match(text)) and text not in WORDS


def parse(text: str, known: Iterable[str]) -> Statement:
    """The statement that a text makes.

    Parameters
    ----------
    known
        Names of all options and values.

    Raises
    ------
    InputError
        If the text breaks off, has a word too many, or names nothing known; the message shows the place.
    """
    reader = _Reader(text, list(known))
    holds = reader.iff()
    if reader.here < len(reader.tokens):
        raise reader.wrong(f"{reader.tokens[reader.here]!r} is not expected here; join with 'and' or 'or'")
    return Statement(text.strip(), frozenset(reader.names), holds)


class _Reader:
    """Recursive descent, one method for each level of binding."""

    def __init__(self, text: str, known: list[str]) -> None:
        self.text = text
        self.known = known
        self.tokens = [bracket or word for bracket, word in _TOKEN.findall(text)]
        self.here = 0
        self.names: set[str] = set()

    def wrong(self, what: str) -> InputError:
        so_far = " ".join(self.tokens[: self.here])
        after = f" after {so_far!r}" if so_far else ""
        return InputError(f"got {self.text!r}: {what}{after}.")

    def take(self, word: str) -> bool:
        if self.here < len(self.tokens) and self.tokens[self.here] == word:
            self.here += 1
            return True
        return False

    def iff(self) -> Holds:
        left = self.conditional()
        while self.take("iff"):
            left = _same(left, self.conditional())
        return left

    def conditional(self) -> Holds:
        left = self.either()
        while self.take("if"):
            left = _either(left, _not(self.either()))
        return left

    def either(self) -> Holds:
        left = self.both()
        while self.take("or"):
            left = _either(left, self.both())
        return left

    def both(self) -> Holds:
        left = self.one()
        while self.take("and"):
            left = _both(left, self.one())
        return left

    def one(self) -> Holds:
        if self.take("not"):
            return _not(self.one())
        if self.take("("):
            inside = self.iff()
            if not self.take(")"):
                raise self.wrong("a bracket is not closed")
            return inside
        if self.here >= len(self.tokens):
            raise self.wrong("an option is missing at the end")
        name = self.tokens[self.here]
        if name in WORDS or name == ")":
            raise self.wrong(f"{name!r} stands where an option is expected")
        if name not in self.known:
            hint = did_you_mean(name, self.known) or f" Known: {', '.join(self.known)}."
            raise InputError(f"got {self.text!r}: there is no option {name!r}.{hint}")
        self.here += 1
        self.names.add(name)
        return lambda true: name in true


def _not(a: Holds) -> Holds:
    return lambda true: not a(true)


def _both(a: Holds, b: Holds) -> Holds:
    return lambda true: a(true) and b(true)


def _either(a: Holds, b: Holds) -> Holds:
    return lambda true: a(true) or b(true)


def _same(a: Holds, b: Holds) -> Holds:
    return lambda true: a(true) == b(true)
