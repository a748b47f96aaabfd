"""The checked catalogue, kept as JSON in the user's cache folder, so that it is parsed and checked once only.

A stored catalogue is found by the bytes of its data files and of the code that reads them: whatever changes, it is not
found and is built anew. It is never trusted further than that: a file that is broken, cut short or not readable is as
good as none, and nothing in it can run. Nobody needs the folder to be there, or to be writable.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from pydantic import VERSION

from parapet import __version__
from parapet.catalogue import entries
from parapet.catalogue.catalogue import Catalogue, Document
from parapet.catalogue.entries import SECTIONS, Part
from parapet.catalogue.figure import Figure
from parapet.catalogue.sources import Source

FILES_MAX: Final = 16
"""Stored catalogues that are kept, the newest; somebody who edits a folder of their own makes many."""
_HERE: Final = Path(__file__).parent
_PARTS: Final[dict[str, type[Part]]] = {
    name: kind for name, kind in vars(entries).items() if isinstance(kind, type) and issubclass(kind, Part)
}
_FIGURE_KEYS: Final = ("low", "nominal", "high", "unit", "grade", "source", "pointer", "note", "fit")


def key_of(files: Sequence[Mapping[Path, bytes]]) -> str:
    """What a catalogue is stored under: changes with every byte of its data files, folder by folder, and of the code.

    Where the folders are does not matter.
    """
    digest = hashlib.blake2b(_code().encode(), digest_size=16)
    for folder in files:
        for path, content in folder.items():
            digest.update(f"{path.name}\0{len(content)}\0".encode())
            digest.update(content)
        digest.update(b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """The code that makes a catalogue out of bytes."""
    digest = hashlib.blake2b(f"{__version__} {VERSION}".encode(), digest_size=16)
    for path in [*sorted(_HERE.glob("*.py")), *_HERE.parent.glob("units.py")]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read(key: str, folders: Sequence[Path]) -> Catalogue | None:
    """The catalogue stored under a key, None if there is none that can be read."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        digest, _, text = _path(key).read_bytes().partition(b"\n")
        if digest == _digest(text):
            return _catalogue(json.loads(text), folders)
    return None


def write(key: str, catalogue: Catalogue, folders: Sequence[Path]) -> None:
    """Store a catalogue under a key, if that can be done and gives the same catalogue back."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        text = json.dumps(_plain_catalogue(catalogue, folders), allow_nan=False).encode()
        if _catalogue(json.loads(text), folders) != catalogue:
            return  # e.g. a key that is a number in YAML and would come back as text
        path = _path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, _digest(text) + b"\n" + text)
        for old in sorted(path.parent.glob("*.json"), key=lambda path: -path.stat().st_mtime_ns)[FILES_MAX:]:
            old.unlink(missing_ok=True)


def _path(key: str) -> Path:
    import platformdirs

    folder = Path(os.environ.get("PARAPET_CACHE_DIR") or platformdirs.user_cache_dir("parapet"))
    return folder / "catalogue" / f"{key}.json"


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).hexdigest().encode()


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


# --- there and back ---------------------------------------------------------------------------------------------


def _plain_catalogue(catalogue: Catalogue, folders: Sequence[Path]) -> dict[str, Any]:
    return {
        "hash": catalogue.hash,
        "sources": {key: [source.kind, source.fields] for key, source in catalogue.sources.items()},
        "documents": {
            section: {
                name: [folders.index(document.file.parent), document.file.name, document.raw]
                for name, document in found.items()
            }
            for section, found in catalogue.documents.items()
        },
        "entries": {
            section: {name: _plain(entry) for name, entry in catalogue.section(section).items()}
            for section in SECTIONS
        },
    }


def _catalogue(plain: dict[str, Any], folders: Sequence[Path]) -> Catalogue:
    files = lru_cache(None)(lambda i_folder, name: folders[i_folder] / name)
    documents = {
        section: {name: Document(files(i, file), raw) for name, (i, file, raw) in found.items()}
        for section, found in plain["documents"].items()
    }
    sources = {key: Source(key, kind, fields) for key, (kind, fields) in plain["sources"].items()}
    frozen = {section: MappingProxyType(_made(found)) for section, found in plain["entries"].items()}
    return Catalogue(hash=plain["hash"], sources=sources, documents=documents, **cast(Any, frozen))


def _plain(value: Any) -> Any:
    """The same in plain values: parts and figures as lists with their kind in front, tuples with "" in front."""
    if isinstance(value, Figure):
        return ["figure", *(getattr(value, key) for key in _FIGURE_KEYS), *value.written]
    if isinstance(value, Part):
        given = [key for key in type(value).model_fields if key in value.model_fields_set]
        return [type(value).__name__, {key: _plain(getattr(value, key)) for key in given}]
    if isinstance(value, tuple):
        return ["", *map(_plain, value)]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _made(value: Any) -> Any:
    """What `_plain` was made of, without checking it again."""
    if isinstance(value, list):
        kind = value[0]
        if kind == "figure":
            values = [*value[1:10], tuple(value[10:])]
            return Figure(*values)
        if kind == "":
            return tuple(map(_made, value[1:]))
        return _PARTS[kind].model_construct(**_made(value[1]))
    if isinstance(value, dict):
        return {key: _made(item) for key, item in value.items()}
    return value
