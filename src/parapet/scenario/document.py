"""YAML text as plain data, and the line and column of every place in it."""

from __future__ import annotations

import difflib
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from parapet.errors import Finding, InputError

Path = tuple[str | int, ...]

#: A scenario of a thousand groups has some 20,000 nodes; aliases can multiply a small file beyond all bounds.
MAX_NODES = 200_000
MAX_DEPTH = 30

_INT = re.compile(r"^[-+]?\d+$")
_FLOAT = re.compile(r"^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$")
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_STANDARD_TAG = "tag:yaml.org,2002:"


@dataclass
class Document:
    """A YAML file as read.

    Attributes
    ----------
    data
        Dicts, lists, strings, ints, floats, bools and None. Only ``true`` and ``false`` are bools, and a time
        such as 12:30 stays text (YAML 1.2).
    lines
        Path to (line, column) from 1; a mapping's entry is where its key stands, a list's where the item stands.
    findings
        What is wrong with the text itself.
    kept
        For lists that lost wrong items: the items that are left, by their number in the file. The list's own
        path is the one in the file.
    refused
        Values that could not be read and stand as None.
    """

    file: str
    data: Any = None
    lines: dict[Path, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    kept: dict[Path, list[int]] = field(default_factory=dict)
    refused: set[Path] = field(default_factory=set)

    def origin(self, path: Path) -> Path:
        """The path in the file of a path in what is left of the data."""
        here: Path = ()
        for part in path:
            kept = self.kept.get(here)
            here = (
                *here,
                kept[part] if kept is not None and isinstance(part, int) and part < len(kept) else part,
            )
        return here

    def position(self, path: Path) -> tuple[int, int]:
        """Line and column of the nearest known place at or above `path`, a path in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, (1, 1))

    def finding(self, severity: Any, path: Path, message: str) -> Finding:
        """A finding at a place of this document, or of what is left of it."""
        path = self.origin(path)
        line, column = self.position(path)
        return Finding(severity, message, self.file, line, column, path_text(path))


def path_text(path: Path) -> str:
    """The path as people write it: ``raid[0].route[2].lat``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def text_of_file(path: str | FilePath, expected: str) -> str:
    """What stands in a file.

    Parameters
    ----------
    expected
        What kind of file it should be, for the message.

    Raises
    ------
    InputError
        If it is not there, is a folder, cannot be read or is not UTF-8.
    """
    try:
        return FilePath(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        message = f"there is no such file.{_near_files(FilePath(path))}"
    except IsADirectoryError:
        message = f"this is a folder, expected {expected}."
        if (FilePath(path) / "manifest.json").is_file():
            message = f"this is the folder of a stored study, expected {expected}. "
            message += f"What it tells: parapet show {shlex.quote(str(path))}"
    except UnicodeDecodeError as error:
        message = f"this is not UTF-8 text (byte {error.start}). Save it as UTF-8."
    except OSError as error:
        message = f"this file cannot be read: {error.strerror}."
    raise InputError([Finding("error", message, str(path))])


def has_key(path: str | FilePath, key: str) -> bool:
    """Whether a file looks like one with this key: a line of it begins with ``key:``."""
    try:
        with FilePath(path).open(encoding="utf-8-sig") as lines:
            return any(line.startswith(f"{key}:") for line in lines)
    except (OSError, UnicodeDecodeError):
        return False


def _near_files(path: FilePath) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
    except OSError:
        return f" There is no folder {str(path.parent)!r} either."
    close = difflib.get_close_matches(path.name, names, n=1)
    return f" Did you mean {str(path.parent / close[0])!r}?" if close else ""


def parse_document(text: str, file: str) -> Document:
    """The document in `text`; what is wrong with the YAML stands in its findings, never raised."""
    document = Document(file)
    loader_class: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loader = loader_class(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        context = f" {error.context}" if error.context else ""
        message = f"this is not valid YAML: {error.problem or error}{context}."
        if "\t" in (text.splitlines() or [""])[min(line, len(text.splitlines()) or 1) - 1]:
            message += " Indent with spaces, not with tabs."
        document.findings.append(Finding("error", message, file, line, column))
        return document
    except yaml.reader.ReaderError as error:
        message = f"character {error.character!r} at position {error.position} is not allowed in YAML."
        document.findings.append(Finding("error", message, file, text[: error.position].count("\n") + 1, 1))
        return document
    if node is None:
        document.findings.append(
            Finding("error", "the file is empty. A scenario begins with 'parapet: 1'.", file, 1, 1)
        )
        return document
    document.lines[()] = (node.start_mark.line + 1, node.start_mark.column + 1)
    document.data = _Builder(document).value(node, ())
    return document


class _Builder:
    """Walks the node tree once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.n_nodes = 0

    def refuse(self, node: Any, path: Path, message: str) -> None:
        mark = node.start_mark
        finding = Finding(
            "error", message, self.document.file, mark.line + 1, mark.column + 1, path_text(path)
        )
        self.document.findings.append(finding)

    def value(self, node: Any, path: Path) -> Any:
        self.n_nodes += 1
        if self.n_nodes > MAX_NODES or len(path) > MAX_DEPTH:
            if self.n_nodes <= MAX_NODES + 1:
                self.n_nodes = MAX_NODES + 2
                self.refuse(
                    node,
                    path[:6],
                    f"too large or too deep: more than {MAX_NODES:,} values or {MAX_DEPTH} levels.",
                )
            return None
        if not node.tag.startswith(_STANDARD_TAG) or node.tag.startswith(_STANDARD_TAG + "python"):
            self.document.refused.add(path)
            self.refuse(node, path, f"the tag {node.tag!r} has no meaning here. Leave it out.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            items = []
            for i, child in enumerate(node.value):
                self.document.lines[(*path, i)] = (child.start_mark.line + 1, child.start_mark.column + 1)
                items.append(self.value(child, (*path, i)))
            return items
        return _scalar(node)

    def mapping(self, node: Any, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.refuse(key_node, path, "a key is a plain word.")
                continue
            key = str(key_node.value)
            if key == "<<":
                self.refuse(key_node, path, "merge keys ('<<') are not read. Write the values out.")
                continue
            here = (*path, key)
            if key in result:
                first = self.document.lines[here][0]
                self.refuse(
                    key_node, here, f"the key {key!r} stands here twice, first in line {first}. Keep one."
                )
                continue
            self.document.lines[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            result[key] = self.value(child, here)
        return result


def _scalar(node: Any) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.match(text) and len(text) < 40:
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
