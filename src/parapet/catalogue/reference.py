"""What every key of every section means, taken from the text under it in ``entries.py``; for documentation."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parapet.catalogue import entries
from parapet.catalogue.entries import SECTIONS, Entry, Part
from parapet.catalogue.figure import Quantity


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """One key: its dotted path, whether every entry has it, what it measures ("" for words) and what it means."""

    path: str
    is_required: bool
    dimension: str
    least: float
    most: float
    meaning: str


def keys_of(section: str) -> list[KeyHelp]:
    """Every key that entries of a section may have, in the order of the reference; limits in SI units."""
    return list(_keys(SECTIONS[section], "", _texts()))


def _keys(model: type[Part], head: str, texts: dict[tuple[str, str], str]) -> Iterator[KeyHelp]:
    for name, field in model.model_fields.items():
        if model is not Part and issubclass(model, Entry) and name == "id":
            continue
        path = f"{head}{field.alias or name}"
        meaning = next((texts[(c.__name__, name)] for c in model.__mro__ if (c.__name__, name) in texts), "")
        quantity, inside = _contents([*field.metadata, field.annotation])
        many = ".<name>" if inside is not None and str(field.annotation).startswith(("tuple", "dict")) else ""
        many = ".<id>" if quantity is not None and str(field.annotation).startswith("dict") else many
        limits = (quantity.dimension, quantity.least, quantity.most) if quantity else ("", 0.0, 0.0)
        yield KeyHelp(path + many, field.is_required(), *limits, meaning)
        if inside is not None:
            yield from _keys(inside, f"{path}{many}.", texts)


def _contents(things: list[Any]) -> tuple[Quantity | None, type[Part] | None]:
    """The quantity or the group of keys inside an annotation."""
    for thing in things:
        if isinstance(thing, Quantity):
            return thing, None
        if isinstance(thing, type) and issubclass(thing, Part):
            return None, thing
        deeper = [*getattr(thing, "__metadata__", ()), *getattr(thing, "__args__", ())]
        found = _contents(deeper) if deeper else (None, None)
        if found != (None, None):
            return found
    return None, None


def _texts() -> dict[tuple[str, str], str]:
    """(class, attribute) -> the text under it."""
    found: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(entries)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for line, under in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(line, ast.AnnAssign)
                and isinstance(line.target, ast.Name)
                and isinstance(under, ast.Expr)
                and isinstance(under.value, ast.Constant)
            ):
                found[(node.name, line.target.id)] = inspect.cleandoc(str(under.value.value))
    return found
