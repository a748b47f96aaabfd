"""The clock of section 216, by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from parapet.disposition.lawbook import load_lawbook
from parapet.disposition.review import is_summer, review
from parapet.errors import InputError

BOOK = load_lawbook()


@pytest.mark.parametrize(
    "submitted, days, earliest",
    [
        ("2026-07-09", 30, "2026-08-08"),
        ("2026-07-10", 60, "2026-09-08"),
        ("2026-09-07", 60, "2026-11-06"),
        ("2026-09-08", 30, "2026-10-08"),
        ("2028-02-01", 30, "2028-03-02"),  # a leap year: 29 days of February
        ("2027-02-01", 30, "2027-03-03"),
        ("2027-12-15", 30, "2028-01-14"),
    ],
)
def test_days_and_the_first_lawful_day(submitted, days, earliest):
    found = review(date.fromisoformat(submitted), BOOK)
    assert (found.days, found.earliest) == (days, date.fromisoformat(earliest))
    assert found.last_barred == found.earliest - timedelta(days=1)
    assert (found.last_barred - found.submitted).days + 1 == days  # the first day counts


def test_every_day_of_a_year_is_on_the_right_side():
    day = date(2028, 1, 1)
    for _ in range(366):
        assert is_summer(day) == (date(2028, 7, 10) <= day <= date(2028, 9, 7))
        assert review(day, BOOK).days == (60 if is_summer(day) else 30)
        day += timedelta(days=1)


def test_waiting_for_the_end_of_summer_never_helps_before_august():
    """A report on 10 July is through before one held back to 8 September; one of 10 August is not."""
    late = review(date(2026, 9, 8), BOOK).earliest
    assert review(date(2026, 7, 10), BOOK).earliest < late
    assert review(date(2026, 8, 10), BOOK).earliest > late


def test_resolutions_of_congress():
    start = date(2026, 3, 2)
    assert review(start, BOOK, approved=date(2026, 3, 10)).earliest == date(2026, 3, 10)
    passed = review(start, BOOK, disapproved=date(2026, 3, 30))
    assert passed.earliest == date(2026, 4, 12)  # twelve days barred: 31 March to 11 April
    vetoed = review(start, BOOK, disapproved=date(2026, 3, 30), vetoed=date(2026, 4, 6))
    assert vetoed.earliest == date(2026, 4, 17)
    assert review(start, BOOK, disapproved=date(2026, 3, 3)).earliest == date(
        2026, 4, 1
    )  # the review itself is longer
    assert review(start, BOOK, disapproved=date(2026, 3, 30), is_disapproval_law=True).earliest is None


@pytest.mark.parametrize(
    "given",
    [
        {"disapproved": date(2026, 3, 1)},
        {"vetoed": date(2026, 4, 1)},
        {"is_disapproval_law": True},
        {"disapproved": date(2026, 3, 30), "vetoed": date(2026, 3, 29)},
    ],
)
def test_days_in_an_order_that_cannot_be(given):
    with pytest.raises(InputError):
        review(date(2026, 3, 2), BOOK, **given)


def test_before_the_act_there_is_no_clock():
    with pytest.raises(InputError, match="no value is known on 2017-08-01"):
        review(date(2017, 8, 1), BOOK)
