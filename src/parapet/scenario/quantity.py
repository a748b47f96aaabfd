"""Types of the scenario's numbers: text with a unit on the way in, SI floats and radians in the model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from parapet.errors import UnitError
from parapet.units import DIMENSIONS, parse_quantity

_DEGREE = math.pi / 180.0


@dataclass(frozen=True)
class Quantity:
    """A number with a unit, between two bounds.

    Attributes
    ----------
    dimension
        A key of `parapet.units.DIMENSIONS`.
    low, high
        Bounds in SI units, both allowed; None for no bound.
    is_above_low
        The lower bound itself is not allowed.
    is_bare_degrees
        A number without a unit is read as degrees (latitude, longitude, bearings).
    shown
        The bounds in words a person writes, for messages, e.g. ``"from 0 to 360 deg"``.
    """

    dimension: str
    low: float | None = None
    high: float | None = None
    is_above_low: bool = False
    is_bare_degrees: bool = False
    shown: str = ""

    def parse(self, value: Any) -> float:
        """The SI value; raises what pydantic collects into its list of errors."""
        try:
            if self.is_bare_degrees and isinstance(value, int | float) and not isinstance(value, bool):
                number = parse_quantity(float(value), "ratio") * _DEGREE
            else:
                number = parse_quantity(value, self.dimension)
        except UnitError as error:
            raise PydanticCustomError("unit", "{text}", {"text": error.findings[0].message}) from None
        is_low = self.low is not None and (number < self.low or (self.is_above_low and number == self.low))
        if is_low or (self.high is not None and number > self.high):
            text = f"got {value!r}, expected a value {self.bounds()}."
            raise PydanticCustomError("bounds", "{text}", {"text": text})
        return number

    def bounds(self) -> str:
        """The bounds in words."""
        if self.shown:
            return self.shown
        unit = DIMENSIONS[self.dimension][0]
        unit = "" if unit == "1" else f" {unit}"
        parts = []
        if self.low is not None:
            parts.append(f"{'above' if self.is_above_low else 'of at least'} {self.low:g}{unit}")
        if self.high is not None:
            parts.append(f"of at most {self.high:g}{unit}")
        return " and ".join(parts)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        sample = DIMENSIONS[self.dimension][1]
        text = f"A {self.dimension} with its unit, e.g. {sample!r}; {self.bounds()}".rstrip("; ") + "."
        if self.is_bare_degrees or self.dimension == "ratio":
            return {"type": ["number", "string"], "x-dimension": self.dimension, "x-value": text}
        return {
            "anyOf": [{"type": "string", "pattern": r"^\s*[+-]?[\d.]"}, {"const": 0}],
            "x-dimension": self.dimension,
            "x-value": text,
        }
