"""A small battle and a small study to report on, with markup where people write names."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path

import pytest

import parapet
from parapet.analysis.battle_result import Battle
from parapet.export.making import scene
from parapet.export.model import Scene
from parapet.scenario.read import read_text
from parapet.study.result import Study

ROOT = Path(__file__).resolve().parents[2]
NASTY = '<script>alert("x")</script> & $x^2$ {{ 7*7 }}'
"""What a title may not do to a page: run, be read as mathematics, or be filled in by a template."""
MARKUP = "<img src=x onerror=alert(1)>"


def nasty_text() -> str:
    """The mixed raid on Ankara with markup in title, question, notes, and the names of an asset, a system and a group."""
    text = (ROOT / "examples" / "ankara.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^title: .*$", f"title: '{NASTY}'", text, count=1)
    text = re.sub(r"(?m)^question: .*$", f"question: '{MARKUP} or not?'", text, count=1)
    text = re.sub(r"\bPower plant\b", f"'{MARKUP}plant'", text)
    text = re.sub(r"\bname: kalibr\b", f"name: '{MARKUP}-->kalibr'", text)
    text = re.sub(r"\bname: S-400 Mürted\b", "name: '<style><script>x<script>S-400'", text)
    return re.sub(r"count: (\d+)", lambda m: f"count: {max(1, int(m[1]) // 3)}", text)


@pytest.fixture(scope="session")
def battle() -> Battle:
    made = parapet.run(read_text(nasty_text(), "nasty.yaml"), record="full")
    assert made.totals["leaked"] and made.totals["killed"]
    return made


@pytest.fixture(scope="session")
def made(battle: Battle) -> Scene:
    return scene(battle)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two variants at two raid sizes, 22 runs each."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "city.yaml").write_text(
        (ROOT / "studies" / "city.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    text = f"""
parapet-study: 1
title: '{NASTY}'
question: '{MARKUP} or not?'
base: city.yaml
variants:
  salvo: {{"systems[guard].doctrine.mode": salvo}}
  look<b>: {{"systems[guard].doctrine.salvo": 1}}
factors:
  raid[cruise].count: {{levels: [10, 40], label: raid}}
runs: 22
seed: 3
"""
    (folder / "asked.yaml").write_text(text, encoding="utf-8")
    from parapet.study.play import study as play

    play(folder / "asked.yaml", out=folder / "out", workers=1)
    return Study(folder / "out")


class Seen(html.parser.HTMLParser):
    """Tags with their attributes, and the text outside of style sheets."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.hidden = 0
        self.feed(text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.hidden += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)
