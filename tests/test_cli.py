"""The command line: what it says, how it ends, and what it does not import."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "analysis"))
from handmade import handmade

from parapet import cli
from parapet.analysis.battle_result import Battle
from parapet.errors import RunError

ROOT = Path(__file__).parents[1]
ANKARA = str(ROOT / "examples" / "ankara.yaml")
DORMANT = str(ROOT / "examples" / "dormant.yaml")

SCENARIO = """\
parapet: 1
title: Two cruise missiles
duration: 600 s
assets:
  - {name: Ankara, value: 10, radius: 1 km, hardness: soft, place: {lat: 39.93, lon: 32.86}}
raid:
  - {name: som, threat: som, count: 3, route: [{of: Ankara, bearing: 180, distance: 100 km, agl: 50 m}], aim: Ankara}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


@pytest.fixture
def played(monkeypatch):
    """Every battle is the one written by hand; returns the arguments it was asked for."""
    from parapet.analysis import play

    calls = []

    def fake(scenario, catalogue, seed=None, run=0, record=None, progress=None):
        calls.append({"seed": seed, "run": run, "record": record})
        if progress is not None:
            progress(0.5)
        return Battle(handmade(), scenario.title, scenario.file)

    monkeypatch.setattr(play, "play", fake)
    return calls


def spoken(capsys, *arguments):
    """Exit code, output and error text of a command."""
    code = cli.main(list(arguments))
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_run(capsys, file, played):
    code, out, err = spoken(capsys, "run", file, "--seed", "7")
    assert code == 0
    assert "Two cruise missiles" in out
    assert "favours the defender" in out
    assert max(map(len, out.splitlines())) <= 100
    assert "playing 600 s of battle" in err
    assert played == [{"seed": 7, "run": 0, "record": None}]


def test_run_json_is_only_json(capsys, file, played):
    code, out, _ = spoken(capsys, "run", file, "--json")
    assert code == 0
    assert json.loads(out)["totals"]["threats"] == 4


def test_run_out(capsys, file, played, tmp_path):
    code, _, err = spoken(capsys, "run", file, "--out", str(tmp_path / "out"))
    assert code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "battle.json", "summary.txt", "threats.parquet", "shots.parquet", "events.parquet", "tracks.parquet",
    }  # fmt: skip
    assert "wrote battle.json" in err


def test_run_out_is_a_file(capsys, file, played):
    code, _, err = spoken(capsys, "run", file, "--out", file)
    assert code == 2
    assert "expected a folder" in err


def test_run_wrong_record(capsys, file, played):
    code, _, err = spoken(capsys, "run", file, "--record", "all")
    assert code == 2
    assert "got 'all'" in err


def test_why(capsys, file, played):
    code, out, _ = spoken(capsys, "why", file, "som-01")
    assert code == 0
    assert "  10.0 to 206.0 s  below horizon (90 km)" in out
    assert played[0]["record"] == "events"


def test_why_json(capsys, file, played):
    code, out, _ = spoken(capsys, "why", file, "som-01", "--json", "--unit", "Mürted/fire-unit-2")
    assert code == 0
    story = json.loads(out)
    assert story["intervals"][-1]["end_s"] == story["end_s"] == 242.5


def test_why_asks_back_before_it_plays(capsys, file, played):
    code, _, err = spoken(capsys, "why", file, "som-1")
    assert code == 2
    assert "Did you mean 'som-01'?" in err
    assert played == []


def test_check(capsys, tmp_path):
    assert spoken(capsys, "check", ANKARA)[0] == 0
    code, out, _ = spoken(capsys, "check", DORMANT)
    assert code == 0
    assert "note:" in out
    bad = tmp_path / "bad.yaml"
    bad.write_text(SCENARIO.replace("duration: 600 s", "duration: 600 km").replace("threat: som", "threat: sam"))
    code, out, _ = spoken(capsys, "check", str(bad), ANKARA)
    assert code == 2
    assert f"{bad}:3:" in out
    assert f"{bad}:7:" in out
    assert "2 errors" in out
    code, out, _ = spoken(capsys, "check", str(bad), "--json")
    assert code == 2
    assert [finding["line"] for finding in json.loads(out) if finding["severity"] == "error"] == [3, 7]


