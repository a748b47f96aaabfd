"""The report of a battle says what the battle says."""

from __future__ import annotations

import pytest
from tests.report.conftest import ROOT

import parapet
from parapet.analysis import outcomes, summary
from parapet.analysis.why import threat_ladder
from parapet.errors import InputError
from parapet.report import battle_html, battle_page, check_target
from parapet.report.page import Listing, Picture, Prose, Story, Table
from parapet.scenario import check as checks


@pytest.fixture(scope="module")
def page(battle, made):
    scenario = battle.played.scenario
    return battle_page.page(battle, scenario, checks.catalogue_for(scenario), made, "run x.yaml --seed 7")


def blocks(page, kind, key=None):
    return [b for s in page.sections if key in (None, s.key) for b in s.blocks if isinstance(b, kind)]


def test_numbers_are_the_totals(page, battle):
    said = {number.word: number.value for number in page.numbers}
    totals = battle.totals
    assert said["threats"] == str(totals["threats"]) and said["leaked"] == str(totals["leaked"])
    assert said["killed"] == str(totals["killed"]) and said["rounds fired"] == str(totals["rounds_fired"])
    rest = totals["threats"] - totals["killed"] - totals["leaked"]
    assert said.get("ended otherwise", "0") == str(rest)
    for row in outcomes.asset_rows(battle.played):
        assert (row.name in " ".join(page.answer)) == (row.health < 1.0)


def test_docs_say_what_the_picture_shows():
    """When this fails, docs/images/report.png and report-pages.png are another engine's too."""
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8").replace("\n", " ")
    totals = parapet.run(ROOT / "examples" / "ankara.yaml", seed=7, record="outcomes").totals
    said = f"Of {totals['threats']} threats {totals['killed']} were killed and {totals['leaked']} leaked, at the cost of "
    assert f"{said}{totals['rounds_fired']} rounds](images/report.png)" in text


def test_every_leaker_is_in_the_table_with_its_reasons(page, battle):
    (table,) = blocks(page, Table, "leaked")
    leakers = [(i, row) for i, row in enumerate(battle.threat_rows) if row.outcome == "leaked"]
    assert [row[0].text for row in table.rows] == [row.name for _, row in leakers]
    for cells, (i, row) in zip(table.rows, leakers, strict=True):
        spent = {}
        for part in threat_ladder(battle.played, i):
            if part.reason != "engaged":
                spent[part.reason] = spent.get(part.reason, 0.0) + part.end_s - part.start_s
        longest = max(spent, key=spent.get)
        assert cells[6].text.startswith(f"{longest} {spent[longest]:,.0f} s")
        assert cells[5].text == str(row.n_rounds)
    stories = blocks(page, Story, "leaked")
    assert len(stories) == min(len(leakers), battle_page.STORIES_MAX)
    story = battle.why(leakers[0][1].name)
    lines = next(s for s in stories if s.title.startswith(leakers[0][1].name)).lines
    assert [text for _, kind, text in lines if kind == "event"] == [m.text for m in story.moments]
    assert len(lines) == len(story.moments) + len(story.intervals)


def test_sections_and_what_must_not_be_missing(page, battle):
    keys = [section.key for section in page.sections]
    assert keys[:7] == ["setup", "outcome", "chains", "leaked", "assumptions", "limits", "repeat"]
    assert blocks(page, Prose, "limits")[0].text == summary.NOT_MODELLED
    commands = "\n".join(block.text for block in blocks(page, Listing, "repeat"))
    assert "parapet run x.yaml --seed 7" in commands and "parapet report x.yaml --seed 7" in commands
    cells = {row[0].text: row[1].text for t in blocks(page, Table, "repeat") for row in t.rows}
    assert (
        cells["engine"] == battle.played.engine_id and cells["scenario hash"] == battle.played.scenario_hash
    )
    assert len(blocks(page, Picture)) == 5


def test_groups_that_leak_are_named_together():
    raid = [f"som-{n:02}" for n in range(1, 5)] + ["scud-1", "scud-2"]
    assert battle_page._who(raid[:4], raid) == "all 4 of som"
    assert battle_page._who([*raid[:3], "scud-1"], raid) == "3 of the 4 of som and scud-1"


def test_a_battle_without_leak_or_defence(tmp_path):
    """The page of a raid that nobody meets, and of a battle played without positions."""
    battle = parapet.run(ROOT / "examples" / "dormant.yaml", record="full")
    scenario = battle.played.scenario
    text = battle_html(battle, scenario, checks.catalogue_for(scenario), "run examples/dormant.yaml")
    assert "<main>" in text
    short = parapet.run(ROOT / "examples" / "low-flyer.yaml", record="events")
    with pytest.raises(InputError, match='record="full"'):
        battle_html(short, short.played.scenario, checks.catalogue_for(short.played.scenario), "run x")


@pytest.mark.parametrize(
    "name, message",
    [("x.pdf", "ends in .html"), ("no/x.html", "does not exist"), ("", "is a folder")],
)
def test_targets(name, message, tmp_path):
    with pytest.raises(InputError, match=message):
        check_target(tmp_path / name)
