"""The files of the page: what the front end's build made, and the headers it is served with."""

from __future__ import annotations

from pathlib import Path

from parapet.errors import InputError

STATIC = Path(__file__).parent / "static"
"""Made by ``make web`` from ``web/``; part of the wheel, not of the repository."""

PAGE_FILES = ("index.html", "replay.css", "replay.js", "licences.txt")
DATA_FILE = "battle.js"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


def page_files(folder: Path | None = None) -> dict[str, bytes]:
    """The built files by name (of `STATIC`, or of another folder).

    Raises
    ------
    InputError
        If the page has not been built.
    """
    folder = STATIC if folder is None else folder
    missing = [name for name in PAGE_FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"The replay's page has not been built ({', '.join(missing)} missing in {folder}). "
            "In a checkout run `make web` once (it needs npm, or fetches a Node of its own); "
            "a released wheel brings the page along."
        )
    return {name: (folder / name).read_bytes() for name in PAGE_FILES}


def policy(index_html: bytes) -> str:
    """The Content-Security-Policy that the page itself carries, to be sent as a header too."""
    import html
    import re

    found = re.search(rb'http-equiv="Content-Security-Policy"\s+content="([^"]*)"', index_html)
    if found is None:
        raise InputError("index.html carries no Content-Security-Policy. Build the page again: make web")
    return " ".join(html.unescape(found[1].decode()).split())
