"""Reads the data files into a frozen `Catalogue`, or says in one message per mistake what is wrong and where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import yaml
from pydantic import BaseModel, ValidationError

from parapet.catalogue import cache
from parapet.catalogue.catalogue import Catalogue, Document
from parapet.catalogue.entries import SECTIONS, Entry
from parapet.catalogue.figure import did_you_mean
from parapet.catalogue.sources import Source, sources_in
from parapet.errors import CatalogueError, Finding, sorted_findings

DATA_FOLDER: Final = Path(__file__).parent / "data"
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(*extra: str | Path) -> Catalogue:
    """The whole catalogue, with the entries of extra folders added.

    Parameters
    ----------
    extra
        Folders with ``*.yaml`` files of the same form (and a ``sources.bib`` of their own, if they quote pages). A
        file called after a section (``radars.yaml``) holds id -> entry, any other section -> id -> entry.

    Raises
    ------
    CatalogueError
        With every finding: a figure without unit or grade, an unknown key, id or source, an id given twice, a number
        outside its plausible limits, a load the launchers cannot hold. Each names file and line, entry and key.

    Notes
    -----
    Some 30 ms once it has been read and is in the user's cache folder (`parapet.catalogue.cache`), ten times that the
    first time; the result is shared, it cannot be changed.
    Pinned by ``tests/catalogue/test_loading.py`` and ``tests/catalogue/test_cache.py``.
    """
    folders = (DATA_FOLDER, *(Path(folder).resolve() for folder in extra))
    return _load(folders, _stamp(folders))


def _stamp(folders: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes when a data file does: path, size and time of every file."""
    return tuple(
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        for path in sorted(folder.glob("*.*"))
        if path.suffix in (".yaml", ".bib")
    )


@lru_cache(maxsize=8)
def _load(folders: tuple[Path, ...], stamp: object) -> Catalogue:
    files = [_contents(folder) for folder in folders]
    key = cache.key_of(files)
    found = cache.read(key, folders)
    if found is None:
        found = _checked(files)
        cache.write(key, found, folders)
    return found


def _contents(folder: Path) -> dict[Path, bytes]:
    """The data files of a folder in the order in which they count: sources, sections, and those of any name."""
    if not folder.is_dir():
        raise CatalogueError(
            f"{folder} is not a folder. A catalogue folder holds files such as threats.yaml."
        )
    found = [path for path in [folder / "sources.bib"] if path.is_file()]
    found += sorted(folder.glob("*.yaml"), key=lambda path: (path.stem not in SECTIONS, path.name))
    return {path: path.read_bytes() for path in found}


def _checked(files: Iterable[Mapping[Path, bytes]]) -> Catalogue:
    sources: dict[str, Source] = {}
    documents: dict[str, dict[str, Document]] = {section: {} for section in SECTIONS}
    findings: list[Finding] = []
    for folder in files:
        for path, content in folder.items():
            if path.suffix == ".bib":
                sources.update(sources_in(content.decode("utf-8")))
            else:
                _add(documents, _parsed(path, content), path, findings)
    if findings:
        raise CatalogueError(sorted_findings(findings))
    return build(documents, sources)


def _add(
    documents: dict[str, dict[str, Document]], content: object, path: Path, findings: list[Finding]
) -> None:
    sections = {path.stem: content} if path.stem in SECTIONS else content
    if not isinstance(sections, Mapping):
        findings.append(Finding("error", "is empty or no mapping; expected id: entry.", _shown(path)))
        return
    for section, entries in sections.items():
        if section not in SECTIONS:
            message = f"unknown section {section!r}, expected one of {', '.join(SECTIONS)}."
            findings.append(Finding("error", message + did_you_mean(str(section), SECTIONS), _shown(path)))
            continue
        if not isinstance(entries, Mapping):
            findings.append(
                Finding("error", "expected a mapping id: entry.", _shown(path), path=str(section))
            )
            continue
        for name, raw in entries.items():
            if name in documents[section]:
                message = (
                    f"this id is already used in {_shown(documents[section][name].file)}. Give it another id, or "
                    f"change single figures with catalogue_overrides."
                )
                findings.append(Finding("error", message, _shown(path), path=f"{section}.{name}"))
                continue
            documents[section][str(name)] = Document(path, raw)


