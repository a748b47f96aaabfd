"""Three values: yes, no, unknown, joined by Kleene's strong logic.

More knowledge never turns yes or no into anything else: each connective is monotone in the order "unknown is below yes
and below no".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Yes, no or unknown; ``str()`` gives the word."""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"

    def __str__(self) -> str:
        return self.value

    def __invert__(self) -> Truth:
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(self, Truth.UNKNOWN)

    @property
    def is_known(self) -> bool:
        """Whether it is yes or no."""
        return self is not Truth.UNKNOWN


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def every(values: Iterable[Truth]) -> Truth:
    """Yes if all are yes (or there are none), no if one is no, else unknown."""
    result = YES
    for value in values:
        if value is NO:
            return NO
        if value is UNKNOWN:
            result = UNKNOWN
    return result


def some(values: Iterable[Truth]) -> Truth:
    """Yes if one is yes, no if all are no (or there are none), else unknown."""
    return ~every(~value for value in values)


def as_truth(value: bool | None) -> Truth:
    """True as yes, False as no, None as unknown."""
    return UNKNOWN if value is None else YES if value else NO
