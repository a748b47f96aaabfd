"""Files that are no scenario say what they are, and what to do with them; `check` checks study files for real."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from parapet import cli

ROOT = Path(__file__).resolve().parents[2]
DOCTRINE = ROOT / "studies" / "doctrine.yaml"
BASE = ROOT / "studies" / "city.yaml"


def spoken(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    """A folder with a space in its name, with the study of doctrine and its base."""
    folder = tmp_path / "my studies"
    folder.mkdir()
    for path in (DOCTRINE, BASE):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "FILE"],
        ["describe", "FILE"],
        ["why", "FILE", "som-01"],
        ["replay", "FILE", "--save", "OUT"],
        ["report", "FILE", "--out", "OUT.html"],
        ["export", "FILE", "--format", "kml", "--out", "OUT.kml"],
    ],
    ids=lambda value: value[0],
)
def test_a_study_file_is_named_as_one(
    arguments: list[str], studies: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from parapet.web import page

    monkeypatch.setattr(page, "page_files", dict)  # the page need not have been built
    file = str(studies / "doctrine.yaml")
    words = [word.replace("FILE", file).replace("OUT", str(studies / "out")) for word in arguments]
    code, _, err = spoken(capsys, *words)
    assert code == 2 and "It is missing" not in err
    assert "this is a study of many battles" in err
    assert f"parapet study '{file}' --out DIR" in err and f"parapet run '{studies / 'city.yaml'}'" in err


def test_check_plays_no_study_but_reads_all_of_it(studies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = studies / "doctrine.yaml"
    code, out, _ = spoken(capsys, "check", str(file))
    assert code == 0
    assert out == f"{file}: a study with 9 cells, can be played: parapet study '{file}' --out DIR\n"


def test_check_finds_what_is_wrong_in_a_cell(studies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = studies / "wrong.yaml"
    text = "parapet-study: 1\nbase: city.yaml\nfactors:\n  raid[cruise].count:\n    levels: [4, -3]\n"
    file.write_text(text, encoding="utf-8")
    code, out, _ = spoken(capsys, "check", str(file), str(BASE))
    assert code == 2
    assert f"{file}:4:3 factors" in out and "-3" in out and f"{file}: 1 error\n" in out
    assert out.endswith(f"{BASE}: can be played\n")
    code, out, _ = spoken(capsys, "check", str(file), "--json")
    assert code == 2 and [one["severity"] for one in json.loads(out)] == ["error"]


def test_check_of_a_study_with_doubt_looks_at_its_figures(
    studies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = studies / "doubt.yaml"
    file.write_text(
        "parapet-study: 1\nbase: city.yaml\ndoubt: {samples: 4, figures: [interceptors.48n6e9.*]}\n", encoding="utf-8"
    )
    code, out, _ = spoken(capsys, "check", str(file))
    assert code == 2 and "interceptors.48n6e9.*" in out


def test_check_of_a_study_needs_neither_compiler_nor_tables() -> None:
    program = (
        f"import sys; from parapet.cli import main; code = main(['check', {str(DOCTRINE)!r}]); "
        "heavy = {'numba', 'polars', 'parapet._jit'} & set(sys.modules); assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_exposure_file_and_a_stored_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / "examples" / "exposure" / "incirlik.yaml"
    code, _, err = spoken(capsys, "run", str(file))
    assert code == 2 and f"this is an exposure, not a battle. Work it out with: parapet exposure {file}" in err
    folder = tmp_path / "out"
    folder.mkdir()
    code, _, err = spoken(capsys, "describe", str(folder))
    assert code == 2 and "this is a folder, expected a scenario file" in err and "stored" not in err
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    for command in ("describe", "estimate"):
        code, _, err = spoken(capsys, command, str(folder))
        assert code == 2 and "this is the folder of a stored study, expected a scenario file such as" in err
        assert f"parapet show {folder}" in err


def test_hints_can_be_copied(studies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = studies / "city.yaml"
    code, _, err = spoken(capsys, "run", str(file), "--record", "outcomes")
    assert code == 0 and f"Ask why: parapet why '{file}' THREAT" in err
