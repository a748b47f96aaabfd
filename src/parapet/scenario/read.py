"""A scenario file as a frozen `Scenario`, or the full list of what keeps it from being one."""

from __future__ import annotations

import copy
import difflib
import os
import shlex
import typing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from parapet.errors import Finding, InputError, ScenarioError, sorted_findings
from parapet.scenario.document import Document, Path, parse_document, text_of_file
from parapet.scenario.schema import Scenario

FORMAT = 1


@dataclass
class Reading:
    """What came out of a file.

    Attributes
    ----------
    scenario
        The scenario; when there are errors, what is left of it without the places named in `dropped`, good only
        for looking for more findings; None if nothing is left.
    findings
        What is wrong with text and schema.
    dropped
        Paths taken out because they were wrong.
    """

    document: Document
    scenario: Scenario | None
    findings: list[Finding]
    dropped: set[Path]


def read(path: str | FilePath) -> Scenario:
    """The scenario in a file, right in itself but not yet checked against the catalogue (`check` does that).

    Raises
    ------
    ScenarioError
        With every finding in the text and the schema, each with its line and column.
    """
    return _result(reading(path))


def read_text(text: str, file: str = "<text>") -> Scenario:
    """The scenario in a string; like `read`."""
    return _result(reading_of_text(text, file))


def _result(result: Reading) -> Scenario:
    if result.findings or result.scenario is None:
        raise ScenarioError(result.findings)
    return result.scenario


def reading(path: str | FilePath) -> Reading:
    """Everything that a file gives, wrong or right; never raises for what a person wrote."""
    file = str(path)
    try:
        text = text_of_file(path, "a scenario file such as examples/ankara.yaml")
    except InputError as error:
        return Reading(Document(file), None, error.findings, set())
    return reading_of_text(text, file)


def reading_of_text(text: str, file: str = "<text>") -> Reading:
    """Like `reading`, from a string."""
    document = parse_document(text, file)
    if document.data is None:
        return Reading(document, None, document.findings, set())
    if not isinstance(document.data, dict):
        finding = document.finding("error", (), "expected keys such as 'parapet: 1', 'title:' and 'raid:'.")
        return Reading(document, None, [*document.findings, finding], set())
    findings = list(document.findings)
    version = _version_finding(document)
    if version is not None:
        return Reading(document, None, [*findings, version], set())
    dropped: set[Path] = set()
    data = document.data
    scenario = None
    lines = document.lines
    for _ in range(6):
        try:
            scenario = Scenario.model_validate(data)
            break
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=True)
            if not dropped:
                findings += findings_of(document, errors)
            data = _without(document, data, errors, dropped)
    if scenario is not None:
        scenario._lines = lines
        scenario._file = file
    return Reading(document, scenario, sorted_findings(findings), dropped)


def _version_finding(document: Document) -> Finding | None:
    if "dispute" in document.data and "parapet" not in document.data:
        text = f"this is a dispute, not a battle. Read it with: parapet options {shlex.quote(document.file)}"
        return document.finding("error", (), text)
    if "parapet-study" in document.data and "parapet" not in document.data:
        return document.finding("error", (), _study_words(document))
    if "parapet-exposure" in document.data and "parapet" not in document.data:
        text = f"this is an exposure, not a battle. Work it out with: parapet exposure {shlex.quote(document.file)}"
        return document.finding("error", (), text)
    if "parapet" not in document.data:
        return document.finding(
            "error", (), f"the first line says the format: 'parapet: {FORMAT}'. It is missing."
        )
    got = document.data["parapet"]
    if got != FORMAT or isinstance(got, bool):
        text = f"got format {got!r}, this version of Parapet reads 'parapet: {FORMAT}'."
        return document.finding("error", ("parapet",), text)
    return None


def _study_words(document: Document) -> str:
    """That a file is a study and what to do with it."""
    file = shlex.quote(document.file)
    text = f"this is a study of many battles, not one battle. Play it with: parapet study {file} --out DIR"
    base = document.data.get("base")
    if not isinstance(base, str) or not base:
        return text
    path = FilePath(document.file).parent / base
    return f"{text} (its base is one battle: parapet run {shlex.quote(os.path.normpath(path))})"


def _plain(loc: tuple[Any, ...]) -> Path:
    return tuple(part for part in loc if part != "[key]")


_STAND_INS = {"title": "untitled", "duration": "1 h"}


class _Gone:
    """Stands where a wrong list item was, until the list is closed up."""


def _without(document: Document, data: Any, errors: list[Any], dropped: set[Path]) -> Any:
    """A copy of the data with each wrong place taken out, so that the rest can still be looked at."""
    data = copy.deepcopy(data)
    for details in errors:
        path = _plain(details["loc"])
        if len(path) == 1 and path[0] in _STAND_INS:
            data[path[0]] = _STAND_INS[str(path[0])]
            dropped.add(path)
            continue
        target = path[:-1] if details["type"] == "missing" else path
        holder, depth = data, 0
        while depth < len(target) - 1 and isinstance(holder, dict | list):
            try:
                inner = holder[target[depth]]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                break
            if not isinstance(inner, dict | list):
                break
            holder, depth = inner, depth + 1
        dropped.add(document.origin(target[: depth + 1]))
        part = target[depth]
        if isinstance(holder, dict):
            holder.pop(part, None)
        elif isinstance(part, int) and part < len(holder):
            holder[part] = _Gone
    return _closed_up(document, data, ())


