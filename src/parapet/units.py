"""The only door for numbers with units: text such as "12 km" comes in, SI floats and radians go out."""

from __future__ import annotations

import difflib
import math
import re
from typing import Final

from parapet.errors import UnitError

#: dimension -> (SI unit, an example to show in messages)
DIMENSIONS: Final[dict[str, tuple[str, str]]] = {
    "length": ("m", "12 km"),
    "speed": ("m/s", "250 m/s"),
    "angle": ("rad", "30 deg"),
    "time": ("s", "20 min"),
    "area": ("m2", "4 m2"),
    "mass": ("kg", "480 kg"),
    "frequency": ("Hz", "9.5 GHz"),
    "acceleration": ("m/s2", "9 g"),
    "angular_rate": ("rad/s", "40 deg/s"),
    "power": ("W", "12 kW"),
    "decibel": ("dB", "3 dB"),
    "ratio": ("1", "0.7"),
    "attenuation": ("dB/m", "0.01 dB/km"),
    "areal_density": ("kg/m2", "9000 kg/m2"),
    "density": ("kg/m3", "1.2 kg/m3"),
    "force": ("N", "120 kN"),
    "pressure": ("Pa", "1013 hPa"),
    "temperature": ("K", "288 K"),
    "money": ("USD", "4.2 MUSD"),
}

_DEGREE: Final = math.pi / 180.0
_GRAVITY: Final = 9.80665

#: unit -> (dimension, factor to SI)
UNITS: Final[dict[str, tuple[str, float]]] = {
    "m": ("length", 1.0), "km": ("length", 1000.0), "cm": ("length", 0.01), "mm": ("length", 0.001),
    "ft": ("length", 0.3048), "kft": ("length", 304.8), "nmi": ("length", 1852.0), "mi": ("length", 1609.344),
    "m/s": ("speed", 1.0), "km/s": ("speed", 1000.0), "km/h": ("speed", 1000.0 / 3600.0),
    "kn": ("speed", 1852.0 / 3600.0), "kt": ("speed", 1852.0 / 3600.0), "ft/min": ("speed", 0.3048 / 60.0),
    "mph": ("speed", 1609.344 / 3600.0),
    "rad": ("angle", 1.0), "mrad": ("angle", 0.001), "deg": ("angle", _DEGREE), "arcmin": ("angle", _DEGREE / 60.0),
    "s": ("time", 1.0), "ms": ("time", 0.001), "us": ("time", 1e-6), "min": ("time", 60.0), "h": ("time", 3600.0),
    "m2": ("area", 1.0), "cm2": ("area", 1e-4),
    "kg": ("mass", 1.0), "g_mass": ("mass", 0.001), "t": ("mass", 1000.0), "lb": ("mass", 0.45359237),
    "Hz": ("frequency", 1.0), "kHz": ("frequency", 1e3), "MHz": ("frequency", 1e6), "GHz": ("frequency", 1e9),
    "1/s": ("frequency", 1.0), "rpm": ("frequency", 1.0 / 60.0),
    "m/s2": ("acceleration", 1.0), "g": ("acceleration", _GRAVITY),
    "rad/s": ("angular_rate", 1.0), "deg/s": ("angular_rate", _DEGREE), "mrad/s": ("angular_rate", 0.001),
    "W": ("power", 1.0), "kW": ("power", 1e3), "MW": ("power", 1e6),
    "dB": ("decibel", 1.0), "dBi": ("decibel", 1.0),
    "dB/m": ("attenuation", 1.0), "dB/km": ("attenuation", 0.001),
    "1": ("ratio", 1.0), "%": ("ratio", 0.01),
    "kg/m2": ("areal_density", 1.0), "kg/m3": ("density", 1.0),
    "N": ("force", 1.0), "kN": ("force", 1e3),
    "Pa": ("pressure", 1.0), "hPa": ("pressure", 100.0), "kPa": ("pressure", 1e3),
    "K": ("temperature", 1.0),
    "USD": ("money", 1.0), "kUSD": ("money", 1e3), "MUSD": ("money", 1e6),
}  # fmt: skip

#: other ways people write the same unit
ALIASES: Final[dict[str, str]] = {
    "metre": "m", "metres": "m", "meter": "m", "meters": "m", "kilometre": "km", "kilometres": "km", "NM": "nmi",
    "foot": "ft", "feet": "ft", "mps": "m/s", "kph": "km/h", "kmh": "km/h", "knots": "kn", "knot": "kn", "kts": "kn",
    "°": "deg", "degree": "deg", "degrees": "deg", "sec": "s", "second": "s", "seconds": "s", "minute": "min",
    "minutes": "min", "hour": "h", "hours": "h", "m^2": "m2", "m²": "m2", "m**2": "m2", "sqm": "m2", "m/s^2": "m/s2",
    "m/s²": "m/s2", "kg/m^2": "kg/m2", "kg/m²": "kg/m2", "tonne": "t", "percent": "%", "°/s": "deg/s", "μs": "us",
    "µs": "us", "G": "g", "ton": "t", "count": "1", "-": "1",
}  # fmt: skip

