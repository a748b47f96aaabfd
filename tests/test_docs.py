"""The documentation says what is true: code runs, commands exist, scenarios read, generated pages are whole."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
import yaml

from parapet import catalogue, cli
from parapet.analysis import claims
from parapet.engine import codes
from parapet.scenario import check as checks
from parapet.scenario.read import read_text

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CHEAP = {"check", "describe", "catalogue", "schema", "ledger", "options", "money", "bargain", "exposure"}
"""Commands that play nothing."""
COMPILES = ("parapet.run(", "parapet.engine")
"""A Python block with one of these needs the compiled engine: slow."""


@dataclass
class Page:
    """A Markdown page and the blocks in it."""

    name: str
    text: str
    blocks: list[tuple[str, str, str]] = field(default_factory=list)

    def of(self, *languages: str) -> list[str]:
        return [body for language, _, body in self.blocks if language in languages]

    def commands(self) -> list[list[str]]:
        """Arguments of every `parapet` line of its shell blocks."""
        lines = (line.strip() for body in self.of("sh", "text") for line in body.splitlines())
        return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("parapet ")]


def load_generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = load_generate()


def page(name: str, text: str) -> Page:
    return Page(name, text, [(m[1], m[2], m[3]) for m in FENCE.finditer(text)])


def stored_pages() -> list[Page]:
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [page(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths]


PAGES = stored_pages()
MADE = GENERATE.pages()
ALL = [*PAGES, page("reference/draws.md", MADE["reference/draws.md"])]
PYTHON = [(f"{p.name}-{i}", body) for p in ALL for i, body in enumerate(p.of("python"))]
COMMANDS = sorted({(p.name, tuple(arguments)) for p in PAGES for arguments in p.commands()})
DISTINCT = sorted({arguments for _, arguments in COMMANDS})
PLAYED = [arguments for arguments in DISTINCT if arguments[0] in ("run", "why", "export", "version")]
READ = [arguments for arguments in DISTINCT if arguments[0] in CHEAP and "--deep" not in arguments]


@pytest.fixture(scope="session")
def claim_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `parapet claims --out claims` writes, which the page of claims says first."""
    folder = tmp_path_factory.mktemp("claims")
    claims.write(folder)
    return folder


