"""The commands ledger, options, money and check on a dispute: what a person and a program see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from parapet import cli
from parapet.scenario.document import parse_document

ROOT = Path(__file__).parents[2]
FILE = str(ROOT / "examples" / "turkiye.yaml")


def spoken(capsys, *arguments):
    """Exit code, output and error text of a command."""
    code = cli.main(list(arguments))
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ledger"],
        ["ledger", "--as-of", "2020-12-14"],
        ["ledger", "--conflicts"],
        ["ledger", "--forecasts"],
        ["options", FILE],
        ["options", FILE, "--option", "incirlik"],
        ["options", FILE, "--as-of", "2027-01-01", "--reading", "incirlik_is_possession=no"],
        ["money"],
        ["money", FILE, "--gas-price", "300", "400", "--repaid", "0.5", "1"],
    ],
    ids=" ".join,
)
def test_every_page_fits_a_hundred_columns_and_says_that_it_is_no_advice(capsys, arguments):
    code, out, _ = spoken(capsys, *arguments)
    assert code == 0
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 100
    assert "Not legal advice" in out


@pytest.mark.parametrize("arguments", [["ledger"], ["options", FILE], ["money", FILE]], ids=" ".join)
def test_json_is_only_json_and_says_so_too(capsys, arguments):
    code, out, _ = spoken(capsys, *arguments, "--json")
    assert code == 0
    assert "Not legal advice" in json.loads(out)["notice"]


def test_ledger_as_of_leaves_out_what_came_later(capsys):
    _, out, _ = spoken(capsys, "ledger", "--as-of", "2025-12-17")
    assert "Bloomberg's sources" in out and "Peskov" not in out
    _, out, _ = spoken(capsys, "ledger")
    assert "Peskov: The S-400 was not on the agenda" in out


def test_ledger_json_holds_statements_conflicts_and_scores(capsys):
    _, out, _ = spoken(capsys, "ledger", "--json")
    data = json.loads(out)
    assert len(data["statements"]) > 120 and len(data["conflicts"]) == 23 and len(data["forecasts"]) == 10
    one = next(s for s in data["statements"] if s["id"] == "peskov-denial")
    assert one["denied"] and one["conflicts"] == ["ashgabat-meeting/discussed/denial"]
    assert one["sources"][0]["url"].startswith("https://")


def test_conflicts_show_both_sides_with_their_sources(capsys):
    _, out, _ = spoken(capsys, "ledger", "--conflicts")
    text = " ".join(out.split())
    assert "claim against denial, express" in text
    assert "Erdoğan raised a return of the S-400 with Putin" in text and "aa.com.tr" in text
    assert "Changes of position" in text


def test_a_day_after_the_record_is_told(capsys):
    _, out, _ = spoken(capsys, "options", FILE, "--as-of", "2027-01-01")
    assert "knows nothing later" in " ".join(out.split())


def test_options_say_what_hangs_on_what(capsys):
    _, out, _ = spoken(capsys, "options", FILE)
    text = " ".join(out.split())
    assert "review of 60 days, relief on 2026-10-02 at the earliest" in text
    assert "if A no" in out and "(D no)" in out
    assert "check the enacted text" in text
    _, out, _ = spoken(capsys, "options", FILE, "--reading", "s1245_bars_past_deliveries=yes")
    assert "no (D yes)" in out


def test_one_option_clause_by_clause(capsys):
    _, out, _ = spoken(capsys, "options", FILE, "--option", "dormant")
    text = " ".join(out.split())
    assert "[wording not verified]" in text
    assert "Turns on: possesses" in text
    assert "Over 4 combinations of its readings" in text


def test_options_json_of_one_option(capsys):
    _, out, _ = spoken(capsys, "options", FILE, "--option", "dormant", "--json")
    data = json.loads(out)
    assert [one["id"] for one in data["options"]] == ["dormant"]
    verdict = data["options"][0]["verdicts"]["ndaa2020-1245"]
    assert verdict["value"] == "no" and verdict["wording"] == "memory" and verdict["counts"]["yes"] == 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["ledger", "--as-of", "2025-02-30"], "February 2025 has 28 days"),
        (["ledger", "--picture", "line.txt"], "ends in .svg, .png, .pdf"),
        (["options", FILE, "--reading", "incirlik=no"], "nobody defined a reading 'incirlik'"),
        (["options", FILE, "--reading", "incirlik_is_possession"], "expected NAME=ANSWER"),
        (["options", FILE, "--option", "dormnt"], "Did you mean 'dormant'?"),
        (["options", "no-such.yaml"], "there is no such file"),
        (["options", str(ROOT / "examples" / "ankara.yaml")], "this is a scenario of a battle"),
        (["money", "--repaid", "1", "0"], "Swap them?"),
        (["run", FILE], "this is a dispute, not a battle"),
        (["describe", FILE], "this is a dispute, not a battle"),
    ],
)
def test_wrong_questions_end_with_2_and_one_message(capsys, arguments, said):
    code, out, err = spoken(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err and len(err.strip().splitlines()) == 1


def test_check_says_what_a_dispute_is(capsys, tmp_path):
    code, out, _ = spoken(capsys, "check", FILE, str(ROOT / "examples" / "ankara.yaml"))
    assert code == 0
    assert "a dispute with 8 options, can be read: parapet options" in out and "can be played" in out
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        Path(FILE).read_text(encoding="utf-8").replace("possesses: no", "posesses: no", 1), encoding="utf-8"
    )
    code, out, _ = spoken(capsys, "check", str(bad))
    assert code == 2 and "Did you mean 'possesses'?" in out and "1 error" in out
    code, out, _ = spoken(capsys, "check", str(bad), "--json")
    assert code == 2 and json.loads(out)[0]["line"] > 10


def test_the_example_fits_the_schema_for_editors(capsys):
    _, out, _ = spoken(capsys, "schema", "dispute")
    validator = jsonschema.Draft202012Validator(json.loads(out))
    data = parse_document(Path(FILE).read_text(encoding="utf-8"), FILE).data
    assert list(validator.iter_errors(data)) == []
    assert list(validator.iter_errors({**data, "options": []})) != []


def test_the_picture_is_drawn_and_repeats(capsys, tmp_path):
    paths = [tmp_path / "a.svg", tmp_path / "b.svg", tmp_path / "c.png"]
    for path in paths:
        code, _, err = spoken(capsys, "ledger", "--as-of", "2019-12-31", "--picture", str(path))
        assert code == 0 and f"drew {path}" in err
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[2].read_bytes().startswith(b"\x89PNG")
    code, _, err = spoken(capsys, "ledger", "--as-of", "2001-01-01", "--picture", str(tmp_path / "d.svg"))
    assert code == 2 and "nothing in the ledger was known" in err


@pytest.mark.parametrize("arguments", [["ledger"], ["options", FILE], ["money"]], ids=" ".join)
def test_reading_needs_no_compiler_and_no_tables(arguments):
    code = (
        f"import sys; from parapet.cli import main; code = main({arguments!r}); "
        "heavy = {'numba', 'polars', 'scipy', 'matplotlib', 'parapet._jit'} & set(sys.modules); "
        "assert not heavy, heavy; sys.exit(code)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=100
    )
    assert done.returncode == 0, done.stderr
