"""Paths into a scenario, and scenarios changed along them.

A path is written as people name things: ``raid[cruise].count``, ``systems[ankara].doctrine.salvo``,
``catalogue.interceptors.48n6e3.p_reliability``. List items go by their name, by number from 0, or ``[*]`` for all.
Changes are made on the text of the base scenario before it is read, so ``12 km`` and ``2`` mean what they mean there.
"""

from __future__ import annotations

import copy
import math
import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from parapet.catalogue import Catalogue
from parapet.catalogue.entries import SECTIONS
from parapet.errors import UnitError
from parapet.scenario.read import did_you_mean, keys_of
from parapet.scenario.schema import Place, Scenario
from parapet.units import to_si

CATALOGUE = "catalogue."
"""Paths that begin so change a catalogue figure."""

_TOKEN = re.compile(r"\[([^\[\]]+)\]|([^.\[\]]+)")
_NUMBER_AND_UNIT = re.compile(r"^\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$")
_WHOLE = re.compile(r"^(?:[^.\[\]]+)(?:\.[^.\[\]]+|\[[^\[\]]+\])*$")


class PathError(ValueError):
    """A path leads nowhere; the text says where it ends and what may have been meant."""


@dataclass(frozen=True)
class Leaf:
    """What a path leads to: its place in the scenario's data, and whether only whole numbers stand there."""

    place: tuple[str | int, ...]
    is_whole: bool


def tokens(path: str) -> list[str]:
    """The steps of a path, e.g. ``['raid', 'cruise', 'count']``.

    Raises
    ------
    PathError
        If it is not written as a path.
    """
    if not _WHOLE.match(path):
        raise PathError(f"got {path!r}, expected a path such as 'raid[cruise].count'.")
    return [inside or word for inside, word in _TOKEN.findall(path)]


def _shape(annotation: Any) -> tuple[str, Any]:
    """What stands under a key: ``("list", item)``, ``("map", value)``, ``("block", model)`` or ``("leaf", type)``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "block", annotation
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is tuple:
        return "list", arguments[0]
    if origin is dict:
        return "map", arguments[1]
    if origin is typing.Annotated:
        return _shape(arguments[0])
    if origin in (typing.Union, types.UnionType):
        shapes = [_shape(argument) for argument in arguments if argument is not type(None)]
        return next((shape for shape in shapes if shape[0] != "leaf"), shapes[0])
    return "leaf", annotation


def _names(items: Iterable[Any]) -> list[str]:
    return [str(item["name"]) for item in items if isinstance(item, dict) and "name" in item]


def leaves(data: Mapping[str, Any], path: str) -> list[Leaf]:
    """Where a path leads in the data of a scenario: one place, or several where it holds ``[*]``.

    Places need not be written in the file yet: ``systems[ankara].doctrine.salvo`` exists though no doctrine is given.

    Raises
    ------
    PathError
        With "did you mean", if it leads nowhere.
    """
    found: list[tuple[tuple[str | int, ...], Any, Any]] = [((), data, ("block", Scenario))]
    done = ""
    for token in tokens(path):
        step: list[tuple[tuple[str | int, ...], Any, Any]] = []
        for place, value, shape in found:
            step += _stepped(place, value, shape, token, done)
        found = step
        done = f"{done}.{token}" if done else token
    return [Leaf(place, shape == ("leaf", int)) for place, _, shape in found]


def _stepped(
    place: tuple[str | int, ...], value: Any, shape: tuple[str, Any], token: str, done: str
) -> list[tuple[tuple[str | int, ...], Any, Any]]:
    kind, inner = shape
    here = f"{done!r} " if done else "a scenario "
    if kind == "list":
        items = value if isinstance(value, list) else []
        if token == "*":
            if not items:
                raise PathError(f"{here}is empty, so '[*]' means nothing.")
            return [((*place, i), item, _shape(inner)) for i, item in enumerate(items)]
        for i, item in enumerate(items):
            if isinstance(item, dict) and item.get("name") == token:
                return [((*place, i), item, _shape(inner))]
        if token.isdigit() and int(token) < len(items):
            return [((*place, int(token)), items[int(token)], _shape(inner))]
        names = _names(items)
        hint = did_you_mean(token, names) or (f" There are: {', '.join(names)}." if names else "")
        raise PathError(f"{here}has no {token!r}.{hint}")
    if kind == "map":
        inside = value.get(token) if isinstance(value, dict) else None
        return [((*place, token), inside, _shape(inner))]
    if kind == "block":
        keys = keys_of(inner)
        if token not in keys:
            hint = did_you_mean(token, keys) or f" Known there: {', '.join(keys)}."
            raise PathError(f"{here}has no {token!r}.{hint}")
        inside = value.get(token) if isinstance(value, dict) else None
        return [((*place, token), inside, _shape(inner.model_fields[keys[token]].annotation))]
    raise PathError(f"{here}is a value; nothing called {token!r} is below it.")


def number_of(value: Any) -> float | None:
    """A level as a number to sort and compare by: in SI units if it has a unit; None if it is a word."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str):
        return float(value)
    match = _NUMBER_AND_UNIT.match(value)
    try:
        return to_si(float(match.group(1)), match.group(2) or "1") if match else None
    except (UnitError, ValueError):
        return None


