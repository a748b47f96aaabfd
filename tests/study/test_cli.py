"""The commands study, show, compare, and run and why on a stored study: what they print and how they end."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from parapet import cli
from parapet.study import execute

_spec = importlib.util.spec_from_file_location("small", Path(__file__).with_name("small.py"))
assert _spec is not None and _spec.loader is not None
small = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(small)


def spoken(capsys, *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(argument) for argument in arguments])
    out, error = capsys.readouterr()
    return code, out, error


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    file = small.written(folder)
    assert cli.main(["study", str(file), "--runs", "8", "--out", str(folder / "out"), "--quiet"]) == 0
    return folder / "out"


def test_a_study_shows_its_table_and_says_how_it_went(capsys, tmp_path: Path) -> None:
    code, text, said = spoken(capsys, "study", small.written(tmp_path), "--out", tmp_path / "out")
    assert code == 0
    assert "A small study" in text and "salvo, count=3" in text and "P(no leaker)" in text
    assert "24 of 24 runs" in said and "leaked" in said
    code, text, said = spoken(capsys, "study", tmp_path / "study.yaml", "--out", tmp_path / "out", "--quiet")
    assert (code, text, said) == (0, "", "")


def test_json_lines_are_for_scripts(capsys, tmp_path: Path) -> None:
    code, text, said = spoken(
        capsys,
        "study",
        small.written(tmp_path),
        "--out",
        tmp_path / "out",
        "--json-lines",
        "--until",
        "p(no leaker) +- 0.3",
    )
    assert code == 0 and said == ""
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[-1]["event"] == "finished" and lines[-1]["done"] == lines[-1]["wanted"] == 24
    assert lines[-1]["column"] == "p(no leaker)" and 0.0 <= lines[-1]["estimate"]["value"] <= 1.0


def test_show_says_the_same_as_json(capsys, out: Path) -> None:
    code, text, _ = spoken(capsys, "show", out)
    assert code == 0 and "32 runs, seed 11" in text
    code, text, _ = spoken(capsys, "show", out, "--json")
    data = json.loads(text)
    assert code == 0 and data["runs"] == 32 and len(data["cells"]) == 4
    cell = data["cells"][3]
    assert cell["levels"] == {"raid[jet].count": 3} and cell["variant"] == "look"
    leaked = cell["estimates"]["leaked"]
    assert leaked["low"] <= leaked["value"] <= leaked["high"] and leaked["n"] == 8


def test_compare_pairs_variants_at_equal_levels(capsys, out: Path) -> None:
    code, text, _ = spoken(capsys, "compare", out, "--json")
    rows = json.loads(text)["differences"]
    assert code == 0
    assert {(row["a"], row["b"]) for row in rows} == {
        ("salvo, count=1", "look, count=1"), ("salvo, count=3", "look, count=3"),
    }  # fmt: skip
    for row in rows:
        assert row["difference"]["value"] == pytest.approx(row["mean_b"] - row["mean_a"]) and row["runs"] == 8
    rounds = next(row for row in rows if row["column"] == "rounds" and "=3" in row["a"])
    assert rounds["difference"]["value"] < 0.0  # one round at a time spends fewer than two at once
    code, text, _ = spoken(capsys, "compare", out, "--variants", "look", "salvo")
    assert code == 0 and "salvo against look" in text and "count=3" in text
    code, text, _ = spoken(capsys, "compare", out, "--variants", "0", "3")
    assert code == 0 and "look, count=3 against salvo, count=1" in text


def test_a_run_of_a_study_is_played_again(capsys, out: Path) -> None:
    code, text, said = spoken(capsys, "run", out, "--run", 5, "--cell", "look, count=3", "--json")
    assert code == 0 and "equal to the stored row, to the bit" in said
    battle = json.loads(text)
    assert battle["run"] == 5 and battle["seed"] == 11 and battle["totals"]["threats"] == 3
    code, text, said = spoken(capsys, "why", out, "jet-01", "--run", 5, "--cell", 3)
    assert code == 0 and "jet-01" in text


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (["run", "{out}", "--run", "5"], 2, "has 4 cells; say which with --cell"),
        (["run", "{out}", "--run", "5", "--cell", "look, cuont=3"], 2, "Did you mean 'look, count=3'"),
        (["run", "{out}", "--cell", "0", "--seed", "12"], 2, "the study has seed 11"),
        (["run", "{out}", "--cell", "0", "--sample", "2"], 2, "outer samples 0 to 0"),
        (["run", "{out}/../base.yaml", "--cell", "0"], 2, "are for stored studies"),
        (["why", "{out}", "jte-01", "--cell", "0"], 2, "Did you mean 'jet-01'"),
        (["study", "{out}/../study.yaml", "--out", "{out}", "--quiet", "--json-lines"], 2, "leave one of them out"),
        (["show", "{out}/runs"], 1, "holds no study"),
        (["show", "{out}/nowhere"], 1, "is no folder"),
        (["compare", "{out}", "--variants", "salvo", "lok"], 2, "Did you mean 'look'"),
        (["compare", "{out}", "--variants", "salvo", "salvo"], 2, "two different"),
        (["study", "{out}/../study.yaml", "--out", "{out}", "--seed", "12"], 1, "seed: 11 in the store, 12 now"),
        (["study", "{out}/../study.yaml", "--out", "{out}", "--until", "laeked +- 1"], 2, "Did you mean 'leaked'"),
        (["study", "{out}/../sutdy.yaml", "--out", "{out}2"], 2, "Did you mean"),
        (["study", "{out}/../study.yaml", "--out", "{out}", "--record", "all"], 2, "expected one of outcomes, threats, shots"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_without_a_traceback(
    capsys, out: Path, arguments: list[str], code: int, said: str
) -> None:
    got, text, error = spoken(capsys, *(argument.format(out=out) for argument in arguments))
    assert got == code and said in " ".join(error.split()), error
    assert "Traceback" not in error and text == ""


def test_nothing_was_overwritten(out: Path, capsys) -> None:
    assert spoken(capsys, "show", out, "--json")[1].count('"n": 8') > 0


def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(capsys, tmp_path: Path) -> None:
    file = small.written(tmp_path)
    command = [sys.executable, "-m", "parapet.cli", "study", str(file), "--runs", "3000", "--out", str(tmp_path / "out"),
               "--json-lines"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("played", 0) > 0:
            break
    time.sleep(0.2)
    os.kill(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "finished runs are stored in" in error and "Traceback" not in error
    code, text, _ = spoken(capsys, "show", tmp_path / "out", "--json")
    n = json.loads(text)["runs"]
    assert code == 0 and 0 < n < 12000
    # with no more than are there, nothing is played
    fewest = min(cell["runs"] for cell in json.loads(text)["cells"])
    assert (
        spoken(capsys, "study", file, "--runs", max(fewest, 1), "--out", tmp_path / "out", "--quiet")[0] == 0
    )


def test_estimate_plays_nothing(capsys, out: Path) -> None:
    code, text, _ = spoken(capsys, "estimate", out.parent / "base.yaml")
    assert code == 0 and "2 threats:" in text and "It leaves out:" in text
    code, text, _ = spoken(capsys, "estimate", out.parent / "base.yaml", "--json")
    assert code == 0 and json.loads(text)["n_threats"] == 2


def test_estimate_of_a_study_is_one_closed_form_per_cell(capsys, tmp_path: Path) -> None:
    from parapet.scenario import check as checks
    from parapet.study.estimate import estimate

    file = small.written(tmp_path)
    code, text, said = spoken(capsys, "estimate", file)
    assert code == 0 and "look, count=3" in text and "It leaves out:" in text and "parapet: 1" not in said
    code, text, _ = spoken(capsys, "estimate", file, "--json")
    cells = json.loads(text)["cells"]
    assert [(cell["name"], cell["n_threats"]) for cell in cells] == [
        ("salvo, count=1", 1), ("salvo, count=3", 3), ("look, count=1", 1), ("look, count=3", 3),
    ]  # fmt: skip
    base = small.BASE.replace("count: 2", "count: 3").replace(
        "boresights: [0]", "boresights: [0]\n    doctrine: {mode: salvo}"
    )
    (tmp_path / "cell.yaml").write_text(base, encoding="utf-8")
    scenario, catalogue, _ = checks.load(tmp_path / "cell.yaml")
    alone = estimate(scenario, catalogue)
    assert cells[1]["expected_leakers"] == alone.expected_leakers
    assert (
        cells[1]["systems"][0]["rounds_fired"]
        == alone.systems[0].rounds_fired
        > cells[3]["systems"][0]["rounds_fired"]
    )
    code, text, said = spoken(
        capsys, "estimate", small.written(tmp_path, small.STUDY.replace("[jet]", "[jat]"))
    )
    assert code == 2 and text == "" and "Did you mean 'jet'" in said


def test_a_bad_value_is_said_once_for_all_its_cells(capsys, tmp_path: Path) -> None:
    file = small.written(tmp_path, small.STUDY.replace("[1, 3]", "[1, -3, -4]"))
    code, _, said = spoken(capsys, "study", file, "--out", tmp_path / "out")
    lines = said.splitlines()
    assert code == 2 and len(lines) == 2, said
    assert "2 cells cannot be played ('salvo, count=-3' and others): raid[0].count: got -3" in lines[0]
    assert "got -4" in lines[1] and not (tmp_path / "out").exists()


def test_fewer_runs_than_are_stored_are_told(capsys, out: Path) -> None:
    code, _, said = spoken(capsys, "study", out.parent / "study.yaml", "--runs", 5, "--out", out)
    assert code == 0 and "runs: 5 asked, 8 stored" in said
    code, _, said = spoken(capsys, "study", out.parent / "study.yaml", "--runs", 8, "--out", out)
    assert code == 0 and "asked" not in said


def test_fly_out_time_is_always_told_with_doubt(capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PARAPET_CACHE_DIR", str(tmp_path / "cache"))
    file = small.written(tmp_path, small.DOUBT.replace("48n6e3.lethal_radius_*", "48n6e3.boost_time"))
    code, text, said = spoken(capsys, "study", file, "--runs", 1, "--out", tmp_path / "one")
    # half of the draws are at the high end, which is the nominal one: those rounds are the catalogue's
    told = re.search(r"ly-out tables of outer samples: (\d) built, (\d) from the cache, ", said)
    assert code == 0 and told is not None and "kept for the next time" in " ".join(said.split())
    assert int(told[1]) >= 1 and int(told[1]) + int(told[2]) == 6 and told[0] in text
    code, text, said = spoken(capsys, "study", file, "--runs", 1, "--out", tmp_path / "two")
    assert "fly-out tables of outer samples: all 6 from the cache" in said
    code, text, _ = spoken(capsys, "show", tmp_path / "two", "--json")
    took = json.loads(text)["flyout"]
    assert (took["built"], took["cached"]) == (0, 6) and took["seconds"] > 0.0


def test_show_draws_before_it_prints_and_looks_at_the_column_first(
    capsys, out: Path, tmp_path: Path, monkeypatch
) -> None:
    for more in ([], ["--figures", tmp_path / "none"], ["--json"]):
        code, text, said = spoken(capsys, "show", out, "--column", "leekd", *more)
        assert code == 2 and text == "" and "Did you mean 'leaked'" in said
    assert not (tmp_path / "none").exists()

    class Cut:
        def __call__(self) -> None:
            raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(cli, "_console", Cut())
        with pytest.raises(RuntimeError):
            cli.main(["show", str(out), "--figures", str(tmp_path / "figures")])
    assert (tmp_path / "figures" / "response.svg").exists()


def test_show_says_why_it_drew_nothing(capsys, tmp_path: Path) -> None:
    small.written(tmp_path)
    spoken(capsys, "study", tmp_path / "base.yaml", "--runs", 2, "--out", tmp_path / "out")
    code, text, said = spoken(capsys, "show", tmp_path / "out", "--figures", tmp_path / "figures")
    assert code == 0 and "2 runs" in text
    assert "nothing was drawn" in said and "from 6 runs of a cell on, it has 2" in said


def test_comparisons_name_their_columns_and_cut_nothing(capsys, tmp_path: Path) -> None:
    text = small.STUDY.replace(
        "  raid[jet].count: [1, 3]",
        "  raid[jet].count: [1, 3]\n  raid[jet].interval: [1 s, 9 s]\n  systems[guard].launchers: [2]",
    ).replace("  salvo:\n", "  two rounds at one time for each:\n")
    file = small.written(tmp_path, text)
    spoken(capsys, "study", file, "--out", tmp_path / "out")
    code, text, _ = spoken(capsys, "compare", tmp_path / "out")
    assert code == 0 and "first" not in text and "second" not in text
    head = next(line for line in text.splitlines() if "difference" in line)
    assert "saved" in head and "look" in head and "…" not in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_hints_can_be_pasted(capsys, tmp_path: Path) -> None:
    file = small.written(tmp_path)
    out = tmp_path / "my study"
    code, text, _ = spoken(capsys, "study", file, "--runs", 2, "--out", out)
    assert f"parapet run '{out}' --run 0" in " ".join(text.split())
    (tmp_path / "a base.yaml").write_text(small.BASE, encoding="utf-8")
    code, _, said = spoken(capsys, "run", tmp_path / "a base.yaml")
    assert code == 0 and f"parapet why '{tmp_path / 'a base.yaml'}' THREAT" in said
    assert f"--out '{tmp_path / 'no where'}'" in spoken(capsys, "show", tmp_path / "no where")[2]


def test_progress_lines_say_rate_time_left_and_estimate() -> None:
    from parapet.study.statistics import Estimate
    from parapet.study.telling import duration, sentence

    progress = execute.Progress(
        412, 1000, 400, 31.25, 18.8, "count=40", "leaked", Estimate(2.41, 2.29, 2.53, 412, "Student")
    )
    assert sentence(progress) == "412 of 1,000 runs, 31.2 a second, 19 s left; leaked 2.41 +- 0.12 (count=40)"
    assert [duration(s) for s in (12.4, 200.0, 7500.0, float("inf"))] == [
        "12 s",
        "3 min 20 s",
        "2 h 05 min",
        "?",
    ]
