"""The report of a study says what the study says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.report.conftest import ROOT

from parapet import cli
from parapet.errors import InputError
from parapet.report import study_page
from parapet.report.page import Bullets, Listing, Picture, Prose, Table
from parapet.study import show
from parapet.study.beside import Beside
from parapet.study.result import Study
from parapet.study.statistics import Estimate


@pytest.fixture(scope="module")
def page(study):
    return study_page.page(study)


def section(page, key):
    return next(s for s in page.sections if s.key == key).blocks


def test_cells_have_their_means_and_intervals(page, study):
    table = next(b for b in section(page, "answer") if isinstance(b, Table))
    assert [row[0].text for row in table.rows] == [cell["name"] for cell in study.manifest["cells"]]
    at = list(table.head).index("leaked")
    for k, row in enumerate(table.rows):
        mean = study.values("leaked", k).mean()
        assert abs(float(row[at].text) - mean) <= 0.051
        found = show.cell_rows(study)[k]["estimates"]["leaked"]
        low, high = (float(part) for part in row[at + 1].text.split(" to "))
        assert low <= mean <= high and abs(low - found.low) < 0.06 and abs(high - found.high) < 0.06


def test_the_answer_names_the_ends_and_the_difference(page, study):
    means = {cell["name"]: study.values("leaked", cell["cell"]).mean() for cell in study.manifest["cells"]}
    best, worst = min(means, key=means.get), max(means, key=means.get)
    assert f"in {best} to " in page.answer[0] and page.answer[0].endswith(f"in {worst}.")
    difference = study.values("leaked", 3).mean() - study.values("leaked", 1).mean()
    (text,) = [t for t in page.answer[1:] if "raid=40" in t]
    word = "more" if difference > 0 else "fewer"
    assert f"leaks {abs(difference):.1f} {word} than" in text or "is not told apart from" in text


def test_curves_come_first_and_then_how_sure(page):
    assert isinstance(section(page, "answer")[0], Picture)
    assert any(isinstance(b, Picture) for b in section(page, "sure"))
    assert any(isinstance(b, Picture) for b in section(page, "setup"))  # the raid of run 0
    assert any("varying raid (10, 40)" in b.text for b in section(page, "setup") if isinstance(b, Prose))


def test_the_setup_says_nothing_of_seed_and_record_of_the_base(page):
    """The study has its own of both."""
    (text,) = [b.text for b in section(page, "setup") if isinstance(b, Prose) and b.text.startswith("Plays ")]
    assert "seed" not in text and "records" not in text


def beside(leakers, simulated, reasons):
    return Beside(leakers, Estimate(simulated, simulated - 0.2, simulated + 0.2, 40, "t"), 1.5, 2.25, 0.04, reasons)


def test_the_closed_form_gives_its_reasons_as_a_list():
    prose, reasons = study_page.closed_form(beside(3.57e-07, 2.5, ("clutter", "crews")))
    assert isinstance(prose, Prose) and isinstance(reasons, Bullets)
    assert prose.text.startswith("Closed form: 0.0 leakers. Simulated: 2.50 (2.30 to 2.70), 40 runs.")
    assert "below by 2.5" in prose.text and "2.25 for each kill" in prose.text
    assert list(reasons.items) == ["clutter", "crews"]
    (only,) = study_page.closed_form(beside(2.4, 2.5, ()))
    assert only.text.endswith("They agree.")


def test_how_to_repeat_it(page, study):
    text = "\n".join(b.text for b in section(page, "repeat") if isinstance(b, Listing))
    assert f"parapet report {study.folder}" in text and "parapet run" in text
    assert study.manifest["engine_id"] in [value for _, value in page.facts]
    assert "parapet-study: 1" in section(page, "file")[0].text


@pytest.mark.parametrize(
    "estimate, value, ends",
    [
        ((2.26, 1.4, 3.1, 50), "2.3", "1.4 to 3.1"),
        ((54.02, 52.7, 55.3, 50), "54.0", "52.7 to 55.3"),
        ((100.2, 60.0, 140.0, 9), "100", "60 to 140"),
        ((1.0, -np.inf, np.inf, 1), "1.0", ""),
        ((np.nan, np.nan, np.nan, 0), "–", ""),
    ],
)
def test_digits_follow_the_interval(estimate, value, ends):
    assert study_page.interval(Estimate(*estimate[:3], n=estimate[3], method="Student")) == (value, ends)


@pytest.mark.slow
def test_doubt_brings_what_drives_it(tmp_path):
    """A study with doubt: its readings are told, and what was found to drive comes first among the figures."""
    assert cli.main(
        ["study", str(ROOT / "studies" / "doubt.yaml"), "--out", str(tmp_path / "s"), "--runs", "2", "--workers", "1", "--quiet"]
    ) == 0  # fmt: skip
    found = study_page.page(Study(tmp_path / "s"))
    assert any("readings of the disputed figures" in text for text in found.answer)
    assert ("32", "readings of the data") in [(n.value, n.word) for n in found.numbers]
    drivers = study_page._driving_figures(Study(tmp_path / "s"))
    table = next(b for b in section(found, "assumptions") if isinstance(b, Table))
    first = table.rows[0][2].text.replace(" ", "_")
    assert first.split("_")[-1] in drivers[0]


def test_command(study, tmp_path, capsys):
    out = tmp_path / "r.html"
    assert cli.main(["report", str(study.folder), "--out", str(out)]) == 0
    assert "Report of a study of 88 battles" in out.read_text(encoding="utf-8")
    words = ["report", str(study.folder), "--run", "2", "--cell", "1", "--out", str(out)]
    assert cli.main(words) == 0
    said = capsys.readouterr()
    assert "equal to the stored row" in said.err and str(out) in said.out
    text = out.read_text(encoding="utf-8")
    assert "Report of one battle" in text and "--run 2 --cell 1" in text
    assert cli.main(["report", str(study.folder), "--cell", "1", "--out", str(out)]) == 2
    assert "say which with --run" in capsys.readouterr().err
    assert cli.main(["report", str(ROOT / "examples" / "low-flyer.yaml"), "--out", "x.doc"]) == 2
    said = capsys.readouterr()
    assert "ends in .html" in said.err and "playing" not in said.err


def test_an_empty_study_is_refused(study, monkeypatch):
    monkeypatch.setattr(Study, "runs", property(lambda self: self._table("none")))
    with pytest.raises(InputError, match="no run is stored yet"):
        study_page.page(study)