def is_same(one: Any, other: Any) -> bool:
    """Whether two levels say the same: ``1 km`` is ``1000 m``."""
    a, b = number_of(one), number_of(other)
    if a is None or b is None:
        return bool(one == other)
    return math.isclose(a, b, rel_tol=1e-12)


def nominal_at(catalogue: Catalogue, path: str) -> tuple[Any, str] | None:
    """What a catalogue says at a path (without ``catalogue.``), and the unit it is written in; None if nothing.

    A figure gives its nominal value, unless the path ends in ``low`` or ``high``.
    """
    section, _, rest = path.partition(".")
    name, _, key = rest.partition(".")
    section = section if section in SECTIONS else f"{section}s"
    entry = catalogue.section(section).get(name) if section in SECTIONS else None
    if entry is None:
        return None
    figures = dict(entry.figures())
    before, _, last = key.rpartition(".")
    parts = ("low", "nominal", "high")
    figure, part = (
        (figures[before], last) if before in figures and last in parts else (figures.get(key), "nominal")
    )
    if figure is not None:
        return figure.written[parts.index(part)], "" if figure.unit == "1" else figure.unit
    value: Any = entry
    for step in key.split("."):
        value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return (value, "") if isinstance(value, bool | int | float | str) else None


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """What the scenario's file says at a path; None if it says nothing."""
    value: Any = data
    for step in leaves(data, path)[0].place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def changed(data: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a scenario's data with values set along paths, in their order.

    Raises
    ------
    PathError
        If a path leads nowhere. What the values mean is checked when the data are read as a scenario.
    """
    result: dict[str, Any] = copy.deepcopy(dict(data))
    for path, value in settings.items():
        if path.startswith(CATALOGUE):
            overrides = result.get("catalogue_overrides") or {}
            overrides.pop(path.removeprefix(CATALOGUE), None)  # set anew at the end: the last word counts
            result["catalogue_overrides"] = {**overrides, path.removeprefix(CATALOGUE): value}
            continue
        for leaf in leaves(result, path):
            _put(result, leaf.place, copy.deepcopy(value))
    return result


def _put(data: dict[str, Any], place: tuple[str | int, ...], value: Any) -> None:
    holder: Any = data
    shape: tuple[str, Any] = ("block", Scenario)
    for step in place[:-1]:
        shape = (
            _shape(shape[1].model_fields[keys_of(shape[1])[str(step)]].annotation)
            if shape[0] == "block"
            else _shape(shape[1])
        )
        inside = holder.get(step) if isinstance(holder, dict) else holder[step]
        if not isinstance(inside, dict | list):
            inside = _spelt_out(inside, shape)
            holder[step] = inside
        holder = inside
    holder[place[-1]] = value


def _spelt_out(value: Any, shape: tuple[str, Any]) -> Any:
    """A block in the place of its short form: ``aim: Ankara`` is ``aim: {of: Ankara}``."""
    if shape[0] == "block" and isinstance(value, str) and issubclass(shape[1], Place):
        return {"of": value}
    return {}


def labels(paths: Iterable[str]) -> dict[str, str]:
    """A short name for each path: its last words, as many as tell it from the others."""
    split = {path: [token for token in tokens(path) if token != "*"] for path in paths}
    result = {}
    for path, words in split.items():
        for n in range(1, len(words) + 1):
            label = ".".join(words[-n:])
            others = (".".join(other[-n:]) for name, other in split.items() if name != path)
            if label not in others:
                break
        result[path] = label
    return result
