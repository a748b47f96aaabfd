"""Dates with their precision: what they span, and which cannot be."""

from __future__ import annotations

from datetime import date

import pytest

from parapet.disposition.when import days_between, parse_day, parse_when
from parapet.errors import InputError


@pytest.mark.parametrize(
    "text, first, last, precision, is_about",
    [
        ("2019-07-12", date(2019, 7, 12), date(2019, 7, 12), "day", False),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", False),
        ("2017", date(2017, 1, 1), date(2017, 12, 31), "year", False),
        ("~2024-09", date(2024, 9, 1), date(2024, 9, 30), "month", True),
        ("~2025-12-01..2025-12-07", date(2025, 12, 1), date(2025, 12, 7), "interval", True),
        ("2019-10-25..", date(2019, 10, 25), date.max, "interval", False),
        ("..2017-08-01", date.min, date(2017, 8, 1), "interval", False),
        (2017, date(2017, 1, 1), date(2017, 12, 31), "year", False),
    ],
)
def test_a_date_spans_its_days(text, first, last, precision, is_about):
    when = parse_when(text)
    assert (when.first, when.last, when.precision, when.is_about) == (first, last, precision, is_about)
    assert parse_when(str(when)) == when


@pytest.mark.parametrize(
    "text, said",
    [
        ("2025-02-29", "February 2025 has 28 days"),
        ("2025-13", "no month 13"),
        ("2025-00", "no month 0"),
        ("2025-04-31", "April 2025 has 30 days"),
        ("0212-01-01", "year 212 cannot be meant"),
        ("2025-12-07..2025-12-01", "ends before it begins"),
        ("..", "without any end"),
        ("12.7.2019", "expected a date such as"),
        ("soon", "expected a date such as"),
    ],
)
def test_a_date_that_cannot_be_is_refused(text, said):
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        parse_when(text)


def test_a_day_is_wanted_where_a_day_is_wanted():
    assert parse_day("2026-07-31", "--as-of") == date(2026, 7, 31)
    with pytest.raises(InputError, match=r"--as-of: got '2026-07', expected one day"):
        parse_day("2026-07", "--as-of")


@pytest.mark.parametrize(
    "one, other, days",
    [
        ("2019", "2019-07", 0),
        ("2019-07-17", "2020", 168),
        ("2020", "2019-07-17", 168),
        ("2025-12-17", "2025-12-18", 1),
    ],
)
def test_days_between_spans(one, other, days):
    assert days_between(parse_when(one), parse_when(other)) == days


@pytest.mark.parametrize(
    "text, short",
    [
        ("~2025-12-06..2025-12-08", "~2025-12-06..08"),
        ("~2024-10-15..2024-11-20", "~2024-10-15..11-20"),
        ("2022-03..2022-04", "2022-03..04"),
        ("2017..2018", "2017..2018"),
        ("2019-10-25..", "2019-10-25.."),
        ("2015-12-17..2016-12-17", "2015-12-17..2016-12-17"),
    ],
)
def test_short_dates_drop_what_is_said_already(text, short):
    assert parse_when(text).short == short