def build(documents: Mapping[str, Mapping[str, Document]], sources: Mapping[str, Source]) -> Catalogue:
    """The catalogue made of raw entries, all findings in one error if any is wrong."""
    findings: list[Finding] = []
    entries: dict[str, dict[str, Entry]] = {section: {} for section in SECTIONS}
    for section, kind in SECTIONS.items():
        for name, document in documents[section].items():
            entry = _entry(kind, name, document, findings)
            if entry is not None:
                entries[section][name] = entry
                _check_sources(entry, document, sources, findings)
    _check_references(entries, documents, findings)
    if findings:
        raise CatalogueError(sorted_findings(findings))
    digest = hashlib.blake2b(digest_size=8)
    for section in SECTIONS:
        for name, document in sorted(documents[section].items()):
            digest.update(json.dumps([section, name, document.raw], sort_keys=True).encode())
    frozen = {section: MappingProxyType(found) for section, found in entries.items()}
    return Catalogue(hash=digest.hexdigest(), sources=dict(sources), documents=documents, **cast(Any, frozen))


# --- one entry --------------------------------------------------------------------------------------------------


def _entry(kind: type[Entry], name: str, document: Document, findings: list[Finding]) -> Entry | None:
    raw = document.raw
    if not isinstance(raw, Mapping):
        findings.append(
            _finding(document, kind.section, name, (), f"got {raw!r}, expected keys and figures.")
        )
        return None
    if "id" in raw:
        findings.append(
            _finding(document, kind.section, name, ("id",), "leave it out: the key above it is the id.")
        )
        return None
    try:
        return kind.model_validate({**raw, "id": name})
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            place = tuple(part for part in problem["loc"] if part not in ("[key]",))
            findings.append(
                _finding(document, kind.section, name, place, _sentence(kind, cast(Any, problem)))
            )
        return None


def _sentence(kind: type[Entry], problem: Mapping[str, Any]) -> str:
    place, value = problem["loc"], problem["input"]
    if problem["type"] == "extra_forbidden":
        known = _keys_at(kind, place[:-1])
        return (
            f"unknown key.{did_you_mean(str(place[-1]), known) or ' Known keys: ' + ', '.join(known) + '.'}"
        )
    if problem["type"] == "missing":
        return "is missing."
    if problem["type"] == "literal_error":
        return f"got {value!r}, expected {problem['ctx']['expected']}."
    if problem["type"] in ("figure", "missing_keys"):
        return str(problem["msg"])
    return f"got {value!r}: {problem['msg'][:1].lower()}{problem['msg'][1:]}."


def _keys_at(kind: type[BaseModel], place: tuple[Any, ...]) -> list[str]:
    model: Any = kind
    for part in place:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            model = _model_in(fields[part].annotation)
    return [field.alias or name for name, field in getattr(model, "model_fields", {}).items() if name != "id"]


