"""A YAML file of some kind as a pydantic model, or the full list of what is wrong with it, each with its line.

For the smaller kinds of files (disputes, exposures); scenarios have their own reader in `read`.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from parapet.errors import Finding, InputError, sorted_findings
from parapet.scenario.document import Document, Path, parse_document, text_of_file
from parapet.scenario.read import did_you_mean, model_in


class Block(BaseModel):
    """A group of keys; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


M = TypeVar("M", bound=BaseModel)


def read_model(path: str | FilePath, model: type[M], key: str, format: int) -> tuple[M, Document]:
    """The model in a file, and the document, which knows the lines.

    Parameters
    ----------
    key, format
        The first line says ``key: format``.

    Raises
    ------
    InputError
        With every finding in text and keys.
    """
    file = str(path)
    text = text_of_file(path, f"a YAML file that begins '{key}: {format}'")
    return read_model_text(text, model, key, format, file)


def read_model_text(
    text: str, model: type[M], key: str, format: int, file: str = "<text>"
) -> tuple[M, Document]:
    """Like `read_model`, from a string."""
    document = parse_document(text, file)
    data = document.data
    if document.findings and data is None:
        raise InputError(document.findings)
    if not isinstance(data, dict) or key not in data:
        raise InputError([document.finding("error", (), f"the first line says the format: '{key}: {format}'. "
                                                        "It is missing.")])  # fmt: skip
    if data[key] != format or isinstance(data[key], bool):
        wrong = f"got format {data[key]!r}, this version of Parapet reads '{key}: {format}'."
        raise InputError([document.finding("error", (key,), wrong)])
    findings = list(document.findings)
    try:
        found = model.model_validate({name: value for name, value in data.items() if name != key})
    except ValidationError as error:
        findings += _findings(document, model, error)
        raise InputError(sorted_findings(findings)) from None
    if findings:
        raise InputError(sorted_findings(findings))
    return found, document


def _findings(document: Document, model: type[BaseModel], error: ValidationError) -> list[Finding]:
    found = []
    details_of = error.errors(include_url=False)
    # A misspelt key is one mistake: the key it was meant to be is not reported missing as well.
    meant: set[Path] = set()
    for details in details_of:
        if details["type"] == "extra_forbidden":
            place = _place(document, details["loc"])
            hint = did_you_mean(place[-1], _keys_at(model, place[:-1]))
            if hint:
                meant.add((*place[:-1], hint.split("'")[1]))
    for details in details_of:
        place = _place(document, details["loc"])
        if details["type"] == "missing" and place in meant:
            continue
        found.append(document.finding("error", place, _message(model, place, details)))
    return found


def _place(document: Document, loc: tuple[Any, ...]) -> Path:
    """The path in the file: pydantic adds names of alternatives, which are no keys."""
    place: Path = ()
    for k, part in enumerate(loc):
        is_last = k == len(loc) - 1
        if (*place, part) in document.lines or (
            is_last and not isinstance(part, int) and "[" not in str(part)
        ):
            place = (*place, part)
    return place


def _message(model: type[BaseModel], place: Path, details: Any) -> str:
    kind, got, context = details["type"], details.get("input"), details.get("ctx", {})
    shown = "nothing" if got is None else "a block of keys" if isinstance(got, dict) else \
        "a list" if isinstance(got, list) else repr(got)  # fmt: skip
    if kind == "extra_forbidden":
        keys = _keys_at(model, place[:-1])
        hint = did_you_mean(place[-1], keys) or f" Known here: {', '.join(keys)}."
        return f"unknown key {place[-1]!r}.{hint}"
    if kind == "missing":
        return f"{place[-1]!r} is missing."
    if kind == "literal_error":
        allowed = [word.strip().strip("'") for word in context["expected"].replace(" or ", ", ").split(",")]
        return f"got {shown}, expected one of {', '.join(allowed)}.{did_you_mean(got, allowed)}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        keys = _keys_at(model, place)
        return f"got {shown}, expected keys{f' ({chr(44).join(keys)})' if keys else ''}."
    if kind in ("tuple_type", "list_type"):
        return f"got {shown}, expected a list (each item on its own line, begun with '- ')."
    if kind in ("string_type",):
        return f"got {shown}, expected text. Put it in quotes if it is a name."
    if kind == "bool_type":
        return f"got {shown}, expected true or false."
    if kind in ("int_type", "int_from_float", "int_parsing"):
        return f"got {shown}, expected a whole number."
    if kind == "string_too_short":
        return "got an empty text."
    if kind == "too_short":
        return f"got {context.get('actual_length', 0)}, expected at least {context.get('min_length', 1)}."
    for bound, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if bound in context:
            return f"got {shown}, expected {words} {context[bound]:,}."
    return str(details["msg"]).removeprefix("Value error, ")


def _keys_at(model: type[BaseModel], place: Path) -> list[str]:
    here: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, int) or here is None:
            continue
        fields = {field.alias or name: field for name, field in here.model_fields.items()}
        inner = model_in(fields[str(part)].annotation) if str(part) in fields else None
        here = inner
    return [] if here is None else [field.alias or name for name, field in here.model_fields.items()]