@pytest.fixture
def desk(tmp_path: Path, claim_files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the reader's: with the examples, and with the files that the pages show."""
    (tmp_path / "claims").symlink_to(claim_files)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    for p in PAGES:
        for language, head, body in p.blocks:
            title = re.search(r'title="([^"]+)"', head)
            if language == "yaml" and title:
                path = tmp_path / title[1]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def expanded(arguments: tuple[str, ...]) -> list[str]:
    """Arguments with the shell's stars filled in."""
    made: list[str] = []
    for argument in arguments:
        made += sorted(str(path) for path in Path().glob(argument)) if "*" in argument else [argument]
    return made


# --- Python --------------------------------------------------------------------------------------------------------


def run_block(body: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(body, "<docs>", "exec"), {"__name__": "docs"})


@pytest.mark.parametrize(
    "body", [pytest.param(b, id=n) for n, b in PYTHON if not any(w in b for w in COMPILES)]
)
def test_python_runs(body: str, desk: Path) -> None:
    run_block(body)


@pytest.mark.parametrize("body", [pytest.param(b, id=n) for n, b in PYTHON if any(w in b for w in COMPILES)])
def test_python_with_battles_runs(body: str, desk: Path) -> None:
    run_block(body)


def test_every_python_block_compiles() -> None:
    assert len(PYTHON) >= 8
    for name, body in PYTHON:
        compile(body, name, "exec")


# --- commands -------------------------------------------------------------------------------------------------------


def parse(arguments: list[str]) -> str:
    """Name of the command that these arguments call; fails when they do not parse. Nothing is run."""
    group: Any = typer.main.get_command(cli.app)
    context: Any = group.make_context("parapet", list(arguments))
    name = ""
    while hasattr(group, "resolve_command"):
        rest = [*getattr(context, "_protected_args", []), *context.args]
        part, group, rest = group.resolve_command(context, rest)
        name = name or part
        context = group.make_context(part, rest, parent=context)
    return name


@pytest.mark.parametrize("where, arguments", COMMANDS, ids=lambda v: v if isinstance(v, str) else " ".join(v))
def test_commands_parse_and_their_files_exist(where: str, arguments: tuple[str, ...], desk: Path) -> None:
    words = expanded(arguments)
    played = {"run", "why", "export", "replay", "claims", "version", "study", "show", "compare", "estimate"}
    played |= {"report", "scorecard"}
    assert parse(words) in {*CHEAP, *played}
    for word in words:
        if word.endswith(".yaml"):
            assert Path(word).exists(), f"{where}: {word} does not exist"


@pytest.mark.parametrize("arguments", READ, ids=" ".join)
def test_cheap_commands_run(
    arguments: tuple[str, ...], desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(expanded(arguments)) == 0
    assert capsys.readouterr().out.strip()


def test_an_unknown_option_would_be_noticed() -> None:
    with pytest.raises(Exception, match=r"(?i)no such option"):
        parse(["run", "examples/ankara.yaml", "--sed", "7"])


@pytest.mark.parametrize("arguments", PLAYED, ids=" ".join)
def test_other_commands_run(
    arguments: tuple[str, ...], desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(expanded(arguments)) == 0
    assert capsys.readouterr().out.strip()


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for p in PAGES:
        wanted = set(re.findall(r"^make ([a-z-]+)", "\n".join(p.of("sh")), re.MULTILINE))
        wanted |= set(re.findall(r"`make ([a-z-]+)`", p.text))
        assert wanted <= targets, p.name


# --- scenarios ------------------------------------------------------------------------------------------------------


def whole_scenarios() -> Iterator[tuple[str, str]]:
    for p in PAGES:
        for i, body in enumerate(p.of("yaml")):
            if body.startswith("parapet: 1"):
                yield f"{p.name}-{i}", body


@pytest.mark.parametrize(
    "name, body", list(whole_scenarios()), ids=lambda value: value if "\n" not in value else ""
)
def test_scenarios_can_be_played(name: str, body: str, desk: Path) -> None:
    if "\ncatalogue:" in body:
        pytest.skip("checked with its folder, as a command")
    scenario = read_text(body, name)
    findings = checks.check(scenario, checks.catalogue_for(scenario))
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


def test_every_example_is_told_of() -> None:
    for name in ("README.md", "docs/quick-start.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for path in (ROOT / "examples").glob("*.yaml"):
            assert f"examples/{path.name}" in text, (name, path.name)


# --- generated pages ------------------------------------------------------------------------------------------------


def test_codes_page_holds_every_word() -> None:
    text = MADE["reference/codes.md"]
    for words in (
        codes.EVENT_WORDS,
        codes.WHY_WORDS,
        codes.OUTCOME_WORDS,
        codes.SHOT_WORDS,
        codes.STATUS_WORDS,
    ):
        for code, word in words.items():
            assert f"| {code} | {word} |" in text


def test_every_code_has_its_meaning() -> None:
    for line in MADE["reference/codes.md"].split("## Why a battle")[0].splitlines():
        if re.match(r"\| \d", line):
            assert not line.endswith("|  |"), line


def test_scenario_page_holds_every_key() -> None:
    text = MADE["reference/scenario.md"]
    assert "PydanticUndefined" not in text
    for key in (
        "parapet",
        "duration",
        "antenna_mast",
        "max_engagements_per_track",
        "weapons_free_radius",
        "turn_away",
    ):
        assert f"| `{key}` |" in text


def test_catalogue_pages_hold_every_figure() -> None:
    known = catalogue.load()
    for section in ("radars", "interceptors", "systems", "threats", "assets"):
        text = MADE[f"reference/{section}.md"]
        for entry in known.section(section).values():
            assert f"\n## {entry.id}\n" in text
            for path, _ in entry.figures():
                assert f"| `{path}` |" in text


def test_json_page_follows_the_schema() -> None:
    text = MADE["reference/battle-json.md"]
    for key in ("totals", "peaks", "threats", "shots", "miss_m", "rounds_fired", "engine_id"):
        assert f"| `{key}` |" in text


def test_draws_page_holds_every_stream() -> None:
    source = (ROOT / "src/parapet/engine/draws.py").read_text(encoding="utf-8")
    for name, number in re.findall(r"^STREAM_(\w+) = (\d+)", source, re.MULTILINE):
        assert f"| `{name.lower()}` | {number} |" in MADE["reference/draws.md"]


# --- the site -------------------------------------------------------------------------------------------------------


def nav_pages(nav: Any) -> Iterator[str]:
    for item in nav if isinstance(nav, list) else nav.values():
        if isinstance(item, str):
            yield item
        else:
            yield from nav_pages(item)


def test_nav_pages_and_links_exist() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    known = set(MADE) | {
        str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*") if path.is_file()
    }
    assert set(nav_pages(config["nav"])) <= known
    texts = {p.name.removeprefix("docs/"): p.text for p in PAGES if p.name.startswith("docs/")} | MADE
    for name, text in texts.items():
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", re.sub(FENCE, "", text)):
            if "://" not in target:
                path = (ROOT / "docs" / name).parent.joinpath(target).resolve()
                assert str(path.relative_to(ROOT / "docs")) in known, f"{name} links to {target}"


def test_a_picture_stands_once_on_its_page() -> None:
    for p in PAGES:
        pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", p.text)
        assert len(pictures) == len(set(pictures)), p.name


def test_site_builds(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("index.html", "reference/codes/index.html", "benchmarks/index.html"):
        assert (tmp_path / name).exists()


def test_bench_table_is_made_from_a_line() -> None:
    line = {
        "raid_80": {
            "battles_per_s": 20.0, "times_real_time": 12000.0, "n_threads": 2, "n_battles": 48, "one_battle_s": 0.1,
            "rounds": 90.5, "plots": 9000.0, "looks": 12000.0, "killed": 70.0, "leaked": 3.25, "rates": "1 Hz",
        },
        "step_halving": {
            "n_runs": 48, "mean_leakers": 3.2, "mean_leakers_halved": 3.1, "change": -0.1, "interval_leakers": 0.4,
            "interval_change": 0.3, "is_inside": True,
        },
        "tracker": {
            "n_targets": 100, "scan_ms": 0.4, "stone_soup_scan_s": 1.4, "largest_difference": 1e-9,
            "n_crossing": 20, "n_crossing_right": 20, "n_greedy_right": 0,
        },
        "warm_run_s": 2.5, "help_s": 0.3, "peak_memory_mb": 300.0,
    }  # fmt: skip
    text = "\n".join(" ".join(row) for row in GENERATE.measured_rows(line))
    for words in (
        "20 battles/s = 12,000 times real time",
        "-0.100 ±0.300, 95 % interval of mean leakers ±0.400: inside",
        "0.400 ms",
        "1.0e-09",
        "2.50 s",
        "300 MB",
    ):
        assert words in text
    assert GENERATE.measured_rows({}) == []
    assert "make bench" in GENERATE.benchmarks_page() or GENERATE.RESULTS.exists()


def test_the_newest_engine_comes_first_and_the_others_in_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = {"name": "one", "n_cores": 2, "python": "3.11", "note": ""}
    lines = [
        {"date": "2026-01-01T10:00:00", "engine_id": "old-engine", "machine": machine, "help_s": 0.3, "warm_run_s": 2.5},
        {"date": "2026-01-02T10:00:00", "engine_id": "new-engine", "machine": machine, "help_s": 0.2},
        {"date": "2026-01-02T11:00:00", "engine_id": "new-engine", "machine": machine, "warm_run_s": 1.5},
    ]
    path = tmp_path / "results.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    monkeypatch.setattr(GENERATE, "RESULTS", path)
    page = GENERATE.benchmarks_page()
    new, old = page.split("## Engines before it")
    assert "new-engine" in new and "0.20 s" in new and "1.50 s" in new and "old-engine" not in new
    assert "old-engi, 2026-01-01 10:00" in old and "2.5 s" in old
