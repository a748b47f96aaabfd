"""A played battle in the formats of other tools: Tacview, Google Earth, GIS, Cesium, DIS, ASTERIX, tables.

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
    from parapet.export.datagrams import Datagram
    from parapet.export.model import Scene

SUFFIXES: dict[str, tuple[str, ...]] = {
    "acmi": (".acmi",),
    "kml": (".kml",),
    "kmz": (".kmz",),
    "geojson": (".geojson", ".json"),
    "czml": (".czml", ".json"),
    "dis": (".pcap",),
    "asterix": (".ast", ".pcap"),
    "csv": (),
    "parquet": (),
}
"""Formats and how their file names end; none: the format is a folder of tables."""

LIVE = ("dis", "asterix")
"""Formats made of messages, which can also be sent as the battle goes on."""


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
    plots: int = 0
    """Radar plots (asterix)."""
    messages: int = 0
    """PDUs (dis) or data blocks (asterix)."""
    note: str = ""
    """What to mind when it is opened; mostly nothing."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "files": list(self.files)}

    def __str__(self) -> str:
        verb = "wrote" if self.files else "sent to"
        what = (
            f"{self.plots:,} plots, {self.tracks:,} tracks"
            if self.format == "asterix"
            else f"{self.threats:,} threats, {self.rounds:,} rounds, {self.tracks:,} tracks, {self.sites:,} sites, "
            f"{self.marks:,} events"
        )
        messages = f"; {self.messages:,} messages" if self.messages else ""
        return f"{verb} {self.path} ({self.format}): {what}; {self.samples:,} samples{messages}; {self.n_bytes:,} bytes"


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


def _messages(battle: Battle, scene: Scene, format: str) -> tuple[list[Datagram], int, int]:
    """Messages of a format that is made of them, the number of plots in them, and the format's usual port."""
    from parapet.export import asterix, dis

    if format == "dis":
        return dis.datagrams(scene), 0, dis.PORT
    found, n_plots = asterix.datagrams(battle, scene)
    return found, n_plots, asterix.PORT


def _told(scene: Scene, format: str, **said: Any) -> Written:
    """What was written: what a format leaves out counts 0."""
    is_belief, is_truth = format != "dis", format != "asterix"
    families = (["threat", "round"] if is_truth else []) + (
        ["search track", "fire-control track"] if is_belief else []
    )
    return Written(
        format=format, threats=len(scene.of("threat")) * is_truth, rounds=len(scene.of("round")) * is_truth,
        tracks=len(scene.of("search track", "fire-control track")) * is_belief, sites=len(scene.sites) * is_truth,
        marks=len(scene.marks) * is_truth, samples=sum(int(t.is_sampled.sum()) for t in scene.of(*families)), **said,
    )  # fmt: skip


def export(battle: Battle, format: str, out: str | Path) -> Written:
    """Write a battle (recorded at level ``full``) in a format of another tool, and say what was written.

    Parameters
    ----------
    format : ``acmi``, ``kml``, ``kmz``, ``geojson``, ``czml``, ``dis``, ``asterix``, ``csv`` or ``parquet``.
    out : a file with a fitting suffix (``.zip.acmi`` is compressed); for csv and parquet a folder, new or empty.

    Raises
    ------
    InputError
        See `check_target`; also when the battle holds no positions. Pinned by ``tests/export``.
    """
    from parapet.export.making import scene

    path = check_target(format, out)
    made = scene(battle)
    n_plots = n_messages = 0
    note = ""
    if SUFFIXES[format]:
        if format in LIVE:
            from parapet.export.datagrams import capture

            found, n_plots, port = _messages(battle, made, format)
            n_messages = len(found)
            is_capture = path.suffix.lower() == ".pcap"
            data = capture(found, made.epoch, port) if is_capture else b"".join(one.data for one in found)
        else:
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
        note = tables.formula_note(made) if format == "csv" else ""
    return _told(
        made, format, path=str(path), n_bytes=sum(file.stat().st_size for file in files),
        files=tuple(str(file) for file in files), plots=n_plots, messages=n_messages, note=note,
    )  # fmt: skip


def check_live(format: str, url: str, speed: float) -> None:
    """Raise `InputError` if a battle cannot be sent in this format, there, or at this speed."""
    from parapet.export.datagrams import check_speed, live_target

    if format not in SUFFIXES:
        check_target(format, "")
    if format not in LIVE:
        raise InputError(f"--live: {format} is no format of messages; expected --format {' or '.join(LIVE)}.")
    live_target(url)
    check_speed(speed)


def send(
    battle: Battle, format: str, url: str, speed: float = 1.0, progress: Callable[[float], None] | None = None
) -> Written:
    """Send a battle's messages by UDP to this machine at `speed` times its own pace, and say what was sent.

    Parameters
    ----------
    format : ``dis`` or ``asterix``.
    url : e.g. ``udp://127.0.0.1:3000``; loopback addresses only.

    Raises
    ------
    InputError
        Other formats, other addresses, a speed that is none. Pinned by ``tests/export/test_datagrams.py``.
    """
    from parapet.export import datagrams
    from parapet.export.making import scene

    check_live(format, url, speed)
    made = scene(battle)
    found, n_plots, _ = _messages(battle, made, format)
    datagrams.send(found, datagrams.live_target(url), speed, progress)
    return _told(
        made, format, path=url, n_bytes=sum(len(one.data) for one in found), files=(), plots=n_plots,
        messages=len(found),
    )  # fmt: skip


__all__ = ["LIVE", "SUFFIXES", "Written", "check_live", "check_target", "export", "send"]
