"""A folder that holds a study: a manifest, and Parquet files that any tool reads. Nothing in it is ever half true.

::

    DIR/manifest.json          what was asked, of which engine, on which machine
    DIR/cells.parquet          one row per cell: its name, variant and factor levels
    DIR/inputs.parquet         what was drawn for each outer sample (studies with doubt)
    DIR/runs/part-*.parquet    one row per run; also threats/ and shots/ if the study records them
    DIR/set-aside/             files that could not be trusted; never read again
    DIR/lock                   the process that writes here

A file is written beside its place, forced to the disk and renamed into place, so it is there whole or not at all. The
part of ``runs`` comes last: what it lists is done, and a part of ``threats`` or ``shots`` without it never happened.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from parapet.errors import StoreError
from parapet.study.provenance import as_lines, differences

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
"""Version of the store; older ones stay readable."""
TABLES = ("threats", "shots", "runs")
"""Tables in parts, in the order they are written: ``runs`` is the word that counts."""
TEMPORARY = ".tmp"
HALF_WRITTEN = {
    "": ("manifest.json.tmp", "cells.parquet.tmp", "inputs.parquet.tmp"),
    **dict.fromkeys(TABLES, ("part-*.parquet.tmp",)),
}
"""What a process that died may have left, by subfolder; any other file with such an end is somebody else's."""
SINGLES = {
    "cells": ("cell", "name", "variant", "scenario_hash", "catalogue_hash"),
    "inputs": ("sample", "figure", "value", "text", "unit", "nominal", "group", "u"),
}
"""Tables that are one file, and columns that each must have."""
KIND = "parapet study"
MANIFEST: dict[str, type] = {
    "title": str, "question": str, "base_file": str, "seed": int, "record": str, "runs": int, "until": str,
    "engine_id": str, "platform_ids": list, "plan": dict, "interceptors": list, "factors": list, "cells": list,
    "catalogue": dict, "sessions": list,
}  # fmt: skip
"""Keys that a manifest must have, and what stands there."""

_OWNER = re.compile(r"process \d+")
"""What stands in a lock."""

Say = Callable[[str], None]


def reached(point: str) -> None:
    """Called at the points where a process may die; does nothing. Tests put a knife here."""


def _quiet(text: str) -> None:
    pass


def write_whole(path: Path, content: bytes) -> None:
    """Put a file into its place whole, on the disk, or not at all.

    Raises
    ------
    OSError
        If the disk refuses; nothing is left behind.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            middle = len(content) // 2
            file.write(content[:middle])
            file.flush()
            reached(f"half of {path.name}")
            file.write(content[middle:])
            file.flush()
            os.fsync(file.fileno())
        reached(f"written {path.name}")
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    reached(f"in place {path.name}")


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


class Lock:
    """One process writes to a store at a time; the lock goes when that process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"
        self.file: Any = None

    def check(self) -> None:
        """Raises `StoreError` if a file of that name is there which no store wrote; it is only read."""
        if not self.path.exists():
            return
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.is_file() else "a folder"
        except ValueError:
            text = "no text"
        if text.strip() and not _OWNER.fullmatch(text.strip()):
            raise StoreError(
                f"{self.path}: is not the lock of a study. Nothing was written; move it away, or "
                "write elsewhere with --out."
            )

    def take(self) -> None:
        """Raises `StoreError` if another process holds it."""
        file = self.path.open("a+", encoding="utf-8")
        if not _try_lock(file):
            file.seek(0)
            owner = file.read().strip() or "another process"
            file.close()
            raise StoreError(
                f"{self.path.parent}: {owner} is writing to this study. Wait for it, or write elsewhere with --out."
            )
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}\n")
        file.flush()
        self.file = file

    def give_back(self) -> None:
        if self.file is not None:
            self.file.seek(0)
            self.file.truncate()
            self.file.close()
            self.file = None


def _try_lock(file: Any) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        locking: Any = msvcrt
        try:
            file.seek(1 << 20)  # beyond the text, so that others can read whose it is
            locking.locking(file.fileno(), locking.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a store.

    Raises
    ------
    StoreError
        If the folder holds no study, or one of a newer schema version.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "holds no study (no manifest.json)" if folder.is_dir() else "is no folder"
        hint = f"parapet study FILE --out {shlex.quote(str(folder))}"
        raise StoreError(f"{folder}: {what}. Make one with: {hint}") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). The tables beside it are untouched.") from None
    if not isinstance(manifest, dict) or manifest.get("kind", KIND) != KIND or "format" not in manifest:
        raise StoreError(f"{path}: is not the manifest of a study; name another folder.")
    version = manifest["format"]
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= FORMAT:
        raise StoreError(
            f"{path}: got a store of format {version!r}; this version of Parapet reads up to {FORMAT}. "
            "Use the Parapet that wrote it, or a newer one."
        )
    wrong = [key for key, kind in MANIFEST.items() if not isinstance(manifest.get(key), kind)]
    wrong += [key for key in ("cells", "sessions") if key not in wrong and not manifest[key]]
    if wrong:
        raise StoreError(
            f"{path}: is damaged: {', '.join(map(repr, wrong))} {'is' if len(wrong) == 1 else 'are'} missing or "
            "of another kind. The tables beside it are untouched; put a copy of the manifest back, or play the study "
            "anew into another folder with --out."
        )
    return manifest


