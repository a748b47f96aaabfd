"""The scenario format for editors and for the reference page: a JSON Schema, and a Markdown text.

``python -m parapet.scenario.json_schema`` writes ``docs/schemas/scenario.schema.json`` anew; a test fails while it is
not current.
"""

from __future__ import annotations

import ast
import inspect
import json
import typing
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from parapet.scenario import schema
from parapet.scenario.quantity import Quantity
from parapet.scenario.read import keys_of
from parapet.units import DIMENSIONS

#: Where the exported file lives, seen from the root of the repository.
SCHEMA_FILE = "docs/schemas/scenario.schema.json"


@lru_cache(maxsize=1)
def attribute_texts() -> dict[str, dict[str, str]]:
    """The text under every attribute of every block: class name -> attribute -> text.

    Read from the source only when someone asks, so that ``parapet check`` need not parse it.
    """
    texts: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(schema)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        found = texts.setdefault(node.name, {})
        for base in node.bases:
            if isinstance(base, ast.Name):
                found.update(texts.get(base.id, {}))
        for here, below in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(here, ast.AnnAssign)
                and isinstance(here.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                found[here.target.id] = " ".join(below.value.value.split())
    return texts


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file."""
    result = schema.Scenario.model_json_schema(by_alias=True)
    for name, block in [("Scenario", result), *result.get("$defs", {}).items()]:
        model = getattr(schema, name)
        texts = attribute_texts()[name]
        for key, attribute in keys_of(model).items():
            described = block["properties"][key]
            described["description"] = texts[attribute]
            described.pop("title", None)
            if isinstance(described.get("default"), dict):
                described.pop("default")
            _default_as_text(described, quantity_of(model, attribute))
            if _takes_name(model, attribute):
                described["anyOf"] = [
                    {"type": "string"},
                    *described.pop("anyOf", [{"$ref": described.pop("$ref", None)}]),
                ]
                described["anyOf"] = [
                    option for option in described["anyOf"] if option.get("$ref", "") is not None
                ]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **result, "title": "Parapet scenario"}


def _takes_name(model: type[BaseModel], attribute: str) -> bool:
    return attribute in ("place", "aim", "launch", "centre", "behaviour", "antenna_mast_m")


def _default_as_text(described: dict[str, Any], quantity: Quantity | None) -> None:
    default = described.get("default")
    if quantity is None or not isinstance(default, int | float) or quantity.dimension == "ratio":
        return
    if quantity.dimension == "angle":
        described["default"] = f"{default * 57.29577951308232:g} deg"
    else:
        described["default"] = f"{default:g} {DIMENSIONS[quantity.dimension][0]}"


def quantity_of(model: type[BaseModel], attribute: str) -> Quantity | None:
    """The quantity an attribute holds; None for text, counts, lists and blocks."""
    field = model.model_fields[attribute]
    found = [item for item in field.metadata if isinstance(item, Quantity)] or _quantities_in(
        field.annotation
    )
    return found[0] if found else None


def _quantities_in(annotation: Any) -> list[Quantity]:
    found = [item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, Quantity)]
    for inner in typing.get_args(annotation):
        if not isinstance(inner, Quantity):
            found += _quantities_in(inner)
    return found


def reference() -> str:
    """The reference page of the format, in Markdown: one table per block."""
    parts = [
        "# Scenario reference",
        "",
        "Generated from `parapet.scenario.schema`. Values carry their unit.",
        "",
    ]
    for model in _blocks():
        text = " ".join((model.__doc__ or "").split())
        parts += [
            f"## {model.__name__}",
            "",
            text,
            "",
            "| key | value | default | meaning |",
            "|---|---|---|---|",
        ]
        for key, attribute in keys_of(model).items():
            meaning = attribute_texts()[model.__name__][attribute].replace("|", "\\|")
            parts.append(
                f"| `{key}` | {_kind(model, attribute)} | {_default(model, attribute)} | {meaning} |"
            )
        parts.append("")
    return "\n".join(parts)


def _blocks() -> list[type[BaseModel]]:
    blocks = [
        item
        for name, item in vars(schema).items()
        if isinstance(item, type)
        and issubclass(item, BaseModel)
        and item is not BaseModel
        and not name.startswith("_")
    ]
    return [schema.Scenario, *(block for block in blocks if block is not schema.Scenario)]


def _kind(model: type[BaseModel], attribute: str) -> str:
    quantity = quantity_of(model, attribute)
    if quantity is not None:
        sample = DIMENSIONS[quantity.dimension][1]
        bounds = f", {quantity.bounds()}" if quantity.bounds() else ""
        return f"{quantity.dimension}, e.g. `{sample}`{bounds}"
    annotation = model.model_fields[attribute].annotation
    words: list[str] = []
    for inner in _flat(annotation):
        if typing.get_origin(inner) is typing.Literal:
            words += [f"`{word}`" for word in typing.get_args(inner)]
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            words.append(f"[{inner.__name__}](#{inner.__name__.lower()})")
        elif inner is int:
            words.append("whole number")
        elif inner is bool:
            words.append("true or false")
        elif inner is str:
            words.append("text")
    if typing.get_origin(annotation) is dict:
        return "keys and values"
    is_list = typing.get_origin(annotation) is tuple
    return ("list of " if is_list else "") + (" or ".join(dict.fromkeys(words)) or "keys and values")


def _flat(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) is typing.Literal:
        return [annotation]
    return [annotation] + [found for inner in typing.get_args(annotation) for found in _flat(inner)]


def _default(model: type[BaseModel], attribute: str) -> str:
    field = model.model_fields[attribute]
    if field.is_required():
        return "required"
    described: dict[str, Any] = {"default": field.default}
    _default_as_text(described, quantity_of(model, attribute))
    value = described["default"]
    if value is None or value == () or value == {} or value == "" or isinstance(value, BaseModel):
        return ""
    return (
        f"`{value:.4g}`"
        if isinstance(value, float)
        else f"`{str(value).lower() if isinstance(value, bool) else value}`"
    )


def text() -> str:
    """The exported file's content."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the exported file under the current folder."""
    path = Path(SCHEMA_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
