"""YAML files of this package as frozen models, every finding with its file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document, parse_document, text_of_file
from parapet.scenario.read import did_you_mean

DATA_FOLDER: Final = Path(__file__).parent / "data"
NOTICE: Final = (
    "Not legal advice: public texts and reports, read by rules that a person wrote; "
    "each answer says what it rests on."
)
_LABELS = {"missing", "extra_forbidden", "too_short", "literal_error", "when"}


class Part(BaseModel):
    """A block of keys: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


Model = TypeVar("Model", bound=Part)


def is_dispute(path: Path | str) -> bool:
    """Whether a file looks like a dispute file: a line of it begins with ``dispute:``."""
    try:
        with Path(path).open(encoding="utf-8-sig") as lines:
            return any(line.startswith("dispute:") for line in lines)
    except (OSError, UnicodeDecodeError):
        return False


def read_document(path: Path | str, begins: str) -> Document:
    """A YAML file as data with lines.

    Raises
    ------
    InputError
        If there is no such file, or it is not valid YAML, or not a block of keys.
    """
    file = str(path)
    text = text_of_file(path, f"a YAML file that begins with {begins!r}")
    document = parse_document(text, file)
    if document.data is None and not text.strip():
        raise InputError([Finding("error", f"the file is empty. It begins with {begins!r}.", file, 1, 1)])
    if document.findings:
        raise InputError(sorted_findings(document.findings))
    if not isinstance(document.data, dict):
        raise InputError([document.finding("error", (), f"expected keys, the first one {begins!r}.")])
    return document


def validated(
    document: Document, model: type[Model], data: Any = None, head: tuple[str | int, ...] = ()
) -> Model:
    """The data of a document (or a place in it) as a model.

    Raises
    ------
    InputError
        With every finding of the schema, each with its line.
    """
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        findings = [
            document.finding("error", (*head, *_place(details)), _message(details, model))
            for details in error.errors(include_url=False)
        ]
        raise InputError(sorted_findings(findings)) from None


def _place(details: Any) -> tuple[str | int, ...]:
    return tuple(part for part in details["loc"] if part != "[key]")


def _message(details: Any, model: type[BaseModel]) -> str:
    kind, got, last = details["type"], details.get("input"), str(details["loc"][-1]) if details["loc"] else ""
    if kind == "missing":
        return f"{last!r} is missing{_WHY.get(last, '.')}"
    if kind == "extra_forbidden":
        known = sorted({key for part in _parts(model) for key in _keys(part)})
        return f"unknown key {last!r}.{did_you_mean(last, known)}"
    if kind == "too_short":
        return f"{last!r} is empty{_WHY.get(last, ', expected at least one.')}"
    if kind == "literal_error":
        return f"got {got!r}, expected {details['ctx']['expected']}."
    if kind.startswith("date"):
        return _day_message(got)
    text = str(details["msg"]).removeprefix("Value error, ")
    return text if kind in _LABELS or kind == "value_error" else f"got {_shown(got)}: {text}."


def _day_message(got: Any) -> str:
    from parapet.disposition.when import parse_day

    try:
        parse_day(got, "")
    except InputError as error:
        return error.findings[0].message.removeprefix(": ")
    return f"got {got!r}, expected one day such as 2026-07-31."


_WHY = {
    "sources": ": a statement without a source cannot stand in the ledger. Give a key of sources.yaml or a URL.",
    "reference": ": a parameter without a reference cannot be used. Say where the figure stands.",
    "status": ": say whether it is a fact, a claim or a forecast.",
}


def _shown(got: Any) -> str:
    return "a block of keys" if isinstance(got, dict) else "a list" if isinstance(got, list) else repr(got)


def _keys(part: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in part.model_fields.items()]


def _parts(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model and every model inside it."""
    found: set[type[BaseModel]] = set()
    todo: list[Any] = [model]
    while todo:
        thing = todo.pop()
        if isinstance(thing, type) and issubclass(thing, BaseModel) and thing not in found:
            found.add(thing)
            todo += [field.annotation for field in thing.model_fields.values()]
        todo += list(getattr(thing, "__args__", ()))
    return found


def to_json(data: Any) -> str:
    """Data as indented JSON with its last line ended."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