def test_run_reports_the_same_findings(capsys, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(SCENARIO.replace("duration: 600 s", "duration: 600 km"))
    checked = spoken(capsys, "check", str(bad))[1].splitlines()[:-1]
    code, out, err = spoken(capsys, "run", str(bad))
    assert (code, out) == (2, "")
    assert err.splitlines() == checked


def test_describe(capsys):
    code, out, _ = spoken(capsys, "describe", ANKARA)
    assert code == 0
    assert "Ankara" in out


def test_schema(capsys):
    code, out, _ = spoken(capsys, "schema")
    assert code == 0
    assert json.loads(out)["type"] == "object"
    code, out, _ = spoken(capsys, "schema", "battle")
    assert code == 0
    assert out == (ROOT / "docs" / "schemas" / "battle.schema.json").read_text(encoding="utf-8")
    assert spoken(capsys, "schema", "threat")[0] == 2


def test_version(capsys):
    import parapet

    assert spoken(capsys, "version")[1] == f"parapet {parapet.__version__}\n"


def test_no_file(capsys):
    code, _, err = spoken(capsys, "run", "no-such-file.yaml")
    assert code == 2
    assert "no-such-file.yaml" in err


@pytest.mark.parametrize(
    "arguments", [["run"], ["fly"], ["run", "x.yaml", "--sed", "1"], ["run", "x.yaml", "--seed", "one"]]
)
def test_wrong_use(capsys, arguments):
    assert spoken(capsys, *arguments)[0] == 2


@pytest.mark.parametrize("rest", [["--help"], ["--no-such-option"]])
def test_a_command_alone_says_the_same_as_among_all(capsys, monkeypatch, rest):
    names = [command.name or command.callback.__name__ for command in cli.app.registered_commands]
    assert "check" in names
    alone = {name: spoken(capsys, name, *rest) for name in names}
    assert all(len(cli._app_of([name, *rest]).registered_commands) == 1 for name in names)
    monkeypatch.setattr(cli, "_app_of", lambda arguments: cli.app)
    assert alone == {name: spoken(capsys, name, *rest) for name in names}


def test_errors_of_a_battle_and_interrupts(capsys, file, monkeypatch):
    from parapet.analysis import play

    def stops(*_, **__):
        raise RunError("run 0 of seed 1: the event log is full.")

    monkeypatch.setattr(play, "play", stops)
    code, out, err = spoken(capsys, "run", file)
    assert (code, out) == (1, "")
    assert "the event log is full" in err

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(play, "play", interrupted)
    assert spoken(capsys, "run", file)[0] == 130


def test_debug_shows_the_traceback(file, monkeypatch):
    from parapet.analysis import play

    def stops(*_, **__):
        raise RunError("stop")

    monkeypatch.setattr(play, "play", stops)
    monkeypatch.setenv("PARAPET_DEBUG", "1")
    with pytest.raises(RunError):
        cli.main(["run", file])


def _child(*arguments, tail="pass"):
    program = f"import sys; from parapet.cli import main; code = main({list(arguments)!r}); {tail}; sys.exit(code)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=600)


@pytest.mark.parametrize("arguments", [["--help"], ["check", ANKARA], ["describe", ANKARA], ["version"]])
def test_light_commands_import_neither_compiler_nor_tables(arguments):
    tail = "heavy = {'numba', 'polars', 'scipy', 'parapet._jit'} & set(sys.modules); assert not heavy, heavy"
    done = _child(*arguments, tail=tail)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow  # a statement about a quiet machine
@pytest.mark.parametrize("arguments", [["--help"], ["check", ANKARA], ["describe", ANKARA]])
def test_light_commands_are_fast(arguments):
    used_s = []
    for _ in range(5):  # processor time, the best of five: other work on the machine must not decide
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert _child(*arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(used_s) < 0.5


def test_a_reader_that_leaves_early_is_no_error():
    program = "import sys; from parapet.cli import main; sys.exit(main(['schema']))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.read(10)
        child.stdout.close()
        said = child.stderr.read()
        child.wait(60)
    assert b"Traceback" not in said
    assert child.returncode == 0