def read_single(path: Path) -> pl.DataFrame:
    """A table that is one file (``cells`` or ``inputs``), read whole.

    Raises
    ------
    ValueError
        If it cannot be read or is another table; says why in a few words.
    """
    import polars as pl

    try:
        frame = pl.read_parquet(path)
    except FileNotFoundError:
        raise ValueError("is missing") from None
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ValueError(f"is damaged ({str(error).splitlines()[0]})") from None
    missing = [name for name in SINGLES[path.stem] if name not in frame.columns]
    if missing:
        raise ValueError(f"is another table (it has no column {missing[0]!r})")
    return frame


def changes(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """What is different between a stored study and the one asked for, in words; empty if results may be mixed."""
    found = differences(stored["plan"], wanted["plan"])
    found += differences(stored["catalogue"]["entries"], wanted["catalogue"]["entries"], "catalogue")
    if stored["engine_id"] != wanted["engine_id"]:
        text = f"engine: {stored['engine_id']} in the store, {wanted['engine_id']} now"
        old, new = stored["sessions"][0]["packages"], wanted["sessions"][0]["packages"]
        others = [f"{name} {old.get(name)} -> {new[name]}" for name in new if old.get(name) != new[name]]
        found.append(text + (f" ({', '.join(others)})" if others else " (its kernels were edited)"))
    if not found:
        found = differences(_named_cells(stored), _named_cells(wanted), "cells")
    return found


def _named_cells(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cells without the hash of the whole catalogue: entries that no cell uses may change."""
    return [{k: v for k, v in cell.items() if k != "catalogue_hash"} for cell in manifest["cells"]]


class Store:
    """A store that this process writes to. Use as a context manager; `folder` is made if it is missing."""

    def __init__(self, folder: str | Path, say: Say = _quiet) -> None:
        self.folder = Path(folder)
        self.say = say
        self.lock = Lock(self.folder)
        self.manifest: dict[str, Any] = {}
        self.n_parts = 0

    def __enter__(self) -> Store:
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.folder}: this is a file, expected a folder.")
        self._attempt(lambda: self.folder.mkdir(parents=True, exist_ok=True))
        # all of this only reads: a folder that is refused stays as it was
        if (self.folder / "manifest.json").exists():
            read_manifest(self.folder)
        else:
            self._refuse_foreign()
        self._attempt(self.lock.check)
        self._attempt(self.lock.take)
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.give_back()

    def _refuse_foreign(self) -> None:
        """Nothing of anybody else's is overwritten or moved."""
        if any((self.folder / "runs").glob("part-*.parquet")):
            raise StoreError(
                f"{self.folder}: holds runs, but its manifest.json is gone. Put it back, or write elsewhere."
            )
        singles = [f"{name}.parquet" for name in SINGLES]
        ours = {"lock", "set-aside", *singles, *TABLES, *HALF_WRITTEN[""]}
        others = [p.name for p in self.folder.iterdir() if p.name not in ours]
        for table in TABLES:
            place = self.folder / table
            patterns = ("part-*.parquet", *HALF_WRITTEN[table])
            inside = place.iterdir() if place.is_dir() else [place] if place.exists() else []
            others += [
                str(p.relative_to(self.folder))
                for p in inside
                if not any(p.match(pattern) for pattern in patterns)
            ]
        for name in singles:
            if (self.folder / name).exists():
                try:
                    read_single(self.folder / name)
                except ValueError:
                    others.append(name)
        if others:
            raise StoreError(
                f"{self.folder}: holds {min(others)!r} and no study. Nothing was written; name an empty or new folder."
            )

    def _attempt(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except OSError as error:
            raise StoreError(self._disk_says(error)) from None

    def _disk_says(self, error: OSError) -> str:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return (
                f"{self.folder}: the disk is full. Every run already stored is safe; "
                "make room and give the same command again, it goes on from there."
            )
        return f"{self.folder}: cannot be written to: {error.strerror or error}."

    def write(self, name: str, content: bytes) -> None:
        """A file below the folder, whole or not at all."""
        path = self.folder / name
        self._attempt(lambda: path.parent.mkdir(exist_ok=True))
        self._attempt(lambda: write_whole(path, content))

    def write_table(self, name: str, frame: pl.DataFrame) -> None:
        """A table as a Parquet file."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=True)
        self.write(name, buffer.getvalue())

    def save_manifest(self) -> None:
        """Write the manifest anew."""
        text = json.dumps(self.manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        self.write("manifest.json", text.encode())

    def begin(self, wanted: dict[str, Any]) -> bool:
        """Take up the stored study, or begin a new one with this manifest; True if there was one.

        Raises
        ------
        StoreError
            If the stored study is another one; says what changed. Nothing is written then.
        """
        if not (self.folder / "manifest.json").exists():
            self._clear_half_written()
            self.manifest = wanted
            return False
        stored = read_manifest(self.folder)
        found = changes(stored, wanted)
        if found:
            raise StoreError(
                f"{self.folder}: holds another study; its runs and new ones must not be mixed. What changed:"
                f"{as_lines(found)}\nNothing was written. Use another --out, or undo the change."
            )
        self._clear_half_written()
        if wanted["platform_id"] not in stored["platform_ids"]:
            self.say(
                f"warning: this machine's arithmetic ({wanted['platform_id']}) is not the one of the stored runs "
                f"({', '.join(stored['platform_ids'])}); last digits may differ. It is recorded in the manifest."
            )
            stored["platform_ids"].append(wanted["platform_id"])
        stored["sessions"] += wanted["sessions"]
        stored["runs"] = max(stored["runs"], wanted["runs"])
        stored["until"] = wanted["until"]
        self.manifest = stored
        return True

    # ------------------------------------------------------------------------------------------------ parts ----

    def _parts(self, table: str) -> list[Path]:
        return sorted((self.folder / table).glob("part-*.parquet"))

    def _clear_half_written(self) -> None:
        for folder, patterns in HALF_WRITTEN.items():
            for pattern in patterns:
                for path in sorted((self.folder / folder).glob(pattern)):
                    self._set_aside(path, "was left half-written")

    def single(self, name: str, height: int | None = None) -> pl.DataFrame | None:
        """A table that is one file, or None if it must be written anew; what cannot be trusted is set aside.

        Parameters
        ----------
        height
            Rows it must have, if that is known.
        """
        path = self.folder / f"{name}.parquet"
        try:
            frame = read_single(path)
        except ValueError as error:
            wrong = str(error)
        else:
            if height is None or frame.height == height:
                return frame
            wrong = f"has {frame.height:,} rows and not {height:,}"
        if path.exists():
            self._set_aside(path, wrong, "It is written anew.")
        else:
            self.say(f"warning: {path}: {wrong}. It is written anew.")
        return None

    def _set_aside(self, path: Path, why: str, then: str = "What it held is played again.") -> None:
        place = self.folder / "set-aside"
        self._attempt(lambda: place.mkdir(exist_ok=True))
        name = f"{path.parent.name}-{path.name}" if path.parent != self.folder else path.name
        target, n = place / name, 1
        while target.exists():
            target, n = place / f"{name}.{n}", n + 1
        self._attempt(lambda: path.replace(target))
        self.say(f"{path}: {why}; set aside in {target.parent}. {then}")

    def parts(self, columns: Mapping[str, Any], keep: Sequence[str]) -> list[pl.DataFrame]:
        """The parts of ``runs`` that can be trusted, each read whole; the others are set aside with a message.

        Parameters
        ----------
        columns
            Names and types that a part must have.
        keep
            Columns that are given back, besides the keys; the rest is read, checked and let go.
        """
        import polars as pl

        good: list[pl.DataFrame] = []
        seen = _Seen()
        names: set[str] = set()
        numbers = [0]
        for path in self._parts("runs"):
            numbers.append(_number(path))
            try:
                frame = pl.read_parquet(path)
                wrong = "" if dict(frame.schema) == dict(columns) else "has other columns than this study"
            except (OSError, pl.exceptions.PolarsError) as error:
                frame, wrong = pl.DataFrame(), f"is damaged ({str(error).splitlines()[0]})"
            if not wrong and not seen.add(frame):
                wrong = "repeats runs that stand in a part before it"
            if wrong:
                self._set_aside(path, wrong)
                continue
            names.add(path.name)
            good.append(frame.select(*dict.fromkeys(("cell", "sample", "run", *keep))))
        for table in ("threats", "shots"):
            for path in self._parts(table):
                numbers.append(_number(path))
                if path.name not in names:
                    self._set_aside(path, "belongs to runs that were not finished")
        self.n_parts = max(numbers)
        return good

    def add(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Store the rows of finished runs, all tables of them or none.

        Raises
        ------
        StoreError
            If the disk is full or refuses; what was stored before is untouched.
        """
        self.n_parts += 1
        name = f"part-{self.n_parts:06d}.parquet"
        for table in TABLES:
            if table in frames:
                self.write_table(f"{table}/{name}", frames[table])


class _Seen:
    """Which runs were read so far: a bit of memory per run, however many there are."""

    def __init__(self) -> None:
        self.runs: dict[tuple[Any, ...], NDArray[np.bool_]] = {}

    def add(self, frame: pl.DataFrame) -> bool:
        """Remember the runs of a part; False, and nothing is remembered, if one of them was there before."""
        found = {key: rows["run"].to_numpy() for key, rows in frame.group_by("cell", "sample")}
        for key, runs in found.items():
            row = self.runs.get(key, np.zeros(0, np.bool_))
            if np.unique(runs).size < runs.size or row[runs[runs < row.size]].any():
                return False
        for key, runs in found.items():
            row = self.runs.get(key, np.zeros(0, np.bool_))
            if runs.max() >= row.size:
                row = np.concatenate([row, np.zeros(int(runs.max()) + 1 - row.size, np.bool_)])
            row[runs] = True
            self.runs[key] = row
        return True


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("part-")
    return int(digits) if digits.isdigit() else 0
