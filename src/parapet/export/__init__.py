"""A played battle in the formats of other tools: Tacview, Google Earth, GIS, Cesium, tables.

Light to import; the writers are loaded when one is used.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parapet.errors import InputError

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.export.model import Scene

SUFFIXES: dict[str, tuple[str, ...]] = {
    "acmi": (".acmi",),
    "kml": (".kml",),
    "kmz": (".kmz",),
    "geojson": (".geojson", ".json"),
    "czml": (".czml", ".json"),
    "csv": (),
    "parquet": (),
}
"""Formats and how their file names end; none: the format is a folder of tables."""


@dataclass(frozen=True)
class Written:
    """What was written."""

    format: str
    path: str
    threats: int
    rounds: int
    tracks: int
    """Search and fire-control tracks together."""
    sites: int
    marks: int
    samples: int
    """Positions from the log; end points made from the shot table come on top."""
    n_bytes: int
    files: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "files": list(self.files)}

    def __str__(self) -> str:
        return (
            f"wrote {self.path} ({self.format}): {self.threats:,} threats, {self.rounds:,} rounds, "
            f"{self.tracks:,} tracks, {self.sites:,} sites, {self.marks:,} events; "
            f"{self.samples:,} samples; {self.n_bytes:,} bytes"
        )


def check_target(format: str, out: str | Path) -> Path:
    """The path to write to, or an error before anything was played.

    Raises
    ------
    InputError
        Unknown format (names the closest), suffix that no reader would know, a folder in the way or missing.
    """
    if format not in SUFFIXES:
        close = difflib.get_close_matches(format.lower().lstrip("."), SUFFIXES, n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise InputError(f"--format: got {format!r}, expected one of {', '.join(SUFFIXES)}.{hint}")
    path, suffixes = Path(out), SUFFIXES[format]
    if not suffixes:
        if path.exists() and not path.is_dir():
            raise InputError(f"--out: {str(path)!r} is a file; {format} writes a folder of tables.")
        if path.is_dir() and any(path.iterdir()):
            raise InputError(
                f"--out: the folder {str(path)!r} is not empty, and nothing in it is overwritten. Name a new one."
            )
        return path
    if path.is_dir():
        raise InputError(
            f"--out: {str(path)!r} is a folder; {format} writes one file, "
            f"e.g. {str(path / ('battle' + suffixes[0]))!r}."
        )
    if path.suffix.lower() not in suffixes:
        for other, endings in SUFFIXES.items():
            if path.suffix.lower() in endings:
                raise InputError(
                    f"--out: {path.name!r} ends like {other}, the format is {format}: expected {' or '.join(suffixes)}."
                )
        raise InputError(
            f"--out: unknown suffix {path.suffix!r} in {path.name!r}; {format} files end in {' or '.join(suffixes)}."
        )
    if not path.parent.is_dir():
        raise InputError(f"--out: the folder {str(path.parent)!r} does not exist.")
    return path


def _text_writer(name: str) -> Callable[[Scene, Path], bytes]:
    """The function that makes the bytes of a format."""
    from parapet.export import acmi, czml, geojson, kml

    writers: dict[str, Callable[[Scene, Path], bytes]] = {
        "acmi": lambda s, p: (
            acmi.zipped(s) if p.name.lower().endswith(".zip.acmi") else acmi.text(s).encode("utf-8-sig")
        ),
        "kml": lambda s, p: kml.text(s).encode("utf-8"),
        "kmz": lambda s, p: kml.zipped(s),
        "geojson": lambda s, p: geojson.text(s).encode("utf-8"),
        "czml": lambda s, p: czml.text(s).encode("utf-8"),
    }
    return writers[name]


def export(battle: Battle, format: str, out: str | Path) -> Written:
    """Write a battle (recorded at level ``full``) in a format of another tool, and say what was written.

    Parameters
    ----------
    format : ``acmi``, ``kml``, ``kmz``, ``geojson``, ``czml``, ``csv`` or ``parquet``.
    out : a file with a fitting suffix (``.zip.acmi`` is compressed); for csv and parquet a folder, new or empty.

    Raises
    ------
    InputError
        See `check_target`; also when the battle holds no positions. Pinned by ``tests/export``.
    """
    from parapet.export.making import scene

    path = check_target(format, out)
    made = scene(battle)
    if SUFFIXES[format]:
        data = _text_writer(format)(made, path)
        part = path.with_name(path.name + ".part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        files = [path]
    else:
        from parapet.export import tables

        files = tables.write(battle, made, format, path)
    return Written(
        format, str(path), len(made.of("threat")), len(made.of("round")),
        len(made.of("search track", "fire-control track")),
        len(made.sites), len(made.marks), made.n_samples, sum(file.stat().st_size for file in files),
        tuple(str(file) for file in files),
    )  # fmt: skip


__all__ = ["SUFFIXES", "Written", "check_target", "export"]
