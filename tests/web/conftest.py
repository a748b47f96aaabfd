"""A small battle with markup in every name that a scenario can give, and a page that need not have been built."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import parapet
from parapet.analysis.battle_result import Battle
from parapet.scenario.read import read_text
from parapet.web import page

ROOT = Path(__file__).resolve().parents[2]
MARKUP = '<img src=x onerror="globalThis.HIT=1"></script><script>globalThis.HIT=1</script>'
"""What no name may do to a page."""


def nasty_text(example: str = "ankara.yaml", divide: int = 3) -> str:
    """A scenario file with markup in title, question, notes, asset, system and threat names, a part of its raid."""
    text = (ROOT / "examples" / example).read_text(encoding="utf-8")
    text = re.sub(r"(?m)^title: .*$", lambda m: f"title: '{MARKUP} title'", text, count=1)
    text = re.sub(r"(?m)^question: .*$", lambda m: f"question: '{MARKUP} question'", text, count=1)
    text = re.sub(r"(?m)^notes: .*$", lambda m: f"notes: '{MARKUP} notes'", text, count=1)
    text = re.sub(r"\bPower plant\b", lambda m: f"'{MARKUP} plant'", text)
    text = re.sub(r"\bname: kalibr\b", lambda m: f"name: '{MARKUP}kalibr'", text)
    return re.sub(r"count: (\d+)", lambda m: f"count: {max(1, int(m[1]) // divide)}", text)


@pytest.fixture(scope="session")
def battle() -> Battle:
    made = parapet.run(read_text(nasty_text(), "nasty.yaml"), record="full")
    assert MARKUP in made.title
    assert any(MARKUP in name for name in made.played.names.assets)
    assert any(MARKUP in name for name in made.played.names.threats)
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
