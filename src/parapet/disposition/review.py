"""The clock of CAATSA section 216 (22 U.S.C. 9511): when a proposed relief may take effect at the earliest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from parapet.disposition.lawbook import LawBook
from parapet.errors import InputError

SUMMER = ((7, 10), (9, 7))
"""First and last day (month, day) on which a submission starts the long review: on or after, on or before."""


@dataclass(frozen=True)
class Review:
    """A review of a proposed relief.

    Attributes
    ----------
    submitted
        The day of the report; it is the first day of the period.
    days
        Length of the period.
    last_barred
        The last day on which nothing may be done unless an approval is enacted.
    earliest
        The first day on which the President may act; None if a disapproval was enacted.
    because
        What set the earliest day.
    """

    submitted: date
    days: int
    is_summer: bool
    last_barred: date
    earliest: date | None
    because: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "submitted": self.submitted.isoformat(), "days": self.days, "is_summer": self.is_summer,
            "last_barred": self.last_barred.isoformat(),
            "earliest": self.earliest.isoformat() if self.earliest else None, "because": self.because,
        }  # fmt: skip


def is_summer(day: date) -> bool:
    """Whether a report submitted on this day is reviewed for the longer period: 10 July to 7 September."""
    return SUMMER[0] <= (day.month, day.day) <= SUMMER[1]


def review(
    submitted: date,
    book: LawBook,
    *,
    approved: date | None = None,
    disapproved: date | None = None,
    vetoed: date | None = None,
    is_disapproval_law: bool = False,
) -> Review:
    """When relief reported on a day may take effect.

    Parameters
    ----------
    approved
        The day a joint resolution of approval is enacted; it opens the gate at once.
    disapproved
        The day both Houses have passed a joint resolution of disapproval: 12 days more.
    vetoed
        The day the President vetoes it: 10 days more.
    is_disapproval_law
        The disapproval is enacted (signed, or the veto overridden): never.

    Raises
    ------
    InputError
        If the days are in an order that cannot be, or lie before the Act.
    """
    for name, day, after in (("approved", approved, submitted), ("disapproved", disapproved, submitted),
                             ("vetoed", vetoed, disapproved or submitted)):  # fmt: skip
        if day is not None and day < after:
            raise InputError(f"{name}: {day} lies before {after}.")
    if (vetoed or is_disapproval_law) and disapproved is None:
        raise InputError("a veto or an enacted disapproval needs the day both Houses passed it: disapproved.")

    def value(name: str) -> int:
        return round(book.parameters[name].on(submitted))

    summer = is_summer(submitted)
    days = value("s216-review-days-summer" if summer else "s216-review-days")
    last = submitted + timedelta(days=days - 1)  # the period begins on the day of submission
    if is_disapproval_law:
        return Review(submitted, days, summer, last, None, "a disapproval is law")
    if approved is not None and approved <= last and disapproved is None:
        return Review(submitted, days, summer, last, approved, f"an approval is enacted on {approved}")
    ends = {f"{days} days from {submitted}": last}
    if disapproved is not None:
        more = value("s216-after-disapproval-days")
        ends[f"{more} days after both Houses passed a disapproval"] = disapproved + timedelta(days=more)
    if vetoed is not None:
        more = value("s216-after-veto-days")
        ends[f"{more} days after the veto"] = vetoed + timedelta(days=more)
    because = max(ends, key=lambda key: ends[key])
    return Review(submitted, days, summer, last, ends[because] + timedelta(days=1), because)