def _closed_up(document: Document, value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _closed_up(document, item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        left = [i for i, item in enumerate(value) if item is not _Gone]
        items = [_closed_up(document, value[i], (*path, i)) for i in left]
        if len(left) < len(value):
            here = document.origin(path)
            before = document.kept.get(here, list(range(len(value))))
            document.kept[here] = [before[i] for i in left]
        return items
    return value


def findings_of(document: Document, errors: list[Any]) -> list[Finding]:
    """What pydantic objects to in the data of a scenario, in Parapet's words and at the document's lines.

    ``errors``: as ``ValidationError.errors(include_url=False, include_input=True)`` gives them. A misspelt key is told
    once, and what the document itself refused is not told again.
    """
    messages = [
        (_plain(details["loc"]), details["type"], _message(_plain(details["loc"]), details))
        for details in errors
    ]
    # A misspelt key is one mistake, not two: the key it was meant to be is not reported missing as well.
    meant = {(*path[:-1], text.split("Did you mean '")[1].split("'")[0])
             for path, kind, text in messages if kind == "extra_forbidden" and "Did you mean" in text}  # fmt: skip
    return [
        document.finding("error", path, text)
        for path, kind, text in messages
        if (kind != "missing" or path not in meant) and path not in document.refused
    ]


def _message(path: Path, details: Any) -> str:
    kind, got, context = details["type"], details.get("input"), details.get("ctx", {})
    last = path[-1] if path else ""
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing":
        return f"{last!r} is missing.{_hint_for(path)}"
    if kind == "literal_error":
        allowed = [text.strip().strip("'") for text in context["expected"].replace(" or ", ", ").split(",")]
        return f"got {got!r}, expected one of {', '.join(allowed)}.{did_you_mean(got, allowed)}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        keys = ", ".join(_keys_at(path))
        return f"got {_shown(got)}, expected keys{f' ({keys})' if keys else ''}."
    if kind in ("tuple_type", "list_type"):
        return f"got {_shown(got)}, expected a list (each item on its own line, begun with '- ')."
    if kind in ("int_type", "int_from_float", "int_parsing"):
        return f"got {_shown(got)}, expected a whole number."
    if kind == "bool_type":
        return f"got {_shown(got)}, expected true or false."
    if kind == "string_type":
        return f"got {_shown(got)}, expected text. Put it in quotes if it is a name."
    if kind == "string_pattern_mismatch":
        return f"got {got!r}; a name is one line without '/'."
    if kind == "string_too_long":
        return f"got a name of {len(got)} characters, expected at most {context['max_length']}."
    if kind == "string_too_short":
        return "got an empty text, expected a name."
    for bound, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if bound in context:
            return f"got {_shown(got)}, expected {words} {context[bound]:,}."
    return str(details["msg"]).removeprefix("Value error, ")


def _shown(got: Any) -> str:
    if isinstance(got, dict):
        return "a block of keys"
    if isinstance(got, list | tuple):
        return "a list"
    return "nothing" if got is None else repr(got)


def did_you_mean(got: Any, known: typing.Iterable[str]) -> str:
    """`` Did you mean 'x'?`` or nothing."""
    names = list(known)
    lowered = {name.lower(): name for name in reversed(names)}
    close = difflib.get_close_matches(str(got).lower(), lowered, n=1, cutoff=0.6)
    return f" Did you mean {lowered[close[0]]!r}?" if close else ""


def _unknown_key(path: Path) -> str:
    keys = _keys_at(path[:-1])
    hint = did_you_mean(path[-1], keys)
    return f"unknown key {path[-1]!r}.{hint or ' Known here: ' + ', '.join(keys) + '.'}"


_HINTS = {
    "threat": " Give a catalogue id, e.g. 'threat: som'.",
    "system": " Give a catalogue id, e.g. 'system: s400-full'.",
    "place": " Give e.g. 'place: {lat: 40.079, lon: 32.566}'.",
    "duration": " Give e.g. 'duration: 20 min'.",
    "title": " Give one line of text.",
}


def _hint_for(path: Path) -> str:
    return _HINTS.get(str(path[-1]), "")


def _keys_at(path: Path) -> list[str]:
    model = model_at(path)
    return [] if model is None else list(keys_of(model))


@lru_cache(maxsize=64)
def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """The keys a block may hold, as written in the file, with the name of the attribute."""
    return {field.alias or name: name for name, field in model.model_fields.items()}


def model_at(path: Path) -> type[BaseModel] | None:
    """The class of the block at a path; None where there is none."""
    model: type[BaseModel] | None = Scenario
    for part in path:
        if isinstance(part, int):
            continue
        if model is None:
            return None
        name = keys_of(model).get(part)
        model = None if name is None else model_in(model.model_fields[name].annotation)
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The first class of a block in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        found = model_in(inner)
        if found is not None:
            return found
    return None
