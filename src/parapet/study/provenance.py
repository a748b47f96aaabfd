"""Where a result comes from: what was asked, of which engine, on which machine; and what has changed since."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parapet.catalogue import Catalogue
from parapet.catalogue.entries import SECTIONS

if TYPE_CHECKING:
    import polars as pl

PACKAGES = ("parapet", "numba", "llvmlite", "numpy", "scipy", "polars", "pydantic")
MAX_SHOWN = 8


def packages() -> dict[str, str]:
    """Versions of what takes part in a result."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            from parapet import __version__

            found[name] = __version__ if name == "parapet" else "not installed"
    return found


def digest(frame: pl.DataFrame) -> str:
    """Name of a table's content, 16 hex digits: the same rows have the same name, whatever wrote them."""
    return hashlib.sha256(json.dumps([frame.columns, frame.rows()]).encode()).hexdigest()[:16]


def machine() -> dict[str, Any]:
    """What is good to know of the machine, and nothing that names its user."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processors": n_processors(),
        "python": platform.python_version(),
    }


def n_processors() -> int:
    """Processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def command() -> str:
    """The command line of this process, without the folder of the program."""
    if not sys.argv or not sys.argv[0]:
        return "python"
    name = Path(sys.argv[0]).name
    return " ".join([name, *sys.argv[1:]])


def now() -> str:
    """Date and time, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def entry_hashes(catalogue: Catalogue, used: list[tuple[str, str]]) -> dict[str, str]:
    """``section.id`` -> short hash of what a catalogue says about it."""
    found = {}
    for section, name in used:
        if section in SECTIONS and name in catalogue.documents[section]:
            raw = json.dumps(catalogue.documents[section][name].raw, sort_keys=True)
            found[f"{section}.{name}"] = hashlib.sha256(raw.encode()).hexdigest()[:12]
    return found


def differences(stored: Any, now: Any, path: str = "") -> list[str]:
    """Where two plain data differ, one sentence each: ``base.raid.cruise.count: 20 in the store, 40 now``."""
    if isinstance(stored, Mapping) and isinstance(now, Mapping):
        found = []
        for key in dict.fromkeys([*stored, *now]):
            here = f"{path}.{key}" if path else str(key)
            if key not in now:
                found.append(f"{here}: {_shown(stored[key])} in the store, nothing now")
            elif key not in stored:
                found.append(f"{here}: nothing in the store, {_shown(now[key])} now")
            else:
                found += differences(stored[key], now[key], here)
        return found
    if isinstance(stored, list) and isinstance(now, list) and _are_named(stored) and _are_named(now):
        return differences({i["name"]: i for i in stored}, {i["name"]: i for i in now}, path)
    if isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now) and _are_blocks(stored):
        return [
            text
            for i, (a, b) in enumerate(zip(stored, now, strict=True))
            for text in differences(a, b, f"{path}[{i}]")
        ]
    return [] if stored == now else [f"{path}: {_shown(stored)} in the store, {_shown(now)} now"]


def _are_blocks(items: list[Any]) -> bool:
    return all(isinstance(item, Mapping | list) for item in items)


def _are_named(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, Mapping) and "name" in item for item in items)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def as_lines(texts: list[str]) -> str:
    """The first few of a list, each on its own line."""
    more = [f"and {len(texts) - MAX_SHOWN} more"] if len(texts) > MAX_SHOWN else []
    return "".join(f"\n  {text}" for text in [*texts[:MAX_SHOWN], *more])