_QUANTITY: Final = re.compile(
    r"^\s*([+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$",
)


def _known_unit(unit: str, dimension: str = "") -> tuple[str, float]:
    name = unit.strip()
    name = ALIASES.get(name, name)
    found = UNITS.get(name)
    if found is not None:
        return found
    names = [*UNITS, *ALIASES]
    fitting = [known for known in names if not dimension or UNITS[ALIASES.get(known, known)][0] == dimension]
    close = [known for known in fitting if known.lower() == name.lower()]
    close = close or difflib.get_close_matches(name, fitting, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else f" Known units: {', '.join(dict.fromkeys(fitting))}."
    raise UnitError(f"{unit!r} is not a unit.{hint}")


def dimension_of(unit: str) -> str:
    """The dimension that a unit measures, e.g. ``length`` for ``km``.

    Raises
    ------
    UnitError
        If the unit is not known.
    """
    return _known_unit(unit)[0]


def to_si(value: float, unit: str) -> float:
    """The value in SI units, radians for angles.

    Parameters
    ----------
    value
        Any finite number, in `unit`.
    unit
        A key of `UNITS` or `ALIASES`; ``"1"`` for counts and ratios; ``"g"`` is the acceleration 9.80665 m/s2;
        ``"dBsm"`` is ten times the decimal logarithm of an area in m2.

    Raises
    ------
    UnitError
        If the unit is not known, or the value is not a finite number.

    Notes
    -----
    Pinned by ``tests/test_units.py``.
    """
    if isinstance(value, bool) or not math.isfinite(value):
        raise UnitError(f"{value!r} is not a finite number.")
    if unit.strip() == "dBsm":
        return float(10.0 ** (value / 10.0))
    return float(value * _known_unit(unit)[1])


def example(dimension: str) -> str:
    """What a right value of this dimension looks like, for messages."""
    return DIMENSIONS[dimension][1]


def parse_quantity(text: str | int | float, dimension: str) -> float:
    """The SI value of a text such as ``"12 km"``; a bare number is taken only for ratios.

    Parameters
    ----------
    text
        A number and a unit. Zero needs no unit. Underscores may group digits; commas may not.
    dimension
        A key of `DIMENSIONS`.

    Raises
    ------
    UnitError
        If there is no number, no unit where one is needed, an unknown unit, or one of another dimension. The
        message says what was got and what would be right.
    """
    si_unit, sample = DIMENSIONS[dimension]
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise UnitError(f"got {text!r}, expected {_article(dimension)} such as {sample!r}.")
    if isinstance(text, int | float):
        if not math.isfinite(text):
            raise UnitError(f"got {text!r}, expected a finite {dimension} such as {sample!r}.")
        if dimension == "ratio" or text == 0:
            return float(text)
        raise UnitError(f"got {text!r} without a unit, expected {_article(dimension)} such as {sample!r}.")
    match = _QUANTITY.match(text)
    if match is None:
        comma = " Digits are grouped by _ or not at all." if "," in text else ""
        raise UnitError(f"got {text!r}, expected {_article(dimension)} such as {sample!r}.{comma}")
    number = float(match.group(1).replace("_", ""))
    unit = match.group(2)
    if unit is None:
        if dimension == "ratio" or number == 0.0:
            return number
        raise UnitError(f"got {text!r} without a unit, expected {_article(dimension)} such as {sample!r}.")
    if unit.startswith(","):
        raise UnitError(f"got {text!r}: digits are grouped by _ or not at all, e.g. {sample!r}.")
    if unit == "dBsm" and dimension == "area":
        return to_si(number, unit)
    found = _known_unit(unit, "" if unit in UNITS or unit in ALIASES else dimension)[0]
    if found != dimension:
        raise UnitError(
            f"got {text!r}: {unit!r} measures {_words(found)}, expected {_article(dimension)} such as {sample!r}."
        )
    if not math.isfinite(number * _known_unit(unit)[1]):
        raise UnitError(f"got {text!r}: too large for {_article(dimension)} in {si_unit}.")
    return to_si(number, unit)


def _words(dimension: str) -> str:
    return dimension.replace("_", " ")


def _article(dimension: str) -> str:
    words = _words(dimension)
    return f"an {words}" if words[0] in "aeio" else f"a {words}"
