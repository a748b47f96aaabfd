"""One published (or admittedly invented) number: how low, how likely, how high, in what unit, on whose word."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from parapet import units
from parapet.errors import UnitError

Grade = Literal["read", "second-hand", "general knowledge", "derived", "model", "notional"]
"""How far a figure can be trusted, best first. It is the grade of the nominal value.

``read``: printed on a page that was opened. ``second-hand``: quoted by a document that cites the page. ``general
knowledge``: usually printed, no text found. ``derived``: arithmetic on other figures. ``model``: from somebody
else's model or estimate. ``notional``: chosen here because the engine needs a number and none is public."""

Fit = Literal["fitted", "predicted", "definition"]
"""Whether a number was tuned until the model met a published one, came out untuned, or holds by definition."""

GRADES: Final[tuple[str, ...]] = get_args(Grade)
FITS: Final[tuple[str, ...]] = get_args(Fit)
_KEYS: Final = ("low", "nominal", "high", "unit", "grade", "source", "pointer", "note", "fit")
_TEXT_KEYS: Final = ("source", "pointer", "note")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` for the closest known word, or nothing."""
    names = [str(name) for name in known]
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(str(word).lower(), list(lowered), n=1, cutoff=0.5)
    return f" Did you mean {lowered[close[0]]!r}?" if close else ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its doubt and its origin; `low`, `nominal` and `high` are in SI units (radians for angles).

    Attributes
    ----------
    low, nominal, high
        The spread of what is printed, SI; ``low <= nominal <= high``.
    unit
        The unit the figure was written in, e.g. ``km``.
    grade
        See `Grade`.
    source
        Key in ``sources.bib`` of a page that was read; empty otherwise.
    pointer
        URL where the figure is said to stand, not opened; empty if none.
    note
        What the reader should know.
    fit
        ``fitted``, ``predicted``, ``definition`` or empty.
    written
        Low, nominal and high in `unit`, as written in the file.
    """

    low: float
    nominal: float
    high: float
    unit: str
    grade: str
    source: str = ""
    pointer: str = ""
    note: str = ""
    fit: str = ""
    written: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    def raw(self) -> dict[str, Any]:
        """The figure as it is written in a data file."""
        low, nominal, high = self.written
        text = {key: getattr(self, key) for key in ("source", "pointer", "note", "fit") if getattr(self, key)}
        return {"low": low, "nominal": nominal, "high": high, "unit": self.unit, "grade": self.grade, **text}

    def __str__(self) -> str:
        low, nominal, high = (f"{value:.6g}" for value in self.written)
        spread = "" if low == high else f" ({low} to {high})"
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{nominal}{unit}{spread}, {self.grade}"


def _refuse(message: str) -> PydanticCustomError:
    return PydanticCustomError("figure", "{message}", {"message": message})


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a catalogue key must measure, and the limits outside which a unit was probably mistaken.

    Attributes
    ----------
    dimension
        A key of `parapet.units.DIMENSIONS`.
    least, most
        Plausible limits in SI units, both allowed.
    """

    dimension: str
    least: float
    most: float

    def __call__(self, value: object) -> Figure:
        """The figure, or a message that says what is wrong, what was got and what would be right."""
        if isinstance(value, Figure):
            value = value.raw()
        if not isinstance(value, Mapping):
            raise _refuse(
                f"got {value!r}, expected a figure such as {{low: 1, nominal: 2, high: 3, unit: "
                f"{self._sample_unit()}, grade: notional, note: why}}."
            )
        for key in value:
            if key not in _KEYS:
                raise _refuse(f"unknown key {key!r} in a figure.{did_you_mean(str(key), _KEYS)}")
        return self._figure(value)

    def _figure(self, value: Mapping[str, Any]) -> Figure:
        low, nominal, high = self._numbers(value)
        unit, grade = self._unit(value), self._grade(value)
        try:
            si = (units.to_si(low, unit), units.to_si(nominal, unit), units.to_si(high, unit))
        except UnitError as error:
            raise _refuse(error.findings[0].message) from None
        if not low <= nominal <= high:
            raise _refuse(f"low <= nominal <= high does not hold: got {low:g}, {nominal:g}, {high:g} {unit}.")
        for number, written in zip(si, (low, nominal, high), strict=True):
            slack = 1e-9 * max(abs(self.least), abs(self.most))
            if not self.least - slack <= number <= self.most + slack:
                raise _refuse(
                    f"{written:g} {unit} is outside the plausible range {self._limits(unit)}. "
                    f"Is the unit right?"
                )
        texts = {key: self._text(value, key) for key in _TEXT_KEYS}
        fit = value.get("fit", "")
        if fit and fit not in FITS:
            raise _refuse(f"got fit {fit!r}, expected one of {', '.join(FITS)}.")
        self._check_origin(grade, fit, **texts)
        return Figure(
            *si,
            unit,
            grade,
            texts["source"],
            texts["pointer"],
            texts["note"],
            fit,
            written=(low, nominal, high),
        )

    def _numbers(self, value: Mapping[str, Any]) -> tuple[float, float, float]:
        numbers: list[float] = []
        for key in ("low", "nominal", "high"):
            number = value.get(key)
            if number is None:
                raise _refuse(f"has no {key!r}: a figure needs low, nominal and high (they may be equal).")
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                hint = " (YAML needs a point in powers of ten: 1.0e-6)" if isinstance(number, str) else ""
                raise _refuse(f"got {key}: {number!r}, expected a number without unit{hint}.")
            numbers.append(number)
        return numbers[0], numbers[1], numbers[2]

    def _unit(self, value: Mapping[str, Any]) -> str:
        unit = value.get("unit")
        if isinstance(unit, int) and not isinstance(unit, bool):
            unit = str(unit)
        if not unit or not isinstance(unit, str):
            raise _refuse(f"has no unit, expected one of {self.dimension}, e.g. {self._sample_unit()}.")
        try:
            found = "area" if unit == "dBsm" else units.dimension_of(unit)
        except UnitError as error:
            raise _refuse(error.findings[0].message) from None
        if found != self.dimension:
            raise _refuse(
                f"unit {unit!r} measures {found}, expected {self.dimension}, e.g. {self._sample_unit()}."
            )
        return unit

    def _grade(self, value: Mapping[str, Any]) -> str:
        grade = value.get("grade")
        if not grade:
            raise _refuse(f"has no grade, expected one of {', '.join(GRADES)}.")
        if grade not in GRADES:
            raise _refuse(
                f"got grade {grade!r}, expected one of {', '.join(GRADES)}.{did_you_mean(grade, GRADES)}"
            )
        return str(grade)

    @staticmethod
    def _text(value: Mapping[str, Any], key: str) -> str:
        text = value.get(key, "")
        if text is None:
            return ""
        if not isinstance(text, str):
            raise _refuse(f"got {key}: {text!r}, expected text.")
        return text

    @staticmethod
    def _check_origin(grade: str, fit: str, source: str, pointer: str, note: str) -> None:
        if "://" in source:
            raise _refuse(
                "source is a URL; it must be a key of sources.bib. A page nobody opened is a pointer."
            )
        if grade == "read" and not source:
            raise _refuse("has grade 'read' but no source (a key of sources.bib).")
        if grade != "read" and source:
            raise _refuse(
                f"has grade {grade!r} and a source; only a figure of grade 'read' has one. Use pointer."
            )
        if pointer and not pointer.startswith(("http://", "https://")):
            raise _refuse(f"got pointer {pointer!r}, expected a URL that begins with http:// or https://.")
        if grade in ("derived", "notional") and not note:
            raise _refuse(f"has grade {grade!r} but no note saying why.")

    def _sample_unit(self) -> str:
        return "1" if self.dimension == "ratio" else units.example(self.dimension).split()[-1]

    def _limits(self, unit: str) -> str:
        if unit == "dBsm":
            return f"{self.least:g} to {self.most:g} m2"
        factor = units.to_si(1.0, unit)
        return f"{self.least / factor:g} to {self.most / factor:g} {unit}"

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self)
