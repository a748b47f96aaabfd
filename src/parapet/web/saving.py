"""Writes a replay into a folder that needs nothing but a browser."""

from __future__ import annotations

from pathlib import Path

from parapet.errors import InputError
from parapet.web.page import DATA_FILE, PAGE_FILES, page_files

NOTE_FILE = "read-me.txt"
_NOTE = """A battle played by Parapet.

Open index.html with a browser (a double click does). It needs no server, no network and no Parapet.
battle.js holds the battle; licences.txt the licences of what the page is made with.
"""
_OURS = frozenset({*PAGE_FILES, DATA_FILE, NOTE_FILE})


def check_folder(folder: str | Path) -> Path:
    """The folder to save to, or an error before anything was played.

    Raises
    ------
    InputError
        A file is in the way, or the folder holds something that is not a replay's: nothing of others is overwritten.
    """
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise InputError(f"--save: {str(path)!r} is a file, expected a folder.")
    if path.is_dir():
        others = sorted(
            entry.name for entry in path.iterdir() if entry.name not in _OURS or not entry.is_file()
        )
        if others:
            raise InputError(
                f"--save: the folder {str(path)!r} holds {others[0]!r}, which is no part of a replay. "
                "Name a new folder."
            )
    return path


def save(battle_js: bytes, folder: str | Path) -> Path:
    """Write page and battle into a folder (made if missing, an older replay is replaced); returns the page to open.

    Pinned by ``tests/web/test_saving.py``.
    """
    path = check_folder(folder)
    files = {**page_files(), DATA_FILE: battle_js, NOTE_FILE: _NOTE.encode()}
    path.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        part = path / f"{name}.part"
        part.write_bytes(data)
        part.replace(path / name)
    return path / "index.html"
