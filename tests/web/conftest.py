"""A small battle with markup in every name that a scenario can give, and a page that need not have been built."""

from __future__ import annotations

from pathlib import Path

import pytest

import parapet
from parapet.analysis.battle_result import Battle
from parapet.web import page

ROOT = Path(__file__).resolve().parents[2]
NASTY = Path(__file__).with_name("nasty.yaml")
"""Played here and, by the tests in a browser, on the globe."""


@pytest.fixture(scope="session")
def battle() -> Battle:
    made = parapet.run(NASTY, record="full")
    names = made.played.names
    assert made.title.startswith("<script>")
    assert any("<script>" in name for name in names.threats) and any("<svg" in name for name in names.assets)
    return made


PAGE = b"""<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none';
  script-src 'self'"><script src="battle.js"></script>"""


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with stand-ins for the built files, in the place of the real one."""
    folder = tmp_path / "static"
    folder.mkdir()
    for name in page.PAGE_FILES:
        (folder / name).write_bytes(PAGE if name == "index.html" else name.encode())
    monkeypatch.setattr(page, "STATIC", folder)
    return folder
