"""Letters that a text may hold, and those that would make it lie or break the files it is written into."""

from __future__ import annotations

import unicodedata

#: They turn the direction of what follows: a name would be shown as another one.
_BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_LINE_ENDS = "\n\u2028\u2029"


def shown_line(text: str) -> str:
    """The text itself, one line of it.

    Raises
    ------
    ValueError
        At the first character that cannot be shown: a control character (category Cc: tab and line break too), half a
        surrogate pair, a non-character, a line separator, or one that turns the direction of writing. XML and SVG
        allow none of the first three.
    """
    return _checked(text, "")


def shown_text(text: str) -> str:
    """Like `shown_line` for text of more than one line: it may hold line breaks and tabs."""
    return _checked(text, _LINE_ENDS + "\t")


def _checked(text: str, allowed: str) -> str:
    if text.isprintable():
        return text
    for place, letter in enumerate(text):
        if letter in allowed:
            continue
        what = _problem(letter)
        if what:
            raise ValueError(
                f"got {text[:60]!r}; its character {place + 1} is U+{ord(letter):04X}, {what}. Take it out."
            )
    return text


def _problem(letter: str) -> str:
    """What is wrong with a letter, in words; empty if nothing is."""
    if letter in _LINE_ENDS:
        return "a line break, and this is one line"
    category = unicodedata.category(letter)
    if category == "Cc":
        return "a control character, which cannot be shown"
    if category == "Cs":
        return "half of a surrogate pair, which is no character"
    if letter in _BIDI:
        return "which turns the direction of writing, so that it would be shown as something else"
    code = ord(letter)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "which is no character"
    return ""

