"""The door for units: every number here was worked out by hand or is a definition."""

from __future__ import annotations

import math

import pytest

from parapet.errors import InputError, UnitError
from parapet.units import ALIASES, DIMENSIONS, UNITS, dimension_of, example, parse_quantity, to_si


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("12 km", "length", 12_000.0),
        ("12km", "length", 12_000.0),
        ("  1_000 ft ", "length", 304.8),
        ("1 nmi", "length", 1852.0),
        ("36 km/h", "speed", 10.0),
        ("1 kn", "speed", 1852.0 / 3600.0),
        ("180 deg", "angle", math.pi),
        ("90°", "angle", math.pi / 2.0),
        ("20 min", "time", 1200.0),
        ("1.5 h", "time", 5400.0),
        ("4 m²", "area", 4.0),
        ("-10 dBsm", "area", 0.1),
        ("1 t", "mass", 1000.0),
        ("9.5 GHz", "frequency", 9.5e9),
        ("12 rpm", "frequency", 0.2),
        ("2 g", "acceleration", 19.6133),
        ("70 %", "ratio", 0.7),
        (0.7, "ratio", 0.7),
        (0, "length", 0.0),
        ("0", "time", 0.0),
        ("1e3 m", "length", 1000.0),
    ],
)
def test_values_with_units_become_si(text: str | float, dimension: str, expected: float) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "dimension", "got", "right"),
    [
        ("12", "length", "'12' without a unit", "'12 km'"),
        (12, "length", "12 without a unit", "'12 km'"),
        ("12 km", "speed", "'km' measures length", "'250 m/s'"),
        ("12 Km", "length", "'Km' is not a unit", "'km'"),
        ("34,000 km/h", "speed", "'34,000 km/h'", "grouped by _"),
        ("fast", "speed", "'fast'", "'250 m/s'"),
        (True, "time", "True", "'20 min'"),
        (None, "time", "None", "'20 min'"),
        (math.inf, "ratio", "inf", "finite"),
        ("1e400 m", "length", "1e400 m", "too large"),
    ],
)
def test_a_message_says_what_was_got_and_what_would_be_right(
    text: str | float, dimension: str, got: str, right: str
) -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity(text, dimension)
    assert got in str(caught.value)
    assert right in str(caught.value)


def test_to_si_refuses_what_is_no_number_or_no_unit() -> None:
    with pytest.raises(UnitError, match="finite"):
        to_si(math.nan, "m")
    with pytest.raises(UnitError, match="not a unit"):
        to_si(1.0, "furlong")
    assert to_si(3.0, "1") == 3.0


def test_every_unit_and_alias_belongs_to_a_dimension_with_an_example() -> None:
    for unit, (dimension, factor) in UNITS.items():
        assert dimension in DIMENSIONS
        assert factor > 0.0
        assert dimension_of(unit) == dimension
    assert set(ALIASES.values()) <= set(UNITS)
    for dimension in DIMENSIONS:
        assert math.isfinite(parse_quantity(example(dimension), dimension))


def test_a_unit_error_is_an_input_error_with_exit_code_2() -> None:
    error = UnitError("wrong")
    assert isinstance(error, InputError)
    assert error.exit_code == 2
    assert error.findings[0].message == "wrong"