def _model_in(annotation: Any) -> Any:
    """The pydantic model inside ``tuple[Mode, ...]``, ``dict[Band, Aspects] | None`` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = (_model_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in inside if model is not None), None)


def _finding(document: Document, section: str, name: str, place: tuple[Any, ...], message: str) -> Finding:
    line, column = _position(document.file, section, name, place)
    path = ".".join(str(part) for part in (section, name, *place))
    return Finding("error", message, _shown(document.file), line, column, path)


def _shown(path: Path) -> str:
    """The path as a person would write it: relative to where they stand, if it is below."""
    with suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


# --- entries together -------------------------------------------------------------------------------------------


def _check_sources(
    entry: Entry, document: Document, sources: Mapping[str, Source], findings: list[Finding]
) -> None:
    for path, figure in entry.figures():
        if figure.source and figure.source not in sources:
            message = f"source {figure.source!r} is not in sources.bib.{did_you_mean(figure.source, sources)}"
            findings.append(_finding(document, entry.section, entry.id, tuple(path.split(".")), message))


def _check_references(
    entries: Mapping[str, Mapping[str, Any]],
    documents: Mapping[str, Mapping[str, Document]],
    findings: list[Finding],
) -> None:
    def known(section: str, key: str | None) -> bool:
        return key is None or key in documents[section]

    for name, system in entries["systems"].items():
        units = system.fire_units
        wanted: list[tuple[tuple[Any, ...], str, str | None]]
        wanted = [(("search_radars", i), "radars", radar) for i, radar in enumerate(system.search_radars)]
        wanted += [(("fire_units", "engagement_radar"), "radars", units.engagement_radar)]
        wanted += [(("fire_units", "local_radar"), "radars", units.local_radar)]
        wanted += [(("fire_units", "load", key), "interceptors", key) for key in units.load]
        for place, section, key in wanted:
            if not known(section, key):
                message = f"{key!r} is not among the {section}.{did_you_mean(str(key), documents[section])}"
                findings.append(_finding(documents["systems"][name], "systems", name, place, message))
        message = _load_message(units, entries["interceptors"])
        if message:
            load_place = ("fire_units", "load")
            findings.append(_finding(documents["systems"][name], "systems", name, load_place, message))


def _load_message(units: Any, interceptors: Mapping[str, Any]) -> str:
    """What is wrong with a load, or nothing."""
    if any(key not in interceptors for key in units.load):
        return ""
    loaded = {key: rounds.nominal for key, rounds in units.load.items()}
    needed = launchers_needed(loaded, interceptors)
    if needed <= units.launchers.nominal + 1e-9:
        return ""
    return f"the load fills {needed:g} launchers, the fire unit has {units.launchers.nominal:g}."


def launchers_needed(load: Mapping[str, float], interceptors: Mapping[str, Any]) -> float:
    """How many launchers (with fractions) a load of rounds by interceptor id fills; packs are not split."""
    total = 0.0
    for key, rounds in load.items():
        packs = -(-rounds // interceptors[key].si("pack_size"))
        total += packs * interceptors[key].si("launcher_share")
    return total


# --- files ------------------------------------------------------------------------------------------------------


def _parsed(path: Path, content: bytes) -> Any:
    """The content of a YAML file."""
    try:
        reader = _LOADER(content.decode("utf-8"))
        node = reader.get_single_node()
        _refuse_repeated_keys(path, node)
        return None if node is None else reader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = f"is not valid YAML: {error.problem}."
        raise CatalogueError([Finding("error", message, _shown(path), line, column)]) from None


def _refuse_repeated_keys(path: Path, node: Any) -> None:
    findings = []
    for mapping in _mappings(node):
        seen: set[str] = set()
        for key, _ in mapping.value:
            if key.value in seen:
                mark = key.start_mark
                message = f"{key.value!r} stands here twice."
                findings.append(Finding("error", message, _shown(path), mark.line + 1, mark.column + 1))
            seen.add(key.value)
    if findings:
        raise CatalogueError(sorted_findings(findings))


def _mappings(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _position(path: Path, section: str, name: str, place: tuple[Any, ...]) -> tuple[int, int]:
    """Line and column of the deepest part of a place that stands in the file, (0, 0) if none does."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError):
        return 0, 0
    parts = (name, *place) if path.stem in SECTIONS else (section, name, *place)
    line = column = 0
    for part in parts:
        found = _child(node, part)
        if found is None:
            break
        mark, node = found
        line, column = mark.line + 1, mark.column + 1
    return line, column


def _child(node: Any, part: Any) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode):
        if str(part).isdigit():
            return (
                (node.value[int(part)].start_mark, node.value[int(part)])
                if int(part) < len(node.value)
                else None
            )
        for item in node.value:
            if isinstance(item, yaml.MappingNode) and any(
                key.value == "name" and value.value == part for key, value in item.value
            ):
                return item.start_mark, item
    return None
