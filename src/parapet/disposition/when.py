"""Dates as sources give them: a day, a month, a year, an interval, open at an end, or about.

``2019-07-12``, ``2019-07``, ``2017``, ``2025-12-01..2025-12-07``, ``2019-10-25..`` and, inferred, ``~2024-09``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from parapet.errors import InputError

_PART = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
EXAMPLES = "2019-07-12, 2019-07, 2017, ~2024-09 (inferred) or 2025-12-01..2025-12-07"
PRECISIONS = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class When:
    """A span of days that holds the date meant.

    Attributes
    ----------
    first, last
        The earliest and the latest day meant; equal for a day.
    precision
        ``day``, ``month``, ``year`` or ``interval``.
    is_about
        The date was inferred, not printed (written with ``~``).
    """

    first: date
    last: date
    precision: str
    is_about: bool = False

    def __str__(self) -> str:
        return ("~" if self.is_about else "") + self._span()

    def _span(self) -> str:
        if self.precision == "day":
            return self.first.isoformat()
        if self.precision == "month":
            return f"{self.first:%Y-%m}"
        if self.precision == "year":
            return f"{self.first:%Y}"
        first = "" if self.first == date.min else self.first.isoformat()
        last = "" if self.last == date.max else self.last.isoformat()
        return f"{first}..{last}"

    @property
    def short(self) -> str:
        """For a column: ``~2025-12-06..08``, ``2022-03..04``; not meant to be read back."""
        if self.precision != "interval" or self.first == date.min or self.last == date.max:
            return str(self)
        whole_months = self.first.day == 1 and (self.last + timedelta(days=1)).day == 1
        whole_years = whole_months and self.first.month == 1 and self.last.month == 12
        form = "%Y" if whole_years else "%Y-%m" if whole_months else "%Y-%m-%d"
        first, last = self.first.strftime(form), self.last.strftime(form)
        parts = (first.split("-"), last.split("-"))
        same = next((k for k, (a, b) in enumerate(zip(*parts, strict=True)) if a != b), len(parts[0]) - 1)
        return ("~" if self.is_about else "") + f"{first}..{'-'.join(parts[1][same:])}"

    def overlaps(self, other: When) -> bool:
        """Whether one day fits both."""
        return self.first <= other.last and other.first <= self.last

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated, serialization=core_schema.to_string_ser_schema()
        )


def _validated(value: Any) -> When:
    try:
        return value if isinstance(value, When) else parse_when(value)
    except InputError as error:
        raise PydanticCustomError("when", "{text}", {"text": error.findings[0].message}) from None


def parse_when(value: Any) -> When:
    """The span meant by a text such as ``2019-07``.

    Raises
    ------
    InputError
        If that is no date, or the day is not in the calendar, or an interval ends before it begins.
    """
    if isinstance(value, date):
        return When(value, value, "day")
    text = str(value).strip()
    is_about, bare = text.startswith("~"), text.lstrip("~").strip()
    if ".." not in bare:
        return _one(bare, text, is_about)
    left, right = (part.strip().lstrip("~") for part in bare.split("..", 1))
    if not left and not right:
        raise InputError(f"got {text!r}, an interval without any end; expected e.g. {EXAMPLES}.")
    first = _one(left, text, is_about).first if left else date.min
    last = _one(right, text, is_about).last if right else date.max
    if last < first:
        raise InputError(f"got {text!r}, which ends before it begins. Swap the two dates?")
    return When(first, last, "interval", is_about)


def _one(bare: str, text: str, is_about: bool) -> When:
    match = _PART.match(bare)
    if match is None:
        raise InputError(f"got {text!r}, expected a date such as {EXAMPLES}.")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1900 <= year <= 2200:
        raise InputError(f"got {text!r}: the year {year} cannot be meant, expected 1900 to 2200.")
    if month > 12 or (match[2] and month == 0):
        raise InputError(f"got {text!r}: there is no month {month}.")
    if not month:
        return When(date(year, 1, 1), date(year, 12, 31), "year", is_about)
    n_days = calendar.monthrange(year, month)[1]
    if not match[3]:
        return When(date(year, month, 1), date(year, month, n_days), "month", is_about)
    if not 1 <= day <= n_days:
        raise InputError(f"got {text!r}: {calendar.month_name[month]} {year} has {n_days} days.")
    return When(date(year, month, day), date(year, month, day), "day", is_about)


def parse_day(value: Any, what: str) -> date:
    """A day of the calendar, as an option of a command or a key of a file gives it.

    Raises
    ------
    InputError
        If it is no date, or only a month or a year.
    """
    try:
        when = parse_when(value)
    except InputError as error:
        raise InputError(f"{what}: {error.findings[0].message}") from None
    if when.precision != "day" or when.is_about:
        raise InputError(f"{what}: got {str(value)!r}, expected one day such as 2026-07-31.")
    return when.first


def days_between(one: When, other: When) -> int:
    """The least number of days between two spans; 0 if they overlap."""
    if one.overlaps(other):
        return 0
    return ((other.first - one.last) if one.last < other.first else (one.first - other.last)) // timedelta(
        days=1
    )
